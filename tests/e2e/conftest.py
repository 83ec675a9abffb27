"""The window as a user has it: through the real entry point, driven by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.application import launch
from annotator.app.main_window import MainWindow


class Launch:
    """Launches the window on a project; ``window`` is the last one."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.windows: list[MainWindow] = []

    @property
    def window(self) -> MainWindow | None:
        return self.windows[-1] if self.windows else None

    def __call__(self, project: Path | None = None) -> MainWindow:
        window = launch(project)
        self.windows.append(window)
        self._qtbot.addWidget(window)
        # A window without focus hears no keys.
        window.activateWindow()
        self._qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        if window.workspace.document is not None:
            window.reading.view.setFocus()
        return window


@pytest.fixture
def launched(qtbot: QtBot) -> Iterator[Launch]:
    """Launches the window; whatever was launched is closed at the end."""
    launch_window = Launch(qtbot)
    yield launch_window
    for window in launch_window.windows:
        leave(qtbot, window)


def leave(qtbot: QtBot, window: MainWindow) -> None:
    """Close the window and wait until what runs has ended."""
    window.close()
    qtbot.waitUntil(lambda: not window.jobs.running and window.workspace.project is None, timeout=10_000)


def press(*keys: str, on: QWidget | None = None) -> None:
    """Press keys, each in Qt's portable text such as ``Ctrl+K`` or ``G``, on the widget that has the focus."""
    for key in keys:
        target = on or QApplication.focusWidget()
        assert target is not None, f"nothing has the focus to take {key}"
        combination: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]  # missing in the stubs
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def type_text(text: str) -> None:
    """Type letters into the widget that has the focus."""
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClicks(target, text, Qt.KeyboardModifier.NoModifier)
