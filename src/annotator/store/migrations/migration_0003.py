"""Migration 3: facts of a document, and the earlier version that it replaces. It is never edited again."""

import sqlite3

_FACTS = "ALTER TABLE document ADD COLUMN facts JSON NOT NULL DEFAULT '{}' CHECK (facts LIKE '{%}')"
_VERSION_OF = "ALTER TABLE document ADD COLUMN version_of INTEGER REFERENCES document (id)"
_INDEXES = (
    "CREATE INDEX ix_document_version_of ON document (version_of)",
    "CREATE INDEX ix_document_title ON document (title)",
    "CREATE INDEX ix_document_address ON document (address) WHERE address <> ''",
    "CREATE INDEX ix_document_origin_path ON document (origin_path) WHERE origin_path <> ''",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Add the columns, and the indexes that find an earlier version, inside the caller's transaction."""
    for statement in (_FACTS, _VERSION_OF, *_INDEXES):
        connection.execute(statement)
