"""A program that is killed: what is said to it, what was on its screen when, and what is left of that."""

import json
import re
import sqlite3
import threading
import time
from collections import defaultdict
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Self

from actors.schema import MIGRATIONS
from tests.support.addresses import PATIENCE
from tests.support.answers import ndjson_chat, opening
from tests.support.journal import Request
from tests.support.terminal import Terminal
from tests.support.wire import Answer, Hold, Pause, Step, Tell

PACE = 0.008
"""Seconds between two words of the server."""
_ENDLESS = 4000
_WORD = re.compile(r"\br(\d+)w(\d+)\b")
_PROMPT = re.compile(r"^> (prompt \d+[a-z]*)")

Words = dict[int, int]
"""For each answer of the server, by its number, how many of its words are there."""


class Sight(NamedTuple):
    """What a screen says."""

    words: Words
    prompts: frozenset[str]


class Eyes:
    """Someone who looks at a terminal all the time, and remembers what was there when."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._seen: list[tuple[float, list[str]]] = []
        self._thread = threading.Thread(target=self._watch, name="eyes")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def until(self, moment: float) -> Sight:
        """All that had been on the screen at some time before a moment."""
        words: Words = defaultdict(int)
        prompts: set[str] = set()
        for _, screen in [sight for sight in self._seen if sight[0] <= moment]:
            for number, place in _WORD.findall(" ".join(screen)):
                words[int(number)] = max(words[int(number)], int(place) + 1)
            prompts.update(found[1] for line in screen[:-2] if (found := _PROMPT.match(line)))
        return Sight(dict(words), frozenset(prompts))

    def _watch(self) -> None:
        with suppress(AssertionError):  # the program ended, as it was meant to
            self._terminal.wait_for(self._look, timeout=PATIENCE)

    def _look(self, screen: list[str]) -> bool:
        self._seen.append((time.monotonic(), screen))
        return False


class Storyteller:
    """The server's answers: some that are whole, then one that never ends; after `calm`, short ones only.

    Words are `r3w17`: the eighteenth of the fourth answer.
    """

    def __init__(self, chance: Random, whole: int, silent: bool = False) -> None:
        self._chance = chance
        self._whole = whole
        self._silent = silent
        self._count = 0
        self._calm = False
        self.reached = threading.Event()
        """The answer that never ends has come as far as it was to come before the kill."""

    def calm(self) -> None:
        """Be quick from here on."""
        self._calm = True

    def __call__(self, request: Request) -> Answer:
        number, self._count = self._count, self._count + 1
        if self._calm:
            return ndjson_chat([f"r{number}w0 "])
        if number < self._whole:
            return ndjson_chat([f"r{number}w{place} " for place in range(self._chance.randint(1, 30))])
        if self._silent:
            return (Pause(self._chance.uniform(0.0, 0.3)), Tell(self.reached), Hold())
        before = self._chance.randint(1, 100)
        parts: list[str | Step] = []
        for place in range(_ENDLESS):
            parts += [f"r{number}w{place} ", Pause(PACE)]
            if place == before:
                parts.append(Tell(self.reached))
        return (*opening(parts), Hold())


def kept(export: str) -> Sight:
    """What a document of `chats export --all --json` says."""
    words: Words = defaultdict(int)
    prompts: set[str] = set()
    for conversation in json.loads(export)["conversations"]:
        prompts.update(waiting["prompt"] for waiting in conversation["waiting"])
        for message in conversation["messages"]:
            if message["role"] == "user":
                prompts.add(message["text"])
            for number, place in _WORD.findall(message["text"]):
                words[int(number)] = max(words[int(number)], int(place) + 1)
    return Sight(dict(words), frozenset(prompts))


def lost(seen: Sight, kept_now: Sight) -> list[str]:
    """What was seen and is not there any more."""
    prompts = sorted(seen.prompts - kept_now.prompts)
    words = [
        f"answer {number}: {count} words seen, {kept_now.words.get(number, 0)} kept"
        for number, count in seen.words.items()
        if kept_now.words.get(number, 0) < count
    ]
    return [*prompts, *words]


def archive_of_version_1(folder: Path, turns: int) -> Path:
    """Make an archive as the first version kept it, with one conversation of so many turns, and return its folder."""
    with closing(sqlite3.connect(folder / "chinwag.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {MIGRATIONS[0]} PRAGMA user_version = 1;")
        connection.execute(
            "INSERT INTO conversation VALUES ('old', 'an old one', 'smollm2:135m', '', ?, 1)", (f"t{turns - 1}#1",)
        )
        connection.executemany(
            "INSERT INTO message (id, conversation, parent, role, state, content, ending, model, created) "
            "VALUES (?, 'old', ?, ?, 'done', ?, '{\"type\":\"Stopped\"}', ?, 1)",
            [row for number in range(turns) for row in _turn_of_version_1(number)],
        )
        connection.execute("COMMIT")
    return folder


def _turn_of_version_1(number: int) -> list[tuple[str | None, ...]]:
    before = f"t{number - 1}#1" if number else None
    prompt, reply = (
        json.dumps({"text": text, "thinking": "", "tool_calls": []}) for text in (f"prompt {number}", f"r0w{number}")
    )
    return [
        (f"t{number}", before, "user", prompt, ""),
        (f"t{number}#1", f"t{number}", "assistant", reply, "smollm2:135m"),
    ]


def state_of(folder: Path) -> tuple[list[Any], list[Any], list[str]]:
    """Whether the file is whole, what in it is unfinished, and who is taken to be alive."""
    with closing(sqlite3.connect(folder / "chinwag.db")) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        unfinished = connection.execute("SELECT id FROM message WHERE owner IS NOT NULL")
        return whole, unfinished.fetchall(), [path.name for path in (folder / "running").iterdir()]
