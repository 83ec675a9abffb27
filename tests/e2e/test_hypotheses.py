"""Competing hypotheses in the window: asked, weighed and rated by keys, and told in words."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, said

import annotator
from annotator.app.hypotheses.docked_views import HYPOTHESES
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets.writing_dialog import LineDialog
from annotator.services.claims import hypotheses


def answer(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Type the answer to the question that is asked."""
    dialog = next(found for found in window.findChildren(LineDialog) if found.isVisible())
    QTest.keyClicks(dialog.field, text)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    come_back(qtbot, window)


def annotate(window: MainWindow, words: str) -> int:
    start = ARTICLE.index(words)
    window.reading.view.select(start, start + len(words))
    press("1")
    return active(window).id


def test_from_a_question_to_a_ranking_by_keys(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    first = annotate(window, "talks would resume")
    press("G", "W")
    answer(window, qtbot, "Will the talks go on?")
    view = window.view(HYPOTHESES)
    assert not view.isVisible(), "the text stays"
    press("Ctrl+6")
    assert view.questions.currentText() == "Will the talks go on?"
    assert "Propose at least two hypotheses" in view.hint.text()
    view.propose_button.click()
    answer(window, qtbot, "They go on")
    view.propose_button.click()
    answer(window, qtbot, "They end")
    qtbot.waitUntil(lambda: view.table.columnCount() == 4)
    press("Esc")
    second = annotate(window, "Nobody else agreed")
    press("G", "W")
    press("Ctrl+6")
    assert [row.annotation.id for row in view._rows] == [first, second]
    view.table.setFocus()
    view.table.setCurrentCell(0, 2)
    press("5", "Right", "-", "-", "Down", "Left", "2", "Right", "4")
    project = window.workspace.project
    assert project is not None
    matrix = hypotheses.matrix(project, 1)
    assert [[cell.consistency for _, cell in sorted(row.cells.items())] for row in matrix.rows] == [
        ["very consistent", "very inconsistent"],
        ["inconsistent", "consistent"],
    ]
    assert view.ranking.text() == "Lowest inconsistency first: “They go on” 1, “They end” 2."
    assert view.table.model().headerData(3, Qt.Orientation.Horizontal) == "against it: 2\nThey end"
    view.table.setCurrentCell(0, 3)
    view.note_cell()
    answer(window, qtbot, "they said so")
    assert "they said so" in view.table.model().index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert view.numbers().as_csv().decode().splitlines()[-1] == "inconsistency score,,,1,2"
    press("Del", on=view.table)
    assert view.table.model().index(0, 3).data() == ""
    press("Ctrl+Z", on=window)
    qtbot.waitUntil(lambda: view.table.model().index(0, 3).data() == "−−")
    view.table.setFocus()
    view.table.setCurrentCell(0, 0)
    press("Return")
    assert active(window).id == first


def test_the_filter_looks_at_grades_and_makes_no_number_of_them(launched: Launch, case: Path) -> None:
    with annotator.open(case) as project:
        stored = project._stored
        question, change = hypotheses.ask(stored, "Why?")
        stored.apply(change)
        columns = []
        for text in ("one", "two"):
            id, change = hypotheses.propose(stored, question, text)
            stored.apply(change)
            columns.append(id)
        made = [
            project.annotate(1, at, at + 5, "claim", reliability=letter, reliability_reason="x", credibility=digit)
            for at, letter, digit in ((30, "B", 2), (40, "F", 6), (52, None, None))
        ]
        stored.apply(hypotheses.weigh(stored, question, [one.id for one in made]))
        for evidence in (1, 2, 3):
            stored.apply(hypotheses.rate(stored, columns[0], evidence, "very inconsistent"))
            stored.apply(hypotheses.rate(stored, columns[1], evidence, "neutral"))
    window = launched(case)
    window.show_pane("hypotheses")
    QApplication.processEvents()
    view = window.view(HYPOTHESES)
    scores = []
    for index in range(view.filter.count()):
        view.filter.setCurrentIndex(index)
        view.filter.activated.emit(index)
        scores.append(
            (view.table.rowCount(), view.table.model().headerData(2, Qt.Orientation.Horizontal).splitlines()[0])
        )
    # Each piece counts 2, whatever its grade: a grade lets it count or not.
    assert scores == [(3, "against it: 6"), (2, "against it: 4"), (1, "against it: 2")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_a_question_it_says_what_to_do_and_undo_brings_one_back(
    window: MainWindow, theme: str, qtbot: QtBot
) -> None:
    window.theme.choose(theme)
    window.show_pane("hypotheses")
    QApplication.processEvents()
    view = window.view(HYPOTHESES)
    assert "No question yet" in view.hint.text()
    view.ask_button.click()
    answer(window, qtbot, "Who?")
    view.edit_button.click()
    answer(window, qtbot, "Who was it?")
    qtbot.waitUntil(lambda: view.questions.currentText() == "Who was it?")
    view.remove_button.click()
    qtbot.waitUntil(lambda: view.questions.count() == 0)
    assert any("Remove the question" in sentence for sentence in said(window))
    press("Ctrl+Z", on=window)
    qtbot.waitUntil(lambda: view.questions.count() == 1)
