"""`chinwag` in a real pseudo-terminal: what is typed and pasted."""

import json

from tests.support.answers import (
    ndjson_chat,
    silence_after,
)
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_C, CTRL_D, CTRL_J, ENTER, ESC, MODEL, READY, UP, chatting, quits
from tests.support.terminal import Terminal


def test_enter_sends_and_ctrl_j_and_alt_enter_break_the_line() -> None:
    with chatting() as (terminal, server):
        terminal.send("one" + CTRL_J + "two" + ESC + ENTER + "three" + ENTER)
        request = server.request_received()
        assert b'"content":"one\\ntwo\\nthree"' in request.body
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_was_typed_before_the_first_paint_is_not_lost() -> None:
    with ReplayServer(models=MODEL) as server, Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}) as terminal:
        terminal.send("early" + ENTER + "bird")
        assert b'"content":"early"' in server.request_received().body
        terminal.wait_for("> bird")
        terminal.send(CTRL_C)
        terminal.wait_for(READY)
        terminal.send(CTRL_C + CTRL_D)
        quits(terminal)


def test_a_paste_is_put_in_and_never_sent() -> None:
    with chatting() as (terminal, server):
        terminal.paste("first line\r\nsecond line\n\x1b[31mred\x07\n")
        terminal.wait_for("second line")
        assert server.chats == ()
        terminal.send(ENTER)
        assert b'"content":"first line\\nsecond line\\n\\u241b[31mred' in server.request_received().body.replace(
            "␛".encode(), b"\\u241b"
        )
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_ctrl_c_cancels_then_clears_then_asked_twice_quits() -> None:
    with chatting(silence_after(["Once"])) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("Once")
        terminal.send("draft" + CTRL_C)
        terminal.wait_for("cancelled")
        terminal.wait_for("> draft")
        terminal.send(CTRL_C)
        terminal.wait_for("> Write here")
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")
        terminal.send(CTRL_C)
        quits(terminal)


def test_a_mistyped_command_is_named_and_does_not_stand_in_the_way_of_the_next() -> None:
    with chatting() as (terminal, server):
        terminal.send("/modle" + ENTER)
        terminal.wait_for("Did you mean /model?")
        terminal.send(UP)
        terminal.wait_for("> /modle")
        terminal.send(CTRL_C + "/help" + ENTER)
        terminal.wait_for("begin a new chat")
        assert server.chats == ()
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_new_conversation_keeps_the_model_and_the_system_prompt() -> None:
    with chatting(arguments=("--system", "Be brief.")) as (terminal, server):
        terminal.send("/new" + ENTER + "hello" + ENTER)
        assert b'{"role":"system","content":"Be brief."}' in server.request_received().body
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_what_is_typed_right_after_new_goes_to_the_new_conversation() -> None:
    with chatting(ndjson_chat(["First."]), ndjson_chat(["Second."])) as (terminal, server):
        terminal.send("one" + ENTER)
        terminal.wait_for("First.")
        terminal.send("/new" + ENTER + "two" + ENTER)
        assert "First." not in " ".join(terminal.wait_for("Second."))
        assert json.loads(server.request_received(2).body)["messages"] == [{"role": "user", "content": "two"}]
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_million_pasted_characters_are_folded_and_sent_whole() -> None:
    pasted = "word " * 200_000
    with chatting() as (terminal, server):
        terminal.paste(pasted)
        terminal.wait_for("[text 1: 1 lines, 1,000,000 characters]")
        terminal.send(" and more" + ENTER)
        sent = json.loads(server.request_received().body)["messages"][-1]["content"]
        assert sent == pasted.strip() + "  and more"
        terminal.wait_for(READY)
        terminal.send(CTRL_D)
        quits(terminal)


def test_f1_shows_the_keys_from_the_first_on() -> None:
    with chatting() as (terminal, _):
        terminal.send("\x1bOP")
        head, first, *_ = terminal.wait_for("send the text")
        assert head.startswith("Keys: ")
        assert first.split() == ["send", "the", "text", "Enter"]
        terminal.send(ESC)
        terminal.wait_for(READY)
        terminal.wait_for(lambda screen: "send the text" not in "\n".join(screen))
        terminal.send(CTRL_D)
        quits(terminal)
