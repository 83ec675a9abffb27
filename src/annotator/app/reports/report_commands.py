"""The command that writes a report on the project or a part of it, as of a day."""

from pathlib import Path
from typing import TYPE_CHECKING

from annotator.app.claims.docked_views import CLAIMS
from annotator.app.reader.command_host import CommandHost
from annotator.app.sources.docked_views import SOURCES
from annotator.app.widgets import file_dialogs
from annotator.domain.wording import counted, elided

if TYPE_CHECKING:
    from annotator.app.reports.report_dialog import Choice
    from annotator.services.reports.reporting import Report, Subject


class ReportCommands:
    """Handler of the action; dialogs are imported when they are opened."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace

    def file_report(self) -> None:
        """Ask for the subject and the file of a report, and write it."""
        from PySide6.QtCore import Qt

        from annotator.app.reports.report_dialog import ReportDialog

        if self._workspace.project is None:
            return
        dialog = ReportDialog(self._choices(), self._host.dialog_parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._ask_where(dialog.chosen(), dialog.day.day(), dialog.kind.currentData()))
        dialog.open()

    def _choices(self) -> "list[Choice]":
        """Return the possible subjects: project, open document, and the source and claim selected in their panes."""
        from annotator.app.reports.report_dialog import Choice
        from annotator.services.reports.reporting import Subject

        choices = [Choice("The whole project", Subject())]
        if (document := self._workspace.document) is not None:
            choices.append(Choice(f"The document “{elided(document.title, 60)}”", Subject(document_id=document.id)))
        if (source := self._host.view(SOURCES).current_source()) is not None:
            choices.append(Choice(f"The source {elided(source.name, 60)}", Subject(source_id=source.id)))
        if (claim := self._host.view(CLAIMS).current_claim()) is not None:
            choices.append(Choice(f"The claim “{elided(claim.text, 60)}”", Subject(claim_id=claim.id)))
        return choices

    def _ask_where(self, subject: "Subject", day: str, kind: str) -> None:
        project = self._workspace.project
        if project is None:
            return
        suggested = project.path.parent / f"report-{day}.{kind}"
        filters = f"{kind.upper()} (*.{kind})"
        chosen = file_dialogs.ask_where_to_save(self._host.dialog_parent, "Write the report", suggested, filters)
        if chosen is not None:
            self.write(subject, day, chosen if chosen.suffix else Path(f"{chosen}.{kind}"))

    def write(self, subject: "Subject", day: str, out: Path) -> None:
        """Write a report in a job, and report its contents."""
        from annotator.services.exports import whole_files
        from annotator.services.reports import reporting

        project = self._workspace.project
        if project is None:
            return

        def finish(made: "Report") -> None:
            from annotator.app.printing.report_pdf import report_pdf
            from annotator.domain.errors import AnnotatorError

            # Qt lays out pages on the main thread only; a report has few pages.
            data = report_pdf(made) if out.suffix.lower() == ".pdf" else made.page.encode("utf-8")
            try:
                whole_files.write_whole(project, out, data)
            except AnnotatorError as error:
                self._workspace.error_occurred.emit(str(error))
                return
            statements = counted(made.statements, "statement")
            self._workspace.notified.emit(f"Wrote {out.name}: as of {made.day}, {statements}.", False)

        self._host.jobs.run(
            "Write the report",
            lambda _progress, _cancelled: reporting.report(project, subject, day),
            on_success=finish,
        )
