"""The handlers of the actions that print the open article with its annotations, on a printer or into a PDF.

The dialogs and the layout of pages are imported when they are needed, to keep the start of the window fast.
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
        """Print the open article with its annotations on the printer that the user chooses."""
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
            # Not by the printer: an existing file must stay unchanged until the new one is complete.
            self._write_pdf(Path(printer.outputFileName()), printer.pageLayout(), wanted)
        else:
            self._print(printer, wanted)

    def file_export_pdf(self) -> None:
        """Write the open article with its annotations as a PDF into the file that the user chooses."""
        from annotator.app.printing.page_metrics import page_layout

        document, project = self._workspace.document, self._workspace.project
        if document is None or project is None:
            return
        name = _file_name(document.title) or "article"
        suggested = project.path.parent / f"{name}.pdf"
        chosen = file_dialogs.ask_where_to_save(self._host.dialog_parent, "Export as PDF", suggested, "PDF (*.pdf)")
        if chosen is not None:
            self._write_pdf(_with_suffix(chosen), page_layout())

    def _article(self) -> "Callable[[], PrintedArticle]":
        """Return a function that collects the open article for printing; any thread may call it."""
        from annotator.app.printing.printed_article import printed_article

        workspace, document = self._workspace, self._workspace.document
        assert document is not None
        annotations, labels = list(workspace.annotations.values()), list(workspace.labels)
        hidden = workspace.label_filter.hidden_ids
        return lambda: printed_article(document, annotations, labels, hidden)

    def _write_pdf(self, out: Path, layout: "QPageLayout", wanted: "PageRange | None" = None) -> None:
        from annotator.app.printing.print_job import ALL_PAGES, pdf_of
        from annotator.services.exports import whole_files

        project = self._workspace.project
        if project is None:
            return
        try:
            whole_files.check_target(project, out)
        except AnnotatorError as error:
            self._host.toasts.warn(str(error))
            return
        collect, family = self._article(), self._host.settings.get(s.FONT_FAMILY)

        def work(progress: "Progress", slices: "InSlices") -> str:
            article = collect()
            data, pages = slices.run(pdf_of(article, layout, family, wanted or ALL_PAGES), progress)
            whole_files.write_whole(project, out, data)
            return f"Wrote {out.name}: {counted(pages, 'page')}. {article.left_out}"

        self._run("Export as PDF", work)

    def _print(self, printer: "QPrinter", wanted: "PageRange") -> None:
        from annotator.app.printing.print_job import print_on

        copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
        collect, family = self._article(), self._host.settings.get(s.FONT_FAMILY)

        def work(progress: "Progress", slices: "InSlices") -> str:
            article = collect()
            pages = slices.run(print_on(printer, article, family, wanted, copies, printer.abort), progress)
            return f"Sent {counted(pages, 'page')} to the printer. {article.left_out}"

        self._run("Print", work)

    def _run(self, title: str, work: "Callable[[Progress, InSlices], str]") -> None:
        """Print as a job; show the sentence that ``work`` returns."""
        from annotator.app.background.main_thread_slices import InSlices

        slices = InSlices(self._host.dialog_parent)
        job = self._host.jobs.run(
            title,
            lambda progress, _cancelled: work(progress, slices),
            on_success=lambda sentence: self._host.toasts.tell(sentence.strip()),
        )
        job.finished.connect(slices.deleteLater)


def _with_suffix(path: Path) -> Path:
    """Return a chosen path, with ``.pdf`` where it has no suffix and no such file exists."""
    if path.suffix:
        return path
    named = path.with_name(f"{path.name}.pdf")
    with suppress(OSError):
        if named.exists():
            # The user was not asked whether to replace that file.
            return path
    return named


def _file_name(title: str) -> str:
    """Return a title as a file name that every system accepts; it may be empty."""
    kept = "".join(
        " " if character in _NOT_IN_NAMES or not character.isprintable() else character for character in title
    )
    return " ".join(kept.split())[:_NAME_LENGTH].strip(" .")
