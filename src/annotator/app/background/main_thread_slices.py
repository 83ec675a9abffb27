"""Long work that only the main thread may do, such as text layout, in slices that keep the window responsive."""

import queue
import time
from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from annotator.app.background.jobs import Progress

SLICE = 0.012
"""Maximum seconds of a slice on the main thread, unless a single step takes longer."""

T = TypeVar("T")
Steps = Generator[tuple[int, int], None, T]


class _Answer(NamedTuple):
    """The outcome of a slice: a step, the result, or an error."""

    step: tuple[int, int] | None = None
    result: Any = None
    error: BaseException | None = None


class InSlices(QObject):
    """Runs a generator on the main thread, where this object must be created, from the thread of a job.

    The generator yields units done and total units. When the job is cancelled, it is closed on the main thread too.
    """

    _wanted = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Steps[Any] | None = None
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._wanted.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def run(self, steps: "Steps[T]", progress: Progress) -> T:
        """Return the result of the generator; called by the job. Raise the errors of the generator, and Cancelled."""
        self._steps = steps
        try:
            while True:
                answer = self._ask(goes_on=True)
                if answer.error is not None:
                    raise answer.error
                if answer.step is None:
                    result: T = answer.result
                    return result
                progress(*answer.step)
        finally:
            self._ask(goes_on=False)

    def _ask(self, *, goes_on: bool) -> _Answer:
        self._wanted.emit(goes_on)
        return self._answers.get()

    def _answer(self, goes_on: bool) -> None:
        try:
            self._answers.put(self._slice() if goes_on else self._close())
        except BaseException as error:  # noqa: BLE001 - passed on to the waiting thread of the job
            self._answers.put(_Answer(error=error))

    def _slice(self) -> _Answer:
        assert self._steps is not None
        deadline = time.perf_counter() + SLICE
        try:
            step = next(self._steps)
            while time.perf_counter() < deadline:
                step = next(self._steps)
        except StopIteration as end:
            return _Answer(result=end.value)
        return _Answer(step=(step[0], step[1]))

    def _close(self) -> _Answer:
        if self._steps is not None:
            self._steps.close()
        return _Answer()
