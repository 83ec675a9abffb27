"""Named questions to a project file. Each gives light tuples; a list of any length is one query, never one a row."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, NamedTuple

from annotator.domain.errors import DamagedProject, NotFound
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.label_tree import in_tree_order
from annotator.domain.records import (
    AnnotationRecord,
    AssessmentRecord,
    BookmarkRecord,
    DocumentRecord,
    DocumentRow,
    FeatureRecord,
    LabelRecord,
    RelationRecord,
    SourceRecord,
)
from annotator.domain.spans import Span
from annotator.store.reading import (
    FARTHEST,
    TitledText,
    are_grades,
    damaged_row,
    fetched,
    is_place,
    leave_out,
    object_of,
    records,
    spans_of,
)


def letter_in_force(source: str) -> str:
    """SQL for the letter in force of a source, whose id the column ``source`` holds.

    It is the latest assessment by date of those about everything; where all are about a topic, the latest of them.
    """
    return (
        f"(SELECT reliability FROM assessment WHERE source_id = {source} "
        "ORDER BY topic <> '', made_on DESC, id DESC LIMIT 1)"
    )


def letter_of_annotation(annotation: str = "a", document: str = "d") -> str:
    """SQL for the letter that counts for an annotation: its own, its source's, or else that of its document."""
    return (
        f"coalesce({annotation}.reliability, CASE WHEN {annotation}.source_id IS NULL "
        f"THEN coalesce({document}.reliability, {letter_in_force(f'{document}.source_id')}) "
        f"ELSE {letter_in_force(f'{annotation}.source_id')} END)"
    )


class ProjectRecord(NamedTuple):
    """What the project says of itself."""

    uid: str
    title: str
    guideline: str
    created_at: str


def project_record(connection: sqlite3.Connection) -> ProjectRecord:
    """The project's own row. Raises DamagedProject where it is gone."""
    query = "SELECT id, uid, title, guideline, created_at FROM project"
    for _, *values in records(connection, _ProjectRow, query, table="project", stand_in=""):
        return ProjectRecord(*values)
    raise DamagedProject(
        "The project is damaged (the row with its title is gone): save what can be read with 'annotator repair'."
    )


class _ProjectRow(NamedTuple):
    id: int
    uid: str
    title: str
    guideline: str
    created_at: str


# --- vocabulary -------------------------------------------------------------------------------------------------------


def labels(connection: sqlite3.Connection) -> list[LabelRecord]:
    """All labels in their order: each is followed by those that are nested under it."""
    query = (
        "SELECT l.id, l.name, l.initials, l.color, l.key, l.description, l.position, l.parent_id, "
        "coalesce(p.name, ''), l.uid FROM label l LEFT JOIN label p ON p.id = l.parent_id ORDER BY l.position, l.id"
    )
    return in_tree_order(records(connection, LabelRecord, query, table="label", stand_in="Label {id}"))


def features(connection: sqlite3.Connection) -> list[FeatureRecord]:
    """All feature definitions in their order."""
    query = "SELECT id, name, kind, choices, description, position, uid FROM feature ORDER BY position, id"
    return list(records(connection, FeatureRecord, query, table="feature", stand_in="Feature {id}"))


def annotators(connection: sqlite3.Connection) -> dict[str, int]:
    """Ids of the annotators by name."""
    query = "SELECT id, name FROM annotator ORDER BY id"
    return {
        one.name: one.id for one in records(connection, _Named, query, table="annotator", stand_in="Annotator {id}")
    }


class _Named(NamedTuple):
    id: int
    name: str


# --- documents --------------------------------------------------------------------------------------------------------


def document_rows(connection: sqlite3.Connection, *, trashed: bool = False) -> list[DocumentRow]:
    """Every document as a list shows it, in the order of import."""
    query = (
        "SELECT d.id, d.title, coalesce(s.name, ''), d.published_at, d.status, coalesce(a.count, 0), d.words "
        "FROM document d LEFT JOIN source s ON s.id = d.source_id "
        "LEFT JOIN (SELECT document_id, count(*) AS count FROM annotation GROUP BY document_id) a "
        f"ON a.document_id = d.id WHERE d.trashed_at IS {'NOT ' if trashed else ''}NULL ORDER BY d.id"
    )
    return list(records(connection, DocumentRow, query, table="document", stand_in="Document {id}"))


def document_rows_of(connection: sqlite3.Connection, ids: Iterable[int]) -> list[DocumentRow]:
    """These documents as a list shows them, as far as they are not in the trash."""
    query = (
        "SELECT d.id, d.title, coalesce(s.name, ''), d.published_at, d.status, "
        "(SELECT count(*) FROM annotation a WHERE a.document_id = d.id), d.words "
        "FROM document d LEFT JOIN source s ON s.id = d.source_id "
        "WHERE d.trashed_at IS NULL AND d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id"
    )
    values = (json.dumps(list(ids)),)
    return list(records(connection, DocumentRow, query, values, table="document", stand_in="Document {id}"))


def document_to_open(connection: sqlite3.Connection, last: int) -> int | None:
    """The document ``last`` where it is still there, or else the first; None in an empty project."""
    row = connection.execute(
        "SELECT id FROM document WHERE trashed_at IS NULL ORDER BY id = ? DESC, id LIMIT 1", (last,)
    ).fetchone()
    return int(row[0]) if row else None


_DOCUMENT = (
    "SELECT d.id, d.uid, d.title, t.text, d.text_sha256, d.source_id, coalesce(s.name, ''), d.author, d.published_at, "
    "d.language, d.status, d.note, d.address, d.structure, d.origin_path, d.origin_format, d.origin_sha256, "
    "d.imported_at, d.words, d.direction, d.facts, coalesce(p.uid, ''), d.reliability, d.reliability_reason, "
    f"{letter_in_force('d.source_id')} FROM document d "
    "JOIN document_text t ON t.id = d.id LEFT JOIN source s ON s.id = d.source_id "
    "LEFT JOIN document p ON p.id = d.version_of "
)


def document(connection: sqlite3.Connection, id: int) -> DocumentRecord:
    """One document with its text. Raises NotFound, also for one in the trash, and DamagedProject."""
    query = _DOCUMENT + "WHERE d.id = ? AND d.trashed_at IS NULL"
    for found in records(connection, DocumentRecord, query, (id,), table="document"):
        return found
    if connection.execute("SELECT 1 FROM document WHERE id = ? AND trashed_at IS NULL", (id,)).fetchone():
        raise damaged_row("document", id)
    raise NotFound(f"There is no document {id} in the project, or it is in the trash.")


def documents(connection: sqlite3.Connection, ids: Iterable[int] | None = None) -> Iterator[DocumentRecord]:
    """Documents with their texts one by one, in the order of import; all of them, or those in ``ids``."""
    where, values = "WHERE d.trashed_at IS NULL ", []
    if ids is not None:
        where += "AND d.id IN (SELECT value FROM json_each(?)) "
        values.append(json.dumps(list(ids)))
    return records(connection, DocumentRecord, _DOCUMENT + where + "ORDER BY d.id", values, table="document")


def document_ties(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Id and uid of every document, in the trash too, and the uid of the one whose place it takes, or ''."""
    return connection.execute(
        "SELECT d.id, d.uid, coalesce(p.uid, '') FROM document d LEFT JOIN document p ON p.id = d.version_of "
        "ORDER BY d.id"
    ).fetchall()


def document_names(connection: sqlite3.Connection) -> list[tuple[int, str, str, str]]:
    """Id, uid, checksum of the text and title of every document outside the trash."""
    return connection.execute(
        "SELECT id, uid, text_sha256, title FROM document WHERE trashed_at IS NULL ORDER BY id"
    ).fetchall()


def texts(connection: sqlite3.Connection) -> Iterator[TitledText]:
    """Id, title and text of every document, one by one."""
    query = (
        "SELECT d.id, d.title, t.text FROM document d JOIN document_text t ON t.id = d.id "
        "WHERE d.trashed_at IS NULL ORDER BY d.id"
    )
    return records(connection, TitledText, query, table="document")


def count_documents(connection: sqlite3.Connection) -> int:
    """How many documents are outside the trash."""
    return int(connection.execute("SELECT count(*) FROM document WHERE trashed_at IS NULL").fetchone()[0])


def text(connection: sqlite3.Connection, id: int) -> str:
    """The text of a document. Raises NotFound, or DamagedProject where it is no text."""
    for (found,) in fetched(connection, "SELECT text FROM document_text WHERE id = ?", (id,)):
        if type(found) is not str:
            raise damaged_row("document text", id)
        return found
    raise NotFound(f"There is no document {id} in the project.")


def trashed(connection: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[int, str]]:
    """Which of these documents are in the trash, and since when."""
    return connection.execute(
        "SELECT id, trashed_at FROM document WHERE trashed_at IS NOT NULL "
        "AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    ).fetchall()


def known_uids(connection: sqlite3.Connection, table: str, uids: Iterable[str]) -> dict[str, int]:
    """Which of these uids a table holds already, and as which row."""
    return dict(
        connection.execute(
            f'SELECT uid, id FROM "{table}" WHERE uid IN (SELECT value FROM json_each(?))', (json.dumps(list(uids)),)
        )
    )


def earlier_versions(
    connection: sqlite3.Connection, title: str, source_id: int | None, address: str, origin_path: str
) -> list[int]:
    """Documents that may be an earlier version of an article, the likeliest first and of each kind the latest.

    Those of its address, that of its file where the file gave but one, those of its title and outlet; a few of each.
    """
    same_title = "title = ? AND (source_id IS ? OR source_id IS NULL OR ? IS NULL)"
    found: list[int] = []
    for condition, values in (
        ("address = ? AND address <> ''", (address,)),
        ("origin_path = ? AND origin_path <> ''", (origin_path,)),
        (same_title, (title, source_id, source_id)),
    ):
        rows = connection.execute(
            f"SELECT id FROM document WHERE {condition} AND trashed_at IS NULL ORDER BY id DESC LIMIT 4", values
        ).fetchall()
        if len(rows) == 1 or not condition.startswith("origin_path"):
            found += [id for (id,) in rows if id not in found]
    return found


class VersionRow(NamedTuple):
    """A document that takes the place of an earlier one, and how many annotations both have."""

    id: int
    title: str
    annotations: int
    earlier_id: int
    earlier_title: str
    earlier_annotations: int


def versions(connection: sqlite3.Connection, ids: Iterable[int] | None = None) -> list[VersionRow]:
    """The documents that take the place of earlier ones, outside the trash; all of them, or those of ``ids``."""
    only = "" if ids is None else "AND d.id IN (SELECT value FROM json_each(?)) "
    query = (
        "SELECT d.id, d.title, (SELECT count(*) FROM annotation a WHERE a.document_id = d.id), "
        "p.id, p.title, (SELECT count(*) FROM annotation a WHERE a.document_id = p.id) "
        "FROM document d JOIN document p ON p.id = d.version_of "
        f"WHERE d.trashed_at IS NULL AND p.trashed_at IS NULL {only}ORDER BY d.id"
    )
    values = () if ids is None else (json.dumps(list(ids)),)
    return list(records(connection, VersionRow, query, values, table="document", stand_in=""))


def documents_by_hash(connection: sqlite3.Connection, hashes: Iterable[str]) -> dict[str, int]:
    """Which of these text hashes the project holds already, outside the trash, and as which document."""
    return dict(
        connection.execute(
            "SELECT text_sha256, min(id) FROM document WHERE trashed_at IS NULL "
            "AND text_sha256 IN (SELECT value FROM json_each(?)) GROUP BY text_sha256",
            (json.dumps(list(hashes)),),
        )
    )


def documents_by_title(
    connection: sqlite3.Connection, title: str, source: str = "", published_at: str = ""
) -> list[int]:
    """The documents of that title, outside the trash; with a source or a date those that have it, too."""
    return [
        id
        for (id,) in connection.execute(
            "SELECT d.id FROM document d LEFT JOIN source s ON s.id = d.source_id WHERE d.trashed_at IS NULL "
            "AND d.title = ?1 AND (?2 = '' OR s.name = ?2) AND (?3 = '' OR d.published_at = ?3) ORDER BY d.id",
            (title, source, published_at),
        )
    ]


# --- annotations ------------------------------------------------------------------------------------------------------

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
    """Whether the values of an annotation are of the types that its columns have. Raises ValueError."""
    for value, types in zip(row, _STORED_TYPES, strict=True):
        if type(value) not in types:
            raise ValueError("a value of another type")


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


def _fragments(stored: str, start: int, end: int) -> tuple[Span, ...]:
    """The fragments of an annotation. Raises ValueError where they do not begin and end with it."""
    found = spans_of(stored)
    if not found or found[0].start != start or found[-1].end != end:
        raise ValueError("fragments that are not those of the annotation")
    return found


def annotations(
    connection: sqlite3.Connection, *, document_id: int | None = None, ids: Iterable[int] | None = None
) -> Iterator[AnnotationRecord]:
    """Annotations by document and place: all of them, those of one document, or those in ``ids``."""
    where, values = "", list[Any]()
    if document_id is not None:
        where += "AND a.document_id = ? "
        values.append(document_id)
    if ids is not None:
        where += "AND a.id IN (SELECT value FROM json_each(?)) "
        values.append(json.dumps(list(ids)))
    query = _ANNOTATION + where + 'ORDER BY a.document_id, a.start, a."end" DESC, a.id'
    return _annotation_records(connection, query, values)


class AnnotationMarks(NamedTuple):
    """What of an annotation a filter asks for."""

    id: int
    document_id: int
    label: str
    annotator: str
    source: str
    reliability: str | None
    credibility: int | None
    created_by: str


def annotation_marks(connection: sqlite3.Connection) -> Iterator[AnnotationMarks]:
    """What filters ask of every annotation, by document."""
    query = (
        "SELECT a.id, a.document_id, l.name, p.name, coalesce(s.name, ''), "
        f"{letter_of_annotation()}, a.credibility, a.created_by "
        "FROM annotation a JOIN label l ON l.id = a.label_id JOIN annotator p ON p.id = a.annotator_id "
        "JOIN document d ON d.id = a.document_id LEFT JOIN source s ON s.id = a.source_id "
        "WHERE d.trashed_at IS NULL ORDER BY a.document_id"
    )
    return records(connection, AnnotationMarks, query, table="annotation")


def places(connection: sqlite3.Connection) -> Iterator[tuple[int, int, int, tuple[Span, ...]]]:
    """Document, label, annotator and fragments of every annotation, by document."""
    query = (
        'SELECT a.id, a.document_id, a.label_id, a.annotator_id, a.start, a."end", a.fragments FROM annotation a '
        "JOIN document d ON d.id = a.document_id WHERE d.trashed_at IS NULL ORDER BY a.document_id, a.start, a.id"
    )
    for id, document_id, label_id, annotator_id, start, end, fragments in fetched(connection, query):
        try:
            if not is_place(start, end):
                raise ValueError("no place in a text")
            found = (Span(start, end),) if fragments == f"[[{start},{end}]]" else _fragments(fragments, start, end)
        except (ValueError, TypeError):
            leave_out(connection, "annotation", id)
            continue
        yield document_id, label_id, annotator_id, found


def annotations_by_uid(connection: sqlite3.Connection, uids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Which of these uids annotations hold already, those in the trash too: id and document of each."""
    return {
        uid: (id, document_id)
        for uid, id, document_id in connection.execute(
            "SELECT uid, id, document_id FROM annotation WHERE uid IN (SELECT value FROM json_each(?))",
            (json.dumps(list(uids)),),
        )
    }


def annotation(connection: sqlite3.Connection, id: int) -> AnnotationRecord:
    """One annotation. Raises NotFound, or DamagedProject."""
    for found in annotations(connection, ids=[id]):
        return found
    if connection.execute(_ANNOTATION + "AND a.id = ?", (id,)).fetchone():
        raise damaged_row("annotation", id)
    raise NotFound(f"There is no annotation {id} in the project: it may have been removed.")


def relations(
    connection: sqlite3.Connection, *, annotation_ids: Iterable[int] | None = None, trashed: bool = False
) -> list[RelationRecord]:
    """Relations: all, or those at either end of which is one of the ids; with ``trashed`` also those into the trash."""
    outside = "TRUE" if trashed else "fd.trashed_at IS NULL AND gd.trashed_at IS NULL"
    where, values = "", list[str]()
    if annotation_ids is not None:
        where = "AND (r.from_id IN (SELECT value FROM json_each(?)) OR r.to_id IN (SELECT value FROM json_each(?))) "
        values = 2 * [json.dumps(list(annotation_ids))]
    query = (
        "SELECT r.id, r.uid, r.kind, r.from_id, r.to_id, r.note, p.name FROM relation r "
        "JOIN annotator p ON p.id = r.annotator_id "
        "JOIN annotation f ON f.id = r.from_id JOIN document fd ON fd.id = f.document_id "
        "JOIN annotation g ON g.id = r.to_id JOIN document gd ON gd.id = g.document_id "
        f"WHERE {outside} {where}ORDER BY r.id"
    )
    return list(records(connection, RelationRecord, query, values, table="relation", stand_in=""))


# --- bookmarks --------------------------------------------------------------------------------------------------------


def bookmarks(
    connection: sqlite3.Connection, *, annotator_id: int | None = None, document_id: int | None = None
) -> list[BookmarkRecord]:
    """Bookmarks outside the trash by document and place: all, those of one annotator, those in one document."""
    query = (
        "SELECT b.id, b.uid, b.document_id, d.title, b.position, b.name, p.name, b.created_at FROM bookmark b "
        "JOIN document d ON d.id = b.document_id JOIN annotator p ON p.id = b.annotator_id "
        "WHERE d.trashed_at IS NULL AND b.annotator_id = coalesce(?, b.annotator_id) "
        "AND b.document_id = coalesce(?, b.document_id) ORDER BY b.document_id, b.position, b.id"
    )
    values = (annotator_id, document_id)
    return list(records(connection, BookmarkRecord, query, values, table="bookmark", stand_in=""))


# --- sources ----------------------------------------------------------------------------------------------------------


def sources(connection: sqlite3.Connection) -> list[SourceRecord]:
    """The registry, by name, each with the letter in force and how often it speaks and publishes."""
    query = (
        "SELECT s.id, s.uid, s.name, s.kind, s.aliases, s.note, s.parent_id, "
        f"{letter_in_force('s.id')}, coalesce(a.count, 0), coalesce(d.count, 0), s.owner_id, s.topics "
        # All of them less those in the trash: an index knows the one, and the others are few.
        "FROM source s LEFT JOIN (SELECT source_id, sum(n) AS count FROM "
        "(SELECT source_id, count(*) AS n FROM annotation WHERE source_id IS NOT NULL GROUP BY source_id "
        "UNION ALL SELECT a.source_id, -count(*) FROM document d JOIN annotation a ON a.document_id = d.id "
        "WHERE d.trashed_at IS NOT NULL GROUP BY a.source_id) GROUP BY source_id) a ON a.source_id = s.id "
        "LEFT JOIN (SELECT source_id, count(*) AS count FROM document WHERE trashed_at IS NULL "
        "GROUP BY source_id) d ON d.source_id = s.id ORDER BY s.name COLLATE NOCASE, s.id"
    )
    return list(records(connection, SourceRecord, query, table="source", stand_in="Source {id}"))


def uses_of_source(connection: sqlite3.Connection, id: int) -> dict[str, int]:
    """How many rows name a source, those in the trash too."""
    uses = {
        "annotations": "annotation.source_id",
        "documents": "document.source_id",
        "attribution chains": "chain_link.source_id",
        "sources": "source.parent_id",
        "sources that it owns": "source.owner_id",
    }
    found = {}
    for what, place in uses.items():
        table, column = place.split(".")
        (found[what],) = connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (id,)).fetchone()
    return found


def assessments(connection: sqlite3.Connection, *, source_id: int | None = None) -> list[AssessmentRecord]:
    """The judgements of all sources or of one, the one in force first."""
    where = "" if source_id is None else "WHERE a.source_id = ? "
    query = (
        "SELECT a.id, a.source_id, a.made_on, a.reliability, a.topic, a.rationale, p.name, a.uid "
        f"FROM assessment a JOIN annotator p ON p.id = a.annotator_id {where}"
        "ORDER BY a.source_id, a.topic <> '', a.made_on DESC, a.id DESC"
    )
    values = () if source_id is None else (source_id,)
    return list(records(connection, AssessmentRecord, query, values, table="assessment"))


# --- counts -----------------------------------------------------------------------------------------------------------


def counts(connection: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """How many of what: rows by table, documents by status, annotations by label, source grades and annotator."""
    one = {
        "documents": "SELECT count(*) FROM document WHERE trashed_at IS NULL",
        "in the trash": "SELECT count(*) FROM document WHERE trashed_at IS NOT NULL",
        "words": "SELECT CAST(total(words) AS INTEGER) FROM document WHERE trashed_at IS NULL",
        "annotations": f"SELECT count(*) {_LIVE}",
        "relations": "SELECT count(*) FROM relation",
        "sources": "SELECT count(*) FROM source",
        "assessments": "SELECT count(*) FROM assessment",
        "claims": "SELECT count(*) FROM claim",
        "changes": "SELECT count(*) FROM change",
    }
    grouped = {
        "status": "SELECT status, count(*) FROM document WHERE trashed_at IS NULL GROUP BY 1 ORDER BY 1",
        "label": f"SELECT l.name, count(*) {_LIVE} GROUP BY l.id ORDER BY l.position",
        "credibility": f"SELECT coalesce(a.credibility, 'not graded'), count(*) {_LIVE} GROUP BY 1 ORDER BY 1",
        "annotator": f"SELECT p.name, count(*) {_LIVE} GROUP BY p.id ORDER BY 1",
    }
    found = {"project": {name: int(connection.execute(sql).fetchone()[0]) for name, sql in one.items()}}
    for name, sql in grouped.items():
        found[name] = {str(value): count for value, count in connection.execute(sql)}
    return found


_LIVE = (
    "FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
    "JOIN label l ON l.id = a.label_id JOIN annotator p ON p.id = a.annotator_id"
)
