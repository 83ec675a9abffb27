"""Fields for the features of the project: one for each, made from its definition."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QWidget

from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.records import FeatureRecord


class FeatureFields(QWidget):
    """The values of the features of one annotation; a value that is not given is not in the mapping."""

    changed = Signal(str, object)
    """The name of a feature and its value, or None where it was taken back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, tuple[QWidget, Callable[[Any], None]]] = {}
        self._pending: list[PendingEdit] = []
        self._definitions: tuple[FeatureRecord, ...] = ()
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(6)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def set_features(self, features: Iterable[FeatureRecord]) -> bool:
        """Make the fields anew where the definitions are others; True where that was so."""
        definitions = tuple(features)
        if definitions == self._definitions:
            return False
        self._definitions = definitions
        while self._layout.rowCount():
            self._layout.removeRow(0)
        self._fields.clear()
        self._pending.clear()
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
        return True

    def field(self, name: str) -> QWidget:
        return self._fields[name][0]

    def widgets(self) -> list[QWidget]:
        """The fields in their order."""
        return [widget for widget, _ in self._fields.values()]

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values; what is being typed is left alone."""
        for name, (_, show) in self._fields.items():
            show(values.get(name))

    def flush(self) -> None:
        for pending in self._pending:
            pending.flush()

    def drop(self) -> None:
        for pending in self._pending:
            pending.drop()

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
                # A value that the definition no longer has: shown as it is, not lost.
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
        edit.setPlaceholderText({"number": self.tr("number"), "link": "https://"}.get(feature.kind, ""))
        pending = PendingEdit(self)
        self._pending.append(pending)

        def mark(sentence: str) -> None:
            edit.setProperty("invalid", bool(sentence))
            edit.style().polish(edit)
            edit.setToolTip(tool_tip(sentence) if sentence else tool_tip(feature.description, feature.name))

        def take() -> None:
            text = edit.text().strip()
            value: Any = text or None
            if value is not None and feature.kind == "number":
                value = _number(text)
                if value is None:
                    mark(self.tr("“{text}” is no number: it is not kept.").format(text=text))
                    return
            mark("")
            self.changed.emit(feature.name, value)

        def show(value: Any) -> None:
            text = "" if value is None else str(value)
            if not pending.waits and edit.text() != text:
                edit.setText(text)
                mark("")

        pending.due.connect(take)
        edit.textEdited.connect(pending.touch)
        edit.editingFinished.connect(pending.flush)
        return edit, show


def _number(text: str) -> int | float | None:
    """A finite number as typed, also with a decimal comma."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if value - value == 0 else None
