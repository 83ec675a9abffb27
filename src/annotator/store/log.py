"""The change log: append-only, with a chain of hashes; undo and redo are derived from it.

Undo never removes an entry but appends one of kind ``undo`` whose ``target`` is the entry that it takes back; redo
appends one whose ``target`` is that undo. What comes next to undo or redo follows from the last entry alone:

- after a ``do``: undo takes that entry, and there is nothing to redo;
- after an ``undo`` of entry e: the state is the one before e, so undo goes on from e - 1, and redo takes this undo;
- after a ``redo`` of undo u: undo takes this redo, and redo goes on from u - 1.
"""

import codecs
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit, now
from annotator.domain.errors import DamagedProject
from annotator.domain.json_values import MAX_DEPTH, decode_json, is_too_deep
from annotator.domain.seal import Seal
from annotator.store.reading import fetched
from annotator.store.rows import encode

GENESIS = ""
"""The hash before the first entry."""

LARGE = 60_000
"""Characters of edits from which a step is large, some hundred rows: it may take longer than a key press should."""

_PIECE = 1 << 16
"""Characters of an entry that are encoded or hashed without a break, so that no other thread waits long."""

_INSERT = (
    "INSERT INTO change (number, at, annotator, title, kind, target, step, edits, previous_hash, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Tip(NamedTuple):
    """The end of the log: the number of the last entry and its hash."""

    number: int
    hash: str


def seal(*parts: Any) -> str:
    """Return the hash of an entry: SHA-256 over previous hash, number, at, annotator, title, kind, target, step,
    edits.
    """
    *others, edits = parts
    return _hash(others, (edits[begin : begin + _PIECE] for begin in range(0, len(edits), _PIECE)))


def _hash(others: Sequence[Any], edits: Iterable[str]) -> str:
    """Return the hash of an entry whose edits are given in pieces."""
    digest = hashlib.sha256(f'{encode(others)[:-1]},"'.encode())
    for piece in edits:
        digest.update(encode(piece)[1:-1].encode())
    digest.update(b'"]')
    return digest.hexdigest()


def tip(connection: sqlite3.Connection) -> Tip:
    """Return the end of the log as the connection sees it."""
    row = connection.execute("SELECT number, hash FROM change ORDER BY number DESC LIMIT 1").fetchone()
    return Tip(*row) if row else Tip(0, GENESIS)


def holds(connection: sqlite3.Connection, entry: Tip) -> bool:
    """Return whether the log has an entry of this number and hash."""
    query = "SELECT 1 FROM change WHERE number = ? AND hash = ?"
    return connection.execute(query, entry).fetchone() is not None


def seal_of(connection: sqlite3.Connection) -> Seal:
    """Return number and hash of the last entry. Raise DamagedProject."""
    for number, hash in fetched(connection, "SELECT number, hash FROM change ORDER BY number DESC LIMIT 1"):
        if isinstance(hash, str) and _HASH.fullmatch(hash):
            return Seal(number, hash)
    raise DamagedProject("The log of the project is damaged: look with 'annotator check'.")


_HASH = re.compile("[0-9a-f]{64}")


def last_number(connection: sqlite3.Connection) -> int:
    """Return the number of the last entry. Its hash is stored after its edits and is read only where it is needed."""
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
    """Write one entry inside the caller's transaction; return the new end of the log."""
    number, at = last.number + 1, now()
    edits = "[" + ",".join([encode([edit.table, edit.id, edit.before, edit.after]) for edit in change.edits]) + "]"
    sealed = seal(last.hash, number, at, annotator, change.title, kind, target, change.step, edits)
    connection.execute(
        _INSERT, (number, at, annotator, change.title, kind, target, change.step, edits, last.hash, sealed)
    )
    return Tip(number, sealed)


def read_change(connection: sqlite3.Connection, number: int) -> Change:
    """Return the change that entry ``number`` made. Raise DamagedProject."""
    title, step, edits = connection.execute(
        "SELECT title, step, edits FROM change WHERE number = ?", (number,)
    ).fetchone()
    try:
        return Change(title, tuple(_edits(edits)), step)
    except (ValueError, TypeError) as error:
        raise DamagedProject(f"Entry {number} of the log is damaged: nothing was changed.") from error


def first_edits(connection: sqlite3.Connection, number: int, limit: int) -> tuple[list[Edit], int | None]:
    """Return the first edits of an entry, and how many it has in all; None instead of the number where the entry is
    large.

    Of a large entry only the beginning is read. Raise DamagedProject.
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
            # Its first edits are longer than the part that was read.
            return [], None
        raise DamagedProject(f"Entry {number} of the log is damaged: look with 'annotator check'.") from error


def _edits(stored: str) -> Iterator[Edit]:
    """Yield the edits of an entry one by one, because other threads wait while JSON is decoded.

    Raise ValueError or TypeError.
    """
    if stored == "[]":
        return
    place = 0
    while stored[place : place + 1] == ("," if place else "["):
        edit, place = _decoded_edit(stored, place + 1)
        yield edit
    if stored[place:] != "]":
        raise ValueError("an entry that does not end with its last edit")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode


def _decoded_edit(stored: str, begin: int) -> tuple[Edit, int]:
    """Return the edit that begins there, and where it ends. Raise ValueError."""
    try:
        found, end = _decode(stored, begin)
    except RecursionError:
        raise ValueError("an edit that is nested too deep") from None
    if end - begin > 2 * MAX_DEPTH and stored.count("[", begin, end) + stored.count("{", begin, end) > MAX_DEPTH:
        _refuse_deep(found)
    return _as_edit(found), end


def _refuse_deep(edit: object) -> None:
    if is_too_deep(edit):
        raise ValueError("an edit that is nested too deep")


def _as_edit(found: object) -> Edit:
    """Return an edit of an entry as it is stored: table, id, what the row held, and what it holds. Raise ValueError."""
    if not isinstance(found, list) or len(found) != 4:
        raise ValueError("an edit without its four parts")
    table, id, before, after = found
    if (
        type(table) is not str
        or type(id) is not int
        or not all(values is None or type(values) is dict for values in (before, after))
    ):
        raise ValueError("an edit of another form")
    return Edit(table, id, before, after)


def stored_edits(connection: sqlite3.Connection, number: int) -> Iterator[Edit]:
    """Yield the edits of entry ``number`` one by one, whatever its size, with little memory. Raise ValueError."""
    pieces = _pieces(connection, number)
    buffer, place = "", 0
    is_last = False

    def read_on() -> None:
        nonlocal buffer, place, is_last
        piece = next(pieces, None)
        is_last = piece is None
        buffer, place = buffer[place:] + (piece or ""), 0

    read_on()
    if len(buffer) < _BYTES_PER_READ:
        read_on()
    if is_last:
        # Most entries are small, and then this takes a third of the time.
        whole = decode_json(buffer)
        if not isinstance(whole, list):
            raise ValueError("an entry that is no list")
        yield from map(_as_edit, whole)
        return
    expected = "["
    while True:
        if len(buffer) - place < 2:
            read_on()
        if buffer[place : place + 1] != expected:
            break
        if expected == "[" and buffer[place + 1 : place + 2] == "]":
            place += 1
            break
        expected = ","
        found: Edit | None = None
        while found is None:
            try:
                found, place = _decoded_edit(buffer, place + 1)
            except json.JSONDecodeError:
                # It may continue in the next piece; each time twice as much is read, because a long edit would
                # otherwise take quadratic time.
                if is_last:
                    raise
                wanted = 2 * (len(buffer) - place)
                while len(buffer) - place < wanted and not is_last:
                    read_on()
        yield found
    if buffer[place:] != "]" or next(pieces, None) is not None:
        raise ValueError("an entry that does not end with its last edit")


_BYTES_PER_READ = 1 << 20
"""Bytes of an entry that are read at once."""


def _pieces(connection: sqlite3.Connection, number: int) -> Iterator[str]:
    """Yield the edits of entry ``number`` as text in pieces. Raise ValueError where they are not text."""
    kind = connection.execute("SELECT typeof(edits) FROM change WHERE number = ?", (number,)).fetchone()
    if kind != ("text",):
        raise ValueError("an entry whose edits are no text")
    decoder = codecs.getincrementaldecoder("utf-8")()
    with connection.blobopen("change", "edits", number, readonly=True) as blob:
        while piece := blob.read(_BYTES_PER_READ):
            yield decoder.decode(piece)
    decoder.decode(b"", final=True)


class Entry(NamedTuple):
    """The fields of an entry that undo and redo need."""

    number: int
    kind: str
    target: int | None
    step: str
    title: str

    @property
    def before(self) -> int:
        """The number of the entry that undo and redo examine after this one; always a smaller one."""
        return self.number - 1 if self.target is None else self.target - 1


def _entry(connection: sqlite3.Connection, number: int) -> Entry | None:
    """Return entry ``number``; None where there is none, or where it is damaged, which ``check`` reports.

    The target of an undo or redo is smaller than its own number, so that following targets ends on any input.
    """
    row = connection.execute(
        "SELECT number, kind, target, step, title FROM change WHERE number = ?", (number,)
    ).fetchone()
    if row is None:
        return None
    entry = Entry(*row)
    is_sound = isinstance(entry.step, str) and isinstance(entry.title, str)
    return entry if is_sound and _is_target_sound(entry.number, entry.kind, entry.target) else None


def _is_target_sound(number: int, kind: object, target: object) -> bool:
    if kind == "do":
        return target is None
    return kind in ("undo", "redo") and isinstance(target, int) and 0 < target < number


Find = Callable[[sqlite3.Connection, int], Entry | None]
"""``next_to_undo`` or ``next_to_redo``."""


def next_to_undo(connection: sqlite3.Connection, number: int) -> Entry | None:
    """Return the entry that an undo takes back when ``number`` is the last; None where nothing is left.

    Entries without a step, such as the one that created the project, are skipped: they are not actions of a user. A
    damaged entry ends the search.
    """
    while entry := _entry(connection, number):
        if entry.kind != "undo" and entry.step:
            return entry
        number = entry.before
    return None


def next_to_redo(connection: sqlite3.Connection, number: int) -> Entry | None:
    """Return the undo that a redo takes back when ``number`` is the last; None where there is none."""
    while entry := _entry(connection, number):
        if entry.kind == "undo":
            return entry
        if entry.kind == "do" and entry.step:
            return None
        number = entry.before
    return None


def entries_of_step(connection: sqlite3.Connection, find: Find, number: int) -> Iterator[Entry]:
    """Yield the entries that one undo or redo takes back when ``number`` is the last entry, in this order; ``find``
    selects undo or redo.
    """
    entry = find(connection, number)
    step = entry.step if entry else ""
    while entry is not None and entry.step == step:
        yield entry
        # As if this entry had been taken back.
        entry = find(connection, entry.number - 1)


def is_large(connection: sqlite3.Connection, entries: Iterable[Entry]) -> bool:
    """Return whether the edits of these entries are many, without decoding them."""
    characters = 0
    for entry in entries:
        with connection.blobopen("change", "edits", entry.number, readonly=True) as blob:
            characters += len(blob)
        if characters > LARGE:
            return True
    return False


def count_edits(connection: sqlite3.Connection, numbers: Iterable[int]) -> int:
    """Return how many edits these entries hold."""
    (count,) = connection.execute(
        "SELECT coalesce(sum(json_array_length(edits)), 0) FROM change "
        "WHERE number IN (SELECT value FROM json_each(?))",
        (encode(list(numbers)),),
    ).fetchone()
    return int(count)


def count_present(connection: sqlite3.Connection, entries: Iterable[Entry]) -> int:
    """Return how many edits of these entries left a row in the file: taking them back changes or removes that many
    rows.

    Those of a damaged entry are not counted.
    """
    (count,) = connection.execute(
        "SELECT count(*) FROM change JOIN json_each(iif(json_valid(edits), edits, '[]')) AS edit "
        "WHERE number IN (SELECT value FROM json_each(?)) AND json_type(edit.value, '$[3]') = 'object'",
        (encode([entry.number for entry in entries]),),
    ).fetchone()
    return int(count)


def broken_entries(connection: sqlite3.Connection) -> Iterator[str]:
    """Verify the chain; yield a sentence for every entry that does not fit the one before, its own hash or its
    target.
    """
    previous = Tip(0, GENESIS)
    query = "SELECT number, at, annotator, title, kind, target, step, previous_hash, hash FROM change ORDER BY number"
    for number, at, annotator, title, kind, target, step, previous_hash, sealed in fetched(connection, query):
        if number != previous.number + 1:
            yield f"The log goes from entry {previous.number} to {number}: entries between them are missing."
        others = previous_hash, number, at, annotator, title, kind, target, step
        if previous_hash != previous.hash:
            yield f"Entry {number} of the log does not follow from the one before it."
        elif sealed != _hash_of(connection, number, others):
            yield f"Entry {number} of the log was altered after it was written."
        if not _is_target_sound(number, kind, target) or not _is_target_kind_sound(connection, kind, target):
            yield f"Entry {number} of the log is “{kind}” of entry {target}, which it cannot be."
        previous = Tip(number, sealed)
    if not previous.number:
        yield "The log is empty: the entries that made the project are missing."


def why_not_continued(connection: sqlite3.Connection, noted: Seal) -> str:
    """Return why the log does not continue from a noted seal, in one sentence; empty where it does.

    Every hash is computed again. The log continues where the entry of that number has that hash and the chain is
    unbroken to its end.
    """
    if broken := next(broken_entries(connection), ""):
        return f"The log does not hold together, so it cannot be determined what it continues from: {broken}"
    row = connection.execute("SELECT hash FROM change WHERE number = ?", (noted.number,)).fetchone()
    if row is None:
        last = last_number(connection)
        return (
            f"The log ends with entry {last}, before entry {noted.number}: this is an earlier state, or another file."
        )
    if not row[0].startswith(noted.hash):
        return f"Entry {noted.number} of the log is another one: the file does not continue from that state."
    return ""


def _hash_of(connection: sqlite3.Connection, number: int, others: Sequence[Any]) -> str:
    """Return the hash that an entry should have; empty where it holds what no entry holds."""
    try:
        return _hash(others, _pieces(connection, number))
    except (ValueError, TypeError):
        return ""


def _is_target_kind_sound(connection: sqlite3.Connection, kind: str, target: int | None) -> bool:
    """Return whether an undo takes back an entry that is not undoable, or a redo one that is not an undo."""
    if target is None:
        return True
    found = connection.execute("SELECT kind FROM change WHERE number = ?", (target,)).fetchone()
    return found is not None and (found[0] == "undo") == (kind == "redo")
