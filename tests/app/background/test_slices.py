"""Work of the main thread in slices: the result, an error, cancelling, and a window that lives between the slices."""

import threading
import time
from collections.abc import Generator
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.app.background.jobs import Jobs
from annotator.app.background.main_thread_slices import SLICE, InSlices
from annotator.domain.errors import ExportRefused


@pytest.fixture
def jobs(qapp: QApplication, qtbot: QtBot) -> Any:
    made = Jobs()
    yield made
    made.cancel_all()
    qtbot.waitUntil(lambda: not made.running)


Steps = Generator[tuple[int, int], None, str]


class Work:
    """A hundred steps, each a part of a slice, on whatever thread they are driven."""

    def __init__(self, fails_at: int = -1) -> None:
        self.threads: set[threading.Thread] = set()
        self.done = 0
        self.is_closed = False
        self._fails_at = fails_at

    def steps(self) -> Steps:
        try:
            for number in range(100):
                self.threads.add(threading.current_thread())
                if number == self._fails_at:
                    raise ExportRefused("No.")
                time.sleep(SLICE / 3)
                self.done += 1
                yield self.done, 100
        finally:
            self.is_closed = True
            self.threads.add(threading.current_thread())
        return "whole"


def test_the_window_lives_between_slices_on_the_main_thread(jobs: Jobs, qtbot: QtBot) -> None:
    work, slices, results = Work(), InSlices(jobs), list[str]()
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1

    timer = QTimer(interval=0)
    timer.timeout.connect(turn)
    timer.start()
    with qtbot.waitSignal(jobs.idle):
        jobs.run("Work", lambda progress, _: slices.run(work.steps(), progress), results.append)
    timer.stop()
    assert results == ["whole"] and work.threads == {threading.main_thread()}
    assert turns > 20


def test_an_error_is_the_jobs(jobs: Jobs, qtbot: QtBot) -> None:
    work, slices, failures = Work(fails_at=7), InSlices(jobs), list[str]()
    with qtbot.waitSignal(jobs.idle):
        jobs.run("Work", lambda progress, _: slices.run(work.steps(), progress), on_failure=failures.append)
    assert failures == ["No."] and work.is_closed


def test_cancelled_work_is_closed_on_the_main_thread(jobs: Jobs, qtbot: QtBot) -> None:
    work, slices, ended = Work(), InSlices(jobs), list[str]()
    job = jobs.run(
        "Work", lambda progress, _: slices.run(work.steps(), progress), on_cancel=lambda: ended.append("cancelled")
    )
    qtbot.waitUntil(lambda: work.done > 5)
    with qtbot.waitSignal(jobs.idle):
        job.cancel()
    assert ended == ["cancelled"] and work.is_closed and work.done < 100
    assert work.threads == {threading.main_thread()}
