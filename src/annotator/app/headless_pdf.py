"""Articles as PDF for the command line, without a window or display."""

from collections.abc import Collection, Generator
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler

from annotator.app.application import note_qt_message, the_application
from annotator.app.printing.page_metrics import page_layout
from annotator.app.printing.print_job import Step, pdf_of
from annotator.app.printing.printed_article import PrintedArticle, printed_article
from annotator.app.printing.report_pdf import report_pdf
from annotator.services.annotations.annotating import find_label
from annotator.services.exports import whole_files
from annotator.services.imports.report import Progress
from annotator.services.projects.open_project import Project
from annotator.services.reports.reporting import Report


def write_pdf(
    project: Project,
    document_id: int,
    out: Path,
    *,
    labels: Collection[str] = (),
    paper: str = "",
    progress: Progress | None = None,
) -> tuple[PrintedArticle, int]:
    """Write a document with its annotations as a PDF; return what was printed and the number of pages.

    ``labels``: the names of the labels to print; all if empty. Raise NotFound, InvalidValue and ExportRefused, which
    leave an existing file unchanged.
    """
    document = project.read.documents.one(document_id)
    annotations = list(project.read.annotations.all(document_id=document_id))
    known = project.read.labels.all()
    wanted = {find_label(known, name).id for name in labels}
    hidden = frozenset(label.id for label in known if wanted and label.id not in wanted)
    layout = page_layout(paper)
    whole_files.check_target(project, out)
    # Without a screen Qt prints warnings on stderr, which belong in the log.
    before = qInstallMessageHandler(note_qt_message)
    try:
        the_application()
        article = printed_article(document, annotations, known, hidden)
        data, pages = _driven(pdf_of(article, layout), document.title, progress)
    finally:
        qInstallMessageHandler(before)
    whole_files.write_whole(project, out, data)
    return article, pages


def write_report(project: Project, report: Report, out: Path, *, paper: str = "") -> None:
    """Write a report as a PDF. Raise InvalidValue and ExportRefused, which leave an existing file unchanged."""
    whole_files.check_target(project, out)
    before = qInstallMessageHandler(note_qt_message)
    try:
        the_application()
        data = report_pdf(report, paper)
    finally:
        qInstallMessageHandler(before)
    whole_files.write_whole(project, out, data)


def _driven(
    steps: Generator[Step, None, tuple[bytes, int]], title: str, progress: Progress | None
) -> tuple[bytes, int]:
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            made: tuple[bytes, int] = end.value
            return made
        if progress is not None:
            progress(step.page, step.pages, title)
