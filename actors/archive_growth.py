"""How the trees on disk grow with the turns, in SQL: by the rules of `actors.growth`, which holds them in memory.

Every method is a part of a transaction of the Archive. What is under way carries the name of its owner.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import count

import msgspec

from actors.archive_outbox import ArchiveOutbox, OutboxRow
from actors.database import as_json, numbered
from protocol.chat import Role
from protocol.frames import Chunk
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import WaitingPrompt
from protocol.reply import Ending, Reply, Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import TurnEnded


class ArchiveGrowth:
    """The messages of all conversations, while they come about. `owner` names this process."""

    def __init__(self, connection: sqlite3.Connection, outbox: ArchiveOutbox, owner: str) -> None:
        self._connection = connection
        self._outbox = outbox
        self._owner = owner
        self._names: dict[MessageId, MessageId] = {}
        """What the attempts of this process are called here: where another process, which has the same conversation
        open, was faster to make an attempt of this number, the next one that is free."""

    def over(self, connection: sqlite3.Connection, outbox: ArchiveOutbox) -> "ArchiveGrowth":
        """The same over another connection: what the attempts are called here stays."""
        other = ArchiveGrowth(connection, outbox, self._owner)
        other._names.update(self._names)
        return other

    def call(self, message: MessageId) -> None:
        """An attempt of this process is called here as it is."""
        self._names[message] = message

    def forget_names(self) -> None:
        """From now on the Coordinator too calls the messages as they are called here."""
        self._names = {name: name for name in self._names.values()}

    def begin(self, stream: StreamId, model: str, now: float) -> None:
        """Make room for what an attempt brings. The prompt follows what was said until now, not until it was typed."""
        if stream.message in self._names and self._has(self._names[stream.message]):
            return
        reply = self._names[stream.message] = self._free(stream)
        row = self._outbox.row(stream.turn)
        if not self._has(MessageId(stream.turn)) and row is not None:
            self._add_prompt(stream.turn, row, TurnState.CONNECTING, None)
        self._connection.execute(
            "UPDATE message SET state = ?, ending = NULL, owner = ? WHERE id = ?",
            (TurnState.CONNECTING, self._owner, stream.turn),
        )
        continues, position = (row.continues, row.position) if row is not None else self._last_attempt(stream.turn)
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, state, text, model, owner, continues, position, "
            "created) SELECT ?, conversation, id, ?, ?, '', ?, ?, ?, ?, ? FROM message WHERE id = ?",
            (
                reply,
                Role.ASSISTANT,
                TurnState.CONNECTING,
                model,
                self._owner,
                continues,
                position,
                now,
                stream.turn,
            ),
        )
        self._connection.execute(
            "UPDATE conversation SET head = ?1 WHERE id = (SELECT conversation FROM message WHERE id = ?1)",
            numbered(reply),
        )
        self._outbox.remove(stream.turn)

    def add_pieces(self, pieces: Iterable[tuple[StreamId, tuple[Chunk, ...]]]) -> None:
        """Append to replies under way. Costs what these pieces cost, however long the replies are."""
        self._connection.executemany(
            "INSERT INTO piece (message, chunks) SELECT id, ? FROM message WHERE id = ? AND owner = ?",
            [(as_json(chunks), self.name(stream.message), self._owner) for stream, chunks in pieces],
        )

    def end_attempt(self, stream: StreamId, ending: Ending) -> None:
        """Note how an attempt ended that is not the turn's last; no text of it is lost."""
        reply = self.name(stream.message)
        if self._is_under_way(reply):
            self._end_reply(reply, folded(self._connection, reply), TurnState.FAILED, ending)

    def park(self, stream: StreamId, ending: Ending, now: float) -> None:
        """End an attempt, and have its turn wait until it can be asked again. One that made none waits already."""
        if not stream.attempt:
            return
        self.end_attempt(stream, ending)
        asked = self._connection.execute(
            "UPDATE message SET state = ?, ending = NULL, owner = NULL WHERE id = ? "
            "RETURNING conversation, text, keeps",
            (TurnState.WAITING_FOR_SERVER, stream.turn),
        ).fetchone()
        if asked is not None:
            conversation, prompt, keeps = asked
            continues, position = self._last_attempt(stream.turn)
            waiting = WaitingPrompt(stream.turn, prompt, again=True, continues=continues, keeps=keeps)
            self._outbox.put_back(conversation, waiting, position, now)

    def end(self, event: TurnEnded, now: float) -> None:
        """Note how a turn ended. What its last attempt brought stays if that had ended before."""
        stream, prompt = event.stream, MessageId(event.stream.turn)
        if stream.attempt and not event.reply.empty:
            self.begin(stream, "", now)  # unless it is there: it is only missing where the disk refused it
        row = self._outbox.row(stream.turn)
        reply = self.name(stream.message)
        if self._is_under_way(reply):
            brought = folded(self._connection, reply) if event.as_told else event.reply
            self._end_reply(reply, brought, event.state, event.ending)
        if self._has(prompt):  # one that was asked again in vain keeps the end that it had
            self._connection.execute(
                "UPDATE message SET state = ?, ending = ?, owner = NULL WHERE id = ? AND ending IS NULL",
                (event.state, as_json(event.ending), prompt),
            )
        elif row is not None:
            self._add_prompt(stream.turn, row, event.state, event.ending)
            self._connection.execute("UPDATE conversation SET head = ? WHERE id = ?", (prompt, row.conversation))
        self._outbox.remove(stream.turn)
        self._connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, event.conversation))

    def move_head(self, conversation: ConversationId, head: MessageId | None) -> None:
        """Have the next prompt follow this message. Raises sqlite3.IntegrityError for one of another conversation."""
        head = None if head is None else self.name(head)
        if (
            head is not None
            and self._connection.execute(
                "SELECT 1 FROM conversation WHERE id = ? AND NOT EXISTS "
                "(SELECT 1 FROM message WHERE message.id = ? AND conversation = conversation.id)",
                (conversation, head),
            ).fetchone()
        ):
            raise sqlite3.IntegrityError(f"the message {head} is not in the chat {conversation}")
        self._connection.execute("UPDATE conversation SET head = ? WHERE id = ?", (head, conversation))

    def graft(self, conversation: ConversationId, node: Node, now: float, same: MessageId | None = None) -> None:
        """Add a message that came about elsewhere, and has ended. One that is there already stays as it is.

        `same`: what another process has called it; it is that one, unless less of it had come by then.
        """
        is_reply = node.role is Role.ASSISTANT
        if node.id not in self._names and same is not None and self._covers(same, node):
            self._names[node.id] = same
        if (node.id in self._names or not is_reply) and self._has(self.name(node.id)):
            return
        if is_reply:
            self._names[node.id] = self._free(StreamId.of(node.id))
        parent = None if node.parent is None else self.name(node.parent)
        ending = as_json(node.ending) if node.ending is not None else None
        said = node.text, node.thinking, as_json(node.tool_calls), node.state, ending, node.model
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, text, thinking, tool_calls, state, ending, model, "
            "created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.name(node.id), conversation, parent, node.role, *said, node.created or now),
        )
        self._outbox.attachments.add("message", self.name(node.id), node.attachments)

    def interrupt(self, dead: Sequence[str]) -> None:
        """Say of all that dead processes left unfinished that it was interrupted, and keep what came of it."""
        marks = ", ".join("?" * len(dead))
        begun = self._connection.execute(
            f"SELECT id, role FROM message WHERE owner IN ({marks}) ORDER BY place", dead
        ).fetchall()
        for message, role in begun:
            if role == Role.ASSISTANT:
                reply = folded(self._connection, message)
                self._end_reply(message, reply, TurnState.INTERRUPTED, Stopped())
        self._connection.executemany(
            "UPDATE message SET state = ?, ending = ?, owner = NULL WHERE id = ?",
            [(TurnState.INTERRUPTED, as_json(Stopped()), message) for message, role in begun if role == Role.USER],
        )

    def _add_prompt(self, turn: TurnId, row: OutboxRow, state: TurnState, ending: Ending | None) -> None:
        values = (
            turn,
            Role.USER,
            state,
            row.prompt,
            as_json(ending) if ending else None,
            row.created,
            row.keeps,
            row.conversation,
        )
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, state, text, ending, created, keeps) "
            "SELECT ?, id, head, ?, ?, ?, ?, ?, ? FROM conversation WHERE id = ?",
            values,
        )
        self._outbox.attachments.hand_over(row.place, turn)

    def _end_reply(self, message: MessageId, reply: Reply, state: TurnState, ending: Ending) -> None:
        self._connection.execute("DELETE FROM piece WHERE message = ?", (message,))
        self._connection.execute(
            "UPDATE message SET text = ?, thinking = ?, tool_calls = ?, state = ?, ending = ?, owner = NULL "
            "WHERE id = ?",
            (reply.text, reply.thinking, as_json(reply.tool_calls), state, as_json(ending), message),
        )
        self._outbox.attachments.replace("message", message, reply.images)

    def _last_attempt(self, turn: TurnId) -> tuple[MessageId | None, int | None]:
        """With what a further attempt goes on, and where its turn belongs in the outbox."""
        found = self._connection.execute(
            "SELECT continues, position FROM message WHERE parent = ? AND role = ? ORDER BY place DESC LIMIT 1",
            (turn, Role.ASSISTANT),
        ).fetchone()
        return found if found is not None else (None, None)

    def name(self, message: MessageId) -> MessageId:
        """What a message is called here."""
        return self._names.get(message, message)

    def _free(self, stream: StreamId) -> MessageId:
        names = (StreamId(stream.turn, attempt).message for attempt in count(stream.attempt))
        return next(name for name in names if not self._has(name))

    def _has(self, message: MessageId) -> bool:
        return self._connection.execute("SELECT 1 FROM message WHERE id = ?", (message,)).fetchone() is not None

    def _covers(self, message: MessageId, node: Node) -> bool:
        """Tell whether all that a node says is in a message that is here."""
        found = self._connection.execute("SELECT text, thinking FROM message WHERE id = ?", (message,)).fetchone()
        if found is None:
            return False
        text, thinking = found
        return str(text).startswith(node.text) and str(thinking).startswith(node.thinking)

    def _is_under_way(self, message: MessageId) -> bool:
        found = self._connection.execute("SELECT 1 FROM message WHERE id = ? AND owner = ?", (message, self._owner))
        return found.fetchone() is not None


def folded(connection: sqlite3.Connection, message: MessageId) -> Reply:
    """All that came of a reply under way, piece by piece."""
    rows = connection.execute("SELECT chunks FROM piece WHERE message = ? ORDER BY place", (message,))
    chunks = [chunk for (row,) in rows for chunk in msgspec.json.decode(row, type=tuple[Chunk, ...])]
    return Reply(
        "".join(chunk.text for chunk in chunks),
        "".join(chunk.thinking for chunk in chunks),
        tuple(call for chunk in chunks for call in chunk.tool_calls),
        tuple(image for chunk in chunks for image in chunk.images),
    )
