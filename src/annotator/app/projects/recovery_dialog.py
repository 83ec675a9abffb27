"""What can be done when a project cannot be opened, or its file is damaged."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel


class RecoveryDialog(QDialog):
    """Says why, and offers the ways on, each with what it does. None of them changes the file."""

    read_only_requested = Signal()
    backup_requested = Signal()
    repair_requested = Signal()

    def __init__(
        self, path: Path, sentence: str, *, backups: int, can_read: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open the project another way"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        reason = TextLabel(sentence, self)
        reason.setWordWrap(True)
        reason.setStyleSheet("font-weight: 600;")
        layout.addWidget(reason)
        unchanged = TextLabel(
            self.tr("Whatever you choose, the file {name} stays as it is.").format(name=path.name), self
        )
        unchanged.setProperty("role", "muted")
        unchanged.setWordWrap(True)
        layout.addWidget(unchanged)
        held = (
            self.tr("There is no backup beside the project; another file can be chosen.")
            if not backups
            else self.tr("One backup lies beside the project.")
            if backups == 1
            else self.tr("{count} backups lie beside the project.").format(count=backups)
        )
        self.read_only = self._add_way(
            self.tr("Open &read only"),
            self.tr("Shows what can be read. Nothing can be changed, so nothing becomes worse.")
            if can_read
            else self.tr("This file cannot be read as it is."),
            layout,
        )
        self.backup = self._add_way(
            self.tr("Open a &backup…"),
            held + " " + self.tr("You see what a backup holds before a copy of it becomes a new project."),
            layout,
        )
        self.repair = self._add_way(
            self.tr("Re&pair into a new file"),
            self.tr("Saves all that can be read into a new project and says what is missing. Its history begins anew.")
            if path.is_file()
            else self.tr("There is no file to repair."),
            layout,
        )
        self.read_only.setEnabled(can_read)
        self.repair.setEnabled(path.is_file())
        self.message = TextLabel(self)
        self.message.setWordWrap(True)
        say(self.message, "")
        layout.addWidget(self.message)
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.read_only.clicked.connect(self.read_only_requested)
        self.backup.clicked.connect(self.backup_requested)
        self.repair.clicked.connect(self.repair_requested)
        (self.backup if backups or not can_read else self.read_only).setFocus()
        self.setAccessibleDescription(with_literal_ampersands(sentence))
        size_for_font(self, 560, 0)

    def _add_way(self, title: str, explanation: str, layout: QVBoxLayout) -> QPushButton:
        button = QPushButton(title, self)
        button.setAutoDefault(False)
        button.setAccessibleDescription(explanation)
        said = TextLabel(explanation, self)
        said.setWordWrap(True)
        said.setContentsMargins(12, 0, 0, 8)
        layout.addWidget(button)
        layout.addWidget(said)
        return button
