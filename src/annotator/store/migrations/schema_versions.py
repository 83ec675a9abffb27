"""The schema of a project file by version: numbered migrations, and what a file of each version may hold."""

import sqlite3
from collections.abc import Callable
from functools import cache

from annotator.store.migrations import (
    migration_0001,
    migration_0002,
    migration_0003,
    migration_0004,
    migration_0005,
    migration_0006,
)

MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    migration_0001.migrate,
    migration_0002.migrate,
    migration_0003.migrate,
    migration_0004.migrate,
    migration_0005.migrate,
    migration_0006.migrate,
)
"""Migration n takes a file from version n - 1 to version n. Each runs in a transaction of the caller."""

VERSION = len(MIGRATIONS)
"""The version of project files that this program writes (``PRAGMA user_version``)."""

APPLICATION_ID = 0x414E4E4F
"""``ANNO`` in ASCII, in the header of every project file (``PRAGMA application_id``)."""

_SEARCH_TABLES = ("search_words", "search_trigrams")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Migrate a file of ``version`` to the current version, one transaction for each step."""
    for number in range(version + 1, VERSION + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            MIGRATIONS[number - 1](connection)
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            # SQLite has rolled back already where the disk failed.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@cache
def expected_schema(version: int) -> frozenset[tuple[str, str, str]]:
    """Return type, name and SQL of everything that a file of ``version`` holds."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in MIGRATIONS[:version]:
            step(memory)
        return schema_of(memory)
    finally:
        memory.close()


def schema_of(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    """Return type, name and SQL of everything in a file; of FTS5's internal tables only the name, as SQLite may change
    their SQL.
    """
    found = set()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        ours = not name.startswith(tuple(f"{table}_" for table in _SEARCH_TABLES))
        found.add((kind, name, (sql or "") if ours else ""))
    return frozenset(found)


@cache
def columns() -> dict[str, dict[str, object]]:
    """Return the columns of each table of the current version in order, each with its value in rows that are older than
    it.
    """
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(memory, 0)
        tables = memory.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: {
                name: default and memory.execute(f"SELECT {default}").fetchone()[0]
                for _, name, _, _, default, _ in memory.execute(f'PRAGMA table_info("{table}")')
            }
            for (table,) in tables
        }
    finally:
        memory.close()


def missing_columns(connection: sqlite3.Connection) -> list[str]:
    """Return tables and columns of the current version that a file of another version does not hold."""
    missing = []
    for table, ours in columns().items():
        held = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
        missing += [f"{table}.{column}" for column in sorted(ours.keys() - held)]
    return missing


def stand_in(connection: sqlite3.Connection) -> None:
    """Let a read-only connection read a file of an older version as one of the current version.

    Missing tables and columns are added as temporary views of this connection; the file stays as it is.
    """
    lacking: dict[str, list[str]] = {}
    for missing in missing_columns(connection):
        table, _, column = missing.partition(".")
        lacking.setdefault(table, []).append(column)
    for table, names in lacking.items():
        ours = columns()[table]
        if len(names) == len(ours):
            nothing = ", ".join(f'NULL AS "{name}"' for name in ours)
            connection.execute(f'CREATE TEMP VIEW "{table}" AS SELECT {nothing} WHERE 0')
        else:
            # SQLite allows no parameter in a view; the values are our own defaults.
            added = ", ".join(f'{_literal(ours[name])} AS "{name}"' for name in names)
            connection.execute(f'CREATE TEMP VIEW "{table}" AS SELECT *, {added} FROM main."{table}"')


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def foreign_objects(connection: sqlite3.Connection, version: int) -> list[str]:
    """Return what a file holds that no project file of this version holds: triggers, views, tables, or tables that
    differ.
    """
    return sorted(f"{kind} {name}" for kind, name, _ in schema_of(connection) - expected_schema(version))


def missing_objects(connection: sqlite3.Connection, version: int) -> list[str]:
    """Return what a file of ``version`` should hold and does not."""
    return sorted(f"{kind} {name}" for kind, name, _ in expected_schema(version) - schema_of(connection))
