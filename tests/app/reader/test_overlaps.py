"""Random spans over each other, checked by the pixels: each one's line lies under what Qt itself would select."""

import colorsys

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.style.label_style import LANES_SHOWN
from annotator.domain.spans import Span
from annotator.nlp.boundaries import is_character_boundary

HUES = (0, 40, 85, 130, 180, 220, 265, 310)
"""One for each span, in degrees and far apart, so that a pixel tells whose it is."""

LINES = {
    "latin": "Officials said the talks may resume in the spring",
    "arabic": "قال الوزير إن المفاوضات مع Gazprom ستستمر 2025 قريبا",
    "hebrew": "השר אמר ביום שני (12) כי השיחות יתחדשו בקרוב",
    "mixed": "The word שלום עולם stands in (12) العربية here",
    "chinese": "外交部发言人周一表示谈判可能继续,港口和银行将受到影响",
    "emoji": "Posted 😀 👍🏽 👨‍👩‍👧 and 🇩🇪 flags 😀😀 e\u0301tude",
}


_HAIR = 6
"""Columns in a row that may differ: ticks of other spans cross a line, and edges are anti-aliased."""


def _color(hue: int) -> str:
    return "#" + "".join(f"{int(255 * part):02x}" for part in colorsys.hsv_to_rgb(hue / 360, 1.0, 0.7))


@pytest.fixture
def view(qtbot: QtBot, box_family: str) -> DocumentView:
    view = DocumentView()
    qtbot.addWidget(view)
    view.set_text_font(QFont(box_family, 13))
    view.resize(900, 300)
    view.setCursorWidth(0)
    view.set_label_styles({number: LabelStyle(_color(hue), "", 0) for number, hue in enumerate(HUES)})
    view.show()
    return view


@st.composite
def overlapping(draw: st.DrawFn, text: str) -> list[Span]:
    """Spans of whole characters that begin and end in words, never more than there are lanes over one place.

    No two begin or end at the same place, where the tick of one would cover that of the other.
    """
    places = [place for place in range(len(text) + 1) if is_character_boundary(text, place)]
    edges = draw(st.permutations(places))
    spans: list[Span] = []
    for pair in zip(edges[0 : 2 * len(HUES) : 2], edges[1 : 2 * len(HUES) : 2], strict=True):
        start, end = sorted(pair)
        words = text[start:end]
        if words and words == words.strip() and _depth([*spans, Span(start, end)]) <= LANES_SHOWN:
            spans.append(Span(start, end))
    return spans


def _depth(spans: list[Span]) -> int:
    """How many spans lie over one place at most."""
    return max(sum(span.start <= place < span.end for span in spans) for place, _ in spans)


def _selected(view: DocumentView, bare: QImage, span: Span, rows: range, left: int) -> set[int]:
    """The columns that Qt paints for a selection; in one row alone the letters may have its colour already."""
    view.select(*span)
    image = view.grab().toImage()
    view.select(0, 0)
    across = range(left, image.width())
    return {x for x in across if any(image.pixel(x, y) != bare.pixel(x, y) for y in rows)}


def _of_hue(image: QImage, hue: int, rows: range, left: int) -> set[int]:
    """The columns that have a pixel of a hue."""
    found = set()
    for y in rows:
        for x in range(left, image.width()):
            color = image.pixelColor(x, y)
            if color.hsvSaturation() > 150 and abs((color.hsvHue() - hue + 180) % 360 - 180) <= 12:
                found.add(x)
    return found


def _longest_run(columns: set[int]) -> int:
    """How many columns follow one another at most."""
    longest = run = 0
    for x in sorted(columns):
        run = run + 1 if x - 1 in columns else 1
        longest = max(longest, run)
    return longest


EXAMPLES = {
    "hebrew": [
        [Span(17, 30), Span(4, 19), Span(18, 40), Span(13, 26), Span(2, 6), Span(27, 38)],
        [Span(20, 35), Span(18, 21), Span(2, 30), Span(17, 40)],
    ],
}
"""Spans that once failed: with marks at each piece of a line, and with marks of others over an underline."""


@pytest.mark.parametrize("name", LINES)
def test_each_of_many_overlapping_spans_is_seen_where_qt_would_select(view: DocumentView, name: str) -> None:
    text = LINES[name]
    view.set_document(text)
    QTest.qWait(1)
    bare = view.grab().toImage()
    line = view.rectangle(0)
    left = int(view.gutter_edge()) - 1
    below = range(line.bottom() + 1, line.bottom() + 14)

    @settings(
        max_examples=12,
        deadline=None,
        # Shrinking would take a minute, and any example tells enough.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(spans=overlapping(text))
    def check(spans: list[Span]) -> None:
        compare(spans)

    def compare(spans: list[Span]) -> None:
        view.set_highlights(Highlight(number, number, (span,)) for number, span in enumerate(spans))
        image = view.grab().toImage()
        view.set_highlights([])
        for number, span in enumerate(spans):
            selected = _selected(view, bare, span, range(line.top() + 2, line.top() + 5), left)
            shown = _of_hue(image, HUES[number], below, left)
            assert shown, (span, span.of(text))
            assert _longest_run(shown ^ selected) <= _HAIR, (span, span.of(text), sorted(shown ^ selected))

    for spans in EXAMPLES.get(name, []):
        compare(spans)
    check()
