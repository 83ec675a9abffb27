"""The source of the annotation in the inspector."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.annotations.new_source_question import NewSourceQuestion
from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.state.typed_texts import Place
from annotator.app.widgets.source_field import SourceField
from annotator.domain.changes import Change, new_uid
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord, SourceRecord
from annotator.domain.wording import isolated
from annotator.services.annotations import annotating
from annotator.services.projects.open_project import Project
from annotator.services.sources import sources
from annotator.services.sources.source_kinds import guess_kind

_WAIT_MS = 50
"""Milliseconds until it is seen again whether a mouse button is down or a list or dialog open."""
_MAX_WAITS = 100
"""After so many pauses, five seconds in all, the question is asked although a button or a popup is in use."""


class SourceSection(Section):
    """A source of the registry, or a new name that is added to it once the user confirms it."""

    leave_requested = Signal()
    """The user is finished with the source, and the focus should return to the text."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._annotation_id: int | None = None
        self._kinds: dict[str, str] = {}
        """The kinds that the user chose for new names."""
        self._text_names: tuple[int, Any] = (0, None)
        """The names in the text of a document, by its id."""
        caption = self._add_caption("Who said it")
        self.field = SourceField(self)
        self.field.chosen.connect(lambda _: self._save())
        self.field.new_requested.connect(lambda _name, _kind: self._save())
        self.field.finished.connect(self._on_finished)
        self.field.cancelled.connect(self.leave_requested)
        self.field.left_unconfirmed.connect(self._on_left_unconfirmed)
        # After the field itself has accepted an exact name: a name that was kept may be gone from it.
        self.field.edit.left.connect(self._keep_new_name)
        self._workspace.typed.flush_requested.connect(self._keep_new_name)
        self.field.set_text_names(self._candidates, self._distance)
        caption.setBuddy(self.field.edit)
        self._body.addWidget(self.field)
        self._typed_name = TypedField(
            self.field.edit,
            self._workspace.typed,
            "annotation",
            "source_id",
            self._write,
            read=lambda: self.field.typed,
            show=lambda name: self.field.edit.setText(name or ""),
            is_confirmed=True,
        )
        self._typed.append(self._typed_name)
        self._body.addWidget(problem_label(self._typed_name))
        for changed in (
            self._workspace.sources_changed,
            self._workspace.project_opened,
            self._workspace.project_closed,
        ):
            changed.connect(self._take_sources)
        self._take_sources()

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        self.field.set_source(annotation.source_id, annotation.source)
        if annotation.id != self._annotation_id:
            self._annotation_id = annotation.id
            self.field.revert()
        self._typed_name.show_row(annotation.id, self._shown.field_title("Source"), annotation.source)

    def set_writable(self, is_writable: bool) -> None:
        self.field.setEnabled(is_writable)

    def leave(self) -> None:
        self._keep_new_name()
        self._annotation_id = None
        super().leave()

    def revert(self) -> None:
        """Show the stored source again instead of a typed name, unless the name was confirmed and refused."""
        self._typed_name.forget_unconfirmed()
        if self.field.is_being_typed and not self._typed_name.is_unsaved:
            self.field.revert()

    def _take_sources(self) -> None:
        self._text_names = (0, None)
        self.field.set_sources(self._workspace.sources())

    # --- what the text names --------------------------------------------------------------------------------------

    def _candidates(self) -> list[str]:
        """Return the possible sources that the text around the annotation names."""
        annotation, document = self._shown.record, self._workspace.document
        if annotation is None or document is None or document.id != annotation.document_id:
            return []
        # Imported on first use to keep the start of the window fast.
        from annotator.services.annotations.source_candidates import offers

        return offers(document.text, annotation.fragments, self._workspace.sources(), document.language)

    def _distance(self, source: SourceRecord) -> int | None:
        """Return how far from the annotation its document names a source, in characters; None where it does not."""
        annotation, document = self._shown.record, self._workspace.document
        if annotation is None or document is None or document.id != annotation.document_id:
            return None
        if self._text_names[0] != document.id:
            # Imported on first use to keep the start of the window fast.
            from annotator.services.annotations.source_candidates import TextNames

            self._text_names = (document.id, TextNames(document.text))
        distance: int | None = self._text_names[1].distance((source.name, *source.aliases), annotation.span)
        return distance

    # --- writing --------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Set the source in the field; a name that is not in the registry is added to it."""
        annotation, name = self._shown.record, self.field.typed
        if annotation is None or self._workspace.read_only:
            return
        self._kinds[name] = self.field.kind.currentText()
        self._typed_name.save()
        if self._typed_name.is_unsaved:
            self.field.set_source(annotation.source_id, annotation.source)
            self.field.edit.setText(name)

    def _on_finished(self) -> None:
        # The focus stays at a name that was refused, beside the reason.
        if not self._typed_name.is_unsaved:
            self.leave_requested.emit()

    def _write(self, annotation_id: int, name: Any, step: str) -> AnnotatorError | None:
        """Write the source of an annotation, and a new entry of the registry, as one change."""
        is_new = False
        kind = self._kinds.get(name) or guess_kind(name or "")

        def plan(project: Project) -> Change:
            nonlocal is_new
            stored = project.read.annotations.one(annotation_id)
            found = sources.find(project, name) if name else None
            is_new = bool(name) and found is None
            if not is_new:
                return annotating.update(project, stored, "", source_id=None if found is None else found.id)
            id, added = sources.add(project, name, kind)
            return Change(added.title, (*added.edits, *annotating.update(project, stored, "", source_id=id).edits))

        error = self._workspace.write_typed(plan, step)
        if error is None and is_new:
            self._workspace.notified.emit(f"{isolated(name)} is a new source ({kind}).", True)
        return error

    # --- a new name that was not confirmed ------------------------------------------------------------------------

    def _keep_new_name(self) -> bool:
        """Keep a typed new name that was not confirmed for its annotation, and return whether there is one."""
        if not self.field.is_new:
            self._typed_name.forget_unconfirmed()
            return False
        return self._typed_name.keep_unconfirmed(
            f"{isolated(self.field.typed)} is not among the sources yet: press Enter in the field to add it."
        )

    def _on_left_unconfirmed(self) -> None:
        annotation = self._shown.record
        if annotation is not None and self._keep_new_name():
            question = partial(self._ask, annotation.id, annotation.shown_quote, self.field.kind.currentText())
            QTimer.singleShot(0, self, question)

    def _ask(self, annotation_id: int, quote: str, kind: str, waits: int = 0) -> None:
        """Ask whether the name that is kept for an annotation is a new source, unless that is settled meanwhile."""
        place = Place("annotation", annotation_id, "source_id")
        kept = self._workspace.typed.get(place)
        is_back = self.field.edit.hasFocus() and self._annotation_id == annotation_id
        if kept is None or kept.is_confirmed or is_back:
            return
        # The click that took the focus away is not over, or opened something of its own.
        is_busy = QApplication.mouseButtons() != Qt.MouseButton.NoButton or QApplication.activePopupWidget() is not None
        # A button that Qt still takes for pressed must not put the question off for ever.
        if (is_busy and waits < _MAX_WAITS) or QApplication.activeModalWidget() is not None:
            QTimer.singleShot(_WAIT_MS, self, partial(self._ask, annotation_id, quote, kind, waits + 1))
            return
        name = kept.text
        dialog = NewSourceQuestion(name, kind, quote, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.on_accept(lambda: self._add(place, name, dialog.kind.currentText()))
        dialog.rejected.connect(lambda: self._discard(place))
        self._workspace.project_closed.connect(dialog.give_up)
        # Keys go on where they were pressed, whatever Qt takes for the last field that had the focus.
        before = self.window().focusWidget()
        if before is not None:
            dialog.finished.connect(lambda _result: before.setFocus())
        dialog.open_below(self.field)

    def _add(self, place: Place, name: str, kind: str) -> None:
        """Add a new source and set it for an annotation. Raise AnnotatorError if that is refused."""
        self._kinds[name] = kind
        if (error := self._write(place.row, name, new_uid())) is not None:
            raise error
        self._settle(place)

    def _discard(self, place: Place) -> None:
        self._settle(place)
        if self._annotation_id == place.row:
            self.field.revert()

    def _settle(self, place: Place) -> None:
        """Keep the typed name no longer."""
        if self._annotation_id == place.row:
            self._typed_name.forget_unconfirmed()
        self._workspace.typed.forget(place)
