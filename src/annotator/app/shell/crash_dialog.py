"""The crash dialog, for bugs only; known errors are shown in a toast."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from annotator.app.widgets.designer_form import size_for_font
from annotator.app.widgets.text_label import TextLabel

_BUG = (
    "Annotator met an error that it did not expect. What you saw saved is saved. You can go on; if the window "
    "behaves strangely, quit and start again."
)
_CRASH = "Annotator ended unexpectedly the last time. What was saved then is still saved."
_REPORT = "This report helps to fix the error. It contains no text of your documents, but check it before you send it."


class CrashDialog(QDialog):
    """Shows the report of a bug for copying. Further bugs are added to the open dialog."""

    def __init__(self, report: str, *, from_last_run: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle("Unexpected error")
        size_for_font(self, 680, 460)
        explanation = TextLabel(_CRASH if from_last_run else _BUG, self)
        explanation.setWordWrap(True)
        hint = TextLabel(_REPORT, self)
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        self._report = QPlainTextEdit(report, self)
        self._report.setObjectName("crashReport")
        self._report.setAccessibleName("Report")
        self._report.setReadOnly(True)
        self._report.setTabChangesFocus(True)
        self._report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(self)
        go_on = buttons.addButton("Go on", QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setDefault(True)
        copy = buttons.addButton("Copy the report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("copyReport")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report()))
        buttons.accepted.connect(self.accept)
        if not from_last_run:
            end = buttons.addButton("Quit", QDialogButtonBox.ButtonRole.DestructiveRole)
            end.clicked.connect(self._on_quit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        for widget in (explanation, hint, self._report, buttons):
            layout.addWidget(widget)

    def report(self) -> str:
        """Return the complete report."""
        return self._report.toPlainText()

    def add(self, report: str) -> None:
        """Add the report of another bug; a repeated one is ignored."""
        if report not in self.report():
            self._report.appendPlainText(f"\n{'-' * 40}\n\n{report}")

    def _on_quit(self) -> None:
        self.accept()
        QApplication.closeAllWindows()


class CrashReporter(QObject):
    """Passes errors of any thread to the main thread: a known error to ``known``, a bug to the crash dialog.

    Give ``report_known`` and ``report_bug`` to ``logs.install_hooks``.
    """

    known = Signal(str)
    """A known error as one sentence."""
    bug_met = Signal(str)
    """The report of a bug, when its dialog is shown."""

    _known = Signal(str)
    _bug = Signal(str)

    def __init__(self, window: QWidget | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._dialog: CrashDialog | None = None
        # Queued on the main thread too: an error may occur in a paint event, where no window may be created.
        self._known.connect(self.known, Qt.ConnectionType.QueuedConnection)
        self._bug.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def show_over(self, window: QWidget) -> None:
        """Set the window that the dialog belongs to."""
        self._window = window

    def report_known(self, sentence: str) -> None:
        """Report a known error from any thread."""
        self._known.emit(sentence)

    def report_bug(self, report: str) -> None:
        """Report a bug from any thread."""
        self._bug.emit(report)

    @property
    def dialog(self) -> CrashDialog | None:
        """The dialog while it is open."""
        return self._dialog

    def _show(self, report: str) -> None:
        if self._dialog is None:
            self._dialog = CrashDialog(report, parent=self._window)
            self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._dialog.finished.connect(self._on_finished)
            self._dialog.open()
        else:
            self._dialog.add(report)
        self.bug_met.emit(report)

    def _on_finished(self) -> None:
        self._dialog = None
