"""What stands around the text and how the text is set: cards, lists, the map of the document, spacing, focus."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.app.main_window import MainWindow


class PageCommands:
    """Handlers of the actions that act on the page rather than on what is written on it."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._workspace = window.workspace

    def view_card(self) -> None:
        """Show what is known of the active annotation beside its words."""
        self._window.reading.cards.show_active()

    def view_spans_here(self) -> None:
        """List the annotations on the line of the caret."""
        if not self._window.reading.list_spans_here():
            self._workspace.told.emit("There is no annotation on this line.", False)
