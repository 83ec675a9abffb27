"""What a format is, what its reader gives and what its writer takes.

A reader yields articles one by one, so that memory stays flat however large the file is, and a ``Refusal`` for each
record that it cannot take; it never writes and never fetches. A writer is handed a ``Corpus`` to walk through once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.domain.records import (
    AnnotationRecord,
    AssessmentRecord,
    BookmarkRecord,
    DocumentRecord,
    FeatureRecord,
    LabelRecord,
    RelationRecord,
    SourceRecord,
)
from annotator.domain.spans import Span


@dataclass(frozen=True, slots=True)
class IncomingAnnotation:
    """An annotation as a file states it: names instead of ids, offsets already in code points of ``Article.text``.

    ``quote``: what the file says the annotation covers; empty where it does not say. It is checked on import.
    ``reliability``: the letter given on the annotation itself, not one inherited from its source.
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


@dataclass(frozen=True, slots=True)
class IncomingBookmark:
    """A bookmark as a reader found it, by its place in the article's text."""

    position: int
    name: str = ""
    uid: str = ""
    annotator: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A document as a reader found it. ``text`` is canonical (``domain.text.canonical``).

    ``structure``: the spans of the ``title`` and of ``lead`` points in ``text``. ``source``: the outlet, by name.
    ``published_at``: ISO 8601 date or time, or empty. ``origin_sha256``: checksum of the file's bytes.
    """

    title: str
    text: str
    structure: tuple[tuple[str, Span], ...] = ()
    source: str = ""
    author: str = ""
    published_at: str = ""
    language: str = ""
    address: str = ""
    status: str = "new"
    note: str = ""
    uid: str = ""
    annotations: tuple[IncomingAnnotation, ...] = ()
    origin_path: str = ""
    origin_format: str = ""
    origin_sha256: str = ""
    imported_at: str = ""
    direction: str = ""
    bookmarks: tuple[IncomingBookmark, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingSource:
    """An entry of a registry of sources that travels with a corpus."""

    name: str
    kind: str = "outlet"
    aliases: tuple[str, ...] = ()
    note: str = ""
    parent: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingAssessment:
    """A dated judgement of a source that travels with a corpus."""

    source: str
    made_on: str
    reliability: str
    topic: str = ""
    rationale: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRelation:
    """A typed relation between two annotations, by their uids."""

    kind: str
    from_uid: str
    to_uid: str
    note: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels and features that travel with a corpus."""

    labels: tuple[LabelRecord, ...] = ()
    features: tuple[FeatureRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that a reader could not take: where it stands and one plain sentence why."""

    place: str
    reason: str


Incoming = Article | Vocabulary | IncomingSource | IncomingAssessment | IncomingRelation | Refusal


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is exported. ``documents`` may be walked once; each comes with its annotations in text order.

    ``options``: choices of the user by name, such as ``overlap`` (``longest``, ``first``, ``layers``) or ``tokenizer``.
    """

    documents: Iterable[tuple[DocumentRecord, Sequence[AnnotationRecord]]]
    labels: Sequence[LabelRecord] = ()
    features: Sequence[FeatureRecord] = ()
    sources: Sequence[SourceRecord] = ()
    assessments: Sequence[AssessmentRecord] = ()
    relations: Sequence[RelationRecord] = ()
    bookmarks: Sequence[BookmarkRecord] = ()
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: counts, and one plain line for each loss (overlaps left out, fragments joined ...)."""

    documents: int
    annotations: int
    losses: tuple[str, ...] = ()


Reader = Callable[[Path], Iterator[Incoming]]
Writer = Callable[[Corpus, Path], Written]
"""Writes to exactly the path given. The caller gives a path beside the target and renames when the file is whole."""

Sniffer = Callable[[Path, bytes], bool]
"""Tells from a path and the first 4,096 bytes of the file whether the reader is the right one."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its id in the CLI, its name for people, and what it can do.

    ``cannot_hold``: what the writer has to leave out, in words of the glossary, for the loss report.
    ``example``: a file in ``formats/examples``, shown in the dialog and read by tests.
    """

    id: str
    name: str
    suffixes: tuple[str, ...]
    read: Reader | None = None
    sniff: Sniffer | None = None
    write: Writer | None = None
    cannot_hold: tuple[str, ...] = ()
    example: str = ""
