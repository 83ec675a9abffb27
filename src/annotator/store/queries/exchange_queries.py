"""Queries on rows and the log for the exchange of files between projects."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from annotator.domain.changes import Edit
from annotator.domain.errors import DamagedProject
from annotator.domain.records import AnnotatorRecord, LeftState, ProjectState, RemovedRow
from annotator.store import log
from annotator.store.queries.base import Queries
from annotator.store.reading import is_undecodable
from annotator.store.rows import ORDER, encode, shapes

IMPORT = "Import"
"""The title of the log entries that write imported data."""

_NEAR, _FAR = 64, 192
"""How many entries of the log an export names: this many of the last ones, and this many older ones at equal
distances.
"""

_DIGITS = 16
"""Number of hash digits that distinguish entries of one number."""

_HANGS_ON: Mapping[str, Mapping[str, str]] = {
    "annotation": {"document_id": "document"},
    "bookmark": {"document_id": "document"},
    "relation": {"from_id": "annotation", "to_id": "annotation"},
    "chain_link": {"annotation_id": "annotation", "source_id": "source"},
    "statement": {"annotation_id": "annotation", "claim_id": "claim"},
    "resolution": {"claim_id": "claim"},
    "assessment": {"source_id": "source"},
    "hypothesis": {"question_id": "question"},
    "evidence": {"question_id": "question", "annotation_id": "annotation"},
    "rating": {"hypothesis_id": "hypothesis", "evidence_id": "evidence"},
    "claim": {},
    "question": {},
    "label": {},
    "feature": {},
    "source": {},
}
"""Tables whose rows an export holds, and the rows with which each row is removed."""


EXCHANGED = frozenset(_HANGS_ON)
"""The tables whose rows an export holds."""

_NAMES: Mapping[str, str] = {
    "annotator": "name",
    "label": "name",
    "source": "name",
    "document": "title",
    "claim": "text",
    "annotation": "quote",
}
"""The column that identifies a row for users."""


_REMOVES, _MAKES, _CHANGES = "},null]", ",null,{", "},{"
"""Strings that occur in the edits of an entry that removes, makes or changes a row."""

_UID = re.compile(r'"uid":"([^"\\]*)"')
_EDITED_ROW = re.compile(r'\["([a-z_]+)",(\d+),')
"""Pattern of a row in the edits of an entry: searching for it takes a tenth of the time of decoding the edits."""

_VALUES_LEFT = ("label", "feature", "source", "document", "claim")
"""The tables without timestamps whose columns are edited by hand."""

_BEGINNING = 80
_MAKES_FIRST = re.compile(rb'\[\["[a-z_]+",\d+,null,')
"""Beginning of the edits of an entry whose first edit makes a row."""

_CHANGED_BY_HAND = re.compile(rf'\["(?:{"|".join(_VALUES_LEFT)})",\d+,\{{')

_LONGEST_STATE = 100
"""Longest state in characters that an export states in full."""

GONE = "removed"
"""The state of a removed row, as a ``LeftState`` names it."""


class Removal(NamedTuple):
    """The removal of a row: the entry of the log, and whether it was taken over from a file."""

    row: RemovedRow
    number: int
    is_taken: bool


class RowEdit(NamedTuple):
    """What a log entry did to a row."""

    number: int
    at: str
    title: str
    kind: str
    edit: Edit


@contextmanager
def _undecodable_as_damage() -> Iterator[None]:
    """Raise DamagedProject where an entry of the log is not text in UTF-8."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise DamagedProject("The log of the project is damaged: look with 'annotator check'.") from error


def _tells(stored: str) -> bool:
    """Return whether edits, as they are stored, may remove a row or change one by hand: most entries are not
    decoded.
    """
    return _REMOVES in stored or (_CHANGES in stored and _CHANGED_BY_HAND.search(stored) is not None)


class _Past:
    """The rows that according to the log were removed, made again, or set back to an earlier state."""

    def __init__(self, connection: sqlite3.Connection, condition: str = "1") -> None:
        """Read the log once. ``condition``: which entries may be relevant, in SQL. Raise DamagedProject."""
        self._connection = connection
        self._removed: dict[tuple[str, int], Removal] = {}
        self._owners: dict[tuple[str, int], list[tuple[str, Any]]] = {}
        self._ever_removed: dict[str, str] = {}
        self._restored: dict[str, int] = {}
        """By uid: the table of a row that was removed, and the last entry that made it again."""
        self._undone: dict[tuple[int, str], int] = {}
        """The versions of annotations that an undo took back, and the number of the entry that did."""
        self._values: dict[tuple[str, int, str], dict[str, tuple[int, int]]] = {}
        """By table, id and column: the first and the last entry that wrote each value, the present value last."""
        with _undecodable_as_damage():
            self._read(condition)

    def _read(self, condition: str) -> None:
        cursor = self._connection.execute(
            "SELECT number, at, title, kind, "
            "CASE WHEN title <> ? OR kind <> 'do' OR typeof(edits) <> 'text' THEN CAST(edits AS TEXT) END "
            f"FROM change WHERE {condition} ORDER BY number",
            (IMPORT,),
        )
        for number, at, title, kind, stored in cursor:
            if self._import_tells(number) if stored is None else kind != "do" or _tells(stored):
                for edit in log.read_change(self._connection, number).edits:
                    if edit.after is None:
                        self._note_removal(edit, number, at, title, kind)
                    elif edit.before is None:
                        if self._ever_removed.get(edit.after.get("uid", "")) == edit.table:
                            self._restored[edit.after["uid"]] = number
                    else:
                        self._note_change(edit, number, title, kind)

    def _import_tells(self, number: int) -> bool:
        """Return whether an entry of an import can be relevant; of most only the beginning is read."""
        if not self._ever_removed:
            with self._connection.blobopen("change", "edits", number, readonly=True) as blob:
                # An entry that makes rows does not change existing ones: that is a separate entry.
                if _MAKES_FIRST.match(blob.read(_BEGINNING)):
                    return False
        query = "SELECT CAST(edits AS TEXT) FROM change WHERE number = ?"
        (stored,) = self._connection.execute(query, (number,)).fetchone()
        return _tells(stored) or not self._ever_removed.keys().isdisjoint(_UID.findall(stored))

    def _note_removal(self, edit: Edit, number: int, at: str, title: str, kind: str) -> None:
        if edit.table not in _HANGS_ON or edit.before is None:
            return
        key = edit.table, edit.id
        self._removed.pop(key, None)
        if kind == "undo" and title == IMPORT:
            return
        row = RemovedRow(edit.table, edit.before["uid"], at)
        self._removed[key] = Removal(row, number, title == IMPORT and kind != "undo")
        self._owners[key] = [(table, edit.before.get(column)) for column, table in _HANGS_ON[edit.table].items()]
        self._ever_removed[row.uid] = row.table

    def _note_change(self, edit: Edit, number: int, title: str, kind: str) -> None:
        assert edit.before is not None and edit.after is not None
        if edit.table == "annotation":
            # Undoing an import takes nothing back that was made here.
            if kind == "undo" and title != IMPORT and "updated_at" in edit.before:
                self._undone[edit.id, edit.before["updated_at"]] = number
        elif edit.table in _VALUES_LEFT:
            for column, value in edit.after.items():
                # Ids have another meaning in another project.
                if not column.endswith("_id"):
                    before = value_left(column, edit.before.get(column))
                    states = self._values.setdefault((edit.table, edit.id, column), {before: (0, 0)})
                    state = value_left(column, value)
                    first, _ = states.pop(state, (number, number))
                    states[state] = first, number

    def removals(self) -> list[Removal]:
        """Return the removals of rows that are still gone, in their order."""
        removed, owners = self._removed, self._owners
        there = _held(self._connection, "uid", (one.row[:2] for one in removed.values()))
        held = _held(self._connection, "id", (owner for key in removed for owner in owners[key]))
        return [one for key, one in removed.items() if one.row[:2] not in there and held.issuperset(owners[key])]

    def left_states(self) -> tuple[LeftState, ...]:
        """Return the states of rows that an annotator replaced by an earlier state of the same row.

        Without them, a row that has an earlier state again would look as if it had never been changed.
        """
        return (*self._undone_versions(), *self._restorations(), *self._values_left())

    def _undone_versions(self) -> list[LeftState]:
        ids = json.dumps(sorted({id for id, _ in self._undone}))
        query = "SELECT id, uid, updated_at FROM annotation WHERE id IN (SELECT value FROM json_each(?))"
        now = {id: (uid, updated_at) for id, uid, updated_at in self._connection.execute(query, (ids,))}
        return [
            LeftState(now[id][0], at, number)
            for (id, at), number in self._undone.items()
            if id in now and now[id][1] < at
        ]

    def _restorations(self) -> list[LeftState]:
        there = _held(self._connection, "uid", ((self._ever_removed[uid], uid) for uid in self._restored))
        return [
            LeftState(uid, GONE, number)
            for uid, number in self._restored.items()
            if (self._ever_removed[uid], uid) in there
        ]

    def _values_left(self) -> list[LeftState]:
        found = []
        for (table, id, _), states in self._values.items():
            first, number = states[next(reversed(states))]
            left = [state for state, (_, last) in states.items() if first < last < number]
            query = f'SELECT uid FROM "{table}" WHERE id = ?'
            uid = self._connection.execute(query, (id,)).fetchone() if left else None
            if uid is not None:
                found += [LeftState(uid[0], state, number) for state in left]
        return found


def value_left(column: str, value: Any) -> str:
    """Return how a ``LeftState`` names a value of a column."""
    return shortened(encode({column: value}))


def shortened(state: str) -> str:
    """Return a state as a ``LeftState`` names it: a long one by its hash, so that exports do not repeat long notes."""
    return state if len(state) <= _LONGEST_STATE else hashlib.sha256(state.encode()).hexdigest()


class Presence(NamedTuple):
    """An entry of the log that removed a row, or made it again.

    ``is_undone_import``: it undid an import, which is neither a removal nor a restoration.
    """

    number: int
    at: str
    is_there: bool
    is_undone_import: bool


def _has_gaps(connection: sqlite3.Connection) -> bool:
    """Return whether any id was given to a row that is gone; if not, nothing was ever removed."""
    given = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    return any(
        connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] < given.get(table, 0) for table in _HANGS_ON
    )


def _held(connection: sqlite3.Connection, column: str, wanted: Iterable[tuple[str, Any]]) -> set[tuple[str, Any]]:
    """Return which of the rows, given by table and a value of ``column``, exist; a document in the trash does not
    count.
    """
    by_table: dict[str, set[Any]] = {}
    for table, value in wanted:
        by_table.setdefault(table, set()).add(value)
    found: set[tuple[str, Any]] = set()
    for table, values in by_table.items():
        rows = connection.execute(
            f'SELECT "{column}" FROM "{table}" WHERE "{column}" IN (SELECT value FROM json_each(?))'
            f"{' AND trashed_at IS NULL' * (table == 'document')}",
            (json.dumps(list(values)),),
        )
        found.update((table, value) for (value,) in rows)
    return found


class ExchangeQueries(Queries):
    """Queries on rows and the log for the exchange of files between projects."""

    def annotators(self) -> list[AnnotatorRecord]:
        """Return all annotators by name and uid, in the order in which they were added."""
        return list(map(AnnotatorRecord._make, self._rows("SELECT uid, name FROM annotator ORDER BY id")))

    def annotators_by_uid(self) -> dict[str, int]:
        """Return the ids of the annotators by uid."""
        return dict(self._rows("SELECT uid, id FROM annotator"))

    def rows_by_uid(self, table: str, uids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the rows of a table that have these uids, with all their columns."""
        return {row["uid"]: row for row in self._table_rows(table, "uid", list(uids))}

    def rows_by_id(self, table: str, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Return the rows of a table that have these ids, with all their columns."""
        return list(self._table_rows(table, "id", list(ids)))

    def annotation_rows(self, document_ids: Iterable[int]) -> dict[int, dict[str, dict[str, Any]]]:
        """Return the annotations of these documents, with all their columns, by document and uid."""
        found: dict[int, dict[str, dict[str, Any]]] = {}
        for row in self._table_rows("annotation", "document_id", list(document_ids)):
            found.setdefault(row["document_id"], {})[row["uid"]] = row
        return found

    def common_entry(self, points: Iterable[tuple[int, str]]) -> int:
        """Return the number of the last of these entries that our log holds too, or 0 where it holds none."""
        stated = dict(points)
        rows = self._rows(
            "SELECT number, substr(hash, 1, ?) FROM change WHERE number IN (SELECT value FROM json_each(?))",
            (_DIGITS, json.dumps(list(stated))),
        )
        return max((number for number, hash in rows if stated[number] == hash), default=0)

    def removals(self) -> list[Removal]:
        """Return the removals of the rows that an annotator removed here and that are still gone, in their order.

        Undoing an import does not count as a removal: what it brought was never here. A row that was removed with the
        one that it belongs to is not listed.
        """
        with self._connect() as connection:
            return _Past(connection, f"edits GLOB '*{_REMOVES}*'").removals() if _has_gaps(connection) else []

    def presences(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[Presence]]:
        """Return when these rows, given by table and uid, were removed and made again, oldest first.

        Raise DamagedProject.
        """
        found: dict[tuple[str, str], list[Presence]] = {}
        uids = {uid for _, uid in wanted}
        if not uids:
            return found
        # A row that existed before is made again by an undo, a redo or an import.
        query = (
            "SELECT number, at, title, kind, CAST(edits AS TEXT) FROM change WHERE instr(edits, ?) "
            "OR (instr(edits, ?) AND (kind <> 'do' OR title = ?)) ORDER BY number"
        )
        with self._connect() as connection, _undecodable_as_damage():
            for number, at, title, kind, edits in connection.execute(query, (_REMOVES, _MAKES, IMPORT)):
                if uids.isdisjoint(_UID.findall(edits)):
                    continue
                for edit in log.read_change(connection, number).edits:
                    if (edit.before is None) != (edit.after is None):
                        key = edit.table, (edit.before or edit.after or {}).get("uid", "")
                        if key in wanted:
                            is_undone_import = kind == "undo" and title == IMPORT
                            found.setdefault(key, []).append(
                                Presence(number, at, edit.after is not None, is_undone_import)
                            )
        return found

    def edits_of_rows(self, rows: Mapping[str, Collection[int]]) -> Iterator[RowEdit]:
        """Yield the edits of these rows, given by table and id, in the log, oldest first. Raise DamagedProject."""
        wanted = {(table, str(id)) for table, ids in rows.items() for id in ids}
        query = "SELECT number, at, title, kind, CAST(edits AS TEXT) FROM change ORDER BY number"
        with self._connect() as connection, _undecodable_as_damage():
            for number, at, title, kind, edits in connection.execute(query):
                if wanted.isdisjoint(_EDITED_ROW.findall(edits)):
                    continue
                for edit in log.read_change(connection, number).edits:
                    if edit.id in rows.get(edit.table, ()):
                        yield RowEdit(number, at, title, kind, edit)

    def state(self, *, is_whole: bool) -> ProjectState:
        """Return the state of the project for the header of an export. ``is_whole``: nothing is left out of the export.

        Removals are listed only for a whole project: in a partial export a missing row has no clear reason.
        """
        (uid,) = self._row("SELECT uid FROM project")
        with self._connect() as connection:
            tip = log.tip(connection)
            past = _Past(connection)
            removed = tuple(one.row for one in past.removals()) if is_whole else ()
            undone = past.left_states()
        return ProjectState(uid, tip.number, tip.hash, self.last_time(), is_whole, self.log_points(), removed, undone)

    def all_rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table with all their columns."""
        ids = [id for (id,) in self._rows(f'SELECT id FROM "{table}"')]
        return list(self._table_rows(table, "id", ids))

    def is_held(self, table: str, values: Mapping[str, Any], but: int) -> bool:
        """Return whether a row other than ``but`` has these values; names are compared without regard to case."""
        conditions = " AND ".join(f'"{column}" = ?{" COLLATE NOCASE" * (column == "name")}' for column in values)
        row = self._row(f'SELECT 1 FROM "{table}" WHERE {conditions} AND id <> ? LIMIT 1', (*values.values(), but))
        return row is not None

    def name_of(self, table: str, id: int) -> str:
        """Return the name by which users know a row, or an empty text where it is gone."""
        row = self._row(f'SELECT "{_NAMES[table]}" FROM "{table}" WHERE id = ?', (id,))
        return row[0] if row else ""

    def is_used(self, table: str, row: Mapping[str, Any]) -> bool:
        """Return whether any other row refers to a row; suggestions, which can be made again, do not count."""
        if table == "feature":
            named = f"{encode(row['name'])}:"
            return self._row("SELECT 1 FROM annotation WHERE instr(features, ?) LIMIT 1", (named,)) is not None
        for other in ORDER:
            for key in self._rows(f'PRAGMA foreign_key_list("{other}")'):
                _, _, referred, column, *_ = key
                if referred == table and self._row(
                    f'SELECT 1 FROM "{other}" WHERE "{column}" = ? LIMIT 1', (row["id"],)
                ):
                    return True
        return False

    def last_time(self) -> str:
        """Return when the last entry of the log was written, or an empty text where there is none."""
        row = self._row("SELECT at FROM change ORDER BY number DESC LIMIT 1")
        return row[0] if row else ""

    def log_points(self) -> tuple[tuple[int, str], ...]:
        """Return number and beginning of the hash of some entries of the log, by which another project finds a common
        one.

        The last entries are all included, older ones at equal distances, so that the header stays small.
        """
        with self._connect() as connection:
            last = log.last_number(connection)
        near = range(max(1, last - _NEAR + 1), last + 1)
        far = range(1, near.start, max(1, near.start // _FAR))
        return tuple(
            self._rows(
                "SELECT number, substr(hash, 1, ?) FROM change WHERE number IN (SELECT value FROM json_each(?)) "
                "ORDER BY number",
                (_DIGITS, json.dumps([*far, *near])),
            )
        )

    def _table_rows(self, table: str, column: str, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
        shape = shapes()[table]
        names = ", ".join(f'"{name}"' for name in shape.columns)
        rows = self._rows(
            f'SELECT {names} FROM "{table}" WHERE "{column}" IN (SELECT value FROM json_each(?))', (json.dumps(values),)
        )
        for row in rows:
            try:
                yield shape.decoded(row)
            except (ValueError, TypeError) as error:
                raise DamagedProject(
                    f"A {table.replace('_', ' ')} of the project is damaged in the file and cannot be compared: look "
                    "with 'annotator check', and save what can be read with 'annotator repair'."
                ) from error
