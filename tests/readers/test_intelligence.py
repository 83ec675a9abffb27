"""Bundles and events, as platforms of threat intelligence take them in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.readers.conftest import Ask

import annotator

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
