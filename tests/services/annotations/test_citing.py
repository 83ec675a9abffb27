"""Quotations with their source."""

from pathlib import Path

import pytest

import annotator
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.services.annotations import citations

TEXT = "Port reopens\n\nThe minister said 😀 that\nthe port would reopen. Nobody knows when.\n"


@pytest.fixture
def project(tmp_path: Path) -> annotator.Project:
    return annotator.create(tmp_path / "cite.anno", annotator="ada")


def _record(project: annotator.Project, id: int) -> DocumentRecord:
    return project._stored.read.documents.one(id)


def test_words_are_quoted_on_one_line_with_what_is_known(project: annotator.Project) -> None:
    with project:
        bare = _record(project, project.add_document("Port reopens", TEXT).id)
        full = _record(
            project, project.add_document("Storm", TEXT + "More.\n", source="The Courier", published_at="2026-03-01").id
        )
    start = TEXT.index("😀")
    assert citations.cite(bare, Span(start, start + 10)) == (
        f"“😀 that the” (“Port reopens”, characters {start}-{start + 10})"
    )
    assert citations.cite(full, Span(0, 4)) == "“Port” (“Storm”, The Courier, 2026-03-01, characters 0-4)"


def test_an_annotation_is_quoted_with_label_source_and_grade(project: annotator.Project) -> None:
    with project:
        document = project.add_document("Port reopens", TEXT)
        source = project.add_source("The ministry")
        project.assess(source, "B")
        start = TEXT.index("the port")
        made = project.annotate(
            document,
            start,
            start + 21,
            "claim",
            fragments=[(start, start + 8), (start + 15, start + 21)],
            source=source,
            credibility=2,
        )
        record = _record(project, document.id)
        annotation = project._stored.read.annotations.one(made.id)
    told = citations.cite_annotation(record, annotation)
    assert told.startswith("“the port […] reopen” [claim, said by The ministry, graded B2] (“Port reopens”, characters")
