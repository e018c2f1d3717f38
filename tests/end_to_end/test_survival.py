"""The program is killed at seeded random moments, started again, and has lost nothing that could be seen."""

import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.support.addresses import PATIENCE
from tests.support.program import CHINWAG, environment, run
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, ESC, MODEL, READY, quits
from tests.support.survival import Eyes, Sight, Storyteller, archive_of_version_1, kept, lost, state_of
from tests.support.terminal import Terminal

KILLS = 200
AT_ONCE = 4
SEEN_FOR = 0.5
"""Seconds after which what is on the screen must be on disk too."""
UNDER_WAY = ("answering", "loading", "queued", "sending", "connecting", "waiting for server", "background")
OLD_TURNS = 5000
MIGRATES_FOR = 0.4
"""Seconds that it takes to bring such an archive up to date, about."""

ALT_C, ALT_E, ALT_N, ALT_P, ALT_R, ALT_S, ALT_U, ALT_Y = (f"\x1b{letter}" for letter in "cenprsuy")


@dataclass
class Stage:
    """One run of the program, up to the kill."""

    terminal: Terminal
    teller: Storyteller
    chance: Random

    def say(self, prompt: str) -> None:
        """Send a prompt, and wait until it is shown as accepted."""
        self.terminal.send(prompt + ENTER)
        self.terminal.wait_for(lambda screen: f"> {prompt}" in [line.rstrip() for line in screen[:-2]])

    def is_answered(self, prompt: str) -> None:
        """Send a prompt, and wait for the end of its reply."""
        self.say(prompt)
        self.terminal.wait_for(lambda screen: READY in screen[-2])

    def streams(self) -> None:
        """Wait until the reply that never ends has come to where the moment is."""
        assert self.teller.reached.wait(PATIENCE)

    def passes(self, longest: float = 0.1) -> None:
        """Let some time pass: the kill comes at any moment of it."""
        threading.Event().wait(self.chance.uniform(0.0, longest))


def accepted(stage: Stage) -> None:
    stage.say("prompt 1")


def loading(stage: Stage) -> None:
    stage.say("prompt 1")
    stage.streams()


def streaming(stage: Stage) -> None:
    stage.say("prompt 1")
    stage.streams()


def queued(stage: Stage) -> None:
    for number in range(1, stage.chance.randint(3, 5)):
        stage.say(f"prompt {number}")
    stage.passes()


def cancelling(stage: Stage) -> None:
    streaming(stage)
    stage.terminal.send(ESC)
    stage.passes()


def answered(stage: Stage) -> None:
    for number in range(1, 4):
        stage.is_answered(f"prompt {number}")


def retrying(stage: Stage) -> None:
    stage.is_answered("prompt 1")
    stage.terminal.send(ALT_R)
    stage.streams()


def continuing(stage: Stage) -> None:
    streaming(stage)
    stage.terminal.send(ESC)
    stage.terminal.wait_for("cancelled")
    stage.teller.reached.clear()
    stage.terminal.send(ALT_C)
    stage.streams()


def editing(stage: Stage) -> None:
    stage.is_answered("prompt 1")
    stage.terminal.send(ALT_E)
    stage.terminal.wait_for(lambda screen: "prompt 1" in screen[-1])
    stage.terminal.send("x" + ENTER)
    stage.terminal.wait_for("> prompt 1x")
    stage.passes(0.5)


def moving(stage: Stage) -> None:
    stage.is_answered("prompt 1")
    stage.is_answered("prompt 2")
    for _ in range(stage.chance.randint(1, 6)):
        stage.terminal.send(stage.chance.choice((ALT_U, ALT_Y, ALT_P, ALT_N, ALT_R)))
        stage.passes(0.05)


def switching(stage: Stage) -> None:
    streaming(stage)
    stage.terminal.send(f"/new{ENTER}")
    stage.terminal.wait_for("in background")
    stage.terminal.send(stage.chance.choice((f"/open prompt{ENTER}", f"/fork{ENTER}", f"prompt 2{ENTER}")))
    stage.passes(0.3)


def hurrying(stage: Stage) -> None:
    streaming(stage)
    stage.terminal.send(f"prompt 2{ALT_S}")
    stage.passes(0.3)


@dataclass(frozen=True)
class Moment:
    """A kind of moment at which to kill."""

    live: Callable[[Stage], None]
    whole: int = 0
    """How many answers are whole before the one that never ends."""
    silent: bool = False


MOMENTS = (
    Moment(accepted, silent=True),
    Moment(loading, silent=True),
    Moment(streaming),
    Moment(queued),
    Moment(cancelling),
    Moment(answered, whole=3),
    Moment(retrying, whole=1),
    Moment(continuing),
    Moment(editing, whole=1),
    Moment(moving, whole=2),
    Moment(switching),
    Moment(hurrying),
)


@pytest.fixture(scope="module")
def old_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the first version, large enough that to migrate it takes a while."""
    return archive_of_version_1(tmp_path_factory.mktemp("old"), OLD_TURNS)


@pytest.mark.timeout(1500)
def test_two_hundred_kills_lose_nothing_that_could_be_seen(
    tmp_path: Path, old_archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = [MOMENTS[seed % (len(MOMENTS) + 1) - 1] if seed % (len(MOMENTS) + 1) else None for seed in range(KILLS)]

    def one(seed: int) -> list[str]:
        home, moment = tmp_path / str(seed), kinds[seed]
        home.mkdir()
        if moment is None:
            return survive_migrating(Random(seed), home, old_archive)
        return survive(moment, Random(seed), home)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        losses = {seed: losses for seed, losses in enumerate(pool.map(one, range(KILLS))) if losses}
    counts = Counter(moment.live.__name__ if moment else "migrating" for moment in kinds)
    with capsys.disabled():
        print(f"\n{KILLS} kills, {len(losses)} with a loss. " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    assert losses == {}


def survive(moment: Moment, chance: Random, home: Path) -> list[str]:
    """Live up to a moment, be killed, start again; return what was lost."""
    teller = Storyteller(chance, moment.whole, moment.silent)
    with ReplayServer(teller, models=MODEL) as server:
        surroundings = {"OLLAMA_HOST": server.host}
        with Terminal(CHINWAG, 100, 50, surroundings, home) as terminal, Eyes(terminal) as eyes:
            terminal.wait_for(READY)
            moment.live(Stage(terminal, teller, chance))
            terminal.kill(signal.SIGKILL)
            killed = time.monotonic()
            assert terminal.wait_exit() == -signal.SIGKILL
        seen = Sight(eyes.until(killed - SEEN_FOR).words, eyes.until(killed).prompts)
        teller.calm()
        return [*start_again(home, surroundings), *lost(seen, kept(exported(home)))]


def survive_migrating(chance: Random, home: Path, old_archive: Path) -> list[str]:
    """Start on an archive of the first version, be killed at any time of the start, start again."""
    folder = home / "data" / "chinwag"
    shutil.copytree(old_archive, folder)
    seen = Sight({0: OLD_TURNS}, frozenset(f"prompt {number}" for number in range(OLD_TURNS)))
    with ReplayServer(Storyteller(chance, OLD_TURNS), models=MODEL) as server:
        surroundings = {"OLLAMA_HOST": server.host}
        with Terminal(CHINWAG, 100, 50, surroundings, home) as terminal:
            while not (folder / "chinwag.db-wal").exists():  # it is opened: now it is migrated
                threading.Event().wait(0.002)
            threading.Event().wait(chance.uniform(0.0, MIGRATES_FOR))
            terminal.kill(signal.SIGKILL)
            assert terminal.wait_exit() == -signal.SIGKILL
        return [*start_again(home, surroundings), *lost(seen, kept(exported(home)))]


def start_again(home: Path, surroundings: dict[str, str]) -> list[str]:
    """Start the program on what is left; return what is wrong with it."""
    with Terminal([*CHINWAG, "--continue"], 100, 50, surroundings, home) as terminal:
        screen = terminal.wait_for(lambda screen: READY in screen[-2] and not busy(screen))
        terminal.send(CTRL_D)
        quits(terminal)
    whole, unfinished, alive = state_of(home / "data" / "chinwag")
    wrong = [f"unfinished: {unfinished}"] if unfinished else []
    wrong += [f"still alive: {alive}"] if alive else []
    return [*wrong, *([] if whole == [("ok",)] else [f"not whole: {whole}"]), *busy(screen)]


def busy(screen: list[str]) -> list[str]:
    """The lines that say that something is still to come."""
    return [line for line in screen for sign in UNDER_WAY if sign in line]


def exported(home: Path) -> str:
    """All that is kept, as the program tells it."""
    ran = run("chats", "export", "--all", "--json", env=environment(home))
    assert (ran.status, ran.err) == (0, "")
    return ran.out
