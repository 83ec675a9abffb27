"""The inspector: shows all fields of the active annotation for reading and editing."""

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from annotator.app.annotations.inspector.claim_section import ClaimSection
from annotator.app.annotations.inspector.empty_page import EmptyPage
from annotator.app.annotations.inspector.feature_section import FeatureSection
from annotator.app.annotations.inspector.grades_section import GradesSection
from annotator.app.annotations.inspector.label_section import LabelSection
from annotator.app.annotations.inspector.leave_keys import LeaveKeys
from annotator.app.annotations.inspector.likelihood_section import LikelihoodSection
from annotator.app.annotations.inspector.quote_section import OriginSection, QuoteSection
from annotator.app.annotations.inspector.relation_section import RelationSection
from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.annotations.inspector.source_section import SourceSection
from annotator.app.annotations.inspector.span_section import SpanSection
from annotator.app.annotations.inspector.text_section import TextSection
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.grade_fields import GradeRow
from annotator.domain.fields import ANNOTATION_FIELDS
from annotator.domain.records import AnnotationRecord


class Inspector(QStackedWidget):
    """Shows the active annotation and writes each edit as one change of just that field.

    Each section shows and writes its own fields; the inspector arranges them and hands the annotation on.
    """

    leave_requested = Signal()
    """The user is finished here, and the focus should return to the text."""

    assess_requested = Signal(int)
    """The id of a source to be assessed."""

    cue_from_selection_requested = Signal()
    mention_from_selection_requested = Signal()

    relate_requested = Signal(str)
    """The kind of a relation from the active annotation to the one that the user chooses next."""

    jump_requested = Signal(int)
    """The id of another annotation of this document that the user wants to see."""

    hit_requested = Signal(int, object)
    """The id of another document and the Span in it that the user wants to see."""

    claim_requested = Signal()
    """The user wants to see the claim that the annotation states."""

    chain_requested = Signal()
    """The user wants to see the attribution chain of the annotation."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._workspace = workspace
        self._shown = ShownAnnotation(workspace, self)
        self._keys = LeaveKeys(self)
        self.empty_page = EmptyPage(workspace, self)
        self.addWidget(self.empty_page)
        self._build_sections()
        self._connect_sections()
        self._keys.watch(self._fields)
        workspace.active_changed.connect(self._on_active_changed)
        workspace.suggestions.active_changed.connect(self._on_suggestion_changed)
        workspace.annotations_changed.connect(self._on_annotations_changed)
        workspace.document_opened.connect(self._on_active_changed)
        workspace.vocabulary_changed.connect(self._on_vocabulary_changed)
        workspace.project_opened.connect(self._on_project_changed)
        workspace.project_closed.connect(self._on_project_changed)
        self._on_project_changed()

    def sizeHint(self) -> QSize:
        return QSize(320, 560)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    # --- interface ------------------------------------------------------------------------------------------------

    @property
    def reliability(self) -> GradeRow:
        """The letters of the source of the active annotation."""
        return self.grades.reliability

    def focus_source(self) -> None:
        """Move the focus to the field for the source."""
        self._focus(self.source.field.edit)
        self.source.field.edit.selectAll()

    def focus_note(self) -> None:
        """Move the focus to the field for the note."""
        self._focus(self.texts.note)

    def focus_probability(self) -> None:
        """Move the focus to the field for the probability in percent."""
        self._focus(self.likelihood.probability.spin)
        self.likelihood.probability.spin.selectAll()

    def focus_label(self) -> None:
        """Move the focus to the choice of the label."""
        self._focus(self.label.field)

    def flush(self) -> None:
        """Write pending typed text immediately."""
        for section in self._sections:
            section.flush()

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._area.ensureWidgetVisible(widget, 0, 40)

    # --- building -------------------------------------------------------------------------------------------------

    def _build_sections(self) -> None:
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        fields = self._fields = QWidget(self._area)
        shown = self._shown
        part = {field.name: field for field in ANNOTATION_FIELDS}
        self.quote = QuoteSection(shown, fields)
        self.label = LabelSection(shown, fields)
        self.source = SourceSection(shown, fields)
        self.grades = GradesSection(shown, fields)
        self.likelihood = LikelihoodSection(shown, fields)
        cue_meaning = "The saying words, such as “said” or “according to”"
        self.cue = SpanSection(shown, part["cue"], cue_meaning, fields)
        self.mention = SpanSection(shown, part["mention"], "The words of the text that name who said it", fields)
        self.texts = TextSection(shown, fields)
        self.features = FeatureSection(shown, self._keys, fields)
        self.relations = RelationSection(shown, self._keys, fields)
        self.claim = ClaimSection(shown, fields)
        self._sections: tuple[Section, ...] = (
            self.quote, self.label, self.source, self.grades, self.likelihood, self.cue, self.mention, self.texts,
            self.features, self.relations, self.claim, OriginSection(shown, fields),
        )  # fmt: skip
        layout = QVBoxLayout(fields)
        layout.setContentsMargins(10, 10, 10, 16)
        layout.setSpacing(4)
        for section in self._sections:
            layout.addWidget(section)
        layout.addStretch(1)
        self._area.setWidget(fields)
        self.addWidget(self._area)

    def _connect_sections(self) -> None:
        self._keys.left.connect(self._leave)
        self._shown.refused.connect(self._show_fields)
        self.source.leave_requested.connect(self._leave)
        self.grades.focus_requested.connect(self._focus)
        self.grades.assess_requested.connect(self.assess_requested)
        self.cue.from_selection_requested.connect(self.cue_from_selection_requested)
        self.mention.from_selection_requested.connect(self.mention_from_selection_requested)
        self.features.rebuilt.connect(self._order_tabs)
        self.relations.relate_requested.connect(self.relate_requested)
        self.relations.jump_requested.connect(self.jump_requested)
        self.relations.hit_requested.connect(self.hit_requested)
        self.claim.claim_requested.connect(self.claim_requested)
        self.claim.chain_requested.connect(self.chain_requested)

    def _order_tabs(self) -> None:
        """Put the features, which were built again, into their place in the order of the Tab key."""
        widgets = (self.texts.note, *self.features.fields.widgets(), self.relations.relate)
        for before, after in pairwise(widgets):
            QWidget.setTabOrder(before, after)

    # --- showing --------------------------------------------------------------------------------------------------

    def _on_project_changed(self) -> None:
        self._on_vocabulary_changed()
        self._on_active_changed()

    def _on_vocabulary_changed(self) -> None:
        self.features.show_definitions()
        if self._shown.record is not None:
            self._show_fields()
        else:
            self._show_empty()

    def _on_active_changed(self) -> None:
        active, shown = self._workspace.active, self._shown.record
        if active is shown and active is not None:
            return
        if active is None or shown is None or active.id != shown.id:
            # Pending text was typed for the previous annotation, so it is written there.
            self._leave_sections()
            self._area.verticalScrollBar().setValue(0)
        self._show(active)

    def _on_annotations_changed(self, changed: list[int], removed: list[int]) -> None:
        shown = self._shown.record
        if shown is None:
            return
        if shown.id in removed:
            self._leave_sections()
            self._show(None)
        elif shown.id in changed:
            self._show(self._workspace.annotations[shown.id])

    def _on_suggestion_changed(self) -> None:
        if self._shown.record is None:
            self._show_empty()

    def _show(self, annotation: AnnotationRecord | None) -> None:
        self._shown.record = annotation
        if annotation is None:
            self._show_empty()
            return
        self._show_fields()
        self.setCurrentWidget(self._area)

    def _show_empty(self) -> None:
        self.empty_page.show_hints()
        self.setCurrentWidget(self.empty_page)

    def _show_fields(self) -> None:
        """Show the record in every field except one in which the user is typing."""
        annotation = self._shown.record
        if annotation is None:
            return
        is_writable = not self._workspace.read_only
        for section in self._sections:
            section.show_annotation(annotation)
            section.set_writable(is_writable)

    # --- leaving --------------------------------------------------------------------------------------------------

    def _leave_sections(self) -> None:
        """Write pending text; refused text is kept for the annotation for which it was typed."""
        for section in self._sections:
            section.leave()

    def _leave(self) -> None:
        self.flush()
        self.source.revert()
        self.leave_requested.emit()
