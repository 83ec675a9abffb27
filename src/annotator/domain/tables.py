"""The tables of a project file: one class for each, which declares the columns with their types and limits.

The module is long because it is a table of data: the classes refer to one another and are read together.

A row is built with ``Model.model_validate(values)``: a SQLModel table class does not validate on construction. The
CHECK constraints state the same limits for SQLite. Times are ISO 8601 text in UTC, dates ISO 8601 text; an empty text
means "not known". JSON columns hold lists and dicts.
"""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from annotator.domain.fixed_choices import (
    ANSWERS,
    CHAIN_ROLES,
    CONSISTENCIES,
    DIRECTIONS,
    DOCUMENT_STATUSES,
    FEATURE_KINDS,
    SOURCE_KINDS,
    STANCES,
    VERDICTS,
)

PAIRS = list[tuple[int, int]]
"""Spans as JSON columns hold them: ``[[start, end], ...]`` in text order."""


def _one_of(column: str, *values: str) -> CheckConstraint:
    quoted = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({quoted})")


def _list(column: str) -> CheckConstraint:
    # Not json_valid(): with trusted_schema off SQLite refuses a schema that calls it.
    return CheckConstraint(f"{column} LIKE '[%]'")


class ProjectInfo(SQLModel, table=True):
    """The single row that describes the project. ``guideline``: Markdown."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("id = 1"),)

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    title: str
    guideline: str = ""
    created_at: str


class Annotator(SQLModel, table=True):
    """A person who annotates."""

    __tablename__ = "annotator"
    __table_args__ = (CheckConstraint("name <> ''"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    name: str = Field(min_length=1, unique=True)
    created_at: str


class LabelSet(SQLModel, table=True):
    """A set of labels."""

    __tablename__ = "label_set"
    __table_args__ = (CheckConstraint("name <> ''"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    name: str = Field(min_length=1, unique=True)
    description: str = ""


class Label(SQLModel, table=True):
    """A label. Its id never changes, so that another name or colour changes no annotation."""

    __tablename__ = "label"
    __table_args__ = (
        CheckConstraint("name <> ''"),
        CheckConstraint("key BETWEEN 1 AND 9"),
        CheckConstraint("color GLOB '#[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]'"),
        UniqueConstraint("label_set_id", "name"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    label_set_id: int = Field(foreign_key="label_set.id")
    parent_id: int | None = Field(default=None, foreign_key="label.id")
    name: str = Field(min_length=1)
    initials: str = ""
    color: str = Field(regex=r"^#[0-9A-Fa-f]{6}$")
    key: int | None = Field(default=None, ge=1, le=9)
    description: str = ""
    position: int = 0


class Feature(SQLModel, table=True):
    """The definition of a typed extra value on annotations."""

    __tablename__ = "feature"
    __table_args__ = (
        CheckConstraint("name <> ''"),
        _one_of("kind", *FEATURE_KINDS),
        _list("choices"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    name: str = Field(min_length=1, unique=True)
    kind: str = Field(regex="^(choice|flag|number|text|link)$")
    choices: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    description: str = ""
    position: int = 0


class Source(SQLModel, table=True):
    """An entry of the registry of sources.

    ``parent_id``: what it is a part of or speaks for. ``owner_id``: who owns it. ``topics``: the subjects on which
    it is cited.
    """

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("name <> ''"),
        _one_of("kind", *SOURCE_KINDS),
        _list("aliases"),
        _list("topics"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    name: str = Field(min_length=1, unique=True)
    kind: str = Field(default="person", regex="^(outlet|person|office|organisation|document|collective|unnamed)$")
    aliases: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    note: str = ""
    parent_id: int | None = Field(default=None, foreign_key="source.id")
    owner_id: int | None = Field(default=None, foreign_key="source.id")
    topics: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]"))


class Assessment(SQLModel, table=True):
    """One annotator's dated judgement of a source. The latest by date, then by id, is effective."""

    __tablename__ = "assessment"
    __table_args__ = (_one_of("reliability", *"ABCDEF"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    annotator_id: int = Field(foreign_key="annotator.id")
    made_on: str = Field(regex=r"^\d{4}-\d{2}-\d{2}$")
    reliability: str = Field(regex="^[A-F]$")
    topic: str = ""
    rationale: str = ""
    created_at: str


class Document(SQLModel, table=True):
    """An immutable text with its origin. The text itself is in ``document_text``, so that lists are read quickly.

    ``direction``: ``ltr`` or ``rtl``; empty where the first letter of each paragraph decides. ``facts``: further data
    from its file, by name. ``version_of``: the document with the earlier text of the same article. ``reliability``:
    the one given to this document instead of that of its outlet, with ``reliability_reason``.
    """

    __tablename__ = "document"
    __table_args__ = (
        _one_of("status", *DOCUMENT_STATUSES),
        _list("structure"),
        CheckConstraint("length(text_sha256) = 64"),
        _one_of("direction", *DIRECTIONS),
        CheckConstraint("facts LIKE '{%}'"),
        _one_of("reliability", *"ABCDEF"),
        Index("ix_document_address", "address", sqlite_where=text("address <> ''")),
        Index("ix_document_origin_path", "origin_path", sqlite_where=text("origin_path <> ''")),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    title: str = Field(index=True)
    text_sha256: str = Field(min_length=64, max_length=64, index=True)
    words: int = Field(default=0, ge=0)
    source_id: int | None = Field(default=None, foreign_key="source.id", index=True)
    author: str = ""
    published_at: str = ""
    language: str = ""
    status: str = Field(default="new", regex="^(new|in progress|done)$")
    note: str = ""
    address: str = ""
    structure: list[tuple[str, int, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    origin_path: str = ""
    origin_format: str = ""
    origin_sha256: str = ""
    imported_at: str
    trashed_at: str | None = None
    direction: str = Field(default="", regex="^(ltr|rtl)?$", sa_column_kwargs={"server_default": ""})
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}"))
    version_of: int | None = Field(default=None, foreign_key="document.id", index=True)
    reliability: str | None = Field(default=None, regex="^[A-F]$")
    reliability_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class DocumentText(SQLModel, table=True):
    """The canonical text of a document: written once, never changed, and kept when the document is in the trash."""

    __tablename__ = "document_text"

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    text: str = Field(sa_column=Column(Text, nullable=False))


class Annotation(SQLModel, table=True):
    """One annotator's label on a content span, with its source, its cue and its grades.

    ``quote`` is ``text[start:end]``, where ``start`` and ``end`` are the hull of ``fragments``. ``reliability`` is
    the one given to this annotation instead of that of its source. ``credibility_reason``: why the credibility was
    given although a check objected to it.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        CheckConstraint('"start" >= 0 AND "end" > "start"'),
        CheckConstraint('length(quote) = "end" - "start"'),
        _list("fragments"),
        _list("cue"),
        _list("mention"),
        CheckConstraint("features LIKE '{%}'"),
        _one_of("reliability", *"ABCDEF"),
        CheckConstraint("credibility BETWEEN 1 AND 6"),
        CheckConstraint("probability BETWEEN 0 AND 100"),
        _one_of("confidence", "low", "moderate", "high"),
        Index("ix_annotation_place", "document_id", "start"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    document_id: int = Field(foreign_key="document.id")
    annotator_id: int = Field(foreign_key="annotator.id")
    label_id: int = Field(foreign_key="label.id", index=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)
    prefix: str = ""
    suffix: str = ""
    fragments: PAIRS = Field(sa_column=Column(JSON, nullable=False))
    cue: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    mention: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source_id: int | None = Field(default=None, foreign_key="source.id", index=True)
    reliability: str | None = Field(default=None, regex="^[A-F]$")
    reliability_reason: str = ""
    credibility: int | None = Field(default=None, ge=1, le=6)
    probability: int | None = Field(default=None, ge=0, le=100)
    confidence: str | None = Field(default=None, regex="^(low|moderate|high)$")
    note: str = ""
    features: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_by: str = "person"
    created_at: str
    updated_at: str
    credibility_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Relation(SQLModel, table=True):
    """A typed relation from one annotation to another."""

    __tablename__ = "relation"
    __table_args__ = (
        CheckConstraint("kind <> ''"),
        CheckConstraint("from_id <> to_id"),
        UniqueConstraint("kind", "from_id", "to_id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    kind: str = Field(min_length=1)
    from_id: int = Field(foreign_key="annotation.id", index=True)
    to_id: int = Field(foreign_key="annotation.id", index=True)
    annotator_id: int = Field(foreign_key="annotator.id")
    note: str = ""
    created_at: str


class Bookmark(SQLModel, table=True):
    """A place in a document to which an annotator wants to return. ``position``: code points from the start."""

    __tablename__ = "bookmark"
    __table_args__ = (
        CheckConstraint("position >= 0"),
        UniqueConstraint("document_id", "annotator_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    document_id: int = Field(foreign_key="document.id")
    annotator_id: int = Field(foreign_key="annotator.id")
    position: int = Field(ge=0)
    name: str = ""
    created_at: str


class ChainLink(SQLModel, table=True):
    """A station of the attribution chain of an annotation, besides its source and the outlet.

    ``role``: ``origin`` of the statement, or ``relay``, which passed it on; in the order of ``position``, from the
    origin on. ``checked``: the source states that it checked the statement itself.
    """

    __tablename__ = "chain_link"
    __table_args__ = (
        _one_of("role", *CHAIN_ROLES),
        CheckConstraint("checked IN (0, 1)"),
        UniqueConstraint("annotation_id", "source_id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    annotation_id: int = Field(foreign_key="annotation.id")
    source_id: int = Field(foreign_key="source.id", index=True)
    role: str = Field(default="relay", regex="^(origin|relay)$")
    position: int = 0
    checked: bool = False
    note: str = ""
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class Claim(SQLModel, table=True):
    """A proposition that annotations of any number of documents state or deny: ``text``, in one sentence."""

    __tablename__ = "claim"
    __table_args__ = (CheckConstraint("text <> ''"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    text: str = Field(min_length=1)
    topic: str = ""
    note: str = ""
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class Statement(SQLModel, table=True):
    """An annotation that states a claim, or denies it. An annotation is a statement of one claim at most."""

    __tablename__ = "statement"
    __table_args__ = (_one_of("stance", *STANCES), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    annotation_id: int = Field(foreign_key="annotation.id", unique=True)
    stance: str = Field(default="states", regex="^(states|denies)$")
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class Resolution(SQLModel, table=True):
    """One annotator's dated judgement of the outcome of a claim. The latest by date, then by id, is effective."""

    __tablename__ = "resolution"
    __table_args__ = (_one_of("verdict", *VERDICTS), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    annotator_id: int = Field(foreign_key="annotator.id")
    resolved_on: str = Field(regex=r"^\d{4}-\d{2}-\d{2}$")
    verdict: str = Field(regex="^(open|confirmed|partly|refuted|unverifiable)$")
    evidence: str = ""
    address: str = ""
    created_at: str


class Question(SQLModel, table=True):
    """A question under analysis, to which competing hypotheses are answers."""

    __tablename__ = "question"
    __table_args__ = (CheckConstraint("text <> ''"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    text: str = Field(min_length=1)
    note: str = ""
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class Hypothesis(SQLModel, table=True):
    """One of the competing answers to a question."""

    __tablename__ = "hypothesis"
    __table_args__ = (CheckConstraint("text <> ''"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    question_id: int = Field(foreign_key="question.id", index=True)
    text: str = Field(min_length=1)
    note: str = ""
    position: int = 0


class Evidence(SQLModel, table=True):
    """An annotation that is weighed against the hypotheses of a question."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("question_id", "annotation_id"), {"sqlite_autoincrement": True})

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    question_id: int = Field(foreign_key="question.id")
    annotation_id: int = Field(foreign_key="annotation.id", index=True)
    note: str = ""
    position: int = 0


class Rating(SQLModel, table=True):
    """A cell of the matrix of competing hypotheses: how a piece of evidence agrees with a hypothesis."""

    __tablename__ = "rating"
    __table_args__ = (
        _one_of("consistency", *CONSISTENCIES),
        UniqueConstraint("hypothesis_id", "evidence_id"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    hypothesis_id: int = Field(foreign_key="hypothesis.id")
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    consistency: str = Field(regex="^((very )?(in)?consistent|neutral)$")
    note: str = ""
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class Suggestion(SQLModel, table=True):
    """An annotation that a rule or a model proposes. Annotations themselves are in ``annotation``.

    It is computed from the text and can be computed again: therefore the log does not contain it, and it is deleted
    together with its label. ``start`` and ``end`` are the hull of ``fragments``; ``source`` is a name, ``engine`` the
    rules or the model with the version.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint('"start" >= 0 AND "end" > "start"'),
        _list("fragments"),
        _list("cue"),
        _list("mention"),
        CheckConstraint("features LIKE '{%}'"),
        CheckConstraint("score BETWEEN 0 AND 1"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    document_id: int = Field(foreign_key="document.id", index=True)
    label_id: int = Field(foreign_key="label.id", ondelete="CASCADE", index=True)
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    fragments: PAIRS = Field(sa_column=Column(JSON, nullable=False))
    cue: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    mention: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source: str = ""
    features: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    score: float = Field(ge=0, le=1, index=True)
    engine: str
    rule: str = ""
    reason: str = ""


class SuggestionRun(SQLModel, table=True):
    """A document that was read for suggestions.

    ``made_with``: everything that the suggestions depend on, such as the version of the rules. Where it differs from
    what is in use now, the document is read again. ``checksums``: those of the suggestions, by the id of the label,
    and that of this row under ``run``.
    """

    __tablename__ = "suggestion_run"
    __table_args__ = (CheckConstraint("checksums LIKE '{%}'"),)

    document_id: int = Field(sa_column=Column(ForeignKey("document.id"), primary_key=True, autoincrement=False))
    made_with: str
    made_at: str
    checksums: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}"))


class Answer(SQLModel, table=True):
    """An annotator's decision on a suggestion, with a copy of the suggestion: its spans, score and reason.

    ``annotation_id``: the annotation that was made from it; null where it was rejected. ``label``: the name of the
    label that was suggested.
    """

    __tablename__ = "answer"
    __table_args__ = (
        _one_of("verdict", *ANSWERS),
        CheckConstraint("(verdict = 'rejected') = (annotation_id IS NULL)"),
        CheckConstraint('"start" >= 0 AND "end" > "start"'),
        _list("fragments"),
        _list("cue"),
        _list("mention"),
        CheckConstraint("score BETWEEN 0 AND 1"),
        Index("ix_answer_place", "document_id", "start"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    uid: str = Field(min_length=1, max_length=64, unique=True)
    document_id: int = Field(foreign_key="document.id")
    annotation_id: int | None = Field(default=None, foreign_key="annotation.id", unique=True)
    verdict: str = Field(regex="^(accepted|corrected|rejected)$")
    label: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    fragments: PAIRS = Field(sa_column=Column(JSON, nullable=False))
    cue: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    mention: PAIRS = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source: str = ""
    score: float = Field(ge=0, le=1)
    engine: str
    rule: str = ""
    reason: str = ""
    annotator_id: int = Field(foreign_key="annotator.id")
    created_at: str


class LogEntry(SQLModel, table=True):
    """An entry of the change log. ``target``: the entry that an undo or redo takes back. ``hash``: that of this entry
    with ``previous_hash``, which links the entries into a chain.
    """

    __tablename__ = "change"
    __table_args__ = (
        _one_of("kind", "do", "undo", "redo"),
        CheckConstraint("(kind = 'do') = (target IS NULL)"),
        _list("edits"),
    )

    number: int = Field(primary_key=True)
    at: str
    annotator: str
    title: str
    kind: str
    target: int | None = None
    step: str
    edits: str = Field(sa_column=Column(Text, nullable=False))
    previous_hash: str
    hash: str


TABLES: tuple[type[SQLModel], ...] = (
    ProjectInfo,
    Annotator,
    LabelSet,
    Label,
    Feature,
    Source,
    Assessment,
    Document,
    DocumentText,
    Annotation,
    Relation,
    Bookmark,
    ChainLink,
    Claim,
    Statement,
    Resolution,
    Question,
    Hypothesis,
    Evidence,
    Rating,
    Suggestion,
    SuggestionRun,
    Answer,
    LogEntry,
)
