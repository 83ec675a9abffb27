"""Importing: bad files stop nothing, nothing comes in twice, and one undo takes it all out again."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import ImportRefused, NotFound
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingAssessment,
    IncomingRelation,
    IncomingSource,
)
from annotator.services.imports import importing, known
from annotator.services.imports.chunks import CHUNK
from annotator.services.imports.report import ImportReport
from annotator.store.check import check
from annotator.store.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        yield made
        with made._stored.raw_connection() as connection:
            assert list(check(connection)) == []


def articles(folder: Path, count: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"article {number:04}.txt"
        path.write_text(f"Title {number}\n\nThe minister said number {number} was 😀.\n", encoding="utf-8")
        paths.append(path)
    return paths


def test_one_bad_file_among_many(project: annotator.Project, tmp_path: Path) -> None:
    articles(tmp_path / "in", 300)
    bad = {
        "empty.txt": b"",
        "binary.txt": bytes(range(256)) * 20,
        "image.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "nul.txt": b"some text\n" + b"\0" * 5 + b" and more",
        "broken.jsonl": b'{"text": "Good one.", "title": "Good"}\n{"text": 5}\n{broken\n',
    }
    for name, data in bad.items():
        (tmp_path / "in" / name).write_bytes(data)
    report = importing.import_files(project._stored, [tmp_path / "in"])
    assert len(report.documents) == 301
    assert len(project.documents()) == 301
    assert {Path(refused.path).name for refused in report.refused} == set(bad)
    assert all(refused.reason and "\n" not in refused.reason for refused in report.refused)
    assert report.sentence() == f"Imported 301 documents, {len(report.refused)} refused."
    assert project.undo() == "Import"
    assert project.documents() == []
    assert project.undo() is None
    project.redo()
    assert len(project.documents()) == 301
    assert len(project.search("minister")) == 50


def test_what_is_there_already_does_not_come_in_twice(project: annotator.Project, tmp_path: Path) -> None:
    paths = articles(tmp_path / "in", 3)
    (tmp_path / "in" / "copy.txt").write_bytes(paths[0].read_bytes().replace(b"\n", b"\r\n"))
    assert len(project.import_files(tmp_path / "in")) == 3
    assert project.last_import is not None
    assert len(project.last_import.duplicates) == 1
    assert project.import_files([tmp_path / "in"]) == []
    assert len(project.last_import.duplicates) == 4
    with pytest.raises(ImportRefused, match="already"):
        project.add_document("Another title", project.document(1).text)
    project.trash(1)
    assert [document.title for document in project.import_files(paths)] == ["Title 0"]


def test_a_dry_run_changes_nothing(project: annotator.Project, tmp_path: Path) -> None:
    articles(tmp_path / "in", 3)
    (tmp_path / "in" / "bad.txt").touch()
    number = project._stored.log_number
    report = importing.import_files(project._stored, [tmp_path / "in"], source="Xinhua", dry_run=True)
    assert report.sentence() == "Would import 3 documents, 1 refused."
    assert project.documents() == []
    assert project.sources() == []
    assert project._stored.log_number == number


def test_a_cancelled_import_keeps_what_came_in_as_one_step(project: annotator.Project, tmp_path: Path) -> None:
    articles(tmp_path / "in", 300)
    seen: list[str] = []

    def progress(done: int, total: int, name: str) -> None:
        seen.append(name)
        assert total == 300

    report = importing.import_files(
        project._stored, [tmp_path / "in"], progress=progress, cancelled=lambda: len(seen) >= 200
    )
    assert report.cancelled
    assert len(report.documents) == len(project.documents()) == 199
    assert report.sentence().endswith("(cancelled).")
    assert project.undo() == "Import"
    assert project.documents() == []


def test_an_import_with_its_source_can_be_undone_and_redone(project: annotator.Project, tmp_path: Path) -> None:
    articles(tmp_path / "in", 2)
    importing.import_files(project._stored, [tmp_path / "in"], source="  Xinhua  News ")
    assert [row.source for row in project.documents()] == ["Xinhua News"] * 2
    for _ in range(2):
        project.undo()
        assert project.sources() == []
        assert project.documents() == []
        project.redo()
        assert [row.source for row in project.documents()] == ["Xinhua News"] * 2
        assert project.sources()[0].documents == 2


def test_a_folder_gives_its_files_and_no_projects(project: annotator.Project, tmp_path: Path) -> None:
    articles(tmp_path, 2)
    articles(tmp_path / "deeper", 3)
    articles(tmp_path / ".hidden", 4)
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1")
    assert (tmp_path / "case.anno.holder").exists()
    report = importing.import_files(project._stored, [tmp_path])
    assert (len(report.documents), report.refused) == (2, [])
    report = importing.import_files(project._stored, [tmp_path], recursive=True)
    assert (len(report.documents), len(report.duplicates), report.refused) == (1, 4, [])


def test_what_is_not_there(project: annotator.Project, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="does not exist"):
        project.import_files(tmp_path / "nowhere.txt")
    with pytest.raises(NotFound, match="format"):
        project.import_files(tmp_path / "nowhere.txt", format="nothing")
    with pytest.raises(ImportRefused, match="written but not read"):
        project.import_files(articles(tmp_path / "in", 1), format="stix")
    with pytest.raises(ImportRefused):
        project.import_files(project.path)
    (tmp_path / "empty").mkdir()
    assert project.import_files(tmp_path / "empty") == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux takes names that are not UTF-8.")
def test_a_name_that_is_not_utf_8(project: annotator.Project, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"f\xfcr.txt")
    path.write_text("a paragraph that goes on. And on. And on.", encoding="utf-8")
    (document,) = project.import_files(path)
    assert document.title == "f?r"
    assert document.origin_path.endswith("f?r.txt")


def test_a_folder_that_cannot_be_read(
    project: annotator.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles(tmp_path / "in", 2)
    closed = tmp_path / "in" / "closed"
    closed.mkdir()
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path) == str(closed):
            raise PermissionError(13, "Permission denied", str(closed))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = importing.import_files(project._stored, [closed, tmp_path / "in"], recursive=True)
    assert len(report.documents) == 2
    assert [refused.path for refused in report.refused] == [str(closed), str(closed)]
    assert "folder cannot be read" in report.refused[0].reason


def test_a_reader_that_fails_stops_nothing(
    project: annotator.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OddError(Exception):
        pass

    paths = articles(tmp_path / "in", 3)
    detect = registry.detect

    def odd(path: Path) -> Any:
        if path == paths[1]:
            raise OddError("what is this")
        return detect(path)

    monkeypatch.setattr(registry, "detect", odd)
    report = importing.import_files(project._stored, paths)
    assert len(report.documents) == 2
    assert report.refused[0].reason == "The file cannot be read as its format (OddError: what is this)."


def take(stored: Project, *items: Any, chunk: int = CHUNK) -> ImportReport:
    return importing.import_items(stored, items, chunk=chunk)


def test_what_other_peoples_readers_did_not_look_at_stops_nothing(project: annotator.Project) -> None:
    odd: Any = "said"
    annotations = (
        IncomingAnnotation("claim", (Span(0, 1),), cue=odd),
        IncomingAnnotation("claim", (Span(2, 6),)),
        IncomingAnnotation("claim", (Span(0, 2),), credibility=odd),
    )
    report = take(
        project._stored, Article("T", "A text.", annotations=annotations), Article("U", "Other.", structure=odd)
    )
    assert (len(report.documents), report.annotations) == (1, 1)
    assert [refused.place for refused in report.refused] == ["annotation 1 of 'T'", "annotation 3 of 'T'", ""]
    assert "Its format gave a value of a wrong kind (ValueError" in report.refused[0].reason


def test_a_source_of_white_space_is_none(project: annotator.Project) -> None:
    found = IncomingAnnotation("claim", (Span(0, 1),), source=" \t")
    items: list[Incoming] = [
        Article("T", "A text.", source="  ", annotations=(found,)),
        IncomingAssessment(" ", "2026-03-04", "B"),
    ]
    report = importing.import_items(project._stored, items, source="Xinhua")
    assert [row.source for row in project.documents()] == ["Xinhua"]
    assert [(one.source, one.source_id) for one in project.annotations()] == [("", None)]
    assert [refused.reason for refused in report.refused] == ["It names no source."]


def test_labels_are_found_however_their_spaces_are_written(project: annotator.Project) -> None:
    labels = ("official_statement", "Official  statement", "a  rumour", "a rumour")
    annotations = tuple(IncomingAnnotation(label, (Span(at, at + 1),)) for at, label in enumerate(labels))
    articles = [Article("T", "A text.", annotations=annotations)]
    report = importing.import_items(project._stored, articles, label_map={"A  rumour": "claim"})
    assert report.refused == []
    assert [found.label for found in project.annotations()] == ["official statement"] * 2 + ["claim"] * 2


def test_articles_of_other_peoples_readers_are_checked(project: annotator.Project) -> None:
    report = take(
        project._stored,
        Article("Good", "A text."),
        Article("Lone", "\ud800"),
        Article("Nul", "a\0b"),
        Article("Empty", " \n"),
        Article("Carriage", "a\r\nb"),
        Article("Status", "Another text.", status="half"),
        Article("Uid", "A third text.", uid="x" * 100),
    )
    assert [row.title for row in project.documents()] == ["Good", "Uid"]
    assert len(report.refused) == 5


def test_annotations_are_checked_against_their_quote(project: annotator.Project) -> None:
    text = "The gas will flow. The gas may flow."

    def incoming(start: int, end: int, **fields: Any) -> IncomingAnnotation:
        return IncomingAnnotation("claim", (Span(start, end),), **fields)

    report = take(
        project._stored,
        Article(
            "T",
            text,
            annotations=(
                incoming(4, 7, quote="gas"),
                incoming(21, 24, quote="gas", cue=(Span(25, 28),)),
                incoming(4, 7, quote="oil"),
                incoming(30, 99),
                incoming(4, 7, credibility=9),
                incoming(4, 7, features={"made_up": 1}),
                IncomingAnnotation("rumour", (Span(0, 3),)),
            ),
        ),
    )
    assert [(found.start, found.end) for found in project.annotations()] == [(4, 7), (4, 7), (23, 26)]
    assert project.annotations()[2].cue == ((27, 30),)
    assert report.annotations == 3
    assert len(report.refused) == 4
    assert len(report.notes) == 1
    assert "moved by 2" in report.notes[0]


def test_annotations_without_a_uid_do_not_come_in_twice(project: annotator.Project, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    line = {"text": "The gas will flow.", "annotations": [{"label": "claim", "start": 4, "end": 7}] * 2}
    path.write_text(json.dumps(line), encoding="utf-8")
    project.import_annotations(path)
    assert len(project.annotations()) == 2
    project.import_annotations(path)
    assert len(project.annotations()) == 2
    line["annotations"] = [{"label": "claim", "start": 4, "end": 7}, {"label": "speculation", "start": 4, "end": 7}]
    path.write_text(json.dumps(line), encoding="utf-8")
    assert project.import_annotations(path).annotations == 1


def test_annotations_whose_uid_is_taken_come_in_under_another(project: annotator.Project) -> None:
    words, cut = annotated(6), annotated(3)
    first = Article("T", "A text of some words.", annotations=(words, cut))
    again = Article("T", "A text that was put right.", annotations=(words,))
    report = take(project._stored, first, again)
    assert report.annotations == len({found.uid for found in project.annotations()}) == 3
    assert {found.annotator for found in project.annotations()} == {"Bob B."}
    assert take(project._stored, first, again).annotations == 0
    project.trash(report.documents[0])
    assert len(project.annotations()) == 1
    assert take(project._stored, first).annotations == 2
    assert take(project._stored, first).annotations == 0
    assert [found.quote for found in project.annotations()] == ["A text", "A text", "A t"]


def annotated(end: int) -> IncomingAnnotation:
    return IncomingAnnotation("claim", (Span(0, end),), uid="taken", annotator=" Bob\n B. ")


def test_sources_that_are_named_before_their_entry(project: annotator.Project) -> None:
    take(
        project._stored,
        IncomingSource("Spokesman", "person", parent="Ministry"),
        IncomingSource("Ministry", "office", aliases=("MoD",), note="a note", parent="State"),
        IncomingSource("State", "organisation", uid="state-uid"),
        IncomingSource("Alone", "person", parent="Alone"),
        IncomingAssessment("Ministry", "2026-01-01", "B"),
        IncomingAssessment("Ministry", "2026-01-01", "B"),
        Article("T", "A text.", source="mod"),
    )
    held = {found.name: found for found in project.sources()}
    assert set(held) == {"Spokesman", "Ministry", "State", "Alone"}
    assert (held["Ministry"].kind, held["Ministry"].aliases, held["Ministry"].note) == ("office", ("MoD",), "a note")
    assert held["Spokesman"].parent_id == held["Ministry"].id
    assert held["Ministry"].parent_id == held["State"].id
    assert held["State"].uid == "state-uid"
    assert held["Ministry"].reliability == "B"
    assert project.documents()[0].source == "Ministry"
    with project._stored.raw_connection() as connection:
        assert connection.execute("SELECT count(*) FROM assessment").fetchone() == (1,)
    project.undo()
    assert project.sources() == []
    project.redo()
    assert {found.name: found for found in project.sources()} == held


def test_relations_without_their_annotations_are_refused(project: annotator.Project) -> None:
    annotations = (
        IncomingAnnotation("claim", (Span(0, 1),), uid="a"),
        IncomingAnnotation("claim", (Span(2, 6),), uid="b"),
    )
    relation = IncomingRelation("supports", "a", "b", uid="r")
    report = take(
        project._stored,
        Article("T", "A text.", annotations=annotations),
        relation,
        IncomingRelation("supports", "a", "gone"),
    )
    assert len(project.relations()) == 1
    assert len(report.refused) == 1
    take(project._stored, relation)
    assert len(project.relations()) == 1


def test_relations_that_cannot_be_kept_are_refused_alone(project: annotator.Project) -> None:
    annotations = tuple(IncomingAnnotation("claim", (Span(at, at + 1),), uid=str(at)) for at in (0, 2))
    report = take(
        project._stored,
        Article("T", "A text.", annotations=annotations),
        IncomingRelation("supports", "0", "2", uid="long" * 20),
        IncomingRelation("supports ", "0", "2"),
        IncomingRelation("supports", "0", "0"),
        IncomingRelation(" ", "0", "2"),
    )
    assert [found.kind for found in project.relations()] == ["supports"]
    assert [refused.place for refused in report.refused] == ["relation supports", "relation "]


def test_undoing_an_import_leaves_the_annotator_who_came_with_it(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        found = IncomingAnnotation("claim", (Span(0, 1),), annotator="bob")
        take(project._stored, Article("T", "A text.", annotations=(found,)))
    with annotator.open(path, annotator="bob") as project:
        project.undo()
        document = project.add_document("New", "Another text.")
        assert project.annotate(document, 0, 7, "claim").annotator == "bob"


def test_relations_between_annotations_that_came_with_an_earlier_file(project: annotator.Project) -> None:
    annotations = tuple(IncomingAnnotation("claim", (Span(at, at + 1),), uid=str(at)) for at in (0, 2))
    take(project._stored, Article("T", "A text.", annotations=annotations))
    report = take(project._stored, IncomingRelation("supports", "0", "2"), IncomingRelation("supports", "0", "1"))
    assert (len(project.relations()), len(report.refused)) == (1, 1)


def test_an_import_that_forgets_what_it_wrote_takes_nothing_twice(
    project: annotator.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_REMEMBERED", 1)
    first = Article("T", "A text of some words.", annotations=(annotated(6), annotated(3)))
    second = Article("U", "Another text of words.", annotations=(annotated(7),))
    nameless = IncomingAnnotation("claim", (Span(0, 1),))
    items = [
        first,
        second,
        first,
        IncomingRelation("supports", "taken", "taken"),
        IncomingAnnotations((nameless,), title="T"),
        IncomingAnnotations((nameless,), title="T"),
        second,
    ]
    report = take(project._stored, *items, chunk=1)
    assert (len(report.documents), len(report.duplicates), report.annotations) == (2, 2, 4)
    assert [refused.place for refused in report.refused] == ["relation supports"]
    again = take(project._stored, *items, chunk=1)
    assert (again.documents, again.annotations) == ([], 0)


def test_a_relation_follows_the_annotation_that_came_in_under_another_name(
    project: annotator.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_REMEMBERED", 1)
    take(project._stored, Article("T", "A text of some words.", annotations=(annotated(6),)))
    other = IncomingAnnotation("claim", (Span(0, 1),), uid="other")
    take(
        project._stored,
        Article("U", "Another text.", annotations=(annotated(7), other)),
        IncomingRelation("supports", "taken", "other"),
        chunk=1,
    )
    (relation,) = project.relations()
    quotes = {found.id: found.quote for found in project.annotations()}
    assert [quotes[relation.from_id], quotes[relation.to_id]] == ["Another", "A"]


def test_ids_that_refused_annotations_leave_over_serve_the_next(project: annotator.Project) -> None:
    wrong = IncomingAnnotation("no such label", (Span(0, 1),))
    right = IncomingAnnotation("claim", (Span(0, 1),))
    refused = [Article(f"T{number}", f"Text {number}.", annotations=(wrong,) * 9) for number in range(200)]
    report = take(project._stored, *refused, Article("U", "Last.", annotations=(right,)), chunk=1)
    assert (len(report.documents), len(report.refused)) == (201, 1800)
    assert [found.id for found in project.annotations()] == [1]


def test_a_thousand_relations_are_not_a_thousand_commits(project: annotator.Project) -> None:
    annotations = tuple(IncomingAnnotation("claim", (Span(0, 1),), uid=str(number)) for number in range(1000))
    relations = [IncomingRelation("supports", str(number), str(number + 1)) for number in range(999)]
    number = project._stored.log_number
    take(project._stored, Article("T", "A text.", annotations=annotations), *relations)
    assert len(project.relations()) == 999
    assert project._stored.log_number - number <= 3


def test_what_no_file_can_hold_costs_a_character_and_no_article(tmp_path: Path) -> None:
    bad = "a\udcddb"
    one = IncomingAnnotation("claim", (Span(0, 5),), note=bad, source=bad, features={bad: [bad, {bad: 1}]})
    with annotator.create(tmp_path / "case.anno") as project:
        articles = [Article(title=bad, text="Words.", author=bad, note=bad, facts={bad: bad}, annotations=(one,))]
        report = importing.import_articles(project._stored, [*articles, Article(title="T", text=f"{bad} in the text")])
        assert ["lone surrogate" in refused.reason for refused in report.refused] == [True]
        (annotation,) = project.annotations()
        assert (annotation.note, annotation.source, annotation.features) == ("a?b", "a?b", {"a?b": ["a?b", {"a?b": 1}]})
        document = project.document(1)
        assert (document.author, document.note, document.facts) == ("a?b", "a?b", {"a?b": "a?b"})
