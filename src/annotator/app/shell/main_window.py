"""The main window: a frame for the views and actions of the features, of which it knows none."""

import base64
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QDockWidget, QMainWindow, QMenu, QStackedWidget, QToolBar, QWidget

from annotator import settings as s
from annotator.app.actions import keymap as keys
from annotator.app.actions.action_spec import Context
from annotator.app.actions.chords import ChordHints
from annotator.app.actions.enabling import disable, enable, reason_of
from annotator.app.actions.key_texts import strokes
from annotator.app.actions.menus import build_menus, fill_tool_bar
from annotator.app.actions.registry import Action, ActionRegistry, hear_keys
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.background.jobs import Jobs
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.reader_commands import ReadingCommands
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.reader.split_panes import ReadingPanes
from annotator.app.recovery.moved_file import MovedFileWatch
from annotator.app.recovery.recovery_commands import RecoveryCommands
from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.features import ACTIONS, FEATURES
from annotator.app.shell.status_bar import StatusLine
from annotator.app.state.workspace import Workspace
from annotator.app.style.theme import Theme, ThemeSwitch
from annotator.app.views.announcements import Announcements
from annotator.app.views.toasts import Toasts
from annotator.app.views.view_spec import Bottom, Right, ViewSpec
from annotator.app.widgets.mnemonics import window_title, with_literal_ampersands
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span

if TYPE_CHECKING:
    from annotator.app.shell.welcome_page import WelcomePage

_LAYOUT_VERSION = 1

V = TypeVar("V", bound=QWidget)

_VIEWS = {spec.id: spec for spec in VIEWS}
_LOW = 0.35
"""The part of the window below which a pane that has much to show is made higher when it is opened."""


_AT_ONCE = ("sources",)
"""Hidden views that are built all the same: other people's scripts look for their tables by name at once."""

_BETWEEN_VIEWS = 50
"""Milliseconds of rest between two views that are built ahead."""


class _Views(dict[str, QWidget]):
    """The views by id; one that nobody has seen yet is built when it is asked for."""

    def __init__(self, build: Callable[[str], QWidget]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, id: str) -> QWidget:
        return self._build(id)


class MainWindow(QMainWindow):
    """The window. It builds the views and actions of the features, for whose commands it is the host."""

    painted = Signal()
    """The first paint is done; what is heavy may be imported from now on."""

    def __init__(self, settings: s.Settings, state: s.State, theme: ThemeSwitch) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Annotator")
        self.setAcceptDrops(True)
        self.resize(1400, 900)
        self.settings, self.state, self.theme = settings, state, theme
        self.workspace = Workspace(self)
        self.jobs = self.workspace.jobs = Jobs(self)
        self.jobs.is_taken_in = lambda: not self.workspace.is_hearing
        self.toasts = Toasts(self)
        self.views = _Views(self._build_view)
        self.docks: dict[str, QDockWidget] = {}
        self._enabled: object = None
        self._connections: dict[str, list[Callable[[Any], object]]] = {}
        self._welcome: WelcomePage | None = None
        self._build_center()
        self._build_docks()
        self.announcements = Announcements(self, self.workspace)
        self.status = StatusLine(self, self.workspace, self.jobs)
        self._build_actions()
        self._connect()
        self._apply_settings()
        self._restore_layout()

    # --- build --------------------------------------------------------------------------------------------------------

    def _build_center(self) -> None:
        self.panes = ReadingPanes(self.workspace, self)
        self._center = QStackedWidget(self)
        self._center.addWidget(self.panes)
        self.setCentralWidget(self._center)

    @property
    def welcome(self) -> "WelcomePage":
        """The page that stands in for a project; built when it is first wanted, as most starts open one."""
        if self._welcome is None:
            from annotator.app.shell.welcome_page import WelcomePage

            self._welcome = WelcomePage(self)
            self._welcome.new_requested.connect(self.files.file_new)
            self._welcome.open_requested.connect(self.files.open_or_choose)
            self._welcome.sample_requested.connect(self.files.open_sample)
            self._welcome.forget_requested.connect(self._forget)
            # Its viewport is covered by the page and is never painted.
            if (page := self._welcome.widget()) is not None:
                page.installEventFilter(self)
            self._center.addWidget(self._welcome)
        return self._welcome

    def _build_docks(self) -> None:
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        for spec in VIEWS:
            dock = self.docks[spec.id] = QDockWidget(spec.title, self)
            dock.setObjectName(f"dock.{spec.id}")
            self.addDockWidget(spec.area, dock)
            dock.setVisible(spec.shown)
            if spec.shown or spec.id in _AT_ONCE:
                self._build_view(spec.id)
            else:
                dock.visibilityChanged.connect(partial(self._build_when_seen, spec.id))
        bottom = [self.docks[spec.id] for spec in VIEWS if spec.area == Bottom]
        aside = [self.docks[spec.id] for spec in VIEWS if spec.area == Right and not spec.shown]
        for first, *others in (bottom, aside):
            for dock in others:
                self.tabifyDockWidget(first, dock)

    def _build_view(self, id: str) -> QWidget:
        """Build a view into its dock, and let the features connect it."""
        view = self.views[id] = _VIEWS[id].build(self.workspace, self)
        self.docks[id].setWidget(view)
        for connect in self._connections.get(id, ()):
            connect(view)
        return view

    def _build_when_seen(self, id: str, is_visible: bool) -> None:
        if is_visible:
            _ = self.views[id]

    def build_ahead(self) -> None:
        """Build the views that nobody has asked for yet, one at a time while the user rests."""
        missing = next((spec.id for spec in VIEWS if spec.id not in self.views), None)
        if missing is not None:
            _ = self.views[missing]
            QTimer.singleShot(_BETWEEN_VIEWS, self, self.build_ahead)

    def _build_actions(self) -> None:
        registry = ActionRegistry(self, ACTIONS)
        self.actions_by_id = registry.actions
        self.keymap = keys.load(ACTIONS, self.settings)
        self.keymap.apply(self.actions_by_id)
        self.chord_hints = ChordHints(self.actions_by_id, self)
        self.chord_hints.hinted.connect(self.status.hint)
        self.reading_commands = ReadingCommands(self.workspace, self.panes)
        for feature in FEATURES:
            feature.register(self, registry)
        registry.check_complete()
        self.files = registry.commands(FileCommands)
        self.recovery = registry.commands(RecoveryCommands)
        self.moved_file = MovedFileWatch(self, self.workspace, self.jobs, self.files, self.status.show_state)
        self.panes.each_pane(lambda pane: self.hear_text_keys(pane.view))
        build_menus(self.menuBar(), self.actions_by_id)
        self._tool_bar = bar = QToolBar("Tools", self)
        bar.setObjectName("toolBar")
        bar.setMovable(False)
        fill_tool_bar(bar, self.actions_by_id)
        self.addToolBar(bar)
        for spec in VIEWS:
            action = self.actions_by_id[f"view.{spec.id}"]
            self.docks[spec.id].visibilityChanged.connect(action.setChecked)

    def _size_tool_bar(self) -> None:
        side = round(self.fontMetrics().height() * 1.1)
        self._tool_bar.setIconSize(QSize(side, side))

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.project_opened.connect(self._show_project)
        workspace.project_closed.connect(self._show_project)
        workspace.project_renamed.connect(self._take_new_name)
        workspace.project_closing.connect(self._save_layout)
        workspace.project_closing.connect(self._remember_document)
        # An Undo that a toast offers is about the project that has gone.
        workspace.project_closed.connect(self.toasts.clear)
        workspace.document_opened.connect(self._show_document)
        workspace.document_changed.connect(self._show_title)
        workspace.active_changed.connect(self._enable_actions)
        workspace.vocabulary_changed.connect(self._enable_actions)
        workspace.committed.connect(self._take_commit)
        workspace.failed.connect(self.toasts.warn)
        workspace.told.connect(self._tell)
        workspace.objected.connect(self._ask_for_reason)
        self.jobs.failed.connect(self.toasts.warn)
        self.panes.each_pane(self._listen_to)
        self.settings.subscribe(self._on_setting_changed)
        self.theme.changed.connect(self._on_theme_changed)
        self.panes.first.view.viewport().installEventFilter(self)

    def _listen_to(self, pane: ReadingPane) -> None:
        """Connect a pane of the text; a second one comes when it is wanted."""
        pane.find_bar.jobs = self.jobs
        pane.find_bar.annotate_requested.connect(self.actions_by_id["annotate.all_occurrences"].trigger)
        self.actions_by_id["select.none"].triggered.connect(pane.find_bar.close_bar)
        pane.view.selection_changed.connect(self._show_selection)
        pane.view.context_menu_requested.connect(self._show_context_menu)
        self._set_font_of(pane.view)
        self._apply_settings_to(pane)

    def _show_selection(self) -> None:
        view = self.reading.view
        selected = view.selected_span()
        self.status.show_state(selected, len(view.index.query(*selected)) if selected is not None else 0)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_pane(self, id: str) -> None:
        """Bring a pane into view."""
        dock = self.docks[id]
        dock.show()
        dock.raise_()
        if _VIEWS[id].is_tall and not dock.isFloating() and dock.height() < self.height() * _LOW:
            self.resizeDocks([dock], [self.height() // 2], Qt.Orientation.Vertical)
        self.toasts.stay_on_top()

    # --- for the commands: CommandHost and ShellHost ------------------------------------------------------------------

    @property
    def main_window(self) -> QMainWindow:
        return self

    @property
    def dialog_parent(self) -> QWidget:
        return self

    @property
    def reading(self) -> ReadingPane:
        """The pane of the text in which the user works."""
        return self.panes.current

    def action(self, id: str) -> Action:
        """An action by its id. Raises KeyError."""
        return self.actions_by_id[id]

    def view(self, spec: ViewSpec[V]) -> V:
        """A view; one that was not seen so far is built."""
        # What the dictionary holds under the id is what the specification has built.
        return cast(V, self.views[spec.id])

    def show_view(self, spec: ViewSpec[V]) -> V:
        """Bring a view to the front, and return it."""
        self.show_pane(spec.id)
        return self.view(spec)

    def when_built(self, spec: ViewSpec[V], connect: Callable[[V], object]) -> None:
        """Call ``connect`` with a view once it is built: at once where it is there already."""
        self._connections.setdefault(spec.id, []).append(connect)
        if spec.id in self.views:
            connect(self.view(spec))

    def hear_text_keys(self, widget: QWidget) -> None:
        """Let a widget hear the keys of the text, single letters and chords."""
        hear_keys(self.actions_by_id, [widget])
        self.chord_hints.listen(widget)

    def chosen_annotations(self) -> list[int]:
        """The annotations that are selected in their table while that has the focus."""
        annotations = self.view(ANNOTATIONS)
        return annotations.selected_ids() if self.focusWidget() is annotations.table else []

    def focus_text(self) -> None:
        """Give the focus to the text."""
        self.reading.view.setFocus()

    def show_file_test(self, sentence: str, milliseconds: int = 0) -> None:
        """Show what the test of the project file found."""
        self.status.show_test(sentence, milliseconds)

    def visible_panes(self) -> list[QWidget]:
        """The panes on the screen in the order of F6: the text first."""
        panes: list[QWidget] = [pane.view for pane in self.panes.panes] if self.panes.isVisible() else [self.welcome]
        return panes + [view for view in self.views.values() if view.isVisible() and not view.visibleRegion().isEmpty()]

    def show_place(self, document_id: int, span: Span) -> None:
        """Open a document and select a place in it."""
        if self.workspace.document is None or self.workspace.document.id != document_id:
            self.workspace.open_document(document_id)
        if self.workspace.document is not None and self.workspace.document.id == document_id:
            self.reading.view.select(*span)
            self.reading.view.scroll_to(span)
            self.reading.view.setFocus()

    def _forget(self, path: Path) -> None:
        self.state.forget_recent(path)
        self.welcome.show_recent(self.state.recent_projects())

    def _show_project(self) -> None:
        project = self.workspace.project
        self._center.setCurrentWidget(self.welcome if project is None else self.panes)
        if project is None:
            self.welcome.show_recent(self.state.recent_projects())
            self.welcome.setFocus()
            for dock in self.docks.values():
                dock.hide()
        elif not any(dock.isVisibleTo(self) for dock in self.docks.values()):
            self._show_docks()
        self._show_title()
        self._show_numbers()
        self._enable_actions()

    def _show_docks(self) -> None:
        for spec in VIEWS:
            self.docks[spec.id].setVisible(spec.shown)
        self._restore_panes()
        if not isinstance(self.state.get("window_layout"), str):
            self._arrange()

    def _show_document(self) -> None:
        focused = self.focusWidget()
        in_list = focused is not None and self.view(DOCUMENTS).isAncestorOf(focused)
        in_text = focused is not None and self.reading.isAncestorOf(focused)
        if self.workspace.document is not None and not in_list and not in_text:
            self.reading.view.setFocus()
        self._show_title()
        self._show_numbers()
        self._enable_actions()

    def _remember_document(self) -> None:
        project, document = self.workspace.project, self.workspace.document
        if project is not None and document is not None:
            self.state.remember_document(project.path, document.id)

    def _take_new_name(self) -> None:
        if self.workspace.project is not None:
            self.state.add_recent(self.workspace.project.path)
        self._show_title()

    def _show_title(self) -> None:
        project, document = self.workspace.project, self.workspace.document
        parts = [document.title if document else "", project.path.stem if project else "", "Annotator"]
        self.setWindowTitle(window_title(" - ".join(part for part in parts if part)))

    def _show_numbers(self) -> None:
        self._show_selection()
        project = self.workspace.project
        for name in ("undo", "redo"):
            action = self.actions_by_id[f"edit.{name}"]
            title = getattr(project, f"{name}_title") if project is not None else None
            words = f"{name.capitalize()} {title[0].lower()}{title[1:]}" if title else name.capitalize()
            action.setText(with_literal_ampersands(words))

    def _enable_actions(self) -> None:
        workspace = self.workspace
        context = (
            Context.ALWAYS
            if workspace.project is None
            else Context.PROJECT
            if workspace.document is None
            else Context.DOCUMENT
            if workspace.active is None
            else Context.ANNOTATION
        )
        # Two hundred actions with their tips take 5 ms, and the active annotation changes at every key press.
        state = (context, workspace.read_only, tuple(workspace.labels))
        if state == self._enabled:
            return
        self._enabled = state
        enable(self.actions_by_id, context, workspace.read_only)
        taken = {label.key for label in workspace.labels}
        for digit in range(1, 10):
            action = self.actions_by_id[f"annotate.label.{digit}"]
            name = next((label.name for label in workspace.labels if label.key == digit), "")
            action.setText(with_literal_ampersands(f"Label as {name}" if name else f"Label {digit}"))
            action.setVisible(digit in taken or workspace.project is None)
            if digit not in taken:
                disable(action, f"No label has the key {digit}.")

    def _take_commit(self, _change: object) -> None:
        # What an Undo on the screen would take back is no longer what its sentence says.
        self.toasts.withdraw_offers()
        self._show_numbers()

    def _ask_for_reason(self, annotation: AnnotationRecord, fields: Mapping[str, Any], objection: str) -> None:
        """Ask why a digit is given although a check refuses it, and give it with the answer."""
        from annotator.app.annotations.reason_dialog import GradeReasonDialog

        dialog = GradeReasonDialog(fields["credibility"], annotation.shown_quote, objection, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: self.workspace.write_fields(annotation, **fields, credibility_reason=dialog.given()))
        # Keys go on where they were pressed, whatever Qt takes for the last field that had the focus.
        before = self.focusWidget()
        if before is not None:
            dialog.finished.connect(lambda _result: before.setFocus())
        dialog.open()

    def _tell(self, sentence: str, undoable: bool) -> None:
        self.toasts.tell(sentence, "Undo" if undoable else "", self.workspace.undo if undoable else None)

    def _show_context_menu(self, position: int, point: QPoint) -> None:
        under = self.reading.view.highlights_at(position)
        shown = self.reading.view.active
        if under and shown not in under:
            self.reading.choose(under[0])
        menu = QMenu(self)
        is_suggestion = self.workspace.suggestions.active is not None
        names = ["suggest.accept", "suggest.correct", "suggest.reject"] if is_suggestion else []
        names += [f"annotate.label.{digit}" for digit in range(1, 10)]
        names += ["annotate.source", "annotate.note", "annotate.set_cue", "annotate.set_mention"]
        names += ["annotate.add_fragment"]
        active = self.workspace.active
        if active is not None and len(active.fragments) > 1:
            names += ["annotate.remove_fragment"]
        names += ["annotate.split", "annotate.join", "annotate.repeat", "grade.copy", "grade.paste"]
        names += ["annotate.delete", "edit.copy"]
        menu.addActions([self.actions_by_id[n] for n in names if self.actions_by_id[n].isEnabled()])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(point)

    # --- settings and state -------------------------------------------------------------------------------------------

    def _apply_settings(self, changed: s.Setting[Any] | None = None) -> None:
        self.theme.choose(self.settings.get(s.THEME))
        self.theme.set_size(self.settings.get(s.INTERFACE_SIZE))
        self._size_tool_bar()
        for pane in self.panes.made:
            # What a pane was zoomed to stays, unless the size itself is what was set.
            if changed in (None, s.FONT_FAMILY, s.FONT_SIZE):
                self._set_font_of(pane.view)
            self._apply_settings_to(pane)
        self.actions_by_id["view.minimap"].setChecked(self.settings.get(s.MINIMAP))
        self.actions_by_id["suggest.show"].setChecked(self.workspace.suggestions.is_shown)

    def _set_font_of(self, view: DocumentView) -> None:
        font = view.font()
        if family := self.settings.get(s.FONT_FAMILY):
            font.setFamily(family)
        font.setPointSize(self.settings.get(s.FONT_SIZE))
        view.set_text_font(font)

    def _apply_settings_to(self, pane: ReadingPane) -> None:
        view = pane.view
        view.set_reading_width(self.settings.get(s.READING_WIDTH))
        view.set_spacing(self.settings.get(s.LINE_SPACING))
        pane.set_map(self.settings.get(s.MINIMAP))
        view.set_snapping(self.settings.get(s.SNAP_TO_WORDS))
        view.set_theme(self.theme.theme)

    def _on_setting_changed(self, setting: s.Setting[Any]) -> None:
        self._apply_settings(setting)
        if setting is s.ANNOTATOR_NAME:
            self.workspace.enter(self.settings.get(s.ANNOTATOR_NAME))
            self._show_numbers()

    def _on_theme_changed(self, theme: Theme) -> None:
        for pane in self.panes.made:
            pane.view.set_theme(theme)

    def _restore_layout(self) -> None:
        if isinstance(saved := self.state.get("window_geometry"), str):
            self.restoreGeometry(_bytes(saved))
        self._restore_panes()

    def _restore_panes(self) -> None:
        if isinstance(saved := self.state.get("window_layout"), str):
            self.restoreState(_bytes(saved), _LAYOUT_VERSION)

    def _save_geometry(self) -> None:
        self.state.set("window_geometry", base64.b64encode(self.saveGeometry().data()).decode())

    def _save_layout(self) -> None:
        """Remember where the window and its panes stand; without a project the panes are put away."""
        geometry, panes = self.saveGeometry().data(), self.saveState(_LAYOUT_VERSION).data()
        self.state.update(
            {"window_geometry": base64.b64encode(geometry).decode(), "window_layout": base64.b64encode(panes).decode()}
        )

    def _arrange(self) -> None:
        """The sizes of the panes of a window that has never been arranged by its user."""
        docks, across, down = self.docks, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing()
        left, right = min(72 * letter, self.width() * 30 // 100), min(52 * letter, self.width() * 24 // 100)
        self.resizeDocks([docks["documents"], docks["inspector"]], [left, right], across)
        stacked = [docks["labels"], docks["inspector"]]
        self.resizeDocks(stacked, [stacked[0].sizeHint().height(), self.height()], down)
        self.resizeDocks([docks["annotations"]], [min(15 * line, self.height() * 26 // 100)], down)

    # --- events -------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.painted.emit)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.workspace.project is None:
            self._show_project()
        if not isinstance(self.state.get("window_layout"), str):
            self._arrange()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        # Where they come from waits until the drop is over, and a dialog may have to be answered first.
        QTimer.singleShot(0, self, lambda: self.files.take_dropped(paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that nothing else took: Escape goes back to the text, and a key that can do nothing now says why."""
        if event.key() == Qt.Key.Key_Escape and self.panes.isVisible():
            self.reading.view.setFocus()
            return
        pressed = QKeySequence(event.keyCombination()).toString()
        for action in self.actions_by_id.values():
            if not action.isEnabled() and any(
                strokes(keys.toString())[0] == pressed for keys in action.shortcuts() if not keys.isEmpty()
            ):
                self.toasts.tell(self.workspace.notice or reason_of(action))
                return
        super().keyPressEvent(event)

    def _close_now(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let running jobs end first; what they wrote until now is kept whole."""
        self.workspace.typed.flush()
        if self.jobs.running:
            event.ignore()
            self.jobs.cancel_all()
            self.jobs.when_idle(self._close_now)
            return
        if not self.files.may_leave(self._close_now):
            event.ignore()
            return
        try:
            for dialog in self.findChildren(QDialog):
                dialog.close()
            if self.workspace.project is None:
                self._save_geometry()
            self.workspace.close_project()
        except AnnotatorError as error:
            self.toasts.warn(str(error))
            event.ignore()
            return
        super().closeEvent(event)


def _bytes(saved: str) -> bytes:
    """What the state keeps of a layout; nothing where somebody has spoilt it."""
    try:
        return base64.b64decode(saved)
    except ValueError:
        return b""
