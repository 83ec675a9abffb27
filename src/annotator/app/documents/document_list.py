"""The list of documents: sort, filter by full text, open, and show the trash."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from annotator.app.documents.document_columns import COLUMNS
from annotator.app.documents.document_operations import DocumentOperations
from annotator.app.documents.document_row_reader import DocumentRowReader
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.filter_bar import CountLabel, FilterField, counts_text
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.records import DocumentRow


class DocumentListView(QWidget):
    """The list of the documents of the project, or of those in the trash."""

    search_requested = Signal(str)
    """The user wants the hits of these words with their context."""
    leave_requested = Signal()
    """Escape in the search field, or Enter on a document: the focus may go to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._query = ""
        self._matching: frozenset[int] = frozenset()
        self._build_widgets()
        self.operations = DocumentOperations(workspace, self.table, self)
        self._reader = DocumentRowReader(workspace, self.table, self)
        self._lay_out()
        self._connect()
        self._reader.read_all()

    def _build_widgets(self) -> None:
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

    def _lay_out(self) -> None:
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

    def _connect(self) -> None:
        self.search_field.filtered.connect(self._on_filtered)
        self.search_field.left.connect(self.leave_requested)
        self.search_field.list_requested.connect(self._go_to_list)
        self.search_field.returnPressed.connect(self._on_search_entered)
        self.status_filter.currentIndexChanged.connect(self._apply_filter)
        self.table.clicked_id.connect(self._open)
        self.table.chosen.connect(self._open_and_leave)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.trash_button.toggled.connect(self._on_trash_toggled)
        self.operations.open_requested.connect(self._open_and_leave)
        self._reader.about_to_read.connect(self._find_matching)
        self._reader.rows_changed.connect(self._show_counts)
        self._workspace.project_opened.connect(self._on_project_opened)
        self._workspace.project_closed.connect(self._on_project_closed)
        self._workspace.document_opened.connect(self._follow_document)

    # Interface for the window

    def open_next(self) -> bool:
        """Open the document after the one being read, in the order shown; return False if there is none."""
        return self._open_neighbour(1)

    def open_previous(self) -> bool:
        """Open the document before the one being read, in the order shown; return False if there is none."""
        return self._open_neighbour(-1)

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected documents in the order shown."""
        return self.table.selected_ids()

    def shown_ids(self) -> list[int]:
        """Return the ids of the documents that pass the filter, in the order shown; none while the trash is shown."""
        return [] if self.is_trash_shown else [row.id for row in self.table.records.shown]

    @property
    def is_trash_shown(self) -> bool:
        """Whether the trash is shown instead of the documents."""
        return self.trash_button.isChecked()

    def show_trash(self, shown: bool) -> None:
        """Show the trash instead of the documents, or the documents again."""
        self.trash_button.setChecked(shown)

    def focus_search(self) -> None:
        """Move the focus to the search field and select its text."""
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    # Showing

    def _on_project_opened(self) -> None:
        self._forget_filter()
        self._reader.read_all()
        self.table.scrollToTop()

    def _on_project_closed(self) -> None:
        self._forget_filter()
        self._reader.read_all()

    def _forget_filter(self) -> None:
        self.search_field.clear()
        self.status_filter.setCurrentIndex(0)
        self.show_trash(False)

    def _follow_document(self) -> None:
        document = self._workspace.document
        self.table.records.emphasise(None if document is None else document.id)
        if document is not None:
            self.table.show_id(document.id)

    # Filtering

    def _on_filtered(self, query: str) -> None:
        self._query = query
        self._reader.is_searching = bool(query)
        self._find_matching()
        self._apply_filter()

    def _find_matching(self) -> None:
        """Query the full-text index for the matching documents."""
        project = self._workspace.project
        found: Iterable[int] = ()
        if self._query and project is not None and not self.is_trash_shown:
            try:
                found = project.read.search.matching_documents(self._query, prefix=True)
            except AnnotatorError as error:
                self._workspace.error_occurred.emit(str(error))
        self._matching = frozenset(found)

    def _apply_filter(self) -> None:
        status = self.status_filter.currentData()
        if not self._query and not status:
            self.table.set_filter(None)
        else:
            words = self._query.casefold().split()
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
        is_filtered = bool(self._query or self.status_filter.currentData())
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
        if self._query:
            self.search_requested.emit(self._query)

    def _on_trash_toggled(self, is_shown: bool) -> None:
        self._reader.is_trash_shown = self.operations.is_trash_shown = is_shown
        self._reader.read_all()
        self._apply_filter()

    def _on_menu_requested(self, point: QPoint) -> None:
        if self.table.records.shown:
            self.operations.menu().popup(self.table.viewport().mapToGlobal(point))
