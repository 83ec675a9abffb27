"""The command palette, by its keys."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QMainWindow, QPlainTextEdit
from pytestqt.qtbot import QtBot
from tests.app.actions.recorded_actions import recorded_actions
from tests.cpu_time import CpuTime

from annotator.app.actions.action_spec import Context
from annotator.app.actions.command_palette import CommandPalette, Entry, fuzzy_match
from annotator.app.actions.enabling import enable
from annotator.app.shell.features import ACTIONS
from annotator.app.style.theme import DARK, LIGHT

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Desk:
    """A window with a palette over it."""

    def __init__(self, qtbot: QtBot, providers: tuple[Any, ...] = ()) -> None:
        self.qtbot = qtbot
        self.calls: list[str] = []
        self.window = QMainWindow()
        self.window.resize(900, 600)
        self.text = QPlainTextEdit("words", self.window)
        self.window.setCentralWidget(self.text)
        self.actions = recorded_actions(self.window, self.note)
        enable(self.actions, Context.DOCUMENT)
        self.palette = CommandPalette(self.window, self.actions, providers)
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.text.setFocus()
        field = self.palette.findChild(QLineEdit, "paletteField")
        assert field is not None
        self.field = field

    def note(self, id: str, *_state: bool) -> None:
        self.calls.append(f"{id} {'text' if self.text.hasFocus() else 'elsewhere'}")

    def titles(self) -> list[str]:
        return [entry.title for entry in self.palette.entries()]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("imp", "Import files", (0, 1, 2)),
        ("FILES", "Import files", (7, 8, 9, 10, 11)),
        ("files imp", "Import files", (0, 1, 2, 7, 8, 9, 10, 11)),
        ("iaf", "Import a folder", (0, 7, 9)),
        ("nxt", "Next document", (0, 2, 3)),
        ("", "Anything", ()),
        ("İ", "İstanbul", (0,)),
    ],
)
def test_letters_are_found(query: str, text: str, places: tuple[int, ...]) -> None:
    match = fuzzy_match(query, text)
    assert match is not None and match.places == places


@pytest.mark.parametrize(
    ("query", "text"), [("xyz", "Import"), ("tropmi", "Import"), ("rel", "Extend to the next word")]
)
def test_letters_are_not_found(query: str, text: str) -> None:
    assert fuzzy_match(query, text) is None


def test_a_word_weighs_more_than_strewn_letters() -> None:
    scores = [fuzzy_match("note", text) for text in ("Note", "A note", "Banknotes", "New open theme")]
    assert all(scores) and scores == sorted(scores, reverse=True, key=lambda match: match.score if match else 0)


def test_enter_runs_the_best_with_the_focus_where_it_was(desk: Desk) -> None:
    desk.palette.open()
    assert desk.palette.isVisible() and desk.field.hasFocus() and set(desk.titles()) == {s.title for s in ACTIONS}
    desk.qtbot.keyClicks(desk.field, "import fo")
    assert desk.titles()[0] == "Import a folder"
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Return)
    assert desk.calls == ["file.import_folder text"] and desk.palette.isHidden()
    desk.palette.open()
    assert desk.titles()[0] == "Import a folder" and desk.field.text() == ""


def test_arrows_choose_and_go_round(desk: Desk) -> None:
    desk.palette.open("document")
    shown = desk.palette.findChild(QListView, "paletteList")
    assert shown is not None
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Up)
    assert shown.currentIndex().row() == len(desk.titles()) - 1
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Down)
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_PageDown)
    assert 0 < shown.currentIndex().row() < len(desk.titles())


def test_what_is_disabled_says_why_and_does_not_run(desk: Desk) -> None:
    desk.palette.open("reliability b")
    entry = desk.palette.entries()[0]
    assert (entry.title, entry.reason, entry.keys) == (
        "Reliability B: usually reliable",
        "Choose an annotation first.",
        "G B",
    )
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Return)
    assert desk.calls == [] and desk.palette.isVisible()


def test_escape_and_leaving_close_it(desk: Desk) -> None:
    desk.palette.open()
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Escape)
    assert desk.palette.isHidden() and desk.text.hasFocus()
    desk.palette.open()
    desk.palette.open()
    assert desk.palette.isHidden()
    desk.palette.open()
    desk.text.setFocus()
    assert desk.palette.isHidden() and desk.text.hasFocus()


def test_nothing_found_is_said(desk: Desk) -> None:
    desk.palette.open("qqqq")
    assert desk.titles() == []
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Return)
    desk.qtbot.keyClick(desk.field, Qt.Key.Key_Down)
    assert desk.palette.isVisible() and desk.calls == []


def test_other_things_can_be_found(qtbot: QtBot) -> None:
    opened: list[str] = []
    asked: list[str] = []

    def documents(query: str) -> list[Entry]:
        asked.append(query)
        return [Entry("Gas talks stall", lambda: opened.append("gas"), "Document")]

    desk = Desk(qtbot, (documents,))
    desk.palette.open("gas ta")
    qtbot.keyClick(desk.field, Qt.Key.Key_Return)
    assert opened == ["gas"] and asked == ["gas ta"]


def test_a_key_answers_at_once_among_ten_thousand(qtbot: QtBot) -> None:
    entries = [
        Entry(f"Article {number} on gas, grain and the talks", lambda: None, "Document") for number in range(10_000)
    ]
    desk = Desk(qtbot, (lambda _query: entries,))
    desk.palette.open("gr")
    cpu = CpuTime()
    qtbot.keyClicks(desk.field, "ain")
    assert cpu.seconds() < 1.5 and len(desk.titles()) == 60


def test_it_is_painted(desk: Desk) -> None:
    desk.palette.open("rel")
    colors = set()
    image = desk.palette.grab().toImage()
    for x in range(0, image.width(), 2):
        for y in range(0, image.height(), 2):
            colors.add(image.pixelColor(x, y).name())
    assert {LIGHT.disabled, DARK.disabled} & colors and len(colors) > 8
