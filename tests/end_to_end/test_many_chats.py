"""`chinwag` in a real pseudo-terminal: several conversations, the lists, and finding things by what the screen says."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.answers import ndjson_chat, opening
from tests.support.session import ALT, CTRL_C, CTRL_D, CTRL_N, ENTER, chatting, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Wait

CTRL_P, F1, CTRL_END = "\x10", "\x1bOP", "\x1b[1;5F"


def strip(pattern: str) -> Callable[[list[str]], bool]:
    """Whether the first row reads so."""
    return lambda screen: re.fullmatch(pattern, screen[0]) is not None


def talk(*lines: str) -> Callable[[list[str]], bool]:
    """Whether these lines are in the talk."""
    return lambda screen: all(line in screen[:-2] for line in lines)


@SIZES
def test_chats_stream_side_by_side_and_alt_with_a_number_goes_from_one_to_the_other(size: tuple[int, int]) -> None:
    more = threading.Event()
    slow = (*opening(["Once"]), Wait(more), *ndjson_chat([" upon."])[1:])
    with chatting(slow, ndjson_chat(["Paris."]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("A story" + ENTER)
        terminal.wait_for(talk("Once"))
        assert terminal.display()[0] == "> A story"
        terminal.send(CTRL_N)
        terminal.wait_for(strip(r" 1 A story answering  2 new"))
        terminal.send("Capital?" + ENTER)
        terminal.wait_for(talk("> Capital?", "Paris."))
        terminal.wait_for(strip(r" 1 A story answering  2 Capital\?"))
        terminal.send(ALT + "1")
        terminal.wait_for(talk("> A story", "Once"))
        terminal.send(ALT + ".")
        terminal.wait_for(talk("Paris."))
        more.set()
        terminal.wait_for(strip(r" 1\* A story  2 Capital\?"))
        terminal.send(ALT + "0")
        terminal.wait_for(talk("Once upon."))
        terminal.wait_for(strip(r" 1 A story  2 Capital\?"))
        terminal.send(ALT + "9")
        terminal.wait_for(lambda screen: "no such chat" in screen[-2])
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_command_is_found_in_the_palette_and_done(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat(["One."]), ndjson_chat(["Two."]), columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("Hi" + ENTER)
        terminal.wait_for(talk("One."))
        terminal.send(CTRL_P)
        terminal.wait_for(lambda screen: screen[0].startswith("Commands:"))
        terminal.send("again")
        terminal.wait_for(lambda screen: "ask the last prompt again" in screen[1])
        terminal.send(ENTER)
        terminal.wait_for(talk("Two."))
        terminal.send(CTRL_P + "/title")
        terminal.wait_for(lambda screen: screen[0].startswith("Commands: /title"))
        terminal.send(ENTER)
        terminal.wait_for(lambda screen: any("This chat is called" in row for row in screen))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
@pytest.mark.parametrize("restarted", [False, True], ids=["open", "closed"])
def test_a_hit_of_the_search_opens_its_chat_where_it_was_said(
    size: tuple[int, int], restarted: bool, tmp_path: Path
) -> None:
    aside = "\n\n".join(["Aside."] * 80)
    answers = ndjson_chat([f"{aside}\n\nThe whale is blue.\n\n{aside}\n\nThat is all."]), ndjson_chat(["Red."])
    columns, lines = size
    with chatting(*answers, columns=columns, lines=lines, home=tmp_path) as (terminal, _):
        terminal.send("Tell me" + ENTER)
        terminal.wait_for("That is all.")
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: screen[0].endswith("2 new"))
        terminal.send("A colour?" + ENTER)
        terminal.wait_for("Red.")
        if not restarted:
            _seeks_the_whale(terminal)
        terminal.send(CTRL_D)
        quits(terminal)
    if restarted:
        with chatting(columns=columns, lines=lines, home=tmp_path) as (terminal, _):
            _seeks_the_whale(terminal)
            terminal.send(CTRL_D)
            quits(terminal)


def _seeks_the_whale(terminal: Terminal) -> None:
    terminal.send(ALT + "l")
    terminal.wait_for(lambda screen: any(row.startswith("Chats:") for row in screen))
    terminal.send("whale")
    terminal.wait_for(lambda screen: any("Aside. The whale" in row for row in screen))
    terminal.send(ENTER)
    terminal.wait_for(lambda screen: "The whale is blue." in screen[:3] and "more below" in screen[-3])
    terminal.send(CTRL_END)
    terminal.wait_for("That is all.")


@SIZES
def test_f1_shows_the_keys_and_goes_away_again(size: tuple[int, int]) -> None:
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        before = terminal.display()
        terminal.send(F1)
        terminal.wait_for(lambda screen: screen[0].startswith("Keys:") and "send the text" in screen[1])
        terminal.send(CTRL_C)
        terminal.wait_for(lambda screen: screen == before)
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_deleted_chat_is_not_in_the_strip_any_more() -> None:
    with chatting(ndjson_chat(["One."]), ndjson_chat(["Two."])) as (terminal, _):
        terminal.send("First" + ENTER)
        terminal.wait_for(talk("One."))
        terminal.send(CTRL_N)
        terminal.wait_for(strip(r" 1 First  2 new"))
        terminal.send("Second" + ENTER)
        terminal.wait_for(talk("Two."))
        terminal.send("/delete First" + ENTER)
        terminal.wait_for(lambda screen: screen[0] == "> Second")
        terminal.send(CTRL_D)
        quits(terminal)
