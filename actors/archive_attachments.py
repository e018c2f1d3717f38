"""What goes with messages, on disk, in SQL: the same bytes are there once, whoever they go with.

Every method is a part of a transaction of the Archive, or reads in a snapshot of it.
"""

import sqlite3
from collections.abc import Iterable
from typing import Literal

from protocol.attachments import stored
from protocol.chat import Attachment, Stored
from protocol.identity import ConversationId

Owner = Literal["message", "waiting"]
"""With what something goes: a message, or a prompt of the outbox, by its place there."""

_COLUMNS = "name, media_type, attachment.digest, size, width, height"
_FROM = "FROM attachment LEFT JOIN blob ON blob.digest = attachment.digest"


class ArchiveAttachments:
    """Reads and writes over a connection that somebody else owns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, owner: Owner, to: str | int, attachments: Iterable[Attachment]) -> None:
        """Put these behind what goes with something already. The bytes of one that lacks them must be here."""
        for one in attachments:
            about = one.stored or self._keep(one.data)
            self._connection.execute(
                f"INSERT INTO attachment ({owner}, name, media_type, digest) VALUES (?, ?, ?, ?)",
                (to, one.name, one.media_type, about.digest),
            )

    def add_missing(self, message: str, attachments: Iterable[Attachment]) -> None:
        """Have at least these go with a message."""
        rows = self._connection.execute(
            "SELECT name, media_type, digest FROM attachment WHERE message = ? ORDER BY place", (message,)
        )
        known = rows.fetchall()
        for one in attachments:
            if (key := _key(one)) in known:
                known.remove(key)
            else:
                self.add("message", message, (one,))

    def replace(self, owner: Owner, to: str | int, attachments: Iterable[Attachment]) -> None:
        """Have exactly these go with something."""
        self._connection.execute(f"DELETE FROM attachment WHERE {owner} = ?", (to,))
        self.add(owner, to, attachments)

    def hand_over(self, place: int, message: str) -> None:
        """What went with a prompt of the outbox goes with the message that it becomes."""
        self._connection.execute(
            "UPDATE attachment SET waiting = NULL, message = ? WHERE waiting = ?", (message, place)
        )

    def of(self, owner: Owner, to: str | int, light: bool = False) -> tuple[Attachment, ...]:
        """What goes with something, in order. `light`: of images, only what is to be known of them."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, {_data(light)} {_FROM} WHERE {owner} = ? ORDER BY attachment.place", (to,)
        )
        return tuple(_attachment(*row) for row in rows)

    def of_conversation(self, conversation: ConversationId, light: bool = False) -> dict[str, list[Attachment]]:
        """What goes with the messages of a conversation."""
        found: dict[str, list[Attachment]] = {}
        rows = self._connection.execute(
            f"SELECT message.id, {_COLUMNS}, {_data(light)} FROM message CROSS JOIN attachment "
            "ON attachment.message = message.id LEFT JOIN blob ON blob.digest = attachment.digest "
            "WHERE conversation = ? ORDER BY attachment.place",
            (conversation,),
        )
        for message, *row in rows:
            found.setdefault(message, []).append(_attachment(*row))
        return found

    def bytes_of(self, digest: str) -> bytes | None:
        """The bytes of this digest; None where they are not here."""
        found = self._connection.execute("SELECT data FROM blob WHERE digest = ?", (digest,)).fetchone()
        return bytes(found[0]) if found is not None else None

    def sweep(self) -> None:
        """Remove the bytes that go with nothing any more."""
        self._connection.execute("DELETE FROM blob WHERE digest NOT IN (SELECT digest FROM attachment)")

    def _keep(self, data: bytes) -> Stored:
        about = stored(data)
        self._connection.execute(
            "INSERT INTO blob (digest, size, width, height, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (about.digest, about.size, about.width, about.height, data),
        )
        return about


def _key(attachment: Attachment) -> tuple[str, str, str]:
    about = attachment.stored or stored(attachment.data)
    return attachment.name, attachment.media_type, about.digest


def _data(light: bool) -> str:
    return "iif(media_type LIKE 'image/%', NULL, data)" if light else "data"


def _attachment(
    name: str, media_type: str, digest: str, size: int | None, width: int, height: int, data: bytes | None
) -> Attachment:
    """Bytes that were not asked for are named; those that are lost are none."""
    light = data is None and size is not None
    return Attachment(name, media_type, data or b"", Stored(digest, size or 0, width, height) if light else None)
