"""STIX 2.1: what stands where, with which number, under which id. stix2-validator reads it in tests/readers."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import (
    Article,
    Corpus,
    Incoming,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingRelation,
    IncomingSource,
)
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.intelligence import stix
from annotator.services.imports import importing

CorpusFrom = Callable[..., Corpus]
TEXT = "Fähre 🚢 fällt aus, sagt das Amt."


def one(**fields: Any) -> IncomingAnnotation:
    return IncomingAnnotation("claim", (Span(0, 7),), **{"uid": "u1", **fields})


def article(*annotations: IncomingAnnotation, **fields: Any) -> Article:
    return Article(**{"title": "Fähre", "text": TEXT, "uid": "d1", **fields}, annotations=annotations)


@pytest.fixture
def bundle(corpus_from: CorpusFrom, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """The objects of the bundle that is written of some items."""

    def write(*items: Incoming) -> list[dict[str, Any]]:
        stix.write(corpus_from(items), tmp_path / "a.json")
        found: list[dict[str, Any]] = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["objects"]
        return found

    return write


def of(objects: list[dict[str, Any]], type: str) -> list[dict[str, Any]]:
    return [found for found in objects if found["type"] == type]


def ours(found: dict[str, Any]) -> dict[str, Any]:
    extension: dict[str, Any] = found["extensions"][stix.EXTENSION]
    return extension


def test_an_annotation_is_a_note_about_report_and_source(bundle: Callable[..., list[dict[str, Any]]]) -> None:
    objects = bundle(
        IncomingSource("Amt", "office", aliases=("das Amt",), uid="s1"),
        IncomingAssessment("Amt", "2025-03-01", "B", "ferries", "it knew before"),
        article(
            one(source="Amt", credibility=2, probability=60, confidence="high", note="heard", features={"n": [1]}),
            source="Blatt",
            published_at="2025-03-02",
            language="de",
            address="https://example.org/a b",
        ),
    )
    (report,) = of(objects, "report")
    note, assessment = of(objects, "note")
    (opinion,) = of(objects, "opinion")
    names = {found["name"]: found for found in of(objects, "identity")}
    assert report["description"] == TEXT
    assert report["published"] == "2025-03-02T00:00:00.000Z"
    assert report["external_references"] == [{"source_name": "Blatt", "external_id": "https://example.org/a b"}]
    assert report["object_refs"] == [names["Blatt"]["id"], note["id"], opinion["id"]]
    assert note["content"] == "Fähre 🚢"
    assert note["object_refs"] == [report["id"], names["Amt"]["id"]]
    assert note["created_by_ref"] == opinion["created_by_ref"] == names["ada"]["id"]
    assert note["labels"] == [
        "claim",
        'admiralty-scale:source-reliability="b"',
        'admiralty-scale:information-credibility="2"',
        'estimative-language:likelihood-probability="likely"',
        'estimative-language:confidence-in-analytic-judgment="high"',
    ]
    assert (note["confidence"], opinion["confidence"], opinion["opinion"]) == (70, 85, "agree")
    assert (ours(note)["start"], ours(note)["end"], ours(note)["score"]) == (0, 7, "B2")
    assert (ours(note)["probability"], ours(note)["features"]) == (60, [{"name": "n", "value": "[1]"}])
    assert assessment["object_refs"] == [names["Amt"]["id"]]
    assert "it knew before" in assessment["content"]
    assert ours(names["Amt"])["aliases"] == ["das Amt"]
    assert names["Amt"]["created"] == "2025-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("digit", "confidence", "opinion"),
    [(1, 90, "strongly-agree"), (3, 50, "neutral"), (5, 10, "strongly-disagree"), (6, None, None), (None, None, None)],
)
def test_what_cannot_be_judged_is_no_number(
    bundle: Callable[..., list[dict[str, Any]]], digit: int | None, confidence: int | None, opinion: str | None
) -> None:
    objects = bundle(article(one(credibility=digit, reliability="F")))
    assert [found.get("confidence") for found in of(objects, "note")] == [confidence]
    assert [found["opinion"] for found in of(objects, "opinion")] == ([opinion] if opinion else [])
    assert 'admiralty-scale:source-reliability="f"' in of(objects, "note")[0]["labels"]


def test_relations_and_what_they_lack(corpus_from: CorpusFrom, tmp_path: Path) -> None:
    items = [
        article(one(), one(uid="u2", source="Niemand")),
        IncomingSource("Wer", uid="s9"),
        IncomingAssessment("Wer", "2025-03-01", "E"),
        IncomingRelation("supports", "u1", "u2", note="same day", uid="r1", annotator="bo"),
    ]
    written = stix.write(corpus_from(items), tmp_path / "a.json")
    assert written.losses == ("1 assessment left out: what is exported does not name the source",)
    objects = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["objects"]
    (relation,) = of(objects, "relationship")
    assert [relation["source_ref"], relation["target_ref"]] == [found["id"] for found in of(objects, "note")]
    assert (relation["relationship_type"], relation["description"]) == ("related-to", "supports: same day")
    assert {"Niemand", "bo", "ada"} < {found["name"] for found in of(objects, "identity")}
    corpus = corpus_from(items)
    alone = replace(corpus, documents=[(document, own[:1]) for document, own in corpus.documents])
    assert "1 relation left out: not both annotations are exported" in stix.write(alone, tmp_path / "a.json").losses


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        ("2025-03-02", "2025-03-02T00:00:00.000Z"),
        ("2025-03-02T01:30:00+02:00", "2025-03-01T23:30:00.000Z"),
        ("2025-03-02T01:30:00.123456Z", "2025-03-02T01:30:00.123Z"),
        ("0001-01-01T00:00:00+14:00", ""),
        ("0033-04-03", "0033-04-03T00:00:00.000Z"),
        ("last week", ""),
        ("", ""),
    ],
)
def test_times(stated: str, written: str) -> None:
    assert stix.time_of(stated) == written


def test_an_address_is_a_link_where_its_page_is_known(bundle: Callable[..., list[dict[str, Any]]]) -> None:
    page = {"origin_format": "html", "origin_sha256": "a" * 64}
    (report,) = of(bundle(article(one(), address="https://example.org/a", **page)), "report")
    assert report["external_references"] == [
        {"source_name": "article", "url": "https://example.org/a", "hashes": {"SHA-256": "a" * 64}}
    ]
    (report,) = of(bundle(article(one(), address="javascript:alert(1)", **page)), "report")
    assert report["external_references"] == [{"source_name": "article", "external_id": "javascript:alert(1)"}]


def test_the_same_project_is_the_same_bundle(corpus_from: CorpusFrom, examples: Path, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        stix.write(corpus_from(jsonl.read(examples / "corpus.jsonl")), tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (examples / "bundle.stix.json").read_bytes()
    objects = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["objects"]
    ids = [found["id"] for found in objects]
    assert len(set(ids)) == len(ids)


def test_a_bundle_is_not_imported_and_the_reason_is_said(examples: Path, tmp_path: Path) -> None:
    path = examples / "bundle.stix.json"
    assert registry.detect(path) is stix.FORMAT
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(ImportRefused, match="JSON"):
        registry.detect(other)
    with annotator.create(tmp_path / "a.anno") as project:
        (refused,) = importing.import_files(project._stored, [path]).refused
    assert refused.reason == "STIX 2.1 bundle can be written but not read: choose another format."
