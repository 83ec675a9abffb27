"""Places: two panes side by side, bookmarks, back and forward in what was visited, and quoting with the source."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from annotator.app.reader.command_host import CommandHost
from annotator.app.state.visit_history import Visits
from annotator.domain.records import BookmarkRecord
from annotator.domain.spans import Span
from annotator.nlp import boundaries
from annotator.services.annotations import bookmarks, citations

if TYPE_CHECKING:
    from annotator.app.reader.reader_pane import ReadingPane


class PlaceCommands:
    """Handlers of the actions that go to places, keep them, and tell where they are."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._panes = host.panes
        self._visits = Visits()
        self._is_travelling = False
        self._panes.each_pane(self._follow)
        self._panes.split_changed.connect(self._show_split)
        self._workspace.reading_changed.connect(self._note_here)
        self._workspace.project_closed.connect(self._visits.clear)

    # --- two panes ----------------------------------------------------------------------------------------------------

    def view_split(self, _is_wanted: bool = False) -> None:
        """A second pane beside the first, at the same place; or the room of the other one back."""
        if self._panes.is_split:
            self._panes.unite()
            return
        first = self._panes.current
        second = self._panes.split()
        second.take_over(first)
        second.view.setFocus()

    def view_split_same(self) -> None:
        """Show what is read here in the other pane too, at the same place; the focus stays."""
        here = self._panes.current
        other = self._panes.other
        if other is None:
            other = self._panes.split()
        other.take_over(here)
        here.view.setFocus()

    def _show_split(self) -> None:
        self._host.action("view.split").setChecked(self._panes.is_split)

    # --- bookmarks ----------------------------------------------------------------------------------------------------

    def bookmark_toggle(self) -> None:
        """Set a bookmark at the sentence of the caret, or take away the one that is there."""
        project, document = self._workspace.project, self._workspace.document
        if project is None or document is None:
            return
        view = self._panes.view
        selected = view.selected_span()
        sentence = boundaries.sentence_at(view.text, view.caret())
        place = selected or sentence or Span(view.caret(), view.caret())
        here = [
            found
            for found in self._workspace.bookmarks_of(document.id)
            if found.annotator == project.annotator and place.start <= found.position < max(place.end, place.start + 1)
        ]
        change = self._workspace.attempt(
            "Set a bookmark",
            lambda project: bookmarks.remove(here) if here else bookmarks.add(project, document, place.start),
        )
        if change is not None:
            made = change.edits[0].after
            what = f"Bookmark: {made['name']}" if made else "Removed the bookmark"
            self._workspace.told.emit(f"{what}.", True)

    def bookmark_next(self) -> None:
        self._go_to_bookmark(forward=True)

    def bookmark_previous(self) -> None:
        self._go_to_bookmark(forward=False)

    def _go_to_bookmark(self, forward: bool) -> None:
        """To the next bookmark or the one before, on through the documents and round the end."""
        known = self._workspace.bookmarks()
        if not known:
            self._workspace.told.emit("There is no bookmark yet: Ctrl+B sets one at the caret.", False)
            return
        document = self._workspace.document
        here = (document.id if document else 0, self._panes.view.caret())
        places = [(found.document_id, found.position) for found in known]
        if forward:
            number = next((number for number, place in enumerate(places) if place > here), 0)
        else:
            number = next((number for number in reversed(range(len(places))) if places[number] < here), -1)
        self.show_bookmark(known[number])

    def show_bookmark(self, bookmark: BookmarkRecord) -> None:
        """Open the document of a bookmark with the caret there."""
        self._go(bookmark.document_id, bookmark.position)

    # --- back and forward ---------------------------------------------------------------------------------------------

    def navigate_back(self) -> None:
        self._travel(forward=False)

    def navigate_forward(self) -> None:
        self._travel(forward=True)

    def _travel(self, forward: bool) -> None:
        self._is_travelling = True
        try:
            while (place := self._visits.step(forward)) is not None:
                if self._go(place.document_id, place.position):
                    return
                # It is in the trash by now.
                self._visits.forget(place.document_id)
        finally:
            self._is_travelling = False
        where = "ahead" if forward else "before"
        self._workspace.told.emit(f"There is no place {where} that you have visited.", False)

    def _go(self, document_id: int, position: int) -> bool:
        """Put the caret at a place; whether its document could be opened."""
        document = self._workspace.document
        if document is None or document.id != document_id:
            self._workspace.open_document(document_id)
            document = self._workspace.document
        if document is None or document.id != document_id:
            return False
        view = self._panes.view
        position = min(position, len(document.text))
        view.set_caret(position)
        view.scroll_to(Span(position, position))
        view.setFocus()
        return True

    def _follow(self, pane: "ReadingPane") -> None:
        pane.view.caret_moved.connect(lambda _position: self._note_here())
        pane.reading.document_opened.connect(self._note_here)

    def _note_here(self) -> None:
        document = self._workspace.document
        view = self._panes.view
        if document is not None and not self._is_travelling and view.text is document.text:
            self._visits.note(document.id, view.caret())

    # --- quoting ------------------------------------------------------------------------------------------------------

    def edit_copy_citation(self) -> None:
        """Copy the selected words, or those of the active annotation, with where they stand."""
        document, active = self._workspace.document, self._workspace.active
        if document is None:
            return
        selected = self._panes.view.selected_span()
        if selected is not None:
            text = citations.cite(document, selected)
        elif active is not None:
            text = citations.cite_annotation(document, active)
        else:
            self._workspace.told.emit("Select words or choose an annotation first: then they are copied.", False)
            return
        QApplication.clipboard().setText(text)
        self._workspace.told.emit("Copied with its source.", False)
