"""The program is killed at seeded random moments, started again, and has lost nothing that could be seen."""

import random
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.addresses import PATIENCE
from tests.support.answers import ndjson_chat, opening
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, ESC, MODEL, READY, quits
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Hold, Pause, Step, Tell

MOMENTS = ("accepted", "loading", "streaming", "queued", "cancelling", "answered")
PACE = 0.012
"""Seconds between two words of the server."""
SEEN_FOR = 0.5
"""Seconds after which what is on the screen must be on disk too."""
FIRST, SECOND = "the first prompt", "the second prompt"
UNDER_WAY = ("answering", "loading or waiting", "queued", "sending", "connecting")


class Eyes:
    """Someone who looks at a terminal, and remembers what was there when."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._seen: list[tuple[float, list[str]]] = []

    def watch(self, enough: Callable[[list[str]], bool]) -> None:
        """Look at every change until it is enough."""
        self._terminal.wait_for(lambda screen: self._look(screen) and enough(screen))

    def at(self, moment: float) -> list[str]:
        """What was on the screen at a moment; nothing if that was before the first look."""
        return next((screen for when, screen in reversed(self._seen) if when <= moment), [])

    def _look(self, screen: list[str]) -> bool:
        self._seen.append((time.monotonic(), screen))
        return True


def words(screen: list[str]) -> int:
    """How many words of the server are there."""
    return len(re.findall(r"\bw\d+\b", " ".join(screen)))


def prompts(screen: list[str]) -> list[str]:
    """The prompts that are shown as accepted: above the line in which one types."""
    return [line for line in screen[:-2] if line in (f"> {FIRST}", f"> {SECOND}")]


def paced(count: int, end: threading.Event) -> list[str | Step]:
    parts: list[str | Step] = []
    for number in range(count):
        parts += [f"w{number} ", Pause(PACE)]
    return [*parts, Tell(end)]


def answer(moment: str, chance: random.Random, end: threading.Event) -> Answer:
    """What the server does until the moment has come; then it is silent, or done."""
    count = chance.randint(5, 75)
    match moment:
        case "accepted" | "loading":
            return (Pause(chance.uniform(0.0, 0.3)), Tell(end), Hold())
        case "answered":
            return ndjson_chat(paced(count, end))
        case _:
            more: list[str | Step] = [f"w{count} ", Pause(PACE)] * 1000
            return (*opening([*paced(count, end), *more]), Hold())


def live_until(moment: str, terminal: Terminal, eyes: Eyes, end: threading.Event) -> None:
    terminal.send(FIRST + ENTER)
    eyes.watch(lambda screen: prompts(screen) == [f"> {FIRST}"])
    if moment == "accepted":
        return
    if moment == "queued":
        terminal.send(SECOND + ENTER)
        eyes.watch(lambda screen: prompts(screen) == [f"> {FIRST}", f"> {SECOND}"])
    if moment == "loading":
        assert end.wait(PATIENCE)
        return
    eyes.watch(lambda _: end.is_set())
    if moment == "cancelling":
        terminal.send(ESC)
    if moment == "answered":
        eyes.watch(lambda screen: READY in screen[-2])


@pytest.mark.parametrize("seed", range(20))
def test_a_kill_loses_nothing_that_could_be_seen(seed: int, tmp_path: Path) -> None:
    chance, end, moment = random.Random(seed), threading.Event(), MOMENTS[seed % len(MOMENTS)]
    with ReplayServer(answer(moment, chance, end), models=MODEL) as server:
        surroundings = {"OLLAMA_HOST": server.host}
        with Terminal(CHINWAG, 80, 50, surroundings, tmp_path) as terminal:
            terminal.wait_for(READY)
            eyes = Eyes(terminal)
            live_until(moment, terminal, eyes, end)
            terminal.kill(signal.SIGKILL)
            killed = time.monotonic()
            assert terminal.wait_exit() == -signal.SIGKILL
        accepted, text = prompts(eyes.at(killed)), words(eyes.at(killed - SEEN_FOR))
        with Terminal([*CHINWAG, "--continue"], 80, 50, surroundings, tmp_path) as terminal:
            screen = terminal.wait_for(lambda screen: READY in screen[-2] and prompts(screen) == accepted)
            terminal.send(CTRL_D)
            quits(terminal)
    assert words(screen) >= text
    assert [line for line in screen for sign in UNDER_WAY if sign in line] == []
    assert left(tmp_path / "data" / "chinwag") == ([("ok",)], [], [])
    print(f"seed {seed}: killed when {moment}; {text} words had been seen, {words(screen)} were kept")


def left(folder: Path) -> tuple[list[tuple[str]], list[tuple[str]], list[str]]:
    """Whether the file is whole, what in it is unfinished, and who is taken to be alive."""
    with closing(sqlite3.connect(folder / "chinwag.db")) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        unfinished = connection.execute(
            "SELECT id FROM message WHERE owner IS NOT NULL UNION SELECT prompt FROM outbox"
        )
        return whole, unfinished.fetchall(), [path.name for path in (folder / "running").iterdir()]
