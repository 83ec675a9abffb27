"""The key map, its editor and the sheet of all keys."""

from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from annotator.app.actions import keymap
from annotator.app.actions.key_texts import FIXED_KEYS
from annotator.app.actions.keymap import Keymap, parsed
from annotator.app.actions.keymap_editor import KeymapEditor
from annotator.app.actions.registry import ActionRegistry
from annotator.app.actions.shortcut_sheet import KeysSheet, print_document, sheet_rows
from annotator.app.shell.features import ACTIONS
from annotator.app.state.action_keys import ActionKeys, KeyTip
from annotator.domain.errors import InvalidValue
from annotator.settings import Settings

# The platform without a screen cannot place windows or take the keyboard, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

T = TypeVar("T", bound=QWidget)


def test_the_built_in_map_has_no_conflict() -> None:
    assert Keymap(ACTIONS).conflicts() == []


@pytest.mark.parametrize("text", ["", "foo", "Ctrl+", "G, foo", "Ctrl+Foo"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="names no key"):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "usual"), [("ctrl+shift+z", "Ctrl+Shift+Z"), ("g,a", "G, A"), (",", ","), ("f6", "F6")]
)
def test_keys_have_one_form(text: str, usual: str) -> None:
    assert parsed(text) == usual


@pytest.mark.parametrize(
    ("name", "key", "word"),
    [
        ("select.word", "S", "already belongs to “Sentence”"),
        ("select.word", "G", "begins like"),
        ("select.word", "S, A", "begins like"),
        ("select.word", "Ctrl+Right", "taken by the text"),
        ("file.new", "V", "typed into fields"),
        ("file.new", "Z, Z", "typed into fields"),
        ("file.new", "Alt+F", "opens the menu File"),
        ("file.new", "Ctrl+V", "pastes"),
        ("select.word", "Tab", "next field"),
    ],
)
def test_conflicts_are_told_in_words(name: str, key: str, word: str) -> None:
    assert word in Keymap(ACTIONS).conflicts_of(name, key)[0].sentence


@pytest.mark.parametrize(("name", "key"), [("select.word", "0"), ("file.new", "Ctrl+Alt+N"), ("edit.copy", "Ctrl+C")])
def test_a_free_key_has_no_conflict(name: str, key: str) -> None:
    assert Keymap(ACTIONS).conflicts_of(name, key) == []


def test_changes_are_kept_in_the_settings(tmp_path: Path) -> None:
    kept = Settings(tmp_path / "settings.toml")
    keys = keymap.load(ACTIONS, kept)
    keys.rebind("select.word", ["ctrl+alt+w", "Ctrl+Alt+W"])
    keys.rebind("annotate.delete", [])
    keymap.save(keys, kept)
    again = keymap.load(ACTIONS, Settings(tmp_path / "settings.toml"))
    assert again.keys("select.word") == ("Ctrl+Alt+W",) and again.keys("annotate.delete") == ()
    again.reset("annotate.delete")
    assert again.keys("annotate.delete") == ("Del", "Backspace")
    again.reset_all()
    assert again.overrides() == {} and not again.is_changed("select.word")


def test_a_map_made_by_hand_does_no_harm() -> None:
    keys = Keymap(ACTIONS, {"select.word": ["nonsense", "Shift+Z"], "of.tomorrow": ["X"], "select.clause": ["S"]})
    assert keys.keys("select.word") == ("Shift+Z",) and len(keys.messages) == 2
    assert [conflict.other for conflict in keys.conflicts()] == ["select.clause"]
    assert keys.overrides()["of.tomorrow"] == ["X"]


def test_taking_a_key_leaves_no_conflict() -> None:
    keys = Keymap(ACTIONS)
    keys.take("select.word", "G")
    assert keys.conflicts() == [] and "G" in keys.keys("select.word") and keys.keys("grade.clear") == ()


@settings(max_examples=25)
@given(
    st.sampled_from([spec.id for spec in ACTIONS]),
    st.sampled_from(["Ctrl+Alt+P", "G", "S", "1", "G, A", "Ctrl+K", "F6", "Shift+E", "Del"]),
)
def test_taking_any_key_leaves_it_to_one_action(name: str, key: str) -> None:
    keys = Keymap(ACTIONS)
    keys.take(name, key)
    assert [spec.id for spec in ACTIONS if key in keys.keys(spec.id)] == [name]
    assert [conflict for conflict in keys.conflicts() if conflict.other] == []


def test_the_map_reaches_the_actions(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = ActionRegistry(parent, ACTIONS).actions
    texts = ActionKeys()
    keys = Keymap(ACTIONS, {"help.palette": ["Ctrl+P"], "navigate.next_pane": ["F13"], "suggest.accept": []})
    keys.apply(actions, texts)
    assert actions["help.palette"].shortcut() == QKeySequence("Ctrl+P")
    assert "Ctrl+P" in actions["help.palette"].toolTip() and "few letters" in actions["help.palette"].toolTip()
    assert "F13 goes from one to the other" in actions["view.split"].toolTip()
    assert "F13 goes from one to the other" in keys.help("view.split") == actions["view.split"].statusTip()
    assert texts.fill("{help.palette} finds it") == "Ctrl+P finds it"
    assert texts.fill("{suggest.accept} accepts it") == "“Suggest › Accept the suggestion” accepts it"
    assert texts.after("Find it", "help.palette") == "Find it (Ctrl+P)"
    assert texts.after("Accept it", "suggest.accept") == "Accept it"


def test_a_change_of_the_map_shows_a_text_again(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    actions = ActionRegistry(button, ACTIONS).actions
    texts, keys = ActionKeys(), Keymap(ACTIONS)
    KeyTip(button, texts, "Accept it", "suggest.accept")
    keys.apply(actions, texts)
    assert "Accept it (Y)" in button.toolTip()
    keys.rebind("suggest.accept", ["Ctrl+P"])
    with qtbot.waitSignal(texts.changed):
        keys.apply(actions, texts)
    assert "Accept it (Ctrl+P)" in button.toolTip()
    with qtbot.assertNotEmitted(texts.changed):
        keys.apply(actions, texts)


def child(parent: QWidget, kind: type[T], name: str) -> T:
    found = parent.findChild(kind, name)
    assert found is not None
    return found


def test_the_editor_records_a_key_and_takes_it_from_another(qtbot: QtBot) -> None:
    keys = Keymap(ACTIONS)
    editor = KeymapEditor(keys)
    qtbot.addWidget(editor)
    with qtbot.waitExposed(editor):
        editor.show()
    editor.choose("select.clause")
    recorder = child(editor, QKeySequenceEdit, "keyRecorder")
    recorder.setFocus()
    qtbot.keyClick(recorder, Qt.Key.Key_S)
    # The field waits a second for the second stroke of a chord.
    qtbot.waitUntil(lambda: "already belongs to “Sentence”" in editor.message(), timeout=60_000)
    qtbot.mouseClick(child(editor, QPushButton, "replaceKeys"), Qt.MouseButton.LeftButton)
    assert editor.overrides == {"select.clause": ["S"], "select.sentence": []}
    assert keys.overrides() == {}
    qtbot.mouseClick(child(editor, QPushButton, "resetKeys"), Qt.MouseButton.LeftButton)
    assert editor.overrides == {"select.sentence": []}
    qtbot.mouseClick(child(editor, QPushButton, "resetAllKeys"), Qt.MouseButton.LeftButton)
    assert editor.overrides == {} and "Nothing clashes" in editor.message()


def test_the_editor_refuses_a_key_that_never_arrives(qtbot: QtBot) -> None:
    editor = KeymapEditor(Keymap(ACTIONS))
    qtbot.addWidget(editor)
    editor.choose("file.new")
    child(editor, QKeySequenceEdit, "keyRecorder").setKeySequence(QKeySequence("V"))
    assert "typed into fields" in editor.message()
    assert not child(editor, QPushButton, "addKey").isEnabled()
    assert child(editor, QLabel, "keymapSaid").property("role") == "bad"


def test_the_editor_finds_actions(qtbot: QtBot) -> None:
    editor = KeymapEditor(Keymap(ACTIONS))
    qtbot.addWidget(editor)
    rows = child(editor, QTableView, "keymapTable").model()
    assert rows.rowCount() == len(ACTIONS)
    search = child(editor, QLineEdit, "keymapSearch")
    qtbot.keyClicks(search, "reliability c")
    assert 1 <= rows.rowCount() <= 6
    search.setText("ctrl+k")
    assert rows.rowCount() == 1
    search.setText("no such thing")
    assert rows.rowCount() == 0 and "Choose an action" in " ".join(
        label.text() for label in editor.findChildren(QLabel)
    )


def test_the_sheet_has_every_key(qtbot: QtBot) -> None:
    keys = Keymap(ACTIONS, {"select.word": ["Ctrl+Alt+W"]})
    sheet = KeysSheet(keys)
    qtbot.addWidget(sheet)
    text = sheet.text()
    for spec in ACTIONS:
        if keys.keys(spec.id):
            assert spec.title in text
    assert "Ctrl+Alt+W" in text and all(does in text for _key, does in FIXED_KEYS)
    assert "Sentence" in print_document(keys).toPlainText()


def test_the_sheet_is_searched(qtbot: QtBot) -> None:
    assert [row[1] for rows in sheet_rows(Keymap(ACTIONS), "find action").values() for row in rows] == [
        "Find an action"
    ]
    sheet = KeysSheet(Keymap(ACTIONS))
    qtbot.addWidget(sheet)
    qtbot.keyClicks(child(sheet, QLineEdit, "keysSearch"), "<b>")
    qtbot.waitUntil(lambda: "No key and no action" in sheet.text())
