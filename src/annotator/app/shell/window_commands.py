"""Commands for the window as a whole: panes, size of the text, theme and help.

Dialogs are imported when they are opened, to keep the start of the window fast.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from annotator import settings as s
from annotator.app.actions import keymap as keys
from annotator.app.labels.docked_views import GUIDELINE
from annotator.app.shell.shell_host import ShellHost
from annotator.app.views.view_spec import READ, ViewSpec
from annotator.domain.records import DocumentRow

if TYPE_CHECKING:
    from annotator.app.actions.command_palette import CommandPalette, Entry

_DOCUMENTS_SHOWN = 8


class WindowCommands:
    """Handlers of the actions on the window."""

    def __init__(self, host: ShellHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._palette: CommandPalette | None = None
        self._rows: list[DocumentRow] = []

    def file_quit(self) -> None:
        """Close the window."""
        self._host.main_window.close()

    # --- edit -------------------------------------------------------------------------------------------------------

    def edit_undo(self) -> None:
        """Undo the last step."""
        self._workspace.undo()

    def edit_redo(self) -> None:
        """Redo the step that was undone last."""
        self._workspace.redo()

    def edit_preferences(self) -> None:
        """Open the preferences."""
        from annotator.app.shell.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._host.settings, self._host.main_window)
        dialog.keys_requested.connect(self.help_edit_keys)
        dialog.show()

    # --- go ---------------------------------------------------------------------------------------------------------

    def navigate_next_pane(self) -> None:
        """Move the focus to the next pane."""
        self._step_pane(1)

    def navigate_previous_pane(self) -> None:
        """Move the focus to the previous pane."""
        self._step_pane(-1)

    def _step_pane(self, by: int) -> None:
        panes = self._host.visible_panes()
        focused = self._host.main_window.focusWidget()
        at = next((n for n, pane in enumerate(panes) if focused is not None and pane.isAncestorOf(focused)), -1)
        _focus_first(panes[(at + by) % len(panes)])

    def navigate_text(self) -> None:
        """Move the focus to the text."""
        self._host.focus_text()

    def navigate_view(self, spec: ViewSpec[QWidget]) -> None:
        """Show a view and move the focus to its first widget that accepts it."""
        _focus_first(self._host.show_view(spec))

    # --- view -------------------------------------------------------------------------------------------------------

    def view_zoom_in(self) -> None:
        """Enlarge the text."""
        self._host.reading.view.zoom_in()

    def view_zoom_out(self) -> None:
        """Reduce the size of the text."""
        self._host.reading.view.zoom_out()

    def view_zoom_reset(self) -> None:
        """Reset the size of the text to that of the settings."""
        self._host.reading.view.reset_zoom()

    def view_theme(self) -> None:
        """Change to the next theme."""
        self._host.settings.set(s.THEME, self._host.theme.next_choice())

    def view_pane(self, spec: ViewSpec[QWidget], shown: bool) -> None:
        """Show a pane or hide it; a pane behind another comes to the front."""
        if shown:
            self._host.show_view(spec)
        else:
            self._host.hide_view(spec.id)

    def view_read(self, _is_checked: bool = True) -> None:
        """Show the page of the text."""
        self._host.show_page(READ)
        self._host.focus_text()

    def view_page_before(self) -> None:
        self._host.show_page_before()

    def view_reset_layout(self) -> None:
        self._host.reset_layout()

    # --- help -------------------------------------------------------------------------------------------------------

    def help_palette(self) -> None:
        """Open the command palette: actions, labels and documents by a few characters."""
        from annotator.app.actions.command_palette import CommandPalette

        if self._palette is None:
            providers = [self._labels, self._documents]
            self._palette = CommandPalette(self._host.main_window, self._host.actions_by_id, providers)
        self._rows = self._workspace.document_rows()
        self._palette.open()

    def _documents(self, query: str) -> "Iterator[Entry]":
        """Return the first documents whose title contains the typed text."""
        from annotator.app.actions.command_palette import Entry

        typed = query.casefold().strip()
        found = (row for row in self._rows if typed and typed in row.title.casefold())
        for row in islice(found, _DOCUMENTS_SHOWN):
            yield Entry(row.title, partial(self._workspace.open_document, row.id), detail=row.source or "document")

    def _labels(self, _query: str) -> "Iterator[Entry]":
        from annotator.app.actions.command_palette import Entry

        # Labels with a key are actions already.
        for label in self._workspace.labels:
            if label.key is None:
                run = partial(self._host.reading_commands.apply_label, label)
                yield Entry(f"Label as {label.name}", run, detail="label")

    def help_keys(self) -> None:
        """Show the list of keys."""
        from annotator.app.actions.shortcut_sheet import KeysSheet

        KeysSheet(self._host.keymap, self._host.main_window).show()

    def help_edit_keys(self) -> None:
        """Open the editor of the key map."""
        from annotator.app.actions.keymap_editor import KeymapEditor

        dialog = KeymapEditor(self._host.keymap, self._host.main_window)
        if dialog.exec():
            self._host.keymap.reset_all()
            for name, new_keys in dialog.overrides.items():
                self._host.keymap.rebind(name, new_keys)
            keys.save(self._host.keymap, self._host.settings)
            self._host.keymap.apply(self._host.actions_by_id, self._workspace.keys)
            self._host.chord_hints.read_keys()
        dialog.deleteLater()

    def help_formats(self) -> None:
        """Show the formats."""
        from annotator.app.projects.formats_dialog import FormatsDialog

        FormatsDialog(self._host.main_window).show()

    def help_guideline(self) -> None:
        """Show the guideline."""
        self._host.show_view(GUIDELINE).setFocus()

    def help_about(self) -> None:
        """Show the version and the facts for bug reports."""
        from annotator.app.shell.about_dialog import AboutDialog

        AboutDialog(self._host.main_window).show()


def _focus_first(pane: QWidget) -> None:
    """Move the focus to the first widget of a pane that accepts it by key."""
    if pane.focusProxy() is not None or pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus()
        return
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane and pane.isAncestorOf(widget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus()
            return
        widget = widget.nextInFocusChain()
