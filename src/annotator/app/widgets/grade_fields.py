"""Fields for grades: a row of codes of which at most one is set, and the probability with its ICD 203 word."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSpinBox, QToolButton, QVBoxLayout, QWidget

from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.line_edit_icons import keep_off
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.grades import BANDS, Grade, band_of

BUTTONS = """
QToolButton {{ border: 1px solid palette(mid); background: palette(base); padding: 4px {padding}px; }}
QToolButton:hover {{ background: palette(midlight); }}
QToolButton[inherited="true"] {{ border: 1px dashed palette(link); }}
QToolButton:checked {{ border: 2px solid palette(link); background: palette(highlight);
    color: palette(highlighted-text); padding: 3px {checked}px; font-weight: 600; }}
QToolButton:focus {{ border: 2px solid palette(link); padding: 3px {checked}px; }}
QToolButton:disabled {{ background: palette(window); color: palette(placeholder-text); }}
"""
"""The style sheet of buttons with a visible border; a template for the horizontal padding, which occurs twice."""


class GradeRow(QWidget):
    """The codes of a scale as buttons, at most one of them pressed; pressing it again clears it.

    The row is one stop of the Tab key: arrow keys move inside it, the key of a code presses it, Delete clears it.
    """

    picked = Signal(object)
    """The code that the user pressed, or None if the user cleared it."""

    def __init__(self, name: str, grades: Sequence[Grade], parent: QWidget | None = None, *, padding: int = 5) -> None:
        super().__init__(parent)
        self.setStyleSheet(BUTTONS.format(padding=padding, checked=padding - 1))
        self._grades = {grade.code: grade for grade in grades}
        self._buttons: dict[str, QToolButton] = {}
        layout = FlowLayout(self, spacing=3)
        for grade in grades:
            button = QToolButton(self)
            button.setText(grade.code)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.clicked.connect(lambda checked, code=grade.code: self._on_clicked(code, checked))
            button.installEventFilter(self)
            self._buttons[grade.code] = button
            layout.addWidget(button)
        first = next(iter(self._buttons.values()))
        first.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(first)
        self.set_name(name)
        self.set_inactive("")

    def set_name(self, name: str) -> None:
        """Set the accessible name of the row, which those of its buttons begin with."""
        if name == self.accessibleName():
            return
        self.setAccessibleName(name)
        for code, button in self._buttons.items():
            words = self._grades[code].words
            button.setAccessibleName(f"{name} {code}: {words}" if words else f"{name} {code}")

    def set_inactive(self, reason: str) -> None:
        """Disable the buttons, whose tool tips and accessible descriptions give the reason; enable them without one."""
        self.setEnabled(not reason)
        self.setAccessibleDescription(reason)
        for code, button in self._buttons.items():
            grade = self._grades[code]
            title = f"{code}: {grade.words}" if grade.words else code
            button.setToolTip(tool_tip(reason or grade.tip, title))
            button.setAccessibleDescription(reason)

    def button(self, code: str) -> QToolButton:
        return self._buttons[code]

    def set_code(self, code: str | None, inherited: str | None = None) -> None:
        """Show the code that is set; ``inherited`` is marked as the code that applies if none is set."""
        for each, button in self._buttons.items():
            button.setChecked(each == code)
            if button.property("inherited") != (each == inherited):
                button.setProperty("inherited", each == inherited)
                button.style().polish(button)
        self._make_tab_stop(self._buttons.get(code or inherited or "", next(iter(self._buttons.values()))))

    def _on_clicked(self, code: str, checked: bool) -> None:
        self.picked.emit(code if checked else None)

    def _make_tab_stop(self, stop: QToolButton) -> None:
        for button in self._buttons.values():
            is_stop = button is stop
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QToolButton):
            return self._on_key(watched, event)
        return super().eventFilter(watched, event)

    def _on_key(self, button: QToolButton, event: QKeyEvent) -> bool:
        buttons = list(self._buttons.values())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        typed = event.text()
        if key in steps:
            other = buttons[(buttons.index(button) + steps[key]) % len(buttons)]
            self._make_tab_stop(other)
            other.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            button.click()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.picked.emit(None)
        elif typed and (found := next((code for code in self._buttons if code[0].lower() == typed.lower()), None)):
            self._buttons[found].setFocus(Qt.FocusReason.OtherFocusReason)
            self.picked.emit(found)
        else:
            return False
        return True


class _Scale(QWidget):
    """A bar from 0 to 100 percent with the limits of the ICD 203 ranges, and a mark if a probability is given."""

    moved = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._value: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_value(self, value: int | None) -> None:
        self._value = value
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, usable = self.palette(), self.width() - 10
        painter.setPen(Qt.PenStyle.NoPen)
        band = None if self._value is None else band_of(self._value)
        for each in BANDS:
            low, high = (0 if each is BANDS[0] else each.low), (100 if each is BANDS[-1] else each.high)
            is_held = each is band and self.isEnabled()
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight if is_held else QPalette.ColorRole.Mid))
            left, right = 5 + usable * low / 100, 5 + usable * high / 100
            painter.drawRoundedRect(QRectF(left, 7, max(1.5, right - left - 1.5), 8), 2, 2)
        if self._value is not None:
            x = 5 + usable * self._value / 100
            painter.setBrush(palette.color(QPalette.ColorRole.Link if self.isEnabled() else QPalette.ColorRole.Mid))
            painter.drawRoundedRect(QRectF(x - 2.5, 2, 5, 18), 2.5, 2.5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._take(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._take(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.released.emit()

    def _take(self, event: QMouseEvent) -> None:
        share = (event.position().x() - 5) / max(1, self.width() - 10)
        self.moved.emit(round(100 * min(1.0, max(0.0, share))))


class ProbabilityField(QWidget):
    """A field for a probability in percent, or none, with its ICD 203 word.

    However the value is entered, ``pending`` is due once, after the last input; ``value`` is written then.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: int | None = None
        self.spin = QSpinBox(self)
        self.pending = PendingEdit(self.spin)
        self.scale = _Scale(self)
        self.scale.setAccessibleName("Probability on a scale from 0 to 100 percent")
        self.scale.moved.connect(self._move)
        self.scale.released.connect(self.pending.flush)
        self.spin.setObjectName("probability")
        self.spin.setAccessibleName("Probability in percent")
        self.spin.setRange(-1, 100)
        self.spin.setSpecialValueText("not given")
        self.spin.setSuffix(" %")
        keep_off(self.spin)
        self.spin.setValue(-1)
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.setToolTip("0 to 100 percent; delete it for “not given”")
        self.spin.valueChanged.connect(lambda value: self._move(None if value < 0 else value))
        self.spin.installEventFilter(self)
        self.spin.editingFinished.connect(self.pending.flush)
        self.words = QComboBox(self)
        self.words.setObjectName("probabilityWord")
        self.words.setAccessibleName("Probability in words (ICD 203)")
        self.words.setToolTip("The ICD 203 word for this probability; a word sets the middle of its range")
        self.words.addItem("not given", None)
        for band in BANDS:
            self.words.addItem(str(band), (band.low + band.high) // 2)
        self.words.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.words.setMinimumContentsLength(8)
        self.words.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.words.activated.connect(self._take_word)
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self.scale, 1)
        upper.addWidget(self.spin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(upper)
        layout.addWidget(self.words)
        self.setFocusProxy(self.spin)

    @property
    def value(self) -> int | None:
        """Return the probability in percent that the field shows, saved or not; None if not given."""
        return self._value

    def show_value(self, value: int | None) -> None:
        """Show a probability in percent; it replaces what is being entered."""
        self._value = value
        blocked = self.spin.blockSignals(True)
        shown = -1 if value is None else value
        if self.spin.value() != shown:
            self.spin.setValue(shown)
        self.spin.blockSignals(blocked)
        self.scale.set_value(value)
        self.words.setCurrentIndex(0 if value is None else 1 + BANDS.index(band_of(value)))

    def _move(self, value: int | None) -> None:
        if value != self._value:
            self.show_value(value)
            self.pending.touch()

    def _take_word(self, index: int) -> None:
        value = self.words.itemData(index)
        # Choosing the current word again adds no information: keep the exact number.
        if value is not None and self._value is not None and band_of(self._value) is BANDS[index - 1]:
            return
        self._move(value)
        self.pending.flush()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_deleting = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            selected = self.spin.lineEdit().selectedText().removesuffix(self.spin.suffix()).strip()
            if is_deleting and self._value is not None and selected in (str(self._value), self.spin.text()):
                self._move(None)
                self.spin.selectAll()
                return True
            if event.text().isdigit() and self._value is None:
                # A digit cannot be appended to "not given".
                self._move(int(event.text()))
                self.spin.lineEdit().setCursorPosition(1)
                return True
        return super().eventFilter(watched, event)


class StillWheel(QObject):
    """An event filter by which the wheel scrolls the pane instead of changing the field under the mouse."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
