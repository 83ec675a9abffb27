"""What acts on the window as a whole: panes, size of the text, theme, help, and the document in the list.

Dialogs are imported when they are opened: the start of the window is measured.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from annotator import settings as s
from annotator.app.actions import keymap as keys
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.records import DocumentRow
from annotator.services.documents import documents

if TYPE_CHECKING:
    from annotator.app.actions.command_palette import CommandPalette, Entry
    from annotator.app.shell.main_window import MainWindow

_DOCUMENTS_SHOWN = 8
_STEPS = dict(zip(DOCUMENT_STATUSES, (*DOCUMENT_STATUSES[1:], DOCUMENT_STATUSES[0]), strict=True))


class WindowCommands:
    """Handlers of the actions that act on the window."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._workspace = window.workspace
        self._palette: CommandPalette | None = None
        self._rows: list[DocumentRow] = []

    def file_quit(self) -> None:
        self._window.close()

    # --- edit -------------------------------------------------------------------------------------------------------

    def edit_undo(self) -> None:
        self._workspace.undo()

    def edit_redo(self) -> None:
        self._workspace.redo()

    def edit_preferences(self) -> None:
        from annotator.app.shell.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._window.settings, self._window)
        dialog.keys_requested.connect(self.help_edit_keys)
        dialog.show()

    def document_status(self) -> None:
        """Step the open document to its next status."""
        if (document := self._workspace.document) is not None:
            self._workspace.perform(documents.update(document, status=_STEPS[document.status]))

    def document_properties(self) -> None:
        from annotator.app.documents.properties_dialog import DocumentPropertiesDialog

        if self._workspace.document is not None:
            DocumentPropertiesDialog(self._workspace, self._window).show()

    def document_trash(self) -> None:
        """Move the open document to the trash and open the one after it."""
        document = self._workspace.document
        if document is None:
            return
        self._window.views["documents"].open_next()
        if self._workspace.document is document:
            self._window.views["documents"].open_previous()
        if self._workspace.perform(documents.trash([document.id])):
            self._workspace.told.emit(f"Moved {document.title[:60]} to the trash.", True)

    # --- go ---------------------------------------------------------------------------------------------------------

    def navigate_next_document(self) -> None:
        self._window.views["documents"].open_next()

    def navigate_previous_document(self) -> None:
        self._window.views["documents"].open_previous()

    def navigate_next_pane(self) -> None:
        self._step_pane(1)

    def navigate_previous_pane(self) -> None:
        self._step_pane(-1)

    def _step_pane(self, by: int) -> None:
        panes = self._window.visible_panes()
        focused = self._window.focusWidget()
        at = next((n for n, pane in enumerate(panes) if focused is not None and pane.isAncestorOf(focused)), -1)
        _focus_first(panes[(at + by) % len(panes)])

    def navigate_pane(self, name: str) -> None:
        if name == "text":
            self._window.reading.view.setFocus()
            return
        id = {"table": "annotations"}.get(name, name)
        self._window.show_pane(id)
        _focus_first(self._window.views[id])

    # --- grade and annotate: fields of the inspector ------------------------------------------------------------------

    def annotate_source(self) -> None:
        self._window.show_pane("inspector")
        self._window.views["inspector"].focus_source()

    def annotate_note(self) -> None:
        self._window.show_pane("inspector")
        self._window.views["inspector"].focus_note()

    def grade_probability(self) -> None:
        self._window.show_pane("inspector")
        self._window.views["inspector"].focus_probability()

    # --- view -------------------------------------------------------------------------------------------------------

    def view_zoom_in(self) -> None:
        self._window.reading.view.zoom_in()

    def view_zoom_out(self) -> None:
        self._window.reading.view.zoom_out()

    def view_zoom_reset(self) -> None:
        self._window.reading.view.reset_zoom()

    def view_theme(self) -> None:
        self._window.settings.set(s.THEME, self._window.theme.next_choice())

    def view_pane(self, id: str, shown: bool) -> None:
        """Show a pane or hide it; one that lies behind another comes to the front."""
        if shown:
            self._window.show_pane(id)
        else:
            self._window.docks[id].hide()

    # --- help -------------------------------------------------------------------------------------------------------

    def help_palette(self) -> None:
        """Find and run anything by a few letters: actions, labels, documents."""
        from annotator.app.actions.command_palette import CommandPalette

        if self._palette is None:
            providers = [self._labels, self._documents]
            self._palette = CommandPalette(self._window, self._window.actions_by_id, providers)
        self._rows = self._workspace.document_rows()
        self._palette.open()

    def _documents(self, query: str) -> "Iterator[Entry]":
        """The first documents with what is typed in their title."""
        from annotator.app.actions.command_palette import Entry

        wanted = query.casefold().strip()
        found = (row for row in self._rows if wanted and wanted in row.title.casefold())
        for row in islice(found, _DOCUMENTS_SHOWN):
            yield Entry(row.title, partial(self._workspace.open_document, row.id), detail=row.source or "document")

    def _labels(self, _query: str) -> "Iterator[Entry]":
        from annotator.app.actions.command_palette import Entry

        # Labels with a key are actions already.
        for label in self._workspace.labels:
            if label.key is None:
                run = partial(self._window.reading_commands.apply_label, label)
                yield Entry(f"Label as {label.name}", run, detail="label")

    def help_keys(self) -> None:
        from annotator.app.actions.shortcut_sheet import KeysSheet

        KeysSheet(self._window.keymap, self._window).show()

    def help_edit_keys(self) -> None:
        from annotator.app.actions.keymap_editor import KeymapEditor

        dialog = KeymapEditor(self._window.keymap, self._window)
        if dialog.exec():
            self._window.keymap.reset_all()
            for name, wanted in dialog.overrides.items():
                self._window.keymap.rebind(name, wanted)
            keys.save(self._window.keymap, self._window.settings)
            self._window.keymap.apply(self._window.actions_by_id)
            self._window.chord_hints.read_keys()
        dialog.deleteLater()

    def help_formats(self) -> None:
        from annotator.app.projects.formats_dialog import FormatsDialog

        FormatsDialog(self._window).show()

    def help_guideline(self) -> None:
        self._window.show_pane("guideline")
        self._window.views["guideline"].setFocus()

    def help_about(self) -> None:
        from annotator.app.shell.about_dialog import AboutDialog

        AboutDialog(self._window).show()


def _focus_first(pane: QWidget) -> None:
    """Give the focus to the first widget of a pane that takes it by key."""
    if pane.focusProxy() is not None or pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus()
        return
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane and pane.isAncestorOf(widget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus()
            return
        widget = widget.nextInFocusChain()
