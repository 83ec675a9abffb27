"""Paper and fonts: the unit of all measures, the sheet, and the fonts.

A unit is a twentieth of a point, so that lines break alike on every device and characters are placed exactly.
"""

from typing import NamedTuple

from PySide6.QtCore import QLocale, QMarginsF
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPageLayout, QPageSize

from annotator.domain.errors import InvalidValue

UNITS = 20
"""Units to a point."""

RESOLUTION = 72 * UNITS
"""Units to an inch."""

PAPERS = {"a4": QPageSize.PageSizeId.A4, "a5": QPageSize.PageSizeId.A5, "letter": QPageSize.PageSizeId.Letter}

_MARGIN = 54.0
"""Points to each edge of the paper."""

_FOOTER = 26.0


def points(number: float) -> float:
    """Return a length in points as units."""
    return number * UNITS


def page_layout(paper: str = "") -> QPageLayout:
    """Return a sheet in portrait format with its margins; by default in the usual size of the user's region.

    Raise InvalidValue for an unknown paper.
    """
    if paper and paper.lower() not in PAPERS:
        raise InvalidValue(f"{paper!r} is not a known paper size: use one of {', '.join(PAPERS)}.")
    is_metric = QLocale.system().measurementSystem() != QLocale.MeasurementSystem.ImperialUSSystem
    size = QPageSize(PAPERS[paper.lower() or ("a4" if is_metric else "letter")])
    margins = QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Point)


class Sheet(NamedTuple):
    """The printable area of a page, in units."""

    width: float
    height: float

    @property
    def body(self) -> float:
        """The height available for the text, above the footer."""
        return self.height - points(_FOOTER)


def sheet_of(layout: QPageLayout) -> Sheet:
    """Return the sheet within the margins of a page."""
    inner = layout.paintRect(QPageLayout.Unit.Point)
    return Sheet(points(inner.width()), points(inner.height()))


def has_bold(font: QFont) -> bool:
    """Return whether a font family has bold characters. Qt imitates missing ones by printing each word twice.

    Text copied from such a PDF would contain each word twice.
    """
    family = QFontInfo(font).family()
    return any(QFontDatabase.bold(family, style) for style in QFontDatabase.styles(family))


class Fonts:
    """The fonts of the page; ``family`` is that of the reading view, or empty for the desktop's own."""

    def __init__(self, family: str = "") -> None:
        self._family = family
        self.title = self._font(18.0, QFont.Weight.Bold)
        self.heading = self._font(13.0, QFont.Weight.Bold)
        self.lead = self._font(10.5, QFont.Weight.Medium)
        self.body = self._font(10.5)
        self.small = self._font(9.0)
        self.small_bold = self._font(9.0, QFont.Weight.Bold)
        self.reference = self._font(5.5, QFont.Weight.Bold)
        self.reference_metrics = QFontMetricsF(self.reference)

    def _font(self, size: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont()
        if self._family:
            font.setFamily(self._family)
        font.setPixelSize(round(points(size)))
        if weight < QFont.Weight.Bold or has_bold(font):
            font.setWeight(weight)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setStyleStrategy(QFont.StyleStrategy.PreferOutline)
        return font
