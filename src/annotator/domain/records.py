"""What is read from a project: light, immutable rows with names resolved, safe to pass between threads and views.

The tables themselves, with their rules, are in ``domain.tables``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.grades import admiralty_code
from annotator.domain.spans import Span, quote_of


class LabelRecord(NamedTuple):
    """An entry of the label set.

    ``key``: the digit 1-9 that gives it, or None. ``parent_id`` and ``parent``: the label that it is nested under, by
    id and by name; an incoming label knows the name only. ``uid``: empty where a file does not state it.
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
    uid: str = ""


class FeatureRecord(NamedTuple):
    """The definition of a feature: a typed extra value on annotations. ``uid``: empty where a file lacks it."""

    id: int
    name: str
    kind: str
    choices: tuple[str, ...]
    description: str
    position: int
    uid: str = ""


class AnnotatorRecord(NamedTuple):
    """A person who annotates."""

    uid: str
    name: str


class RemovedRow(NamedTuple):
    """A row that somebody removed: its table, its uid, and when it was removed."""

    table: str
    uid: str
    at: str


class LeftState(NamedTuple):
    """A state of a row that somebody left for an earlier one, by an undo or by hand.

    ``state``: the ``updated_at`` of the version, ``removed``, or a column and its value as JSON. ``number``: the last
    entry of the log that left it.
    """

    uid: str
    state: str
    number: int


class ProjectState(NamedTuple):
    """Which project an export was made from, and in which state of it.

    ``number``, ``hash``, ``at``: the last entry of its log. ``points``: number and beginning of the hash of some
    entries of the log. ``is_whole``: nothing was left out. ``removed``: the rows that somebody removed. ``undone``: the
    states of rows that somebody left for an earlier one.
    """

    project_uid: str
    number: int
    hash: str
    at: str
    is_whole: bool
    points: tuple[tuple[int, str], ...]
    removed: tuple[RemovedRow, ...]
    undone: tuple[LeftState, ...]


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

    ``direction``: ``ltr`` or ``rtl``; empty where the first letter of each paragraph decides. ``facts``: further data
    from its file, by name. ``version_of``: the uid of the document with the earlier text of the same article, or empty.
    ``reliability_override``: the letter given to the document itself; ``inherited_reliability``: its outlet's in force.
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
    reliability_override: str | None = None
    reliability_reason: str = ""
    inherited_reliability: str | None = None

    @property
    def reliability(self) -> str | None:
        """The letter that counts for what the document says in its own voice: the override, or else its outlet's."""
        return self.reliability_override or self.inherited_reliability

    @property
    def lead_points(self) -> tuple[str, ...]:
        """The texts of the lead points, without their bullets."""
        return tuple(span.of(self.text) for kind, span in self.structure if kind == "lead")


class SourceRecord(NamedTuple):
    """A source with the letter in force; ``reliability`` is None while nobody has assessed it.

    ``parent_id``: what it is a part of or speaks for. ``owner_id``: who owns it. ``topics``: the subjects on which
    it is cited.
    """

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
    owner_id: int | None = None
    topics: tuple[str, ...] = ()


class AssessmentRecord(NamedTuple):
    """One annotator's dated judgement of a source."""

    id: int
    source_id: int
    made_on: str
    reliability: str
    topic: str
    rationale: str
    annotator: str
    uid: str = ""


class AnnotationRecord(NamedTuple):
    """An annotation with its names resolved.

    ``start``, ``end``: the hull of ``fragments``, in code points. ``quote``: ``text[start:end]``.
    ``reliability_override``: the letter given on the annotation itself; ``inherited_reliability``: the letter in
    force of its source or, where it names none and so speaks in the voice of its document, the letter of that.
    ``credibility_reason``: why the digit was given although a check spoke against it.
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
    credibility_reason: str = ""

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
        return _in_one_line(self.quote, self.start, self.fragments)


class SuggestionRecord(NamedTuple):
    """A machine's proposal, not yet an annotation.

    ``start``, ``end``: the hull of ``fragments``, in code points; ``quote`` the text of it. ``source``: a name, or
    empty. ``score``: 0 to 1. ``engine``: the rules or the model, with the version; ``reason`` is for people.
    """

    id: int
    document_id: int
    label_id: int
    label: str
    start: int
    end: int
    quote: str
    fragments: tuple[Span, ...]
    cue: tuple[Span, ...]
    mention: tuple[Span, ...]
    source: str
    features: dict[str, Any]
    score: float
    engine: str
    rule: str
    reason: str

    @property
    def shown_quote(self) -> str:
        """The covered words as one line; the gaps of a discontinuous suggestion are an ellipsis."""
        return _in_one_line(self.quote, self.start, self.fragments)


def _in_one_line(quote: str, start: int, fragments: tuple[Span, ...]) -> str:
    if len(fragments) == 1:
        return quote
    return quote_of(quote, [Span(span.start - start, span.end - start) for span in fragments])


class AnswerRecord(NamedTuple):
    """An annotator's decision on a suggestion. ``annotation_id`` is None where it was rejected."""

    id: int
    uid: str
    document_id: int
    annotation_id: int | None
    verdict: str
    label: str
    fragments: tuple[Span, ...]
    cue: tuple[Span, ...]
    mention: tuple[Span, ...]
    score: float
    engine: str
    rule: str
    reason: str
    annotator: str
    created_at: str


class RelationRecord(NamedTuple):
    """A typed relation between two annotations."""

    id: int
    uid: str
    kind: str
    from_id: int
    to_id: int
    note: str
    annotator: str


class ChainLinkRecord(NamedTuple):
    """A station of an annotation's attribution chain beside who said it and the outlet. ``source``: by name.

    ``role``: ``origin`` or ``relay``; ``position``: of relays, in the order from the origin on. ``checked``: the source
    says that it checked for itself.
    """

    id: int
    uid: str
    annotation_id: int
    source_id: int
    source: str
    role: str
    position: int
    checked: bool
    note: str
    annotator: str
    created_at: str


class ClaimRecord(NamedTuple):
    """A claim with the verdict in force, ``open`` while nobody has resolved it, and the day of that.

    ``states``, ``denies``: how many statements outside the trash say so.
    """

    id: int
    uid: str
    text: str
    topic: str
    note: str
    annotator: str
    created_at: str
    verdict: str
    resolved_on: str
    states: int
    denies: int


class StatementRecord(NamedTuple):
    """An annotation that states a claim, or denies it."""

    id: int
    uid: str
    claim_id: int
    annotation_id: int
    stance: str
    annotator: str
    created_at: str


class ResolutionRecord(NamedTuple):
    """One annotator's dated judgement of what became of a claim."""

    id: int
    uid: str
    claim_id: int
    resolved_on: str
    verdict: str
    evidence: str
    address: str
    annotator: str
    created_at: str


class QuestionRecord(NamedTuple):
    """A question under analysis."""

    id: int
    uid: str
    text: str
    note: str
    annotator: str
    created_at: str


class HypothesisRecord(NamedTuple):
    """One of the answers to a question that compete."""

    id: int
    uid: str
    question_id: int
    text: str
    note: str
    position: int


class EvidenceRecord(NamedTuple):
    """An annotation that is weighed against the hypotheses of a question."""

    id: int
    uid: str
    question_id: int
    annotation_id: int
    note: str
    position: int


class RatingRecord(NamedTuple):
    """How a piece of evidence agrees with a hypothesis."""

    id: int
    uid: str
    hypothesis_id: int
    evidence_id: int
    consistency: str
    note: str
    annotator: str
    created_at: str


class Judgements(NamedTuple):
    """All that a project holds about annotations across documents: claims, attribution chains, analyses."""

    chain_links: Sequence[ChainLinkRecord] = ()
    claims: Sequence[ClaimRecord] = ()
    statements: Sequence[StatementRecord] = ()
    resolutions: Sequence[ResolutionRecord] = ()
    questions: Sequence[QuestionRecord] = ()
    hypotheses: Sequence[HypothesisRecord] = ()
    evidence: Sequence[EvidenceRecord] = ()
    ratings: Sequence[RatingRecord] = ()


NO_JUDGEMENTS = Judgements()


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


class TextSlice(NamedTuple):
    """A part of the text of a document. ``start``: in code points of the text; ``is_end``: the text ends with it."""

    title: str
    outlet: str
    published_at: str
    direction: str
    start: int
    text: str
    is_end: bool


class StatementRow(NamedTuple):
    """A statement as a list shows it: quote, document, source and grades. ``id``: that of the annotation."""

    id: int
    statement_id: int
    stance: str
    document_id: int
    title: str
    published_at: str
    outlet: str
    source: str
    label: str
    quote: str
    start: int
    end: int
    reliability: str | None
    credibility: int | None


class LabelUses(NamedTuple):
    """How often labels are used: annotations and documents, in the trash too, and how many annotations are there."""

    annotations: int
    documents: int
    trashed: int


class Proposed(NamedTuple):
    """All that an engine proposes for one document, as rows of suggestions without ids."""

    document_id: int
    rows: Sequence[Mapping[str, Any]]
