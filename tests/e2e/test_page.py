"""What stands around the text: hover card, the list behind +n, the map, spacing, focus mode, direction."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDockWidget, QLineEdit, QMenu, QToolBar, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete
from tests.e2e.conftest import ARTICLE, Launch, active, leave, press, put_caret, said

import annotator
from annotator import settings
from annotator.app.documents.properties_dialog import DocumentPropertiesDialog
from annotator.app.reader.page.document_layout import ReadingLayout
from annotator.app.shell.main_window import MainWindow
from annotator.app.shell.preferences_dialog import PreferencesDialog
from annotator.app.shell.text_preview import TextPreview

WORDS = "the talks would resume"


@pytest.fixture
def crowded(launched: Launch, tmp_path: Path) -> MainWindow:
    """The window on a document with seven annotations over the same words, graded and noted."""
    path = tmp_path / "crowded.anno"
    with annotator.create(path, annotator="ada") as project:
        document = project.add_document("Talks on the pipeline resume", ARTICLE)
        start = ARTICLE.index(WORDS)
        for number in range(7):
            label = ("claim", "speculation", "official statement")[number % 3]
            made = project.annotate(document, start, start + len(WORDS) - number, label)
            if not number:
                note = "Checked <b>twice</b> & found."
                project.update(made, credibility=2, reliability="B", probability=70, confidence="high", note=note)
    window = launched(path)
    window.reading.view.grab()
    return window


def hover(window: MainWindow, words: str) -> QPoint:
    view = window.reading.view
    point = view.rectangle(ARTICLE.index(words) + 1).center() + QPoint(2, 0)
    place = view.viewport().mapToGlobal(point)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, place))
    return place


def menu_on_screen() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_hover_card_tells_what_is_known_beside_the_words(crowded: MainWindow) -> None:
    place = hover(crowded, WORDS)
    card = crowded.reading.cards.card
    assert card is not None and not card.geometry().contains(place)
    # The innermost first; what is more is counted.
    assert len(card.entries) == 7 and card.spoken.endswith("4 more")
    assert "claim" in card.accessibleDescription() and "<b>" not in card.accessibleDescription()
    QTest.mouseMove(crowded.reading.view.viewport(), QPoint(5, 5))
    assert crowded.reading.cards.card is None


def test_the_card_goes_though_what_had_the_focus_is_gone(crowded: MainWindow) -> None:
    crowded.workspace.set_active(crowded.workspace.ordered_annotations()[0].id)
    field = QLineEdit(crowded)
    field.show()
    field.setFocus()
    crowded.actions_by_id["view.card"].trigger()
    assert crowded.reading.cards.card is not None and QApplication.focusWidget() is field
    delete(field)
    crowded.reading.cards.leave()
    assert crowded.reading.cards.card is None


def test_a_key_shows_the_card_of_the_active_annotation(crowded: MainWindow) -> None:
    crowded.workspace.set_active(crowded.workspace.ordered_annotations()[0].id)
    press("Shift+C")
    card = crowded.reading.cards.card
    assert card is not None
    for part in (
        "claim, B2",
        "B usually reliable · 2 probably true",
        "70%, likely · high confidence",
        "Checked <b>twice</b> & found.",
        f"“{WORDS}”",
        "ada, ",
    ):
        assert part in card.spoken
    press("Shift+C")
    assert crowded.reading.cards.card is None
    press("Shift+C")
    assert crowded.reading.cards.card is not None
    # Esc takes the card away and nothing else; the second one drops the annotation.
    press("Esc")
    assert crowded.reading.cards.card is None and crowded.workspace.active is not None
    press("Esc")
    assert crowded.workspace.active is None


def test_all_annotations_of_a_line_are_listed_by_keys(crowded: MainWindow, qtbot: QtBot) -> None:
    crowded.resize(1900, 900)
    QApplication.processEvents()
    put_caret(crowded, "said on Monday")
    press("Shift+A")
    menu = menu_on_screen()
    texts = [action.text() for action in menu.actions()]
    assert len(texts) == 7 and f"claim: {WORDS}\tB2" in texts
    wanted = menu.actions()[2].data()
    press("Down", "Down", "Return", on=menu)
    assert crowded.workspace.active_id == wanted
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    put_caret(crowded, "A last sentence")
    press("Shift+A")
    assert said(crowded)[-1] == "There is no annotation on this line."


def test_a_click_beside_the_text_chooses(crowded: MainWindow) -> None:
    view = crowded.reading.view
    middle = view.rectangle(ARTICLE.index(WORDS)).center().y()
    edge = round(view.gutter_edge())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(edge - 11, middle))
    first = active(crowded)
    assert view.index.lane(first.id) == 0
    x = next(x for x in range(edge - 30, 0, -1) if _opens_a_menu(crowded, QPoint(x, middle)))
    assert x < edge - 30
    before, menu = active(crowded), menu_on_screen()
    assert len(menu.actions()) == 7
    press("Esc", on=menu)
    assert active(crowded) == before


def _opens_a_menu(window: MainWindow, point: QPoint) -> bool:
    QTest.mouseClick(window.reading.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    return QApplication.activePopupWidget() is not None


def test_the_map_is_shown_and_hidden_and_gives_way(window: MainWindow, qtbot: QtBot) -> None:
    strip = window.reading.map
    assert strip.isVisible() and window.actions_by_id["view.minimap"].isChecked()
    press("Ctrl+M")
    assert not strip.isVisible() and not window.settings.get(settings.MINIMAP)
    press("Ctrl+M")
    assert strip.isVisible() and window.reading.view.hasFocus()
    window.resize(700, 600)
    qtbot.waitUntil(lambda: not strip.isVisible())
    assert window.actions_by_id["view.minimap"].isChecked()


def test_the_lines_are_set_apart_step_by_step_and_lanes_always_fit(crowded: MainWindow) -> None:
    view = crowded.reading.view
    line = ARTICLE.index("Nobody")
    heights = {}
    for _ in settings.LINE_SPACING.choices:
        press("Ctrl+Shift+H")
        spacing = crowded.settings.get(settings.LINE_SPACING)
        below = view.rectangle(ARTICLE.index("“We are close,”")).top()
        heights[spacing] = below - view.rectangle(line).top()
        layout = view.document().documentLayout()
        assert isinstance(layout, ReadingLayout) and 3 * layout.lane_pitch + 1.8 <= layout.line_gap
    assert [heights[name] for name in settings.LINE_SPACING.choices] == sorted(set(heights.values()))
    assert said(crowded)[-1] == "Line spacing: normal."


def test_the_font_is_chosen_and_seen_at_once(window: MainWindow) -> None:
    window.actions_by_id["view.font"].trigger()
    (dialog,) = window.findChildren(PreferencesDialog)
    box = dialog.field(settings.FONT_FAMILY)
    assert isinstance(box, QComboBox)
    preview = dialog.findChild(TextPreview)
    assert preview is not None
    before = preview.grab().toImage()
    press("Down", on=box)
    family = window.settings.get(settings.FONT_FAMILY)
    assert family and window.reading.view.font().family() == family == preview.font().family()
    window.settings.set(settings.LINE_SPACING, "wide")
    assert preview.grab().toImage() != before
    dialog.close()


def around(window: MainWindow) -> dict[str, tuple[int, int] | None]:
    """What stands around the text, with its size where it is on the screen."""
    parts: list[QWidget] = [*window.findChildren(QDockWidget), *window.findChildren(QToolBar), window.reading.map]
    parts += [window.menuBar(), window.statusBar()]
    return {
        part.objectName() or type(part).__name__: (part.width(), part.height()) if part.isVisible() else None
        for part in parts
    }


@pytest.mark.parametrize("way_out", ["F11", "Esc"])
def test_focus_mode_shows_the_text_alone_and_brings_everything_back(window: MainWindow, way_out: str) -> None:
    window.resize(1900, 900)
    window.docks["annotations"].hide()
    QApplication.processEvents()
    before, size = around(window), window.size()
    press("F11")
    QApplication.processEvents()
    assert not any(around(window).values())
    assert window.isFullScreen() and window.actions_by_id["view.focus"].isChecked()
    # Keys go on working with all menus away.
    put_caret(window, "said on Monday")
    press("1")
    assert active(window).label == "claim"
    press("Esc", way_out)
    QApplication.processEvents()
    assert around(window) == before and window.size() == size
    assert not window.isFullScreen() and not window.actions_by_id["view.focus"].isChecked()


def test_esc_leaves_the_find_bar_before_focus_mode(window: MainWindow) -> None:
    press("F11", "Ctrl+F")
    bar = window.reading.find_bar
    assert bar.isVisible()
    window.reading.view.setFocus()
    press("Esc")
    assert not bar.isVisible() and not window.statusBar().isVisible()
    press("Esc")
    assert window.statusBar().isVisible()


def test_focus_mode_is_never_kept_as_the_layout(launched: Launch, case: Path, qtbot: QtBot) -> None:
    window = launched(case)
    window.resize(1880, 890)
    QApplication.processEvents()
    before, size = around(window), window.size()
    press("F11")
    QApplication.processEvents()
    leave(qtbot, window)
    again = launched(case)
    assert around(again) == before and again.size() == size and not again.isFullScreen()


def test_focus_mode_ends_with_the_last_document(window: MainWindow) -> None:
    press("F11")
    for _ in range(2):
        window.actions_by_id["document.trash"].trigger()
    if window.workspace.document is not None:
        window.workspace.open_document(None)
    assert window.menuBar().isVisible() and not window.actions_by_id["view.focus"].isChecked()


@pytest.mark.parametrize(("unit", "end"), [("sentence", "expected a result."), ("paragraph", "Nobody else agreed.")])
def test_focus_mode_dims_all_but_what_the_caret_is_in(window: MainWindow, unit: str, end: str) -> None:
    view = window.reading.view
    window.settings.set(settings.FOCUS_FULL_SCREEN, False)
    window.settings.set(settings.FOCUS_SPOTLIGHT, unit)
    put_caret(window, "said on Monday")
    bright = shade_by_word(window)
    press("F11")
    dimmed = shade_by_word(window)
    lit = {word for word in bright if dimmed[word] < 128}
    first = ARTICLE.index("The minister")
    last = ARTICLE.index(end) + len(end)
    assert lit == {start for start in bright if first <= start < last}
    press("Esc")
    assert max(shade_by_word(window).values()) < 128 <= min(dimmed[word] for word in bright if word not in lit)
    assert view.hasFocus()


def shade_by_word(window: MainWindow) -> dict[int, int]:
    """The darkest pixel of each Latin word of the article, by where it starts."""
    view = window.reading.view
    image = view.viewport().grab().toImage()
    shades = {}
    for match in re.finditer(r"[A-Za-z]{3,}", ARTICLE[: ARTICLE.index("according")]):
        first, last = view.rectangle(match.start()), view.rectangle(match.end())
        assert image.rect().contains(last)
        points = [(x, y) for x in range(first.left() + 2, last.left() - 2) for y in range(first.top(), first.bottom())]
        shades[match.start()] = min(image.pixelColor(x, y).lightness() for x, y in points)
    return shades


def direction(window: MainWindow) -> str:
    assert window.workspace.document is not None
    return window.workspace.document.direction


def test_the_direction_is_one_change_that_the_view_follows(window: MainWindow) -> None:
    view = window.reading.view
    start = ARTICLE.index("Nobody")
    put_caret(window, "said on Monday")
    press("1")
    at_left = view.rectangle(0).left()
    seen = []
    for _ in range(3):
        press("Ctrl+Shift+X")
        seen.append((direction(window), view.rectangle(0).left() > at_left + 20))
    assert seen == [("ltr", False), ("rtl", True), ("", False)]
    press("Ctrl+Z")
    assert direction(window) == "rtl" and view.rectangle(0).left() > at_left + 20
    press("Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert direction(window) == "rtl" and view.rectangle(0).left() > at_left + 20
    # Offsets and highlights are untouched, and another document runs as it did.
    (only,) = window.workspace.annotations.values()
    assert only.quote == ARTICLE[only.start : only.end] and only.start < start
    window.actions_by_id["navigate.next_document"].trigger()
    assert view.rectangle(0).left() == at_left
    window.actions_by_id["navigate.previous_document"].trigger()
    assert view.rectangle(0).left() > at_left + 20


def test_the_direction_is_a_property_of_the_document(window: MainWindow) -> None:
    window.actions_by_id["document.properties"].trigger()
    (dialog,) = window.findChildren(DocumentPropertiesDialog)
    assert dialog.direction.currentText() == "Automatic"
    press("R", on=dialog.direction)
    dialog.ok.click()
    assert direction(window) == "rtl"
    press("Ctrl+Z")
    assert direction(window) == ""
