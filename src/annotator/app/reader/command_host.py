"""The part of the window that the commands of the features may use; the window itself is in a layer above them."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from annotator.app.background.jobs import Jobs
from annotator.app.reader.reader_commands import ReadingCommands
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.reader.split_panes import ReadingPanes
from annotator.app.state.workspace import Workspace
from annotator.app.views.toasts import Toasts
from annotator.app.views.view_spec import ViewSpec
from annotator.domain.spans import Span
from annotator.settings import Settings, State

V = TypeVar("V", bound=QWidget)


class CommandHost(Protocol):
    """The interface of the window for commands. Below the shell nothing else of the window is used."""

    @property
    def workspace(self) -> Workspace: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def state(self) -> State: ...
    @property
    def toasts(self) -> Toasts: ...
    @property
    def panes(self) -> ReadingPanes: ...

    @property
    def reading(self) -> ReadingPane:
        """The pane of the text in which the user works."""

    @property
    def reading_commands(self) -> ReadingCommands: ...

    @property
    def dialog_parent(self) -> QWidget:
        """The parent of dialogs, and of other objects that end with the window."""

    def action(self, id: str) -> QAction:
        """Return an action of the window. Raise KeyError for an unknown id."""

    def view(self, spec: ViewSpec[V]) -> V:
        """Return a view, which is built if it was not shown so far."""

    def show_view(self, spec: ViewSpec[V]) -> V:
        """Bring a view to the front, and return it."""

    def when_built(self, spec: ViewSpec[V], connect: Callable[[V], object]) -> None:
        """Call ``connect`` with a view when it is built; immediately if it is built already."""

    def chosen_annotations(self) -> list[int]:
        """Return the ids of the annotations selected in their table while it has the focus; else an empty list."""

    def enable_text_keys(self, widget: QWidget) -> None:
        """Make the keys of the text, single letters and chords, work in a widget beside the text too."""

    def show_place(self, document_id: int, span: Span) -> None:
        """Open a document and select a place in it."""

    def peek(self, document_id: int, span: Span) -> None:
        """Show a place in its text beside the list on the shown page; without effect on the page of the text."""

    def return_from_place(self) -> bool:
        """Show the page again from which the shown place was opened; return False where it was opened on none."""

    def focus_text(self) -> None:
        """Give the focus to the text."""

    def show_file_test(self, sentence: str, milliseconds: int = 0) -> None:
        """Show the result of the test of the project file; in the status bar for ``milliseconds``, 0 for no limit."""
