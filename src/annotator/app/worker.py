"""Work in a process of its own, for what holds the interpreter so long that the window would stall: spaCy above all."""

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from annotator.domain.errors import AnnotatorError, Cancelled

_POLL = 0.05
"""Seconds between two looks at whether the user has cancelled."""

_GRACE = 10.0
"""Seconds that a cancelled process gets to clear up."""

_PROGRESS, _RESULT, _REFUSED, _BUG = "progress", "result", "refused", "bug"


def in_process(
    function: Callable[..., Any],
    progress: Callable[[int, int, str], None],
    cancelled: Callable[[], bool],
    *arguments: Any,
) -> Any:
    """Call ``function(*arguments, progress=...)`` in a new process and wait for its result, as the work of a Job.

    Function, arguments and result must be picklable. A known error is raised here as it was there; another one as
    RuntimeError with its traceback. Raises Cancelled, after the process has been ended.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, function, arguments), daemon=True)
    process.start()
    there.close()
    try:
        while True:
            if cancelled():
                raise Cancelled("Cancelled; what was there is untouched.")
            if not here.poll(_POLL):
                continue
            kind, value = here.recv()
            if kind == _PROGRESS:
                progress(*value)
            elif kind == _RESULT:
                return value
            elif kind == _REFUSED:
                raise value
            else:
                raise RuntimeError(value)
    except EOFError:
        raise RuntimeError(f"the process of {function.__name__} ended with exit code {process.exitcode}") from None
    finally:
        # Nobody listens any more: its next word of progress fails, and it clears its drafts away and ends.
        here.close()
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()


def _work(answer: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    import traceback

    def progress(done: int, total: int, text: str) -> None:
        try:
            answer.send((_PROGRESS, (done, total, text)))
        except BrokenPipeError:
            raise Cancelled("Nobody waits for this any more.") from None

    try:
        answer.send((_RESULT, function(*arguments, progress=progress)))
    except Cancelled:
        return
    except AnnotatorError as error:
        with suppress(BrokenPipeError):
            answer.send((_REFUSED, error))
    except BaseException:  # noqa: BLE001 - whatever it is, the window hears of it
        answer.send((_BUG, traceback.format_exc()))
