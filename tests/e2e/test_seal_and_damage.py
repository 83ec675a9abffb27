"""The window shows the seal of the log, and names the damaged rows that it cannot show."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch

import annotator
from annotator.app.reports.docked_views import DASHBOARD
from annotator.app.shell.main_window import MainWindow
from annotator.domain.seal import read_seal


def seal_shown(window: MainWindow) -> str:
    return str(window.view(DASHBOARD).seal.toPlainText())


def test_the_dashboard_shows_the_seal_and_follows_the_log(qtbot: QtBot, window: MainWindow) -> None:
    project = window.workspace.project
    assert project is not None
    window.show_pane("dashboard")
    qtbot.waitUntil(lambda: str(project.seal) in seal_shown(window))
    assert project.seal.words in seal_shown(window)
    before = project.seal
    window.workspace.annotate([(0, 5)], 1)
    assert project.seal.number > before.number
    qtbot.waitUntil(lambda: str(project.seal) in seal_shown(window))
    line = seal_shown(window).splitlines()[0]
    assert read_seal(line.removeprefix("The log ends with entry ")) == project.seal


@pytest.mark.parametrize("column", ["note", "quote"])
def test_a_damaged_annotation_is_named_once(launched: Launch, case: Path, column: str) -> None:
    with annotator.open(case) as project:
        damaged = project.annotate(1, 0, 5, "claim")
        sound = project.annotate(1, 10, 15, "claim")
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE annotation SET {column} = x'ff00' WHERE id = ?", (damaged.id,))
        connection.commit()
    told: list[str] = []
    window = launched()
    window.workspace.notified.connect(lambda sentence, _undo: told.append(sentence))
    window.files.open_project(case)
    named = [sentence for sentence in told if "damaged" in sentence]
    assert len(named) == 1
    assert f"annotation {damaged.id}" in named[0]
    assert set(window.workspace.annotations) == {sound.id}
    first, second = (row.id for row in window.workspace.document_rows())
    window.workspace.open_document(second)
    window.workspace.open_document(first)
    assert [sentence for sentence in told if "damaged" in sentence] == named
