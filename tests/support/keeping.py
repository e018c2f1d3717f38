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
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord
from protocol.reply import Ending, Finished, Reply
from protocol.tree import MessageTree, Node
from protocol.turn import TurnState
from protocol.ui import TurnAccepted, TurnEnded

TALK = ConversationId("talk")
MODEL = "tiny:1b"
EMPTY = Conversation(TALK, MODEL, "Be brief.")
VERSION_1 = Path(__file__).with_name("archive_v1.sql")
"""A file as the first version wrote it, killed while it was at work, as SQL."""
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


def of_version_1(folder: Path) -> Path:
    """Make the file that a killed program of the first version has left."""
    path = folder / FILE_NAME
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(VERSION_1.read_text())
    return path


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What another program would read in the file."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return connection.execute(query).fetchall()


def recorded(archive: Archive, conversation: ConversationId = TALK, owner: str | None = None) -> ConversationRecord:
    """A conversation that is kept, the messages of which are a tree."""
    record = archive.reader.record(conversation, owner)
    assert record is not None, f"{conversation} is not kept"
    MessageTree(record.messages, record.head)
    return record


def path_of(archive: Archive, conversation: ConversationId = TALK) -> list[tuple[str, str]]:
    """The names and words of the messages up to the head."""
    record = recorded(archive, conversation)
    return [(node.id, node.text) for node in MessageTree(record.messages, record.head).path()]


def node(archive: Archive, message: str, conversation: ConversationId = TALK) -> Node:
    """A message of a conversation that is kept."""
    return MessageTree(recorded(archive, conversation).messages)[MessageId(message)]


def accept(archive: Archive, turn: str, prompt: str, now: float = 1.0, about: Conversation = EMPTY) -> None:
    """Keep a prompt, and have its turn wait."""
    archive.keep_prompt(about, prompt, now)
    archive.accept_turn(TurnAccepted(about.id, TurnId(turn), prompt), now)


def begin(archive: Archive, turn: str, prompt: str, now: float = 1.0, about: Conversation = EMPTY) -> None:
    """Keep a prompt, and have its first attempt under way."""
    accept(archive, turn, prompt, now, about)
    archive.begin_reply(stream(turn), MODEL, now)


def ended(
    turn: str, state: TurnState, text: str, ending: Ending, attempt: int = 1, talk: ConversationId = TALK
) -> TurnEnded:
    """The end of a turn."""
    return TurnEnded(talk, stream(turn, attempt), state, Reply(text), ending)


def answer(archive: Archive, turn: str, prompt: str, text: str, now: float = 1.0, about: Conversation = EMPTY) -> None:
    """Keep a whole turn."""
    begin(archive, turn, prompt, now, about)
    archive.add_pieces([(stream(turn), (Chunk(text),))])
    archive.end_turn(ended(turn, TurnState.DONE, text, DONE, talk=about.id), now)
