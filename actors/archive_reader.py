"""What is on disk, read: the list of conversations, what was said in one of them, and where words were said."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from actors.archive_attachments import ArchiveAttachments
from actors.archive_comparisons import brings_more, lacks_verdict, read_comparisons
from actors.archive_growth import folded
from actors.archive_outbox import NAME_OF_TURN
from actors.archive_search import HIT, HIT_END, Query, as_query, excerpt
from actors.database import connect, numbered, read_only, snapshot
from actors.schema import MIGRATIONS, check, version_of
from protocol.chat import Role, ToolCall
from protocol.comparison import Comparison
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord, Draft, Hit, KeptConversation, WaitingPrompt
from protocol.parameter_changes import check_parameters
from protocol.parameters import NOTHING_SET, Parameters
from protocol.reply import Ending, Reply
from protocol.sleep import Account, account_of
from protocol.tree import Node
from protocol.turn import TurnState

logger = logging.getLogger(__name__)
_LAST = "\U0010ffff"
"""Comes after every character that follows a prefix."""
_DRAFTS = 200
_LISTED = "id, title, model, updated, unread"
_LISTED_ONLY = ("conversation.deleted IS NULL", "conversation.column_of IS NULL")
_SEARCHED = "conversation.id, conversation.title, conversation.model, conversation.updated, conversation.unread"


class ArchiveReader:
    """Reads over a connection that somebody else owns, or its own. Raises sqlite3.Error when that fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.attachments = ArchiveAttachments(connection)

    @classmethod
    def open(cls, path: Path) -> "ArchiveReader":
        """Open a file to read it only; one of an older version is brought up to date first.

        A file that is not there raises sqlite3.OperationalError; one that is newer, sqlite3.DatabaseError.
        """
        connection = read_only(path)
        try:
            seen = version_of(connection)
            check(seen)
            if seen < len(MIGRATIONS):
                connection.close()
                connect(path).close()
                connection = read_only(path)
        except (sqlite3.Error, OSError):
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        """Let go of a connection of its own."""
        self._connection.close()

    def conversations(self, limit: int) -> list[KeptConversation]:
        """The latest conversations, the latest first."""
        rows = self._connection.execute(
            f"SELECT {_LISTED} FROM conversation WHERE deleted IS NULL AND column_of IS NULL "
            "ORDER BY updated DESC, rowid DESC LIMIT ?",
            (limit,),
        )
        return [_listed(row) for row in rows]

    def find(self, wanted: str) -> KeptConversation | None:
        """The latest conversation of which `wanted` begins the id, or the title in either case; the last if empty."""
        if not wanted:
            return next(iter(self.conversations(1)), None)
        return self._named(wanted, "deleted IS NULL")

    def deleted(self, wanted: str) -> KeptConversation | None:
        """The same among those that are deleted, where the last one is that which was deleted last."""
        return self._named(wanted, "deleted IS NOT NULL")

    def record(
        self, wanted: ConversationId, owner: str | None = None, claimed: bool = False, light: bool = False
    ) -> ConversationRecord | None:
        """A whole conversation, also a deleted one; None if it is not kept. What came of a reply under way is in it.

        Whoever is at work on such a reply does not read it here: it is over, as it is when its process was killed.
        `owner`: only the prompts that wait for this process; `claimed`: only those that a turn will send; `light`: the
        bytes of images stay on disk.
        """
        with snapshot(self._connection):
            row = self._connection.execute(
                "SELECT title, model, system, created, updated, head, unread, parameters, server, column_of "
                "FROM conversation WHERE id = ?",
                (wanted,),
            ).fetchone()
            if row is None:
                return None
            title, model, system, created, updated, head, unread, parameters, server, column_of = row
            chosen = _parameters_of(wanted, parameters)
            messages, waiting = tuple(self._messages(wanted, light)), tuple(self._waiting(wanted, light))
            times, read = (created, updated), bool(unread)
            record = ConversationRecord(
                wanted, title, model, system, *times, head, read, messages, waiting, chosen, server, column_of
            ).settled()
            return replace(record, waiting=tuple(self._waiting(wanted, light, owner, claimed))) if owner else record

    def comparisons(self, conversation: ConversationId) -> list[Comparison]:
        """The comparisons of a conversation, the earliest first."""
        with snapshot(self._connection):
            return read_comparisons(self._connection, conversation)

    def brings_more(self, comparison: Comparison) -> bool:
        """Tell whether an answer of a comparison has still to be brought to its parent, or what its judge has said."""
        return brings_more(self._connection, comparison) or lacks_verdict(self._connection, comparison)

    def parent(self, conversation: ConversationId) -> ConversationId:
        """The conversation of which this is a column; itself, if it is none."""
        row = self._connection.execute(
            "SELECT coalesce(column_of, id) FROM conversation WHERE id = ?", (conversation,)
        ).fetchone()
        return conversation if row is None else ConversationId(row[0])

    def waits(self, conversation: ConversationId, owner: str) -> bool:
        """Tell whether a prompt waits in it for this process."""
        return next(self._waiting(conversation, True, owner), None) is not None

    def account(self, conversation: ConversationId) -> Account | None:
        """What is there of a conversation, one message at a time; None if it is not kept."""
        with snapshot(self._connection):
            row = self._connection.execute("SELECT head FROM conversation WHERE id = ?", (conversation,)).fetchone()
            return None if row is None else account_of(row[0], self._messages(conversation, light=True))

    def records(self) -> Iterator[ConversationRecord]:
        """Every conversation that is not deleted, the oldest first, one at a time."""
        rows = self._connection.execute(
            "SELECT id FROM conversation WHERE deleted IS NULL AND column_of IS NULL ORDER BY created, rowid"
        )
        for (conversation,) in rows.fetchall():
            record = self.record(conversation)
            if record is not None:
                yield record

    def search(self, words: str, limit: int) -> list[Hit]:
        """The latest messages in which all words occur, the last one also as the beginning of a word: in what was said,
        or in one of the texts that went with it."""
        query = as_query(words)
        if not (query.match or query.patterns):
            return []
        found: dict[MessageId, tuple[int, Hit]] = {}
        for place, hit in (*self._said(query, limit), *self._attached(query, limit)):
            found.setdefault(hit.message, (place, hit))
        latest = sorted(found.values(), key=lambda one: one[0], reverse=True)
        return [hit for _, hit in latest[:limit]]

    def _said(self, query: Query, limit: int) -> list[tuple[int, Hit]]:
        source = "message_text CROSS JOIN message ON message.place = message_text.rowid" if query.match else "message"
        place = "message_text.rowid" if query.match else "message.place"
        return self._hits(query, limit, "message_text", "message.text", source, place)

    def _attached(self, query: Query, limit: int) -> list[tuple[int, Hit]]:
        place = "attachment_text.rowid" if query.match else "attached_text.place"
        source = (
            f"{place.partition('.')[0]} CROSS JOIN attachment ON attachment.place = {place} "
            "CROSS JOIN message ON message.id = attachment.message"
        )
        text = "attachment_text.text" if query.match else "attached_text.text"
        return self._hits(query, limit, "attachment_text", text, source, place)

    def _hits(self, query: Query, limit: int, index: str, text: str, source: str, place: str) -> list[tuple[int, Hit]]:
        """What was found, with the places of the messages, the latest first."""
        marked = f"highlight({index}, 0, '{HIT}', '{HIT_END}')" if query.match else text
        conditions = [*([f"{index} MATCH ?"] if query.match else []), *_LISTED_ONLY]
        conditions += [f"{text} LIKE ? ESCAPE '\\'"] * len(query.patterns)
        rows = self._connection.execute(
            f"SELECT message.place, message.id, message.role, {marked}, {_SEARCHED} FROM {source} "
            f"CROSS JOIN conversation ON conversation.id = message.conversation WHERE {' AND '.join(conditions)} "
            f"ORDER BY {place} DESC LIMIT ?",
            (*([query.match] if query.match else []), *query.patterns, limit),
        )
        return [
            (at, Hit(_listed(about), MessageId(message), Role(role), excerpt(said, query.parts)))
            for at, message, role, said, *about in rows
        ]

    def inputs(self, limit: int) -> tuple[str, ...]:
        """The latest texts that were typed, the oldest first."""
        rows = self._connection.execute("SELECT text FROM input ORDER BY place DESC LIMIT ?", (limit,)).fetchall()
        return tuple(text for (text,) in reversed(rows))

    def drafts(self) -> tuple[Draft, ...]:
        """What is written and not sent, the latest first."""
        rows = self._connection.execute(
            "SELECT conversation, text, EXISTS (SELECT 1 FROM conversation WHERE id = draft.conversation) "
            "FROM draft ORDER BY changed DESC, rowid DESC LIMIT ?",
            (_DRAFTS,),
        )
        return tuple(Draft(ConversationId(name), text, bool(kept)) for name, text, kept in rows)

    def _named(self, wanted: str, condition: str) -> KeptConversation | None:
        begins = wanted.encode(errors="replace").decode()
        folds = begins.casefold()
        row = self._connection.execute(
            f"SELECT {_LISTED} FROM conversation WHERE {condition} AND column_of IS NULL AND rowid IN ("
            "SELECT rowid FROM conversation WHERE id >= ?1 AND id < ?1 || ?3 "
            "UNION SELECT rowid FROM conversation WHERE folded >= ?2 AND folded < ?2 || ?3) "
            "ORDER BY id = ?1 DESC, coalesce(deleted, updated) DESC, rowid DESC LIMIT 1",
            numbered(begins, folds, _LAST),
        ).fetchone()
        return _listed(row) if row is not None else None

    def _messages(self, conversation: ConversationId, light: bool) -> Iterator[Node]:
        attachments = self.attachments.of_conversation(conversation, light)
        rows = self._connection.execute(
            "SELECT id, parent, role, text, thinking, tool_calls, state, ending, model, created, owner, keeps "
            "FROM message WHERE conversation = ? ORDER BY place",
            (conversation,),
        )
        for name, parent, role, text, thinking, calls, state, ending, model, created, owner, keeps in rows:
            with_it = tuple(attachments.get(name, ()))
            reply = Reply(text, thinking, msgspec.json.decode(calls, type=tuple[ToolCall, ...]), with_it)
            if owner is not None and role == Role.ASSISTANT:
                reply = folded(self._connection, name)
            yield Node(
                name,
                parent,
                Role(role),
                reply.text,
                reply.thinking,
                reply.tool_calls,
                TurnState(state),
                msgspec.json.decode(ending, type=Ending) if ending is not None else None,
                model,
                created,
                reply.images,
                keeps,
            )

    def _waiting(
        self, conversation: ConversationId, light: bool, owner: str | None = None, claimed: bool = False
    ) -> Iterator[WaitingPrompt]:
        """A prompt that no turn has claimed has the name that whoever adopts it will give it."""
        rows = self._connection.execute(
            f"SELECT place, {NAME_OF_TURN}, prompt, again, continues, keeps FROM outbox WHERE conversation = ? "
            "AND owner = coalesce(?, owner) AND (turn IS NOT NULL OR NOT ?) ORDER BY position, place",
            (conversation, owner, claimed),
        )
        for place, turn, prompt, again, continues, keeps in rows.fetchall():
            with_it = self.attachments.of("waiting", place, light)
            yield WaitingPrompt(TurnId(turn), prompt, bool(again), continues, with_it, keeps)


def _parameters_of(conversation: ConversationId, kept: str) -> Parameters:
    """What cannot have been set here is not worth the chat: then nothing is set."""
    try:
        return check_parameters(msgspec.json.decode(kept, type=Parameters))
    except (ValueError, msgspec.MsgspecError) as error:
        logger.warning("what was set in the chat %s cannot be read: %s", conversation, error)
        return NOTHING_SET


def _listed(row: Any) -> KeptConversation:
    name, title, model, updated, unread = row
    return KeptConversation(ConversationId(name), title, model, updated, bool(unread))
