"""The actions on projects as files: make, open, close, import, export."""

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.command_host import CommandHost

ROWS: Rows[FileCommands] = (
    Command(
        ActionSpec("file.new", "New project", "File", "Makes an empty project file.", ("Ctrl+N",), icon="new"),
        FileCommands.file_new,
    ),
    Command(
        ActionSpec("file.open", "Open project", "File", "Opens a project file.", ("Ctrl+O",), icon="open", on_bar=True),
        FileCommands.file_open,
    ),
    Command(
        ActionSpec(
            "file.close",
            "Close project",
            "File",
            "Closes the project; all is saved already.",
            ("Ctrl+W",),
            Context.PROJECT,
        ),
        FileCommands.file_close,
    ),
    Command(
        ActionSpec(
            "file.import",
            "Import files",
            "File",
            "Adds articles from files as documents.",
            ("Ctrl+I",),
            Context.PROJECT,
            icon="import",
            section="exchange",
            writes=True,
            on_bar=True,
        ),
        FileCommands.file_import,
    ),
    Command(
        ActionSpec(
            "file.import_folder",
            "Import a folder",
            "File",
            "Adds every article of a folder and of the folders in it.",
            ("Ctrl+Shift+I",),
            Context.PROJECT,
            icon="folder",
            section="exchange",
            writes=True,
        ),
        FileCommands.file_import_folder,
    ),
    Command(
        ActionSpec(
            "file.export",
            "Export",
            "File",
            "Writes documents and annotations in a format of your choice.",
            ("Ctrl+E",),
            Context.PROJECT,
            icon="export",
            section="exchange",
            on_bar=True,
        ),
        FileCommands.file_export,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on projects."""
    registry.add(ROWS, FileCommands(host))
