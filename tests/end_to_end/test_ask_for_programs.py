"""`chinwag ask` for scripts: events, chats that are gone on with, and many prompts at a time."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.answers import cut_off, endless, ndjson_chat, silence_before_headers, thought
from tests.support.journal import Request
from tests.support.openai_answers import sse_chat
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer

MODEL = ("smollm2:135m",)


def ask(server: ReplayServer, home: Path, *arguments: str, stdin: str | None = None, **more: str) -> Ran:
    return run("ask", *arguments, env=environment(home, OLLAMA_HOST=server.host, **more), stdin=stdin)


def events(out: str) -> list[dict[str, object]]:
    """What was printed, without what differs from run to run."""
    return [{**json.loads(line), "chat": None, "metrics": None} for line in out.splitlines()]


def echo(request: Request) -> Answer:
    """Say the last prompt again; `break` breaks the connection."""
    words = json.loads(request.body)["messages"][-1]["content"]
    return cut_off(["half"]) if words == "break" else ndjson_chat([f"<{words}>"])


def sent(server: ReplayServer) -> list[list[str]]:
    """The texts of each request."""
    return [[message["content"] for message in json.loads(chat.body)["messages"]] for chat in server.chats]


def test_events_are_one_a_line(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat([thought("Hm."), "Paris", "."]), models=MODEL) as server:
        status, out, err = ask(server, tmp_path, "?", "--json", "--no-stream")
    assert (status, err) == (0, "")
    assert events(out) == [
        {"type": "start", "version": 1, "model": MODEL[0], "chat": None, "metrics": None},
        {"type": "thinking", "text": "Hm.", "chat": None, "metrics": None},
        {"type": "text", "text": "Paris.", "chat": None, "metrics": None},
        {"type": "end", "state": "done", "reason": "stop", "chat": None, "metrics": None},
    ]


def test_a_failure_is_an_event_too(tmp_path: Path) -> None:
    with refusing_port() as port:
        status, out, err = run("ask", "?", "--json", env=environment(tmp_path, OLLAMA_HOST=f"127.0.0.1:{port}"))
    *_, last = events(out)
    assert (status, err, last["type"], last["kind"]) == (1, "", "error", "ServerUnreachable")


def test_what_is_set_goes_with_the_request_and_nothing_else_does(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["{}"]), models=MODEL) as server:
        arguments = ("-O", "temperature=0.2", "--think", "false", "--keep-alive", "5m", "--format", "json")
        assert ask(server, tmp_path, "?", *arguments) == Ran(0, "{}\n", "")
        (chat,) = server.chats
    assert json.loads(chat.body) == {
        "model": MODEL[0],
        "messages": [{"role": "user", "content": "?"}],
        "stream": True,
        "options": {"temperature": 0.2},
        "think": False,
        "keep_alive": "5m",
        "format": "json",
    }


def test_a_reply_that_does_not_fit_its_format_is_status_1(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["Paris."]), models=MODEL) as server:
        status, out, err = ask(server, tmp_path, "?", "--format", "json")
    assert (status, out) == (1, "Paris.\n")
    assert err.startswith("chinwag: The reply is not JSON")


def test_a_preset_holds_where_nothing_else_is_said(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[presets.brief]\nmodel = "gone"\nsystem = "Be brief."\noptions = { seed = 7 }\n')
    with ReplayServer(ndjson_chat(["A"]), models=MODEL) as server:
        ask(server, tmp_path, "?", "--config", str(config), "--preset", "brief", "-m", MODEL[0])
        (chat,) = server.chats
        answer = ask(server, tmp_path, "?", "--config", str(config), "--preset", "long")
    body = json.loads(chat.body)
    assert (body["model"], body["messages"][0]["content"], body["options"]) == (MODEL[0], "Be brief.", {"seed": 7})
    assert answer == Ran(2, "", "chinwag: There is no preset 'long'. There are brief.\n")


def test_the_file_says_what_neither_the_environment_nor_a_flag_says(tmp_path: Path) -> None:
    config = tmp_path / "config" / "chinwag" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('model = "a"\nsystem = "Be brief."\n[limits]\nprompt-bytes = 5\n')
    with ReplayServer(ndjson_chat(["A"]), models=("a", "b", "c")) as server:
        ask(server, tmp_path, "?")
        ask(server, tmp_path, "?", CHINWAG_MODEL="b")
        ask(server, tmp_path, "?", "-m", "c", "--system", "", CHINWAG_MODEL="b")
        refused = ask(server, tmp_path, "too long")
        bodies = [json.loads(chat.body) for chat in server.chats]
    assert [body["model"] for body in bodies] == ["a", "b", "c"]
    assert [len(body["messages"]) for body in bodies] == [2, 2, 1]
    assert refused == Ran(2, "", "chinwag: The prompt has more than 5 bytes. Shorten it.\n")


def test_a_chat_is_kept_gone_on_with_and_shown(tmp_path: Path) -> None:
    with ReplayServer(echo, models=MODEL) as server:
        ask(server, tmp_path, "one", "--keep")
        ask(server, tmp_path, "two", "--continue")
        ask(server, tmp_path, "three", "--chat", "on")
        ask(server, tmp_path, "four")
        assert sent(server) == [
            ["one"],
            ["one", "<one>", "two"],
            ["one", "<one>", "two", "<two>", "three"],
            ["four"],
        ]
    shown = run("chats", "show", "one", env=environment(tmp_path)).out
    assert [line for line in shown.splitlines() if line.startswith("<")] == ["<one>", "<two>", "<three>"]
    assert len(run("chats", "list", env=environment(tmp_path)).out.splitlines()) == 1


def test_a_chat_that_is_not_there_is_a_sentence_and_nothing_is_sent(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        nothing = ask(server, tmp_path, "?", "--continue")
        ask(server, tmp_path, "one", "--keep")
        answer = ask(server, tmp_path, "?", "--chat", "two")
        assert len(server.chats) == 1
    assert (nothing.status, "There are no chats to read in" in nothing.err) == (2, True)
    assert answer == Ran(2, "", "chinwag: There is no chat 'two'. See them with: chinwag chats list\n")


def test_a_prompt_without_a_model_waits_for_no_later_run(tmp_path: Path) -> None:
    with ReplayServer(echo, models=("a", "b")) as server:
        assert ask(server, tmp_path, "one", "--keep").status == 2
        assert ask(server, tmp_path, "two", "--keep", "-m", "a").status == 0
        assert sent(server) == [["two"]]
    kept = run("chats", "export", "--all", "--json", env=environment(tmp_path)).out
    assert [one["waiting"] for one in json.loads(kept)["conversations"]] == [[], []]


def test_what_a_dead_run_left_waiting_is_not_sent_by_ask(tmp_path: Path) -> None:
    with ReplayServer(silence_before_headers(), models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        command = [*CHINWAG, "--plain"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env) as chat:
            assert chat.stdin is not None
            chat.stdin.write(b"first\nsecond\n")
            chat.stdin.flush()
            server.request_received()
            chat.kill()
    with ReplayServer(echo, models=MODEL) as server:
        ask(server, tmp_path, "other", "--keep")
        assert sent(server) == [["other"]]


def test_many_prompts_are_answered_in_their_order(tmp_path: Path) -> None:
    prompts = "\n".join(str(number) for number in range(40))
    with ReplayServer(echo, models=MODEL) as server:
        answer = ask(server, tmp_path, "--prompts", "-", "--jobs", "7", stdin=prompts)
    assert answer == Ran(0, "\n".join(f"<{number}>\n" for number in range(40)), "")


def test_of_many_prompts_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "prompts"
    path.write_text("one\n\nbreak\ntwo\n")
    with ReplayServer(echo, models=MODEL) as server:
        status, out, err = ask(server, tmp_path, "--prompts", str(path), "--jobs", "1")
    assert (status, out) == (1, "<one>\n\nhalf\n\n<two>\n")
    assert err.startswith("chinwag: Line 3: The connection to ")
    assert err.endswith("chinwag: 1 of 3 prompts failed.\n")


def test_events_of_many_prompts_have_their_ids(tmp_path: Path) -> None:
    lines = [{"prompt": "one", "id": "x"}, {"prompt": "two", "system": "S"}, {"promt": "three"}]
    with ReplayServer(echo, models=MODEL) as server:
        stdin = "".join(json.dumps(line) + "\n" for line in lines)
        status, out, _ = ask(server, tmp_path, "--prompts", "-", "--json", stdin=stdin)
        assert sorted(sent(server)) == [["S", "two"], ["one"]]
    found = events(out)
    texts = {one["id"]: one["text"] for one in found if one["type"] == "text"}
    ends = {one["id"]: one["type"] for one in found if one["type"] in ("end", "error")}
    assert (status, texts, ends) == (1, {"x": "<one>", 2: "<two>"}, {"x": "end", 2: "end", 3: "error"})


def test_only_as_many_prompts_are_read_as_are_needed(tmp_path: Path) -> None:
    with ReplayServer(silence_before_headers(), models=MODEL) as server:
        command = [*CHINWAG, "ask", "--prompts", "-", "--jobs", "2"]
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as program:
            assert program.stdin is not None
            os.set_blocking(program.stdin.fileno(), False)
            written = os.write(program.stdin.fileno(), b"again\n" * 100)
            server.request_received(2)
            with pytest.raises(BlockingIOError):
                while True:
                    written += os.write(program.stdin.fileno(), b"again and again\n" * 256)
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=10)
    assert (program.returncode, len(server.chats), written < 1_000_000) == (130, 2, True)


def test_an_interrupt_ends_all_of_them_and_keeps_what_came(tmp_path: Path) -> None:
    path = tmp_path / "prompts"
    path.write_text("again\n" * 1000)
    with ReplayServer(endless(pause=0.01), models=MODEL) as server:
        command = [*CHINWAG, "ask", "--prompts", str(path), "--jobs", "4"]
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=env, bufsize=0) as program:
            assert program.stdout is not None
            assert program.stdout.read(5) == b"word "
            program.send_signal(signal.SIGINT)
            out, err = program.communicate(timeout=10)
    assert program.returncode == 130
    assert set(out.split()) <= {b"word"}
    assert err.endswith(b"chinwag: interrupted.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--prompts", "/no/such"),
            "chinwag: /no/such cannot be read: No such file or directory. Name another",
        ),
        (("--prompts", "x", "prompt"), "--prompts and PROMPT exclude each other"),
        (("--prompts", "x", "--continue"), "--prompts asks each prompt in a chat of its own, which is not kept"),
        (("x", "--jobs", "2"), "--jobs is for --prompts"),
        (("--prompts", "x", "--jobs", "0"), "'0' is not a number from 1 to 64"),
        (("x", "--keep", "--continue"), "not allowed with argument"),
    ],
)
def test_wrong_usage_is_status_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = run("ask", *arguments, env=environment(tmp_path))
    assert (status, out) == (2, "")
    assert said in err


def test_what_a_server_has_no_word_for_is_noted_once_for_all_prompts(tmp_path: Path) -> None:
    with ReplayServer(sse_chat(["1"]), sse_chat(["2"])) as server:
        host = ("--host", f"http://{server.host}/v1", "-m", "tiny:1b")
        arguments = ("--prompts", "-", "--jobs", "1", "-O", "num_ctx=4096")
        status, out, err = run("ask", *host, *arguments, env=environment(tmp_path), stdin="one\ntwo\n")
    note = "chinwag: Line 1: num_ctx is not sent: a server that speaks as OpenAI's does has no word for it.\n"
    assert (status, out, err) == (0, "1\n\n2\n", note)


def test_a_reply_that_was_cut_does_not_fit_its_format_either(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(['{"a'], "length"), models=MODEL) as server:
        status, out, err = ask(server, tmp_path, "?", "--format", "json")
    assert (status, out) == (1, '{"a\n')
    assert "The reply is not JSON" in err


def test_what_excludes_each_other_is_said_by_the_help_of_ask(tmp_path: Path) -> None:
    status, _, err = run("ask", "--jobs", "3", "?", env=environment(tmp_path))
    assert (status, err.startswith("usage: chinwag ask ")) == (2, True)
