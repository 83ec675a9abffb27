"""The dialog that asks for the reason of a credibility that a check refuses."""

from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.mnemonics import window_title, with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.wording import elided


class GradeReasonDialog(WritingDialog):
    """Shows the objection to a credibility, and asks for a short reason to set it anyway."""

    def __init__(self, digit: int, quote: str, objection: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradeReason")
        self.setWindowTitle(window_title(f"Credibility {digit}"))
        quoted = TextLabel(f"“{elided(quote, 160)}”", self)
        quoted.setWordWrap(True)
        quoted.setProperty("role", "muted")
        self.objection = TextLabel(objection, self)
        self.objection.setObjectName("objection")
        self.objection.setWordWrap(True)
        self.reason = QLineEdit(self)
        self.reason.setObjectName("credibilityReason")
        self.reason.setPlaceholderText("Why it is confirmed nevertheless")
        self.reason.setAccessibleName("Reason for the credibility")
        buttons = QDialogButtonBox(self)
        self.grade = buttons.addButton(
            with_literal_ampersands(f"Grade it {digit}"),
            QDialogButtonBox.ButtonRole.AcceptRole,
        )
        buttons.addButton("Leave the grade", QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (self.objection, quoted, self.reason, self.problem, buttons):
            layout.addWidget(part)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.reason.textChanged.connect(self._enable)
        self._enable()
        self.reason.setFocus()
        size_for_font(self, 480, 0)

    def given(self) -> str:
        """Return the reason."""
        return self.reason.text().strip()

    def _enable(self) -> None:
        self.grade.setEnabled(bool(self.given()))
