"""Search, the palette of commands, the sheet of keys and the editor of the key map, in the window."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, OTHER, Launch, active, come_back, leave, press, put_caret, selected, type_text

from annotator.app.actions.keymap_editor import KeymapEditor
from annotator.app.actions.shortcut_sheet import KeysSheet
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.search.docked_views import SEARCH
from annotator.app.shell.main_window import MainWindow


def _rows(window: MainWindow) -> list[str]:
    return [row.title for row in window.view(DOCUMENTS).table.records.shown]


def test_the_search_field_filters_and_leads_to_the_hits(window: MainWindow, qtbot: QtBot) -> None:
    press("Ctrl+Shift+F")
    field = QApplication.focusWidget()
    assert field is not None and field.objectName() == "searchField"
    type_text("Spring")
    qtbot.waitUntil(lambda: _rows(window) == ["Talks on the pipeline resume"])
    press("Esc")
    assert window.reading.view.hasFocus() and len(_rows(window)) == 2
    press("Ctrl+Shift+F")
    type_text("bridge")
    press("Return")
    table = window.view(SEARCH).table
    qtbot.waitUntil(lambda: len(table.records.shown) > 0)
    assert window.docks["search"].isVisible() and not table.visibleRegion().isEmpty()
    row = next(row for row in table.records.shown if row.hit.span.start > 20)
    assert (row.hit.match, row.hit.after.startswith(" is closed")) == ("bridge", True)
    table.setFocus()
    table.setCurrentIndex(table.records.index(table.records.shown.index(row), 0))
    press("Return")
    assert window.workspace.document is not None and window.workspace.document.text == OTHER
    assert selected(window) == "bridge" and window.reading.view.hasFocus()
    press("1")
    assert active(window).quote == "bridge"
    # A hit of the document that is open already is gone to just the same.
    window.reading.view.set_caret(0)
    press("F6", on=window.reading.view)
    table.setFocus()
    press("Return")
    assert selected(window) == "bridge" and window.reading.view.hasFocus()


def test_the_palette_runs_actions_labels_and_opens_documents(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    press("Ctrl+K")
    field = QApplication.focusWidget()
    assert field is not None and field.objectName() == "paletteField"
    type_text("label as spec")
    press("Return")
    assert active(window).label == "speculation" and window.reading.view.hasFocus()
    press("Ctrl+K")
    type_text("credibility 2")
    press("Return")
    assert active(window).credibility == 2
    press("Ctrl+K")
    type_text("bridge cl")
    press("Return")
    assert window.workspace.document is not None and window.workspace.document.text == OTHER
    press("Ctrl+K")
    type_text("prev doc")
    press("Return")
    assert window.workspace.document.text == ARTICLE
    press("Ctrl+K", "Esc")
    assert window.reading.view.hasFocus()
    press("Ctrl+K")
    type_text("clear all grades")
    press("Return")
    # What cannot be done now stays, with the reason.
    assert window.reading.view.hasFocus() or QApplication.focusWidget() is not None


def test_the_sheet_of_all_keys(window: MainWindow) -> None:
    press("F1")
    sheet = window.findChild(KeysSheet)
    assert sheet is not None and sheet.isVisible()
    text = sheet.text()
    for spec in ("Label 1", "Start: one word earlier", "Find an action", "Extend by one word on"):
        assert spec in text
    sheet.close()


def _edit_keys(window: MainWindow, qtbot: QtBot, name: str, key: str) -> str:
    """Give an action another key in the editor; what the editor said of the key."""
    told: list[str] = []

    def answer() -> None:
        dialog = window.findChild(KeymapEditor)
        assert dialog is not None
        dialog.choose(name)
        recorder = dialog.findChild(QKeySequenceEdit, "keyRecorder")
        assert recorder is not None
        recorder.setFocus()
        QTest.keyClick(recorder, Qt.Key[f"Key_{key}"])
        # It waits a second for the next key of a chord.
        qtbot.waitUntil(lambda: bool(dialog.message()) and "in this map" not in dialog.message(), timeout=60_000)
        told.append(dialog.message())
        button = dialog.findChild(QPushButton, "replaceKeys")
        assert button is not None
        button.click()
        dialog.accept()

    QTimer.singleShot(0, answer)
    window.actions_by_id["help.edit_keys"].trigger()
    come_back(qtbot, window)
    return told[0]


def test_changed_keys_are_checked_and_hold_after_a_restart(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    message = _edit_keys(window, qtbot, "select.sentence", "0")
    assert message == "0 is free."
    message = _edit_keys(window, qtbot, "select.word", "C")
    assert "already belongs to “Clause”" in message
    _edit_keys(window, qtbot, "grade.reliability.F", "Z")
    put_caret(window, "Prices may")
    press("0")
    assert selected(window).startswith("Prices may fall")
    press("1", "G")
    (hint,) = [label.text() for label in window.findChildren(QLabel) if label.accessibleName() == "Hint"]
    assert "E unreliable" in hint and "F " not in hint, "a chord that is gone is not offered"
    press("Esc")
    put_caret(window, "Prices may")
    press("C")
    assert selected(window) == "Prices"
    leave(qtbot, window)
    again = launched(case)
    put_caret(again, "Prices may")
    press("C")
    assert selected(again) == "Prices"
    press("Esc", "W")
    assert selected(again) == "", "the old key is gone"
    press("0")
    assert selected(again).startswith("Prices may fall")
    press("F1")
    sheet = again.findChild(KeysSheet)
    assert sheet is not None and "0" in sheet.text()
