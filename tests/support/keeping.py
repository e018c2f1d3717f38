"""Archives for tests, what is in their files, and what a dead process leaves of them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from actors.archive import FILE_NAME, Archive
from protocol.chat import Conversation
from protocol.frames import Chunk, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Finished, Reply
from protocol.turn import TurnState

TALK = ConversationId("talk")
MODEL = "tiny:1b"
EMPTY = Conversation(TALK, MODEL, "Be brief.")
DONE = Finished("stop", Metrics(eval_count=2, eval_duration=3))


def stream(turn: str, attempt: int = 1) -> StreamId:
    """An attempt of the turn with this id."""
    return StreamId(TurnId(turn), attempt)


@contextmanager
def opened(folder: Path, owner: str = "me") -> Iterator[Archive]:
    """The archive in a folder, closed at the end."""
    with closing(Archive(folder / FILE_NAME, owner)) as archive:
        yield archive


def left_by_a_kill(folder: Path, copy: Path) -> Path:
    """Copy what is on disk now: just what a process that holds it open would leave if it were killed."""
    shutil.copytree(folder, copy)
    return copy


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What another program would read in the file."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return connection.execute(query).fetchall()


def begin(archive: Archive, turn: str, prompt: str, now: float = 1.0) -> None:
    """Keep a prompt, and have its first attempt under way."""
    archive.keep_prompt(EMPTY, prompt, now)
    archive.begin_turn(TALK, TurnId(turn), prompt, now)
    archive.begin_reply(stream(turn), MODEL, now)


def answer(archive: Archive, turn: str, prompt: str, text: str, now: float = 1.0) -> None:
    """Keep a whole turn."""
    begin(archive, turn, prompt, now)
    archive.add_pieces([(stream(turn), (Chunk(text),))])
    archive.end_turn(TALK, stream(turn), TurnState.DONE, Reply(text), DONE, now)
