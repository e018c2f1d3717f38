import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.terminal import Terminal

CTRL_C, CTRL_D, CTRL_L, CTRL_R, CTRL_Z, ENTER, ESC, UP, F1, F2, F4 = (
    "\x03", "\x04", "\x0c", "\x12", "\x1a", "\r", "\x1b", "\x1b[A", "\x1bOP", "\x1bOQ", "\x1bOS",
)  # fmt: skip
READY = "echo   ready"


@contextmanager
def puppet(mode: str = "", columns: int = 80, lines: int = 24) -> Iterator[Terminal]:
    """The full screen, played by a puppet, ready for keys."""
    with Terminal([sys.executable, "-m", "tests.ui.puppet", mode], columns, lines) as terminal:
        if mode not in ("refuse", "crash", "held"):
            terminal.wait_for(READY)
        yield terminal


def ends(terminal: Terminal, status: int, *words: str) -> None:
    """Assert the exit status, a restored terminal, and what was said last."""
    assert terminal.wait_exit() == status
    terminal.assert_restored()
    assert b"Traceback" not in terminal.raw
    said = terminal.raw.rpartition(b"\x1b[?25h")[2].decode().splitlines()
    assert [line for line in said if line.startswith("chinwag: ")] == [f"chinwag: {word}" for word in words]


def test_a_text_goes_to_the_engine_and_its_answer_comes_back() -> None:
    with puppet() as terminal:
        terminal.send("Hello" + ENTER)
        assert terminal.wait_for("you said Hello")[:5] == ["> Hello", "", "echo", "you said Hello", ""]
        terminal.send(CTRL_D)
        ends(terminal, 0)


def test_the_first_paint_comes_before_the_engine() -> None:
    with puppet("held") as terminal:
        screen = terminal.wait_for("looking for a server")
        assert screen[-1] == "> Write here"
        terminal.send("x")
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        ends(terminal, 0)


def test_an_engine_that_does_not_start_is_a_sentence_without_what_a_terminal_obeys() -> None:
    with puppet("refuse") as terminal:
        ends(terminal, 2, "The strings are ␛]0;torn␇. Tie them.")


def test_a_crash_is_a_sentence() -> None:
    with puppet("crash") as terminal:
        ends(terminal, 1, "the chat failed: RuntimeError('boom'). The log has the details.")


def test_an_event_that_nobody_knows_is_said_and_the_chat_goes_on() -> None:
    with puppet() as terminal:
        terminal.send("/nonsense" + ENTER)
        terminal.wait_for("(something cannot be shown: ")
        terminal.send("hello" + ENTER)
        terminal.wait_for("you said hello")


def test_an_engine_that_failed_takes_no_text_away() -> None:
    with puppet() as terminal:
        terminal.send("/fail" + ENTER)
        terminal.wait_for("The engine broke.")
        terminal.send("precious" + ENTER)
        terminal.wait_for("chinwag failed: copy what you need")
        assert terminal.display()[-1] == "> precious"


def test_the_engine_may_ask_to_quit() -> None:
    with puppet() as terminal:
        terminal.send("/quit" + ENTER)
        ends(terminal, 3, "bye.")


def test_ctrl_c_twice_quits() -> None:
    with puppet() as terminal:
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")
        terminal.send(CTRL_C)
        ends(terminal, 0)


def test_another_key_takes_the_wish_to_quit_away() -> None:
    with puppet() as terminal:
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")
        terminal.send("x")
        terminal.wait_for(lambda screen: screen[-2].endswith("F1 keys"))
        terminal.send(CTRL_C)
        terminal.wait_for("Write here")
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")


def test_ctrl_c_stops_the_reply_then_clears_the_text_which_up_brings_back() -> None:
    with puppet() as terminal:
        terminal.send("wait" + ENTER)
        terminal.wait_for("answering")
        terminal.send("precious" + CTRL_C)
        terminal.wait_for("cancelled")
        terminal.wait_for("> precious")
        terminal.send(CTRL_C)
        terminal.wait_for("Write here")
        terminal.send(UP)
        terminal.wait_for("> precious")


def test_esc_stops_the_reply() -> None:
    with puppet() as terminal:
        terminal.send("wait" + ENTER)
        terminal.wait_for("Esc stops")
        terminal.send(ESC)
        terminal.wait_for("cancelled")


def test_a_text_that_is_refused_comes_back_with_the_reason() -> None:
    with puppet() as terminal:
        terminal.send("refuse this" + ENTER)
        assert terminal.wait_for("No reason.")[-1] == "> refuse this"


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("r", "Retry()"),
        ("c", "Continue()"),
        ("u", "Undo()"),
        ("y", "Redo()"),
        ("p", "Version(step=-1)"),
        ("n", "Version(step=1)"),
        ("s", "QueueNow(number=None)"),
    ],
)
def test_a_key_with_alt_is_a_command(key: str, command: str) -> None:
    with puppet() as terminal:
        terminal.send(ESC + key)
        terminal.wait_for(f"pressed {command}")


def test_an_offered_prompt_is_edited_and_sent_in_the_place_of_the_old_one() -> None:
    with puppet() as terminal:
        terminal.send("a draft" + ESC + "e")
        screen = terminal.wait_for("editing: Enter sends, Esc leaves")
        assert screen[-1] == "* the offered prompt"
        terminal.send("!" + ENTER)
        terminal.wait_for("edits 1, urgent False: the offered prompt!")
        terminal.send(UP + UP)
        terminal.wait_for("> a draft")


def test_esc_leaves_the_offered_prompt_and_stops_no_reply() -> None:
    with puppet() as terminal:
        terminal.send("wait" + ENTER)
        terminal.wait_for("Esc stops")
        terminal.send(ESC + "e")
        terminal.wait_for("* the offered prompt")
        terminal.send(ESC)
        screen = terminal.wait_for(lambda screen: screen[-1] == "> Write ahead: it waits its turn")
        assert "answering" in screen[-2]


def test_a_text_can_be_sent_at_once() -> None:
    with puppet() as terminal:
        terminal.send("hurry" + ESC + "s")
        terminal.wait_for("edits None, urgent True: hurry")


def test_what_was_written_in_earlier_runs_is_found_again() -> None:
    with puppet() as terminal:
        terminal.send(CTRL_R + "fly")
        screen = terminal.wait_for("(search) fly: fly me to the moon")
        assert "search: Enter takes, Esc leaves" in screen[-2]
        terminal.send(ENTER)
        assert terminal.wait_for("  to the moon")[-2:] == ["> fly me", "  to the moon"]


def test_that_nothing_is_kept_is_said_once_and_shown_lastingly() -> None:
    with puppet() as terminal:
        terminal.send("/full" + ENTER)
        terminal.wait_for("The disk is full.")
        terminal.send("Hello" + ENTER)
        assert "not kept on disk" in terminal.wait_for("you said Hello")[-2]


def test_a_long_answer_to_a_command_is_shown_from_its_beginning() -> None:
    with puppet() as terminal:
        terminal.send("Hello" + ENTER)
        terminal.wait_for("you said Hello")
        terminal.send("/long" + ENTER)
        screen = terminal.wait_for("line 1")
        assert (screen[1], screen[-3]) == ("line 1", "v more below   Ctrl-End")
        terminal.send("Again" + ENTER)
        assert terminal.wait_for("you said Again")[-4:-2] == ["echo", "you said Again"]


def test_a_failed_engine_takes_no_command() -> None:
    with puppet() as terminal:
        terminal.send("/fail" + ENTER)
        terminal.wait_for("The engine broke.")
        terminal.send(ESC + "r")
        terminal.wait_for("chinwag failed: copy what you need")


def test_f1_shows_the_keys() -> None:
    with puppet(lines=70) as terminal:
        terminal.send(F1)
        terminal.wait_for(lambda screen: any(re.fullmatch(r"  a word back +Alt-B, Ctrl-Left", row) for row in screen))
        terminal.send(ESC)
        terminal.wait_for(lambda screen: "Keys:" not in screen[0])


def test_f2_leaves_the_mouse_to_the_terminal() -> None:
    with puppet() as terminal:
        terminal.send(F2)
        terminal.wait_for("F2 takes it back")
        assert "mouse" not in terminal.changed_modes()
        terminal.send(F2)
        terminal.wait_for(lambda screen: screen[-2].endswith("F1 keys"))


def test_the_screen_follows_the_window() -> None:
    with puppet() as terminal:
        terminal.resize(30, 8)
        terminal.wait_for("chinwag needs 40x10; this is")
        terminal.resize(100, 30)
        terminal.wait_for(lambda screen: screen[-1] == "> Write here")


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (signal.SIGTERM, 143, "asked to end."),
        (signal.SIGINT, 130, "interrupted."),
        (signal.SIGHUP, 129, "the terminal was closed."),
    ],
)
def test_signals_end_it_well(number: signal.Signals, status: int, reason: str) -> None:
    with puppet() as terminal:
        terminal.kill(number)
        ends(terminal, status, reason)


def test_sigusr1_tells_what_every_thread_does() -> None:
    with puppet() as terminal:
        terminal.kill(signal.SIGUSR1)
        terminal.wait_for(lambda _: b"(most recent call last):" in terminal.raw and b"That is all: " in terminal.raw)
        terminal.send(CTRL_L)
        terminal.wait_for(lambda screen: screen[-1] == "> Write here")


def test_keys_of_answers_that_are_compared_reach_the_engine() -> None:
    with puppet() as terminal:
        terminal.send("/compare" + ENTER)
        terminal.wait_for(lambda screen: " 1 alpha:1b" in screen[3] and "2 of 4 ended" in screen[-2])
        terminal.send("\t" + ESC + "a")
        terminal.wait_for(lambda screen: screen[-3] == "pressed ComparePick(number=2)")
        terminal.send(F4)
        terminal.wait_for(lambda screen: "F4 answers" in screen[-2])
        terminal.send(F4)
        terminal.wait_for(lambda screen: screen[-3] == "pressed CompareLook()")
        terminal.send(CTRL_D)
        ends(terminal, 0)


def test_seconds_of_answers_that_are_compared_go_on() -> None:
    with puppet() as terminal:
        terminal.send("/compare" + ENTER)
        terminal.wait_for("answering 1 s")
        terminal.wait_for("answering 2 s")
        terminal.send(CTRL_D)
        ends(terminal, 0)
