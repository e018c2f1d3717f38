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
    (seen,) = connection.execute("PRAGMA user_version").fetchone()
    if seen > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was written by a newer chinwag (version {seen})")
    for version, script in enumerate(MIGRATIONS[seen:], seen + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {version}; COMMIT;")
