"""Background checkpoints: the write-ahead log is written back into the project file, so that a plain copy is whole."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

PAUSE = 2.0
"""Seconds after the last write until the log is written back."""


class Checkpointer:
    """A thread that calls ``checkpoint`` some time after the last write, or on request.

    ``checkpoint`` returns whether everything was written back; if not, it is called again after another pause. The
    thread starts with the first write and ends with ``stop``. All methods return at once except ``stop``, which waits
    for a checkpoint that has begun.
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
        """Write the log back after a pause, which restarts with each write."""
        self._schedule(self._pause)

    def ask(self) -> None:
        """Write the log back now."""
        self._schedule(0.0)

    def stop(self) -> None:
        """End the thread. After this returns, nothing is written back."""
        # A forked child has neither the thread nor the right to use its locks.
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
            # The thread wakes at the time that it knows and then sees the later one.
            must_wake = self._due is None or not seconds
            self._due = time.monotonic() + seconds
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
                # Where the system cannot start another thread, closing writes the log back; the write itself is
                # committed.
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
        """Wait until the next checkpoint is due; return False once the thread was stopped."""
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
