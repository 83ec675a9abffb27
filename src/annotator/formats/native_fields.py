"""Our fields of documents and annotations in the JSON of other tools, where that allows further keys.

The keys are those of the native format. Only values that are not empty are written. A value that has one of these names
but another type is not ours: it is kept unchanged, as a fact of the document or a feature of the annotation.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from annotator.domain import grades
from annotator.domain.canonical_text import canonical
from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.domain.fields import Kind
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import Article, IncomingAnnotation
from annotator.formats.reading.article_structure import shown, structure_of, structured
from annotator.formats.reading.decoding import opened
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.wire import FIELDS_BESIDE_SPAN, SCALES, TEXT_NAMES

SHOWN = ("title", "source", "author", "published_at", "language", "address")
"""The fields of a document that other tools can show to their users."""

FURTHER = "further"
"""The key of a record for all other fields of its document."""


# ---------------------------------------------------------------------------------------------------- out


def shown_fields(document: DocumentRecord) -> dict[str, str]:
    """Return the fields in ``SHOWN`` that are not empty."""
    return {name: value for name in SHOWN if (value := getattr(document, name))}


def further_fields(document: DocumentRecord) -> dict[str, Any]:
    """Return all other fields of a document that are not empty, without its text and its ``facts``."""
    fields = {
        "uid": document.uid,
        "status": document.status if document.status != "new" else "",
        "note": document.note,
        "structure": [[kind, *span] for kind, span in document.structure],
        "direction": document.direction,
        "origin_path": document.origin_path,
        "origin_format": document.origin_format,
        "origin_sha256": document.origin_sha256,
        "imported_at": document.imported_at,
        "version_of": document.version_of,
        "reliability_override": document.reliability_override,
        "reliability_reason": document.reliability_reason,
    }
    # Without a structure, the import would search for one.
    return {name: value for name, value in fields.items() if value or name == "structure"}


def given_annotation_fields(annotation: AnnotationRecord) -> dict[str, Any]:
    """Return the fields of an annotation that are not empty, without its label and its spans."""
    fields = {}
    for (name, empty), value in zip(_NAMES_AND_EMPTY, _values_of(annotation), strict=True):
        if (value or value == 0) and value != empty:
            fields[name] = value
    for name in _SPANS & fields.keys():
        fields[name] = [tuple(span) for span in fields[name]]
    if "features" in fields:
        fields["features"] = dict(sorted(fields["features"].items()))
    return fields


# Computed once, because an export needs the values of each annotation.
_values_of = attrgetter(*(field.attribute for field in FIELDS_BESIDE_SPAN))
_NAMES_AND_EMPTY = tuple((field.stated_name, field.empty) for field in FIELDS_BESIDE_SPAN)
_SPANS = {field.name for field in FIELDS_BESIDE_SPAN if field.kind is Kind.SPANS}


def free_facts(facts: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Any]:
    """Return the facts of a document by their names; those whose names are ``taken`` are inside ``facts``."""
    reserved = {*taken, *_OF_DOCUMENT, "facts"}
    facts = dict(sorted(facts.items()))
    free = {name: value for name, value in facts.items() if name not in reserved}
    held = {name: value for name, value in facts.items() if name in reserved}
    return free | ({"facts": held} if held else {})


# ---------------------------------------------------------------------------------------------------- in


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with opened(path) as file:
        while block := file.read(1024 * 1024):
            digest.update(block)
    return digest.hexdigest()


def checked_text(text: str) -> tuple[str, CanonicalOffsets | None]:
    """Return the canonical text of a document, and the mapping of offsets of the file to it; None where they are equal.

    Raise AnnotatorError where the text is empty or cannot be stored.
    """
    plain = canonical(text)
    if not plain.strip():
        raise InvalidValue("The text is empty.")
    return plain, CanonicalOffsets(text) if len(plain) != len(text) else None


def spans_of(pairs: Iterable[Sequence[int]], text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...]:
    """Return spans in the canonical ``text`` for offsets of the file. Raise InvalidSpan."""
    shifted = pairs if offsets is None else offsets.canonical_pairs(pairs)
    return checked_fragments(shifted, len(text))


def article_of(
    text: str,
    fields: Mapping[str, Any],
    annotations: Sequence[IncomingAnnotation],
    *,
    path: Path,
    number: int,
    format: str,
    digest: str,
    offsets: CanonicalOffsets | None = None,
) -> Article:
    """Return an article with the canonical ``text``. Of ``fields``, ours become its fields and the others its facts.

    ``number``: the position in the file, from 1, for the title of an article without one.
    """
    known: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "facts" and isinstance(value, dict):
            facts |= value
        elif name in _OF_DOCUMENT:
            if (taken := _taken(_OF_DOCUMENT[name], value)) is not None:
                known[name] = taken
            elif value not in (None, ""):
                facts[name] = value
        elif value is not None:
            facts[name] = value
    title = known.pop("title", "")
    parts = known.pop("structure", None)
    named = f"{path.stem} {number}"
    if parts is not None:
        structure = tuple(
            sorted(
                (
                    (kind, Span(start, end))
                    for kind, *pair in parts
                    for start, end in [pair if offsets is None else map(offsets.canonical, pair)]
                    if 0 <= start < end <= len(text)
                ),
                key=lambda part: part[1],
            )
        )
        title = title or structured(text, named)[0]
    elif title:
        structure = structure_of(text, title)
    else:
        title, structure = structured(text, named)
    origin = {name: known.pop(name, "") for name in ("origin_path", "origin_format", "origin_sha256")}
    if not any(origin.values()):
        origin = {"origin_path": str(path), "origin_format": format, "origin_sha256": digest}
    return Article(
        title=title, text=text, structure=structure, annotations=tuple(annotations), facts=facts, **known, **origin
    )


def annotation_of(
    label: str,
    fragments: tuple[Span, ...],
    fields: Mapping[str, Any],
    text: str,
    *,
    quote: str = "",
    offsets: CanonicalOffsets | None = None,
    **stated: Any,
) -> IncomingAnnotation:
    """Return an annotation. Of ``fields``, ours become its fields and the others its features.

    ``stated``: values that the file states in its own keys; ``fields`` has priority.
    """
    known: dict[str, Any] = dict(stated)
    features: dict[str, Any] = dict(known.pop("features", {}))
    for name, value in fields.items():
        if name == "features" and isinstance(value, dict):
            features |= value
        elif name in _SPANS:
            # A value of another program under the same name is kept as a feature.
            if (spans := _pairs(value, text, offsets)) is not None:
                known[name] = spans
            else:
                features[name] = value
        elif name in _OF_ANNOTATION:
            if (taken := _taken(_OF_ANNOTATION[name], value)) is not None:
                known[name] = taken
            elif value not in (None, ""):
                features[name] = value
        else:
            features[name] = value
    return IncomingAnnotation(label=label, fragments=fragments, quote=quote, features=features, **known)


def _taken(check: Callable[[Any], Any], value: Any) -> Any:
    """Return ``value`` in the form of its field; None where it is not a valid value of it."""
    try:
        return check(value)
    except (AnnotatorError, TypeError, ValueError):
        return None


def _pairs(value: Any, text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...] | None:
    try:
        return spans_of(value, text, offsets) if value else ()
    except (AnnotatorError, TypeError, ValueError):
        return None


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _line(value: Any) -> str:
    return shown(_words(value))


def _name(value: Any) -> str:
    return _words(value).strip()


def _among(words: Sequence[str]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in words:
            raise ValueError
        return _words(value)

    return check


def _date(value: Any) -> str:
    if not iso_date(_words(value)):
        raise ValueError
    # A date in ISO 8601 stays unchanged.
    return _words(value) if value[:4].isdigit() and value[4:5] == "-" else iso_date(value)


def _parts(value: Any) -> list[tuple[str, int, int]]:
    return [(_words(kind), int(start), int(end)) for kind, start, end in value]


def _grade(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if isinstance(value, float):
            raise TypeError
        return check(value)

    return checked


_OF_DOCUMENT: Mapping[str, Callable[[Any], Any]] = {
    "title": _line,
    "source": _name,
    "author": _words,
    "published_at": _date,
    "language": _words,
    "address": _words,
    "uid": _words,
    "status": _among(DOCUMENT_STATUSES),
    "note": _words,
    "structure": _parts,
    "direction": _among(DIRECTIONS),
    "origin_path": _words,
    "origin_format": _words,
    "origin_sha256": _words,
    "imported_at": _words,
    "version_of": _words,
    "reliability_override": _grade(grades.checked_reliability),
    "reliability_reason": _words,
}
_OF_ANNOTATION: Mapping[str, Callable[[Any], Any]] = {
    "source": _name,
    **{name: _grade(check) for name, check in SCALES.items()},
    **dict.fromkeys(TEXT_NAMES, _words),
}
