"""The list of documents: sort, filter by full text, open, set the status, trash and restore."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.state.workspace_writer import MANY
from annotator.app.style.icons import icon
from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.filter_bar import CountLabel, FilterField, counts_text
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.records import DocumentRow
from annotator.domain.wording import counted
from annotator.services.documents import documents
from annotator.services.projects.open_project import Project

REREAD_INTERVAL = 0.25
"""Minimum seconds between two reads of the whole list, so that a large import does not read it after every chunk."""

_COUNT_INTERVAL = 0.1
"""Minimum seconds between two reads of rows already shown, for example of counts during a bulk annotation."""

_ROWS_PER_BATCH = 250
"""Rows per read; with their counts they take some milliseconds."""


def _status_swatch(document: DocumentRow) -> Swatch:
    theme = theme_in_use()
    color, filled = {
        "new": (theme.muted, 0.0),
        "in progress": (theme.warning, 0.5),
        "done": (theme.good, 1.0),
    }.get(document.status, (theme.muted, 1.0))
    return Swatch(color, filled=filled)


def _described(document: DocumentRow) -> str:
    """Return a document in a few lines, for its tool tip."""
    origin = ", ".join(part for part in (document.source, document.published_at) if part)
    size = f"{document.words:,} words, {document.annotations:,} spans, {document.status}"
    return "\n".join(part for part in (document.title, origin, size) if part)


COLUMNS = (
    Column(
        "Title",
        lambda found: one_line(found.title),
        key=lambda found: found.title.casefold(),
        tip=_described,
        spoken=lambda found: found.title,
        width=17,
        least=9,
        weight=5,
    ),
    Column(
        "Source",
        lambda found: one_line(found.source),
        key=lambda found: (not found.source, found.source.casefold()),
        tip=_described,
        spoken=lambda found: found.source or "No source",
        width=10,
        weight=2,
        rank=3,
    ),
    Column(
        "Date",
        lambda found: found.published_at[:10],
        key=lambda found: (not found.published_at, found.published_at),
        tip=_described,
        spoken=lambda found: found.published_at or "No date",
        width=11,
        rank=4,
    ),
    Column(
        "Status",
        lambda found: found.status,
        key=lambda found: DOCUMENT_STATUSES.index(found.status),
        tip=_described,
        spoken=lambda found: f"Status: {found.status}",
        swatch=_status_swatch,
        width=13,
        least=2,
        rank=2,
    ),
    Column(
        "Annotations",
        lambda found: f"{found.annotations:,}",
        key=lambda found: found.annotations,
        tip=_described,
        spoken=lambda found: counted(found.annotations, "annotation"),
        width=5,
        least=6,
        rank=1,
        is_number=True,
    ),
)


class DocumentListView(QWidget):
    """The list of the documents of the project, or of those in the trash."""

    search_requested = Signal(str)
    """The user wants the hits of these words with their context."""
    leave_requested = Signal()
    """Escape in the search field, or Enter on a document: the focus may go to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._wanted = ""
        self._matching: frozenset[int] = frozenset()
        self._read_at = 0.0
        self._taken_at = 0.0
        self.search_field = FilterField("Search in all documents", self)
        self.search_field.setObjectName("searchField")
        add_sign(self.search_field, "search")
        self.search_field.setToolTip(
            'Words that must all occur; "a phrase", begin* for beginnings. Enter shows the hits with their context.'
        )
        self.status_filter = QComboBox(self)
        self.status_filter.setObjectName("statusFilter")
        self.status_filter.setAccessibleName("Show only this status")
        self.status_filter.setToolTip("Show only the documents with this status")
        self.status_filter.setMinimumContentsLength(3)
        self.status_filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.status_filter.addItem("All", "")
        for status in DOCUMENT_STATUSES:
            self.status_filter.addItem(status.capitalize(), status)
        self.table = RecordTable(RecordModel(COLUMNS, lambda found: found.id, self), self)
        self.table.setObjectName("documentList")
        self.table.setAccessibleName("Documents")
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.count = CountLabel(self)
        self.trash_button = QToolButton(self)
        self.trash_button.setObjectName("showTrash")
        self.trash_button.setIcon(icon("trash"))
        self.trash_button.setCheckable(True)
        self.trash_button.setAccessibleName("Show the trash")
        self.trash_button.setToolTip("Show the documents in the trash, to restore them")

        self.open_action = self._action("Open", self._open_current)
        self.status_actions = {
            status: self._action(f"Mark as {status}", partial(self.set_status, status)) for status in DOCUMENT_STATUSES
        }
        self.trash_action = self._action("Move to the trash", self.trash_selected, "trash", "Del")
        self.restore_action = self._action("Take out of the trash", self.restore_selected, "undo")

        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.search_field, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(6)
        bottom.addWidget(self.count, 1)
        bottom.addWidget(self.status_filter)
        bottom.addWidget(self.trash_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)
        self.setFocusProxy(self.table)

        self._last_id = 0
        self._changed: set[int] = set()
        self._taking = QTimer(self)
        self._taking.setSingleShot(True)
        self._taking.timeout.connect(self._take_changed)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self._read_all)
        self.search_field.filtered.connect(self._on_filtered)
        self.search_field.left.connect(self.leave_requested)
        self.search_field.list_requested.connect(self._go_to_list)
        self.search_field.returnPressed.connect(self._on_search_entered)
        self.status_filter.currentIndexChanged.connect(self._apply_filter)
        self.table.clicked_id.connect(self._open)
        self.table.chosen.connect(self._open_and_leave)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.trash_button.toggled.connect(self._on_trash_toggled)
        workspace.project_opened.connect(self._on_project_opened)
        workspace.project_closed.connect(self._on_project_closed)
        workspace.document_opened.connect(self._follow_document)
        workspace.documents_changed.connect(self._on_documents_changed)
        workspace.committed.connect(self._on_committed)
        self._read_all()

    # Interface for the window

    def open_next(self) -> bool:
        """Open the document after the one being read, in the shown order; False where there is none."""
        return self._open_neighbour(1)

    def open_previous(self) -> bool:
        """Open the document before the one being read, in the shown order; False where there is none."""
        return self._open_neighbour(-1)

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected documents in the order shown."""
        return self.table.selected_ids()

    def shown_ids(self) -> list[int]:
        """Return the ids of the documents that pass the filter, in the order shown; none while the trash is shown."""
        return [] if self.is_trash_shown else [row.id for row in self.table.records.shown]

    def set_status(self, status: str) -> None:
        """Mark the selected documents as ``new``, ``in progress`` or ``done``; one step of undo."""
        ids = self.selected_ids()
        if self.is_trash_shown:
            return

        def plan(project: Project) -> Change:
            changes = [documents.update(found, status=status) for found in project.read.documents.all(ids)]
            edits = tuple(edit for change in changes for edit in change.edits)
            title = f"Mark as {status}" if len(edits) == 1 else f"Mark {len(edits)} documents as {status}"
            return Change(title, edits)

        if len(ids) > MANY:
            self._workspace.perform_many(f"Mark {len(ids):,} documents as {status}", plan)
        else:
            self._workspace.attempt(f"Mark as {status}", plan)

    def trash_selected(self) -> None:
        """Move the selected documents to the trash."""
        ids = self.selected_ids()
        if ids and not self.is_trash_shown:
            self._perform(documents.trash(ids))

    def restore_selected(self) -> None:
        """Take the selected documents out of the trash."""
        ids = self.selected_ids()
        if ids and self.is_trash_shown and self._workspace.project is not None:
            self._perform(documents.restore(self._workspace.project, ids))

    @property
    def is_trash_shown(self) -> bool:
        return self.trash_button.isChecked()

    def show_trash(self, shown: bool) -> None:
        """Show the trash instead of the documents, or the documents again."""
        self.trash_button.setChecked(shown)

    def focus_search(self) -> None:
        """Move the focus to the search field and select its text."""
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    # Reading

    def _read_soon(self) -> None:
        """Read the whole list, immediately unless it has just been read."""
        since = time.monotonic() - self._read_at
        if since >= REREAD_INTERVAL:
            self._read_all()
        elif not self._reading.isActive():
            self._reading.start(round((REREAD_INTERVAL - since) * 1000) + 1)

    def _read_all(self) -> None:
        self._reading.stop()
        self._find_matching()
        self._changed.clear()
        rows = self._workspace.document_rows(trashed=self.is_trash_shown)
        self._last_id = rows[-1].id if rows else 0
        self.table.set_records(rows)
        self._read_at = time.monotonic()
        self._show_counts()

    def _on_project_opened(self) -> None:
        self._forget_filter()
        self._read_all()
        self.table.scrollToTop()

    def _on_project_closed(self) -> None:
        self._forget_filter()
        self._read_all()

    def _forget_filter(self) -> None:
        self.search_field.clear()
        self.status_filter.setCurrentIndex(0)
        self.show_trash(False)

    def _on_documents_changed(self, ids: Sequence[int] | None) -> None:
        project = self._workspace.project
        if ids is None or project is None:
            self._read_soon()
            return
        if self.is_trash_shown:
            self._read_soon()
            return
        self._changed.update(ids)
        are_known = all(self.table.records.record(id) is not None for id in ids)
        last, interval = (self._taken_at, _COUNT_INTERVAL) if are_known else (self._read_at, REREAD_INTERVAL)
        since = time.monotonic() - last
        if since >= interval and len(self._changed) <= _ROWS_PER_BATCH:
            self._take_changed()
        elif not self._taking.isActive():
            self._taking.start(max(0, round((interval - since) * 1000)) + 1)

    def _take_changed(self) -> None:
        """Update the rows of changed documents; an import adds some dozens at a time."""
        project, ids = self._workspace.project, sorted(self._changed)[:_ROWS_PER_BATCH]
        self._changed.difference_update(ids)
        if self._changed:
            self._taking.start(0)
        if project is None or not ids:
            return
        self._taken_at = time.monotonic()
        rows = project.read.documents.rows_of(ids)
        model = self.table.records
        new = [row for row in rows if model.record(row.id) is None]
        if new and self._wanted:
            # Only the full-text index can tell whether they match the search.
            self._read_soon()
            return
        if new and model.is_plain and new[0].id > self._last_id:
            # Reading all of 10,000 documents again, or painting the list at every chunk, would block the window.
            model.extend(new)
        if new:
            self._last_id = max(self._last_id, new[-1].id)
            self._read_at = time.monotonic()
        self.table.put(rows)
        self.table.drop(set(ids) - {row.id for row in rows})
        self._show_counts()

    def _on_committed(self, change: Change) -> None:
        if any(edit.table == "source" and edit.before and "name" in (edit.after or {}) for edit in change.edits):
            self._read_soon()

    def _follow_document(self) -> None:
        document = self._workspace.document
        self.table.records.emphasise(None if document is None else document.id)
        if document is not None:
            self.table.show_id(document.id)

    # Filtering

    def _on_filtered(self, wanted: str) -> None:
        self._wanted = wanted
        self._find_matching()
        self._apply_filter()

    def _find_matching(self) -> None:
        """Query the full-text index for the matching documents."""
        project = self._workspace.project
        found: Iterable[int] = ()
        if self._wanted and project is not None and not self.is_trash_shown:
            try:
                found = project.read.search.matching_documents(self._wanted, prefix=True)
            except AnnotatorError as error:
                self._workspace.failed.emit(str(error))
        self._matching = frozenset(found)

    def _apply_filter(self) -> None:
        status = self.status_filter.currentData()
        if not self._wanted and not status:
            self.table.set_filter(None)
        else:
            words = self._wanted.casefold().split()
            self.table.set_filter(lambda found: (not status or found.status == status) and self._matches(found, words))
        document = self._workspace.document
        if document is not None and self.table.current_id() is None:
            self.table.show_id(document.id)
        self._show_counts()

    def _matches(self, document: DocumentRow, words: Sequence[str]) -> bool:
        if not words or document.id in self._matching:
            return True
        text = f"{document.title}\n{document.source}".casefold()
        return all(word in text for word in words)

    def _show_counts(self) -> None:
        model = self.table.records
        is_filtered = bool(self._wanted or self.status_filter.currentData())
        project = self._workspace.project
        text = counts_text(model, "document", is_filtered)
        self.count.setText("" if project is None else f"Trash: {text}" if self.is_trash_shown else text)
        self.count.setToolTip(tool_tip(self.count.text()))
        if project is None:
            hint = "No project is open. Make one or open one in the File menu."
        elif is_filtered and model.total:
            hint = "No document matches. Clear the search field and the status to see them all."
        elif self.is_trash_shown:
            hint = "The trash is empty."
        else:
            hint = "No documents yet. Import articles in the File menu, or drop files onto the window."
        self.table.set_hint(hint)

    # Actions of the user

    def _open(self, id: int) -> None:
        document = self._workspace.document
        if not self.is_trash_shown and (document is None or document.id != id):
            self._workspace.open_document(id)

    def _open_and_leave(self, id: int) -> None:
        self._open(id)
        if not self.is_trash_shown:
            self.leave_requested.emit()

    def _open_current(self) -> None:
        id = self.table.current_id()
        if id is not None:
            self._open_and_leave(id)

    def _open_neighbour(self, step: int) -> bool:
        shown = self.table.records.shown
        if self.is_trash_shown or not shown:
            return False
        document = self._workspace.document
        if document is None or self.table.records.record(document.id) is None:
            row = 0 if step > 0 else len(shown) - 1
        else:
            row = self.table.records.place_of(document.id)
            # A document hidden by the filter would be between two rows, so the next one is already at its position.
            is_shown = self.table.records.row_of(document.id) is not None
            row += step if is_shown or step < 0 else 0
        if not 0 <= row < len(shown):
            return False
        self._workspace.open_document(shown[row].id)
        return True

    def _go_to_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.table.records.shown and self.table.current_id() is None:
            self.table.setCurrentIndex(self.table.records.index(0, 0))

    def _on_search_entered(self) -> None:
        self.search_field.flush()
        if self._wanted:
            self.search_requested.emit(self._wanted)

    def _on_trash_toggled(self, _shown: bool) -> None:
        self._read_all()
        self._apply_filter()

    def _perform(self, change: Change) -> None:
        if len(change.edits) > MANY:
            self._workspace.perform_many(change.title, lambda _project: change)
        elif self._workspace.perform(change):
            self._workspace.told.emit(change.sentence, True)

    def _action(self, title: str, call: Callable[[], object], icon_name: str = "", keys: str = "") -> QAction:
        action = QAction(title, self.table)
        action.setIcon(icon(icon_name))
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked: call())
        self.table.addAction(action)
        return action

    def menu(self) -> QMenu:
        """Return the menu of the selected documents."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        can_write = not self._workspace.read_only and bool(self.selected_ids())
        if self.is_trash_shown:
            menu.addAction(self.restore_action)
        else:
            menu.addAction(self.open_action)
            menu.addSeparator()
            menu.addActions(list(self.status_actions.values()))
            menu.addSeparator()
            menu.addAction(self.trash_action)
        for action in (*self.status_actions.values(), self.trash_action, self.restore_action):
            action.setEnabled(can_write)
        # Added to the widget too, so that their keys work outside the menu.
        menu.aboutToHide.connect(self._enable_actions)
        return menu

    def _enable_actions(self) -> None:
        for action in (*self.status_actions.values(), self.trash_action, self.restore_action):
            action.setEnabled(True)

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.records.shown:
            self.menu().popup(self.table.viewport().mapToGlobal(point))
