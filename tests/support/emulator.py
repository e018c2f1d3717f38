"""A terminal emulator: what an xterm would show, which modes it would be in, and what it would answer.

pyte draws; what pyte does not know (the alternate screen, keyboard protocols, queries) is taken out before it and kept
here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyte

_SEQUENCE = re.compile(
    rb"\x1b\[(?P<prefix>[<=>?]?)(?P<parameters>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    rb"|\x1b[PX^_](?s:.*?)\x1b\\"
)
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[PX^_][^\x1b]*\x1b?)?\Z")
_CURSOR_SHOWN, _AUTOWRAP = 25, 7
_FAINT, _BLINKING, _NEITHER_BOLD_NOR_FAINT, _NOT_BLINKING = 2, 5, 22, 25
_COLOURS = frozenset({38, 48})
_PARTS_OF_COLOUR = {5: 1, 2: 3}
"""How many numbers follow, by the way the colour is given."""
_ON_AT_FIRST = frozenset({_CURSOR_SHOWN, _AUTOWRAP})
_ALTERNATE_SCREEN = frozenset({47, 1047, 1049})
_NAMES = {
    1: "application cursor keys",
    **dict.fromkeys((9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016), "mouse"),
    1004: "focus reports",
    **dict.fromkeys(_ALTERNATE_SCREEN, "alternate screen"),
    2004: "bracketed paste",
    2026: "synchronized output",
    _CURSOR_SHOWN: "hidden cursor",
    _AUTOWRAP: "no line wrap",
}


@dataclass(frozen=True)
class Cell:
    """One cell of the screen, and how it looks. Colours are pyte's: `default`, a name, or six hexadecimal digits."""

    text: str
    """A character with what is combined with it; empty behind a wide one."""
    ink: str = "default"
    ground: str = "default"
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    reversed: bool = False


@dataclass(frozen=True)
class Shot:
    """All of the screen at one moment."""

    rows: tuple[tuple[Cell, ...], ...]
    cursor: tuple[int, int] | None
    """Its column and line, counted from 0; None while it is hidden, as it is while a program draws."""


class Emulator:
    """Takes what a program writes and keeps what a person would see."""

    def __init__(self, columns: int, lines: int) -> None:
        self._primary = _Screen(columns, lines)
        self._alternate = _Screen(columns, lines)
        self._streams = {id(screen): pyte.ByteStream(screen) for screen in (self._primary, self._alternate)}
        self._screen = self._primary
        self._on = set(_ON_AT_FIRST)
        self._keyboard_levels = {id(self._primary): 0, id(self._alternate): 0}
        self._other_keys = 0
        self._unfinished = b""
        self._obedience: dict[str, Callable[[list[int]], None]] = {
            "?h": lambda modes: self._switch(modes, True),
            "?l": lambda modes: self._switch(modes, False),
            ">u": lambda _: self._raise_keyboard(1),
            "<u": lambda levels: self._raise_keyboard(-max(1, levels[0])),
            ">m": self._set_other_keys,
            "c": lambda _: self._reply("\x1b[?62;1;6;22c"),
            "n": self._report,
            "?$p": self._report_mode,
        }
        self.replies = b""
        """Answers to the program's queries, in order; whoever sends them empties this."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the program, cut anywhere."""
        data = self._unfinished + data
        unfinished = _UNFINISHED.search(data)
        self._unfinished = unfinished.group() if unfinished else b""
        data = data.removesuffix(self._unfinished)
        start = 0
        for found in _SEQUENCE.finditer(data):
            self._draw(data[start : found.start()])
            self._obey(found)
            start = found.end()
        self._draw(data[start:])

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""
        self._primary.resize(lines, columns)
        self._alternate.resize(lines, columns)

    def display(self) -> list[str]:
        """Return the lines on the screen, without the blanks at their ends.

        pyte's own cannot show half a wide character, as there is where half a frame was written.
        """
        return ["".join(row).rstrip() for row in self.cells()]

    def cells(self) -> list[list[str]]:
        """Return what is in each cell; a wide character is followed by an empty one."""
        screen = self._screen
        return [[screen.buffer[line][column].data for column in range(screen.columns)] for line in range(screen.lines)]

    def shot(self) -> Shot:
        """Return all that is on the screen, and how it looks."""
        screen = self._screen
        rows = [[screen.buffer[line][column] for column in range(screen.columns)] for line in range(screen.lines)]
        cursor = self.cursor if _CURSOR_SHOWN in self._on else None
        return Shot(tuple(tuple(map(_cell, row)) for row in rows), cursor)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line of the cursor, counted from 0."""
        return self._screen.cursor.x, self._screen.cursor.y

    def changed_modes(self) -> list[str]:
        """Name every mode that is not as it was at first, sorted: what a program must undo before it ends."""
        names = {_NAMES.get(mode, f"private mode {mode}") for mode in self._on ^ _ON_AT_FIRST}
        if any(self._keyboard_levels.values()) or self._other_keys:
            names.add("keyboard protocol")
        if self._screen.cursor.attrs != self._screen.default_char:
            names.add("text attributes")
        return sorted(names)

    def _draw(self, data: bytes) -> None:
        if data:
            self._streams[id(self._screen)].feed(data)

    def _obey(self, found: re.Match[bytes]) -> None:
        if found["final"] is None:
            return
        kind = (found["prefix"] + found["between"] + found["final"]).decode("ascii")
        obey = self._obedience.get(kind)
        if obey:
            obey([int(number or 0) for number in re.split(b"[;:]", found["parameters"])])
        elif not found["prefix"] and b":" not in found["parameters"]:
            self._draw(found.group())

    def _switch(self, modes: list[int], on: bool) -> None:
        for mode in modes:
            (self._on.add if on else self._on.discard)(mode)
            if mode in _ALTERNATE_SCREEN:
                self._choose_screen(on)
            else:
                self._draw(f"\x1b[?{mode}{'h' if on else 'l'}".encode())

    def _choose_screen(self, alternate: bool) -> None:
        if alternate:
            self._alternate.reset()
        self._screen = self._alternate if alternate else self._primary

    def _raise_keyboard(self, by: int) -> None:
        self._keyboard_levels[id(self._screen)] = max(0, self._keyboard_levels[id(self._screen)] + by)

    def _set_other_keys(self, parameters: list[int]) -> None:
        if parameters[0] == 4:
            self._other_keys = sum(parameters[1:])

    def _report(self, parameters: list[int]) -> None:
        column, line = self.cursor
        self._reply(f"\x1b[{line + 1};{column + 1}R" if parameters == [6] else "\x1b[0n")

    def _report_mode(self, parameters: list[int]) -> None:
        mode = parameters[0]
        value = 0 if mode not in _NAMES else 1 if mode in self._on else 2
        self._reply(f"\x1b[?{mode};{value}$y")

    def _reply(self, text: str) -> None:
        self.replies += text.encode()


class _Screen(pyte.Screen):
    """pyte knows nothing of faint text; nothing of ours blinks, so what blinks there is faint."""

    def select_graphic_rendition(self, *codes: int) -> None:
        """Take the parameters of an SGR sequence."""
        super().select_graphic_rendition(*_faint_as_blinking(codes))


def _faint_as_blinking(codes: tuple[int, ...]) -> Iterator[int]:
    rest = iter(codes)
    for code in rest:
        yield _BLINKING if code == _FAINT else code
        if code == _NEITHER_BOLD_NOR_FAINT:
            yield _NOT_BLINKING
        elif code in _COLOURS:
            space = next(rest, 0)
            yield space
            yield from (next(rest, 0) for _ in range(_PARTS_OF_COLOUR.get(space, 0)))


def _cell(char: pyte.screens.Char) -> Cell:
    style = (char.bold, char.blink, char.italics, char.underscore, char.strikethrough, char.reverse)
    return Cell(char.data, char.fg, char.bg, *style)
