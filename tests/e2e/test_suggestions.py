"""Suggestions in the window, by keys: made in another process, shown, walked, accepted, corrected, rejected, undone."""

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, said, selected

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.shell.main_window import MainWindow
from annotator.app.suggestions.accept_all_dialog import AcceptAllDialog
from annotator.app.suggestions.docked_views import SUGGESTIONS
from annotator.domain.records import SuggestionRecord
from annotator.services.suggestions import suggesting


def suggested(qtbot: QtBot, window: MainWindow) -> None:
    press("Ctrl+G")
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    qtbot.waitUntil(lambda: bool(window.workspace.suggestions.queue()), timeout=60_000)


@pytest.fixture
def asked(case: Path, launched: Launch) -> MainWindow:
    """The window on a project that has been read for suggestions."""
    with annotator.open(case, annotator="ada") as project:
        assert project.suggest().proposed > 3
    window = launched(case)
    assert window.workspace.document is not None and window.workspace.document.text == ARTICLE
    return window


def current(window: MainWindow) -> SuggestionRecord:
    found = window.workspace.suggestions.active
    assert found is not None
    return found


def dashed(window: MainWindow) -> set[str]:
    view = window.reading.view
    return {one.fragments[0].of(view.text) for one in view.highlights() if one.suggestion}


def dialog_of(window: MainWindow, kind: type[QDialog]) -> QDialog:
    return next(found for found in window.findChildren(kind) if found.isVisible())


def test_a_run_shows_what_waits(window: MainWindow, qtbot: QtBot) -> None:
    assert dashed(window) == set()
    suggested(qtbot, window)
    qtbot.waitUntil(lambda: bool(dashed(window)))
    assert "the talks would resume" in dashed(window)
    assert any("Read 2 documents" in sentence for sentence in said(window))
    press("Ctrl+G")
    qtbot.waitUntil(lambda: any("Nothing is new to be read" in sentence for sentence in said(window)))
    assert window.workspace.project is not None
    assert window.workspace.project.undo_title is not None
    assert "Suggest" not in window.workspace.project.undo_title


def test_accepting_by_one_key_each(asked: MainWindow) -> None:
    press("Ctrl+J")
    first = current(asked)
    assert asked.reading.view.active == -first.id
    assert asked.workspace.active is None
    press("Y")
    (made,) = asked.workspace.annotations.values()
    assert (made.fragments, made.label, made.created_by, made.cue) == (
        first.fragments,
        first.label,
        first.engine,
        first.cue,
    )
    second = current(asked)
    assert second.id != first.id
    assert -first.id not in {one.id for one in asked.reading.view.highlights()}
    press("Shift+N")
    assert current(asked).id not in (first.id, second.id)
    assert len(asked.workspace.annotations) == 1
    press("Ctrl+Z", "Ctrl+Z")
    assert asked.workspace.annotations == {}
    QTest.qWait(20)
    assert [one for one in asked.workspace.suggestions.queue() if one in (first, second)] == [first, second]


def test_a_label_key_corrects_the_label(asked: MainWindow) -> None:
    press("Ctrl+J")
    one = current(asked)
    wanted = next(label for label in asked.workspace.labels if label.id != one.label_id and label.key)
    press(str(wanted.key))
    (made,) = asked.workspace.annotations.values()
    assert (made.label, made.fragments, made.cue, made.source) == (
        wanted.name,
        one.fragments,
        one.cue,
        made.source,
    )


def test_correcting_the_words(asked: MainWindow) -> None:
    press("Ctrl+J")
    one = current(asked)
    press("Shift+Y")
    assert selected(asked) == one.quote
    press("Shift+W")
    longer = selected(asked)
    assert longer.startswith(one.quote)
    assert longer != one.quote
    press("Y")
    (made,) = asked.workspace.annotations.values()
    assert (made.quote, made.label, made.mention) == (longer.strip(), one.label, one.mention)


def test_a_label_beside_the_suggestion_is_an_annotation_of_its_own(asked: MainWindow) -> None:
    press("Ctrl+J")
    one = current(asked)
    start = ARTICLE.index("A last sentence")
    asked.reading.view.select(start, start + 15)
    press("1")
    assert active(asked).quote == "A last sentence"
    assert active(asked).created_by == "person"
    assert one in asked.workspace.suggestions.queue()


def test_the_list_walks_by_score_and_through_the_project(asked: MainWindow, qtbot: QtBot) -> None:
    press("Shift+F9")
    view = asked.view(SUGGESTIONS)
    assert view.isVisible()
    here = view.table.records.total
    view.scope.setCurrentIndex(1)
    view.order.setCurrentIndex(2)
    assert view.table.records.total > here
    scores = [one.score for one in view.table.records.shown]
    assert scores == sorted(scores, reverse=True)
    view.least.setValue(0)
    assert view.table.records.total > len(scores)
    view.filter_field.setText("bridge")
    view.filter_field.flush()
    view.go_to_list()
    press("Return")
    assert asked.workspace.document is not None
    assert asked.workspace.document.title == "Bridge closed after the storm"
    assert view.current() == current(asked)
    view.table.setFocus()
    press("Y")
    assert asked.workspace.document.title == "Bridge closed after the storm"
    assert len(asked.workspace.annotations) == 1
    assert view.table.hasFocus()
    assert view.current() == current(asked)


def test_all_from_a_score_on_is_one_undo(asked: MainWindow, qtbot: QtBot) -> None:
    press("Ctrl+Shift+Y")
    dialog = dialog_of(asked, AcceptAllDialog)
    assert isinstance(dialog, AcceptAllDialog)
    dialog.where.setCurrentText("In the whole project")
    dialog.least.setValue(1)
    assert not dialog.accept_button.isEnabled()
    dialog.least.setValue(0.7)
    total = int(dialog.count.text().split()[0])
    assert total > 1
    assert dialog.list.count() == total
    assert dialog.accept_button.text() == f"Accept {total}"
    QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(f"Accept {total} suggestions" in sentence for sentence in said(asked)))
    come_back(qtbot, asked)
    project = asked.workspace.project
    assert project is not None
    with annotator.open(project.path, read_only=True) as reader:
        assert len(reader.annotations()) == total
    asked.reading.view.setFocus()
    press("Ctrl+Z")
    with annotator.open(project.path, read_only=True) as reader:
        assert reader.annotations() == []


def test_they_can_be_put_away(asked: MainWindow) -> None:
    assert dashed(asked)
    asked.actions_by_id["suggest.show"].trigger()
    assert dashed(asked) == set()
    press("Ctrl+J")
    assert dashed(asked)


def test_why_is_told_on_hover_and_in_the_list(asked: MainWindow) -> None:
    press("Ctrl+J")
    press("Shift+C")
    card = asked.reading.cards.card
    assert card is not None
    assert f"{current(asked).label}, suggested" in card.spoken
    assert current(asked).reason in card.spoken
    press("Esc")


def test_without_a_suggestion_the_keys_say_so(window: MainWindow) -> None:
    press("Y")
    assert any("Choose a suggestion first" in sentence for sentence in said(window))
    press("Ctrl+J")
    assert any("No suggestion waits" in sentence for sentence in said(window))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_worker_is_told_and_work_goes_on(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(suggesting, "proposed", _dies)
    press("Ctrl+G")
    qtbot.waitUntil(lambda: any("ended by itself" in sentence for sentence in said(window)), timeout=60_000)
    window.reading.view.select(0, 5)
    press("1")
    assert active(window).quote == "Talks"
    monkeypatch.undo()
    suggested(qtbot, window)


def _dies(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_project_open_for_reading_shows_them_and_takes_no_answer(case: Path, launched: Launch) -> None:
    with annotator.open(case, annotator="ada") as project:
        project.suggest()
        window = launched(case)
        assert window.workspace.read_only
        assert dashed(window)
        press("Ctrl+J")
        one = current(window)
        press("Y")
        assert window.workspace.annotations == {}
        assert current(window) == one


def test_new_documents_are_read_by_themselves(asked: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    article = tmp_path / "new.txt"
    article.write_text("The ministry said the pier was safe.", encoding="utf-8")
    _, before = asked.workspace.suggestions.counts()
    asked.files.take_dropped([article])
    qtbot.waitUntil(lambda: asked.workspace.suggestions.counts()[1] > before, timeout=60_000)
    qtbot.waitUntil(lambda: any("Read 1 document" in sentence for sentence in said(asked)), timeout=60_000)


def test_an_active_suggestion_is_spoken(asked: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr("annotator.app.views.announcements.announce", lambda _about, sentence: heard.append(sentence))
    press("Ctrl+J")
    assert heard[-1].startswith(f"Suggested: {current(asked).label}, score ")
    assert current(asked).reason in heard[-1]
    assert asked.view(INSPECTOR).currentIndex() == 0
