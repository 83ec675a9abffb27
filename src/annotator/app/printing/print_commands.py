"""What prints: the open article with its annotations, on a printer or into a PDF.

The dialogs and the setting of pages are imported when they are wanted: the start of the window is measured.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from annotator import settings as s
from annotator.app.reader.command_host import CommandHost
from annotator.app.widgets import file_dialogs
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted

if TYPE_CHECKING:
    from PySide6.QtGui import QPageLayout
    from PySide6.QtPrintSupport import QPrinter

    from annotator.app.background.jobs import Progress
    from annotator.app.background.main_thread_slices import InSlices
    from annotator.app.printing.print_job import PageRange
    from annotator.app.printing.printed_article import PrintedArticle

_NAME_LENGTH = 80
_NOT_IN_NAMES = '<>:"/\\|?*'


class PrintCommands:
    """Handlers of the actions that print."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def file_print(self) -> None:
        """Print the open article with its annotations, after asking on what."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from annotator.app.printing.page_metrics import page_layout
        from annotator.app.printing.print_job import PageRange

        document = self._workspace.document
        if document is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout())
        printer.setDocName(document.title)
        printer.setCreator("Annotator")
        dialog = QPrintDialog(printer, self._host.dialog_parent)
        dialog.setWindowTitle("Print the annotated article")
        is_wanted = dialog.exec()
        dialog.deleteLater()
        if not is_wanted:
            return
        wanted = PageRange(max(1, printer.fromPage()), printer.toPage())
        if printer.outputFormat() == QPrinter.OutputFormat.PdfFormat and printer.outputFileName():
            # Our own way into a file: it leaves what was there alone until the new one is whole.
            self._write_pdf(Path(printer.outputFileName()), printer.pageLayout(), wanted)
        else:
            self._print(printer, wanted)

    def file_export_pdf(self) -> None:
        """Write the open article with its annotations as a PDF, after asking where."""
        from annotator.app.printing.page_metrics import page_layout

        document, project = self._workspace.document, self._workspace.project
        if document is None or project is None:
            return
        name = _file_name(document.title) or "article"
        suggested = project.path.parent / f"{name}.pdf"
        chosen = file_dialogs.ask_where_to_save(self._host.dialog_parent, "Export as PDF", suggested, "PDF (*.pdf)")
        if chosen is not None:
            self._write_pdf(_with_end(chosen), page_layout())

    def _article(self) -> "Callable[[], PrintedArticle]":
        """What gathers the article that is open now, beside the window."""
        from annotator.app.printing.printed_article import printed_article

        workspace, document = self._workspace, self._workspace.document
        assert document is not None
        annotations, labels = list(workspace.annotations.values()), list(workspace.labels)
        hidden = workspace.label_filter.hidden_ids
        return lambda: printed_article(document, annotations, labels, hidden)

    def _write_pdf(self, out: Path, layout: "QPageLayout", wanted: "PageRange | None" = None) -> None:
        from annotator.app.printing.print_job import ALL_PAGES, pdf_of
        from annotator.services.exports import exporting

        project = self._workspace.project
        if project is None:
            return
        try:
            exporting.check_target(project, out)
        except AnnotatorError as error:
            self._host.toasts.warn(str(error))
            return
        gather, family = self._article(), self._host.settings.get(s.FONT_FAMILY)

        def work(progress: "Progress", slices: "InSlices") -> str:
            article = gather()
            data, pages = slices.run(pdf_of(article, layout, family, wanted or ALL_PAGES), progress)
            exporting.write_whole(project, out, data)
            return f"Wrote {out.name}: {counted(pages, 'page')}. {article.left_out}"

        self._run("Export as PDF", work)

    def _print(self, printer: "QPrinter", wanted: "PageRange") -> None:
        from annotator.app.printing.print_job import print_on

        copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
        gather, family = self._article(), self._host.settings.get(s.FONT_FAMILY)

        def work(progress: "Progress", slices: "InSlices") -> str:
            article = gather()
            pages = slices.run(print_on(printer, article, family, wanted, copies, printer.abort), progress)
            return f"Sent {counted(pages, 'page')} to the printer. {article.left_out}"

        self._run("Print", work)

    def _run(self, title: str, work: "Callable[[Progress, InSlices], str]") -> None:
        """Print as a job; its outcome, in a sentence, is told."""
        from annotator.app.background.main_thread_slices import InSlices

        slices = InSlices(self._host.dialog_parent)
        job = self._host.jobs.run(
            title,
            lambda progress, _cancelled: work(progress, slices),
            on_success=lambda sentence: self._host.toasts.tell(sentence.strip()),
        )
        job.finished.connect(slices.deleteLater)


def _with_end(path: Path) -> Path:
    """A path that was chosen, with ``.pdf`` where it has no ending."""
    if path.suffix:
        return path
    named = path.with_name(f"{path.name}.pdf")
    with suppress(OSError):
        if named.exists():
            # Whether that one may be replaced has not been asked.
            return path
    return named


def _file_name(title: str) -> str:
    """A title as the name of a file, on every system."""
    kept = "".join(" " if letter in _NOT_IN_NAMES or not letter.isprintable() else letter for letter in title)
    return " ".join(kept.split())[:_NAME_LENGTH].strip(" .")
