"""What an import has to ask: columns that no name tells, and labels that the project has not."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import NotFound
from annotator.formats.reading.limits import Limits
from annotator.services.imports import import_questions, importing

LONG = "The harbour stays closed and nobody knows for how long it will be so"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "a.anno", annotator="ada") as made:
        yield made


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_tables_with_the_same_columns_are_asked_about_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        written(folder / f"{name}.csv", "nr,what", f"1,{LONG} {name}")
    written(folder / "c.csv", "nr,else", f"1,{LONG}")
    written(folder / "d.csv", "title,text", f"T,{LONG}")
    written(folder / "e.txt", "A title", "", "Some text.")
    (folder / "f.csv").write_bytes(bytes(range(256)))
    found = import_questions.unclear_tables([folder])
    assert [[path.name for path in one.paths] for one in found] == [["a.csv", "b.csv"], ["c.csv"]]
    assert found[0].table.suggested == {"text": "what"}


def test_unknown_labels_are_counted_without_those_that_a_file_defines(
    project: annotator.Project, tmp_path: Path
) -> None:
    rows = ["title,text,label", f"A,{LONG},Rumour", f"B,{LONG} B,rumour;CLAIM", f"C,{LONG} C,Hoax"]
    table = written(tmp_path / "t.csv", *rows)
    defined = (
        '{"format": "annotator", "version": 1, "labels": [{"name": "defined", "initials": "", "color": "#112233"}]}'
    )
    lines = written(
        tmp_path / "l.jsonl",
        defined,
        '{"text": "Some words", "annotations": [{"label": "defined", "start": 0, "end": 4}]}',
        '{"text": "Other words", "annotations": [{"label": "strange", "start": 0, "end": 5}]}',
    )
    found = import_questions.unknown_labels(project._stored, [table, lines])
    assert found == {"Rumour": 2, "Hoax": 1, "strange": 1}
    chosen = {table: {"text": "text", "label": "title"}}
    assert set(import_questions.unknown_labels(project._stored, [table], tables=chosen)) == {"A", "B", "C"}
    assert import_questions.unknown_labels(project._stored, [table], cancelled=lambda: True) == {}


def test_labels_are_mapped_added_or_left_out_in_one_step(project: annotator.Project, tmp_path: Path) -> None:
    rows = ["title,text,label", f"A,{LONG},Rumour", f"B,{LONG} B,Hoax", f"C,{LONG} C,Noise", f"D,{LONG} D,Other"]
    table = written(tmp_path / "t.csv", *rows)
    labels = [label.name for label in project.labels()]
    with pytest.raises(NotFound):
        importing.import_files(project._stored, [table], label_map={"Hoax": "no such label"})
    report = importing.import_files(
        project._stored,
        [table],
        label_map={"rumour": "speculation", "Noise": "", "Hoax": "Fabrication"},
        add_labels=["Fabrication", "Fabrication", " "],
    )
    assert (len(report.documents), report.annotations, report.labels) == (4, 2, 1)
    assert sorted(one.label for one in project.annotations()) == ["Fabrication", "speculation"]
    assert [refused.reason[:31] for refused in report.refused] == ["The project has no label 'Other"]
    assert report.notes == ["1 annotation with the label “Noise” left out, as chosen."]
    assert project.undo() == "Import"
    assert project.documents() == [] and [label.name for label in project.labels()] == labels


def test_the_limits_are_those_of_the_settings(project: annotator.Project, tmp_path: Path) -> None:
    from annotator.settings import IMPORT_FILE, IMPORT_NESTING, IMPORT_UNPACKED, Settings

    chosen = Settings(tmp_path / "settings.toml")
    assert importing.limits_set(chosen) == Limits()
    for setting in (IMPORT_FILE, IMPORT_UNPACKED, IMPORT_NESTING):
        chosen.set(setting, 2)
    found = importing.limits_set(chosen)
    assert (found.file, found.unpacked, found.nesting) == (2 * 2**20, 2 * 2**20, 2)


def test_labels_inside_an_archive_are_asked_for(project: annotator.Project, tmp_path: Path) -> None:
    written(tmp_path / "a.txt", "Prices may rise.")
    written(tmp_path / "a.ann", "T1\tRumour 0 6\tPrices")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("a.txt", "a.ann"):
            packed.write(tmp_path / name, name)
    assert import_questions.may_ask([path]) == [path]
    assert list(import_questions.unknown_labels(project._stored, [path])) == ["Rumour"]
