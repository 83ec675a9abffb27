"""Our table of annotations, with one row for each annotation, in CSV, TSV and XLSX files.

A table without texts is small; its annotations are imported into documents that the project already has. A table with
texts is complete. Cells that a spreadsheet would compute as formulas begin with an apostrophe, which
``spreadsheet_cells.restored`` removes.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec

from annotator.domain import grades
from annotator.domain.canonical_text import canonical, canonical_part, sha256
from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue
from annotator.domain.fields import ANNOTATION_FIELDS, Field, Kind
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import FRAGMENT_GAP, Span, checked_fragments, find_quote
from annotator.formats.base import Article, Choice, Incoming, IncomingAnnotation, IncomingAnnotations, Refusal
from annotator.formats.corpora.tables.table_rows import Origin, Row, date_of, folded, row_name, words_of
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.reading.article_structure import Structure, shown, structure_of, structured
from annotator.formats.reading.json_lines import one_of
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.spreadsheet_cells import neutralised
from annotator.formats.wire import NUMBERS, SCALES, TEXT_NAMES

DOCUMENT_COLUMNS = ("document", "title", "outlet", "published_at")
"""What identifies the document of a row."""

COLUMNS = (*DOCUMENT_COLUMNS, *(column for field in ANNOTATION_FIELDS for column in field.csv))
"""``document`` and ``annotation`` are uids, ``mention`` and ``cue`` words; fragments, spans and features are JSON."""

TEXT_COLUMNS = (
    "author",
    "language",
    "address",
    "status",
    "document_note",
    "direction",
    "structure",
    "facts",
    "document_reliability",
    "document_reliability_reason",
    "text",
)
"""The further columns of a table with texts: all other data of a document."""

TEXTS = Choice(
    "texts",
    "Texts",
    (
        ("no", "no texts: for documents that the project already has"),
        ("once", "the text in the first row of each document"),
        ("every", "the text in every row"),
    ),
    holds=dict.fromkeys(
        ("once", "every"),
        (
            Facet.TEXTS,
            Facet.UNANNOTATED,
            Facet.AUTHORS,
            Facet.LANGUAGES,
            Facet.ADDRESSES,
            Facet.STATUSES,
            Facet.DOCUMENT_NOTES,
            Facet.STRUCTURE,
            Facet.DIRECTIONS,
            Facet.FACTS,
            Facet.DOCUMENT_LETTERS,
        ),
    ),
)

CANNOT_HOLD = (
    *TEXTS.holds["once"],
    Facet.ORIGINS,
    Facet.VERSIONS,
    Facet.BOOKMARKS,
    Facet.RELATIONS,
    *PROJECT_DATA,
)

_OF_DOCUMENT = frozenset((*DOCUMENT_COLUMNS, *TEXT_COLUMNS))
_WRITTEN_BY_PEOPLE = frozenset(field.name for field in ANNOTATION_FIELDS if field.check is not None)
_LARGEST_GROUP = 10_000
"""Maximum number of rows of one document that are held in memory."""

_MAX_LATE = 100_000
"""Maximum number of rows that are held in memory because the text of their document follows later."""


# ---------------------------------------------------------------------------------------------------- out


def columns_of(texts: str) -> tuple[str, ...]:
    """Return the columns of a table with this value of the option ``TEXTS``."""
    return COLUMNS if texts == "no" else COLUMNS + TEXT_COLUMNS


def rows_of(
    document: DocumentRecord, annotations: Sequence[AnnotationRecord], texts: str
) -> Iterator[tuple[str | int | None, ...]]:
    """Yield the rows of a document, with neutralised cells in the order of ``columns_of``."""
    if texts == "no":
        for annotation in annotations:
            yield tuple(map(neutralised, _row(document, annotation)))
        return
    own: tuple[Any, ...] = tuple(map(neutralised, _of_document(document)))
    if not annotations:
        empty = (None,) * (len(COLUMNS) - len(DOCUMENT_COLUMNS))
        yield (*map(neutralised, _key(document)), *empty, *own)
    for number, annotation in enumerate(annotations):
        with_text = own if texts == "every" or number == 0 else (None,) * len(own)
        yield (*map(neutralised, _row(document, annotation)), *with_text)


def _key(document: DocumentRecord) -> tuple[str, str, str, str]:
    return document.uid, document.title, document.source, document.published_at


def _row(document: DocumentRecord, annotation: AnnotationRecord) -> tuple[Any, ...]:
    cells = list(_cells_of(annotation))
    for place, convert in _CONVERTED:
        cells[place] = convert(document.text, cells[place])
    return (*_key(document), *cells)


def _conversion(declared: Field, number: int) -> Callable[[str, Any], Any] | None:
    """Return the function that makes a cell of a value and the text of its document; None where the value is the cell.

    ``number``: which of the columns of the field, from 0. Raise LookupError for a second column that is not known.
    """
    if declared.kind is Kind.SPANS:
        return _words if number < len(declared.csv) - 1 else lambda _, spans: _json(spans)
    if declared.kind is Kind.OBJECT:
        return lambda _, values: _json(dict(sorted(values.items())))
    if declared.csv[number] == "probability_words":
        return lambda _, probability: "" if probability is None else grades.band_of(probability).words
    if number:
        raise LookupError(f"no conversion is known for the column {declared.csv[number]}")
    return None


_cells_of = attrgetter(*(declared.attribute for declared in ANNOTATION_FIELDS for _ in declared.csv))


def _of_document(document: DocumentRecord) -> tuple[str, ...]:
    return (
        document.author,
        document.language,
        document.address,
        document.status,
        document.note,
        document.direction,
        _json([(kind, span.start, span.end) for kind, span in document.structure]),
        _json(document.facts),
        document.reliability_override or "",
        document.reliability_reason,
        document.text,
    )


def _words(text: str, spans: Sequence[Span]) -> str:
    return FRAGMENT_GAP.join(span.of(text) for span in spans)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode() if value else ""


_CONVERSIONS = [_conversion(declared, number) for declared in ANNOTATION_FIELDS for number in range(len(declared.csv))]
_CONVERTED = [(place, convert) for place, convert in enumerate(_CONVERSIONS) if convert is not None]


# ---------------------------------------------------------------------------------------------------- in


def is_annotations(columns: Iterable[str]) -> bool:
    """Return whether a table with these columns has annotations as rows: with a label, a span and a document."""
    there = {folded(column) for column in columns}
    has_place = "quote" in there or "fragments" in there or {"start", "end"} <= there
    return "label" in there and has_place and bool(there & {"document", "title", "text"})


def read(rows: Iterable[Row | Refusal], columns: Mapping[str, str], origin: Origin) -> Iterator[Incoming]:
    """Yield the annotations of a table, with texts where it has them. ``columns``: the column of each field."""
    known = {column: field for field, column in columns.items()}
    seen: set[str] = set()
    late: list[Row] = []
    group: _Group | None = None

    def ended(group: _Group) -> Iterator[Incoming]:
        yield from group.items("text" in columns and group.key not in seen, origin)
        if group.text:
            seen.add(group.key)

    for row in rows:
        if isinstance(row, Refusal):
            yield row
            continue
        fields, further = _split_cells(row, known)
        key = _key_of(fields)
        # In a table that was sorted by other columns, the text of a document may be in a later row.
        is_early = "text" in columns and not fields.get("text") and key not in seen
        if is_early and (group is None or group.key != key) and len(late) < _MAX_LATE:
            late.append(row)
            continue
        if group is not None and (group.key != key or len(group.annotations) >= _LARGEST_GROUP):
            yield from ended(group)
            group = None
        group = group or _Group(key, fields, row.place)
        yield from group.take(fields, further, row.place)
    if group is not None:
        yield from ended(group)
    for row in late:
        fields, further = _split_cells(row, known)
        group = _Group(_key_of(fields), fields, row.place)
        yield from group.take(fields, further, row.place)
        yield from group.items(False, origin)


def _split_cells(row: Row, known: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the cells of a row that are our fields, by field, and all others that are not empty, by column."""
    fields: dict[str, Any] = {}
    further: dict[str, Any] = {}
    for column, cell in row.cells.items():
        if column in known:
            fields[known[column]] = cell
        elif cell not in ("", None):
            further[column] = cell
    return fields, further


def _key_of(fields: Mapping[str, Any]) -> str:
    """Return the key that identifies the document of a row: its uid, its title with outlet and date, or its text."""
    uid = words_of(fields.get("document")).strip()
    if uid:
        return uid
    title, outlet, date = (words_of(fields.get(name)) for name in ("title", "outlet", "published_at"))
    return f"{title}\n{outlet}\n{date}" if title else sha256(words_of(fields.get("text")))


@dataclass
class _Group:
    """Consecutive rows of one document."""

    key: str
    document: dict[str, Any]
    place: str
    text: str = ""
    offsets: CanonicalOffsets | None = None
    annotations: list[IncomingAnnotation] = field(default_factory=list)
    is_broken: bool = False
    """Whether its text was refused."""

    def take(self, fields: dict[str, Any], further: dict[str, Any], place: str) -> Iterator[Refusal]:
        """Add the annotation and the text of a row; yield a refusal where one of them is bad."""
        if not self.text and not self.is_broken and (stated := words_of(fields.get("text"))):
            self.document = self.document | {name: fields[name] for name in _OF_DOCUMENT if name in fields}
            try:
                self.text = canonical(stated)
            except AnnotatorError as error:
                self.is_broken = True
                yield Refusal(place, str(error))
            self.offsets = CanonicalOffsets(stated) if len(self.text) != len(stated) else None
        try:
            found = _annotation(fields, further, self.text, self.offsets)
        except (AnnotatorError, ValueError) as error:
            yield Refusal(place, str(error))
            return
        if found is not None:
            self.annotations.append(found)
        elif not self.text and not self.is_broken:
            yield Refusal(place, "The row has neither a text nor a label.")

    def items(self, with_text: bool, origin: Origin) -> Iterator[Incoming]:
        """Yield the article, or the annotations without text."""
        if self.text and with_text:
            try:
                yield self._article(origin)
            except AnnotatorError as error:
                yield Refusal(self.place, str(error))
        elif self.annotations and not self.is_broken:
            yield IncomingAnnotations(
                tuple(self.annotations),
                document_uid=self._words("document"),
                title=self._words("title"),
                source=self._words("outlet"),
                published_at=date_of(self.document.get("published_at")),
                text_sha256=sha256(self.text) if self.text else "",
                place=self.place,
            )

    def _article(self, origin: Origin) -> Article:
        text = self.text
        title, structure = shown(self._words("title")), self._structure()
        name = row_name(origin.path.stem, self.place)
        if structure is None:
            structure = structure_of(text, title) if title else structured(text, name)[1]
            title = title or structured(text, name)[0]
        return Article(
            title=title or name,
            text=text,
            structure=structure,
            source=self._words("outlet"),
            author=self._words("author"),
            published_at=date_of(self.document.get("published_at")),
            language=self._words("language"),
            address=self._words("address"),
            status=one_of("status", self._words("status") or "new", DOCUMENT_STATUSES),
            note=words_of(self.document.get("document_note")),
            uid=self._words("document"),
            annotations=tuple(self.annotations),
            origin_path=str(origin.path),
            origin_format=origin.format,
            origin_sha256=origin.sha256,
            direction=one_of("direction", self._words("direction"), DIRECTIONS),
            facts=_decoded(self.document.get("facts"), "facts", dict[str, Any]) or {},
            reliability_override=grades.checked_reliability(self._words("document_reliability")),
            reliability_reason=words_of(self.document.get("document_reliability_reason")),
        )

    def _structure(self) -> Structure | None:
        """Return the stated parts of the text that are inside it; None where the table states none."""
        stated = _decoded(self.document.get("structure"), "structure", list[tuple[str, int, int]])
        if stated is None:
            return None if "structure" not in self.document else ()
        shift = self.offsets.canonical if self.offsets else lambda offset: offset
        parts = [(kind, Span(shift(start), shift(end))) for kind, start, end in stated]
        inside = [(kind, span) for kind, span in parts if 0 <= span.start < span.end <= len(self.text)]
        return tuple(sorted(inside, key=lambda part: part[1]))

    def _words(self, name: str) -> str:
        return words_of(self.document.get(name)).strip()


def _annotation(
    fields: Mapping[str, Any], further: dict[str, Any], text: str, offsets: CanonicalOffsets | None
) -> IncomingAnnotation | None:
    """Return the annotation of a row; None where it has none. Raise AnnotatorError."""
    label, quote = (words_of(fields.get(name)) for name in ("label", "quote"))
    if not label.strip():
        if quote or words_of(fields.get("start")):
            raise InvalidValue("The row has a quote or an offset, but no label.")
        return None
    features = {**further, **(_decoded(fields.get("features"), "features", dict[str, Any]) or {})}
    mention = _spans(fields, "mention_spans", text, offsets) or _found(fields, "mention", text, features)
    cue = _spans(fields, "cue_spans", text, offsets) or _found(fields, "cue", text, features)
    # Tables of other programs have only one reliability: the one given on the annotation.
    letter = "reliability_override" if "reliability_override" in fields else "reliability"
    return IncomingAnnotation(
        label=label.strip(),
        fragments=_fragments(fields, quote, text, offsets),
        quote=canonical_part(quote),
        cue=cue,
        mention=mention,
        source=words_of(fields.get("source")).strip(),
        features=features,
        **_plain_values(fields, letter),
    )


def _plain_values(fields: Mapping[str, Any], letter: str) -> dict[str, Any]:
    """Return the scales and texts of a row; ``letter``: the column of the reliability. Raise InvalidValue."""
    values: dict[str, Any] = {}
    for name, check in SCALES.items():
        column = letter if name == "reliability" else name
        stated = _number(fields, column) if name in NUMBERS else words_of(fields.get(column)).strip()
        values[name] = check(stated)
    for name in TEXT_NAMES:
        words = words_of(fields.get("annotation" if name == "uid" else name))
        # Texts that people write stay unchanged; names and times are looked up or compared.
        values[name] = words if name in _WRITTEN_BY_PEOPLE else words.strip()
    return values


def _fragments(fields: Mapping[str, Any], quote: str, text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...]:
    if stated := _spans(fields, "fragments", text, offsets):
        return stated
    start, end = _number(fields, "start"), _number(fields, "end")
    if start is not None and end is not None:
        shift = offsets.canonical if offsets else lambda offset: offset
        return _checked([(shift(start), shift(end))], text)
    if quote:
        # The import finds it by its words.
        return ()
    raise InvalidSpan("The row has a label, but neither start and end nor a quote.")


def _spans(fields: Mapping[str, Any], name: str, text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...]:
    stated = _decoded(fields.get(name), name, list[tuple[int, int]])
    if not stated:
        return ()
    return _checked(offsets.canonical_pairs(stated) if offsets else stated, text)


def _checked(pairs: Sequence[tuple[int, int]], text: str) -> tuple[Span, ...]:
    """Return fragments, checked against the text; where the text is unknown, only against each other."""
    return checked_fragments(pairs, len(text) if text else max(max(pair) for pair in pairs))


def _found(fields: Mapping[str, Any], name: str, text: str, features: dict[str, Any]) -> tuple[Span, ...]:
    """Return the spans of words that a table states without offsets; where they are not found, add a feature."""
    words = words_of(fields.get(name)).strip()
    if not words:
        return ()
    near = _number(fields, "start") or 0
    found = [find_quote(text, part, near=near) for part in words.split(FRAGMENT_GAP)]
    if text and all(found):
        try:
            return checked_fragments([span for span in found if span], len(text))
        except InvalidSpan:
            pass
    features.setdefault(name, words)
    return ()


def _number(fields: Mapping[str, Any], name: str) -> int | None:
    """Return the whole number in a cell; None where it is empty. Spreadsheets can write 46.0 for 46."""
    stated = words_of(fields.get(name)).strip()
    if not stated:
        return None
    if found := re.fullmatch(r"([+-]?\d{1,18})([.,]0+)?", stated):
        return int(found[1])
    raise InvalidValue(f"“{stated[:40]}” in the column “{name}” is no whole number.")


def _decoded(cell: Any, name: str, kind: type[Any]) -> Any:
    """Return the value of a cell that is JSON; None where it is empty. Raise InvalidValue."""
    if cell in ("", None):
        return None
    try:
        return msgspec.json.decode(cell, type=kind) if isinstance(cell, str) else msgspec.convert(cell, kind)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, TypeError):
        raise InvalidValue(f"“{str(cell)[:40]}” in the column “{name}” is not in the form of our exports.") from None


def annotation_columns(columns: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field of a table of annotations: the chosen ones, and others by their names."""
    by_name = {folded(column): column for column in columns}
    taken = set(chosen.values())
    own = {name: by_name[name] for name in (*COLUMNS, *TEXT_COLUMNS) if name in by_name}
    return {name: column for name, column in own.items() if column not in taken} | dict(chosen)
