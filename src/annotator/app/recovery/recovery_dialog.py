"""The choices when a project cannot be opened, or its file is damaged."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.wording import counted


class RecoveryDialog(QDialog):
    """Shows the reason and the choices, each with its effect. None of them changes the file."""

    read_only_requested = Signal()
    backup_requested = Signal()
    repair_requested = Signal()

    def __init__(
        self,
        path: Path,
        sentence: str,
        *,
        backups: int,
        can_read: bool,
        is_open: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``is_open``: the project is already open for reading, so that opening it read-only is not offered."""
        super().__init__(parent)
        self._cancel: Callable[[], object] | None = None
        self.setObjectName("recovery")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open the project another way")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        reason = TextLabel(sentence, self)
        reason.setWordWrap(True)
        reason.setStyleSheet("font-weight: 600;")
        layout.addWidget(reason)
        unchanged = TextLabel(f"None of these choices changes the file {path.name}.", self)
        unchanged.setProperty("role", "muted")
        unchanged.setWordWrap(True)
        layout.addWidget(unchanged)
        self._add_choices(layout, path, backups, can_read, is_open)
        self.message = TextLabel(self)
        self.message.setWordWrap(True)
        say(self.message, "")
        layout.addWidget(self.message)
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.close_button = buttons.button(QDialogButtonBox.StandardButton.Close)
        self._close_text = self.close_button.text()
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._choices = {self.read_only: can_read and not is_open, self.backup: True, self.repair: path.is_file()}
        self._enable_choices()
        self.read_only.clicked.connect(self.read_only_requested)
        self.backup.clicked.connect(self.backup_requested)
        self.repair.clicked.connect(self.repair_requested)
        preferred = self.backup if backups else self.read_only
        likely = next(button for button in (preferred, *self._choices) if self._choices[button])
        likely.setDefault(True)
        likely.setFocus()
        self.setAccessibleDescription(with_literal_ampersands(sentence))
        size_for_font(self, 560, 0)

    def _add_choices(self, layout: QVBoxLayout, path: Path, backups: int, can_read: bool, is_open: bool) -> None:
        found = (
            "There is no backup beside the project; another file can be chosen."
            if not backups
            else f"{counted(backups, 'backup')} found beside the project."
        )
        self.read_only = self._add_choice(
            "Open &read only",
            "Shows what can be read. Nothing can be changed, so no further damage is possible."
            if can_read
            else "This file cannot be read as it is.",
            layout,
            is_offered=not is_open,
        )
        self.backup = self._add_choice(
            "Open a &backup…",
            found + " " + "You see what a backup holds before a copy of it becomes a new project.",
            layout,
        )
        self.repair = self._add_choice(
            "Re&pair into a new file",
            "Saves all that can be read into a new project and lists what is missing. Its history starts anew."
            if path.is_file()
            else "There is no file to repair.",
            layout,
        )

    def begin_repair(self, cancel: Callable[[], object]) -> None:
        """Show that the file is being repaired; no other choice is enabled, and closing calls ``cancel``."""
        self._cancel = cancel
        self._enable_choices()
        self.close_button.setText("&Cancel the repair")
        say(self.message, "Repairing: what can be read is written to a new file.", "muted")

    def end_repair(self, sentence: str) -> None:
        """Show why no file was made, and enable all choices again."""
        self._cancel = None
        self._enable_choices()
        self.close_button.setText(self._close_text)
        say(self.message, sentence)

    def accept(self) -> None:
        self._cancel = None
        super().accept()

    def reject(self) -> None:
        """Close; cancel a running repair first."""
        if self._cancel is None:
            super().reject()
            return
        self.close_button.setEnabled(False)
        say(self.message, "Cancelling the repair…", "muted")
        self._cancel()

    def _enable_choices(self) -> None:
        for button, is_possible in self._choices.items():
            button.setEnabled(is_possible and self._cancel is None)
        self.close_button.setEnabled(True)

    def _add_choice(self, title: str, explanation: str, layout: QVBoxLayout, *, is_offered: bool = True) -> QPushButton:
        button = QPushButton(title, self)
        button.setAccessibleDescription(explanation)
        effect = TextLabel(explanation, self)
        effect.setWordWrap(True)
        effect.setContentsMargins(12, 0, 0, 8)
        for part in (button, effect):
            part.setVisible(is_offered)
        layout.addWidget(button)
        layout.addWidget(effect)
        return button
