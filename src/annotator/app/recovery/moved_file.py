"""The reaction of the window when another program moves, replaces or deletes the file of the open project."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from annotator.app.background.jobs import Jobs
from annotator.app.projects.file_commands import FileCommands
from annotator.app.state.workspace import Workspace
from annotator.app.state.workspace_writer import RefusedStep
from annotator.app.widgets import file_dialogs
from annotator.domain.errors import AnnotatorError, ProjectFileMoved

if TYPE_CHECKING:
    from annotator.app.recovery.moved_file_dialog import MovedFileDialog

INTERVAL = 5_000
"""Milliseconds between two checks of the file without a write; a check takes two system calls."""


class MovedFileWatch(QObject):
    """Checks the file of the open project at intervals, and offers choices if it is not in its place."""

    def __init__(
        self,
        window: QWidget,
        workspace: Workspace,
        jobs: Jobs,
        files: FileCommands,
        show_state: Callable[[], object],
    ) -> None:
        """``show_state`` updates what the window shows about the file."""
        super().__init__(window)
        self._window, self._workspace, self._jobs, self._files = window, workspace, jobs, files
        self._show_state = show_state
        self._moved: ProjectFileMoved | None = None
        self._step: RefusedStep | None = None
        self._dialog: MovedFileDialog | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.check)
        self._timer.start()
        self._workspace.project_opened.connect(self._forget)
        self._workspace.project_closed.connect(self._forget)
        self._workspace.file_moved.connect(self._on_refused)
        self._workspace.error_occurred.connect(lambda _sentence: QTimer.singleShot(0, self, self.check))
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._on_state_changed)

    def check(self) -> None:
        """Check whether the file is still the one that was opened."""
        project = self._workspace.project
        if project is None:
            return
        try:
            project.verify_file()
        except ProjectFileMoved as moved:
            self._tell(moved)
        except AnnotatorError:
            return
        else:
            if self._moved is not None:
                # The drive or the file is available again.
                self._forget()
                self._show_state()

    def _on_refused(self, moved: ProjectFileMoved, step: RefusedStep) -> None:
        self._step = step
        self._tell(moved, is_wanted=True)

    def _tell(self, moved: ProjectFileMoved, *, is_wanted: bool = False) -> None:
        """Show what happened; once for each event, and whenever a step was refused."""
        is_news = self._moved is None or str(self._moved) != str(moved)
        self._moved = moved
        self._show_state()
        if not is_news and not is_wanted:
            return
        if self._dialog is None or not isValid(self._dialog):
            from annotator.app.recovery.moved_file_dialog import MovedFileDialog

            self._dialog = MovedFileDialog(moved, self._window)
            self._dialog.go_on_requested.connect(self._go_on)
            self._dialog.save_requested.connect(self._save)
            self._dialog.show()
        if self._step is not None:
            self._dialog.show_step(self._step.title)

    def _may_go_on(self, then: Callable[[], object]) -> bool:
        """Return whether no dialog holds text that would be lost; the text of the repeated step is kept."""
        from annotator.app.widgets.writing_dialog import may_close_dialogs

        return may_close_dialogs(self._window, then, None if self._step is None else self._step.dialog)

    def _go_on(self) -> None:
        goal = None if self._moved is None else self._moved.rescued or self._moved.place
        if goal is not None and self._may_go_on(self._go_on):
            self._open(goal)

    def _save(self) -> None:
        project, dialog = self._workspace.project, self._dialog
        if project is None or dialog is None or not self._may_go_on(self._save):
            return
        chosen = file_dialogs.ask_where_to_save(
            dialog,
            "Save everything as a new file",
            project.rescue_path,
            "Annotator projects (*.anno)",
            confirm_overwrite=False,
        )
        if chosen is None:
            return
        try:
            made = project.save_rescue(chosen)
        except AnnotatorError as error:
            from annotator.app.widgets.designer_form import say

            say(dialog.message, str(error))
            return
        self._open(made)

    def _open(self, path: Path) -> None:
        """Continue in another file, with the current document, once no job uses this one.

        The refused step is repeated there, and unsaved typed texts are written.
        """
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.accept()
        if self._jobs.running:
            self._jobs.cancel_all()
            self._jobs.when_idle(lambda: self._open(path))
            return
        workspace, step = self._workspace, self._step
        document = workspace.document
        workspace.typed.flush()
        unsaved = list(workspace.typed)
        # A moved file can be opened in its new place only after it is closed here.
        workspace.close_project()
        if not self._files.open_project(path):
            return
        if document is not None:
            workspace.open_document(document.id)
        workspace.typed.carry_over(unsaved)
        if step is not None:
            step.repeat()

    def _forget(self) -> None:
        self._moved = self._step = None
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.close()
        self._dialog = None

    def _on_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.check()
