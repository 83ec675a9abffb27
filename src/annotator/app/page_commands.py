"""What stands around the text and how the text is set: cards, lists, the map of the document, spacing, focus."""

from typing import TYPE_CHECKING

from annotator import settings as s

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
        from annotator.app.dialogs.preferences import PreferencesDialog

        self._window.actions_by_id["edit.preferences"].trigger()
        for dialog in self._window.findChildren(PreferencesDialog):
            dialog.field(s.FONT_FAMILY).setFocus()
