"""The conversations on disk: every change is one transaction. One thread writes; see `actors.archivist`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from actors.archive_comparisons import ArchiveComparisons, Talks
from actors.archive_growth import ArchiveGrowth
from actors.archive_mending import ArchiveMending
from actors.archive_outbox import ArchiveOutbox
from actors.archive_reader import ArchiveReader
from actors.archive_records import ArchiveRecords
from actors.database import as_json, connect, numbered, transaction
from actors.ownership import Ownership
from protocol.chat import Attachment, Conversation
from protocol.comparison import AnswersBrought, Comparison
from protocol.frames import Chunk
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord, title_of
from protocol.reply import Ending
from protocol.ui import PromptReworded, TurnAccepted, TurnEnded

FILE_NAME = "chinwag.db"

MAX_INPUTS = 10_000
"""How many texts are remembered that were typed."""


class Archive:
    """One file. Everything raises sqlite3.Error or OSError when the disk, the file or another process is in the way.

    `owner` names this process in what it has not finished, so that others can tell it from what a dead one left.
    """

    def __init__(self, path: Path, owner: str) -> None:
        self._path = path
        self._owner = owner
        self._connection = connect(path)
        try:
            self._ownership = Ownership(path.parent / "running", owner)
        except OSError:
            self._connection.close()
            raise
        self._outbox = ArchiveOutbox(self._connection, owner)
        self._growth = ArchiveGrowth(self._connection, self._outbox, owner)
        self._take_parts()

    def _take_parts(self) -> None:
        self._records = ArchiveRecords(self._connection, self._outbox)
        self._mending = ArchiveMending(self._connection, self._outbox, self._growth, self._owner)
        self._comparisons = ArchiveComparisons(self._connection, self._outbox, self._growth)
        self.reader = ArchiveReader(self._connection)

    def reopen(self) -> None:
        """Connect to the file anew. What this process has under way stays its own."""
        self._connection.close()
        self._connection = connect(self._path)
        self._outbox = ArchiveOutbox(self._connection, self._owner)
        self._growth = self._growth.over(self._connection, self._outbox)
        self._take_parts()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._ownership.release()

    def keep_prompt(
        self,
        conversation: Conversation,
        prompt: str,
        now: float,
        title: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Commit a prompt before anybody may act on it. Returns the title of its conversation.

        One that is not kept yet is called `title`, or by the words of the prompt.
        """
        title = title or title_of(prompt)
        with transaction(self._connection):
            (title,) = self._connection.execute(
                "INSERT INTO conversation (id, title, folded, model, system, parameters, server, "
                "created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) "
                "ON CONFLICT (id) DO UPDATE SET updated = excluded.updated RETURNING title",
                numbered(conversation.id, title, title.casefold(), *_described(conversation), now),
            ).fetchone()
            self._outbox.keep(conversation.id, prompt, now, attachments)
        return str(title)

    def take_back_prompt(self, conversation: ConversationId, prompt: str) -> None:
        """Forget a prompt that was refused after all, and its conversation if that was all of it."""
        with transaction(self._connection):
            self._outbox.take_back(conversation, prompt)
            self._outbox.remove_if_empty(conversation)

    def accept_turn(self, event: TurnAccepted, now: float) -> None:
        """Make a kept prompt the one that a turn will send."""
        with transaction(self._connection):
            self._outbox.accept(event, now)

    def reword(self, event: PromptReworded) -> None:
        """Change the words of a prompt that waits."""
        with transaction(self._connection):
            self._outbox.reword(event)

    def reorder(self, turns: Sequence[TurnId]) -> None:
        """Keep the order of the turns that wait."""
        with transaction(self._connection):
            self._outbox.reorder(turns)

    def begin_reply(self, stream: StreamId, model: str, now: float) -> None:
        """Put an attempt into the tree, before it its prompt if it is the first. Begun once, it stays as it is."""
        with transaction(self._connection):
            self._growth.begin(stream, model, now)

    def add_pieces(self, pieces: Iterable[tuple[StreamId, tuple[Chunk, ...]]]) -> None:
        """Commit what came of replies under way; what comes after their end is dropped."""
        with transaction(self._connection):
            self._growth.add_pieces(pieces)

    def end_attempt(self, stream: StreamId, ending: Ending) -> None:
        """Commit how an attempt ended that is not the turn's last."""
        with transaction(self._connection):
            self._growth.end_attempt(stream, ending)

    def park(self, stream: StreamId, ending: Ending, now: float) -> None:
        """Commit that a turn waits for the server; an attempt that it made is over."""
        with transaction(self._connection):
            self._growth.park(stream, ending, now)

    def end_turn(self, event: TurnEnded, now: float) -> None:
        """Commit how a turn ended."""
        with transaction(self._connection):
            self._growth.end(event, now)

    def move_head(self, conversation: ConversationId, head: MessageId | None) -> None:
        """Have the next prompt follow this message. Raises sqlite3.IntegrityError if it is not there."""
        with transaction(self._connection):
            self._growth.move_head(conversation, head)

    def keep_record(self, record: ConversationRecord) -> None:
        """Add what is missing of a conversation; nothing is removed, no message is overwritten.

        Raises sqlite3.IntegrityError, and adds nothing, if one of its messages belongs to another conversation.
        """
        self.keep_records([record])

    def keep_records(self, records: Iterable[ConversationRecord]) -> None:
        """Do the same for several conversations: for all of them, or for none."""
        with transaction(self._connection):
            for record in records:
                self._records.keep(record)

    def keep_comparison(
        self, comparison: Comparison, talks: Talks, now: float, attachments: tuple[Attachment, ...] = ()
    ) -> None:
        """Commit what is known of a comparison. `talks`: its parent, then its columns, with their titles.
        `attachments` go with its prompt, if it is new."""
        with transaction(self._connection):
            self._comparisons.keep(comparison, talks, now, attachments)

    def bring_answers(self, event: AnswersBrought, talks: Talks, now: float) -> None:
        """Commit that answers are in the parent of a comparison."""
        with transaction(self._connection):
            self._comparisons.bring(event, talks, now)

    def describe(self, conversation: Conversation) -> None:
        """Commit the model, the system prompt, the parameters and the server of a conversation, if it is kept."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE conversation SET model = ?, system = ?, parameters = ?, server = ? WHERE id = ?",
                (*_described(conversation), conversation.id),
            )

    def set_title(self, conversation: ConversationId, title: str) -> None:
        """Call a conversation so, on one line, if it is kept."""
        line = " ".join(title.split())
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE conversation SET title = ?, folded = ? WHERE id = ?", (line, line.casefold(), conversation)
            )

    def mark_unread(self, conversation: ConversationId, unread: bool) -> None:
        """Note whether something came that was not seen."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE conversation SET unread = ?1 WHERE id = ?2 AND unread IS NOT ?1", numbered(unread, conversation)
            )

    def delete(self, conversation: ConversationId, now: float) -> None:
        """Put a conversation away: only `undelete` finds it, until `purge` removes it."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE conversation SET deleted = ?1 WHERE (id = ?2 OR column_of = ?2) AND deleted IS NULL",
                numbered(now, conversation),
            )
            self._connection.execute("DELETE FROM draft WHERE conversation = ?", (conversation,))

    def undelete(self) -> ConversationId | None:
        """Bring the conversation back that was deleted last, and return its name; None if there is none."""
        with transaction(self._connection):
            found = self._connection.execute(
                "UPDATE conversation SET deleted = NULL WHERE rowid = (SELECT rowid FROM conversation "
                "WHERE deleted IS NOT NULL AND column_of IS NULL ORDER BY deleted DESC, rowid DESC LIMIT 1) "
                "RETURNING id"
            ).fetchone()
            if found is not None:
                self._connection.execute("UPDATE conversation SET deleted = NULL WHERE column_of = ?", found)
        return ConversationId(found[0]) if found is not None else None

    def purge(self, before: float) -> None:
        """Remove for good what was deleted before this time, unless something came in it since, and bytes of no use.

        Those stay while another process is alive: it may have taken a prompt back, whose images it will keep again.
        """
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM conversation WHERE deleted IS NOT NULL AND deleted < ?1 AND updated < ?1", numbered(before)
            )
            if self._ownership.is_alone:
                self._outbox.attachments.sweep()

    def remember_input(self, text: str, now: float) -> None:
        """Keep what was typed for later runs; the same twice in succession is kept once, and the oldest go."""
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO input (text, created) SELECT ?1, ?2 WHERE ?1 IS NOT "
                "(SELECT text FROM input ORDER BY place DESC LIMIT 1)",
                numbered(text, now),
            )
            self._connection.execute(
                "DELETE FROM input WHERE place <= (SELECT max(place) FROM input) - ?", (MAX_INPUTS,)
            )

    def keep_draft(self, conversation: ConversationId, text: str, now: float) -> None:
        """Keep what is written and not sent; empty if nothing is. The conversation itself need not be kept."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM draft WHERE conversation = ?", (conversation,))
            if text:
                self._connection.execute("INSERT INTO draft VALUES (?, ?, ?)", (conversation, text, now))

    def mend(self, record: ConversationRecord, now: float) -> str:
        """Have on disk of a conversation of this run what is told of it, where something of that is missing. Returns
        its title."""
        with transaction(self._connection):
            return self._mending.mend(record, now)

    def interrupt_own(self) -> None:
        """Say of all that this process has under way that it was interrupted, and keep what came of it."""
        with transaction(self._connection):
            self._growth.interrupt([self._owner])
            self._growth.forget_names()

    def interrupt_orphans(self) -> list[ConversationId]:
        """Take over what dead processes left: what streamed was interrupted, what waited waits for this one.

        Returns the conversations in which something waits that did not wait for this process before.
        """
        owners = self._connection.execute(
            "SELECT owner FROM message WHERE owner IS NOT NULL UNION SELECT owner FROM outbox"
        ).fetchall()
        dead = [owner for (owner,) in owners if not owner or not self._ownership.is_alive(owner)]
        with transaction(self._connection):
            self._growth.interrupt(dead)
            adopted = self._outbox.adopt(dead)
        self._ownership.sweep()
        return adopted


def _described(conversation: Conversation) -> tuple[str | None, str, str, str]:
    return conversation.model, conversation.system, as_json(conversation.parameters), conversation.server
