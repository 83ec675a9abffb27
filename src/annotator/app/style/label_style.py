"""Highlights, and the look of labels: colours, line patterns, initials."""

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from annotator.app.style.theme import Theme, contrast
from annotator.domain.spans import Span

LANES_SHOWN = 4
LAYERS = 4
"""The maximum number of overlapping fills; the badge shows how many more highlights overlap."""

UNDERLINE_WIDTH = 1.6
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.5), (1.2, 1.8), (6.0, 2.0, 1.2, 2.0))
_SUGGESTION_DASHES = (3.0, 3.0)
_HIGH_CONTRAST_WIDTH = 2.4
_FILL = 0.22
_FILL_ON_DARK = 0.35


class LabelStyle(NamedTuple):
    """The look of a label. ``pattern`` is 0 for a solid line, 1 dashes, 2 dots, 3 dashes and dots."""

    color: str
    initials: str
    pattern: int = 0
    name: str = ""


class Highlight(NamedTuple):
    """An annotation, or a suggestion, as the reading view shows it."""

    id: int
    label_id: int
    fragments: tuple[Span, ...]
    suggestion: bool = False


UNKNOWN_LABEL = LabelStyle("#888888", "?")


@lru_cache(maxsize=256)
def fill_color(color: str, suggestion: bool, theme: Theme, is_upper: bool = False) -> QColor:
    """Return the translucent colour behind the text; the text stays readable over LAYERS fills of one hue.

    ``is_upper``: for a fill over other fills.
    """
    limit = _max_opacity(color, theme)
    lowest = min(_FILL_ON_DARK if theme.is_dark else _FILL, limit * 0.6)
    upper = min(lowest, 1 - ((1 - limit) / (1 - lowest)) ** (1 / (LAYERS - 1)))
    fill = QColor(color)
    fill.setAlphaF((upper if is_upper else lowest) / (3 if suggestion else 1))
    return fill


@lru_cache(maxsize=256)
def _max_opacity(color: str, theme: Theme) -> float:
    """Return the maximum opacity of a colour, from 0 to 1, at which the text stays readable."""
    page, text, over = QColor(theme.base), QColor(theme.text), QColor(color)
    for percent in range(95, 5, -1):
        share = percent / 100
        mixed = QColor.fromRgbF(
            page.redF() + (over.redF() - page.redF()) * share,
            page.greenF() + (over.greenF() - page.greenF()) * share,
            page.blueF() + (over.blueF() - page.blueF()) * share,
        )
        if contrast(text, mixed) >= theme.min_text_contrast + 0.1:
            return share
    return 0.05


@lru_cache(maxsize=256)
def fill_edge(color: str, suggestion: bool, theme: Theme) -> QPen:
    """Return the pen around a fill: none except in high contrast, where the fill alone would be hardly visible."""
    if not theme.is_high_contrast:
        return QPen(Qt.PenStyle.NoPen)
    return QPen(line_color(color, theme), 1.0, Qt.PenStyle.DashLine if suggestion else Qt.PenStyle.SolidLine)


@lru_cache(maxsize=256)
def line_color(color: str, theme: Theme) -> QColor:
    """Return the label's colour for lines, made darker or lighter until its contrast to the page is sufficient."""
    line, page = QColor(color), QColor(theme.base)
    while contrast(line, page) < theme.min_contrast:
        line = line.lighter(112) if theme.is_dark else line.darker(108)
    return line


@lru_cache(maxsize=256)
def text_color_on(color: str) -> QColor:
    """Return black or white, whichever has more contrast on ``color``."""
    background = QColor(color)
    black, white = QColor("#101010"), QColor("#ffffff")
    return white if contrast(white, background) >= contrast(black, background) else black


@lru_cache(maxsize=256)
def underline_pen(color: str, pattern: int, suggestion: bool, theme: Theme) -> QPen:
    """Return the pen of the lane underline."""
    pen = QPen(line_color(color, theme), _HIGH_CONTRAST_WIDTH if theme.is_high_contrast else UNDERLINE_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    dashes = _SUGGESTION_DASHES if suggestion else _DASHES[pattern % len(_DASHES)]
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen
