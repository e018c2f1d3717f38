"""The comparisons on disk, in SQL: what is known of each, its columns, and what they bring to their parent."""

import sqlite3
from collections.abc import Iterable

import msgspec

from actors.archive_growth import ArchiveGrowth
from actors.archive_outbox import ArchiveOutbox
from actors.database import as_json, numbered
from protocol.chat import Attachment, Conversation, Role
from protocol.comparison import AnswersBrought, Brought, Column, ColumnKind, Comparison, ComparisonId, Contestant
from protocol.identity import ConversationId, ServerName, TurnId
from protocol.judging import verdict_of
from protocol.ui import TurnAccepted

Talks = Iterable[tuple[Conversation, str]]
"""Conversations, each with its title."""


class ArchiveComparisons:
    """Every method is a part of a transaction of the Archive."""

    def __init__(self, connection: sqlite3.Connection, outbox: ArchiveOutbox, growth: ArchiveGrowth) -> None:
        self._connection = connection
        self._outbox = outbox
        self._growth = growth

    def keep(self, comparison: Comparison, talks: Talks, now: float, attachments: tuple[Attachment, ...] = ()) -> None:
        """Have on disk what is known of a comparison. `talks`: its parent, then its columns.

        One that is new has its prompts wait in the columns, each with the `attachments`, and no more as one prompt in
        the parent.
        """
        for what, title in talks:
            self._add_talk(what, title, now)
        if self._add(comparison, now):
            self._outbox.take_back(comparison.conversation, comparison.prompt)
            for column in comparison.columns:
                waits = TurnAccepted(column.conversation, column.turn, comparison.prompt, attachments=attachments)
                self._outbox.accept(waits, now)
        for column in comparison.columns:
            self._add_column(comparison.id, column)
        self._change(comparison)

    def bring(self, event: AnswersBrought, talks: Talks, now: float) -> None:
        """Keep what is known of a comparison, add what the parent lacks, and move its head."""
        there = {one.answer: one.reply for one in self._brought(event.comparison.id)}
        self.keep(event.comparison, talks, now)
        answers = {one.reply: one.answer for one in event.comparison.brought}
        for node in (event.prompt, *event.replies):
            answer = answers.get(node.id)
            self._growth.graft(event.conversation, node, now, None if answer is None else there.get(answer))
        self._change(event.comparison)
        self._growth.move_head(event.conversation, event.head)
        self._connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, event.conversation))

    def _change(self, comparison: Comparison) -> None:
        """Another process may have the same conversation open: what it has brought, picked and heard stays.

        Answers are called in their parent as they are called here.
        """
        ours = tuple(Brought(one.answer, self._growth.name(one.reply)) for one in comparison.brought)
        known = {one.answer for one in ours}
        theirs = tuple(one for one in self._brought(comparison.id) if one.answer not in known)
        self._connection.execute(
            "UPDATE comparison SET picked = coalesce(?, picked), dropped = ?, brought = ?, offered = ?, "
            "verdict = coalesce(nullif(?, ''), verdict) WHERE id = ?",
            (
                comparison.picked,
                comparison.dropped,
                as_json((*theirs, *ours)),
                as_json(comparison.offered),
                comparison.verdict,
                comparison.id,
            ),
        )

    def _brought(self, comparison: ComparisonId) -> tuple[Brought, ...]:
        row = self._connection.execute("SELECT brought FROM comparison WHERE id = ?", (comparison,)).fetchone()
        return msgspec.json.decode(row[0], type=tuple[Brought, ...]) if row is not None else ()

    def _add(self, comparison: Comparison, now: float) -> bool:
        """True if it was not there; nothing is added where the parent is not kept."""
        added = self._connection.execute(
            "INSERT INTO comparison (id, conversation, anchor, turn, prompt, created) "
            "SELECT ?1, id, ?3, ?4, ?5, ?6 FROM conversation WHERE id = ?2 ON CONFLICT (id) DO NOTHING",
            numbered(
                comparison.id, comparison.conversation, comparison.anchor, comparison.turn, comparison.prompt, now
            ),
        )
        return bool(added.rowcount)

    def _add_talk(self, what: Conversation, title: str, now: float) -> None:
        self._connection.execute(
            "INSERT INTO conversation (id, title, folded, model, system, parameters, server, column_of, created, "
            "updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT (id) DO NOTHING",
            numbered(
                what.id,
                title,
                title.casefold(),
                what.model,
                what.system,
                as_json(what.parameters),
                what.server,
                what.column_of,
                now,
            ),
        )

    def _add_column(self, comparison: ComparisonId, column: Column) -> None:
        who = column.contestant
        self._connection.execute(
            "INSERT INTO comparison_column (comparison, conversation, turn, kind, model, server, preset, seed, shown) "
            "SELECT comparison.id, conversation.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM comparison, conversation "
            "WHERE comparison.id = ?1 AND conversation.id = ?2 ON CONFLICT (conversation) DO NOTHING",
            numbered(
                comparison,
                column.conversation,
                column.turn,
                column.kind,
                who.model,
                who.server,
                who.preset,
                who.seed,
                as_json(column.shown),
            ),
        )


def read_comparisons(connection: sqlite3.Connection, conversation: ConversationId) -> list[Comparison]:
    """The comparisons of a conversation, the earliest first."""
    rows = connection.execute(
        "SELECT id, anchor, turn, prompt, picked, dropped, brought, offered, verdict, created FROM comparison "
        "WHERE conversation = ? ORDER BY place",
        (conversation,),
    ).fetchall()
    return [
        Comparison(
            ComparisonId(name),
            conversation,
            anchor,
            TurnId(turn),
            prompt,
            tuple(_columns(connection, ComparisonId(name))),
            picked,
            bool(dropped),
            msgspec.json.decode(brought, type=tuple[Brought, ...]),
            msgspec.json.decode(offered, type=tuple[ConversationId, ...]),
            verdict,
            created,
        )
        for name, anchor, turn, prompt, picked, dropped, brought, offered, verdict, created in rows
    ]


def brings_more(connection: sqlite3.Connection, comparison: Comparison) -> bool:
    """Tell whether an answer was picked, and another one has come that is not in the parent."""
    rows = connection.execute(
        "SELECT message.id FROM comparison_column AS answering "
        "JOIN message ON message.conversation = answering.conversation "
        "WHERE comparison = ? AND kind <> ? AND role = ? AND parent = turn "
        "AND (text <> '' OR thinking <> '' OR tool_calls <> '[]' "
        "OR EXISTS (SELECT 1 FROM attachment WHERE attachment.message = message.id))",
        (comparison.id, ColumnKind.JUDGE, Role.ASSISTANT),
    )
    known = {one.answer for one in comparison.brought}
    return comparison.picked is not None and any(name not in known for (name,) in rows)


def lacks_verdict(connection: sqlite3.Connection, comparison: Comparison) -> bool:
    """Tell whether the last judge has said what is not known of the comparison yet."""
    judge = comparison.judge
    if judge is None:
        return False
    said = connection.execute(
        "SELECT text FROM message WHERE parent = ? AND role = ? AND text <> '' ORDER BY place DESC LIMIT 1",
        (judge.turn, Role.ASSISTANT),
    ).fetchone()
    return said is not None and verdict_of(comparison, judge, said[0]) != comparison.verdict


def _columns(connection: sqlite3.Connection, comparison: ComparisonId) -> Iterable[Column]:
    rows = connection.execute(
        "SELECT conversation, turn, kind, model, server, preset, seed, shown FROM comparison_column "
        "WHERE comparison = ? ORDER BY place",
        (comparison,),
    )
    for conversation, turn, kind, model, server, preset, seed, shown in rows:
        yield Column(
            ConversationId(conversation),
            Contestant(model, ServerName(server), preset, seed),
            TurnId(turn),
            ColumnKind(kind),
            msgspec.json.decode(shown, type=tuple[ConversationId, ...]),
        )
