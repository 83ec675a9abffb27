"""Work in a separate process, for code such as spaCy that would block the window by holding the interpreter lock."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from annotator.domain.errors import AnnotatorError, Cancelled, WorkerLost

_POLL = 0.05
"""Seconds between two checks whether the user has cancelled."""

_GRACE = 10.0
"""Seconds that a cancelled process has for clean-up."""

_GRACE_WITHOUT_PARENT = 1.0
"""Seconds that a process has for clean-up after its parent process has ended."""

_PROGRESS, _PART, _RESULT, _REFUSED, _BUG = "progress", "part", "result", "refused", "bug"


def in_process(
    function: Callable[..., Any],
    progress: Callable[[int, int, str], None],
    cancelled: Callable[[], bool],
    *arguments: Any,
) -> Any:
    """Call ``function(*arguments, progress=...)`` in a new process and wait for its result, as the work of a Job.

    Function, arguments and result must be picklable. Raise a known error unchanged, another one as RuntimeError with
    its traceback, Cancelled after the process was stopped, and WorkerLost if the process ended unexpectedly.
    """
    result = None
    for kind, value in _said(_work, function, arguments, cancelled):
        if kind == _PROGRESS:
            progress(*value)
        else:
            result = value
    return result


def parts_from_process(
    function: Callable[..., Any], cancelled: Callable[[], bool], *arguments: Any
) -> Generator[Any, None, None]:
    """Yield the items that ``function(*arguments)`` yields in a new process, no faster than they are consumed.

    Function, arguments and items must be picklable; raise as ``in_process`` does. The process ends with the iterator.
    """
    for kind, value in _said(_yield, function, arguments, cancelled):
        if kind == _RESULT:
            return
        yield value


def _said(
    work: Callable[..., None], function: Callable[..., Any], arguments: tuple[Any, ...], cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Any]]:
    """Yield the messages of the process; its result is the last."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(there, function, arguments), daemon=True)
    process.start()
    there.close()
    try:
        while True:
            if cancelled():
                raise Cancelled("Cancelled; the existing data is unchanged.")
            if not here.poll(_POLL):
                continue
            kind, value = here.recv()
            if kind == _REFUSED:
                raise value
            if kind == _BUG:
                raise RuntimeError(value)
            yield kind, value
            if kind == _RESULT:
                return
    except (EOFError, ConnectionError):
        process.join(_GRACE)
        raise WorkerLost(
            f"The process that did the work ended by itself (code {process.exitcode}): it was killed, or the memory "
            "ran out. The existing data is unchanged; try again."
        ) from None
    finally:
        # The closed connection makes the next message of the process fail; it removes its drafts and ends.
        here.close()
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()


def _end_with_parent() -> None:
    """End this process soon after its parent process, which may be killed at any time."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        # Gives the work time to detect the closed connection and to remove its drafts.
        time.sleep(_GRACE_WITHOUT_PARENT)
        os._exit(1)

    threading.Thread(target=watch, name="annotator-parent", daemon=True).start()


def _work(answer: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    def progress(done: int, total: int, text: str) -> None:
        _say(answer, _PROGRESS, (done, total, text))

    _answer(answer, lambda: function(*arguments, progress=progress))


def _yield(answer: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    def all_parts() -> None:
        for part in function(*arguments):
            _say(answer, _PART, part)

    _answer(answer, all_parts)


def _say(answer: Connection, kind: str, value: Any) -> None:
    try:
        answer.send((kind, value))
    except BrokenPipeError:
        raise Cancelled("The result is no longer needed.") from None


def _answer(answer: Connection, work: Callable[[], Any]) -> None:
    import traceback

    _end_with_parent()
    try:
        answer.send((_RESULT, work()))
    except Cancelled:
        return
    except AnnotatorError as error:
        with suppress(BrokenPipeError):
            answer.send((_REFUSED, error))
    except BaseException:  # noqa: BLE001 - every exception is reported to the window
        with suppress(BrokenPipeError):
            answer.send((_BUG, traceback.format_exc()))
