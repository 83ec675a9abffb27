"""The handlers of the actions in the text: select, label, relate, and go from annotation to annotation."""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.split_panes import ReadingPanes
from annotator.app.state.reader_state import place_of
from annotator.app.state.workspace import Workspace
from annotator.domain.records import AnnotationRecord, LabelRecord
from annotator.domain.spans import Span, trimmed
from annotator.nlp import boundaries
from annotator.services.annotations import annotating


class ReadingCommands:
    """Handlers of the actions that act on the text."""

    def __init__(self, workspace: Workspace, panes: ReadingPanes) -> None:
        self._workspace = workspace
        self._panes = panes
        self._relating: tuple[int, str] | None = None
        workspace.active_changed.connect(self._finish_relation)
        self.answer_suggestion: Callable[[LabelRecord, Span | None], bool] = lambda _label, _span: False
        """Accepts the active suggestion with a label if a label key is meant for it; returns whether it is."""
        self.leave_text: Callable[[], object] = lambda: None
        """What Esc does where nothing is selected and no annotation or suggestion is active."""
        workspace.reading_changed.connect(self._clear_active_for_relation)

    @property
    def _view(self) -> DocumentView:
        """The text in which the user works."""
        return self._panes.view

    # --- select -------------------------------------------------------------------------------------------------------

    def edit_copy(self) -> None:
        self._view.copy()

    def select_word(self) -> None:
        self._view.select_unit("word")

    def select_clause(self) -> None:
        self._view.select_clause(forward=True)

    def select_previous_clause(self) -> None:
        self._view.select_clause(forward=False)

    def select_sentence(self) -> None:
        self._view.select_unit("sentence")

    def select_paragraph(self) -> None:
        self._view.select_unit("paragraph")

    def select_grow(self) -> None:
        self._view.grow_selection()

    def select_shrink(self) -> None:
        self._view.shrink_selection()

    def select_none(self) -> None:
        """Clear the selection; without one, make no annotation active. A relation that was begun is cancelled.

        Where the text does not have the focus, only give it the focus.
        """
        self._relating = None
        if not self._view.hasFocus():
            self._view.setFocus()
        elif self._view.selected_span() is not None:
            self._view.set_caret(self._view.caret())
        elif self._workspace.active is not None:
            self._workspace.set_active(None)
        elif self._workspace.suggestions.active is not None:
            self._workspace.suggestions.set_active(None)
        else:
            self.leave_text()

    def select_next_sentence(self) -> None:
        self._view.move_by("sentence", True)

    def select_previous_sentence(self) -> None:
        self._view.move_by("sentence", False)

    def select_next_paragraph(self) -> None:
        self._view.move_by("paragraph", True)

    def select_previous_paragraph(self) -> None:
        self._view.move_by("paragraph", False)

    def extend_next_word(self) -> None:
        self._view.move_by("word", True, extend=True)

    def extend_previous_word(self) -> None:
        self._view.move_by("word", False, extend=True)

    def extend_next_sentence(self) -> None:
        self._view.move_by("sentence", True, extend=True)

    def extend_previous_sentence(self) -> None:
        self._view.move_by("sentence", False, extend=True)

    def extend_next_paragraph(self) -> None:
        self._view.move_by("paragraph", True, extend=True)

    def extend_previous_paragraph(self) -> None:
        self._view.move_by("paragraph", False, extend=True)

    # --- label --------------------------------------------------------------------------------------------------------

    def annotate_label(self, digit: int) -> None:
        """Label the selection, or else the annotation or the sentence at the caret, with the label of ``digit``."""
        for label in self._workspace.labels:
            if label.key == digit:
                self.apply_label(label)
                return
        self._workspace.notified.emit("No label has this key.", False)

    def apply_label(self, label: LabelRecord) -> None:
        """Label the selection with ``label``; a span that is annotated already gets the other label instead.

        Without a selection, label the active annotation at the caret, or else the sentence at the caret. An active
        suggestion is accepted with the label.
        """
        span = self._view.selected_span()
        if self.answer_suggestion(label, span):
            return
        same = self._annotation_to_label(span)
        if same is not None:
            if same.label_id != label.id:
                self._workspace.update(same, label_id=label.id)
            self._workspace.set_active(same.id)
        else:
            wanted = span_to_label(self._view)
            if wanted is None:
                self._workspace.notified.emit("There are no words here to label.", False)
                return
            if self._workspace.annotate([wanted], label.id) is None:
                return
        # The caret stays inside, so that another digit changes the label and an arrow key moves on from there.
        self._view.set_caret(self._view.caret())

    def apply_label_id(self, label_id: int) -> None:
        """Label as ``apply_label`` does, with the label of an id; an unknown id is ignored."""
        for label in self._workspace.labels:
            if label.id == label_id:
                self.apply_label(label)

    def _annotation_to_label(self, span: Span | None) -> AnnotationRecord | None:
        """Return the annotation that a label key changes: the one on the selection, or the active one at the caret."""
        active = self._workspace.active
        if span is None:
            caret = self._view.caret()
            return active if active is not None and active.start <= caret <= active.end else None
        trim = trimmed(self._view.text, span)
        return annotation_on(self._workspace, self._view, trim) if trim else None

    # --- delete and relate --------------------------------------------------------------------------------------------

    def annotate_delete(self) -> None:
        """Remove the active annotation and make the one after it active."""
        active = self._workspace.active
        if active is None:
            return
        following = self._neighbour(active, forward=True) or self._neighbour(active, forward=False)
        if self._workspace.remove([active]) and following is not None:
            self._workspace.set_active(following.id)

    def begin_relation(self, kind: str) -> None:
        """Relate the active annotation to the one that is chosen next, in this document or another."""
        if (active := self._workspace.active) is not None:
            self._relating = (active.id, kind)
            cancels = self._workspace.keys.fill("{select.none} cancels.")
            self._workspace.notified.emit(f"Now choose the annotation that this one {kind}; {cancels}", False)

    def _clear_active_for_relation(self) -> None:
        """Make no annotation active in the other pane: only one that the user chooses there is related."""
        if self._relating is not None:
            self._workspace.set_active(None)

    def _finish_relation(self) -> None:
        active = self._workspace.active
        if self._relating is None or active is None or active.id == self._relating[0]:
            return
        from_id, kind = self._relating
        self._relating = None
        self._workspace.attempt("Relate", lambda project: annotating.relate(project, from_id, active.id, kind))

    # --- next and previous --------------------------------------------------------------------------------------------

    def navigate_next_annotation(self) -> None:
        self._go_to_neighbour(forward=True)

    def navigate_previous_annotation(self) -> None:
        self._go_to_neighbour(forward=False)

    def show_annotation(self, id: int) -> None:
        """Make an annotation of this document active and bring it into view, with the caret at its start."""
        found = self._workspace.annotations.get(id)
        if found is None:
            return
        self._workspace.set_active(id)
        self._view.set_caret(found.start)
        self._view.scroll_to(found.span)

    def _go_to_neighbour(self, forward: bool) -> None:
        found = self._neighbour(self._workspace.active, forward)
        if found is None:
            self._workspace.notified.emit(f"There is no {'next' if forward else 'previous'} annotation.", False)
        else:
            self.show_annotation(found.id)

    def _neighbour(self, active: AnnotationRecord | None, forward: bool) -> AnnotationRecord | None:
        """Return the annotation after or before the active one, or else after or before the caret."""
        is_hidden = self._workspace.label_filter.is_hidden
        ordered = self._workspace.ordered_annotations()
        caret = self._view.caret()
        if active is not None:
            place = bisect_left(ordered, place_of(active), key=place_of)
            ahead = ordered[place + 1 :]
            behind: Iterator[AnnotationRecord] = reversed(ordered[:place])
        else:
            ahead = ordered[bisect_left(ordered, caret, key=lambda found: found.start) :]
            before = ordered[: bisect_left(ordered, caret + 1, key=lambda found: found.start)]
            behind = (found for found in reversed(before) if found.end <= caret)
        return next((found for found in (ahead if forward else behind) if not is_hidden(found.label_id)), None)


def span_to_label(view: DocumentView) -> Span | None:
    """Return what a label key annotates: the selection, or else the sentence at the caret; None without words."""
    return trimmed(view.text, view.selected_span() or boundaries.sentence_at(view.text, view.caret()))


def annotation_on(workspace: Workspace, view: DocumentView, span: Span) -> AnnotationRecord | None:
    """Return the annotation of this annotator that covers exactly ``span``."""
    annotator = workspace.project.annotator if workspace.project else ""
    for id in view.highlights_at(span.start):
        found = workspace.annotations.get(id)
        if found is not None and found.fragments == (span,) and found.annotator == annotator:
            return found
    return None
