"""Writing to the open project: steps that are refused, steps that run as jobs, and texts that are being typed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from annotator.app.background.jobs import Job, Jobs
from annotator.app.background.jobs import Progress as JobProgress
from annotator.app.state.typed_texts import TypedTexts, UnsavedEdit
from annotator.app.state.workspace_state import WorkspaceState
from annotator.domain.changes import Change, free_edits
from annotator.domain.errors import AnnotatorError, ProjectError, ProjectFileMoved
from annotator.domain.wording import with_full_stop
from annotator.services.projects.open_project import Progress, Project

if TYPE_CHECKING:
    from annotator.app.widgets.writing_dialog import WritingDialog

MANY = 300
"""A write of more rows than this runs in a job."""

T = TypeVar("T")


@dataclass(frozen=True)
class RefusedStep:
    """A step that was not written because the project file was moved, and that can be repeated in another file."""

    title: str
    repeat: Callable[[], object]
    """Writes the step to the project that is open at the time of the call; a refusal is reported."""
    dialog: "WritingDialog | None" = None
    """The dialog that requested the step, and still shows the text typed for it."""


class WorkspaceWriter(WorkspaceState):
    """The open project with the methods that write to it. Each reports a refusal, or returns it to its caller."""

    performed = Signal(object)
    """A Change that the user made by ``perform``; not one of an undo, of a job or of others."""
    file_moved = Signal(object, object)
    """A ProjectFileMoved that refused a step, and that RefusedStep."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.typed = TypedTexts(self)
        """The texts being typed in the fields, and those that the project refused."""
        self.typed.kept.connect(self._report_unsaved)
        self.jobs: Jobs | None = None
        """The jobs that run large writes; without it they run synchronously."""
        self._long_job: Job | None = None

    def perform(self, change: Change) -> bool:
        """Write a change; return False if there is nothing to write or it was refused, which is reported."""
        written = self.attempt(change.title, lambda _project: change)
        return written is not None and bool(written.edits)

    def attempt(
        self, title: str, plan: Callable[[Project], Change], dialog: "WritingDialog | None" = None
    ) -> Change | None:
        """Plan a change and write it; return it, or None if either was refused, which is reported.

        ``title`` names a step that cannot be planned. ``dialog`` requested it: it is closed, or shows the refusal.
        """
        if self.project is None:
            return None
        change: Change | None = None
        try:
            change = plan(self.project)
            self.write(change)
        except AnnotatorError as error:
            title = title if change is None else change.title
            self.refuse(error, title, lambda: self.attempt(title, plan), dialog)
            return None
        if dialog is not None:
            dialog.finish()
        return change

    def refuse(
        self, error: AnnotatorError, title: str, repeat: Callable[[], object], dialog: "WritingDialog | None" = None
    ) -> None:
        """Report why a step was not written, in ``dialog`` or by a signal; if the file was moved, keep the step.

        ``repeat`` writes it to the project that is open at that time.
        """
        if dialog is None:
            self.error_occurred.emit(str(error))
        else:
            dialog.refuse(str(error))
        if isinstance(error, ProjectFileMoved):
            self.file_moved.emit(error, RefusedStep(title, repeat, dialog))

    def write(self, change: Change) -> None:
        """Write a change of a dialog. Raise AnnotatorError if it is refused; the dialog shows it."""
        if self.project is None:
            raise ProjectError("No project is open: open it, and try again.")
        if change.edits:
            self.project.apply(change)
            self.performed.emit(change)

    def perform_many(self, title: str, plan: Callable[[Project], Change]) -> bool:
        """Plan a change of many rows and write it in a job, with progress and cancel; its title is reported.

        Return False if it was refused immediately. It is one transaction: after a cancel nothing is changed.
        """
        self.typed.flush()

        def write(project: Project, progress: Progress | None) -> str:
            change = plan(project)
            project.apply(change, progress)
            title, rest = change.title, list(change.edits)
            del change
            free_edits(rest)
            return title

        return self._write_beside(title, write, lambda title: self.notified.emit(with_full_stop(str(title)), True))

    def _write_beside(
        self,
        title: str,
        write: Callable[[Project, Progress | None], str | None],
        then: Callable[[str | None], None],
    ) -> bool:
        """Write a long step as a job, or synchronously without jobs; ``then`` gets the title that it returns.

        Return False if it was refused immediately: only one long step runs at a time.
        """
        if self.project is None:
            return False
        if self._long_job is not None:
            self.error_occurred.emit(
                f"“{self._long_job.title}” is still running, so nothing was changed: wait until it is done, or "
                "cancel it."
            )
            return False

        def repeat() -> object:
            return self._write_beside(title, write, then)

        if self.jobs is None:
            try:
                then(write(self.project, None))
            except AnnotatorError as error:
                self.refuse(error, title, repeat)
                return False
            return True
        self._long_job = self.write_as_job(
            title,
            lambda project, progress, _cancelled: write(project, progress),
            then,
            on_cancel=lambda: self.notified.emit(f"{title}: cancelled, nothing was changed.", False),
            repeat=repeat,
        )
        self._long_job.finished.connect(self._forget_long_job)
        return True

    def write_as_job(
        self,
        title: str,
        write: Callable[[Project, JobProgress, Callable[[], bool]], T],
        then: Callable[[T], object],
        *,
        on_cancel: Callable[[], object] = lambda: None,
        repeat: Callable[[], object] | None = None,
        dialog: "WritingDialog | None" = None,
    ) -> Job:
        """Write a step in a job by ``write(project, progress, cancelled)``; ``then`` gets its result.

        A refusal is reported as by ``refuse``; ``repeat`` repeats the step, by default with the same job. ``dialog``
        requested the step: it is hidden meanwhile, then closed, or shown again with the typed text. A project must be
        open, and ``jobs`` be set.
        """
        project, jobs = self.project, self.jobs
        assert project is not None and jobs is not None
        errors: list[AnnotatorError] = []

        def work(progress: JobProgress, cancelled: Callable[[], bool]) -> T:
            try:
                # Checked first, because this thread needs its own connection, which a moved file may refuse.
                project.verify_file()
                return write(project, progress, cancelled)
            except AnnotatorError as error:
                errors.append(error)
                raise

        def written(result: T) -> None:
            if dialog is not None:
                dialog.finish()
            then(result)

        def refused(_sentence: str) -> None:
            again = repeat or partial(self.write_as_job, title, write, then, on_cancel=on_cancel)
            self.refuse(errors[-1], title, again, dialog)

        def cancelled() -> None:
            if dialog is not None:
                dialog.give_up()
            on_cancel()

        if dialog is not None:
            dialog.hide()
        return jobs.run(title, work, on_success=written, on_failure=refused, on_cancel=cancelled)

    def _forget_long_job(self) -> None:
        self._long_job = None

    def write_typed(self, plan: Callable[[Project], Change], step: str) -> AnnotatorError | None:
        """Write typed text, planned on the current state of the project, as part of a step of undo.

        Return the reason for a refusal; it is not reported, because the field shows it.
        """
        if self.project is None:
            return ProjectError("No project is open: open it, and type the text again.")
        try:
            change = replace(plan(self.project), step=step)
            if change.edits:
                self.project.apply(change)
        except AnnotatorError as error:
            return error
        if change.edits:
            self.performed.emit(change)
        return None

    def _report_unsaved(self, edit: UnsavedEdit) -> None:
        # An invalid value is reported in its field only: it may be an incomplete valid one.
        if not edit.is_wrong:
            self.error_occurred.emit(edit.problem)

    def undo(self) -> None:
        """Take back the last step, in a job if it is large."""
        self._retrace("undo")

    def redo(self) -> None:
        """Do the step again that was taken back last, in a job if it is large."""
        self._retrace("redo")

    def _retrace(self, direction: str) -> None:
        project = self.project
        if project is None:
            return
        # Pending text is written first, so that undo starts with it.
        self.typed.flush()
        name = direction.capitalize()

        def retrace(project: Project, progress: Progress | None = None) -> str | None:
            return project.undo(progress) if direction == "undo" else project.redo(progress)

        try:
            if self.jobs is not None and (self._long_job or self._is_large(project, direction)):
                title = (project.undo_title if direction == "undo" else project.redo_title) or ""
                self._write_beside(f"{name}: {title}", retrace, lambda t: self._report_retraced(direction, t))
                return
            self._report_retraced(direction, retrace(project))
        except AnnotatorError as error:
            self.refuse(error, name, lambda: self._retrace(direction))

    def _is_large(self, project: Project, direction: str) -> bool:
        return project.is_undo_large() if direction == "undo" else project.is_redo_large()

    def _report_retraced(self, direction: str, title: str | None) -> None:
        if title is None:
            self.notified.emit(f"There is nothing to {direction}.", False)
        else:
            done = "Undone" if direction == "undo" else "Redone"
            self.notified.emit(with_full_stop(f"{done}: {title}"), False)
