"""The actions on backups and on the check of a project."""

from annotator.app.actions.action_spec import ActionSpec, Context
from annotator.app.actions.registry import ActionRegistry, Command, Rows
from annotator.app.projects.file_commands import FileCommands
from annotator.app.reader.command_host import CommandHost
from annotator.app.recovery.recovery_commands import RecoveryCommands

ROWS: Rows[RecoveryCommands] = (
    Command(
        ActionSpec(
            "file.backup",
            "Back up now",
            "File",
            "Makes a checked copy of the project beside it.",
            (),
            Context.PROJECT,
            section="care",
        ),
        RecoveryCommands.file_backup,
    ),
    Command(
        ActionSpec(
            "file.restore_backup",
            "Restore from a backup…",
            "File",
            "Lists the backups, shows what they lack, and opens one as a new project; nothing is overwritten.",
            section="care",
        ),
        RecoveryCommands.file_restore_backup,
    ),
    Command(
        ActionSpec(
            "file.check",
            "Check the project",
            "File",
            "Checks the file, every span and the history, and reports.",
            (),
            Context.PROJECT,
            icon="check",
            section="care",
        ),
        RecoveryCommands.file_check,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on backups and recovery."""
    registry.add(ROWS, RecoveryCommands(host, registry.commands(FileCommands)))
