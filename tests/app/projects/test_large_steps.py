"""A backup before a large step of the window is made beside it: the event loop goes on meanwhile."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.background.jobs import Jobs
from annotator.app.state.workspace import Workspace
from annotator.services.annotations import annotating
from annotator.store import project as store
from annotator.store.backup import backup_before_step, backups_of

ROWS = 8


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        project.add_document("Title", "word " * ROWS)
        project.annotate_all("word", "claim")
    monkeypatch.setattr(store, "MAX_ROWS_WITHOUT_BACKUP", ROWS - 1)
    made = Workspace()
    made.jobs = Jobs()
    made.open_project(path, "ada")
    yield made
    qtbot.waitUntil(lambda: made.jobs is not None and not made.jobs.running)
    made.close_project()


def test_the_window_answers_while_the_backup_is_made(
    workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_answered = threading.Event()

    def back_up(path: Path) -> Path:
        assert threading.current_thread() is not threading.main_thread()
        assert has_answered.wait(60), "the window stands still"
        return backup_before_step(path)

    monkeypatch.setattr(store, "backup_before_step", back_up)
    project, jobs = workspace.project, workspace.jobs
    assert project is not None and jobs is not None
    held = annotator.Project(project)

    def remove() -> None:
        workspace.perform_many("Remove", lambda _: annotating.remove(held.annotations(), (), project))

    number = project.log_number
    for step in (remove, workspace.undo, workspace.redo, workspace.undo):
        has_answered.clear()
        step()
        QTimer.singleShot(0, has_answered.set)
        qtbot.waitUntil(lambda: not jobs.running, timeout=60_000)
        number += 1
        assert project.log_number == number
    assert len(held.annotations()) == ROWS
    # The undo of a removal brings rows back and changes none.
    assert len(backups_of(project.path)) == 2
