"""An article that changed is imported again: the window offers its new version the annotations of the earlier one."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, come_back, leave, press, said

import annotator
from annotator.app.documents.versions_dialog import VersionsDialog
from annotator.app.shell.main_window import MainWindow

TEXT = (
    "Harbour to close\n\nThe authority said that the basin will close on Friday. Nobody knows for how long.\n"
    "The mayor promised that the ferry runs as before.\n"
)
WORDS = (("the basin will close on Friday", "claim"), ("Friday", "speculation"), ("promised", "claim"))
CHANGED = TEXT.replace("Friday", "Saturday").replace("promised that", "did not say whether")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def window(launched: Launch, tmp_path: Path, article: Path) -> MainWindow:
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        (document,) = project.import_files(article)
        for words, label in (
            ("the basin will close on Friday", "claim"),
            ("Friday", "speculation"),
            ("promised", "claim"),
        ):
            project.annotate(document, TEXT.index(words), TEXT.index(words) + len(words), label)
    return launched(path)


def offered(window: MainWindow, qtbot: QtBot, article: Path) -> VersionsDialog:
    article.write_text(CHANGED, encoding="utf-8")
    window.files.import_paths([article])
    qtbot.waitUntil(lambda: bool(window.findChildren(VersionsDialog)), timeout=60_000)
    (dialog,) = window.findChildren(VersionsDialog)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=60_000)
    return dialog


def rows(tree: QTreeWidget) -> list[list[str]]:
    items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(tree.columnCount())] for item in items if item]


def quotes(window: MainWindow) -> list[str]:
    assert window.workspace.project is not None
    with annotator.open(window.workspace.project.path, read_only=True) as project:
        return [found.quote for found in project.annotations(document=project.documents()[-1].id)]


def test_annotations_are_carried_over_by_return(window: MainWindow, qtbot: QtBot, article: Path) -> None:
    dialog = offered(window, qtbot, article)
    assert rows(dialog.list) == [["Harbour to close", "1", "2"]]
    assert rows(dialog.details) == [
        ["Lost", "speculation", "Friday", ""],
        ["Lost", "claim", "promised", ""],
        ["Changed", "claim", "the basin will close on Friday", "the basin will close on Saturday"],
    ]
    press("Return")
    qtbot.waitUntil(lambda: "1 annotation carried over, 2 lost." in said(window), timeout=60_000)
    assert quotes(window) == ["the basin will close on Saturday"]
    come_back(qtbot, window)
    window.actions_by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: quotes(window) == [], timeout=60_000)


def test_not_now_leaves_the_offer_to_the_menu(window: MainWindow, qtbot: QtBot, article: Path) -> None:
    offered(window, qtbot, article)
    press("Esc")
    come_back(qtbot, window)
    assert quotes(window) == []
    press("Ctrl+Shift+U")
    qtbot.waitUntil(lambda: any(found.isVisible() for found in window.findChildren(VersionsDialog)), timeout=60_000)
    dialog = next(found for found in window.findChildren(VersionsDialog) if found.isVisible())
    dialog.separate_button.click()
    come_back(qtbot, window)
    press("Ctrl+Shift+U")
    qtbot.waitUntil(lambda: any("No new version" in each for each in said(window)), timeout=60_000)
    leave(qtbot, window)


def test_nothing_ticked_is_nothing_to_do(window: MainWindow, qtbot: QtBot, article: Path) -> None:
    dialog = offered(window, qtbot, article)
    press("Space")
    assert not dialog.carry_button.isEnabled() and not dialog.separate_button.isEnabled()
    press("Return")
    assert dialog.isVisible()
    press("Space")
    assert dialog.carry_button.isEnabled()
    dialog.close()
    come_back(qtbot, window)
