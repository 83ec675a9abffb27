"""A field that writes its value without a button, and keeps a value that the project refuses."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from annotator.app.state.typed_texts import Place, TypedTexts, UnsavedEdit
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError, InvalidValue

_PASSING = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""Losses of the focus after which the focus returns to the field."""

Write = Callable[[int, Any, str], AnnotatorError | None]
"""Writes a value to the row with this id as part of this step of undo; returns the reason for a refusal, or None."""


class TypedField(QObject):
    """Writes the value typed into ``widget`` to one column of the row shown.

    It is written after a pause, at most LONGEST_WAIT after the first key press, when the field loses the focus, and
    before another row is shown. A refused value stays in the field, which is marked; ``texts`` keeps and retries it,
    also while another row is shown. All edits until the focus leaves the field are one step of undo.
    """

    problem_changed = Signal(str)
    """The reason why the value in the field is not saved; empty once it is."""

    def __init__(
        self,
        widget: QWidget,
        texts: TypedTexts,
        table: str,
        field: str,
        write: Write,
        *,
        read: Callable[[], Any] | None = None,
        show: Callable[[Any], None] | None = None,
        pending: PendingEdit | None = None,
        is_confirmed: bool = False,
    ) -> None:
        """``is_confirmed``: the value is written only by ``save``, after the user has confirmed it."""
        super().__init__(widget)
        self.widget = widget
        self._texts, self._table, self._field, self._write = texts, table, field, write
        self._read, self._show = read or self._text, show or self._show_text
        self._row: int | None = None
        self._title = ""
        self._stored: Any = None
        self._is_saving = False
        self._problem = ""
        self._usual_tip = self._usual_description = ""
        self.pending = pending or PendingEdit(widget)
        self.pending.due.connect(self._save)
        self._is_confirmed = is_confirmed
        self._confirmed: Any = None
        if is_confirmed:
            pass
        elif isinstance(widget, QLineEdit):
            widget.textEdited.connect(self.touch)
            widget.editingFinished.connect(self.flush)
        elif isinstance(widget, QPlainTextEdit):
            widget.textChanged.connect(self.touch)
        widget.installEventFilter(self)
        texts.flush_requested.connect(self.leave)
        texts.saved.connect(self._on_saved)
        texts.discarded.connect(self._on_discarded)

    @property
    def is_unsaved(self) -> bool:
        """Whether the field holds a value that is not written."""
        return self.pending.waits

    @property
    def problem(self) -> str:
        """The reason why the value in the field is not saved; empty if nothing was refused."""
        return self._problem

    def show_row(self, row: int | None, title: str = "", value: Any = None) -> None:
        """Show the stored ``value`` of a row, or its typed value that is not saved.

        ``title`` names the field and its row in words. A value that is being typed is kept.
        """
        if row != self._row:
            self.leave()
            self.pending.drop()
            self._row, self._title, self._stored = row, title, value
            kept = None if row is None else self._texts.get(self._place(row))
            self._show(value if kept is None else kept.value)
            self._mark("" if kept is None else kept.problem)
            if kept is not None and kept.is_confirmed:
                self._confirmed = kept.value
                self.pending.hold()
            return
        is_other = value != self._stored
        self._title, self._stored = title, value
        # The stored value may lack a trailing space that the user has just typed before the next word.
        if is_other and not self.pending.waits and not self._is_saving:
            self._show(value)

    def touch(self) -> None:
        """Record that the user changed the value."""
        if self._row is not None:
            self.pending.touch()

    def flush(self) -> None:
        """Write a pending value immediately, also one that was refused before."""
        self.pending.flush()

    def leave(self) -> None:
        """Write a pending value and end the step of undo; then show the stored value."""
        self.pending.flush()
        self.pending.end_visit()
        is_shown = self._is_confirmed or self._row is None or self.pending.waits or self._read() == self._stored
        if not is_shown:
            self._show(self._stored)

    def save(self) -> None:
        """Write the value in the field."""
        if self._row is not None:
            self._confirmed = self._read()
            self.pending.hold()
            self.pending.flush()

    def keep_unconfirmed(self, problem: str) -> bool:
        """Keep a typed and unconfirmed value for its row, marked with ``problem``, without writing it.

        Return False if no row is shown, or the value was confirmed and waits to be written.
        """
        if self._row is None or self.pending.waits:
            return False
        place, value = self._place(self._row), self._read()
        if (kept := self._texts.get(place)) is not None and kept.value == value:
            return not kept.is_confirmed
        self._mark(problem)
        self._texts.keep(
            UnsavedEdit(
                place, self._title, value, problem, lambda: InvalidValue(problem), is_wrong=True, is_confirmed=False
            )
        )
        return True

    def forget_unconfirmed(self) -> None:
        """Discard the unconfirmed value that was kept, because the field shows another one now."""
        if self._row is not None and (kept := self._texts.get(self._place(self._row))) and not kept.is_confirmed:
            self._texts.forget(self._place(self._row))
            self._mark("")

    def discard(self) -> None:
        """Discard a typed value that is not saved, and show the stored one."""
        self.pending.drop()
        self._mark("")
        if self._row is not None:
            self._texts.forget(self._place(self._row))
            self._show(self._stored)

    def _place(self, row: int) -> Place:
        return Place(self._table, row, self._field)

    def _save(self) -> None:
        row, value = self._row, self._read()
        if row is None or (self._is_confirmed and value != self._confirmed):
            return
        write = partial(self._write, row, value, self.pending.step)
        self._is_saving = True
        try:
            refused = self._texts.write(self._place(row), self._title, value, write)
        finally:
            self._is_saving = False
        if refused is not None:
            self.pending.hold()
        self._mark("" if refused is None else refused.problem)

    def _on_saved(self, edit: UnsavedEdit) -> None:
        if self._row is not None and edit.place == self._place(self._row):
            self._mark("")
            if self._read() == edit.value:
                self.pending.drop()
            elif not self._is_confirmed:
                self.pending.touch()

    def _on_discarded(self) -> None:
        if self._problem:
            self.discard()

    def _mark(self, problem: str) -> None:
        """Mark the value as not saved, with the reason, by a frame, in the tool tip and for screen readers."""
        if problem == self._problem:
            return
        if not self._problem:
            self._usual_tip, self._usual_description = self.widget.toolTip(), self.widget.accessibleDescription()
        self._problem = problem
        self.widget.setProperty("invalid", bool(problem))
        self.widget.style().polish(self.widget)
        if problem:
            self.widget.setToolTip(tool_tip(problem, "Not saved"))
        else:
            # Set without ``tool_tip``, which was already applied to the previous tool tip.
            self.widget.setProperty("toolTip", self._usual_tip)
        self.widget.setAccessibleDescription(f"Not saved: {problem}" if problem else self._usual_description)
        self.problem_changed.emit(problem)

    def _text(self) -> str:
        if isinstance(self.widget, QPlainTextEdit):
            return self.widget.toPlainText()
        assert isinstance(self.widget, QLineEdit)
        return self.widget.text()

    def _show_text(self, value: Any) -> None:
        text = str(value or "")
        if text == self._text():
            return
        widget = self.widget
        if isinstance(widget, QPlainTextEdit):
            place = min(widget.textCursor().position(), len(text.encode("utf-16-le")) // 2)
            blocked = widget.blockSignals(True)
            widget.setPlainText(text)
            widget.blockSignals(blocked)
            cursor = widget.textCursor()
            cursor.setPosition(place)
            widget.setTextCursor(cursor)
        elif isinstance(widget, QLineEdit):
            widget.setText(text)
            widget.setCursorPosition(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget:
            if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
                self.flush() if event.reason() in _PASSING else self.leave()
            elif event.type() == QEvent.Type.Hide:
                self.leave()
        return False


def problem_label(typed: TypedField) -> TextLabel:
    """Return a label that shows why the value of a field is not saved, and is hidden if it is saved."""
    label = TextLabel(typed.widget.parentWidget())
    label.setObjectName("unsavedProblem")
    label.setProperty("role", "bad")
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    label.hide()

    def show(problem: str) -> None:
        label.setText(f"Not saved: {problem}" if problem else "")
        label.setVisible(bool(problem))

    typed.problem_changed.connect(show)
    return label
