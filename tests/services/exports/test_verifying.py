"""Verifying an export: what is right is called right by every reader, and every kind of damage is told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.formats.test_round_trips import annotate_hard

import annotator
from annotator.domain.errors import Cancelled
from annotator.formats import registry, verification_readers
from annotator.formats.facets import Facet
from annotator.services.exports.selection import Selection
from annotator.services.exports.verifying import verify

WRITABLE = [format.id for format in registry.FORMATS if format.write is not None]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada", title="The harbour") as made:
        annotate_hard(made)
        yield made


@pytest.mark.parametrize("format", WRITABLE)
def test_what_was_written_well_is_verified(project: annotator.Project, tmp_path: Path, format: str) -> None:
    chosen = registry.by_id(format)
    out = tmp_path / f"corpus{'' if chosen.is_folder else chosen.suffixes[0]}"
    split = {"train": 0.5, "test": 0.5}
    selection = Selection(labels=["claim"], annotated_only=True)
    project.export(out, format, labels=["claim"], annotated_only=True, split=split, seed=4)
    found = verify(project._stored, out, format, selection=selection, split=split, seed=4)
    assert found.differences == []
    is_read = chosen.read is not None and Facet.TEXTS not in chosen.cannot_hold
    assert ("Annotator" in found.readers) == is_read
    assert (format in verification_readers.INDEPENDENT_READERS) == (len(found.readers) > is_read)
    if found.readers:
        assert re.fullmatch(
            r"corpus\S* was read back by .*: 3 documents with 7 annotations, each .*\.", found.sentence()
        )
    else:
        assert "was not verified" in found.sentence()


@pytest.mark.parametrize("texts", ["no", "once", "every"])
@pytest.mark.parametrize("separator", ["auto", "comma", "semicolon", "tab"])
def test_tables_are_verified_however_they_are_written(
    project: annotator.Project, tmp_path: Path, texts: str, separator: str
) -> None:
    options = {"texts": texts, "separator": separator}
    project.export(tmp_path / "a.csv", "csv", options=options)
    found = verify(project._stored, tmp_path / "a.csv", "csv", options=options)
    assert (found.differences, found.annotations) == ([], len(project.annotations()))
    assert "Python's csv" in found.readers


@pytest.mark.parametrize("format", WRITABLE)
def test_a_part_without_documents_is_no_difference(project: annotator.Project, tmp_path: Path, format: str) -> None:
    chosen = registry.by_id(format)
    out = tmp_path / f"corpus{'' if chosen.is_folder else chosen.suffixes[0]}"
    for row in project.documents()[1:]:
        project.trash(row)
    split = {"train": 0.5, "dev": 0.5}
    report = project.export(out, format, split=split)
    assert sorted(written.documents for written in report.written.values())[0] == 0
    assert verify(project._stored, out, format, split=split).differences == []
    project.trash(project.documents()[0])
    project.export(tmp_path / "empty.jsonl")
    found = verify(project._stored, tmp_path / "empty.jsonl", "jsonl")
    assert found.sentence() == "empty.jsonl holds no document, so there was nothing to verify."


def test_damage_is_reported(project: annotator.Project, tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    project.export(out)
    whole = out.read_text(encoding="utf-8")

    def told(content: str) -> str:
        out.write_text(content, encoding="utf-8")
        found = verify(project._stored, out, "jsonl")
        assert found.differences and "is not what the project holds" in found.sentence()
        return "\n".join(found.differences)

    lines = whole.splitlines(keepends=True)
    without = "".join(line for line in lines if "港口" not in line)
    assert "read by Annotator: “港口将于周五关闭” is not there" in told(without)
    assert "read by Python's json: “港口将于周五关闭” is not there" in told(without)
    assert "has a text that is missing from the project" in told(whole.replace("eastern", "western"))
    assert re.search(
        r"Python's json: “.*” has \d+ spans? missing from the project",
        told(whole.replace('"start":0,', '"start":1,')),
    )
    assert "cannot be read" in told(whole[: len(whole) // 2])
    out.unlink()
    assert verify(project._stored, out, "jsonl").differences == ["corpus.jsonl is not there"]


def test_what_was_annotated_since_is_a_difference(project: annotator.Project, tmp_path: Path) -> None:
    project.export(tmp_path / "c.parquet", "parquet")
    project.annotate(1, 3, 9, "claim")
    found = verify(project._stored, tmp_path / "c.parquet", "parquet")
    assert [line.split(": ")[1] for line in found.differences] == ["“Harbour to close on Friday 🚢” lacks 1 span"] * 2


def test_it_can_be_cancelled(project: annotator.Project, tmp_path: Path) -> None:
    project.export(tmp_path / "c.jsonl")

    def cancel(*_: object) -> None:
        raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        verify(project._stored, tmp_path / "c.jsonl", "jsonl", progress=cancel)


def test_texts_that_differ_in_white_space_alone_are_one_where_that_is_lost(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        for text in ("Two words here.", "Two\nwords here."):
            project.add_document("T", text)
        out = tmp_path / "a.conll"
        project.export(out, "conll")
        assert verify(project._stored, out, "conll").differences == []
