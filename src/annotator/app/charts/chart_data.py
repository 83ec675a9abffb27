"""Figures: the drawing of a chart, and its numbers. pyqtgraph draws them when they are shown."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from annotator.app.style.theme import theme_in_use

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""The colours of series, distinguishable with any colour vision (Okabe and Ito); the table has the same data."""

_SHARES = [(share / 4, f"{share * 25} %") for share in range(5)]
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = tuple[str, Sequence[int]]
"""A group with one count for each kind."""


class Numbers(NamedTuple):
    """The numbers of a figure as a table: headings, and rows of a name and its numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_csv(self) -> bytes:
        """Return the table as CSV; a name that begins like a formula is escaped."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.headings)
        writer.writerows([_escaped_formula(value) for value in row] for row in self.rows)
        return text.getvalue().encode("utf-8")

    def words(self) -> str:
        """Return the table as sentences, for screen readers."""
        lines = []
        for name, *values in self.rows:
            counts = (f"{heading} {shown(value)}" for heading, value in zip(self.headings[1:], values, strict=True))
            lines.append(f"{name}: {', '.join(counts)}")
        return "; ".join(lines)


class Kind(NamedTuple):
    """An entry of a legend."""

    name: str
    color: QColor


Draw = Callable[[Any, Any], list[Kind]]
"""Draws into a plot with the module of pyqtgraph, and returns the legend."""


class Figure(NamedTuple):
    """A figure with its title and a sentence about it."""

    title: str
    sentence: str
    numbers: Numbers
    draw: Draw


class Band(NamedTuple):
    """A point of a line with its interval, as shares from 0 to 1."""

    day: date
    mean: float
    low: float
    high: float


def bars(
    title: str, sentence: str, heading: str, rows: Sequence[Row], kinds: Sequence[str], colors: Sequence[str] = PALETTE
) -> Figure:
    """Return a figure of horizontal bars, stacked by kind; one group per line, the first at the top."""

    def draw(pg: Any, plot: Any) -> list[Kind]:
        legend = []
        places = [-number for number in range(len(rows))]
        left = [0] * len(rows)
        for number, kind in enumerate(kinds):
            widths = [counts[number] for _, counts in rows]
            legend.append(Kind(kind, QColor(colors[number % len(colors)])))
            pen = pg.mkPen(theme_in_use().base, width=1)
            bar = pg.BarGraphItem(x0=left, y=places, height=0.7, width=widths, brush=legend[-1].color, pen=pen)
            plot.addItem(bar)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        names = [(place, _elided(name)) for place, (name, _) in zip(places, rows, strict=True)]
        plot.getAxis("left").setTicks([names])
        plot.setYRange(-len(rows) + 0.4, 0.6, padding=0)
        plot.setXRange(0, max([*left, 1]) * 1.05, padding=0)
        return legend

    return Figure(title, sentence, _table(heading, rows, kinds), draw)


def columns(
    title: str, sentence: str, heading: str, rows: Sequence[Row], kinds: Sequence[str], colors: Sequence[str] = PALETTE
) -> Figure:
    """Return a figure of vertical bars by period, stacked by kind."""

    def draw(pg: Any, plot: Any) -> list[Kind]:
        legend = []
        places = list(range(len(rows)))
        below = [0] * len(rows)
        for number, kind in enumerate(kinds):
            heights = [counts[number] for _, counts in rows]
            legend.append(Kind(kind, QColor(colors[number % len(colors)])))
            pen = pg.mkPen(theme_in_use().base, width=1)
            plot.addItem(
                pg.BarGraphItem(x=places, y0=below, width=0.8, height=heights, brush=legend[-1].color, pen=pen)
            )
            below = [start + height for start, height in zip(below, heights, strict=True)]
        step = max(1, len(rows) // 6)
        plot.getAxis("bottom").setTicks([[(place, rows[place][0]) for place in places[::step]]])
        plot.setXRange(-0.6, max(len(rows), 4) - 0.4, padding=0)
        plot.setYRange(0, max([*below, 1]) * 1.05, padding=0)
        return legend

    return Figure(title, sentence, _table(heading, rows, kinds), draw)


def matrix(title: str, sentence: str, heading: str, rows: Sequence[Row], kinds: Sequence[str]) -> Figure:
    """Return a figure of counts in cells, darker for higher counts, each with its number."""

    def draw(pg: Any, plot: Any) -> list[Kind]:
        theme = theme_in_use()
        most = max((count for _, counts in rows for count in counts), default=0) or 1
        for row, (_, counts) in enumerate(rows):
            for column, count in enumerate(counts):
                color = QColor(PALETTE[0])
                color.setAlphaF(0.6 * count / most)
                pen = pg.mkPen(theme.border)
                plot.addItem(
                    pg.BarGraphItem(x=[column], y0=[-row - 0.48], width=0.96, height=[0.96], brush=color, pen=pen)
                )
                label = pg.TextItem(f"{count:,}" if count else "", color=theme.text, anchor=(0.5, 0.5))
                label.setPos(column, -row)
                plot.addItem(label)
        plot.getAxis("left").setTicks([[(-row, name) for row, (name, _) in enumerate(rows)]])
        plot.getAxis("bottom").setTicks([list(enumerate(kinds))])
        plot.setXRange(-0.6, len(kinds) - 0.4, padding=0)
        plot.setYRange(-len(rows) + 0.4, 0.6, padding=0)
        return []

    return Figure(title, sentence, _table(heading, rows, kinds), draw)


def band(title: str, sentence: str, points: Sequence[Band]) -> Figure:
    """Return a figure of a line by day with its interval, as shares."""

    def draw(pg: Any, plot: Any) -> list[Kind]:
        plot.getAxis("left").setTicks([_SHARES])
        plot.setYRange(0, 1.02, padding=0)
        if not points:
            plot.getAxis("bottom").setTicks([[]])
            return []
        is_single = len(points) == 1
        shown_points = [*points, *points] if is_single else list(points)
        days = [point.day.toordinal() for point in shown_points]
        if is_single:
            days = [days[0] - 1, days[0] + 1]
        color, faint = QColor(PALETTE[0]), QColor(PALETTE[0])
        faint.setAlphaF(0.25)
        dotted = pg.mkPen(color, width=1, style=Qt.PenStyle.DotLine)
        edges = [
            pg.PlotDataItem(days, [getattr(point, edge) for point in shown_points], pen=dotted)
            for edge in ("low", "high")
        ]
        line = pg.PlotDataItem(
            days,
            [point.mean for point in shown_points],
            pen=pg.mkPen(color, width=2.5),
            symbol="o",
            symbolSize=6,
            symbolBrush=color,
            symbolPen=pg.mkPen(color),
        )
        for item in (*edges, pg.FillBetweenItem(*edges, brush=faint), line):
            plot.addItem(item)
        first, last = days[0], days[-1]
        marks = sorted({first, (first + last) // 2, last})
        plot.getAxis("bottom").setTicks([[(day, date.fromordinal(day).isoformat()) for day in marks]])
        margin = max(1.0, (last - first) * 0.12)
        plot.setXRange(first - margin, last + margin, padding=0)
        return []

    rows = tuple((one.day.isoformat(), f"{one.mean:.3f}", f"{one.low:.3f}", f"{one.high:.3f}") for one in points)
    return Figure(title, sentence, Numbers(("day", "mean", "low (5 %)", "high (95 %)"), rows), draw)


def calibration(title: str, sentence: str, points: Sequence[tuple[int, float, float]]) -> Figure:
    """Return a figure of the share that came true (vertical) by forecast probability (horizontal), with the ideal line.

    ``points``: number of forecasts, their mean probability, and the share that came true.
    """

    def draw(pg: Any, plot: Any) -> list[Kind]:
        theme = theme_in_use()
        plot.addItem(pg.PlotDataItem([0, 1], [0, 1], pen=pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine)))
        plot.addItem(
            pg.ScatterPlotItem(
                [stated for _, stated, _ in points],
                [observed for _, _, observed in points],
                size=[8 + 2 * min(count, 10) for count, _, _ in points],
                brush=QColor(PALETTE[1]),
                pen=pg.mkPen(theme.text),
            )
        )
        for axis in ("left", "bottom"):
            plot.getAxis(axis).setTicks([_SHARES])
        plot.setXRange(-0.03, 1.03, padding=0)
        plot.setYRange(-0.03, 1.03, padding=0)
        return []

    rows = tuple((f"{stated:.0%}", count, f"{observed:.0%}") for count, stated, observed in points)
    return Figure(title, sentence, Numbers(("said to be likely", "forecasts", "came true"), rows), draw)


def shown(value: Any) -> str:
    """Return a value as text for a cell of the table."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(heading: str, rows: Sequence[Row], kinds: Sequence[str]) -> Numbers:
    return Numbers((heading, *kinds), tuple((name, *counts) for name, counts in rows))


def _escaped_formula(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and len(value) > 1 and value.startswith(_FORMULAS) else value


def _elided(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
