"""Steps that change or remove many rows are preceded by a backup, by whatever door they come."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import annotator
from annotator.domain.changes import Change, Edit
from annotator.domain.errors import DiskFull, ReadOnlyProject, StaleChange
from annotator.main import run_command
from annotator.services.documents import documents
from annotator.store import backup
from annotator.store import project as store
from annotator.store.backup import backup_before_step, backup_beside, backups_of

ROWS = 8


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with some more annotations than a step may change without a backup."""
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        project.add_document("Title", "word " * ROWS)
        assert project.annotate_all("word", "claim").annotated == ROWS
    monkeypatch.setattr(store, "MAX_ROWS_WITHOUT_BACKUP", ROWS - 1)
    return path


def labels_of(path: Path) -> list[str]:
    with annotator.open(path, read_only=True) as project:
        return [annotation.label for annotation in project.annotations()]


def notes(path: Path, count: int, step: str = "one step", at_once: int = ROWS) -> list[Change]:
    """Changes of the notes of so many annotations, some in each change."""
    edits = [Edit("annotation", id, {"note": ""}, {"note": "x"}) for id in range(1, count + 1)]
    return [Change("Notes", tuple(edits[at : at + at_once]), step) for at in range(0, count, at_once)]


def by_python(path: Path) -> None:
    with annotator.open(path) as project:
        assert project.merge_labels("claim", "speculation") == ROWS


def by_command(path: Path) -> None:
    assert run_command(["merge-labels", str(path), "claim", "--into", "speculation"]) == 0


def by_undo(path: Path) -> None:
    with annotator.open(path) as project:
        assert project.undo() is not None
        assert not project.annotations()


def by_removal(path: Path) -> None:
    with annotator.open(path) as project:
        edits = [Edit("annotation", one.id, {"uid": one.uid}, None) for one in project.annotations()]
        project._stored.apply(Change("Remove", tuple(edits)))


DOORS: dict[str, Callable[[Path], None]] = {
    "Python": by_python,
    "a command": by_command,
    "undo": by_undo,
    "one change": by_removal,
}


@pytest.mark.parametrize("door", DOORS)
def test_a_large_step_is_preceded_by_one_backup(path: Path, door: str) -> None:
    DOORS[door](path)
    (made,) = backups_of(path)
    assert labels_of(made) == ["claim"] * ROWS
    assert labels_of(path) != labels_of(made)


def test_a_redo_is_preceded_by_one_too(path: Path) -> None:
    by_python(path)
    with annotator.open(path) as project:
        project.undo()
        assert len(backups_of(path)) == 2
        project.redo()
    assert [set(labels_of(made)) for made in backups_of(path)] == [{"claim"}, {"speculation"}, {"claim"}]


def test_the_newer_values_of_a_colleague_are_taken_after_a_backup(path: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.anno"
    theirs.write_bytes(path.read_bytes())
    with annotator.open(theirs, annotator="bob") as project:
        for annotation in project.annotations():
            project.update(annotation, note="theirs")
        project.export(tmp_path / "theirs.jsonl")
    with annotator.open(path) as project:
        project.import_annotations(tmp_path / "theirs.jsonl")
        assert not backups_of(path), "nothing is taken over"
        project.import_annotations(tmp_path / "theirs.jsonl", update=True)
        assert {annotation.note for annotation in project.annotations()} == {"theirs"}
    (made,) = backups_of(path)
    with annotator.open(made, read_only=True) as project:
        assert {annotation.note for annotation in project.annotations()} == {""}


def test_an_import_that_is_only_tried_makes_none(path: Path, tmp_path: Path) -> None:
    with annotator.open(path) as project:
        project.export(tmp_path / "out.jsonl")
    made = list(tmp_path.rglob("*.backup-*"))
    assert run_command(["import", str(path), str(tmp_path / "out.jsonl"), "--update", "--dry-run"]) == 0
    assert list(tmp_path.rglob("*.backup-*")) == made == []


def test_what_needs_none(path: Path) -> None:
    with annotator.open(path) as project:
        stored = project._stored
        for change in notes(path, ROWS - 1):
            stored.apply(change)
        project.add_document("Other", "word " * 3 * ROWS)
        project.annotate_all("word", "speculation", documents=[2])
        stored.apply(documents.trash([2]))
        assert not backups_of(path), "few rows, or rows that are new"
    with annotator.open(path, read_only=True) as project:
        with pytest.raises(ReadOnlyProject):
            project._stored.apply(notes(path, ROWS)[0])
        assert not backups_of(path)


def test_the_number_of_rows() -> None:
    assert store.MAX_ROWS_WITHOUT_BACKUP == 1_000


def test_a_step_in_several_changes_is_counted_as_a_whole(path: Path) -> None:
    with annotator.open(path) as project:
        stored = project._stored
        for change in notes(path, ROWS, at_once=3):
            stored.apply(change)
        (made,) = backups_of(path)
        for change in notes(path, ROWS, step="announced", at_once=3):
            undone = tuple(edit.inverse() for edit in change.edits)
            stored.back_up_before(ROWS, "announced")
            stored.apply(Change("No notes", undone, "announced"))
        assert len(backups_of(path)) == 2, "one, before the first of them"
    with annotator.open(made, read_only=True) as project:
        assert [annotation.note for annotation in project.annotations()] == ["x"] * 6 + [""] * 2
    with annotator.open(backups_of(path)[-1], read_only=True) as project:
        assert {annotation.note for annotation in project.annotations()} == {"x"}


def test_none_is_made_where_nothing_changed_since_the_last_one(path: Path) -> None:
    backup_beside(path)
    by_python(path)
    assert len(backups_of(path)) == 1


def test_a_backup_of_the_future_counts_for_nothing(path: Path) -> None:
    future = path.with_name(f"case.backup-{datetime.now(UTC) + timedelta(days=2):%Y%m%dT%H%M%S}000Z.anno")
    future.write_bytes(path.read_bytes())
    by_python(path)
    assert len(backups_of(path)) == 2


def test_without_its_backup_the_step_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> Path:
        raise DiskFull("The disk is full: nothing was changed.")

    monkeypatch.setattr(store, "backup_before_step", refuse)
    with annotator.open(path) as project:
        before = project._stored.log_number
        for act in (project.undo, lambda: project.merge_labels("claim", "speculation")):
            with pytest.raises(DiskFull):
                act()
        assert project._stored.log_number == before


def test_others_write_while_the_backup_is_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotator.open(path) as project:

        def back_up(found: Path) -> Path:
            other = threading.Thread(target=lambda: project.annotate(1, 0, 9, "speculation"))
            other.start()
            other.join(60)
            assert not other.is_alive(), "it waits for the backup"
            return backup_before_step(found)

        monkeypatch.setattr(store, "backup_before_step", back_up)
        with pytest.raises(StaleChange, match="while its backup was made"):
            project.undo()
        assert len(project.annotations()) == ROWS + 1


def test_many_large_steps_of_a_day_do_not_fill_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = path.with_name(f"case.backup-{datetime.now(UTC) - timedelta(days=1):%Y%m%dT%H%M%S}000Z.anno")
    yesterday.write_bytes(path.read_bytes())
    # Also where the test runs at midnight.
    monkeypatch.setattr(backup, "_day", lambda found: str(found == yesterday))
    first = backup_beside(path)
    made = [backup_before_step(path) for _ in range(12)]
    assert backups_of(path) == [yesterday, first, *made[-10:]]
