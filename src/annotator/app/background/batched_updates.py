"""A backlog: many rows that are to be taken in, some at a time, so that the event loop never waits for all of them."""

from collections.abc import Callable, Iterable
from itertools import islice
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

AT_ONCE = 100
"""So many rows at most are a user's key press and are taken in at once."""

_BUDGET = 0.008
"""Seconds that one part should take: a frame with its painting then stays well below 50 ms."""

_LEAST, _MOST = 25, 2_000
_LEAST_OF_MANY = 500


class Backlog(QObject):
    """Ids that wait for ``take``, which gets them in parts, in the order in which they came, each id once.

    ``interval``: milliseconds between two parts; for who has to go through all that he holds whatever the part.
    """

    def __init__(self, take: Callable[[list[int]], object], parent: QObject, interval: int = 0) -> None:
        super().__init__(parent)
        self._take = take
        self._waiting: dict[int, None] = {}
        self._least = _LEAST_OF_MANY if interval else _LEAST
        self._first = max(AT_ONCE, self._least)
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
        """These have been taken in otherwise."""
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
            self._size = max(self._least, min(_MOST, int(fitting), 2 * self._size))
