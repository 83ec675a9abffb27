"""Migration 2: the direction of a document's lines, and bookmarks. It is never edited again."""

import sqlite3

_DIRECTION = """
ALTER TABLE document ADD COLUMN direction VARCHAR NOT NULL DEFAULT '' CHECK (direction IN ('', 'ltr', 'rtl'))
"""
_BOOKMARK = """
CREATE TABLE bookmark (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(64) NOT NULL,
    document_id INTEGER NOT NULL,
    annotator_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CHECK (position >= 0),
    UNIQUE (document_id, annotator_id, position),
    UNIQUE (uid),
    FOREIGN KEY(document_id) REFERENCES document (id),
    FOREIGN KEY(annotator_id) REFERENCES annotator (id)
)
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Add the column and the table, inside the caller's transaction."""
    connection.execute(_DIRECTION.strip())
    connection.execute(_BOOKMARK.strip())
