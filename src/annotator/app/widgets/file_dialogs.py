"""The dialogs that ask for a file or folder without opening the files that they list.

When a process closes any descriptor of a file, POSIX drops all locks that the process holds on that file: SQLite's
locks on an open project, too. Qt reads from each file of a folder that it lists, to find its type and icon, unless it
knows the type from the name. So these dialogs choose the icon from the name only, and ``recognise_projects_by_name``
makes Qt's built-in dialogs, such as the print dialog, do the same for all files that belong to a project.

Windows and macOS use their native dialogs: on Windows locks belong to a handle, and macOS runs the panel in a separate
process. Linux uses Qt's dialog: the GTK dialog runs in this process and reads from the files, and a program cannot
choose between the dialog of the desktop portal and that of GTK.
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
"""The folder of the last chosen file, for a dialog without a given folder."""


def recognise_projects_by_name() -> None:
    """Add the names of project files and of SQLite's files beside them to Qt's database of file types.

    Call it before the first dialog is made.
    """
    folder = str(files("annotator.resources"))
    given = os.environ.get(_DATA_FOLDERS) or _DEFAULT_DATA_FOLDERS
    if folder not in given.split(":"):
        # Other systems neither read nor need this variable.
        os.environ[_DATA_FOLDERS] = f"{given}:{folder}"


class NameIconProvider(QFileIconProvider):
    """A provider of icons and type names that uses only the folder entry of a file and does not open the file."""

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
    """A dialog that starts in ``folder``, or in the folder used last if none is given.

    Qt's built-in message boxes render a file name as markup. So this dialog asks in a plain-text message box whether to
    replace a file, and does not offer to delete one.
    """

    def __init__(self, parent: QWidget | None, title: str, folder: Path | str, filters: str) -> None:
        # Qt lists the folder of its last dialog before the icon provider can be set. So this dialog starts in an
        # empty folder, and the folder that Qt remembers is saved and cleared.
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
        """Ask before an existing file is replaced."""
        self._confirms = self.testOption(QFileDialog.Option.DontUseNativeDialog)
        self.setOption(QFileDialog.Option.DontConfirmOverwrite, self._confirms)

    def accept(self) -> None:
        in_the_way = [path for path in map(Path, self.selectedFiles()) if path.is_file()] if self._confirms else []
        if not in_the_way or _is_replaced(self, in_the_way[0]):
            super().accept()

    def ask(self) -> list[Path]:
        """Return the chosen paths; an empty list if the dialog was cancelled."""
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
    box.setText(f"A file named {path.name} already exists. Replace it?")
    box.setStandardButtons(MessageBox.StandardButton.Yes | MessageBox.StandardButton.No)
    box.setDefaultButton(MessageBox.StandardButton.No)
    return box.exec() == MessageBox.StandardButton.Yes


def ask_for_file(parent: QWidget | None, title: str, folder: Path | str = "", filters: str = "") -> Path | None:
    """Return an existing file that the user chooses, or None. ``filters`` as in Qt: ``Text (*.txt);;All (*)``."""
    chosen = _ask(parent, title, folder, filters, QFileDialog.FileMode.ExistingFile)
    return chosen[0] if chosen else None


def ask_for_files(parent: QWidget | None, title: str, folder: Path | str = "", filters: str = "") -> list[Path]:
    """Return the existing files that the user chooses; an empty list if the dialog was cancelled."""
    return _ask(parent, title, folder, filters, QFileDialog.FileMode.ExistingFiles)


def ask_for_folder(parent: QWidget | None, title: str, folder: Path | str = "") -> Path | None:
    """Return an existing folder that the user chooses, or None."""
    chosen = _ask(parent, title, folder, "", QFileDialog.FileMode.Directory)
    return chosen[0] if chosen else None


def ask_where_to_save(
    parent: QWidget | None, title: str, suggested: Path | str, filters: str = "", *, confirm_overwrite: bool = True
) -> Path | None:
    """Return the path that the user chooses for a new file, or None.

    A suggested name without a folder is placed in the folder used last. ``confirm_overwrite``: whether the dialog asks
    before an existing file is replaced.
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
