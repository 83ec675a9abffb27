"""The dialog that trains a model: its name, whether sentences are parsed, and the available training data."""

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.nlp.rules import parses
from annotator.services.projects.open_project import Project
from annotator.services.suggestions.training import describe_training_data

_NAME = re.compile(r"[^\w -]+")


class TrainDialog(WritingDialog):
    """Asks for the name of a model and shows its training data."""

    def __init__(self, project: Project, folder: Path, grammar: bool, parent: QWidget | None = None) -> None:
        """``folder``: the folder of the models of this machine; ``grammar``: whether parsing is selected at first."""
        super().__init__(parent)
        self.setObjectName("trainDialog")
        self.setWindowTitle("Train a model")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._models = folder
        self.field = QLineEdit(project.path.stem, self)
        self.parsing = QCheckBox("&Parse sentences: better boundaries, and slow", self)
        self.parsing.setEnabled(parses.is_installed())
        self.parsing.setChecked(grammar and parses.is_installed())
        self.about = TextLabel(describe_training_data(project), self)
        self.warning = TextLabel(self)
        for label in (self.about, self.warning):
            label.setWordWrap(True)
        self.warning.setProperty("role", "warning")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.train = self.buttons.addButton("Train", QDialogButtonBox.ButtonRole.AcceptRole)
        fields = QFormLayout()
        fields.addRow("&Name", self.field)
        fields.addRow("", self.parsing)
        layout = QVBoxLayout(self)
        layout.addLayout(fields)
        layout.addWidget(self.about)
        layout.addWidget(self.warning)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        level_captions(fields)
        self.field.textChanged.connect(self._check)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        size_for_font(self, 440, 0)
        self._check()
        self.field.selectAll()
        self.field.setFocus()

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.field.text().strip()

    @property
    def folder(self) -> Path:
        """Return the folder of the model, named after it."""
        return self._models / (_NAME.sub("_", self.name).strip(" .") or "model")

    @property
    def grammar(self) -> bool:
        """Whether sentences are parsed."""
        return self.parsing.isChecked()

    def _check(self) -> None:
        self.train.setEnabled(bool(self.name))
        replaces = bool(self.name) and self.folder.exists()
        self.warning.setText(f"It replaces the model in {self.folder}." if replaces else "")
        self.warning.setVisible(replaces)
