"""`chinwag --plain`: the same chat, line by line, on pipes and on terminals without a screen."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from protocol.command_table import help_text
from tests.support.answers import endless, error_line, ndjson_chat, opening, silence_after, text, thought
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer, Script
from tests.support.session import CTRL_C, CTRL_D, MODEL, quits
from tests.support.terminal import Terminal
from tests.support.wire import Hold

PARIS = ["smollm2:135m:", "The capital of France is Paris."]


def chat(server: ReplayServer, home: Path, stdin: str, *arguments: str) -> Ran:
    return run(*arguments, env=environment(home, OLLAMA_HOST=server.host), stdin=stdin)


def said(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def piped(server: ReplayServer, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program between pipes that stay open."""
    with subprocess.Popen(
        [*CHINWAG, "--plain"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home, OLLAMA_HOST=server.host),
        bufsize=0,
    ) as program:
        yield program
        program.kill()


def type_into(program: subprocess.Popen[bytes], typed: bytes) -> None:
    assert program.stdin is not None
    program.stdin.write(typed)


def read_until(stream: IO[bytes] | None, wanted: bytes) -> bytes:
    assert stream is not None
    got = b""
    while wanted not in got and (data := stream.read(4096)):
        got += data
    return got


@contextmanager
def listening(*script: Script, arguments: tuple[str, ...] = (), term: str = "dumb") -> Iterator[Terminal]:
    """The chat in a terminal that has no screen, ready. Nothing that such a terminal could stumble over is written."""
    with (
        nothing_left(),
        ReplayServer(*script, models=MODEL) as server,
        Terminal([*CHINWAG, *arguments], 100, 50, {"OLLAMA_HOST": server.host, "TERM": term}) as terminal,
    ):
        terminal.wait_for("the model is smollm2:135m")
        yield terminal
        assert [byte for byte in terminal.raw.replace(b"\r\n", b"") if byte < 0x20] == []


def test_two_prompts_ahead_are_both_answered_in_order(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["One.\nTw", "o."]), ndjson_chat(["Three."]), models=MODEL) as server:
        answer = chat(server, tmp_path, "first\nsecond\n")
        asked = [json.loads(request.body)["messages"][-1]["content"] for request in server.chats]
    lines = said("you: first", "smollm2:135m:", "One.", "Two.", "you: second", "smollm2:135m:", "Three.")
    assert (answer, asked) == (Ran(0, lines, ""), ["first", "second"])


def test_the_same_line_twice_and_many_at_once_are_meant(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        answer = chat(server, tmp_path, "Why?\n" * 15)
    assert answer == Ran(0, said("you: Why?", *PARIS) * 15, "")


def test_a_text_of_several_lines_is_one_prompt(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        answer = chat(server, tmp_path, '"""\none\n\ntwo\n"""\nthree\\\nfour\n')
        asked = [json.loads(request.body)["messages"][-1]["content"] for request in server.chats]
    assert asked == ["one\n\ntwo", "three\nfour"]
    assert answer.out == said("you: one", "", "two", *PARIS, "you: three", "four", *PARIS)


def test_thinking_is_told_without_its_text(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat([thought("Let me think."), "Paris."]), models=MODEL) as server:
        answer = chat(server, tmp_path, "?\n", "--plain")
    assert (answer.status, re.sub("[0-9]+ s", "N s", answer.out)) == (
        0,
        said("you: ?", "thinking:", "(thought for N s)", "smollm2:135m:", "Paris."),
    )


def test_hostile_text_of_a_model_and_of_a_pipe_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["a\x1b]52;c;AAAA\x07b\r", "\x9b31m\u202ec"]), models=MODEL) as server:
        answer = chat(server, tmp_path, "\x1b[2Jhello\n")
    assert answer == Ran(0, said("you: ␛[2Jhello", "smollm2:135m:", "a␛]52;c;AAAA␇b\ufffd31m\ufffdc"), "")


def test_commands_are_the_same(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        answer = chat(server, tmp_path, "/help\n/modle\nhello\n/title Paris\n/chats\n/new\n/open Paris\n")
    lines = [
        *("you: /help", "chinwag:", help_text()),
        *("you: /modle", "chinwag: There is no command /modle. Did you mean /model? /help lists them all."),
        *("you: hello", *PARIS),
        *("you: /title Paris", "chinwag: This chat is called 'Paris'."),
        *("you: /chats", "chinwag:", "The latest chats (go to one with /open TITLE):", "  Paris"),
        *("you: /new", "chinwag: a new chat, with smollm2:135m"),
        *("you: /open Paris", "chinwag: this is the chat 'Paris', with smollm2:135m", "you: hello", *PARIS),
    ]
    assert answer == Ran(0, said(*lines), "")


def test_the_next_run_goes_on_with_the_conversation(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        chat(server, tmp_path, "hello\n")
        answer = chat(server, tmp_path, "and now?\n", "--continue")
    opened = "chinwag: this is the chat 'hello', with smollm2:135m"
    assert answer == Ran(0, said(opened, "you: hello", *PARIS, "you: and now?", *PARIS), "")


def test_a_failure_is_one_line_and_status_1(tmp_path: Path) -> None:
    with ReplayServer(error_line("it broke", ["Once"]), models=MODEL) as server:
        answer = chat(server, tmp_path, "?\n")
    failure = "chinwag: The server ended the reply with an error: it broke. What came is kept."
    assert answer == Ran(1, said("you: ?", "smollm2:135m:", "Once", failure), "")


def test_where_nobody_can_choose_a_model_it_says_how_and_leaves(tmp_path: Path) -> None:
    with ReplayServer(models=("a:1b", "b:1b")) as server:
        answer = chat(server, tmp_path / "first", "?\n")
        chosen = chat(server, tmp_path / "second", "?\n", "-m", "b:1b")
    assert answer.status == 1
    assert f"chinwag: Which model? {server.url} has: a:1b, b:1b. Choose with /model NAME" in answer.out
    assert "the input has ended, and not everything can be answered" in answer.err
    assert chosen.out.splitlines()[-2:] == ["b:1b:", "The capital of France is Paris."]


def test_a_server_that_is_away_does_not_hold_a_pipe_for_ever(tmp_path: Path) -> None:
    with refusing_port() as port:
        answer = run("--plain", env=environment(tmp_path, OLLAMA_HOST=f"127.0.0.1:{port}"), stdin="?\n")
    assert (answer.status, answer.out.count("waits for the server")) == (1, 1)
    left = "the input has ended, and not everything can be answered. What waits is sent by the next run."
    assert answer.err == f"chinwag: {left}\n"


def test_without_input_nothing_is_said(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        assert chat(server, tmp_path, "") == Ran(0, "", "")


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [(signal.SIGINT, 130, "interrupted."), (signal.SIGTERM, 143, "asked to end.")],
)
def test_a_signal_in_the_middle_of_a_reply_ends_it_with_what_came(
    tmp_path: Path, number: signal.Signals, status: int, reason: str
) -> None:
    with ReplayServer(silence_after(["One.\nTw"]), models=MODEL) as server, piped(server, tmp_path) as program:
        type_into(program, b"?\n")
        read_until(program.stdout, b"One.\n")
        program.send_signal(number)
        out, err = program.communicate(timeout=5)
        assert (program.returncode, out, err) == (status, b"Tw\n", f"chinwag: {reason}\n".encode())


def test_cancel_works_through_a_pipe_that_stays_open(tmp_path: Path) -> None:
    script = silence_after(["One.\n"]), ndjson_chat(["Two."])
    with ReplayServer(*script, models=MODEL) as server, piped(server, tmp_path) as program:
        type_into(program, b"?\n")
        read_until(program.stdout, b"One.\n")
        type_into(program, b"/cancel\nand?\n/quit\n")
        out, err = program.communicate(timeout=10)
        lines = said("you: /cancel", "chinwag: cancelled", "you: and?", "smollm2:135m:", "Two.", "you: /quit")
        assert (program.returncode, out.decode(), err) == (0, lines, b"")


def test_an_output_that_is_closed_early_ends_it_without_a_word(tmp_path: Path) -> None:
    with ReplayServer(endless("word\n", 0.01), models=MODEL) as server, piped(server, tmp_path) as program:
        type_into(program, b"?\n")
        read_until(program.stdout, b"word\n")
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(10) == 1


def test_an_output_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server, Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*CHINWAG, "--plain"],
            input="?\n",
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path, OLLAMA_HOST=server.host),
            timeout=30,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "chinwag: The answer cannot be written: No space left on device.\n",
    )


def test_a_file_is_read_to_its_end_and_closed_input_is_none(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("?")
    with ReplayServer(models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        with (tmp_path / "prompts").open() as prompts:
            done = subprocess.run(CHINWAG, stdin=prompts, capture_output=True, text=True, env=env, timeout=30)
        assert (done.returncode, done.stdout, done.stderr) == (0, said("you: ?", *PARIS), "")
        closing = ["sh", "-c", 'exec "$@" <&-', "sh", *CHINWAG]
        done = subprocess.run(closing, capture_output=True, text=True, env=env, timeout=30)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_terminal_without_a_screen_gets_lines_and_gives_them() -> None:
    with listening() as terminal:
        terminal.send("hello\n")
        screen = terminal.wait_for(lambda lines: "you:" in lines)
        assert screen[screen.index("hello") :][:4] == ["hello", *PARIS, "you:"]
        terminal.send(CTRL_D)
        quits(terminal)


def test_plain_is_chosen_on_any_terminal_and_says_nothing_of_it() -> None:
    with listening(arguments=("--plain",), term="xterm-256color") as terminal:
        assert terminal.display()[0].startswith("chinwag: a chat with a language model, line by line.")
        terminal.send("/quit\n")
        quits(terminal)


def test_prompts_are_typed_ahead_and_ctrl_c_stops_one_reply_after_the_other() -> None:
    script = (*opening(["Once upon "]), text("a time.\nThere"), Hold())
    with listening(script) as terminal:
        terminal.send("first\nsecond\n")
        terminal.wait_for("queued: waits for the reply before it")
        terminal.wait_for("Once upon a time.")
        terminal.send(CTRL_C)
        terminal.wait_for('smollm2:135m to "second":\nOnce upon a time.')
        terminal.send(CTRL_C)
        terminal.wait_for(lambda lines: "you:" in lines)
        assert terminal.display().count("chinwag: cancelled: /continue goes on, /retry asks anew") == 2
        terminal.send(CTRL_C)
        terminal.wait_for("press Ctrl-C again to quit")
        terminal.send(CTRL_C)
        quits(terminal)


def test_quitting_in_the_middle_of_a_stream_takes_no_time() -> None:
    with listening(endless("word\n", 0.01)) as terminal:
        terminal.send("go\n")
        terminal.wait_for("word\nword")
        terminal.send("/quit\n")
        assert terminal.wait_exit(5) == 0


def test_a_reply_is_gone_on_with_where_it_was_stopped() -> None:
    with listening(silence_after(["Once\nupon"]), ndjson_chat(["Once\nupon", " a time."])) as terminal:
        terminal.send("go\n")
        terminal.wait_for("Once")
        terminal.send(CTRL_C)
        terminal.wait_for("/continue goes on")
        terminal.send("/continue\n")
        terminal.wait_for("smollm2:135m (2/2) goes on:\n a time.\nyou:")
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_closed_window_ends_it() -> None:
    with ReplayServer(models=MODEL) as server:
        env = {"OLLAMA_HOST": server.host, "TERM": "dumb"}
        with Terminal(CHINWAG, env=env) as terminal:
            terminal.wait_for("the model is")
            terminal.hang_up()
            assert terminal.wait_exit(5) == 129
