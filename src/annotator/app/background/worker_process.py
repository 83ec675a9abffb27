"""Work in a process of its own, for what holds the interpreter so long that the window would stall: spaCy above all."""

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
"""Seconds between two looks at whether the user has cancelled."""

_GRACE = 10.0
"""Seconds that a cancelled process gets to clear up."""

_GRACE_WITHOUT_PARENT = 1.0
"""Seconds that a process gets to clear up when the one that started it has ended."""

_PROGRESS, _PART, _RESULT, _REFUSED, _BUG = "progress", "part", "result", "refused", "bug"


def in_process(
    function: Callable[..., Any],
    progress: Callable[[int, int, str], None],
    cancelled: Callable[[], bool],
    *arguments: Any,
) -> Any:
    """Call ``function(*arguments, progress=...)`` in a new process and wait for its result, as the work of a Job.

    Function, arguments and result must be picklable. A known error is raised here as it was there; another one as
    RuntimeError with its traceback. Raises Cancelled, after the process has been ended, and WorkerLost where it ended
    by itself.
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
    """What ``function(*arguments)`` yields in a new process, part by part; it is made no faster than it is taken.

    Function, arguments and parts must be picklable; raises as ``in_process`` does. The process ends with the iterator.
    """
    for kind, value in _said(_yield, function, arguments, cancelled):
        if kind == _RESULT:
            return
        yield value


def _said(
    work: Callable[..., None], function: Callable[..., Any], arguments: tuple[Any, ...], cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Any]]:
    """What the process says, until its result, which is the last."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(there, function, arguments), daemon=True)
    process.start()
    there.close()
    try:
        while True:
            if cancelled():
                raise Cancelled("Cancelled; what was there is untouched.")
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
            "ran out. What was there is untouched; try it again."
        ) from None
    finally:
        # Nobody listens any more: its next word fails, and it clears its drafts away and ends.
        here.close()
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()


def _end_with_parent() -> None:
    """Let this process end soon after the one that started it, which may be killed in the middle of its work."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        # Time for the work to notice that nobody listens, and to clear its drafts away.
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
        raise Cancelled("Nobody waits for this any more.") from None


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
    except BaseException:  # noqa: BLE001 - whatever it is, the window hears of it
        with suppress(BrokenPipeError):
            answer.send((_BUG, traceback.format_exc()))
