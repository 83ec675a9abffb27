"""Each field of each record, set alone: a written format holds it, or the export reports it as lost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from annotator.domain.canonical_text import sha256
from annotator.domain.fields import ANNOTATION_FIELDS, DOCUMENT_FIELDS
from annotator.domain.records import (
    AnnotationRecord,
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
    QuestionRecord,
    RatingRecord,
    RelationRecord,
    ResolutionRecord,
    SourceRecord,
    StatementRecord,
)
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Corpus, Format
from annotator.formats.facets import Facet, Losses, loss_line

TEXT = "A harbour closes\n\nThe port said so. The mayor denied it.\n"
TIME, LATER = "2026-03-05T06:07:08.000Z", "2026-03-09T06:07:08.000Z"


def annotation(id: int, start: int, end: int) -> AnnotationRecord:
    quote = TEXT[start:end]
    return AnnotationRecord(
        id, f"a{id:031}", 1, 1, "rumour", start, end, quote, "", "", (Span(start, end),), (), (), None, "", None, "",
        None, None, None, None, "", {}, "ada", "person", TIME, TIME,
    )  # fmt: skip


BASE: dict[str, Any] = {
    "document": DocumentRecord(
        1, "d" * 32, "Harbour", TEXT, sha256(TEXT), None, "", "", "", "", "new", "", "", (), "", "", "", TIME, 10, ""
    ),
    "annotation": annotation(1, 22, 26)._replace(source_id=2, source="Port"),
    "label": LabelRecord(1, "rumour", "R", "#445566", None, "", 1, None, "", "1" * 32),
    "feature": FeatureRecord(1, "mood", "text", (), "", 1, "f" * 32),
    "source": SourceRecord(2, "s" * 32, "Port", "outlet", (), "", None, None, 1, 0),
    "assessment": AssessmentRecord(1, 2, "2026-03-01", "B", "", "", "ada", "t" * 32),
    "relation": RelationRecord(1, "e" * 32, "supports", 1, 2, "", "ada"),
    "bookmark": BookmarkRecord(1, "b" * 32, 1, "Harbour", 5, "here", "ada", TIME),
    "chain_link": ChainLinkRecord(1, "c" * 32, 1, 3, "City", "relay", 1, False, "", "ada", TIME),
    "claim": ClaimRecord(1, "2" * 32, "It closes.", "", "", "ada", TIME, "partly", "2026-03-02", 1, 0),
    "statement": StatementRecord(1, "3" * 32, 1, 1, "states", "ada", TIME),
    "resolution": ResolutionRecord(1, "4" * 32, 1, "2026-03-02", "partly", "", "", "ada", TIME),
    "question": QuestionRecord(1, "5" * 32, "Why?", "", "ada", TIME),
    "hypothesis": HypothesisRecord(1, "6" * 32, 1, "Money", "", 1),
    "evidence": EvidenceRecord(1, "7" * 32, 1, 1, "", 1),
    "rating": RatingRecord(1, "8" * 32, 1, 1, "consistent", "", "ada", TIME),
}
"""One record of each kind, with nothing but what each must have."""
OTHERS = annotation(2, 36, 45)
CITY = SourceRecord(3, "9" * 32, "City", "outlet", (), "", None, None, 1, 1)
HEARSAY = LabelRecord(2, "hearsay", "H", "#112233", None, "", 2, None, "", "0" * 32)

Fields = Mapping[str, Any]


class Setting(NamedTuple):
    """A field that is set in a record which holds ``given`` beside: to ``values``."""

    kind: str
    name: str
    values: Fields
    given: Fields | None = None


SETTINGS = (
    Setting("annotation", "label_id", {"label_id": 2, "label": "hearsay"}),
    Setting("annotation", "start", {"start": 18, "quote": TEXT[18:26], "fragments": (Span(18, 26),)}),
    Setting("annotation", "end", {"end": 31, "quote": TEXT[22:31], "fragments": (Span(22, 31),)}),
    Setting("annotation", "source_id", {"source_id": 3, "source": "City"}),
    Setting("annotation", "mention", {"mention": (Span(18, 26),)}),
    Setting("annotation", "cue", {"cue": (Span(27, 31),)}),
    Setting("annotation", "reliability", {"reliability_override": "D"}),
    Setting("annotation", "reliability_reason", {"reliability_reason": "Wrong"}, {"reliability_override": "D"}),
    Setting("annotation", "credibility", {"credibility": 4}),
    Setting("annotation", "credibility_reason", {"credibility_reason": "Two say so"}, {"credibility": 4}),
    Setting("annotation", "probability", {"probability": 64}),
    Setting("annotation", "confidence", {"confidence": "low"}),
    Setting("annotation", "note", {"note": "Compare"}),
    Setting("annotation", "features", {"features": {"mood": "calm"}}),
    Setting("annotation", "annotator_id", {"annotator": "bob"}),
    Setting("annotation", "created_by", {"created_by": "model 7"}),
    Setting("annotation", "created_at", {"created_at": "2026-03-01T00:00:00.000Z"}),
    Setting("annotation", "updated_at", {"updated_at": LATER}),
    Setting("annotation", "uid", {"uid": "f" * 32}),
    Setting("document", "uid", {"uid": "f" * 32}),
    Setting("document", "title", {"title": "Ships"}),
    Setting("document", "source_id", {"source_id": 3, "source": "City"}),
    Setting("document", "author", {"author": "B. Byline"}),
    Setting("document", "published_at", {"published_at": "2026-03-04"}),
    Setting("document", "language", {"language": "fr"}),
    Setting("document", "address", {"address": "https://example.org/a"}),
    Setting("document", "status", {"status": "done"}),
    Setting("document", "note", {"note": "Seen twice"}),
    Setting("document", "structure", {"structure": (("title", Span(0, 16)),)}),
    Setting("document", "origin_path", {"origin_path": "in/a.html"}),
    Setting("document", "origin_format", {"origin_format": "html"}),
    Setting("document", "origin_sha256", {"origin_sha256": "0" * 64}, {"origin_format": "text"}),
    Setting("document", "direction", {"direction": "rtl"}),
    Setting("document", "facts", {"facts": {"section": "Ports"}}),
    Setting("document", "version_of", {"version_of": "e" * 32}),
    Setting("document", "reliability", {"reliability_override": "C"}),
    Setting("document", "reliability_reason", {"reliability_reason": "Old"}, {"reliability_override": "C"}),
    Setting("label", "initials", {"initials": "RU"}),
    Setting("label", "color", {"color": "#223344"}),
    Setting("label", "key", {"key": 7}),
    Setting("label", "description", {"description": "Said by others"}),
    Setting("label", "position", {"position": 3}),
    Setting("label", "parent_id", {"parent_id": 2, "parent": "hearsay"}),
    Setting("feature", "name", {"name": "tone"}),
    Setting("feature", "kind", {"kind": "choice", "choices": ("calm",)}),
    Setting("feature", "choices", {"choices": ("calm", "loud")}, {"kind": "choice", "choices": ("calm",)}),
    Setting("feature", "description", {"description": "How it sounds"}),
    Setting("feature", "position", {"position": 3}),
    Setting("source", "kind", {"kind": "office"}),
    Setting("source", "aliases", {"aliases": ("Harbour",)}),
    Setting("source", "note", {"note": "Two men"}),
    Setting("source", "parent_id", {"parent_id": 3}),
    Setting("source", "owner_id", {"owner_id": 3}),
    Setting("source", "topics", {"topics": ("ships",)}),
    Setting("assessment", "made_on", {"made_on": "2026-03-02"}),
    Setting("assessment", "reliability", {"reliability": "E"}),
    Setting("assessment", "topic", {"topic": "fish"}),
    Setting("assessment", "rationale", {"rationale": "Seldom wrong"}),
    Setting("assessment", "annotator_id", {"annotator": "bob"}),
    Setting("assessment", "source_id", {"source_id": 3}),
    Setting("relation", "kind", {"kind": "contradicts"}),
    Setting("relation", "from_id", {"from_id": 2, "to_id": 1}),
    Setting("relation", "note", {"note": "why"}),
    Setting("relation", "annotator_id", {"annotator": "bob"}),
    Setting("relation", "uid", {"uid": "f" * 32}),
    Setting("bookmark", "position", {"position": 7}),
    Setting("bookmark", "name", {"name": "there"}),
    Setting("bookmark", "annotator_id", {"annotator": "bob"}),
    Setting("bookmark", "created_at", {"created_at": LATER}),
    Setting("chain_link", "annotation_id", {"annotation_id": 2}),
    Setting("chain_link", "source_id", {"source_id": 2, "source": "Port"}),
    Setting("chain_link", "role", {"role": "origin"}),
    Setting("chain_link", "position", {"position": 3}),
    Setting("chain_link", "checked", {"checked": True}),
    Setting("chain_link", "note", {"note": "by phone"}),
    Setting("chain_link", "annotator_id", {"annotator": "bob"}),
    Setting("chain_link", "created_at", {"created_at": LATER}),
    Setting("claim", "text", {"text": "It opens."}),
    Setting("claim", "topic", {"topic": "harbour"}),
    Setting("claim", "note", {"note": "open still"}),
    Setting("claim", "annotator_id", {"annotator": "bob"}),
    Setting("claim", "created_at", {"created_at": LATER}),
    Setting("claim", "uid", {"uid": "f" * 32}),
    Setting("statement", "stance", {"stance": "denies"}),
    Setting("statement", "annotation_id", {"annotation_id": 2}),
    Setting("statement", "annotator_id", {"annotator": "bob"}),
    Setting("statement", "created_at", {"created_at": LATER}),
    Setting("statement", "uid", {"uid": "f" * 32}),
    Setting("resolution", "resolved_on", {"resolved_on": "2026-03-03"}),
    Setting("resolution", "verdict", {"verdict": "refuted"}),
    Setting("resolution", "evidence", {"evidence": "A photo"}),
    Setting("resolution", "address", {"address": "https://a.example/"}),
    Setting("resolution", "annotator_id", {"annotator": "bob"}),
    Setting("resolution", "created_at", {"created_at": LATER}),
    Setting("resolution", "uid", {"uid": "f" * 32}),
    Setting("question", "text", {"text": "Who?"}),
    Setting("question", "note", {"note": "asked twice"}),
    Setting("question", "annotator_id", {"annotator": "bob"}),
    Setting("question", "created_at", {"created_at": LATER}),
    Setting("hypothesis", "text", {"text": "Wind"}),
    Setting("hypothesis", "note", {"note": "the first one"}),
    Setting("hypothesis", "position", {"position": 4}),
    Setting("evidence", "annotation_id", {"annotation_id": 2}),
    Setting("evidence", "note", {"note": "seen by many"}),
    Setting("evidence", "position", {"position": 4}),
    Setting("rating", "consistency", {"consistency": "inconsistent"}),
    Setting("rating", "note", {"note": "not sure"}),
    Setting("rating", "annotator_id", {"annotator": "bob"}),
    Setting("rating", "created_at", {"created_at": LATER}),
)

FOLLOWS = "it follows from the text or from other fields"
IN_PLACE = "it says where a record stands, which all that hold the record say"
NAMED = "outside the project the record is known by its name or its content"
THIS_PROJECT = "it says when this project took the document; elsewhere another time says so"
NOT_SET: dict[str, dict[str, str]] = {
    "annotation": dict.fromkeys(("quote", "prefix", "suffix", "fragments", "letter", "score"), FOLLOWS),
    "document": {"text": IN_PLACE, "text_sha256": FOLLOWS, "words": FOLLOWS, "imported_at": THIS_PROJECT},
    "label": {"name": IN_PLACE, "parent": FOLLOWS, "uid": NAMED},
    "feature": {"uid": NAMED},
    "source": {"name": IN_PLACE, "uid": NAMED} | dict.fromkeys(("reliability", "annotations", "documents"), FOLLOWS),
    "assessment": {"uid": NAMED, "annotator": FOLLOWS},
    "relation": {"to_id": FOLLOWS},
    "bookmark": {"uid": NAMED, "document_id": IN_PLACE, "title": FOLLOWS},
    "chain_link": {"uid": NAMED, "source": FOLLOWS},
    "claim": dict.fromkeys(("verdict", "resolved_on", "states", "denies"), FOLLOWS),
    "statement": {"claim_id": IN_PLACE},
    "resolution": {"claim_id": IN_PLACE},
    "question": {"uid": NAMED},
    "hypothesis": {"uid": NAMED, "question_id": IN_PLACE},
    "evidence": {"uid": NAMED, "question_id": IN_PLACE},
    "rating": {"uid": NAMED, "hypothesis_id": IN_PLACE, "evidence_id": IN_PLACE},
}
"""The fields that are not set alone, and why."""

CODEBOOK = "refiqdc"
"""It holds labels alone: that it leaves out the texts says that it leaves out the documents."""
FACETS: dict[str, Facet] = {
    "annotation": Facet.ANNOTATIONS,
    "label": Facet.LABELS,
    "feature": Facet.FEATURE_DEFINITIONS,
    "assessment": Facet.ASSESSMENTS,
    "relation": Facet.RELATIONS,
    "bookmark": Facet.BOOKMARKS,
    "chain_link": Facet.CHAINS,
    **dict.fromkeys(("claim", "statement", "resolution"), Facet.CLAIMS),
    **dict.fromkeys(("question", "hypothesis", "evidence", "rating"), Facet.ANALYSES),
}
"""What is reported where all records of a kind are left out with all their fields."""
WITH_ANOTHER: dict[tuple[str, str], str] = {
    ("annotation", "reliability_reason"): Facet.RELIABILITY,
    ("annotation", "updated_at"): Facet.TIMES,
    ("label", "initials"): Facet.INITIALS,
    **dict.fromkeys((("label", name) for name in ("key", "description", "parent_id")), Facet.LABEL_KEYS),
    **dict.fromkeys((("relation", "annotator_id"), ("relation", "uid")), Facet.RELATION_MAKERS),
    **dict.fromkeys(
        (
            *(("claim", name) for name in ("note", "annotator_id", "created_at")),
            *(("statement", name) for name in ("annotator_id", "created_at", "uid")),
            ("resolution", "created_at"),
        ),
        Facet.CLAIM_MAKERS,
    ),
    ("document", "origin_sha256"): Facet.ORIGINS,
    ("document", "reliability_reason"): Facet.DOCUMENT_LETTERS,
}
"""Fields that are lost together with another, whose facet is reported."""


def facets_of(setting: Setting) -> Iterator[str]:
    """The facets whose report says that a field is lost, with or without the whole record."""
    declared = {"annotation": ANNOTATION_FIELDS, "document": DOCUMENT_FIELDS}.get(setting.kind, ())
    yield from (field.facet for field in declared if field.name == setting.name and field.facet)
    for facet in (WITH_ANOTHER.get(setting[:2]), FACETS.get(setting.kind)):
        if facet is not None:
            yield facet


def corpus(kind: str = "", changes: Fields | None = None) -> Corpus:
    """One record of each kind; that of ``kind`` has other values in the fields of ``changes``."""
    made = dict(BASE)
    if kind:
        held = made[kind]
        made[kind] = held._replace(**changes or {}) if hasattr(held, "_replace") else replace(held, **changes or {})
    return Corpus(
        documents=[(made["document"], (made["annotation"], OTHERS))],
        labels=sorted((made["label"], HEARSAY), key=lambda label: label.position),
        features=(made["feature"],),
        sources=(made["source"], CITY),
        assessments=(made["assessment"],),
        relations=(made["relation"],),
        bookmarks=(made["bookmark"],),
        judgements=Judgements(
            *((made[one],) for one in ("chain_link", "claim", "statement", "resolution")),
            *((made[one],) for one in ("question", "hypothesis", "evidence", "rating")),
        ),
    )


def exported(format: Format, given: Corpus) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of an export, and what it reports as lost."""
    assert format.write is not None
    given = replace(given, options={choice.name: choice.standard for choice in format.choices})
    losses = Losses(given, format.lacking(given.options))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        if format.is_folder:
            path.mkdir()
        written = format.write(replace(given, documents=losses.counting()), path)
        files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        contents = {str(one.relative_to(folder)): one.read_bytes() for one in files}
    return contents, (*written.losses, *losses.lines())


@cache
def plain_export(id: str, kind: str, given: tuple[tuple[str, Any], ...]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    return exported(registry.by_id(id), corpus(kind, dict(given)))


def unsaid(format: Format, setting: Setting) -> bool:
    """Whether an export neither changes with a field nor says that it is lost."""
    before = plain_export(format.id, setting.kind, tuple((setting.given or {}).items()))
    contents, losses = exported(format, corpus(setting.kind, {**(setting.given or {}), **setting.values}))
    facets = set(facets_of(setting))
    if format.id == CODEBOOK and setting.kind == "document":
        facets.add(Facet.TEXTS)
    is_reported = not set(losses).isdisjoint(loss_line(Facet(facet), count) for facet in facets for count in (1, 2))
    return contents == before[0] and losses == before[1] and not is_reported


def test_every_field_is_set_or_has_a_reason_why_not() -> None:
    declared = {
        "annotation": {field.name for field in ANNOTATION_FIELDS},
        "document": {field.name for field in DOCUMENT_FIELDS},
    }
    for kind, record in BASE.items():
        names = declared.get(kind) or set(record._fields) - {"id"}
        set_alone = {setting.name for setting in SETTINGS if setting.kind == kind}
        if kind not in declared:
            names = {"annotator_id" if name == "annotator" and "annotator_id" in set_alone else name for name in names}
        not_set = NOT_SET.get(kind, {}).keys()
        assert not set_alone & not_set, kind
        assert names - set_alone <= not_set, (kind, names - set_alone - not_set)


@pytest.mark.parametrize("format", registry.writable(), ids=lambda format: format.id)
def test_an_export_holds_each_field_or_reports_it_as_lost(format: Format) -> None:
    assert plain_export(format.id, "", ()) == exported(format, corpus()), "two exports of the same differ"
    assert [f"{one.kind}.{one.name}" for one in SETTINGS if unsaid(format, one)] == []
