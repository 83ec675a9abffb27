"""The fields of an annotation and of a document, each declared once: names, check, where it is shown and counted.

Queries, changes, formats and the inspector derive from these rows. Three declarations stay separate, because type
checkers and SQLite read them: the column (``domain.tables``, ``store.migrations``), the record (``domain.records``)
and the lines of JSON (``formats.wire``, ``formats.corpora.jsonl``). ``tests/domain/test_fields.py`` and
``tests/domain/test_document_fields.py`` compare them with these rows, ``tests/domain/test_record_fields.py`` those of
all other records with each other. The first window imports this module: it may import neither SQLModel nor pydantic nor
msgspec.

Which name to use where:

- a column in SQL, an argument of ``update``, a key in the log: ``name``
- an attribute of ``AnnotationRecord``, ``DocumentRecord`` and ``Article``: ``attribute``
- an attribute of ``IncomingAnnotation``, a key in the JSON of other programs: ``stated_name``
- a key in our lines of JSON: ``key``
- a column of our tables: ``csv``
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, Literal

from annotator.domain.grades import checked_confidence, checked_credibility, checked_probability, checked_reliability


class Kind(Enum):
    """What the values of a field are."""

    REFERENCE = 1
    """The id of a row of another table, which records and files refer to by its name."""
    VALUE = 2
    """A value of a scale, or None."""
    TEXT = 3
    SPANS = 4
    """A list of spans in the text of the document."""
    OBJECT = 5
    """Values by names, as JSON can hold them."""
    OFFSET = 6
    """A place in the text of the document, in code points."""
    DERIVED = 7
    """Not stored: a property of the record."""
    COUNT = 8
    """A number of things."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record.

    ``name``: the column of the table, and the argument of ``update``.
    ``title``: its name for people.
    ``kind``: what its values are.
    ``stored``: the type in which SQLite returns a value; NULL is possible too where ``default`` is None.
    ``default``: the value of the column where nothing was given.
    ``check``: returns a given value as it is stored, or raises InvalidValue; None where more than the value is needed.
    ``record``: the attribute of the record, where it differs from ``name``.
    ``json``: the key in our lines of JSON, where it differs from the attribute; None where it has no key.
    ``csv``: the columns of our tables (CSV, XLSX).
    ``facet``: the word of loss reports for it, which count every value other than ``empty``.
    ``change``: the title of a change of it.
    ``editor``: the widget that the inspector builds; empty where it has a widget of its own or none.
    ``hint``: the placeholder text of that widget.
    ``reason_of``: the name of the field whose value it gives the reason of.
    ``is_fixed``: whether it is set once, when the row is made.
    ``is_searched``: whether the filter over the table of annotations looks into it.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    stored: type = str
    default: object = ""
    check: Callable[[Any], Any] | None = None
    record: str = ""
    json: str | None = ""
    csv: tuple[str, ...] = ()
    facet: str = ""
    change: str = ""
    editor: Literal["", "line", "paragraph"] = ""
    hint: str = ""
    reason_of: str = ""
    is_fixed: bool = False
    is_searched: bool = False

    @property
    def attribute(self) -> str:
        """The attribute of the record."""
        return self.record or self.name

    @property
    def key(self) -> str | None:
        """The key in our lines of JSON; None where it has none."""
        return self.attribute if self.json == "" else self.json

    @property
    def stated_name(self) -> str:
        """The name in files: for a row of another table the attribute of its name, for all other fields the column."""
        return self.attribute if self.kind is Kind.REFERENCE else self.name

    @property
    def stored_types(self) -> frozenset[type]:
        """The types of the values that an undamaged row can have in this column."""
        return frozenset({self.stored, NoneType} if self.default is None else {self.stored})

    @property
    def value_attribute(self) -> str:
        """The attribute of the record with the value of the column; for a row of another table its id."""
        return self.name if self.kind is Kind.REFERENCE else self.attribute

    @property
    def empty(self) -> object:
        """The value of the attribute of the record where nothing was given."""
        return "" if self.kind is Kind.REFERENCE else self.default

    @property
    def is_editable(self) -> bool:
        """Whether people give and change the field; other fields follow from the text or from a change."""
        has_parts = self.kind in (Kind.REFERENCE, Kind.SPANS, Kind.OBJECT)
        return not self.is_fixed and (self.check is not None or has_parts)


def stripped(value: object) -> str:
    """Return a text without white space at its ends; an empty one for None."""
    return str(value or "").strip()


ANNOTATION_FIELDS: tuple[Field, ...] = (
    Field(
        "label_id",
        "Label",
        Kind.REFERENCE,
        int,
        0,
        record="label",
        csv=("label",),
        change="Change the label",
        is_searched=True,
    ),
    Field("quote", "Quote", csv=("quote",), is_searched=True),
    Field("start", "Start", Kind.OFFSET, int, 0, csv=("start",), change="Move the start"),
    Field("end", "End", Kind.OFFSET, int, 0, csv=("end",), change="Move the end"),
    Field("prefix", "Words before", json=None),
    Field("suffix", "Words after", json=None),
    Field("fragments", "Fragments", Kind.SPANS, default=(), csv=("fragments",)),
    Field(
        "source_id",
        "Who said it",
        Kind.REFERENCE,
        int,
        None,
        record="source",
        csv=("source",),
        facet="sources",
        change="Change who said it",
        is_searched=True,
    ),
    Field(
        "mention",
        "Source mention",
        Kind.SPANS,
        default=(),
        csv=("mention", "mention_spans"),
        facet="source mentions",
        change="Change the source mention",
    ),
    Field("cue", "Cue", Kind.SPANS, default=(), csv=("cue", "cue_spans"), facet="cues", change="Change the cue"),
    # The letter in force, which may come from the source.
    Field("letter", "Reliability", Kind.DERIVED, record="reliability", csv=("reliability",)),
    Field(
        "reliability",
        "Reliability",
        Kind.VALUE,
        str,
        None,
        checked_reliability,
        record="reliability_override",
        csv=("reliability_override",),
        facet="reliability",
        change="Change the reliability",
    ),
    Field(
        "reliability_reason",
        "Reason",
        check=stripped,
        csv=("reliability_reason",),
        editor="line",
        hint="Why another letter here?",
        reason_of="reliability",
    ),
    Field(
        "credibility",
        "Credibility",
        Kind.VALUE,
        int,
        None,
        checked_credibility,
        csv=("credibility",),
        facet="credibility",
        change="Change the credibility",
    ),
    Field(
        "credibility_reason",
        "Reason",
        check=stripped,
        csv=("credibility_reason",),
        facet="reasons of credibility",
        editor="line",
        reason_of="credibility",
    ),
    Field("score", "Score", Kind.DERIVED, csv=("score",)),
    Field(
        "probability",
        "Probability",
        Kind.VALUE,
        int,
        None,
        checked_probability,
        csv=("probability", "probability_words"),
        facet="probability",
        change="Change the probability",
    ),
    Field(
        "confidence",
        "Confidence",
        Kind.VALUE,
        str,
        None,
        checked_confidence,
        csv=("confidence",),
        facet="confidence",
        change="Change the confidence",
    ),
    Field(
        "note",
        "Note",
        check=stripped,
        csv=("note",),
        facet="notes",
        change="Change the note",
        editor="paragraph",
        hint="What a reader of this annotation should know",
        is_searched=True,
    ),
    Field(
        "features",
        "Features",
        Kind.OBJECT,
        default={},
        csv=("features",),
        facet="features",
        change="Change the features",
    ),
    Field(
        "annotator_id",
        "Annotator",
        Kind.REFERENCE,
        int,
        0,
        record="annotator",
        csv=("annotator",),
        facet="annotators",
        is_fixed=True,
    ),
    Field(
        "created_by",
        "Made by",
        default="person",
        csv=("created_by",),
        facet="creators of annotations",
        is_fixed=True,
    ),
    Field("created_at", "Made on", csv=("created_at",), facet="times of annotations", is_fixed=True),
    Field("updated_at", "Changed on", csv=("updated_at",)),
    Field("uid", "Uid", csv=("annotation",), facet="uids of annotations", is_fixed=True),
)
"""In the order of the columns of our tables. ``id`` and ``document_id`` identify the row and its document."""

GRADE_FIELDS = tuple(field for field in ANNOTATION_FIELDS if field.kind is Kind.VALUE or field.reason_of)
"""The grades that are given on an annotation itself, with their reasons."""

DOCUMENT_FIELDS: tuple[Field, ...] = (
    Field("uid", "Uid", csv=("document",), facet="uids of documents", is_fixed=True),
    Field("title", "Title", csv=("title",), facet="titles"),
    Field("source_id", "Outlet", Kind.REFERENCE, int, None, record="source", csv=("outlet",), facet="outlets"),
    Field("author", "Author", csv=("author",), facet="authors"),
    Field("published_at", "Published", csv=("published_at",), facet="dates"),
    Field("language", "Language", csv=("language",), facet="languages"),
    Field("address", "Address", csv=("address",), facet="addresses"),
    Field("status", "Status", default="new", csv=("status",), facet="statuses"),
    Field("note", "Note", csv=("document_note",), facet="notes on documents"),
    # Stored in a table of its own.
    Field("text", "Text", csv=("text",), facet="texts of documents", is_fixed=True),
    Field("structure", "Structure", Kind.SPANS, default=(), csv=("structure",), facet="structure of texts"),
    # One facet stands for all that says where a document comes from.
    Field("origin_path", "File", facet="origins", is_fixed=True),
    Field("origin_format", "Format of the file", facet="origins", is_fixed=True),
    Field("origin_sha256", "Checksum of the file", is_fixed=True),
    Field("imported_at", "Imported on", is_fixed=True),
    Field("direction", "Direction", csv=("direction",), facet="directions of texts"),
    Field("facts", "Facts", Kind.OBJECT, default={}, csv=("facts",), facet="further facts of documents"),
    Field("version_of", "Earlier version", Kind.REFERENCE, int, None, facet="versions of documents"),
    Field(
        "reliability",
        "Reliability",
        Kind.VALUE,
        str,
        None,
        checked_reliability,
        record="reliability_override",
        csv=("document_reliability",),
        facet="reliability of documents",
    ),
    Field(
        "reliability_reason",
        "Reason",
        check=stripped,
        csv=("document_reliability_reason",),
        reason_of="reliability",
    ),
    # They follow from the text.
    Field("text_sha256", "Checksum of the text", json=None, is_fixed=True),
    Field("words", "Words", Kind.COUNT, int, 0, json=None, is_fixed=True),
)
"""In the order of the keys in our lines of JSON. ``id`` and ``trashed_at`` are no data of the document."""
