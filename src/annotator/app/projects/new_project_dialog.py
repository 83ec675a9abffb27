"""The dialog for a new project: title, place, and annotator."""

import os
import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPushButton, QWidget

from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import Form, say
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.errors import AnnotatorError
from annotator.services.projects.projects import SUFFIX, checked_name

_NO_FILE_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
"""Characters that some systems do not allow in a file name."""


class NewProjectDialog(WritingDialog):
    """Asks until the answers are valid; a problem is shown below the fields while the user types."""

    def __init__(self, annotator: str, parent: QWidget | None = None, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newProject")
        form = Form("new_project", self)
        self.title_edit = form.part(QLineEdit, "title")
        self.path_edit = form.part(QLineEdit, "path")
        self.annotator_edit = form.part(QLineEdit, "annotator")
        self.message = form.part(QLabel, "message")
        # The form has a placeholder for the problem.
        self.problem.deleteLater()
        self.problem = self.message
        self._folder = folder or _documents()
        self._own_path = False
        buttons = form.part(QDialogButtonBox, "buttons")
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText("Make the project")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.part(QPushButton, "browse").clicked.connect(self._browse)
        self.annotator_edit.setText(annotator)
        self.title_edit.textChanged.connect(self._on_title)
        self.path_edit.textEdited.connect(self._on_path)
        for edit in (self.title_edit, self.path_edit, self.annotator_edit):
            edit.textChanged.connect(self._check)
        self._on_title("")
        self._check()
        self.title_edit.setFocus()

    def title(self) -> str:
        """Return the title of the project."""
        return self.title_edit.text().strip()

    def annotator(self) -> str:
        """Return the name of the annotator."""
        return self.annotator_edit.text().strip()

    def path(self) -> Path:
        """Return the project file, with its suffix."""
        path = Path(self.path_edit.text().strip()).expanduser()
        return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)

    def accept(self) -> None:
        if not self._problem():
            super().accept()

    def _on_title(self, title: str) -> None:
        if not self._own_path:
            name = _NO_FILE_NAME.sub(" ", title).strip(" .") or "Untitled"
            self.path_edit.setText(str(self._folder / f"{name}{SUFFIX}"))

    def _on_path(self, _text: str) -> None:
        self._own_path = True

    def _browse(self) -> None:
        chosen = file_dialogs.ask_where_to_save(
            self,
            "Place of the project",
            self.path_edit.text(),
            f"Annotator projects (*{SUFFIX})",
            confirm_overwrite=False,
        )
        if chosen:
            self._own_path = True
            self.path_edit.setText(str(chosen))

    def _check(self) -> None:
        problem = self._problem()
        # An empty form shows no problem yet.
        say(self.message, problem if self.title() or self._own_path else "")
        self.ok.setEnabled(not problem)

    def _problem(self) -> str:
        """Return the reason why no project can be made from the answers; empty if one can."""
        if not self.title():
            return "Give the project a title."
        if not self.path_edit.text().strip() or not Path(self.path_edit.text().strip()).name:
            return "Give the project a place: a folder and the name of a file."
        try:
            checked_name(self.annotator())
        except AnnotatorError:
            return "Enter who annotates: the name is stored with every annotation."
        return self._problem_of_place(self.path())

    def _problem_of_place(self, path: Path) -> str:
        try:
            if not path.parent.is_dir():
                return f"There is no folder {path.parent}: make it first, or choose another."
            if path.exists():
                return f"{path.name} already exists: open it, or give another name."
        except (OSError, ValueError):
            return f"{path} cannot be the name of a file: give another."
        if not os.access(path.parent, os.W_OK):
            return f"You may not write in {path.parent}: choose another."
        return ""


def _documents() -> Path:
    """Return the user's folder for documents, or the home folder."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return found if found.is_dir() else Path.home()
