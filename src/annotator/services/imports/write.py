"""Write what was planned: each chunk is a change of the same step, so that one undo takes all of it back."""

from collections.abc import Callable, Sequence

from annotator.domain.changes import Change, Edit, new_uid
from annotator.store.project import Project
from annotator.store.queries.exchange_queries import IMPORT


class Writer:
    """Applies the edits of one import to a project."""

    def __init__(
        self, project: Project, rows_at_once: int, progress: Callable[[int, int, str], None] = lambda *_: None
    ) -> None:
        """``rows_at_once``: differences in one commit, for which a key press may have to wait.

        ``progress``: called between two parts of the rows of a long change; what it raises ends the import.
        """
        self.step = new_uid()
        self.has_written = False
        """Whether anything of this import is in the project."""
        self._project = project
        self._rows_at_once = rows_at_once
        self._progress = progress

    def write(self, annotators: Sequence[Edit], edits: Sequence[Edit]) -> None:
        """Write the new annotators and all other rows of a chunk. Raise ProjectError."""
        # New annotators belong to no action of the user: undo must not remove the one who works here.
        self._project.apply(Change("Add annotators", tuple(annotators), step=""))
        self._project.apply(Change(IMPORT, tuple(edits), self.step), self._progress)
        self.has_written = self.has_written or bool(edits)

    def write_differences(self, edits: Sequence[Edit]) -> None:
        """Write what is taken over from a file, in parts; before many changed rows a backup is made.

        Raise ProjectError.
        """
        self._project.back_up_before(sum(edit.before is not None for edit in edits), self.step)
        for begin in range(0, len(edits), self._rows_at_once):
            self._project.apply(Change(IMPORT, tuple(edits[begin : begin + self._rows_at_once]), self.step))
            self.has_written = True
