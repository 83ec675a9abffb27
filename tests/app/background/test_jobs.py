"""Long work: progress, cancel, outcomes on the main thread, and a window that goes on."""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from annotator.app.background.jobs import JobBar, Jobs, Progress
from annotator.domain.errors import Cancelled, ImportRefused

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def jobs(qapp: QApplication, qtbot: QtBot) -> Any:
    made = Jobs()
    yield made
    made.cancel_all()
    qtbot.waitUntil(lambda: not made.running)


def endless(progress: Progress, cancelled: Callable[[], bool]) -> None:
    for done in range(1_000_000):
        progress(done, 1_000_000, "turn")
        time.sleep(0.001)


def test_the_result_comes_on_the_main_thread(jobs: Jobs, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    results: list[Any] = []

    def work(progress: Progress, cancelled: Callable[[], bool]) -> int:
        threads.append(threading.current_thread())
        return 7

    def on_success(result: int) -> None:
        threads.append(threading.current_thread())
        results.append(result)

    with qtbot.waitSignal(jobs.idle):
        jobs.run("Count", work, on_success)
    assert results == [7] and threads[1] is threading.main_thread() is not threads[0]
    assert jobs.running == ()


def test_progress_is_throttled_and_ends_whole(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[tuple[int, int, str]] = []

    def work(progress: Progress, cancelled: Callable[[], bool]) -> None:
        for done in range(20_000):
            progress(done + 1, 20_000, "reading")

    with qtbot.waitSignal(jobs.idle):
        job = jobs.run("Read", work)
        job.progressed.connect(lambda *report: seen.append(report))
    assert seen[-1] == (20_000, 20_000, "reading") and len(seen) < 200


def test_cancel_is_seen_inside_the_work(jobs: Jobs, qtbot: QtBot) -> None:
    ended: list[str] = []
    job = jobs.run(
        "Import",
        endless,
        lambda _result: ended.append("success"),
        lambda _sentence: ended.append("failure"),
        lambda: ended.append("cancel"),
    )
    QTimer.singleShot(20, job.cancel)
    with qtbot.waitSignal(jobs.idle):
        pass
    assert ended == ["cancel"] and job.wait(1)


def test_work_may_ask_and_stop_by_itself(jobs: Jobs, qtbot: QtBot) -> None:
    def work(progress: Progress, cancelled: Callable[[], bool]) -> None:
        while not cancelled():
            time.sleep(0.001)
        raise Cancelled("The work was cancelled.")

    job = jobs.run("Ask", work)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()


def test_a_known_error_is_a_sentence(jobs: Jobs, qtbot: QtBot) -> None:
    def work(progress: Progress, cancelled: Callable[[], bool]) -> None:
        raise ImportRefused("The file is empty.")

    with qtbot.waitSignal(jobs.failed) as told:
        jobs.run("Import", work)
    assert told.args == ["The file is empty."]
    heard: list[str] = []
    with qtbot.assertNotEmitted(jobs.failed), qtbot.waitSignal(jobs.idle):
        jobs.run("Import", work, on_failure=heard.append)
    assert heard == ["The file is empty."]


def test_a_bug_goes_to_the_excepthook_of_the_main_thread(
    jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[tuple[type[BaseException], threading.Thread, bool]] = []
    monkeypatch.setattr(
        sys, "excepthook", lambda kind, _error, trace: caught.append((kind, threading.current_thread(), bool(trace)))
    )

    def work(progress: Progress, cancelled: Callable[[], bool]) -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(jobs.idle), qtbot.assertNotEmitted(jobs.failed):
        jobs.run("Break", work)
    assert caught == [(ZeroDivisionError, threading.main_thread(), True)]


def test_the_window_closes_after_the_last_job(jobs: Jobs, qtbot: QtBot) -> None:
    called: list[int] = []
    jobs.when_idle(lambda: called.append(len(jobs.running)))
    assert called == [0]
    jobs.run("One", endless)
    jobs.run("Two", endless)
    jobs.when_idle(lambda: called.append(len(jobs.running)))
    assert called == [0]
    jobs.cancel_all()
    qtbot.waitUntil(lambda: len(called) == 2)
    qtbot.wait(20)
    assert called == [0, 0]


def test_the_switch_interval_is_put_back(jobs: Jobs, qtbot: QtBot) -> None:
    before = sys.getswitchinterval()
    job = jobs.run("One", endless)
    assert sys.getswitchinterval() < before
    job.cancel()
    qtbot.waitSignal(jobs.idle).wait()
    assert sys.getswitchinterval() == pytest.approx(before)


def test_the_event_loop_goes_on_while_python_is_busy(jobs: Jobs, qtbot: QtBot) -> None:
    def busy(progress: Progress, cancelled: Callable[[], bool]) -> int:
        end = time.monotonic() + 0.6
        total = 0
        while time.monotonic() < end:
            total += sum(number * number for number in range(200))
        return total

    clock = QElapsedTimer()
    gaps: list[int] = []
    ticker = QTimer()
    ticker.setTimerType(Qt.TimerType.PreciseTimer)
    ticker.timeout.connect(lambda: gaps.append(clock.restart()))
    with qtbot.waitSignal(jobs.idle):
        jobs.run("Busy", busy)
        clock.start()
        ticker.start(5)
    # Without a short switch interval it is about every tick that waits; a shared machine may stall for itself once.
    assert len(gaps) > 30 and sorted(gaps)[len(gaps) * 95 // 100] <= 50


def test_the_bar_shows_the_job_and_cancels_it(jobs: Jobs, qtbot: QtBot) -> None:
    bar = JobBar(jobs)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    job = jobs.run("Import", endless)
    qtbot.waitUntil(lambda: bar.isVisible() and job.done > 0)
    button = bar.findChild(QToolButton, "cancelJob")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert job.is_cancelled()
    qtbot.waitUntil(bar.isHidden)


def test_a_short_job_does_not_flicker(jobs: Jobs, qtbot: QtBot) -> None:
    bar = JobBar(jobs)
    qtbot.addWidget(bar)
    with qtbot.waitSignal(jobs.idle):
        jobs.run("Short", lambda _progress, _cancelled: None)
    qtbot.wait(350)
    assert bar.isHidden()


def test_an_outcome_is_told_once_the_window_has_taken_in_what_was_written(jobs: Jobs, qtbot: QtBot) -> None:
    is_taken_in = [False]
    jobs.is_taken_in = lambda: is_taken_in[0]
    told: list[int] = []
    jobs.run("Write", lambda _progress, _cancelled: 7, told.append)
    qtbot.wait(100)
    assert not told and jobs.running
    is_taken_in[0] = True
    qtbot.waitUntil(lambda: told == [7])
