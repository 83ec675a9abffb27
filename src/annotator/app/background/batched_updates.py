"""A backlog: many rows that are to be shown, some at a time, so that the event loop never waits for all of them."""

from collections.abc import Callable, Iterable
from itertools import islice
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

ROWS_PER_KEY_PRESS = 100
"""So many rows at most are a user's key press and are shown at once."""

_BUDGET = 0.008
"""Seconds that one part should take: a frame with its painting then stays well below 50 ms."""

_MIN_BATCH, _MAX_BATCH = 25, 2_000
_MIN_BATCH_WITH_INTERVAL = 500


class Backlog(QObject):
    """Ids that wait for ``take``, which gets them in parts, in the order in which they came, each id once.

    ``interval``: milliseconds between two parts; for who has to go through all that he holds whatever the part.
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
        """Have these taken as soon as those before them are."""
        if not self._waiting:
            # What the last ones took says nothing of these: to take out is quicker than to take in.
            self._size = self._first
        self._waiting.update(dict.fromkeys(ids))
        if self._waiting:
            self._timer.start()

    def discard(self, ids: Iterable[int]) -> None:
        """These have been shown otherwise."""
        for id in ids:
            self._waiting.pop(id, None)

    def clear(self) -> None:
        """Forget what waits."""
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
            # As many as fit next time, as far as this time tells.
            fitting = len(part) * _BUDGET / max(1e-6, perf_counter() - begin)
            self._size = max(self._least, min(_MAX_BATCH, int(fitting), 2 * self._size))
