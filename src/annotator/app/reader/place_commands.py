"""The handlers of the actions for places: two panes, bookmarks, visited places, and copying with the source."""

from PySide6.QtWidgets import QApplication

from annotator.app.reader.command_host import CommandHost
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.state.visit_history import Visits
from annotator.domain.records import BookmarkRecord
from annotator.domain.spans import Span
from annotator.domain.wording import with_full_stop
from annotator.nlp import boundaries
from annotator.services.annotations import bookmarks, citations


class PlaceCommands:
    """Handlers of the actions that go to places, mark them, and copy where they are."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._panes = host.panes
        self._visits = Visits()
        self._is_revisiting = False
        self._panes.each_pane(self._record_visits_of)
        self._panes.split_changed.connect(self._show_split)
        self._workspace.reading_changed.connect(self._record_visit)
        self._workspace.project_closed.connect(self._visits.clear)

    # --- two panes ----------------------------------------------------------------------------------------------------

    def view_split(self, _is_wanted: bool = False) -> None:
        """Show a second pane beside the first, at the same place; hide it if it is shown."""
        if self._panes.is_split:
            self._panes.unite()
            return
        first = self._panes.current
        second = self._panes.split()
        second.take_over(first)
        second.view.setFocus()

    def view_split_same(self) -> None:
        """Show the text of this pane in the other one too, at the same place; the focus stays."""
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
        """Set a bookmark at the selection or the sentence of the caret, or remove the one that is there."""
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
            self._workspace.notified.emit(with_full_stop(what), True)

    def bookmark_next(self) -> None:
        self._go_to_bookmark(forward=True)

    def bookmark_previous(self) -> None:
        self._go_to_bookmark(forward=False)

    def _go_to_bookmark(self, forward: bool) -> None:
        """Go to the next or previous bookmark in all documents; the first follows after the last."""
        known = self._workspace.bookmarks()
        if not known:
            sentence = self._workspace.keys.fill("There is no bookmark yet: {bookmark.toggle} sets one at the caret.")
            self._workspace.notified.emit(sentence, False)
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
        """Open the document of a bookmark, with the caret at the bookmark."""
        self._go(bookmark.document_id, bookmark.position)

    # --- back and forward ---------------------------------------------------------------------------------------------

    def navigate_back(self) -> None:
        if not self._host.return_from_place():
            self._go_to_visited(forward=False)

    def navigate_forward(self) -> None:
        self._go_to_visited(forward=True)

    def _go_to_visited(self, forward: bool) -> None:
        self._is_revisiting = True
        try:
            while (place := self._visits.step(forward)) is not None:
                if self._go(place.document_id, place.position):
                    return
                # The document was moved to the trash meanwhile.
                self._visits.forget(place.document_id)
        finally:
            self._is_revisiting = False
        where = "ahead" if forward else "before"
        self._workspace.notified.emit(f"There is no place {where} that you have visited.", False)

    def _go(self, document_id: int, position: int) -> bool:
        """Put the caret at a place; return whether its document could be opened."""
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

    def _record_visits_of(self, pane: ReadingPane) -> None:
        pane.view.caret_moved.connect(lambda _position: self._record_visit())
        pane.reading.document_opened.connect(self._record_visit)

    def _record_visit(self) -> None:
        document = self._workspace.document
        view = self._panes.view
        if document is not None and not self._is_revisiting and view.text is document.text:
            self._visits.note(document.id, view.caret())

    # --- copying ------------------------------------------------------------------------------------------------------

    def edit_copy_citation(self) -> None:
        """Copy the selected words, or those of the active annotation, with title, source, date and place."""
        document, active = self._workspace.document, self._workspace.active
        if document is None:
            return
        selected = self._panes.view.selected_span()
        if selected is not None:
            text = citations.cite(document, selected)
        elif active is not None:
            text = citations.cite_annotation(document, active)
        else:
            self._workspace.notified.emit("Select words or choose an annotation first: then they are copied.", False)
            return
        QApplication.clipboard().setText(text)
        self._workspace.notified.emit("Copied with its source.", False)
