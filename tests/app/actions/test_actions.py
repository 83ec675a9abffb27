"""The table of actions and what is built of it, entered by real keys."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPlainTextEdit, QToolBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.app.actions.recorded_actions import ROWS, recorded_actions, rows_for

from annotator.app.actions.action_spec import ActionSpec, Context, Scope
from annotator.app.actions.chords import ChordHints
from annotator.app.actions.enabling import disable, enable, reason_of
from annotator.app.actions.key_texts import strokes
from annotator.app.actions.menus import MENUS, SECTIONS, build_menus, fill_tool_bar, in_order
from annotator.app.actions.registry import ActionRegistry, Switch, hear_keys
from annotator.app.annotations.field_commands import FieldCommands
from annotator.app.shell.features import ACTIONS

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SPECS = {spec.id: spec for spec in ACTIONS}
CONTRACT = """file.new file.open file.import file.export edit.undo edit.redo annotate.delete navigate.next_document
navigate.previous_document navigate.next_annotation navigate.previous_annotation view.theme help.palette""".split()


class Window(QMainWindow):
    """A text and a field, and a record of what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []
        self.text = QPlainTextEdit("One sentence. Another one.")
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.field = QLineEdit()
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.addWidget(self.text)
        layout.addWidget(self.field)
        self.setCentralWidget(middle)
        self.actions_by_id = recorded_actions(self, lambda *call: self.calls.append(call))
        hear_keys(self.actions_by_id, [self.text])
        self.menus = build_menus(self.menuBar(), self.actions_by_id)

    def press(self, keys: str) -> None:
        """Press keys as a person does, at the window, which gives them to what has the focus."""
        for stroke in strokes(keys):
            combination = QKeySequence(stroke)
            key, modifiers = self._parts(combination)
            handle = self.windowHandle()
            assert handle is not None
            QTest.keyClick(handle, key, modifiers)

    @staticmethod
    def _parts(sequence: QKeySequence) -> tuple[Qt.Key, Qt.KeyboardModifier]:
        combination = sequence[0]  # type: ignore[index]  # missing in the stubs
        return combination.key(), combination.keyboardModifiers()


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.text.setFocus()
    enable(made.actions_by_id, Context.ANNOTATION)
    return made


def test_the_contract_is_in_the_table() -> None:
    assert set(CONTRACT) <= SPECS.keys()
    assert [SPECS[f"annotate.label.{digit}"].keys for digit in range(1, 10)] == [
        (str(digit),) for digit in range(1, 10)
    ]
    assert "Ctrl+K" in SPECS["help.palette"].keys


def test_every_row_says_what_it_does() -> None:
    assert len(SPECS) == len(ACTIONS)
    menus = {name for name, _title in MENUS}
    for spec in ACTIONS:
        assert spec.help.rstrip(")").endswith("."), spec.id
        assert spec.menu.partition("/")[0] in menus, spec.id
        for key in spec.keys:
            assert QKeySequence(key).toString() == key, spec.id


def test_a_letter_alone_is_a_key_only_for_the_text() -> None:
    for spec in ACTIONS:
        for key in spec.keys:
            if len(strokes(key)[0].removeprefix("Shift+")) == 1:
                assert spec.scope is Scope.READING, spec.id


def test_mnemonics_of_menus_differ() -> None:
    letters = [title[title.index("&") + 1] for _name, title in MENUS]
    assert len(set(letters)) == len(letters)


def test_a_missing_handler_is_named(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    registry = ActionRegistry(parent, ACTIONS[:3])
    registry.add(rows_for(ACTIONS[1]), [])
    with pytest.raises(LookupError, match=r"no handler for file\.close, file\.new"):
        registry.check_complete()


def test_no_action_is_there_twice(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    with pytest.raises(ValueError, match=r"two actions with the id file\.new"):
        ActionRegistry(parent, [ACTIONS[0], ACTIONS[0]])
    registry = ActionRegistry(parent, ACTIONS[:1])
    registry.add(rows_for(ACTIONS[0]), [])
    with pytest.raises(ValueError, match="has a handler already"):
        registry.add(rows_for(ACTIONS[0]), [])
    with pytest.raises(LookupError, match=r"file\.open is not in the table"):
        registry.add(rows_for(ACTIONS[1]), [])


def test_commands_are_found_by_their_class(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    registry = ActionRegistry(parent, ACTIONS[:1])
    calls: list[str] = []
    registry.add(rows_for(ACTIONS[0]), calls)
    assert registry.commands(list) is calls
    registry.actions[ACTIONS[0].id].trigger()
    assert calls == [ACTIONS[0].id]
    with pytest.raises(LookupError, match="No FieldCommands"):
        registry.commands(FieldCommands)


def test_a_place_that_no_menu_has_is_refused() -> None:
    lost = ActionSpec("one.lost", "Lost", "File", "Is in no section.", section="nowhere")
    with pytest.raises(ValueError, match=r"one\.lost is in a section that no menu has"):
        in_order([lost])
    astray = ActionSpec("one.astray", "Astray", "File", "Follows nothing.", after="one.gone")
    with pytest.raises(ValueError, match=r"one\.astray is to follow one\.gone"):
        in_order([astray])


def ids_in_order(*rows: str) -> list[str]:
    """The ids of actions in the order of the menus; ``b>a`` is b, which follows a."""
    parts = [row.partition(">") for row in rows]
    return [spec.id for spec in in_order(ActionSpec(id, id, "File", "Does it.", after=after) for id, _, after in parts)]


def test_actions_that_follow_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^These actions follow one another in a circle: b, c\.$"):
        ids_in_order("a", "b>c", "c>b")


def test_an_action_follows_the_one_that_it_names() -> None:
    assert ids_in_order("c>a", "a", "b") == ["a", "c", "b"]
    assert ids_in_order("a", "b", "c>a", "d>a") == ["a", "c", "d", "b"], "two that follow the same one"
    assert ids_in_order("d>c", "c>a", "a", "b") == ["a", "c", "d", "b"], "one that follows a later row"
    assert ids_in_order("a", "c>a", "d>a", "e>c") == ["a", "c", "e", "d"]
    assert {(spec.menu.partition("/")[0], spec.section) for spec in ACTIONS} == set(SECTIONS)


def test_an_action_of_a_switch_is_checkable_and_takes_its_state(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    registry = ActionRegistry(parent, ACTIONS[:2])
    states: list[bool] = []
    registry.add((Switch(ACTIONS[0], lambda into, is_checked: into.append(is_checked)),), states)
    registry.add(rows_for(ACTIONS[1]), [])
    assert [action.isCheckable() for action in registry.actions.values()] == [True, False]
    for _ in range(2):
        registry.actions[ACTIONS[0].id].trigger()
    assert states == [True, False]


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_key_reaches_its_handler(window: Window, spec: Any) -> None:
    for place, key in enumerate(spec.keys):
        window.calls.clear()
        window.text.setFocus()
        window.press(key)
        assert window.calls == [(spec.id, place % 2 == 0) if isinstance(ROWS[spec.id], Switch) else (spec.id,)], key


def test_single_keys_are_typed_in_a_field(window: Window) -> None:
    window.field.setFocus()
    window.press("S")
    for keys in ("1", "G", "A", "Del", "Backspace"):
        window.press(keys)
    assert window.calls == [] and window.field.text() == "s1g"
    window.press("Ctrl+K")
    assert window.calls == [("help.palette",)]


def test_only_what_is_possible_is_enabled(window: Window) -> None:
    actions = window.actions_by_id
    enable(actions, Context.ALWAYS)
    assert actions["file.open"].isEnabled() and not actions["file.import"].isEnabled()
    assert reason_of(actions["file.import"]) == "Open a project first."
    assert reason_of(actions["annotate.label.1"]) == "Open a project first."
    enable(actions, Context.PROJECT)
    assert reason_of(actions["annotate.label.1"]) == "Open a document first."
    enable(actions, Context.DOCUMENT)
    assert actions["annotate.label.1"].isEnabled()
    assert reason_of(actions["annotate.delete"]) == "Choose an annotation first."
    window.press("Del")
    assert window.calls == []
    enable(actions, Context.ANNOTATION, read_only=True)
    assert "reading only" in reason_of(actions["annotate.delete"]) and actions["file.export"].isEnabled()
    assert actions["edit.copy"].isEnabled() and not actions["edit.undo"].isEnabled()
    disable(actions["file.export"], "There is nothing to export.")
    assert reason_of(actions["file.export"]) == "There is nothing to export."
    enable(actions, Context.ANNOTATION)
    assert all(action.isEnabled() and not reason_of(action) for action in actions.values())


def test_menus_and_bar_hold_the_table(window: Window) -> None:
    held = {action for menu in window.menus.values() for action in menu.actions()}
    assert set(window.actions_by_id.values()) <= held
    assert all(action.objectName() == name for name, action in window.actions_by_id.items())
    bar = QToolBar()
    window.addToolBar(bar)
    fill_tool_bar(bar, window.actions_by_id)
    shown = [action.objectName() for action in bar.actions() if not action.isSeparator()]
    assert shown == [spec.id for spec in ACTIONS if spec.on_bar] and "file.import" in shown
    for menu in window.menus.values():
        inner = menu.actions()
        assert not inner[0].isSeparator() and not inner[-1].isSeparator()


def test_a_chord_says_what_can_follow(window: Window) -> None:
    hints = ChordHints(window.actions_by_id, window)
    hints.listen(window.text)
    told: list[str] = []
    hints.hinted.connect(told.append)
    window.press("G")
    assert len(told) == 1 and "A completely reliable" in told[0] and "1 confirmed" in told[0]
    window.press("A")
    assert told[1:] == [""] and window.calls == [("grade.reliability.A",)]
    window.press("S")
    assert len(told) == 2
    window.actions_by_id["grade.reliability.A"].setShortcuts([QKeySequence("G, 7")])
    hints.read_keys()
    window.press("G")
    assert "7 completely reliable" in told[2]
    # Qt would wait for the second key of the chord, whichever window it is pressed in.
    window.press("7")
    assert told[3:] == [""]
