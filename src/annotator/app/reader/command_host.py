"""What the commands of the features may use of the window, which is built above them."""

from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from annotator.app.background.jobs import Jobs
from annotator.app.reader.reader_commands import ReadingCommands
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.reader.split_panes import ReadingPanes
from annotator.app.state.workspace import Workspace
from annotator.app.views.toasts import Toasts
from annotator.settings import Settings, State


class CommandHost(QMainWindow):
    """The window as commands see it: the parent of their dialogs, with what they act on."""

    workspace: Workspace
    jobs: Jobs
    settings: Settings
    state: State
    toasts: Toasts
    panes: ReadingPanes
    views: dict[str, Any]
    """By their ids in the table of views; one that was not seen so far is built when it is asked for."""
    actions_by_id: dict[str, QAction]
    reading_commands: ReadingCommands

    @property
    def reading(self) -> ReadingPane:
        """The pane of the text in which the user works."""
        return self.panes.current

    def show_pane(self, id: str) -> None:
        """Bring a pane into view."""
        raise NotImplementedError  # MainWindow, which builds the panes, shows them.
