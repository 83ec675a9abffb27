"""The question whether a name that was typed as the source of a statement is a new source."""

from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.mnemonics import window_title, with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.domain.wording import elided, isolated

_GAP = 8
"""Pixels between the field and the question."""


class NewSourceQuestion(WritingDialog):
    """Asks, when the focus has left the field with a name that is not in the registry, whether to add or discard it."""

    def __init__(self, name: str, kind: str, quote: str, parent: QWidget | None = None) -> None:
        """``kind`` is preset; ``quote``: of the statement."""
        super().__init__(parent)
        self.setObjectName("newSource")
        question = f"New source “{isolated(elided(name, 80))}”?"
        self.setWindowTitle(window_title(question))
        asked = TextLabel(question, self)
        asked.setWordWrap(True)
        asked.setProperty("role", "heading")
        said = TextLabel(f"“{isolated(elided(quote, 160))}”", self)
        said.setWordWrap(True)
        said.setProperty("role", "muted")
        self.kind = QComboBox(self)
        self.kind.setObjectName("newSourceKind")
        self.kind.setAccessibleName("Kind of the new source")
        self.kind.addItems(SOURCE_KINDS)
        self.kind.setCurrentText(kind)
        form = QFormLayout()
        form.addRow("&Kind", self.kind)
        buttons = QDialogButtonBox(self)
        self.add = buttons.addButton(with_literal_ampersands("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setObjectName("addNewSource")
        self.discard = buttons.addButton("Discard", QDialogButtonBox.ButtonRole.RejectRole)
        self.discard.setObjectName("discardNewSource")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(asked)
        layout.addWidget(said)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.add.setDefault(True)
        self.add.setFocus()
        size_for_font(self, 420, 0)

    def open_below(self, field: QWidget) -> None:
        """Open the question below a field, inside the window of the field."""
        self.open()
        window = field.window().frameGeometry()
        start = field.mapToGlobal(field.rect().bottomLeft())
        left = min(max(start.x(), window.left()), window.right() - self.frameGeometry().width())
        top = min(start.y() + _GAP, window.bottom() - self.frameGeometry().height())
        self.move(max(left, window.left()), max(top, window.top()))
