"""The scenes that are photographed: what is typed, and what is waited for until the picture is taken."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from tests.screenshots.paper import DAY, NIGHT, Paper
from tests.screenshots.picture import draw
from tests.screenshots.steady import steady
from tests.screenshots.talks import (
    BOAT,
    COMPARED,
    DINNERS,
    HAIKU,
    LETTER,
    PHOTOS,
    RATES,
    SERVICE,
    STAR,
    TIDES,
    talking,
)
from tests.support.emulator import Shot
from tests.support.program import CHINWAG
from tests.support.session import ALT, CTRL_N, ENTER
from tests.support.terminal import Terminal

PICTURES = Path(__file__).parent / "pictures"
_CTRL_P, _F3 = "\x10", "\x1bOR"
_COUNTED = "ctx 15 %"

Play = Callable[[Terminal, Event], object]
"""Types, and waits until all that is to be seen is there. The event has the answer come that waits for it."""


@dataclass(frozen=True)
class Scene:
    """One picture."""

    name: str
    title: str
    """What is to be seen on it, in words."""
    prompt: str
    """What is asked first."""
    play: Play
    size: tuple[int, int] = (80, 24)
    until: str = _COUNTED
    """What is on the screen when what was asked first has come as far as it should."""
    arguments: tuple[str, ...] = ()
    paper: Paper = field(default=NIGHT, repr=False)
    cursor: bool = True
    """False where the program shows none at the end."""

    @property
    def path(self) -> Path:
        """Where the picture is kept."""
        return PICTURES / f"{self.name}.svg"

    def kept(self) -> str:
        """Return the picture that is kept; empty where there is none."""
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def shoot(self) -> str:
        """Play the scene in a terminal, and return the picture of how it ends."""
        cue = Event()
        with (
            talking(cue) as server,
            Terminal([*CHINWAG, *self.arguments], *self.size, {"OLLAMA_HOST": server.host}) as terminal,
        ):
            terminal.wait_for("ready")
            terminal.send(self.prompt + ENTER)
            terminal.wait_for(self.until)
            self.play(terminal, cue)
            return draw(steady(terminal.shot(cursor=self.cursor)), self.title, self.paper)


def _write(words: str) -> Play:
    def play(terminal: Terminal, _: Event) -> None:
        terminal.send(words)
        terminal.wait_for(lambda screen: screen[-1] == f"> {words}")

    return play


def _two_ahead(terminal: Terminal, cue: Event) -> None:
    for prompt in ("And how far away is it?", "Would I see it without a telescope?"):
        terminal.send(prompt + ENTER)
        terminal.wait_for(f"> {prompt}")
    _write("You can type here at any time")(terminal, cue)
    terminal.wait_for(lambda screen: "tokens/s" in screen[-2] and "2 queued" in screen[-2])


def _several_chats(terminal: Terminal, cue: Event) -> None:
    terminal.send(CTRL_N)
    terminal.wait_for(lambda screen: screen[0].endswith("2 new"))
    terminal.send(LETTER + ENTER)
    terminal.wait_for("Dear child,")
    terminal.send(CTRL_N)
    terminal.wait_for(lambda screen: screen[0].endswith("3 new"))
    terminal.send(BOAT + ENTER)
    terminal.wait_for(f"> {BOAT}")
    terminal.send(ALT + "1")
    terminal.wait_for(f"> {DINNERS}")
    cue.set()
    terminal.wait_for(lambda screen: re.search(r"2 \S.* answering +3\* \S", screen[0]) is not None)
    _write("And without eggs?")(terminal, cue)


def _four_answers(terminal: Terminal, cue: Event) -> None:
    terminal.send("\t")
    terminal.wait_for(lambda screen: "2 of 4 ended" in screen[-2] and "Esc stops" in screen[-2])
    terminal.wait_for(lambda screen: all(count in screen[3] for count in ("96 t", "55 t", "41 t")))
    _write("You can type here at any time")(terminal, cue)


def _palette(terminal: Terminal, _: Event) -> None:
    terminal.send(_CTRL_P)
    terminal.wait_for("Commands:")
    terminal.send("reply")
    terminal.wait_for("Commands: reply")


def _second_code(terminal: Terminal, _: Event) -> None:
    terminal.send(_F3)
    terminal.wait_for(lambda screen: "Enter copies" in screen[-2])
    terminal.send("2")
    terminal.shot(lambda shot: _marked(shot, "loginctl") and not _marked(shot, "journalctl"), cursor=False)


def _marked(shot: Shot, word: str) -> bool:
    """Tell whether the row in which a word stands is marked."""
    rows = [row for row in shot.rows if word in "".join(cell.text for cell in row)]
    return any(cell.ground != "default" for row in rows for cell in row)


SCENES = (
    Scene(
        "reply",
        "A reply in chinwag: a heading, Python in colours, a table, a list, and a status line with the model, its "
        "speed and how full its context is",
        PHOTOS,
        _write("And the ones that were only scaled?"),
        size=(100, 32),
    ),
    Scene(
        "chats",
        "Three chats side by side: one is read, one is being answered, one has news",
        DINNERS,
        _several_chats,
    ),
    Scene(
        "ahead",
        "While a reply comes, two prompts wait for it and a third is written",
        STAR,
        _two_ahead,
        until="answering",
    ),
    Scene(
        "comparing",
        "One question answered by four models side by side: one is done, one still answers, one broke off, one loads",
        f"/compare {' '.join(COMPARED)} -- {TIDES}",
        _four_answers,
        size=(120, 27),
        until="2 of 4 ended",
    ),
    Scene("commands", "Ctrl-P, and what has to do with a reply", HAIKU, _palette, size=(80, 12)),
    Scene(
        "copying",
        "The second piece of code is chosen, and Enter copies it",
        SERVICE,
        _second_code,
        size=(80, 26),
        cursor=False,
    ),
    Scene(
        "light",
        "The light theme: a heading, a table, a list and code on white",
        RATES,
        _write("And if I pay some of it back early?"),
        arguments=("--theme", "light"),
        paper=DAY,
    ),
    Scene("small", "The same in a terminal of 40 columns and 10 lines", HAIKU, _write("And one about"), size=(40, 10)),
)
