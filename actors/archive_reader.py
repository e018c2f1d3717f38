"""What is on disk, read: the list of conversations, and one of them as it was."""

import sqlite3
from pathlib import Path
from typing import NamedTuple

import msgspec

from protocol.chat import ChatMessage, Conversation, Role
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.kept import KeptConversation
from protocol.reply import Ending, Reply, Stopped
from protocol.turn import TurnState
from protocol.ui import TurnAccepted, TurnEnded, TurnMoved


class _Row(NamedTuple):
    id: str
    parent: str | None
    role: str
    state: str
    content: str
    ending: str | None
    model: str


ToldOfTurn = TurnAccepted | TurnMoved | TurnEnded


class ArchiveReader:
    """Reads over a connection that somebody else owns, or its own. Raises sqlite3.Error when that fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "ArchiveReader":
        """Open a file to read it only. A file that is not there raises sqlite3.OperationalError."""
        return cls(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))

    def conversations(self, limit: int) -> list[KeptConversation]:
        """The latest conversations, the latest first."""
        rows = self._connection.execute(
            "SELECT id, title, model, updated FROM conversation ORDER BY updated DESC, rowid DESC LIMIT ?", (limit,)
        )
        return [KeptConversation(*row) for row in rows]

    def find(self, wanted: str) -> KeptConversation | None:
        """The latest conversation of which `wanted` begins the id, or the title in either case; the last if empty."""
        folded = wanted.casefold()
        every = self.conversations(-1 if wanted else 1)
        return next(
            (one for one in every if one.id.startswith(wanted) or one.title.casefold().startswith(folded)), None
        )

    def conversation(self, wanted: ConversationId) -> Conversation | None:
        """A conversation as the next prompt will follow it: the path from its beginning to its head."""
        row = self._connection.execute(
            "SELECT model, system, head FROM conversation WHERE id = ?", (wanted,)
        ).fetchone()
        if row is None:
            return None
        model, system, head = row
        messages = {message.id: message for message in self._messages(wanted)}
        path: list[ChatMessage] = []
        while head is not None:
            message = messages[head]
            path.append(ChatMessage(Role(message.role), _reply(message).text, tool_calls=_reply(message).tool_calls))
            head = message.parent
        return Conversation(wanted, model, system, tuple(reversed(path)))

    def talk(self, wanted: ConversationId) -> list[ToldOfTurn]:
        """Everything that was said in a conversation, in the words in which the UI was told."""
        told: list[ToldOfTurn] = []
        rows = self._messages(wanted)
        replies = {row.parent: row for row in rows if row.role == Role.ASSISTANT}
        for row in rows:
            if row.role == Role.USER:
                turn = TurnId(row.id)
                told.append(TurnAccepted(wanted, turn, _reply(row).text))
                told.extend(_reply_told(wanted, turn, row, replies.get(row.id)))
        return told

    def _messages(self, conversation: ConversationId) -> list[_Row]:
        rows = self._connection.execute(
            "SELECT id, parent, role, state, content, ending, model FROM message WHERE conversation = ? ORDER BY place",
            (conversation,),
        )
        return [_Row(*row) for row in rows]


def _reply_told(conversation: ConversationId, turn: TurnId, prompt: _Row, reply: _Row | None) -> list[ToldOfTurn]:
    last = reply or prompt
    ending = msgspec.json.decode(last.ending, type=Ending) if last.ending else Stopped()
    stream = StreamId(turn, int(reply.id.rpartition("#")[2]) if reply else 0)
    brought = _reply(reply) if reply else Reply()
    begun: list[ToldOfTurn] = [TurnMoved(conversation, stream, TurnState.CONNECTING, reply.model)] if reply else []
    return [*begun, TurnEnded(conversation, stream, TurnState(last.state), brought, ending)]


def _reply(row: _Row) -> Reply:
    return msgspec.json.decode(row.content, type=Reply)
