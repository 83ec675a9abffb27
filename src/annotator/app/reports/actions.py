"""The action that writes a report."""

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.reader.command_host import CommandHost
from annotator.app.reports.report_commands import ReportCommands

ROWS: Rows[ReportCommands] = (
    Command(
        ActionSpec(
            "file.report",
            "Report",
            "File",
            "Writes a report on the project, a document, a source or a claim, as it stood on a day.",
            ("Ctrl+R",),
            Context.PROJECT,
            section="print",
            after="file.export_pdf",
        ),
        ReportCommands.file_report,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the action that writes a report."""
    registry.add(ROWS, ReportCommands(host))
