"""What other people's scripts and tests lean on: names, actions, accessible names, and what is imported when."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, active, press, put_caret

from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.features import ACTIONS
from annotator.app.shell.main_window import MainWindow

NAMES = "documentList documentView annotationTable labelPalette inspector searchField sourceTable".split()
IDS = (
    "file.new file.open file.import file.export edit.undo edit.redo annotate.delete navigate.next_document "
    "navigate.previous_document navigate.next_annotation navigate.previous_annotation view.theme help.palette"
).split() + [f"annotate.label.{digit}" for digit in range(1, 10)]


@pytest.mark.parametrize("has_project", [True, False])
def test_names_and_actions_are_there_after_launch(launched: Launch, case: Path, has_project: bool) -> None:
    window = launched(case if has_project else None)
    assert window.objectName() == "mainWindow"
    for name in NAMES:
        assert len(window.findChildren(QWidget, name)) == 1, name
    for id in IDS:
        assert isinstance(window.findChild(QAction, id), QAction), id
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)


def test_the_text_speaks_code_points_and_the_first_keys_are_the_three_labels(window: MainWindow) -> None:
    view = window.reading.view
    start = view.text.index("family")
    view.select(start, start + 6)
    assert view.selected_span() == (start, start + 6)
    for key, label in (("1", "claim"), ("2", "speculation"), ("3", "official statement")):
        press(key)
        assert (active(window).label, active(window).quote) == (label, "family")


_INTERACTIVE = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit,
)  # fmt: skip


def _unnamed(top: QWidget) -> Iterator[str]:
    """Interactive widgets that a screen reader could not name."""
    labelled = {label.buddy() for label in top.findChildren(QLabel) if label.buddy() is not None}
    for widget in top.findChildren(QWidget):
        if not isinstance(widget, _INTERACTIVE) or widget.objectName().startswith("qt_"):
            continue
        parent = widget.parentWidget()
        # Parts of a widget that speak for it, or for which it speaks.
        if isinstance(widget, QLineEdit | QAbstractItemView) and isinstance(
            parent, QAbstractSpinBox | QComboBox | QKeySequenceEdit
        ):
            continue
        if isinstance(widget, QHeaderView) or (parent is not None and isinstance(parent.parentWidget(), QComboBox)):
            continue
        if isinstance(widget, QAbstractButton) and (widget.text() or isinstance(parent, QLineEdit | QAbstractItemView)):
            continue
        if type(widget).__name__ in ("QTableCornerButton", "QComboBoxListView", "QDockWidgetTitleButton"):
            continue
        if not widget.accessibleName() and widget not in labelled:
            yield f"{type(widget).__name__} {widget.objectName()!r} in {type(parent).__name__} of {top.objectName()}"


def test_everything_in_the_window_has_a_name_for_a_screen_reader(window: MainWindow, launched: Launch) -> None:
    put_caret(window, "Prices may")
    press("1")
    for spec in VIEWS:
        window.show_pane(spec.id)
    assert "\n".join(_unnamed(window)) == ""


def test_everything_on_the_welcome_page_has_a_name(launched: Launch) -> None:
    assert "\n".join(_unnamed(launched())) == ""


@pytest.mark.parametrize(
    "action",
    [
        "file.new",
        "file.export",
        "document.properties",
        "edit.preferences",
        "help.keys",
        "help.edit_keys",
        "help.formats",
        "help.about",
    ],
)
def test_everything_in_a_dialog_has_a_name(window: MainWindow, qtbot: QtBot, action: str) -> None:
    found: list[str] = []
    seen: list[QDialog] = []

    def look() -> None:
        dialogs = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
        for dialog in dialogs:
            seen.append(dialog)
            found.extend(_unnamed(dialog))
            dialog.close()

    QTimer.singleShot(50, look)
    window.actions_by_id[action].trigger()
    qtbot.waitUntil(lambda: bool(seen))
    assert "\n".join(found) == ""


def test_the_palette_and_toasts_have_names(window: MainWindow) -> None:
    press("Ctrl+K")
    window.toasts.tell("News.", "Undo", lambda: None)
    assert "\n".join(_unnamed(window)) == ""
    press("Esc", on=QApplication.focusWidget())


HEAVY = (
    *("sqlmodel", "pydantic", "spacy", "numpy", "typer", "pyqtgraph", "pycrfsuite"),
    *("annotator.formats.registry", "annotator.nlp.rules.rule_suggester"),
    *("annotator.store.check", "PySide6.QtUiTools"),
)
_CHILD = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from annotator.app import application

def look(window):
    print([name for name in {HEAVY!r} if name in sys.modules], window.reading.view.isVisible(), flush=True)
    QTimer.singleShot(0, window.close)

application._warm_up = look
window = application.launch(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
application.QApplication.exec()
"""


@pytest.mark.parametrize("has_project", [True, False])
def test_nothing_heavy_is_imported_before_the_first_paint(case: Path, has_project: bool) -> None:
    given = [str(case)] if has_project else []
    command = [sys.executable, "-c", _CHILD, *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.strip() == f"[] {has_project}", done.stderr
