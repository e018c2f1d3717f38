"""Which servers there are in a run, which of them is the default, and which are the pool: the file says it, what is
said of an address in the environment wins over the file, and a flag over both."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from protocol.errors import InterfaceError
from protocol.identity import ServerName
from protocol.limits import TimeLimits
from protocol.message import Value
from protocol.server_settings import ServerSettings
from protocol.suggestion import suggestion
from ui.chosen_pool import HOW, is_pool, pool_of
from ui.configuration_keys import SERVERS, SETTINGS
from ui.run_settings import server_of
from ui.settled import DEFAULT, Settled

if TYPE_CHECKING:
    from ui.server_reader import ConfiguredServer

_SERVER = next(setting for setting in SETTINGS if setting.name == "server")


class ChosenServers(Value, frozen=True):
    """The servers of a run."""

    default: ServerSettings
    others: tuple[ServerSettings, ...] = ()
    pool: tuple[ServerName, ...] = ()
    pooled: bool = False
    """The pool answers where nothing else is said: the default is its first server then."""

    def needed(self) -> "ChosenServers":
        """Return those that can be asked by who has no conversation that may name another."""
        if not self.pooled:
            return ChosenServers(self.default)
        return replace(self, others=tuple(one for one in self.others if one.name in self.pool))

    def named(self, names: Iterable[str]) -> "ChosenServers":
        """Return those that can be asked by who asks these only, of which empty is the default: nobody looks at others.

        All, where one of the names is the pool, or nobody's.
        """
        wanted, default = {name.casefold() for name in names}, "" if self.pooled else self.default.name.casefold()
        wanted = {name or default for name in wanted}
        found = tuple(one for one in (self.default, *self.others) if one.name.casefold() in wanted)
        return ChosenServers(found[0], found[1:]) if found and len(found) == len(wanted) else self


def servers_of(settled: Settled, embedded: bool, named: str | None, time: TimeLimits) -> ChosenServers:
    """Return which servers there are. `named` was named on the command line.

    Raises InterfaceError for a name that is not configured, and for an address that cannot be.
    """
    configured = cast("Sequence[ConfiguredServer]", settled.section(SERVERS) or ())
    servers = [one.within(time) for one in configured]
    pool = pool_of(settled, _names(servers))
    wanted = named if named is not None else _named_in_file(settled, servers, pool)
    if wanted is None or embedded:
        return ChosenServers(server_of(settled, embedded), tuple(servers), pool)
    pooled = bool(pool) and is_pool(wanted)
    default = _called(pool[0] if pooled else wanted, servers)
    if default is None:
        raise InterfaceError(f"There is no server {wanted!r} in the configuration.", _advice(wanted, servers))
    return ChosenServers(default, tuple(one for one in servers if one is not default), pool, pooled)


def _named_in_file(settled: Settled, servers: Sequence[ServerSettings], pool: Sequence[ServerName]) -> str | None:
    """The name of a server, or of the pool, where the file is what says who answers; None where it is an address, or
    nothing."""
    found = settled.find("server")
    text = str(found.value).strip()
    by_file = found.source not in (_SERVER.flag, _SERVER.variable, DEFAULT)
    is_name = _called(text, servers) is not None or (bool(pool) and is_pool(text))
    return text if by_file and is_name else None


def _called(name: str, servers: Sequence[ServerSettings]) -> ServerSettings | None:
    return next((one for one in servers if one.name.casefold() == name.strip().casefold()), None)


def _advice(name: str, servers: Sequence[ServerSettings]) -> str:
    if is_pool(name):
        return HOW
    if not servers:
        return "Tables [servers.NAME] in the configuration file make servers."
    return suggestion(name, _names(servers)).strip() or f"There are: {', '.join(_names(servers))}."


def _names(servers: Sequence[ServerSettings]) -> list[str]:
    return [one.name for one in servers]
