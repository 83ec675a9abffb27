"""What the user does with the documents that are selected in the list: open, set the status, trash and restore."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from annotator.app.state.workspace import Workspace
from annotator.app.state.workspace_writer import MANY
from annotator.app.style.icons import icon
from annotator.app.widgets.records.record_table import RecordTable
from annotator.domain.changes import Change
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.wording import counted
from annotator.services.documents import documents
from annotator.services.projects.open_project import Project


class DocumentOperations(QObject):
    """The actions on the selected documents, their keys in the table, and their menu."""

    open_requested = Signal(int)
    """The id of a document."""

    def __init__(self, workspace: Workspace, table: RecordTable, parent: QObject) -> None:
        super().__init__(parent)
        self.is_trash_shown = False
        self._workspace = workspace
        self._table = table
        self.open_action = self._action("Open", self._open_current)
        self.status_actions = {
            status: self._action(f"Mark as {status}", partial(self.set_status, status)) for status in DOCUMENT_STATUSES
        }
        self.trash_action = self._action("Move to the trash", self.trash, "trash", "Del")
        self.restore_action = self._action("Take out of the trash", self.restore, "undo")

    def set_status(self, status: str) -> None:
        """Mark the selected documents as ``new``, ``in progress`` or ``done``; one step of undo."""
        ids = self._table.selected_ids()
        if self.is_trash_shown:
            return

        def plan(project: Project) -> Change:
            changes = [documents.update(found, status=status) for found in project.read.documents.all(ids)]
            edits = tuple(edit for change in changes for edit in change.edits)
            title = f"Mark as {status}" if len(edits) == 1 else f"Mark {counted(len(edits), 'document')} as {status}"
            return Change(title, edits)

        if len(ids) > MANY:
            self._workspace.perform_many(f"Mark {counted(len(ids), 'document')} as {status}", plan)
        else:
            self._workspace.attempt(f"Mark as {status}", plan)

    def trash(self) -> None:
        """Move the selected documents to the trash."""
        ids = self._table.selected_ids()
        if ids and not self.is_trash_shown:
            self._perform(documents.trash(ids))

    def restore(self) -> None:
        """Take the selected documents out of the trash."""
        ids = self._table.selected_ids()
        if ids and self.is_trash_shown and self._workspace.project is not None:
            self._perform(documents.restore(self._workspace.project, ids))

    def menu(self) -> QMenu:
        """Return the menu of the selected documents."""
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.is_trash_shown:
            menu.addAction(self.restore_action)
        else:
            menu.addAction(self.open_action)
            menu.addSeparator()
            menu.addActions(list(self.status_actions.values()))
            menu.addSeparator()
            menu.addAction(self.trash_action)
        self._enable_actions(not self._workspace.read_only and bool(self._table.selected_ids()))
        # The actions belong to the table too, so that their keys work outside the menu.
        menu.aboutToHide.connect(lambda: self._enable_actions(True))
        return menu

    def _enable_actions(self, is_enabled: bool) -> None:
        for action in (*self.status_actions.values(), self.trash_action, self.restore_action):
            action.setEnabled(is_enabled)

    def _open_current(self) -> None:
        id = self._table.current_id()
        if id is not None:
            self.open_requested.emit(id)

    def _perform(self, change: Change) -> None:
        if len(change.edits) > MANY:
            self._workspace.perform_many(change.title, lambda _project: change)
        elif self._workspace.perform(change):
            self._workspace.notified.emit(change.sentence, True)

    def _action(self, title: str, call: Callable[[], object], icon_name: str = "", keys: str = "") -> QAction:
        action = QAction(title, self._table)
        action.setIcon(icon(icon_name))
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked: call())
        self._table.addAction(action)
        return action
