"""Bookmarks: set, renamed, removed, undone, checked, repaired, and carried by the native format."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import InvalidSpan, InvalidValue
from annotator.domain.records import BookmarkRecord
from annotator.services.annotations import bookmarks
from annotator.services.documents import documents
from annotator.services.exports import exporting
from annotator.store.check import check
from annotator.store.project import Project
from annotator.store.repair import repair

TEXT = "Title\n\nThe minister said on Monday 😀 that gas will flow. Experts said that this may fail.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        project.add_document("Title", TEXT)
        project.add_document("Other", "Another text 👩‍👩‍👧 of some words.")
    return tmp_path / "case.anno"


def held(project: Project) -> list[BookmarkRecord]:
    assert project.check() == []
    return project.read.annotations.bookmarks()


def mark(project: Project, document_id: int, position: int, name: str = "") -> None:
    document = project.read.documents.one(document_id)
    project.apply(bookmarks.add(project, document, position, name))


def test_one_is_set_renamed_removed_and_all_of_it_undone(path: Path) -> None:
    with annotator.open(path, annotator="ada") as opened:
        project = opened._stored
        mark(project, 1, TEXT.index("Experts"))
        (made,) = held(project)
        assert (made.position, made.name, made.title, made.annotator) == (
            TEXT.index("Experts"),
            "Experts said that this may fail.",
            "Title",
            "ada",
        )
        project.apply(bookmarks.rename(made, "  the doubt ", TEXT))
        assert held(project)[0].name == "the doubt"
        project.apply(bookmarks.rename(held(project)[0], " ", TEXT))
        assert held(project)[0].name == made.name
        project.apply(bookmarks.remove(held(project)))
        assert held(project) == []
        assert project.undo() == "Remove a bookmark"
        assert held(project) == [made]
        for _ in range(3):
            project.undo()
        assert held(project) == []


def test_a_document_in_the_trash_takes_its_bookmarks_along(path: Path) -> None:
    with annotator.open(path, annotator="ada") as opened:
        project = opened._stored
        mark(project, 2, 3)
        project.apply(documents.trash([2]))
        assert held(project) == []
        project.undo()
        assert [found.position for found in held(project)] == [3]


def test_a_place_outside_the_text_and_a_second_one_at_a_place_are_refused(path: Path) -> None:
    with annotator.open(path, annotator="ada") as opened:
        project = opened._stored
        mark(project, 1, len(TEXT))
        with pytest.raises(InvalidValue, match="already"):
            mark(project, 1, len(TEXT))
        for position in (-1, len(TEXT) + 1):
            with pytest.raises(InvalidSpan):
                mark(project, 1, position)
        assert [found.position for found in held(project)] == [len(TEXT)]


@pytest.mark.parametrize(
    ("text", "position", "name"),
    [
        ("a\n b  c", 0, "a b c"),
        ("总" * 200, 3, "总" * 60 + "…"),
        ("word " * 40, 5, ("word " * 12).strip() + "…"),
        ("word " * 40, 200, "…" + ("word " * 12).strip()),
        ("   ", 1, ""),
    ],
)
def test_it_is_called_by_the_words_there(text: str, position: int, name: str) -> None:
    assert bookmarks.words_at(text, position) == name


def test_the_native_format_carries_them_and_the_direction(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    with annotator.open(path, annotator="ada") as opened:
        project = opened._stored
        mark(project, 1, 7, "here")
        mark(project, 2, 15)
        first = project.read.documents.one(1)
        project.apply(documents.update(first, direction="rtl"))
        wanted = held(project)
        assert exporting.export(project, out).losses == []
    with annotator.create(tmp_path / "second.anno", annotator="bob") as second:
        for _ in range(2):
            second.import_files([out])
            assert held(second._stored) == wanted
            assert [document.direction for document in second._stored.read.documents.all()] == ["rtl", ""]


def test_a_direction_is_one_of_three(path: Path) -> None:
    with annotator.open(path, annotator="ada") as opened:
        document = opened._stored.read.documents.one(1)
    with pytest.raises(InvalidValue, match="not a direction"):
        documents.update(document, direction="up")


def test_one_that_lies_beyond_its_text_is_found_and_left_out_by_a_repair(path: Path) -> None:
    with annotator.open(path, annotator="ada") as opened:
        mark(opened._stored, 1, 7)
        mark(opened._stored, 1, 9)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE bookmark SET position = 5000 WHERE id = 1")
        assert [found.where for found in check(connection) if found.kind == "offset"] == ["bookmark 1 in document 1"]
    saved = repair(path, path.with_name("new.anno"))
    assert saved.notes == ["Bookmark 1 is lost: its place in document 1 is not there."]
    with Project.open(path.with_name("new.anno")) as repaired:
        assert [found.position for found in held(repaired)] == [9]
