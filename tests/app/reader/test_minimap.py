"""The map of the document: what it counts, that counting never holds the window, and where it leads."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.reader.minimap import Minimap, RowCounts
from annotator.domain.spans import Span

LENGTH = 1000
STYLES = {number: LabelStyle("#0072B2", "C", 0, f"label {number}") for number in range(1, 4)}


@st.composite
def highlights(draw: st.DrawFn) -> list[Highlight]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        edges = draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=6, unique=True))
        edges = sorted(edges)[: len(edges) // 2 * 2]
        fragments = tuple(Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True))
        made.append(Highlight(number, draw(st.integers(1, 3)), fragments))
    return made


@given(found=highlights(), rows=st.integers(1, 300))
def test_each_row_counts_the_spans_that_touch_it(found: list[Highlight], rows: int) -> None:
    row_counts = RowCounts(LENGTH, rows)
    row_counts.add(found)
    counts = row_counts.counts()
    for label_id in counts:
        spans = [span for highlight in found if highlight.label_id == label_id for span in highlight.fragments]
        touched = [[position * rows // LENGTH for position in range(*span)] for span in spans]
        assert counts[label_id] == [
            sum(bisect_left(each, row) < len(each) and row in each for each in touched) for row in range(rows)
        ]
    assert set(counts) == {highlight.label_id for highlight in found}


def shown(qtbot: QtBot, text: str, found: list[Highlight]) -> tuple[DocumentView, Minimap]:
    view = DocumentView()
    strip = Minimap(view)
    for widget in (view, strip):
        qtbot.addWidget(widget)
        widget.resize(700, 400)
        widget.show()
    view.set_label_styles(STYLES)
    view.set_document(text)
    view.set_highlights(found)
    qtbot.waitUntil(lambda: strip.is_current, timeout=60_000)
    return view, strip


def test_clicks_drags_and_the_wheel_scroll_the_text(qtbot: QtBot) -> None:
    text = "Some words stand on each line of this text. " * 20
    view, strip = shown(qtbot, "\n".join([text] * 60), [])
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(strip, button, pos=QPoint(20, 300))
    wanted = strip.position_at(300)
    assert view.visible_span().start < wanted < view.visible_span().end and view.caret() == 0
    qtbot.waitUntil(lambda: strip.grab().toImage().pixel(20, 300) != strip.grab().toImage().pixel(20, 100))
    QTest.mousePress(strip, button, pos=QPoint(20, 300))
    QTest.mouseMove(strip, QPoint(20, 100))
    assert view.visible_span().start < strip.position_at(100) + 400
    QTest.mouseRelease(strip, button, pos=QPoint(20, 100))
    before = view.verticalScrollBar().value()
    place = QPointF(20, 100)
    event = QWheelEvent(
        place,
        QPointF(strip.mapToGlobal(place)),
        QPoint(0, 0),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(strip, event)
    assert view.verticalScrollBar().value() > before


def test_changes_are_counted_and_described(qtbot: QtBot) -> None:
    view, strip = shown(qtbot, "one two three four five " * 100, [Highlight(1, 1, (Span(0, 12),))])
    assert max(strip.counts()[1]) == 1 and set(strip.counts()) == {1}
    view.put_highlights([Highlight(2, 2, (Span(0, 12),)), Highlight(3, 1, (Span(2, 9),))])
    view.set_search_hits([Span(0, 3)])
    qtbot.waitUntil(lambda: strip.is_current)
    told = strip.description_at(0)
    assert told.startswith("0%: one two three") and "label 1: 2" in told and "label 2: 1" in told
    assert told.endswith("search hits")
    view.set_hidden_labels({2})
    qtbot.waitUntil(lambda: strip.is_current)
    assert set(strip.counts()) == {1}
    view.set_document("Another text")
    assert strip.counts() == {} and strip.description_at(0).startswith("0%: Another text")


def test_each_label_has_a_separate_column(qtbot: QtBot) -> None:
    view, strip = shown(qtbot, "word " * 800, [])
    bare = strip.grab().toImage()
    places = []
    for label_id in STYLES:
        view.set_highlights([Highlight(1, label_id, (Span(2000, 4000),))])
        qtbot.waitUntil(lambda: strip.is_current)
        image = strip.grab().toImage()
        places.append({x for x in range(strip.width()) if image.pixel(x, 350) != bare.pixel(x, 350)})
    # All labels here have one colour: only where it stands tells them apart.
    assert all(places) and not places[0] & places[1] and not places[1] & places[2]


def test_counting_a_hundred_thousand_spans_keeps_the_window_responsive(qtbot: QtBot) -> None:
    text = "word " * 200_000
    found = [Highlight(number, 1 + number % 3, (Span(number * 9, number * 9 + 8),)) for number in range(100_000)]
    view, strip = shown(qtbot, text, [])
    view.set_highlights(found)
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += not strip.is_current

    turning = QTimer(interval=0)
    turning.timeout.connect(turn)
    turning.start()
    qtbot.waitUntil(lambda: strip.is_current, timeout=60_000)
    turning.stop()
    assert sum(map(sum, strip.counts().values())) >= 100_000
    # The loop came round while it counted, however fast this machine is.
    assert turns > 5
