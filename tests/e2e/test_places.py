"""Two panes, bookmarks, places visited, what is selected, and quoting, by keys through the real window."""

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, leave, press, put_caret, said, selected

import annotator
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.documents.docked_views import BOOKMARKS, DOCUMENTS
from annotator.app.shell.main_window import MainWindow
from annotator.app.shell.status_bar import COUNTED_AT_ONCE
from annotator.app.widgets.writing_dialog import LineDialog


def select(window: MainWindow, words: str) -> None:
    start = ARTICLE.index(words)
    window.reading.view.select(start, start + len(words))


# --- two panes


def test_two_places_of_one_document_side_by_side(window: MainWindow, qtbot: QtBot) -> None:
    put_caret(window, "Nobody else", 0)
    press("F5")
    first, second = window.panes.panes
    assert window.panes.current is second and second.view.hasFocus() and second.view.isVisible()
    assert second.view.caret() == first.view.caret() == ARTICLE.index("Nobody else")
    put_caret(window, "Prices may", 0)
    press("2")
    made = active(window)
    assert made.quote.startswith("Prices may") and made.label == "speculation"
    # Both show it, and each has an active one of its own.
    assert (
        [found.id for found in first.view.highlights()] == [found.id for found in second.view.highlights()] == [made.id]
    )
    assert first.reading.active is None and first.view.caret() == ARTICLE.index("Nobody else")
    press("Shift+F6")
    assert first.view.hasFocus() and window.panes.current is first
    press("1")
    assert active(window).quote.startswith("Nobody else")
    assert len(second.view.highlights()) == 2 and second.reading.active_id == made.id
    press("Ctrl+Z", "Ctrl+Z")
    assert first.view.highlights() == second.view.highlights() == []
    press("F5")
    assert not window.panes.is_split and window.reading is first and first.view.hasFocus()


def test_two_documents_side_by_side(window: MainWindow) -> None:
    press("F5", "Ctrl+PgDown")
    first, second = window.panes.panes
    assert first.reading.document is not None and second.reading.document is not None
    assert first.reading.document.id != second.reading.document.id
    # Ctrl, which was held, selects no second row in the list.
    assert window.view(DOCUMENTS).selected_ids() == [second.reading.document.id]
    put_caret(window, "It may open", 0)
    press("2")
    rows = window.view(ANNOTATIONS).table.records.shown
    assert [row.quote for row in rows] == ["It may open in May."] and first.view.highlights() == []
    press("Shift+F6")
    assert window.view(ANNOTATIONS).table.records.shown == []
    assert window.view(DOCUMENTS).table.current_id() == first.reading.document.id
    press("Shift+F5")
    assert second.reading.document == first.reading.document
    press("F6", "F5")
    assert not window.panes.is_split and window.workspace.document == first.reading.document


def test_uniting_keeps_what_is_read_here(window: MainWindow) -> None:
    press("F5", "Ctrl+PgDown")
    put_caret(window, "It may open", 0)
    here = window.reading.reading.document
    press("F5")
    assert window.workspace.document == here and window.reading.view.hasFocus()
    assert window.reading.view.caret() == window.reading.view.text.index("It may open")


def test_a_pane_whose_document_goes_into_the_trash_is_empty(window: MainWindow, qtbot: QtBot) -> None:
    press("F5", "Ctrl+PgDown")
    first, second = window.panes.panes
    press("Shift+F6")
    window.actions_by_id["document.trash"].trigger()
    qtbot.waitUntil(lambda: first.reading.document is None or first.reading.document == second.reading.document)
    assert second.reading.document is not None


# --- bookmarks


def test_bookmarks_are_set_walked_listed_renamed_and_removed(window: MainWindow, qtbot: QtBot) -> None:
    bare = window.reading.view.grab().toImage()
    put_caret(window, "Prices may", 0)
    place = window.reading.view.caret()
    press("Ctrl+B")
    assert "Prices may fall" in said(window)[-1]
    assert window.reading.view.grab().toImage() != bare
    put_caret(window, "Nobody else", 0)
    press("Ctrl+B", "Ctrl+PgDown")
    put_caret(window, "It may open", 0)
    press("Ctrl+B", "Ctrl+PgUp", "Ctrl+Home")
    press("Alt+Down")
    assert window.reading.view.caret() == ARTICLE.index("Nobody else")
    press("Alt+Down")
    assert window.reading.view.caret() == place
    press("Alt+Down")
    assert window.reading.view.text[window.reading.view.caret() :].startswith("It may open")
    press("Alt+Down")
    assert window.reading.view.caret() == ARTICLE.index("Nobody else")
    press("Alt+Up", "Alt+Up")
    assert window.reading.view.caret() == place
    press("Ctrl+Shift+B")
    table = window.view(BOOKMARKS).table
    assert table.hasFocus() and len(table.records.shown) == 3
    press("F2")
    (dialog,) = window.findChildren(LineDialog)
    QTest.keyClicks(dialog.field, "Ask them again")
    press("Return", on=dialog.field)
    come_back(qtbot, window)
    assert table.records.shown[0].name == "Ask them again"
    press("Delete")
    assert len(table.records.shown) == 2
    press("Ctrl+Z")
    assert len(table.records.shown) == 3
    press("Return")
    assert window.reading.view.hasFocus()


def test_a_bookmark_here_is_taken_away_and_comes_back_after_a_restart(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    put_caret(window, "Prices may", 0)
    press("Ctrl+B", "Ctrl+B")
    assert window.workspace.bookmarks() == []
    press("Ctrl+Z")
    leave(qtbot, window)
    again = launched(case)
    press("Ctrl+Home", "Alt+Down")
    assert again.reading.view.caret() == ARTICLE.index("Prices may")


def test_without_bookmarks_the_keys_say_so(window: MainWindow) -> None:
    press("Alt+Down")
    assert "no bookmark" in said(window)[-1]


# --- back and forward


def test_back_and_forward_through_documents(window: MainWindow) -> None:
    put_caret(window, "Nobody else", 0)
    first = window.workspace.document
    press("Ctrl+PgDown")
    put_caret(window, "It may open", 0)
    press("Alt+Left")
    assert window.workspace.document == first and window.reading.view.caret() == ARTICLE.index("Nobody else")
    press("Alt+Left")
    assert "no place before" in said(window)[-1]
    press("Alt+Right")
    assert window.reading.view.text[window.reading.view.caret() :].startswith("It may open")


# --- what is selected, and quoting


def test_the_status_bar_counts_what_is_selected(window: MainWindow) -> None:
    put_caret(window, "Nobody else", 0)
    press("1", "Esc", "Esc")
    select(window, "a result. Nobody else agreed.")
    assert window.status.counts.startswith("5 words, 29 characters, 1 annotation selected · ")


def test_a_long_selection_is_counted_after_a_pause(launched: Launch, tmp_path: Path, qtbot: QtBot) -> None:
    with annotator.create(tmp_path / "long.anno", annotator="ada") as project:
        project.add_document("Long", "Long\n" + "word " * COUNTED_AT_ONCE)
    window = launched(tmp_path / "long.anno")
    press("Ctrl+A")
    assert window.status.counts.startswith(f"{5 * COUNTED_AT_ONCE + 5:,} characters selected")
    qtbot.waitUntil(lambda: window.status.counts.startswith(f"{COUNTED_AT_ONCE + 1:,} words, "))


def test_words_are_copied_with_their_source(window: MainWindow) -> None:
    select(window, "the talks would resume")
    assert selected(window) == "the talks would resume"
    press("Ctrl+Shift+C")
    copied = QApplication.clipboard().text()
    assert copied.startswith("“the talks would resume” (“Talks on the pipeline resume”, ")
    press("Esc")
    put_caret(window, "Nobody else", 0)
    press("1", "Ctrl+Shift+C")
    assert QApplication.clipboard().text().startswith("“Nobody else agreed.” [claim] (")
    press("Esc", "Esc", "Ctrl+Shift+C")
    assert "Select words" in said(window)[-1]
