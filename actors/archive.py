"""The conversations on disk: SQL, and nothing else. One thread writes; see `actors.archivist`."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from actors.archive_reader import ArchiveReader
from actors.ownership import Ownership, alone_in
from actors.schema import migrate
from protocol.chat import Conversation, Role
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Ending, Reply, Stopped
from protocol.turn import TurnState

FILE_NAME = "chinwag.db"

_TITLE = 60
_BUSY_SECONDS = 2.0


class Archive:
    """One file. Everything raises sqlite3.Error when the disk, the file or another process is in the way.

    `owner` names this process in what it has not finished, so that others can tell it from what a dead one left.
    """

    def __init__(self, path: Path, owner: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):  # to close a file that is open elsewhere would free the locks of SQLite on it
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._owner = owner
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            with alone_in(path.parent):  # to go over to WAL fails at once when another process does the same
                migrate(self._connection)  # first: a file that is not for us is not touched
                self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._ownership = Ownership(path.parent / "running", owner)
        except (sqlite3.Error, OSError):
            self._connection.close()
            raise
        self.reader = ArchiveReader(self._connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._ownership.release()

    def keep_prompt(self, conversation: Conversation, prompt: str, now: float) -> None:
        """Commit a prompt before anybody may act on it."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            self._keep_conversation(conversation, prompt, now)
            transaction.execute(
                "INSERT INTO outbox (conversation, prompt, owner, created) VALUES (?, ?, ?, ?)",
                (conversation.id, prompt, self._owner, now),
            )

    def take_back_prompt(self, conversation: ConversationId, prompt: str) -> None:
        """Forget a prompt that was refused after all."""
        self._connection.execute(
            "DELETE FROM outbox WHERE place = "
            "(SELECT min(place) FROM outbox WHERE conversation = ? AND prompt = ? AND owner = ?)",
            (conversation, prompt, self._owner),
        )

    def begin_turn(self, conversation: ConversationId, turn: TurnId, prompt: str, now: float) -> None:
        """Make a kept prompt the message that `turn` answers."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            self.take_back_prompt(conversation, prompt)
            self._insert_prompt(conversation, turn, prompt, self._owner, now)

    def begin_reply(self, stream: StreamId, model: str, now: float) -> None:
        """Make room for what an attempt brings. Its prompt follows what was said until now, not until it was typed."""
        values = (str(stream), Role.ASSISTANT, TurnState.CONNECTING, _json(Reply()), model, self._owner, now)
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            begun = transaction.execute(
                "INSERT OR IGNORE INTO message (id, conversation, parent, role, state, content, model, owner, created) "
                "SELECT ?, conversation, id, ?, ?, ?, ?, ?, ? FROM message WHERE id = ?",
                (*values, stream.turn),
            )
            if begun.rowcount:
                transaction.execute(
                    "UPDATE message SET parent = (SELECT head FROM conversation WHERE id = message.conversation) "
                    "WHERE id = ?",
                    (stream.turn,),
                )

    def add_pieces(self, pieces: Iterable[tuple[StreamId, tuple[Chunk, ...]]]) -> None:
        """Commit what came of replies under way. Costs what these pieces cost, however long the replies are."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.executemany(
                "INSERT INTO piece (message, chunks) SELECT id, ? FROM message WHERE id = ?",
                [(_json(chunks), str(stream)) for stream, chunks in pieces],
            )

    def end_attempt(self, stream: StreamId, ending: Ending) -> None:
        """Commit how an attempt ended that is not the turn's last; no text of it is lost."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.execute(
                "UPDATE message SET state = ?, content = ?, ending = ?, owner = NULL WHERE id = ?",
                (TurnState.FAILED, _json(self._folded(str(stream))), _json(ending), str(stream)),
            )
            transaction.execute("DELETE FROM piece WHERE message = ?", (str(stream),))

    def end_turn(
        self, conversation: ConversationId, stream: StreamId, state: TurnState, reply: Reply, ending: Ending, now: float
    ) -> None:
        """Commit how a turn ended, fold its pieces, and go on from its reply if it brought one.

        A turn that ends between two attempts ends with an empty reply: what the last attempt brought stays.
        """
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.execute("DELETE FROM piece WHERE message = ?", (str(stream),))
            transaction.execute(
                "UPDATE message SET state = ?, content = iif(owner IS NULL, content, ?), ending = ?, owner = NULL "
                "WHERE id = ?",
                (state, _json(reply), _json(ending), str(stream)),
            )
            transaction.execute(
                "UPDATE message SET state = ?, ending = ?, owner = NULL WHERE id = ?",
                (state, _json(ending), stream.turn),
            )
            if reply.text or reply.tool_calls:
                transaction.execute("UPDATE conversation SET head = ? WHERE id = ?", (str(stream), conversation))
            transaction.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, conversation))

    def describe(self, conversation: Conversation) -> None:
        """Commit the model and the system prompt of a conversation, if it is kept."""
        self._connection.execute(
            "UPDATE conversation SET model = ?, system = ? WHERE id = ?",
            (conversation.model, conversation.system, conversation.id),
        )

    def interrupt_orphans(self, now: float) -> None:
        """Say of all that dead processes left unfinished that it was interrupted, and keep what came of it."""
        rows = self._connection.execute(
            "SELECT owner FROM message WHERE owner IS NOT NULL UNION SELECT owner FROM outbox"
        )
        for (owner,) in rows.fetchall():
            if not self._ownership.is_alive(owner):
                self._interrupt(owner, now)
        self._ownership.sweep()

    def _interrupt(self, owner: str, now: float) -> None:
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            waiting = transaction.execute(
                "SELECT place, conversation, prompt FROM outbox WHERE owner = ? ORDER BY place", (owner,)
            )
            for place, conversation, prompt in waiting.fetchall():
                self._insert_prompt(conversation, f"{owner}-{place}", prompt, owner, now)
            transaction.execute("DELETE FROM outbox WHERE owner = ?", (owner,))
            begun = transaction.execute(
                "SELECT id, conversation FROM message WHERE owner = ? AND role = ? ORDER BY place",
                (owner, Role.ASSISTANT),
            )
            for message, conversation in begun.fetchall():
                self._fold(message, conversation)
            transaction.execute(
                "UPDATE message SET state = ?, ending = ?, owner = NULL WHERE owner = ?",
                (TurnState.INTERRUPTED, _json(Stopped()), owner),
            )

    def _fold(self, message: str, conversation: str) -> None:
        reply = self._folded(message)
        self._connection.execute("UPDATE message SET content = ? WHERE id = ?", (_json(reply), message))
        self._connection.execute("DELETE FROM piece WHERE message = ?", (message,))
        if reply.text or reply.tool_calls:
            self._connection.execute("UPDATE conversation SET head = ? WHERE id = ?", (message, conversation))

    def _insert_prompt(self, conversation: str, message: str, prompt: str, owner: str, now: float) -> None:
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, state, content, model, owner, created) "
            "SELECT ?, id, head, ?, ?, ?, '', ?, ? FROM conversation WHERE id = ?",
            (message, Role.USER, TurnState.QUEUED, _json(Reply(prompt)), owner, now, conversation),
        )

    def _keep_conversation(self, conversation: Conversation, prompt: str, now: float) -> None:
        title = " ".join(prompt.split())[:_TITLE]
        self._connection.execute(
            "INSERT INTO conversation (id, title, model, system, updated) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET updated = excluded.updated",
            (conversation.id, title, conversation.model, conversation.system, now),
        )

    def _folded(self, message: str) -> Reply:
        rows = self._connection.execute("SELECT chunks FROM piece WHERE message = ? ORDER BY place", (message,))
        chunks = [chunk for (row,) in rows for chunk in msgspec.json.decode(row, type=tuple[Chunk, ...])]
        return Reply(
            "".join(chunk.text for chunk in chunks),
            "".join(chunk.thinking for chunk in chunks),
            tuple(call for chunk in chunks for call in chunk.tool_calls),
        )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
