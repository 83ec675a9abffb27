"""The actions that print."""

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.printing.print_commands import PrintCommands
from annotator.app.reader.command_host import CommandHost

ROWS: Rows[PrintCommands] = (
    Command(
        ActionSpec(
            "file.export_pdf",
            "Export the article as PDF",
            "File",
            "Writes the open article with its highlights, a legend and a list of its annotations as a PDF.",
            ("Ctrl+Shift+P",),
            Context.DOCUMENT,
            section="print",
        ),
        PrintCommands.file_export_pdf,
    ),
    Command(
        ActionSpec(
            "file.print",
            "Print the article",
            "File",
            "Prints the open article with its highlights, a legend and a list of its annotations.",
            ("Ctrl+P",),
            Context.DOCUMENT,
            section="print",
        ),
        PrintCommands.file_print,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions that print."""
    registry.add(ROWS, PrintCommands(host))
