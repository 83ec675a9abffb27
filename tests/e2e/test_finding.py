"""Finding in the document, the concordance, and annotating every occurrence, by keys through the real window."""

import re
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, put_caret, said, selected, type_text

import annotator
from annotator.app.search.annotate_all_dialog import AnnotateAllDialog
from annotator.app.search.docked_views import CONCORDANCE
from annotator.app.shell.main_window import MainWindow
from annotator.domain.changes import Change
from annotator.store.project import Project


def _dialog(qtbot: QtBot, window: MainWindow) -> AnnotateAllDialog:
    """The dialog that a key has opened, with its places listed."""
    dialog = next(found for found in window.findChildren(AnnotateAllDialog) if found.isVisible())
    qtbot.waitUntil(lambda: dialog.count.text() not in ("", "Searching …"), timeout=60_000)
    return dialog


def _idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    QApplication.processEvents()


def _find(qtbot: QtBot, window: MainWindow, words: str) -> None:
    press("Ctrl+F")
    type_text(words)
    qtbot.waitUntil(lambda: not window.reading.find_bar._pause.isActive() and not window.jobs.running)
    QApplication.processEvents()


def test_finding_in_the_document_walks_the_hits(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.reading.find_bar
    _find(qtbot, window, "the")
    assert bar.count.text().endswith(f"of {ARTICLE.lower().count('the')}")
    first = window.reading.view.selected_span()
    press("Return")
    second = window.reading.view.selected_span()
    press("Shift+Return")
    assert first is not None and second is not None and second.start > first.end
    assert window.reading.view.selected_span() == first
    press("Alt+W")
    qtbot.waitUntil(lambda: not window.jobs.running)
    press("Alt+C")
    _idle(qtbot, window)
    assert len(window.reading.view.search_hits) == len(re.findall(r"\bthe\b", ARTICLE))
    press("Esc")
    assert not bar.isVisible() and window.reading.view.hasFocus() and selected(window).lower() == "the"
    press("F3")
    _idle(qtbot, window)
    assert bar.isVisible()


def test_a_runaway_expression_ends_with_a_sentence(
    launched: Launch, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.app.reader.find_bar.EXPRESSION_SECONDS", 0.2)
    path = tmp_path / "runaway.anno"
    with annotator.create(path, annotator="ada") as project:
        project.add_document("Runaway", "Runaway\n" + "a" * 60 + "b\n")
    window = launched(path)
    press("Ctrl+F", "Alt+R")
    type_text("(a|aa)+$")
    qtbot.waitUntil(window.reading.find_bar.message.isVisible, timeout=60_000)
    assert "expression" in window.reading.find_bar.message.text()
    assert window.reading.find_bar.count.text() == ""


def test_nothing_is_found(window: MainWindow, qtbot: QtBot) -> None:
    _find(qtbot, window, "zebra")
    assert window.reading.find_bar.count.text() == "No hits"


def test_the_concordance_is_sorted_filtered_and_opened_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    put_caret(window, "The minister said")
    press("F4")
    type_text("the")
    press("Return")
    view = window.view(CONCORDANCE)
    qtbot.waitUntil(lambda: len(view.table.records.shown) > 3)
    titles = {line.document.title for line in view.table.records.shown}
    assert len(titles) == 2
    view.controls.sort.setCurrentIndex(3)
    _idle(qtbot, window)
    rights = [re.findall(r"\w+", line.after.casefold())[:1] for line in view.table.records.shown]
    assert rights == sorted(rights)
    view.table.setFocus()
    view.table.setCurrentIndex(view.table.records.index(0, 0))
    line = view.table.records.shown[0]
    press("Return")
    assert window.workspace.document is not None and window.workspace.document.id == line.document.id
    assert window.reading.view.selected_span() == line.span


def test_places_can_be_left_out_and_overlaps_are_skipped(window: MainWindow, qtbot: QtBot) -> None:
    put_caret(window, "Nobody else")
    press("W", "1")
    press("Esc", "Esc")
    window.reading.view.select(ARTICLE.index("said"), ARTICLE.index("said") + 4)
    press("O")
    dialog = _dialog(qtbot, window)
    dialog.field.setFocus()
    dialog.field.setText("nobody")
    press("Return")
    qtbot.waitUntil(lambda: not window.jobs.running)
    QApplication.processEvents()
    assert not dialog.annotate_button.isEnabled() and "skipped" in dialog.count.text()
    dialog.field.setText("said")
    press("Return")
    _idle(qtbot, window)
    table = dialog.table
    table.setFocus()
    table.selectRow(0)
    press("Space")
    assert dialog.count.text().startswith("0 of 1") and not dialog.annotate_button.isEnabled()
    press("Space", "2", "Return")
    _idle(qtbot, window)
    come_back(qtbot, window)
    assert [found.label for found in window.workspace.ordered_annotations()] == ["speculation", "claim"]
    assert window.workspace.ordered_annotations()[0].quote == "said"
    press("Ctrl+Z", on=window)
    assert len(window.workspace.annotations) == 1


def test_sanctions_at_every_occurrence_over_three_hundred_articles(
    launched: Launch, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "many.anno"
    with annotator.create(path, annotator="ada") as project:
        for number in range(300):
            times = number % 4
            body = " ".join(f"The council 😀 discussed sanctions again, item {n}." for n in range(times))
            project.add_document(
                f"Report {number}", f"Report {number}\n{body or 'Nothing new.'}\nسanctions, Sanctions.\n"
            )
    wanted = sum(number % 4 for number in range(300)) + 300
    window = launched(path)
    text = window.reading.view.text
    window.reading.view.select(text.index("Sanctions"), text.index("Sanctions") + 9)
    press("O")
    dialog = _dialog(qtbot, window)
    dialog.scope.setCurrentIndex(dialog.scope.findData("project"))
    dialog.options.whole_word.click()
    _idle(qtbot, window)
    dialog.table.setFocus()
    press("1", "Return")
    _idle(qtbot, window)
    come_back(qtbot, window)
    assert _held(window) == wanted
    assert any(f"{wanted:,} places" in sentence for sentence in said(window))
    press("Ctrl+Z", on=window)
    _idle(qtbot, window)
    assert _held(window) == 0 and window.workspace.annotations == {}
    press("Ctrl+Y", on=window)
    _idle(qtbot, window)
    assert _held(window) == wanted
    assert all(found.quote.casefold() == "sanctions" for found in window.workspace.annotations.values())
    window.reading.view.setFocus()
    window.reading.view.set_caret(0)
    press("J")
    assert active(window).quote.casefold() == "sanctions"


def _held(window: MainWindow) -> int:
    project = window.workspace.project
    assert project is not None
    found = list(project.read.annotations.all())
    texts = {document.id: document.text for document in project.read.documents.all()}
    assert all(one.quote == texts[one.document_id][one.start : one.end] for one in found)
    return len(found)


def test_a_cancelled_job_leaves_one_step_that_undo_takes_back(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.services.search.occurrences.SMALL_CHUNK", 1)
    apply, project = Project.apply, window.workspace.project
    assert project is not None

    def cancelling(self: Project, change: Change, progress: Any = None) -> None:
        apply(self, change, progress)
        window.jobs.cancel_all()

    window.reading.view.select(0, 5)
    press("O")
    dialog = _dialog(qtbot, window)
    dialog.field.setText("the")
    press("Return", on=dialog.field)
    _idle(qtbot, window)
    monkeypatch.setattr(Project, "apply", cancelling)
    dialog.annotate_button.click()
    _idle(qtbot, window)
    monkeypatch.setattr(Project, "apply", apply)
    come_back(qtbot, window)
    assert len(window.workspace.annotations) == 1 and "cancelled" in said(window)[-1]
    press("Ctrl+Z", on=window)
    assert window.workspace.annotations == {}
