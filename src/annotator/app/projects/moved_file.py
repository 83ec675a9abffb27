"""What the window does when the file of the open project is moved, replaced or deleted by another program."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.writing_dialog import may_close_dialogs
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError, ProjectFileMoved

if TYPE_CHECKING:
    from annotator.app.shell.main_window import MainWindow

INTERVAL = 5_000
"""Milliseconds between two looks at the file while nobody writes; a look costs two calls of the system."""


class MovedFileDialog(QDialog):
    """Says what happened to the file and where everything is, and offers to go on there."""

    go_on_requested = Signal()
    save_requested = Signal()

    def __init__(self, moved: ProjectFileMoved, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("movedFile")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("The project file is not in its place"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        self.sentence = TextLabel(str(moved), self)
        self.sentence.setWordWrap(True)
        layout.addWidget(self.sentence)
        self.step = TextLabel(self)
        self.step.setWordWrap(True)
        self.step.hide()
        layout.addWidget(self.step)
        self.message = TextLabel(self)
        self.message.setWordWrap(True)
        say(self.message, "")
        layout.addWidget(self.message)
        layout.addStretch(1)
        goal = moved.rescued or moved.place
        self.go_on = QPushButton(self.tr("&Go on in that file"), self)
        self.go_on.setVisible(goal is not None)
        self.save = QPushButton(self.tr("&Save everything as a new file…"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in (self.go_on, self.save):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.go_on.clicked.connect(self.go_on_requested)
        self.save.clicked.connect(self.save_requested)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        (self.go_on if goal else self.save).setFocus()
        size_for_font(self, 560, 0)

    def show_step(self, title: str) -> None:
        """Name the step that was refused, and will be done in the file in which the work goes on."""
        self.step.setText(self.tr("Not written as yet, and kept for then: {step}.").format(step=title))
        self.step.show()


class MovedFileWatch(QObject):
    """Looks at the file of the open project now and then, and offers ways on where it is not in its place."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._moved: ProjectFileMoved | None = None
        self._change: Change | None = None
        self._dialog: MovedFileDialog | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._workspace.project_opened.connect(self._forget)
        self._workspace.project_closed.connect(self._forget)
        self._workspace.file_moved.connect(self._on_refused)
        self._workspace.failed.connect(lambda _sentence: QTimer.singleShot(0, self, self.look))
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._on_state_changed)

    def look(self) -> None:
        """Look whether the file is still the one that was opened."""
        project = self._workspace.project
        if project is None:
            return
        try:
            project.verify_file()
        except ProjectFileMoved as moved:
            self._tell(moved)
        except AnnotatorError:
            return
        else:
            if self._moved is not None:
                # The drive is there again, or the file.
                self._forget()
                self._window.status.show_state()

    def _on_refused(self, moved: ProjectFileMoved, change: Change) -> None:
        self._change = change
        self._tell(moved, is_wanted=True)

    def _tell(self, moved: ProjectFileMoved, *, is_wanted: bool = False) -> None:
        """Show what happened; once for each thing that happened, and whenever a step was refused."""
        is_news = self._moved is None or str(self._moved) != str(moved)
        self._moved = moved
        self._window.status.show_state()
        if not is_news and not is_wanted:
            return
        if self._dialog is None or not isValid(self._dialog):
            self._dialog = MovedFileDialog(moved, self._window)
            self._dialog.go_on_requested.connect(self._go_on)
            self._dialog.save_requested.connect(self._save)
            self._dialog.show()
        if self._change is not None:
            self._dialog.show_step(self._change.title)

    def _go_on(self) -> None:
        assert self._moved is not None
        if not may_close_dialogs(self._window, self._go_on):
            return
        goal, change = self._moved.rescued or self._moved.place, self._change
        if goal is not None and self._open(goal) and change is not None:
            self._workspace.perform(change)

    def _save(self) -> None:
        from annotator.store.rescue import rescue_name

        project, dialog = self._workspace.project, self._dialog
        if project is None or dialog is None or not may_close_dialogs(self._window, self._save):
            return
        chosen = file_dialogs.ask_where_to_save(
            dialog,
            self.tr("Save everything as a new file"),
            rescue_name(project.path),
            self.tr("Annotator projects (*.anno)"),
            confirm_overwrite=False,
        )
        if chosen is None:
            return
        try:
            made = project.save_rescue(chosen, self._change)
        except AnnotatorError as error:
            say(dialog.message, str(error))
            return
        self._open(made)

    def _open(self, path: Path) -> bool:
        """Go on in another file, with the document that is read now."""
        document, dialog = self._workspace.document, self._dialog
        if dialog is not None and isValid(dialog):
            dialog.accept()
        # The file that was moved can be opened in its new place only when it is closed here.
        self._workspace.close_project()
        if not self._window.files.open_project(path):
            return False
        if document is not None:
            self._workspace.open_document(document.id)
        return True

    def _forget(self) -> None:
        self._moved = self._change = None
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.close()
        self._dialog = None

    def _on_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look()
