"""Commands of the File menu: make, open and close projects, import and export.

Modules that only one command needs are imported when it runs, to keep the start of the window fast.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.projects.import_job import Imports
from annotator.app.reader.command_host import CommandHost
from annotator.app.widgets import file_dialogs
from annotator.domain.errors import AnnotatorError, Cancelled, DamagedProject, NewerProject, ProjectError
from annotator.files.replacement import replacing
from annotator.files.user_folders import data_path
from annotator.services.projects import projects
from annotator.settings import ANNOTATOR_NAME

if TYPE_CHECKING:
    from annotator.app.projects.export_dialog import Done
    from annotator.app.widgets.writing_dialog import WritingDialog
    from annotator.services.exports.exporting import ExportReport
    from annotator.services.exports.verifying import Verified
    from annotator.services.imports.report import ImportReport

_PROJECTS = "Annotator projects (*.anno)"
_SAMPLE = "Make the sample"
_IMPORT = "Import"
"""The title of an import in the history."""


class FileCommands(QObject):
    """Handlers of the File menu. Long work runs as a job; a toast shows its result, or a report if it is longer."""

    imported = Signal(object)
    """An import has ended; carries its ImportReport."""
    refused = Signal(object, str)
    """A project could not be opened, but may be restored or repaired: its path, and the reason in one sentence."""

    def __init__(self, host: CommandHost) -> None:
        super().__init__(host.dialog_parent)
        self._window = host.dialog_parent
        self._workspace = host.workspace
        self._jobs = host.jobs
        self._toasts = host.toasts
        self._settings = host.settings
        self._state = host.state
        self._imports = Imports(self._window, self._workspace, self._settings)
        self._imports.ended.connect(self._imported)

    # --- projects ---------------------------------------------------------------------------------------------------

    def file_new(self) -> None:
        """Ask for a new project and open it."""
        self._ask_new(lambda: None)

    def _ask_new(self, then: Callable[[], object]) -> None:
        """Ask for a new project, make it, open it instead of the current one, and call ``then``."""
        from annotator.app.projects.new_project_dialog import NewProjectDialog

        dialog = NewProjectDialog(self._settings.get(ANNOTATOR_NAME) or projects.default_annotator(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def make() -> None:
            if not isValid(dialog) or not dialog.isVisible():
                # The user cancelled while jobs ended.
                return
            try:
                made = projects.create(dialog.path(), title=dialog.title(), annotator=dialog.annotator())
                self._workspace.adopt(made)
            except AnnotatorError as error:
                dialog.refuse(str(error))
                return
            dialog.finish()
            self.show_opened()
            then()

        dialog.on_accept_begin(lambda: self._once_idle(make, dialog))
        dialog.open()

    def file_open(self) -> None:
        """Ask for a project and open it."""
        chosen = file_dialogs.ask_for_file(self._window, "Open project", self.folder(), _PROJECTS)
        if chosen is not None:
            self.open_project(chosen)

    def open_sample(self) -> None:
        """Open the sample project; a job makes it the first time."""
        from annotator.services import sample_project

        path = data_path() / sample_project.FILE_NAME
        if path.exists():
            self.open_project(path)
        elif not any(job.title == _SAMPLE for job in self._jobs.running):

            def work(_progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> Path:
                _make_sample(path)
                if cancelled():
                    raise Cancelled("The sample project was made, but not opened.")
                return path

            self._jobs.run(_SAMPLE, work, on_success=self._open_now)

    def open_or_choose(self, path: Path | None) -> None:
        """Open ``path``; if it is None, let the user choose a project."""
        if path is None:
            self.file_open()
        else:
            self.open_project(path)

    def open_project(self, path: Path) -> bool:
        """Open a project instead of the current one; return False after a message if it cannot be opened.

        Return False too if a job has to end first: the project opens afterwards.
        """
        if self.is_open(path):
            return True
        if self._jobs.running:
            self._once_idle(lambda: self._open_now(path))
            return False
        return self.may_leave(lambda: self._open_now(path)) and self._open_now(path)

    def _open_now(self, path: Path) -> bool:
        try:
            self._workspace.open_project(path, self._settings.get(ANNOTATOR_NAME))
        except AnnotatorError as error:
            self._toasts.warn(str(error))
            if isinstance(error, DamagedProject | NewerProject) or _has_backups(path):
                self.refused.emit(path, str(error))
            return False
        self.show_opened()
        return True

    def _once_idle(self, then: Callable[[], Any], dialog: "WritingDialog | None" = None) -> None:
        """Call ``then``, which replaces the project, once its jobs have ended and typed text is saved.

        ``dialog`` requested that: text typed there need not be saved before.
        """

        def leave() -> None:
            if self.may_leave(then, dialog):
                then()

        self._jobs.cancel_all()
        self._jobs.when_idle(leave)

    def may_leave(self, then: Callable[[], Any], dialog: "WritingDialog | None" = None) -> bool:
        """Return whether all typed text outside ``dialog`` is saved; if not, ask, and call ``then`` once it is."""
        from annotator.app.widgets.writing_dialog import may_close_dialogs

        def go_on() -> None:
            if self.may_leave(then, dialog):
                then()

        if not may_close_dialogs(self._window, go_on, dialog):
            return False
        self._workspace.typed.flush()
        if not len(self._workspace.typed):
            return True
        from annotator.app.projects.unsaved_dialog import may_leave

        return may_leave(self._workspace.typed, self._window, then)

    def show_opened(self) -> None:
        """Show the document that was last open in a project that has just been opened."""
        project = self._workspace.project
        assert project is not None
        if self._workspace.notice:
            self._toasts.warn(self._workspace.notice)
        self._state.add_recent(project.path)
        chosen = project.read.documents.to_open(self._state.last_document(project.path))
        if chosen is not None:
            self._workspace.open_document(chosen)

    def is_open(self, path: Path) -> bool:
        """Return whether the open project is that at ``path``."""
        return self._workspace.project is not None and self._workspace.project.path == path.resolve()

    def file_close(self) -> None:
        """Close the project."""
        self._once_idle(self._workspace.close_project)

    def folder(self) -> Path:
        """Return the initial folder of a file dialog: that of the project, or else the home folder."""
        return self._workspace.project.path.parent if self._workspace.project else Path.home()

    # --- in and out ---------------------------------------------------------------------------------------------------

    def file_import(self) -> None:
        """Ask for files and import them."""
        chosen = file_dialogs.ask_for_files(self._window, "Import files", self.folder())
        if chosen:
            self.import_paths(chosen)

    def file_import_folder(self) -> None:
        """Ask for a folder and import its files."""
        chosen = file_dialogs.ask_for_folder(self._window, "Import a folder", self.folder())
        if chosen is not None:
            self.import_paths([chosen])

    def take_dropped(self, paths: Sequence[Path]) -> None:
        """Open a project that was dropped on the window; import other files, into a new project if none is open."""
        dropped = [path for path in paths if path.suffix.lower() == projects.SUFFIX]
        if dropped:
            self.open_project(dropped[0])
            return
        if paths and self._workspace.project is None:
            self._ask_new(lambda: self.import_paths(paths))
        elif paths:
            self.import_paths(paths)

    def import_paths(self, paths: Iterable[Path]) -> None:
        """Import files and folders as a job; open questions are asked first."""
        project, chosen = self._workspace.project, list(paths)
        if project is None:
            return
        if project.read_only:
            self._toasts.warn(self._workspace.notice or READ_ONLY_REASON)
            return

        self._imports.start(chosen)

    def _imported(self, report: "ImportReport") -> None:
        project = self._workspace.project
        if report.documents and self._workspace.document is None:
            self._workspace.open_document(report.documents[0])
        is_written = report.documents or report.annotations or report.comparison.is_updated
        if is_written and project is not None and project.undo_title == _IMPORT:
            self._toasts.tell(report.sentence(), "Undo", self._workspace.undo)
        elif report.documents or not report.refused:
            # If the user has annotated meanwhile, Undo would reverse that instead.
            self._toasts.tell(report.sentence())
        asks = report.comparison.not_taken or (report.comparison.differs and not report.comparison.is_updated)
        if report.refused or report.notes or asks:
            from annotator.app.projects.import_report import ImportReportDialog

            dialog = ImportReportDialog(report, self._window)
            dialog.theirs_chosen.connect(self._imports.take_theirs)
            dialog.show()
        self.imported.emit(report)

    def file_export(self) -> None:
        """Open the export dialog."""
        from annotator.app.projects.export_dialog import ExportDialog

        if self._workspace.project is not None:
            dialog = ExportDialog(
                self._workspace, self._export, self._window, foresee=self._foresee_export, verify=self._verify_export
            )
            dialog.show()

    def _foresee_export(self, out: Path, format: str, options: dict[str, Any], done: "Done") -> Callable[[], None]:
        """Compute as a job what an export would write and lose; return a function that cancels it."""
        from annotator.app.background.worker_process import in_process
        from annotator.services.exports.exporting import export_file

        project = self._workspace.project
        if project is None:
            return lambda: None

        def work(progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> "ExportReport":
            wanted = {**options, "dry_run": True}
            report: ExportReport = in_process(export_file, progress, cancelled, project.path, out, format, wanted)
            return report

        job = self._jobs.run(
            "Working out what is lost",
            work,
            on_success=lambda report: done(report.sentence(), [*report.notes, *report.losses], True),
            on_failure=lambda sentence: done(sentence, [], False),
            on_cancel=lambda: done("", [], False),
        )
        return lambda: job.cancel() if isValid(job) else None

    def _verify_export(self, out: Path, format: str, options: dict[str, Any], done: "Done") -> None:
        """Read an export back as a job and compare it with the project."""
        from annotator.app.background.worker_process import in_process
        from annotator.services.exports.verifying import verify_file

        project = self._workspace.project
        if project is None:
            return

        def work(progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> "Verified":
            verified: Verified = in_process(verify_file, progress, cancelled, project.path, out, format, options)
            return verified

        self._jobs.run(
            "Verify",
            work,
            on_success=lambda found: done(found.sentence(), found.differences, True),
            on_failure=lambda sentence: done(sentence, [], False),
            on_cancel=lambda: done("The verification was cancelled.", [], False),
        )

    def _export(self, out: Path, format: str, options: dict[str, Any], done: "Done") -> None:
        """Export as a job; ``done`` receives the result in one sentence and the losses."""
        from annotator.app.background.worker_process import in_process
        from annotator.services.exports.exporting import export_file

        project = self._workspace.project
        if project is None:
            return

        def work(progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]) -> "ExportReport":
            # Two formats use spaCy, which holds the interpreter lock: in a thread it would block the window.
            report: ExportReport = in_process(export_file, progress, cancelled, project.path, out, format, options)
            return report

        def written(report: "ExportReport") -> None:
            done(report.sentence(), [*report.notes, *report.losses], True)
            self._toasts.tell(report.sentence())

        def failed(sentence: str) -> None:
            done(sentence, [], False)
            self._toasts.warn(sentence)

        self._jobs.run(
            "Export",
            work,
            on_success=written,
            on_failure=failed,
            on_cancel=lambda: done("The export was cancelled: nothing was written.", [], False),
        )


def _has_backups(path: Path) -> bool:
    from annotator.services.projects.backups import files_beside

    return bool(files_beside(path))


def _make_sample(path: Path) -> None:
    """Make the sample project under another name first, so that ``path`` is complete or missing. Raise ProjectError."""
    from annotator.services import sample_project

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            sample_project.make_sample(draft).close()
    except OSError as error:
        reason = error.strerror or error
        raise ProjectError(f"The sample project {path} cannot be made ({reason}): check its folder.") from error
