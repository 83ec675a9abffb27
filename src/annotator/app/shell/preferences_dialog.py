"""The preferences dialog, made from the table of settings: a new setting needs one row there and no change here."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.shell.text_preview import TextPreview, font_choices
from annotator.app.style.icons import icon
from annotator.app.widgets.designer_form import Form, say, size_for_font
from annotator.app.widgets.grade_fields import StillWheel
from annotator.app.widgets.line_edit_icons import keep_off
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError
from annotator.settings import FONT_FAMILY, LINE_SPACING, SETTINGS, Setting, Settings


class PreferencesDialog(QDialog):
    """Every setting with a field of its type. Changes apply immediately, without confirmation."""

    keys_requested = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self._shows: dict[str, Callable[[Any], None]] = {}
        self._resets: dict[str, QToolButton] = {}
        self._pending: list[PendingEdit] = []
        self._still_wheel = StillWheel(self)
        form = Form("preferences", self)
        self.message = form.part(QLabel, "message")
        say(self.message, "")
        place = form.part(QLabel, "place")
        place.setText(f"Kept in {settings.path}")
        form.part(QDialogButtonBox, "buttons").rejected.connect(self.close)
        column = QVBoxLayout(form.part(QWidget, "fields"))
        column.setContentsMargins(0, 0, 12, 0)
        # The key map has a separate editor.
        shown = [setting for setting in SETTINGS if setting.kind is not dict]
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for group, rows in groupby(shown, key=lambda setting: setting.group):
            heading = TextLabel(group.capitalize(), self)
            heading.setProperty("role", "heading")
            grid.addWidget(heading, grid.rowCount(), 0, 1, 3)
            grid.setRowMinimumHeight(grid.rowCount(), 4)
            for setting in rows:
                self._add_row(grid, setting)
                if setting is LINE_SPACING:
                    self._add_preview(grid)
            grid.setRowMinimumHeight(grid.rowCount(), 14)
        column.addLayout(grid)
        column.addStretch(1)
        unsubscribe = settings.subscribe(self._on_changed)
        self.destroyed.connect(lambda _: unsubscribe())
        size_for_font(self, 600, 620)

    def _add_preview(self, grid: QGridLayout) -> None:
        preview = TextPreview(self._settings, self)
        grid.addWidget(preview, grid.rowCount(), 0, 1, 3)
        grid.setRowMinimumHeight(grid.rowCount(), 8)
        unsubscribe = self._settings.subscribe(lambda _: preview.show_settings())
        self.destroyed.connect(lambda _: unsubscribe())

    def field(self, setting: Setting[Any]) -> QWidget:
        """Return the field of a setting."""
        found = self.findChild(QWidget, setting.key)
        assert found is not None
        return found

    def done(self, result: int) -> None:
        for pending in self._pending:
            pending.flush()
        super().done(result)

    def closeEvent(self, event: Any) -> None:
        for pending in self._pending:
            pending.flush()
        super().closeEvent(event)

    def _add_row(self, grid: QGridLayout, setting: Setting[Any]) -> None:
        row = grid.rowCount()
        field, show = self._field(setting)
        field.setObjectName(setting.key)
        field.setAccessibleName(setting.label)
        field.setAccessibleDescription(setting.note)
        field.setToolTip(tool_tip(setting.note))
        if (proxy := field.focusProxy()) is not None:
            proxy.setAccessibleName(setting.label)
            proxy.setAccessibleDescription(setting.note)
        self._shows[setting.key] = show
        label = TextLabel("" if setting.kind is bool else setting.label, self)
        label.setBuddy(field)
        reset = QToolButton(self)
        reset.setObjectName(f"reset.{setting.key}")
        reset.setIcon(icon("undo"))
        reset.setAccessibleName(f"{setting.label}: back to the default")
        reset.setToolTip("Back to the default")
        reset.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        reset.clicked.connect(lambda: self._set(setting, setting.default))
        keeps_room = reset.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(keeps_room)
        self._resets[setting.key] = reset
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        grid.addWidget(reset, row, 2)
        if setting.note:
            note = TextLabel(setting.note, self)
            note.setProperty("role", "muted")
            note.setWordWrap(True)
            grid.addWidget(note, row + 1, 1)
        grid.setRowMinimumHeight(row + 2, 8)
        self._on_changed(setting)

    def _field(self, setting: Setting[Any]) -> tuple[QWidget, Callable[[Any], None]]:
        if setting is FONT_FAMILY:
            return self._font(setting)
        if setting.choices:
            box = QComboBox(self)
            for choice in setting.choices:
                box.addItem(str(choice).replace("-", " ").capitalize(), choice)
            box.activated.connect(lambda index: self._set(setting, box.itemData(index)))
            self._keep_still(box)
            return box, lambda value: box.setCurrentIndex(box.findData(value))
        if setting.kind is bool:
            check = QCheckBox(setting.label, self)
            check.clicked.connect(lambda checked: self._set(setting, checked))
            return check, check.setChecked
        if setting.kind is int:
            return self._number(setting)
        edit = QLineEdit(self)
        pending = self._later(lambda: self._set(setting, edit.text()))
        edit.textEdited.connect(pending.touch)
        edit.editingFinished.connect(pending.flush)

        def show(text: str) -> None:
            if edit.text() != text:
                edit.setText(text)

        return edit, show

    def _number(self, setting: Setting[Any]) -> tuple[QWidget, Callable[[Any], None]]:
        spin = QSpinBox(self)
        keep_off(spin)
        low, high = setting.low, setting.high
        spin.setRange(-(2**31) if low is None else low, 2**31 - 1 if high is None else high)
        spin.lineEdit().setTextMargins(5, 0, 0, 0)
        spin.setSuffix(f" {setting.unit}" if setting.unit else "")
        pending = self._later(lambda: self._set(setting, spin.value()))
        self._keep_still(spin)

        def show(value: int) -> None:
            if spin.value() != value:
                spin.blockSignals(True)
                spin.setValue(value)
                spin.blockSignals(False)

        spin.valueChanged.connect(lambda _: pending.touch())
        spin.editingFinished.connect(pending.flush)
        line = QWidget(self)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(spin)
        layout.addStretch(1)
        line.setFocusProxy(spin)
        return line, show

    def _font(self, setting: Setting[Any]) -> tuple[QWidget, Callable[[Any], None]]:
        box = QComboBox(self)
        for shown, family in font_choices():
            box.addItem(shown, family)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.activated.connect(lambda index: self._set(setting, box.itemData(index)))
        self._keep_still(box)

        def show(family: str) -> None:
            if box.findData(family) < 0:
                # A font that is missing on this machine is kept unchanged.
                box.addItem(family, family)
            box.setCurrentIndex(box.findData(family))

        return box, show

    def _keep_still(self, field: QWidget) -> None:
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self._still_wheel)

    def _later(self, take: Callable[[], None]) -> PendingEdit:
        pending = PendingEdit(self)
        pending.due.connect(take)
        self._pending.append(pending)
        return pending

    def _set(self, setting: Setting[Any], value: Any) -> None:
        try:
            self._settings.set(setting, value)
        except AnnotatorError as error:
            say(self.message, str(error))
        else:
            say(self.message, "")
        self._on_changed(setting)

    def _on_changed(self, setting: Setting[Any]) -> None:
        if setting.key in self._shows:
            value = self._settings.get(setting)
            self._shows[setting.key](value)
            self._resets[setting.key].setVisible(value != setting.default)
