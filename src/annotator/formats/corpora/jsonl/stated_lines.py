"""The keys of our lines of JSON, also of those of other programs; most of them may be missing."""

from typing import Any

import msgspec

from annotator.formats.corpora.jsonl.vocabulary import VERSION


class Tip(msgspec.Struct):
    """The last entry of the log of the project that a file comes from."""

    at: str = ""


class AnnotatorLine(msgspec.Struct):
    """An annotator in a header."""

    uid: str
    name: str


class HeaderLine(msgspec.Struct):
    """The first line of a file that we wrote."""

    format: str
    version: int = VERSION
    labels: list[msgspec.Raw] = []
    features: list[msgspec.Raw] = []
    sources: list[msgspec.Raw] = []
    assessments: list[msgspec.Raw] = []
    project_uid: str = ""
    tip: Tip | None = None
    whole: bool = False
    annotators: list[AnnotatorLine] = []
    log: list[tuple[int, str]] = []
    removed: list[tuple[str, str, str]] = []
    undone: list[tuple[str, str, int]] = []


class LabelLine(msgspec.Struct):
    """A label in a header."""

    name: str
    initials: str = ""
    color: str = "#999999"
    key: int | None = None
    description: str = ""
    position: int = 0
    parent: str = ""
    uid: str = ""


class FeatureLine(msgspec.Struct):
    """The definition of a feature in a header."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    description: str = ""
    position: int = 0
    uid: str = ""


class SourceLine(msgspec.Struct):
    """A source in a header."""

    name: str
    kind: str = "outlet"
    aliases: tuple[str, ...] = ()
    note: str = ""
    parent: str = ""
    uid: str = ""
    owner: str = ""
    topics: tuple[str, ...] = ()


class AssessmentLine(msgspec.Struct):
    """An assessment of a source in a header."""

    source: str
    made_on: str
    reliability: str
    topic: str = ""
    rationale: str = ""
    annotator: str = ""
    uid: str = ""


class Part(msgspec.Struct):
    """A part of the structure of a text: a title or a lead point."""

    kind: str
    start: int
    end: int


class DocumentLine(msgspec.Struct):
    """A document with its annotations; ``date`` and ``url`` are names that other programs use."""

    text: str
    title: str | None = None
    uid: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    date: str | None = None
    language: str | None = None
    address: str | None = None
    url: str | None = None
    status: str | None = None
    note: str | None = None
    structure: list[Part] | None = None
    origin_path: str | None = None
    origin_format: str | None = None
    origin_sha256: str | None = None
    imported_at: str | None = None
    direction: str | None = None
    facts: dict[str, Any] | None = None
    version_of: str | None = None
    reliability_override: str | None = None
    reliability_reason: str | None = None
    bookmarks: list[msgspec.Raw] | None = None
    annotations: list[msgspec.Raw] | None = None


class BookmarkLine(msgspec.Struct):
    """A bookmark of a document."""

    position: int
    name: str = ""
    uid: str = ""
    annotator: str = ""
    created_at: str = ""


class RelationLine(msgspec.Struct, rename={"from_uid": "from", "to_uid": "to"}):
    """A relation between two annotations, by their uids."""

    relation: str
    from_uid: str
    to_uid: str
    note: str | None = None
    annotator: str | None = None
    uid: str | None = None


KNOWN_KEYS = frozenset(DocumentLine.__struct_fields__) | {"text_sha256"}
