"""Queries on labels: how often each is used, and which annotations match given conditions."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from annotator.store.queries.project_queries import letter_of_annotation


class Uses(NamedTuple):
    """How often labels are used: annotations and documents, in the trash too, and how many annotations are there."""

    annotations: int
    documents: int
    trashed: int


class Matching(NamedTuple):
    """Conditions on annotations, all of which must be met; without any, all match.

    ``source_id`` 0: no source is given. ``reliability`` ``-`` and ``credibility`` 0: not graded. ``feature``: its name,
    with ``value`` None for any. ``words``: in the quote or the note. ``since``, ``until``: ISO 8601 dates of creation,
    both included. ``chosen``: only these; ``left_out``: not these.
    """

    annotator: str = ""
    created_by: str = ""
    source_id: int | None = None
    reliability: str = ""
    credibility: int | None = None
    document_ids: Collection[int] = ()
    feature: str = ""
    value: Any = None
    words: str = ""
    since: str = ""
    until: str = ""
    chosen: Collection[int] | None = None
    left_out: Collection[int] = ()


def label_counts(connection: sqlite3.Connection) -> dict[int, int]:
    """Return how many annotations outside the trash have which label, by its id. Fast enough for frequent calls."""
    # Two scans of an index: a join with the documents would read every annotation.
    counts = dict(connection.execute("SELECT label_id, count(*) FROM annotation GROUP BY label_id"))
    trashed = connection.execute(
        "SELECT a.label_id, count(*) FROM document d CROSS JOIN annotation a ON a.document_id = d.id "
        "WHERE d.trashed_at IS NOT NULL GROUP BY a.label_id"
    )
    for id, count in trashed:
        counts[id] -= count
    return counts


def uses_of_labels(connection: sqlite3.Connection, ids: Iterable[int]) -> Uses:
    """Return how often these labels are used, in total."""
    found = connection.execute(
        "SELECT count(*), count(DISTINCT a.document_id), count(d.trashed_at) FROM annotation a "
        "JOIN document d ON d.id = a.document_id WHERE a.label_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    ).fetchone()
    return Uses(*found)


def annotations_of_labels(connection: sqlite3.Connection, ids: Iterable[int]) -> list[int]:
    """Return the ids of the annotations with one of these labels, those in the trash too."""
    found = connection.execute(
        "SELECT id FROM annotation WHERE label_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    return [id for (id,) in found]


def labels_of_annotations(
    connection: sqlite3.Connection, ids: Iterable[int], label_ids: Iterable[int]
) -> list[tuple[int, int]]:
    """Return those of the annotations ``ids`` that have one of these labels, each with its label."""
    return connection.execute(
        "SELECT id, label_id FROM annotation WHERE id IN (SELECT value FROM json_each(?)) "
        "AND label_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)), json.dumps(list(label_ids))),
    ).fetchall()


def matching_annotations(
    connection: sqlite3.Connection, label_id: int, matching: Matching
) -> Iterator[tuple[int, int, bool]]:
    """Yield the annotations with a label that match, by document and place: id, document, and whether it is in the
    trash.
    """
    where, values = ["a.label_id = ?"], list[Any]([label_id])

    def wanted(condition: str, *given: Any) -> None:
        where.append(condition)
        values.extend(given)

    if matching.annotator:
        wanted("p.name = ?", matching.annotator)
    if matching.created_by:
        wanted("a.created_by = ?", matching.created_by)
    if matching.source_id is not None:
        wanted("a.source_id IS ?", matching.source_id or None)
    if matching.reliability:
        wanted(f"{letter_of_annotation()} IS ?", None if matching.reliability == "-" else matching.reliability)
    if matching.credibility is not None:
        wanted("a.credibility IS ?", matching.credibility or None)
    if matching.document_ids:
        wanted("a.document_id IN (SELECT value FROM json_each(?))", json.dumps(list(matching.document_ids)))
    if matching.feature:
        any_value = "" if matching.value is None else " AND f.value = ?"
        given = [matching.feature] if matching.value is None else [matching.feature, matching.value]
        wanted(f"EXISTS (SELECT 1 FROM json_each(a.features) f WHERE f.key = ?{any_value})", *given)
    if matching.since:
        wanted("substr(a.created_at, 1, 10) >= ?", matching.since)
    if matching.until:
        wanted("substr(a.created_at, 1, 10) <= ?", matching.until)
    if matching.chosen is not None:
        wanted("a.id IN (SELECT value FROM json_each(?))", json.dumps(list(matching.chosen)))
    if matching.left_out:
        wanted("a.id NOT IN (SELECT value FROM json_each(?))", json.dumps(list(matching.left_out)))
    words = matching.words.casefold().split()
    rows = connection.execute(
        "SELECT a.id, a.document_id, d.trashed_at IS NOT NULL, a.quote, a.note FROM annotation a "
        "JOIN document d ON d.id = a.document_id JOIN annotator p ON p.id = a.annotator_id "
        f'WHERE {" AND ".join(where)} ORDER BY a.document_id, a.start, a."end" DESC, a.id',
        values,
    )
    for id, document_id, trashed, quote, note in rows:
        # SQLite folds the case of English letters only.
        searched = f"{quote}\n{note}".casefold() if words else ""
        if all(word in searched for word in words):
            yield id, document_id, bool(trashed)


def makers(connection: sqlite3.Connection, label_id: int) -> list[str]:
    """Return what created the annotations with a label: ``person``, or the name of a rule or a model."""
    found = connection.execute("SELECT DISTINCT created_by FROM annotation WHERE label_id = ? ORDER BY 1", (label_id,))
    return [name for (name,) in found]


def feature_values(connection: sqlite3.Connection, label_id: int, feature: str, limit: int = 200) -> list[Any]:
    """Return the values that a feature has on annotations with a label; flags are True and False."""
    found = connection.execute(
        "SELECT DISTINCT f.value, f.type FROM annotation a, json_each(a.features) f "
        "WHERE a.label_id = ? AND f.key = ? ORDER BY 1 LIMIT ?",
        (label_id, feature, limit),
    )
    return [value == 1 if kind in ("true", "false") else value for value, kind in found]
