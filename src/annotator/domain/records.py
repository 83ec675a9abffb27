"""What is read from a project: light, immutable rows with names resolved, safe to pass between threads and views.

The tables themselves, with their rules, are in ``domain.tables``.
"""

from typing import Any, NamedTuple

from annotator.domain.grades import admiralty_code
from annotator.domain.spans import Span, quote_of


class LabelRecord(NamedTuple):
    """An entry of the label set.

    ``key``: the digit 1-9 that gives it, or None. ``parent_id`` and ``parent``: the label that it is nested under, by
    id and by name; an incoming label knows the name only.
    """

    id: int
    name: str
    initials: str
    color: str
    key: int | None
    description: str
    position: int
    parent_id: int | None = None
    parent: str = ""


class FeatureRecord(NamedTuple):
    """The definition of a feature: a typed extra value on annotations."""

    id: int
    name: str
    kind: str
    choices: tuple[str, ...]
    description: str
    position: int


class DocumentRow(NamedTuple):
    """A document as the list shows it: everything but its text."""

    id: int
    title: str
    source: str
    published_at: str
    status: str
    annotations: int
    words: int


class DocumentRecord(NamedTuple):
    """A document with its text and origin. ``structure`` tells titles and lead points apart from the body.

    ``direction``: how its lines run, ``ltr`` or ``rtl``; empty where the text tells. ``facts``: what else its file
    says of it, by name. ``version_of``: the uid of the document whose earlier text it takes the place of, or empty.
    """

    id: int
    uid: str
    title: str
    text: str
    text_sha256: str
    source_id: int | None
    source: str
    author: str
    published_at: str
    language: str
    status: str
    note: str
    address: str
    structure: tuple[tuple[str, Span], ...]
    origin_path: str
    origin_format: str
    origin_sha256: str
    imported_at: str
    words: int
    direction: str
    facts: dict[str, Any] = {}  # noqa: RUF012 - never changed: a record is immutable
    version_of: str = ""

    @property
    def lead_points(self) -> tuple[str, ...]:
        """The texts of the lead points, without their bullets."""
        return tuple(span.of(self.text) for kind, span in self.structure if kind == "lead")


class SourceRecord(NamedTuple):
    """A source with the letter in force; ``reliability`` is None while nobody has assessed it."""

    id: int
    uid: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    note: str
    parent_id: int | None
    reliability: str | None
    annotations: int
    documents: int


class AssessmentRecord(NamedTuple):
    """One annotator's dated judgement of a source."""

    id: int
    source_id: int
    made_on: str
    reliability: str
    topic: str
    rationale: str
    annotator: str


class AnnotationRecord(NamedTuple):
    """An annotation with its names resolved.

    ``start``, ``end``: the hull of ``fragments``, in code points. ``quote``: ``text[start:end]``.
    ``reliability_override``: the letter given on the annotation itself; ``inherited_reliability``: the letter in
    force of its source.
    """

    id: int
    uid: str
    document_id: int
    label_id: int
    label: str
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str
    fragments: tuple[Span, ...]
    cue: tuple[Span, ...]
    mention: tuple[Span, ...]
    source_id: int | None
    source: str
    reliability_override: str | None
    reliability_reason: str
    inherited_reliability: str | None
    credibility: int | None
    probability: int | None
    confidence: str | None
    note: str
    features: dict[str, Any]
    annotator: str
    created_by: str
    created_at: str
    updated_at: str

    @property
    def reliability(self) -> str | None:
        """The letter that counts: the override, or else the source's in force."""
        return self.reliability_override or self.inherited_reliability

    @property
    def score(self) -> str:
        """The Admiralty code, such as ``B2``; empty where nothing is judged."""
        return admiralty_code(self.reliability, self.credibility)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def shown_quote(self) -> str:
        """The covered words as one line; the gaps of a discontinuous annotation are an ellipsis."""
        if len(self.fragments) == 1:
            return self.quote
        return quote_of(self.quote, [Span(span.start - self.start, span.end - self.start) for span in self.fragments])


class RelationRecord(NamedTuple):
    """A typed relation between two annotations."""

    id: int
    uid: str
    kind: str
    from_id: int
    to_id: int
    note: str
    annotator: str


class BookmarkRecord(NamedTuple):
    """A place that an annotator wants to come back to. ``position``: code points; ``title``: of the document."""

    id: int
    uid: str
    document_id: int
    title: str
    position: int
    name: str
    annotator: str
    created_at: str


class ChangeRecord(NamedTuple):
    """A line of the history. ``kind`` is ``do``, ``undo`` or ``redo``."""

    number: int
    at: str
    annotator: str
    title: str
    kind: str
    step: str


class SearchHit(NamedTuple):
    """A place where a query was found: the span of the match and its line of context."""

    document_id: int
    title: str
    span: Span
    before: str
    match: str
    after: str
