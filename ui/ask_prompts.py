"""Many prompts from a file: read as they are needed, one a line."""

import os
from collections import deque
from typing import Protocol, TextIO

import msgspec

from protocol.errors import InterfaceError
from protocol.message import Value

_CHUNK = 65_536
_HOW = (
    "The first line says whether all are texts, or JSON as "
    '{"prompt": "...", "id": "...", "system": "...", "model": "..."}.'
)


class PromptLine(Value, frozen=True):
    """One line that is not empty, taken apart."""

    number: int
    """Of the line, from 1."""
    prompt: str = ""
    id: str | int | None = None
    system: str | None = None
    model: str | None = None
    fault: str = ""
    """Why it is no prompt; empty where it is one."""


class _Fields(msgspec.Struct, forbid_unknown_fields=True):
    prompt: str
    id: str | int | None = None
    system: str | None = None
    model: str | None = None


class Prompts(Protocol):
    """Where prompts come from. One thread."""

    @property
    def descriptor(self) -> int | None:
        """What can be waited for; None where nothing has to be."""
        ...

    @property
    def over(self) -> bool:
        """Nothing more comes, and everything is taken."""
        ...

    @property
    def must_read(self) -> bool:
        """True where no line is there to be taken, and one may still come."""
        ...

    def read(self) -> None:
        """Take what is there. Raises InterfaceError where it cannot be read."""
        ...

    def take(self) -> PromptLine | None:
        """Return the next one; None where none is there now."""
        ...


class OnePrompt:
    """A prompt of the command line."""

    descriptor: int | None = None
    must_read = False

    def __init__(self, prompt: str) -> None:
        self._prompt = prompt
        self.over = False

    def read(self) -> None:
        """See `Prompts`."""

    def take(self) -> PromptLine | None:
        """See `Prompts`."""
        if self.over:
            return None
        self.over = True
        return PromptLine(1, self._prompt)


class PromptSource:
    """Reads prompts from a descriptor, and never more than are wanted. The first line that is not empty says whether
    they are texts or JSON. One thread; `read` may block where nothing is there.

    Bytes that are not UTF-8 become replacement characters. Of a line over `max_bytes` no more is kept.
    """

    def __init__(self, descriptor: int, max_bytes: int) -> None:
        self.descriptor = descriptor
        self.over = False
        """Nothing more comes, and everything is taken."""
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._rest = bytearray()
        self._ended = False
        self._number = 0
        self._json: bool | None = None

    @property
    def must_read(self) -> bool:
        """True where no line is there to be taken, and one may still come."""
        return not self._lines and not self._ended

    def read(self) -> None:
        """Take what the descriptor has. Raises InterfaceError where it cannot be read."""
        try:
            data = os.read(self.descriptor, _CHUNK)
        except OSError as error:
            raise InterfaceError(f"The prompts cannot be read: {error.strerror}.", "Name another file.") from error
        if not data:
            self._ended = True
            if self._rest:
                self._lines.append(bytes(self._rest))
                self._rest.clear()
            self.over = not self._lines
            return
        *ends, rest = data.split(b"\n")
        for end in ends:
            self._keep(end)
            self._lines.append(bytes(self._rest))
            self._rest.clear()
        self._keep(rest)

    def take(self) -> PromptLine | None:
        """Return the next line that is not empty; None where none is there now."""
        while self._lines:
            line = self._lines.popleft()
            self._number += 1
            self.over = self._ended and not self._lines
            if line.strip():
                return self._taken_apart(line)
        return None

    def _keep(self, data: bytes) -> None:
        self._rest += data[: max(0, self._max_bytes + 1 - len(self._rest))]

    def _taken_apart(self, line: bytes) -> PromptLine:
        if len(line) > self._max_bytes:
            return PromptLine(self._number, fault=f"The prompt has more than {self._max_bytes:,} bytes.")
        if self._json is None:
            self._json = _is_json(line)
        if not self._json:
            return PromptLine(self._number, line.decode(errors="replace").strip())
        try:
            fields = msgspec.json.decode(line, type=_Fields)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return PromptLine(self._number, fault=f"This line cannot be read: {error}. {_HOW}")
        fault = "" if fields.prompt.strip() else "There is no prompt in this line."
        return PromptLine(self._number, fields.prompt, fields.id, fields.system, fields.model, fault)


def _is_json(line: bytes) -> bool:
    """A text may well begin with a brace: only an object with a prompt is JSON."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return line.lstrip().startswith(b'{"')
    return isinstance(value, dict)


def opened(name: str, stdin: TextIO | None) -> int:
    """Open a file of prompts; `-` is standard input. Raises InterfaceError where that cannot be read."""
    try:
        if name != "-":
            descriptor = os.open(name, os.O_RDONLY)
            os.read(descriptor, 0)  # a folder can be opened, too
            return descriptor
        if stdin is None or stdin.closed:
            raise InterfaceError("Standard input is closed.", "Name a file.")
        return stdin.fileno()
    except OSError as error:
        raise InterfaceError(f"{name} cannot be read: {error.strerror}.", "Name another file.") from error
