"""`chinwag doctor`: it works with everything broken, and changes nothing."""

import json
import os
from pathlib import Path

from tests.support.answers import error_line, ndjson_chat
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.terminal import Terminal

MODEL = ("smollm2:135m",)


def checks(out: str) -> dict[str, list[str]]:
    """The states, by what was looked at."""
    document = json.loads(out)
    assert document["version"] == 1
    found: dict[str, list[str]] = {}
    for check in document["checks"]:
        found.setdefault(check["about"], []).append(check["state"])
    return found


def test_where_all_is_well_nothing_fails(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        status, out, err = run("doctor", env=env)
        assert (status, err, server.chats) == (0, "", ())
    assert f"  ok  server: {server.url} answers, version 0.32.15\n" in out
    assert "  ok  model: smollm2:135m is installed\n" in out
    assert "  ok  chats: none yet; they will be in " in out
    assert "FAIL" not in out


def test_with_everything_broken_each_thing_is_said_with_what_to_do(tmp_path: Path) -> None:
    database = tmp_path / "kept" / "chinwag.db"
    database.parent.mkdir()
    database.write_bytes(os.urandom(9000))
    before = database.read_bytes()
    config = tmp_path / "c.toml"
    config.write_text("plain = 1\n= =\n")
    with refusing_port() as port:
        env = environment(
            tmp_path / "nosuch",
            OLLAMA_HOST=f"127.0.0.1:{port}",
            CHINWAG_DATA_DIR=str(database.parent),
            CHINWAG_CONFIG=str(config),
            CHINWAG_LOG_LEVEL="loud",
            XDG_STATE_HOME="/dev/null/state",
        )
        status, out, err = run("doctor", "--json", env=env)
    found = checks(out)
    assert (status, err) == (1, "")
    assert found["configuration"] == ["fail", "fail"]
    assert found["environment"] == ["fail"]
    assert found["server"] == ["fail"]
    assert found["chats"][0] == "fail"
    assert found["log"] == ["warn"]
    assert database.read_bytes() == before
    assert sorted(path.name for path in database.parent.iterdir()) == ["chinwag.db"]


def test_a_database_that_cannot_be_opened_fails_and_stays(tmp_path: Path) -> None:
    (tmp_path / "chinwag.db").mkdir()
    env = environment(tmp_path, CHINWAG_DATA_DIR=str(tmp_path))
    assert checks(run("doctor", "--json", env=env).out)["chats"][0] == "fail"
    assert (tmp_path / "chinwag.db").is_dir()


def test_the_model_is_only_loaded_where_that_is_wanted(tmp_path: Path) -> None:
    with ReplayServer(ndjson_chat(["Yes"]), error_line("it does not load"), models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        assert checks(run("doctor", "--deep", "--json", env=env).out)["answer"] == ["ok"]
        sent = json.loads(server.chats[0].body)
        status, out, _ = run("doctor", "--deep", env=env)
    assert (sent["model"], sent["options"]) == ("smollm2:135m", {"num_predict": 4})
    assert status == 1
    assert "FAIL  answer: smollm2:135m does not answer: " in out
    assert "it does not load" in out


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        status, out, _ = run("doctor", "-m", "llama3.2", env=environment(tmp_path, OLLAMA_HOST=server.host))
    assert status == 1
    assert "FAIL  model: llama3.2 is not installed\n      Get it with `ollama pull llama3.2`" in out


def test_on_a_terminal_its_size_is_said(tmp_path: Path) -> None:
    with (
        ReplayServer(models=MODEL) as server,
        Terminal([*CHINWAG, "doctor"], env={"OLLAMA_HOST": server.host}, home=tmp_path) as terminal,
    ):
        assert terminal.wait_exit() == 0
        assert b"  ok  terminal: 80x24" in terminal.raw
