"""The dialogs that ask for files: none of them opens what it lists, whatever Qt remembers and wherever it starts."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QAction
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QFileSystemModel, QLineEdit
from pytestqt.qtbot import QtBot
from tests.file_watch import OpenedFiles, linux_only, locked_files

import annotator
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.message_box import MessageBox

Ask = Callable[[Path], object]

ASKS: dict[str, Ask] = {
    "a file": lambda folder: file_dialogs.ask_for_file(None, "File", folder, "Projects (*.anno)"),
    "any file": lambda folder: file_dialogs.ask_for_file(None, "File", folder),
    "files": lambda folder: file_dialogs.ask_for_files(None, "Files", folder),
    "a folder": lambda folder: file_dialogs.ask_for_folder(None, "Folder", folder),
    "a name": lambda folder: file_dialogs.ask_where_to_save(None, "Save", folder / "new.anno", "Projects (*.anno)"),
    "a bare name": lambda _folder: file_dialogs.ask_where_to_save(None, "Save", "new.csv"),
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[annotator.Project]:
    """A project that is open in this process, in a folder with other files, one of them without a suffix."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "notes").write_text("Some words.\n", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "articles").mkdir()
    with annotator.create(folder / "case.anno", annotator="ada") as project:
        project.add_document("One", "It rained.")
        yield project


def has_listed(model: QFileSystemModel, folder: str) -> bool:
    """Whether the model knows the type of everything in ``folder``, which it asks for last."""
    parent = model.index(folder)
    rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    return bool(rows) and all(model.type(row) for row in rows)


def answer(end: Callable[[QFileDialog], None]) -> None:
    """End the dialog that comes next, once it has listed its folder."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            QTimer.singleShot(5, look)
            return
        model = dialog.findChild(QFileSystemModel)
        assert model is not None
        if has_listed(model, dialog.directory().path()):
            end(dialog)
        else:
            QTimer.singleShot(5, look)

    QTimer.singleShot(0, look)


@linux_only
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_dialog_opens_nothing_that_it_lists(
    ask: Ask, opened: annotator.Project, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = opened.path.parent
    monkeypatch.setattr(file_dialogs, "_last_folder", [str(folder)])
    held = locked_files(folder)
    assert "case.anno" in held
    with OpenedFiles(folder) as files:
        answer(lambda dialog: dialog.reject())
        assert not ask(folder)
        assert files.seen() == set()
    assert locked_files(folder) == held


@linux_only
def test_a_new_dialog_lists_neither_the_folder_of_the_last_one_nor_the_current_one(
    opened: annotator.Project, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = opened.path.parent, tmp_path / "other"
    other.mkdir()
    (other / "x").write_text("x", encoding="utf-8")
    monkeypatch.chdir(folder)
    # As Qt's own dialogs of this or another program leave it.
    settings = QSettings(QSettings.Scope.UserScope, "QtProject")
    settings.setValue("FileDialog/lastVisited", QUrl.fromLocalFile(str(folder)))
    settings.sync()
    listed: list[str] = []
    take = QFileDialog.setIconProvider

    def note(dialog: QFileDialog, provider: file_dialogs.NameIconProvider) -> None:
        listed.append(dialog.directory().path())
        take(dialog, provider)

    monkeypatch.setattr(QFileDialog, "setIconProvider", note)
    for _ in range(2):
        answer(lambda dialog: dialog.reject())
        file_dialogs.ask_for_files(None, "Files", other)
    assert len(listed) == 2 and str(folder) not in listed and str(other) not in listed


@linux_only
def test_qts_own_dialogs_open_no_project(
    opened: annotator.Project, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog that prints lists the home folder to complete a name, and has a dialog of Qt's for a file."""
    folder = opened.path.parent
    monkeypatch.setenv("HOME", str(folder))
    file_dialogs.recognise_projects_by_name()
    with OpenedFiles(folder) as files:
        printing = QPrintDialog(QPrinter())
        qtbot.addWidget(printing)
        for model in printing.findChildren(QFileSystemModel):
            qtbot.waitUntil(partial(has_listed, model, str(folder)))
        plain = QFileDialog(None, "Qt's own", str(folder))
        qtbot.addWidget(plain)
        plain.setOption(QFileDialog.Option.DontUseNativeDialog)
        (model,) = plain.findChildren(QFileSystemModel)
        qtbot.waitUntil(partial(has_listed, model, str(folder)))
        seen = files.seen()
    assert not {name for name in seen if name.startswith("case.anno")}, seen
    assert "notes" in seen, "the watch sees what Qt opens"


@linux_only
def test_the_file_types_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", "/opt/share")
    file_dialogs.recognise_projects_by_name()
    first = os.environ["XDG_DATA_DIRS"]
    file_dialogs.recognise_projects_by_name()
    assert os.environ["XDG_DATA_DIRS"] == first and first.startswith("/opt/share:")


def test_what_is_chosen_is_given_and_its_folder_comes_next(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_dialogs, "_last_folder", [])
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "b.txt").write_text("b", encoding="utf-8")
    (tmp_path / "articles").mkdir()

    def accept(name: str = "") -> None:
        def end(dialog: QFileDialog) -> None:
            if name:
                field = dialog.findChild(QLineEdit, "fileNameEdit")
                assert field is not None
                field.setText(name)
            dialog.accept()

        answer(end)

    accept("a.txt")
    assert file_dialogs.ask_for_file(None, "File", tmp_path) == tmp_path / "a.txt"
    accept('"a.txt" "b.txt"')
    assert file_dialogs.ask_for_files(None, "Files", tmp_path) == [tmp_path / "a.txt", tmp_path / "b.txt"]
    accept("new.csv")
    assert file_dialogs.ask_where_to_save(None, "Save", "other.csv") == tmp_path / "new.csv"
    accept("a.txt")
    assert (
        file_dialogs.ask_where_to_save(None, "Save", tmp_path / "x.txt", confirm_overwrite=False) == tmp_path / "a.txt"
    )
    accept()
    assert file_dialogs.ask_for_folder(None, "Folder", tmp_path) == tmp_path


def test_icons_and_types_come_from_the_name(tmp_path: Path, qtbot: QtBot) -> None:
    provider = file_dialogs.NameIconProvider(QApplication.style())
    (tmp_path / "case.anno").write_bytes(b"")
    (tmp_path / "notes").write_bytes(b"")
    assert provider.type(QFileInfo(str(tmp_path))) == "Folder"
    assert provider.type(QFileInfo(str(tmp_path / "case.anno"))) == "ANNO file"
    assert provider.type(QFileInfo(str(tmp_path / "notes"))) == "File"
    folder, file = provider.icon(QFileInfo(str(tmp_path))), provider.icon(QFileInfo(str(tmp_path / "notes")))
    assert not folder.isNull() and not file.isNull() and folder.cacheKey() != file.cacheKey()
    assert provider.icon(provider.IconType.Folder).cacheKey() == folder.cacheKey()


def when_box(then: Callable[[MessageBox], None]) -> None:
    """Do something with the message box that comes next."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, MessageBox):
            then(box)
        else:
            QTimer.singleShot(5, look)

    QTimer.singleShot(0, look)


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_name_that_looks_like_markup_is_replaced_after_a_plain_question(
    tmp_path: Path, qtbot: QtBot, is_replaced: bool
) -> None:
    path = tmp_path / "<b>R&D.anno"
    path.write_text("words", encoding="utf-8")
    asked: list[tuple[str, Qt.TextFormat]] = []

    def reply(box: MessageBox) -> None:
        asked.append((box.text(), box.textFormat()))
        dialog = box.parent()
        assert isinstance(dialog, QFileDialog)
        if not is_replaced:
            QTimer.singleShot(0, dialog.reject)
        box.button(MessageBox.StandardButton.Yes if is_replaced else MessageBox.StandardButton.No).click()

    def accept(dialog: QFileDialog) -> None:
        when_box(reply)
        dialog.accept()

    answer(accept)
    chosen = file_dialogs.ask_where_to_save(None, "Save", path)
    assert chosen == (path if is_replaced else None)
    assert asked == [("A file named <b>R&D.anno already exists. Replace it?", Qt.TextFormat.PlainText)]


def test_no_file_can_be_deleted_in_a_dialog(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "<b>case.anno"
    path.write_text("words", encoding="utf-8")

    def press_delete(dialog: QFileDialog) -> None:
        for view in dialog.findChildren(QAbstractItemView):
            if (model := view.model()) is not None and view.isVisible():
                view.setCurrentIndex(model.index(0, 0, view.rootIndex()))
                QTest.keyClick(view, Qt.Key.Key_Delete)
        assert QApplication.activeModalWidget() is dialog
        assert not any(action.isVisible() for action in dialog.findChildren(QAction, "qt_delete_action"))
        dialog.reject()

    answer(press_delete)
    assert file_dialogs.ask_for_file(None, "File", tmp_path) is None
    assert path.exists()
