"""What an exchange of files between projects asks of the rows and of the log."""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import Edit
from annotator.domain.errors import DamagedProject
from annotator.domain.records import AnnotatorRecord, LeftState, ProjectState, RemovedRow
from annotator.store import log
from annotator.store.rows import ORDER, encode, shapes

IMPORT = "Import"
"""The title of the log entries that write what came out of a file."""

_NEAR, _FAR = 64, 192
"""How many entries an export names of the log: the last ones all, and of the others so many at equal distances."""

_DIGITS = 16
"""Digits of a hash that are enough to tell entries of one number apart."""

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
"""Tables whose rows an export holds, and what a row goes with when that is removed."""


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
"""The column by which people know a row."""


GONE = "removed"
"""The state of a row that was removed, as a ``LeftState`` names it."""


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


def annotators(connection: sqlite3.Connection) -> list[AnnotatorRecord]:
    """Return all annotators by name and uid, in the order in which they came."""
    return list(map(AnnotatorRecord._make, connection.execute("SELECT uid, name FROM annotator ORDER BY id")))


def annotators_by_uid(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the ids of the annotators by uid."""
    return dict(connection.execute("SELECT uid, id FROM annotator"))


def rows_by_uid(connection: sqlite3.Connection, table: str, uids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of a table that have these uids, with all their columns."""
    return {row["uid"]: row for row in _rows(connection, table, "uid", list(uids))}


def rows_by_id(connection: sqlite3.Connection, table: str, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return the rows of a table that have these ids, with all their columns."""
    return list(_rows(connection, table, "id", list(ids)))


def annotation_rows(
    connection: sqlite3.Connection, document_ids: Iterable[int]
) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the annotations of these documents, with all their columns, by document and uid."""
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for row in _rows(connection, "annotation", "document_id", list(document_ids)):
        found.setdefault(row["document_id"], {})[row["uid"]] = row
    return found


def _rows(connection: sqlite3.Connection, table: str, column: str, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    shape = shapes()[table]
    names = ", ".join(f'"{name}"' for name in shape.columns)
    cursor = connection.execute(
        f'SELECT {names} FROM "{table}" WHERE "{column}" IN (SELECT value FROM json_each(?))', (json.dumps(values),)
    )
    for row in cursor:
        try:
            yield shape.decoded(row)
        except (ValueError, TypeError) as error:
            raise DamagedProject(
                f"A {table.replace('_', ' ')} of the project is damaged in the file and cannot be compared: look with "
                "'annotator check', and save what can be read with 'annotator repair'."
            ) from error


def log_points(connection: sqlite3.Connection) -> tuple[tuple[int, str], ...]:
    """Return number and beginning of the hash of some entries of the log, by which another project finds a common one.

    The last entries are all among them, older ones at equal distances, so that the header stays small.
    """
    last = log.last_number(connection)
    near = range(max(1, last - _NEAR + 1), last + 1)
    far = range(1, near.start, max(1, near.start // _FAR))
    return tuple(
        connection.execute(
            "SELECT number, substr(hash, 1, ?) FROM change WHERE number IN (SELECT value FROM json_each(?)) "
            "ORDER BY number",
            (_DIGITS, json.dumps([*far, *near])),
        )
    )


def common_entry(connection: sqlite3.Connection, points: Iterable[tuple[int, str]]) -> int:
    """Return the number of the last of these entries that our log holds too, or 0 where it holds none."""
    stated = dict(points)
    rows = connection.execute(
        "SELECT number, substr(hash, 1, ?) FROM change WHERE number IN (SELECT value FROM json_each(?))",
        (_DIGITS, json.dumps(list(stated))),
    )
    return max((number for number, hash in rows if stated[number] == hash), default=0)


def last_time(connection: sqlite3.Connection) -> str:
    """Return when the last entry of the log was written, or an empty text where there is none."""
    row = connection.execute("SELECT at FROM change ORDER BY number DESC LIMIT 1").fetchone()
    return row[0] if row else ""


def removals(connection: sqlite3.Connection) -> list[Removal]:
    """Return the removals of the rows that somebody removed here and that are still gone, in their order.

    To undo an import removes nothing in this sense: what it brought was never here. Nor is a row named that went
    with what it hangs on.
    """
    if not _has_gaps(connection):
        return []
    removed: dict[tuple[str, int], Removal] = {}
    hanging: dict[tuple[str, int], Mapping[str, Any]] = {}
    cursor = connection.execute(
        "SELECT number, at, title, kind FROM change WHERE instr(edits, ?) ORDER BY number", ("},null]",)
    )
    for number, at, title, kind in cursor:
        for edit in log.read_change(connection, number).edits:
            if edit.table in _HANGS_ON and edit.after is None and edit.before is not None:
                key = edit.table, edit.id
                removed.pop(key, None)
                if not (kind == "undo" and title == IMPORT):
                    row = RemovedRow(edit.table, edit.before["uid"], at)
                    removed[key] = Removal(row, number, title == IMPORT and kind != "undo")
                    hanging[key] = edit.before
    there = {
        table: _uids(connection, table, (one.row.uid for one in removed.values() if one.row.table == table))
        for table in _HANGS_ON
    }
    ids = {
        table: {id for (id,) in connection.execute(f'SELECT id FROM "{table}"')}
        for table in ("annotation", "source", "claim", "question", "hypothesis", "evidence")
    }
    ids["document"] = {id for (id,) in connection.execute("SELECT id FROM document WHERE trashed_at IS NULL")}
    return [
        one
        for key, one in removed.items()
        if one.row.uid not in there[one.row.table]
        and all(hanging[key].get(column) in ids[table] for column, table in _HANGS_ON[one.row.table].items())
    ]


def left_states(connection: sqlite3.Connection) -> tuple[LeftState, ...]:
    """Return the states of rows that somebody left for an earlier one of the same row.

    Without them, a row that is again what it was would look as if it had never been changed.
    """
    return (*_undone_versions(connection), *_restored(connection), *_values_left(connection))


def value_left(column: str, value: Any) -> str:
    """Return how a ``LeftState`` names a value of a column."""
    return encode({column: value})


def _restored(connection: sqlite3.Connection) -> list[LeftState]:
    """The removals that were taken back, by an undo or by an import."""
    removed: dict[tuple[str, str], None] = {}
    found: dict[tuple[str, str], LeftState] = {}
    cursor = connection.execute(
        "SELECT number, title, kind FROM change WHERE instr(edits, ?) "
        "OR (instr(edits, ?) AND (kind <> 'do' OR title = ?)) ORDER BY number",
        ("},null]", ",null,{", IMPORT),
    )
    has_removals = connection.execute("SELECT 1 FROM change WHERE instr(edits, ?) LIMIT 1", ("},null]",)).fetchone()
    for number, title, kind in cursor if has_removals else ():
        for edit in log.read_change(connection, number).edits:
            if edit.table not in _HANGS_ON:
                continue
            if edit.after is None and edit.before is not None and not (kind == "undo" and title == IMPORT):
                removed[edit.table, edit.before["uid"]] = None
            elif edit.before is None and edit.after is not None and (edit.table, edit.after["uid"]) in removed:
                key = edit.table, edit.after["uid"]
                found[key] = LeftState(key[1], GONE, number)
    there = {
        table: _uids(connection, table, (uid for name, uid in found if name == table))
        for table in {table for table, _ in found}
    }
    return [left for (table, uid), left in found.items() if uid in there[table]]


_VALUES_LEFT = ("label", "feature", "source", "document", "claim")
"""The tables without times whose columns are edited by hand."""

_IS_EDITED = re.compile(rf'\["(?:{"|".join(_VALUES_LEFT)})",\d+,\{{')


def _values_left(connection: sqlite3.Connection) -> list[LeftState]:
    """The values that columns of rows without times had since they had their present one before."""
    past: dict[tuple[str, int, str], list[tuple[Any, int]]] = {}
    cursor = connection.execute("SELECT number, edits FROM change WHERE instr(edits, '},{') ORDER BY number")
    for number, edits in cursor:
        if not _IS_EDITED.search(edits):
            continue
        for edit in log.read_change(connection, number).edits:
            if edit.table in _VALUES_LEFT and edit.before is not None and edit.after is not None:
                for column, value in edit.after.items():
                    # Ids mean something else in another project.
                    if not column.endswith("_id"):
                        values = past.setdefault((edit.table, edit.id, column), [(edit.before.get(column), 0)])
                        values.append((value, number))
    found = []
    for (table, id, column), values in past.items():
        present, number = values[-1]
        before = [place for place, (value, _) in enumerate(values) if value == present][:-1]
        uid = connection.execute(f'SELECT uid FROM "{table}" WHERE id = ?', (id,)).fetchone() if before else None
        if uid is not None:
            left = dict.fromkeys(value_left(column, value) for value, _ in values[before[0] : -1] if value != present)
            found += [LeftState(uid[0], state, number) for state in left]
    return found


def _undone_versions(connection: sqlite3.Connection) -> list[LeftState]:
    """The versions of annotations that an undo took back, and that stay taken back, by their ``updated_at``.

    To undo an import takes nothing back that was made here.
    """
    found: dict[tuple[int, str], int] = {}
    cursor = connection.execute(
        "SELECT number FROM change WHERE kind = 'undo' AND title <> ? ORDER BY number", (IMPORT,)
    )
    for (number,) in cursor.fetchall():
        for edit in log.read_change(connection, number).edits:
            if edit.table == "annotation" and edit.after is not None and edit.before and "updated_at" in edit.before:
                found[edit.id, edit.before["updated_at"]] = number
    if not found:
        return []
    now = {
        id: (uid, updated_at)
        for id, uid, updated_at in connection.execute(
            "SELECT id, uid, updated_at FROM annotation WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({id for id, _ in found})),),
        )
    }
    return [LeftState(now[id][0], at, number) for (id, at), number in found.items() if id in now and now[id][1] < at]


def _has_gaps(connection: sqlite3.Connection) -> bool:
    """Return whether any id was given out that no row has now: without one nothing was ever removed."""
    given = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    return any(
        connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] < given.get(table, 0) for table in _HANGS_ON
    )


def _uids(connection: sqlite3.Connection, table: str, wanted: Iterable[str]) -> set[str]:
    rows = connection.execute(
        f'SELECT uid FROM "{table}" WHERE uid IN (SELECT value FROM json_each(?))', (json.dumps(list(wanted)),)
    )
    return {uid for (uid,) in rows}


def edits_of_rows(connection: sqlite3.Connection, rows: Mapping[str, Collection[int]]) -> Iterator[RowEdit]:
    """Return what the log says of these rows, given by table and id, oldest first. Raises DamagedProject."""
    for number, at, title, kind in connection.execute("SELECT number, at, title, kind FROM change ORDER BY number"):
        for edit in log.read_change(connection, number).edits:
            if edit.id in rows.get(edit.table, ()):
                yield RowEdit(number, at, title, kind, edit)


def state(connection: sqlite3.Connection, *, is_whole: bool) -> ProjectState:
    """Return in which state the project is, as an export tells it. ``is_whole``: nothing is left out of the export.

    What was removed is told of a whole project only: with a part of it nobody could tell what is missing why.
    """
    (uid,) = connection.execute("SELECT uid FROM project").fetchone()
    tip = log.tip(connection)
    removed = tuple(one.row for one in removals(connection)) if is_whole else ()
    undone = left_states(connection)
    return ProjectState(
        uid, tip.number, tip.hash, last_time(connection), is_whole, log_points(connection), removed, undone
    )


def all_rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """Return all rows of a table with all their columns."""
    ids = [id for (id,) in connection.execute(f'SELECT id FROM "{table}"')]
    return list(_rows(connection, table, "id", ids))


def is_held(connection: sqlite3.Connection, table: str, values: Mapping[str, Any], but: int) -> bool:
    """Return whether a row other than ``but`` has these values; names count as the same in any case of letters."""
    conditions = " AND ".join(f'"{column}" = ?{" COLLATE NOCASE" * (column == "name")}' for column in values)
    row = connection.execute(
        f'SELECT 1 FROM "{table}" WHERE {conditions} AND id <> ? LIMIT 1', (*values.values(), but)
    ).fetchone()
    return row is not None


def name_of(connection: sqlite3.Connection, table: str, id: int) -> str:
    """Return how people know a row, or an empty text where it is gone."""
    row = connection.execute(f'SELECT "{_NAMES[table]}" FROM "{table}" WHERE id = ?', (id,)).fetchone()
    return row[0] if row else ""


def is_used(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> bool:
    """Return whether any other row refers to a row; suggestions, which can be made again, do not count."""
    if table == "feature":
        named = f"{encode(row['name'])}:"
        return (
            connection.execute("SELECT 1 FROM annotation WHERE instr(features, ?) LIMIT 1", (named,)).fetchone()
            is not None
        )
    for other in ORDER:
        for key in connection.execute(f'PRAGMA foreign_key_list("{other}")').fetchall():
            _, _, referred, column, *_ = key
            if (
                referred == table
                and connection.execute(f'SELECT 1 FROM "{other}" WHERE "{column}" = ? LIMIT 1', (row["id"],)).fetchone()
            ):
                return True
    return False
