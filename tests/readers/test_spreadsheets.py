"""Workbooks, as a library that reads every part of them sees them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.readers.conftest import Ask

import annotator
from annotator.formats.corpora.tables.annotation_table import COLUMNS, TEXT_COLUMNS

Exported = Callable[..., Path]


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_openpyxl_reads_the_workbook(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_openpyxl", exported(project, "xlsx", "a.xlsx", options={"texts": "every"}))
    (sheet,) = seen["sheets"]
    header, *rows = sheet["rows"]
    assert tuple(header) == (*COLUMNS, *TEXT_COLUMNS)
    # Words and numbers are all there is: no formulas (f), no dates (d), no links, nothing that runs.
    assert sheet["types"] == ["n", "s"]
    assert (sheet["links"], seen["names"], seen["macros"]) == ([], [], False)
    assert sheet["filter"] == sheet["used"]
    assert sheet["frozen"] == "A2"
    cells: list[dict[str, Any]] = [dict(zip(header, row, strict=True)) for row in rows]
    by_uid = {row["annotation"]: row for row in cells if row["annotation"]}
    annotations = project.annotations()
    assert by_uid.keys() == {one.uid for one in annotations}
    bare = len(project.documents()) - len({one.document_id for one in annotations})
    assert len(cells) == len(annotations) + bare
    for one in annotations:
        row = by_uid[one.uid]
        assert row["text"][row["start"] : row["end"]] == row["quote"] == one.quote
        assert json.loads(row["fragments"]) == [list(span) for span in one.fragments]
        assert (row["label"], row["credibility"], row["probability"]) == (one.label, one.credibility, one.probability)
        # What a spreadsheet would take for a formula has an apostrophe before it.
        assert (row["note"] or "").removeprefix("'") == one.note
        assert not (row["note"] or "").startswith("=")
