"""The list of bookmarks of the project, to filter, open, rename and remove."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import LineDialog
from annotator.domain.changes import Change
from annotator.domain.dates import local_day
from annotator.domain.records import BookmarkRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.services.annotations import bookmarks

_COLUMNS = (
    Column("Bookmark", lambda row: row.name, key=lambda row: row.name.casefold(), width=30, least=12, weight=2),
    Column("Document", lambda row: row.title, key=lambda row: row.title.casefold(), width=24, weight=1, rank=1),
    Column(
        "Place",
        lambda row: f"{row.position:,}",
        key=lambda row: row.position,
        spoken=lambda row: f"at character {row.position}",
        width=9,
        rank=3,
        is_number=True,
    ),
    Column("By", lambda row: row.annotator, key=lambda row: row.annotator.casefold(), width=10, rank=2),
    Column("Set on", lambda row: local_day(row.created_at), key=lambda row: row.created_at, width=10, rank=4),
)


class BookmarksView(QWidget):
    """Every bookmark outside the trash, by document and place."""

    hit_requested = Signal(int, object)
    """A document id and the empty Span in it to be shown."""
    leave_requested = Signal()
    """Escape in the filter field: the focus may go back to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.filter_field = FilterField("Filter bookmarks", self)
        self.filter_field.setObjectName("bookmarkFilter")
        add_sign(self.filter_field, "filter")
        self.table = RecordTable(RecordModel(_COLUMNS, lambda row: (row.document_id, row.position, row.id), self), self)
        self.table.setObjectName("bookmarkTable")
        self.table.setAccessibleName("Bookmarks")
        self.count = CountLabel(self)
        self.rename_button = self._button("Rename", "edit", "Rename the bookmark (F2)")
        self.remove_button = self._button("Remove", "trash", "Remove the bookmark (Delete)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(FilterBar(self.filter_field, (self.count, self.rename_button, self.remove_button), self))
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self.filter_field.filtered.connect(self._apply_filter)
        self.filter_field.left.connect(self.leave_requested)
        self.filter_field.list_requested.connect(self.table.setFocus)
        self.filter_field.returnPressed.connect(self.table.setFocus)
        self.table.chosen.connect(self._show)
        self.table.clicked_id.connect(self._show)
        self.table.set_commands(
            {Qt.Key.Key_F2: self.rename, Qt.Key.Key_Delete: self.remove, Qt.Key.Key_Backspace: self.remove}
        )
        self.rename_button.clicked.connect(self.rename)
        self.remove_button.clicked.connect(self.remove)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        workspace.project_opened.connect(self._read)
        workspace.project_closed.connect(self._read)
        workspace.bookmarks_changed.connect(self._read)
        workspace.keys.changed.connect(self._read)
        self._read()

    def go_to_list(self) -> None:
        """Move the focus to the list, to the first bookmark if none is current."""
        if self.table.current_id() is None and self.table.records.shown:
            self.table.setCurrentIndex(self.table.records.index(0, 0))
        self.table.setFocus()

    def rename(self) -> None:
        """Ask for a new name of the current bookmark."""
        project, found = self._workspace.project, self._current()
        if project is None or found is None or self._workspace.read_only:
            return
        dialog = LineDialog("Rename the bookmark", "Name (empty: the words there)", found.name, self, may_be_empty=True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def write() -> None:
            text = project.read.documents.text(found.document_id)
            self._workspace.write(bookmarks.rename(found, dialog.text(), text))

        dialog.on_accept(write)
        dialog.open()

    def remove(self) -> None:
        """Remove the selected bookmarks."""
        rows = self.table.selectionModel().selectedRows()
        chosen = [self.table.records.shown[row.row()] for row in rows]
        if chosen and not self._workspace.read_only:
            change: Change = bookmarks.remove(chosen)
            if self._workspace.perform(change):
                self._workspace.notified.emit(change.sentence, True)

    def _show(self, id: int) -> None:
        found: BookmarkRecord | None = self.table.records.record(id)
        if found is not None:
            self.hit_requested.emit(found.document_id, Span(found.position, found.position))

    def _current(self) -> BookmarkRecord | None:
        id = self.table.current_id()
        return None if id is None else self.table.records.record(id)

    def _read(self) -> None:
        self.table.set_records(self._workspace.bookmarks())
        self.table.set_hint(self._workspace.keys.fill("No bookmarks yet. {bookmark.toggle} sets one at the caret."))
        self._apply_filter(self.filter_field.text())
        self._enable()
        if self.table.hasFocus():
            self.go_to_list()

    def _apply_filter(self, wanted: str) -> None:
        words = wanted.casefold().split()
        self.table.set_filter(
            (lambda row: all(word in f"{row.name} {row.title}".casefold() for word in words)) if words else None
        )
        self.count.setText(counted(len(self.table.records.shown), "bookmark"))

    def _enable(self) -> None:
        can = self.table.current_id() is not None and not self._workspace.read_only
        self.rename_button.setEnabled(can)
        self.remove_button.setEnabled(can)

    def _button(self, title: str, picture: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(title)
        button.setIcon(icon(picture))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(tool_tip(tip))
        return button
