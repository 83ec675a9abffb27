"""A report as a PDF, laid out by Qt."""

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter

from annotator.app.printing.page_metrics import page_layout
from annotator.app.widgets.markup import OfflineDocument
from annotator.services.reports.reporting import Report

_MARGIN = 15.0
"""Millimetres."""

_PIXELS_PER_INCH = 96


def report_pdf(report: Report, paper: str = "") -> bytes:
    """Return a report as PDF. Raise InvalidValue for an unknown paper size."""
    layout = page_layout(paper)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    # The page of the report is measured in screen pixels.
    writer.setResolution(_PIXELS_PER_INCH)
    writer.setTitle(report.title)
    writer.setCreator("Annotator")
    writer.setPageSize(QPageSize(layout.pageSize()))
    writer.setPageMargins(QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN), QPageLayout.Unit.Millimeter)
    text = OfflineDocument()
    text.setDocumentMargin(0)
    text.setPageSize(QSizeF(writer.width(), writer.height()))
    text.setHtml(report.page)
    text.print_(writer)
    return bytes(buffer.data().data())
