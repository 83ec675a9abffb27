"""The fields of one label in the label editor, and a check of the colours of all labels.

Typed text is written when its field loses the focus, without a button.
"""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.labels.color_check import ColorCheck
from annotator.app.state.typed_field import TypedField
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import level_captions
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError
from annotator.domain.labels import COLOR_NAMES, KEYS, OKABE_ITO, line_patterns
from annotator.domain.records import LabelRecord, LabelUses
from annotator.domain.wording import counted
from annotator.services.annotations import labels


class LabelFields(QWidget):
    """Name, initials, colour, key and description of a label, and where it is used."""

    problem_changed = Signal(str)
    """The reason why a value is refused; empty before another one is written."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._label: LabelRecord | None = None
        self._build_fields()
        self._build_colors()
        self.uses = TextLabel(self)
        self.uses.setObjectName("labelUses")
        self.uses.setProperty("role", "muted")
        self.uses.setWordWrap(True)
        self.check = ColorCheck(self)
        self._lay_out()
        self._typed = [
            TypedField(field, workspace.typed, "label", name, partial(self._write_typed, name))
            for field, name in (
                (self.name, "name"),
                (self.initials, "initials"),
                (self.hex, "color"),
                (self.description, "description"),
            )
        ]
        for typed in self._typed:
            typed.problem_changed.connect(self.problem_changed)
        self.key.activated.connect(lambda _: self._write("key", self.key.currentData()))
        self.other.clicked.connect(self._ask_color)

    def show_label(self, label: LabelRecord | None) -> None:
        """Show a label; None shows empty fields."""
        self._label = label
        known = self._workspace.labels
        pattern = line_patterns(known)[label.id] if label else 0
        values = (label.name, label.initials, label.color, label.description) if label else ("",) * len(self._typed)
        for typed, value in zip(self._typed, values, strict=True):
            field = typed.widget.accessibleName()
            title = f"{field} of the label {label.name}" if label else ""
            typed.show_row(label.id if label else None, title, value)
        for button, color in zip(self.swatches, OKABE_ITO, strict=True):
            if label is not None:
                button.setIcon(swatch_icon(label._replace(color=color), pattern, self))
                button.setIconSize(swatch_size(self))
            button.setChecked(label is not None and label.color.upper() == color.upper())
        self._show_keys(label)
        self.uses.setText(self._uses_text(label))

    def show_all_colors(self) -> None:
        """Check the colours of the labels of the project."""
        known = self._workspace.labels
        self.check.show_labels(known, line_patterns(known))

    def set_writable(self, is_writable: bool) -> None:
        """Enable the fields, or disable them."""
        fields: tuple[QWidget, ...] = (self.name, self.initials, self.hex, self.key, self.other, *self.swatches)
        for field in fields:
            field.setEnabled(is_writable)
        self.description.setReadOnly(not is_writable)

    def leave(self) -> None:
        """Write what is typed."""
        for typed in self._typed:
            typed.leave()

    # Building

    def _build_fields(self) -> None:
        self.name, self.initials, self.hex = (QLineEdit(self) for _ in range(3))
        self.initials.setMaxLength(labels.MAX_INITIALS)
        self.hex.setMinimumWidth(self.fontMetrics().horizontalAdvance("#MMMMMM") + 24)
        self.key = QComboBox(self)
        self.description = QPlainTextEdit(self)
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(self.fontMetrics().lineSpacing() * 4 + 16)
        for field, name, title in (
            (self.name, "labelName", "Name"),
            (self.initials, "labelInitials", "Initials"),
            (self.hex, "labelColor", "Colour in hexadecimal digits"),
            (self.key, "labelKey", "Key"),
            (self.description, "labelDescription", "Description"),
        ):
            field.setObjectName(name)
            field.setAccessibleName(title)

    def _build_colors(self) -> None:
        self.swatches: list[QToolButton] = []
        for color, title in zip(OKABE_ITO, COLOR_NAMES, strict=True):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setObjectName(f"color.{title}")
            button.setAccessibleName(f"Colour: {title}")
            button.setToolTip(tool_tip(f"{title.capitalize()} ({color})"))
            button.clicked.connect(partial(self._write, "color", color))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setStyleSheet("QToolButton { padding: 3px; }")
            self.swatches.append(button)
        self.other = QPushButton("Other ...", self)
        self.other.setObjectName("otherColor")
        self.other.setAccessibleName("Another colour")

    def _lay_out(self) -> None:
        colors = QWidget(self)
        row = FlowLayout(colors, spacing=2)
        for button in self.swatches:
            row.addWidget(button)
        free = QHBoxLayout()
        free.addWidget(self.hex, 1)
        free.addWidget(self.other)
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields.addRow("&Name", self.name)
        fields.addRow("&Initials", self.initials)
        fields.addRow("&Colour", colors)
        fields.addRow("", free)
        fields.addRow("&Key", self.key)
        fields.addRow("&Description", self.description)
        level_captions(fields)
        heading = TextLabel("How the colours are seen", self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 4, 0)
        column.setSpacing(10)
        column.addLayout(fields)
        column.addWidget(self.uses)
        column.addSpacing(6)
        column.addWidget(heading)
        column.addWidget(self.check)
        column.addStretch(1)

    # Showing

    def _show_keys(self, label: LabelRecord | None) -> None:
        self.key.clear()
        self.key.addItem("none", None)
        holders = {other.key: other.name for other in self._workspace.labels}
        for key in KEYS:
            holder = holders.get(key)
            shown = self._workspace.keys.label_key(key) or f"Label {key}"
            taken = f"{shown}, now of {holder}" if holder and (label is None or key != label.key) else shown
            self.key.addItem(taken, key)
        self.key.setCurrentIndex(self.key.findData(label.key if label else None))

    def _uses_text(self, label: LabelRecord | None) -> str:
        project = self._workspace.project
        if label is None or project is None:
            return ""
        found: LabelUses = labels.uses(project, [label.id])
        if not found.annotations:
            return "No annotation has this label."
        trash = f", {found.trashed:,} of them in the trash" if found.trashed else ""
        whole = f"{counted(found.annotations, 'annotation')} in {counted(found.documents, 'document')}{trash}"
        return f"A change here shows on {whole}."

    # Writing

    def _write(self, field: str, value: Any, *_: object) -> None:
        project, label = self._workspace.project, self._label
        if project is None or label is None:
            return
        self.problem_changed.emit("")
        try:
            change = labels.update(project, label.id, **{field: value})
        except AnnotatorError as error:
            self.problem_changed.emit(str(error))
            return
        if change.edits:
            self._workspace.perform(change)

    def _write_typed(self, field: str, id: int, value: Any, step: str) -> AnnotatorError | None:
        return self._workspace.write_typed(lambda project: labels.update(project, id, **{field: value}), step)

    def _ask_color(self) -> None:
        label = self._label
        if label is None:
            return
        dialog = QColorDialog(QColor(label.color), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        for place, color in enumerate(OKABE_ITO):
            QColorDialog.setCustomColor(place, QColor(color))
        dialog.setWindowTitle(window_title(f"Colour of {label.name}"))
        dialog.colorSelected.connect(lambda color: self._write("color", color.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
