"""Pictures of the window, drawn without a display, for the documentation."""

import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QWidget

from annotator import settings
from annotator.app.application import note_qt_message, the_application
from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.main_window import MainWindow
from annotator.app.style.theme_switch import ThemeSwitch
from annotator.app.widgets.records.record_table import RecordTable
from annotator.domain.errors import InvalidValue, NotFound
from annotator.files import open_projects
from annotator.services.projects import projects

_SETTLE = 350
"""Milliseconds until the layout is complete: line counts are estimated shortly after the text is shown."""

_TIMEOUT_SECONDS = 10.0
"""Seconds that a cancelled job has to end."""


def draw(
    project: Path,
    out: Path,
    *,
    document_id: int | None = None,
    view: str = "",
    size: tuple[int, int] = (1400, 900),
    theme: str = "light",
) -> None:
    """Save a picture of the window on ``project`` as ``out``. The project is only read.

    Raise NotFound for a missing document or view, InvalidValue if the picture cannot be saved.
    """
    if open_projects.is_open(out) or (out.exists() and project.exists() and out.samefile(project)):
        raise InvalidValue(f"{out} is the project itself: give the picture another name.")
    # Without a screen Qt prints warnings on stderr, which belong in the log.
    before = qInstallMessageHandler(note_qt_message)
    application = the_application()
    with tempfile.TemporaryDirectory() as home:
        # Default settings and state instead of the user's: a picture neither changes nor depends on them.
        chosen, state = settings.Settings(Path(home) / "settings.toml"), settings.State(Path(home) / "state.json")
        chosen.set(settings.THEME, theme)
        window = MainWindow(chosen, state, ThemeSwitch(application, theme))
        try:
            _show(window, project, document_id, view, size)
            if not window.grab().save(str(out)):
                raise InvalidValue(f"The picture {out} cannot be written: give a name that ends in .png, in a folder.")
        finally:
            # A running job must not report to a destroyed window.
            window.jobs.cancel_all()
            for job in window.jobs.running:
                job.wait(_TIMEOUT_SECONDS)
            window.workspace.close_project()
            window.deleteLater()
            qInstallMessageHandler(before)


def _show(window: MainWindow, project: Path, document_id: int | None, view: str, size: tuple[int, int]) -> None:
    window.workspace.adopt(projects.open_project(project, read_only=True))
    rows = window.workspace.document_rows()
    if document_id is not None and document_id not in {row.id for row in rows}:
        raise NotFound(f"There is no document {document_id} in {project.name}.")
    known = [spec.id for spec in VIEWS]
    if view and view not in known:
        raise NotFound(f"There is no view {view!r}: use one of {', '.join(known)}.")
    if rows:
        window.workspace.open_document(document_id or rows[0].id)
    window.resize(*size)
    window.show()
    if view:
        window.show_pane(view)
    annotations = window.workspace.ordered_annotations()
    if annotations:
        window.workspace.set_active(annotations[0].id)
    _settle(window)
    table = getattr(window.views[view], "table", None) if view else None
    if isinstance(table, RecordTable) and table.current_id() is None and table.records.shown:
        # A list with details beside it shows those of its first entry.
        table.setCurrentIndex(table.records.index(0, 0))
        _settle(window)
        _show_first_place(window.views[view], table)
        _settle(window)


def _show_first_place(view: QWidget, list_of_view: RecordTable) -> None:
    """Select the first row of the details, whose place in the text is then shown at the side."""
    for details in view.findChildren(RecordTable):
        if details is not list_of_view and details.isVisible() and details.records.shown:
            details.setCurrentIndex(details.records.index(0, 0))
            details.clicked_id.emit(details.records.shown[0].id)
            return


def _settle(window: MainWindow) -> None:
    loop = QEventLoop()
    QTimer.singleShot(_SETTLE, loop.quit)
    loop.exec()
    if window.jobs.running:
        # Some views count in a job, and draw the result.
        window.jobs.when_idle(lambda: QTimer.singleShot(_SETTLE, loop.quit))
        loop.exec()
