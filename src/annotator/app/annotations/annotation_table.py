"""The table of the annotations of a document, which also makes the painted highlights accessible to screen readers."""

from collections.abc import Sequence
from operator import attrgetter

from PySide6.QtCore import (
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QComboBox,
    QVBoxLayout,
    QWidget,
)

from annotator.app.background.batched_updates import ROWS_PER_KEY_PRESS, Backlog
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField, counts_text
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.domain.fields import ANNOTATION_FIELDS
from annotator.domain.grades import CREDIBILITY, RELIABILITY, band_of
from annotator.domain.records import AnnotationRecord

_PART_INTERVAL = 60
"""Milliseconds between two batches of many changes: each batch moves all rows below it."""


def _score_text(annotation: AnnotationRecord) -> str:
    parts = [annotation.score] if annotation.score else []
    if annotation.probability is not None:
        parts.append(f"{annotation.probability}%")
    return " · ".join(parts)


def _score_words(annotation: AnnotationRecord) -> str:
    """Return the score in words: reliability, credibility, probability and confidence."""
    letters = {grade.code: grade.words for grade in RELIABILITY}
    digits = {grade.code: grade.words for grade in CREDIBILITY}
    lines = []
    if annotation.reliability is not None:
        where = "" if annotation.reliability_override else ", from the source"
        lines.append(f"Reliability {annotation.reliability}: {letters[annotation.reliability]}{where}")
    if annotation.credibility is not None:
        lines.append(f"Credibility {annotation.credibility}: {digits[str(annotation.credibility)]}")
    if annotation.probability is not None:
        lines.append(f"Probability {annotation.probability}%: {band_of(annotation.probability).words}")
    if annotation.confidence is not None:
        lines.append(f"Confidence: {annotation.confidence}")
    return "\n".join(lines) or "Not graded yet"


def _score_key(annotation: AnnotationRecord) -> tuple[bool, str, int, int]:
    """Return the sort key: graded first, then reliability, credibility and probability separately."""
    probability = -1 if annotation.probability is None else annotation.probability
    is_bare = not annotation.score and annotation.probability is None
    return is_bare, annotation.reliability or "~", annotation.credibility or 9, -probability


class AnnotationTableView(QWidget):
    """The annotations of the document shown, sortable and filterable; moving in the table moves the text."""

    jump_requested = Signal(int)
    """The id of the annotation to be shown in the text."""
    leave_requested = Signal()
    """Escape in the filter field: the focus may go back to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._styles: dict[int, Swatch] = {}
        self._label_places: dict[int, int] = {}
        self._query = ""
        self._backlog = Backlog(self._take_changed, self, _PART_INTERVAL)
        self.filter_field = FilterField("Filter annotations", self)
        self.filter_field.setObjectName("annotationFilter")
        add_sign(self.filter_field, "filter")
        self.filter_field.setToolTip("Words of the quote, of who said it, the score, or the note")
        self.label_filter = QComboBox(self)
        self.label_filter.setObjectName("annotationLabelFilter")
        self.label_filter.setAccessibleName("Show only this label")
        self.label_filter.setToolTip("Show only the annotations with this label")
        self.label_filter.setMinimumContentsLength(4)
        self.label_filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        model = RecordModel(self._columns(), lambda found: (found.start, -found.end, found.id), self)
        self.table = RecordTable(model, self)
        self.table.setObjectName("annotationTable")
        self.table.setAccessibleName("Annotations of the document")
        self.count = CountLabel(self)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(FilterBar(self.filter_field, (self.label_filter, self.count), self))
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

        self.filter_field.filtered.connect(self._on_filtered)
        self.filter_field.left.connect(self.leave_requested)
        self.filter_field.list_requested.connect(self._go_to_table)
        self.filter_field.returnPressed.connect(self._go_to_table)
        self.label_filter.currentIndexChanged.connect(self._apply_filter)
        self.table.moved_to.connect(self._on_moved_to)
        self.table.clicked_id.connect(self._on_moved_to)
        self.table.chosen.connect(self._on_moved_to)
        workspace.project_opened.connect(self._take_vocabulary)
        workspace.vocabulary_changed.connect(self._take_vocabulary)
        workspace.document_opened.connect(self._take_document)
        workspace.annotations_changed.connect(self._on_annotations_changed)
        workspace.active_changed.connect(self._follow_active)
        workspace.label_filter.changed.connect(self._apply_filter)
        workspace.keys.changed.connect(self._show_counts)
        self._take_vocabulary()
        self._take_document()

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected annotations in the order shown."""
        return self.table.selected_ids()

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(
                "Label",
                lambda found: found.label,
                key=self._label_order,
                spoken=lambda found: f"Label: {found.label}",
                swatch=lambda found: self._styles.get(found.label_id),
                width=21,
                least=3,
            ),
            Column(
                "Quote",
                lambda found: one_line(found.shown_quote),
                key=lambda found: found.quote.casefold(),
                tip=lambda found: found.shown_quote,
                spoken=lambda found: f"Quote: {one_line(found.shown_quote)}",
                width=16,
                least=8,
                weight=5,
            ),
            Column(
                "Who said it",
                lambda found: found.source,
                key=lambda found: (not found.source, found.source.casefold()),
                spoken=lambda found: f"Who said it: {found.source or 'not given'}",
                width=12,
                weight=1,
                rank=2,
            ),
            Column(
                "Score",
                _score_text,
                key=_score_key,
                tip=_score_words,
                spoken=lambda found: "Score: " + _score_words(found).replace("\n", "; "),
                width=9,
                rank=1,
            ),
            Column(
                "Note",
                lambda found: one_line(found.note),
                key=lambda found: (not found.note, found.note.casefold()),
                tip=lambda found: found.note,
                spoken=lambda found: f"Note: {one_line(found.note)}" if found.note else "No note",
                width=10,
                weight=2,
                rank=3,
            ),
        )

    def _label_order(self, annotation: AnnotationRecord) -> int:
        return self._label_places.get(annotation.label_id, len(self._label_places))

    # Signals of the workspace

    def _take_vocabulary(self) -> None:
        labels = self._workspace.labels
        self._styles = {label.id: Swatch(label.color, label.initials) for label in labels}
        self._label_places = {label.id: place for place, label in enumerate(labels)}
        chosen = self.label_filter.currentData()
        self.label_filter.blockSignals(True)
        self.label_filter.clear()
        self.label_filter.addItem("All labels", None)
        for label in labels:
            self.label_filter.addItem(label.name, label.id)
        self.label_filter.setCurrentIndex(max(0, self.label_filter.findData(chosen)))
        self.label_filter.blockSignals(False)
        self._backlog.clear()
        self.table.set_records(self._workspace.annotations.values(), anew=True)
        self._show_counts()

    @property
    def is_late(self) -> bool:
        """Whether some of many changed annotations are not shown yet."""
        return bool(self._backlog)

    def _take_document(self) -> None:
        self._backlog.clear()
        self.table.set_records(self._workspace.annotations.values())
        self._follow_active()
        self.table.scrollToTop()
        self._show_counts()

    def _on_annotations_changed(self, changed: list[int], removed: list[int]) -> None:
        ids = [*changed, *removed]
        if len(ids) > ROWS_PER_KEY_PRESS or (self._backlog and len(ids) > 1):
            self._backlog.add(ids)
        else:
            self._take_changed(ids)

    def _take_changed(self, ids: list[int]) -> None:
        annotations = self._workspace.annotations
        self.table.put(annotations[id] for id in ids if id in annotations)
        self.table.drop(id for id in ids if id not in annotations)
        self._show_counts()

    def _follow_active(self) -> None:
        self.table.show_id(self._workspace.active_id)

    # Actions of the user

    def _on_moved_to(self, id: int) -> None:
        self._workspace.set_active(id)
        self.jump_requested.emit(id)

    def _go_to_table(self) -> None:
        self.filter_field.flush()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        shown = self.table.records.shown
        if shown and self.table.current_id() is None:
            self.table.setCurrentIndex(self.table.records.index(0, 0))

    def _on_filtered(self, query: str) -> None:
        self._query = query.casefold()
        self._apply_filter()

    def _apply_filter(self) -> None:
        words, label_id = self._query.split(), self.label_filter.currentData()
        hidden = self._workspace.label_filter.hidden_ids
        if not words and label_id is None and not hidden:
            self.table.set_filter(None)
        else:
            self.table.set_filter(lambda found: found.label_id not in hidden and _accepts(found, words, label_id))
        self._follow_active()
        self._show_counts()

    def _show_counts(self) -> None:
        hidden = self._workspace.label_filter.hidden_ids
        is_filtered = bool(self._query or hidden) or self.label_filter.currentData() is not None
        model = self.table.records
        has_document = self._workspace.document is not None
        self.count.setText(counts_text(model, "annotation", is_filtered) if has_document else "")
        if not has_document:
            self.table.set_hint("No document is open. Choose one in the list of documents.")
        elif model.total:
            labels = " and show all labels" if hidden else ""
            self.table.set_hint(f"No annotation matches. Clear the filter{labels} to see them all.")
        else:
            keys = self._workspace.keys.label_keys(label.key for label in self._workspace.labels)
            self.table.set_hint(f"No annotations yet. Select words in the text and press {keys}.")


_searched = attrgetter(*(field.attribute for field in ANNOTATION_FIELDS if field.is_searched))


def _accepts(annotation: AnnotationRecord, words: Sequence[str], label_id: int | None) -> bool:
    if label_id is not None and annotation.label_id != label_id:
        return False
    if not words:
        return True
    text = "\n".join((*_searched(annotation), _score_text(annotation))).casefold()
    return all(word in text for word in words)
