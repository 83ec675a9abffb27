"""The texts of the annotation in the inspector, such as its note."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.state.typed_field import TypedField
from annotator.domain.fields import ANNOTATION_FIELDS, Field
from annotator.domain.records import AnnotationRecord


class TextSection(Section):
    """An editor for each text that people write; a reason is beside its grade instead."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._texts: dict[str, tuple[Field, QLineEdit | QPlainTextEdit, TypedField]] = {}
        for field in ANNOTATION_FIELDS:
            if not field.editor or field.reason_of:
                continue
            caption = self._add_caption(field.title)
            editor: QLineEdit | QPlainTextEdit
            editor = QLineEdit(self) if field.editor == "line" else self._paragraph()
            editor.setObjectName(f"{field.name}Field")
            editor.setAccessibleName(field.title)
            editor.setPlaceholderText(field.hint)
            caption.setBuddy(editor)
            self._body.addWidget(editor)
            self._texts[field.name] = field, editor, self._add_typed(editor, field.name)
        note = self._texts["note"][1]
        assert isinstance(note, QPlainTextEdit)
        self.note = note

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        for field, _, typed in self._texts.values():
            title = self._shown.field_title(field.title)
            typed.show_row(annotation.id, title, getattr(annotation, field.attribute))

    def set_writable(self, is_writable: bool) -> None:
        for _, editor, _ in self._texts.values():
            editor.setReadOnly(not is_writable)

    def _paragraph(self) -> QPlainTextEdit:
        editor = QPlainTextEdit(self)
        editor.setTabChangesFocus(True)
        editor.setToolTip("Saved while you type; Ctrl+Enter goes back to the text")
        editor.setFixedHeight(5 * self.fontMetrics().lineSpacing() + 12)
        return editor
