"""The main window: the texts in the middle, and around them the views and actions of the features.

Which features there are is listed in ``features.py``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QDockWidget, QMainWindow, QToolBar, QWidget

from annotator import settings as s
from annotator.app.actions import keymap as keys
from annotator.app.actions.chords import ChordHints
from annotator.app.actions.enabling import reason_of
from annotator.app.actions.key_texts import strokes
from annotator.app.actions.menus import build_menus, fill_tool_bar
from annotator.app.actions.registry import Action, ActionRegistry, hear_keys
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.background.jobs import Jobs
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.peek import Peek
from annotator.app.reader.reader_commands import ReadingCommands
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.reader.split_panes import ReadingPanes
from annotator.app.recovery.moved_file import MovedFileWatch
from annotator.app.recovery.recovery_commands import RecoveryCommands
from annotator.app.shell.action_states import ActionStates
from annotator.app.shell.center_pages import CenterPages
from annotator.app.shell.features import ACTIONS, FEATURES
from annotator.app.shell.narrow_window import NarrowWindow
from annotator.app.shell.navigation_rail import NavigationRail
from annotator.app.shell.status_bar import StatusLine
from annotator.app.shell.text_settings import TextSettings
from annotator.app.shell.view_places import ViewPlaces
from annotator.app.shell.window_layout import WindowLayout
from annotator.app.state.workspace import Workspace
from annotator.app.style.theme import Theme
from annotator.app.style.theme_switch import ThemeSwitch
from annotator.app.views.announcements import Announcements
from annotator.app.views.toasts import Toasts
from annotator.app.views.view_spec import READ, ViewSpec
from annotator.app.widgets.mnemonics import window_title
from annotator.domain.errors import AnnotatorError
from annotator.domain.spans import Span

if TYPE_CHECKING:
    from annotator.app.shell.welcome_page import WelcomePage

V = TypeVar("V", bound=QWidget)

_RAIL = (READ, "claims", "sources", "hypotheses", "dashboard", "history")
"""The pages in the order of the rail; the last one stands apart at its foot."""

_RAIL_ICON = 1.3
"""How much larger the icons of the rail are than those of the tool bar."""


class MainWindow(QMainWindow):
    """The window. It builds the views and actions of the features, for whose commands it is the host."""

    painted = Signal()
    """The first paint is done; slow modules may be imported from now on."""

    def __init__(self, settings: s.Settings, state: s.State, theme: ThemeSwitch) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Annotator")
        self.setAcceptDrops(True)
        self.settings, self.state, self.theme = settings, state, theme
        self.workspace = Workspace(self)
        self.jobs = self.workspace.jobs = Jobs(self)
        self.jobs.is_taken_in = lambda: not self.workspace.is_hearing
        self.toasts = Toasts(self)
        self._place_opened_on = ""
        """The page from which the shown place was opened; empty if it was opened on that of the text."""
        self.panes = ReadingPanes(self.workspace, self)
        self._center = CenterPages(self.panes, state, self)
        self.setCentralWidget(self._center)
        self._places = ViewPlaces(self, self.workspace, self._center)
        self._places.when_peek_is_made(self._prepare_peek)
        self._layout = WindowLayout(self, self._places, state)
        self._text_settings = TextSettings(settings, theme)
        self.announcements = Announcements(self, self.workspace)
        self.status = StatusLine(self, self.workspace, self.jobs)
        self._build_actions()
        self._connect()
        self._apply_settings()
        self._layout.restore()

    # --- build --------------------------------------------------------------------------------------------------------

    @property
    def welcome(self) -> "WelcomePage":
        """The page that is shown instead of texts while no project is open."""
        return self._center.welcome

    def build_ahead(self) -> None:
        """Build the views that were not shown so far, one at a time while the user is inactive."""
        self._places.build_ahead()

    def _build_actions(self) -> None:
        registry = ActionRegistry(self, ACTIONS)
        self.actions_by_id = registry.actions
        self._action_states = ActionStates(self.actions_by_id, self.workspace)
        self.keymap = keys.load(ACTIONS, self.settings)
        self.keymap.apply(self.actions_by_id, self.workspace.keys)
        self.chord_hints = ChordHints(self.actions_by_id, self)
        self.chord_hints.hinted.connect(self.status.hint)
        self.reading_commands = ReadingCommands(self.workspace, self.panes)
        for feature in FEATURES:
            feature.register(self, registry)
        registry.check_complete()
        self.files = registry.commands(FileCommands)
        self.recovery = registry.commands(RecoveryCommands)
        self.moved_file = MovedFileWatch(self, self.workspace, self.jobs, self.files, self.status.show_state)
        self.panes.each_pane(lambda pane: self.enable_text_keys(pane.view))
        build_menus(self.menuBar(), self.actions_by_id)
        self._tool_bar = bar = QToolBar("Tools", self)
        bar.setObjectName("toolBar")
        bar.setMovable(False)
        fill_tool_bar(bar, self.actions_by_id)
        self.addToolBar(bar)
        self._rail = NavigationRail(self)
        actions = self.actions_by_id
        *pages, last = [actions[f"view.{id}"] for id in _RAIL]
        self._rail.fill(pages, [last])
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._rail)
        self._narrow = NarrowWindow(self, self._places, self._rail)
        self._places.follow(self.actions_by_id)

    def _size_tool_bar(self) -> None:
        side = round(self.fontMetrics().height() * 1.1)
        self._tool_bar.setIconSize(QSize(side, side))
        self._rail.set_icon_side(round(side * _RAIL_ICON))

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.project_opened.connect(self._show_project)
        workspace.project_closed.connect(self._show_project)
        workspace.project_renamed.connect(self._take_new_name)
        workspace.project_closing.connect(self._narrow.show_all)
        workspace.project_closing.connect(self._layout.save)
        workspace.project_closing.connect(self._remember_document)
        # The Undo that a toast offers belongs to the closed project.
        workspace.project_closed.connect(self.toasts.clear)
        workspace.document_opened.connect(self._show_document)
        workspace.document_changed.connect(self._show_title)
        workspace.active_changed.connect(self._action_states.update)
        workspace.vocabulary_changed.connect(self._action_states.update)
        workspace.committed.connect(self._take_commit)
        workspace.error_occurred.connect(self.toasts.warn)
        workspace.notified.connect(self._show_toast)
        self.jobs.failed.connect(self.toasts.warn)
        self.panes.each_pane(self._listen_to)
        self.settings.subscribe(self._on_setting_changed)
        self.theme.changed.connect(self._on_theme_changed)
        self._center.painted.connect(self.painted)
        self._center.new_requested.connect(self.files.file_new)
        self._center.open_requested.connect(self.files.open_or_choose)
        self._center.sample_requested.connect(self.files.open_sample)

    def _listen_to(self, pane: ReadingPane) -> None:
        """Connect a pane of the text; a second one is built when it is first shown."""
        pane.find_bar.jobs = self.jobs
        pane.find_bar.annotate_requested.connect(self.actions_by_id["annotate.all_occurrences"].trigger)
        self.actions_by_id["select.none"].triggered.connect(pane.find_bar.close_bar)
        pane.view.selection_changed.connect(self._show_selection)
        pane.view.context_menu_requested.connect(self._show_context_menu)
        self._text_settings.set_font_of(pane.view)
        self._text_settings.apply_to(pane)

    def _show_selection(self) -> None:
        view = self.reading.view
        selected = view.selected_span()
        self.status.show_state(selected, len(view.index.query(*selected)) if selected is not None else 0)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_pane(self, id: str) -> None:
        """Bring a view to the front, by its id."""
        self._places.bring_to_front(id)
        self.toasts.stay_on_top()

    # --- for the commands: CommandHost and ShellHost ------------------------------------------------------------------

    @property
    def main_window(self) -> QMainWindow:
        """The window itself, for commands that change its layout."""
        return self

    @property
    def dialog_parent(self) -> QWidget:
        """The parent of the dialogs."""
        return self

    @property
    def reading(self) -> ReadingPane:
        """The pane of the text in which the user works."""
        return self.panes.current

    def action(self, id: str) -> Action:
        """Return an action by its id. Raise KeyError."""
        return self.actions_by_id[id]

    @property
    def docks(self) -> Mapping[str, QDockWidget]:
        """The docks of the views, by the ids of the views."""
        return self._places.docks

    @property
    def views(self) -> Mapping[str, QWidget]:
        """The views by their ids; a view is built at the first access."""
        return self._places.views

    def show_page(self, id: str) -> None:
        """Show a page, by the id of its view, or that of the text."""
        self._place_opened_on = ""
        self._places.show_page(id)

    def show_page_before(self) -> None:
        """Show the page that was shown before this one."""
        self.show_page(self._places.page_before)

    def hide_view(self, id: str) -> None:
        """Hide the dock of a view, or leave its page for that of the text."""
        self._places.hide(id)

    def reset_layout(self) -> None:
        """Show the views of the start in their first sizes."""
        self._layout.reset()

    def peek(self, document_id: int, span: Span) -> None:
        """Show a place in its text beside the list on the shown page; without effect on the page of the text."""
        if (peek := self._places.peek()) is not None:
            peek.show_place(document_id, span)

    def _prepare_peek(self, peek: Peek) -> None:
        peek.open_requested.connect(self.show_place)
        self._text_settings.set_font_of(peek.view)
        peek.view.set_theme(self.theme.theme)

    def return_from_place(self) -> bool:
        """Show the page again from which the shown place was opened; return False where it was opened on none."""
        page = self._place_opened_on
        if page:
            self.show_page(page)
            self.views[page].setFocus()
        return bool(page)

    def view(self, spec: ViewSpec[V]) -> V:
        """Return a view; build it at the first access."""
        return self._places.view(spec)

    def show_view(self, spec: ViewSpec[V]) -> V:
        """Bring a view to the front, and return it."""
        self.show_pane(spec.id)
        return self.view(spec)

    def when_built(self, spec: ViewSpec[V], connect: Callable[[V], object]) -> None:
        """Call ``connect`` with a view once it is built, immediately if it already is."""
        self._places.when_built(spec, connect)

    def enable_text_keys(self, widget: QWidget) -> None:
        """Make the keys of the text, single letters and chords, work in a widget."""
        hear_keys(self.actions_by_id, [widget])
        self.chord_hints.listen(widget)

    def chosen_annotations(self) -> list[int]:
        """Return the ids of the annotations selected in their table if that has the focus."""
        annotations = self.view(ANNOTATIONS)
        return annotations.selected_ids() if self.focusWidget() is annotations.table else []

    def focus_text(self) -> None:
        """Move the focus to the text."""
        self.reading.view.setFocus()

    def show_file_test(self, sentence: str, milliseconds: int = 0) -> None:
        """Show the result of the test of the project file; in the status bar for this time, if it is not 0."""
        self.status.show_test(sentence, milliseconds)

    def visible_panes(self) -> list[QWidget]:
        """Return the visible panes in the order of F6: the text first."""
        panes: list[QWidget] = [pane.view for pane in self.panes.panes] if self.panes.isVisible() else []
        if self.workspace.project is None:
            panes.append(self.welcome)
        return panes + self._places.visible_views()

    def show_place(self, document_id: int, span: Span) -> None:
        """Open a document and select a place in it, on the page of the text."""
        page = self._places.page
        self.show_page(READ)
        self._place_opened_on = page if page != READ else ""
        if self.workspace.document is None or self.workspace.document.id != document_id:
            self.workspace.open_document(document_id)
        if self.workspace.document is not None and self.workspace.document.id == document_id:
            self.reading.view.select(*span)
            self.reading.view.scroll_to(span)
            self.reading.view.setFocus()

    def _show_project(self) -> None:
        project = self.workspace.project
        if project is None:
            self._places.show_welcome()
        else:
            self._places.show_text()
            if not any(dock.isVisibleTo(self) for dock in self.docks.values()):
                self._show_docks()
        self._narrow.fit()
        self._show_title()
        self._show_numbers()
        self._action_states.update()

    def _show_docks(self) -> None:
        self._places.show_first_ones()
        self._layout.restore_docks()
        if not self._layout.is_saved:
            self._layout.arrange()

    def _show_document(self) -> None:
        focused = self.focusWidget()
        in_list = focused is not None and self.view(DOCUMENTS).isAncestorOf(focused)
        in_text = focused is not None and self.reading.isAncestorOf(focused)
        if self.workspace.document is not None and not in_list and not in_text:
            self.reading.view.setFocus()
        self._show_title()
        self._show_numbers()
        self._action_states.update()

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
        self._action_states.show_undo_titles()

    def _take_commit(self, _change: object) -> None:
        # The Undo of a visible toast would no longer reverse the step that it names.
        self.toasts.withdraw_offers()
        self._show_numbers()

    def _show_toast(self, sentence: str, undoable: bool) -> None:
        self.toasts.tell(sentence, "Undo" if undoable else "", self.workspace.undo if undoable else None)

    def _show_context_menu(self, position: int, point: QPoint) -> None:
        under = self.reading.view.highlights_at(position)
        shown = self.reading.view.active
        if under and shown not in under:
            self.reading.choose(under[0])
        self._action_states.show_text_menu(point, self)

    # --- settings and state -------------------------------------------------------------------------------------------

    def _apply_settings(self, changed: s.Setting[Any] | None = None) -> None:
        self.theme.choose(self.settings.get(s.THEME))
        self.theme.set_size(self.settings.get(s.INTERFACE_SIZE))
        self._size_tool_bar()
        for pane in self.panes.made:
            # The zoom of a pane stays, unless the font itself was changed.
            if changed in (None, s.FONT_FAMILY, s.FONT_SIZE):
                self._text_settings.set_font_of(pane.view)
            self._text_settings.apply_to(pane)
        self.actions_by_id["view.minimap"].setChecked(self.settings.get(s.MINIMAP))
        self.actions_by_id["suggest.show"].setChecked(self.workspace.suggestions.is_shown)

    def _on_setting_changed(self, setting: s.Setting[Any]) -> None:
        self._apply_settings(setting)
        if setting is s.ANNOTATOR_NAME:
            self.workspace.enter(self.settings.get(s.ANNOTATOR_NAME))
            self._show_numbers()

    def _on_theme_changed(self, theme: Theme) -> None:
        for view in (*(pane.view for pane in self.panes.made), *(peek.view for peek in self._places.peeks())):
            view.set_theme(theme)

    # --- events -------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.workspace.project is None:
            self._show_project()
        if not self._layout.is_saved:
            self._layout.arrange()
        self._narrow.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        # The other program waits until the drop is over, and a dialog may have to be answered first.
        QTimer.singleShot(0, self, lambda: self.files.take_dropped(paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle other keys: Escape moves the focus to the text, the key of a disabled action shows the reason."""
        if event.key() == Qt.Key.Key_Escape and self.workspace.project is not None:
            self.show_page(READ)
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
        """Let running jobs end first; the changes that they have written stay."""
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
                self._layout.save_geometry()
            self.workspace.close_project()
        except AnnotatorError as error:
            self.toasts.warn(str(error))
            event.ignore()
            return
        super().closeEvent(event)
