"""The reading view, by its public face, by mouse and keys, and by the pixels it paints."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.reader.painting.highlight_painting import HighlightPainter, Stroke
from annotator.app.style.label_style import fill_color, line_color, text_color_on
from annotator.app.style.theme import DARK, THEMES, contrast
from annotator.domain.spans import Span
from annotator.nlp.boundaries import is_character_boundary

ARTICLE = (
    "Talks on pipeline resume\n\n- First lead point\n\n"
    "The minister said on Monday that the talks would resume. Nobody else agreed, according to two people.\n"
    "A second paragraph follows. It has two sentences.\n"
)
STYLES = {
    1: LabelStyle("#0072B2", "C", 0, "claim"),
    2: LabelStyle("#E69F00", "S", 1, "speculation"),
    3: LabelStyle("#009E73", "O", 2, "official statement"),
}


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def settle() -> None:
    """Lets the timers of zero length and the paint events run."""
    QTest.qWait(1)


@pytest.fixture
def view(qtbot: QtBot) -> DocumentView:
    view = DocumentView()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.set_label_styles(STYLES)
    view.show()
    return view


@pytest.fixture
def article(view: DocumentView) -> DocumentView:
    structure = [
        ("title", span_of(ARTICLE, "Talks on pipeline resume")),
        ("lead", span_of(ARTICLE, "First lead point")),
    ]
    view.set_document(ARTICLE, structure)
    settle()
    return view


def highlight(id_: int, words: str, label_id: int = 1) -> Highlight:
    return Highlight(id_, label_id, (span_of(ARTICLE, words),))


def point_on(view: DocumentView, position: int) -> QPoint:
    """A point on the left half of the character at ``position``, in a left-to-right line."""
    return view.rectangle(position).center() + QPoint(2, 0)


def drag(view: DocumentView, start: int, end: int, modifier: Qt.KeyboardModifier) -> None:
    first, last = view.rectangle(start).center(), view.rectangle(end).center()
    viewport = view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, modifier, first)
    QTest.mouseMove(viewport, (first + last) / 2)
    _move(view, last, modifier)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, modifier, last)


def _move(view: DocumentView, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
    place = QPointF(point)
    on_screen = QPointF(view.viewport().mapToGlobal(point))
    button = Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseMove, place, on_screen, Qt.MouseButton.NoButton, button, modifier)
    QApplication.sendEvent(view.viewport(), event)


# Offsets


ALPHABET = "ab.\t\n \u00a0\u2028\u0085é\u0301\u200d👨👩😀🏽🇩🇪שלעم漢字ｶﾞ\ufeff"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(st.sampled_from(ALPHABET), min_size=1, max_size=80), data=st.data())
def test_selections_are_exact_in_any_text(view: DocumentView, text: str, data: st.DataObject) -> None:
    view.set_document(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text)))
    view.select(start, end)
    low, high = min(start, end), max(start, end)
    assert view.selected_span() == (Span(low, high) if low < high else None)
    assert (view.anchor(), view.caret()) == (start, end)
    # Qt takes one mark away when it reads the bytes; they are there.
    data_copied = view.createMimeDataFromSelection()
    assert data_copied.text() == text[low:high].removeprefix("\ufeff")
    assert bytes(data_copied.data("text/plain").data()).decode() == text[low:high]
    assert view.text == text
    assert view.document().characterCount() - 1 == len(text.encode("utf-16-le")) // 2
    view.grab()
    assert view.selected_span() == (Span(low, high) if low < high else None)


def test_positions_outside_are_clamped(article: DocumentView) -> None:
    article.select(-5, 10_000)
    assert article.selected_span() == Span(0, len(ARTICLE))


def test_copying_takes_the_canonical_text(view: DocumentView) -> None:
    text = "a\u00a0b\u2028c\u2029d " * 3 + "x" * 9_000 + " 😀"
    view.set_document(text)
    view.select(0, len(text))
    view.copy()
    assert QApplication.clipboard().text() == text


def test_signals_tell_selection_and_caret(article: DocumentView, qtbot: QtBot) -> None:
    told: list[object] = []
    article.selection_changed.connect(told.append)
    article.caret_moved.connect(told.append)
    article.select(3, 8)
    assert sorted(told, key=str) == [8, Span(3, 8)]
    with qtbot.waitSignal(article.selection_changed) as changed:
        article.set_caret(4)
    assert changed.args == [None]


def test_another_document_starts_afresh(article: DocumentView) -> None:
    article.set_highlights([highlight(1, "Monday")])
    article.select(3, 8)
    article.set_document("Other text")
    assert article.selected_span() is None
    assert article.caret() == 0
    assert article.highlights_at(0) == []
    assert article.textCursor().charFormat().fontWeight() != QFont.Weight.Bold
    article.clear_document()
    assert article.text == "" and not article.is_open


# Highlights


def test_highlights_are_found_innermost_first(article: DocumentView) -> None:
    article.set_highlights(
        [highlight(1, "The minister said on Monday"), highlight(2, "said on"), highlight(3, "Nobody")]
    )
    assert article.highlights_at(span_of(ARTICLE, "said").start) == [2, 1]
    article.remove_highlights([2, 99])
    assert article.highlights_at(span_of(ARTICLE, "said").start) == [1]
    article.put_highlights([highlight(1, "Monday")])
    assert article.highlights_at(span_of(ARTICLE, "said").start) == []
    assert article.highlights_at(span_of(ARTICLE, "Monday").start) == [1]


def test_changes_paint_what_a_fresh_set_paints(article: DocumentView) -> None:
    one, two, three = (
        highlight(1, "minister said"),
        highlight(2, "Nobody else", 2),
        highlight(3, "A second paragraph", 3),
    )
    article.set_highlights([highlight(1, "resume."), one._replace(id=4), three])
    article.grab()
    article.put_highlights([two])
    article.remove_highlights([4])
    article.put_highlights([one])
    changed = article.grab().toImage()
    article.set_highlights([one, two, three])
    assert article.grab().toImage() == changed
    article.set_highlights([])
    assert article.grab().toImage() != changed


@pytest.mark.parametrize("change", ["put", "remove", "active"])
def test_only_the_touched_lines_are_painted_anew(
    article: DocumentView, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    painted: list[int] = []
    original = article.paintEvent

    def paint(event: QPaintEvent) -> None:
        painted.append(event.rect().height())
        original(event)

    monkeypatch.setattr(article, "paintEvent", paint)
    if change == "put":
        article.put_highlights([highlight(2, "said")])
    elif change == "remove":
        article.remove_highlights([1])
    else:
        article.set_active(1)
    settle()
    assert painted and max(painted) < 150 < article.viewport().height()


def test_changes_are_painted_at_once_where_that_is_asked_for(
    article: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    painted: list[int] = []
    original = article.paintEvent

    def paint(event: QPaintEvent) -> None:
        painted.append(event.rect().height())
        original(event)

    monkeypatch.setattr(article, "paintEvent", paint)
    article.put_highlights([highlight(2, "said")])
    assert painted == []
    article.paint_changes()
    assert len(painted) == 1 and painted[0] < 150 < article.viewport().height()
    article.paint_changes()
    assert len(painted) == 1, "nothing is left to paint"
    article.remove_highlights([1])
    article.paint_changes()
    assert len(painted) == 2 and painted[1] < 150


def painted_areas(view: DocumentView, monkeypatch: pytest.MonkeyPatch) -> list[QRect]:
    """A list to which the area of each paint of the view is added from now on."""
    areas: list[QRect] = []
    original = view.paintEvent

    def paint(event: QPaintEvent) -> None:
        areas.append(event.rect())
        original(event)

    monkeypatch.setattr(view, "paintEvent", paint)
    return areas


def test_the_first_overlap_that_widens_the_gutter_is_painted_whole_at_once(
    article: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.set_highlights([highlight(1, "Monday")])
    settle()
    lanes = article._gutter.lanes
    areas = painted_areas(article, monkeypatch)
    article.put_highlights([highlight(2, "on Monday")])
    assert article._gutter.lanes > lanes and areas == []
    article.paint_changes()
    assert areas == [article.viewport().rect()]
    settle()
    article.paint_changes()
    assert areas == [article.viewport().rect()], "nothing is left to paint"


def test_changes_before_a_scroll_are_painted_where_they_are_after_it(
    view: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.set_document("\n".join(f"Paragraph {number} tells of one more thing." for number in range(200)))
    view.set_highlights([])
    settle()
    areas = painted_areas(view, monkeypatch)
    view.put_highlights([Highlight(1, 1, (Span(0, 9),))])
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 3)
    view.paint_changes()
    assert areas == [view.viewport().rect()]
    settle()
    view.paint_changes()
    assert len(areas) == 1, "nothing is left to paint"


def test_the_picture_of_the_page_shows_what_is_painted_without_it(
    view: DocumentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    paint = HighlightPainter.paint_strokes

    def counted(look: HighlightPainter, painter: QPainter, strokes: list[Stroke]) -> None:
        painted.append(len(strokes))
        paint(look, painter, strokes)

    monkeypatch.setattr(HighlightPainter, "paint_strokes", counted)
    view.set_document("\n".join(f"Paragraph {number} tells of one more thing." for number in range(60)))
    view.set_highlights(Highlight(n, 1 + n % 3, (Span(n * 35, n * 35 + 30 + n % 40),)) for n in range(50))
    view.set_active(3)
    for line in (0, 7):
        view.verticalScrollBar().setValue(line)
        view.set_label_styles({number: LabelStyle("#0072B2", "AB", number) for number in (1, 2, 3)})
        direct = view.viewport().grab().toImage()
        from_picture = direct
        for _ in range(50):
            # It is made while nothing else is to be done, which takes its time on a busy machine.
            QTest.qWait(150)
            painted.clear()
            from_picture = view.viewport().grab().toImage()
            if not painted:
                break
        assert not painted
        assert direct.size() == from_picture.size()
        for x in range(0, direct.width(), 3):
            for y in range(0, direct.height(), 3):
                one, other = direct.pixelColor(x, y), from_picture.pixelColor(x, y)
                assert abs(one.red() - other.red()) <= 3, (x, y)
                assert abs(one.blue() - other.blue()) <= 3, (x, y)


def columns(image: QImage, bare: QImage, row: int) -> set[int]:
    return {x for x in range(image.width()) if image.pixel(x, row) != bare.pixel(x, row)}


LINES = {
    "latin": "Officials said the talks may resume",
    "arabic": "قال الوزير إن المفاوضات مع Gazprom ستستمر 2025 قريبا",
    "mixed": "The word שלום עולם stands in (12) العربية here",
    "chinese": "外交部发言人周一表示谈判可能继续",
    "emoji": "Posted 😀 👍🏽 👨‍👩‍👧 and 🇩🇪 flags 😀😀",
}


@pytest.mark.parametrize("name", LINES)
def test_a_highlight_lies_where_qt_would_select(view: DocumentView, name: str) -> None:
    text = LINES[name]
    view.setCursorWidth(0)
    clusters = [position for position in range(len(text) + 1) if is_character_boundary(text, position)]
    for start in clusters[::3]:
        for end in clusters[2::4]:
            if start >= end or not text[start:end].strip():
                continue
            view.set_document(text)
            bare = view.grab().toImage()
            row = round((view.rectangle(0).top() + 2) * bare.devicePixelRatio())
            left = int(view.gutter_edge() - 1)
            view.select(start, end)
            selected = {x for x in columns(view.grab().toImage(), bare, row) if x >= left}
            view.select(0, 0)
            view.set_highlights([Highlight(1, 1, (Span(start, end),))])
            shown = {x for x in columns(view.grab().toImage(), bare, row) if x >= left}
            assert shown
            # Edges are anti-aliased, and clusters at run borders may differ by a hair.
            wrong = shown ^ selected
            assert len(wrong) <= 8, (text[start:end], sorted(wrong))


def test_each_of_four_lanes_is_drawn_below_the_line(article: DocumentView) -> None:
    words = "The minister said on Monday"
    bare = article.grab().toImage()
    article.set_highlights([highlight(number, words, 1 + number % 3) for number in range(4)])
    image = article.grab().toImage()
    place = article.rectangle(span_of(ARTICLE, "said").start)
    below = range(place.bottom() + 1, place.bottom() + 12)
    # Along the width of some dashes: at a single place a lane may have its gap.
    across = range(place.x() + 2, place.x() + 22)
    changed = [y for y in below if any(image.pixel(x, y) != bare.pixel(x, y) for x in across)]
    assert len(changed) >= 7
    assert {article.index.lane(number) for number in range(4)} == {0, 1, 2, 3}


@pytest.mark.qt_log_ignore("does not support raise")
def test_the_gutter_counts_what_it_cannot_show_and_tells_what_is_clicked(article: DocumentView, qtbot: QtBot) -> None:
    words = "The minister said on Monday"
    article.set_highlights([highlight(number, words) for number in range(7)])
    article.grab()
    place = article.rectangle(span_of(ARTICLE, words).start)
    edge, middle = round(article.gutter_edge()), place.center().y()
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(edge - 20, middle), QPoint(0, 0))
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), event)
    assert hovered.args is not None and hovered.args[0] == list(range(7))
    # Initials at the left, the badge, and a bar in each of four lanes from the text outwards.
    found: list[object] = []
    article.highlight_clicked.connect(found.append)
    article.line_clicked.connect(lambda ids, _place: found.append(ids))
    for x in range(edge - 1, edge - 100, -1):
        QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, middle))
    distinct = [value for rank, value in enumerate(found) if rank == 0 or value != found[rank - 1]]
    assert distinct[:5] == [0, 1, 2, 3, list(range(7))]
    assert set(map(str, distinct[5:])) == {"0", "1", "2"}
    assert article.caret() == 0 or article.selected_span() is None


def test_resting_on_words_tells_of_all_highlights_and_their_place(article: DocumentView, qtbot: QtBot) -> None:
    article.set_highlights([highlight(1, "minister"), highlight(2, "The minister", 3)])
    point = point_on(article, span_of(ARTICLE, "minister").start + 2)
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, QPoint(0, 0)))
    assert hovered.args is not None
    ids, words = hovered.args
    assert ids == [1, 2] and words.contains(article.viewport().mapToGlobal(point))
    with qtbot.waitSignal(article.hovered) as hovered:
        QApplication.sendEvent(article.viewport(), QHelpEvent(QEvent.Type.ToolTip, QPoint(880, 20), QPoint(0, 0)))
    assert hovered.args is not None and hovered.args[0] == []


@pytest.mark.parametrize(
    "mark",
    [
        lambda view: view.set_active(1),
        lambda view: view.set_active(1, cue=[span_of(ARTICLE, "said")]),
        lambda view: view.set_active(1, mention=[span_of(ARTICLE, "minister")]),
        lambda view: view.set_search_hits([span_of(ARTICLE, "Nobody")]),
        lambda view: view.put_highlights([highlight(1, "talks would resume")._replace(suggestion=True)]),
        lambda view: view.set_label_styles({1: LabelStyle("#0072B2", "C", 2)}),
        lambda view: view.set_label_styles({}),
        lambda view: view.set_theme(DARK),
    ],
)
def test_every_mark_can_be_seen(article: DocumentView, mark: Callable[[DocumentView], None]) -> None:
    article.set_highlights([highlight(1, "talks would resume")])
    before = article.grab().toImage()
    mark(article)
    assert article.grab().toImage() != before


def test_a_discontinuous_highlight_is_joined_by_dots(article: DocumentView) -> None:
    gap = span_of(ARTICLE, "on Monday that")
    pieces = (span_of(ARTICLE, "said"), span_of(ARTICLE, "the talks"))
    bare = article.grab().toImage()
    article.set_highlights([Highlight(1, 1, pieces)])
    image = article.grab().toImage()
    place = article.rectangle(gap.start + 3)
    assert article.highlights_at(gap.start + 3) == []
    middle = [(place.x() + x, place.center().y()) for x in range(20)]
    below = [(place.x() + x, place.bottom() + 1 + y) for x in range(20) for y in range(3)]
    assert all(image.pixel(*point) == bare.pixel(*point) for point in middle)
    assert any(image.pixel(*point) != bare.pixel(*point) for point in below)


# Moving and selecting


def test_moving_by_units(article: DocumentView) -> None:
    start = span_of(ARTICLE, "The minister").start
    article.set_caret(start)
    article.move_by("character", forward=True)
    assert article.caret() == start + 1
    article.move_by("word", forward=True, extend=True)
    article.move_by("word", forward=True, extend=True)
    assert article.selected_span() == Span(start + 1, start + len("The minister"))
    article.move_by("character", forward=False)
    assert article.selected_span() is None and article.caret() == start + 1
    article.move_by("sentence", forward=True, extend=True)
    assert article.selected_span() == Span(start + 1, ARTICLE.index("resume.") + 7)
    article.set_caret(start)
    article.move_by("sentence", forward=True)
    assert article.caret() == ARTICLE.index("Nobody")
    article.move_by("paragraph", forward=True)
    assert article.caret() == ARTICLE.index("A second")
    article.move_by("paragraph", forward=False)
    assert article.caret() == start
    article.move_by("line", forward=True)
    assert start < article.caret() < ARTICLE.index("A second") + 5
    article.move_by("page", forward=True)
    assert article.caret() == len(ARTICLE)
    article.move_by("page", forward=False, extend=True)
    assert article.selected_span() == Span(0, len(ARTICLE))


def test_selecting_units_growing_and_shrinking(article: DocumentView) -> None:
    article.set_caret(ARTICLE.index("inister"))
    article.select_unit("sentence")
    sentence = span_of(ARTICLE, "The minister said on Monday that the talks would resume.")
    assert article.selected_span() == sentence
    article.set_caret(ARTICLE.index("inister"))
    article.grow_selection()
    seen = [span_of(ARTICLE, "minister")]
    assert article.selected_span() == seen[0]
    while seen[-1] != Span(0, len(ARTICLE)):
        article.grow_selection()
        larger = article.selected_span()
        assert larger is not None and larger.contains(seen[-1]) and larger != seen[-1]
        seen.append(larger)
    assert sentence in seen
    for expected in reversed(seen[:-1]):
        article.shrink_selection()
        assert article.selected_span() == expected
    article.select(*sentence)
    article.shrink_selection()
    smaller = article.selected_span()
    assert smaller is None or (sentence.contains(smaller) and smaller != sentence)


# The mouse


def test_a_dragged_selection_snaps_to_words(article: DocumentView) -> None:
    start = span_of(ARTICLE, "inister said on Mon")
    drag(article, start.start, start.end, Qt.KeyboardModifier.NoModifier)
    assert article.selected_span() == span_of(ARTICLE, "minister said on Monday")
    drag(article, ARTICLE.index("body else") + 6, ARTICLE.index("body else"), Qt.KeyboardModifier.NoModifier)
    assert article.selected_span() == span_of(ARTICLE, "Nobody else")
    assert article.caret() < article.anchor()


def test_alt_selects_exact_characters(article: DocumentView) -> None:
    exact = span_of(ARTICLE, "inister said on Mon")
    drag(article, exact.start, exact.end, Qt.KeyboardModifier.AltModifier)
    assert article.selected_span() == exact


def test_double_and_triple_clicks(article: DocumentView) -> None:
    point = point_on(article, ARTICLE.index("inister"))
    viewport, left = article.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    QTest.mouseDClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    assert article.selected_span() == span_of(ARTICLE, "minister")
    QTest.mouseClick(viewport, left, Qt.KeyboardModifier.NoModifier, point)
    assert article.selected_span() == span_of(ARTICLE, "The minister said on Monday that the talks would resume.")


def test_clicks_go_through_overlapping_highlights(article: DocumentView, qtbot: QtBot) -> None:
    article.set_highlights(
        [highlight(1, "The minister said on Monday"), highlight(2, "minister said"), highlight(3, "Nobody")]
    )
    clicked: list[int] = []
    article.highlight_clicked.connect(clicked.append)
    for words in ("inister", "inister", "inister", "obody", "according"):
        point = point_on(article, ARTICLE.index(words))
        QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        QTest.mouseMove(article.viewport(), QPoint(1, 1))
    assert clicked == [2, 1, 2, 3]


def test_a_click_between_lines_stays_in_its_column(article: DocumentView) -> None:
    position = span_of(ARTICLE, "said on").start
    place = article.rectangle(position)
    point = QPoint(place.center().x(), place.bottom() + 4)
    QTest.mouseClick(article.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert article.caret() == position


def test_the_context_menu_is_asked_for_and_the_selection_stays(article: DocumentView, qtbot: QtBot) -> None:
    span = span_of(ARTICLE, "minister said")
    article.select(*span)
    point = point_on(article, span.start + 3)
    QTest.mousePress(article.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, QPoint(7, 8))
    with qtbot.waitSignal(article.context_menu_requested) as asked:
        QApplication.sendEvent(article.viewport(), event)
    assert asked.args == [span.start + 3, QPoint(7, 8)]
    assert article.selected_span() == span
    away = point_on(article, ARTICLE.index("second"))
    QTest.mousePress(article.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, away)
    assert article.selected_span() is None


def test_no_key_is_kept_from_the_window(article: DocumentView) -> None:
    for key in (Qt.Key.Key_1, Qt.Key.Key_A, Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Space):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, "1")
        event.ignore()
        QApplication.sendEvent(article, event)
        assert not event.isAccepted()
    QTest.keyClick(article, Qt.Key.Key_1)
    assert article.text == ARTICLE


# Places and looks


LONG = "".join(f"Paragraph {number} tells of one more thing that was said by somebody else.\n" for number in range(900))


def test_the_scroll_bar_knows_the_length_before_it_is_laid_out(view: DocumentView) -> None:
    view.resize(420, 500)
    view.set_document(LONG)
    settle()
    estimated = view.document().lineCount()
    block = view.document().firstBlock()
    while block.isValid():
        view.document().documentLayout().blockBoundingRect(block)
        block = block.next()
    assert estimated == pytest.approx(view.document().lineCount(), rel=0.2)
    assert view.document().lineCount() > 1_500


def test_a_large_text_stays_where_it_was_scrolled_to(view: DocumentView, qtbot: QtBot) -> None:
    text = LONG * 8
    # A paragraph takes three lines at least, whatever the font.
    letters = QFontMetricsF(view.font()).horizontalAdvance("Paragraph tells of one")
    view.resize(int(letters) + 60, 500)
    view.set_document(text)
    before = view.document().lineCount()
    span = Span(len(text) // 2, len(text) // 2 + 5)
    view.scroll_to(span)
    # Estimated anew for the narrow window when it has been so for a while.
    qtbot.waitUntil(lambda: view.document().lineCount() > 2 * before, timeout=60_000)
    assert view.visible_span().contains(span)


def test_scrolling_to_a_span_moves_no_caret(view: DocumentView) -> None:
    view.set_document(LONG)
    span = span_of(LONG, "Paragraph 700")
    assert not view.visible_span().contains(span)
    view.scroll_to(span)
    settle()
    assert view.visible_span().contains(span)
    assert view.caret() == 0
    value = view.verticalScrollBar().value()
    view.scroll_to(span)
    assert view.verticalScrollBar().value() == value


def test_resizing_and_zooming_keep_the_character_at_the_top(view: DocumentView) -> None:
    view.set_document(LONG)
    view.verticalScrollBar().setValue(333)
    settle()
    top = view.visible_span().start
    for width in (500, 320, 800, 620, 900):
        view.resize(width, 600)
        settle()
        visible = view.visible_span()
        line = len("Paragraph 100 tells of one more thing that was said by somebody else.")
        assert visible.start <= top < visible.start + line
    assert view.visible_span().start == top
    with_size = view.text_size()
    for zoom in (view.zoom_in, view.zoom_in, view.zoom_out, view.reset_zoom):
        zoom()
        settle()
        assert view.visible_span().start <= top < view.visible_span().start + 80
    assert view.text_size() == pytest.approx(with_size)


def test_ctrl_and_the_wheel_size_the_text(article: DocumentView, qtbot: QtBot) -> None:
    before = article.text_size()
    place = QPointF(100, 100)
    event = QWheelEvent(
        place,
        QPointF(article.mapToGlobal(QPoint(100, 100))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(article.text_sized) as sized:
        QApplication.sendEvent(article.viewport(), event)
    assert article.text_size() > before
    assert sized.args == [article.text_size()]
    article.set_text_size(1_000)
    assert article.text_size() == 60


def test_lines_are_set_in_a_centred_column(article: DocumentView) -> None:
    article.resize(1_600, 600)
    settle()
    left = article.rectangle(span_of(ARTICLE, "The minister").start).left()
    line_end = article.viewport().width() - left
    assert left > 250
    line = article.document().findBlock(ARTICLE.index("The minister")).layout().lineAt(0)
    assert 60 <= line.textLength() <= 95
    assert line.x() + line.width() <= line_end + 3
    article.resize(300, 600)
    settle()
    assert article.rectangle(span_of(ARTICLE, "The minister").start).left() < 60
    assert article.horizontalScrollBar().maximum() == 0


def test_right_to_left_paragraphs_begin_at_the_right(view: DocumentView) -> None:
    view.set_document("שלום עולם\nHello world\n")
    assert view.rectangle(0).left() > view.rectangle(10).left() + 200


def test_title_and_lead_points_are_set_as_such(article: DocumentView) -> None:
    title = article.document().firstBlock().layout().lineAt(0)
    body = article.document().findBlock(ARTICLE.index("The minister")).layout().lineAt(0)
    lead = article.document().findBlock(ARTICLE.index("- First")).layout().lineAt(0)
    assert title.height() > 1.3 * body.height()
    assert lead.x() > body.x() + 5


def test_the_hint_is_shown_while_no_document_is_open(view: DocumentView) -> None:
    view.set_hint("Open or drop an article")
    shown = view.grab().toImage()
    view.set_document("")
    assert view.is_open and view.grab().toImage() != shown
    view.clear_document()
    assert view.grab().toImage() == shown
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))
    assert view.selected_span() is None


def over(fill: QColor, page: QColor) -> QColor:
    """A translucent colour as it looks on the page."""
    share = fill.alphaF()
    return QColor.fromRgbF(
        fill.redF() * share + page.redF() * (1 - share),
        fill.greenF() * share + page.greenF() * (1 - share),
        fill.blueF() * share + page.blueF() * (1 - share),
    )


def test_the_page_follows_the_palette_of_the_application(view: DocumentView, qapp: QApplication) -> None:
    before = QPalette(qapp.palette())
    view.set_theme(DARK)
    dark = QPalette(before)
    dark.setColor(QPalette.ColorRole.Base, QColor("#101214"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#e0e1e2"))
    try:
        qapp.setPalette(dark)
        settle()
        assert view.palette().color(QPalette.ColorRole.Base) == QColor("#101214")
        assert view.palette().color(QPalette.ColorRole.HighlightedText) == QColor("#e0e1e2")
        assert view.palette().color(QPalette.ColorRole.Highlight).alpha() < 255
    finally:
        qapp.setPalette(before)


def test_the_lines_follow_a_font_set_from_outside(article: DocumentView) -> None:
    position = span_of(ARTICLE, "The minister").start
    before = article.rectangle(position)
    font = QFont(article.font())
    font.setPointSizeF(font.pointSizeF() * 2)
    article.setFont(font)
    settle()
    assert article.rectangle(position).height() > 1.6 * before.height()
    assert article.rectangle(position).top() > before.top()


def test_a_bulk_of_changes_shows_too(article: DocumentView) -> None:
    bare = article.grab().toImage()
    article.put_highlights(highlight(number, "minister said") for number in range(500))
    shown = article.grab().toImage()
    assert shown != bare
    assert len(article.highlights_at(ARTICLE.index("minister"))) == 500
    article.remove_highlights(range(500))
    assert article.grab().toImage() == bare


def test_text_and_lines_are_readable_in_every_theme() -> None:
    for color in (*(style.color for style in STYLES.values()), "#F0E442", "#56B4E9", "#999999"):
        for theme in THEMES.values():
            page, ink = QColor(theme.base), QColor(theme.text)
            assert contrast(line_color(color, theme), page) >= theme.min_contrast
            assert contrast(over(fill_color(color, False, theme), page), ink) >= theme.min_text_contrast
        assert contrast(text_color_on(color), QColor(color)) >= 4.5


def test_a_long_paragraph_is_selected_and_highlighted_over_its_breaks(view: DocumentView) -> None:
    text = "漢" * 12_000
    view.set_document(text)
    view.set_highlights([Highlight(1, 1, (Span(3_990, 8_010),))])
    view.scroll_to(Span(3_990, 4_010))
    view.grab()
    view.select(3_995, 4_005)
    assert view.selected_span() == Span(3_995, 4_005)
    assert view.createMimeDataFromSelection().text() == text[3_995:4_005]
    cursor = view.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    assert view.selected_span() == Span(3_995, 4_006)
