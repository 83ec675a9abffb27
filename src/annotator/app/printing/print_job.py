"""The printing of an article, on a printer or into a PDF, in steps that keep the window responsive."""

from collections.abc import Callable, Generator
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPainter, QPdfWriter

from annotator.app.printing.page_layout import Pages
from annotator.app.printing.page_metrics import RESOLUTION, Fonts, sheet_of
from annotator.app.printing.printed_article import PrintedArticle
from annotator.domain.errors import ExportRefused


class Step(NamedTuple):
    """The progress of printing: pages done, and total pages, 0 while they are being counted."""

    page: int
    pages: int


class PageRange(NamedTuple):
    """The first and the last page to print; 0 for no limit."""

    first: int = 1
    last: int = 0

    def holds(self, number: int) -> bool:
        return self.first <= number and (not self.last or number <= self.last)


ALL_PAGES = PageRange()


def print_on(
    device: QPagedPaintDevice,
    article: PrintedArticle,
    family: str = "",
    wanted: PageRange = ALL_PAGES,
    copies: int = 1,
    abort: Callable[[], object] = lambda: None,
) -> Generator[Step, None, int]:
    """Print on a device in steps; return the number of printed pages.

    ``abort`` is called if the generator is closed before its end. Raise ExportRefused if the device cannot be used.
    """
    pages = Pages(article, sheet_of(device.pageLayout()), Fonts(family))
    count = 0
    for page in pages:
        count += page is not None
        yield Step(0, 0)
    chosen = [number for number in range(1, count + 1) if wanted.holds(number)]
    if not chosen:
        raise ExportRefused(f"The article has {count} pages, but none of the chosen ones: choose others.")
    painter = QPainter()
    if not painter.begin(device):
        raise ExportRefused("The printer cannot be used: check that it is connected and on, or choose another.")
    done, total = 0, len(chosen) * copies
    try:
        scale = device.logicalDpiX() / RESOLUTION
        painter.scale(scale, scale)
        for _ in range(copies):
            number = 0
            for page in pages:
                yield Step(done, total)
                if page is None:
                    continue
                number += 1
                if not wanted.holds(number):
                    continue
                if done:
                    device.newPage()
                pages.paint(painter, page, number, count)
                done += 1
    except GeneratorExit:
        abort()
        raise
    finally:
        painter.end()
    return total


def pdf_of(
    article: PrintedArticle, layout: QPageLayout, family: str = "", wanted: PageRange = ALL_PAGES
) -> Generator[Step, None, tuple[bytes, int]]:
    """Make a PDF in steps; return the content of the file, and its number of pages."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setPageLayout(layout)
    writer.setTitle(article.document.title)
    writer.setCreator("Annotator")
    count = yield from print_on(writer, article, family, wanted)
    return bytes(buffer.data().data()), count
