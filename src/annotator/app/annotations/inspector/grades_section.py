"""The reliability and the credibility of the annotation in the inspector."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.annotations.source_grading import NO_SOURCE, assess_source_of, scope_of_letter
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.grade_fields import GradeRow
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.grades import CREDIBILITY, RELIABILITY, Grade
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import elided, isolated

_NAME_IN_CAPTION = 60
"""Characters of the name of a source above its letters."""

_MOST_COUNTED = 2000
"""Statements of a source among which those with a letter of their own are counted while it is shown."""

_NOBODY = "Reliability of the source"
"""The caption of the letters while nobody is named."""

_USE_LETTER_OF_SOURCE = "Use the source's letter"


class GradesSection(Section):
    """The letter of the source, another letter for this statement alone, the credibility, and the Admiralty code.

    The Tab key goes to the credibility first: an analyst who chooses the reliability first tends to match it.
    """

    assess_requested = Signal(int)
    """The id of a source to be assessed."""

    focus_requested = Signal(QWidget)
    """A field that the user has to fill in now."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._is_differing = False
        """Whether the letters for this statement alone are shown although none is set."""
        self._annotation_id: int | None = None
        above, below = QVBoxLayout(), QVBoxLayout()
        for part in (above, below):
            part.setSpacing(4)
            self._body.addLayout(part)
        # Built first, so that the Tab key comes there first.
        self._body = below
        self._build_credibility()
        self._body = above
        self._build_reliability()
        self._build_override()
        self._workspace.committed.connect(self._on_committed)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        if annotation.id != self._annotation_id:
            self._annotation_id, self._is_differing = annotation.id, False
        self.credibility.set_code(None if annotation.credibility is None else str(annotation.credibility))
        title, typed = self._shown.field_title("Reason"), self._typed_credibility_reason
        typed.show_row(annotation.id, title, annotation.credibility_reason)
        self.credibility_reason.setVisible(bool(annotation.credibility_reason) or typed.is_unsaved)
        self._typed_reliability_reason.show_row(annotation.id, title, annotation.reliability_reason)
        self._show_reliability(annotation)
        self._show_override(annotation)
        self._show_code(annotation)

    def set_writable(self, is_writable: bool) -> None:
        reason = "" if is_writable else READ_ONLY_REASON
        has_source = self._shown.record is not None and self._shown.record.source_id is not None
        self.reliability.set_inactive(reason or ("" if has_source else NO_SOURCE))
        for row in (self.credibility, self.override):
            row.set_inactive(reason)
        for field in (
            self.credibility_reason,
            self.inherit,
            self.differs,
            self.assess,
            self.reliability_reason,
        ):
            field.setEnabled(is_writable)

    # --- building -------------------------------------------------------------------------------------------------

    def _build_credibility(self) -> None:
        self._add_caption("Credibility of this statement")
        self.credibility = self._grade_row("credibility", "Credibility", CREDIBILITY)
        self.credibility.picked.connect(self._pick_credibility)
        objection = "Reason for the credibility although a check objected"
        self.credibility_reason = self._reason_field("credibility", objection)
        self.credibility_reason.setToolTip(tool_tip(f"{objection}."))
        self._body.addWidget(self.credibility_reason)
        self._typed_credibility_reason = self._add_typed(self.credibility_reason, "credibility_reason")
        self._build_code()

    def _build_reliability(self) -> None:
        self._caption = TextLabel(self)
        self._caption.setProperty("role", "muted")
        self._caption.setWordWrap(True)
        self._body.addSpacing(8)
        self._body.addWidget(self._caption)
        self.reliability = self._grade_row("reliability", "Reliability", RELIABILITY)
        self.reliability.picked.connect(self._pick_reliability)
        self.scope = self._text_label("muted")
        self._body.addWidget(self.scope)
        self._build_reliability_buttons()

    def _build_override(self) -> None:
        box = self._override_box = QWidget(self)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        self.here = self._text_label()
        self.here.setObjectName("reliabilityHere")
        layout.addWidget(self.here)
        self.override = GradeRow("Reliability of this statement", RELIABILITY, box)
        self.override.setObjectName("reliabilityOverride")
        self.override.picked.connect(self._pick_override)
        layout.addWidget(self.override)
        self.reliability_reason = self._reason_field(
            "reliability", "Why the letter of this statement differs from that of the source"
        )
        self.reliability_reason.setPlaceholderText("Why another letter here?")
        layout.addWidget(self.reliability_reason)
        line = self._button_line()
        self.inherit = QToolButton(line)
        self.inherit.setObjectName("inheritReliability")
        self.inherit.setText(_USE_LETTER_OF_SOURCE)
        self.inherit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inherit.clicked.connect(self._use_letter_of_source)
        FlowLayout(line, spacing=6).addWidget(self.inherit)
        layout.addWidget(line)
        self._body.addWidget(box)
        self._typed_reliability_reason = self._add_typed(self.reliability_reason, "reliability_reason")

    def _build_reliability_buttons(self) -> None:
        line = self._button_line()
        self.differs = QToolButton(line)
        self.differs.setObjectName("differsHere")
        self.differs.setText("Differs here…")
        self.differs.setToolTip(tool_tip("Give this statement alone another letter, with the reason."))
        self.differs.clicked.connect(self._toggle_override)
        self.assess = QToolButton(line)
        self.assess.setObjectName("assessSource")
        self.assess.setText("Assess with a reason…")
        self.assess.clicked.connect(self._request_assessment)
        flow = FlowLayout(line, spacing=6)
        for button in (self.differs, self.assess):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            flow.addWidget(button)
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

    def _grade_row(self, object_name: str, name: str, grades: Sequence[Grade]) -> GradeRow:
        row = GradeRow(name, grades, self)
        row.setObjectName(object_name)
        self._body.addWidget(row)
        return row

    def _reason_field(self, grade: str, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName(f"{grade}Reason")
        field.setAccessibleName(name)
        return field

    # --- showing --------------------------------------------------------------------------------------------------

    def _show_reliability(self, annotation: AnnotationRecord) -> None:
        letter, has_source = annotation.inherited_reliability, annotation.source_id is not None
        name = f"Reliability of {isolated(elided(annotation.source, _NAME_IN_CAPTION))}" if has_source else _NOBODY
        self._caption.setText(name)
        self.reliability.set_name(name)
        self.reliability.set_code(letter if has_source else None, None if has_source else letter)
        self.assess.setVisible(has_source)
        self.assess.setToolTip(tool_tip(f"Assess {annotation.source} with date, topic and reason."))
        self.assess.setAccessibleName(f"Assess {annotation.source} with a reason")
        self._show_scope()

    def _show_scope(self) -> None:
        """Show what the letter says and for how many statements it counts, or why there is none."""
        annotation = self._shown.record
        if annotation is None:
            return
        letter = annotation.inherited_reliability
        words = next((grade.words.capitalize() for grade in RELIABILITY if grade.code == letter), "")
        if annotation.source_id is None:
            parts = [f"{letter} from the document: {words.lower()}." if letter else "", NO_SOURCE]
        elif letter is None:
            parts = ["Source not assessed."]
        else:
            parts = [f"{words}.", scope_of_letter(self._workspace, annotation.source_id, at_most=_MOST_COUNTED)]
        self.scope.setText(" ".join(filter(None, parts)))

    def _show_override(self, annotation: AnnotationRecord) -> None:
        override, has_source = annotation.reliability_override, annotation.source_id is not None
        is_differing = self._is_differing and has_source
        is_shown = override is not None or is_differing or self._typed_reliability_reason.is_unsaved
        because = f", because {isolated(annotation.reliability_reason)}" if annotation.reliability_reason else ""
        self.here.setText(
            "Another letter for this statement alone:" if override is None else f"Here: {override}{because}"
        )
        self.override.set_code(override)
        self.inherit.setText(_USE_LETTER_OF_SOURCE if has_source else "Remove this letter")
        self.differs.setVisible(has_source and override is None)
        self._override_box.setVisible(is_shown)

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

    def _on_committed(self, change: Change) -> None:
        # Another statement may have got the source, or lost it.
        if self.isVisible() and change.tables() & {"annotation", "document"}:
            self._show_scope()

    # --- writing --------------------------------------------------------------------------------------------------

    def _pick_credibility(self, code: str | None) -> None:
        annotation = self._shown.record
        if annotation is None:
            return
        # The workspace asks for a reason if a check refuses the credibility.
        self._workspace.update(annotation, credibility=None if code is None else int(code))
        self._show_unchanged(annotation)

    def _pick_reliability(self, letter: str | None) -> None:
        annotation = self._shown.record
        if annotation is None:
            return
        # The letter in force is not taken off by a second click: assessments stay in the history of the source.
        if letter is not None and not self._workspace.read_only:
            assess_source_of(self._workspace, annotation, letter)
        self._show_unchanged(annotation)

    def _toggle_override(self) -> None:
        annotation = self._shown.record
        if annotation is None:
            return
        self._is_differing = not self._is_differing
        self._show_override(annotation)
        if self._is_differing:
            self.focus_requested.emit(self.override)

    def _pick_override(self, letter: str | None) -> None:
        self._typed_reliability_reason.flush()
        annotation = self._shown.record
        if annotation is None:
            return
        if letter is None or letter == annotation.inherited_reliability:
            if letter is not None and annotation.reliability_override is None:
                self._workspace.notified.emit(f"{letter} is the letter of the source already.", False)
            self._use_letter_of_source()
        else:
            self._is_differing = False
            self._shown.write(reliability=letter)
            if not self.reliability_reason.text():
                self.focus_requested.emit(self.reliability_reason)
        self._show_unchanged(annotation)

    def _use_letter_of_source(self) -> None:
        """Remove the letter of this statement alone with its reason."""
        annotation = self._shown.record
        if annotation is None:
            return
        self._typed_reliability_reason.discard()
        self._is_differing = False
        has_focus = self._override_box.isAncestorOf(QApplication.focusWidget() or self)
        self._shown.write(reliability=None, reliability_reason="")
        self._show_unchanged(annotation)
        if has_focus and self.differs.isVisible():
            self.focus_requested.emit(self.differs)

    def _show_unchanged(self, annotation: AnnotationRecord) -> None:
        """Show the stored grades again if nothing was written: pressing a button toggled it."""
        if self._shown.record is annotation:
            self.show_annotation(annotation)

    def _request_assessment(self) -> None:
        annotation = self._shown.record
        if annotation is not None and annotation.source_id is not None:
            self.assess_requested.emit(annotation.source_id)
