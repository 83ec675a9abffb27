"""Migration 3: what else a file says of a document, and which earlier version it takes the place of. Never edited."""

import sqlite3

_FACTS = "ALTER TABLE document ADD COLUMN facts JSON NOT NULL DEFAULT '{}' CHECK (facts LIKE '{%}')"
_VERSION_OF = "ALTER TABLE document ADD COLUMN version_of INTEGER REFERENCES document (id)"
_INDEX = "CREATE INDEX ix_document_version_of ON document (version_of)"


def migrate(connection: sqlite3.Connection) -> None:
    """Add the columns, inside the caller's transaction."""
    for statement in (_FACTS, _VERSION_OF, _INDEX):
        connection.execute(statement)
