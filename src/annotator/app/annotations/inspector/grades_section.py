"""The credibility and the reliability of the annotation in the inspector."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.state.typed_field import TypedField
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.grade_fields import GradeRow
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.grades import CREDIBILITY, RELIABILITY
from annotator.domain.records import AnnotationRecord


class GradesSection(Section):
    """Credibility, reliability with the choice to inherit that of the source, the reasons, and the Admiralty code.

    Credibility comes before reliability: an analyst who sees the reliability first tends to match it.
    """

    assess_requested = Signal(int)
    """The id of a source to be assessed."""

    focus_requested = Signal(QWidget)
    """A field that the user has to fill in now."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self.credibility = self._grade_row("Credibility", "Credibility of this statement")
        self.credibility.picked.connect(self._pick_credibility)
        objection = "Reason for the credibility although a check objected"
        self.credibility_reason, self._typed_credibility_reason = self._reason("credibility", objection)
        self.credibility_reason.setToolTip(tool_tip(f"{objection}."))
        self.reliability = self._grade_row("Reliability", "Reliability of the source")
        self.reliability.picked.connect(self._pick_reliability)
        self._build_buttons()
        self.reliability_reason, self._typed_reliability_reason = self._reason(
            "reliability", "Why the letter of this statement differs from that of the source"
        )
        self.reliability_reason.setPlaceholderText("Why another letter here?")
        self._build_code()

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        override, inherited = annotation.reliability_override, annotation.inherited_reliability
        self.credibility.set_code(None if annotation.credibility is None else str(annotation.credibility))
        self.reliability.set_code(override, inherited if override is None else None)
        title, typed = self._shown.field_title("Reason"), self._typed_credibility_reason
        typed.show_row(annotation.id, title, annotation.credibility_reason)
        self.credibility_reason.setVisible(bool(annotation.credibility_reason) or typed.is_unsaved)
        self.inherit.setText(_inherited_text(annotation))
        self.inherit.setChecked(override is None)
        self.assess.setVisible(annotation.source_id is not None)
        self.assess.setToolTip(tool_tip(f"Assess {annotation.source}: all its annotations inherit the letter."))
        typed = self._typed_reliability_reason
        typed.show_row(annotation.id, title, annotation.reliability_reason)
        self.reliability_reason.setVisible(override is not None or typed.is_unsaved)
        self._show_code(annotation)

    def set_writable(self, is_writable: bool) -> None:
        for field in (
            self.credibility,
            self.credibility_reason,
            self.reliability,
            self.inherit,
            self.assess,
            self.reliability_reason,
        ):
            field.setEnabled(is_writable)

    def _grade_row(self, name: str, caption: str) -> GradeRow:
        self._add_caption(caption)
        row = GradeRow(name, CREDIBILITY if name == "Credibility" else RELIABILITY, self)
        row.setObjectName(name.lower())
        self._body.addWidget(row)
        return row

    def _reason(self, grade: str, name: str) -> tuple[QLineEdit, TypedField]:
        field = QLineEdit(self)
        field.setObjectName(f"{grade}Reason")
        field.setAccessibleName(name)
        self._body.addWidget(field)
        return field, self._add_typed(field, f"{grade}_reason")

    def _build_buttons(self) -> None:
        line = self._button_line()
        flow = FlowLayout(line, spacing=6)
        self.inherit = QToolButton(line)
        self.inherit.setObjectName("inheritReliability")
        self.inherit.setAccessibleName("Use the letter of the source")
        self.inherit.setCheckable(True)
        self.inherit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inherit.setToolTip(tool_tip("Use the letter of the source, also after a new assessment."))
        self.inherit.clicked.connect(lambda: self._pick_reliability(None))
        self.assess = QToolButton(line)
        self.assess.setObjectName("assessSource")
        self.assess.setText("Assess the source …")
        self.assess.setAccessibleName("Assess the source")
        self.assess.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.assess.clicked.connect(self._request_assessment)
        flow.addWidget(self.inherit)
        flow.addWidget(self.assess)
        self._body.addWidget(line)

    def _build_code(self) -> None:
        self.code = TextLabel(self)
        self.code.setObjectName("admiraltyCode")
        font = self.code.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        font.setBold(True)
        self.code.setFont(font)
        self.code.setToolTip(tool_tip("The Admiralty code: two judgements side by side, never one number."))
        self.code_in_words = self._text_label("muted")
        line = QHBoxLayout()
        line.setContentsMargins(0, 6, 0, 0)
        line.setSpacing(10)
        line.addWidget(self.code)
        line.addWidget(self.code_in_words, 1)
        self._body.addLayout(line)

    def _show_code(self, annotation: AnnotationRecord) -> None:
        letter = next((grade.words for grade in RELIABILITY if grade.code == annotation.reliability), "")
        digit = next((grade.words for grade in CREDIBILITY if grade.code == str(annotation.credibility)), "")
        lines = [
            f"source: {letter}" if letter else "",
            f"statement: {digit}" if digit else "",
        ]
        self.code.setText(annotation.score)
        self.code.setVisible(bool(annotation.score))
        self.code.setAccessibleName(f"Reliability score {annotation.score}")
        self.code_in_words.setText("\n".join(filter(None, lines)) or "Not graded yet")

    def _pick_credibility(self, code: str | None) -> None:
        annotation = self._shown.record
        if annotation is None:
            return
        # The workspace asks for a reason if a check refuses the credibility.
        self._workspace.update(annotation, credibility=None if code is None else int(code))
        self._show_unchanged(annotation)

    def _pick_reliability(self, letter: str | None) -> None:
        self._typed_reliability_reason.flush()
        annotation = self._shown.record
        if annotation is None:
            return
        if letter is None:
            self._typed_reliability_reason.discard()
            self._shown.write(reliability=None, reliability_reason="")
        else:
            self._shown.write(reliability=letter)
            if not self.reliability_reason.text():
                self.focus_requested.emit(self.reliability_reason)
        self._show_unchanged(annotation)

    def _show_unchanged(self, annotation: AnnotationRecord) -> None:
        """Show the stored grades again if nothing was written: pressing a button toggled it."""
        if self._shown.record is annotation:
            self.show_annotation(annotation)

    def _request_assessment(self) -> None:
        annotation = self._shown.record
        if annotation is not None and annotation.source_id is not None:
            self.assess_requested.emit(annotation.source_id)


def _inherited_text(annotation: AnnotationRecord) -> str:
    """Return which letter the annotation has without one that is set here, and from where."""
    letter = annotation.inherited_reliability
    if annotation.source_id is None:
        return "From the document" if letter is None else f"{letter} from the document"
    return "From the source: not assessed" if letter is None else f"{letter} from the source"
