"""The dialog that reports that the project file is not in its place, and offers choices."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.errors import ProjectFileMoved


class MovedFileDialog(QDialog):
    """Shows what happened to the file and where the data is, and offers to continue there."""

    go_on_requested = Signal()
    save_requested = Signal()

    def __init__(self, moved: ProjectFileMoved, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("movedFile")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("The project file is not in its place")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        self.sentence = TextLabel(str(moved), self)
        self.sentence.setWordWrap(True)
        layout.addWidget(self.sentence)
        self.step = TextLabel(self)
        self.step.setWordWrap(True)
        say(self.step, "", "")
        layout.addWidget(self.step)
        self.message = TextLabel(self)
        self.message.setWordWrap(True)
        say(self.message, "")
        layout.addWidget(self.message)
        layout.addStretch(1)
        goal = moved.rescued or moved.place
        self.go_on = QPushButton("&Go on in that file", self)
        self.go_on.setVisible(goal is not None)
        self.save = QPushButton("&Save everything as a new file…", self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in (self.go_on, self.save):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.go_on.clicked.connect(self.go_on_requested)
        self.save.clicked.connect(self.save_requested)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        chosen = self.go_on if goal else self.save
        chosen.setDefault(True)
        chosen.setFocus()
        size_for_font(self, 560, 0)

    def show_step(self, title: str) -> None:
        """Show the title of the refused step, which is repeated in the file in which the work continues."""
        say(self.step, f"Not written: {title}. This step is repeated when you go on.", "")
