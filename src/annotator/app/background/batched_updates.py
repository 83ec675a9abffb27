"""A backlog: shows many changed rows in batches, so that the event loop never waits for all of them."""

from collections.abc import Callable, Iterable
from itertools import islice
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

ROWS_PER_KEY_PRESS = 100
"""Up to this number of rows a change counts as a user's action and is shown immediately."""

_BUDGET = 0.008
"""The target time of one batch in seconds; a frame with its painting then stays well below 50 ms."""

_MIN_BATCH, _MAX_BATCH = 25, 2_000
_MIN_BATCH_WITH_INTERVAL = 500


class Backlog(QObject):
    """A queue of ids for ``take``, which is called with batches in the order of arrival, each id once.

    ``interval``: milliseconds between two batches, for a view whose cost per batch depends on all its rows.
    """

    def __init__(self, take: Callable[[list[int]], object], parent: QObject, interval: int = 0) -> None:
        super().__init__(parent)
        self._take = take
        self._waiting: dict[int, None] = {}
        self._least = _MIN_BATCH_WITH_INTERVAL if interval else _MIN_BATCH
        self._first = max(ROWS_PER_KEY_PRESS, self._least)
        self._size = self._first
        self._timer = QTimer(self, interval=interval)
        self._timer.timeout.connect(self._take_part)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, ids: Iterable[int]) -> None:
        """Append ids to the queue."""
        if not self._waiting:
            # The duration of earlier batches does not predict this one: removing rows is faster than adding them.
            self._size = self._first
        self._waiting.update(dict.fromkeys(ids))
        if self._waiting:
            self._timer.start()

    def discard(self, ids: Iterable[int]) -> None:
        """Remove ids that are already shown."""
        for id in ids:
            self._waiting.pop(id, None)

    def clear(self) -> None:
        """Remove all ids."""
        self._waiting.clear()
        self._timer.stop()

    def _take_part(self) -> None:
        part = list(islice(self._waiting, self._size))
        self.discard(part)
        if not self._waiting:
            self._timer.stop()
        if part:
            begin = perf_counter()
            self._take(part)
            # The next batch size is estimated from the duration of this batch.
            fitting = len(part) * _BUDGET / max(1e-6, perf_counter() - begin)
            self._size = max(self._least, min(_MAX_BATCH, int(fitting), 2 * self._size))
