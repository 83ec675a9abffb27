"""The welcome page: what it asks for, and that nothing heavy comes with it."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from annotator.app.shell.welcome_page import WelcomePage


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> WelcomePage:
    made = WelcomePage()
    qtbot.addWidget(made)
    (tmp_path / "bridge.anno").write_bytes(b"")
    made.show_recent([tmp_path / "bridge.anno", tmp_path / "lost.anno"])
    made.resize(700, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_its_buttons_ask(page: WelcomePage, qtbot: QtBot) -> None:
    for button, signal, arguments in (
        (page.new_button, page.new_requested, []),
        (page.sample_button, page.sample_requested, []),
        (page.open_button, page.open_requested, [None]),
    ):
        with qtbot.waitSignal(signal, timeout=60_000) as wish:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert wish.args == arguments


def test_keys_suffice(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    page.setFocus()
    assert page.new_button.hasFocus()
    with qtbot.waitSignal(page.new_requested, timeout=60_000):
        qtbot.keyClick(page.new_button, Qt.Key.Key_Return)
    for button in (page.new_button, page.open_button, page.sample_button):
        qtbot.keyClick(button, Qt.Key.Key_Down)
    recent = page.recent_buttons()[0]
    assert recent.hasFocus()
    with qtbot.waitSignal(page.open_requested, timeout=60_000) as wish:
        qtbot.keyClick(recent, Qt.Key.Key_Return)
    assert wish.args == [tmp_path / "bridge.anno"]
    with qtbot.waitSignal(page.forget_requested, timeout=60_000) as wish:
        qtbot.keyClick(recent, Qt.Key.Key_Delete)
    assert wish.args == [tmp_path / "bridge.anno"]


def test_a_missing_project_is_grey_and_can_be_forgotten(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    there, lost = page.recent_buttons()
    assert there.isEnabled() and not lost.isEnabled()
    assert "lost" in lost.accessibleName() and "not found" in lost.accessibleName()
    remove = page.findChildren(QToolButton, "forgetProject")[1]
    with qtbot.waitSignal(page.forget_requested, timeout=60_000) as wish:
        qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert wish.args == [tmp_path / "lost.anno"]


def test_the_list_is_replaced(page: WelcomePage) -> None:
    page.show_recent([])
    assert page.recent_buttons() == []
    assert page._nothing.isVisible()


def test_nothing_heavy_comes_with_it() -> None:
    script = (
        "import sys; import annotator.app.shell.welcome_page;"
        "print([name for name in ('sqlmodel', 'spacy', 'sqlite3', 'annotator.store', 'annotator.services')"
        " if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == "[]"
