"""The servers of the configuration file: the tables `[servers.NAME]`."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from protocol.errors import InterfaceError
from protocol.limits import TimeLimits
from protocol.secret import InKeyring, InVariable, Secret, SecretPlace
from protocol.server_address import parse_proxy, parse_server
from protocol.server_names import DEFAULT
from protocol.server_settings import Dialect, Header, ServerSettings
from protocol.suggestion import suggestion
from ui.configuration_keys import SERVERS, Tell
from ui.configuration_kinds import Seconds, Whole, Wrong
from ui.configured_table import TableReader

_KEYS = (
    "url",
    "dialect",
    "headers",
    "user",
    "password_env",
    "password_keyring",
    "key_env",
    "key_keyring",
    "ca_file",
    "proxy",
    "timeouts",
    "max_streams",
)
_SECRETS = frozenset({"password", "key"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
"""What can be typed behind /server, and be part of the name of a file."""
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_TIMES = {name.replace("_", "-"): name for name in TimeLimits.__struct_fields__}
_MOST_STREAMS = 64
_IN_ADDRESSES = frozenset(".:/[")

T = TypeVar("T")


@dataclass(frozen=True)
class ConfiguredServer:
    """What one table says."""

    settings: ServerSettings
    times: Mapping[str, float]
    """Those of its time limits that are set, in seconds, by the names of the fields of TimeLimits."""

    def within(self, time: TimeLimits) -> ServerSettings:
        """Return the settings, with these time limits where the table sets no others."""
        return replace(self.settings, time=replace(time, **self.times)) if self.times else self.settings


def check_servers(table: Mapping[str, object], tell: Tell, folder: Path) -> tuple[ConfiguredServer, ...]:
    """Return the servers of the table `[servers]`, and tell what is wrong with them.

    Certificates are looked for from `folder` on.
    """
    return _Reading(tell, folder).servers(table)


def misnamed(text: str, servers: Iterable[ConfiguredServer]) -> str:
    """Say that none of the servers is called so, where a name is close; empty for an address, or the name of one."""
    names = [one.settings.name for one in servers]
    if _IN_ADDRESSES & set(text) or text.strip().casefold() in (name.casefold() for name in names):
        return ""
    close = suggestion(text.strip(), names)
    return f"there is no server {text!r}.{close}" if close else ""


class _Reading(TableReader):
    """Collects what the tables say."""

    def servers(self, tables: Mapping[str, object]) -> tuple[ConfiguredServer, ...]:
        found, seen = list[ConfiguredServer](), set[str]()
        for name, table in tables.items():
            if name.casefold() in seen:
                self._mistake((SERVERS, name), f"there is another server {name!r}, but for the case of its letters.")
            seen.add(name.casefold())
            server = self._server(name, table)
            if server is not None:
                found.append(server)
        return tuple(found)

    def _server(self, name: str, table: object) -> ConfiguredServer | None:
        place = (SERVERS, name)
        if not _NAME.fullmatch(name) or name.casefold() == DEFAULT:
            why = "it is what the unnamed server is called" if name.casefold() == DEFAULT else "use letters and digits"
            self._mistake(place, f"{name!r} cannot be the name of a server: {why}.")
            return None
        if not isinstance(table, dict):
            self._mistake(place, f"{name} is a table: write [servers.{name}], and below it a line for each setting.")
            return None
        self._check_keys(place, table)
        server = self._checked(place, table, "url", lambda value: _address(value, parse_server))
        if server is None:
            if "url" not in table:
                self._mistake(place, 'a server needs an address: url = "http://10.0.0.5:11434".')
            server = ServerSettings()
        return ConfiguredServer(self._described(place, table, replace(server, name=name)), self._times(place, table))

    def _check_keys(self, place: tuple[str, ...], table: Mapping[str, object]) -> None:
        for key in table:
            if key in _SECRETS:
                how = f"{key}_env names the environment variable that has it, {key}_keyring an entry of the keyring"
                self._mistake((*place, key), f"a {key} has no place in this file: {how}.")
            elif key not in _KEYS:
                self._mistake((*place, key), f"a server has no {key!r}.{suggestion(key, _KEYS)}")

    def _described(self, place: tuple[str, ...], table: Mapping[str, object], server: ServerSettings) -> ServerSettings:
        return replace(
            server,
            dialect=self._checked(place, table, "dialect", _dialect) or server.dialect,
            headers=self._headers(place, table.get("headers", {})),
            user=self._checked(place, table, "user", _text) or server.user,
            password_from=self._secret(place, table, "password") or server.password_from,
            key_from=self._secret(place, table, "key") or server.key_from,
            ca_file=self._checked(place, table, "ca_file", self._file),
            proxy=self._checked(place, table, "proxy", lambda value: _address(value, parse_proxy)),
            max_streams=self._checked(place, table, "max_streams", lambda value: _whole(value)),
        )

    def _secret(self, place: tuple[str, ...], table: Mapping[str, object], what: str) -> SecretPlace | None:
        variable = self._checked(place, table, f"{what}_env", _text)
        entry = self._checked(place, table, f"{what}_keyring", _entry)
        if variable is not None and entry is not None:
            self._mistake((*place, f"{what}_keyring"), f"{what}_env and {what}_keyring exclude each other.")
        return entry if variable is None else InVariable(variable)

    def _headers(self, place: tuple[str, ...], table: object) -> tuple[Header, ...]:
        if not isinstance(table, dict):
            self._mistake((*place, "headers"), 'headers is a table: headers = { X-Team = "blue" }.')
            return ()
        found = list[Header]()
        for name, value in table.items():
            if not _HEADER.fullmatch(name):
                self._mistake((*place, "headers", name), f"{name!r} is no name of a header.")
            elif not isinstance(value, str):
                self._mistake((*place, "headers", name), f"{name} is a text: write it in quotes.")
            else:
                found.append(Header(name, Secret.of(value)))
        return tuple(found)

    def _times(self, place: tuple[str, ...], table: Mapping[str, object]) -> Mapping[str, float]:
        times, found = table.get("timeouts", {}), dict[str, float]()
        if not isinstance(times, dict):
            self._mistake((*place, "timeouts"), "timeouts is a table: timeouts = { connect = 5, idle = 60 }.")
            return found
        for key in times:
            if key not in _TIMES:
                self._mistake((*place, "timeouts", key), f"there is no time limit {key!r}.{suggestion(key, _TIMES)}")
            else:
                seconds = self._checked((*place, "timeouts"), times, key, _seconds)
                found.update({} if seconds is None else {_TIMES[key]: seconds})
        return found

    def _file(self, value: object) -> Path:
        path = self._folder / Path(_text(value)).expanduser()
        if not path.is_file():
            raise Wrong(f"there is no file {path}.")
        return path


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Wrong("this is a text: write it in quotes.")
    return value.strip()


def _address(value: object, parse: Callable[[str], T]) -> T:
    try:
        return parse(_text(value))
    except InterfaceError as error:
        raise Wrong(str(error)) from error


def _dialect(value: object) -> Dialect:
    try:
        return Dialect(_text(value))
    except ValueError as error:
        raise Wrong(f"the dialects are {' and '.join(Dialect)}.") from error


def _entry(value: object) -> InKeyring:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(one, str) and one for one in value):
        raise Wrong('an entry of the keyring is a service and a user: ["chinwag", "me"].')
    return InKeyring(*value)


def _whole(value: object) -> int:
    return int(Whole(1, _MOST_STREAMS).check(value))


def _seconds(value: object) -> float:
    return float(Seconds().check(value))
