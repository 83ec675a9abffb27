"""The label of the annotation in the inspector."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.labels import line_patterns
from annotator.domain.records import AnnotationRecord


class LabelSection(Section):
    """A choice among the labels of the project."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        caption = self._add_caption("Label")
        self.field = QComboBox(self)
        self.field.setObjectName("labelField")
        self.field.setAccessibleName("Label")
        # The field may be narrower than its longest entry.
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.field.setMinimumContentsLength(8)
        self.field.activated.connect(lambda index: shown.write(label_id=self.field.itemData(index)))
        caption.setBuddy(self.field)
        self._body.addWidget(self.field)
        for changed in (
            self._workspace.vocabulary_changed,
            self._workspace.project_opened,
            self._workspace.project_closed,
            self._workspace.keys.changed,
        ):
            changed.connect(self._fill)
        self._fill()

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        self.field.setCurrentIndex(self.field.findData(annotation.label_id))

    def set_writable(self, is_writable: bool) -> None:
        self.field.setEnabled(is_writable)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._fill()

    def _fill(self) -> None:
        labels = self._workspace.labels
        self.field.clear()
        self.field.setIconSize(swatch_size(self))
        patterns = line_patterns(labels)
        for row, label in enumerate(labels):
            key = self._workspace.keys.label_key(label.key)
            text = f"{label.name}  ({key})" if key else label.name
            self.field.addItem(swatch_icon(label, patterns[label.id], self), text, label.id)
            self.field.setItemData(row, tool_tip(label.description), Qt.ItemDataRole.ToolTipRole)
        if self._shown.record is not None:
            self.show_annotation(self._shown.record)
