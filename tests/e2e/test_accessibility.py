"""The window as a screen reader and a keyboard have it: names, roles, order, focus, announcements, large letters."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, press, put_caret

from annotator import settings
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.main_window import MainWindow
from annotator.app.views import announcements

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

DIALOGS = (
    "file.new",
    "file.export",
    "edit.preferences",
    "help.edit_keys",
    "help.about",
    "help.keys",
    "help.palette",
    "labels.edit",
    "annotate.all_occurrences",
    "document.properties",
)
ASKED = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.PageTab,
    QAccessible.Role.RadioButton,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.Table,
    QAccessible.Role.Tree,
}
"""What nobody can use without its name."""

CONTAINERS = {QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List}
"""What has rows, which are looked at elsewhere."""

# Qt has none for a field that takes a key.
NO_ROLES = {QAccessible.Role.NoRole, QAccessible.Role.Client}


@pytest.fixture(autouse=True)
def screen_reader() -> Iterator[None]:
    """Qt tells of changes only while a screen reader listens."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def is_out_of_sight(made: QObject | None) -> bool:
    """Whether it lies beyond the edge of what it is in, as the tabs that Qt keeps for later do."""
    return isinstance(made, QWidget) and not made.isWindow() and made.visibleRegion().isEmpty()


def interfaces(widget: QWidget) -> Iterator[QAccessibleInterface]:
    """All that a screen reader finds in a widget and that can be seen, without the rows of tables."""
    waiting = [QAccessible.queryAccessibleInterface(widget)]
    while waiting:
        found = waiting.pop()
        if found is None or found.state().invisible or is_out_of_sight(found.object()):
            continue
        yield found
        if found.role() not in CONTAINERS:
            waiting += [found.child(number) for number in range(found.childCount())]


def nameless(widget: QWidget) -> list[str]:
    """What lacks a name or a role, as far as it can be used."""
    faults = []
    for found in interfaces(widget):
        made = found.object()
        can_be_used = found.state().focusable and made is not widget
        has_role = found.role() not in NO_ROLES or isinstance(made, QKeySequenceEdit)
        name = found.text(QAccessible.Text.Name).strip()
        if (found.role() in ASKED or can_be_used) and not (name and has_role):
            faults.append(f"{found.role().name} {type(made).__name__} {made.objectName()}")
    return faults


def with_dialog(window: MainWindow, action: str, look: Callable[[QWidget], None]) -> None:
    """Open what an action opens, look at it, and close it."""
    looked: list[QWidget] = []

    def take() -> None:
        shown = QApplication.activeModalWidget() or QApplication.activePopupWidget() or other_window(window)
        if shown is None or not shown.isVisible():
            QTimer.singleShot(20, take)
            return
        looked.append(shown)
        try:
            look(shown)
        finally:
            shown.close()

    QTimer.singleShot(50, take)
    window.actions_by_id[action].trigger()
    for _ in range(250):
        if looked:
            break
        QTest.qWait(20)
    assert looked, f"{action} opened nothing"


def other_window(window: MainWindow) -> QWidget | None:
    """A window that is open beside the main one."""
    palette = next((each for each in window.findChildren(QWidget, "commandPalette") if each.isVisible()), None)
    tops = (each for each in QApplication.topLevelWidgets() if each is not window and each.isVisible())
    return palette or next(tops, None)


def fill(window: MainWindow) -> None:
    """Some annotations, so that no pane is empty."""
    for words in ("talks would resume", "Nobody else agreed", "Prices may fall"):
        put_caret(window, words)
        press("S", "1")
    put_caret(window, "talks would resume")


# --- names and roles --------------------------------------------------------------------------------------------------


def test_all_in_the_window_has_a_name_and_a_role(window: MainWindow) -> None:
    fill(window)
    faults = nameless(window)
    for name in [view.id for view in VIEWS]:
        window.show_pane(name)
        QApplication.processEvents()
        faults += nameless(window)
    press("F5", "Ctrl+F")
    faults += nameless(window)
    assert faults == []


def test_the_table_of_annotations_mirrors_the_view(window: MainWindow) -> None:
    fill(window)
    table = window.view(ANNOTATIONS).table

    def told() -> list[list[str]]:
        """The names of the cells, by row, as a screen reader has them."""
        root = QAccessible.queryAccessibleInterface(table)
        cells = [root.child(number) for number in range(root.childCount())]
        rows: dict[int, list[str]] = {}
        for cell in cells:
            if cell is None or cell.role() not in (QAccessible.Role.Cell, QAccessible.Role.ListItem):
                continue
            rows.setdefault(cell.tableCellInterface().rowIndex(), []).append(cell.text(QAccessible.Text.Name))
        return [rows[row] for row in sorted(rows)]

    def agree() -> None:
        records = window.workspace.ordered_annotations()
        assert len(told()) == len(records) == len(window.reading.view.index)
        for names, record in zip(told(), records, strict=True):
            assert any(record.label in name for name in names) and any(record.quote in name for name in names), names

    agree()
    press("3")
    assert len(window.workspace.annotations) == 4
    agree()
    press("J", "2")
    agree()
    press("Del")
    agree()
    press("Ctrl+Z")
    agree()


# --- keys and focus ---------------------------------------------------------------------------------------------------


def tab_through(most: int = 200) -> list[QWidget]:
    """The widgets that get the focus by Tab, from where it is until it comes back."""
    reached: list[QWidget] = []
    for _ in range(most):
        at = QApplication.focusWidget()
        if at is None or at in reached:
            break
        reached.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is at:
            # A text that keeps Tab for itself is left by Ctrl+Tab.
            QTest.keyClick(at, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    return reached


def wants_tab(shown: QWidget) -> list[QWidget]:
    """The widgets on the screen that can have the focus by Tab."""
    found = []
    for each in shown.findChildren(QWidget):
        takes = each.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        is_own = each.window() is shown.window() and each.isVisible() and each.isEnabled()
        if takes and is_own and each.focusProxy() is None and not each.visibleRegion().isEmpty():
            found.append(each)
    return found


def test_all_in_a_dialog_has_a_name_and_tab_comes_to_it_and_its_place_is_seen(window: MainWindow) -> None:
    fill(window)
    faults: list[str] = []

    def look(dialog: QWidget) -> None:
        dialog.activateWindow()
        QTest.qWait(30)
        faults.extend(f"no name: {each}" for each in nameless(dialog))
        assert QAccessible.queryAccessibleInterface(dialog).text(QAccessible.Text.Name)
        wanted, reached = wants_tab(dialog), tab_through()
        assert wanted
        missed = (each for each in wanted if not is_or_has(each, reached))
        faults.extend(f"not reached: {type(each).__name__} {each.objectName()}" for each in missed)
        faults.extend(f"no focus to be seen: {each}" for each in without_visible_focus(reached))

    for action in DIALOGS:
        with_dialog(window, action, look)
        assert faults == [], action


def is_or_has(widget: QWidget, reached: list[QWidget]) -> bool:
    """Whether one was reached, or another of its group of buttons, of which Tab comes to one."""
    if isinstance(widget, QAbstractButton) and widget.group() is not None and widget.group().exclusive():
        return any(each in reached for each in widget.group().buttons())
    return widget in reached


def without_visible_focus(widgets: list[QWidget]) -> list[str]:
    """Those that look alike with the focus and without."""
    faults = []
    for each in widgets:
        if not each.isVisible():
            continue
        each.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        focused = picture(each)
        other = next((rest for rest in widgets if rest is not each and rest.isVisible()), None)
        if other is None:
            continue
        other.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if count_different(focused, picture(each)) < 20:
            faults.append(f"{type(each).__name__} {each.objectName()}")
    return faults


def picture(widget: QWidget) -> QImage:
    """A widget as it looks, wherever it is scrolled to."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def count_different(one: QImage, other: QImage) -> int:
    """The pixels that differ."""
    if one.size() != other.size():
        return one.width() * one.height()
    first, second = bytes(one.constBits()), bytes(other.constBits())
    if first == second:
        return 0
    return sum(first[at : at + 4] != second[at : at + 4] for at in range(0, len(first), 4))


@pytest.mark.parametrize("theme", ["light", "dark", "black-on-white", "white-on-black"])
def test_the_focus_is_seen_in_every_pane(window: MainWindow, theme: str) -> None:
    window.settings.set(settings.THEME, theme)
    fill(window)
    places = []
    for _ in range(12):
        press("F6")
        at = QApplication.focusWidget()
        assert at is not None
        if at in places:
            break
        places.append(at)
    assert len(places) >= 4 and window.reading.view in places
    assert without_visible_focus(places) == []


# --- announcements ----------------------------------------------------------------------------------------------------


def test_what_happens_to_an_annotation_is_announced(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = QAccessibleAnnouncementEvent

    def heard(about: QWidget, sentence: str) -> object:
        said.append(sentence)
        return real(about, sentence)

    monkeypatch.setattr(announcements, "QAccessibleAnnouncementEvent", heard)
    put_caret(window, "Nobody else agreed")
    press("S", "1")
    assert said == ["Annotate as claim: “Nobody else agreed.”."]
    said.clear()
    press("3")
    assert said == ["Change the label: official statement, “Nobody else agreed.”."]
    said.clear()
    press("G", "2")
    assert said == ["Change the credibility: official statement, 2 probably true, “Nobody else agreed.”."]
    said.clear()
    press("Shift+U")
    assert len(said) == 1 and said[0].endswith(", “Nobody else agreed”.")
    said.clear()
    press("Ctrl+Z", "Ctrl+Shift+Z", "Del")
    assert len(said) == 3
    assert said[0].startswith("Undone: ") and said[1].startswith("Redone: ") and said[2].startswith("Remove")


# --- large letters ----------------------------------------------------------------------------------------------------


def clipped(shown: QWidget) -> list[str]:
    """Words of labels and buttons that do not fit into them."""
    faults = []
    for each in shown.findChildren(QWidget):
        if not isinstance(each, QLabel | QPushButton | QCheckBox | QToolButton) or each.visibleRegion().isEmpty():
            continue
        words = each.text()
        if not words or (isinstance(each, QToolButton) and not each.icon().isNull()):
            continue
        least = each.minimumSizeHint()
        wraps = isinstance(each, QLabel) and each.wordWrap()
        height = each.heightForWidth(each.width()) if wraps else least.height()
        if each.height() < height or (not wraps and each.width() < least.width()):
            faults.append(f"{type(each).__name__} {each.objectName()} {words[:40]!r} {each.size()} {least} {height}")
    return faults


@pytest.fixture
def large(launched: Launch, case: Path) -> MainWindow:
    """The window with letters of twice the size."""
    chosen = settings.Settings()
    chosen.set(settings.INTERFACE_SIZE, 200)
    chosen.set(settings.FONT_SIZE, 26)
    window = launched(case)
    window.resize(1920, 1080)
    QApplication.processEvents()
    return window


def test_letters_of_twice_the_size_clip_no_words(large: MainWindow) -> None:
    fill(large)
    faults = clipped(large)
    for name in [view.id for view in VIEWS]:
        large.show_pane(name)
        QTest.qWait(20)
        faults += clipped(large)
    for action in DIALOGS:
        with_dialog(large, action, lambda dialog: faults.extend(clipped(dialog)))
    assert faults == []


def test_the_size_of_letters_changes_at_once(window: MainWindow, qtbot: QtBot) -> None:
    menu, text = window.menuBar().height(), window.reading.view.text_size()
    label = window.view(ANNOTATIONS).table.verticalHeader().defaultSectionSize()
    window.settings.set(settings.INTERFACE_SIZE, 200)
    try:
        qtbot.waitUntil(lambda: window.menuBar().height() > 1.5 * menu, timeout=60_000)
        assert window.view(ANNOTATIONS).table.verticalHeader().defaultSectionSize() > 1.5 * label
        assert window.reading.view.text_size() == text and window.reading.view.text == ARTICLE
    finally:
        window.settings.set(settings.INTERFACE_SIZE, 100)
    qtbot.waitUntil(lambda: window.menuBar().height() == menu, timeout=60_000)
