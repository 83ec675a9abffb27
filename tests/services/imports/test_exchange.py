"""Exchange of JSON Lines between colleagues: what differs is told, and taken over on request."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import annotator
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord
from annotator.services.documents import documents
from annotator.services.imports import differences, importing
from annotator.services.imports.differences import CHANGED, REMOVED_HERE, REMOVED_THERE
from annotator.services.imports.report import ImportReport
from annotator.services.sources import sources
from annotator.store.check import check

TEXT = "The ministry said on Monday that twelve people died in the fire. It may have started in a silo near the port."

Fork = Callable[[str], Path]


def span(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with annotator.create(tmp_path / "ada.anno", annotator="ada") as made:
        document = made.add_document("Fire", TEXT)
        made.annotate(document, *span("twelve people died"), "claim", credibility=2, note="first")
        made.annotate(document, *span("started in a silo"), "speculation", credibility=3)
    yield tmp_path
    for path in sorted(tmp_path.glob("*.anno")):
        with annotator.open(path, read_only=True) as project, project._stored.raw_connection() as connection:
            assert list(check(connection)) == [], path.name


def fork(folder: Path, name: str) -> Path:
    return Path(shutil.copy(folder / "ada.anno", folder / f"{name}.anno"))


def sent(path: Path, out: str = "", **options: Any) -> Path:
    target = path.with_name(f"{out or path.stem}.jsonl")
    with annotator.open(path, read_only=True) as project:
        project.export(target, **options)
    return target


def received(path: Path, file: Path, **options: Any) -> ImportReport:
    with annotator.open(path, annotator=path.stem) as project:
        return importing.import_files(project._stored, [file], **options)


def held(path: Path) -> dict[str, dict[str, Any]]:
    """All annotations of a project by uid, without what belongs to the file alone."""
    with annotator.open(path, read_only=True) as project:
        return {found.uid: shown(found) for found in project.annotations()}


def shown(found: AnnotationRecord) -> dict[str, Any]:
    fields = found._asdict()
    for name in ("id", "document_id", "label_id", "source_id", "updated_at"):
        del fields[name]
    return fields


def first(project: annotator.Project, words: str = "twelve people died") -> AnnotationRecord:
    return next(found for found in project.annotations() if found.quote == words)


def edit(path: Path, name: str, work: Callable[[annotator.Project], Any]) -> None:
    with annotator.open(path, annotator=name) as project:
        work(project)


def grade(path: Path, credibility: int) -> None:
    edit(path, path.stem, lambda project: project.update(first(project), credibility=credibility))


def listed(report: ImportReport) -> list[tuple[Any, ...]]:
    return [(one.kind, one.field, one.ours, one.theirs, one.newer, one.is_taken) for one in report.differences]


# --- what is told -----------------------------------------------------------------------------------------------------


def test_changed_fields_are_listed_and_ours_is_kept(folder: Path) -> None:
    bob = fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5, note="second"))
    before = held(folder / "ada.anno")
    report = received(folder / "ada.anno", sent(bob))
    assert listed(report) == [
        (CHANGED, "credibility", 2, 5, "theirs", False),
        (CHANGED, "note", "first", "second", "theirs", False),
    ]
    assert (report.differences[0].whose, report.differences[0].title) == ("ada", "Fire")
    assert (report.differences[0].start, report.differences[0].end) == span("twelve people died")
    assert report.sentence() == "Imported 0 documents, 1 already there, 1 annotation differs."
    assert held(folder / "ada.anno") == before


def test_an_update_takes_them_over_in_one_step(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")

    def work(project: annotator.Project) -> None:
        project.update(first(project), credibility=5, start=span("people died")[0], source="Ministry")
        project.remove(first(project, "started in a silo"))
        project.annotate(project.documents()[0], *span("near the port"), "claim")

    edit(bob, "bob", work)
    before = held(ada)
    report = received(ada, sent(bob), update=True)
    assert report.sentence() == (
        "Imported 0 documents, 1 annotation, 1 already there, 1 annotation updated, 1 annotation removed."
    )
    assert held(ada) == held(bob)
    edit(ada, "ada", lambda project: project.undo())
    assert held(ada) == before
    assert received(ada, sent(bob), update=True).differences
    assert held(ada) == held(bob)


def test_a_removal_is_listed_and_ours_is_kept(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.remove(first(project)))
    report = received(ada, sent(bob))
    assert listed(report) == [(REMOVED_THERE, "", "claim: twelve people died", None, "theirs", False)]
    assert len(held(ada)) == 2
    assert received(ada, sent(bob), update=True).comparison.rows == {("removed", "annotation"): 1}
    assert len(held(ada)) == 1


def test_what_they_never_had_is_counted_and_stays(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(ada, "ada", lambda project: project.annotate(project.documents()[0], *span("near the port"), "claim"))
    report = received(ada, sent(bob), update=True)
    assert report.differences == []
    assert [found.whose for found in report.comparison.missing] == ["ada"]
    assert report.notes == [
        "1 annotation of this project is not in the file (1 by ada): nobody removed them there, so they stay."
    ]
    assert len(held(ada)) == 3


def test_a_filtered_export_tells_of_nothing_missing(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.remove(first(project)))
    report = received(ada, sent(bob, labels=["speculation"]), update=True)
    assert (report.differences, report.comparison.missing) == ([], [])
    assert len(held(ada)) == 2
    header = json.loads((folder / "bob.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (header["whole"], header["removed"]) == (False, [])


def test_an_undone_import_is_no_removal(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(ada, "ada", lambda project: project.annotate(project.documents()[0], *span("near the port"), "claim"))
    received(bob, sent(ada))
    edit(bob, "bob", lambda project: project.undo())
    report = received(ada, sent(bob), update=True)
    assert report.differences == []
    assert len(held(ada)) == 3


def test_what_was_removed_here_stays_removed(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(ada, "ada", lambda project: project.remove(first(project)))
    report = received(ada, sent(bob), update=True)
    assert listed(report) == [(REMOVED_HERE, "", None, "claim: twelve people died", "ours", False)]
    assert len(held(ada)) == 1
    edit(bob, "bob", lambda project: project.update(first(project), note="still true"))
    assert listed(received(ada, sent(bob))) == [(REMOVED_HERE, "", None, "claim: twelve people died", "theirs", False)]
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)


def test_the_second_time_nothing_is_new(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), note="second"))
    file = sent(bob)
    received(ada, file, update=True)
    with annotator.open(ada, read_only=True) as project:
        number = project._stored.log_number
    for options in ({}, {"update": True}, {"dry_run": True}):
        report = received(ada, file, **options)
        assert report.differences == []
        assert report.sentence() == "Nothing new: the project holds it already, as the file has it."
    with annotator.open(ada, read_only=True) as project:
        assert project._stored.log_number == number


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), note="second"))
    before = held(ada)
    dry = received(ada, sent(bob), update=True, dry_run=True)
    assert held(ada) == before
    assert received(ada, sent(bob), update=True).differences == dry.differences


# --- which is newer ---------------------------------------------------------------------------------------------------


def test_other_fields_of_one_annotation_are_both_kept(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(ada, "ada", lambda project: project.update(first(project), note="by ada"))
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5))
    report = received(ada, sent(bob), update=True)
    assert sorted(listed(report)) == [
        (CHANGED, "credibility", 2, 5, "theirs", True),
        (CHANGED, "note", "by ada", "first", "ours", False),
    ]
    received(bob, sent(ada), update=True)
    assert held(ada) == held(bob)


@pytest.mark.parametrize("theirs_is_later", [True, False])
def test_of_one_field_the_later_change_counts(folder: Path, theirs_is_later: bool) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    works = [(ada, 4), (bob, 5)]
    for path, value in works if theirs_is_later else reversed(works):
        grade(path, value)
    kept = received(ada, sent(bob))
    assert [(one.newer, one.both_changed) for one in kept.differences] == [
        ("theirs" if theirs_is_later else "ours", True)
    ]
    received(ada, sent(bob), update=True)
    with annotator.open(ada, read_only=True) as project:
        assert first(project).credibility == (5 if theirs_is_later else 4)


def test_a_value_that_is_set_back_is_taken(folder: Path) -> None:
    ada = folder / "ada.anno"
    edit(ada, "ada", lambda project: project.update(first(project), credibility=4))
    bob = fork(folder, "bob")
    for credibility in (5, 4, 2, 5, 2):
        grade(bob, credibility)
        received(ada, sent(bob), update=True)
        assert held(ada) == held(bob)


def test_a_file_of_an_earlier_state_takes_nothing_back(folder: Path) -> None:
    ada = folder / "ada.anno"
    early = sent(ada, "early")
    edit(ada, "ada", lambda project: project.update(first(project), credibility=4))
    report = received(ada, early, update=True)
    assert listed(report) == [(CHANGED, "credibility", 4, 2, "ours", False)]


def test_a_third_colleague_with_an_old_copy_takes_nothing_back(folder: Path) -> None:
    ada, bob, cyd = folder / "ada.anno", fork(folder, "bob"), fork(folder, "cyd")
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5))
    edit(cyd, "cyd", lambda project: project.annotate(project.documents()[0], *span("near the port"), "claim"))
    received(ada, sent(bob), update=True)
    report = received(ada, sent(cyd), update=True)
    assert listed(report) == [(CHANGED, "credibility", 5, 2, "ours", False)]
    with annotator.open(ada, read_only=True) as project:
        assert (first(project).credibility, len(project.annotations())) == (5, 3)


def test_a_project_that_was_made_from_the_file_alone(folder: Path) -> None:
    ada, bob = folder / "ada.anno", folder / "bob.anno"
    annotator.create(bob, annotator="bob").close()
    received(bob, sent(ada))
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5))
    edit(bob, "bob", lambda project: project.remove(first(project, "started in a silo")))
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)


def test_what_they_took_back_after_an_exchange_is_taken_back(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5))
    received(ada, sent(bob), update=True)
    edit(bob, "bob", lambda project: project.undo())
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)


def test_an_old_copy_takes_no_name_of_a_label_back(folder: Path) -> None:
    ada, bob, cyd = folder / "ada.anno", fork(folder, "bob"), fork(folder, "cyd")
    edit(bob, "bob", lambda project: project.rename_label("claim", "allegation"))
    received(ada, sent(bob), update=True)
    report = received(ada, sent(cyd), update=True)
    assert listed(report) == [(CHANGED, "name", "allegation", "claim", "ours", False)]


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_renamed_label_is_known_again(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")

    def work(project: annotator.Project) -> None:
        project.rename_label("claim", "allegation")
        project.annotate(project.documents()[0], *span("near the port"), "allegation")

    edit(bob, "bob", work)
    report = received(ada, sent(bob))
    assert listed(report) == [(CHANGED, "name", "claim", "allegation", "theirs", False)]
    with annotator.open(ada, read_only=True) as project:
        names = [label.name for label in project.labels()]
        assert "claim" in names
        assert "allegation" not in names
        assert project.label_counts()["claim"] == 2
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)


def test_a_renamed_source_is_known_again(folder: Path) -> None:
    ada = folder / "ada.anno"
    edit(ada, "ada", lambda project: project.update(first(project), source="Ministry"))
    bob = fork(folder, "bob")
    with annotator.open(bob, annotator="bob") as project:
        (held_source,) = project.sources()
        project._stored.apply(sources.update(held_source, name="Ministry of Health", note="new"))
    report = received(ada, sent(bob), update=True)
    assert [one.field for one in report.differences] == ["name", "note"]
    with annotator.open(ada, read_only=True) as project:
        assert [(source.name, source.note) for source in project.sources()] == [("Ministry of Health", "new")]


def test_a_name_that_another_label_has_is_not_taken(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.rename_label("claim", "rumour"))
    edit(ada, "ada", lambda project: project.add_label("Rumour"))
    report = received(ada, sent(bob), update=True)
    (one,) = [found for found in report.differences if found.table == "label"]
    assert (one.is_taken, one.reason) == (False, "Another label of the project has this already.")
    assert report.comparison.not_taken == 1


def test_an_unrelated_label_under_the_old_name_stays_apart(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")

    def work(project: annotator.Project) -> None:
        project.rename_label("claim", "allegation")
        project.add_label("claim")
        project.annotate(project.documents()[0], *span("near the port"), "claim")

    edit(bob, "bob", work)
    received(ada, sent(bob))
    with annotator.open(ada, read_only=True) as project:
        assert first(project, "near the port").label == "claim (2)"
        assert first(project).label == "claim"


# --- other rows -------------------------------------------------------------------------------------------------------


def test_documents_claims_and_relations_are_compared(folder: Path) -> None:
    ada = folder / "ada.anno"

    def begin(project: annotator.Project) -> None:
        one, other = first(project), first(project, "started in a silo")
        project.relate(one, "supports", other)
        claim = project.add_claim("Twelve died.", [one])
        project.resolve(claim, "open", resolved_on="2025-01-01")

    edit(ada, "ada", begin)
    bob = fork(folder, "bob")

    def work(project: annotator.Project) -> None:
        stored = project._stored
        with stored.raw_connection() as connection:
            rows = {
                table: connection.execute(f"SELECT id FROM {table}").fetchone()[0]
                for table in ("document", "claim", "relation", "resolution", "statement")
            }
        new = {
            "document": ({"note": "", "status": "new"}, {"note": "read", "status": "done"}),
            "claim": ({"topic": ""}, {"topic": "fire"}),
            "relation": ({"note": ""}, {"note": "partly"}),
            "resolution": ({"evidence": ""}, {"evidence": "a list"}),
            "statement": ({"stance": "states"}, {"stance": "denies"}),
        }
        edits = tuple(Edit(table, rows[table], *values) for table, values in new.items())
        stored.apply(Change("Edit", edits))

    edit(bob, "bob", work)
    report = received(ada, sent(bob))
    assert {(one.table, one.field, one.theirs) for one in report.differences} == {
        ("document", "note", "read"),
        ("document", "status", "done"),
        ("claim", "topic", "fire"),
        ("relation", "note", "partly"),
        ("resolution", "evidence", "a list"),
        ("statement", "stance", "denies"),
    }
    received(ada, sent(bob), update=True)
    assert received(ada, sent(bob)).differences == []


def test_a_document_of_another_text_is_refused_alone(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), note="second"))
    edit(bob, "bob", lambda project: project.add_document("Port", "Another text about the port."))
    file = sent(bob)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[1]["text"] = "Another beginning. " + lines[1]["text"]
    lines[1]["annotations"] = []
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = received(ada, file, update=True)
    assert [found.place for found in report.refused] == ["Fire"]
    assert len(report.documents) == 1
    with annotator.open(ada, read_only=True) as project:
        assert first(project).note == "first"


def test_a_file_of_an_earlier_version_is_compared_by_what_it_holds(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), note="second"))
    edit(bob, "bob", lambda project: project.remove(first(project, "started in a silo")))
    file = sent(bob)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for key in ("project_uid", "tip", "whole", "annotators", "log", "removed", "undone"):
        del lines[0][key]
    for label in lines[0]["labels"]:
        del label["uid"]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = received(ada, file, update=True)
    assert listed(report) == [(CHANGED, "note", "first", "second", "theirs", True)]
    assert report.comparison.missing == []
    assert len(held(ada)) == 2


def test_uids_beside_the_names_are_no_difference(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    file = sent(bob)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    uids = {label["name"]: label["uid"] for label in lines[0]["labels"]}
    for found in lines[1]["annotations"]:
        found |= {
            "label_uid": uids[found["label"]],
            "source_uid": "",
            "annotator_uid": lines[0]["annotators"][0]["uid"],
        }
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = received(ada, file)
    assert (report.differences, report.refused, report.annotations) == ([], [], 0)


def test_differences_beyond_the_list_are_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "LISTED", 1)
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.update(first(project), credibility=5, note="second"))
    found = received(ada, sent(bob)).comparison
    assert (len(found.differences), found.not_listed, found.kept, found.newer_there) == (1, 1, 2, 2)
    assert "1 more difference found and not listed." in found.notes()
    found = received(ada, sent(bob), update=True).comparison
    assert (found.taken, found.differs, found.is_updated) == (2, False, True)
    assert held(ada) == held(bob)


@pytest.mark.parametrize("edits", [b'[["annotation",1,{"uid":"\xff"},null]]', b"[damaged},null]"])
def test_a_damaged_log_refuses_no_export(tmp_path: Path, edits: bytes) -> None:
    path = tmp_path / "ada.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("Fire", TEXT)
        project.remove(project.annotate(document, *span("twelve people died"), "claim"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE change SET edits = CAST(? AS TEXT) WHERE title LIKE 'Remove%'", (edits,))
    with annotator.open(path, read_only=True) as project:
        report = project.export(tmp_path / "ada.jsonl")
    (note,) = report.notes
    assert note.startswith("The log of the project is damaged, so the export does not say from which state it is")
    annotator.create(tmp_path / "bob.anno", annotator="bob").close()
    assert len(received(tmp_path / "bob.anno", tmp_path / "ada.jsonl").documents) == 1


def test_two_exports_are_the_same_bytes(folder: Path) -> None:
    ada = folder / "ada.anno"
    edit(ada, "ada", lambda project: project.remove(first(project)))
    assert sent(ada, "one").read_bytes() == sent(ada, "two").read_bytes()


# --- what somebody left for an earlier state ---


def test_a_label_that_is_called_again_what_it_was_is_taken(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    cyd = fork(folder, "cyd")
    for old, new in (("claim", "allegation"), ("allegation", "claim"), ("claim", "allegation")):
        with annotator.open(bob, annotator="bob") as project:
            project.rename_label(old, new)
        received(ada, sent(bob), update=True)
        assert held(ada) == held(bob)
    report = received(ada, sent(cyd), update=True)
    assert listed(report) == [(CHANGED, "name", "allegation", "claim", "ours", False)]


def test_an_undone_rename_is_taken(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.rename_label("claim", "allegation"))
    received(ada, sent(bob), update=True)
    edit(bob, "bob", lambda project: project.undo())
    file = sent(bob)
    received(ada, file, update=True)
    assert held(ada) == held(bob)
    assert received(ada, file, update=True).differences == []


def test_a_removal_that_was_undone_after_the_copy_is_undone_here(folder: Path) -> None:
    ada = folder / "ada.anno"
    edit(ada, "ada", lambda project: project.remove(first(project)))
    bob = fork(folder, "bob")
    edit(bob, "bob", lambda project: project.undo())
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)
    assert len(held(ada)) == 2


def test_a_removal_that_was_taken_over_and_then_undone_there_is_undone_here(folder: Path) -> None:
    ada, bob, cyd = folder / "ada.anno", fork(folder, "bob"), fork(folder, "cyd")
    edit(bob, "bob", lambda project: project.remove(first(project)))
    received(ada, sent(bob), update=True)
    assert len(held(ada)) == 1
    received(ada, sent(cyd), update=True)
    assert len(held(ada)) == 1
    edit(bob, "bob", lambda project: project.undo())
    received(ada, sent(bob), update=True)
    assert held(ada) == held(bob)
    assert len(held(ada)) == 2


def test_an_old_file_changes_nothing_of_a_removal_that_was_taken_back_here(folder: Path) -> None:
    ada = folder / "ada.anno"
    early = sent(ada, "early")
    edit(ada, "ada", lambda project: project.remove(first(project)))
    without = sent(ada, "without")
    edit(ada, "ada", lambda project: project.undo())
    before = held(ada)
    assert received(ada, early, update=True).differences == []
    kept = (REMOVED_THERE, "", "claim: twelve people died", None, "ours", False)
    assert listed(received(ada, without, update=True)) == [kept]
    assert held(ada) == before


def test_an_old_file_changes_nothing_of_a_removal_that_was_done_again_here(folder: Path) -> None:
    ada = folder / "ada.anno"
    early = sent(ada, "early")
    edit(ada, "ada", lambda project: project.remove(first(project)))
    without = sent(ada, "without")
    edit(ada, "ada", lambda project: project.undo())
    back = sent(ada, "back")
    edit(ada, "ada", lambda project: project.redo())
    kept = (REMOVED_HERE, "", None, "claim: twelve people died", "ours", False)
    assert listed(received(ada, early, update=True)) == [kept]
    assert listed(received(ada, back, update=True)) == [kept]
    assert received(ada, without, update=True).differences == []
    assert len(held(ada)) == 1


def test_an_old_file_takes_a_removal_over_only_once(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(ada, "ada", lambda project: project.remove(first(project)))
    without = sent(ada, "without")
    edit(ada, "ada", lambda project: project.undo())
    back = sent(ada, "back")
    received(bob, without, update=True)
    assert len(held(bob)) == 1
    received(bob, back, update=True)
    assert held(bob) == held(ada)
    received(bob, without, update=True)
    assert held(bob) == held(ada)


def test_a_removal_that_was_taken_over_again_after_an_undo_of_the_import(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    edit(bob, "bob", lambda project: project.remove(first(project)))
    file = sent(bob)
    received(ada, file, update=True)
    edit(ada, "ada", lambda project: project.undo())
    assert len(held(ada)) == 2
    received(ada, file, update=True)
    assert held(ada) == held(bob)


def test_a_long_value_that_was_left_is_known_by_its_hash(folder: Path) -> None:
    ada, bob = folder / "ada.anno", fork(folder, "bob")
    cyd = fork(folder, "cyd")
    long = "What the outlet wrote of it later. " * 20

    def note(text: str) -> Callable[[annotator.Project], None]:
        return lambda project: project._stored.apply(documents.update(project.document(1), note=text))

    for text in (long, "", long):
        edit(bob, "bob", note(text))
        file = sent(bob)
        received(ada, file, update=True)
        with annotator.open(ada, read_only=True) as project:
            assert project.document(1).note == text
    edit(bob, "bob", note(""))
    assert long not in sent(bob).read_text(encoding="utf-8")
    assert [one[-2:] for one in listed(received(ada, sent(cyd), update=True))] == [("ours", False)]


# --- random edits -----------------------------------------------------------------------------------------------------


BOUNDED = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""An example takes a second: to look for the smallest one that fails would take minutes."""


def random_edits(path: Path, seed: int, count: int) -> None:
    chance = random.Random(seed)
    with annotator.open(path, annotator=path.stem) as project:
        document = project.documents()[0]
        for _ in range(count):
            known = project.annotations()
            kind = chance.choice(["new", "change", "change", "change", "remove", "undo", "redo", "label"])
            try:
                if kind == "undo":
                    # To undo an import would take the document away.
                    if project._stored.undo_title != "Import":
                        project.undo()
                elif kind == "redo":
                    project.redo()
                elif kind == "label":
                    project.rename_label(chance.choice(project.labels()).name, f"label {chance.randrange(10**6)}")
                elif kind == "new" or not known:
                    start = chance.randrange(len(TEXT) - 20)
                    label = chance.choice(project.labels()).name
                    project.annotate(document, start, start + chance.randrange(1, 20), label)
                elif kind == "remove":
                    project.remove(chance.choice(known))
                else:
                    fields: dict[str, Any] = {
                        "credibility": chance.choice([None, 2, 3, 4]),
                        "note": chance.choice(["", "a", "b"]),
                        "label": chance.choice(project.labels()).name,
                        "source": chance.choice([None, "Ministry", "Port"]),
                        "probability": chance.choice([None, 10, 90]),
                    }
                    name = chance.choice(list(fields))
                    project.update(chance.choice(known), **{name: fields[name]})
            except AnnotatorError:
                continue


def edited_and_forked(folder: Path, seed: int) -> tuple[Path, Path]:
    """A project after random edits, and a copy of it for a colleague."""
    ada = folder / "ada.anno"
    with annotator.create(ada, annotator="ada") as made:
        made.add_document("Fire", TEXT)
    random_edits(ada, seed, 8)
    return ada, fork(folder, "bob")


@settings(BOUNDED, max_examples=6)
@example(seeds=[0, 21, 5579])
@example(seeds=[0, 9, 5579])
@given(seeds=st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_after_an_update_both_hold_the_same(tmp_path_factory: pytest.TempPathFactory, seeds: list[int]) -> None:
    ada, bob = edited_and_forked(tmp_path_factory.mktemp("fork"), seeds[0])
    for round, seed in enumerate(seeds[1:]):
        random_edits(bob, seed, 8)
        file = sent(bob, f"round{round}")
        report = received(ada, file, update=True)
        assert report.refused == []
        assert held(ada) == held(bob)
        again = received(ada, file, update=True)
        assert (again.differences, again.annotations) == ([], 0)
    with annotator.open(ada, read_only=True) as project, project._stored.raw_connection() as connection:
        assert list(check(connection)) == []


@settings(BOUNDED, max_examples=5)
@given(seeds=st.lists(st.integers(0, 10**6), min_size=6, max_size=6))
def test_back_and_forth_nothing_is_lost_unsaid(tmp_path_factory: pytest.TempPathFactory, seeds: list[int]) -> None:
    ada, bob = edited_and_forked(tmp_path_factory.mktemp("both"), seeds[0])
    for seed in seeds[1:3]:
        random_edits(ada, seed, 5)
        random_edits(bob, seed + 1, 5)
        for mine, yours in ((ada, bob), (bob, ada)):
            before, theirs = held(mine), held(yours)
            report = received(mine, sent(yours), update=True)
            after = held(mine)
            told = {one.uid for one in report.differences}
            for uid, row in before.items():
                if after.get(uid) != row and {**row, "label": ""} != {**after.get(uid, {}), "label": ""}:
                    assert uid in told or row["source"] != after[uid]["source"]
            for uid in theirs:
                assert uid in after or uid in told
    with annotator.open(ada, read_only=True) as project, project._stored.raw_connection() as connection:
        assert list(check(connection)) == []
