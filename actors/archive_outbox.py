"""The prompts on disk that are still to be sent, in SQL. Every method is a part of a transaction of the Archive."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from actors.archive_attachments import ArchiveAttachments
from actors.database import numbered
from protocol.chat import Attachment
from protocol.identity import ConversationId, TurnId
from protocol.kept import WaitingPrompt
from protocol.ui import PromptReworded, TurnAccepted

NAME_OF_TURN = "coalesce(turn, owner || '-' || place)"
"""SQL: the turn of a row; of one that no turn has claimed, the one that will when another process adopts it."""

_NEXT = "(SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'outbox')"
_OLDEST_UNCLAIMED = (
    "(SELECT place FROM outbox WHERE conversation = ? AND prompt = ? AND owner = ? AND turn IS NULL "
    "ORDER BY place LIMIT 1)"
)
_OLDEST_UNCLAIMED_ANYWHERE = (
    "(SELECT place FROM outbox WHERE prompt = ? AND owner = ? AND turn IS NULL ORDER BY place LIMIT 1)"
)


class OutboxRow(NamedTuple):
    """What is known of a turn that waits."""

    place: int
    conversation: ConversationId
    prompt: str
    position: int
    continues: str | None
    created: float
    keeps: int | None


class ArchiveOutbox:
    """The outbox of this process, and those of the dead. `owner` names this process."""

    def __init__(self, connection: sqlite3.Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner
        self.attachments = ArchiveAttachments(connection)
        """What goes with prompts, and with messages."""

    def keep(
        self, conversation: ConversationId, prompt: str, now: float, attachments: Sequence[Attachment] = ()
    ) -> None:
        """Add a prompt that no turn has claimed yet."""
        added = self._connection.execute(
            f"INSERT INTO outbox (position, conversation, prompt, owner, created) VALUES ({_NEXT}, ?, ?, ?, ?)",
            (conversation, prompt, self._owner, now),
        )
        self.attachments.add("waiting", added.lastrowid or 0, attachments)

    def take_back(self, conversation: ConversationId, prompt: str) -> None:
        """Remove the oldest prompt of these words that no turn has claimed."""
        self._connection.execute(
            f"DELETE FROM outbox WHERE place = {_OLDEST_UNCLAIMED}", (conversation, prompt, self._owner)
        )

    def accept(self, event: TurnAccepted, now: float) -> None:
        """Give a prompt its turn. One that has it already stays; where none was kept, one is added."""
        claim = (event.conversation, event.prompt, self._owner)
        if self.row(event.turn) is not None:
            return
        if not event.again:  # one that is asked again was not typed: an equal one that was is another turn's
            claimed = self._connection.execute(
                f"UPDATE outbox SET turn = ?, continues = ?, keeps = ? WHERE place = {_OLDEST_UNCLAIMED}",
                (event.turn, event.continues, event.keeps, *claim),
            )
            if claimed.rowcount:
                return
        with_it = () if event.again else event.attachments
        about = event.prompt, event.again, event.continues, with_it, event.keeps
        waiting = WaitingPrompt(event.turn, *about)
        self._add(event.conversation, waiting, now)

    def reword(self, event: PromptReworded) -> None:
        """Change what a turn will say; the words were kept as a prompt of their own, which goes.

        They were written where the user was: in another conversation maybe, which goes too if that was all of it.
        """
        written_in = self._connection.execute(
            f"DELETE FROM outbox WHERE place = {_OLDEST_UNCLAIMED_ANYWHERE} RETURNING conversation",
            (event.prompt, self._owner),
        ).fetchone()
        if written_in is not None:
            self.remove_if_empty(ConversationId(*written_in))
        self._connection.execute("UPDATE outbox SET prompt = ? WHERE turn = ?", (event.prompt, event.turn))
        row = self.row(event.turn)
        if row is not None:
            self.attachments.replace("waiting", row.place, event.attachments)

    def reorder(self, turns: Sequence[TurnId]) -> None:
        """Bring all rows of this process into the order of these turns. What is no such turn yet comes after them."""
        rows = self._connection.execute(
            "SELECT place, turn, position FROM outbox WHERE owner = ? ORDER BY position, place", (self._owner,)
        ).fetchall()
        rank = {turn: number for number, turn in enumerate(turns)}
        ordered = sorted(rows, key=lambda row: rank.get(row[1], len(rank)))
        positions = [position for _, _, position in rows]
        self._connection.executemany(
            "UPDATE outbox SET position = ? WHERE place = ?",
            [(position, place) for position, (place, _, _) in zip(positions, ordered, strict=True)],
        )

    def put_back(self, conversation: ConversationId, prompt: WaitingPrompt, position: int | None, now: float) -> None:
        """Have a turn that was under way wait again, where it was before: ahead of what was typed later."""
        self._add(conversation, prompt, now, position=position)

    def bring(self, conversation: ConversationId, prompt: WaitingPrompt, now: float) -> None:
        """Add what another archive holds; whoever starts next adopts it."""
        self._add(conversation, prompt, now, owner="")

    def row(self, turn: TurnId) -> OutboxRow | None:
        """What waits for this turn."""
        found = self._connection.execute(
            "SELECT place, conversation, prompt, position, continues, created, keeps FROM outbox WHERE turn = ?",
            (turn,),
        ).fetchone()
        return OutboxRow(*found) if found is not None else None

    def remove(self, turn: TurnId) -> None:
        """Forget that a turn waits."""
        self._connection.execute("DELETE FROM outbox WHERE turn = ?", (turn,))

    def remove_if_empty(self, conversation: ConversationId) -> None:
        """Remove a conversation in which nothing was said, and nothing waits."""
        self._connection.execute(
            "DELETE FROM conversation WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM comparison WHERE conversation = ?1)",
            numbered(conversation),
        )

    def adopt(self, dead: Sequence[str]) -> list[ConversationId]:
        """Take over what dead processes left, in its order; return its conversations. Deleted ones are let be."""
        marks = ", ".join("?" * len(dead))
        rows = self._connection.execute(
            "SELECT outbox.place, conversation FROM outbox JOIN conversation ON conversation.id = conversation "
            f"WHERE owner IN ({marks}) AND deleted IS NULL ORDER BY position, outbox.place",
            dead,
        ).fetchall()
        self._connection.executemany(
            f"UPDATE outbox SET turn = {NAME_OF_TURN}, owner = ? WHERE place = ?",
            [(self._owner, place) for place, _ in rows],
        )
        return list(dict.fromkeys(conversation for _, conversation in rows))

    def _add(
        self,
        conversation: ConversationId,
        prompt: WaitingPrompt,
        now: float,
        position: int | None = None,
        owner: str | None = None,
    ) -> None:
        added = self._connection.execute(
            "INSERT INTO outbox (position, conversation, turn, prompt, again, continues, keeps, owner, created) "
            f"SELECT coalesce(?, {_NEXT}), id, ?, ?, ?, ?, ?, ?, ? FROM conversation WHERE id = ? "
            "ON CONFLICT (turn) DO NOTHING",
            (
                position,
                prompt.turn,
                prompt.prompt,
                prompt.again,
                prompt.continues,
                prompt.keeps,
                self._owner if owner is None else owner,
                now,
                conversation,
            ),
        )
        if added.rowcount > 0:
            self.attachments.add("waiting", added.lastrowid or 0, prompt.attachments)
