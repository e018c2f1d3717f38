"""The tables of the archive, and how an older file becomes one of today."""

import json
import sqlite3
from collections.abc import Callable

from protocol.attachments import digest_of, stored

_FIRST = """
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
"""

_TREE = """
    DROP INDEX conversation_by_time;
    DROP INDEX message_by_conversation;
    DROP INDEX message_by_owner;
    DROP INDEX piece_by_message;
    ALTER TABLE conversation RENAME TO old_conversation;
    ALTER TABLE message RENAME TO old_message;
    ALTER TABLE piece RENAME TO old_piece;
    ALTER TABLE outbox RENAME TO old_outbox;

    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        folded TEXT NOT NULL,
        model TEXT,
        system TEXT NOT NULL,
        head TEXT,
        created REAL NOT NULL,
        updated REAL NOT NULL,
        unread INTEGER NOT NULL DEFAULT 0,
        deleted REAL
    ) STRICT;

    CREATE TABLE message (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent TEXT REFERENCES message (id),
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        text TEXT NOT NULL,
        thinking TEXT NOT NULL DEFAULT '',
        tool_calls TEXT NOT NULL DEFAULT '[]',
        ending TEXT,
        model TEXT NOT NULL DEFAULT '',
        owner TEXT,
        continues TEXT,
        position INTEGER,
        created REAL NOT NULL
    ) STRICT;

    CREATE TABLE piece (
        place INTEGER PRIMARY KEY,
        message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        chunks TEXT NOT NULL
    ) STRICT;

    CREATE TABLE attachment (
        place INTEGER PRIMARY KEY,
        message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        data BLOB NOT NULL
    ) STRICT;

    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        position INTEGER NOT NULL,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        turn TEXT UNIQUE,
        prompt TEXT NOT NULL,
        again INTEGER NOT NULL DEFAULT 0,
        continues TEXT,
        owner TEXT NOT NULL,
        created REAL NOT NULL
    ) STRICT;

    CREATE TABLE input (
        place INTEGER PRIMARY KEY,
        text TEXT NOT NULL,
        created REAL NOT NULL
    ) STRICT;

    CREATE VIRTUAL TABLE message_text USING fts5 (
        text, content = 'message', content_rowid = 'place', columnsize = 0,
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    );
    CREATE TRIGGER message_inserted AFTER INSERT ON message BEGIN
        INSERT INTO message_text (rowid, text) VALUES (new.place, new.text);
    END;
    CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN
        INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.place, old.text);
    END;
    CREATE TRIGGER message_changed AFTER UPDATE OF text ON message WHEN new.text IS NOT old.text BEGIN
        INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.place, old.text);
        INSERT INTO message_text (rowid, text) VALUES (new.place, new.text);
    END;

    INSERT INTO conversation (id, title, folded, model, system, created, updated)
        SELECT id, title, casefold(title), model, system, coalesce(min(updated, (
            SELECT min(created) FROM (
                SELECT created FROM old_message WHERE conversation = old_conversation.id
                UNION ALL SELECT created FROM old_outbox WHERE conversation = old_conversation.id
            )
        )), updated), updated FROM old_conversation ORDER BY old_conversation.rowid;

    CREATE TEMP TABLE waits AS
        SELECT id FROM old_message AS prompt WHERE role = 'user' AND owner IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM old_message AS reply WHERE reply.parent = prompt.id AND role = 'assistant');
    CREATE TEMP TABLE said AS
        SELECT old.id, old.conversation, old.role, iif(old.role = 'user', old.id, old.parent) AS turn,
            row_number() OVER (ORDER BY iif(old.role = 'user', old.place, prompt.place), old.place) AS place
        FROM old_message AS old LEFT JOIN old_message AS prompt ON prompt.id = old.parent
        WHERE old.id NOT IN (SELECT id FROM waits);
    CREATE UNIQUE INDEX temp.said_by_id ON said (id);
    CREATE INDEX temp.said_by_conversation ON said (conversation, place);

    INSERT INTO message (place, id, conversation, parent, role, state, text, thinking, tool_calls, ending, model,
                         owner, created)
        SELECT said.place, said.id, said.conversation,
            iif(said.role = 'user', (
                SELECT before.id FROM said AS before
                WHERE before.conversation = said.conversation AND before.place < said.place
                ORDER BY before.place DESC LIMIT 1
            ), said.turn),
            old.role, old.state, content_text(old.content), content_thinking(old.content),
            content_tool_calls(old.content), old.ending, old.model, old.owner, old.created
        FROM said JOIN old_message AS old ON old.id = said.id ORDER BY said.place;
    INSERT INTO piece (place, message, chunks) SELECT place, message, chunks FROM old_piece ORDER BY place;
    UPDATE conversation SET head =
        (SELECT said.id FROM said WHERE said.conversation = conversation.id ORDER BY said.place DESC LIMIT 1);
    INSERT INTO outbox (position, conversation, turn, prompt, owner, created)
        SELECT row_number() OVER (ORDER BY accepted DESC, place), conversation, turn, prompt, owner, created FROM (
            SELECT 1 AS accepted, place, conversation, id AS turn, content_text(content) AS prompt, owner, created
                FROM old_message WHERE id IN (SELECT id FROM waits)
            UNION ALL
            SELECT 0, place, conversation, NULL, prompt, owner, created FROM old_outbox
                WHERE conversation IN (SELECT id FROM old_conversation)
        ) ORDER BY 1;

    DROP TABLE waits;
    DROP TABLE said;
    DROP TABLE old_piece;
    DROP TABLE old_message;
    DROP TABLE old_outbox;
    DROP TABLE old_conversation;

    CREATE INDEX conversation_by_time ON conversation (updated);
    CREATE INDEX conversation_by_title ON conversation (folded);
    CREATE INDEX conversation_by_deletion ON conversation (deleted) WHERE deleted IS NOT NULL;
    CREATE INDEX message_by_conversation ON message (conversation, place);
    CREATE INDEX message_by_parent ON message (parent);
    CREATE INDEX message_by_owner ON message (owner) WHERE owner IS NOT NULL;
    CREATE INDEX piece_by_message ON piece (message, place);
    CREATE INDEX attachment_by_message ON attachment (message, place);
    CREATE INDEX outbox_by_conversation ON outbox (conversation, position);
    CREATE INDEX outbox_by_owner ON outbox (owner);
"""

_DRAFTS = """
    CREATE TABLE draft (
        conversation TEXT PRIMARY KEY NOT NULL,
        text TEXT NOT NULL,
        changed REAL NOT NULL
    ) STRICT;
"""

_PARAMETERS = """
    ALTER TABLE conversation ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
"""

_SERVER = """
    ALTER TABLE conversation ADD COLUMN server TEXT NOT NULL DEFAULT '';
"""

_BYTES_ONCE = """
    CREATE TABLE blob (
        digest TEXT PRIMARY KEY NOT NULL,
        size INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT;
    DROP INDEX attachment_by_message;
    ALTER TABLE attachment RENAME TO old_attachment;
    CREATE TABLE attachment (
        place INTEGER PRIMARY KEY,
        message TEXT REFERENCES message (id) ON DELETE CASCADE,
        waiting INTEGER REFERENCES outbox (place) ON DELETE CASCADE,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        digest TEXT NOT NULL
    ) STRICT;
    INSERT OR IGNORE INTO blob (digest, size, width, height, data)
        SELECT digest(data), length(data), image_width(data), image_height(data), data FROM old_attachment;
    INSERT INTO attachment (place, message, name, media_type, digest)
        SELECT place, message, name, media_type, digest(data) FROM old_attachment ORDER BY place;
    DROP TABLE old_attachment;
    CREATE INDEX attachment_by_message ON attachment (message, place);
    CREATE INDEX attachment_by_waiting ON attachment (waiting, place) WHERE waiting IS NOT NULL;
    CREATE INDEX attachment_by_digest ON attachment (digest);

    CREATE VIEW attached_text AS
        SELECT attachment.place AS place, CAST(data AS TEXT) AS text
        FROM attachment JOIN blob ON blob.digest = attachment.digest WHERE media_type LIKE 'text/%';
    CREATE VIRTUAL TABLE attachment_text USING fts5 (
        text, content = 'attached_text', content_rowid = 'place', columnsize = 0,
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    );
    CREATE TRIGGER attachment_inserted AFTER INSERT ON attachment WHEN new.media_type LIKE 'text/%' BEGIN
        INSERT INTO attachment_text (rowid, text) SELECT place, text FROM attached_text WHERE place = new.place;
    END;
    CREATE TRIGGER attachment_deleted BEFORE DELETE ON attachment WHEN old.media_type LIKE 'text/%' BEGIN
        INSERT INTO attachment_text (attachment_text, rowid, text)
            SELECT 'delete', place, text FROM attached_text WHERE place = old.place;
    END;
    INSERT INTO attachment_text (rowid, text) SELECT place, text FROM attached_text;
"""

_SUMMARIES = """
    ALTER TABLE message ADD COLUMN keeps INTEGER;
    ALTER TABLE outbox ADD COLUMN keeps INTEGER;
"""

_COMPARISONS = """
    ALTER TABLE conversation ADD COLUMN column_of TEXT REFERENCES conversation (id) ON DELETE CASCADE;
    CREATE INDEX conversation_by_parent ON conversation (column_of) WHERE column_of IS NOT NULL;

    CREATE TABLE comparison (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        anchor TEXT,
        turn TEXT NOT NULL,
        prompt TEXT NOT NULL,
        picked TEXT,
        dropped INTEGER NOT NULL DEFAULT 0,
        brought TEXT NOT NULL DEFAULT '[]',
        offered TEXT NOT NULL DEFAULT '[]',
        verdict TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL
    ) STRICT;
    CREATE INDEX comparison_by_conversation ON comparison (conversation, place);

    CREATE TABLE comparison_column (
        place INTEGER PRIMARY KEY,
        comparison TEXT NOT NULL REFERENCES comparison (id) ON DELETE CASCADE,
        conversation TEXT NOT NULL UNIQUE REFERENCES conversation (id) ON DELETE CASCADE,
        turn TEXT NOT NULL,
        kind TEXT NOT NULL,
        model TEXT NOT NULL,
        server TEXT NOT NULL,
        preset TEXT NOT NULL,
        seed INTEGER,
        shown TEXT NOT NULL DEFAULT '[]'
    ) STRICT;
    CREATE INDEX column_by_comparison ON comparison_column (comparison, place);
"""

MIGRATIONS = (_FIRST, _TREE, _DRAFTS, _PARAMETERS, _SERVER, _BYTES_ONCE, _SUMMARIES, _COMPARISONS)
"""One script for each version, applied in order, and never changed once somebody has such files.

`PRAGMA user_version` counts how many a file has seen.
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file up to date, each step whole or not at all. Raises sqlite3.DatabaseError, also for a newer file."""
    _lend_functions(connection)
    while (seen := version_of(connection)) < len(MIGRATIONS):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[seen]} PRAGMA user_version = {seen + 1}; COMMIT;")
        except sqlite3.DatabaseError:
            connection.rollback()
            if version_of(connection) == seen:  # else another process has just taken this step
                raise
    check(seen)


def check(seen: int) -> None:
    """Raise sqlite3.DatabaseError for a version that is newer than this program."""
    if seen > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was written by a newer chinwag (version {seen})")


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations a file has seen; 0 for an empty one."""
    (seen,) = connection.execute("PRAGMA user_version").fetchone()
    return int(seen)


def _lend_functions(connection: sqlite3.Connection) -> None:
    """What the scripts need and SQLite lacks: its own JSON functions end a text at a NUL."""
    functions: dict[str, Callable[..., str | int]] = {
        "casefold": str.casefold,
        "digest": digest_of,
        "image_width": lambda data: stored(data).width,
        "image_height": lambda data: stored(data).height,
        "content_text": lambda content: json.loads(content)["text"],
        "content_thinking": lambda content: json.loads(content)["thinking"],
        "content_tool_calls": lambda content: json.dumps(json.loads(content)["tool_calls"], ensure_ascii=False),
    }
    for name, function in functions.items():
        connection.create_function(name, 1, function, deterministic=True)
