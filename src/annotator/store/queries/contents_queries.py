"""Counts of what a project file holds, for lists of backups and for comparing two files."""

import sqlite3
from datetime import datetime


def sizes(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many documents outside the trash, and how many annotations, the project holds."""
    (documents,) = connection.execute("SELECT count(*) FROM document WHERE trashed_at IS NULL").fetchone()
    return documents, count(connection, "annotation")


def count(connection: sqlite3.Connection, table: str) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def last_change(connection: sqlite3.Connection) -> tuple[str, datetime | None]:
    """Return the title and the time of the last entry of the log."""
    row = connection.execute("SELECT title, at FROM change ORDER BY number DESC LIMIT 1").fetchone()
    return (str(row[0]), _time(row[1])) if row else ("", None)


def hash_of(connection: sqlite3.Connection, number: int) -> str:
    """Return the hash of an entry of the log; empty for entry 0 and for one that is not there."""
    row = connection.execute("SELECT hash FROM change WHERE number = ?", (number,)).fetchone()
    return str(row[0]) if row else ""


def changes_after(connection: sqlite3.Connection, number: int, limit: int) -> list[tuple[datetime, str, str, str]]:
    """Return time, annotator, title and kind of the entries after ``number``, the newest first, at most ``limit``."""
    rows = connection.execute(
        "SELECT at, annotator, title, kind FROM change WHERE number > ? ORDER BY number DESC LIMIT ?", (number, limit)
    )
    return [(_time(at), str(annotator), str(title), str(kind)) for at, annotator, title, kind in rows]


def quick_faults(connection: sqlite3.Connection) -> list[str]:
    """Return the faults that SQLite's quick test finds in the file, at most five lines; none where it is sound."""
    return [str(line) for (line,) in connection.execute("PRAGMA quick_check(5)") if line != "ok"]


def _time(stored: str) -> datetime:
    return datetime.fromisoformat(stored)
