"""What an exchange of files between projects asks of the rows and of the log."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import Edit
from annotator.domain.errors import DamagedProject
from annotator.domain.records import AnnotatorRecord, ProjectState, RemovedRow
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


def removed_rows(connection: sqlite3.Connection) -> list[RemovedRow]:
    """Return the rows that somebody removed here and that are still gone, in the order of their removal.

    To undo an import removes nothing in this sense: what it brought was never here. Nor is a row named that went
    with what it hangs on.
    """
    if not _has_gaps(connection):
        return []
    removed: dict[tuple[str, int], RemovedRow] = {}
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
                    removed[key] = RemovedRow(edit.table, edit.before["uid"], at)
                    hanging[key] = edit.before
    there = {table: _uids(connection, table, removed) for table in _HANGS_ON}
    ids = {
        table: {id for (id,) in connection.execute(f'SELECT id FROM "{table}"')}
        for table in ("annotation", "source", "claim", "question", "hypothesis", "evidence")
    }
    ids["document"] = {id for (id,) in connection.execute("SELECT id FROM document WHERE trashed_at IS NULL")}
    return [
        row
        for key, row in removed.items()
        if row.uid not in there[row.table]
        and all(hanging[key].get(column) in ids[table] for column, table in _HANGS_ON[row.table].items())
    ]


def undone_versions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return uid and ``updated_at`` of the versions of annotations that an undo took back, and that stay taken back.

    An undo gives an annotation its earlier time again: without this it would look as if it had never been changed.
    To undo an import takes nothing back that was made here.
    """
    found: dict[tuple[int, str], None] = {}
    cursor = connection.execute(
        "SELECT number FROM change WHERE kind = 'undo' AND title <> ? ORDER BY number", (IMPORT,)
    )
    for (number,) in cursor.fetchall():
        for edit in log.read_change(connection, number).edits:
            if edit.table == "annotation" and edit.after is not None and edit.before and "updated_at" in edit.before:
                found[edit.id, edit.before["updated_at"]] = None
    if not found:
        return []
    now = {
        id: (uid, updated_at)
        for id, uid, updated_at in connection.execute(
            "SELECT id, uid, updated_at FROM annotation WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({id for id, _ in found})),),
        )
    }
    return [(now[id][0], at) for id, at in found if id in now and now[id][1] < at]


def _has_gaps(connection: sqlite3.Connection) -> bool:
    """Return whether any id was given out that no row has now: without one nothing was ever removed."""
    given = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    return any(
        connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] < given.get(table, 0) for table in _HANGS_ON
    )


def _uids(connection: sqlite3.Connection, table: str, removed: Mapping[tuple[str, int], RemovedRow]) -> set[str]:
    wanted = [row.uid for row in removed.values() if row.table == table]
    rows = connection.execute(
        f'SELECT uid FROM "{table}" WHERE uid IN (SELECT value FROM json_each(?))', (json.dumps(wanted),)
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
    removed = tuple(removed_rows(connection)) if is_whole else ()
    undone = tuple(undone_versions(connection))
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
