"""What the window shows of itself and remembers: status, theme, panes, settings, and how often it asks the file."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, leave, press, put_caret, said, type_text

import annotator
from annotator import settings
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.labels.docked_views import GUIDELINE
from annotator.app.shell.main_window import MainWindow
from annotator.app.sources.docked_views import SOURCES
from annotator.app.style.theme import DARK, LIGHT, THEMES, theme_in_use
from annotator.store import database, project


def status(window: MainWindow) -> dict[str, str]:
    labels = window.statusBar().findChildren(QLabel)
    return {label.accessibleName(): label.text() for label in labels if label.accessibleName()}


def test_the_status_bar(window: MainWindow) -> None:
    words = len(ARTICLE.split())
    assert status(window)["Saved"] == "Saved" and status(window)["Annotator"] == "ada"
    assert status(window)["Counts"] == f"{words:,} words · 0 annotations"
    put_caret(window, "Prices may")
    press("S")
    assert status(window)["Counts"].startswith("12 words, 66 characters selected")
    press("1")
    assert status(window)["Counts"] == f"{words:,} words · 1 annotation"
    press("G")
    assert status(window)["Hint"].startswith("G:")
    # Qt waits for the rest of a chord in whatever window comes next.
    press("Esc")
    assert status(window)["Hint"] == ""


def test_geometry_panes_and_document_are_remembered(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    window.resize(1190, 690)
    press("Ctrl+PgDown", "F2", "F9")
    assert window.docks["guideline"].isVisible() and not window.docks["annotations"].isVisible()
    leave(qtbot, window)
    again = launched(case)
    assert (again.width(), again.height()) == (1190, 690)
    assert again.docks["guideline"].isVisible() and not again.docks["annotations"].isVisible()
    assert again.workspace.document is not None and again.workspace.document.title.startswith("Bridge")
    # Closing the project keeps them as well, and the window stays where the user puts it.
    press("F9")
    press("Ctrl+W")
    again.resize(1180, 700)
    assert again.files.open_project(case)
    assert again.docks["annotations"].isVisible() and again.docks["guideline"].isVisible()
    assert (again.width(), again.height()) == (1180, 700)


def test_a_spoilt_state_is_no_hindrance(launched: Launch, qtbot: QtBot, case: Path) -> None:
    settings.State().update({"window_geometry": "not base64!", "window_layout": "AAAA", "recent_projects": 3})
    window = launched(case)
    assert window.workspace.document is not None and window.docks["documents"].isVisible()


def test_the_theme_is_switched_live_and_follows_the_system(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page() -> str:
        return window.reading.view.grab().toImage().pixelColor(5, 300).name()

    before = theme_in_use()
    first = page()
    press("Ctrl+T")
    names = list(THEMES)
    assert theme_in_use().name == names[names.index(before.name) + 1]
    assert page() != first
    leave(qtbot, window)
    again = launched(case)
    assert again.theme.choice == again.settings.get(settings.THEME) != "system"
    again.settings.set(settings.THEME, "system")

    class Hints:
        scheme = Qt.ColorScheme.Dark

        def accessibility(self) -> "Hints":
            return self

        def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802 - Qt's name
            return Qt.ContrastPreference.NoPreference

        def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
            return self.scheme

        def setColorScheme(self, _scheme: Qt.ColorScheme) -> None:  # noqa: N802 - Qt's name
            return

    real, hints = QGuiApplication.styleHints(), Hints()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    for hints.scheme, theme in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        real.colorSchemeChanged.emit(hints.scheme)
        assert again.theme.theme is theme and theme_in_use() is theme


def test_settings_hold_at_once(window: MainWindow) -> None:
    view = window.reading.view
    window.settings.set(settings.FONT_SIZE, 20)
    assert view.text_size() == 20
    press("Ctrl++")
    assert view.text_size() > 20
    press("Ctrl+0")
    assert view.text_size() == 20
    window.settings.set(settings.FONT_SIZE, 9)
    widths = []
    for characters in (30, 60, 0):
        window.settings.set(settings.READING_WIDTH, characters)
        view.select(ARTICLE.index("“We"), ARTICLE.index("company"))
        widths.append(view.document().documentLayout().column.width)  # type: ignore[attr-defined]  # it is ours
    assert widths[0] < widths[1] < widths[2]
    window.settings.set(settings.ANNOTATOR_NAME, "bob")
    assert status(window)["Annotator"] == "bob"
    put_caret(window, "Prices may")
    press("1")
    assert active(window).annotator == "bob"


def test_the_guideline_is_read_and_edited_in_place(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path
) -> None:
    press("Shift+F2")
    guideline = window.view(GUIDELINE)
    assert guideline.isVisible() and "claim" in guideline.page.toPlainText().lower()
    guideline.edit.click()
    guideline.source.setPlainText("# Ours\n\nA claim is a claim.")
    # Closed at once: what was typed a moment ago is kept.
    leave(qtbot, window)
    again = launched(case)
    page = again.view(GUIDELINE).page.toPlainText()
    assert page.startswith("Ours")
    assert again.actions_by_id["edit.undo"].text() == "Undo change the guideline"


def test_a_source_is_assessed_in_the_window_and_its_letter_inherited(window: MainWindow) -> None:
    put_caret(window, "Prices may")
    press("1", "A")
    type_text("Ministry")
    press("Return")
    window.view(INSPECTOR).grades.assess.click()
    assert window.view(SOURCES).isVisible()


def test_no_query_for_a_single_row(
    launched: Launch, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: dict[int, list[int]] = {}
    statements: list[str] = []
    real = database.connect

    def connect(path: Path, mode: str) -> sqlite3.Connection:
        connection = real(path, mode)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(project, "connect", connect)
    for documents in (60, 400):
        path = tmp_path / f"{documents}.anno"
        with annotator.create(path, annotator="ada") as made:
            folder = tmp_path / str(documents)
            folder.mkdir()
            for number in range(documents):
                (folder / f"{number}.txt").write_text(f"Article {number}\n\nBody of {number}.\n", encoding="utf-8")
            made.import_files([folder])
        window = launched()
        statements.clear()
        assert window.files.open_project(path)
        opened = len(statements)
        table = window.view(DOCUMENTS).table
        bar = table.verticalScrollBar()
        for step in range(20):
            bar.setValue(bar.maximum() * step // 20)
            table.viewport().repaint()
        table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        table.viewport().repaint()
        scrolled = len(statements) - opened
        press("Ctrl+PgDown", on=window.reading.view)
        counts[documents] = [opened, scrolled, len(statements) - opened - scrolled]
        leave(qtbot, window)
    assert counts[60] == counts[400]
    assert counts[60][1] == 0, "scrolling and sorting ask the file for nothing"


def test_news_of_a_refused_setting_is_a_sentence(window: MainWindow) -> None:
    window.settings.set(settings.ANNOTATOR_NAME, "two\nlines")
    assert "is not a name for an annotator" in said(window)[0]


@pytest.mark.parametrize("leaving", ["close", "next document", "another annotation", "undo"])
def test_what_was_typed_a_moment_ago_is_kept(
    window: MainWindow, launched: Launch, qtbot: QtBot, case: Path, leaving: str
) -> None:
    put_caret(window, "Nobody else")
    press("1")
    put_caret(window, "Prices may")
    press("2", "N")
    type_text("seen twice")
    noted = active(window).id
    if leaving == "close":
        leave(qtbot, window)
    elif leaving == "next document":
        press("Ctrl+PgDown")
        leave(qtbot, window)
    elif leaving == "another annotation":
        window.reading_commands.navigate_previous_annotation()
        assert active(window).note == ""
        leave(qtbot, window)
    else:
        press("Esc", "Ctrl+Z")
        assert active(window).note == ""
        press("Ctrl+Y")
        leave(qtbot, window)
    with annotator.open(case) as project:
        assert {found.id: found.note for found in project.annotations()}[noted] == "seen twice"


def test_undo_of_the_import_of_what_is_being_read(launched: Launch, qtbot: QtBot, tmp_path: Path) -> None:
    path, article = tmp_path / "empty.anno", tmp_path / "a.txt"
    article.write_text("Fresh title\n\nA fresh body stands here.", encoding="utf-8")
    annotator.create(path, annotator="ada").close()
    window = launched(path)
    assert window.workspace.document is None
    window.files.import_paths([article])
    qtbot.waitUntil(lambda: window.workspace.document is not None and not window.jobs.running)
    put_caret(window, "fresh body")
    press("1", "Ctrl+Z", "Ctrl+Z")
    assert window.workspace.document is None and window.workspace.document_rows() == []
    assert not window.reading.view.is_open and status(window)["Counts"] == ""
    press("Ctrl+Y", on=window)
    listed = window.view(DOCUMENTS).table.records
    qtbot.waitUntil(lambda: [row.title for row in listed.shown] == ["Fresh title"])
    press("Ctrl+PgDown", on=window)
    assert window.workspace.document is not None
    press("Ctrl+Y", on=window)
    assert [found.label for found in window.workspace.annotations.values()] == ["claim"]
