"""Backups: whole, checked, made while somebody works, and never over another file."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import DamagedProject, NotAProject, NotFound, ProjectError
from annotator.services.projects import backups as project_backups
from annotator.store import backup as backups
from annotator.store.backup import (
    Keep,
    backup,
    backup_beside,
    backups_of,
    checked_backup_beside,
    made_at,
    thin_out,
)
from annotator.store.check import check


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "case.anno"
    with annotator.create(path) as project:
        project.add_document("Title", "A text of some words. " * 200)
    return path


def test_a_backup_while_the_project_is_written_to(path: Path) -> None:
    stop = threading.Event()
    with annotator.open(path) as project:
        before = len(project.annotations())

        def work() -> None:
            while not stop.is_set():
                project.annotate(1, 0, 6, "claim", note="word " * 100)

        writer = threading.Thread(target=work)
        writer.start()
        try:
            made = [backup(path, path.with_name(f"copy {number}.anno")) for number in range(5)]
        finally:
            stop.set()
            writer.join()
        after = len(project.annotations())
    counts = []
    for copy in made:
        with annotator.open(copy) as opened, opened._stored.raw_connection() as connection:
            assert list(check(connection)) == []
            counts.append(len(opened.annotations()))
    assert counts == sorted(counts)
    assert before <= counts[0] <= counts[-1] <= after
    assert len(list(path.parent.iterdir())) == 6


def test_a_backup_has_what_is_only_in_the_write_ahead_log(path: Path) -> None:
    with annotator.open(path) as project:
        project.annotate(1, 0, 6, "claim")
        copy = backup(path, path.with_name("copy.anno"))
        with annotator.open(copy) as opened:
            assert opened.annotations() == project.annotations()


def test_no_backup_over_another_file(path: Path) -> None:
    taken = path.with_name("taken.anno")
    taken.write_text("mine", encoding="utf-8")
    for out in (taken, path):
        with pytest.raises(ProjectError, match="already"):
            backup(path, out)
    with pytest.raises(ProjectError, match="no folder"):
        backup(path, path.parent / "nowhere" / "copy.anno")
    assert taken.read_text(encoding="utf-8") == "mine"
    assert len(list(path.parent.iterdir())) == 2


def test_no_backup_of_what_is_no_project(path: Path) -> None:
    text = path.with_name("text.anno")
    text.write_text("mine", encoding="utf-8")
    with pytest.raises(NotAProject):
        backup(text, path.with_name("copy.anno"))
    assert not path.with_name("copy.anno").exists()


def test_a_backup_that_is_not_sound_is_not_kept_and_no_older_one_goes(path: Path) -> None:
    kept = [backup_beside(path) for _ in range(3)]
    data = bytearray(path.read_bytes())
    at = data.find(b"CREATE INDEX ix_annotation_label_id")
    assert at > 0
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'document_text'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data[(root - 1) * size : root * size] = b"\x55" * size
    path.write_bytes(data)
    with pytest.raises(DamagedProject, match="not sound"):
        checked_backup_beside(path, Keep(1, 0, 0))
    assert backups_of(path) == kept
    assert len(list(path.parent.iterdir())) == 4


def name_of(path: Path, at: datetime) -> Path:
    """The name of a backup made then."""
    return path.with_name(f"{path.stem}.backup-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"[:-3] + "Z.anno")


def test_the_oldest_go_and_nothing_else_does(path: Path) -> None:
    mine = [
        path.with_name(name)
        for name in (
            "case.backup-0.anno",
            "case.backup-before the trial.anno",
            "other.anno",
            "case.backup-20201399T000000000Z.anno",
            "case2.backup-20200101T000000000Z.anno",
        )
    ]
    for file in mine:
        file.write_text("mine", encoding="utf-8")
    now = datetime(2026, 11, 30, 12, tzinfo=UTC).astimezone()
    days = [now - timedelta(days=number) for number in range(1000)]
    for day in days:
        name_of(path, day).write_bytes(b"")
    gone = thin_out(path, Keep(days=7, weeks=4, months=12))
    kept = backups_of(path)
    assert len(kept) + len(gone) == 1000 and not set(kept) & set(gone)
    assert [name_of(path, day) for day in days[:7]] == kept[::-1][:7], "seven days"
    assert len({made_at(each).astimezone().strftime("%G-%V") for each in kept}) >= 4
    months = {made_at(each).astimezone().strftime("%Y-%m") for each in kept}
    assert len(months) == 12 and max(months) == "2026-11" and min(months) == "2025-12"
    assert len(kept) <= 7 + 4 + 12
    assert all(file.exists() for file in mine)
    assert thin_out(path, Keep(days=7, weeks=4, months=12)) == []


def test_the_last_ten_of_a_day_stay(path: Path) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    made = [name_of(path, now + timedelta(minutes=number)) for number in range(15)]
    for each in made:
        each.write_bytes(b"")
    thin_out(path, Keep(1, 0, 0))
    assert backups_of(path) == made[-10:]


def test_no_setting_removes_the_newest(path: Path) -> None:
    only = name_of(path, datetime(2020, 1, 1, tzinfo=UTC))
    only.write_bytes(b"")
    assert thin_out(path, Keep(0, 0, 0)) == [] and only.exists()


def test_a_backup_whose_check_finds_something_is_kept_with_all_older_ones(path: Path) -> None:
    old = [name_of(path, datetime(2020, 1, day, tzinfo=UTC)) for day in (1, 2, 3)]
    for each in old:
        each.write_bytes(b"")
    with annotator.open(path) as project:
        project.annotate(1, 0, 6, "claim")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE annotation SET quote = 'others'")
    connection.commit()
    connection.close()
    made = checked_backup_beside(path, Keep(1, 0, 0))
    assert made.path.exists() and any("annotation 1" in finding for finding in made.findings)
    assert backups_of(path) == [*old, made.path]


def test_a_full_disk_leaves_no_half_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, draft: Path, *_shown: Path) -> None:
        draft.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "copy", full)
    with pytest.raises(ProjectError, match="No space left"):
        backup_beside(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["case.anno"]


def test_a_backup_is_due_on_a_new_day_when_something_changed(path: Path) -> None:
    with annotator.open(path) as project:
        stored = project._stored
        assert not project_backups.backup_is_due(stored), "it was made today"
        made = project_backups.back_up(path, Keep())
        assert made.findings == []
        made.path.rename(name_of(path, datetime.now(UTC) - timedelta(days=2)))
        assert project_backups.backup_is_due(stored), "the time in the name counts"
        project_backups.back_up(path, Keep())
        assert not project_backups.backup_is_due(stored)
        assert project_backups.findings(stored) == []


def test_what_differs_from_a_backup(path: Path) -> None:
    made = backup_beside(path)
    assert project_backups.compare(path, made).sentence() == "The project has not changed since this backup."
    with annotator.open(path, annotator="ada") as project:
        project.annotate(1, 0, 6, "claim")
        project.annotate(1, 7, 11, "speculation")
        project.undo()
    found = project_backups.compare(path, made)
    assert found.is_same_log and found.later == 4 and len(found.changes) == 4
    assert [(change.annotator, change.kind) for change in found.changes[:3]] == [
        ("ada", "undo"),
        ("ada", "do"),
        ("ada", "do"),
    ]
    assert found.counts == [("annotation", 0, 1)]
    assert found.sentence() == "Since then 4 changes were made; the backup does not hold them."
    with annotator.open(made, annotator="bob") as project:
        project.annotate(1, 0, 1, "claim")
    assert not project_backups.compare(path, made).is_same_log
    other = path.with_name("other.anno")
    annotator.create(other).close()
    assert "another history" in project_backups.compare(path, other).sentence()


def test_a_backup_is_restored_beside_and_nothing_is_overwritten(path: Path) -> None:
    made = backup_beside(path)
    with annotator.open(path) as project:
        project.annotate(1, 0, 6, "claim")
    before = path.read_bytes(), made.read_bytes()
    restored = [project_backups.restore(made, path) for _ in range(3)]
    today = f"{datetime.now().astimezone():%Y-%m-%d}"
    assert [out.name for out in restored] == [f"case.restored-{today}{more}.anno" for more in ("", "-2", "-3")]
    assert (path.read_bytes(), made.read_bytes()) == before
    with annotator.open(restored[0]) as project:
        assert project.annotations() == []


def test_the_backups_of_a_project_are_told_of(path: Path) -> None:
    made = backup_beside(path)
    bad = name_of(path, datetime(2020, 1, 1, tzinfo=UTC))
    bad.write_text("no project", encoding="utf-8")
    newest, oldest = project_backups.backups_beside(path)
    assert newest.path == made and newest.size == made.stat().st_size and not newest.problem
    assert (newest.documents, newest.annotations) == (1, 0) and newest.last_title and newest.last_at
    assert oldest.path == bad and "not an Annotator project" in oldest.problem
    assert oldest.made_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert project_backups.read_backup(path.with_name("none.anno")).problem
    with pytest.raises(NotFound, match="no backup beside"):
        project_backups.newest(path.with_name("other.anno"))
