"""The dialog that merges sources: shows which one stays, and what moves, before anything is written."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from annotator.app.state.workspace import Workspace
from annotator.app.state.workspace_writer import MANY
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted
from annotator.services.sources import source_merging


class Group(NamedTuple):
    """Ids of sources that may be the same, and the reason."""

    ids: tuple[int, ...]
    reason: str


class SourceMergeDialog(QDialog):
    """Shows one group at a time; the chosen source stays, and gets the data of the others."""

    def __init__(self, workspace: Workspace, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sourceMerge")
        self.setWindowTitle("Merge sources")
        self._workspace = workspace
        self._groups = list(groups)
        self._at = 0
        self.reason = TextLabel(self)
        self.reason.setWordWrap(True)
        question = TextLabel("Which of them stays?", self)
        self.list = QListWidget(self)
        self.list.setObjectName("mergeChoices")
        self.list.setAccessibleName(question.text())
        self.preview = TextLabel(self)
        self.preview.setObjectName("mergePreview")
        self.preview.setWordWrap(True)
        self.preview.setProperty("role", "muted")
        buttons = QDialogButtonBox(self)
        self.merge_button = buttons.addButton("&Merge", QDialogButtonBox.ButtonRole.ActionRole)
        self.next_button = buttons.addButton("&Not the same", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (self.reason, question, self.list, self.preview, buttons):
            layout.addWidget(part)
        self.list.currentRowChanged.connect(lambda _: self._preview())
        self.merge_button.clicked.connect(self.merge)
        self.next_button.clicked.connect(self.pass_over)
        buttons.rejected.connect(self.reject)
        workspace.project_closed.connect(self.reject)
        self._show()
        size_for_font(self, 520, 0)

    def merge(self) -> None:
        """Merge the group into the chosen source, as one step of undo."""
        plan = self._plan()
        if plan is None:
            return
        if len(plan.change.edits) > MANY:
            written = self._workspace.perform_many(plan.change.title, lambda _project: plan.change)
        else:
            written = self._workspace.perform(plan.change)
        if written:
            self._workspace.notified.emit(plan.change.sentence, True)
            self.pass_over()

    def pass_over(self) -> None:
        """Show the next group; after the last one the dialog closes."""
        known = {source.id for source in self._workspace.sources()}
        self._at += 1
        # A source that was merged before may be part of a later pair.
        while self._at < len(self._groups) and not set(self._groups[self._at].ids) <= known:
            self._at += 1
        if self._at >= len(self._groups):
            self.accept()
        else:
            self._show()

    def _plan(self) -> source_merging.Merger | None:
        project, item = self._workspace.project, self.list.currentItem()
        if project is None or item is None:
            return None
        try:
            return source_merging.plan(project, self._groups[self._at].ids, item.data(Qt.ItemDataRole.UserRole))
        except AnnotatorError as error:
            say(self.preview, str(error))
            return None

    def _preview(self) -> None:
        plan = self._plan()
        self.merge_button.setEnabled(plan is not None and not self._workspace.read_only)
        if plan is not None:
            say(self.preview, plan.sentence(), "muted")

    def _show(self) -> None:
        group = self._groups[self._at]
        many = len(self._groups) > 1
        where = f"{self._at + 1} of {len(self._groups)}: " if many else ""
        self.reason.setText(f"{where}{group.reason}")
        self.reason.setVisible(bool(self.reason.text()))
        self.next_button.setVisible(many)
        known = {source.id: source for source in self._workspace.sources()}
        members = sorted(
            (known[id] for id in group.ids if id in known), key=lambda one: -(one.annotations + one.documents)
        )
        self.list.clear()
        for source in members:
            uses = f"{counted(source.annotations, 'statement')}, {counted(source.documents, 'document')}"
            item = QListWidgetItem(
                f"{source.name}  ({source.kind}, {source.reliability or 'not assessed'}, {uses})", self.list
            )
            item.setData(Qt.ItemDataRole.UserRole, source.id)
        self.list.setCurrentRow(0)
        self.list.setFocus()
