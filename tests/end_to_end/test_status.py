"""The status line in a real terminal: a model that loads, what a reply took, and how full the context is."""

import threading
from dataclasses import dataclass

import pytest

from tests.support.answers import replay, status
from tests.support.program import CHINWAG
from tests.support.recordings import recording
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, MODEL, quits
from tests.support.sizes import SIZES
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Wait, Wire

REPLY = replay(recording("chat_stream_short"))
NOTHING = status(200, {"models": []})
LOADED = replay(recording("ps_two_loaded_one_forever"))


@dataclass(frozen=True)
class Either:
    """One answer until something happened, then another."""

    event: threading.Event
    before: Answer
    after: Answer

    def run(self, wire: Wire) -> None:
        """Do it on `wire`."""
        for step in self.after if self.event.is_set() else self.before:
            step.run(wire)


@pytest.mark.parametrize(
    ("columns", "lines", "parts"),
    [
        (80, 24, ["smollm2:135m   ready   103 tokens/s   first token ", " s   ctx 1 %   F1 keys"]),
        (40, 10, [" smollm2:135m  ready  ctx 1 %  F1 keys"]),
        (
            200,
            60,
            ["smollm2:135m   ready   103 tokens/s   first token ", " s   ctx 1 %   127.0.0.1:", "   Hi   F1 keys"],
        ),
    ],
)
def test_a_cold_model_is_said_to_load_and_then_how_full_its_context_is(
    columns: int, lines: int, parts: list[str]
) -> None:
    loaded = threading.Event()
    gets = {"/api/ps": (Either(loaded, NOTHING, LOADED),)}
    with (
        ReplayServer((Wait(loaded), *REPLY), models=MODEL, gets=gets) as server,
        Terminal([*CHINWAG], columns, lines, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for(" smollm2:135m" + " " * (3 if columns > 60 else 2) + "ready")
        terminal.send("Hi" + ENTER)
        terminal.wait_for(" loading smollm2:135m 1 s")
        loaded.set()
        screen = terminal.wait_for("ctx 1 %")
        assert [part for part in parts if part not in screen[-2]] == []
        terminal.send(CTRL_D)
        quits(terminal)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10), (200, 60)])
def test_a_server_that_cuts_the_context_is_told_of(columns: int, lines: int) -> None:
    running = {"models": [{"name": MODEL[0], "context_length": 60}]}
    with (
        ReplayServer(REPLY, models=MODEL, gets={"/api/ps": status(200, running)}) as server,
        Terminal([*CHINWAG], columns, lines, {"OLLAMA_HOST": server.host}) as terminal,
    ):
        terminal.wait_for("ready")
        terminal.send("Hi" + ENTER)
        terminal.wait_for("ctx 83 %")
        terminal.send("and " * 30 + ENTER)
        terminal.wait_for("again")  # it was held back, because it will not fit
        while len(server.chats) == 1:
            terminal.send(ENTER)  # the first of them may be taken for a finger that bounced
            terminal.wait_for("ctx")
        terminal.wait_for("context cut")
        assert "/compact sums up the older part" in " ".join(line.strip() for line in terminal.wait_for("a new chat."))
        terminal.send(CTRL_D)
        quits(terminal)


@SIZES
def test_that_a_server_is_away_is_said_and_that_it_is_back(size: tuple[int, int]) -> None:
    with ReplayServer(models=MODEL) as first:
        port = first.port
    with Terminal([*CHINWAG], *size, {"OLLAMA_HOST": f"127.0.0.1:{port}"}) as terminal:
        terminal.wait_for(lambda screen: "server unreachable" in screen[-2])
        with ReplayServer(models=MODEL, port=port):
            terminal.send("Hi" + ENTER)
            terminal.wait_for(lambda screen: "ready" in screen[-2] and "unreachable" not in screen[-2])
            terminal.send(CTRL_D)
            quits(terminal)
