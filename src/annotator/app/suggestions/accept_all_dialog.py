"""The dialog that accepts all suggestions with a minimum score: scope, score, and the numbers by label."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.score_field import ScoreField
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import SuggestionRecord
from annotator.domain.wording import counted, elided
from annotator.services.suggestions import suggesting

_HERE, _EVERYWHERE, _CHOSEN = "here", "everywhere", "chosen"
_SHOWN = 100
_SURE = 0.8
"""The initial minimum score."""

_QUOTE = 100


class AcceptAllDialog(QDialog):
    """Asks for the score and shows what would be accepted, the least certain first, which are worth checking."""

    def __init__(self, workspace: Workspace, chosen: Sequence[SuggestionRecord], parent: QWidget | None = None) -> None:
        """``chosen``: the suggestions selected in the list, offered beside the document and the project."""
        super().__init__(parent)
        self.setObjectName("acceptAll")
        self.setWindowTitle("Accept suggestions")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._chosen = list(chosen) if len(chosen) > 1 else []
        self.where = QComboBox(self)
        self.where.setAccessibleName("Where")
        if self._chosen:
            self.where.addItem(f"The {len(self._chosen):,} chosen in the list", _CHOSEN)
        if workspace.document is not None:
            self.where.addItem("In this document", _HERE)
        self.where.addItem("In the whole project", _EVERYWHERE)
        self.least = ScoreField(max(workspace.suggestions.least, _SURE), self)
        self.count = TextLabel(self)
        self.count.setObjectName("acceptCount")
        self.count.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("What would be accepted, the least sure first")
        fields = QFormLayout()
        fields.addRow("&Where", self.where)
        fields.addRow("&From the score", self.least)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = self.buttons.addButton("Accept", QDialogButtonBox.ButtonRole.AcceptRole)
        layout = QVBoxLayout(self)
        layout.addLayout(fields)
        layout.addWidget(self.count)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.buttons)
        level_captions(fields)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.where.currentIndexChanged.connect(lambda _: self._show())
        self.least.valueChanged.connect(lambda _: self._show())
        workspace.project_closed.connect(self.reject)
        size_for_font(self, 560, 380)
        self._show()
        self.least.setFocus()
        self.least.selectAll()

    def bounds(self) -> SuggestionBounds:
        """Return the bounds of the suggestions to accept."""
        document = self._workspace.document
        is_here = self.where.currentData() == _HERE and document is not None
        return SuggestionBounds((document.id,) if is_here and document is not None else None, self.least.score)

    def chosen(self) -> list[SuggestionRecord]:
        """Return the selected suggestions with the score; empty if another scope is chosen."""
        if self.where.currentData() != _CHOSEN:
            return []
        return [one for one in self._chosen if one.score >= self.least.score]

    def _show(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        try:
            if self.where.currentData() == _CHOSEN:
                found = sorted(self.chosen(), key=lambda one: one.score)
                labels: dict[str, int] = {}
                for one in found:
                    labels[one.label] = labels.get(one.label, 0) + 1
            else:
                labels = suggesting.open_counts(project, self.bounds())
                found = suggesting.listed(project, self.bounds(), by="weakest", limit=_SHOWN)
        except AnnotatorError as error:
            self.count.setText(str(error))
            return
        total = sum(labels.values())
        parts = ", ".join(f"{number:,} {name}" for name, number in labels.items())
        self.count.setText(
            f"{counted(total, 'suggestion')}: {parts}. One undo takes them back."
            if total
            else "No suggestion has that score."
        )
        self.list.clear()
        for one in found[:_SHOWN]:
            self.list.addItem(f"{one.score:.2f}   {one.label}: {elided(one.shown_quote, _QUOTE)}")
        if total > _SHOWN:
            self.list.addItem(f"and {total - _SHOWN:,} that are surer")
        self.accept_button.setText(f"Accept {total:,}" if total else "Accept")
        self.accept_button.setEnabled(bool(total))
