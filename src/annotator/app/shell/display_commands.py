"""What stands around the text and how the text is set: cards, lists, the map of the document, spacing, focus."""

from typing import TYPE_CHECKING

from annotator import settings as s
from annotator.app.shell.focus_mode import FocusMode
from annotator.domain.fixed_choices import DIRECTIONS
from annotator.services.documents import documents

if TYPE_CHECKING:
    from annotator.app.shell.main_window import MainWindow


_DIRECTIONS = {
    "": "The text itself tells how it runs.",
    "ltr": "The text runs from left to right.",
    "rtl": "The text runs from right to left.",
}


class PageCommands:
    """Handlers of the actions that act on the page rather than on what is written on it."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._workspace = window.workspace
        self._focus = FocusMode(window)
        window.reading_commands.left_everything = self._focus.escape

    def view_card(self) -> None:
        """Show what is known of the active annotation beside its words."""
        self._window.reading.cards.show_active()

    def view_spans_here(self) -> None:
        """List the annotations on the line of the caret."""
        if not self._window.reading.list_spans_here():
            self._workspace.told.emit("There is no annotation on this line.", False)

    def view_minimap(self, shown: bool) -> None:
        """Show the map of the document beside the text, or hide it."""
        self._window.settings.set(s.MINIMAP, shown)

    def view_line_spacing(self) -> None:
        """Set the lines a step further apart; after the widest come the closest."""
        steps = s.LINE_SPACING.choices
        now = steps.index(self._window.settings.get(s.LINE_SPACING))
        self._window.settings.set(s.LINE_SPACING, steps[(now + 1) % len(steps)])
        self._workspace.told.emit(f"Line spacing: {self._window.settings.get(s.LINE_SPACING)}.", False)

    def view_font(self) -> None:
        """Choose the font of the text."""
        from annotator.app.shell.preferences_dialog import PreferencesDialog

        self._window.actions_by_id["edit.preferences"].trigger()
        for dialog in self._window.findChildren(PreferencesDialog):
            dialog.field(s.FONT_FAMILY).setFocus()

    def view_focus(self, _is_wanted: bool) -> None:
        """Show the text alone, or everything again."""
        self._focus.toggle()

    def document_direction(self) -> None:
        """Let the text run from left to right, from right to left, or as it tells itself, one after the other."""
        document = self._workspace.document
        if document is None:
            return
        wanted = DIRECTIONS[(DIRECTIONS.index(document.direction) + 1) % len(DIRECTIONS)]
        if self._workspace.perform(documents.update(document, direction=wanted)):
            self._workspace.told.emit(_DIRECTIONS[wanted], True)
