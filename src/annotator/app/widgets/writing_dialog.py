"""A dialog that keeps the typed text until it is written, and a dialog for one line of text."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.message_box import MessageBox
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.errors import AnnotatorError

T = TypeVar("T")


class WritingDialog(QDialog):
    """A dialog that OK closes only after the typed text was written.

    After a refused write the dialog stays open with its text, shows the reason, and can be tried again; Cancel then
    asks for confirmation. ``problem`` is the label for the reason, which the subclass adds to its layout. The dialog is
    hidden while a job writes.
    """

    asks_always = False
    """Whether closing the dialog always asks about unwritten text, even if no write was refused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem: QLabel = TextLabel(self)
        self.problem.setObjectName("unsavedProblem")
        self.problem.setWordWrap(True)
        self.problem.setMinimumWidth(40)
        self.problem.hide()
        self._write: Callable[[], Any] | None = None
        self._begin: Callable[[], object] | None = None
        self._then: Callable[[Any], object] | None = None
        self._texts_at_first: dict[QWidget, str] | None = None
        self._is_refused = False

    def on_accept(self, write: Callable[[], T], then: Callable[[T], object] | None = None) -> None:
        """Make OK call ``write``, which raises AnnotatorError if it is refused, and close the dialog only on success.

        ``then`` is called with the result of ``write`` after the dialog is closed.
        """
        self._write, self._then = write, then

    def on_accept_begin(self, begin: Callable[[], object]) -> None:
        """Make OK call ``begin``, which starts to write and calls ``finish`` or ``refuse`` immediately or later."""
        self._begin = begin

    def accept(self) -> None:
        """Write, and close the dialog unless that was refused."""
        if self._begin is not None:
            self._begin()
            return
        written = None
        if self._write is not None:
            try:
                written = self._write()
            except AnnotatorError as error:
                self.refuse(str(error))
                return
        self.finish(written)

    def finish(self, written: Any = None) -> None:
        """Close the dialog after the typed text was written; ``written`` is passed on to ``then``."""
        self.refuse("")
        super().accept()
        if self._then is not None:
            self._then(written)

    def refuse(self, problem: str) -> None:
        """Show in one sentence why the typed text is not saved; an empty sentence removes the message.

        A dialog that was hidden while a job wrote is shown again.
        """
        self._is_refused = bool(problem)
        if problem and not self.isVisible():
            self.show()
        say(self.problem, problem)
        changed = set(self._changed_fields())
        for field in _text_fields(self):
            is_marked = bool(problem) and field in changed
            if bool(field.property("invalid")) != is_marked:
                field.setProperty("invalid", is_marked)
                field.style().polish(field)

    def reject(self) -> None:
        """Close without writing; ask first if writing the typed text was refused."""
        if (self._is_refused or self.asks_always) and self.holds_text:
            self.ask_to_discard()
        else:
            super().reject()

    def give_up(self) -> None:
        """Close without writing or asking, for example when the project is closed."""
        self.done(QDialog.DialogCode.Rejected)

    def note_texts(self) -> None:
        """Take the present content of all fields as the content before any typing."""
        self._texts_at_first = {field: _text_of(field) for field in _text_fields(self)}

    def note_text(self, field: QWidget) -> None:
        """Take the present content of ``field`` as the content before any typing."""
        if self._texts_at_first is not None:
            self._texts_at_first[field] = _text_of(field)

    @property
    def holds_text(self) -> bool:
        """Return whether there is typed text that is not written."""
        return any(_text_of(field) for field in self._changed_fields())

    def ask_to_discard(self, then: Callable[[], object] | None = None) -> None:
        """Ask whether the typed text may be discarded; if so, close and call ``then``."""
        self.show()
        self.raise_()
        box = MessageBox(self)
        box.setObjectName("discardTypedText")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(MessageBox.Icon.Warning)
        box.setWindowTitle("Not saved")
        box.setText("What you typed here is not saved.")
        box.setInformativeText("Copy it to keep it elsewhere, discard it, or go back to the dialog.")
        copy = box.addButton("&Copy and close", MessageBox.ButtonRole.DestructiveRole)
        discard = box.addButton("&Discard", MessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("&Go back", MessageBox.ButtonRole.RejectRole)
        for button, name in ((copy, "copyTypedText"), (discard, "discardText"), (keep, "keepTypedText")):
            button.setObjectName(name)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)

        def leave(_: int) -> None:
            if box.clickedButton() not in (copy, discard):
                return
            if box.clickedButton() is copy:
                texts = (_text_of(field) for field in self._changed_fields())
                QGuiApplication.clipboard().setText("\n".join(filter(None, texts)))
            self.give_up()
            if then is not None:
                then()

        box.finished.connect(leave)
        box.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._texts_at_first is None:
            self.note_texts()

    def _changed_fields(self) -> list[QWidget]:
        before = self._texts_at_first or {}
        return [field for field in _text_fields(self) if field in before and before[field] != _text_of(field)]


class LineDialog(WritingDialog):
    """A dialog that asks for one line of text."""

    def __init__(
        self, title: str, question: str, text: str = "", parent: QWidget | None = None, *, may_be_empty: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lineDialog")
        self.setWindowTitle(window_title(title))
        self._may_be_empty = may_be_empty
        caption = TextLabel(question, self)
        caption.setVisible(bool(question))
        self.field = QLineEdit(text, self)
        self.field.setObjectName("lineField")
        self.field.setAccessibleName(question or title)
        self.field.selectAll()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (caption, self.field, self.problem, self.buttons):
            layout.addWidget(part)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(self._enable)
        self._enable()
        size_for_font(self, 460, 0)
        self.field.setFocus()

    def text(self) -> str:
        """Return the typed text without white space around it."""
        return self.field.text().strip()

    def accept(self) -> None:
        if self.text() or self._may_be_empty:
            super().accept()

    def _enable(self) -> None:
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(bool(self.text()) or self._may_be_empty)


def may_close_dialogs(window: QWidget, then: Callable[[], object], besides: WritingDialog | None = None) -> bool:
    """Return whether no open dialog of ``window`` except ``besides`` holds typed text that is not written.

    If one does, show it, ask what to do with its text, and call ``then`` after the text is discarded.
    """
    for dialog in window.findChildren(WritingDialog):
        if dialog is not besides and dialog.isVisible() and dialog.holds_text:
            if not any(box.isVisible() for box in dialog.findChildren(MessageBox)):
                dialog.ask_to_discard(then)
            return False
    return True


def _text_fields(dialog: QWidget) -> Iterator[QWidget]:
    """Yield the fields of a dialog in which text can be typed."""
    yield from (field for field in dialog.findChildren(QLineEdit) if not field.isReadOnly())
    yield from (field for field in dialog.findChildren(QPlainTextEdit) if not field.isReadOnly())


def _text_of(field: QWidget) -> str:
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    assert isinstance(field, QLineEdit)
    return field.text()
