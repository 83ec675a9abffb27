"""A part of the annotation that is marked in the text: its cue, or the mention of its source."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.fields import Field
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import FRAGMENT_GAP


class SpanSection(Section):
    """The words of a field whose value is a list of spans, and buttons to take them from the text or clear them."""

    from_selection_requested = Signal()
    """The selected words of the text are to be this part."""

    def __init__(self, shown: ShownAnnotation, field: Field, meaning: str, parent: QWidget) -> None:
        """``meaning`` is the tool tip."""
        super().__init__(shown, parent)
        self._field = field
        caption = self._add_caption(field.title)
        caption.setToolTip(tool_tip(meaning, field.title))
        self.words = self._text_label()
        self.words.setObjectName(field.name)
        self.words.setToolTip(tool_tip(meaning, field.title))
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._body.addWidget(self.words)
        line = self._button_line()
        flow = FlowLayout(line, spacing=6)
        self._take = self._button(line, "FromSelection", "Take from selection")
        self._take.setToolTip(tool_tip("Select the words in the text first, then press this."))
        self._take.clicked.connect(lambda _: self.from_selection_requested.emit())
        self._clear = self._button(line, "Clear", "Clear")
        self._clear.clicked.connect(lambda: shown.write(**{field.name: []}))
        for button in (self._take, self._clear):
            flow.addWidget(button)
        self._body.addWidget(line)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        document, spans = self._workspace.document, getattr(annotation, self._field.attribute)
        quoted = FRAGMENT_GAP.join(span.of(document.text) for span in spans) if document is not None else ""
        self.words.setText(f"“{quoted}”" if spans else "none")
        self.words.setEnabled(bool(spans))
        self._clear.setVisible(bool(spans))

    def set_writable(self, is_writable: bool) -> None:
        self._take.setEnabled(is_writable)
        self._clear.setEnabled(is_writable)

    def _button(self, line: QWidget, name: str, text: str) -> QToolButton:
        button = QToolButton(line)
        button.setObjectName(f"{self._field.name}{name}")
        button.setText(text)
        button.setAccessibleName(f"{self._field.title}: {text.lower()}")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
