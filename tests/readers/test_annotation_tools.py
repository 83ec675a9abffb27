"""Exports as the tools that people annotate with take them in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.readers.conftest import Ask

import annotator

Exported = Callable[..., Path]


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_label_studio_takes_the_tasks(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_label_studio", exported(project, "labelstudio", "corpus"))
    assert seen["errors"] == []
    assert seen["tasks"] == len(project.documents())
    assert len(seen["ids"]) == len(set(seen["ids"])) == sum(len(one.fragments) for one in project.annotations())
    assert set(seen["labels"]) >= {one.label for one in project.annotations()}
    # Those between two documents stand in the metadata of a task.
    assert seen["relations"] == (1 if name == "plain" else 0)


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_pyld_expands_web_annotations(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_pyld", exported(project, "webannotation", "a.jsonld"))
    annotations = project.annotations()
    fragments = sum(len(one.fragments) for one in annotations)
    assert seen["types"]["http://www.w3.org/ns/oa#Annotation"] == len(annotations) + len(project.relations())
    assert seen["types"]["http://www.w3.org/ns/oa#TextQuoteSelector"] == len(seen["quotes"]) == fragments
    assert all(covered == exact for covered, exact in seen["quotes"])
    assert seen["relative"] == []
    assert "urn:annotator:structure" in seen["ours"]
    assert seen["triples"] > 8 * fragments
