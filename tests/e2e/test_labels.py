"""The labels of a project by keys and mouse: the legend, the editor, and what is merged, split and hidden with them."""

import warnings
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, put_caret, said, type_text

import annotator
from annotator.app.annotations.docked_views import ANNOTATIONS
from annotator.app.background.jobs import Job
from annotator.app.labels import label_commands
from annotator.app.labels.docked_views import LABELS
from annotator.app.labels.label_editor import LabelEditor
from annotator.app.labels.label_tree_view import LabelTree
from annotator.app.labels.merge_dialog import MergeDialog
from annotator.app.labels.split_dialog import SplitDialog
from annotator.app.shell.main_window import MainWindow
from annotator.services.annotations import labels, relabelling
from annotator.services.projects import projects

Dialog = TypeVar("Dialog", bound=QWidget)

WORDS = ("The minister", "the talks", "a result", "Nobody else", "close", "Prices", "spring", "the company")


@pytest.fixture
def labelled(case: Path) -> Path:
    """The first article with eight annotations: claim, speculation and official statement in turn."""
    with annotator.open(case, annotator="ada") as project:
        names = [label.name for label in project.labels()]
        for number, words in enumerate(WORDS):
            start = ARTICLE.index(words)
            project.annotate(1, start, start + len(words), names[number % 3], credibility=number % 2 + 1)
    return case


@pytest.fixture
def window(launched: Launch, labelled: Path) -> MainWindow:
    return launched(labelled)


def dialog(qtbot: QtBot, kind: type[Dialog]) -> Dialog:
    """The one dialog of that kind, which is made the active window: a window without focus hears no keys."""
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
    assert len(found) == 1, found
    found[0].activateWindow()
    qtbot.waitUntil(found[0].isActiveWindow, timeout=60_000)
    return found[0]


@pytest.fixture
def editor(window: MainWindow, qtbot: QtBot) -> Iterator[LabelEditor]:
    press("Ctrl+L")
    found = dialog(qtbot, LabelEditor)
    yield found
    if window.workspace.project is not None:
        found.close()
        come_back(qtbot, window)


def labels_of(window: MainWindow) -> list[tuple[str, str]]:
    return [(label.name, label.parent) for label in window.workspace.labels]


def counts_of(window: MainWindow) -> list[int]:
    return [window.workspace.label_counts[label.id] for label in window.workspace.labels]


# The legend


def focus_legend(window: MainWindow, label_id: int) -> QTreeView:
    legend = window.view(LABELS)
    legend.list.setFocus()
    legend.set_current(label_id)
    tree: QTreeView = legend.list
    return tree


def test_hidden_labels_are_skipped_and_named(window: MainWindow, qtbot: QtBot) -> None:
    press("Esc", "J")
    assert active(window).label == "claim"
    tree = focus_legend(window, 2)
    press("Down", "Up", "H", on=tree)
    assert window.reading.hidden_line.isVisible() and window.reading.hidden_line.text() == "1 label hidden - show all"
    assert window.view(ANNOTATIONS).table.model().rowCount() == 5
    window.reading.view.setFocus()
    press("J")
    assert active(window).label == "official statement"
    assert window.reading.view.highlights_at(ARTICLE.index("the talks")) == []
    # What is labelled so now is seen: the label comes back.
    put_caret(window, "A last sentence")
    press("S", "2")
    assert active(window).label == "speculation" and not window.reading.hidden_line.isVisible()
    assert said(window)[-1] == "The label 'speculation' is shown again."
    focus_legend(window, 1)
    press("S", on=tree)
    assert window.reading.hidden_line.text() == "2 labels hidden - show all"
    press("Ctrl+Shift+L", on=window)
    assert not window.reading.hidden_line.isVisible()
    press("S", on=tree)
    QTest.mouseClick(window.reading.hidden_line, Qt.MouseButton.LeftButton)
    assert window.workspace.label_filter.hidden_ids == set()


def test_what_is_hidden_is_remembered_and_changes_nothing(launched: Launch, labelled: Path, qtbot: QtBot) -> None:
    window = launched(labelled)
    before = window.workspace.project.log_number if window.workspace.project else 0
    press("H", on=focus_legend(window, 3))
    window.close()
    window = launched(labelled)
    assert window.workspace.label_filter.hidden_ids == {3}
    assert window.reading.hidden_line.isVisible()
    assert window.workspace.project is not None and window.workspace.project.log_number == before


def test_enter_labels_and_f2_renames(window: MainWindow, qtbot: QtBot) -> None:
    put_caret(window, "A last sentence")
    window.reading.view.select_unit("sentence")
    tree = focus_legend(window, 1)
    press("Down", "Return", on=tree)
    assert active(window).quote == "A last sentence stands here." and active(window).label == "speculation"
    press("F2", on=tree)
    assert not window.docks["guideline"].isVisible()
    field = tree.findChild(QLineEdit, "labelNameField")
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "guess")
    press("Return", on=field)
    qtbot.waitUntil(lambda: labels_of(window)[1] == ("guess", ""), timeout=60_000)
    assert active(window).label == "guess"
    assert said(window)[-1] == "Rename speculation to guess."
    press("F2", on=tree)
    field = next(found for found in tree.findChildren(QLineEdit, "labelNameField") if found.isVisible())
    field.selectAll()
    QTest.keyClicks(field, "CLAIM")
    press("Return", on=field)
    qtbot.waitUntil(lambda: "called 'claim' already" in said(window)[-1], timeout=60_000)
    window.reading.view.setFocus()
    press("Ctrl+Z")
    assert labels_of(window)[1] == ("speculation", "")


def test_the_menu_of_a_label_has_all_of_it(window: MainWindow, qtbot: QtBot) -> None:
    tree = focus_legend(window, 1)
    point = tree.visualRect(window.view(LABELS).index_of(1)).center()
    window.view(LABELS).list.menu_requested.emit(1, tree.mapToGlobal(point))
    menu = next(found for found in window.findChildren(QMenu) if found.isVisible() and found.parent() is window)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts[0] == "Label as claim" and "Colour" in texts
    ids = {action.objectName() for action in menu.actions()}
    assert ids >= {f"labels.{name}" for name in "hide solo show_all rename merge split remove add edit".split()}
    colors = next(action.menu() for action in menu.actions() if action.text() == "Colour")
    assert isinstance(colors, QMenu)
    sky = next(action for action in colors.actions() if action.text() == "Sky blue")
    sky.trigger()
    menu.close()
    assert window.workspace.labels[0].color == "#56B4E9" and said(window)[-1] == "Recolour claim."


# The editor


def test_the_fields_write_when_they_are_left(window: MainWindow, editor: LabelEditor) -> None:
    assert editor.tree.hasFocus() and editor.fields.name.text() == "claim"
    assert editor.fields.uses.text() == "A change here shows on 3 annotations in 1 document."
    editor.fields.name.setFocus()
    editor.fields.name.selectAll()
    type_text("assertion")
    press("Tab")
    assert labels_of(window)[0] == ("assertion", "")
    editor.fields.initials.selectAll()
    type_text("As")
    press("Tab")
    assert window.workspace.labels[0].initials == "As"
    yellow = editor.findChild(QToolButton, "color.yellow")
    assert yellow is not None
    QTest.mouseClick(yellow, Qt.MouseButton.LeftButton)
    assert window.workspace.labels[0].color == "#F0E442" and editor.fields.hex.text() == "#F0E442"
    assert "assertion and speculation are faint on the light page" in editor.fields.check.sentences.text()
    editor.fields.hex.setFocus()
    editor.fields.hex.selectAll()
    type_text("blue")
    press("Tab")
    assert editor.message.text().startswith("'blue' is not a colour") and editor.message.isVisible()
    editor.fields.hex.setFocus()
    editor.fields.hex.selectAll()
    type_text("#12aa34")
    press("Tab")
    assert window.workspace.labels[0].color == "#12AA34" and not editor.message.isVisible()
    editor.fields.description.setFocus()
    editor.fields.description.selectAll()
    type_text("Says so.")
    press("Tab")
    assert window.workspace.labels[0].description == "Says so."
    assert editor.fields.key.itemText(2) == "2, now of speculation"
    editor.fields.key.setFocus()
    press("2")
    assert [label.key for label in window.workspace.labels] == [2, None, 3]
    for title in ("Give assertion the key 2", "Describe assertion", "Recolour assertion", "Recolour assertion"):
        assert window.workspace.project is not None and window.workspace.project.undo_title == title
        window.workspace.undo()
    assert editor.fields.hex.text() == "#0072B2" and editor.fields.description.toPlainText().startswith(
        "Presented as a fact"
    )


def test_what_was_typed_is_kept_when_the_editor_closes(window: MainWindow, editor: LabelEditor, qtbot: QtBot) -> None:
    editor.fields.name.setFocus()
    editor.fields.name.selectAll()
    type_text("assertion")
    editor.fields.description.setFocus()
    editor.fields.description.selectAll()
    type_text("Says so.")
    press("Esc")
    assert labels_of(window)[0] == ("assertion", "")
    assert window.workspace.labels[0].description == "Says so."


def test_labels_are_ordered_and_nested_by_keys(window: MainWindow, editor: LabelEditor) -> None:
    tree = editor.tree
    press("Alt+Down", on=tree)
    assert [name for name, _ in labels_of(window)] == ["speculation", "claim", "official statement"]
    press("Alt+Right", on=tree)
    assert labels_of(window) == [("speculation", ""), ("claim", "speculation"), ("official statement", "")]
    assert tree.chosen() == 1
    press("Alt+Right", on=tree)
    press("Down", "Alt+Right", on=tree)
    assert labels_of(window)[2] == ("official statement", "speculation")
    press("Alt+Up", on=tree)
    assert [name for name, _ in labels_of(window)] == ["speculation", "official statement", "claim"]
    press("Alt+Left", on=tree)
    assert labels_of(window) == [("speculation", ""), ("claim", "speculation"), ("official statement", "")]
    up = editor.moves[Qt.Key.Key_Up]
    assert up.isEnabled()
    QTest.mouseClick(up, Qt.MouseButton.LeftButton)
    assert labels_of(window) == [("official statement", ""), ("speculation", ""), ("claim", "speculation")]
    for _ in range(6):
        window.workspace.undo()
    assert labels_of(window) == [("claim", ""), ("speculation", ""), ("official statement", "")]


def test_a_label_is_dragged_under_another(window: MainWindow, editor: LabelEditor) -> None:
    tree = editor.tree
    first, last = tree.topLevelItem(0), tree.topLevelItem(2)
    assert first is not None and last is not None
    drop(tree, tree.visualItemRect(first).center(), tree.visualItemRect(last).center())
    assert labels_of(window) == [("speculation", ""), ("official statement", ""), ("claim", "official statement")]
    parent = tree.topLevelItem(1)
    assert parent is not None
    item = parent.child(0)
    target = tree.topLevelItem(0)
    assert item is not None and target is not None
    drop(tree, tree.visualItemRect(item).center(), tree.visualItemRect(target).topLeft() + QPoint(30, 1))
    assert labels_of(window) == [("claim", ""), ("speculation", ""), ("official statement", "")]


def drop(tree: LabelTree, start: QPoint, end: QPoint) -> None:
    """Drag a row to another place: what the platform sends of it."""
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    # Offscreen there is no drag that the events could name as theirs.
    tree.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
    data = tree.mimeData(tree.selectedItems())
    action, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        # PySide6 6.12 wants a QPointF in the first two, which 6.11 does not take.
        warnings.simplefilter("ignore", DeprecationWarning)
        events = (
            QDragEnterEvent(end, action, data, left, none),
            QDragMoveEvent(end, action, data, left, none),
            QDropEvent(QPointF(end), action, data, left, none),
        )
    for event in events:
        QApplication.sendEvent(tree.viewport(), event)


def test_in_a_small_editor_the_fields_scroll_and_none_is_covered(editor: LabelEditor, qtbot: QtBot) -> None:
    editor.resize(editor.minimumSizeHint())
    bar = editor._fields_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=60_000)
    fields = [
        editor.fields.name,
        editor.fields.initials,
        *editor.fields.swatches,
        editor.fields.hex,
        editor.fields.key,
        editor.fields.description,
        editor.fields.check,
    ]
    places = [QRect(field.mapTo(editor.fields, QPoint()), field.size()) for field in fields]
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert all(editor.fields.rect().contains(place) for place in places)
    assert editor.fields.width() <= editor._fields_area.viewport().width()


def test_a_label_is_added_named_and_removed(window: MainWindow, editor: LabelEditor) -> None:
    QTest.mouseClick(editor.add_button, Qt.MouseButton.LeftButton)
    assert editor.fields.name.hasFocus() and editor.fields.name.selectedText() == "new label"
    type_text("rumour")
    press("Tab")
    label = window.workspace.labels[-1]
    assert (label.name, label.key, label.color) == ("rumour", 4, "#CC79A7")
    assert window.actions_by_id["annotate.label.4"].text() == "Label as rumour"
    editor.tree.setFocus()
    press("Del")
    assert [name for name, _ in labels_of(window)] == ["claim", "speculation", "official statement"]
    window.workspace.undo()
    assert labels_of(window)[-1] == ("rumour", "")


def test_a_used_label_is_offered_to_be_merged(window: MainWindow, editor: LabelEditor, qtbot: QtBot) -> None:
    editor.tree.setFocus()
    press("Del")
    merge = dialog(qtbot, MergeDialog)
    assert merge.chosen() == [1] and merge.into.hasFocus()
    sentence = "Moves 3 annotations in 1 document from 'claim' to 'speculation'; then it goes."
    assert merge.question.text() == f"{sentence} It is one step; undo brings everything back."
    press("Down")
    assert "to 'official statement'" in merge.question.text()
    press("Up", "Up")
    assert "cannot be merged into itself" in merge.question.text() and not merge.merge_button.isEnabled()
    press("Down")
    before = counts_of(window)
    QTest.mouseClick(merge.merge_button, Qt.MouseButton.LeftButton)
    assert labels_of(window) == [("speculation", ""), ("official statement", "")]
    assert counts_of(window) == [before[0] + before[1], before[2]]
    assert said(window)[-1] == "Merge claim into speculation."
    window.workspace.undo()
    assert counts_of(window) == before and editor.tree.topLevelItemCount() == 3


def test_a_label_is_split_by_a_grade_and_by_hand(window: MainWindow, editor: LabelEditor, qtbot: QtBot) -> None:
    QTest.mouseClick(editor.split_button, Qt.MouseButton.LeftButton)
    split = dialog(qtbot, SplitDialog)
    assert split.name.hasFocus() and split.matches.text() == "3 annotations match."
    assert split.question.text() == "Give the new label a name." and not split.split_button.isEnabled()
    type_text("rumour")
    split.credibility.setCurrentIndex(split.credibility.findData(1))
    assert split.matches.text() == "2 annotations match." and split.list.topLevelItemCount() == 2
    assert "Moves 2 annotations in 1 document from 'claim' to the new label 'rumour'." in split.question.text()
    item = split.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert "Moves 1 annotation in 1 document" in split.question.text()
    none = next(button for button in split.findChildren(QPushButton) if button.text() == "Mark none")
    QTest.mouseClick(none, Qt.MouseButton.LeftButton)
    assert "nothing would move" in split.question.text() and not split.split_button.isEnabled()
    item.setCheckState(0, Qt.CheckState.Checked)
    quote = item.text(0)
    QTest.mouseClick(split.split_button, Qt.MouseButton.LeftButton)
    assert labels_of(window)[-1] == ("rumour", "")
    moved = [found.quote for found in window.workspace.annotations.values() if found.label == "rumour"]
    assert moved == [quote]
    window.workspace.undo()
    assert len(labels_of(window)) == 3 and counts_of(window) == [3, 3, 2]


def test_the_split_finds_words_and_says_what_is_no_date(window: MainWindow, editor: LabelEditor, qtbot: QtBot) -> None:
    QTest.mouseClick(editor.split_button, Qt.MouseButton.LeftButton)
    split = dialog(qtbot, SplitDialog)
    split.words.setFocus()
    type_text("nobody")
    qtbot.waitUntil(lambda: split.matches.text() == "1 annotation match.", timeout=60_000)
    split.since.setFocus()
    type_text("soon")
    qtbot.waitUntil(lambda: "'soon' is not a date" in split.question.text(), timeout=60_000)
    split.target.setCurrentIndex(1)
    assert not split.name.isVisible() and not split.split_button.isEnabled()
    split.close()


# Many annotations


MANY = 2 * relabelling.SMALL_CHUNK + 100


@pytest.fixture
def crowded(launched: Launch, case: Path) -> MainWindow:
    """The window on a project with more annotations of one label than are written while it waits."""
    with annotator.open(case, annotator="ada") as project:
        long = project.add_document("Gas", "gas " * MANY)
        project.annotate_all("gas", "claim", documents=[long])
    return launched(case)


def totals(window: MainWindow) -> list[int]:
    project = window.workspace.project
    assert project is not None
    counts = labels.counts(project)
    return [counts.get(label.id, 0) for label in window.workspace.labels]


def merge_by_keys(window: MainWindow, qtbot: QtBot) -> Job:
    """Merge the first label into the second; the job that does it."""
    press("Ctrl+L")
    dialog(qtbot, LabelEditor)
    press("Home", "Del")
    merge = dialog(qtbot, MergeDialog)
    assert f"Moves {MANY:,} annotations in 1 document from 'claim' to 'speculation'" in merge.question.text()
    press("Return")
    assert not merge.isVisible()
    (job,) = window.jobs.running
    assert job.title == "Merge claim into speculation"
    return job


def test_many_are_merged_in_a_job_while_the_window_answers(crowded: MainWindow, qtbot: QtBot) -> None:
    window, told, beats = crowded, list[tuple[int, int]](), list[bool]()
    job = merge_by_keys(window, qtbot)
    job.progressed.connect(lambda done, total, _: told.append((done, total)))
    heart = QTimer(window, interval=0)
    heart.timeout.connect(lambda: beats.append(bool(window.jobs.running)))
    heart.start()
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    heart.stop()
    assert (relabelling.SMALL_CHUNK, MANY) in told and beats.count(True) > 1
    assert [name for name, _ in labels_of(window)] == ["speculation", "official statement"]
    assert totals(window) == [MANY, 0] and said(window)[-1] == "Merge claim into speculation."
    dialog(qtbot, LabelEditor).close()
    come_back(qtbot, window)
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: not window.jobs.running and len(window.workspace.labels) == 3, timeout=60_000)
    assert totals(window) == [MANY, 0, 0]
    press("Ctrl+Shift+Z")
    qtbot.waitUntil(lambda: not window.jobs.running and len(window.workspace.labels) == 2, timeout=60_000)
    assert totals(window) == [MANY, 0]


def test_a_merge_that_is_cancelled_moves_nothing(crowded: MainWindow, qtbot: QtBot) -> None:
    window = crowded
    merge_by_keys(window, qtbot).cancel()
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    assert said(window)[-1] == "Merge claim into speculation: cancelled."
    assert totals(window) == [MANY, 0, 0]


def test_many_are_looked_at_in_a_job(crowded: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = crowded
    monkeypatch.setattr(label_commands, "_MAX_WITHOUT_JOB", MANY - 1)
    window.actions_by_id["labels.edit"].trigger()
    editor = dialog(qtbot, LabelEditor)
    started: list[str] = []
    window.jobs.started.connect(lambda job: started.append(job.title))
    QTest.mouseClick(editor.split_button, Qt.MouseButton.LeftButton)
    split = dialog(qtbot, SplitDialog)
    assert started and set(started) == {"Look at the annotations"}
    type_text("rumour")
    qtbot.waitUntil(split.split_button.isEnabled, timeout=60_000)
    assert f"Moves {MANY:,} annotations" in split.question.text()
    assert "the first 300 are listed" in split.matches.text()
    press("Return")
    qtbot.waitUntil(lambda: not window.jobs.running and len(window.workspace.labels) == 4, timeout=60_000)
    assert totals(window) == [0, 0, 0, MANY]


def test_a_project_open_for_reading_refuses(launched: Launch, labelled: Path, qtbot: QtBot) -> None:
    holder = projects.open_project(labelled)
    try:
        window = launched(labelled)
        assert window.workspace.read_only
        press("Ctrl+L")
        editor = dialog(qtbot, LabelEditor)
        assert "in use" in editor.message.text() or "reading only" in editor.message.text()
        for widget in (
            editor.fields.name,
            editor.add_button,
            editor.merge_button,
            editor.remove_button,
            *editor.fields.swatches,
        ):
            assert not widget.isEnabled()
        press("Alt+Down", on=editor.tree)
        press("Del", on=editor.tree)
        assert [name for name, _ in labels_of(window)] == ["claim", "speculation", "official statement"]
        editor.close()
        come_back(qtbot, window)
        press("Del", on=focus_legend(window, 1))
        assert said(window)[-1] == window.workspace.notice
        # Hiding changes nothing in the file.
        press("H", on=focus_legend(window, 1))
        assert window.reading.hidden_line.isVisible()
    finally:
        holder.close()


def test_every_control_has_a_name(window: MainWindow, editor: LabelEditor, qtbot: QtBot) -> None:
    for name in ("merge", "split"):
        QTest.mouseClick(getattr(editor, f"{name}_button"), Qt.MouseButton.LeftButton)
    merge, split = dialog(qtbot, MergeDialog), dialog(qtbot, SplitDialog)
    for shown in (editor, merge, split):
        controls = [
            found
            for kind in (QLineEdit, QComboBox, QPushButton, QToolButton)
            for found in shown.findChildren(kind)
            if found.isVisible()
        ]
        assert controls
        for control in controls:
            interface = QAccessible.queryAccessibleInterface(control)
            assert interface is not None and interface.text(QAccessible.Text.Name), control.objectName()
    for shown in (split, merge):
        shown.close()
    assert QAccessible.queryAccessibleInterface(editor.tree).text(QAccessible.Text.Name) == "Labels"
