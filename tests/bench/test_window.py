import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bench.window import Missing, Window


@contextmanager
def running(program: str, patience: float = 10.0) -> Iterator[Window]:
    with Window((sys.executable, "-c", program), os.environ, patience) as window:
        yield window


def test_what_is_written_is_found_with_the_time_it_was_read_at() -> None:
    with running("print('one'); input(); print('two')") as window:
        one = window.wait_for("one", 0)
        place = window.written
        pressed = window.type("\r")
        two = window.wait_for("two", place)

    assert [window.begun, one, pressed, two] == sorted([window.begun, one, pressed, two])
    assert window.times_of(["two", "one", "three"], 0) == {"two": two, "one": one}


def test_nothing_before_the_beginning_of_the_search_counts() -> None:
    with running("print('old'); input()", patience=0.1) as window:
        window.wait_for("old", 0)
        place = window.written
        with pytest.raises(Missing):
            window.wait_for("gold", place)


def test_a_last_word_that_does_not_come_is_noticed_and_the_screen_told() -> None:
    with running("print('w00001 w00002'); input()", patience=0.1) as window:
        window.wait_for("w00001", 0)
        with pytest.raises(Missing) as caught:
            window.wait_for("w00003", 0)

    assert str(caught.value).splitlines()[:2] == ["'w00003' did not come", "w00001 w00002"]


PAINTED_IN_PIECES = r"print('w00001\x1b[1;5H23', flush=True); input()"


def test_a_word_that_is_painted_in_pieces_is_seen_on_the_screen() -> None:
    with running(PAINTED_IN_PIECES, patience=0.1) as window:
        window.read_until_quiet()
        shown = window.wait_for("w00023", 0)

    assert window.times_of(["w00023", "w00099"], 0) == {"w00023": shown}


def test_the_screen_is_that_of_the_last_size() -> None:
    with running("print('x' * 50, flush=True); input(); print('y' * 50, flush=True)") as window:
        window.wait_for("x" * 50, 0)
        window.resize(40, 10)
        window.type("\r")
        window.wait_exit()
        assert window.screen().split() == ["x" * 40, "y" * 40, "y" * 10]


@pytest.mark.parametrize(("program", "status"), [("", 0), ("raise SystemExit(3)", 3)])
def test_the_status_is_that_of_the_program(program: str, status: int) -> None:
    with running(program) as window:
        assert window.begun < window.wait_exit()
        assert window.status == status


def test_a_signal_is_told_as_a_shell_does() -> None:
    with running("print('ready', flush=True); input()") as window:
        window.wait_for("ready", 0)
        assert window.kill(signal.SIGTERM) < window.wait_exit()
        assert window.status == 128 + signal.SIGTERM


def test_closing_the_window_hangs_up() -> None:
    with running("print('ready', flush=True); input()") as window:
        window.wait_for("ready", 0)
        assert window.close() < window.wait_exit()
        assert (window.status, window.unrestored()) == (128 + signal.SIGHUP, [])


def test_what_is_left_of_the_terminal_is_told() -> None:
    program = r"import tty; tty.setraw(0); print('\x1b[?2004h\x1b[?25l', flush=True)"
    with running(program) as window:
        window.wait_exit()
        assert window.unrestored() == ["bracketed paste", "hidden cursor", "settings"]


def test_a_program_that_does_not_end_is_missing_its_end() -> None:
    with running("print('ready', flush=True); input()", patience=0.1) as window, pytest.raises(Missing):
        window.wait_exit()


def test_a_program_that_never_comes_to_rest_is_noticed() -> None:
    with running("while True: print('x', flush=True)", patience=0.1) as window, pytest.raises(Missing):
        window.read_until_quiet()
