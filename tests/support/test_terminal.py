import os
import select
import signal
import sys
from pathlib import Path

import pytest

from tests.support.leaks import nothing_left
from tests.support.terminal import Terminal

RAW = "import sys, tty; tty.setraw(0); print('ready', end='', flush=True)\n"
SIZES = """
import os, signal
def say(*_): os.write(1, b"%a\\n" % (os.get_terminal_size(0),))
signal.signal(signal.SIGWINCH, say)
say()
while True: signal.pause()
"""
ENVIRONMENT = "import os\nfor name in sorted(os.environ): print(name)"
QUERY = RAW + "sys.stdout.write('\\x1b[6n'); sys.stdout.flush(); print(sys.stdin.buffer.raw.read(6)[1:], flush=True)"
STUBBORN = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('here', flush=True); signal.pause()"
CHILD = "import signal, subprocess; signal.signal(signal.SIGHUP, signal.SIG_IGN); subprocess.Popen(['sleep', '60'])"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def test_what_is_typed_is_echoed_by_the_terminal_and_read_by_the_program() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.send("hello\r")
        terminal.wait_for(lambda lines: lines[:3] == ["hello", "hello", ""])
        terminal.send("\x04")
        assert terminal.wait_exit() == 0
        assert terminal.raw == b"hello\r\nhello\r\n"
        terminal.assert_restored()


def test_the_terminal_is_the_controlling_one() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.send("x\r")
        terminal.wait_for("x\nx")
        terminal.send("\x03")
        assert terminal.wait_exit() == -signal.SIGINT


def test_a_text_that_does_not_come_is_shown_with_the_screen() -> None:
    with Terminal(["cat"], columns=10, lines=3) as terminal:
        terminal.send("one\r")
        terminal.wait_for("one\none")
        with pytest.raises(AssertionError) as caught:
            terminal.wait_for("two", timeout=0.05)
    assert str(caught.value) == "'two' did not come: within 0.05 s\n+----------+\n|one\n|one\n|\n+----------+"


def test_waiting_ends_when_the_program_does() -> None:
    with Terminal(["true"], columns=10, lines=1) as terminal, pytest.raises(AssertionError) as caught:
        terminal.wait_for("more", timeout=1000)
    assert str(caught.value) == "'more' did not come: the program ended\n+----------+\n|\n+----------+"


def test_a_program_that_stays_is_shown_and_then_killed() -> None:
    stays = pytest.raises(AssertionError, match="the program does not end")
    with nothing_left(), Terminal(["cat"]) as terminal, stays:
        terminal.wait_exit(timeout=0.05)


def test_the_program_learns_the_size_and_every_change_of_it() -> None:
    with Terminal(python(SIZES), columns=100, lines=30) as terminal:
        terminal.wait_for("columns=100, lines=30")
        terminal.resize(60, 20)
        terminal.wait_for("columns=60, lines=20")
        assert len(terminal.display()) == 20


def test_modes_left_behind_are_found() -> None:
    with Terminal(python(RAW + "sys.stdout.write('\\x1b[?1049h\\x1b[?25l')")) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.changed_modes() == ["alternate screen", "hidden cursor"]
        assert terminal.attributes() != terminal.attributes_at_start
        with pytest.raises(AssertionError):
            terminal.assert_restored()


def test_a_paste_is_bracketed() -> None:
    with Terminal(python(RAW + "print(sys.stdin.buffer.raw.read(99))")) as terminal:
        terminal.wait_for("ready")
        terminal.paste("a\nb")
        terminal.wait_for(repr(b"\x1b[200~a\nb\x1b[201~"))


def test_queries_meet_silence_unless_answers_are_asked_for() -> None:
    with Terminal(python(QUERY)) as silent, pytest.raises(AssertionError):
        silent.wait_for("R'", timeout=0.3)
    with Terminal(python(QUERY), answers=True) as answering:
        answering.wait_for("b'[1;6R'")


def test_a_signal_is_seen_in_the_exit_status() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM


def test_closing_the_window_hangs_up() -> None:
    with nothing_left(), Terminal(["cat"]) as terminal:
        terminal.send("x\r")
        terminal.wait_for("x\nx")
        terminal.hang_up()
        assert terminal.wait_exit() == -signal.SIGHUP


def test_a_program_that_ignores_everything_is_killed_at_the_end() -> None:
    with nothing_left(), Terminal(python(STUBBORN)) as terminal:
        terminal.wait_for("here")


def wait_for_end(pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    assert select.select([descriptor], [], [], 10) == ([descriptor], [], [])
    os.close(descriptor)


def test_a_child_that_keeps_the_terminal_is_named_and_killed_at_the_end() -> None:
    with Terminal(python(CHILD)) as terminal:
        wait_for_end(terminal.pid)
        with pytest.raises(AssertionError) as caught:
            terminal.wait_exit(timeout=0.05)
        (child,) = terminal.processes()
        assert str(caught.value).startswith(f"[{child}] still have the terminal\n")
        watched = os.pidfd_open(child)
    assert select.select([watched], [], [], 10) == ([watched], [], [])
    os.close(watched)


def test_the_program_knows_nothing_of_this_machine(tmp_path: Path) -> None:
    with Terminal(python(ENVIRONMENT), home=tmp_path, env={"OLLAMA_HOST": "127.0.0.1:1"}) as terminal:
        assert terminal.wait_exit() == 0
        assert [line for line in terminal.display() if line] == [
            "HOME",
            "LANG",
            "OLLAMA_HOST",
            "PATH",
            "PYTHONPATH",
            "TERM",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
        ]


def test_much_output_neither_blocks_the_program_nor_is_lost() -> None:
    with Terminal(python("print('x' * 300_000, end='')")) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.raw == b"x" * 300_000


def test_a_shot_is_taken_when_the_screen_looks_as_wanted_and_its_cursor_is_shown() -> None:
    slowly = (
        RAW + "import sys\nfor each in ('\\x1b[?25l\\x1b[1mx', '\\x1b[?25h'): print(each, end='', flush=True); input()"
    )
    with Terminal(python(slowly), columns=8, lines=2) as terminal:
        terminal.wait_for("readyx")
        terminal.send("\n")
        shot = terminal.shot(lambda shot: shot.rows[0][5].bold)
        assert (shot.cursor, shot.rows[0][5].text) == ((6, 0), "x")
        with pytest.raises(AssertionError) as caught:
            terminal.shot(lambda shot: shot.rows[0][0].bold, timeout=0.05)
    assert str(caught.value) == "within 0.05 s it did not look as wanted\n+--------+\n|readyx\n|\n+--------+"
