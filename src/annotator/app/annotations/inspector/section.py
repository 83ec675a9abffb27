"""What the sections of the inspector have in common."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.widgets.grade_fields import BUTTONS
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord


class Section(QWidget):
    """Some fields of the active annotation, one below the other; a base class."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = shown
        self._workspace = shown.workspace
        self._typed: list[TypedField] = []
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(4)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        """Show the stored values of an annotation, except in a field in which the user is typing."""
        raise NotImplementedError  # Implemented by each section.

    def set_writable(self, is_writable: bool) -> None:
        """Enable the fields, or disable them if the project is open for reading only."""

    def flush(self) -> None:
        """Write pending typed text immediately."""
        for typed in self._typed:
            typed.flush()

    def leave(self) -> None:
        """Write pending text and show no annotation; refused text is kept for the annotation of which it is."""
        for typed in self._typed:
            typed.show_row(None)

    def _add_typed(
        self,
        widget: QWidget,
        field: str,
        *,
        read: Callable[[], Any] | None = None,
        show: Callable[[Any], None] | None = None,
        pending: PendingEdit | None = None,
    ) -> TypedField:
        """Write text typed into ``widget`` to a field of the annotation shown, and show below it why it is refused."""

        def write(annotation_id: int, value: Any, step: str) -> AnnotatorError | None:
            return self._workspace.write_typed_fields(annotation_id, lambda _: {field: value}, step)

        typed = TypedField(
            widget, self._workspace.typed, "annotation", field, write, read=read, show=show, pending=pending
        )
        self._typed.append(typed)
        self._body.addWidget(problem_label(typed))
        return typed

    def _add_caption(self, text: str) -> TextLabel:
        caption = TextLabel(text, self)
        caption.setProperty("role", "muted")
        caption.setWordWrap(True)
        self._body.addSpacing(8)
        self._body.addWidget(caption)
        return caption

    def _text_label(self, role: str = "") -> TextLabel:
        """Return an empty label of several lines; ``role`` is its role in the style sheet."""
        label = TextLabel("", self)
        label.setWordWrap(True)
        label.setMinimumWidth(40)
        if role:
            label.setProperty("role", role)
        return label

    def _button_line(self) -> QWidget:
        line = QWidget(self)
        line.setStyleSheet(BUTTONS.format(padding=7, checked=6))
        return line
