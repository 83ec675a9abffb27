"""The window as a user has it: through the real entry point, driven by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import annotator
from annotator.app.application import launch
from annotator.app.shell.main_window import MainWindow
from annotator.domain.records import AnnotationRecord

ARTICLE = """Talks on the pipeline resume

The minister said on Monday that the talks would resume, and she expected a result. Nobody else agreed.

“We are close,” a spokesman told reporters. Prices may fall by spring, according to two people at the company.

The 👨‍👩‍👧 family of قال الوزير agreed. A last sentence stands here.
"""
OTHER = """Bridge closed after the storm

The bridge is closed. It may open in May.
"""


class Launch:
    """Launches the window on a project; ``window`` is the last one."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.windows: list[MainWindow] = []

    @property
    def window(self) -> MainWindow | None:
        return self.windows[-1] if self.windows else None

    def __call__(self, project: Path | None = None) -> MainWindow:
        # Dialogs of a window before this one are gone by now, and take the focus no more.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window = launch(project)
        self.windows.append(window)
        # Not deleted while a job runs, which would then end without anybody who hears of it.
        self._qtbot.addWidget(window, before_close_func=lambda _window: leave(self._qtbot, window))
        come_back(self._qtbot, window)
        if window.workspace.document is not None:
            window.reading.view.setFocus()
        return window


@pytest.fixture
def launched(qtbot: QtBot) -> Iterator[Launch]:
    """Launches the window; whatever was launched is closed at the end, by ``qtbot``."""
    launch_window = Launch(qtbot)
    yield launch_window
    for window in launch_window.windows:
        # The looks are the application's, which the next test has too.
        window.theme.choose("system")
        window.theme.set_size(100)


def leave(qtbot: QtBot, window: MainWindow) -> None:
    """Close the window and wait until what runs has ended."""
    window.close()
    qtbot.waitUntil(lambda: not window.jobs.running and window.workspace.project is None, timeout=60_000)


def come_back(qtbot: QtBot, window: MainWindow) -> None:
    """Make the window the active one, at first or after a dialog: a window without focus hears no keys.

    A dialog that asks at the start what to do with a damaged project may be active in its place.
    """
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() or _asks(window), timeout=60_000)


def _asks(window: MainWindow) -> bool:
    active = QApplication.activeWindow()
    return active is not None and active.objectName() == "recovery" and active.parent() is window


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


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A project of two articles; the first is the one that opens."""
    path = tmp_path / "case.anno"
    with annotator.create(path, annotator="ada") as project:
        project.add_document("Talks on the pipeline resume", ARTICLE)
        project.add_document("Bridge closed after the storm", OTHER)
    return path


@pytest.fixture
def window(launched: Launch, case: Path) -> MainWindow:
    """The window on ``case`` with its first document open and the focus in the text."""
    made = launched(case)
    assert made.workspace.document is not None and made.workspace.document.text == ARTICLE
    return made


def put_caret(window: MainWindow, words: str, offset: int = 1) -> None:
    """The caret into the words, which stand in the text but once."""
    assert window.reading.view.text.count(words) == 1
    window.reading.view.set_caret(window.reading.view.text.index(words) + offset)


def selected(window: MainWindow) -> str:
    """The words that are selected in the text."""
    span = window.reading.view.selected_span()
    return span.of(window.reading.view.text) if span else ""


def active(window: MainWindow) -> AnnotationRecord:
    """The active annotation, which there must be."""
    found = window.workspace.active
    assert found is not None
    return found


def said(window: MainWindow) -> list[str]:
    """The sentences of the toasts on the screen."""
    return [toast.text for toast in window.toasts.shown]


def drag(window: MainWindow, start: int, end: int, modifier: Qt.KeyboardModifier) -> None:
    """Drag the mouse over the text from one position to another."""
    view = window.reading.view
    first, last = view.rectangle(start).center(), view.rectangle(end).center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, modifier, first)
    for point in ((first + last) / 2, last):
        move_mouse(view.viewport(), point, modifier)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, modifier, last)


def click_at(window: MainWindow, position: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> QPoint:
    """Click on a character of the text; gives the point of the viewport."""
    point = window.reading.view.rectangle(position).center() + QPoint(2, 0)
    QTest.mouseClick(window.reading.view.viewport(), button, Qt.KeyboardModifier.NoModifier, point)
    return point


def move_mouse(
    widget: QWidget,
    point: QPoint,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    """Move the mouse with ``button`` held down."""
    on_screen = QPointF(widget.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(point), on_screen, Qt.MouseButton.NoButton, button, modifier)
    QApplication.sendEvent(widget, event)
