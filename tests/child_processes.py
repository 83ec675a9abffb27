"""Processes that a test starts beside itself, and may kill. They are forked from a server that has loaded the package:
a new Python takes a second to do that.

What they do are functions of this module, because a process that starts by itself (Windows) finds them by name.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import annotator
from annotator.domain.errors import AnnotatorError
from annotator.store.project import Project

if sys.platform == "win32":
    CONTEXT = multiprocessing.get_context("spawn")
else:
    CONTEXT = multiprocessing.get_context("forkserver")
    CONTEXT.set_forkserver_preload(["annotator.api", "annotator.domain.tables"])


class Child:
    """A process that calls ``work`` with a pipe to this one and ``arguments``. It is killed at the end of the block."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self.pipe, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_work_in, args=(dict(os.environ), work, theirs, *arguments), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()

    def received(self) -> Iterator[Any]:
        """What it sends, until it ends; what it had not sent whole is not there."""
        while True:
            try:
                yield self.pipe.recv()
            except (EOFError, OSError):
                return


def _work_in(environment: dict[str, str], work: Callable[..., None], *arguments: Any) -> None:
    # The server has the environment of the test that was the first.
    os.environ.clear()
    os.environ.update(environment)
    work(*arguments)


def open_for_writing(pipe: Connection, path: Path) -> None:
    """Send why the project cannot be opened for writing, or ""."""
    try:
        annotator.open(path).close()
    except AnnotatorError as error:
        pipe.send(f"{type(error).__name__}: {error}")
    else:
        pipe.send("")


def annotate_many(pipe: Connection, path: Path) -> None:
    """Annotate 200 places, send the number of each annotation, and wait."""
    with annotator.open(path) as project:
        document = project.documents()[0]
        for number in range(200):
            grade = number % 6 + 1
            made = project.annotate(document, number, number + 5, "claim", credibility=grade, source="Ministry")
            pipe.send(made.id)
        pipe.recv()


def retrace(pipe: Connection, path: Path, direction: str) -> None:
    """Undo or redo a step of many rows, send how many are done at times, "done" at the end, and wait."""
    with Project.open(path) as project:
        getattr(project, direction)(lambda done, total, text: pipe.send(done))
        pipe.send("done")
        pipe.recv()
