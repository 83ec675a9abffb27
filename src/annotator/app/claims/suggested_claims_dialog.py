"""The dialog that shows groups of annotations that may state the same claim, to be confirmed or skipped."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import elided
from annotator.services.claims import claims
from annotator.services.claims.claim_suggestions import Cluster


class ClaimSuggestionsDialog(WritingDialog):
    """Shows one group at a time; the checked annotations become statements of the claim in the field."""

    def __init__(self, workspace: Workspace, clusters: Sequence[Cluster], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("claimSuggestions")
        self.setWindowTitle("May be one claim")
        self._workspace = workspace
        self._clusters = list(clusters)
        self._at = 0
        self.where = TextLabel(self)
        self.where.setProperty("role", "muted")
        self.text = QLineEdit(self)
        self.text.setObjectName("suggestedText")
        self.text.setAccessibleName("Words of the claim")
        self.list = QListWidget(self)
        self.list.setObjectName("suggestedStatements")
        self.list.setAccessibleName("Annotations that may state it; Space checks one")
        self.list.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        self.make_button = buttons.addButton("&They state one claim", QDialogButtonBox.ButtonRole.ActionRole)
        self.pass_button = buttons.addButton("&Next group", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        for part in (self.where, self.list, self.text, self.problem, buttons):
            layout.addWidget(part)
        self.make_button.clicked.connect(self.make)
        self.pass_button.clicked.connect(self.pass_over)
        buttons.rejected.connect(self.reject)
        workspace.project_closed.connect(self.give_up)
        self._show()
        size_for_font(self, 640, 380)

    def make(self) -> None:
        """Make one claim of the checked annotations, or add them to the claim that one of them already states."""
        project = self._workspace.project
        if project is None:
            return
        items = [self.list.item(row) for row in range(self.list.count())]
        ids = [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]
        known = self._clusters[self._at].claim_id
        try:
            if known is None:
                _, change = claims.add(project, self.text.text(), ids)
            else:
                change = claims.state(project, known, ids)
            self._workspace.write(change)
        except AnnotatorError as error:
            self.refuse(str(error))
            return
        self.refuse("")
        self.pass_over()

    def pass_over(self) -> None:
        """Show the next group; after the last one the dialog closes."""
        self._at += 1
        if self._at >= len(self._clusters):
            self.accept()
        else:
            self._show()

    def _show(self) -> None:
        project, cluster = self._workspace.project, self._clusters[self._at]
        if project is None:
            return
        found = list(project.read.annotations.all(ids=cluster.annotation_ids))
        titles = {row.id: row.title for row in project.read.documents.rows_of({a.document_id for a in found})}
        stated = None if cluster.claim_id is None else project.read.claims.one(cluster.claim_id)
        self.where.setText(f"Group {self._at + 1} of {len(self._clusters)}: {cluster.reason}")
        self.list.clear()
        for one in found:
            who = one.source or titles.get(one.document_id, "")
            words = f"{elided(one.shown_quote, 220)}\n{who}, {titles.get(one.document_id, '')}"
            item = QListWidgetItem(words, self.list)
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setCheckState(Qt.CheckState.Checked)
        longest = max(found, key=lambda one: len(one.quote), default=None)
        self.text.setText(stated.text if stated is not None else elided(longest.shown_quote, 200) if longest else "")
        self.text.setReadOnly(stated is not None)
        self.note_texts()
        self.list.setCurrentRow(0)
        self.list.setFocus()
