import pytest

from tests.support.addresses import Recorder
from ui.clipboard import MOST_BYTES, Clipboard, tool_of

WAYLAND, X11 = {"WAYLAND_DISPLAY": "wayland-0"}, {"DISPLAY": ":0"}
SSH = {"SSH_TTY": "/dev/pts/1"}


class Desk:
    """A clipboard, and what came into it."""

    def __init__(self, environ: dict[str, str], *tools: str) -> None:
        self.terminal: Recorder[str] = Recorder()
        self.ran: list[tuple[tuple[str, ...], bytes]] = []
        self.clipboard = Clipboard(
            self.terminal.tell,
            environ,
            lambda name: f"/usr/bin/{name}" if name in tools else None,
            lambda command, data: self.ran.append((tuple(command), data)),
        )


@pytest.mark.parametrize(
    ("environ", "tools", "command"),
    [
        ({}, (), ()),
        (WAYLAND, ("wl-copy", "xclip"), ("wl-copy",)),
        (X11, ("wl-copy", "xsel", "xclip"), ("xclip", "-selection", "clipboard")),
        (X11, ("xsel",), ("xsel", "--clipboard", "--input")),
        ({}, ("wl-copy", "xclip"), ()),
        ({}, ("pbcopy",), ("pbcopy",)),
        ({}, ("clip.exe",), ("clip.exe",)),
        (SSH, ("pbcopy",), ()),
        ({**SSH, **X11}, ("xclip",), ("xclip", "-selection", "clipboard")),
    ],
)
def test_the_desktops_tool_is_the_one_that_fits_and_is_there(
    environ: dict[str, str], tools: tuple[str, ...], command: tuple[str, ...]
) -> None:
    assert tool_of(environ, lambda name: name if name in tools else None) == command


def test_a_text_goes_to_the_terminal_and_to_the_desktop() -> None:
    desk = Desk(WAYLAND, "wl-copy")
    assert desk.clipboard.copy("é") == "to the clipboard (terminal, wl-copy)"
    assert (desk.terminal.take(), desk.ran) == (["é"], [(("/usr/bin/wl-copy",), "é".encode())])


def test_nothing_is_copied_that_a_terminal_would_obey() -> None:
    desk = Desk(WAYLAND, "wl-copy")
    desk.clipboard.copy("ls\x1b[31m\x07\x9b")
    assert desk.terminal.take() == ["ls\u241b[31m\u2407\ufffd"]
    assert desk.ran[0][1] == "ls\u241b[31m\u2407\ufffd".encode()


def test_what_may_be_too_long_for_the_terminal_is_said_where_nothing_else_takes_it() -> None:
    long = "x" * (MOST_BYTES + 1)
    words = "to the clipboard (terminal); 74,995 bytes may be too much for the terminal: save it instead"
    assert Desk({}).clipboard.copy(long) == words
    assert Desk(WAYLAND, "wl-copy").clipboard.copy(long) == "to the clipboard (terminal, wl-copy)"
    assert Desk({}).clipboard.copy(long[1:]) == "to the clipboard (terminal)"
