"""The probability and the confidence of the annotation in the inspector."""

from PySide6.QtWidgets import QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.widgets.grade_fields import GradeRow, ProbabilityField
from annotator.domain.grades import CONFIDENCES, Grade
from annotator.domain.records import AnnotationRecord


class LikelihoodSection(Section):
    """The probability that the statement is true in percent, and the confidence in that judgement."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        caption = self._add_caption("Probability that it is true")
        self.probability = ProbabilityField(self)
        caption.setBuddy(self.probability.spin)
        self._body.addWidget(self.probability)
        self._typed_probability = self._add_typed(
            self.probability.spin,
            "probability",
            read=lambda: self.probability.value,
            show=self.probability.show_value,
            pending=self.probability.pending,
        )
        self._add_caption("Confidence in your judgement")
        scale = [Grade(word, "", "How sure you are of your own judgement.") for word in CONFIDENCES]
        self.confidence = GradeRow("Confidence", scale, self, padding=8)
        self.confidence.setObjectName("confidence")
        self.confidence.picked.connect(lambda word: shown.write(confidence=word))
        self._body.addWidget(self.confidence)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        title = self._shown.field_title("Probability")
        self._typed_probability.show_row(annotation.id, title, annotation.probability)
        self.confidence.set_code(annotation.confidence)

    def set_writable(self, is_writable: bool) -> None:
        self.probability.setEnabled(is_writable)
        self.confidence.setEnabled(is_writable)
