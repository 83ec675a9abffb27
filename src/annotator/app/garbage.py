"""Python's collector of cyclic garbage, kept to the thread of the window.

By itself it runs in whatever thread has just made many objects. In the thread of a job it would delete objects of Qt
that belong to the window, which Qt answers with a crash; and in the midst of a bulk action it would walk through
everything that the program holds, for a tenth of a second at a time.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500
"""Milliseconds between two looks at how much there is to collect."""

_YOUNG, _MIDDLE, _OLD = 0, 1, 2


class GarbageCollector(QObject):
    """Collects from the event loop, with Python's own thresholds; the oldest generation only while nothing runs.

    ``is_busy``: whether a job runs. Ends with its parent, and gives collecting back to Python then.
    """

    def __init__(self, is_busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        parent.destroyed.connect(gc.enable)

    def collect(self) -> int | None:
        """Collect the oldest generation that is due; which one, or None where none is."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (_OLD, _MIDDLE, _YOUNG):
            if counts[generation] > thresholds[generation] and not (generation == _OLD and self._is_busy()):
                gc.collect(generation)
                return generation
        return None
