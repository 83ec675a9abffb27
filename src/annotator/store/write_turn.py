"""The right to write to a project, which one thread has at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from annotator.domain.errors import ProjectBusy
from annotator.store import rows

Progress = Callable[[int, int, str], None]
"""Called with rows written, rows in all, and the current step.

An exception that it raises, such as Cancelled, rolls everything back.
"""


_LOCK_POLL_SECONDS = 0.02
"""Seconds between two checks of the main thread whether the write that it waits for is a long one."""


class WriteTurn:
    """The right to write. One thread has it at a time; the thread that has it may take it again."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """The lock itself, for a caller that waits however long the thread that has it takes."""
        self.long_step = ""
        """The title of the long step that is being written; empty where there is none."""
        self._is_awaited = False

    @contextmanager
    def take(self, long_step: str = "") -> Iterator[None]:
        """Hold the right to write until the end of the block.

        ``long_step``: the title of a step that takes long, for the message to others meanwhile.

        Raise ProjectBusy on the main thread while another thread is in such a step: a window must not wait for it.
        """
        if threading.current_thread() is threading.main_thread():
            self._is_awaited = True
            try:
                while not self.lock.acquire(timeout=_LOCK_POLL_SECONDS):
                    if self.long_step:
                        raise ProjectBusy(
                            f"The project is still busy with “{self.long_step}”, so nothing was changed: wait until "
                            "that is done, or cancel it, and repeat the step."
                        )
            finally:
                self._is_awaited = False
        else:
            self.lock.acquire()
        try:
            self.long_step = long_step or self.long_step
            yield
        finally:
            if long_step:
                self.long_step = ""
            self.lock.release()

    def progress_report(self, progress: Progress, total: int, title: str) -> rows.Report:
        """Add up the rows that were written, and report the progress."""
        done = 0

        def report(rows: int) -> None:
            nonlocal done
            done += rows
            # A progress report can run the window's event loop, which must not happen while the window waits for the
            # end.
            if self.long_step or not self._is_awaited:
                progress(done, total, title)

        report(0)
        return report
