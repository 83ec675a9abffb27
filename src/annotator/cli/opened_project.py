"""The project that a command works on: opened for it, closed after it, and its seal."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from annotator.cli.output import plain_failures
from annotator.domain.errors import DamagedProject
from annotator.domain.seal import Seal
from annotator.services.projects import projects
from annotator.store.project import Project

wait_seconds: ContextVar[float] = ContextVar("wait_seconds", default=0.0)
"""How long to wait for a project that is in use by another window or command."""


@contextmanager
def opened(file: Path, *, write: bool = False) -> Iterator[Project]:
    """Provide the project, to be read or also written, and close it at the end.

    Reading is allowed while another window has the project open. Known errors, from opening and from the block, become
    one sentence on stderr and an exit code.
    """
    with plain_failures(), projects.open_project(file, read_only=not write, wait=wait_seconds.get()) as project:
        yield project
        # What was printed may come from another file than the one that has the name now.
        project.verify_file()


def seal_of(project: Project) -> Seal | None:
    """Return the seal of a project; None where its log is damaged, which must not prevent the rest of a report."""
    try:
        return project.seal
    except DamagedProject:
        return None
