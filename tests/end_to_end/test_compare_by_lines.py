"""Many models answer one prompt, told in lines: one fails, one is not there, and a kill takes nothing away."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.answers import cut_off, endless, ndjson_chat, status
from tests.support.journal import Request
from tests.support.keeping import rows
from tests.support.program import CHINWAG, Ran, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer

MODELS = ("small", "large", "broken", "slow")
HOW = "/compare pick N goes on from an answer, /compare drop without any."


def answer(request: Request) -> Answer:
    """Small and large answer, one breaks off in the middle, one never ends, and one is not there."""
    body = json.loads(request.body)
    match body["model"]:
        case "broken":
            return cut_off(["half"])
        case "slow":
            return endless()
        case "judge":
            return ndjson_chat(["Best: A"])
        case "none":
            return status(404, {"error": "model 'none' not found"})
        case model:
            said = [message["content"] for message in body["messages"]]
            return ndjson_chat([f"{model} heard ", " | ".join(said)])


def chat(server: ReplayServer, home: Path, stdin: str, *arguments: str) -> Ran:
    settings = home / "config.toml"
    settings.write_text("[limits]\nstreams = 16\n")
    return run("--plain", "-m", "small", "--config", str(settings), *arguments, env=where(server, home), stdin=stdin)


def where(server: ReplayServer, home: Path) -> dict[str, str]:
    return environment(home, OLLAMA_HOST=server.host)


@contextmanager
def typing(server: ReplayServer, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program between pipes that stay open, killed at the end."""
    command = [*CHINWAG, "--plain", "-m", "small"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=where(server, home), bufsize=0, **pipes) as program:  # type: ignore[call-overload]
        yield program
        program.kill()


def test_one_is_picked_and_the_chat_goes_on_from_it(tmp_path: Path) -> None:
    lines = "1?\n/compare small large -- 2?\n/compare pick 2\n3?\n"
    with ReplayServer(answer, models=MODELS) as server:
        code, out, err = chat(server, tmp_path, lines)
    assert (code, err) == (0, "")
    told = out.splitlines()
    assert "chinwag: asked: 1. small, 2. large" in told
    assert {"answer 1, small:", "small heard 1? | small heard 1? | 2?"} <= set(told)
    assert {"answer 2, large:", "large heard 1? | small heard 1? | 2?"} <= set(told)
    assert told[-1] == "small heard 1? | small heard 1? | 2? | large heard 1? | small heard 1? | 2? | 3?"


def test_the_failure_of_some_touches_no_other(tmp_path: Path) -> None:
    lines = "/compare small broken none -- ?\n/compare pick 2\n/compare pick 3\n/compare pick 1\n"
    with ReplayServer(answer, models=MODELS) as server:
        code, out, _ = chat(server, tmp_path, lines)
    told = out.splitlines()
    assert code == 1
    place = told.index("answer 2, broken, failed:")
    assert told[place + 1] == "half"
    assert "answer 3, none, failed:" in told
    assert "chinwag: none has no answer to go on from yet." in told
    assert told[-1].startswith("chinwag: The chat goes on from the answer of small; the others are its versions.")


def test_a_judge_is_shown_no_names_and_tells_them(tmp_path: Path) -> None:
    lines = "/compare small large -- ?\n/compare judge judge\n/compare drop\n"
    with ReplayServer(answer, models=MODELS) as server:
        _, out, _ = chat(server, tmp_path, lines)
        asked = json.loads(server.chats[-1].body)["messages"][-1]["content"]
    assert "Answer A:" in asked
    assert "Best: A (small)" in out or "Best: A (large)" in out


def test_a_kill_takes_nothing_away_and_the_next_run_can_pick(tmp_path: Path) -> None:
    with ReplayServer(answer, models=MODELS) as server:
        with typing(server, tmp_path) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(b"/compare small slow -- ?\n")
            told = b""
            while b"small heard ?" not in told:
                told += program.stdout.read(1)
            ended = "SELECT 1 FROM message WHERE role = 'assistant' AND state = 'done'"
            while not rows(tmp_path / "data" / "chinwag", ended):
                pass  # a moment later it is on disk, too
        code, out, _ = chat(server, tmp_path, "again?\n/compare pick 1\n2?\n", "--continue")
    lines = out.splitlines()
    assert code == 0
    assert "chinwag: compared here: 1. small, 2. slow" in lines
    assert {"answer 1, small:", "small heard ?"} <= set(lines)
    assert any("answer 2, slow, interrupted" in line for line in lines)
    assert any(line.startswith("chinwag: An answer is to be picked first") for line in lines)
    assert lines[-1] == "small heard ? | small heard ? | 2?"
