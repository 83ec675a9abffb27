"""The features of the annotation in the inspector."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from annotator.app.annotations.feature_fields import FeatureFields
from annotator.app.annotations.inspector.leave_keys import LeaveKeys
from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord


class FeatureSection(Section):
    """A field for each feature of the project; hidden if there are none."""

    rebuilt = Signal()
    """The features of the project have changed, and with them the fields."""

    def __init__(self, shown: ShownAnnotation, keys: LeaveKeys, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._keys = keys
        self._add_caption("Features")
        self.fields = FeatureFields(self._workspace.typed, self._write_typed, self)
        self.fields.changed.connect(self._write)
        self._body.addWidget(self.fields)

    def show_definitions(self) -> None:
        """Build the fields again if the features of the project have changed."""
        features = self._workspace.features
        if self.fields.set_features(features):
            if self._shown.record is not None:
                self.show_annotation(self._shown.record)
            self._keys.watch(self.fields)
            self.rebuilt.emit()
        self.setVisible(bool(features))

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        self.fields.show_row(annotation.id, self._shown.quote_in_title(), annotation.features)

    def set_writable(self, is_writable: bool) -> None:
        self.fields.setEnabled(is_writable)

    def flush(self) -> None:
        self.fields.flush()

    def leave(self) -> None:
        self.fields.show_row(None, "", {})

    def _write(self, name: str, value: Any) -> None:
        if self._shown.record is not None:
            self._shown.write(features=_with_feature(self._shown.record, name, value))

    def _write_typed(self, annotation_id: int, name: str, value: Any, step: str) -> AnnotatorError | None:
        def fields(stored: AnnotationRecord) -> dict[str, Any]:
            return {"features": _with_feature(stored, name, value)}

        return self._workspace.write_typed_fields(annotation_id, fields, step)


def _with_feature(annotation: AnnotationRecord, name: str, value: Any) -> dict[str, Any]:
    """Return the features of an annotation with one value changed, or removed if the value is None."""
    values = {key: kept for key, kept in annotation.features.items() if key != name}
    return values if value is None else {**values, name: value}
