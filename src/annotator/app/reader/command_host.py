"""What the commands of the features may use of the window, which is built above them."""

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
    """The window as commands see it. Nothing else of the window is known below the shell."""

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
        """An action of the window. Raises KeyError where there is none with this id."""

    def view(self, spec: ViewSpec[V]) -> V:
        """A view; one that was not seen so far is built."""

    def show_view(self, spec: ViewSpec[V]) -> V:
        """Bring a view to the front, and return it."""

    def when_built(self, spec: ViewSpec[V], connect: Callable[[V], object]) -> None:
        """Call ``connect`` with a view once it is built: at once where it is there already."""

    def chosen_annotations(self) -> list[int]:
        """The ids of the annotations that are selected in their table, while that has the focus."""

    def hear_text_keys(self, widget: QWidget) -> None:
        """Let a widget beside the text hear the keys of the text too, single letters and chords."""

    def show_place(self, document_id: int, span: Span) -> None:
        """Open a document and select a place in it."""

    def focus_text(self) -> None:
        """Give the focus to the text."""

    def show_file_test(self, sentence: str, milliseconds: int = 0) -> None:
        """Show what the test of the project file found; in the bar for so many milliseconds where they are given."""
