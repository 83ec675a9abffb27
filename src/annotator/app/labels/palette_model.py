"""The tree of labels that the legend shows, with their counts."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from annotator.app.state.label_counts import LabelCounts
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.label_tree import below, depths
from annotator.domain.labels import LINE_PATTERNS, line_patterns
from annotator.domain.records import LabelRecord

LABEL_ID = Qt.ItemDataRole.UserRole
"""The role of the id of the label of a row."""

_Index = QModelIndex | QPersistentModelIndex


class LabelRow(NamedTuple):
    """The data of a row of the legend. ``document``, ``project``: counts; ``under``: both with nested labels."""

    label: LabelRecord
    key: str
    pattern: int
    document: int
    project: int
    under: tuple[int, int]
    is_parent: bool
    is_active: bool
    is_hidden: bool
    is_solo: bool


class LabelTreeModel(QStandardItemModel):
    """The tree of labels. An item holds the id of its label; all other data is requested from the workspace."""

    def __init__(self, workspace: Workspace, counts: LabelCounts, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counts = counts
        self._labels: dict[int, LabelRecord] = {}
        self._families: dict[int, set[int]] = {}
        self._patterns: dict[int, int] = {}
        self._items: dict[int, QStandardItem] = {}
        self.deepest = 0
        """The depth of the most deeply nested label."""

    def set_labels(self, labels: Iterable[LabelRecord]) -> None:
        """Show these labels as a tree."""
        known = list(labels)
        before = [(label.id, label.parent_id) for label in self._labels.values()]
        self._labels = {label.id: label for label in known}
        self._families = {label.id: below(known, label.id) for label in known}
        self._patterns = line_patterns(known)
        self.deepest = max(depths(known).values(), default=0)
        if before == [(label.id, label.parent_id) for label in known]:
            self.notify_all()
            return
        self.clear()
        self._items = {}
        for label in known:
            item = QStandardItem()
            item.setData(label.id, LABEL_ID)
            self._items[label.id] = item
        for label in known:
            self._items.get(label.parent_id or 0, self.invisibleRootItem()).appendRow(self._items[label.id])

    def notify_all(self) -> None:
        """Emit that every row may have changed."""
        waiting = [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            rows = [self.index(row, 0, parent) for row in range(self.rowCount(parent))]
            if rows:
                self.dataChanged.emit(rows[0], rows[-1])
            waiting += [row for row in rows if self.hasChildren(row)]

    def index_of(self, label_id: int | None) -> QModelIndex:
        """Return the index of a label; an invalid index if it is not shown."""
        item = self._items.get(label_id or 0)
        return item.index() if item is not None else QModelIndex()

    def label(self, index: _Index) -> LabelRecord | None:
        """Return the label of a row; None if the index is invalid."""
        return self._labels.get(super().data(index, LABEL_ID)) if index.isValid() else None

    def widest(self) -> tuple[str, str]:
        """Return the longest count in the document and in the project, as text."""
        document = max(self._workspace.label_counts.values(), default=0)
        project = max(self._counts.by_label.values(), default=0)
        return f"{document:,}", f"{project:,}"

    def longest_key(self) -> str:
        """Return the longest key of a label, as text."""
        return max((self._workspace.keys.label_key(label.key) for label in self._labels.values()), key=len, default="")

    def row(self, index: _Index) -> LabelRow | None:
        """Return the data of a row; None if its label does not exist."""
        label = self.label(index)
        if label is None:
            return None
        document, project = self._workspace.label_counts, self._counts.by_label
        active, shown = self._workspace.active, self._workspace.label_filter
        family = self._families[label.id]
        return LabelRow(
            label,
            self._workspace.keys.label_key(label.key),
            self._patterns[label.id],
            document[label.id],
            project[label.id],
            (sum(document[id] for id in family), sum(project[id] for id in family)),
            len(family) > 1,
            active is not None and active.label_id == label.id,
            shown.is_hidden(label.id),
            shown.is_solo(label.id),
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label = self.label(index)
        if label is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return label.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return label.description
        shown = self.row(index)
        assert shown is not None
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(shown)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _accessible_text(shown)
        return super().data(index, role)


def _accessible_text(shown: LabelRow) -> str:
    parts = [shown.label.name]
    if shown.key:
        parts.append(f"key {shown.key}")
    parts += [f"{shown.document:,} in this document", f"{shown.project:,} in the project"]
    if shown.is_active:
        parts.append("label of the active annotation")
    if shown.is_hidden:
        parts.append("hidden")
    if shown.is_solo:
        parts.append("shown alone")
    return ", ".join(parts)


def _tool_tip(shown: LabelRow) -> str:
    lines = [shown.label.description] if shown.label.description else []
    lines.append(f"{shown.document:,} in this document, {shown.project:,} in the project.")
    if shown.is_parent:
        lines.append(f"With the labels under it {shown.under[0]:,} and {shown.under[1]:,}.")
    line = LINE_PATTERNS[shown.pattern]
    lines.append(f"Its line is {line if line == 'solid' else f'drawn in {line}'}.")
    if shown.is_hidden:
        lines.append("Hidden: its annotations are kept but not shown.")
    return tool_tip("\n".join(lines), shown.label.name)
