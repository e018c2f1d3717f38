"""Two servers by name, one of them dead: everything works on the other at once."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.answers import ndjson_chat, one_model
from tests.support.leaks import nothing_left
from tests.support.pictures import png
from tests.support.ports import refusing_port, silent_port
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, quits
from tests.support.terminal import Terminal

LIVE, DEAD = "mill", "barn"
SIZES = pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])
MODEL, OTHER = "tiny:1b", "huge:70b"


class Death(Protocol):
    """Makes a port at which no server is."""

    def __call__(self) -> AbstractContextManager[int]:
        """The port, while the block runs."""
        ...


DEATHS = pytest.mark.parametrize("death", [refusing_port, silent_port])


def configured(home: Path, live: int, dead: int, default: str = LIVE) -> list[str]:
    """The arguments that name a configuration file with two servers on this machine."""
    path = home / "config.toml"
    tables = [f'[servers.{name}]\nurl = "127.0.0.1:{port}"' for name, port in ((LIVE, live), (DEAD, dead))]
    path.write_text("\n".join([f'server = "{default}"', *tables]))
    return ["--config", str(path), "--data-dir", str(home / "chats")]


@contextmanager
def opened(arguments: Sequence[str], *more: str, columns: int = 80, lines: int = 24) -> Iterator[Terminal]:
    """The chat, until the user leaves."""
    with Terminal([*CHINWAG, *arguments, *more], columns, lines) as terminal:
        yield terminal
        terminal.send(CTRL_D)
        quits(terminal)


def say(terminal: Terminal, text: str, answer: str) -> list[str]:
    """Send a text, and wait for words on the screen."""
    terminal.send(text + ENTER)
    return terminal.wait_for(answer)


def prompts(server: ReplayServer) -> list[str]:
    """What a server was asked."""
    return [json.loads(request.body)["messages"][-1]["content"] for request in server.chats]


@SIZES
@DEATHS
def test_with_one_dead_the_other_answers_at_once(death: Death, columns: int, lines: int, tmp_path: Path) -> None:
    answers = ndjson_chat(["Fine."]), ndjson_chat(["Still fine."])
    with nothing_left(), death() as dead, ReplayServer(*answers, models=[MODEL]) as server:
        arguments = configured(tmp_path, server.port, dead)
        with opened(arguments, columns=columns, lines=lines) as terminal:
            terminal.wait_for(LIVE)
            say(terminal, "How are you?", "Fine.")
            terminal.wait_for("ready")
            say(terminal, "/server", f"{DEAD} ")
            say(terminal, "/model", MODEL)
            terminal.send(ENTER)
            terminal.wait_for("answers from the next")
        with opened(arguments, "--continue", columns=columns, lines=lines) as terminal:
            say(terminal, "And now?", "Still fine.")
        assert prompts(server) == ["How are you?", "And now?"]


@SIZES
@DEATHS
def test_with_one_dead_files_parameters_a_summary_and_ask_work_on_the_other_at_once(
    death: Death, columns: int, lines: int, tmp_path: Path
) -> None:
    notes, picture = tmp_path / "notes.txt", tmp_path / "owl.png"
    notes.write_text("Owls hunt at night.")
    picture.write_bytes(png(64, 48))
    answers = [ndjson_chat([words]) for words in ("I see.", "Shorter.", "Spoke of owls.", "They do.", "An owl.")]
    gets = one_model("completion", "vision", name=MODEL)
    with nothing_left(), death() as dead, ReplayServer(*answers, gets=gets) as server:
        arguments = configured(tmp_path, server.port, dead, default=DEAD)
        with opened([*arguments, "--server", LIVE], columns=columns, lines=lines) as terminal:
            terminal.wait_for("ready")
            say(terminal, f"Read @{notes} and @{picture}", "I see.")
            say(terminal, "/set parameter temperature 0.5", "ready")
            say(terminal, "/retry", "Shorter.")
            say(terminal, "/context", "tokens")
            say(terminal, "/compact 0", "summary of 2 messages")
            say(terminal, "Do they hunt?", "They do.")
        asked = run("ask", "--server", LIVE, *arguments, "--image", str(picture), "Who?", env=environment(tmp_path))
        assert (asked.status, asked.out) == (0, "An owl.\n")
        bodies = [json.loads(request.body) for request in server.chats]
    picture_sent = [b64encode(picture.read_bytes()).decode()]
    assert [body["messages"][0].get("images") for body in bodies] == [*[picture_sent] * 3, None, picture_sent]
    assert all("Owls hunt at night." in body["messages"][0]["content"] for body in bodies[:3])
    assert [body.get("options") for body in bodies] == [None, *[{"temperature": 0.5}] * 3, None]
    assert [message["content"] for message in bodies[3]["messages"][1:]] == ["Spoke of owls.", "Do they hunt?"]


def test_what_waits_for_a_dead_server_is_seen_and_sent_when_the_chat_moves(tmp_path: Path) -> None:
    with nothing_left(), refusing_port() as dead, ReplayServer(ndjson_chat(["Here."]), models=[OTHER]) as server:
        with opened(configured(tmp_path, server.port, dead, default=DEAD), "-m", MODEL) as terminal:
            terminal.wait_for(f"{DEAD} unreachable")
            say(terminal, "Anybody there?", f"waiting for {DEAD}")
            say(terminal, "/queue", "waiting for server: Anybody there?")
            say(terminal, f"/server {LIVE}", "Here.")
            screen = terminal.wait_for("ready")
            assert f"{MODEL} is not on {LIVE}." in "\n".join(screen)
            assert f"{DEAD} unreachable" not in screen[-1]
        assert prompts(server) == ["Anybody there?"]


def test_what_waits_for_a_dead_server_waits_over_a_restart_and_is_sent_when_it_is_back(tmp_path: Path) -> None:
    with nothing_left(), ReplayServer(models=[MODEL]) as live:
        with refusing_port() as dead:
            arguments = configured(tmp_path, live.port, dead)
            with opened(arguments) as terminal:
                terminal.wait_for(LIVE)
                say(terminal, f"/server {DEAD}", f"{DEAD} unreachable")
                say(terminal, "Are you back?", f"waiting for {DEAD}")
            with opened(arguments, "--continue") as terminal:
                terminal.wait_for(f"{DEAD} unreachable")
                terminal.wait_for(f"waiting for {DEAD}")
        with ReplayServer(ndjson_chat(["I am."]), models=[MODEL], port=dead) as back:
            with opened(arguments, "--continue") as terminal:
                terminal.wait_for("I am.")
                terminal.wait_for("ready")
            assert prompts(back) == ["Are you back?"]
        assert live.chats == ()


def test_a_chat_whose_server_is_gone_from_the_configuration_says_so_and_goes_on(tmp_path: Path) -> None:
    answers = ndjson_chat(["One."]), ndjson_chat(["Two."])
    with nothing_left(), refusing_port() as dead, ReplayServer(*answers, models=[MODEL]) as server:
        with opened(configured(tmp_path, server.port, dead, default=LIVE)) as terminal:
            terminal.wait_for(LIVE)
            say(terminal, f"/server {LIVE}", "answers here already")
            say(terminal, "First", "One.")
            terminal.wait_for("ready")
        home = ["--data-dir", str(tmp_path / "chats"), "--host", server.host]
        with opened(home, "--continue") as terminal:
            terminal.wait_for(f"The server {LIVE} of this chat is not configured any more")
            say(terminal, "Second", "Two.")
        assert prompts(server) == ["First", "Second"]


def test_names_complete(tmp_path: Path) -> None:
    with (
        nothing_left(),
        refusing_port() as dead,
        ReplayServer(models=[MODEL]) as server,
        opened(configured(tmp_path, server.port, dead)) as terminal,
    ):
        terminal.wait_for(LIVE)
        terminal.send("/server ba\t")
        terminal.wait_for(f"/server {DEAD}")
        terminal.send(ENTER)
        terminal.wait_for(f"{DEAD} unreachable")


def test_ask_asks_the_server_that_is_named(tmp_path: Path) -> None:
    with refusing_port() as dead, ReplayServer(ndjson_chat(["Paris."]), models=[MODEL]) as server:
        arguments = configured(tmp_path, server.port, dead, default=DEAD)
        ran = run("ask", *arguments, "--server", LIVE, "Of France?", env=environment(tmp_path))
        assert (ran.status, ran.out.strip()) == (0, "Paris.")
        wrong = run("ask", *arguments, "--server", "mil", "Of France?", env=environment(tmp_path))
        assert "There is no server 'mil' in the configuration. Did you mean 'mill'?" in wrong.err


def test_doctor_looks_at_the_others_too_and_only_warns(tmp_path: Path) -> None:
    with refusing_port() as dead, ReplayServer(models=[MODEL]) as server:
        arguments = configured(tmp_path, server.port, dead)
        status, out, err = run("doctor", *arguments, env=environment(tmp_path))
    assert (status, err) == (0, "")
    assert f"warn  server {DEAD}: No server answers at http://127.0.0.1:{dead} (connection refused).\n" in out


def test_a_misspelt_default_is_a_mistake_with_its_line_and_stops_nothing_that_mends(tmp_path: Path) -> None:
    file = configured(tmp_path, 1, 2, default="mlil")[1]
    env = environment(tmp_path, CHINWAG_CONFIG=file)
    fault = "line 1: server: there is no server 'mlil'. Did you mean 'mill'?"
    assert run("config", "check", env=env) == (2, f"{file}: {fault}\n", "")
    assert run("config", "path", env=env) == (0, f"{file}\n", "")
    assert run("completion", "bash", env=env)[0] == 0
    status, _, err = run("ask", "?", env=env)
    assert (status, fault in err) == (2, True)
