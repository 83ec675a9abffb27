"""The schema of a project file by version: numbered migrations, and what a file of each version may hold."""

import sqlite3
from collections.abc import Callable
from functools import cache

from annotator.store import migration_0001

MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (migration_0001.migrate,)
"""Migration n takes a file from version n - 1 to version n. Each runs in a transaction of the caller."""

VERSION = len(MIGRATIONS)
"""The version of project files that this program writes (``PRAGMA user_version``)."""

APPLICATION_ID = 0x414E4E4F
"""``ANNO`` in ASCII, in the header of every project file (``PRAGMA application_id``)."""

_SEARCH_TABLES = ("search_words", "search_trigrams")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Take a file of ``version`` to ours, one transaction a step."""
    for number in range(version + 1, VERSION + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            MIGRATIONS[number - 1](connection)
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@cache
def expected_schema(version: int) -> frozenset[tuple[str, str, str]]:
    """Type, name and SQL of everything that a file of ``version`` holds."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in MIGRATIONS[:version]:
            step(memory)
        return schema_of(memory)
    finally:
        memory.close()


def schema_of(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    """Type, name and SQL of everything in a file; of FTS5's own tables the name only, as SQLite may word them anew."""
    found = set()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        ours = not name.startswith(tuple(f"{table}_" for table in _SEARCH_TABLES))
        found.add((kind, name, (sql or "") if ours else ""))
    return frozenset(found)


def missing_columns(connection: sqlite3.Connection) -> list[str]:
    """Tables and columns of our own version that a file of another version does not hold."""
    missing = []
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(memory, 0)
        for (table,) in memory.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            held = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
            ours = {row[1] for row in memory.execute(f'PRAGMA table_info("{table}")')}
            missing += [f"{table}.{column}" for column in sorted(ours - held)]
    finally:
        memory.close()
    return missing


def foreign_objects(connection: sqlite3.Connection, version: int) -> list[str]:
    """What a file holds that none of ours does, in words: triggers, views, tables, or tables that differ."""
    return sorted(f"{kind} {name}" for kind, name, _ in schema_of(connection) - expected_schema(version))


def missing_objects(connection: sqlite3.Connection, version: int) -> list[str]:
    """What a file of ``version`` should hold and does not."""
    return sorted(f"{kind} {name}" for kind, name, _ in expected_schema(version) - schema_of(connection))
