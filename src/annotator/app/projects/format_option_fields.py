"""The fields for the options of a format, made from its ``Choice`` entries."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QSizePolicy, QWidget

from annotator.app.widgets.designer_form import level_captions
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.formats.base import Choice


class ChoiceFields:
    """The last rows of a form, one for each choice: a list of values, or a text field."""

    def __init__(self, form: QFormLayout, changed: Callable[[], object]) -> None:
        self.fields: dict[str, QWidget] = {}
        self._form = form
        self._changed = changed
        self._kept: dict[str, str] = {}

    def show(self, choices: Sequence[Choice]) -> None:
        """Replace the choices shown; a choice of the same name keeps its value."""
        self._kept |= self.values()
        for field in self.fields.values():
            self._form.removeRow(field)
        self.fields = {choice.name: self._field(choice) for choice in choices}
        for choice in choices:
            caption = TextLabel(with_literal_ampersands(choice.words))
            caption.setBuddy(self.fields[choice.name])
            self._form.addRow(caption, self.fields[choice.name])
        level_captions(self._form)

    def values(self) -> dict[str, str]:
        """Return the chosen values by the name of the choice."""
        return {name: _value(field) for name, field in self.fields.items()}

    def _field(self, choice: Choice) -> QWidget:
        kept = self._kept.get(choice.name, choice.standard)
        offered = choice.values or (tuple(choice.suggested()) if choice.suggested is not None else ())
        field: QComboBox | QLineEdit
        if offered:
            field = QComboBox()
            field.setMinimumContentsLength(12)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            for value, words in offered:
                field.addItem(words, value)
            if not choice.values:
                field.setEditable(True)
                field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            place = field.findData(kept)
            if place >= 0:
                field.setCurrentIndex(place)
            elif not choice.values:
                field.setEditText(kept)
            field.currentTextChanged.connect(lambda _text: self._changed())
        else:
            field = QLineEdit(kept)
            field.setPlaceholderText(choice.standard)
            field.textChanged.connect(lambda _text: self._changed())
        field.setObjectName(f"choice_{choice.name}")
        field.setAccessibleName(choice.words)
        field.setMinimumSize(QSize(60, 0))
        return field


def _value(field: QWidget) -> str:
    if isinstance(field, QComboBox):
        place = field.findText(field.currentText())
        return str(field.itemData(place)) if place >= 0 else field.currentText().strip()
    assert isinstance(field, QLineEdit)
    return field.text().strip() or field.placeholderText()
