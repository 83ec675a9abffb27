"""A MISP event: objects, tags and references. pymisp reads it in tests/readers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.formats import registry
from annotator.formats.base import Article
from annotator.services.exports import exporting
from annotator.services.imports import importing

TEXT = "Fähre 🚢 fällt aus, sagt das Amt. Nein, sagt der Kapitän."


@pytest.fixture
def project(tmp_path: Path) -> annotator.Project:
    made = annotator.create(tmp_path / "case.anno", annotator="ada", title="The ferry")
    articles = [
        Article(title="Fähre", text=TEXT, source="Blatt", address="https://b.example/1"),
        Article(title="Zwei", text="Ein zweiter Artikel."),
    ]
    importing.import_articles(made._stored, articles)
    return made


@pytest.fixture
def event(project: annotator.Project, tmp_path: Path) -> Callable[[], dict[str, Any]]:
    def write() -> dict[str, Any]:
        exporting.export(project._stored, tmp_path / "a.json", "misp")
        found: dict[str, Any] = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["Event"]
        return found

    return write


def named(event: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [found for found in event["Object"] if found["name"] == name]


def values(found: dict[str, Any]) -> dict[str, str]:
    return {attribute["object_relation"]: attribute["value"] for attribute in found["Attribute"]}


def test_an_annotation_with_grades(project: annotator.Project, event: Callable[[], dict[str, Any]]) -> None:
    project.annotate(
        1, 0, 18, "claim", source="Amt", reliability="B", credibility=6, probability=70, confidence="low", note="Hm."
    )
    found = event()
    (report,), (annotation,) = named(found, "report"), named(found, "annotation")
    assert values(report) == {"title": "Fähre", "link": "https://b.example/1"}
    assert report["comment"] == "Blatt"
    assert values(annotation)["text"] == "Fähre 🚢 fällt aus,"
    (text,) = (one for one in annotation["Attribute"] if one["object_relation"] == "text")
    assert [tag["name"] for tag in text["Tag"]] == [
        'annotator:label="claim"',
        'admiralty-scale:source-reliability="b"',
        'admiralty-scale:information-credibility="6"',
        'estimative-language:likelihood-probability="likely"',
        'estimative-language:confidence-in-analytic-judgment="low"',
    ]
    assert annotation["comment"].split("\n") == [
        "Claim by Amt, B6",
        "Probability: 70%",
        "Hm.",
        "Characters 0-18 of the event report; annotated by ada",
    ]
    (reference,) = annotation["ObjectReference"]
    assert (reference["relationship_type"], reference["referenced_uuid"]) == ("annotates", report["uuid"])
    assert [one["name"] for one in found["EventReport"]] == ["Fähre"], "articles without annotations stay at home"
    assert found["EventReport"][0]["content"] == TEXT
    numbers = json.dumps([{**one, "timestamp": ""} for one in annotation["Attribute"]])
    assert '"50"' not in numbers and ": 50" not in numbers, "6 is no number"


def test_a_label_with_quotation_marks_is_one_tag(
    project: annotator.Project, event: Callable[[], dict[str, Any]]
) -> None:
    project.add_label('the "big" one')
    project.annotate(1, 0, 8, 'the "big" one')
    (annotation,) = named(event(), "annotation")
    tags = [tag["name"] for one in annotation["Attribute"] for tag in one["Tag"]]
    assert tags == ["annotator:label=\"the 'big' one\""]


def test_relations_are_references(project: annotator.Project, event: Callable[[], dict[str, Any]]) -> None:
    one = project.annotate(1, 0, 8, "claim")
    two = project.annotate(1, TEXT.index("sagt der"), TEXT.index(" der K"), "claim")
    three = project.annotate(2, 0, 3, "claim")
    project.relate(two, "contradicts", one, note="flatly")
    project.relate(one, "supports", three)
    project.relate(three, "supports", two)
    found = named(event(), "annotation")
    by_uuid = {each["uuid"]: values(each)["text"] for each in found}
    ties = [
        (
            values(each)["text"],
            reference["relationship_type"],
            by_uuid[reference["referenced_uuid"]],
            reference["comment"],
        )
        for each in found
        for reference in each["ObjectReference"]
        if reference["relationship_type"] != "annotates"
    ]
    assert sorted(ties) == [
        ("Ein", "related-to", "Fähre 🚢", "supports, from that one to this one"),
        ("Ein", "supports", "sagt", ""),
        ("sagt", "related-to", "Fähre 🚢", "contradicts: flatly"),
    ]


def test_ids_are_told_by_what_is_in_the_event(project: annotator.Project, event: Callable[[], dict[str, Any]]) -> None:
    project.annotate(1, 0, 8, "claim")
    first = event()
    assert event() == first
    project.annotate(2, 0, 3, "claim")
    second = event()
    assert second["uuid"] != first["uuid"], "another choice of articles is another event"
    assert named(second, "annotation")[0]["uuid"] == named(first, "annotation")[0]["uuid"]
    ids = [one["uuid"] for found in second["Object"] for one in (found, *found["Attribute"])]
    assert len(set(ids)) == len(ids)


def test_an_event_of_nothing(event: Callable[[], dict[str, Any]]) -> None:
    found = event()
    assert (found["Object"], found["EventReport"], found["info"]) == ([], [], "The ferry")
    assert registry.by_id("misp").read is None
