"""Keys alone suffice: select, label, correct, grade and walk without the mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, OTHER, Launch, active, leave, press, put_caret, said, selected, type_text

from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.shell.main_window import MainWindow

SENTENCE = "The minister said on Monday that the talks would resume, and she expected a result."
PARAGRAPH = f"{SENTENCE} Nobody else agreed."


def quotes(window: MainWindow) -> list[str]:
    return [found.quote for found in window.workspace.ordered_annotations()]


def test_moving_by_character_word_sentence_and_paragraph(window: MainWindow) -> None:
    view = window.reading.view
    press("Ctrl+Home")
    assert view.caret() == 0
    press("Right", "Right", "Left")
    assert view.caret() == 1
    press("Ctrl+Right", "Ctrl+Right")
    assert ARTICLE[: view.caret()].split() == ["Talks", "on"] or ARTICLE[view.caret() :].startswith("the pipeline")
    press("L")
    assert ARTICLE[view.caret() :].startswith("The minister")
    press("L")
    assert ARTICLE[view.caret() :].startswith("Nobody else")
    press("B")
    assert ARTICLE[view.caret() :].startswith("“We are close")
    press("V", "V")
    assert view.caret() == 0 or ARTICLE[view.caret() :].startswith("The minister")
    press("Ctrl+End", "H")
    assert ARTICLE[view.caret() :].startswith("A last sentence")


def test_extending_by_word_sentence_and_paragraph(window: MainWindow) -> None:
    put_caret(window, "The minister", 0)
    press("Shift+W")
    assert selected(window) == "The"
    press("Shift+W", "Shift+W")
    assert selected(window) == "The minister said"
    press("Shift+Q")
    assert selected(window).strip() == "The minister"
    press("Shift+L")
    assert selected(window) == SENTENCE
    press("Shift+L")
    assert selected(window) == PARAGRAPH
    press("Shift+H")
    assert selected(window).strip() == SENTENCE
    press("Shift+B")
    assert selected(window) == PARAGRAPH
    press("Shift+B")
    assert selected(window).endswith("at the company.")
    press("Shift+V")
    assert selected(window).strip() == PARAGRAPH
    press("Shift+Right")
    assert len(selected(window).strip()) >= len(PARAGRAPH)


def test_units_at_the_caret_and_growing_and_shrinking(window: MainWindow) -> None:
    put_caret(window, "expected")
    press("W")
    assert selected(window) == "expected"
    press("C")
    clause = selected(window)
    assert "expected" in clause.split() and len("expected") < len(clause) < len(SENTENCE)
    press("S")
    assert selected(window) == SENTENCE
    press("P")
    assert selected(window) == PARAGRAPH
    press("Esc")
    assert selected(window) == ""
    put_caret(window, "expected")
    sizes = [""]
    while True:
        press("X")
        if selected(window) == sizes[-1]:
            break
        assert sizes[-1] in selected(window) and len(selected(window)) > len(sizes[-1])
        sizes.append(selected(window))
    assert {"expected", SENTENCE, PARAGRAPH} <= set(sizes)
    for smaller in reversed(sizes[1:-1]):
        press("Shift+X")
        assert selected(window) == smaller


def test_digits_label_and_correct(window: MainWindow) -> None:
    put_caret(window, "expected")
    press("1")
    assert (active(window).quote, active(window).label) == (SENTENCE, "claim")
    press("G", "2", "2")
    assert (active(window).label, active(window).credibility) == ("speculation", 2)
    press("3")
    assert active(window).label == "official statement"
    assert len(window.workspace.annotations) == 1, "the same span was labelled anew"
    press("7")
    assert len(window.workspace.annotations) == 1
    # The same span, selected once more, is the same annotation; a part of it is another one, inside it.
    press("S", "1")
    assert len(window.workspace.annotations) == 1 and active(window).label == "claim"
    put_caret(window, "expected")
    press("C", "2")
    assert [found.label for found in window.workspace.ordered_annotations()] == ["claim", "speculation"]
    inner, outer = active(window), window.workspace.ordered_annotations()[0]
    assert outer.start <= inner.start and inner.end <= outer.end
    # And one that overlaps both.
    put_caret(window, "expected", 0)
    press("Shift+W", "Shift+L", "Shift+L", "3")
    assert active(window).quote == "expected a result. Nobody else agreed."
    assert len(window.reading.view.highlights_at(ARTICLE.index("expected"))) == 3


def test_a_place_without_words_is_not_labelled(window: MainWindow) -> None:
    window.reading.view.select(ARTICLE.index("\n\n"), ARTICLE.index("\n\n") + 2)
    press("1")
    assert window.workspace.annotations == {}
    assert said(window) == ["There are no words here to label."]


def test_walking_and_deleting(window: MainWindow) -> None:
    for words in ("Nobody else", "Prices may", "A last"):
        put_caret(window, words)
        press("1")
    press("Esc", "Ctrl+Home", "J")
    assert active(window).quote == "Nobody else agreed."
    press("J", "J")
    assert active(window).quote.startswith("A last")
    press("J")
    assert active(window).quote.startswith("A last") and said(window) == ["There is no next annotation."]
    press("K")
    assert active(window).quote.startswith("Prices may")
    assert window.reading.view.caret() == active(window).start
    press("Del")
    assert len(window.workspace.annotations) == 2 and active(window).quote.startswith("A last")
    press("Ctrl+Z")
    assert len(quotes(window)) == 3 and quotes(window)[1].startswith("Prices may")
    press("Ctrl+Y")
    assert len(quotes(window)) == 2


def test_edges_move_and_nothing_is_lost(window: MainWindow) -> None:
    put_caret(window, "talks would", 0)
    press("Shift+W", "Shift+W", "1")
    press("A")
    type_text("Ministry")
    press("Return", "G", "B", "G", "3", "G", "H", "N")
    type_text("as heard")
    press("Ctrl+Return")
    assert window.reading.view.hasFocus()
    put_caret(window, "on Monday", 0)
    press("Shift+W", "Shift+W", "F")
    before = active(window)
    assert before.shown_quote == "on Monday … talks would"
    whole = "on Monday that the talks would"
    assert before.quote == whole and len(before.fragments) == 2

    def edge(*keys: str) -> str:
        press(*keys)
        found = active(window)
        kept = (found.id, found.source, found.score, found.confidence, found.note, len(found.fragments), found.label)
        assert kept == (before.id, "Ministry", "B3", "high", "as heard", 2, "claim")
        assert ARTICLE[found.start : found.end] == found.quote
        return found.quote

    assert edge("E") == f"said {whole}"
    assert edge("R") == whole
    assert edge("Shift+R") == whole[1:]
    assert edge("Shift+E") == whole
    assert edge("I") == f"{whole} resume"
    assert edge("U") == whole
    assert edge("Shift+U") == whole[:-1]
    assert edge("Shift+I") == whole
    for _ in range(8):
        press("Ctrl+Z")
    assert active(window).fragments == before.fragments


def test_an_edge_stops_before_nothing_is_left(window: MainWindow) -> None:
    put_caret(window, "agreed. A")
    press("W", "1")
    for _ in range(8):
        press("Shift+U")
    assert active(window).quote == "a"
    press("U")
    assert active(window).quote == "a" and said(window) == ["The annotation cannot become shorter."]


def test_grades_by_chords(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    press("2", "A")
    type_text("Ann Roe")
    press("Return")
    for keys, score in (("A", "A-"), ("F", "F-"), ("2", "F2"), ("6", "F6"), ("E", "E6")):
        press("G", keys)
        assert active(window).score == score
    for key, confidence in (("L", "low"), ("M", "moderate"), ("H", "high")):
        press("G", key)
        assert active(window).confidence == confidence
    press("G")
    assert "Clear" in window.status._hint.text() or "clear" in window.status._hint.text()
    press("P")
    field = QApplication.focusWidget()
    assert field is not None and field.objectName() == "probability"
    type_text("70")
    press("Return", "Esc")
    assert active(window).probability == 70 and window.reading.view.hasFocus()
    press("G", "0")
    found = active(window)
    assert (found.score, found.probability, found.confidence) == ("E-", None, None), "the letter is the source's"
    press("Ctrl+Z")
    assert (active(window).score, active(window).probability) == ("E6", 70)


def test_cue_mention_and_an_inherited_letter(window: MainWindow) -> None:
    put_caret(window, "We are close")
    press("C", "3")
    place = ARTICLE.index("told")
    window.reading.view.set_caret(place)
    press("Shift+W", "Q")
    window.reading.view.set_caret(ARTICLE.index("a spokesman"))
    press("Shift+W", "Shift+W", "M")
    found = active(window)
    assert [span.of(ARTICLE) for span in (*found.cue, *found.mention)] == ["told", "a spokesman"]
    press("Q")
    assert said(window) == ["Select the words first."]
    # Who said it: completion finds what the registry has, whatever part of the name is typed.
    press("A")
    type_text("Gazprom spokesman")
    press("Return")
    put_caret(window, "Prices may")
    press("2", "A")
    type_text("spokes")
    popup = window.view(INSPECTOR).source.field.popup
    assert popup.isVisible() and "Gazprom spokesman" in str(popup.model().index(0, 0).data())
    press("Return", on=popup)
    assert active(window).source == "Gazprom spokesman"
    assert len(window.workspace.sources()) == 1
    assert window.reading.view.hasFocus()


def test_documents_follow_one_another(window: MainWindow, qtbot: QtBot, launched: Launch, case: Path) -> None:
    press("Ctrl+PgDown")
    assert window.workspace.document is not None and window.workspace.document.text == OTHER
    assert window.reading.view.hasFocus()
    press("1", "Ctrl+PgDown")
    assert window.workspace.document.text == OTHER
    leave(qtbot, window)
    again = launched(case)
    assert again.workspace.document is not None and again.workspace.document.text == OTHER, "the last one opens"
    press("Ctrl+PgUp")
    assert again.workspace.document.text == ARTICLE


def test_statuses_and_the_trash(window: MainWindow) -> None:
    document = window.workspace.document
    assert document is not None and document.status == "new"
    for status in ("in progress", "done", "new", "in progress"):
        press("Ctrl+D")
        assert window.workspace.document is not None and window.workspace.document.status == status
    press("Ctrl+Shift+D")
    assert window.workspace.document is not None and window.workspace.document.text == OTHER
    assert [row.title for row in window.workspace.document_rows()] == ["Bridge closed after the storm"]
    (toast,) = window.toasts.shown
    assert toast.button is not None
    QTest.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert len(window.workspace.document_rows()) == 2
    # By keys out of the list, and back out of the trash.
    press("Ctrl+F7", "Home", "Del")
    assert len(window.workspace.document_rows()) == 1
    documents = window.view(DOCUMENTS)
    documents.show_trash(True)
    documents.table.selectAll()
    documents.operations.restore_action.trigger()
    assert len(window.workspace.document_rows()) == 2


def test_undo_goes_back_across_a_restart(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path, tmp_path: Path
) -> None:
    put_caret(window, "Prices may")
    press("2", "G", "3")
    first = active(window)
    put_caret(window, "Nobody else")
    press("1")
    window.workspace.set_active(first.id)
    window.reading_commands.begin_relation("contradicts")
    press("K")
    assert [found.kind for found in window.workspace.relations(first.id)] == ["contradicts"]
    press("J", "Del")
    assert len(window.workspace.annotations) == 1
    leave(qtbot, window)

    again = launched(case)
    assert again.actions_by_id["edit.undo"].text() == "Undo remove the annotation"
    press("Ctrl+Z")
    assert again.workspace.annotations[first.id].score == "-3"
    assert [found.kind for found in again.workspace.relations(first.id)] == ["contradicts"]
    for _ in range(4):
        press("Ctrl+Z")
    assert again.workspace.annotations == {}
    for _ in range(5):
        press("Ctrl+Shift+Z")
    assert len(again.workspace.annotations) == 1
    press("Ctrl+Shift+Z")
    assert said(again)[-1] == "There is nothing to redo."


def test_copy_is_the_canonical_text(window: MainWindow) -> None:
    put_caret(window, "A last", -1)
    press("H", "S", "Ctrl+C")
    assert QGuiApplication.clipboard().text() == "The 👨‍👩‍👧 family of قال الوزير agreed."
    press("1")
    assert active(window).quote == "The 👨‍👩‍👧 family of قال الوزير agreed."
    press("Shift+R", "Shift+R", "Shift+R")
    assert active(window).quote == "👨‍👩‍👧 family of قال الوزير agreed."
    press("Shift+R")
    assert active(window).quote == "family of قال الوزير agreed.", "a family of emoji is one character to a reader"


def test_f6_goes_round_and_escape_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    view = window.reading.view
    put_caret(window, "Prices may")
    press("1")
    seen = []
    for _ in window.visible_panes():
        press("F6")
        focused = window.focusWidget()
        assert focused is not None
        seen.append(
            next(n for n, pane in enumerate(window.visible_panes()) if pane is focused or pane.isAncestorOf(focused))
        )
    assert seen == [*range(1, len(seen)), 0] and view.hasFocus()
    press("Shift+F6")
    assert not view.hasFocus()
    press("F6")
    assert view.hasFocus()


@pytest.mark.parametrize(
    "pane", ["documents", "labels", "inspector", "annotations", "search", "sources", "guideline", "history"]
)
def test_escape_leads_back_to_the_text_from_every_field(window: MainWindow, pane: str) -> None:
    put_caret(window, "Prices may")
    press("1")
    window.show_pane(pane)
    QApplication.processEvents()
    tried = 0
    for widget in [window.views[pane], *window.views[pane].findChildren(type(window.views[pane]).__mro__[-3])]:
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus()
            if window.focusWidget() is None or not window.views[pane].isAncestorOf(window.focusWidget()):
                continue
            tried += 1
            press("Esc")
            assert window.reading.view.hasFocus(), f"{pane}: {widget.objectName()} {type(widget).__name__}"
    assert tried


def test_a_key_that_can_do_nothing_says_why(window: MainWindow) -> None:
    press("Esc", "G")
    assert said(window) == ["Choose an annotation first."]
    press("E")
    assert said(window) == ["Choose an annotation first."]
