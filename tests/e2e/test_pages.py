"""The pages of the window, through the real entry point: by keys, by mouse, and in narrow windows."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter, QToolButton
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, leave, press

import annotator
from annotator.app.claims.docked_views import CLAIMS
from annotator.app.reader.peek import Peek
from annotator.app.shell.main_window import MainWindow
from annotator.app.shell.navigation_rail import NavigationRail
from annotator.app.sources.docked_views import SOURCES
from annotator.app.views.view_spec import READ

PAGES = {
    "Ctrl+1": READ,
    "Ctrl+4": "claims",
    "Ctrl+5": "sources",
    "Ctrl+6": "hypotheses",
    "Ctrl+7": "dashboard",
}


@pytest.fixture
def claimed(launched: Launch, case: Path, qtbot: QtBot) -> MainWindow:
    """The window on a project with a claim that two annotations state, in two documents."""
    with annotator.open(case, annotator="ada") as project:
        first, second = [project.document(row.id) for row in project.documents()]
        one = project.annotate(first, first.text.index("the talks would"), first.text.index(", and she"), "claim")
        two = project.annotate(second, second.text.index("It may open"), second.text.index(" in May"), "claim")
        project.add_claim("The talks resume.", [one, two])
    return launched(case)


def is_shown(window: MainWindow, id: str) -> bool:
    page = window.panes if id == READ else window.views[id]
    return page.isVisible() and window.action(f"view.{id}").isChecked()


def peek_of(window: MainWindow) -> Peek:
    (found,) = [peek for peek in window.findChildren(Peek) if peek.isVisible()]
    return found


def test_each_page_is_shown_by_its_key_from_the_text_and_from_a_field(window: MainWindow) -> None:
    for on_way, first in PAGES.items():
        press("Ctrl+1", on_way)
        assert is_shown(window, first)
        for key, id in PAGES.items():
            press(key)
            assert [shown for shown in PAGES.values() if is_shown(window, shown)] == [id], (on_way, key)
    press("Ctrl+1")
    assert window.reading.view.hasFocus()
    window.reading.view.select(0, 5)
    press("1")
    assert [found.quote for found in window.workspace.annotations.values()] == ["Talks"]


def test_the_docks_of_the_text_come_back_as_they_were(window: MainWindow) -> None:
    press("F9", "F2")
    before = {id: dock.isVisible() for id, dock in window.docks.items()}
    assert before["guideline"] and not before["annotations"]
    for key in ("Ctrl+4", "Ctrl+5", "Ctrl+7"):
        press(key)
        assert not any(dock.isVisible() for dock in window.docks.values())
    press("Ctrl+1")
    assert {id: dock.isVisible() for id, dock in window.docks.items()} == before


def test_the_page_before_and_the_way_back_to_the_text(window: MainWindow) -> None:
    press("Ctrl+4", "Ctrl+7", "Ctrl+Tab")
    assert is_shown(window, "claims")
    press("Ctrl+Tab")
    assert is_shown(window, "dashboard")
    press("Esc")
    assert is_shown(window, READ) and window.reading.view.hasFocus()
    # The action of a page that is shown leaves it.
    press("F12")
    assert is_shown(window, "claims")
    press("F12")
    assert is_shown(window, READ)


def test_a_chosen_row_is_seen_in_its_text_opened_and_come_back_from(claimed: MainWindow) -> None:
    press("Ctrl+4")
    view = claimed.view(CLAIMS)
    view.go_to_list()
    press("Down", on=view.table)
    rows = view.detail.statements
    rows.setFocus()
    press("Down", on=rows)
    press("Down", on=rows)
    peek = peek_of(claimed)
    assert peek.title.text() == "Bridge closed after the storm"
    assert peek.view.text[slice(*(peek.view.active_span() or (0, 0)))] == "It may open"
    assert not claimed.reading.view.isVisible()
    press("Return", on=rows)
    assert is_shown(claimed, READ) and claimed.reading.view.hasFocus()
    document = claimed.workspace.document
    assert document is not None and document.title == "Bridge closed after the storm"
    span = claimed.reading.view.selected_span()
    assert span is not None and span.of(document.text) == "It may open"
    press("Alt+Left")
    assert is_shown(claimed, "claims") and rows.current_id() is not None
    # The second time it goes through the places of the text, as always.
    press("Ctrl+1", "Alt+Left")
    assert is_shown(claimed, READ)


def test_the_same_by_mouse(claimed: MainWindow, qtbot: QtBot) -> None:
    (rail,) = claimed.findChildren(NavigationRail)
    button = rail.widgetForAction(claimed.action("view.claims"))
    assert isinstance(button, QToolButton) and button.accessibleName() == "Claims"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    view = claimed.view(CLAIMS)
    rows = view.detail.statements
    for table in (view.table, rows):
        place = table.visualRect(table.model().index(0, 1)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    peek = peek_of(claimed)
    assert peek.title.text() == "Talks on the pipeline resume"
    qtbot.mouseClick(peek.open_button, Qt.MouseButton.LeftButton)
    assert is_shown(claimed, READ)
    span = claimed.reading.view.selected_span()
    assert span is not None and span.of(claimed.reading.view.text) == "the talks would resume"


def test_closing_the_project_leaves_the_page(window: MainWindow, case: Path) -> None:
    press("Ctrl+5")
    press("Ctrl+W")
    assert window.welcome.isVisible() and not window.view(SOURCES).isVisible()
    press("Ctrl+4")
    assert window.welcome.isVisible(), "without a project there is no page"
    assert window.files.open_project(case)
    assert is_shown(window, READ) and window.docks["documents"].isVisible()


def test_the_first_window_lies_within_the_screen(window: MainWindow) -> None:
    assert window.screen().availableGeometry().contains(window.geometry())
    assert window.minimumSizeHint().width() <= 1024 and window.minimumSizeHint().height() <= 700


def text_letters(window: MainWindow) -> float:
    """The width of the text in average characters of the interface."""
    return window.reading.width() / window.fontMetrics().averageCharWidth()


def test_in_a_narrow_window_the_text_keeps_its_width(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    shown = {id for id, dock in window.docks.items() if dock.isVisible()}
    assert {"documents", "inspector"} <= shown
    window.resize(1500, 700)
    QTest.qWait(20)
    wide = window.docks["documents"].width()
    letter, beside = window.fontMetrics().averageCharWidth(), window.findChildren(NavigationRail)[0].width() + 20
    sides = {"documents", "labels", "inspector"}
    for letters, hidden in ((200, set()), (130, set()), (100, {"documents"}), (60, sides)):
        width = beside + letters * letter
        window.resize(width, 700)
        QTest.qWait(20)
        assert {id for id in shown if not window.docks[id].isVisible()} == hidden, width
        assert text_letters(window) >= 45
    # What is asked for is shown, and stays until the window is resized.
    press("F8")
    assert window.docks["inspector"].isVisible()
    window.resize(1500, 700)
    assert {id for id, dock in window.docks.items() if dock.isVisible()} == shown
    qtbot.waitUntil(lambda: abs(window.docks["documents"].width() - wide) <= 2)
    window.resize(beside + 60 * letter, 700)
    leave(qtbot, window)
    again = launched(case)
    again.resize(1500, 700)
    assert {id for id, dock in again.docks.items() if dock.isVisible()} == shown


def test_the_layout_is_reset(window: MainWindow) -> None:
    shown = {id for id, dock in window.docks.items() if dock.isVisible()}
    window.docks["documents"].setFloating(True)
    press("F8", "F9", "F2", "Ctrl+5")
    window.action("view.reset_layout").trigger()
    assert is_shown(window, READ)
    assert {id for id, dock in window.docks.items() if dock.isVisible()} == shown
    assert not window.docks["documents"].isFloating()


def test_the_share_of_a_peek_is_remembered_and_reset(
    claimed: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    def share(window: MainWindow) -> float:
        press("Ctrl+4")
        rows = window.view(CLAIMS).detail.statements
        window.view(CLAIMS).go_to_list()
        press("Down", on=window.view(CLAIMS).table)
        rows.setFocus()
        press("Down", on=rows)
        peek = peek_of(window)
        splitter = peek.parentWidget()
        assert isinstance(splitter, QSplitter)
        return peek.width() / splitter.width()

    first = share(claimed)
    splitter = peek_of(claimed).parentWidget()
    assert isinstance(splitter, QSplitter)
    splitter.setSizes([splitter.width() // 2, splitter.width() // 2])
    leave(qtbot, claimed)
    again = launched(case)
    assert abs(share(again) - 0.5) < 0.03
    again.action("view.reset_layout").trigger()
    assert abs(share(again) - first) < 0.03
