"""Backups: whole, checked, made while somebody works, and never over another file."""

import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import DamagedProject, NotAProject, ProjectError
from annotator.services.projects import backups as project_backups
from annotator.store import backup as backups
from annotator.store.backup import backup, backup_beside, backups_of
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
        with annotator.open(copy) as opened, opened._stored.reading() as connection:
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
        backup_beside(path, keep=1)
    assert backups_of(path) == kept
    assert len(list(path.parent.iterdir())) == 4


def test_the_oldest_go_and_nothing_else_does(path: Path) -> None:
    mine = [path.with_name(name) for name in ("case.backup-0.anno", "case.backup-before the trial.anno", "other.anno")]
    for file in mine:
        file.write_text("mine", encoding="utf-8")
    made = [backup_beside(path, keep=3) for _ in range(5)]
    assert backups_of(path) == made[-3:]
    assert all(file.exists() for file in mine)


def test_a_full_disk_leaves_no_half_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, draft: Path) -> None:
        draft.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "copy", full)
    with pytest.raises(ProjectError, match="No space left"):
        backup_beside(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["case.anno"]


def test_a_backup_is_due_a_day_after_the_last_when_something_changed(path: Path) -> None:
    with annotator.open(path) as project:
        stored = project._stored
        assert not project_backups.backup_is_due(stored)
        made = project_backups.back_up(stored, 3)
        old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
        os.utime(made, (old, old))
        assert project_backups.backup_is_due(stored)
        made = project_backups.back_up(stored, 3)
        assert not project_backups.backup_is_due(stored)
        assert project_backups.findings(stored) == []
