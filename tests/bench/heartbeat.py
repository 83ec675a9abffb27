"""A heartbeat of the event loop: how long it stood still, at most and how often."""

from collections.abc import Callable
from time import perf_counter
from types import TracebackType

from PySide6.QtCore import QEventLoop, Qt, QTimer
from tests.bench.report import line

INTERVAL = 5
"""Milliseconds between two beats of a loop that has nothing else to do."""

STALL = 50
"""Milliseconds that a beat may be late."""


class Heartbeat:
    """Beats while it is entered. ``gaps``: milliseconds from each beat to the next."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> "Heartbeat":
        self._last = perf_counter()
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.stop()
        # What stood still at the very end had no beat of its own.
        self._beat()

    @property
    def longest(self) -> float:
        """The longest stall in milliseconds."""
        return max(self.gaps, default=0.0)

    @property
    def share(self) -> float:
        """How many of a hundred beats came later than they may."""
        return 100 * sum(gap > STALL for gap in self.gaps) / max(1, len(self.gaps))

    def _beat(self) -> None:
        now = perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now


def rest(milliseconds: int = 300) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(is_over: Callable[[], bool]) -> None:
    """Let the event loop run until something is over."""
    loop = QEventLoop()
    timer = QTimer()

    def look() -> None:
        if is_over():
            loop.quit()

    timer.timeout.connect(look)
    timer.start(5)
    loop.exec()


def measured(name: str, begin: Callable[[], object], is_over: Callable[[], bool]) -> float:
    """Begin a bulk action, wait for its end, and print how long it took and how the event loop fared; the seconds."""
    began = perf_counter()
    with Heartbeat() as heart:
        begin()
        wait_until(is_over)
    seconds = perf_counter() - began
    line(name, seconds, "s")
    line("  longest stall of the event loop", heart.longest, "ms", None, f"under {STALL} ms")
    line(f"  beats later than {STALL} ms", heart.share, "%", None, "0 %")
    return seconds
