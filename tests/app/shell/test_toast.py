"""Toasts and the crash dialog: news never blocks, and only a bug opens a dialog."""

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMainWindow, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from annotator.app.shell.crash_dialog import CrashDialog, CrashReporter
from annotator.app.views import toasts as toast_module
from annotator.app.views.toasts import MAX_SHOWN, Toasts

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.setCentralWidget(QLineEdit())
    made.resize(900, 500)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    field_of(made).setFocus()
    return made


def field_of(window: QMainWindow) -> QLineEdit:
    field = window.findChild(QLineEdit)
    assert field is not None
    return field


def test_news_does_not_take_the_focus_and_can_be_undone(window: QMainWindow, qtbot: QtBot) -> None:
    undone: list[int] = []
    toasts = Toasts(window)
    toast = toasts.tell("The annotation is deleted.", "Undo", lambda: undone.append(1))
    assert toast.isVisible() and field_of(window).hasFocus()
    assert window.rect().contains(toast.geometry())
    assert toast.button is not None
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert undone == [1] and toasts.shown == ()


def test_news_goes_by_itself_and_a_warning_stays(
    window: QMainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast_module, "_BASE_TIME", 10)
    monkeypatch.setattr(toast_module, "_TIME_PER_CHARACTER", 0)
    toasts = Toasts(window)
    toasts.tell("Saved.")
    warning = toasts.warn("The file is empty.")
    qtbot.waitUntil(lambda: toasts.shown == (warning,))
    qtbot.wait(30)
    assert toasts.shown == (warning,)
    close = warning.findChild(QToolButton, "toastClose")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert toasts.shown == ()


def test_the_focus_on_a_button_keeps_it(window: QMainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toast_module, "_BASE_TIME", 10)
    monkeypatch.setattr(toast_module, "_TIME_PER_CHARACTER", 0)
    toasts = Toasts(window)
    toast = toasts.tell("Deleted.", "Undo", lambda: None)
    assert toast.button is not None
    toast.button.setFocus()
    qtbot.wait(50)
    assert toasts.shown == (toast,)
    field_of(window).setFocus()
    qtbot.waitUntil(lambda: toasts.shown == ())


def test_there_are_few_at_once_and_the_same_only_once(window: QMainWindow) -> None:
    toasts = Toasts(window)
    for number in range(6):
        toasts.tell(f"News {number}")
    toasts.tell("News 5")
    assert [toast.text for toast in toasts.shown] == ["News 3", "News 4", "News 5"] and len(toasts.shown) == MAX_SHOWN
    lows = [toast.geometry().bottom() for toast in toasts.shown]
    assert lows == sorted(lows) and len(set(lows)) == MAX_SHOWN
    window.resize(600, 400)
    assert all(window.rect().contains(toast.geometry()) for toast in toasts.shown)
    toasts.clear()
    assert toasts.shown == ()


@pytest.mark.parametrize("sheet", ["", "#toast { border: 3px solid gray; }"], ids=["plain", "with a border"])
def test_a_long_sentence_is_shown_whole_and_as_it_is(window: QMainWindow, sheet: str) -> None:
    window.setStyleSheet(sheet)
    text = "The file <b>report.pdf</b> cannot be imported: " + "a reason that is long, " * 8
    toast = Toasts(window).warn(text)
    [label] = [label for label in toast.findChildren(QLabel) if label.text()]
    assert label.text() == text and label.textFormat() == Qt.TextFormat.PlainText
    assert label.height() >= label.heightForWidth(label.width())


def test_a_bug_of_any_thread_opens_one_dialog(window: QMainWindow, qtbot: QtBot) -> None:
    reporter = CrashReporter(window, window)
    with qtbot.waitSignal(reporter.bug_met):
        thread = threading.Thread(target=reporter.report_bug, args=("Traceback one",))
        thread.start()
        thread.join()
    dialog = reporter.dialog
    assert dialog is not None and dialog.isVisible() and dialog.parent() is window
    for report in ("Traceback two", "Traceback one"):
        with qtbot.waitSignal(reporter.bug_met):
            reporter.report_bug(report)
    assert reporter.dialog is dialog
    assert dialog.report().count("Traceback one") == 1 and "Traceback two" in dialog.report()
    copy = dialog.findChild(QPushButton, "copyReport")
    assert copy is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == dialog.report()
    dialog.accept()
    assert reporter.dialog is None


def test_a_known_error_opens_no_dialog(window: QMainWindow, qtbot: QtBot) -> None:
    reporter = CrashReporter(window, window)
    with qtbot.waitSignal(reporter.known) as told:
        reporter.report_known("The disk is full.")
    assert told.args == ["The disk is full."] and reporter.dialog is None


def test_quitting_closes_the_window(window: QMainWindow, qtbot: QtBot) -> None:
    dialog = CrashDialog("Traceback", parent=window)
    dialog.open()
    buttons: dict[str, Any] = {button.text(): button for button in dialog.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Quit"], Qt.MouseButton.LeftButton)
    assert not dialog.isVisible() and not window.isVisible()


def test_the_crash_of_the_last_run_offers_no_quit(qtbot: QtBot) -> None:
    dialog = CrashDialog("Fatal Python error: Aborted", from_last_run=True)
    qtbot.addWidget(dialog)
    assert "Quit" not in {button.text() for button in dialog.findChildren(QPushButton)}
    assert any("last time" in label.text() for label in dialog.findChildren(QLabel))
