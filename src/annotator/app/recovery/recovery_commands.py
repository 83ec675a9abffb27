"""Commands for backups, restoring, projects that cannot be opened, and the test of the open file."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.command_host import CommandHost
from annotator.app.recovery.backup_schedule import BackupSchedule
from annotator.app.recovery.integrity_test import IntegrityTest
from annotator.domain.errors import AnnotatorError, ProjectError
from annotator.services.projects.open_project import Project

if TYPE_CHECKING:
    from annotator.app.recovery.recovery_dialog import RecoveryDialog
    from annotator.app.recovery.restore_dialog import RestoreDialog
    from annotator.services.projects.backups import Backup, Comparison, Made

_PAUSE, _TRIES = 100, 20
"""Milliseconds between two checks whether the window is in front, and the number of checks."""

_TOLD_FOR = 6_000
"""Milliseconds for which the status bar shows that the file was tested."""


class RecoveryCommands(QObject):
    """Handlers of the actions on backups and recovery. Nothing here writes to a damaged file."""

    def __init__(self, host: CommandHost, files: FileCommands) -> None:
        super().__init__(host.dialog_parent)
        self._window, self._workspace = host.dialog_parent, host.workspace
        self._jobs, self._toasts = host.jobs, host.toasts
        self._files = files
        self._show_test = host.show_file_test
        self.schedule = BackupSchedule(self, host.workspace, host.jobs, host.settings, host.toasts.warn)
        self._test = IntegrityTest(self)
        self._test.ended.connect(self._on_tested)
        self._is_painted = False
        self._workspace.project_opened.connect(self._test_soon)
        self._files.refused.connect(self._offer_soon)

    def start(self) -> None:
        """Start to make due backups and to test files; call it after the first paint, because both read them."""
        self.schedule.start()
        if not self._is_painted:
            self._is_painted = True
            self._test_soon()

    # --- the test of the open file ------------------------------------------------------------------------------------

    def _test_soon(self) -> None:
        self._show_test("")
        if self._is_painted and self._workspace.project is not None:
            QTimer.singleShot(0, self, self._begin_test)

    def _begin_test(self) -> None:
        if self._workspace.project is not None:
            self._test.start(self._workspace.project)

    def _on_tested(self, project: Project, faults: list[str]) -> None:
        if self._workspace.project is not project:
            return
        if not faults:
            self._show_test("The project file was tested: no damage was found.", _TOLD_FOR)
            return
        sentence = f"The project {project.path.name} is damaged ({faults[0]})"
        self._show_test("The project file is damaged.")
        if not project.read_only:
            sentence += ": it is open for reading only now, so that nothing more is lost"
            self._go_to_reading(project, f"{sentence}.")
        self._toasts.warn(f"{sentence}.")
        self.offer(project.path, f"{sentence}.")

    def _go_to_reading(self, project: Project, notice: str) -> None:
        """Open the same file read-only instead of ``project``, with the same document."""
        document = self._workspace.document
        try:
            again = Project.open(project.path, read_only=True)
            self._workspace.adopt(again, notice)
        except AnnotatorError as error:
            self._toasts.warn(str(error))
            return
        if document is not None:
            self._workspace.open_document(document.id)

    # --- a project that does not open ---------------------------------------------------------------------------------

    def _offer_soon(self, path: Path, sentence: str, tries: int = _TRIES) -> None:
        """Ask once the window is in front, or after a time limit: at the start it is not shown yet."""
        if tries and not self._window.isActiveWindow():
            QTimer.singleShot(_PAUSE, self, lambda: self._offer_soon(path, sentence, tries - 1))
        else:
            QTimer.singleShot(_PAUSE, self, lambda: self.offer(path, sentence))

    def offer(self, path: Path, sentence: str) -> None:
        """Ask how to continue with a project that cannot be opened or is damaged."""
        from annotator.app.recovery.recovery_dialog import RecoveryDialog
        from annotator.services.projects.backups import files_beside

        beside = len(files_beside(path))
        is_open = self._files.is_open(path)
        dialog = RecoveryDialog(
            path,
            sentence,
            backups=beside,
            can_read=is_open or _is_readable(path),
            is_open=is_open,
            parent=self._window,
        )
        dialog.read_only_requested.connect(lambda: self._open_read_only(path, sentence, dialog))
        dialog.backup_requested.connect(lambda: self._from_recovery(dialog, path))
        dialog.repair_requested.connect(lambda: self._repair(path, dialog))
        # The window can be used meanwhile: another project may be opened.
        dialog.show()

    def _open_read_only(self, path: Path, sentence: str, dialog: "RecoveryDialog") -> None:
        if not self._files.is_open(path):
            try:
                self._workspace.adopt(Project.open(path, read_only=True), sentence)
            except AnnotatorError as error:
                from annotator.app.widgets.designer_form import say

                say(dialog.message, str(error))
                return
            self._files.show_opened()
        dialog.accept()

    def _from_recovery(self, dialog: QDialog, path: Path) -> None:
        dialog.accept()
        self.show_backups(path)

    def _repair(self, path: Path, dialog: "RecoveryDialog") -> None:
        from annotator.services.projects import backups

        def repaired(made: "tuple[Path, list[str]]") -> None:
            out, notes = made
            if isValid(dialog):
                dialog.accept()
            more = f" {notes[0]}" if notes else ""
            more += f" And {len(notes) - 1} more notes." if len(notes) > 1 else ""
            sentence = f"Saved what could be read in the new project {out.name}.{more}"
            self._open_then(out, lambda: self._toasts.warn(sentence) if notes else self._toasts.tell(sentence))

        ended = self._alive(dialog, dialog.end_repair, otherwise=self._toasts.warn)
        job = self._jobs.run(
            "Repair",
            lambda progress, _cancelled: backups.repair_beside(path, progress),
            on_success=repaired,
            on_failure=ended,
            on_cancel=lambda: ended("The repair was cancelled: no file was made."),
        )
        dialog.begin_repair(lambda: job.cancel() if isValid(job) else None)

    # --- backups ------------------------------------------------------------------------------------------------------

    def file_backup(self) -> None:
        """Make a backup of the open project as a job."""
        project = self._workspace.project
        if project is not None:
            self.schedule.run(project.path, self._backed_up, self._jobs.failed.emit)

    def _backed_up(self, made: "Made") -> None:
        if made.findings:
            self.schedule.report_findings(made)
        else:
            self._toasts.tell(f"Made the backup {made.path.name} and checked it.")

    def file_check(self) -> None:
        """Check the open project as a job and report the findings."""
        from annotator.services.projects import backups

        project = self._workspace.project
        if project is not None:
            self._jobs.run("Check", lambda _progress, _cancelled: backups.findings(project), on_success=self._checked)

    def _checked(self, findings: list[str]) -> None:
        if not findings:
            self._toasts.tell("The project is sound: the file, every span and the history.")
        else:
            more = f" And {len(findings) - 3} more." if len(findings) > 3 else ""
            self._toasts.warn(" ".join(findings[:3]) + more + " 'annotator repair' saves what can be read.")

    def file_restore_backup(self) -> None:
        """Show the backups of the open project, or of one that the user chooses."""
        from annotator.app.widgets import file_dialogs

        project = self._workspace.project
        if project is not None:
            self.show_backups(project.path)
            return
        chosen = file_dialogs.ask_for_file(
            self._window, "Whose backups?", self._files.folder(), "Annotator projects (*.anno)"
        )
        if chosen is not None:
            self.show_backups(chosen)

    def show_backups(self, path: Path) -> "RestoreDialog | None":
        """Show the backups of the project at ``path``."""
        from annotator.app.recovery.restore_dialog import RestoreDialog
        from annotator.services.projects import backups

        try:
            out = backups.restored_name(path)
        except ProjectError as error:
            self._toasts.warn(str(error))
            return None

        def read_facts(file: Path, done: "Callable[[Backup], None]") -> None:
            self._run("Read the backup", backups.read_backup, (file,), self._alive(dialog, done), dialog.show_failure)

        def compare(file: Path, done: "Callable[[Comparison | str], None]") -> None:
            answer = self._alive(dialog, done)
            self._run("Compare with the backup", backups.compare, (path, file), answer, answer)

        dialog = RestoreDialog(path, out, read_facts=read_facts, compare=compare, parent=self._window)
        dialog.restore_requested.connect(lambda file: self._restore(file, path, dialog))
        dialog.open()
        shown = self._alive(dialog, dialog.show_backups)
        self._run("Read the backups", backups.backups_beside, (path,), shown, dialog.show_failure)
        return dialog

    def _restore(self, file: Path, path: Path, dialog: "RestoreDialog") -> None:
        from annotator.services.projects import backups

        def restored(out: Path) -> None:
            sentence = f"Restored {file.name} as the new project {out.name}."
            if isValid(dialog):
                dialog.accept()
                self._open_then(out, lambda: self._toasts.tell(sentence))
            else:
                # If the dialog was closed, the open project stays open.
                self._toasts.tell(sentence)

        failed = self._alive(dialog, dialog.show_failure)
        self._run("Restore", backups.restore, (file, path), restored, failed)

    def _open_then(self, path: Path, then: Callable[[], object]) -> None:
        """Open a new project when the job that made it has ended, and call ``then``."""

        def open_now() -> None:
            if self._files.open_project(path):
                then()

        self._jobs.when_idle(open_now)

    def _alive(
        self,
        dialog: QDialog,
        then: Callable[[Any], object],
        otherwise: Callable[[Any], object] = lambda _value: None,
    ) -> Callable[[Any], None]:
        """Return a function that calls ``then`` while the dialog exists, and ``otherwise`` after it was closed."""

        def answer(value: Any) -> None:
            (then if isValid(dialog) else otherwise)(value)

        return answer

    def _run(
        self,
        title: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        then: Callable[[Any], object],
        failed: Callable[[str], None],
    ) -> None:
        """Run ``function`` as a job."""
        self._jobs.run(title, lambda _progress, _cancelled: function(*arguments), on_success=then, on_failure=failed)


def _is_readable(path: Path) -> bool:
    try:
        Project.open(path, read_only=True).close()
    except (AnnotatorError, OSError):
        return False
    return True
