"""Writing the write-ahead log back into the project file while nobody writes, so that a plain copy of it is whole."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

PAUSE = 2.0
"""Seconds without a write after which the log is written back."""


class Checkpointer:
    """Calls ``checkpoint`` on a thread of its own, some time after the last write, or when asked.

    ``checkpoint`` returns whether everything was written back; if not, it is called again after another pause. The
    thread begins with the first write and ends with ``stop``. All methods return at once but ``stop``, which waits for
    a checkpoint that has begun.
    """

    def __init__(self, checkpoint: Callable[[], bool], pause: float = PAUSE) -> None:
        self._checkpoint = checkpoint
        self._pause = pause
        self._changed = threading.Condition()
        self._due: float | None = None
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def note_write(self) -> None:
        """Write the log back after a pause, which begins anew with each write."""
        self._schedule(self._pause)

    def ask(self) -> None:
        """Write the log back now."""
        self._schedule(0.0)

    def stop(self) -> None:
        """End the thread. Nothing is written back any more when this returns."""
        # A forked child has neither the thread nor a right to its locks.
        if self._thread is None or self._process != os.getpid():
            return
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _schedule(self, seconds: float) -> None:
        if self._process != os.getpid():
            return
        with self._changed:
            if self._stopped:
                return
            # The thread wakes at the time that it knows, and then sees the later one.
            must_wake = self._due is None or not seconds
            self._due = time.monotonic() + seconds
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
                # Where the system has no room for a thread, closing writes the log back: the write itself stands.
                with suppress(RuntimeError):
                    thread.start()
                    self._thread = thread
            elif must_wake:
                self._changed.notify_all()

    def _run(self) -> None:
        while self._wait_until_due():
            if not self._checkpoint():
                self._schedule(self._pause)

    def _wait_until_due(self) -> bool:
        """Wait for the next checkpoint; False where there is none any more."""
        with self._changed:
            while not self._stopped:
                if self._due is None:
                    self._changed.wait()
                elif (seconds := self._due - time.monotonic()) > 0:
                    self._changed.wait(seconds)
                else:
                    self._due = None
                    return True
            return False
