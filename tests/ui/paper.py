"""What a screen writes, byte for byte, and what a terminal makes of it."""

import os
import tempfile
from collections.abc import Iterable

import urwid

from tests.support.emulator import Emulator
from ui.terminal import TerminalScreen
from ui.themes import Colours, ThemeName, palette_of


def written(
    pictures: Iterable[urwid.Canvas], links: bool = False, ascii_only: bool = False, colours: Colours = 16
) -> bytes:
    """Return the bytes with which a screen is started, and draws these pictures, one over the other."""
    urwid.set_encoding("utf-8")
    with open(os.devnull) as stdin, tempfile.TemporaryFile("w+") as stdout:
        screen = TerminalScreen(stdin, stdout, ascii_only, links)
        screen.set_terminal_properties(colors=colours)
        screen.register_palette(palette_of(ThemeName.AUTO))
        screen.start()
        for canvas in pictures:
            screen.draw_screen((canvas.cols(), canvas.rows()), canvas)
        ended = os.lseek(stdout.fileno(), 0, os.SEEK_CUR)
        screen.stop()
        return os.pread(stdout.fileno(), ended, 0)


def shown(*pictures: urwid.Canvas, links: bool = False) -> list[str]:
    """Return the lines of a terminal's screen after these pictures, without the blanks at their ends."""
    emulator = Emulator(pictures[0].cols(), pictures[0].rows())
    emulator.feed(written(pictures, links))
    return emulator.display()
