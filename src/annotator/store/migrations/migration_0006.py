"""Migration 6: checksums of suggestions, which are in no log. It is never edited again."""

import sqlite3

_CHECKSUMS = "ALTER TABLE suggestion_run ADD COLUMN checksums JSON NOT NULL DEFAULT '{}' CHECK (checksums LIKE '{%}')"


def migrate(connection: sqlite3.Connection) -> None:
    """Add the column, inside the caller's transaction.

    Existing suggestions have no checksums until they are made again.
    """
    connection.execute(_CHECKSUMS)
