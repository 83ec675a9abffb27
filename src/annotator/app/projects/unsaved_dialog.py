"""The dialog that asks what to do with unsaved texts before their project is closed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from annotator.app.state.typed_texts import TypedTexts
from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.wording import counted


def may_leave(texts: TypedTexts, window: QWidget, then: Callable[[], object]) -> bool:
    """Write typed texts; return whether all are saved.

    If some are refused, ask what to do with them, and call ``then`` once they are saved or discarded.
    """
    texts.flush()
    if not len(texts):
        return True
    if any(found.isVisible() for found in window.findChildren(UnsavedDialog)):
        return False
    dialog = UnsavedDialog(texts, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(then)
    dialog.open()
    return False


class UnsavedDialog(QDialog):
    """Lists the unsaved texts; it is accepted when they are saved or discarded, and rejected to go on working."""

    def __init__(self, texts: TypedTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsavedTexts")
        self.setWindowTitle("Not saved")
        self._texts = texts
        self.question = TextLabel(self)
        self.question.setObjectName("unsavedQuestion")
        self.question.setWordWrap(True)
        self.list = QPlainTextEdit(self)
        self.list.setObjectName("unsavedList")
        self.list.setAccessibleName("Texts that are not saved")
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * 8)
        self.save = QPushButton("&Save again", self)
        self.copy = QPushButton("&Copy", self)
        self.discard = QPushButton("&Discard", self)
        self.keep = QPushButton("&Keep open", self)
        buttons = QDialogButtonBox(self)
        for button, name, role in (
            (self.save, "saveAgain", QDialogButtonBox.ButtonRole.ActionRole),
            (self.copy, "copyTexts", QDialogButtonBox.ButtonRole.ActionRole),
            (self.discard, "discardTexts", QDialogButtonBox.ButtonRole.DestructiveRole),
            (self.keep, "keepOpen", QDialogButtonBox.ButtonRole.RejectRole),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
            buttons.addButton(button, role)
        self.save.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for part in (self.question, self.list, buttons):
            layout.addWidget(part)
        self.save.clicked.connect(self._save)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._texts_as_text()))
        self.discard.clicked.connect(self._discard)
        self.keep.clicked.connect(self.reject)
        texts.changed.connect(self._show)
        self._show()
        size_for_font(self, 560, 0)
        self.save.setFocus()

    def _show(self) -> None:
        if not len(self._texts):
            # The texts were saved meanwhile, for example after a long step ended.
            self.accept()
            return
        one = len(self._texts) == 1
        self.question.setText(
            f"{counted(len(self._texts), 'text')} that you typed {'is' if one else 'are'} not saved yet. "
            f"Save {'it' if one else 'them'} again, copy {'it' if one else 'them'} to keep {'it' if one else 'them'} "
            f"elsewhere, or discard {'it' if one else 'them'}."
        )
        lines = [f"{edit.title}:\n{edit.text or '(empty)'}\n{edit.problem}" for edit in self._texts]
        self.list.setPlainText("\n\n".join(lines))

    def _texts_as_text(self) -> str:
        return "\n\n".join(f"{edit.title}:\n{edit.text}" for edit in self._texts)

    def _save(self) -> None:
        self._texts.flush()
        self._texts.retry()

    def _discard(self) -> None:
        self._texts.clear()
