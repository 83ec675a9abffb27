"""Bundles and events, as platforms of threat intelligence take them in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.readers.conftest import Ask

import annotator
from annotator.formats.intelligence.admiralty_tags import tags_of

Exported = Callable[..., Path]


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_stix2_validator_finds_nothing_at_its_strictest(
    ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str
) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_stix2_validator", exported(project, "stix", "a.json"))
    assert seen["findings"] == []
    assert seen["valid"]
    annotations = project.annotations()
    assert seen["types"]["note"] == len(annotations)
    assert seen["types"]["report"] == len({one.document_id for one in annotations})
    assert seen["types"]["relationship"] == len(project.relations())
    judged = [one for one in annotations if one.credibility not in (None, 6)]
    assert seen["types"].get("opinion", 0) == len(judged)


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_pymisp_takes_the_event(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_pymisp", exported(project, "misp", "a.json"))
    annotations = project.annotations()
    documents = {one.document_id: project.document(one.document_id) for one in annotations}
    assert (seen["info"], seen["published"], seen["detected"]) == ("The harbour", False, False)
    assert seen["objects"] == ["annotation"] * len(annotations) + ["report"] * len(documents)
    assert seen["reports"] == {one.title: one.text for one in documents.values()}
    assert sorted(one["text"] for one in seen["annotations"]) == sorted(one.shown_quote for one in annotations)
    assert all(len(one["of"]) == 1 for one in seen["annotations"])
    assert sum(one["related"] for one in seen["annotations"]) == len(project.relations())
    for one in annotations:
        tags = {f'annotator:label="{one.label}"', *tags_of(one)}
        assert any(found["text"] == one.shown_quote and set(found["tags"]) == tags for found in seen["annotations"])
