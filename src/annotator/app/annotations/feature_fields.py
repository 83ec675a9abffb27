"""Fields for the features of the project, one for each definition."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QWidget

from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.state.typed_texts import TypedTexts
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.domain.records import FeatureRecord

WriteFeature = Callable[[int, str, Any, str], AnnotatorError | None]
"""Writes a feature of the annotation with this id, in a step of undo; returns the reason for a refusal, or None."""


class FeatureFields(QWidget):
    """The values of the features of one annotation; a missing value is not in the mapping."""

    changed = Signal(str, object)
    """The name of a feature that the user set and its value, or None if it was cleared."""

    def __init__(self, texts: TypedTexts, write: WriteFeature, parent: QWidget | None = None) -> None:
        """``write`` writes a typed value."""
        super().__init__(parent)
        self._texts, self._write = texts, write
        self._fields: dict[str, tuple[QWidget, Callable[[Any], None]]] = {}
        self._typed: dict[str, TypedField] = {}
        self._definitions: tuple[FeatureRecord, ...] = ()
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(6)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def set_features(self, features: Iterable[FeatureRecord]) -> bool:
        """Build the fields again if the definitions changed; return whether they did."""
        definitions = tuple(features)
        if definitions == self._definitions:
            return False
        self.flush()
        self._definitions = definitions
        self._fields.clear()
        self._typed.clear()
        while self._layout.rowCount():
            self._layout.removeRow(0)
        for feature in definitions:
            widget, show = self._field(feature)
            title = with_literal_ampersands(feature.name.capitalize())
            widget.setAccessibleName(feature.name)
            widget.setObjectName(f"feature.{feature.name}")
            widget.setToolTip(tool_tip(feature.description, feature.name))
            label = TextLabel("" if feature.kind == "flag" else title, self)
            label.setProperty("role", "muted")
            label.setBuddy(widget)
            self._layout.addRow(label, widget)
            self._fields[feature.name] = widget, show
            if (typed := self._typed.get(feature.name)) is not None:
                self._layout.addRow(problem_label(typed))
        return True

    def field(self, name: str) -> QWidget:
        """Return the widget of a feature by its name. Raise KeyError."""
        return self._fields[name][0]

    def widgets(self) -> list[QWidget]:
        """Return the fields in their order."""
        return [widget for widget, _ in self._fields.values()]

    def show_row(self, annotation_id: int | None, quote: str, values: Mapping[str, Any]) -> None:
        """Show the values of an annotation; typed values that are not saved are kept."""
        for name, (_, show) in self._fields.items():
            if (typed := self._typed.get(name)) is not None:
                value = values.get(name)
                text = "" if value is None else str(value)
                typed.show_row(annotation_id, f"{name.capitalize()} of “{quote}”", text)
            else:
                show(values.get(name))

    def flush(self) -> None:
        """Write pending typed values immediately."""
        for typed in self._typed.values():
            typed.flush()

    def _field(self, feature: FeatureRecord) -> tuple[QWidget, Callable[[Any], None]]:
        if feature.kind == "choice":
            return self._choice(feature)
        if feature.kind == "flag":
            return self._flag(feature)
        return self._line(feature)

    def _choice(self, feature: FeatureRecord) -> tuple[QWidget, Callable[[Any], None]]:
        box = QComboBox(self)
        box.addItem("–", None)
        for choice in feature.choices:
            box.addItem(choice, choice)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.activated.connect(lambda index: self.changed.emit(feature.name, box.itemData(index)))

        def show(value: Any) -> None:
            place = 0 if value is None else box.findText(str(value))
            if place < 0:
                # A value that is no longer in the definition is shown unchanged instead of lost.
                box.addItem(str(value), value)
                place = box.count() - 1
            box.setCurrentIndex(place)

        return box, show

    def _flag(self, feature: FeatureRecord) -> tuple[QWidget, Callable[[Any], None]]:
        box = QCheckBox(with_literal_ampersands(feature.name.capitalize()), self)
        box.clicked.connect(lambda checked: self.changed.emit(feature.name, True if checked else None))
        return box, lambda value: box.setChecked(value is True)

    def _line(self, feature: FeatureRecord) -> tuple[QWidget, Callable[[Any], None]]:
        edit = QLineEdit(self)
        edit.setMinimumWidth(60)
        edit.setPlaceholderText({"number": "number", "link": "https://"}.get(feature.kind, ""))

        def write(annotation_id: int, text: Any, step: str) -> AnnotatorError | None:
            value: Any = text.strip() or None
            if value is not None and feature.kind == "number":
                value = _number(value)
                if value is None:
                    return InvalidValue(f"“{text.strip()}” is not a number: write digits, such as 12 or 2.5.")
            return self._write(annotation_id, feature.name, value, step)

        typed = TypedField(edit, self._texts, "annotation", f"features.{feature.name}", write)
        self._typed[feature.name] = typed
        return edit, edit.setText


def _number(text: str) -> int | float | None:
    """Return the typed text as a finite number, also with a decimal comma; None if it is not one."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if value - value == 0 else None
