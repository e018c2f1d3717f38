"""Models of two servers by name, one of them dead: all that can be done with them is done on the other at once."""

import json
import threading
from pathlib import Path

from tests.end_to_end.test_servers import DEAD, DEATHS, LIVE, MODEL, SIZES, Death, configured, opened, say
from tests.support.answers import ndjson_chat, replay
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, environment, run
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, quits
from tests.support.store import ONE, SUCCESS, layer, streamed
from tests.support.terminal import Terminal
from tests.support.wire import Wait

BIG = 4_000_000_000


@SIZES
@DEATHS
def test_with_one_dead_models_are_listed_shown_pulled_loaded_copied_and_deleted_on_the_other(
    death: Death, columns: int, lines: int, tmp_path: Path
) -> None:
    go = threading.Event()
    store = {
        "/api/show": [replay(recording("show_smollm2"))],
        "/api/pull": [streamed(layer(ONE, BIG // 2, BIG), Wait(go), layer(ONE, BIG, BIG), SUCCESS)],
        "/api/copy": [replay(recording("copy_ok"))],
        "/api/delete": [replay(recording("delete_ok"))],
        "/api/generate": [replay(recording("generate_unload"))],
    }
    load = replay(recording("messages_empty_load"))
    with nothing_left(), death() as dead, ReplayServer(load, models=[MODEL], store=store) as server:
        arguments = configured(tmp_path, server.port, dead, default=DEAD)
        with opened(arguments, "-m", MODEL, columns=columns, lines=lines) as terminal:
            say(terminal, "/pull lost", "lost is being pulled")
            say(terminal, f"/server {LIVE}", f"{LIVE} answers from")
            say(terminal, "/pull llama", "llama is being pulled")
            terminal.wait_for("2 pulls 50 %")
            say(terminal, "/pull", "50%  of 4.0 GB")
            say(terminal, "/show", "8,192")
            say(terminal, "/ps", "No model is loaded.")
            say(terminal, "/models", "Models")
            terminal.send("another" + ENTER)
            terminal.wait_for("> /pull")
            terminal.send("stop nothing" + ENTER)
            terminal.wait_for("nothing is not being pulled.")
            say(terminal, "/load", "is loaded at mill.")
            say(terminal, "/unload", "is unloaded.")
            say(terminal, f"/cp {MODEL} mine", "is called mine as well.")
            say(terminal, "/rm mine yes", "mine is deleted.")
            go.set()
            terminal.wait_for("llama is pulled at mill.")
            say(terminal, "/pull stop lost", "The pull of lost at barn is stopped.")
        assert [json.loads(one.body)["model"] for one in server.requests if one.path == "/api/pull"] == ["llama"]


def test_a_pull_for_a_dead_server_is_done_there_when_it_is_back(tmp_path: Path) -> None:
    answer = ndjson_chat(["Here."])
    with nothing_left(), ReplayServer(answer, models=[MODEL]) as live, refusing_port() as dead:
        arguments = configured(tmp_path, live.port, dead)
        with Terminal([*CHINWAG, *arguments], 80, 24, home=tmp_path) as terminal:
            terminal.wait_for(LIVE)
            say(terminal, f"/server {DEAD}", f"{DEAD} unreachable")
            say(terminal, "/pull llama", "llama is being pulled")
            terminal.wait_for("again in")
            say(terminal, f"/server {LIVE}", f"{LIVE} answers from")
            say(terminal, "Hello?", "Here.")
            terminal.send(CTRL_D)
            quits(terminal)
        assert [one.path for one in live.requests if one.path == "/api/pull"] == []
    with (
        nothing_left(),
        ReplayServer(models=[MODEL], port=dead, store={"/api/pull": [streamed(SUCCESS)]}) as back,
        Terminal([*CHINWAG, "--host", back.host], 80, 24, home=tmp_path) as terminal,
    ):
        terminal.wait_for("llama is pulled.")
        terminal.send(CTRL_D)
        quits(terminal)


def test_the_command_line_names_the_server(tmp_path: Path) -> None:
    with refusing_port() as dead, ReplayServer(models=[MODEL]) as server:
        arguments = configured(tmp_path, server.port, dead)
        env = environment(tmp_path)
        listed = run(*arguments, "models", "list", "--server", LIVE, env=env)
        before = run(*arguments, "--server", LIVE, "models", "list", env=env)
        away = run(*arguments, "models", "list", "--server", DEAD, env=env)
        unknown = run(*arguments, "models", "list", "--server", "nowhere", env=env)
    assert (listed.status, listed.out.split()[0]) == (before.status, before.out.split()[0]) == (0, MODEL)
    assert (away.status, away.out) == (1, "")
    assert f"No server answers at http://127.0.0.1:{dead}" in away.err
    assert (unknown.status, unknown.out) == (2, "")
    assert "There is no server 'nowhere'" in unknown.err


def test_a_server_of_the_other_dialect_says_that_it_manages_no_models(tmp_path: Path) -> None:
    with ReplayServer() as server:
        env = environment(tmp_path, OLLAMA_HOST=f"{server.url}/v1")
        pulled = run("models", "pull", "tiny", env=env)
        typed = run("--plain", env=env, stdin="/pull tiny\n")
    assert (pulled.status, pulled.out) == (1, "")
    assert "This server does not manage models by requests. An Ollama server does" in pulled.err
    assert f"{server.url}/v1 is none." in typed.out
    assert not [one for one in server.requests if one.method != "GET"]
