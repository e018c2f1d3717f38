"""`chinwag` in a real pseudo-terminal: thinking, scrolling, jumps, the mouse, and lines that are copied."""

import base64
import re
import threading
from collections.abc import Callable

import pytest

from tests.support.answers import ndjson_chat, opening, thought
from tests.support.session import ALT, CTRL_D, ENTER, chatting, quits
from tests.support.sizes import SIZES
from tests.support.wire import Answer, Wait

CTRL_T, F2, F3 = "\x14", "\x1bOQ", "\x1bOR"
PAGE_UP, CTRL_HOME, CTRL_END, HOME, END, DOWN = "\x1b[5~", "\x1b[1;5H", "\x1b[1;5F", "\x1b[H", "\x1b[F", "\x1b[B"
WHEEL_UP, WHEEL_DOWN = "\x1b[<64;3;3M", "\x1b[<65;3;3M"


def lines(first: int, last: int) -> str:
    """A reply of which each line is a paragraph of its own row."""
    return "".join(f"line {number}  \n" for number in range(first, last + 1))


def rest(parts: list[str]) -> Answer:
    """What follows an opening: more, and the end."""
    return ndjson_chat(parts)[1:]


def top(row: str) -> Callable[[list[str]], bool]:
    """Whether this is the first row."""
    return lambda screen: screen[0] == row


def ends_with(row: str) -> Callable[[list[str]], bool]:
    """Whether this is the last row above the status line that says something, and the reply is over."""
    return lambda screen: [each for each in screen[:-2] if each][-1:] == [row] and "ready" in screen[-2]


@SIZES
def test_thinking_folds_and_streams_when_it_is_unfolded(size: tuple[int, int]) -> None:
    steps = [threading.Event() for _ in range(3)]
    answer = (
        *opening([]),
        thought("Let me"),
        Wait(steps[0]),
        thought(" see,"),
        Wait(steps[1]),
        thought(" yes."),
        Wait(steps[2]),
        *rest(["Paris."]),
    )
    with chatting(answer, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("?" + ENTER)
        terminal.wait_for(lambda screen: "thinking" in screen and "Let me" in screen)
        terminal.send(CTRL_T)
        terminal.wait_for(lambda screen: "thinking  Ctrl-T shows" in screen and "Let me" not in screen)
        steps[0].set()
        terminal.send(CTRL_T)
        terminal.wait_for("Let me see,")
        steps[1].set()
        terminal.wait_for("Let me see, yes.")
        terminal.send(CTRL_T)
        terminal.wait_for("thinking  Ctrl-T shows")
        steps[2].set()
        screen = terminal.wait_for(lambda screen: "Paris." in screen and "ready" in screen[-2])
        assert [row for row in screen if re.fullmatch(r"thought for \d+ s  Ctrl-T shows", row)] != []
        terminal.send(CTRL_T)
        terminal.wait_for(lambda screen: "Let me see, yes." in screen and "Paris." in screen)
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_nothing_moves_for_a_reader_who_scrolled_up_and_what_is_new_is_counted(size: tuple[int, int]) -> None:
    more, end = threading.Event(), threading.Event()
    answer = (*opening([lines(1, 100)]), Wait(more), *rest([lines(101, 107)])[:1], Wait(end), *rest(["line 108"]))
    with chatting(answer, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("?" + ENTER)
        terminal.wait_for(lambda screen: screen[-3] == "line 100")
        terminal.send(PAGE_UP)
        before = terminal.wait_for(lambda screen: screen[-3].startswith("v more below   Ctrl-End"))
        more.set()
        after = terminal.wait_for(lambda screen: screen[-3].startswith("v 7 new lines   Ctrl-End"))
        assert after[:-3] == before[:-3]
        end.set()
        terminal.wait_for(lambda screen: screen[:-2] == [*before[:-3], after[-3].replace("7", "8")])
        terminal.send(CTRL_END)
        terminal.wait_for(ends_with("line 108"))
        terminal.send(HOME)
        terminal.wait_for(top("> ?"))
        terminal.send(END)
        terminal.wait_for(ends_with("line 108"))
        terminal.send(CTRL_HOME)
        terminal.wait_for(top("> ?"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_the_wheel_scrolls_by_three_rows(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat([lines(1, 100)]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("?" + ENTER)
        terminal.wait_for(ends_with("line 100"))
        rows = size[1] - 2
        terminal.send(WHEEL_UP)
        terminal.wait_for(top(f"line {100 - rows + 1 - 3}"))
        terminal.send(WHEEL_UP)
        terminal.wait_for(top(f"line {100 - rows + 1 - 6}"))
        terminal.send(WHEEL_DOWN)
        terminal.wait_for(top(f"line {100 - rows + 1 - 3}"))
        terminal.send(WHEEL_DOWN)
        terminal.wait_for(ends_with("line 100"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_one_goes_to_messages_and_to_code(size: tuple[int, int]) -> None:
    code = "```sh\nls\n```\n\n"
    first, second = lines(1, 70) + "\n" + code + lines(71, 140), lines(141, 210) + "\n" + code + lines(211, 280)
    with chatting(ndjson_chat([first]), ndjson_chat([second]), columns=size[0], lines=size[1]) as (terminal, _):
        for prompt, last in (("One?", "line 140"), ("Two?", "line 280")):
            terminal.send(prompt + ENTER)
            terminal.wait_for(ends_with(last))
        terminal.send(ALT + "K")
        at_second = terminal.wait_for(lambda screen: screen[1] == "  sh" and "line 211" in screen)
        terminal.send(ALT + "K")
        terminal.wait_for(lambda screen: screen[1] == "  sh" and "line 71" in screen)
        terminal.send(ALT + "J")
        terminal.wait_for(lambda screen: screen == at_second)
        terminal.send(ALT + "k" + ALT + "k")
        terminal.wait_for(top("> Two?"))
        terminal.send(ALT + "k" + ALT + "k")
        terminal.wait_for(top("> One?"))
        terminal.send(ALT + "j")
        terminal.wait_for(top("line 1"))
        terminal.send(ALT + "j")
        terminal.wait_for(top("> Two?"))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_the_mouse_is_left_to_the_terminal_and_taken_back(size: tuple[int, int]) -> None:
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        assert "mouse" in terminal.changed_modes()
        terminal.send(F2)
        terminal.wait_for(lambda screen: "the mouse selects text; F2 takes" in screen[-2])
        assert "mouse" not in terminal.changed_modes()
        terminal.send(F2)
        terminal.wait_for(lambda screen: "the mouse" not in screen[-2])
        assert "mouse" in terminal.changed_modes()
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_lines_that_are_marked_are_copied_as_the_model_wrote_them(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat(["```sh\none\n\x1b[31mtwo\nthree\nfour\n```\n"]), columns=size[0], lines=size[1]) as (
        terminal,
        _,
    ):
        terminal.send("?" + ENTER)
        terminal.wait_for(lambda screen: "  four" in screen and "ready" in screen[-2])
        terminal.send(F3)
        terminal.wait_for(lambda screen: "lines" in screen[-2] or "line" in screen[-2])
        terminal.send("v")
        terminal.wait_for(lambda screen: "Space marks" in screen[-2])
        terminal.send(DOWN + " " + DOWN + ENTER)
        terminal.wait_for(lambda screen: "copied 2 lines of text" in screen[-2])
        copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.raw)
        assert [base64.b64decode(data).decode() for data in copied] == ["\u241b[31mtwo\nthree"]
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize("size", [(39, 9), (1, 1), (39, 24), (80, 9)])
def test_a_window_that_is_too_small_gets_a_sentence_and_all_is_there_when_it_grows(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat([lines(1, 3)])) as (terminal, _):
        terminal.send("?" + ENTER)
        before = terminal.wait_for(ends_with("line 3"))
        terminal.resize(*size)
        sentence = f"chinwag needs 40x10; this is {size[0]}x{size[1]}"
        terminal.wait_for(lambda screen: sentence.startswith(" ".join(" ".join(screen).split())) and screen != before)
        terminal.send("typed")
        terminal.resize(80, 24)
        terminal.wait_for(lambda screen: screen[:-2] == before[:-2] and screen[-1] == "> typed")
        terminal.send("\x15" + CTRL_D)
        quits(terminal)


@SIZES
def test_a_burst_of_sizes_while_a_reply_streams_ends_in_a_whole_screen(size: tuple[int, int]) -> None:
    end = threading.Event()
    with chatting((*opening([lines(1, 50)]), Wait(end), *rest([lines(51, 99)])), columns=size[0], lines=size[1]) as (
        terminal,
        _,
    ):
        terminal.send("?" + ENTER)
        terminal.wait_for(lambda screen: "line 50" in screen)
        for number in range(50):
            terminal.resize(1 + number * 37 % 211, 1 + number * 17 % 71)
            if number == 25:
                end.set()
        terminal.resize(*size)
        rows = min(size[1] - 2, 99)
        terminal.wait_for(lambda screen: screen[:-2] == [f"line {number}" for number in range(100 - rows, 100)])
        terminal.send(CTRL_D)
        quits(terminal)
