"""Python's collector of cyclic garbage, kept to the thread of the window.

By itself it runs in whatever thread has just made many objects. In the thread of a job it would delete objects of Qt
that belong to the window, which Qt answers with a crash; in the midst of a call of Qt it would delete objects that Qt
is about to use, or wait for a lock that this very call holds; and in the midst of a bulk action it would walk through
everything that the program holds, for a fifth of a second at a time.
"""

import gc
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QCoreApplication, QObject, QTimer

INTERVAL = 500
"""Milliseconds between two looks at how much there is to collect."""

BUSY_INTERVAL = 50
"""The same while much is being done: what is made in between is little enough to be walked through."""

SELDOM = 300
"""Seconds between two walks through everything."""

_YOUNG, _MIDDLE, _OLD = 0, 1, 2


class GarbageCollector(QObject):
    """Collects from the event loop, with Python's own thresholds, and everything only seldom and while nothing runs.

    ``is_busy``: whether bulk work is under way. What is made meanwhile is walked through once, and then left alone
    until that is over. Ends with its parent, and gives collecting back to Python from the event loop after that.
    """

    _alive = 0

    def __init__(self, is_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        self._was_busy = False
        self._next_walk = 0.0
        gc.disable()
        GarbageCollector._alive += 1
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        parent.destroyed.connect(_end)

    def collect(self) -> int | None:
        """Collect the oldest generation that is due; which one, or None where none is."""
        busy = self._is_busy()
        if busy != self._was_busy:
            self._was_busy = busy
            self._timer.setInterval(BUSY_INTERVAL if busy else INTERVAL)
            if not busy:
                gc.unfreeze()
                # The user has waited, and goes on now: not at this moment.
                return None
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if busy:
            due = _YOUNG if counts[_YOUNG] > thresholds[_YOUNG] else None
        else:
            due = next((each for each in (_OLD, _MIDDLE, _YOUNG) if counts[each] > thresholds[each]), None)
            if due == _OLD and monotonic() < self._next_walk:
                due = _MIDDLE
        if due is not None:
            gc.collect(due)
        if busy:
            gc.freeze()
        if due == _OLD:
            self._next_walk = monotonic() + SELDOM
        return due


def _end() -> None:
    GarbageCollector._alive -= 1
    gc.unfreeze()
    # Not at once: the parent is still being destroyed.
    application = QCoreApplication.instance()
    if application is not None:
        QTimer.singleShot(0, application, _give_back)


def _give_back() -> None:
    if not GarbageCollector._alive:
        gc.enable()
