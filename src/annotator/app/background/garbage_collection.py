"""Python's cyclic garbage collection, restricted to the main thread.

By default it runs in any thread that has just allocated many objects. In the thread of a job it would delete Qt
objects of the window, which crashes the program. During a call of Qt it would delete objects that Qt is about to use,
or wait for a lock that this call holds. During a bulk action it would traverse all objects of the program, which takes
a fifth of a second each time.
"""

import gc
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QCoreApplication, QObject, QTimer

INTERVAL = 500
"""Milliseconds between two checks of how much there is to collect."""

BUSY_INTERVAL = 50
"""The same during bulk work: few enough objects are allocated between two checks to be traversed quickly."""

SELDOM = 300
"""Seconds between two full collections."""

_YOUNG, _MIDDLE, _OLD = 0, 1, 2


class GarbageCollector(QObject):
    """Collects from the event loop with Python's thresholds; full collections are rare and run only while no job runs.

    ``is_busy``: whether bulk work is running. Objects made meanwhile are traversed once and then ignored until it ends.
    When the parent is destroyed, Python's automatic collection is enabled again: from the event loop, or immediately
    if there is no application. Once the event loop has ended, it stays disabled until the program exits.
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
        """Collect the oldest generation that is due; return its number, or None if none is due."""
        busy = self._is_busy()
        if busy != self._was_busy:
            self._was_busy = busy
            self._timer.setInterval(BUSY_INTERVAL if busy else INTERVAL)
            if not busy:
                gc.unfreeze()
                # Bulk work has just ended and the user continues to work, so a full collection is postponed.
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
    # Deferred, because the parent is still being destroyed.
    application = QCoreApplication.instance()
    if application is not None:
        QTimer.singleShot(0, application, _give_back)
    else:
        _give_back()


def _give_back() -> None:
    if not GarbageCollector._alive:
        gc.enable()
