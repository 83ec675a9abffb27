"""Rows as the log describes them, in the form in which the file stores them, for the check of the file."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from annotator.domain.changes import Edit
from annotator.domain.json_values import decode_json
from annotator.store.migrations.schema_versions import columns
from annotator.store.rows import encode

_MAX_ROWS_IN_MEMORY = 20_000
"""Rows that are kept in memory before they go into a temporary database."""


class ReplayedRows:
    """Rows that several entries of the log changed, in their state after all edits that were applied.

    They are kept in memory while they are few, and in a temporary database otherwise.
    """

    def __init__(self) -> None:
        self._in_memory: dict[tuple[str, int], bytes | None] = {}
        """Rows as JSON by table and id; None for a row that was removed."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE held (name TEXT, id INTEGER, row BLOB, PRIMARY KEY (name, id)) WITHOUT ROWID"
        )
        self._is_database_used = False

    def close(self) -> None:
        """Remove the temporary database."""
        self._database.close()

    def apply(self, edit: Edit) -> None:
        """Apply one edit."""
        if edit.after is None:
            self._put(edit, None)
            return
        held = None if edit.before is None else self._held(edit)
        # An entry may be older than a column, whose default a new row gets.
        self._put(edit, _encode({**(columns()[edit.table] if held is None else _decode(held)), **edit.after}))

    def rows(self, per_batch: int) -> Iterator[tuple[str, dict[int, Sequence[object] | None]]]:
        """Yield all rows in batches of one table: by id, as the file stores each, or None where it was removed."""
        self._move_to_database()
        cursor = self._database.execute("SELECT name, id, row FROM held ORDER BY name, id")
        while batch := cursor.fetchmany(per_batch):
            by_table: dict[str, dict[int, Sequence[object] | None]] = {}
            for table, id, row in batch:
                by_table.setdefault(table, {})[id] = None if row is None else stored_row(table, _decode(row))
            yield from by_table.items()

    def _held(self, edit: Edit) -> bytes | None:
        key = edit.table, edit.id
        if key in self._in_memory or not self._is_database_used:
            return self._in_memory.get(key)
        found = self._database.execute("SELECT row FROM held WHERE name = ? AND id = ?", key).fetchone()
        return None if found is None else found[0]

    def _put(self, edit: Edit, row: bytes | None) -> None:
        self._in_memory[edit.table, edit.id] = row
        if len(self._in_memory) >= _MAX_ROWS_IN_MEMORY:
            self._move_to_database()

    def _move_to_database(self) -> None:
        self._is_database_used = True
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT OR REPLACE INTO held VALUES (?, ?, ?)", ((*key, row) for key, row in self._in_memory.items())
        )
        self._database.execute("COMMIT")
        self._in_memory.clear()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def stored_row(table: str, values: Any) -> Sequence[object]:
    """Return a whole row in the form in which its columns store it."""
    return [_stored(values.get(column, default)) for column, default in columns()[table].items()]


def is_alike(logged: Sequence[object], held: Sequence[object]) -> bool:
    """Return whether a row equals its state in the log. A number may be written in two ways, as 1e16 and 1e+16."""
    return all(a == b or (type(a) is _Json and a == _encoded_again(b)) for a, b in zip(logged, held, strict=True))


class _Json(str):
    """The value of a column that holds lists or objects."""

    __slots__ = ()


def _encoded_again(held: object) -> str:
    """Return JSON of the file as ``encode`` writes it; empty where it cannot be decoded."""
    try:
        return encode(decode_json(held))
    except ValueError:
        return ""


def _stored(value: object) -> object:
    """Return a value of the log in the form in which its column stores it."""
    return _Json(encode(value)) if type(value) in (list, dict) else value
