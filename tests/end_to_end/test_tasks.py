"""`chinwag` in a real pseudo-terminal: what README says is looked for first, done with just the keys that it names.

The second code block is copied so in test_copy.py.
"""

import json
import re
import threading

from tests.readme.tasks import CHANGE_THE_MODEL, FIND_AN_OLD_CHAT, QUIT, SEND_TWO_AHEAD, STOP_A_REPLY
from tests.support.answers import ndjson_chat, opening, silence_after
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_N, ENTER, chatting, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Wait


def leave(terminal: Terminal) -> None:
    """Quit, as README says."""
    terminal.send(QUIT.steps[0].typed)
    quits(terminal)


@SIZES
def test_the_model_is_changed(size: tuple[int, int]) -> None:
    models = ("llama3.2", "smollm2:135m")
    with (
        ReplayServer(ndjson_chat(["Hi."]), models=models) as server,
        Terminal(CHINWAG, *size, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for(lambda screen: any("Alt-M" in row for row in screen))
        CHANGE_THE_MODEL.perform(
            terminal,
            lambda screen: re.fullmatch(r"Model: +2/2", screen[0]) is not None,
            lambda screen: re.fullmatch(r"Model: smol +1/2", screen[0]) is not None,
            lambda screen: screen[-2].startswith(" smollm2:135m"),
        )
        terminal.send("Hi" + ENTER)
        terminal.wait_for("Hi.")
        assert json.loads(server.chats[0].body)["model"] == "smollm2:135m"
        leave(terminal)


@SIZES
def test_an_old_chat_is_found_by_a_word_that_was_said_in_it(size: tuple[int, int]) -> None:
    answers = ndjson_chat(["It is Paris."]), ndjson_chat(["Red."])
    with chatting(*answers, columns=size[0], lines=size[1]) as (terminal, _):
        terminal.send("Capital of France?" + ENTER)
        terminal.wait_for(lambda screen: "It is Paris." in screen and "ready" in screen[-2])
        terminal.send(CTRL_N)
        terminal.wait_for(lambda screen: re.fullmatch(r" 1 .*  2 new", screen[0]) is not None)
        terminal.send("A colour?" + ENTER)
        terminal.wait_for("Red.")
        FIND_AN_OLD_CHAT.perform(
            terminal,
            lambda screen: re.fullmatch(r"Chats: +2/2", screen[1]) is not None,
            lambda screen: "    reply: It is Paris." in screen,
            lambda screen: "> Capital of France?" in screen and "It is Paris." in screen,
        )
        leave(terminal)


@SIZES
def test_a_reply_is_stopped(size: tuple[int, int]) -> None:
    with chatting(silence_after(["Once upon"]), columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("A story" + ENTER)
        terminal.wait_for(lambda screen: "Once upon" in screen and "Esc stops" in screen[-2])
        STOP_A_REPLY.perform(terminal, lambda screen: any(row.startswith("cancelled") for row in screen))
        server.client_gone()
        leave(terminal)


@SIZES
def test_two_prompts_are_sent_ahead_and_answered_in_their_order(size: tuple[int, int]) -> None:
    end = threading.Event()
    answers = (*opening(["Paris."]), Wait(end), *ndjson_chat([])[1:]), ndjson_chat(["Madrid."]), ndjson_chat(["Rome."])
    with chatting(*answers, columns=size[0], lines=size[1]) as (terminal, server):
        terminal.send("Capital of France?" + ENTER)
        terminal.wait_for("Paris.")
        SEND_TWO_AHEAD.perform(
            terminal,
            lambda screen: screen[-1] == "> And of Spain?",
            lambda screen: "1 queued" in screen[-2],
            lambda screen: screen[-1] == "> And of Italy?",
            lambda screen: "2 queued" in screen[-2],
        )
        assert len(server.chats) == 1
        end.set()
        terminal.wait_for("Rome.")
        asked = [json.loads(chat.body)["messages"][-1]["content"] for chat in server.chats]
        assert asked == ["Capital of France?", "And of Spain?", "And of Italy?"]
        leave(terminal)


@SIZES
def test_the_welcome_says_how_to_stop_to_find_and_to_quit(size: tuple[int, int]) -> None:
    with chatting(columns=size[0], lines=size[1]) as (terminal, _):
        said = " ".join(terminal.display()[2:4]).strip()
        assert said == "Enter sends, Esc stops, Ctrl-P commands, F1 keys, Alt-L chats, Ctrl-D quits"
        leave(terminal)
