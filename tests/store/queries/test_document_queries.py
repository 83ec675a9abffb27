"""Queries on documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.errors import NotFound
from annotator.services.documents import documents

TEXT = "One 👨‍👩‍👧 family.\nقال الوزير إن الميناء مغلق.\nÉcole e\u0301t\u0301e\n東京都知事\nThe end."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[annotator.Project]:
    path = tmp_path_factory.mktemp("slices") / "case.anno"
    with annotator.create(path, annotator="ada") as made:
        made.add_document("Harbour", TEXT, source="Courier", published_at="2026-03-02")
        yield made


@settings(deadline=None)
@given(st.integers(-20, len(TEXT) + 20), st.integers(0, len(TEXT) + 20))
def test_a_slice_is_that_of_the_text_in_code_points(project: annotator.Project, start: int, length: int) -> None:
    end = max(0, start) + length
    found = project._stored.read.documents.text_slice(1, start, end)
    assert found.start == max(0, start)
    assert found.text == TEXT[found.start : end]
    assert found.is_end == (end >= len(TEXT))
    assert (found.title, found.outlet, found.published_at[:10]) == ("Harbour", "Courier", "2026-03-02")


def test_there_is_no_slice_of_a_document_in_the_trash(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("Harbour", TEXT)
        project._stored.apply(documents.trash([document.id]))
        for id in (document.id, 99):
            with pytest.raises(NotFound, match="trash"):
                project._stored.read.documents.text_slice(id, 0, 10)
