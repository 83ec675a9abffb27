"""The dialogs that ask for a file or folder, none of which opens what it lists.

When a process closes any descriptor of a file, POSIX drops all locks that the process holds on that file: SQLite's
locks on an open project, too. Qt reads from each file of a folder that it lists, to find its type and icon, unless the
name tells the type. So these dialogs take the icon from the name alone, and ``recognise_projects_by_name`` makes Qt do
so in its own dialogs, such as the one that prints, for all files that belong to a project.

The dialogs of Windows and macOS are used where they are: locks belong to a handle on Windows, and macOS runs the panel
in a process of its own. On Linux the dialog is Qt's: the one of GTK runs in this process and reads from the files, and
whether the one of the desktop portal or that of GTK comes is not ours to choose.
"""

import os
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import overload

from PySide6.QtCore import QDir, QFileInfo, QSettings
from PySide6.QtGui import QAbstractFileIconProvider, QAction, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QStyle, QWidget

from annotator.app.widgets.message_box import MessageBox
from annotator.files.user_folders import state_path

_DATA_FOLDERS = "XDG_DATA_DIRS"
_DEFAULT_DATA_FOLDERS = "/usr/local/share:/usr/share"

_last_folder: list[str] = []
"""The folder of the last file that was chosen, for a dialog that is given none."""


def recognise_projects_by_name() -> None:
    """Tell Qt's database of file types the names of project files and of SQLite's files beside them.

    Call it before the first dialog is made.
    """
    folder = str(files("annotator.resources"))
    given = os.environ.get(_DATA_FOLDERS) or _DEFAULT_DATA_FOLDERS
    if folder not in given.split(":"):
        # The other systems do not read this variable, and have no need of it.
        os.environ[_DATA_FOLDERS] = f"{given}:{folder}"


class NameIconProvider(QFileIconProvider):
    """Icons and type names out of what the folder says of a file, without opening the file."""

    def __init__(self, style: QStyle) -> None:
        super().__init__()
        self._file = style.standardIcon(QStyle.StandardPixmap.SP_FileIcon)
        self._folder = style.standardIcon(QStyle.StandardPixmap.SP_DirIcon)
        self._drive = style.standardIcon(QStyle.StandardPixmap.SP_DriveHDIcon)

    @overload
    def icon(self, asked: QAbstractFileIconProvider.IconType, /) -> QIcon: ...
    @overload
    def icon(self, asked: QFileInfo, /) -> QIcon: ...
    def icon(self, asked: QFileInfo | QAbstractFileIconProvider.IconType, /) -> QIcon:
        kinds = QAbstractFileIconProvider.IconType
        if isinstance(asked, QFileInfo):
            return self._drive if asked.isRoot() else self._folder if asked.isDir() else self._file
        return self._folder if asked == kinds.Folder else self._drive if asked == kinds.Drive else self._file

    def type(self, info: QFileInfo, /) -> str:
        if info.isDir():
            return "Folder"
        return f"{info.suffix().upper()} file" if info.suffix() else "File"


class _FileDialog(QFileDialog):
    """A dialog that begins in ``folder``, or in the last one where that is none.

    Qt's own asks about files in boxes that take a name for markup: whether to replace one, which this asks in a box
    of ours, and whether to delete one, which this does not offer.
    """

    def __init__(self, parent: QWidget | None, title: str, folder: Path | str, filters: str) -> None:
        # Qt lists the folder of its last dialog before it can be told which icons to use. So this one begins in an
        # empty folder, and Qt's memory is kept apart and emptied.
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(state_path() / "qt"))
        QSettings(QSettings.Scope.UserScope, "QtProject").remove("FileDialog")
        with tempfile.TemporaryDirectory() as empty:
            super().__init__(parent, title, empty, filters)
            self.setOption(QFileDialog.Option.DontUseNativeDialog, sys.platform not in {"win32", "darwin"})
            self._confirms = False
            for action in self.findChildren(QAction, "qt_delete_action"):
                action.setVisible(False)
            delete = QKeySequence(QKeySequence.StandardKey.Delete)
            for shortcut in self.findChildren(QShortcut):
                shortcut.setEnabled(shortcut.key() != delete)
            self._icons = NameIconProvider(self.style())
            self.setIconProvider(self._icons)
            is_there = bool(folder) and Path(folder).is_dir()
            self.setDirectory(str(folder) if is_there else next(iter(_last_folder), QDir.homePath()))

    def confirm_overwrite(self) -> None:
        """Ask before the name of a file that is there is taken."""
        self._confirms = self.testOption(QFileDialog.Option.DontUseNativeDialog)
        self.setOption(QFileDialog.Option.DontConfirmOverwrite, self._confirms)

    def accept(self) -> None:
        in_the_way = [path for path in map(Path, self.selectedFiles()) if path.is_file()] if self._confirms else []
        if not in_the_way or _is_replaced(self, in_the_way[0]):
            super().accept()

    def ask(self) -> list[Path]:
        """Return what the user chooses; nothing where the dialog was left."""
        try:
            if self.exec() != QFileDialog.DialogCode.Accepted:
                return []
            chosen = [Path(name) for name in self.selectedFiles()]
            _last_folder[:] = [str(found.parent) for found in chosen[:1]]
            return chosen
        finally:
            self.deleteLater()


def _is_replaced(dialog: QWidget, path: Path) -> bool:
    """Ask whether a file is to be replaced, and return the answer."""
    box = MessageBox(dialog)
    box.setIcon(MessageBox.Icon.Warning)
    box.setText(f"There is a file {path.name} already. Is it to be replaced?")
    box.setStandardButtons(MessageBox.StandardButton.Yes | MessageBox.StandardButton.No)
    box.setDefaultButton(MessageBox.StandardButton.No)
    return box.exec() == MessageBox.StandardButton.Yes


def ask_for_file(parent: QWidget | None, title: str, folder: Path | str = "", filters: str = "") -> Path | None:
    """Return an existing file that the user chooses, or None. ``filters`` as in Qt: ``Text (*.txt);;All (*)``."""
    chosen = _ask(parent, title, folder, filters, QFileDialog.FileMode.ExistingFile)
    return chosen[0] if chosen else None


def ask_for_files(parent: QWidget | None, title: str, folder: Path | str = "", filters: str = "") -> list[Path]:
    """Return the existing files that the user chooses; none where the dialog was left."""
    return _ask(parent, title, folder, filters, QFileDialog.FileMode.ExistingFiles)


def ask_for_folder(parent: QWidget | None, title: str, folder: Path | str = "") -> Path | None:
    """Return an existing folder that the user chooses, or None."""
    chosen = _ask(parent, title, folder, "", QFileDialog.FileMode.Directory)
    return chosen[0] if chosen else None


def ask_where_to_save(
    parent: QWidget | None, title: str, suggested: Path | str, filters: str = "", *, confirm_overwrite: bool = True
) -> Path | None:
    """Return the path that the user chooses for a new file, or None. A bare name is suggested in the last folder.

    ``confirm_overwrite``: whether the dialog asks before it takes the name of a file that is there.
    """
    path = Path(suggested)
    dialog = _FileDialog(parent, title, path.parent if path.is_absolute() else "", filters)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    if confirm_overwrite:
        dialog.confirm_overwrite()
    dialog.selectFile(path.name)
    chosen = dialog.ask()
    return chosen[0] if chosen else None


def _ask(
    parent: QWidget | None, title: str, folder: Path | str, filters: str, mode: QFileDialog.FileMode
) -> list[Path]:
    dialog = _FileDialog(parent, title, folder, filters)
    dialog.setFileMode(mode)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode == QFileDialog.FileMode.Directory)
    return dialog.ask()
