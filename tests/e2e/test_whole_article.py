"""A whole article of the sample annotated by keys alone, and how many keys that takes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, active, come_back, press, type_text

from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.annotations.reason_dialog import GradeReasonDialog
from annotator.app.shell.main_window import MainWindow
from annotator.domain.errors import InvalidValue
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span, trimmed
from annotator.nlp import boundaries
from annotator.services import sample_project
from annotator.services.annotations import annotating
from annotator.services.annotations.reshaping import Edge, edge_stepped

KEYS = {
    "C": "select.clause",
    "Z": "select.previous_clause",
    "W": "select.word",
    "X": "select.grow",
    "Shift+W": "extend.next_word",
    "Shift+Q": "extend.previous_word",
}
EDGES = {"E": (True, False), "R": (True, True), "U": (False, False), "I": (False, True)}
"""Keys that move an edge by a word: whether it is the start, and whether it goes forward."""


def _selections() -> Iterator[list[str]]:
    """What a trained hand tries to select with, the shortest first."""
    found: list[list[str]] = [[]]
    for times in range(1, 5):
        found += [["C"] * times, ["Z"] * times]
    found += [[*keys, *[more] * times] for keys in found[1:5] for more in ("Shift+W", "Shift+Q") for times in (1, 2, 3)]
    found += [["W", *["Shift+W"] * times] for times in range(7)]
    found += [["C", "X"], ["Z", "X"]]
    return iter(sorted(found, key=len))


def _edge_keys(text: str, span: Span, wanted: Span) -> list[str] | None:
    """The keys that move the edges of a labelled span to those of ``wanted``, word by word; None where none do."""
    keys: list[str] = []
    fragments = (span,)
    while fragments[0] != wanted and len(keys) < 12:
        start, end = fragments[0]
        if start != wanted.start:
            key = "E" if wanted.start < start else "R"
        else:
            key = "U" if wanted.end < end else "I"
        at_start, forward = EDGES[key]
        try:
            ((*moved,),) = (edge_stepped(text, fragments, Edge(0, at_start), "word", forward),)
        except InvalidValue:
            return None
        fragments = (moved[0],)
        keys.append(key)
    return keys if fragments[0] == wanted else None


def plan(window: MainWindow, wanted: Span, digit: int) -> list[str]:
    """The fewest keys that label ``wanted``, with the caret at the beginning of its sentence; the caret stays."""
    view, text = window.reading.view, window.reading.view.text
    caret = view.caret()
    best: list[str] | None = None
    for keys in _selections():
        if best is not None and len(keys) + 1 >= len(best):
            break
        view.set_caret(caret)
        for key in keys:
            window.actions_by_id[KEYS[key]].trigger()
        span = trimmed(text, view.selected_span() or boundaries.sentence_at(text, caret))
        moves = _edge_keys(text, span, wanted) if span else None
        if moves is not None and (best is None or len(keys) + 1 + len(moves) < len(best)):
            best = [*keys, str(digit), *moves]
    view.set_caret(caret)
    assert best is not None, wanted.of(text)
    return best


def reach(window: MainWindow, wanted: Span) -> int:
    """Go to the sentence of the words by keys; how many it took."""
    view = window.reading.view
    count = 0
    while boundaries.sentence_at(view.text, view.caret()).start < boundaries.sentence_at(view.text, wanted.start).start:
        press("L")
        count += 1
    if boundaries.sentence_at(view.text, view.caret()).start != view.caret():
        press("H")
        count += 1
    return count


def name_source(window: MainWindow, name: str) -> int:
    """Say who said it, by the fewest letters that bring the name to the head of the list; how many keys that took."""
    press("A")
    popup = window.view(INSPECTOR).source.field.popup
    count = 1
    for letter in name:
        type_text(letter)
        count += 1
        if popup.isVisible() and str(popup.model().index(0, 0).data()).startswith(f"{name}  ("):
            break
    press("Return", on=popup if popup.isVisible() else None)
    assert window.reading.view.hasFocus() and QApplication.activePopupWidget() is None
    return count + 1


def grade(window: MainWindow, qtbot: QtBot, digit: int) -> int:
    """Give the digit, with a reason where a check asks for one; how many keys that took."""
    press("G", str(digit))
    dialog = window.findChild(GradeReasonDialog)
    if dialog is None:
        return 2
    reason = "two origins"
    qtbot.waitUntil(dialog.reason.hasFocus)
    type_text(reason)
    press("Return", on=dialog.reason)
    assert active(window).credibility_reason == reason
    come_back(qtbot, window)
    qtbot.waitUntil(window.reading.view.hasFocus)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return 3 + len(reason)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, list[AnnotationRecord]]:
    """The sample without the annotations of one article: its file, the article, and what is to be made again."""
    path = tmp_path_factory.mktemp("sample") / "sample.anno"
    with sample_project.make_sample(path) as project:
        document = next(found for found in project.read.documents.all() if "fertiliser" in found.title)
        wanted = list(project.read.annotations.all(document_id=document.id))
        project.apply(annotating.remove(wanted, (), project))
    return path, document.id, sorted(wanted, key=lambda found: found.start)


def test_a_whole_article_by_keys_alone(
    launched: Launch, bare: tuple[Path, int, list[AnnotationRecord]], qtbot: QtBot
) -> None:
    path, document_id, wanted = bare
    window = launched(path)
    window.workspace.open_document(document_id)
    window.reading.view.setFocus()
    digits = {label.id: label.key for label in window.workspace.labels}
    press("Ctrl+Home")
    reached = labelled = sourced = graded = 0
    for target in wanted:
        reached += reach(window, target.span)
        digit = digits[target.label_id]
        assert digit is not None
        keys = plan(window, target.span, digit)
        press(*keys)
        labelled += len(keys)
        if target.source:
            sourced += name_source(window, target.source)
        if target.credibility is not None:
            graded += grade(window, qtbot, target.credibility)
        made = active(window)
        assert (made.quote, made.label, made.source) == (target.quote, target.label, target.source)
        assert made.credibility == target.credibility
    assert [found.span for found in window.workspace.ordered_annotations()] == [found.span for found in wanted]
    count = len(wanted)
    # For ``pytest -s``.
    sys.stdout.write(
        f"{count} annotations: {labelled / count:.2f} keys each to select and label, {reached / count:.2f} to reach "
        f"the sentence, {sourced / count:.2f} for the source, {graded / count:.2f} for the grade, "
        f"{(reached + labelled + sourced + graded) / count:.2f} in all\n"
    )
    assert count > 12 and labelled / count <= 3
