"""Backups in the window, going back to one, and projects that are damaged: nothing is overwritten, all is in words."""

import shutil
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTableWidget
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, come_back, leave, press, put_caret, said

import annotator
from annotator.app.recovery.recovery_dialog import RecoveryDialog
from annotator.app.recovery.restore_dialog import RestoreDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs
from annotator.settings import BACKUP_DAYS, BACKUP_MONTHS, BACKUP_WEEKS
from annotator.store import log
from annotator.store.backup import backup_beside, backups_of
from annotator.store.queries import full_text_search

Kind = TypeVar("Kind", bound=QDialog)


def dialog_of(qtbot: QtBot, window: MainWindow, kind: type[Kind]) -> Kind:
    """The dialog of this kind that is shown, or comes."""

    def shown() -> list[Kind]:
        return [found for found in window.findChildren(kind) if found.isVisible()]

    qtbot.waitUntil(lambda: bool(shown()), timeout=20_000)
    (found,) = shown()
    return found


def wait_for_jobs(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)


@pytest.fixture
def old_case(case: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case, last changed three days ago."""
    return made_days_ago(case, 3, monkeypatch)


def made_days_ago(path: Path, days: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the project at ``path`` anew, so that its log says that it was changed ``days`` ago."""
    path.unlink(missing_ok=True)
    with monkeypatch.context() as earlier:
        past = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        earlier.setattr(log, "now", lambda: past)
        with annotator.create(path, annotator="ada") as project:
            project.add_document("Talks", "The minister said so. Nobody else agreed.")
    return path


def damage(path: Path) -> None:
    """Spoil the page of an index, which SQLite does not read when it opens the file."""
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_annotation_label_id'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = b"\x55" * size
    path.write_bytes(data)


# --- the day's backup -------------------------------------------------------------------------------------------------


def test_every_project_that_is_opened_gets_its_backup(
    launched: Launch, qtbot: QtBot, old_case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = []
    for name in ("second", "third"):
        (tmp_path / name).mkdir()
        others.append(made_days_ago(tmp_path / name / "case.anno", 2, monkeypatch))
    window = launched(old_case)
    qtbot.waitUntil(lambda: len(backups_of(old_case)) == 1, timeout=60_000)
    wait_for_jobs(qtbot, window)
    monkeypatch.setattr(file_dialogs, "ask_for_file", lambda *_: others[0])
    window.actions_by_id["file.open"].trigger()
    qtbot.waitUntil(lambda: len(backups_of(others[0])) == 1, timeout=60_000)
    wait_for_jobs(qtbot, window)
    window.files.take_dropped([others[1]])
    qtbot.waitUntil(lambda: len(backups_of(others[1])) == 1, timeout=60_000)
    wait_for_jobs(qtbot, window)
    window.recovery.schedule.check()
    assert not window.jobs.running and len(backups_of(others[1])) == 1, "one a day"


def test_a_window_that_stays_open_makes_one_on_the_next_day(
    window: MainWindow, qtbot: QtBot, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.services.projects import backups

    wait_for_jobs(qtbot, window)
    window.recovery.schedule.check()
    assert not backups_of(case), "it was made today"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(backups, "datetime", SimpleNamespace(now=lambda _zone: tomorrow))
    window.recovery.schedule._timer.timeout.emit()
    qtbot.waitUntil(lambda: len(backups_of(case)) == 1, timeout=60_000)
    wait_for_jobs(qtbot, window)


def test_a_backup_that_fails_is_told_once_and_removes_nothing(
    launched: Launch, qtbot: QtBot, old_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = launched(old_case)
    qtbot.waitUntil(lambda: len(backups_of(old_case)) == 1, timeout=60_000)
    wait_for_jobs(qtbot, window)
    (made,) = backups_of(old_case)
    older = old_case.with_name(f"case.backup-{datetime.now(UTC) - timedelta(days=1):%Y%m%dT%H%M%S}000Z.anno")
    made.rename(older)
    put_caret(window, "Nobody else")
    press("1")
    window.settings.set(BACKUP_DAYS, 1)
    window.settings.set(BACKUP_WEEKS, 0)
    window.settings.set(BACKUP_MONTHS, 0)

    from annotator.domain.errors import ProjectError
    from annotator.services.projects import backups

    def refuse(*_: object, **__: object) -> None:
        raise ProjectError("The disk is full.")

    monkeypatch.setattr(backups, "back_up", refuse)
    for _ in range(2):
        window.recovery.schedule.check()
        wait_for_jobs(qtbot, window)
    told = [sentence for sentence in said(window) if "backup of today" in sentence]
    assert len(told) == 1 and "The disk is full." in told[0]
    assert window.workspace.project is not None
    assert backups_of(old_case) == [older] and backups.backup_is_due(window.workspace.project)


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    assert item is not None
    return item.text()


# --- going back -------------------------------------------------------------------------------------------------------


def test_restoring_from_the_window_makes_a_new_project(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    backup = backup_beside(case)
    put_caret(window, "Prices may")
    press("1")
    wait_for_jobs(qtbot, window)
    window.actions_by_id["file.restore_backup"].trigger()
    dialog = dialog_of(qtbot, window, RestoreDialog)
    qtbot.waitUntil(lambda: "Since then" in dialog.summary.text(), timeout=60_000)
    assert dialog.table.rowCount() == 1 and cell(dialog.table, 0, 2) == "2"
    assert "Since then 1 change was made; the backup does not hold it." in dialog.summary.text()
    assert dialog.counts.text() == "Annotation: 0 in the backup, 1 now"
    assert cell(dialog.changes, 0, 2).startswith("Annotate")
    wait_for_jobs(qtbot, window)
    before = backup.read_bytes()
    qtbot.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: window.workspace.project is not None and ".restored-" in window.workspace.project.path.name,
        timeout=60_000,
    )
    assert window.workspace.document is not None and not window.workspace.annotations
    assert any("Restored" in sentence for sentence in said(window))
    assert backup.read_bytes() == before
    with annotator.open(case) as project:
        assert len(project.annotations()) == 1


def test_another_file_can_be_chosen_and_an_empty_list_says_so(
    window: MainWindow, qtbot: QtBot, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_jobs(qtbot, window)
    window.actions_by_id["file.restore_backup"].trigger()
    dialog = dialog_of(qtbot, window, RestoreDialog)
    qtbot.waitUntil(lambda: "no backup beside" in dialog.summary.text(), timeout=60_000)
    assert not dialog.restore.isEnabled()
    dialog.choose_file(case)
    assert "is the project itself" in dialog.message.text()
    other = tmp_path / "elsewhere" / "copy.anno"
    other.parent.mkdir()
    with annotator.create(other) as project:
        project.add_document("Other", "Words.")
    monkeypatch.setattr(file_dialogs, "ask_for_file", lambda *_: other)
    qtbot.mouseClick(dialog.other, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "another history" in dialog.summary.text(), timeout=60_000)
    assert dialog.restore.isEnabled() and not dialog.changes.isVisible()
    broken = tmp_path / "broken.anno"
    broken.write_bytes(b"nothing")
    dialog.choose_file(broken)
    qtbot.waitUntil(lambda: "not an Annotator project" in dialog.summary.text(), timeout=60_000)
    assert not dialog.restore.isEnabled()
    press("Escape", on=dialog)
    wait_for_jobs(qtbot, window)


# --- projects in trouble ----------------------------------------------------------------------------------------------


def test_an_intact_file_is_said_to_be_so(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "no damage" in window.status._saved.toolTip(), timeout=20_000)
    assert window.status._saved.text() == "Saved"


def test_damage_that_is_found_later_ends_the_writing(launched: Launch, qtbot: QtBot, case: Path) -> None:
    damage(case)
    window = launched(case)
    dialog = dialog_of(qtbot, window, RecoveryDialog)
    project = window.workspace.project
    assert project is not None and project.read_only and window.workspace.document is not None
    assert window.status._saved.text() == "Read only"
    assert any("damaged" in sentence and "reading only" in sentence for sentence in said(window))
    assert not dialog.read_only.isVisible() and dialog.repair.isEnabled(), "it is open for reading only already"
    qtbot.mouseClick(dialog.repair, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: window.workspace.project is not None and ".repaired-" in window.workspace.project.path.name,
        timeout=60_000,
    )
    assert not window.workspace.read_only and len(window.workspace.document_rows()) == 2


def test_a_repair_can_be_cancelled(launched: Launch, qtbot: QtBot, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(case)
    window = launched(case)
    dialog = dialog_of(qtbot, window, RecoveryDialog)
    wait_for_jobs(qtbot, window)
    begun = threading.Event()

    def rebuild(*_: object) -> None:
        begun.set()
        cancelled.wait(20)

    cancelled = threading.Event()
    monkeypatch.setattr(full_text_search, "rebuild", rebuild)
    qtbot.mouseClick(dialog.repair, Qt.MouseButton.LeftButton)
    assert not dialog.repair.isEnabled() and not dialog.backup.isEnabled()
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    cancelled.set()
    qtbot.waitUntil(lambda: "was cancelled" in dialog.message.text(), timeout=20_000)
    assert dialog.repair.isEnabled() and dialog.backup.isEnabled()
    assert not [path.name for path in case.parent.iterdir() if "repaired" in path.name or "draft" in path.name]
    press("Escape", on=dialog)
    assert not dialog.isVisible()


def test_a_project_that_does_not_open_offers_its_backups(launched: Launch, qtbot: QtBot, case: Path) -> None:
    backup = backup_beside(case)
    spoilt = bytearray(case.read_bytes())
    spoilt[:16] = bytes(16)
    case.write_bytes(spoilt)
    window = launched(case)
    dialog = dialog_of(qtbot, window, RecoveryDialog)
    assert window.workspace.project is None and not dialog.read_only.isEnabled()
    qtbot.mouseClick(dialog.backup, Qt.MouseButton.LeftButton)
    restore = dialog_of(qtbot, window, RestoreDialog)
    qtbot.waitUntil(lambda: "cannot be compared" in restore.summary.text(), timeout=60_000)
    wait_for_jobs(qtbot, window)
    qtbot.mouseClick(restore.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.project is not None, timeout=60_000)
    assert len(window.workspace.document_rows()) == 2
    assert case.read_bytes() == bytes(spoilt) and backup.exists()


def test_a_deleted_project_is_found_in_its_backups(launched: Launch, qtbot: QtBot, case: Path) -> None:
    backup_beside(case)
    case.unlink()
    window = launched(case)
    dialog = dialog_of(qtbot, window, RecoveryDialog)
    assert not dialog.repair.isEnabled() and "1 backup found beside" in _words(dialog)
    press("Escape", on=dialog)
    assert window.workspace.project is None
    leave(qtbot, window)


def test_a_damaged_file_can_be_read(launched: Launch, qtbot: QtBot, case: Path) -> None:
    with annotator.open(case) as project:
        project.annotate(1, 0, 5, "claim")
    connection = sqlite3.connect(case)
    connection.execute("CREATE TABLE foreign_words (x)")
    connection.commit()
    connection.close()
    shutil.copy(case, before := case.with_name("before"))
    window = launched(case)
    dialog = dialog_of(qtbot, window, RecoveryDialog)
    assert window.workspace.project is None
    if dialog.read_only.isEnabled():
        qtbot.mouseClick(dialog.read_only, Qt.MouseButton.LeftButton)
        assert window.workspace.read_only and window.workspace.project is not None
    else:
        press("Escape", on=dialog)
    come_back(qtbot, window)
    assert case.read_bytes() == before.read_bytes()


def _words(dialog: QDialog) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in dialog.findChildren(QLabel))
