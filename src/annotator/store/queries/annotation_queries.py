"""Queries on annotations, relations and bookmarks. Those of documents in the trash are left out."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple

from annotator.domain.errors import NotFound
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.records import (
    AnnotationRecord,
    BookmarkRecord,
    RelationRecord,
)
from annotator.domain.spans import Span
from annotator.store.queries.base import Queries, among
from annotator.store.queries.grade_sql import letter_in_force, letter_of_annotation
from annotator.store.reading import (
    FARTHEST,
    are_grades,
    damaged_row,
    fetched,
    is_place,
    leave_out,
    object_of,
    spans_of,
)


class Attribution(NamedTuple):
    """The source and the outlet of an annotation, by id."""

    id: int
    document_id: int
    said_by: int | None
    outlet: int | None
    features: dict[str, Any]


class TrackRecordFields(NamedTuple):
    """The fields of an annotation that a track record needs."""

    id: int
    label_id: int
    probability: int | None
    features: dict[str, Any]


class Placed(NamedTuple):
    """Where an annotation lies: its document and its hull."""

    id: int
    document_id: int
    start: int
    end: int


class Quote(NamedTuple):
    """The quote of an annotation, and the claim that it already states."""

    id: int
    document_id: int
    claim_id: int | None
    words: str


class FilterValues(NamedTuple):
    """The values of an annotation that a filter compares."""

    id: int
    document_id: int
    label: str
    annotator: str
    source: str
    reliability: str | None
    credibility: int | None
    created_by: str


_SELECTED = {
    "id": "a.id",
    "document_id": "a.document_id",
    "label_id": "a.label_id",
    "source_id": "a.source_id",
    "inherited_reliability": "d.reliability",
} | {field.attribute: f'a."{field.name}"' for field in ANNOTATION_FIELDS if field.kind is not Kind.DERIVED}
"""What is selected for each attribute of an annotation; the id of the annotator for the name."""

_NAMED = ("label", "source")
"""The attributes that are not selected: names of rows whose ids are."""

_ROW = tuple(attribute for attribute in AnnotationRecord._fields if attribute not in _NAMED)
"""The attributes that a row holds, in its order; behind them stands the outlet of the document."""

_ANNOTATION = (
    f"SELECT {', '.join(map(_SELECTED.__getitem__, _ROW))}, d.source_id "
    "FROM annotation a JOIN document d ON d.id = a.document_id WHERE d.trashed_at IS NULL "
)

_LABEL, _SOURCE = map(AnnotationRecord._fields.index, _NAMED)

_ANNOTATOR, _INHERITED, _FRAGMENTS = map(_ROW.index, ("annotator", "inherited_reliability", "fragments"))

_parts_of = itemgetter(
    *map(_ROW.index, ("start", "end", "fragments", "label_id", "source_id", "annotator", "inherited_reliability"))
)

_grades_of = itemgetter(
    *map(_ROW.index, ("reliability_override", "credibility", "probability", "confidence", "inherited_reliability"))
)

_SPANS = tuple(
    _ROW.index(field.name) for field in ANNOTATION_FIELDS if field.kind is Kind.SPANS and field.name != "fragments"
)

_OBJECTS = tuple(_ROW.index(field.name) for field in ANNOTATION_FIELDS if field.kind is Kind.OBJECT)

_ID = frozenset({int})

_OTHER_TYPES = {
    "id": _ID,
    "document_id": _ID,
    "label_id": _ID,
    "source_id": _ID | {NoneType},
    "inherited_reliability": frozenset({str, NoneType}),
}

_TYPES = _OTHER_TYPES | {field.attribute: field.stored_types for field in ANNOTATION_FIELDS}

_STORED_TYPES = (*map(_TYPES.__getitem__, _ROW), _ID | {NoneType})
"""The types that the columns of ``_ANNOTATION`` have in a sound row, in their order."""


class AnnotationQueries(Queries):
    """Queries on annotations, relations and bookmarks."""

    def all(self, *, document_id: int | None = None, ids: Iterable[int] | None = None) -> Iterator[AnnotationRecord]:
        """Yield annotations by document and place: all of them, those of one document, or those in ``ids``."""
        where, values = "", list[Any]()
        if document_id is not None:
            where += "AND a.document_id = ? "
            values.append(document_id)
        if ids is not None:
            where += "AND a.id IN (SELECT value FROM json_each(?)) "
            values.append(json.dumps(list(ids)))
        query = _ANNOTATION + where + 'ORDER BY a.document_id, a.start, a."end" DESC, a.id'
        with self._connect() as connection:
            yield from _annotation_records(connection, query, values)

    def one(self, id: int) -> AnnotationRecord:
        """Return one annotation. Raise NotFound, or DamagedProject."""
        for found in self.all(ids=[id]):
            return found
        if self._row(_ANNOTATION + "AND a.id = ?", (id,)):
            raise damaged_row("annotation", id)
        raise NotFound(f"There is no annotation {id} in the project: it may have been removed.")

    def filter_values(self) -> Iterator[FilterValues]:
        """Yield the values of every annotation that filters compare, by document."""
        query = (
            "SELECT a.id, a.document_id, l.name, p.name, coalesce(s.name, ''), "
            f"{letter_of_annotation()}, a.credibility, a.created_by "
            "FROM annotation a JOIN label l ON l.id = a.label_id JOIN annotator p ON p.id = a.annotator_id "
            "JOIN document d ON d.id = a.document_id LEFT JOIN source s ON s.id = a.source_id "
            "WHERE d.trashed_at IS NULL ORDER BY a.document_id"
        )
        return self._records(FilterValues, query, table="annotation")

    def places(self) -> Iterator[tuple[int, int, int, tuple[Span, ...]]]:
        """Yield document, label, annotator and fragments of every annotation, by document."""
        query = (
            'SELECT a.id, a.document_id, a.label_id, a.annotator_id, a.start, a."end", a.fragments FROM annotation a '
            "JOIN document d ON d.id = a.document_id WHERE d.trashed_at IS NULL ORDER BY a.document_id, a.start, a.id"
        )
        for id, document_id, label_id, annotator_id, start, end, fragments in self._fetched(query):
            try:
                if not is_place(start, end):
                    raise ValueError("no place in a text")
                found = (Span(start, end),) if fragments == f"[[{start},{end}]]" else _fragments(fragments, start, end)
            except (ValueError, TypeError):
                self._leave_out("annotation", id)
                continue
            yield document_id, label_id, annotator_id, found

    def by_uid(self, uids: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return which of these uids annotations hold already, those in the trash too: id and document of each."""
        return {
            uid: (id, document_id)
            for uid, id, document_id in self._rows(
                "SELECT uid, id, document_id FROM annotation WHERE uid IN (SELECT value FROM json_each(?))",
                (json.dumps(list(uids)),),
            )
        }

    def relations(self, *, annotation_ids: Iterable[int] | None = None, trashed: bool = False) -> list[RelationRecord]:
        """Return relations: all, or those that begin or end at one of the annotations.

        ``trashed``: also those that begin or end in the trash.
        """
        outside = "TRUE" if trashed else "fd.trashed_at IS NULL AND gd.trashed_at IS NULL"
        where, values = "", list[str]()
        if annotation_ids is not None:
            where = (
                "AND (r.from_id IN (SELECT value FROM json_each(?)) OR r.to_id IN (SELECT value FROM json_each(?))) "
            )
            values = 2 * [json.dumps(list(annotation_ids))]
        query = (
            "SELECT r.id, r.uid, r.kind, r.from_id, r.to_id, r.note, p.name FROM relation r "
            "JOIN annotator p ON p.id = r.annotator_id "
            "JOIN annotation f ON f.id = r.from_id JOIN document fd ON fd.id = f.document_id "
            "JOIN annotation g ON g.id = r.to_id JOIN document gd ON gd.id = g.document_id "
            f"WHERE {outside} {where}ORDER BY r.id"
        )
        return list(self._records(RelationRecord, query, values, table="relation", stand_in=""))

    def bookmarks(self, *, annotator_id: int | None = None, document_id: int | None = None) -> list[BookmarkRecord]:
        """Return bookmarks by document and place: all, those of one annotator, or those in one document."""
        query = (
            "SELECT b.id, b.uid, b.document_id, d.title, b.position, b.name, p.name, b.created_at FROM bookmark b "
            "JOIN document d ON d.id = b.document_id JOIN annotator p ON p.id = b.annotator_id "
            "WHERE d.trashed_at IS NULL AND b.annotator_id = coalesce(?, b.annotator_id) "
            "AND b.document_id = coalesce(?, b.document_id) ORDER BY b.document_id, b.position, b.id"
        )
        values = (annotator_id, document_id)
        return list(self._records(BookmarkRecord, query, values, table="bookmark", stand_in=""))

    def spans(self, annotation_ids: Iterable[int]) -> list[Placed]:
        """Return where these annotations lie."""
        where, values = among("id", annotation_ids)
        query = f'SELECT id, document_id, start, "end" FROM annotation WHERE {where}'
        return list(self._records(Placed, query, values, table="annotation"))

    def ids(self, document_id: int | None, source_id: int | None) -> list[int]:
        """Return annotations of a document, of a source (attributed to it, or published by it without attribution), or
        all.
        """
        cursor = self._rows(
            "SELECT a.id FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
            "WHERE (?1 IS NULL OR a.document_id = ?1) "
            "AND (?2 IS NULL OR a.source_id = ?2 OR (a.source_id IS NULL AND d.source_id = ?2)) ORDER BY a.id",
            (document_id, source_id),
        )
        return [id for (id,) in cursor]

    def quotes(self) -> Iterator[Quote]:
        """Yield the quote of every annotation outside the trash."""
        query = (
            "SELECT a.id, a.document_id, s.claim_id, a.quote FROM annotation a "
            "JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
            "LEFT JOIN statement s ON s.annotation_id = a.id ORDER BY a.id"
        )
        return self._records(Quote, query, table="annotation")

    def attributions(self, annotation_ids: Iterable[int] | None = None) -> Iterator[Attribution]:
        """Yield source and outlet of annotations outside the trash, by document and place: all, or some."""
        where, values = among("a.id", annotation_ids)
        query = (
            "SELECT a.id, a.document_id, a.source_id, d.source_id, a.features FROM annotation a "
            f"JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL WHERE {where} "
            "ORDER BY a.document_id, a.start, a.id"
        )
        return self._records(Attribution, query, values, table="annotation")

    def for_track_records(self, annotation_ids: Iterable[int]) -> dict[int, TrackRecordFields]:
        """Return these annotations by id, without those in the trash."""
        where, values = among("a.id", annotation_ids)
        query = (
            "SELECT a.id, a.label_id, a.probability, a.features FROM annotation a "
            f"JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL WHERE {where}"
        )
        return {one.id: one for one in self._records(TrackRecordFields, query, values, table="annotation")}


class _Names(dict[int | None, Any]):
    """What is known of a row by its id, asked for once: a million annotations have a handful of labels.

    A row that is gone or whose name is damaged has a name made of its id, and is noted.
    """

    def __init__(self, connection: sqlite3.Connection, table: str, query: str) -> None:
        super().__init__()
        self._connection = connection
        self._table = table
        self._query = query

    def __missing__(self, id: int | None) -> Any:
        row = next(fetched(self._connection, self._query, (id,)), (None, None))
        if type(row[0]) is not str or type(row[-1]) is bytes:
            leave_out(self._connection, self._table, id)
            row = (f"{self._table.capitalize()} {id}", *[None] * (len(row) - 1))
        found = self[id] = row[0] if len(row) == 1 else row
        return found


def _annotation_records(
    connection: sqlite3.Connection, query: str, values: Sequence[Any]
) -> Iterator[AnnotationRecord]:
    # Ten thousand at a time when a document is opened, a million in an export: no call here that is not needed.
    labels = _Names(connection, "label", "SELECT name FROM label WHERE id = ?")
    annotators = _Names(connection, "annotator", "SELECT name FROM annotator WHERE id = ?")
    sources = _Names(connection, "source", f"SELECT name, {letter_in_force('source.id')} FROM source WHERE id = ?")
    sources[None] = ("", None)
    new = tuple.__new__
    sound: set[tuple[type, ...]] = set()
    sound_grades: set[tuple[Any, ...]] = set()
    for row in fetched(connection, query, values):
        kinds = tuple(map(type, row))
        *record, outlet_id = row
        try:
            if kinds not in sound:
                _check_annotation(row)
                sound.add(kinds)
            graded = _grades_of(row)
            if graded not in sound_grades:
                if not are_grades(*graded):
                    raise ValueError("no grades")
                sound_grades.add(graded)
            start, end, fragments, label_id, source_id, annotator_id, letter = _parts_of(row)
            # ``is_place`` without its checks of types, which are done, and without a call for each row.
            if not 0 <= start <= end < FARTHEST:
                raise ValueError("no place in a text")
            source, of_source = sources[source_id]
            record[_INHERITED] = (letter or sources[outlet_id][1]) if source_id is None else of_source
            record[_ANNOTATOR] = annotators[annotator_id]
            # Nearly every annotation has one fragment and no other spans, and then there is nothing to parse.
            record[_FRAGMENTS] = (
                (new(Span, (start, end)),) if fragments == f"[[{start},{end}]]" else _fragments(fragments, start, end)
            )
            for place in _SPANS:
                record[place] = () if record[place] == "[]" else spans_of(record[place])
            for place in _OBJECTS:
                record[place] = {} if record[place] == "{}" else object_of(record[place])
            record.insert(_LABEL, labels[label_id])
            record.insert(_SOURCE, source)
        except (ValueError, TypeError):
            leave_out(connection, "annotation", row[0])
            continue
        yield new(AnnotationRecord, record)


def _check_annotation(row: Sequence[Any]) -> None:
    """Check that the values of an annotation have the types of their columns. Raise ValueError."""
    for value, types in zip(row, _STORED_TYPES, strict=True):
        if type(value) not in types:
            raise ValueError("a value of another type")


def _fragments(stored: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the fragments of an annotation. Raise ValueError where they do not begin and end with it."""
    found = spans_of(stored)
    if not found or found[0].start != start or found[-1].end != end:
        raise ValueError("fragments that are not those of the annotation")
    return found
