"""Imports as jobs: open questions are asked first, and files without open questions are imported immediately."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotator.app.state.workspace import Workspace
from annotator.domain.errors import Cancelled
from annotator.settings import Settings

if TYPE_CHECKING:
    from annotator.services.imports.import_questions import UnclearTable
    from annotator.services.imports.report import ImportReport
    from annotator.services.projects.open_project import Project

Columns = Mapping[str, str]


@dataclass(frozen=True)
class _Request:
    """The files to import, and the answers: None before a question was asked."""

    paths: tuple[Path, ...]
    tables: Mapping[Path, Columns] | None = None
    left_out: frozenset[Path] = frozenset()
    label_map: Mapping[str, str] | None = None
    add_labels: tuple[str, ...] = ()
    update: bool = False


@dataclass(frozen=True)
class _Question:
    """A question that must be answered before the import continues."""

    tables: list["UnclearTable"] = field(default_factory=list)
    labels: Mapping[str, int] = field(default_factory=dict)


class Imports(QObject):
    """Runs imports as jobs, and asks questions between them."""

    ended = Signal(object)
    """An import has ended; carries its ImportReport."""

    def __init__(self, window: QWidget, workspace: Workspace, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._settings = settings
        self._last: tuple[Project | None, _Request] | None = None

    def start(self, paths: list[Path]) -> None:
        """Import files and folders into the open project."""
        self._run(_Request(tuple(paths)))

    def take_theirs(self) -> None:
        """Repeat the last import, and take over the newer values of its files.

        If another project is open meanwhile, nothing is taken over, and a message reports that.
        """
        if self._last is None:
            return
        project, request = self._last
        if self._workspace.project is project:
            self._run(replace(request, update=True))
        else:
            self._workspace.error_occurred.emit(
                "Nothing was taken over: the project that was compared is no longer open. Import the file again to "
                "compare it with the one that is open now."
            )

    def _run(self, request: _Request) -> None:
        if self._workspace.project is None:
            return

        def work(
            project: "Project", progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]
        ) -> "_Question | ImportReport":
            # Documents imported before a cancel stay, so the work returns its report instead of raising an exception.
            def shown(done: int, total: int, text: str) -> None:
                with suppress(Cancelled):
                    progress(done, total, text)

            return self._question(project, request, shown, cancelled) or self._import(
                project, request, shown, cancelled
            )

        self._workspace.write_as_job("Import", work, lambda outcome: self._go_on(request, outcome))

    def _question(
        self,
        project: "Project",
        request: _Request,
        progress: Callable[[int, int, str], None],
        cancelled: Callable[[], bool],
    ) -> _Question | None:
        """Return the next question, or None. Runs in the thread of the job."""
        from annotator.services.imports import import_questions, importing

        if request.label_map is not None:
            return None
        limits = importing.limits_set(self._settings)
        asking = import_questions.may_ask(request.paths, recursive=True, progress=progress, cancelled=cancelled)
        asking = [path for path in asking if path not in request.left_out]
        if request.tables is None:
            unclear = import_questions.unclear_tables(asking, limits=limits, cancelled=cancelled)
            if unclear and not cancelled():
                return _Question(tables=unclear)
        unknown = import_questions.unknown_labels(
            project, asking, tables=request.tables, limits=limits, progress=progress, cancelled=cancelled
        )
        return _Question(labels=unknown) if unknown and not cancelled() else None

    def _import(
        self,
        project: "Project",
        request: _Request,
        progress: Callable[[int, int, str], None],
        cancelled: Callable[[], bool],
    ) -> "ImportReport":
        from annotator.services.imports import detect, importing
        from annotator.services.imports.chunks import SMALL_CHUNK

        paths = request.paths
        if request.left_out:
            whole = detect.whole_files_of(paths, recursive=True)
            paths = tuple(path for path in whole if path not in request.left_out)
        return importing.import_files(
            project,
            paths,
            recursive=True,
            label_map=request.label_map,
            add_labels=request.add_labels,
            tables=request.tables,
            update=request.update,
            limits=importing.limits_set(self._settings),
            progress=progress,
            cancelled=cancelled,
            chunk=SMALL_CHUNK,
        )

    def _go_on(self, request: _Request, outcome: "_Question | ImportReport") -> None:
        if not isinstance(outcome, _Question):
            self._last = self._workspace.project, request
            self.ended.emit(outcome)
        elif outcome.tables:
            self._ask_columns(replace(request, tables={}), outcome.tables)
        else:
            self._ask_labels(request, outcome.labels)

    def _ask_columns(self, request: _Request, tables: list["UnclearTable"]) -> None:
        """Ask about one table after the other, then continue."""
        from annotator.app.projects.table_columns_dialog import TableColumnsDialog

        if not tables:
            self._run(request)
            return
        table, *others = tables
        dialog = TableColumnsDialog(self._workspace, table, self._window)

        def chosen(columns: Columns) -> None:
            taken = {**(request.tables or {}), **dict.fromkeys(table.paths, columns)}
            self._ask_columns(replace(request, tables=taken), others)

        def left_out() -> None:
            self._ask_columns(replace(request, left_out=request.left_out | set(table.paths)), others)

        dialog.chosen.connect(chosen)
        dialog.left_out.connect(left_out)
        dialog.open()

    def _ask_labels(self, request: _Request, unknown: Mapping[str, int]) -> None:
        from annotator.app.projects.label_mapping_dialog import LabelMappingDialog

        dialog = LabelMappingDialog(self._workspace, unknown, self._window)
        dialog.chosen.connect(
            lambda label_map, added: self._run(replace(request, label_map=label_map, add_labels=tuple(added)))
        )
        dialog.open()
