"""The dialog that merges labels into another one, and shows first how many annotations that moves."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from annotator.app.labels.label_operations import LabelOperations
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.labels import line_patterns
from annotator.services.annotations import labels, relabelling

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_ID = Qt.ItemDataRole.UserRole
STEP_OF_UNDO = "It is one step; undo brings everything back."


class MergeDialog(QDialog):
    """Asks which labels to merge, initially ``ids``, and into which one."""

    def __init__(
        self,
        workspace: Workspace,
        commands: LabelOperations,
        ids: Sequence[int],
        parent: "QWidget | None" = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("labelMerge")
        self.setWindowTitle("Merge labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._commands = commands
        self._plan: relabelling.Plan | None = None
        self._requests = 0
        project = workspace.project
        self._counts = labels.counts(project) if project is not None else {}
        self.list = QTreeWidget(self)
        self.list.setObjectName("mergedLabels")
        self.list.setAccessibleName("Labels to be merged")
        self.list.setHeaderLabels(["Merge", "Used"])
        self.list.setRootIsDecorated(False)
        self.list.setStyleSheet("QTreeView::item { padding: 3px 2px; }")
        self.list.setIconSize(swatch_size(self))
        self.into = QComboBox(self)
        self.into.setObjectName("mergeInto")
        self.into.setIconSize(swatch_size(self))
        caption = TextLabel("&Into", self)
        caption.setBuddy(self.into)
        self.question = TextLabel(self)
        self.question.setObjectName("mergeQuestion")
        self.question.setWordWrap(True)
        self.buttons = QDialogButtonBox(self)
        self.merge_button = self.buttons.addButton("Merge", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for widget in (self.list, caption, self.into, self.question, self.buttons):
            layout.addWidget(widget)
        self._fill(ids)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.into.currentIndexChanged.connect(self._plan_merge)
        self.list.itemChanged.connect(self._plan_merge)
        workspace.project_closed.connect(self.reject)
        workspace.vocabulary_changed.connect(self.reject)
        size_for_font(self, 460, 430)
        self._plan_merge()
        self.into.setFocus()

    def _fill(self, ids: Sequence[int]) -> None:
        known = self._workspace.labels
        patterns = line_patterns(known)
        for label in known:
            icon = swatch_icon(label, patterns[label.id], self)
            item = QTreeWidgetItem([label.name, f"{self._counts.get(label.id, 0):,}"])
            item.setIcon(0, icon)
            item.setData(0, _ID, label.id)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setCheckState(0, Qt.CheckState.Checked if label.id in ids else Qt.CheckState.Unchecked)
            self.list.addTopLevelItem(item)
            self.into.addItem(icon, label.name, label.id)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        target = next((place for place, label in enumerate(known) if label.id not in ids), 0)
        self.into.setCurrentIndex(target)

    def chosen(self) -> list[int]:
        """Return the ids of the labels to be removed."""
        items = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        return [item.data(0, _ID) for item in items if item and item.checkState(0) == Qt.CheckState.Checked]

    def _plan_merge(self) -> None:
        """Show what the merge would change."""
        project = self._workspace.project
        if project is None:
            return
        self._requests += 1
        self._take(self._requests, None, "Looking ...")
        ids, into = self.chosen(), self.into.currentData()
        size = sum(self._counts.get(id, 0) for id in ids)
        self._commands.compute(
            self,
            lambda: relabelling.merge(project, ids, into),
            size,
            partial(self._take_plan, self._requests),
            partial(self._take, self._requests, None),
        )

    def _take_plan(self, request: int, plan: relabelling.Plan) -> None:
        self._take(request, plan, f"{plan.question} {STEP_OF_UNDO}")

    def _take(self, request: int, plan: relabelling.Plan | None, sentence: str) -> None:
        if request != self._requests:
            # The choice changed meanwhile.
            return
        self._plan = plan
        say(self.question, sentence, "" if plan else "muted")
        self.merge_button.setEnabled(plan is not None)

    def accept(self) -> None:
        plan = self._plan
        if plan is not None:
            self._workspace.vocabulary_changed.disconnect(self.reject)
            super().accept()
            self._commands.carry_out(plan)
