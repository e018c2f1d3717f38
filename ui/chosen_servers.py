"""Which servers there are in a run, and which of them is the default: the file says it, what is said of an address in
the environment wins over the file, and a flag over both."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from protocol.errors import InterfaceError
from protocol.limits import TimeLimits
from protocol.server_settings import ServerSettings
from protocol.suggestion import suggestion
from ui.configuration_keys import SERVERS, SETTINGS
from ui.run_settings import server_of
from ui.settled import DEFAULT, Settled

if TYPE_CHECKING:
    from ui.server_reader import ConfiguredServer

_SERVER = next(setting for setting in SETTINGS if setting.name == "server")


def servers_of(
    settled: Settled, embedded: bool, named: str | None, time: TimeLimits
) -> tuple[ServerSettings, tuple[ServerSettings, ...]]:
    """Return the default server, and the others. `named` was named on the command line.

    Raises InterfaceError for a name that is not configured, and for an address that cannot be.
    """
    configured = cast("Sequence[ConfiguredServer]", settled.section(SERVERS) or ())
    servers = [one.within(time) for one in configured]
    wanted = named if named is not None else _named_in_file(settled, servers)
    if wanted is None or embedded:
        return server_of(settled, embedded), tuple(servers)
    default = _called(wanted, servers)
    if default is None:
        raise InterfaceError(f"There is no server {wanted!r} in the configuration.", _advice(wanted, servers))
    return default, tuple(one for one in servers if one is not default)


def _named_in_file(settled: Settled, servers: Sequence[ServerSettings]) -> str | None:
    """The name of a server, where the file is what says who answers; None where it is an address, or nothing."""
    found = settled.find("server")
    text = str(found.value).strip()
    by_file = found.source not in (_SERVER.flag, _SERVER.variable, DEFAULT)
    return text if by_file and _called(text, servers) is not None else None


def _called(name: str, servers: Sequence[ServerSettings]) -> ServerSettings | None:
    return next((one for one in servers if one.name.casefold() == name.strip().casefold()), None)


def _advice(name: str, servers: Sequence[ServerSettings]) -> str:
    if not servers:
        return "Tables [servers.NAME] in the configuration file make servers."
    return suggestion(name, _names(servers)).strip() or f"There are: {', '.join(_names(servers))}."


def _names(servers: Sequence[ServerSettings]) -> list[str]:
    return [one.name for one in servers]
