"""The legend: the tree of labels with their look, their counts, and whether they are shown."""

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QTreeView, QWidget

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.labels.palette_list import LabelList
from annotator.app.labels.palette_model import LABEL_ID, LabelTreeModel
from annotator.app.labels.palette_painting import INDENT, LabelRowDelegate, row_height
from annotator.app.state.label_counts import LabelCounts
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.records import LabelRecord

_ROWS_AT_LEAST = 6
"""The maximum number of rows for which the minimum height has room."""

_ROWS_AT_MOST = 14
"""The maximum number of rows for which the preferred height has room."""


class LabelPalette(QStackedWidget):
    """The labels of the project. Pressing one requests it; H hides it, S shows it alone, F2 renames it."""

    label_requested = Signal(int)
    """The id of a label for the selection or the active annotation."""
    rename_requested = Signal(int, str)
    remove_requested = Signal(int)
    menu_requested = Signal(int, QPoint)
    """The id of a label whose menu was requested, and the point on the screen."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelPalette")
        self.setAccessibleName("Labels")
        # The pane is as high as its labels; the remaining height belongs to the panes below.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._workspace = workspace
        self._collapsed: set[int] = set()
        self.counts = LabelCounts(workspace, self)
        self._model = LabelTreeModel(workspace, self.counts, self)
        self.list = LabelList(self)
        self._painting = LabelRowDelegate(self._model, self.list)
        self._set_up_list()
        self._empty = TextLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self.addWidget(self._empty)
        self.addWidget(self.list)
        self._connect()
        self._on_vocabulary_changed()

    def _set_up_list(self) -> None:
        self.list.setObjectName("labelList")
        self.list.setAccessibleName("Labels")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QTreeView { border: none; border-radius: 0; background: palette(window); }")
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._painting)
        self.list.setHeaderHidden(True)
        self.list.setIndentation(INDENT)
        self.list.setSelectionMode(QTreeView.SelectionMode.NoSelection)
        self.list.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformRowHeights(True)
        self.list.setExpandsOnDoubleClick(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _connect(self) -> None:
        workspace = self._workspace
        self.list.clicked.connect(lambda index: self._request(index.data(LABEL_ID)))
        self.list.pressed_label.connect(self._request)
        self.list.hide_pressed.connect(workspace.label_filter.toggle_hidden)
        self.list.solo_pressed.connect(workspace.label_filter.toggle_solo)
        self.list.remove_pressed.connect(self.remove_requested)
        self.list.menu_requested.connect(self.menu_requested)
        self.list.collapsed.connect(lambda index: self._note_fold(index, True))
        self.list.expanded.connect(lambda index: self._note_fold(index, False))
        self._painting.renamed.connect(self.rename_requested)
        for signal in (
            workspace.project_opened,
            workspace.project_closed,
            workspace.vocabulary_changed,
            workspace.keys.changed,
        ):
            signal.connect(self._on_vocabulary_changed)
        for change in (
            workspace.document_opened,
            workspace.annotations_changed,
            workspace.active_changed,
            workspace.label_filter.changed,
            self.counts.changed,
        ):
            change.connect(self._model.notify_all)

    def sizeHint(self) -> QSize:
        rows = sum(not self._is_folded_away(label) for label in self._workspace.labels)
        return QSize(240, self._height_of(min(max(3, rows), _ROWS_AT_MOST)))

    def minimumSizeHint(self) -> QSize:
        # Stacked panes grow only to their minimum size, not to their size hint.
        rows = sum(not self._is_folded_away(label) for label in self._workspace.labels)
        return QSize(120, self._height_of(min(max(3, rows), _ROWS_AT_LEAST)))

    def current_label_id(self) -> int | None:
        """Return the label on which the keys of the legend act."""
        index = self.list.currentIndex()
        return index.data(LABEL_ID) if index.isValid() else None

    def set_current(self, label_id: int) -> None:
        """Make a label current, so that the keys of the legend act on it."""
        self.list.setCurrentIndex(self._model.index_of(label_id))

    def begin_rename(self, label_id: int) -> None:
        """Start to edit the name of a label in place."""
        self.set_current(label_id)
        self.list.setFocus()
        self.list.edit(self.list.currentIndex())

    def index_of(self, label_id: int) -> QModelIndex:
        """Return the index of a label in the tree."""
        return self._model.index_of(label_id)

    def _height_of(self, rows: int) -> int:
        return rows * row_height(self.font()) + 4

    def _is_folded_away(self, label: LabelRecord) -> bool:
        parents = {known.id: known.parent_id for known in self._workspace.labels}
        id, seen = label.parent_id, set[int]()
        while id is not None and id not in seen:
            if id in self._collapsed:
                return True
            seen.add(id)
            id = parents.get(id)
        return False

    def _request(self, label_id: int) -> None:
        if self._workspace.read_only:
            self._workspace.notified.emit(self._workspace.notice or READ_ONLY_REASON, False)
        else:
            self.label_requested.emit(label_id)

    def _note_fold(self, index: QModelIndex, is_folded: bool) -> None:
        (self._collapsed.add if is_folded else self._collapsed.discard)(index.data(LABEL_ID))
        self.updateGeometry()

    def _on_vocabulary_changed(self) -> None:
        current = self.current_label_id()
        labels = self._workspace.labels
        self._model.set_labels(labels)
        self.list.setRootIsDecorated(any(label.parent_id is not None for label in labels))
        for label in labels:
            index = self._model.index_of(label.id)
            if self.list.isExpanded(index) == (label.id in self._collapsed):
                self.list.setExpanded(index, label.id not in self._collapsed)
        if current is not None:
            self.set_current(current)
        self._empty.setText(
            self._workspace.keys.fill("This project has no labels yet: {labels.edit} adds some.")
            if self._workspace.project is not None
            else "Open a project to see its labels."
        )
        self.setCurrentWidget(self.list if labels else self._empty)
        self.updateGeometry()
