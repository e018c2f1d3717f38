"""What is missing on disk of a conversation of this run, put there from what is known of it in memory, in SQL."""

import sqlite3

from actors.archive_growth import ArchiveGrowth
from actors.archive_outbox import ArchiveOutbox, OutboxRow
from actors.database import as_json, numbered
from protocol.chat import Role
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt, title_of
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import PromptReworded, TurnAccepted


class ArchiveMending:
    """Every method is a part of a transaction of the Archive. `owner` names this process."""

    def __init__(
        self, connection: sqlite3.Connection, outbox: ArchiveOutbox, growth: ArchiveGrowth, owner: str
    ) -> None:
        self._connection = connection
        self._outbox = outbox
        self._growth = growth
        self._owner = owner

    def mend(self, record: ConversationRecord, now: float) -> str:
        """Make the conversation what the record says, and return its title. What came of replies under way, which it
        lacks, stays."""
        said = [*(node.text for node in record.messages), *(waiting.prompt for waiting in record.waiting)]
        title = record.title or title_of(said[0])
        self._connection.execute(
            "INSERT INTO conversation (id, title, folded, model, system, parameters, server, column_of, created, "
            "updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT (id) DO NOTHING",
            numbered(
                record.id,
                title,
                title.casefold(),
                record.model,
                record.system,
                as_json(record.parameters),
                record.server,
                record.column_of,
                now,
            ),
        )
        waiting = {MessageId(prompt.turn) for prompt in record.waiting}
        for node in record.messages:
            self._mend_message(record.id, node, node.id in waiting, now)
        head = None if record.head is None else self._growth.name(record.head)
        (called,) = self._connection.execute(
            "UPDATE conversation SET head = ? WHERE id = ? RETURNING title", (head, record.id)
        ).fetchone()
        self._mend_outbox(record, now)
        return str(called)

    def _mend_message(self, conversation: ConversationId, node: Node, waits: bool, now: float) -> None:
        found = self._connection.execute(
            "SELECT ending IS NULL FROM message WHERE id = ?", (self._growth.name(node.id),)
        ).fetchone()
        under_way = node.ending is None and not waits
        state = TurnState.WAITING_FOR_SERVER if node.ending is None and waits else node.state
        if found is None:
            self._add(conversation, node, state, under_way, now)
        elif bool(found[0]) is not (node.ending is None):
            self._change(node, state, under_way)

    def _add(self, conversation: ConversationId, node: Node, state: TurnState, under_way: bool, now: float) -> None:
        if node.role is Role.USER and self._outbox.row(TurnId(node.id)) is None:
            self._outbox.take_back(conversation, node.text)  # it was kept, and its turn did not claim it
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, state, text, thinking, tool_calls, ending, model, "
            "owner, created, keeps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                node.id,
                conversation,
                None if node.parent is None else self._growth.name(node.parent),
                node.role,
                state,
                node.text,
                node.thinking,
                as_json(node.tool_calls),
                _ending(node),
                node.model,
                self._owner if under_way else None,
                node.created or now,
                node.keeps,
            ),
        )
        self._outbox.attachments.add("message", node.id, node.attachments)
        if node.role is Role.ASSISTANT:
            self._growth.call(node.id)

    def _change(self, node: Node, state: TurnState, under_way: bool) -> None:
        name = self._growth.name(node.id)
        self._connection.execute("DELETE FROM piece WHERE message = ?", (name,))
        self._connection.execute(
            "UPDATE message SET text = ?, thinking = ?, tool_calls = ?, state = ?, ending = ?, owner = ? WHERE id = ?",
            (
                node.text,
                node.thinking,
                as_json(node.tool_calls),
                state,
                _ending(node),
                self._owner if under_way else None,
                name,
            ),
        )
        if node.role is Role.ASSISTANT:
            self._outbox.attachments.replace("message", name, node.attachments)

    def _mend_outbox(self, record: ConversationRecord, now: float) -> None:
        for prompt in record.waiting:
            about = prompt.prompt, prompt.again, prompt.continues, prompt.attachments, prompt.keeps
            event = TurnAccepted(record.id, prompt.turn, *about)
            self._outbox.accept(event, now)
            row = self._outbox.row(prompt.turn)
            if row is not None and (row.prompt != prompt.prompt or self._lacks(row, prompt)):
                self._outbox.reword(PromptReworded(record.id, prompt.turn, prompt.prompt, prompt.attachments))
        self._outbox.reorder([prompt.turn for prompt in record.waiting])
        kept = self._connection.execute(
            "SELECT turn FROM outbox WHERE conversation = ? AND owner = ? AND turn IS NOT NULL",
            (record.id, self._owner),
        ).fetchall()
        waiting = {prompt.turn for prompt in record.waiting}
        for (turn,) in kept:
            if turn not in waiting:
                self._outbox.remove(turn)

    def _lacks(self, row: OutboxRow, prompt: WaitingPrompt) -> bool:
        """Tell whether what goes with a prompt of a comparison was not heard of when the prompt was."""
        return bool(prompt.attachments) and not self._outbox.attachments.of("waiting", row.place, light=True)


def _ending(node: Node) -> str | None:
    return as_json(node.ending) if node.ending is not None else None
