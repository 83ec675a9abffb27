"""Repair saves what can be read, puts right what is safe, says what is lost, and gives a sound project."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.damaged_files import spoil

import annotator
from annotator.domain.canonical_text import sha256
from annotator.domain.errors import DamagedProject, ProjectError
from annotator.store.check import check
from annotator.store.repair import repair

TEXT = "Title\n\nThe minister said on Monday that gas will flow. Experts said that this may fail 😀.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada", title="The case") as project:
        document = project.add_document("Title", TEXT)
        a = project.annotate(document, 7, 19, "claim", source="Ministry", mention=(7, 19), cue=(20, 24), credibility=2)
        b = project.annotate(document, 0, 0, "speculation", fragments=[(7, 19), (40, 43)], note="a note")
        project.relate(a, "contradicts", b)
        project.assess("Ministry", "C", rationale="often late")
    return path


def repaired(path: Path) -> tuple[list[str], annotator.Project]:
    out = path.with_name("new.anno")
    before = path.read_bytes()
    notes = repair(path, out).notes
    assert path.read_bytes() == before
    project = annotator.open(out)
    with project._stored.raw_connection() as connection:
        assert list(check(connection)) == []
    return notes, project


def test_a_sound_project_is_copied_whole(project: Path) -> None:
    saved = repair(project, project.with_name("new.anno"))
    assert saved.notes == []
    with annotator.open(project) as one, annotator.open(project.with_name("new.anno")) as other:
        assert one.annotations() == other.annotations()
        assert one.relations() == other.relations()
        assert one.sources() == other.sources()
        assert one.document(1) == other.document(1)
        assert one.search("minister") == other.search("minister")
        assert other.undo() is None
        other.annotate(1, 0, 5, "claim")
        assert other.undo() == "Annotate as claim"


def test_a_shifted_span_goes_back_to_its_quote(project: Path) -> None:
    longer = "A line before.\n" + TEXT
    spoil(
        project,
        f"UPDATE document_text SET text = '{longer}'",
        f"UPDATE document SET text_sha256 = '{sha256(longer)}'",
    )
    with annotator.open(project, read_only=True) as opened, opened._stored.raw_connection() as connection:
        assert {finding.kind for finding in check(connection)} == {"offset", "log", "search"}
    notes, opened = repaired(project)
    with opened:
        assert len(notes) == 2
        assert all("was moved from" in note for note in notes)
        for found in opened.annotations():
            assert longer[found.start : found.end] == found.quote
        assert opened.annotations(label="claim")[0].cue[0].of(longer) == "said"
        assert opened.annotations(label="claim")[0].mention[0].of(longer) == "The minister"
        assert [span.of(longer) for span in opened.annotations(label="speculation")[0].fragments] == [
            "The minister",
            "gas",
        ]
        assert opened.search("line before")


def test_an_annotation_whose_quote_is_gone_is_lost_with_a_note(project: Path) -> None:
    spoil(project, "UPDATE document_text SET text = 'Something else altogether.'")
    notes, opened = repaired(project)
    with opened:
        assert opened.annotations() == []
        assert opened.document(1).text == "Something else altogether."
    assert any("not the one that was imported" in note for note in notes)
    assert any("is not in the text" in note for note in notes)


def test_a_text_that_is_gone(project: Path) -> None:
    with annotator.open(project) as opened:
        opened.add_document("Kept", "This one stays.")
    spoil(project, "DELETE FROM document_text WHERE id = 1")
    notes, opened = repaired(project)
    with opened:
        assert [row.title for row in opened.documents()] == ["Kept"]
        assert opened.annotations() == opened.relations() == []
        assert [found.name for found in opened.sources()] == ["Ministry"]
    assert any("its text cannot be read" in note for note in notes)


def test_a_document_whose_data_is_gone_keeps_its_text_and_annotations(project: Path) -> None:
    spoil(project, "DELETE FROM document")
    notes, opened = repaired(project)
    with opened:
        assert [row.title for row in opened.documents()] == ["Title"]
        assert len(opened.annotations()) == 2
    assert any("its text was saved" in note for note in notes)


@pytest.mark.parametrize("table", ["label", "source", "annotator", "label_set", "project", "feature"])
def test_annotations_outlive_what_they_name(project: Path, table: str) -> None:
    spoil(project, f"DELETE FROM {table}")
    notes, opened = repaired(project)
    with opened:
        assert [found.quote[:12] for found in opened.annotations()] == ["The minister", "The minister"]
        assert len({found.label for found in opened.annotations()}) == 2
        assert len(opened.relations()) == 1
    if table in ("label", "source", "annotator", "label_set"):
        assert any("it is called" in note for note in notes)


def test_parents_that_come_after_their_children_are_kept(project: Path) -> None:
    with annotator.open(project) as opened:
        ids = [opened.add_source(name, "office").id for name in ("Office", "Government", "State")]
    label = "uid, label_set_id, parent_id, name, initials, color, description, position"
    spoil(
        project,
        f"UPDATE source SET parent_id = {ids[1]} WHERE id = {ids[0]}",
        f"UPDATE source SET parent_id = {ids[2]} WHERE id = {ids[1]}",
        f"UPDATE source SET parent_id = {ids[0]} WHERE name = 'Ministry'",
        f"INSERT INTO label (id, {label}) VALUES (10, 'u10', 1, NULL, 'grand', '', '#000000', '', 10)",
        f"INSERT INTO label (id, {label}) VALUES (9, 'u9', 1, 10, 'child', '', '#000000', '', 9)",
    )
    notes, opened = repaired(project)
    with opened:
        assert notes == []
        parents = {found.id: found.parent_id for found in opened.sources()}
        assert parents == {1: ids[0], ids[0]: ids[1], ids[1]: ids[2], ids[2]: None}
        assert [(found.name, found.parent) for found in opened.labels()][-2:] == [("grand", ""), ("child", "grand")]


def test_a_row_outside_its_limits_is_lost_alone(project: Path) -> None:
    spoil(
        project,
        "UPDATE annotation SET credibility = 9 WHERE id = 1",
        "UPDATE annotation SET fragments = '[[3' WHERE id = 2",
        "UPDATE source SET aliases = 'none'",
    )
    notes, opened = repaired(project)
    with opened:
        assert opened.annotations() == []
        assert [row.title for row in opened.documents()] == ["Title"]
    assert len(notes) >= 3


def test_parts_of_an_annotation_that_lie_elsewhere_are_put_right(project: Path) -> None:
    spoil(project, "UPDATE annotation SET cue = '[[900,910]]', fragments = '[[8,9]]' WHERE id = 1")
    notes, opened = repaired(project)
    with opened:
        found = opened.annotation(1)
        assert found.cue == ()
        assert found.fragments == (found.span,)
        assert found.credibility == 2
    assert any("as a whole" in note for note in notes)


def test_an_unreadable_page_costs_only_its_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path) as project:
        for number in range(60):
            project.add_document(f"Title {number}", f"Text number {number}. " * 100)
        for number in range(1, 61):
            project.annotate(number, 0, 4, "claim")
    with closing(sqlite3.connect(path)) as connection:
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    at = data.find(b"Text number 30. ")
    begin = at // page_size * page_size
    data[begin : begin + 40] = b"\xff" * 40
    path.write_bytes(data)
    notes, opened = repaired(path)
    with opened:
        assert 50 <= len(opened.documents()) < 60
        assert len(opened.annotations()) == len(opened.documents())
    assert notes


def test_a_truncated_project_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "case.anno"
    with annotator.create(path) as project:
        for number in range(120):
            project.add_document(f"Title {number}", f"Text number {number}. " * 100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    notes, opened = repaired(path)
    with opened:
        assert 5 < len(opened.documents()) < 120
    assert notes


def test_a_small_project_may_lose_the_end_of_its_list_of_tables(project: Path) -> None:
    with annotator.open(project, read_only=True) as whole:
        documents = len(whole.documents())
    data = project.read_bytes()
    # The list of tables has a page behind those of the documents, which is gone.
    project.write_bytes(data[: 40 * 4096])
    notes, opened = repaired(project)
    with opened:
        assert len(opened.documents()) == documents
    assert notes


def test_a_name_that_is_taken_is_not_written_over(project: Path) -> None:
    out = project.with_name("new.anno")
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="already"):
        repair(project, out)
    with pytest.raises(ProjectError, match="already"):
        repair(project, project)
    with pytest.raises(ProjectError, match="no folder"):
        repair(project, project.parent / "nowhere" / "new.anno")
    assert out.read_text(encoding="utf-8") == "mine"


def test_nothing_to_save(project: Path) -> None:
    tables = "relation annotation document document_text assessment source feature label label_set annotator project"
    spoil(project, *(f"DELETE FROM {table}" for table in tables.split()))
    with pytest.raises(DamagedProject, match="nothing to save"):
        repair(project, project.with_name("new.anno"))
    assert [entry.name for entry in project.parent.iterdir()] == ["case.anno"]


def test_spoilt_characters_cost_no_row(project: Path) -> None:
    copied = project.with_name("copy.anno")
    shutil.copy(project, copied)
    data = bytearray(copied.read_bytes())
    at = data.find(b"often late")
    data[at] = 0xFF
    copied.write_bytes(data)
    saved = repair(copied, copied.with_name("new.anno"))
    assert saved.saved["assessment"] == 1


def test_an_empty_project_is_no_loss(tmp_path: Path) -> None:
    annotator.create(tmp_path / "case.anno", title="Empty").close()
    notes, opened = repaired(tmp_path / "case.anno")
    with opened:
        assert notes == []
        assert len(opened.labels()) == 3
