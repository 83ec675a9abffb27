"""Commands that change the extent of annotations: move edges, split, join, fragments; also repeat, and copy grades."""

from typing import Any

from annotator.app.reader.command_host import CommandHost
from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.reader_commands import annotation_on, span_to_label
from annotator.app.state.workspace import Outcome
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError, InvalidValue, ProjectError
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import counted
from annotator.services.annotations import reshaping
from annotator.services.annotations.reshaping import Edge, Fragments


class ShapingCommands:
    """Handlers of the actions that change the extent of annotations."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._last: AnnotationRecord | None = None
        self._grades: dict[str, Any] = {}
        host.panes.each_pane(lambda pane: pane.view.reshape_requested.connect(self.give_fragments))
        self._workspace.committed.connect(self._note_last)
        self._workspace.project_closed.connect(self._forget_last)

    @property
    def _view(self) -> DocumentView:
        """The view of the text in which the user works."""
        return self._host.panes.view

    # --- edges ------------------------------------------------------------------------------------------------------

    def edge_step(self, which: str) -> None:
        """Move an edge by a unit: ``start left word``, ``end right sentence``, and so on."""
        active = self._workspace.active
        if active is None:
            return
        side, direction, unit = which.split()
        start, end = reshaping.edges_at(active.fragments, self._view.caret())
        edge = start if side == "start" else end
        try:
            moved = reshaping.edge_stepped(self._view.text, active.fragments, edge, unit, direction == "right")
        except InvalidValue as error:
            self._workspace.notified.emit(str(error), False)
            return
        if self._workspace.update(active, _title_of(active, edge), fragments=moved):
            self._view.set_caret(_place_of(edge, active.fragments, moved))

    def edge_both_sentence(self) -> None:
        """Extend the active annotation to the edges of the sentences in which it begins and ends."""
        active = self._workspace.active
        if active is None:
            return
        edges = reshaping.edges_at(active.fragments, self._view.caret())
        moved = reshaping.edges_at_sentence(self._view.text, active.fragments, *edges)
        if not self._workspace.update(active, "Move the edges to the sentence", fragments=moved):
            self._workspace.notified.emit("The edges lie at those of the sentence already.", False)

    def give_fragments(self, id: int, fragments: Fragments) -> None:
        """Set the fragments of an annotation after one of its edges was dragged."""
        found = self._workspace.annotations.get(id)
        if found is not None:
            outer = found.start != fragments[0].start or found.end != fragments[-1].end
            self._workspace.update(found, "" if outer else "Move an inner edge", fragments=fragments)

    # --- fragments, splitting and joining ---------------------------------------------------------------------------

    def annotate_add_fragment(self) -> None:
        """Add the selection to the active annotation, which then has a gap."""
        active, span = self._workspace.active, self._view.selected_span()
        if active is None:
            return
        if span is None:
            self._workspace.notified.emit("Select the words of the new fragment first.", False)
            return
        if self._workspace.update(active, "Add a fragment", fragments=[*active.fragments, span]):
            self._view.set_caret(self._view.caret())

    def annotate_remove_fragment(self) -> None:
        """Remove the fragment at the caret from the active annotation; the last fragment stays."""
        if (active := self._workspace.active) is None:
            return
        try:
            kept = reshaping.without_fragment(active.fragments, self._view.caret())
        except InvalidValue as error:
            self._workspace.notified.emit(str(error), False)
            return
        self._workspace.update(active, "Remove a fragment", fragments=kept)

    def annotate_split(self) -> None:
        """Split the active annotation at the caret and make the second half active."""
        active, project = self._workspace.active, self._workspace.project
        if active is None or project is None:
            return
        try:
            id, change = reshaping.split(project, active, self._view.text, self._view.caret())
        except ProjectError as error:
            self._workspace.refuse(error, "Split the annotation", self.annotate_split)
            return
        except InvalidValue as error:
            self._workspace.notified.emit(str(error), False)
            return
        if self._workspace.perform(change):
            self._workspace.set_active(id)
            # The keys of labels and edges now act on the second half.
            self._view.set_caret(self._workspace.annotations[id].start)

    def annotate_join(self) -> None:
        """Join the annotations selected in the table, or else the active one with the next of its label."""
        active, project = self._workspace.active, self._workspace.project
        if active is None or project is None:
            return
        together = [
            self._workspace.annotations[id]
            for id in self._host.chosen_annotations()
            if id in self._workspace.annotations
        ]
        if len(together) < 2:
            following = self._next_alike(active)
            if following is None:
                self._workspace.notified.emit(
                    f"There is no {active.label} of yours after this one to join with.", False
                )
                return
            together = [active, following]
        try:
            joined = reshaping.join(project, together, self._view.text)
        except ProjectError as error:
            self._workspace.refuse(error, "Join the annotations", self.annotate_join)
            return
        except AnnotatorError as error:
            self._workspace.notified.emit(str(error), False)
            return
        if self._workspace.perform(joined.change):
            self._workspace.set_active(joined.survivor_id)
            lost = f" Not kept: {', '.join(joined.dropped)}." if joined.dropped else ""
            self._workspace.notified.emit(f"Joined {counted(len(together), 'annotation')}.{lost}", True)

    def _next_alike(self, active: AnnotationRecord) -> AnnotationRecord | None:
        ordered = self._workspace.ordered_annotations()
        beyond = ordered[ordered.index(active) + 1 :]
        alike = (found for found in beyond if (found.label_id, found.annotator) == (active.label_id, active.annotator))
        return next(alike, None)

    # --- reusing ----------------------------------------------------------------------------------------------------

    def grade_copy(self) -> None:
        """Copy the grades that were set on the active annotation itself."""
        if (active := self._workspace.active) is None:
            return
        grades = reshaping.grades_of(active)
        if not grades:
            self._workspace.notified.emit("This annotation has no grades of its own to copy.", False)
            return
        self._grades = grades
        self._workspace.notified.emit("Copied the grades.", False)

    def grade_paste(self) -> None:
        """Set the copied grades on the active annotation; its other grades stay."""
        if (active := self._workspace.active) is None:
            return
        if not self._grades:
            self._workspace.notified.emit("Copy the grades of an annotation first.", False)
        elif self._workspace.update(active, "Paste grades", **self._grades) is Outcome.UNCHANGED:
            self._workspace.notified.emit("This annotation has these grades already.", False)

    def annotate_repeat(self) -> None:
        """Annotate the selection or the sentence at the caret like the annotation that was made or changed last."""
        last, span = self._last, span_to_label(self._view)
        if last is None:
            self._workspace.notified.emit("There is no annotation yet to repeat: label some words first.", False)
        elif last.label_id not in {label.id for label in self._workspace.labels}:
            self._workspace.notified.emit("The label of the last annotation is gone: label some words first.", False)
        elif span is None:
            self._workspace.notified.emit("There are no words here to label.", False)
        elif (existing := annotation_on(self._workspace, self._view, span)) is not None:
            self._workspace.set_active(existing.id)
            self._workspace.notified.emit("These words are annotated already.", False)
        else:
            fields = reshaping.repeated(last)
            if fields["source_id"] not in {source.id for source in self._workspace.sources()}:
                fields["source_id"] = None
            if self._workspace.annotate([span], last.label_id, **fields) is not None:
                self._view.set_caret(self._view.caret())
                if last.credibility is not None and "credibility" not in fields:
                    self._workspace.notified.emit(
                        f"The credibility {last.credibility} was not repeated: it needs a reason, or a second "
                        "independent origin for these words.",
                        True,
                    )

    def _note_last(self, change: Change) -> None:
        for edit in reversed(change.edits):
            if edit.table == "annotation" and edit.after is not None and edit.id in self._workspace.annotations:
                self._last = self._workspace.annotations[edit.id]
                return

    def _forget_last(self) -> None:
        self._last = None


def _title_of(annotation: AnnotationRecord, edge: Edge) -> str:
    """Return the title of moving an edge in the history; empty for an outer edge, which has a title by default."""
    outer = (Edge(0, True), Edge(len(annotation.fragments) - 1, False))
    return "" if edge in outer else "Move an inner edge"


def _place_of(edge: Edge, before: Fragments, after: Fragments) -> int:
    """Return the new position of a moved edge; if two fragments were merged, the position where they met."""
    if len(after) == len(before):
        return edge.of(after)
    return before[edge.fragment - 1].end if edge.at_start else before[edge.fragment + 1].start
