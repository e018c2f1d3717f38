"""`chinwag ask`: one prompt in, its answer out, and a status that scripts can rely on."""

import json
import signal
import subprocess
from pathlib import Path
from typing import IO

import pytest

from tests.support.answers import (
    cut_off,
    error_line,
    ndjson_chat,
    opening,
    replay,
    silence_after,
    silence_before_headers,
    text,
    thought,
)
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, Ran, environment, run, start
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Hold

MODEL = ("smollm2:135m",)


def ask(server: ReplayServer, home: Path, *arguments: str, stdin: str | None = None) -> Ran:
    return run("ask", *arguments, env=environment(home, OLLAMA_HOST=server.host), stdin=stdin)


def test_a_prompt_from_the_argument_is_answered(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        assert ask(server, tmp_path, "What is the capital of France?") == Ran(
            0, "The capital of France is Paris.\n", ""
        )


def test_a_prompt_from_standard_input_follows_the_argument(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        ask(server, tmp_path, "Translate:", "--system", "Be brief.", stdin="bonjour\n")
        sent = json.loads(server.chats[0].body)
    assert sent == {
        "model": "smollm2:135m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Translate:\n\nbonjour"},
        ],
        "stream": True,
    }


def test_a_prompt_that_looks_like_a_command_is_a_prompt(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        ask(server, tmp_path, "/quit")
        assert json.loads(server.chats[0].body)["messages"] == [{"role": "user", "content": "/quit"}]


def test_thinking_and_notes_go_to_standard_error(tmp_path: Path) -> None:
    answer = ndjson_chat([thought("Let me "), thought("think."), "Paris."])
    with ReplayServer(answer, models=MODEL) as server:
        assert ask(server, tmp_path, "?") == Ran(0, "Paris.\n", "Let me think.\n\n")


def test_control_sequences_of_a_model_are_made_harmless(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["a\x1b]52;c;AAAA\x07b", "\x9b31m", "\u202ec"]), models=MODEL) as server:
        assert ask(server, tmp_path, "?").out == "a␛]52;c;AAAA␇b\ufffd31m\ufffdc\n"


@pytest.mark.parametrize(
    ("answer", "out", "err"),
    [
        (
            replay(recording("err_unknown_model")),
            "",
            "chinwag: The server does not have this model (status 404): model 'nosuchmodel:1b' not found."
            " Get it with `ollama pull nosuchmodel:1b`, or choose another"
            " with /model or -m. {url} has: smollm2:135m.\n",
        ),
        (
            error_line("an error was encountered while running the model", ["Once", " upon"]),
            "Once upon\n",
            "chinwag: The server ended the reply with an error: an error was encountered while running the model."
            " Send again; where it ends again, the log of the server says why. What came is kept.\n",
        ),
        (
            cut_off(["Once"]),
            "Once\n",
            "chinwag: The connection to {url} broke (it ended before the reply did). Try again.\n",
        ),
    ],
)
def test_a_failure_is_one_sentence_and_status_1(tmp_path: Path, answer: Answer, out: str, err: str) -> None:
    with ReplayServer(answer, models=MODEL) as server:
        assert ask(server, tmp_path, "?") == Ran(1, out, err.format(url=server.url))


def test_a_silent_server_is_given_up_after_the_time_limit_and_the_partial_text_is_kept(tmp_path: Path) -> None:
    with ReplayServer(silence_after(["Once"]), models=MODEL) as server:
        answer = ask(server, tmp_path, "?", "--timeout", "0.3")
    assert answer == Ran(
        1,
        "Once\n",
        f"chinwag: The server at {server.url} was silent for longer than the time limit. Try again.\n",
    )


def test_a_busy_server_is_asked_again_before_any_text_came(tmp_path: Path) -> None:
    busy = replay(recording("busy_3_other_model"))
    with ReplayServer(busy, ndjson_chat(["Paris."]), models=MODEL) as server:
        answer = ask(server, tmp_path, "?")
    assert (answer.status, answer.out, len(server.chats)) == (0, "Paris.\n", 2)
    assert "Trying again in" in answer.err


def test_an_unreachable_server_is_status_1_and_says_how_to_start_it(tmp_path: Path) -> None:
    with refusing_port() as port:
        answer = run("ask", "?", env=environment(tmp_path, OLLAMA_HOST=f"127.0.0.1:{port}"))
    assert answer == Ran(
        1,
        "",
        f"chinwag: No server answers at http://127.0.0.1:{port} (connection refused)."
        " Start it with `ollama serve`, or name another with --host or OLLAMA_HOST.\n",
    )


def test_without_a_model_named_the_one_used_last_is_taken(tmp_path: Path) -> None:
    with ReplayServer(models=("a", "b")) as server:
        first = ask(server, tmp_path, "?")
        assert first == Ran(2, "", f"chinwag: Which model? {server.url} has: a, b. Name one with -m.\n")
        assert ask(server, tmp_path, "?", "-m", "b").status == 0
        assert ask(server, tmp_path, "?").status == 0
    assert [json.loads(request.body)["model"] for request in server.chats] == ["b", "b"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("ask",), 'chinwag: There is no prompt. Give one: chinwag ask "Why is the sky blue?", or pipe one in.\n'),
        (("ask", "?", "--timeout", "soon"), "'soon' is not a number of seconds above 0\n"),
        (("ask", "?", "--host", "ftp://x"), "the scheme 'ftp' is neither http nor https. "),
        (("ask", "?", "--host", "x", "--embedded"), "--embedded and --host exclude each other. Give one of them.\n"),
    ],
)
def test_wrong_usage_is_status_2(tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    answer = run(*arguments, env=environment(tmp_path))
    assert (answer.status, answer.out) == (2, "")
    assert complaint in answer.err
    assert "Traceback" not in answer.err


def read_until(stream: IO[bytes], wanted: bytes) -> bytes:
    """Read from an unbuffered pipe until `wanted` has come, or nothing more does."""
    read = b""
    while wanted not in read and (data := stream.read(1)):
        read += data
    return read


@pytest.mark.parametrize(
    ("number", "ended", "said"),
    [
        (signal.SIGINT, 130, b"chinwag: interrupted.\n"),
        (signal.SIGTERM, 143, b"chinwag: asked to end.\n"),
        (signal.SIGHUP, 129, b"chinwag: the terminal was closed.\n"),
    ],
)
def test_an_interrupt_keeps_what_came_and_stops_the_servers_work(
    tmp_path: Path, number: signal.Signals, ended: int, said: bytes
) -> None:
    with (
        ReplayServer((*opening(()), text("Once upon"), Hold()), models=MODEL) as server,
        start("ask", "?", env=environment(tmp_path, OLLAMA_HOST=server.host)) as program,
    ):
        assert program.stdout is not None
        assert read_until(program.stdout, b"upon") == b"Once upon"
        program.send_signal(number)
        out, err = program.communicate(timeout=10)
        server.client_gone()
    assert (program.returncode, out) == (ended, b"\n")
    assert err == said


def test_an_interrupt_before_the_first_token_ends_at_once(tmp_path: Path) -> None:
    with (
        ReplayServer(silence_before_headers(), models=MODEL) as server,
        start("ask", "?", env=environment(tmp_path, OLLAMA_HOST=server.host)) as program,
    ):
        server.request_received()
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=10) == (b"", b"chinwag: interrupted.\n")
        server.client_gone()
    assert program.returncode == 130


def test_a_reader_that_goes_away_ends_it_without_a_traceback(tmp_path: Path) -> None:
    with (
        ReplayServer(
            (*opening(()), text("Once"), text(" upon" * 100_000), text(" a time"), Hold()), models=MODEL
        ) as server,
        start("ask", "?", env=environment(tmp_path, OLLAMA_HOST=server.host)) as program,
    ):
        assert program.stdout is not None
        assert program.stderr is not None
        assert read_until(program.stdout, b"Once") == b"Once"
        program.stdout.close()
        assert program.stderr.read() == b""
        server.client_gone()
    assert program.wait(10) == 1


def test_an_answer_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server, Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*CHINWAG, "ask", "?"],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(tmp_path, OLLAMA_HOST=server.host),
            timeout=30,
        )
    said = "chinwag: The answer cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_characters_that_the_output_cannot_encode_are_replaced(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["a\u4e16b"]), models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host, PYTHONIOENCODING="latin-1")
        assert run("ask", "?", env=env) == Ran(0, "a?b\n", "")


def test_a_prompt_over_the_limit_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        said = "chinwag: The prompt has more than 1,048,576 bytes. Shorten it.\n"
        assert ask(server, tmp_path, stdin="x" * 1_048_577) == Ran(2, "", said)
        assert server.requests == ()


def test_standard_input_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/null").open("w") as unreadable:
        done = subprocess.run(
            [*CHINWAG, "ask", "?"],
            stdin=unreadable,
            capture_output=True,
            text=True,
            env=environment(tmp_path),
            timeout=30,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("chinwag: Standard input cannot be read: ")
    assert "Traceback" not in done.stderr


def test_a_closed_standard_error_does_not_change_the_status(tmp_path: Path) -> None:
    closing = ["sh", "-c", 'exec "$@" 2>&-', "sh", *CHINWAG, "ask"]
    done = subprocess.run(closing, stdin=subprocess.DEVNULL, env=environment(tmp_path), timeout=30)
    assert done.returncode == 2


def test_a_log_on_a_full_disk_disturbs_nothing(tmp_path: Path) -> None:
    log = tmp_path / "state" / "chinwag" / "log" / "chinwag.log"
    log.parent.mkdir(parents=True)
    log.symlink_to("/dev/full")
    (log.parents[1] / "last_model" / "x").mkdir(parents=True)
    with ReplayServer(models=MODEL) as server:
        assert ask(server, tmp_path, "?") == Ran(0, "The capital of France is Paris.\n", "")


def test_tokens_come_as_the_server_sends_them(tmp_path: Path) -> None:
    with (
        ReplayServer((*opening(()), text("one "), Hold()), models=MODEL) as server,
        start("ask", "?", env=environment(tmp_path, OLLAMA_HOST=server.host)) as program,
    ):
        assert isinstance(program, subprocess.Popen)
        assert program.stdout is not None
        assert read_until(program.stdout, b"one ") == b"one "
        program.kill()
