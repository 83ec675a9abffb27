"""The dialogs about a claim: its text, its resolution, and the choice of a claim."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from annotator.app.widgets.date_field import DayField
from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.fixed_choices import VERDICTS
from annotator.domain.records import ClaimRecord
from annotator.domain.wording import elided

_MEANINGS = {
    "open": "Nothing is known yet.",
    "confirmed": "It came true, or was true.",
    "partly": "Some of it is true; it counts as a half.",
    "refuted": "It is not true.",
    "unverifiable": "It cannot be known; it counts for no source.",
}


class ClaimDialog(WritingDialog):
    """Asks for the text of a new or existing claim, with its topic and a note."""

    def __init__(
        self, text: str = "", topic: str = "", note: str = "", topics: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("claimDialog")
        self.setWindowTitle("Claim")
        self.text = QPlainTextEdit(text, self)
        self.text.setObjectName("claimText")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 16)
        self.text.setPlaceholderText("What is claimed, in one sentence that can turn out true or false")
        self.topic = QComboBox(self)
        self.topic.setObjectName("claimTopic")
        self.topic.setEditable(True)
        self.topic.addItems(["", *topics])
        self.topic.setCurrentText(topic)
        self.topic.setToolTip("Sources have a track record by topic")
        self.note = QLineEdit(note, self)
        self.note.setObjectName("claimNote")
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in (("&Claim", self.text), ("&Topic", self.topic), ("&Note", self.note)):
            fields.addRow(title, field)
            field.setAccessibleName(title.replace("&", ""))
        level_captions(fields)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.addLayout(fields)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.text.textChanged.connect(self._enable)
        self._enable()
        self.text.selectAll()
        size_for_font(self, 520, 0)

    def fields(self) -> dict[str, str]:
        """Return what was entered: ``text``, ``topic`` and ``note``."""
        return {
            "text": self.text.toPlainText().strip(),
            "topic": self.topic.currentText().strip(),
            "note": self.note.text().strip(),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter adds a line in the field; Ctrl+Enter accepts the dialog.
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        if self.fields()["text"]:
            super().accept()

    def _enable(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.fields()["text"]))


class ResolveDialog(WritingDialog):
    """Asks for the resolution of a claim: verdict, evidence, address and date."""

    def __init__(self, claim: ClaimRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resolveDialog")
        self.setWindowTitle("Resolve the claim")
        quoted = TextLabel(f"“{elided(claim.text, 300)}”", self)
        quoted.setWordWrap(True)
        self.verdict = QComboBox(self)
        self.verdict.setObjectName("verdict")
        for verdict in VERDICTS:
            self.verdict.addItem(verdict, verdict)
            meaning = tool_tip(_MEANINGS[verdict])
            self.verdict.setItemData(self.verdict.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self.verdict.setCurrentText(claim.verdict)
        self.meaning = TextLabel(self)
        self.meaning.setProperty("role", "muted")
        self.evidence = QPlainTextEdit(self)
        self.evidence.setObjectName("evidence")
        self.evidence.setTabChangesFocus(True)
        self.evidence.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 16)
        self.evidence.setPlaceholderText("What settles it")
        self.address = QLineEdit(self)
        self.address.setObjectName("evidenceAddress")
        self.address.setPlaceholderText("Where that can be looked up")
        self.day = DayField(self)
        self.day.setObjectName("resolutionDay")
        self.problem.setObjectName("resolveProblem")
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Verdict", self.verdict),
            ("&Evidence", self.evidence),
            ("&Address", self.address),
            ("&Day", self.day),
        )
        for title, field in rows:
            fields.addRow(title, field)
            field.setAccessibleName(title.replace("&", ""))
            if field is self.verdict:
                fields.addRow("", self.meaning)
        level_captions(fields)
        self.buttons = QDialogButtonBox(self)
        self.ok = self.buttons.addButton("Resolve", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(quoted)
        layout.addLayout(fields)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.verdict.currentTextChanged.connect(self._show_meaning)
        self._show_meaning()
        size_for_font(self, 520, 0)

    def fields(self) -> dict[str, str]:
        """Return what was entered: ``verdict``, ``evidence``, ``address`` and ``resolved_on``."""
        return {
            "verdict": self.verdict.currentData(),
            "evidence": self.evidence.toPlainText().strip(),
            "address": self.address.text().strip(),
            "resolved_on": self.day.day(),
        }

    def _show_meaning(self) -> None:
        self.meaning.setText(_MEANINGS[self.verdict.currentData()])


class ClaimChooser(WritingDialog):
    """Finds a claim by its words; ``chosen`` is its id, or None for a new claim."""

    def __init__(
        self,
        claims: Sequence[ClaimRecord],
        title: str,
        likely: Sequence[int] = (),
        parent: QWidget | None = None,
        *,
        may_make: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("claimChooser")
        self.setWindowTitle(window_title(title))
        self.chosen: int | None = None
        rank = {id: place for place, id in enumerate(likely)}
        self._claims = sorted(claims, key=lambda claim: (rank.get(claim.id, len(rank)), -claim.id))
        self._likely = frozenset(likely)
        self._may_make = may_make
        self.field = QLineEdit(self)
        self.field.setObjectName("claimFilter")
        self.field.setPlaceholderText("Words of the claim")
        self.field.setAccessibleName("Words of the claim")
        self.list = QListWidget(self)
        self.list.setObjectName("claimChoices")
        self.list.setAccessibleName("Claims")
        self.list.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self.problem)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._take)
        self.list.itemActivated.connect(lambda _: self._take())
        self._fill("")
        size_for_font(self, 520, 340)
        self.field.setFocus()

    def typed(self) -> str:
        """Return the text in the field, which may be the text of a new claim."""
        return self.field.text().strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The arrow keys move in the list while the focus stays in the field.
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
        else:
            super().keyPressEvent(event)

    def _fill(self, typed_words: str) -> None:
        words = typed_words.casefold().split()
        self.list.clear()
        for claim in self._claims:
            if all(word in f"{claim.text} {claim.topic}".casefold() for word in words):
                mark = "likely: " if claim.id in self._likely else ""
                item = QListWidgetItem(f"{mark}{claim.text}", self.list)
                item.setData(Qt.ItemDataRole.UserRole, claim.id)
                item.setToolTip(tool_tip(f"{claim.verdict}, {claim.topic}" if claim.topic else claim.verdict))
                if self.list.count() >= 200:
                    break
        if self._may_make:
            typed = typed_words.strip()
            new = f"New claim: {typed}" if typed else "New claim"
            item = QListWidgetItem(new, self.list)
            item.setData(Qt.ItemDataRole.UserRole, None)
        self.list.setCurrentRow(0)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
