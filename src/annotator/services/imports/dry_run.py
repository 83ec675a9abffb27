"""Dry runs: a copy of the project, in which something is done to see what it would do."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from annotator.domain.errors import DiskFull
from annotator.files.drafts import temporary_folder
from annotator.services.projects import projects
from annotator.store.backup import copy
from annotator.store.project import Project


@contextmanager
def dry_run_copy(project: Project) -> Iterator[Project]:
    """Yield an open copy of ``project``, which may be written to and is removed afterwards; ``project`` is only read.

    The copy is made in the folder for temporary files, where no other user may read it. Raise DiskFull where there is
    no room for it.
    """
    with temporary_folder() as folder:
        path = folder / project.path.name
        try:
            copy(project.path, path)
            with projects.open_project(path, annotator=project.annotator) as copied:
                copied.makes_backups = False
                yield copied
        except DiskFull as error:
            raise DiskFull(
                f"The disk of the folder for temporary files, {tempfile.gettempdir()}, is too full to try it on a copy "
                f"of {project.path.name}, which is untouched: free some space there, or set TMPDIR to another folder."
            ) from error
