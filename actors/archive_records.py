"""Whole conversations put into the archive, in SQL: what is forked and what is imported."""

import sqlite3

from actors.archive_outbox import ArchiveOutbox
from actors.database import as_json, numbered
from protocol.chat import Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord
from protocol.reply import Stopped
from protocol.tree import Node
from protocol.turn import ENDED, TurnState


class ArchiveRecords:
    """Adds what is missing, and neither removes nor overwrites a message. A part of a transaction of the Archive."""

    def __init__(self, connection: sqlite3.Connection, outbox: ArchiveOutbox) -> None:
        self._connection = connection
        self._outbox = outbox

    def keep(self, record: ConversationRecord) -> None:
        """Add a conversation. Raises sqlite3.IntegrityError for a message of another one, or one without its parent."""
        self._keep_conversation(record)
        kept = self._messages(record.id)
        for node in record.messages:
            if node.id not in kept:
                self._add_message(record, node, kept)
                kept.add(node.id)
            self._outbox.attachments.add_missing(node.id, node.attachments)
        if record.head is not None and record.head not in kept:
            raise sqlite3.IntegrityError(f"the head {record.head} is not in the chat {record.id}")
        self._connection.execute(
            "UPDATE conversation SET head = coalesce(head, ?) WHERE id = ?", (record.head, record.id)
        )
        for waiting in record.waiting:
            self._check_turn(record.id, MessageId(waiting.turn))
            if waiting.again == (
                MessageId(waiting.turn) in kept
            ):  # else it was sent here meanwhile, or cannot be asked again
                self._outbox.bring(record.id, waiting, record.updated)

    def _keep_conversation(self, record: ConversationRecord) -> None:
        """One that is there keeps its title and settings. What is brought again is not deleted any more."""
        self._connection.execute(
            "INSERT INTO conversation (id, title, folded, model, system, parameters, server, created, updated, "
            "unread) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET deleted = NULL",
            (
                record.id,
                record.title,
                record.title.casefold(),
                record.model,
                record.system,
                as_json(record.parameters),
                record.server,
                record.created,
                record.updated,
                record.unread,
            ),
        )

    def _add_message(self, record: ConversationRecord, node: Node, kept: set[MessageId]) -> None:
        if node.parent is not None and node.parent not in kept:
            raise sqlite3.IntegrityError(f"the message {node.id} follows {node.parent}, which is not there")
        state, ending = node.state, node.ending
        waits = node.role is Role.USER and any(MessageId(waiting.turn) == node.id for waiting in record.waiting)
        if state not in ENDED:  # it was under way where it comes from; here nobody is at work for it
            state, ending = (TurnState.WAITING_FOR_SERVER, None) if waits else (TurnState.INTERRUPTED, Stopped())
        self._connection.execute(
            "INSERT INTO message (id, conversation, parent, role, state, text, thinking, tool_calls, ending, model, "
            "created, keeps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                node.id,
                record.id,
                node.parent,
                node.role,
                state,
                node.text,
                node.thinking,
                as_json(node.tool_calls),
                as_json(ending) if ending is not None else None,
                node.model,
                node.created or record.updated,
                node.keeps,
            ),
        )

    def _check_turn(self, conversation: ConversationId, turn: MessageId) -> None:
        elsewhere = self._connection.execute(
            "SELECT 1 FROM outbox WHERE turn = ?1 AND conversation IS NOT ?2 "
            "UNION SELECT 1 FROM message WHERE id = ?1 AND conversation IS NOT ?2",
            numbered(turn, conversation),
        ).fetchone()
        if elsewhere is not None:
            raise sqlite3.IntegrityError(f"the prompt {turn} is in another chat")

    def _messages(self, conversation: ConversationId) -> set[MessageId]:
        rows = self._connection.execute("SELECT id FROM message WHERE conversation = ?", (conversation,))
        return {MessageId(message) for (message,) in rows}
