"""The daily backup of the open project."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from annotator.app.background.jobs import Job, Jobs
from annotator.app.state.workspace import Workspace
from annotator.domain.errors import AnnotatorError
from annotator.settings import BACKUP_DAYS, BACKUP_MONTHS, BACKUP_WEEKS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotator.services.projects.backups import Keep, Made

INTERVAL = 10 * 60 * 1000
"""Milliseconds between two checks whether a backup is due. After a sleep of the computer the timer continues."""


class BackupSchedule(QObject):
    """Makes due backups: when a project is opened, at intervals, and when the window becomes active again.

    The copy is made and checked in a job. A failure is reported once a day for each project.
    """

    def __init__(
        self, parent: QObject, workspace: Workspace, jobs: Jobs, settings: Settings, warn: "Callable[[str], object]"
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._warn = warn
        self._settings = settings
        self._running: Job | None = None
        self._failed: set[tuple[Path, date]] = set()
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.check)

    def start(self) -> None:
        """Start the checks; call it after the first paint, because this reads the project."""
        if self._timer.isActive():
            return
        self._timer.start()
        self._workspace.project_opened.connect(lambda: QTimer.singleShot(0, self, self.check))
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._on_state_changed)
        self.check()

    def check(self) -> None:
        """Make the backup of the open project if it is due."""
        from annotator.services.projects import backups

        project = self._workspace.project
        if project is None or project.read_only or self._running is not None:
            return
        path, today = project.path, datetime.now().astimezone().date()
        if (path, today) in self._failed:
            return
        try:
            if not backups.backup_is_due(project):
                return
        except (AnnotatorError, OSError):
            # Damage of the file is reported by its own test.
            return
        self._running = self.run(path, self._report_if_faulty, lambda sentence: self._on_failed(path, today, sentence))
        self._running.finished.connect(self._forget_job)

    def run(
        self,
        path: Path,
        made: "Callable[[Made], None]",
        failed: "Callable[[str], None]",
    ) -> Job:
        """Make a checked backup of the project at ``path`` as a job."""
        from annotator.services.projects import backups

        keep = self.keep()
        return self._jobs.run(
            "Backup",
            lambda _progress, is_cancelled: backups.back_up(path, keep, is_cancelled),
            on_success=made,
            on_failure=failed,
        )

    def keep(self) -> "Keep":
        """Return how many backups to keep, from the settings."""
        from annotator.services.projects.backups import Keep

        return Keep(*(self._settings.get(each) for each in (BACKUP_DAYS, BACKUP_WEEKS, BACKUP_MONTHS)))

    def report_findings(self, made: "Made") -> None:
        """Report the findings in a backup; in this case the older backups were kept."""
        more = f" And {len(made.findings) - 1} more." if len(made.findings) > 1 else ""
        self._warn(
            f"Made the backup {made.path.name}, but its check found: {made.findings[0]}{more} All older backups were "
            "kept. Use Check the project for details."
        )

    def _report_if_faulty(self, made: "Made") -> None:
        if made.findings:
            self.report_findings(made)

    def _on_failed(self, path: Path, today: date, sentence: str) -> None:
        self._failed.add((path, today))
        self._warn(f"The backup of today was not made. {sentence} All older backups were kept.")

    def _forget_job(self) -> None:
        self._running = None

    def _on_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.check()
