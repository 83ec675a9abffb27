"""The change log: append-only, sealed by a chain of hashes; undo and redo are read out of it.

Undo never removes an entry but appends one of kind ``undo`` whose ``target`` is the entry that it takes back; redo
appends one whose ``target`` is that undo. What comes next to undo or redo follows from the last entry alone:

- after a ``do``: undo takes that entry, and there is nothing to redo;
- after an ``undo`` of entry e: the state is the one before e, so undo goes on from e - 1, and redo takes this undo;
- after a ``redo`` of undo u: undo takes this redo, and redo goes on from u - 1.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit, Values, now
from annotator.domain.errors import DamagedProject
from annotator.domain.records import ChangeRecord
from annotator.store.rows import encode

GENESIS = ""
"""The hash before the first entry."""

LARGE = 60_000
"""Characters of edits from which a step is large, some hundred rows: it takes longer than a key press may."""

_PIECE = 1 << 16
"""Characters of an entry that are encoded or hashed at once, so that no other thread waits for a large one."""

_INSERT = (
    "INSERT INTO change (number, at, annotator, title, kind, target, step, edits, previous_hash, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Tip(NamedTuple):
    """The end of the log: the number of the last entry and its hash."""

    number: int
    hash: str


def seal(*parts: Any) -> str:
    """The hash of an entry: SHA-256 over previous hash, number, at, annotator, title, kind, target, step, edits."""
    *others, edits = parts
    digest = hashlib.sha256(f'{encode(others)[:-1]},"'.encode())
    for begin in range(0, len(edits), _PIECE):
        digest.update(encode(edits[begin : begin + _PIECE])[1:-1].encode())
    digest.update(b'"]')
    return digest.hexdigest()


def tip(connection: sqlite3.Connection) -> Tip:
    """The end of the log as the connection sees it."""
    row = connection.execute("SELECT number, hash FROM change ORDER BY number DESC LIMIT 1").fetchone()
    return Tip(*row) if row else Tip(0, GENESIS)


def last_number(connection: sqlite3.Connection) -> int:
    """The number of the last entry. Its hash stands behind its edits, and is read only where it is needed."""
    (number,) = connection.execute("SELECT max(number) FROM change").fetchone()
    return number or 0


def append(
    connection: sqlite3.Connection,
    last: Tip,
    change: Change,
    annotator: str,
    kind: str = "do",
    target: int | None = None,
) -> Tip:
    """Write one entry inside the caller's transaction; returns the new end of the log."""
    number, at = last.number + 1, now()
    edits = "[" + ",".join([encode([edit.table, edit.id, edit.before, edit.after]) for edit in change.edits]) + "]"
    sealed = seal(last.hash, number, at, annotator, change.title, kind, target, change.step, edits)
    connection.execute(
        _INSERT, (number, at, annotator, change.title, kind, target, change.step, edits, last.hash, sealed)
    )
    return Tip(number, sealed)


def read_change(connection: sqlite3.Connection, number: int) -> Change:
    """The change that entry ``number`` made."""
    row = connection.execute("SELECT title, step, edits FROM change WHERE number = ?", (number,)).fetchone()
    title, step, edits = row
    try:
        return Change(title, tuple(_edits(edits)), step)
    except (ValueError, TypeError) as error:
        raise DamagedProject(f"Entry {number} of the log is damaged: nothing was changed.") from error


class LaterEdit(NamedTuple):
    """A row that was changed: what it held before, or None where it was made."""

    table: str
    id: int
    before: Values | None


def later_edits(connection: sqlite3.Connection, day: str, tables: Collection[str]) -> Iterator[LaterEdit]:
    """What happened to rows of these tables after a day, the last first. Raises DamagedProject.

    A row that is gone by now is left out: nothing of it is there to be told of.
    """
    numbers = connection.execute(
        "SELECT number FROM change WHERE substr(at, 1, 10) > ? ORDER BY number DESC", (day,)
    ).fetchall()
    for (number,) in numbers:
        for edit in reversed(read_change(connection, number).edits):
            if edit.table in tables and edit.after is not None:
                yield LaterEdit(edit.table, edit.id, edit.before)


def first_edits(connection: sqlite3.Connection, number: int, limit: int) -> tuple[list[Edit], int | None]:
    """The first edits of an entry, and how many it has in all; None in place of that where it is large.

    Of a large one no more is read than that takes. Raises DamagedProject.
    """
    with connection.blobopen("change", "edits", number, readonly=True) as blob:
        is_large = len(blob) > LARGE
        beginning = blob.read(LARGE).decode(errors="ignore")
    try:
        if is_large:
            return list(islice(_edits(beginning), limit)), None
        found = list(_edits(beginning))
        return found[:limit], len(found)
    except (ValueError, TypeError) as error:
        if is_large:
            # Its first edits are longer than what was read of them.
            return [], None
        raise DamagedProject(f"Entry {number} of the log is damaged: look with 'annotator check'.") from error


def _edits(stored: str) -> Iterator[Edit]:
    """The edits of an entry one by one: other threads wait while JSON is read. Raises ValueError or TypeError."""
    if stored == "[]":
        return
    place = 0
    while stored[place : place + 1] == ("," if place else "["):
        edit, place = _decode(stored, place + 1)
        yield Edit(*edit)
    if stored[place:] != "]":
        raise ValueError("an entry that does not end with its last edit")


_decode = json.JSONDecoder().raw_decode


class Entry(NamedTuple):
    """What undo and redo need to know of an entry."""

    number: int
    kind: str
    target: int | None
    step: str
    title: str


def _entry(connection: sqlite3.Connection, number: int) -> Entry | None:
    row = connection.execute(
        "SELECT number, kind, target, step, title FROM change WHERE number = ?", (number,)
    ).fetchone()
    return Entry(*row) if row else None


Find = Callable[[sqlite3.Connection, int], Entry | None]
"""``next_to_undo`` or ``next_to_redo``."""


def next_to_undo(connection: sqlite3.Connection, number: int) -> Entry | None:
    """The entry that an undo takes back when ``number`` is the last; None where nothing is left.

    Entries without a step, such as the one that made the project, are passed over: they are no user's action.
    """
    while entry := _entry(connection, number):
        if entry.kind != "undo" and entry.step:
            return entry
        number = entry.number - 1 if entry.target is None else entry.target - 1
    return None


def next_to_redo(connection: sqlite3.Connection, number: int) -> Entry | None:
    """The undo that a redo takes back when ``number`` is the last; None where there is none."""
    while entry := _entry(connection, number):
        if entry.kind == "undo":
            return entry
        if entry.kind == "do" and entry.step:
            return None
        number = entry.number - 1 if entry.target is None else entry.target - 1
    return None


def entries_of_step(connection: sqlite3.Connection, find: Find, number: int) -> Iterator[Entry]:
    """What one undo or redo takes back when ``number`` is the last entry, in this order; ``find`` says which it is."""
    entry = find(connection, number)
    step = entry.step if entry else ""
    while entry is not None and entry.step == step:
        yield entry
        # As if this one had been taken back.
        entry = find(connection, entry.number - 1)


def is_large(connection: sqlite3.Connection, entries: Iterable[Entry]) -> bool:
    """Whether the edits of these entries are many, without reading them."""
    characters = 0
    for entry in entries:
        with connection.blobopen("change", "edits", entry.number, readonly=True) as blob:
            characters += len(blob)
        if characters > LARGE:
            return True
    return False


def count_edits(connection: sqlite3.Connection, numbers: Iterable[int]) -> int:
    """How many edits these entries hold."""
    (count,) = connection.execute(
        "SELECT coalesce(sum(json_array_length(edits)), 0) FROM change "
        "WHERE number IN (SELECT value FROM json_each(?))",
        (encode(list(numbers)),),
    ).fetchone()
    return int(count)


def history(connection: sqlite3.Connection, limit: int | None = None) -> Iterator[ChangeRecord]:
    """The log, newest first."""
    cursor = connection.execute(
        "SELECT number, at, annotator, title, kind, step FROM change ORDER BY number DESC LIMIT ?",
        (-1 if limit is None else limit,),
    )
    yield from map(ChangeRecord._make, cursor)


def history_of(connection: sqlite3.Connection, table: str, id: int) -> Iterator[tuple[ChangeRecord, Edit]]:
    """What was done to one row, newest first, back to the entry that first made it."""
    # No string in compact JSON can hold this: its quotation marks would be escaped there.
    cursor = connection.execute(
        "SELECT number, at, annotator, title, kind, step, edits FROM change WHERE instr(edits, ?) ORDER BY number DESC",
        (f'["{table}",{id},',),
    )
    for *entry, edits in cursor:
        record = ChangeRecord._make(entry)
        for edit in (Edit(*found) for found in reversed(json.loads(edits)) if found[:2] == [table, id]):
            yield record, edit
            if edit.before is None and record.kind == "do":
                return


def broken_entries(connection: sqlite3.Connection) -> Iterator[str]:
    """Walk the chain; a sentence for every entry that does not fit the one before or its own hash."""
    previous = Tip(0, GENESIS)
    cursor = connection.execute(
        "SELECT number, at, annotator, title, kind, target, step, edits, previous_hash, hash "
        "FROM change ORDER BY number"
    )
    for number, at, annotator, title, kind, target, step, edits, previous_hash, sealed in cursor:
        if number != previous.number + 1:
            yield f"The log goes from entry {previous.number} to {number}: entries between them are missing."
        if previous_hash != previous.hash:
            yield f"Entry {number} of the log does not follow from the one before it."
        elif not isinstance(edits, str) or sealed != seal(
            previous_hash, number, at, annotator, title, kind, target, step, edits
        ):
            yield f"Entry {number} of the log was altered after it was written."
        previous = Tip(number, sealed)
    if not previous.number:
        yield "The log is empty: the entries that made the project are missing."


def times(connection: sqlite3.Connection) -> tuple[datetime, datetime]:
    """When the first and the last entry were written. Raises DamagedProject."""
    try:
        first, last = map(datetime.fromisoformat, connection.execute("SELECT min(at), max(at) FROM change").fetchone())
    except (TypeError, ValueError) as error:
        raise DamagedProject("The log of the project is damaged: look with 'annotator check'.") from error
    return first, last
