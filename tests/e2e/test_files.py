"""What goes in and out of the window: projects, imports, exports, and everything that can be wrong with them."""

import errno
import json
import shutil
import sqlite3
import struct
import time
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QToolButton
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, leave, press, put_caret, said

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.background import worker_process
from annotator.app.background.jobs import Progress
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
from annotator.app.projects.export_dialog import ExportDialog
from annotator.app.projects.import_report import ImportReportDialog
from annotator.app.projects.new_project_dialog import NewProjectDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import DiskFull, ExportRefused
from annotator.files.user_folders import data_path


def titles(window: MainWindow) -> list[str]:
    return [row.title for row in window.workspace.document_rows()]


def wait_for_jobs(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three hundred articles and a file that is none."""
    made = tmp_path / "articles"
    made.mkdir()
    for number in range(300):
        (made / f"{number:03}.txt").write_text(f"Article {number}\n\nThe body of number {number}.\n", encoding="utf-8")
    (made / "150-bad.txt").write_bytes(b"\x7fELF" + bytes(range(256)) * 8)
    return made


# --- import -----------------------------------------------------------------------------------------------------------


def test_a_folder_is_imported_beside_the_window_and_taken_back(
    window: MainWindow, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dialogs, "ask_for_folder", lambda *_: folder)
    window.actions_by_id["file.import_folder"].trigger()
    (job,) = window.jobs.running
    counts: list[int] = []
    job.progressed.connect(lambda done, _total, _text: counts.append(done))
    # The window goes on meanwhile.
    put_caret(window, "Prices may")
    press("1")
    assert active(window).label == "claim"
    wait_for_jobs(qtbot, window)
    assert counts == sorted(counts) and counts[-1] == 301
    assert len(titles(window)) == 302
    (report,) = window.findChildren(ImportReportDialog)
    assert report.isVisible() and not report.isModal()
    assert "150-bad.txt" in report.text() and "Imported 300 documents, 1 refused." in report.text()
    report.close()
    come_back(qtbot, window)
    project = window.workspace.project
    assert project is not None
    undone: list[str | None] = []
    # The annotation and the import, in whichever order they were written.
    while "Import" not in undone and len(undone) < 2:
        undone.append(project.undo_title)
        press("Ctrl+Z", on=window.reading.view)
        wait_for_jobs(qtbot, window)
    # An import is one step, and the list follows.
    qtbot.waitUntil(lambda: len(titles(window)) == 2, timeout=60_000)
    press("Ctrl+Y", on=window.reading.view)
    wait_for_jobs(qtbot, window)
    qtbot.waitUntil(lambda: len(titles(window)) == 302, timeout=60_000)


def test_an_import_offers_undo_only_for_itself(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    article = tmp_path / "new.txt"
    article.write_text("Fresh title\n\nFresh body.", encoding="utf-8")
    window.files.import_paths([article])
    wait_for_jobs(qtbot, window)
    (toast,) = window.toasts.shown
    assert toast.text == "Imported 1 document." and toast.button is not None
    QTest.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert "Fresh title" not in titles(window)
    window.files.import_paths([article])
    wait_for_jobs(qtbot, window)
    put_caret(window, "Prices may")
    press("1")
    assert all(toast.button is None for toast in window.toasts.shown), "an Undo would now take the annotation back"


def test_an_import_is_cancelled_by_the_button(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    window.files.import_paths([folder])
    button = window.findChild(QToolButton, "cancelJob")
    assert button is not None
    button.click()
    wait_for_jobs(qtbot, window)
    assert len(titles(window)) < 302
    assert any("cancelled" in sentence for sentence in said(window))


def test_closing_while_an_import_runs_loses_nothing(window: MainWindow, qtbot: QtBot, folder: Path, case: Path) -> None:
    put_caret(window, "Prices may")
    press("1")
    window.files.import_paths([folder])
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert not any(dialog.isVisible() for dialog in window.findChildren(QDialog))
    with annotator.open(case) as project:
        assert [found.label for found in project.annotations()] == ["claim"]
        assert len(project.documents()) <= 302
    assert sorted(path.name for path in case.parent.glob("case.anno*")) == ["case.anno"]


def test_another_project_waits_for_the_job(
    window: MainWindow, qtbot: QtBot, folder: Path, tmp_path: Path, case: Path
) -> None:
    other = tmp_path / "other.anno"
    annotator.create(other, annotator="bob").close()
    window.files.import_paths([folder])
    assert not window.files.open_project(other)
    qtbot.waitUntil(
        lambda: window.workspace.project is not None and window.workspace.project.path == other, timeout=60_000
    )
    assert all(toast.button is None for toast in window.toasts.shown)
    annotator.open(case).close()


# --- export -----------------------------------------------------------------------------------------------------------


def _export_dialog(window: MainWindow) -> ExportDialog:
    press("Ctrl+E")
    dialog = window.findChild(ExportDialog)
    assert dialog is not None and dialog.isVisible()
    return dialog


def test_the_export_dialog_from_end_to_end(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    put_caret(window, "Prices may")
    press("2", "G", "B")
    dialog = _export_dialog(window)
    dialog.format.setCurrentIndex(dialog.format.findData("conll"))
    assert dialog.losses.text().startswith("It cannot hold") and dialog.path.text().endswith((".conll", ".tsv", ".txt"))
    dialog.format.setCurrentIndex(dialog.format.findData("jsonl"))
    out = tmp_path / "out.jsonl"
    dialog.path.setText(str(tmp_path / "nowhere" / "out.jsonl"))
    assert not dialog.ok.isEnabled() and "There is no folder" in dialog.message.text()
    dialog.path.setText(str(out))
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    wait_for_jobs(qtbot, window)
    assert "out.jsonl" in dialog.message.text() and dialog.ok.isEnabled()
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert any(line.get("text") == ARTICLE for line in lines)
    dialog.close()


def test_an_export_by_keys_alone(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """What is lost is told, parts and a card are written, and the export is read back: no hand on the mouse."""
    put_caret(window, "Prices may")
    press("2", "G", "B")
    dialog = _export_dialog(window)
    dialog.path.setText(str(tmp_path / "set"))
    while dialog.chosen_format.id != "hf":
        press("Down", on=dialog.format)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    press("Alt+P", on=dialog)
    assert dialog.tabs.currentIndex() == 3
    press("Alt+S", on=dialog)
    # A button that is pressed by its letter goes down and up again first.
    qtbot.waitUntil(dialog.split.isChecked)
    press("Alt+G", "Alt+R", on=dialog)
    press("Space")
    assert dialog.content.reliabilities.item(0).checkState() == Qt.CheckState.Unchecked
    press("Space")
    press("Alt+A", on=dialog)
    qtbot.waitUntil(lambda: dialog.forecast.text().startswith("Would export 2 documents with 1"), timeout=60_000)
    assert not (tmp_path / "set").exists()
    press("Alt+X", on=dialog)
    qtbot.waitUntil(lambda: dialog.message.text().startswith("Exported 2 documents with 1"), timeout=60_000)
    assert (tmp_path / "set" / "README.md").is_file() and (tmp_path / "set" / "train").is_dir()
    press("Alt+V", on=dialog)
    qtbot.waitUntil(lambda: "read back by Annotator and pyarrow" in dialog.message.text(), timeout=60_000)
    dialog.close()


def test_an_export_that_fails_is_cancelled_or_outlives_its_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = _export_dialog(window)
    dialog.path.setText(str(tmp_path / "out.jsonl"))

    def slow(function: Callable[..., object], progress: Progress, _cancelled: object, *arguments: object) -> object:
        for number in range(100):
            time.sleep(0.005)
            progress(number, 100, "")
        return function(*arguments, progress=progress)

    def full(*_: object) -> object:
        raise ExportRefused("The disk is full: nothing was written.")

    monkeypatch.setattr(worker_process, "in_process", slow)
    dialog.start()
    window.jobs.cancel_all()
    wait_for_jobs(qtbot, window)
    assert dialog.message.text().startswith("The export was cancelled") and dialog.ok.isEnabled()
    assert not (tmp_path / "out.jsonl").exists()

    monkeypatch.setattr(worker_process, "in_process", full)
    dialog.start()
    wait_for_jobs(qtbot, window)
    assert dialog.message.text() == "The disk is full: nothing was written." and dialog.ok.isEnabled()
    monkeypatch.setattr(worker_process, "in_process", slow)
    dialog.start()
    dialog.close()
    qtbot.waitUntil(lambda: not window.findChildren(ExportDialog))
    wait_for_jobs(qtbot, window)
    assert (tmp_path / "out.jsonl").exists()
    assert any("out.jsonl" in sentence for sentence in said(window))


# --- projects ---------------------------------------------------------------------------------------------------------


def test_a_new_project_is_made_by_its_dialog(launched: Launch, qtbot: QtBot, tmp_path: Path) -> None:
    window = launched()

    def answer() -> None:
        dialog = window.findChild(NewProjectDialog)
        assert dialog is not None and not dialog.ok.isEnabled()
        dialog.title_edit.setText("Storm")
        dialog.path_edit.setText(str(tmp_path / "missing" / "storm"))
        assert "There is no folder" in dialog.message.text()
        dialog.path_edit.setText(str(tmp_path / "storm"))
        dialog.annotator_edit.setText("ada")
        QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)

    QTest.mouseClick(window.welcome.new_button, Qt.MouseButton.LeftButton)
    answer()
    project = window.workspace.project
    assert project is not None and (project.path, project.annotator) == (tmp_path / "storm.anno", "ada")
    assert [label.name for label in window.workspace.labels] == ["claim", "speculation", "official statement"]
    assert not window.welcome.isVisible() and window.docks["documents"].isVisible()


def test_the_sample_is_made_beside_the_window(launched: Launch, qtbot: QtBot) -> None:
    window = launched()
    QTest.mouseClick(window.welcome.sample_button, Qt.MouseButton.LeftButton)
    assert window.jobs.running, "the window is not blocked"
    QTest.mouseClick(window.welcome.sample_button, Qt.MouseButton.LeftButton)
    assert len(window.jobs.running) == 1
    qtbot.waitUntil(lambda: window.workspace.document is not None, timeout=60_000)
    assert len(titles(window)) >= 8 and window.workspace.annotations
    assert [path.name for path in data_path().glob("*.anno")] == ["sample.anno"]
    leave(qtbot, window)
    again = launched()
    (recent,) = again.welcome.recent_buttons()
    QTest.mouseClick(recent, Qt.MouseButton.LeftButton)
    assert again.workspace.document is not None


def test_recent_projects_also_those_that_are_gone(launched: Launch, qtbot: QtBot, case: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.anno"
    shutil.copy(case, gone)
    for path in (gone, case):
        leave(qtbot, launched(path))
    gone.unlink()
    window = launched()
    first, second = window.welcome.recent_buttons()
    assert (first.isEnabled(), second.isEnabled()) == (True, False)
    assert "gone, not found" in second.accessibleName()
    forget = window.welcome.findChildren(QToolButton, "forgetProject")[1]
    QTest.mouseClick(forget, Qt.MouseButton.LeftButton)
    assert len(window.welcome.recent_buttons()) == 1
    first = window.welcome.recent_buttons()[0]
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert window.workspace.document is not None
    press("Ctrl+W", on=window.reading.view)
    assert window.workspace.project is None and window.welcome.isVisible()
    assert not any(dock.isVisible() for dock in window.docks.values())


def test_document_properties(window: MainWindow, qtbot: QtBot) -> None:
    press("Ctrl+Return")
    dialog = window.findChild(DocumentPropertiesDialog)
    assert dialog is not None
    dialog.lines["title"].setText("Another title")
    dialog.lines["published_at"].setText("2025-03-01")
    dialog.source.edit.setFocus()
    QTest.keyClicks(dialog.source.edit, "The Courier")
    dialog.accept()
    document = window.workspace.document
    assert document is not None
    assert (document.title, document.source, document.published_at) == ("Another title", "The Courier", "2025-03-01")
    assert "Another title" in window.windowTitle() and "Another title" in titles(window)
    come_back(qtbot, window)
    press("Ctrl+Z", on=window.reading.view)
    assert window.workspace.document is not None and window.workspace.document.title != "Another title"
    assert window.workspace.sources() == []


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE shop (item TEXT)")
    connection.close()


def _damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _newer(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(60)
        file.write(struct.pack(">I", 4711))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "There is no file"),
        (lambda path: path.write_bytes(b""), "not an Annotator project"),
        (lambda path: path.write_text("Dear diary"), "not an Annotator project"),
        (_foreign, "not an Annotator project"),
        (_damage, "damaged"),
        (lambda path: (path.unlink(), path.mkdir()), "is a folder"),
    ],
    ids=["missing", "empty", "text", "foreign", "truncated", "folder"],
)
def test_a_bad_project_leaves_the_welcome_page_with_one_sentence(
    launched: Launch, case: Path, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(case)
    before = case.read_bytes() if case.is_file() else None
    window = launched(case)
    assert window.welcome.isVisible() and window.workspace.project is None
    (sentence,) = said(window)
    assert words in sentence and "Traceback" not in sentence
    assert before == (case.read_bytes() if case.is_file() else None)


def test_a_newer_project_opens_for_reading_with_one_sentence(launched: Launch, case: Path) -> None:
    _newer(case)
    before = case.read_bytes()
    window = launched(case)
    assert window.workspace.read_only and window.workspace.document is not None
    (sentence,) = said(window)
    assert "newer version" in sentence and case.read_bytes() == before


def test_a_second_window_reads_only_and_names_the_holder(window: MainWindow, launched: Launch, case: Path) -> None:
    put_caret(window, "Prices may")
    press("1")
    second = launched(case)
    assert second.workspace.read_only
    (sentence,) = said(second)
    assert "in use by" in sentence and "since" in sentence
    assert second.status._saved.text() == "Read only" and second.status._saved.toolTip() == tool_tip(sentence)
    _refuses_every_write(second, sentence)


def _refuses_every_write(window: MainWindow, notice: str) -> None:
    assert window.workspace.project is not None
    number = window.workspace.project.log_number
    window.reading.view.setFocus()
    window.reading_commands.navigate_next_annotation()
    for keys in (["1"], ["Del"], ["G", "2"], ["E"], ["Q"], ["F"], ["N"], ["A"], ["Ctrl+D"], ["Ctrl+I"], ["Ctrl+Z"]):
        window.toasts.clear()
        press(*keys, on=window.reading.view)
        assert said(window) == [notice], keys
    window.toasts.clear()
    window.view(DOCUMENTS).table.selectAll()
    window.view(DOCUMENTS).operations.trash()
    assert len(said(window)) == 1
    window.files.import_paths([Path("x.txt")])
    assert notice in said(window)
    assert window.workspace.project.log_number == number


def test_a_project_in_a_folder_that_cannot_be_written(
    launched: Launch, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with annotator.open(case) as project:
        project.annotate(1, 0, 5, "claim")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    window = launched(case)
    (sentence,) = said(window)
    assert "cannot be written to (Read-only file system)" in sentence
    assert len(window.workspace.annotations) == 1
    _refuses_every_write(window, sentence)


def test_a_full_disk_while_annotating(window: MainWindow, qtbot: QtBot, case: Path) -> None:
    project = window.workspace.project
    assert project is not None
    put_caret(window, "Prices may")
    press("1")
    writer = project._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    kept = set(window.workspace.annotations)
    words = [found for found in ARTICLE.split() if ARTICLE.count(found) == 1]
    for word in words * 40:
        put_caret(window, word)
        press("W", "2")
        if window.toasts.shown:
            break
        kept = set(window.workspace.annotations)
    (sentence,) = said(window)
    assert "full" in sentence
    assert set(window.workspace.annotations) == kept
    shown = {id for at in range(len(ARTICLE)) for id in window.reading.view.highlights_at(at)}
    assert shown == kept, "nothing is painted that is not in the file"
    press("J", "Ctrl+PgDown", "Ctrl+PgUp")
    assert set(window.workspace.annotations) == kept
    writer.execute("PRAGMA max_page_count = 1073741823")
    window.toasts.clear()
    put_caret(window, "Nobody else")
    press("1")
    assert active(window).quote == "Nobody else agreed." and said(window) == []


def test_a_note_that_found_no_room_is_not_lost(window: MainWindow, qtbot: QtBot) -> None:
    project = window.workspace.project
    assert project is not None
    put_caret(window, "Prices may")
    press("1", "N")
    writer = project._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    note = "as heard on the telephone " * 2000
    window.view(INSPECTOR).texts.note.setPlainText(note)
    press("Esc")
    assert "full" in said(window)[0]
    writer.execute("PRAGMA max_page_count = 1073741823")
    press("N", "Esc")
    assert active(window).note == note.strip()


def test_only_a_bug_opens_the_crash_dialog(case: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import threading

    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from annotator import logs
    from annotator.app import application
    from annotator.app.shell.crash_dialog import CrashDialog

    windows: list[MainWindow] = []
    real, hooks = application.launch, (sys.excepthook, threading.excepthook)

    def launch(project: Path | None) -> MainWindow:
        windows.append(real(project))
        return windows[0]

    def use() -> int:
        (window,) = windows
        sys.excepthook(DiskFull, DiskFull("The disk is full."), None)
        qtbot.waitUntil(lambda: said(window) == ["The disk is full."])
        assert window.findChild(CrashDialog) is None
        window.jobs.run("Work", lambda _progress, _cancelled: 1 // 0)
        qtbot.waitUntil(lambda: window.findChild(CrashDialog) is not None)
        dialog = window.findChild(CrashDialog)
        assert dialog is not None and "ZeroDivisionError" in dialog.report()
        dialog.accept()
        leave(qtbot, window)
        return 0

    monkeypatch.setattr(application, "launch", launch)
    monkeypatch.setattr(QApplication, "exec", use)
    try:
        assert application.run(case) == 0
    finally:
        sys.excepthook, threading.excepthook = hooks
        qInstallMessageHandler(None)
        logs.stop()
