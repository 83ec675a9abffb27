"""The source of the annotation in the inspector."""

from typing import Any

from PySide6.QtWidgets import QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.state.typed_field import TypedField, problem_label
from annotator.app.widgets.source_field import SourceField
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord
from annotator.services.annotations import annotating
from annotator.services.projects.open_project import Project
from annotator.services.sources import sources


class SourceSection(Section):
    """A source of the registry, or a new name that is added to it once the user confirms it."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._annotation_id: int | None = None
        self._kinds: dict[str, str] = {}
        """The kinds that the user chose for new names."""
        caption = self._add_caption("Who said it")
        self.field = SourceField(self)
        self.field.chosen.connect(lambda _: self._save())
        self.field.new_requested.connect(lambda _name, _kind: self._save())
        # After the field itself has accepted a complete name of the registry.
        self.field.edit.editingFinished.connect(self._keep_new_name)
        self._workspace.typed.flush_requested.connect(self._keep_new_name)
        self.field.set_offers(self._candidates)
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
        """Show the stored source again instead of a partly typed name, unless the name was refused."""
        if self.field.is_being_typed and not self._typed_name.is_unsaved:
            self.field.revert()

    def _take_sources(self) -> None:
        self.field.set_sources(self._workspace.sources())

    def _candidates(self) -> list[str]:
        """Return the possible sources that the text around the annotation names."""
        annotation, document = self._shown.record, self._workspace.document
        if annotation is None or document is None or document.id != annotation.document_id:
            return []
        # Imported on first use to keep the start of the window fast.
        from annotator.services.annotations.source_candidates import offers

        return offers(document.text, annotation.fragments, self._workspace.sources(), document.language)

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

    def _keep_new_name(self) -> None:
        """Keep a typed new name that was not confirmed for its annotation, marked as not saved."""
        if self.field.is_new:
            name = self.field.typed
            self._typed_name.keep_unconfirmed(
                f"{name} is not among the sources yet: press Enter in the field to add it."
            )
        else:
            self._typed_name.forget_unconfirmed()

    def _write(self, annotation_id: int, name: Any, step: str) -> AnnotatorError | None:
        """Write the source of an annotation, and a new entry of the registry, as one change."""
        is_new = False
        kind = self._kinds.get(name, "person")

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
            self._workspace.notified.emit(f"{name} is a new source ({kind}).", True)
        return error
