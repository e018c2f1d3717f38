"""What was said is kept: the program opens it again, lists it and prints it."""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.support.answers import ndjson_chat, opening
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, MODEL, quits
from tests.support.terminal import Terminal
from tests.support.wire import Wait


def answered(prompt: str) -> Callable[[list[str]], bool]:
    """Whether a screen shows this prompt in the talk, and nothing under way."""
    return lambda screen: f"> {prompt}" in screen[:-2] and "ready" in screen[-2]


def chat(home: Path, server: ReplayServer, *prompts: str, arguments: tuple[str, ...] = ()) -> list[str]:
    """Have a chat in which each prompt is answered before the next; return the last screen."""
    with Terminal([*CHINWAG, *arguments], env={"OLLAMA_HOST": server.host}, home=home) as terminal:
        terminal.wait_for("ready")
        for number, prompt in enumerate(prompts, len(server.chats) + 1):
            terminal.send(prompt + ENTER)
            server.request_received(number)
            terminal.wait_for(answered(prompt))
        screen = terminal.wait_for("ready")
        terminal.send(CTRL_D)
        quits(terminal)
    return screen


def test_the_last_conversation_goes_on_where_it_ended(tmp_path: Path) -> None:
    answers = ndjson_chat(["Paris."]), ndjson_chat(["Two million."])
    with ReplayServer(*answers, models=MODEL) as server:
        chat(tmp_path, server, "Capital of France?", arguments=("--system", "Be brief."))
        screen = chat(tmp_path, server, "How many people?", arguments=("--continue",))
        sent = json.loads(server.chats[1].body)["messages"]
    assert sent == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Capital of France?"},
        {"role": "assistant", "content": "Paris."},
        {"role": "user", "content": "How many people?"},
    ]
    assert [line for line in screen if line][:6] == [
        "> Capital of France?",
        "smollm2:135m",
        "Paris.",
        "> How many people?",
        "smollm2:135m",
        "Two million.",
    ]


def test_a_model_and_a_system_prompt_named_besides_hold_from_now_on(tmp_path: Path) -> None:
    named = ("--continue", "-m", "huge:70b", "--system", "Be long.")
    with ReplayServer(ndjson_chat(["Paris."]), models=(*MODEL, "huge:70b")) as server:
        chat(tmp_path, server, "Capital?", arguments=("-m", *MODEL))
        chat(tmp_path, server, "And now?", arguments=named)
        sent = json.loads(server.chats[1].body)
    assert (sent["model"], sent["messages"][0]) == ("huge:70b", {"role": "system", "content": "Be long."})


def test_a_conversation_that_was_left_is_found_again_with_its_reply(tmp_path: Path) -> None:
    more = threading.Event()
    slow = (*opening(["Once"]), Wait(more), *ndjson_chat([" upon a time."])[1:])
    with (
        ReplayServer(slow, ndjson_chat(["Paris."]), models=MODEL) as server,
        Terminal(CHINWAG, env={"OLLAMA_HOST": server.host}, home=tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Tell a story" + ENTER)
        terminal.wait_for("Once")
        terminal.send("/new" + ENTER + "Capital?" + ENTER)
        terminal.wait_for("Paris.")
        assert "1 in background" in terminal.display()[-2]
        more.set()
        terminal.send("/chats" + ENTER)
        terminal.wait_for("  Tell a story")
        terminal.send("/open tell" + ENTER)
        assert "Paris." not in " ".join(terminal.wait_for("Once upon a time."))
        terminal.send("/open nosuch" + ENTER)
        terminal.wait_for("No conversation begins with 'nosuch'.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_conversations_are_listed_and_shown(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with ReplayServer(ndjson_chat(["Paris."]), ndjson_chat(["\x1b[31mRed."]), models=MODEL) as server:
        chat(tmp_path, server, "Capital of France?")
        chat(tmp_path, server, "A colour?")
    listed = run("chats", "list", env=env).out.splitlines()
    assert [line.split("  ")[2:] for line in listed] == [
        ["smollm2:135m", "A colour?"],
        ["smollm2:135m", "Capital of France?"],
    ]
    kept = json.loads(run("chats", "list", "--json", env=env).out)
    assert [one["title"] for one in kept] == ["A colour?", "Capital of France?"]
    shown = "# Capital of France?\n\n## You\n\nCapital of France?\n\n## smollm2:135m\n\nParis.\n"
    assert run("chats", "show", "capital", env=env) == Ran(0, shown, "")
    assert "␛[31mRed." in run("chats", "show", "A col", env=env).out
    events = json.loads(run("chats", "show", kept[1]["id"], "--json", env=env).out)
    assert [event["type"] for event in events] == ["TurnAccepted", "TurnMoved", "TurnEnded"]


def test_what_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    env = environment(tmp_path)
    nothing = run("chats", "list", env=env)
    assert (nothing.status, nothing.out) == (2, "")
    assert nothing.err.startswith("chinwag: There are no conversations to read in ")
    with ReplayServer(models=MODEL) as server:
        chat(tmp_path, server, "Capital?")
    said = "chinwag: There is no conversation 'nosuch'. See them with: chinwag chats list\n"
    assert run("chats", "show", "nosuch", env=env) == Ran(2, "", said)


def test_a_list_whose_reader_goes_away_ends_quietly(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        chat(tmp_path, server, "Capital?")
    piped = ["sh", "-c", '"$@" | true', "sh", *CHINWAG, "chats", "list"]
    done = subprocess.run(piped, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_disk_that_cannot_be_written_is_said_once_and_the_chat_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with ReplayServer(models=MODEL) as server:
        screen = chat(tmp_path, server, "Capital?", arguments=("--data-dir", str(blocked / "below")))
    text = " ".join(screen)
    assert "This conversation is not kept on disk" in text
    assert "The capital of France is Paris." in text
