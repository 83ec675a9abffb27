"""Delivers what any thread writes to the project to the main thread."""

import threading
from collections import deque
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from annotator.domain.changes import Change, Edit

_EDITS_PER_DELIVERY = 500
"""The maximum number of edits of other threads that are delivered before control returns to the event loop."""


class CommitQueue(QObject):
    """A queue of committed changes, delivered on the main thread in the order of their commits.

    A change of the main thread is delivered immediately. Those of other threads wait for the event loop, which combines
    them up to a maximum size.
    """

    delivered = Signal(object)
    """A Change that is in the file now."""
    _added = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Change] = deque()
        # By a timer, because Qt processes all queued events before it paints.
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._deliver)
        self._added.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)

    def __bool__(self) -> bool:
        """Return whether changes of other threads are not delivered yet."""
        return bool(self._waiting)

    def add(self, change: Change) -> None:
        """Deliver a change, or append it to the queue. Any thread may call this."""
        if threading.current_thread() is threading.main_thread():
            self.delivered.emit(change)
            return
        for first in range(0, len(change.edits), _EDITS_PER_DELIVERY):
            self._waiting.append(replace(change, edits=change.edits[first : first + _EDITS_PER_DELIVERY]))
        self._added.emit()

    def clear(self) -> None:
        """Forget what is not delivered yet."""
        self._waiting.clear()

    def _deliver(self) -> None:
        edits: list[Edit] = []
        title = step = ""
        while self._waiting and len(edits) + len(self._waiting[0].edits) <= _EDITS_PER_DELIVERY:
            change = self._waiting.popleft()
            edits += change.edits
            title, step = change.title, change.step
        if not self._waiting:
            self._timer.stop()
        if edits:
            self.delivered.emit(Change(title, tuple(edits), step))
