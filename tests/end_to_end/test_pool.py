"""Three servers that are a pool: each answers what it is free for, one dies in the middle, and is back."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.addresses import PATIENCE
from tests.support.answers import ndjson_chat, opening
from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import ALT, CTRL_D, CTRL_N, ENTER, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Hold, Wait, Wire

MODEL = "tiny:1b"
MILL, BARN, SHED = NAMES = ("mill", "barn", "shed")
CTRL_U = "\x15"


def configured(home: Path, ports: dict[str, int], server: str = "pool") -> list[str]:
    """The arguments that name a configuration file in which these are servers, and the pool."""
    path = home / "config.toml"
    tables = [f'[servers.{name}]\nurl = "127.0.0.1:{port}"' for name, port in ports.items()]
    path.write_text("\n".join([f'server = "{server}"', f"pool = {json.dumps(list(ports))}", *tables]))
    return ["--config", str(path), "--data-dir", str(home / "chats")]


@contextmanager
def three(*answers: Answer, servers: int = 3) -> Iterator[list[ReplayServer]]:
    """Servers with the same model. The first that is asked gives the first answer, whoever is asked next the second."""
    left = iter(answers)
    with ExitStack() as stack:
        yield [stack.enter_context(ReplayServer(lambda _: next(left), models=[MODEL])) for _ in range(servers)]


def ports_of(servers: list[ReplayServer]) -> dict[str, int]:
    return {name: server.port for name, server in zip(NAMES, servers, strict=False)}


def asked(servers: list[ReplayServer], prompt: str) -> tuple[str, ReplayServer]:
    """The name of the server that was asked this, and itself."""
    return next((name, one) for name, one in zip(NAMES, servers, strict=False) if prompt in prompts(one))


def prompts(server: ReplayServer) -> list[str]:
    """What a server was asked."""
    return [json.loads(request.body)["messages"][-1]["content"] for request in server.chats]


def say(terminal: Terminal, text: str, answer: str) -> list[str]:
    """Send a text, and wait for words on the screen."""
    terminal.send(text + ENTER)
    return terminal.wait_for(answer)


class Meet:
    """Go on when another one has come as far."""

    def __init__(self, barrier: threading.Barrier) -> None:
        self._barrier = barrier

    def run(self, wire: Wire) -> None:
        """Do it, on whatever wire."""
        self._barrier.wait(PATIENCE)


def new_chat(terminal: Terminal) -> None:
    """Begin another chat, and wait until it is there."""
    terminal.send(CTRL_N)
    terminal.wait_for(lambda screen: "new" in screen[0])


@SIZES
def test_one_that_dies_in_the_middle_hands_its_prompt_to_another_and_is_back(
    size: tuple[int, int], tmp_path: Path
) -> None:
    rest = threading.Event()
    slow = (*opening(["It is slow"]), Wait(rest), *ndjson_chat([", but done."])[1:])
    half, whole, endless = (*opening(["Half an ans"]), Hold()), ndjson_chat(["Whole."]), (*opening(["And"]), Hold())
    with nothing_left(), three(half, slow, whole, endless) as servers:
        with Terminal([*CHINWAG, *configured(tmp_path, ports_of(servers))], *size) as terminal:
            terminal.wait_for("ready")
            say(terminal, "First?", "Half an ans")
            name, dying = asked(servers, "First?")
            terminal.wait_for(f"pool: {name}")
            new_chat(terminal)
            say(terminal, "Second?", "It is slow")
            terminal.wait_for(f"pool: {asked(servers, 'Second?')[0]}")
            terminal.send("not sent yet")
            terminal.wait_for("not sent yet")
            dying.stop()
            terminal.send(CTRL_U + ALT + "1")
            terminal.wait_for("Whole.")
            screen = terminal.wait_for("reply 2/2")
            terminal.wait_for("ready")
            assert "Half an ans" not in "\n".join(screen)
            terminal.send(ALT + "p")
            terminal.wait_for("Half an ans")
            terminal.send(ALT + "n")
            terminal.wait_for("Whole.")
            say(terminal, "And then?", "> And then?")
            terminal.wait_for("answering")
            new_chat(terminal)
            say(terminal, "Third?", "queued")
            with ReplayServer(ndjson_chat(["It is back."]), models=[MODEL], port=dying.port) as back:
                terminal.wait_for("It is back.")
                terminal.send(ALT + "2")
                terminal.wait_for("It is slow")
                rest.set()
                terminal.wait_for("but done.")
                terminal.send(CTRL_D)
                quits(terminal)
        assert prompts(dying) == ["First?"]
        assert sorted(map(prompts, (one for one in servers if one is not dying))) == [
            ["First?", "And then?"],
            ["Second?"],
        ]
        assert prompts(back) == ["Third?"]


@SIZES
def test_the_pool_is_shown_with_what_streams_and_what_waits(size: tuple[int, int], tmp_path: Path) -> None:
    held = (*opening(["It is slow"]), Hold())
    with nothing_left(), three(held, held, servers=2) as servers, refusing_port() as dead:
        ports = {**ports_of(servers), SHED: dead}
        with Terminal([*CHINWAG, *configured(tmp_path, ports)], *size) as terminal:
            terminal.wait_for("ready")
            say(terminal, "One", "It is slow")
            new_chat(terminal)
            say(terminal, "Two", "It is slow")
            new_chat(terminal)
            say(terminal, "Three", "queued")
            shown = "\n".join(say(terminal, "/servers", "The pool:"))
            assert "mill  1 of 1 streams, answers, none" in shown
            assert "barn  1 of 1 streams, answers, none" in shown
            if size[1] > 10:
                assert "shed  0 of 1 streams, unreachable" in shown
                assert "Waiting: 1 for pool." in shown
            say(terminal, "/server shed", "waiting for shed")
            say(terminal, "/server pool", "queued")
            terminal.send(CTRL_D)
            quits(terminal)


def test_ask_asks_whoever_is_there(tmp_path: Path) -> None:
    with three(ndjson_chat(["Paris."]), servers=1) as (server,), refusing_port() as dead:
        arguments = configured(tmp_path, {MILL: dead, BARN: server.port}, server="mill")
        ran = run("ask", *arguments, "--server", "pool", "Of France?", env=environment(tmp_path))
        assert (ran.status, ran.out.strip()) == (0, "Paris.")


def test_many_prompts_are_spread_over_the_pool(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("One\nTwo\nThree\nFour\n")
    both = threading.Barrier(2)
    meet = (Meet(both), *ndjson_chat(["Fine."]))
    with three(*[meet] * 4, servers=2) as servers:
        arguments = configured(tmp_path, ports_of(servers))
        ran = run("ask", *arguments, "-m", MODEL, "--prompts", str(file), "--jobs", "4", env=environment(tmp_path))
        assert (ran.status, ran.out.count("Fine.")) == (0, 4)
        assert [len(prompts(server)) for server in servers] == [2, 2]


def test_where_none_is_there_ask_says_why(tmp_path: Path) -> None:
    with refusing_port() as one, refusing_port() as other:
        arguments = configured(tmp_path, {MILL: one, BARN: other})
        status, _, err = run("ask", *arguments, "-m", MODEL, "Anybody?", env=environment(tmp_path))
    assert status == 1
    assert "No server of the pool can take it. mill: No server answers" in err
