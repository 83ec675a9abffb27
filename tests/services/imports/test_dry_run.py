"""A dry run: it says what the import then does, and leaves the project and its folder as they were."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import DiskFull
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport
from annotator.store.project import Project

OLD = "The mayor said that the bridge is safe.\n\nNobody else was asked about it.\n"
NEW = OLD.replace("Nobody else", "No engineer")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("Bridge", OLD)
        project.annotate(document, 0, 39, "claim", source="The mayor", credibility=2)
        project.annotate(document, 41, 52, "claim")
    return path


def imported(path: Path, *files: Path, read_only: bool = False, **wanted: Any) -> ImportReport:
    with annotator.open(path, read_only=read_only) as project:
        return importing.import_files(project._stored, files, **wanted)


def same(tried: ImportReport, done: ImportReport) -> bool:
    """But for the names of rows, which are new each time."""
    lost = [[one.quote for one in carried.lost] for carried in tried.carried]
    assert lost == [[one.quote for one in carried.lost] for carried in done.carried]
    assert [one.carried for one in tried.carried] == [one.carried for one in done.carried]
    assert tried.sentence() == done.sentence().replace("Imported", "Would import")
    return replace(tried, dry_run=False, carried=[]) == replace(done, carried=[])


def test_it_tells_what_the_import_then_does(tmp_path: Path, case: Path, elsewhere: Path) -> None:
    new, table = tmp_path / "a.txt", tmp_path / "b.csv"
    new.write_text("The pier\n\nIt may be closed.\n", encoding="utf-8")
    # The second row has its text in the first file, the third in none.
    table.write_text(
        "title,label,quote,start,end\n"
        "Bridge,claim,The mayor,0,9\n"
        "The pier,speculation,It may be closed,10,26\n"
        "The dock,claim,Nobody,0,6\n",
        encoding="utf-8",
    )
    before = case.read_bytes()
    tried = imported(case, new, table, read_only=True, dry_run=True)
    assert case.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.csv", "case.anno", "elsewhere"]
    assert list(elsewhere.iterdir()) == []
    assert tried.sentence() == "Would import 1 document, 2 annotations, 1 refused."
    assert same(tried, imported(case, new, table))


def test_it_tells_which_annotations_a_new_version_loses(tmp_path: Path, case: Path) -> None:
    path = tmp_path / "bridge.txt"
    path.write_text(OLD, encoding="utf-8")
    other = tmp_path / "other.anno"
    with annotator.create(other) as project:
        (document,) = project.import_files([path])
        project.annotate(document, 0, 39, "claim")
        project.annotate(document, 41, 52, "claim")
    path.write_text(NEW, encoding="utf-8")
    tried = imported(other, path, dry_run=True, carry_over=True)
    (carried,) = tried.carried
    assert (carried.count("same"), len(carried.carried)) == (1, 2)
    assert same(tried, imported(other, path, carry_over=True))


def test_it_says_where_there_is_no_room_for_it(
    tmp_path: Path, case: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Something new.\n", encoding="utf-8")

    def full(*_: object) -> None:
        raise DiskFull("The disk that holds case.anno is full.")

    monkeypatch.setattr(Project, "apply", full)
    before = case.read_bytes()
    with pytest.raises(DiskFull, match=r"temporary files, .*elsewhere, is too full .* case\.anno, which is untouched"):
        imported(case, path, read_only=True, dry_run=True)
    assert list(elsewhere.iterdir()) == []
    assert case.read_bytes() == before
