"""The dialog that asks for the subject and the date of a report."""

from typing import NamedTuple

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from annotator.app.widgets.date_field import DayField
from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.services.reports.reporting import Subject


class Choice(NamedTuple):
    """A possible subject of a report, with its title."""

    words: str
    subject: Subject


class ReportDialog(QDialog):
    """Asks for subject, date and file type (HTML or PDF)."""

    def __init__(self, choices: list[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reportDialog")
        self.setWindowTitle("Report")
        self._choices = choices
        self.subject = QComboBox(self)
        self.subject.setObjectName("reportSubject")
        self.subject.addItems([choice.words for choice in choices])
        self.subject.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.day = DayField(self)
        self.day.setObjectName("reportDay")
        self.kind = QComboBox(self)
        self.kind.setObjectName("reportKind")
        self.kind.addItem("Page that stands alone (HTML)", "html")
        self.kind.addItem("PDF", "pdf")
        meaning = TextLabel("Grades and verdicts are shown as they were on that day.", self)
        meaning.setProperty("role", "muted")
        meaning.setWordWrap(True)
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in (("&About", self.subject), ("As of &day", self.day), ("Written &as", self.kind)):
            fields.addRow(title, field)
            field.setAccessibleName(title.replace("&", ""))
        level_captions(fields)
        buttons = QDialogButtonBox(self)
        buttons.addButton("Write …", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addLayout(fields)
        layout.addWidget(meaning)
        layout.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        size_for_font(self, 460, 0)

    def chosen(self) -> Subject:
        """Return the subject of the report."""
        return self._choices[self.subject.currentIndex()].subject
