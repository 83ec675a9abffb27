"""A project full of markup: every view, dialog, menu and tool tip shows it as it is written, and opens nothing."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QGroupBox,
    QLabel,
    QMenu,
    QTabBar,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch
from tests.e2e.hostile_project import NAME, make_hostile_project
from tests.file_watch import OpenedFiles, linux_only

from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.main_window import MainWindow

APP = Path(__file__).resolve().parents[2] / "src" / "annotator" / "app"
ROWS = 4
"""Rows of each list that are looked at."""


class Walk:
    """Looks at everything that is on the screen, and notes what takes words from outside for markup or for a key."""

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.shown = 0
        """How many texts were met that hold such words, and show them."""
        self._tips: set[str] = set()

    def look(self, whole: QWidget | None = None) -> None:
        """Look at every widget, every model and every action of ``whole``, or of all windows, and paint it."""
        for widget in QApplication.allWidgets() if whole is None else [whole, *whole.findChildren(QWidget)]:
            where = f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
            self._look_at_tip(widget.toolTip(), where)
            self._look_at_tip(widget.whatsThis(), where)
            if isinstance(widget, QLabel):
                self._look_at_label(widget, where)
            elif isinstance(widget, QAbstractButton):
                self._look_at_title(widget.text(), where)
            elif isinstance(widget, QGroupBox | QMenu):
                self._look_at_title(widget.title(), where)
            elif isinstance(widget, QTabBar):
                for number in range(widget.count()):
                    self._look_at_title(widget.tabText(number), where)
                    self._look_at_tip(widget.tabToolTip(number), where)
            elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
                self._look_at_model(widget, where)
            for action in widget.actions():
                self._look_at_action(action, where)
            if widget.isVisible() and (widget.isWindow() or widget is whole):
                widget.grab()

    def _look_at_label(self, label: QLabel, where: str) -> None:
        if NAME not in label.text() and "<img" not in label.text():
            return
        if label.textFormat() == Qt.TextFormat.PlainText:
            self.shown += 1
        elif label.textFormat() != Qt.TextFormat.RichText or "<img" in label.text():
            self.faults.add(f"label: {where}: {label.text()}")
        if label.buddy() is not None:
            self._look_at_title(label.text(), where)

    def _look_at_title(self, title: str, where: str) -> None:
        if re.search(r"(?<!&)R&D", title):
            self.faults.add(f"title: {where}: {title}")

    def _look_at_action(self, action: QAction, where: str) -> None:
        self._look_at_title(action.text(), where)
        self._look_at_tip(action.toolTip() if action.toolTip() != action.iconText() else "", f"{where}: an action")

    def _look_at_tip(self, tip: object, where: str) -> None:
        if not isinstance(tip, str) or tip in self._tips:
            return
        self._tips.add(tip)
        # Markup of our own, without which Qt takes a text for markup only where there is a tag or an entity.
        words = re.sub(r'^<p style="white-space:pre-wrap">(?=.*</p>$)|</?b>|<br>|</p>$', "", tip, flags=re.DOTALL)
        if "<" in words or ("&lt;" in words and words == tip):
            self.faults.add(f"tool tip: {where}: {tip}")
        elif "&lt;" in words:
            self.shown += 1

    def _look_at_model(self, view: QAbstractItemView, where: str) -> None:
        model, role = view.model(), Qt.ItemDataRole.ToolTipRole
        for column in range(columns_of(model)):
            self._look_at_tip(model.headerData(column, Qt.Orientation.Horizontal, role), where)
            for row in range(min(ROWS, model.rowCount())):
                self._look_at_tip(model.headerData(row, Qt.Orientation.Vertical, role), where)
                self._look_at_tip(model.index(row, column).data(role), where)

    def point_at(self, widget: QWidget, at: QPoint) -> None:
        """Ask for the tool tip at a place, as a mouse that rests there does."""
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
        self._look_at_tip(QToolTip.text(), f"drawn by {type(widget).__name__}")
        for tip in QApplication.topLevelWidgets():
            if tip.inherits("QTipLabel"):
                tip.grab()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a picture in it that the words name."""
    folder = tmp_path_factory.mktemp("pictures")
    assert QImage(4, 4, QImage.Format.Format_RGB32).save(str(folder / "marker.png"))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    """A project of such words."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.anno"
    make_hostile_project(path, (pictures / "marker.png").as_uri())
    return path


@pytest.fixture
def window(launched: Launch, tmp_path: Path, made: Path) -> MainWindow:
    """The window on a copy of that project."""
    window = launched(Path(shutil.copy(made, tmp_path)))
    window.resize(1600, 1000)
    return window


@linux_only
def test_views_menus_and_tool_tips(window: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    walk = Walk()
    with OpenedFiles(pictures) as watch:
        window.workspace.set_active(min(window.workspace.annotations))
        window.reading.cards.show_active()
        assert window.reading.cards.card is not None
        walk.look()
        for spec in VIEWS:
            window.show_pane(spec.id)
            view = window.views[spec.id]
            for table in view.findChildren(QAbstractItemView):
                choose_first(table)
            qtbot.waitUntil(lambda: not window.jobs.running, timeout=20_000)
            walk.look(view)
            for widget in [view, *view.findChildren(QWidget)]:
                if not widget.isVisible():
                    continue
                for at in places_of(widget):
                    walk.point_at(widget, at)
                for menu in menus_of(widget):
                    walk.look(menu)
                    menu.close()
        for y in range(5, window.reading.map.height(), 15):
            walk.point_at(window.reading.map, QPoint(20, y))
        walk.look()
        assert watch.seen() == set()
    assert walk.faults == set()
    assert walk.shown > 40
    handle = window.windowHandle()
    assert handle is not None and NAME in handle.title()


def columns_of(model: QAbstractItemModel) -> int:
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount()


def choose_first(table: QAbstractItemView) -> None:
    """Choose the first row, as a click does."""
    model = table.model()
    if model is not None and model.rowCount() and table.isVisible():
        table.setCurrentIndex(model.index(0, 0))


def places_of(widget: QWidget) -> list[QPoint]:
    """Where the mouse may rest: the middle of the first rows of a list, and a net of places of what is drawn."""
    table = widget.parent()
    if isinstance(table, QAbstractItemView) and table.viewport() is widget:
        model = table.model()
        rectangles = [
            table.visualRect(model.index(row, column))
            for row in range(min(ROWS, model.rowCount()))
            for column in range(columns_of(model))
        ]
        return [
            QPoint(x, rectangle.center().y())
            for rectangle in rectangles
            if QRect(widget.rect()).intersects(rectangle)
            for x in (rectangle.left() + 4, rectangle.center().x(), rectangle.right() - 4)
        ]
    if type(widget).__name__ == "ChainGraph":
        return [QPoint(x, y) for x in range(20, widget.width(), 60) for y in range(10, widget.height(), 20)]
    return [widget.rect().center()]


def menus_of(widget: QWidget) -> Iterator[QMenu]:
    """The menus that a right click opens."""
    if not isinstance(widget.parent(), QAbstractItemView):
        return
    at = places_of(widget)[0] if places_of(widget) else QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    while (popup := QApplication.activePopupWidget()) is not None:
        if isinstance(popup, QMenu):
            yield popup
        else:
            popup.close()


def dialog_classes() -> set[str]:
    """The names of all dialogs of the window."""
    bases, found = {"QDialog", "WritingDialog"}, set()
    for path in APP.rglob("*.py"):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in bases for base in node.bases):
                found.add(node.name)
    return found - bases


def dialogs(window: MainWindow, file: str) -> dict[str, Callable[[], QDialog]]:
    """What makes each dialog of the window, on words of the project or such as come in from outside."""
    from annotator.app.actions.keymap_editor import KeymapEditor
    from annotator.app.actions.shortcut_sheet import KeysSheet
    from annotator.app.annotations.new_source_question import NewSourceQuestion
    from annotator.app.annotations.reason_dialog import GradeReasonDialog
    from annotator.app.claims.chain_dialog import ChainDialog
    from annotator.app.claims.claim_dialogs import ClaimChooser, ClaimDialog, ResolveDialog
    from annotator.app.claims.suggested_claims_dialog import ClaimSuggestionsDialog
    from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
    from annotator.app.documents.versions_dialog import VersionsDialog
    from annotator.app.labels.label_commands import LabelCommands
    from annotator.app.labels.label_editor import LabelEditor
    from annotator.app.labels.merge_dialog import MergeDialog
    from annotator.app.labels.split_dialog import SplitDialog
    from annotator.app.projects.export_dialog import ExportDialog
    from annotator.app.projects.formats_dialog import FormatsDialog
    from annotator.app.projects.import_report import ImportReportDialog
    from annotator.app.projects.label_mapping_dialog import LabelMappingDialog
    from annotator.app.projects.new_project_dialog import NewProjectDialog
    from annotator.app.projects.table_columns_dialog import TableColumnsDialog
    from annotator.app.projects.unsaved_dialog import UnsavedDialog
    from annotator.app.recovery.moved_file_dialog import MovedFileDialog
    from annotator.app.recovery.recovery_dialog import RecoveryDialog
    from annotator.app.recovery.restore_dialog import RestoreDialog
    from annotator.app.reports.report_dialog import Choice, ReportDialog
    from annotator.app.search.annotate_all_dialog import AnnotateAllDialog
    from annotator.app.shell.about_dialog import AboutDialog
    from annotator.app.shell.crash_dialog import CrashDialog
    from annotator.app.shell.preferences_dialog import PreferencesDialog
    from annotator.app.sources.merge_dialog import Group, SourceMergeDialog
    from annotator.app.sources.source_dialog import SourceDialog
    from annotator.app.state.typed_texts import Place, TypedTexts, UnsavedEdit
    from annotator.app.suggestions.accept_all_dialog import AcceptAllDialog
    from annotator.app.suggestions.evaluation_dialog import EvaluationDialog
    from annotator.app.suggestions.suggester_dialog import SuggesterDialog
    from annotator.app.suggestions.train_dialog import TrainDialog
    from annotator.app.widgets.writing_dialog import LineDialog
    from annotator.domain.errors import InvalidValue, ProjectFileMoved
    from annotator.formats.base import Table
    from annotator.nlp.text.text_search import Query
    from annotator.services.claims.claim_suggestions import Cluster
    from annotator.services.documents.versions import CarryOver
    from annotator.services.imports.import_questions import UnclearTable
    from annotator.services.imports.report import ImportReport, Refused
    from annotator.services.projects.backups import Backup, Comparison
    from annotator.services.reports.reporting import Subject
    from annotator.services.suggestions.suggesting import SuggestionMethod
    from annotator.store.queries.log_queries import LaterChange

    workspace = window.workspace
    project, document = workspace.project, workspace.document
    assert project is not None and document is not None
    annotation = workspace.annotations[min(workspace.annotations)]
    words = f'<img src="{file}"> {NAME}'
    claims = project.read.claims.all()
    sources = workspace.sources()
    labels = [label.id for label in workspace.labels]
    commands = LabelCommands(window)
    table = UnclearTable((Path(words.replace("/", ":")),), Table((words, "b"), ((words, words),), {}))
    report = ImportReport(refused=[Refused(words, words, words)], notes=[words], duplicates=[words])
    texts = TypedTexts(window)
    texts.keep(UnsavedEdit(Place("claim", 1, "note"), words, words, words, lambda: InvalidValue(words)))
    at = datetime(2026, 11, 30, tzinfo=UTC)
    found = Backup(Path(words.replace("/", ":")), at, 1, 1, 1, words, at)
    unread = found._replace(problem=words)
    differs = Comparison([("annotation", 0, 1)], [LaterChange(at, words, words, "do")], 1, is_same_log=True)

    def restore() -> RestoreDialog:
        made = RestoreDialog(
            found.path,
            found.path,
            read_facts=lambda _file, done: done(found),
            compare=lambda _file, done: done(differs),
            parent=window,
        )
        made.show_backups([found, unread])
        return made

    return {
        "AboutDialog": lambda: AboutDialog(window),
        "AcceptAllDialog": lambda: AcceptAllDialog(workspace, [], window),
        "AnnotateAllDialog": lambda: AnnotateAllDialog(workspace, window.jobs, Query("said"), [document.id], window),
        "ChainDialog": lambda: ChainDialog(workspace, annotation, window),
        "ClaimChooser": lambda: ClaimChooser(claims, words, (), window),
        "ClaimDialog": lambda: ClaimDialog(words, words, words, [words], window),
        "ClaimSuggestionsDialog": lambda: ClaimSuggestionsDialog(
            workspace, [Cluster((annotation.id,), claims[0].id, 0.9, words)], window
        ),
        "CrashDialog": lambda: CrashDialog(words, parent=window),
        "DocumentPropertiesDialog": lambda: DocumentPropertiesDialog(workspace, window),
        "EvaluationDialog": lambda: EvaluationDialog(workspace, window.jobs, SuggestionMethod(), window),
        "ExportDialog": lambda: ExportDialog(workspace, lambda *_: None, window),
        "FormatsDialog": lambda: FormatsDialog(window),
        "GradeReasonDialog": lambda: GradeReasonDialog(1, annotation.shown_quote, words, window),
        "ImportReportDialog": lambda: ImportReportDialog(report, window),
        "KeymapEditor": lambda: KeymapEditor(window.keymap, window),
        "KeysSheet": lambda: KeysSheet(window.keymap, window),
        "LabelEditor": lambda: LabelEditor(workspace, commands, window),
        "LabelMappingDialog": lambda: LabelMappingDialog(workspace, {words: 3, "b": 1}, window),
        "LineDialog": lambda: LineDialog(words, words, words, window),
        "MergeDialog": lambda: MergeDialog(workspace, commands, labels[:2], window),
        "MovedFileDialog": lambda: MovedFileDialog(ProjectFileMoved(words, rescued=found.path), window),
        "NewProjectDialog": lambda: NewProjectDialog(words, window),
        "NewSourceQuestion": lambda: NewSourceQuestion(words, "person", annotation.shown_quote, window),
        "PreferencesDialog": lambda: PreferencesDialog(window.settings, window),
        "RecoveryDialog": lambda: RecoveryDialog(found.path, words, backups=1, can_read=True, parent=window),
        "ReportDialog": lambda: ReportDialog([Choice(words, Subject())], window),
        "RestoreDialog": restore,
        "ResolveDialog": lambda: ResolveDialog(claims[0], window),
        "SourceDialog": lambda: SourceDialog(workspace, sources[0].id, window),
        "SourceMergeDialog": lambda: SourceMergeDialog(
            workspace, [Group((sources[0].id, sources[1].id), words)], window
        ),
        "SplitDialog": lambda: SplitDialog(workspace, commands, labels[0], window),
        "SuggesterDialog": lambda: SuggesterDialog(workspace, Path(words), Path(words), window),
        "TableColumnsDialog": lambda: TableColumnsDialog(workspace, table, window),
        "TrainDialog": lambda: TrainDialog(project, Path(words), False, window),
        "UnsavedDialog": lambda: UnsavedDialog(texts, window),
        "VersionsDialog": lambda: VersionsDialog(workspace, [CarryOver(document, document)], window),
    }


@linux_only
def test_dialogs(window: MainWindow, pictures: Path, qtbot: QtBot) -> None:
    walk = Walk()
    makers = dialogs(window, (pictures / "marker.png").as_uri())
    assert makers.keys() == dialog_classes(), "Add each new dialog here, on words that look like markup."
    with OpenedFiles(pictures) as watch:
        for name, make in sorted(makers.items()):
            dialog = make()
            dialog.show()
            for table in dialog.findChildren(QAbstractItemView):
                choose_first(table)
            qtbot.waitUntil(lambda: not window.jobs.running, timeout=20_000)
            walk.look(dialog)
            assert watch.seen() == set(), f"{name} opened a file."
            dialog.close()
            dialog.deleteLater()
        walk.look()
    assert walk.faults == set()
    assert walk.shown > 30


@linux_only
def test_toasts_and_status(window: MainWindow, pictures: Path) -> None:
    walk = Walk()
    words = f'<img src="{(pictures / "marker.png").as_uri()}"> {NAME}'
    with OpenedFiles(pictures) as watch:
        window.toasts.tell(words, words, lambda: None)
        window.toasts.warn(words)
        window.statusBar().showMessage(words)
        walk.look()
        window.statusBar().clearMessage()
        assert watch.seen() == set()
    assert walk.faults == set() and walk.shown >= 2
