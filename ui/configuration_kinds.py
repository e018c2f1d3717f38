"""The kinds of values that a setting can have: how each is checked, and described."""

import math
from typing import Protocol

from protocol.errors import InterfaceError
from protocol.message import Value
from protocol.server_address import parse_server

_NO = frozenset({"0", "f", "false", "n", "no", "off"})
_MOST_SECONDS = 1e9


class Wrong(ValueError):
    """A value that a setting cannot have. `str()` of it is a sentence that says why."""


class Kind(Protocol):
    """How the values of a setting are checked."""

    @property
    def described(self) -> str:
        """In a few words, for lists."""
        ...

    def check(self, value: object) -> object:
        """Return what a file's value means. Raises Wrong."""
        ...

    def parse(self, text: str) -> object:
        """Return what an environment variable's text means; it is not empty. Raises Wrong."""
        ...


class Text(Value, frozen=True):
    """Any text, such as a name or a path."""

    described: str = "text"

    def check(self, value: object) -> str:
        """See `Kind`."""
        if not isinstance(value, str):
            raise Wrong(f"{_shown(value)} is no text: put it in quotes.")
        return value

    def parse(self, text: str) -> str:
        """See `Kind`."""
        return text


class Choice(Value, frozen=True):
    """One of a few words."""

    names: tuple[str, ...]
    noun: str

    @property
    def described(self) -> str:
        """See `Kind`."""
        return ", ".join(self.names)

    def check(self, value: object) -> str:
        """See `Kind`."""
        if not isinstance(value, str) or value not in self.names:
            raise Wrong(f"there is no {self.noun} {_shown(value)}. There are {self.described}.")
        return value

    def parse(self, text: str) -> str:
        """See `Kind`."""
        return self.check(text.strip().lower())


class YesOrNo(Value, frozen=True):
    """A switch."""

    described: str = "true or false"

    def check(self, value: object) -> bool:
        """See `Kind`."""
        if not isinstance(value, bool):
            raise Wrong(f"{_shown(value)} is neither true nor false.")
        return value

    def parse(self, text: str) -> bool:
        """All that does not say no says yes, as in Ollama's own variables (envconfig/config.go, `Bool`)."""
        return text.strip().lower() not in _NO


class Whole(Value, frozen=True):
    """A whole number between two bounds, which may be reached."""

    least: int
    most: int

    @property
    def described(self) -> str:
        """See `Kind`."""
        return f"{self.least:,} to {self.most:,}"

    def check(self, value: object) -> int:
        """See `Kind`."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(f"{_shown(value)} is no whole number.")
        if not self.least <= value <= self.most:
            raise Wrong(f"{_shown(value)} is not within {self.described}.")
        return value

    def parse(self, text: str) -> int:
        """See `Kind`."""
        try:
            return self.check(int(text))
        except ValueError as error:
            raise error if isinstance(error, Wrong) else Wrong(f"{_shown(text)} is no whole number.") from None


class Seconds(Value, frozen=True):
    """A time limit."""

    described: str = "seconds above 0"

    def check(self, value: object) -> float:
        """See `Kind`."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Wrong(f"{_shown(value)} is no number of seconds.")
        if not (0 < value <= _MOST_SECONDS and math.isfinite(value)):
            raise Wrong(f"{_shown(value)} is no number of seconds above 0.")
        return float(value)

    def parse(self, text: str) -> float:
        """See `Kind`."""
        try:
            return self.check(float(text))
        except ValueError:
            raise Wrong(f"{_shown(text)} is no number of seconds above 0.") from None


class Address(Value, frozen=True):
    """Where a server is, written as in OLLAMA_HOST."""

    described: str = "address"

    def check(self, value: object) -> str:
        """See `Kind`."""
        if not isinstance(value, str):
            raise Wrong(f'{_shown(value)} is no address: put it in quotes, as "127.0.0.1:11434".')
        return self.parse(value)

    def parse(self, text: str) -> str:
        """See `Kind`."""
        try:
            parse_server(text)
        except InterfaceError as error:
            raise Wrong(str(error)) from error
        return text


class Names(Value, frozen=True):
    """Several names; in a variable with commas or spaces between them."""

    described: str = "list of names"

    def check(self, value: object) -> tuple[str, ...]:
        """See `Kind`."""
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one.strip() for one in value):
            raise Wrong(f'{_shown(value)} is no list of names: write ["one", "another"].')
        names = tuple(one.strip() for one in value)
        twice = next((name for name in names if sum(name.casefold() == one.casefold() for one in names) > 1), None)
        if twice is not None:
            raise Wrong(f"{twice!r} is there twice.")
        return names

    def parse(self, text: str) -> tuple[str, ...]:
        """See `Kind`."""
        return self.check(text.replace(",", " ").split())


def _shown(value: object) -> str:
    """As somebody wrote it, not too long."""
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
