"""Long work on threads, with progress, cancel, and the result on the main thread."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from annotator.app.style.icons import icon
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError, Cancelled

REPORT_INTERVAL = 0.05
"""Minimum seconds between two reports of progress to the window."""

SWITCH_INTERVAL = 0.00005
"""The switch interval of the interpreter in seconds while a job runs: the main thread releases the interpreter lock at
nearly every call of Qt, and gets it back only after this time."""

PAUSE_SECONDS = 0.004
"""Seconds after which a job pauses for the window, at its next report of progress."""

GIVE_WAY = 0.04
"""Maximum seconds of that pause, which ends when the event loop has handled all pending events."""

_AGAIN = 5
"""Milliseconds between two checks whether the window has shown what a job wrote."""

_WAKE_UP = QEvent.Type(QEvent.registerEventType())
_LAST = Qt.EventPriority.LowEventPriority.value - 1
"""A priority below that of painting."""

SHOW_AFTER = 300
"""Milliseconds before a job is shown, so that short jobs do not flicker."""

BAR_STEPS = 1000

_log = logging.getLogger(__name__)


class Progress(Protocol):
    """A callback for progress: units done, total units (0 if unknown), and a description of the current work."""

    def __call__(self, done: int, total: int = 0, text: str = "", /) -> None:
        """Report progress. Raise Cancelled after the user has cancelled."""


Work = Callable[[Progress, Callable[[], bool]], Any]
"""Long work: ``work(progress, cancelled)``. It calls ``progress`` often, or checks ``cancelled()`` and raises
Cancelled; then it must not leave partial results. It never uses a widget."""


class Job(QObject):
    """One piece of long work. All signals are emitted on the main thread, ``finished`` always last."""

    progressed = Signal(object, object, str)
    """Units done, total units, description. The counts may be bytes, which exceed C integers."""
    succeeded = Signal(object)
    failed = Signal(str)
    """A known error, as one sentence."""
    cancelled = Signal()
    finished = Signal()

    _reported = Signal(object, object, str)
    _ended = Signal(object, object)

    def __init__(
        self,
        title: str,
        work: Work,
        parent: QObject | None = None,
        is_taken_in: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.done = 0
        self.total = 0
        self.text = ""
        self._work = work
        self._is_taken_in = is_taken_in
        self._cancel = threading.Event()
        self._last_report = 0.0
        self._next_pause = 0.0
        self._answered = threading.Event()
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        # A daemon thread, so that work that never checks for a cancel cannot keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=f"job: {title}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Request the work to stop; it stops at its next report of progress."""
        self._cancel.set()

    def is_cancelled(self) -> bool:
        """Return whether a cancel was requested. Any thread may call this."""
        return self._cancel.is_set()

    def wait(self, seconds: float) -> bool:
        """Block until the thread ends or the time is over; return whether it ended. Only for the end of the program."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._work(self._progress, self.is_cancelled)
        except BaseException as caught:  # noqa: BLE001 - every exception is reported on the main thread
            error = caught
        try:
            self._ended.emit(result, error)
        except RuntimeError:
            # The application was destroyed, and this object with it.
            _log.info("Ended after the window: %s", self.title)

    def _progress(self, done: int, total: int = 0, text: str = "", /) -> None:
        if self._cancel.is_set():
            raise Cancelled(f"{self.title}: cancelled.")
        now = time.monotonic()
        if now - self._last_report >= REPORT_INTERVAL or (total and done >= total):
            self._last_report = now
            self._reported.emit(done, total, text)
        if now >= self._next_pause:
            self._give_way()

    def _give_way(self) -> None:
        """Wait until the window has handled its events: while another thread needs the interpreter, painting takes many
        times as long.
        """
        begin = time.monotonic()
        self._answered.clear()
        QCoreApplication.postEvent(self, QEvent(_WAKE_UP), _LAST)
        self._answered.wait(GIVE_WAY)
        now = time.monotonic()
        # If the event loop is busy for long, or does not run, the work still gets half of the time.
        self._next_pause = now + max(PAUSE_SECONDS, now - begin)

    def event(self, event: QEvent) -> bool:
        if event.type() == _WAKE_UP:
            self._answered.set()
            return True
        return super().event(event)

    def _on_reported(self, done: int, total: int, text: str) -> None:
        self.done, self.total, self.text = done, total, text
        self.progressed.emit(done, total, text)

    def _on_ended(self, result: object, error: BaseException | None) -> None:
        if not self._is_taken_in():
            QTimer.singleShot(_AGAIN, self, lambda: self._on_ended(result, error))
            return
        # The thread only has to return from emitting the signal, during which this object must exist.
        self._thread.join()
        try:
            if error is None:
                self.succeeded.emit(result)
            elif isinstance(error, Cancelled):
                self.cancelled.emit()
            elif isinstance(error, AnnotatorError):
                self.failed.emit(str(error))
            else:
                sys.excepthook(type(error), error, error.__traceback__)
        finally:
            self.finished.emit()


class Jobs(QObject):
    """The running jobs. The window starts jobs here, and checks before it closes whether any is left."""

    started = Signal(object)
    ended = Signal(object)
    failed = Signal(str)
    """The known error of any job, for a message over the window."""
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_taken_in: Callable[[], bool] = lambda: True
        """Returns whether the window has shown all commits. The result of a job is reported only then."""
        self._running: list[Job] = []
        self._switch_interval = sys.getswitchinterval()

    @property
    def running(self) -> tuple[Job, ...]:
        return tuple(self._running)

    def run(
        self,
        title: str,
        work: Work,
        on_success: Callable[[Any], object] | None = None,
        on_failure: Callable[[str], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> Job:
        """Start ``work(progress, cancelled)`` on a separate thread; the callbacks run on the main thread.

        Without ``on_failure`` a known error is emitted by ``failed``. Other exceptions go to ``sys.excepthook``.
        """
        job = Job(title, work, self, self.is_taken_in)
        if on_success is not None:
            job.succeeded.connect(on_success)
        job.failed.connect(self.failed if on_failure is None else on_failure)
        if on_cancel is not None:
            job.cancelled.connect(on_cancel)
        job.finished.connect(lambda: self._on_finished(job))
        if not self._running:
            self._switch_interval = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_INTERVAL)
        self._running.append(job)
        self.started.emit(job)
        job.start()
        return job

    def cancel_all(self) -> None:
        for job in self._running:
            job.cancel()

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once no job runs: immediately, or when the last job has ended.

        To close the window, cancel all jobs, ignore the close event, and close again in the callback.
        """
        if not self._running:
            callback()
            return
        self.idle.connect(callback, Qt.ConnectionType.SingleShotConnection)

    def _on_finished(self, job: Job) -> None:
        self._running.remove(job)
        if not self._running:
            sys.setswitchinterval(self._switch_interval)
        self.ended.emit(job)
        job.deleteLater()
        if not self._running:
            self.idle.emit()


class JobBar(QWidget):
    """The current job in the status bar: title, progress, and a cancel button. Hidden while no job runs."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobBar")
        self._jobs = jobs
        self._job: Job | None = None
        self._text = TextLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setFixedWidth(140)
        self._bar.setFixedHeight(12)
        self._bar.setTextVisible(False)
        self._cancel = QToolButton(self)
        self._cancel.setObjectName("cancelJob")
        self._cancel.setText("Cancel")
        self._cancel.setIcon(icon("reject"))
        self._cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._cancel.clicked.connect(self._on_cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self._text, self._bar, self._cancel):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOW_AFTER)
        self._delay.timeout.connect(self._on_delay_over)
        self.hide()
        jobs.started.connect(self._on_started)
        jobs.ended.connect(self._on_ended)

    def _on_started(self, job: Job) -> None:
        job.progressed.connect(self._show_state)
        self._job = job
        if not self.isVisible():
            self._delay.start()
        self._show_state()

    def _on_ended(self, job: Job) -> None:
        running = self._jobs.running
        if not running:
            self._job = None
            self._delay.stop()
            self.hide()
        elif job is self._job:
            self._job = running[-1]
            self._show_state()

    def _on_delay_over(self) -> None:
        self.setVisible(self._job is not None)

    def _on_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._show_state()

    def _show_state(self) -> None:
        job = self._job
        if job is None:
            return
        others = len(self._jobs.running) - 1
        if job.is_cancelled():
            text = f"{job.title}: cancelling"
        elif job.total:
            text = f"{job.title}: {job.done:,} of {job.total:,}"
        elif job.done:
            text = f"{job.title}: {job.done:,}"
        else:
            text = job.title
        self._text.setText(text + (f" (and {others} more)" if others > 0 else ""))
        self._text.setToolTip(tool_tip(job.text))
        self._bar.setMaximum(BAR_STEPS if job.total else 0)
        if job.total:
            self._bar.setValue(min(BAR_STEPS, job.done * BAR_STEPS // job.total))
        self._bar.setAccessibleName(text)
        self._cancel.setEnabled(not job.is_cancelled())
        self._cancel.setAccessibleName(f"Cancel {job.title}")
