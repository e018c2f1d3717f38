"""The tables of the archive, and how an older file becomes one of today."""

import sqlite3

MIGRATIONS = (
    """
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        model TEXT,
        system TEXT NOT NULL,
        head TEXT,
        updated REAL NOT NULL
    ) STRICT;
    CREATE INDEX conversation_by_time ON conversation (updated);

    CREATE TABLE message (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
        parent TEXT,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        content TEXT NOT NULL,
        ending TEXT,
        model TEXT NOT NULL,
        owner TEXT,
        created REAL NOT NULL
    ) STRICT;
    CREATE INDEX message_by_conversation ON message (conversation, place);
    CREATE INDEX message_by_owner ON message (owner) WHERE owner IS NOT NULL;

    CREATE TABLE piece (
        place INTEGER PRIMARY KEY,
        message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        chunks TEXT NOT NULL
    ) STRICT;
    CREATE INDEX piece_by_message ON piece (message, place);

    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL,
        prompt TEXT NOT NULL,
        owner TEXT NOT NULL,
        created REAL NOT NULL
    ) STRICT;
    """,
)
"""One script for each version, applied in order. `PRAGMA user_version` counts how many a file has seen."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to date, each step whole or not at all. Raises sqlite3.DatabaseError, also for a newer file."""
    while (seen := _version(connection)) < len(MIGRATIONS):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[seen]} PRAGMA user_version = {seen + 1}; COMMIT;")
        except sqlite3.DatabaseError:
            connection.rollback()
            if _version(connection) == seen:  # else another process has just taken this step
                raise
    if seen > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was written by a newer chinwag (version {seen})")


def _version(connection: sqlite3.Connection) -> int:
    (seen,) = connection.execute("PRAGMA user_version").fetchone()
    return int(seen)
