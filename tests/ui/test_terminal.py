import os
import sys
import termios
from typing import Any

import pytest
import urwid

from tests.support.pseudo_terminal import pseudo_terminal
from ui.paste import Pasted
from ui.terminal import TerminalOutput, TerminalScreen


def test_output_is_written_whole_even_where_writes_would_block() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    output = TerminalOutput(writer)
    child = os.fork()
    if child == 0:
        os.close(writer)
        size = sum(len(data) for data in iter(lambda: os.read(reader, 65_536), b""))
        os._exit(0 if size == 1_000_002 else 1)
    os.close(reader)
    output.write("é")
    output.write("x" * 1_000_000)
    output.flush()
    os.close(writer)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_output_to_a_terminal_that_is_gone_is_not_tried_twice() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    output = TerminalOutput(writer)
    output.write("lost")

    with pytest.raises(BrokenPipeError):
        output.flush()
    output.flush()
    os.close(writer)


def read_until(descriptor: int, wanted: bytes) -> bytes:
    """Read what was written until `wanted` is there: a pseudo-terminal hands it on in parts."""
    read = b""
    while wanted not in read:
        read += os.read(descriptor, 65_536)
    return read


def keys(*reads: bytes) -> list[Any]:
    """Return the keys that the screen makes of what a terminal sends."""
    taken: list[Any] = []
    with pseudo_terminal() as (_, stdin, stdout):
        screen = TerminalScreen(stdin, stdout)
        for read in reads:
            screen.parse_input(urwid.SelectEventLoop(), lambda some, _: taken.extend(some), list(read))
    return [key.text.splitlines() if isinstance(key, Pasted) else key for key in taken]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"a\r", ["a", "enter"]),
        (b"a\nb", ["a", "ctrl j", "b"]),
        (b"\x1b\r", ["meta enter"]),
        (b"\x1b[13;2u", ["shift enter"]),
        (b"\x1b[27;5;13~", ["ctrl enter"]),
        (b"\x03\x04\x1a", ["ctrl c", "ctrl d", "ctrl z"]),
        (b"\x1bb", ["meta b"]),
        (b"\x1b[1;5H\x1b[1;3A", ["ctrl home", "meta up"]),
        ("日".encode(), ["日"]),
        (b"a\x1b[200~b\rc\x1b[201~d\n", ["a", ["b", "c"], "d", "ctrl j"]),
        (b"\x1b[200~a\x1b[201~", [["a"]]),
    ],
)
def test_keys_and_pastes_come_in_order(sent: bytes, expected: list[Any]) -> None:
    assert keys(sent) == expected


def test_a_running_screen_changes_the_terminal_and_a_stopped_one_has_restored_it() -> None:
    with pseudo_terminal() as (_, stdin, stdout):
        before = termios.tcgetattr(stdin)
        screen = TerminalScreen(stdin, stdout)
        screen.start()
        during = termios.tcgetattr(stdin)
        screen.stop()
        after = termios.tcgetattr(stdin)

    assert during[0] & (termios.ICRNL | termios.IXON) == 0
    assert (during[6][termios.VINTR], during[6][termios.VQUIT]) == (b"\0", b"\0")
    assert during[6][termios.VSUSP] == before[6][termios.VSUSP]
    assert during[3] & (termios.IEXTEN | termios.NOFLSH) == termios.NOFLSH
    assert after == before


@pytest.mark.skipif(sys.platform == "darwin", reason="a pseudo-terminal keeps nothing to read there")
def test_a_running_screen_asks_for_pastes_and_a_stopped_one_asks_no_more() -> None:
    with pseudo_terminal() as (outside, stdin, stdout):
        screen = TerminalScreen(stdin, stdout)
        screen.start()
        screen.flush()
        begun = read_until(outside, b"\x1b[?2004h")
        screen.stop()
        ended = read_until(outside, b"\x1b[?1049l")

    assert (b"\x1b[?2004h" in begun, b"\x1b[?1049h" in begun) == (True, True)
    assert (b"\x1b[?2004l" in ended, b"\x1b[?1049l" in ended) == (True, True)
