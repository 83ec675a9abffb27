"""``check``: whether the file is sound, every span still covers its quote, and the log is consistent.

It only reads, and needs little memory for a project of any size: what must be sorted or built for a comparison goes
into a separate temporary database.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from annotator.domain.changes import Edit
from annotator.domain.dates import utc_time
from annotator.domain.errors import AnnotatorError
from annotator.domain.json_values import decode_json
from annotator.domain.spans import checked_fragments
from annotator.store import log
from annotator.store.database import said_in_brief
from annotator.store.index_check import index_faults
from annotator.store.migrations.schema_versions import VERSION, columns, foreign_objects, missing_objects
from annotator.store.queries.full_text_search import needs_trigrams
from annotator.store.reading import fetched, object_of, spans_of, structure_of, words_of
from annotator.store.replayed_rows import ReplayedRows, is_alike, stored_row
from annotator.store.rows import ORDER, TIME_COLUMNS, encode
from annotator.store.suggestions import checksums

_LOGGED = tuple(table for table in ORDER if table != "document_text")
"""The tables whose rows the log describes. The log holds no texts, only their checksums in the document rows."""

_UNLOGGED = ("document_text", "suggestion", "suggestion_run", "change")

COVERED = {
    **dict.fromkeys(_LOGGED, "compared with the state of each row in the log"),
    "document_text": "compared with the checksum in its document",
    "change": "each entry is hashed with the hash of the one before",
    "suggestion": "compared with the text of its document and with the checksum of its run",
    "suggestion_run": "holds the checksums of the suggestions, and is compared with the documents",
    "sqlite_sequence": "compared with the highest number in its table and in the log",
    **{
        f"{index}{part}": "compared with the texts"
        for index in ("search_words", "search_trigrams")
        for part in ("", "_data", "_idx", "_docsize", "_config")
    },
}
"""How the contents of each table are checked."""

_DECODERS: dict[str, Callable[[object], Any]] = {
    "choices": words_of,
    "aliases": words_of,
    "topics": words_of,
    "structure": structure_of,
    "facts": object_of,
    "checksums": object_of,
    "features": object_of,
    "fragments": spans_of,
    "cue": spans_of,
    "mention": spans_of,
}
"""The decoder of each column that holds a list or an object."""

_KINDS = {"INTEGER": "integer", "BOOLEAN": "integer", "FLOAT": "real"}
"""How SQLite stores the values of a column by its declared type; as text in any other case."""

_ROWS_PER_BATCH = 500
"""Rows of the log that are compared in one query."""

_NOT_OF_THE_FILE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY}
"""Errors of SQLite that are no defects of the checked file: no space, no memory, interrupted, locked."""


class Finding(NamedTuple):
    """A defect that the check found.

    ``kind``: file, value, text, offset, reference, log, search, suggestion or number.
    """

    kind: str
    where: str
    what: str


def check(connection: sqlite3.Connection, *, full: bool = False) -> Iterator[Finding]:
    """Yield everything that is wrong with a project file, one finding at a time; none where it is sound.

    With ``full`` the full-text indexes are compared with every word of every text, and not with a sample.
    """
    checker = _Checker(connection, full)
    for part in checker.parts:
        try:
            for kind, where, what in part():
                # Values from a malicious file can be long.
                yield Finding(kind, _brief(where, 120), _brief(what, 400))
        except (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_OF_THE_FILE:
                raise
            # One unreadable page must not hide what is wrong elsewhere.
            yield Finding("file", "database", f"A part of it cannot be read: {said_in_brief(error)}.")


class _Checker:
    """The parts of a check, in order: later ones use the results of earlier ones."""

    def __init__(self, connection: sqlite3.Connection, full: bool) -> None:
        self._connection = connection
        self._full = full
        self._spaceless = IdSet()
        """Documents that belong in the index of trigrams."""
        self._logged = {table: IdSet() for table in _LOGGED}
        """Rows that the log has ever created."""
        self.parts = (
            self._file,
            self._values,
            self._texts,
            self._offsets,
            self._chain,
            self._replayed,
            self._suggestions,
            self._numbers,
            self._search,
        )

    # --- the file and its values ----------------------------------------------------------------------------------

    def _file(self) -> Iterator[Finding]:
        connection = self._connection
        for (line,) in fetched(connection, "PRAGMA integrity_check(20)"):
            if line != "ok":
                yield Finding("file", "database", str(line))
        for table, id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            yield Finding("reference", f"{table} {id}", f"It points to a row of {parent} that is not there.")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version <= VERSION:
            for name in foreign_objects(connection, version):
                yield Finding("file", name, "No Annotator project contains this.")
            for name in missing_objects(connection, version):
                yield Finding("file", name, "Every Annotator project holds this.")

    def _values(self) -> Iterator[Finding]:
        """Yield the values that do not have the type of their column, and the lists, objects and times that
        cannot be decoded.
        """
        for table in (*_LOGGED, *_UNLOGGED):
            stored = self._connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            kinds = {name: _KINDS.get(kind, "text") for _, name, kind, *_ in stored if kind}
            optional = {name for _, name, _, is_needed, _, key in stored if not is_needed and not key}
            wrong = {
                column: f"typeof(\"{column}\") <> '{kind}'"
                + (f' AND "{column}" IS NOT NULL' if column in optional else "")
                for column, kind in kinds.items()
            }
            if not wrong:
                continue
            found = ", ".join(f"({test})" for test in wrong.values())
            query = f'SELECT rowid, {found} FROM "{table}" WHERE {" OR ".join(f"({test})" for test in wrong.values())}'
            for id, *is_wrong in fetched(self._connection, _by_id(query, table)):
                for column, kind in (one for one, bad in zip(kinds.items(), is_wrong, strict=True) if bad):
                    yield Finding("value", f"{table} {id}", f"Its {column} is not stored as {kind}.")
            for column in _DECODERS.keys() & kinds.keys():
                if table == "annotation" and column != "features":
                    # They are checked together with the offsets.
                    continue
                yield from self._lists(table, column)
            for column in TIME_COLUMNS & kinds.keys():
                yield from self._times(table, column)

    def _lists(self, table: str, column: str) -> Iterator[Finding]:
        query = (
            f'SELECT rowid, "{column}" FROM "{table}" '
            f"WHERE \"{column}\" NOT IN ('[]', '{{}}') AND typeof(\"{column}\") = 'text'"
        )
        for id, value in fetched(self._connection, _by_id(query, table)):
            try:
                _DECODERS[column](value)
            except ValueError as error:
                yield Finding("value", f"{table} {id}", f"Its {column} cannot be read: {said_in_brief(error)}.")

    def _times(self, table: str, column: str) -> Iterator[Finding]:
        query = f'SELECT rowid, "{column}" FROM "{table}" WHERE typeof("{column}") = \'text\''
        for id, value in fetched(self._connection, _by_id(query, table)):
            if not isinstance(value, str) or not utc_time(value):
                yield Finding("value", f"{table} {id}", f"Its {column} {_brief(value)!r} is not a time.")

    # --- texts and places in them ---------------------------------------------------------------------------------

    def _texts(self) -> Iterator[Finding]:
        query = (
            "SELECT d.id, d.text_sha256, d.structure, d.title, t.text FROM document d "
            "LEFT JOIN document_text t ON t.id = d.id ORDER BY d.id"
        )
        for id, expected, structure, title, text in fetched(self._connection, query):
            if not isinstance(text, str):
                yield Finding("text", f"document {id}", "Its text is missing.")
                continue
            if hashlib.sha256(text.encode()).hexdigest() != expected:
                yield Finding("text", f"document {id}", "Its text is not the one that was imported.")
            if isinstance(title, str) and needs_trigrams(title, text):
                self._spaceless.add(id)
            if not _lies_within(structure, len(text)):
                yield Finding("offset", f"document {id}", "Its titles and lead points do not lie in its text.")
        query = "SELECT id FROM document_text WHERE id NOT IN (SELECT id FROM document)"
        for (id,) in self._connection.execute(query):
            yield Finding("text", f"document_text {id}", "It is the text of no document.")

    def _offsets(self) -> Iterator[Finding]:
        read, text = None, ""
        query = (
            'SELECT id, document_id, start, "end", quote, fragments, cue, mention FROM annotation '
            "ORDER BY document_id, start"
        )
        for id, document_id, start, end, quote, fragments, cue, mention in fetched(self._connection, query):
            if document_id != read:
                # Each text is read once: SQLite would scan a long one from its beginning for every span in it.
                read, text = document_id, self._text_of(document_id)
            where, length = f"annotation {id} in document {document_id}", len(text)
            is_inside = isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length
            if not is_inside or text[start:end] != quote:
                what = f"Its span {_brief(start)}-{_brief(end)} does not cover its quote {_brief(quote)!r}."
                yield Finding("offset", where, what)
                continue
            for part, name in ((fragments, "fragments"), (cue, "cue"), (mention, "source mention")):
                if part == f"[[{start},{end}]]" or (part == "[]" and name != "fragments"):
                    continue
                if not _fits(part, length, (start, end) if name == "fragments" else None):
                    what = f"Its {name} {_brief(part)} do not lie in the text as they should."
                    yield Finding("offset", where, what)
        query = (
            "SELECT b.id, b.document_id, b.position FROM bookmark b JOIN document_text t ON t.id = b.document_id "
            "WHERE b.position > length(t.text) ORDER BY b.id"
        )
        for id, document_id, position in fetched(self._connection, query):
            where = f"bookmark {id} in document {document_id}"
            yield Finding("offset", where, f"Its place {_brief(position)} is beyond the text.")

    def _text_of(self, document_id: object) -> str:
        """Return the text of a document; empty where it is missing, which ``_texts`` reports."""
        for (text,) in fetched(self._connection, "SELECT text FROM document_text WHERE id = ?", (document_id,)):
            return text if isinstance(text, str) else ""
        return ""

    # --- the log --------------------------------------------------------------------------------------------------

    def _chain(self) -> Iterator[Finding]:
        for sentence in log.broken_entries(self._connection):
            yield Finding("log", "change log", sentence)

    def _replayed(self) -> Iterator[Finding]:
        """Yield the rows that differ from their state in the log.

        Nearly all rows are created by one entry and never changed again: these are compared with the file directly. The
        edits of the others are applied one after the other.
        """
        again = {table: IdSet() for table in _LOGGED}
        for number in self._numbers_of_entries():
            try:
                for edit in log.stored_edits(self._connection, number):
                    is_first = self._logged[edit.table].add(edit.id)
                    if not is_first or edit.before is not None:
                        again[edit.table].add(edit.id)
                    _check_columns(edit)
            except (ValueError, TypeError, KeyError) as error:
                what = f"Entry {number} cannot be read ({_why(error)}): no row can be compared with the log."
                yield Finding("log", "change log", what)
                return
        with closing(ReplayedRows()) as replayed:
            for number in self._numbers_of_entries():
                waiting: dict[str, dict[int, Sequence[object]]] = {table: {} for table in _LOGGED}
                for edit in log.stored_edits(self._connection, number):
                    if edit.id in again[edit.table]:
                        replayed.apply(edit)
                        continue
                    made = waiting[edit.table]
                    made[edit.id] = stored_row(edit.table, edit.after or {})
                    if len(made) == _ROWS_PER_BATCH:
                        yield from self._compared(edit.table, made)
                        made.clear()
                for table, made in waiting.items():
                    yield from self._compared(table, made)
            for table, rows in replayed.rows(_ROWS_PER_BATCH):
                yield from self._compared(table, rows)
        for table in _LOGGED:
            for (id,) in self._connection.execute(f'SELECT id FROM "{table}"'):
                if id not in self._logged[table]:
                    yield Finding("log", f"{table} {id}", "No entry of the log made it.")

    def _numbers_of_entries(self) -> Iterator[int]:
        for (number,) in self._connection.execute("SELECT number FROM change ORDER BY number"):
            yield number

    def _compared(self, table: str, logged: dict[int, Any]) -> Iterator[Finding]:
        """Compare rows with the file: each with its state in the log, or None for a row that the log says is
        removed.
        """
        if not logged:
            return
        quoted = ", ".join(f'"{column}"' for column in columns()[table])
        query = f'SELECT id, {quoted} FROM "{table}" WHERE id IN (SELECT value FROM json_each(?))'
        left = dict(logged)
        for id, *values in fetched(self._connection, query, (encode(list(logged)),)):
            row = left.pop(id)
            if row is None or not is_alike(row, values):
                yield Finding("log", f"{table} {id}", "The log does not lead to what the file holds.")
        for id, row in left.items():
            if row is not None:
                yield Finding("log", f"{table} {id}", "The log made it, but the file does not hold it.")

    # --- what is in no log ----------------------------------------------------------------------------------------

    def _suggestions(self) -> Iterator[Finding]:
        read, length = None, 0
        query = (
            'SELECT id, document_id, start, "end", fragments, cue, mention, source, engine, rule, reason '
            "FROM suggestion ORDER BY document_id, start"
        )
        for id, document_id, start, end, fragments, cue, mention, *words in fetched(self._connection, query):
            if document_id != read:
                read, length = document_id, len(self._text_of(document_id))
            where = f"suggestion {id} in document {document_id}"
            if not all(isinstance(one, str) for one in words):
                yield Finding("suggestion", where, "What proposed it, and why, cannot be read.")
            is_inside = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length
            if not is_inside or not _fits(fragments, length, (start, end)):
                yield Finding("suggestion", where, f"Its span {_brief(start)}-{_brief(end)} does not lie in the text.")
            elif not all(part == "[]" or _fits(part, length, None) for part in (cue, mention)):
                yield Finding("suggestion", where, "Its cue or its source mention does not lie in the text.")
        yield from self._suggestion_checksums()
        query = (
            "SELECT DISTINCT document_id FROM suggestion "
            "WHERE document_id NOT IN (SELECT document_id FROM suggestion_run)"
        )
        for (document_id,) in self._connection.execute(query):
            yield Finding("suggestion", f"document {document_id}", "It has suggestions that nothing has made.")

    def _suggestion_checksums(self) -> Iterator[Finding]:
        """Yield the runs whose suggestions differ from those that were made, for labels that still exist."""
        names = ", ".join(f'"{name}"' for name in columns()["suggestion"] if name != "id")
        of_document = f"SELECT {names} FROM suggestion WHERE document_id = ?"
        query = "SELECT document_id, made_with, made_at, checksums FROM suggestion_run WHERE checksums <> '{}'"
        for document_id, made_with, made_at, stored in fetched(self._connection, query):
            try:
                expected = object_of(stored)
                rows = fetched(self._connection, of_document, (document_id,))
                held = checksums(document_id, made_with, made_at, rows)
            except (ValueError, TypeError):
                expected, held = {}, {"run": ""}
            # Suggestions are removed with their label; those that remain must be the ones that were made.
            if any(expected.get(label) != checksum for label, checksum in held.items()):
                where = f"suggestions for document {document_id}"
                yield Finding("suggestion", where, "They were altered after they were made; suggest anew.")

    def _numbers(self) -> Iterator[Finding]:
        """Yield the tables in which a row id could be given a second time."""
        stored: dict[object, object] = {}
        for name, last in fetched(self._connection, "SELECT name, seq FROM sqlite_sequence"):
            if name in stored:
                yield Finding("number", f"{name}", "Its last number is in the file twice.")
            stored[name] = last
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        numbered = [name for (name,) in self._connection.execute(query)]
        for name in stored.keys() - set(numbered):
            yield Finding("number", f"{_brief(name)}", "There is a last number for a table that has none.")
        for table in numbered:
            (highest,) = self._connection.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()
            if table in self._logged:
                highest = max(highest, self._logged[table].highest)
            last = stored.get(table, 0)
            if not isinstance(last, int) or last < highest:
                what = f"The last number that was given is recorded as {_brief(last)}, but {highest} was given."
                yield Finding("number", table, what)

    def _search(self) -> Iterator[Finding]:
        for index, what in index_faults(self._connection, self._spaceless, full=self._full):
            yield Finding("search", index, f"{what} 'annotator repair' makes the index anew.")


class IdSet:
    """A set of ids that needs little memory: ids of a table are close together, and each takes one bit."""

    def __init__(self) -> None:
        self._parts: dict[int, int] = {}
        self.highest = 0

    def add(self, id: int) -> bool:
        """Add ``id``; return whether it is new."""
        place, bit = id >> 10, 1 << (id & 1023)
        part = self._parts.get(place, 0)
        if part & bit:
            return False
        self._parts[place] = part | bit
        self.highest = max(self.highest, id)
        return True

    def __contains__(self, id: object) -> bool:
        return isinstance(id, int) and bool(self._parts.get(id >> 10, 0) & 1 << (id & 1023))


def _check_columns(edit: Edit) -> None:
    """Raise KeyError where an edit names a column that its table does not have."""
    for values in (edit.before, edit.after):
        if values is not None and not values.keys() <= columns()[edit.table].keys():
            raise KeyError("an edit of a column that does not exist")


def _by_id(query: str, table: str) -> str:
    """Return the query ordered by row id, under the name that the id also has where a view replaces the table."""
    key = {"change": "number", "suggestion_run": "document_id"}.get(table, "id")
    return query.replace("SELECT rowid", f"SELECT {key}", 1)


def _brief(value: object, most: int = 60) -> str:
    """Return a value on one line, cut where it is long."""
    return " ".join(f"{value}"[: most + 1].split())[:most]


def _why(error: Exception) -> str:
    return said_in_brief(error) if isinstance(error, ValueError) else "an edit of something that does not exist"


def _lies_within(structure: object, length: int) -> bool:
    """Return whether the parts of a structure lie in the text; one that cannot be read is reported elsewhere."""
    try:
        return all(span.end <= length for _, span in structure_of(structure))
    except ValueError:
        return True


def _fits(part: object, length: int, hull: tuple[int, int] | None) -> bool:
    """Return whether spans in JSON lie in a text, ordered and without overlap, and cover ``hull`` where it is given."""
    try:
        stored = decode_json(part)
        pairs = checked_fragments(stored, length)
    except (AnnotatorError, ValueError, TypeError):
        return False
    return [list(pair) for pair in pairs] == stored and hull in (None, (pairs[0].start, pairs[-1].end))
