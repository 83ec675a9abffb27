"""The fields of labels, sources, judgements and the like: each stands wherever a field has to stand.

The fields of annotations and documents are declared in ``domain/fields.py`` and have tests of their own. Here each
column of a table has a row that says under which names it travels, or why it does not.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import annotator
from annotator.domain import tables
from annotator.domain.canonical_text import sha256
from annotator.domain.records import (
    AnnotationRecord,
    AnnotatorRecord,
    AssessmentRecord,
    BookmarkRecord,
    ChainLinkRecord,
    ClaimRecord,
    DocumentRecord,
    EvidenceRecord,
    FeatureRecord,
    HypothesisRecord,
    Judgements,
    LabelRecord,
    ProjectState,
    QuestionRecord,
    RatingRecord,
    RelationRecord,
    ResolutionRecord,
    SourceRecord,
    StatementRecord,
)
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Corpus,
    Incoming,
    IncomingAssessment,
    IncomingBookmark,
    IncomingChainLink,
    IncomingClaim,
    IncomingEvidence,
    IncomingHypothesis,
    IncomingQuestion,
    IncomingRating,
    IncomingRelation,
    IncomingResolution,
    IncomingSource,
    IncomingState,
    IncomingStatement,
    Vocabulary,
)
from annotator.formats.corpora.jsonl.jsonl import read, write


class Names(NamedTuple):
    """The names of a column where it travels: in the record, in a line of JSON, and in what a reader gives."""

    record: str
    key: str
    incoming: str


@dataclass(frozen=True)
class Kind:
    """A kind of record. ``alike``: columns that are called the same everywhere. ``named``: those that are not.

    ``absent``: columns that a line of JSON does not have, and why. ``worked_out``: attributes of the record that are no
    columns. ``keys``: keys of a line that are no columns, and likewise attributes of what a reader gives.
    """

    table: type[Any]
    record: type[Any]
    incoming: type[Any]
    alike: tuple[str, ...]
    named: Mapping[str, Names] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    worked_out: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    @property
    def names(self) -> dict[str, Names]:
        return {name: Names(name, name, name) for name in self.alike} | dict(self.named)


BY_NAME = Names("annotator", "annotator", "annotator")
INSIDE = "its line stands inside that of the row it belongs to"
ORDERED_BY_DATE = "a judgement is ordered by its date, and the log says when it was entered"

KINDS = {
    "annotator": Kind(
        tables.Annotator,
        AnnotatorRecord,
        AnnotatorRecord,
        ("uid", "name"),
        absent={"created_at": "it says when this project met the person first"},
    ),
    "label": Kind(
        tables.Label,
        LabelRecord,
        LabelRecord,
        ("uid", "name", "initials", "color", "key", "description", "position"),
        {"parent_id": Names("parent", "parent", "parent")},
        {"label_set_id": "a project has one label set"},
        worked_out=("parent_id",),
        attributes=("id", "parent_id"),
    ),
    "feature": Kind(
        tables.Feature,
        FeatureRecord,
        FeatureRecord,
        ("uid", "name", "kind", "choices", "description", "position"),
        attributes=("id",),
    ),
    "source": Kind(
        tables.Source,
        SourceRecord,
        IncomingSource,
        ("uid", "name", "kind", "aliases", "note", "topics"),
        {"parent_id": Names("parent_id", "parent", "parent"), "owner_id": Names("owner_id", "owner", "owner")},
        worked_out=("reliability", "annotations", "documents"),
        keys=("reliability",),
    ),
    "assessment": Kind(
        tables.Assessment,
        AssessmentRecord,
        IncomingAssessment,
        ("uid", "made_on", "reliability", "topic", "rationale"),
        {"source_id": Names("source_id", "source", "source"), "annotator_id": BY_NAME},
        {"created_at": ORDERED_BY_DATE},
    ),
    "relation": Kind(
        tables.Relation,
        RelationRecord,
        IncomingRelation,
        ("uid", "note"),
        {
            "kind": Names("kind", "relation", "kind"),
            "from_id": Names("from_id", "from", "from_uid"),
            "to_id": Names("to_id", "to", "to_uid"),
            "annotator_id": BY_NAME,
        },
        {"created_at": "nothing shows it; the log says when the relation was made"},
    ),
    "bookmark": Kind(
        tables.Bookmark,
        BookmarkRecord,
        IncomingBookmark,
        ("uid", "position", "name", "created_at"),
        {"annotator_id": BY_NAME},
        {"document_id": INSIDE},
        worked_out=("document_id", "title"),
    ),
    "chain_link": Kind(
        tables.ChainLink,
        ChainLinkRecord,
        IncomingChainLink,
        ("uid", "role", "position", "checked", "note", "created_at"),
        {
            "annotation_id": Names("annotation_id", "chain_of", "annotation_uid"),
            "source_id": Names("source", "source", "source"),
            "annotator_id": BY_NAME,
        },
        worked_out=("source_id",),
    ),
    "claim": Kind(
        tables.Claim,
        ClaimRecord,
        IncomingClaim,
        ("uid", "topic", "note", "created_at"),
        {"text": Names("text", "claim", "text"), "annotator_id": BY_NAME},
        worked_out=("verdict", "resolved_on", "states", "denies"),
        keys=("statements", "resolutions"),
        attributes=("statements", "resolutions"),
    ),
    "statement": Kind(
        tables.Statement,
        StatementRecord,
        IncomingStatement,
        ("uid", "stance", "created_at"),
        {"annotation_id": Names("annotation_id", "annotation", "annotation_uid"), "annotator_id": BY_NAME},
        {"claim_id": INSIDE},
        worked_out=("claim_id",),
    ),
    "resolution": Kind(
        tables.Resolution,
        ResolutionRecord,
        IncomingResolution,
        ("uid", "resolved_on", "verdict", "evidence", "address", "created_at"),
        {"annotator_id": BY_NAME},
        {"claim_id": INSIDE},
        worked_out=("claim_id",),
    ),
    "question": Kind(
        tables.Question,
        QuestionRecord,
        IncomingQuestion,
        ("uid", "note", "created_at"),
        {"text": Names("text", "question", "text"), "annotator_id": BY_NAME},
        keys=("hypotheses", "evidence", "ratings"),
        attributes=("hypotheses", "evidence", "ratings"),
    ),
    "hypothesis": Kind(
        tables.Hypothesis,
        HypothesisRecord,
        IncomingHypothesis,
        ("uid", "text", "note", "position"),
        absent={"question_id": INSIDE},
        worked_out=("question_id",),
    ),
    "evidence": Kind(
        tables.Evidence,
        EvidenceRecord,
        IncomingEvidence,
        ("uid", "note", "position"),
        {"annotation_id": Names("annotation_id", "annotation", "annotation_uid")},
        {"question_id": INSIDE},
        worked_out=("question_id",),
    ),
    "rating": Kind(
        tables.Rating,
        RatingRecord,
        IncomingRating,
        ("uid", "consistency", "note", "created_at"),
        {
            "hypothesis_id": Names("hypothesis_id", "hypothesis", "hypothesis"),
            "evidence_id": Names("evidence_id", "annotation", "annotation_uid"),
            "annotator_id": BY_NAME,
        },
    ),
}

NOT_EXCHANGED = {
    tables.ProjectInfo: "its title and uid are in the header; the guideline is exported as a document",
    tables.LabelSet: "a project has one",
    tables.Document: "tests/domain/test_document_fields.py",
    tables.DocumentText: "tests/domain/test_document_fields.py",
    tables.Annotation: "tests/domain/test_fields.py",
    tables.Suggestion: "suggestions are made again from the text",
    tables.SuggestionRun: "suggestions are made again from the text",
    tables.Answer: "an answer is about suggestions of this project",
    tables.LogEntry: "each project has its own log",
}

TIME = "2026-03-05T06:07:08.000Z"
TEXT = "A harbour closes\n\nThe port said so. The mayor denied it.\n"
UIDS = {id: f"a{id:031}" for id in (1, 2)}


def annotation(id: int, start: int, end: int) -> AnnotationRecord:
    quote = TEXT[start:end]
    return AnnotationRecord(
        id, UIDS[id], 1, 1, "rumour", start, end, quote, "", "", (Span(start, end),), (), (), None, "", None, "", None,
        None, None, None, "", {}, "ada", "person", TIME, TIME,
    )  # fmt: skip


DOCUMENT = DocumentRecord(
    1, "d" * 32, "A harbour closes", TEXT, sha256(TEXT), None, "", "", "", "", "new", "", "", (("title", Span(0, 16)),),
    "in/a.txt", "text", "0" * 64, TIME, 11, "",
)  # fmt: skip

RECORDS: dict[str, Any] = {
    "annotator": AnnotatorRecord("p" * 32, "ada"),
    "label": LabelRecord(9, "hearsay", "HS", "#112233", 7, "Said by others", 12, 8, "rumour", "l" * 32),
    "feature": FeatureRecord(1, "mood", "choice", ("good", "bad"), "How it sounds", 9, "f" * 32),
    "source": SourceRecord(2, "s" * 32, "Port", "office", ("Harbour",), "Two men", 3, "B", 0, 0, 4, ("ships",)),
    "assessment": AssessmentRecord(1, 2, "2026-03-01", "B", "fish", "Seldom wrong", "ada", "t" * 32),
    "relation": RelationRecord(1, "r" * 32, "contradicts", 1, 2, "why", "ada"),
    "bookmark": BookmarkRecord(1, "b" * 32, 1, "A harbour closes", 5, "go on here", "ada", TIME),
    "chain_link": ChainLinkRecord(1, "k" * 32, 1, 4, "Ministry", "origin", 3, True, "by phone", "ada", TIME),
    "claim": ClaimRecord(1, "c" * 32, "It closes.", "harbour", "open still", "ada", TIME, "partly", "2026-03-02", 0, 1),
    "statement": StatementRecord(1, "n" * 32, 1, 1, "denies", "ada", TIME),
    "resolution": ResolutionRecord(
        1, "v" * 32, 1, "2026-03-02", "partly", "A photo", "https://a.example/", "ada", TIME
    ),
    "question": QuestionRecord(1, "q" * 32, "Why?", "asked twice", "ada", TIME),
    "hypothesis": HypothesisRecord(5, "h" * 32, 1, "Money", "the first one", 4),
    "evidence": EvidenceRecord(6, "e" * 32, 1, 2, "seen by many", 8),
    "rating": RatingRecord(1, "m" * 32, 5, 6, "consistent", "not sure", "ada", TIME),
}
"""One of each kind, with a value in every field that no other field has where that is possible."""

RUMOUR = LabelRecord(8, "rumour", "R", "#445566", 6, "", 11, None, "", "w" * 32)
CITY = SourceRecord(3, "x" * 32, "City", "organisation", (), "", None, None, 0, 0)
MINISTRY = SourceRecord(4, "y" * 32, "Ministry", "organisation", (), "", None, None, 0, 0)
"""The rows that those of ``RECORDS`` name."""

NAMED_ROWS: dict[str, Mapping[Any, object]] = {
    "source_id": {2: "Port", 4: "Ministry"},
    "parent_id": {3: "City"},
    "owner_id": {4: "Ministry"},
    "annotation_id": UIDS,
    "from_id": UIDS,
    "to_id": UIDS,
    "evidence_id": {6: UIDS[2]},
    "hypothesis_id": {5: 0},
}
"""What a file states in place of an id of ours: a name, a uid, or the index in a list."""


def corpus() -> Corpus:
    state = ProjectState("z" * 32, 1, "0" * 64, TIME, True, (), (), ())
    return Corpus(
        documents=[(DOCUMENT, (annotation(1, 18, 34), annotation(2, 36, 55)))],
        labels=(RUMOUR, RECORDS["label"]),
        features=(RECORDS["feature"],),
        sources=(RECORDS["source"], CITY, MINISTRY),
        assessments=(RECORDS["assessment"],),
        relations=(RECORDS["relation"],),
        bookmarks=(RECORDS["bookmark"],),
        judgements=Judgements(
            *((RECORDS[kind],) for kind in ("chain_link", "claim", "statement", "resolution")),
            *((RECORDS[kind],) for kind in ("question", "hypothesis", "evidence", "rating")),
        ),
        annotators=(RECORDS["annotator"],),
        state=lambda: state,
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fields") / "all.jsonl"
    write(corpus(), path)
    return path


def lines_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file, each with its kind."""
    header, *others = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    for kind in ("annotator", "label", "feature", "source", "assessment"):
        yield from ((kind, line) for line in header[f"{kind}s"])
    for line in others:
        first = next(iter(line))
        kind = {"uid": "document", "chain_of": "chain_link"}.get(first, first)
        yield kind, line
        inside = {
            "bookmark": "bookmarks",
            "statement": "statements",
            "resolution": "resolutions",
            "hypothesis": "hypotheses",
            "evidence": "evidence",
            "rating": "ratings",
        }
        for one, key in inside.items():
            # The evidence of a resolution is a text.
            yield from ((one, found) for found in line.get(key, ()) if kind in ("document", "claim", "question"))


GIVEN_AS: dict[str, Callable[[Incoming], tuple[Any, ...]]] = {
    "annotator": lambda item: item.annotators if isinstance(item, IncomingState) else (),
    "label": lambda item: item.labels if isinstance(item, Vocabulary) else (),
    "feature": lambda item: item.features if isinstance(item, Vocabulary) else (),
    "bookmark": lambda item: item.bookmarks if isinstance(item, Article) else (),
    "statement": lambda item: item.statements if isinstance(item, IncomingClaim) else (),
    "resolution": lambda item: item.resolutions if isinstance(item, IncomingClaim) else (),
    "hypothesis": lambda item: item.hypotheses if isinstance(item, IncomingQuestion) else (),
    "evidence": lambda item: item.evidence if isinstance(item, IncomingQuestion) else (),
    "rating": lambda item: item.ratings if isinstance(item, IncomingQuestion) else (),
}


def stated(column: str, names: Names, record: Any) -> object:
    """What a file states of a column: names in place of ids."""
    value = getattr(record, names.record)
    if names.record in NAMED_ROWS:
        return NAMED_ROWS[names.record][value]
    return list(value) if isinstance(value, tuple) else value


def test_every_table_is_here_or_has_a_reason_why_not() -> None:
    assert {kind.table for kind in KINDS.values()} | NOT_EXCHANGED.keys() == set(tables.TABLES)


@pytest.mark.parametrize("name", KINDS)
def test_every_column_is_named_or_has_a_reason_why_not(name: str) -> None:
    kind = KINDS[name]
    assert set(kind.table.model_fields) - {"id"} == kind.names.keys() | kind.absent.keys()
    attributes = {names.record for names in kind.names.values()}
    assert set(kind.record._fields) - {"id"} == attributes | set(kind.worked_out)
    given = set(kind.incoming._fields if hasattr(kind.incoming, "_fields") else (f.name for f in fields(kind.incoming)))
    assert given == {names.incoming for names in kind.names.values()} | set(kind.attributes)


@pytest.mark.parametrize("name", KINDS)
def test_every_field_of_the_example_has_a_value(name: str) -> None:
    for names in KINDS[name].names.values():
        assert getattr(RECORDS[name], names.record) not in ("", None, 0, False, ()), names.record


@pytest.mark.parametrize("name", KINDS)
def test_a_line_of_json_has_every_field(name: str, file: Path) -> None:
    kind, record = KINDS[name], RECORDS[name]
    line = next(line for one, line in lines_of(file) if one == name and line["uid"] == record.uid)
    assert line.keys() == {names.key for names in kind.names.values()} | set(kind.keys)
    for column, names in kind.names.items():
        assert line[names.key] == stated(column, names, record), column


@pytest.mark.parametrize("name", KINDS)
def test_a_reader_gives_every_field(name: str, file: Path) -> None:
    kind, record = KINDS[name], RECORDS[name]
    parts = GIVEN_AS.get(name, lambda item: (item,) if isinstance(item, kind.incoming) else ())
    found = next(one for item in read(file) for one in parts(item) if one.uid == record.uid)
    for column, names in kind.names.items():
        value = getattr(found, names.incoming)
        assert (list(value) if isinstance(value, tuple) else value) == stated(column, names, record), column


def test_a_project_keeps_every_field(file: Path, tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        project.import_files([file])
        project.export(tmp_path / "again.jsonl")
    again = {(kind, line["uid"]): line for kind, line in lines_of(tmp_path / "again.jsonl")}
    for kind, line in lines_of(file):
        if kind == "annotator":
            # The project met her before.
            continue
        ours = again[kind, line["uid"]]
        # New labels and features come after those that the project has already.
        position = {"position": ours["position"]} if kind in ("label", "feature") else {}
        assert ours == line | position, kind
