"""The dialog of new versions: which annotations of each earlier document can be carried over, and which are lost."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.services.documents.versions import Carried, CarryOver

_ROW = Qt.ItemDataRole.UserRole
_ORDER = ("lost", "changed", "same", "there")
_WORDS = {"lost": "Lost", "changed": "Changed", "same": "Same words", "there": "Already there"}
_PARTS = {"cue": "its cue is lost", "mention": "its source mention is lost"}


class VersionsDialog(QDialog):
    """Shows ``found`` and asks for which documents to carry over annotations. It changes nothing itself."""

    carry_requested = Signal(list)
    """The ids of the new versions that get annotations."""

    separate_requested = Signal(list)
    """The ids of documents that are not versions of others."""

    def __init__(self, workspace: Workspace, found: Sequence[CarryOver], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versions")
        self.setWindowTitle("New versions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = list(found)
        one = len(self._found) == 1
        text = TextLabel(
            ("This article changed after its import. " if one else "These articles changed after their import. ")
            + "The new version can take over the annotations whose words it still has; the earlier document stays "
            "as it is, with all of its own.",
            self,
        )
        text.setWordWrap(True)
        self.list = _tree("New versions", ["Document", "Carried over", "Lost"], self)
        self.list.setObjectName("versionList")
        for row, version in enumerate(self._found):
            item = QTreeWidgetItem(
                [version.document.title, f"{version.count('same', 'changed'):,}", f"{version.count('lost'):,}"]
            )
            item.setData(0, _ROW, row)
            item.setToolTip(0, tool_tip(version.document.title))
            item.setCheckState(0, Qt.CheckState.Checked)
            for column in (1, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        self.details = _tree("Annotations", ["What becomes of it", "Label", "Words", "Words now"], self)
        self.details.setObjectName("versionDetails")
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.list)
        halves.addWidget(self.details)
        halves.setSizes([120, 240])
        self.buttons = QDialogButtonBox(self)
        self.carry_button = self.buttons.addButton("&Carry over", QDialogButtonBox.ButtonRole.AcceptRole)
        self.separate_button = self.buttons.addButton("&Keep them separate", QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton("Not now", QDialogButtonBox.ButtonRole.RejectRole)
        self.separate_button.setAutoDefault(False)
        self.carry_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(text)
        layout.addWidget(halves, 1)
        layout.addWidget(self.buttons)
        self.list.currentItemChanged.connect(self._show_details)
        self.list.itemChanged.connect(self._on_ticked)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.separate_button.clicked.connect(self._separate)
        workspace.project_closed.connect(self.reject)
        if first := self.list.topLevelItem(0):
            self.list.setCurrentItem(first)
        size_for_font(self, 720, 480)
        self.list.setFocus()

    def chosen(self) -> list[int]:
        """Return the ids of the new versions that are ticked."""
        items = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        ticked = [item for item in items if item and item.checkState(0) == Qt.CheckState.Checked]
        return [self._found[item.data(0, _ROW)].document.id for item in ticked]

    def accept(self) -> None:
        self.carry_requested.emit(self.chosen())
        super().accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Otherwise the Return key in a list would only close the editor of an item.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.carry_button.isEnabled():
            self.accept()
        else:
            super().keyPressEvent(event)

    def _separate(self) -> None:
        self.separate_requested.emit(self.chosen())
        self.reject()

    def _on_ticked(self) -> None:
        for button in (self.carry_button, self.separate_button):
            button.setEnabled(bool(self.chosen()))

    def _show_details(self, item: QTreeWidgetItem | None) -> None:
        self.details.clear()
        if item is None:
            return
        carried = self._found[item.data(0, _ROW)].carried
        for one in sorted(carried, key=lambda found: _ORDER.index(found.outcome)):
            self.details.addTopLevelItem(_line(one))


def _line(one: Carried) -> QTreeWidgetItem:
    outcome = ", ".join([_WORDS[one.outcome], *(_PARTS[part] for part in one.without)])
    before = " ".join(one.annotation.shown_quote.split())
    after = " ".join(one.quote.split())
    item = QTreeWidgetItem([outcome, one.annotation.label, before, "" if one.outcome == "lost" else after])
    for column in range(4):
        item.setToolTip(column, tool_tip(item.text(column)))
    return item


def _tree(name: str, heads: list[str], parent: QWidget) -> QTreeWidget:
    tree = QTreeWidget(parent)
    tree.setAccessibleName(name)
    tree.setHeaderLabels(heads)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setStyleSheet("QTreeView::item { padding: 3px 2px; }")
    header = tree.header()
    header.setStretchLastSection(False)
    wide = (0,) if len(heads) == 3 else (2, 3)
    for column in range(len(heads)):
        stretch = QHeaderView.ResizeMode.Stretch if column in wide else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(column, stretch)
    return tree
