"""Commands for the display of the text: hover card, list of the line, document map, spacing, font, focus mode."""

from annotator import settings as s
from annotator.app.shell.focus_mode import FocusMode
from annotator.app.shell.shell_host import ShellHost


class PageCommands:
    """Handlers of the actions on the display of the text."""

    def __init__(self, host: ShellHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._focus = FocusMode(host)
        host.reading_commands.leave_text = self._focus.escape

    def view_card(self) -> None:
        """Show the hover card of the active annotation beside its words."""
        self._host.reading.cards.show_active()

    def view_spans_here(self) -> None:
        """List the annotations on the line of the caret."""
        if not self._host.reading.list_spans_here():
            self._workspace.notified.emit("There is no annotation on this line.", False)

    def view_minimap(self, shown: bool) -> None:
        """Show the document map beside the text, or hide it."""
        self._host.settings.set(s.MINIMAP, shown)

    def view_line_spacing(self) -> None:
        """Set the next wider line spacing; after the widest, the narrowest."""
        steps = s.LINE_SPACING.choices
        now = steps.index(self._host.settings.get(s.LINE_SPACING))
        self._host.settings.set(s.LINE_SPACING, steps[(now + 1) % len(steps)])
        self._workspace.notified.emit(f"Line spacing: {self._host.settings.get(s.LINE_SPACING)}.", False)

    def view_font(self) -> None:
        """Choose the font of the text."""
        from annotator.app.shell.preferences_dialog import PreferencesDialog

        self._host.action("edit.preferences").trigger()
        for dialog in self._host.main_window.findChildren(PreferencesDialog):
            dialog.field(s.FONT_FAMILY).setFocus()

    def view_focus(self, _is_wanted: bool) -> None:
        """Show the text alone, or everything again."""
        self._focus.toggle()
