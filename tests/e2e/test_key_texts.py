"""Texts that name keys: after a change of keys no text on the screen shows one that an action had before."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, press, put_caret, said
from tests.e2e.test_accessibility import with_dialog
from tests.e2e.test_words_from_outside import choose_first, columns_of

import annotator
from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.main_window import MainWindow
from annotator.app.state.action_keys import KeyTip
from annotator.app.views.lazy_view import LazyView

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ROWS = 40
"""Rows of each list that are read."""
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
DIALOGS = (
    "annotate.all_occurrences",
    "document.properties",
    "edit.preferences",
    "file.export",
    "help.about",
    "help.edit_keys",
    "help.keys",
    "help.palette",
    "labels.edit",
)
BUILT_IN = re.compile(
    r"(?:Ctrl|Alt)\+(?!Enter)\S|Shift\+(?!Enter)\w|\bF\d+\b|\bEsc\b|\([A-Z1-9]\)|\b[GT],? [A-Z]\b|\bpress \d|\b[JKY]\b"
)
"""The built-in keys of actions as texts write them, except for the Ctrl+Enter and Shift+Enter of fields."""
FIXED = {
    "Distinguish capital and small letters (Alt+C)",
    "Whole words only (Alt+W)",
    "Use the typed text as a regular expression (Alt+R)",
    "Every form of the words (English): sanctions, sanctioned (Alt+L)",
    "Close the find bar (Esc)",
    "Rename the bookmark (F2)",
    "Reword the claim, or give it a topic (F2)",
    "Enter the verdict on the claim (R)",
}
"""Texts with keys that fields and lists have, which the key map cannot change."""
MODIFIERS = ("Ctrl+", "Alt+", "Shift+", "Ctrl+Alt+", "Ctrl+Shift+", "Alt+Shift+", "Ctrl+Alt+Shift+", "")
"""With F13 to F35, which keyboards lack, they make more keys than there are actions."""


def texts_of(whole: QWidget) -> Iterator[str]:
    """Each text of a widget and of the widgets in it: shown, on demand, or read out.

    Those of a view that reads again when it is shown, and is not, are left out.
    """
    late = [view for view in whole.findChildren(LazyView) if not view.isVisible()]
    left_out = {widget for view in late for widget in view.findChildren(QWidget)}
    for widget in [whole, *whole.findChildren(QWidget)]:
        if widget in left_out:
            continue
        yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        yield from (widget.accessibleName(), widget.accessibleDescription())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QGroupBox | QMenu):
            yield widget.title()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            yield widget.placeholderText()
            yield widget.toPlainText()
        elif isinstance(widget, QTabBar):
            for number in range(widget.count()):
                yield from (widget.tabText(number), widget.tabToolTip(number))
        elif isinstance(widget, QComboBox):
            for row in range(widget.count()):
                yield from (str(widget.itemData(row, role) or "") for role in ROLES)
        elif isinstance(widget, QAbstractItemView):
            yield from texts_of_model(widget)
            # It is painted in the middle of a list without rows.
            yield getattr(widget, "_hint", "")
        for action in widget.actions():
            yield from (action.text(), action.toolTip(), action.statusTip(), action.whatsThis())


def texts_of_model(view: QAbstractItemView) -> Iterator[str]:
    """The texts of the first rows of a list, of nested ones too, and of its head."""
    model = view.model()
    if model is None:
        return
    waiting = [QModelIndex()]
    while waiting:
        parent = waiting.pop()
        for row, column in product(range(min(ROWS, model.rowCount(parent))), range(columns_of(model))):
            index = model.index(row, column, parent)
            yield from (str(index.data(role) or "") for role in ROLES)
            if not isinstance(model, QAbstractListModel | QAbstractTableModel) and model.hasChildren(index):
                waiting.append(index)
    for column in range(columns_of(model)):
        yield from (str(model.headerData(column, Qt.Orientation.Horizontal, role) or "") for role in ROLES)


def plain(text: str) -> str:
    """A tool tip without the markup that keeps its lines."""
    return re.sub(r"<[^>]*>", "", text).replace("&amp;", "&")


def wait_until_read(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the views have read what they show."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)


def each_view(window: MainWindow, qtbot: QtBot) -> Iterator[QWidget]:
    """Show each view in turn until it has read the project, at the end the whole window."""
    for spec in VIEWS:
        window.show_pane(spec.id)
        wait_until_read(window, qtbot)
        view = window.views[spec.id]
        assert view.isVisible() or window.workspace.project is None, spec.id
        for table in view.findChildren(QAbstractItemView):
            # The details of a claim and of a source have hints of their own.
            choose_first(table)
        wait_until_read(window, qtbot)
        yield view
    yield window


def rebind_all(window: MainWindow, more: str = "") -> re.Pattern[str]:
    """Give each action a key that no other has, and return a pattern that finds any of these keys in a text."""
    keys = [f"{more}{modifiers}F{number}" for modifiers, number in product(MODIFIERS, range(13, 36))]
    for spec, key in zip(window.keymap.specs, keys, strict=False):
        window.keymap.rebind(spec.id, [key])
    assert len(keys) >= len(window.keymap.specs)
    window.keymap.apply(window.actions_by_id, window.workspace.keys)
    QApplication.processEvents()
    shown = (re.escape(window.workspace.keys.key(spec.id)) for spec in window.keymap.specs)
    return re.compile(rf"(?<![\w+])(?:{'|'.join(shown)})(?!\d)")


@pytest.fixture(params=["closed", "empty", "unlabelled", "annotated", "suggested"])
def state(request: pytest.FixtureRequest, launched: Launch, tmp_path: Path, case: Path) -> MainWindow:
    """The window without a project, with an empty one, and with two articles in different states of work."""
    if request.param == "closed":
        return launched()
    if request.param == "empty":
        path = tmp_path / "empty.anno"
        annotator.create(path, annotator="ada").close()
        return launched(path)
    if request.param == "suggested":
        with annotator.open(case, annotator="ada") as project:
            assert project.suggest().proposed > 3
    if request.param == "annotated":
        with annotator.open(case, annotator="ada") as project:
            project.add_claim("The talks will resume.")
            project.add_source("Ministry")
    window = launched(case)
    if request.param == "annotated":
        for words in ("talks would resume", "Nobody else agreed"):
            put_caret(window, words)
            press("S", "1")
    if request.param == "suggested":
        window.actions_by_id["suggest.next"].trigger()
        assert window.workspace.suggestions.active is not None
    return window


def test_after_a_change_of_keys_no_text_shows_an_old_one(state: MainWindow, qtbot: QtBot) -> None:
    named = set()
    for shown in each_view(state, qtbot):
        first = rebind_all(state)
        wait_until_read(state, qtbot)
        texts = {plain(text) for text in texts_of(shown)}
        assert {text for text in texts - FIXED if BUILT_IN.search(first.sub("", text))} == set()
        second = rebind_all(state, "Meta+")
        wait_until_read(state, qtbot)
        texts = {plain(text) for text in texts_of(shown)}
        assert {text for text in texts if first.search(text)} == set()
        named |= {text for text in texts if second.search(text)}
    # Each action names its key in its tool tip, and the views name some.
    assert len(named) > len(state.actions_by_id) + 10
    if state.workspace.annotations:
        assert any("chooses the claim that it states" in text for text in named)
        assert any("chooses the claim." in text for text in named)


def test_dialogs_show_the_keys_in_force(window: MainWindow, qtbot: QtBot) -> None:
    put_caret(window, "talks would resume")
    press("S", "1")
    first = rebind_all(window)
    with_keys = set()
    second = rebind_all(window, "Meta+")

    def look(dialog: QWidget) -> None:
        texts = {plain(text) for text in texts_of(dialog)}
        assert {text for text in texts if first.search(text)} == set()
        if any(second.search(text) for text in texts):
            with_keys.add(action)

    for action in DIALOGS:
        with_dialog(window, action, look)
    assert with_keys >= {"help.edit_keys", "help.keys", "labels.edit"}


def test_messages_name_the_keys_in_force(window: MainWindow) -> None:
    put_caret(window, "talks would resume")
    press("S", "1")
    keys = rebind_all(window)
    for action in ("claim.open", "bookmark.next", "suggest.accept", "suggest.next"):
        window.actions_by_id[action].trigger()
        assert keys.search(said(window)[-1]), action
    window.reading_commands.begin_relation("repeats")
    assert keys.search(said(window)[-1])


def test_without_keys_a_text_names_the_place_in_the_menus(window: MainWindow, qtbot: QtBot) -> None:
    for spec in window.keymap.specs:
        window.keymap.rebind(spec.id, [])
    window.keymap.apply(window.actions_by_id, window.workspace.keys)
    texts = {plain(text) for shown in each_view(window, qtbot) for text in texts_of(shown)}
    assert {text for text in texts - FIXED if BUILT_IN.search(text)} == set()
    assert "No bookmarks yet. “Go › Bookmark here” sets one at the caret." in texts


def test_each_tool_tip_with_a_key_is_of_an_action(window: MainWindow, qtbot: QtBot) -> None:
    tips = [tip for shown in each_view(window, qtbot) for tip in shown.findChildren(KeyTip)]
    assert len(tips) > 5
    assert {tip._id for tip in tips} <= window.actions_by_id.keys()
