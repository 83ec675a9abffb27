"""The gutter beside the text: a bar for each highlight in its lane, initials where it begins, ``+n`` beyond."""

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPixmap

from annotator.app.reader.page.text_page import RIGHT_MARGIN
from annotator.app.reader.painting.highlight_painting import HighlightPainter
from annotator.app.reader.painting.highlight_shapes import Key, Mark, Row
from annotator.app.style.label_style import LANES_SHOWN, fill_color, line_color, text_color_on
from annotator.app.style.theme import Theme

_BAR_WIDTH = 3.0
_BAR_PITCH = 6.0
"""Pixels from one bar to the next."""

_GAP = 10.0
"""Pixels between the text and the first bar."""

_RIBBON_WIDTH = 8.0
_CHIP_GAP = 3.0
_MAX_CHIPS_PER_LINE = 3
_MAX_PICTURES = 500
"""The maximum number of cached pictures of chips."""

BARS_WIDTH = _GAP + LANES_SHOWN * _BAR_PITCH + 2.0
"""Pixels that the bars need; a narrow window shows only the bars."""

FULL_WIDTH = BARS_WIDTH + 78.0
"""Pixels that bars, initials and the badge need."""


class Chip(NamedTuple):
    """Initials beside the line where a highlight begins.

    Without a key and an id it is the badge: the number of highlights beyond the lanes.
    """

    rect: QRectF
    text: str
    key: Key | None
    id: int | None


class Hit(NamedTuple):
    """The target at a point of the gutter: a highlight, or the badge if the id is missing."""

    id: int | None


class GutterShapes(NamedTuple):
    """What the gutter shows beside a block, in the block's pixels."""

    bars: dict[Key, list[QLineF]]
    chips: list[Chip]


class _ChipColors(NamedTuple):
    """The fill, border and text colours of a chip, each as ARGB."""

    background: int
    border: int | None
    is_dashed: bool
    text: int


class Gutter:
    """Paints to the left of ``right``, the pixel where the text begins."""

    def __init__(self, look: HighlightPainter) -> None:
        self._look = look
        self._font = QFont()
        self._metrics = QFontMetricsF(self._font)
        self._pictures: dict[tuple[str, _ChipColors, float, float, float], QPixmap] = {}
        self.right = 0.0
        self.width = FULL_WIDTH
        self.lanes = 1
        """The number of lanes that the document needs; initials are placed directly beside the bars."""

    @property
    def has_badge(self) -> bool:
        """Whether a badge shows the number of highlights beyond the lanes."""
        return self.lanes > LANES_SHOWN

    @property
    def min_width(self) -> float:
        """Pixels for the bars alone, and the badge where there is one."""
        return BARS_WIDTH + (self._metrics.horizontalAdvance("+99") + 8.0 if self.has_badge else 2.0)

    def fit(self, available: float, reading: float) -> float:
        """Choose and return the width beside lines of ``reading`` pixels, 0 for no limit; a narrow window shows less.

        ``available``: the width of the viewport in pixels.
        """
        is_wide = available >= FULL_WIDTH + RIGHT_MARGIN + (reading or available) * 0.5
        self.width = FULL_WIDTH if is_wide else self.min_width
        return self.width

    def set_font(self, font: QFont) -> None:
        """Set the font of the text; initials are smaller."""
        self._font = QFont(font)
        self._font.setPointSizeF(max(6.5, font.pointSizeF() * 0.66))
        self._font.setBold(True)
        self._metrics = QFontMetricsF(self._font)
        self._pictures.clear()

    def shapes_of(self, rows: list[Row], line_gap: float) -> GutterShapes:
        """Return the shapes beside the lines of a block. Bars continue over the gaps between lines."""
        shapes = GutterShapes({}, [])
        for number, row in enumerate(rows):
            if row.marks:
                following = rows[number + 1].marks if number + 1 < len(rows) else {}
                self._add_bars(shapes.bars, row, following, line_gap)
                self._add_chips(shapes.chips, row)
        return shapes

    def paint(self, painter: QPainter, shapes: GutterShapes, palette: QPalette) -> None:
        """Paint in the pixels of the block."""
        for (label_id, suggestion), lines in shapes.bars.items():
            painter.setPen(_bar_pen(self._look.style(label_id).color, suggestion, self._look.theme))
            painter.drawLines(lines)
        if not shapes.chips:
            return
        scale, badge = painter.device().devicePixelRatioF(), _badge_colors(palette)
        for rect, text, key, _ in shapes.chips:
            colors = badge if key is None else self._chip_colors(key)
            painter.drawPixmap(rect.topLeft(), self._chip_picture(text, colors, rect.width(), rect.height(), scale))

    def paint_ribbons(self, painter: QPainter, lines: list[QRectF], palette: QPalette) -> None:
        """Paint a bookmark beside each of ``lines``, at the outer edge, in the pixels of the block."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Accent))
        x = max(1.0, self.right - self.width - _RIBBON_WIDTH - 4.0)
        for line in lines:
            top, bottom = line.top() + 2.0, min(line.bottom(), line.top() + 2.0 + 1.7 * _RIBBON_WIDTH)
            right, middle = x + _RIBBON_WIDTH, x + _RIBBON_WIDTH / 2
            corners = ((x, top), (right, top), (right, bottom), (middle, bottom - _RIBBON_WIDTH / 2), (x, bottom))
            painter.drawPolygon([QPointF(*corner) for corner in corners])

    def hit(self, shapes: GutterShapes, row: Row, point: QPointF) -> Hit | None:
        """Return what is at ``point`` beside a line of the block, in the block's pixels; None if there is nothing."""
        for chip in shapes.chips:
            if chip.rect.adjusted(-1.0, -1.0, 1.0, 1.0).contains(point):
                return Hit(chip.id)
        lane = round((self.right - _GAP - _BAR_WIDTH / 2 - point.x()) / _BAR_PITCH)
        marks = [mark for mark in row.marks.values() if mark.lane == lane < LANES_SHOWN]
        if not marks or not row.top <= point.y():
            return None
        rank = int((point.y() - row.top) / (row.bottom - row.top) * len(marks))
        return Hit(marks[min(rank, len(marks) - 1)].id)

    def _add_bars(self, bars: dict[Key, list[QLineF]], row: Row, following: dict[int, Mark], line_gap: float) -> None:
        lanes: dict[int, list[Mark]] = {}
        for mark in row.marks.values():
            if mark.lane < LANES_SHOWN:
                lanes.setdefault(mark.lane, []).append(mark)
        for lane, marks in lanes.items():
            x = self.right - _GAP - lane * _BAR_PITCH - _BAR_WIDTH / 2
            share = (row.bottom - row.top) / len(marks)
            for rank, mark in enumerate(marks):
                # Highlights in the same lane on one line share the height of the line.
                top = row.top + rank * share + (1.0 if mark.begins else 0.0)
                bottom = row.top + (rank + 1) * share
                bottom += line_gap + 1.0 if mark.id in following else -1.0
                bars.setdefault(mark.key, []).append(QLineF(x, top, x, bottom))

    def _add_chips(self, chips: list[Chip], row: Row) -> None:
        hidden = sum(mark.lane >= LANES_SHOWN for mark in row.marks.values())
        height = min(self._metrics.height(), row.bottom - row.top)
        top = (row.top + row.bottom - height) / 2
        narrow = self.width < FULL_WIDTH
        left = self.right - self.width
        right = self.right - _GAP - min(self.lanes, LANES_SHOWN) * _BAR_PITCH - _CHIP_GAP
        if hidden:
            text = f"+{hidden}"
            width = self._metrics.horizontalAdvance(text) + 6.0
            chips.append(Chip(QRectF(right - width, top, width, height), text, None, None))
            right -= width + _CHIP_GAP
        if narrow:
            return
        fitting: list[tuple[str, float, Mark]] = []
        for mark in [mark for mark in row.marks.values() if mark.begins][:_MAX_CHIPS_PER_LINE]:
            initials = self._look.style(mark.key[0]).initials
            width = max(self._metrics.horizontalAdvance(initials) + 7.0, height)
            if right - sum(each + _CHIP_GAP for _, each, _ in fitting) - width < left:
                break
            fitting.append((initials, width, mark))
        # Highlights are ordered from left to right by their start, as in the text.
        for initials, width, mark in reversed(fitting):
            chips.append(Chip(QRectF(right - width, top, width, height), initials, mark.key, mark.id))
            right -= width + _CHIP_GAP

    def _chip_colors(self, key: Key) -> _ChipColors:
        label_id, suggestion = key
        return _colors_of(self._look.style(label_id).color, suggestion, self._look.theme)

    def _chip_picture(self, text: str, colors: _ChipColors, width: float, height: float, scale: float) -> QPixmap:
        """Return a chip as a cached picture: a page has many chips, but few different ones."""
        wanted = (text, colors, width, height, scale)
        picture = self._pictures.get(wanted)
        if picture is None:
            if len(self._pictures) >= _MAX_PICTURES:
                self._pictures.clear()
            picture = self._pictures[wanted] = self._paint_chip(*wanted)
        return picture

    def _paint_chip(self, text: str, colors: _ChipColors, width: float, height: float, scale: float) -> QPixmap:
        picture = QPixmap(ceil(width * scale) + 1, ceil(height * scale) + 1)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        painter.setPen(Qt.PenStyle.NoPen)
        edge = 0.0
        if colors.border is not None:
            style = Qt.PenStyle.DashLine if colors.is_dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor.fromRgba(colors.border), 1.0, style))
            # Half of the pen width is outside the rectangle.
            edge = 0.5
        painter.setBrush(QColor.fromRgba(colors.background))
        rect = QRectF(0.0, 0.0, width, height)
        painter.drawRoundedRect(rect.adjusted(edge, edge, -edge, -edge), 3.0, 3.0)
        painter.setPen(QColor.fromRgba(colors.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return picture


def ids_on(row: Row) -> list[int]:
    """Return the ids of the highlights on a line by lane; those beyond the lanes shown come last."""
    return sorted(row.marks, key=lambda id_: row.marks[id_].lane)


def _badge_colors(palette: QPalette) -> _ChipColors:
    border, background, text = QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Base, QPalette.ColorRole.Text
    return _ChipColors(
        palette.color(background).rgba(), palette.color(border).rgba(), False, palette.color(text).rgba()
    )


@lru_cache(maxsize=256)
def _colors_of(color: str, suggestion: bool, theme: Theme) -> _ChipColors:
    if suggestion:
        line = line_color(color, theme).rgba()
        return _ChipColors(fill_color(color, True, theme).rgba(), line, True, line)
    return _ChipColors(QColor(color).rgba(), None, False, text_color_on(color).rgba())


@lru_cache(maxsize=256)
def _bar_pen(color: str, suggestion: bool, theme: Theme) -> QPen:
    pen = QPen(line_color(color, theme), _BAR_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if suggestion:
        pen.setDashPattern([1.0, 1.0])
    return pen
