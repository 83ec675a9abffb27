"""The mouse: select, click, choose from a menu, drop files."""

import warnings
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, click_at, drag, press, put_caret, said, selected

import annotator
from annotator import settings
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.labels.docked_views import LABELS
from annotator.app.projects.new_project_dialog import NewProjectDialog
from annotator.app.shell.main_window import MainWindow


def test_dragging_takes_whole_words_and_a_modifier_takes_exactly(window: MainWindow) -> None:
    start = ARTICLE.index("minister") + 3
    end = ARTICLE.index("Monday") + 2
    drag(window, start, end, Qt.KeyboardModifier.NoModifier)
    assert selected(window) == "minister said on Monday"
    for exact in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier):
        drag(window, start, end, exact)
        assert selected(window) == "ister said on Mo"
    drag(window, end, start, Qt.KeyboardModifier.NoModifier)
    assert selected(window) == "minister said on Monday"
    press("1")
    assert active(window).quote == "minister said on Monday"
    window.settings.set(settings.SNAP_TO_WORDS, False)
    drag(window, start, end, Qt.KeyboardModifier.NoModifier)
    assert selected(window) == "ister said on Mo"


def test_a_click_on_a_highlight_makes_it_active_and_goes_through_those_below(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    press("1")
    outer = active(window).id
    put_caret(window, "two people")
    press("W", "2")
    inner = active(window).id
    press("Esc", "Esc")
    assert window.workspace.active_id is None
    place = ARTICLE.index("two people") + 1
    click_at(window, place)
    assert window.workspace.active_id == inner
    click_at(window, place)
    assert window.workspace.active_id == outer
    click_at(window, ARTICLE.index("Nobody") + 1)
    assert selected(window) == ""


def test_clicks_in_the_palette_and_the_table(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    labels = window.view(LABELS).list
    row = labels.visualRect(labels.model().index(1, 0)).center()
    QTest.mouseClick(labels.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, row)
    assert active(window).label == "speculation" and window.reading.view.hasFocus()
    put_caret(window, "Nobody else")
    press("1")
    table = window.view(ANNOTATIONS).table
    place = QPoint(60, table.rowViewportPosition(1) + 5)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert active(window).label == "speculation"
    assert window.reading.view.caret() == active(window).start
    # The keys of the text are heard in the table too.
    press("3", on=table)
    assert active(window).label == "official statement"
    press("Esc", on=table)
    assert window.reading.view.hasFocus()


def test_a_documents_row_opens_and_sorting_keeps_it(window: MainWindow) -> None:
    documents = window.view(DOCUMENTS).table
    other = next(row.id for row in window.workspace.document_rows() if row.title.startswith("Bridge"))
    documents.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    row = documents.records.row_of(other)
    assert row is not None
    place = QPoint(30, documents.rowViewportPosition(row) + 5)
    QTest.mouseClick(documents.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert window.workspace.document is not None and window.workspace.document.id == other
    press("Ctrl+PgDown")
    assert window.workspace.document.text == ARTICLE, "next is next in the shown order"
    press("Ctrl+F7", "Home", "Return")
    assert window.workspace.document.id == other and window.reading.view.hasFocus()


def test_the_context_menu(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    press("1", "Esc", "Esc")
    view = window.reading.view
    point = view.rectangle(ARTICLE.index("Prices") + 1).center() + QPoint(2, 0)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point))
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert active(window).label == "claim", "the annotation under the mouse is what the menu is about"
    names = [action.objectName() for action in menu.actions()]
    assert names[:3] == ["annotate.label.1", "annotate.label.2", "annotate.label.3"]
    assert "annotate.delete" in names
    next(action for action in menu.actions() if action.objectName() == "annotate.label.2").trigger()
    menu.close()
    assert active(window).label == "speculation"


def _entering(data: QMimeData) -> QDragEnterEvent:
    """Something is dragged into a window."""
    none, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    with warnings.catch_warnings():
        # PySide6 6.12 wants a QPointF here, which 6.11 does not take.
        warnings.simplefilter("ignore", DeprecationWarning)
        return QDragEnterEvent(QPoint(400, 400), action, data, Qt.MouseButton.LeftButton, none)


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drop files on the window; whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = _entering(data)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 400), action, data, Qt.MouseButton.LeftButton, none))
    return True


def _articles(folder: Path, count: int = 2) -> list[Path]:
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"Article {number}\n\nThe body of number {number}.", encoding="utf-8")
    return paths


def test_files_a_folder_and_a_project_are_dropped(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    one, two = _articles(tmp_path / "loose")
    assert drop(window, one, two)
    qtbot.waitUntil(lambda: len(window.workspace.document_rows()) == 4)
    for number, path in enumerate(_articles(tmp_path / "folder" / "deep", 3)):
        path.write_text(f"Deep {number}\n\nAnother body {number}.", encoding="utf-8")
    assert drop(window, tmp_path / "folder")
    qtbot.waitUntil(lambda: len(window.workspace.document_rows()) == 7 and not window.jobs.running)
    other = tmp_path / "other.anno"
    annotator.create(other, annotator="ada").close()
    assert drop(window, other)
    qtbot.waitUntil(lambda: window.workspace.project is not None and window.workspace.project.path == other)
    data = QMimeData()
    data.setText("words")
    words = _entering(data)
    QApplication.sendEvent(window, words)
    assert not words.isAccepted()


def test_drops_on_the_welcome_page(launched: Launch, qtbot: QtBot, tmp_path: Path, case: Path) -> None:
    window = launched()
    assert drop(window, *_articles(tmp_path / "loose"))
    qtbot.waitUntil(lambda: bool(window.findChildren(NewProjectDialog)))
    (dialog,) = window.findChildren(NewProjectDialog)
    dialog.title_edit.setText("Storm")
    dialog.path_edit.setText(str(tmp_path / "storm.anno"))
    dialog.annotator_edit.setText("ada")
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.workspace.document_rows()) == 2 and not window.jobs.running)
    assert window.workspace.project is not None and window.workspace.project.path.name == "storm.anno"
    assert window.workspace.document is not None and window.workspace.document.title == "Article 0"
    assert said(window) == ["Imported 2 documents."]
    window.files.file_close()
    assert said(window) == [], "what the toast would undo has gone with the project"
    assert drop(window, case)
    qtbot.waitUntil(lambda: window.workspace.document is not None and window.workspace.document.text == ARTICLE)
    assert not [found for found in window.findChildren(NewProjectDialog) if found.isVisible()]
