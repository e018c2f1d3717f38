"""`chinwag` in a real pseudo-terminal: several conversations, the lists, and finding things by what the screen says."""

import re
import threading
from collections.abc import Callable

import pytest

from tests.support.answers import ndjson_chat, opening
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_C, CTRL_D, ENTER, chatting, quits
from tests.support.terminal import Terminal
from tests.support.wire import Wait

CTRL_N, CTRL_P, F1 = "\x0e", "\x10", "\x1bOP"
SIZES = pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")


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
def test_an_old_chat_is_found_by_a_word_that_was_said_in_it(size: tuple[int, int]) -> None:
    with chatting(ndjson_chat(["It is Paris."]), ndjson_chat(["Red."]), columns=size[0], lines=size[1]) as (
        terminal,
        _,
    ):
        terminal.send("Capital of France?" + ENTER)
        terminal.wait_for(talk("It is Paris."))
        terminal.send(CTRL_N)
        terminal.wait_for(strip(r" 1 .*  2 new"))
        terminal.send("A colour?" + ENTER)
        terminal.wait_for(talk("Red."))
        terminal.send(ALT + "l")
        terminal.wait_for(lambda screen: re.fullmatch(r"Chats: +2/2", screen[1]) is not None)
        terminal.send("paris")
        terminal.wait_for(talk("    reply: It is Paris."))
        terminal.send(ENTER)
        terminal.wait_for(talk("> Capital of France?", "It is Paris."))
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
        terminal.wait_for(lambda screen: any("This conversation is called" in row for row in screen))
        terminal.send(CTRL_D)
        quits(terminal)


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


@SIZES
def test_the_model_is_chosen_from_a_list(size: tuple[int, int]) -> None:
    models = ("llama3.2", "smollm2:135m")
    with (
        ReplayServer(ndjson_chat(["Hi."]), models=models) as server,
        Terminal(CHINWAG, *size, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for(lambda screen: any("Alt-M" in row for row in screen))
        terminal.send(ALT + "m")
        terminal.wait_for(lambda screen: re.fullmatch(r"Model: +2/2", screen[0]) is not None)
        terminal.send("smol" + ENTER)
        terminal.wait_for(lambda screen: screen[-2].startswith(" smollm2:135m"))
        terminal.send("Hi" + ENTER)
        terminal.wait_for(talk("Hi."))
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
