"""Models in the program itself: pulled beside a reply, stopped, gone on with, deleted; and on the command line."""

import json
import signal
import threading
from pathlib import Path

import pytest

from tests.support.answers import endless, ndjson_chat, replay
from tests.support.leaks import nothing_left
from tests.support.program import CHINWAG, environment, run, start
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer, Script
from tests.support.session import CTRL_C, CTRL_D, ENTER, MODEL, quits
from tests.support.store import ONE, OTHER, SUCCESS, layer, streamed
from tests.support.terminal import Terminal
from tests.support.wire import Hold, Wait

SIZES = pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])
BIG = 4_000_000_000


def half(*more: bytes | Hold | Wait, ends: bool = True) -> Script:
    """A pull that comes to the half of its first layer, and then does this."""
    return streamed(layer(ONE, BIG // 2, BIG), *more, ends=ends)


def window(server: ReplayServer, home: Path, columns: int, lines: int, *arguments: str) -> Terminal:
    return Terminal([*CHINWAG, *arguments], columns, lines, {"OLLAMA_HOST": server.host}, home)


@SIZES
def test_a_pull_of_two_layers_goes_on_beside_a_reply_and_its_end_is_said(
    columns: int, lines: int, tmp_path: Path
) -> None:
    go, done = threading.Event(), threading.Event()
    second = layer(ONE, BIG, BIG), layer(OTHER, 5, 10)
    pull = half(Wait(go), *second, Wait(done), SUCCESS)
    with (
        nothing_left(),
        ReplayServer(endless(pause=0.05), models=MODEL, store={"/api/pull": [pull]}) as server,
        window(server, tmp_path, columns, lines) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Hi" + ENTER)
        server.request_received()
        terminal.send("/pull llama" + ENTER)
        terminal.wait_for(lambda screen: "answering" in screen[-2] and "pulling 2.0" in screen[-2])
        terminal.send("/pull" + ENTER)
        terminal.wait_for("aaaaaaaaaaaa   50%  of 4.0 GB")
        go.set()
        terminal.send("/pull" + ENTER)
        terminal.wait_for("pulling llama")
        done.set()
        terminal.wait_for("llama is pulled.")
        terminal.send(CTRL_C)
        terminal.wait_for("ready")
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_pull_is_stopped_by_a_command(columns: int, lines: int, tmp_path: Path) -> None:
    with (
        nothing_left(),
        ReplayServer(models=MODEL, store={"/api/pull": [half(Hold())]}) as server,
        window(server, tmp_path, columns, lines) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("/pull hub/some/llama:1b" + ENTER)
        terminal.wait_for(lambda screen: "pulling" in screen[-2])
        server.request_received(1, "/api/pull")
        terminal.send("/pull stop hub/some/llama:1b" + ENTER)
        server.client_gone()
        terminal.wait_for("stopped.")
        assert "pulling" not in terminal.wait_for("ready")[-2]
        terminal.send(CTRL_D)
        quits(terminal)
    assert not list(tmp_path.rglob("unfinished_pulls"))


@SIZES
def test_the_next_run_goes_on_with_a_pull(columns: int, lines: int, tmp_path: Path) -> None:
    pulls = [half(Hold()), streamed(layer(ONE, BIG, BIG), SUCCESS)]
    with nothing_left(), ReplayServer(models=MODEL, store={"/api/pull": pulls}) as server:
        with window(server, tmp_path, columns, lines) as terminal:
            terminal.wait_for("ready")
            terminal.send("/pull llama" + ENTER)
            terminal.wait_for(lambda screen: "pulling" in screen[-2])
            server.request_received(1, "/api/pull")
            terminal.send(CTRL_D)
            quits(terminal)
        assert len(list(tmp_path.rglob("unfinished_pulls"))) == 1
        with window(server, tmp_path, columns, lines) as terminal:
            again = server.request_received(2, "/api/pull")
            terminal.wait_for("llama is pulled.")
            terminal.send(CTRL_D)
            quits(terminal)
    assert json.loads(again.body) == {"model": "llama", "stream": True}
    assert not list(tmp_path.rglob("unfinished_pulls"))


def test_a_pull_that_breaks_is_asked_for_again_by_itself(tmp_path: Path) -> None:
    pulls = [half(ends=True), streamed(layer(ONE, BIG, BIG), SUCCESS)]
    with (
        nothing_left(),
        ReplayServer(models=MODEL, store={"/api/pull": pulls}) as server,
        window(server, tmp_path, 80, 24) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("/pull llama" + ENTER)
        server.request_received(2, "/api/pull")
        terminal.wait_for("llama is pulled.")
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_a_model_is_deleted_after_a_second_yes(columns: int, lines: int, tmp_path: Path) -> None:
    store = {"/api/delete": [replay(recording("delete_ok"))]}
    with (
        nothing_left(),
        ReplayServer(models=MODEL, store=store) as server,
        window(server, tmp_path, columns, lines) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("/rm smollm2:135m" + ENTER)
        terminal.wait_for("no, keep it")
        terminal.send(ENTER)
        terminal.wait_for("Write here")
        terminal.send("/rm smollm2:135m" + ENTER)
        terminal.wait_for("yes, delete it")
        terminal.send("yes" + ENTER)
        server.request_received(1, "/api/delete")
        terminal.wait_for("smollm2:135m is deleted.")
        assert sum(request.path == "/api/delete" for request in server.requests) == 1
        terminal.send(CTRL_D)
        quits(terminal)


def test_the_list_of_models_shows_one_and_tab_completes_its_name(tmp_path: Path) -> None:
    store = {"/api/show": [replay(recording("show_smollm2"))]}
    with (
        nothing_left(),
        ReplayServer(models=MODEL, store=store) as server,
        window(server, tmp_path, 80, 24) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("/models" + ENTER)
        terminal.wait_for("134.52M Q4_1")
        terminal.send(ENTER)
        terminal.wait_for("show what is known of it")
        terminal.send("known" + ENTER)
        terminal.wait_for("context length      8,192")
        terminal.send("/show template smo\t")
        terminal.wait_for("/show template smollm2:135m")
        terminal.send(ENTER)
        terminal.wait_for("range .Messages")
        terminal.send(CTRL_D)
        quits(terminal)


def test_the_first_key_loads_the_model_where_that_is_set(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("warm = true\n")
    load, reply = replay(recording("messages_empty_load")), ndjson_chat(["Hello."])
    with (
        nothing_left(),
        ReplayServer(load, reply, models=MODEL) as server,
        window(server, tmp_path, 80, 24, "--config", str(config)) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("H")
        loaded = server.request_received(1)
        terminal.send("i" + ENTER)
        server.request_received(2)
        terminal.wait_for("Hello.")
        terminal.send(CTRL_D)
        quits(terminal)
    assert json.loads(loaded.body) == {"model": "smollm2:135m", "messages": [], "stream": False}


def test_the_command_line_lists_pulls_and_deletes(tmp_path: Path) -> None:
    store = {
        "/api/pull": [replay(recording("pull_ok_stream"))],
        "/api/delete": [replay(recording("delete_unknown"))],
        "/api/copy": [replay(recording("copy_ok"))],
    }
    with ReplayServer(store=store) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        listed = run("models", "list", env=env)
        assert (listed.status, [row.split()[0] for row in listed.out.splitlines()]) == (
            0,
            ["smollm2-think:135m", "gemma3:270m", "smollm2-tools:135m", "smollm2:135m"],
        )
        pulled = run("models", "pull", "tiny", "--json", env=env)
        events = [json.loads(row) for row in pulled.out.splitlines()]
        assert (pulled.status, events[-1]["event"]) == (0, "done")
        assert run("models", "cp", "a", "b", env=env) == (0, "a is called b as well.\n", "")
        assert run("models", "rm", "a", env=env)[:2] == (2, "")
        refused = run("models", "rm", "nosuchmodel", "--yes", env=env)
        assert (refused.status, refused.out) == (1, "")
        assert "model 'nosuchmodel' not found" in refused.err


def test_ctrl_c_ends_a_pull_on_the_command_line_with_130(tmp_path: Path) -> None:
    with ReplayServer(store={"/api/pull": [half(Hold())]}) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        with start("models", "pull", "tiny", env=env) as program:
            server.request_received(1, "/api/pull")
            assert program.stdout is not None
            program.stdout.readline()
            program.send_signal(signal.SIGINT)
            assert program.wait(25) == 130


def test_a_pull_on_a_terminal_draws_bars_in_their_place(tmp_path: Path) -> None:
    go = threading.Event()
    pull = half(Wait(go), layer(ONE, BIG, BIG), layer(OTHER, 10, 10), SUCCESS)
    with (
        nothing_left(),
        ReplayServer(store={"/api/pull": [pull]}) as server,
        Terminal([*CHINWAG, "models", "pull", "tiny"], 40, 10, {"OLLAMA_HOST": server.host}, tmp_path) as terminal,
    ):
        terminal.wait_for("50% 4.0 GB")
        go.set()
        terminal.wait_for(lambda screen: "100% 4.0 GB" in screen[0] and "100% 10 B" in screen[1])
        terminal.wait_for("tiny is pulled")
        assert terminal.wait_exit() == 0
