"""Suggestions in the project file: what was proposed for a document, by what, and which of it are still open.

They are made from the text and can be made again, so they are treated like the search index: written by the store, in
no log, and never undone. What an annotator answered is an ``answer``, which is logged like every other change.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import now
from annotator.domain.records import AnswerRecord, SuggestionRecord
from annotator.store import rows
from annotator.store.queries import project_queries
from annotator.store.reading import leave_out, records


class Proposed(NamedTuple):
    """All that an engine proposes for one document, as rows of suggestions without ids."""

    document_id: int
    rows: Sequence[Mapping[str, Any]]


class Bounds(NamedTuple):
    """Which open suggestions are requested: of some documents or of all, from a score on, of some labels or of all."""

    document_ids: tuple[int, ...] | None = None
    least: float = 0.0
    label_ids: tuple[int, ...] | None = None


EVERYWHERE = Bounds()


def _alike(o: str, parts: int) -> str:
    """Return SQL: whether a suggestion and another row share at least one of so many ``parts`` of the longer of the
    two.
    """
    own, other = 's."end" - s.start', f'{o}."end" - {o}.start'
    shared = f'min({o}."end", s."end") - max({o}.start, s.start)'
    # A row that shares so much is at most that many times as long as the suggestion, which an index of starts uses.
    near = f'{o}.start BETWEEN s.start - {parts} * ({own}) AND s."end"'
    return f"{o}.document_id = s.document_id AND {near} AND {parts} * ({shared}) >= max({other}, {own})"


OPEN = (
    "suggestion s JOIN document d ON d.id = s.document_id AND d.trashed_at IS NULL "
    f"WHERE NOT EXISTS (SELECT 1 FROM annotation a WHERE {_alike('a', 3)}) "
    f"AND NOT EXISTS (SELECT 1 FROM answer r WHERE r.verdict = 'rejected' AND {_alike('r', 2)}) "
)
"""SQL: the suggestions that wait for an answer, as ``s``.

One that shares a third with an annotation has been answered by it, whoever made that; one that shares half with a
rejected one is the same again, whatever its label is now. Documents in the trash are left out.
"""


def put(connection: sqlite3.Connection, proposed: Iterable[Proposed], made_with: str) -> None:
    """Replace what was proposed for these documents, inside the caller's transaction.

    Raise InvalidValue for a row outside its limits.
    """
    shape = rows.shapes()["suggestion"]
    timestamp = now()
    insert = shape.insert.replace('"id", ', "", 1).replace("?, ", "", 1)
    for document_id, found in proposed:
        connection.execute("DELETE FROM suggestion WHERE document_id = ?", (document_id,))
        # SQLite assigns the id; it is the first column.
        whole = [shape.row(shape.whole({**row, "document_id": document_id, "id": 1}))[1:] for row in found]
        connection.executemany(insert, whole)
        sums = checksums(document_id, made_with, timestamp, whole)
        connection.execute(
            "INSERT OR REPLACE INTO suggestion_run (document_id, made_with, made_at, checksums) VALUES (?, ?, ?, ?)",
            (document_id, made_with, timestamp, rows.encode(sums)),
        )


def checksums(document_id: int, made_with: str, made_at: str, suggestions: Iterable[Sequence[Any]]) -> dict[str, str]:
    """Return checksums of all suggestions for a document, by label, and of their run under ``run``.

    ``suggestions``: rows without their ids, as their columns hold them. Checksums are by label, because suggestions are
    removed with their label.
    """
    by_label: dict[str, list[str]] = {"run": [rows.encode([document_id, made_with, made_at])]}
    for row in suggestions:
        # The document is the first column and the label the second.
        by_label.setdefault(str(row[1]), []).append(rows.encode(list(row)))
    return {
        label: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:32] for label, found in by_label.items()
    }


def waiting(connection: sqlite3.Connection, made_with: str, document_ids: Iterable[int] | None = None) -> list[int]:
    """Return the documents outside the trash for which ``made_with`` has proposed nothing yet: all, or of
    ``document_ids``.
    """
    where, values = _among("d.id", document_ids)
    cursor = connection.execute(
        "SELECT d.id FROM document d LEFT JOIN suggestion_run r ON r.document_id = d.id AND r.made_with = ? "
        f"WHERE d.trashed_at IS NULL AND r.document_id IS NULL AND {where} ORDER BY d.id",
        (made_with, *values),
    )
    return [id for (id,) in cursor]


def count(connection: sqlite3.Connection, bounds: Bounds, most: int) -> int:
    """Return how many open suggestions there are, at most ``most``: counting very many takes too long for a key
    press.
    """
    where, values = _within(bounds)
    found = connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {OPEN} AND {where} LIMIT ?)", (*values, most))
    return int(found.fetchone()[0])


def is_any_read(connection: sqlite3.Connection) -> bool:
    """Return whether any document has been read for suggestions."""
    return connection.execute("SELECT 1 FROM suggestion_run LIMIT 1").fetchone() is not None


def suggestions(
    connection: sqlite3.Connection, bounds: Bounds = EVERYWHERE, *, by: str = "place", limit: int = -1
) -> list[SuggestionRecord]:
    """Return the open suggestions within ``bounds``.

    ``by``: ``place``; the ``surest`` first, or the ``weakest``; or the ``least sure``, those nearest to one half.
    """
    where, values = _within(bounds, by_score=by != "place")
    # From one half on, those nearest to it are the weakest, which an index finds.
    order = _ORDERS["weakest" if by == "least sure" and bounds.least >= 0.5 else by]
    return _records(connection, f"{OPEN} AND {where} ORDER BY {order} LIMIT ?", (*values, limit))


def everything(connection: sqlite3.Connection, bounds: Bounds) -> list[SuggestionRecord]:
    """Return all suggestions within ``bounds``, answered or not: a measurement must not depend on who has answered."""
    where, values = _within(bounds, by_score=False)
    every = f"suggestion s JOIN document d ON d.id = s.document_id AND d.trashed_at IS NULL WHERE {where}"
    return _records(connection, f"{every} ORDER BY {_ORDERS['place']}", values)


def suggestion(connection: sqlite3.Connection, id: int) -> SuggestionRecord | None:
    """Return one open suggestion; None where it is answered or gone."""
    found = _records(connection, f"{OPEN} AND s.id = ?", (id,))
    return found[0] if found else None


def counts(connection: sqlite3.Connection, bounds: Bounds = EVERYWHERE) -> dict[int, int]:
    """Return how many open suggestions each label has, by its id."""
    where, values = _within(bounds)
    return dict(connection.execute(f"SELECT s.label_id, count(*) FROM {OPEN} AND {where} GROUP BY 1", values))


def answers(
    connection: sqlite3.Connection,
    *,
    document_ids: Iterable[int] | None = None,
    annotation_ids: Iterable[int] | None = None,
    trashed: bool = False,
) -> Iterator[AnswerRecord]:
    """Return the answers, in the order of answering: all, those in some documents, or those that led to some
    annotations.
    """
    where, values = _among("r.document_id", document_ids)
    also, more = _among("r.annotation_id", annotation_ids)
    query = (
        "SELECT r.id, r.uid, r.document_id, r.annotation_id, r.verdict, r.label, r.fragments, r.cue, r.mention, "
        "r.score, r.engine, r.rule, r.reason, p.name, r.created_at FROM answer r "
        "JOIN annotator p ON p.id = r.annotator_id JOIN document d ON d.id = r.document_id "
        f"WHERE (? OR d.trashed_at IS NULL) AND {where} AND {also} ORDER BY r.id"
    )
    return records(connection, AnswerRecord, query, [trashed, *values, *more], table="answer")


_SELECT = (
    "SELECT s.id, s.document_id, s.label_id, (SELECT name FROM label WHERE id = s.label_id) AS label, s.start, "
    "s.\"end\", '' AS quote, s.fragments, s.cue, s.mention, s.source, s.features, s.score, s.engine, s.rule, s.reason"
)

_ORDERS = {
    "place": 's.document_id, s.start, s."end" DESC, s.id',
    "surest": "s.score DESC, s.id DESC",
    "weakest": "s.score, s.id",
    "least sure": "abs(s.score - 0.5), s.id",
}


def _among(column: str, ids: Iterable[int] | None) -> tuple[str, list[Any]]:
    if ids is None:
        return "TRUE", []
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]


def _within(bounds: Bounds, by_score: bool = True) -> tuple[str, list[Any]]:
    """Return SQL for bounds, and its values; a unary plus keeps SQLite from using the index of scores where it does not
    help.
    """
    documents, values = _among("s.document_id", bounds.document_ids)
    labels, more = _among("s.label_id", bounds.label_ids)
    score = "s.score" if by_score and bounds.document_ids is None else "+s.score"
    return f"{score} >= ? AND {documents} AND {labels}", [bounds.least, *values, *more]


def _records(connection: sqlite3.Connection, rest: str, values: Sequence[Any]) -> list[SuggestionRecord]:
    """Return suggestions with their quotes.

    SQLite would scan a long text again for each of them, so it is read once.
    """
    found: list[SuggestionRecord] = []
    text, text_of = "", 0
    for one in records(connection, SuggestionRecord, f"{_SELECT} FROM {rest}", values, table="suggestion"):
        if one.document_id != text_of:
            text, text_of = project_queries.text(connection, one.document_id), one.document_id
        if not 0 <= one.start < one.end <= len(text):
            leave_out(connection, "suggestion", one.id)
            continue
        found.append(one._replace(quote=text[one.start : one.end]))
    return found
