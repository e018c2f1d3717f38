"""The terminal: whether it can be used, how it is read and written, and how it is left behind."""

import os
import select
import termios
from collections.abc import Callable, Hashable
from typing import Any, TextIO

import urwid
from urwid.display import escape
from urwid.display.raw import Screen

from ui.ascii import AsciiTable
from ui.painter import Painter
from ui.paste import Pasted, PasteSplitter

MAX_ESCAPE_DELAY = 0.05
"""Seconds in which the rest of an escape sequence must follow, or Esc was pressed alone."""

_INDEX_OF_COLOURS = {16: 0, 1: 1, 88: 2, 256: 3, 1 << 24: 4}
"""Where urwid's palette has the look for so many colours."""
_LINE_FEED = 10
_RETURN = 13
_MOST_TYPED_AHEAD = 4096
_CTRL_J = list(b"\x1b[106;5u")
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_LEAVE = b"\x1b[?7h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[0m\x1b[?1049l\x1b[?25h"


class TerminalOutput:
    """Writes to the terminal at once and whole.

    With `ascii_only` every character beyond ASCII becomes one that is like it, of the same width.
    Nothing stays behind in a buffer that the interpreter would try to write again on exit, to a terminal that is gone.
    """

    def __init__(self, descriptor: int, ascii_only: bool = False) -> None:
        self._descriptor = descriptor
        self._table = AsciiTable() if ascii_only else None
        self._pending: list[str] = []

    def fileno(self) -> int:
        """The descriptor, which urwid asks for the size of the terminal."""
        return self._descriptor

    def write(self, data: str, /) -> None:
        """Keep `data` for the next flush."""
        self._pending.append(data)

    def flush(self) -> None:
        """Write what was kept. Blocks while the terminal takes nothing; raises OSError when it is gone."""
        text = "".join(self._pending)
        self._pending.clear()
        if self._table is not None:
            text = text.translate(self._table)
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])


class TerminalScreen(Screen):
    """urwid's screen, with keys and pastes told apart as a writer of several lines needs it.

    - Ctrl-J is not Enter: the terminal driver no longer makes one of the other.
    - Ctrl-C, Ctrl-\\ and Ctrl-S arrive as keys. Ctrl-Z suspends.
    - A paste arrives among the keys as one `Pasted`.

    With `links`, what is drawn as a link is one: only a terminal that knows them should get them.
    No line is wrapped by the terminal, and each character is kept in its cell.
    """

    def __init__(self, stdin: TextIO, stdout: TextIO, ascii_only: bool = False, links: bool = False) -> None:
        super().__init__(
            stdin,
            TerminalOutput(stdout.fileno(), ascii_only),
            bracketed_paste_mode=True,
            focus_reporting=False,
            extended_keys=True,
        )
        self.hyperlinks = links
        self.set_input_timeouts(complete_wait=MAX_ESCAPE_DELAY)
        self._splitter = PasteSplitter()
        self._typed_ahead: list[int] = []
        self._painter = Painter(self._attr_to_escape, self._erases)

    def parse_input(  # type: ignore[override]
        self,
        event_loop: urwid.EventLoop,
        callback: Callable[[list[Any], list[int]], Any],
        codes: list[int],
        wait_for_more: bool = True,
    ) -> None:
        """Hand keys and pastes to `callback`, in order."""
        *complete, last = self._splitter.feed(codes)
        for part in complete:
            if isinstance(part, Pasted):
                callback([part], [])
            elif part:
                super().parse_input(event_loop, callback, _with_ctrl_j(part), False)
        super().parse_input(event_loop, callback, _with_ctrl_j(last), wait_for_more)

    def hook_event_loop(self, event_loop: urwid.EventLoop, callback: Callable[[list[Any], list[int]], Any]) -> None:
        """Have `callback` called with what is typed, beginning with what was typed before the screen was there."""
        super().hook_event_loop(event_loop, callback)
        typed, self._typed_ahead = self._typed_ahead, []
        if typed:
            event_loop.alarm(0, lambda: self.parse_input(event_loop, callback, typed))

    def draw_screen(self, size: tuple[int, int], canvas: urwid.Canvas) -> None:
        """Paint the screen. Raises OSError when the terminal is gone."""
        if self._resized:
            return
        if not self.screen_buf:  # it was cleared, or has only begun
            self._painter.forget()
        rows = list(canvas.content())
        frame = self._painter.paint(rows, size[0], canvas.cursor)
        self.screen_buf = rows
        if not frame:
            return
        if self.modes.synchronized_output:
            update = escape.PrivateMode.SYNCHRONIZED_OUTPUT
            frame = f"{update.enable_seq}{frame}{update.disable_seq}"
        self.write(frame)
        self.flush()

    def _erases(self, ink: Hashable) -> bool:
        """Tell whether erased cells look like blanks in this ink."""
        look = self.resolve_attr(ink, _INDEX_OF_COLOURS[self.colors])
        return self.back_color_erase and not (look.standout or look.underline or (self.hyperlinks and look.hyperlink))

    def _start(self, alternate_buffer: bool = True, *args: Any, **kwargs: Any) -> None:
        descriptor = self._input_fileno()
        terminal = descriptor if descriptor is not None and os.isatty(descriptor) else None
        if terminal is not None:
            self._typed_ahead += _typed_ahead(terminal)  # starting throws it away
        super()._start(alternate_buffer, *args, **kwargs)
        self.write(_NO_WRAP)
        if terminal is not None:
            _set_modes(terminal)

    def _stop(self) -> None:
        self.write(_WRAP)
        super()._stop()


def leave_terminal(stdin: int, stdout: int, settings: list[Any]) -> None:
    """Give the terminal back without waiting for it: the last resort, when the screen cannot do it itself."""
    termios.tcsetattr(stdin, termios.TCSANOW, settings)
    _, writable, _ = select.select([], [stdout], [], 0)
    if writable:
        os.write(stdout, _LEAVE)


def _typed_ahead(descriptor: int) -> list[int]:
    """Take what was typed so far, by lines: the driver has made line feeds of its Enters. The settings stay."""
    settings = termios.tcgetattr(descriptor)
    by_keys = [*settings[:3], settings[3] & ~termios.ICANON, *settings[4:6], [*settings[6]]]
    by_keys[6][termios.VMIN] = by_keys[6][termios.VTIME] = 0
    termios.tcsetattr(descriptor, termios.TCSANOW, by_keys)
    typed = os.read(descriptor, _MOST_TYPED_AHEAD)
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    return [_RETURN if code == _LINE_FEED else code for code in typed]


def _set_modes(descriptor: int) -> None:
    modes = termios.tcgetattr(descriptor)
    modes[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    modes[3] &= ~termios.IEXTEN  # some systems take Ctrl-O, Ctrl-V and Ctrl-Y for themselves
    modes[3] |= termios.NOFLSH  # what was typed before Ctrl-Z is not thrown away
    for signal_key in (termios.VINTR, termios.VQUIT):
        modes[6][signal_key] = b"\0"
    termios.tcsetattr(descriptor, termios.TCSANOW, modes)


def _with_ctrl_j(codes: list[int] | Pasted) -> list[int]:
    """Name line feeds by a sequence of their own: urwid takes code 10 for Enter."""
    assert not isinstance(codes, Pasted)
    if _LINE_FEED not in codes:
        return codes
    return [named for code in codes for named in (_CTRL_J if code == _LINE_FEED else [code])]
