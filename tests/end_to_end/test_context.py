"""The context in a real terminal: a warning before it is too full, a summary in the place of what was said, and a model
that is gone."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.support.answers import done, opening, replay, silence_after, status
from tests.support.leaks import nothing_left
from tests.support.program import CHINWAG, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_C, CTRL_D, ENTER, MODEL, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Answer, SendChunk

ROOM = 400
RUNNING = {"/api/ps": status(200, {"models": [{"name": MODEL[0], "context_length": ROOM}]})}
LONG = "tell me more " * 14
CTRL_T = "\x14"


def reply(words: str, read: int, wrote: int) -> Answer:
    """A reply for which so many tokens were read and written."""
    counts = {"prompt_eval_count": read, "eval_count": wrote, "eval_duration": 10**9}
    return (*opening([words]), done("stop", counts), SendChunk(b""))


ONE, TWO, THREE = reply("First.", 60, 40), reply("Second.", 160, 60), reply("Third.", 250, 100)
SUMMARY, FOUR = reply("We spoke of owls.", 240, 30), reply("Fourth.", 150, 10)


def sent(server: ReplayServer, number: int) -> list[str]:
    """The texts that the model was sent with this request."""
    return [message["content"] for message in json.loads(server.request_received(number).body)["messages"]]


def talks(terminal: Terminal, *exchanges: tuple[str, str]) -> None:
    """Send prompts, each when the end of the reply before it is counted."""
    terminal.wait_for("ready")
    for prompt, percent in exchanges:
        terminal.send(prompt + ENTER)
        terminal.wait_for(f"ctx {percent} %")


def leave(terminal: Terminal) -> None:
    terminal.send(CTRL_D)
    quits(terminal)


def in_one(words: str) -> Callable[[list[str]], bool]:
    """Whether a screen says this, wherever it breaks the lines."""
    return lambda screen: words in " ".join(line.strip() for line in screen)


@SIZES
def test_a_prompt_that_will_not_fit_is_held_back_until_enter_is_pressed_again(size: tuple[int, int]) -> None:
    with (
        nothing_left(),
        ReplayServer(THREE, FOUR, models=MODEL, gets=RUNNING) as server,
        Terminal([*CHINWAG], *size, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        talks(terminal, ("Three?", "88"))
        terminal.send(LONG + ENTER)
        terminal.wait_for(in_one(f"of {ROOM} tokens: the server would cut the oldest messages. Enter again sends it;"))
        assert len(server.chats) == 1
        while len(server.chats) == 1:
            terminal.send(ENTER)  # the first of them may be taken for a finger that bounced
            terminal.wait_for("ctx")
        terminal.wait_for("context cut")
        assert sent(server, 2) == ["Three?", "Third.", LONG.strip()]
        leave(terminal)


def test_a_file_that_will_not_fit_has_its_prompt_held_back(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("tell me more " * 60)
    with (
        nothing_left(),
        ReplayServer(THREE, FOUR, models=MODEL, gets=RUNNING) as server,
        Terminal([*CHINWAG], 80, 24, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        talks(terminal, ("Three?", "88"))
        terminal.send(f"Sum up @{notes}")
        terminal.wait_for(in_one("1 file, 780 B"))
        terminal.send(ENTER)
        terminal.wait_for(in_one(f"of {ROOM} tokens: the server would cut the oldest messages. Enter again sends it;"))
        assert len(server.chats) == 1
        terminal.send("\x15")  # what is written goes
        leave(terminal)


@SIZES
def test_a_file_that_will_not_fit_is_held_back_too(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(LONG * 20)
    with (
        nothing_left(),
        ReplayServer(FOUR, models=MODEL, gets=RUNNING) as server,
        Terminal([*CHINWAG], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for(lambda screen: "ready" in screen[-2])
        terminal.send("sum up @~/long.txt")
        terminal.wait_for("1 file, 4 KB: ~/long.txt")
        terminal.send(ENTER)
        terminal.wait_for(in_one(f"of {ROOM} tokens: the server would cut the beginning. Enter again sends it;"))
        assert server.chats == ()
        while not server.chats:
            terminal.send(ENTER)  # the first of them may be taken for a finger that bounced
            terminal.wait_for("ctx")
        assert LONG in sent(server, 1)[0]
        leave(terminal)


@SIZES
def test_a_chat_is_summed_up_gone_on_with_and_gone_back_to_also_in_a_later_run(
    size: tuple[int, int], tmp_path: Path
) -> None:
    with nothing_left(), ReplayServer(ONE, TWO, THREE, SUMMARY, FOUR, models=MODEL, gets=RUNNING) as server:
        with Terminal([*CHINWAG], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            talks(terminal, ("One?", "25"), ("Two?", "55"), ("Three?", "88"))
            terminal.send("/compact 1" + ENTER)
            screen = terminal.wait_for("summary of 4 messages  Ctrl-T shows")
            assert "ctx ~" in screen[-2]
            assert "We spoke of owls." not in screen
            terminal.send(CTRL_T)
            terminal.wait_for("We spoke of owls.")
            terminal.send(CTRL_T)
            terminal.wait_for("summary of 4 messages  Ctrl-T shows")
            assert sent(server, 4)[:-1] == ["One?", "First.", "Two?", "Second."]
            leave(terminal)
        with Terminal([*CHINWAG, "--continue"], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal:
            terminal.wait_for("summary of 4 messages  Ctrl-T shows")
            terminal.wait_for("ctx ~")
            terminal.send("Four?" + ENTER)
            terminal.wait_for("ctx 40 %")
            assert sent(server, 5)[1:] == ["We spoke of owls.", "Three?", "Third.", "Four?"]
            terminal.send(ALT + "u")
            terminal.wait_for("Taken back: /redo brings it back.")
            terminal.send(ALT + "u")
            terminal.wait_for(lambda screen: not any("summary of" in line for line in screen))
            terminal.send("Again?" + ENTER)
            terminal.wait_for("> Again?")
            assert sent(server, 6) == ["One?", "First.", "Two?", "Second.", "Three?", "Third.", "Again?"]
            leave(terminal)


def test_a_summary_that_is_stopped_changes_nothing() -> None:
    with (
        nothing_left(),
        ReplayServer(ONE, silence_after(["We sp"]), FOUR, models=MODEL, gets=RUNNING) as server,
        Terminal([*CHINWAG], 80, 24, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        talks(terminal, ("One?", "25"))
        terminal.send("/compact 0" + ENTER)
        terminal.wait_for("to be summed up: 2 messages")
        terminal.wait_for("We sp")
        terminal.send(CTRL_C)
        terminal.wait_for("cancelled")
        terminal.send("Next?" + ENTER)
        terminal.wait_for("Fourth.")
        assert sent(server, 3) == ["One?", "First.", "Next?"]
        leave(terminal)


@SIZES
def test_a_chat_whose_model_is_gone_says_so_and_asks_the_model_that_is_chosen(
    size: tuple[int, int], tmp_path: Path
) -> None:
    with (
        ReplayServer(ONE, models=MODEL) as server,
        Terminal([*CHINWAG], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("One?" + ENTER)
        terminal.wait_for("First.")
        leave(terminal)
    with (
        nothing_left(),
        ReplayServer(replay(recording("err_unknown_model")), FOUR, models=("other:1b",)) as server,
        Terminal([*CHINWAG, "--continue"], *size, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        screen = terminal.wait_for("Model gone: Alt-M chooses another")
        assert "model gone" in screen[-2]
        terminal.wait_for(in_one("What you send meanwhile is then sent to that one."))
        terminal.send("Two?" + ENTER)
        terminal.wait_for(in_one("Alt-M chooses another model, and asks it"))
        terminal.send("Three?" + ENTER)
        terminal.wait_for("queued: waits for a model to be chosen")
        terminal.send(ALT + "m")
        terminal.wait_for("Enter chooses, Esc leaves")
        terminal.send("other" + ENTER)
        terminal.wait_for("ready")
        assert sent(server, 2) == ["One?", "First.", "Two?"]
        assert sent(server, 3) == ["One?", "First.", "Two?", "Fourth.", "Three?"]
        assert json.loads(server.request_received(2).body)["model"] == "other:1b"
        leave(terminal)


def test_a_pipe_gets_the_sentence_and_is_not_stopped(tmp_path: Path) -> None:
    with ReplayServer(THREE, FOUR, models=MODEL, gets=RUNNING) as server:
        ran = run("--plain", env=environment(tmp_path, OLLAMA_HOST=server.host), stdin=f"Three?\n{LONG}\n")
    assert (ran.status, len(server.chats)) == (0, 2)
    assert "of 400 tokens: the server would cut the oldest messages. It is sent;" in ran.out
    assert ran.out.endswith("Fourth.\n")


def test_ask_gets_the_sentence_on_standard_error(tmp_path: Path) -> None:
    with ReplayServer(FOUR, models=MODEL, gets=RUNNING) as server:
        ran = run("ask", "word " * 2000, env=environment(tmp_path, OLLAMA_HOST=server.host))
    assert (ran.status, ran.out) == (0, "Fourth.\n")
    assert f"of {ROOM} tokens" in ran.err


def test_on_a_line_terminal_an_empty_line_sends_it(tmp_path: Path) -> None:
    with (
        ReplayServer(THREE, FOUR, models=MODEL, gets=RUNNING) as server,
        Terminal([*CHINWAG, "--plain"], 100, 30, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("the model is")
        terminal.send("Three?" + ENTER)
        terminal.wait_for("Third.")
        terminal.send(LONG + ENTER)
        terminal.wait_for(in_one("An empty line sends it"))
        assert len(server.chats) == 1
        terminal.send(ENTER)
        terminal.wait_for("Fourth.")
        leave(terminal)


def test_a_pipe_has_a_chat_summed_up_and_goes_on_from_there(tmp_path: Path) -> None:
    with ReplayServer(ONE, SUMMARY, FOUR, models=MODEL, gets=RUNNING) as server:
        typed = "One?\n/compact 0\n/context\nNext?\n"
        ran = run("--plain", env=environment(tmp_path, OLLAMA_HOST=server.host), stdin=typed)
        assert sent(server, 3)[1:] == ["We spoke of owls.", "Next?"]
    said = ran.out.splitlines()
    assert said[3:7] == [
        "you: /compact 0",
        "chinwag: to be summed up: 2 messages",
        "smollm2:135m:",
        "We spoke of owls.",
    ]
    assert said[-3:] == ["you: Next?", "smollm2:135m:", "Fourth."]
    assert any(line.startswith("Context: about ") for line in said)


def test_who_wants_no_warning_gets_none(tmp_path: Path) -> None:
    quiet = {"CHINWAG_CONTEXT_WARNING": "false"}
    with ReplayServer(THREE, FOUR, FOUR, models=MODEL, gets=RUNNING) as server:
        wants = environment(tmp_path, OLLAMA_HOST=server.host, **quiet)
        piped = run("--plain", env=wants, stdin=f"Three?\n{LONG}\n")
        asked = run("ask", "word " * 2000, env=wants)
    assert ("This will need" in piped.out, asked.err) == (False, "")


def test_programs_get_the_sentence_as_an_event_each_prompt_its_own(tmp_path: Path) -> None:
    long = "word " * 2000
    with ReplayServer(FOUR, models=MODEL, gets=RUNNING) as server:
        wants = environment(tmp_path, OLLAMA_HOST=server.host)
        one = run("ask", "--json", long, env=wants)
        many = run("ask", "--json", "--prompts", "-", env=wants, stdin=f"Hi\n{long}\n")
    notes = [json.loads(line) for ran in (one, many) for line in ran.out.splitlines() if '"note"' in line]
    assert [(note.get("id"), f"of {ROOM} tokens: the server will cut" in note["text"]) for note in notes] == [
        (None, True),
        (2, True),
    ]
