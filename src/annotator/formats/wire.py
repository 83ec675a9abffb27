"""An annotation in files: as readers return it, and as our lines of JSON are written and read.

The classes are declared by hand, so that the type checker sees them; ``tests/domain/test_fields.py`` compares them with
the fields of an annotation. The order of ``AnnotationLine`` is the order of the keys in every export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec

from annotator.domain.fields import ANNOTATION_FIELDS, Field, Kind
from annotator.domain.grades import admiralty_code, checked_reliability
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span


@dataclass(frozen=True, slots=True)
class IncomingAnnotation:
    """An annotation as a file states it: names instead of ids, offsets already in code points of ``Article.text``.

    ``quote``: the words that the annotation covers according to the file, which the import checks; empty where the file
    does not state them. ``reliability``: the letter given on the annotation itself, not that of its source.
    ``is_complete``: the record states every field of an annotation, so that it can be compared with ours.
    """

    label: str
    fragments: tuple[Span, ...]
    quote: str = ""
    cue: tuple[Span, ...] = ()
    mention: tuple[Span, ...] = ()
    source: str = ""
    reliability: str | None = None
    reliability_reason: str = ""
    credibility: int | None = None
    probability: int | None = None
    confidence: str | None = None
    note: str = ""
    features: Mapping[str, Any] = field(default_factory=dict)
    uid: str = ""
    annotator: str = ""
    created_by: str = ""
    created_at: str = ""
    updated_at: str = ""
    credibility_reason: str = ""
    is_complete: bool = field(default=False, compare=False)


class AnnotationLine(msgspec.Struct):
    """All fields of an annotation in our JSON. Creating and encoding a struct takes half the time of a dict."""

    uid: str
    label: str
    start: int
    end: int
    quote: str
    fragments: tuple[Span, ...]
    cue: tuple[Span, ...]
    mention: tuple[Span, ...]
    source: str
    reliability: str | None
    reliability_override: str | None
    reliability_reason: str
    credibility: int | None
    credibility_reason: str
    score: str
    probability: int | None
    confidence: str | None
    note: str
    features: dict[str, Any]
    annotator: str
    created_by: str
    created_at: str
    updated_at: str


class StatedAnnotation(msgspec.Struct):
    """An annotation as a line of JSON of any program states it: everything but the label may be missing."""

    label: str
    start: int | None = None
    end: int | None = None
    fragments: list[tuple[int, int]] | None = None
    quote: str | None = None
    cue: list[tuple[int, int]] | None = None
    mention: list[tuple[int, int]] | None = None
    source: str | None = None
    reliability: str | None = None
    reliability_override: str | msgspec.UnsetType | None = msgspec.UNSET
    reliability_reason: str | None = None
    credibility: int | None = None
    credibility_reason: str | None = None
    probability: int | None = None
    confidence: str | None = None
    note: str | None = None
    features: dict[str, Any] | None = None
    uid: str | None = None
    annotator: str | None = None
    created_by: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


_BY_KEY = {declared.key: declared for declared in ANNOTATION_FIELDS}

LINE_FIELDS: tuple[Field, ...] = tuple(_BY_KEY[key] for key in AnnotationLine.__struct_fields__)
"""The fields of ``AnnotationLine``, in its order."""


def to_line(annotation: AnnotationRecord) -> AnnotationLine:
    """Return an annotation in the form of our JSON."""
    # Unpacked by hand, which takes half the time of attrgetter: an export does it a million times.
    (
        _, uid, _, _, label, start, end, quote, _, _, fragments, cue, mention, _, source, override, reason, inherited,
        credibility, probability, confidence, note, features, annotator, created_by, created_at, updated_at,
        credibility_reason,
    ) = annotation  # fmt: skip
    reliability = override or inherited
    return AnnotationLine(
        uid,
        label,
        start,
        end,
        quote,
        fragments,
        cue,
        mention,
        source,
        reliability,
        override,
        reason,
        credibility,
        credibility_reason,
        admiralty_code(reliability, credibility),
        probability,
        confidence,
        note,
        dict(sorted(features.items())) if features else features,
        annotator,
        created_by,
        created_at,
        updated_at,
    )


_PLACED = frozenset({"label_id", "quote", "start", "end", "fragments"})

FIELDS_BESIDE_SPAN: tuple[Field, ...] = tuple(
    declared for declared in LINE_FIELDS if declared.kind is not Kind.DERIVED and declared.name not in _PLACED
)
"""The fields of an annotation except its label and its span, in the order of ``AnnotationLine``."""

NAMES_BESIDE_SPAN = tuple(declared.stated_name for declared in FIELDS_BESIDE_SPAN)

NUMBERS = tuple(
    declared.name for declared in FIELDS_BESIDE_SPAN if declared.kind is Kind.VALUE and declared.stored is int
)
"""The fields that are values of a scale of numbers."""

SCALES = {
    declared.name: declared.check for declared in FIELDS_BESIDE_SPAN if declared.kind is Kind.VALUE and declared.check
}
"""The check of each field that is a value of a scale."""

TEXT_NAMES = tuple(
    declared.stated_name
    for declared in FIELDS_BESIDE_SPAN
    if declared.kind is Kind.TEXT or (declared.kind is Kind.REFERENCE and declared.is_fixed)
)
"""The fields that a file states as texts, except the source, which the import looks up or adds."""


def plain_values(stated: StatedAnnotation, letter: str | None) -> dict[str, Any]:
    """Return the scales and texts that a line states, by their names in IncomingAnnotation.

    ``letter``: the stated reliability. Raise InvalidValue.
    """
    values: dict[str, Any] = {"reliability": checked_reliability(letter)}
    for (name, check), value in zip(_OTHER_SCALES, _scales_of(stated), strict=True):
        values[name] = check(value)
    for name, value in zip(TEXT_NAMES, _texts_of(stated), strict=True):
        values[name] = value or ""
    return values


# Computed once, because an import needs the values of each annotation.
_OTHER_SCALES = tuple((name, check) for name, check in SCALES.items() if name != "reliability")
_scales_of = attrgetter(*(name for name, _ in _OTHER_SCALES))
_texts_of = attrgetter(*TEXT_NAMES)
