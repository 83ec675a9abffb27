"""The relations of the annotation in the inspector."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from annotator.app.annotations.inspector.leave_keys import LeaveKeys
from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.style.icons import icon
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.fixed_choices import RELATION_KINDS
from annotator.domain.records import AnnotationRecord, RelationRecord
from annotator.services.annotations import annotating

_QUOTE_SHOWN = 80
"""Maximum number of characters of the quote of the other annotation."""


class RelationSection(Section):
    """A row for each relation of the annotation, and a button for a new one."""

    relate_requested = Signal(str)
    """The kind of a relation to the annotation that the user chooses next."""

    jump_requested = Signal(int)
    """The id of another annotation of this document that the user wants to see."""

    hit_requested = Signal(int, object)
    """The id of another document and the Span in it that the user wants to see."""

    def __init__(self, shown: ShownAnnotation, keys: LeaveKeys, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._keys = keys
        self._add_caption("Relations")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        self._body.addLayout(self._rows)
        self.relate = QToolButton(self)
        self.relate.setObjectName("relate")
        self.relate.setText("Relate to another annotation")
        self.relate.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.relate.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.relate)
        for kind in RELATION_KINDS:
            menu.addAction(kind, partial(self.relate_requested.emit, kind))
        self.relate.setMenu(menu)
        line = self._button_line()
        FlowLayout(line).addWidget(self.relate)
        self._body.addWidget(line)
        self._workspace.committed.connect(self._on_committed)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        self._remove_rows()
        if self._workspace.project is None:
            return
        found = self._workspace.relations(annotation.id)
        other_ids = {_other_end(relation, annotation) for relation in found}
        records = {id: self._workspace.annotations[id] for id in other_ids if id in self._workspace.annotations}
        if missing := other_ids - records.keys():
            records |= {record.id: record for record in self._workspace.project.read.annotations.all(ids=missing)}
        for relation in found:
            other = records.get(_other_end(relation, annotation))
            if other is not None:
                row = self._row(relation, other, is_from=relation.from_id == annotation.id)
                self._keys.watch(row)
                self._rows.addWidget(row)

    def set_writable(self, is_writable: bool) -> None:
        self.relate.setEnabled(is_writable)

    def _on_committed(self, change: Change) -> None:
        if self._shown.record is not None and "relation" in change.tables():
            self.show_annotation(self._shown.record)

    def _remove_rows(self) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _row(self, relation: RelationRecord, other: AnnotationRecord, *, is_from: bool) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        quote = other.shown_quote
        short = quote if len(quote) <= _QUOTE_SHOWN else quote[:_QUOTE_SHOWN] + " …"
        words = self._text_label()
        words.setText(f"{relation.kind} “{short}”" if is_from else f"“{short}” {relation.kind} this")
        if relation.note:
            words.setToolTip(tool_tip(relation.note))
        show = QToolButton(row)
        show.setIcon(icon("next"))
        show.setAccessibleName("Show the other annotation")
        show.setToolTip("Show the other annotation")
        show.clicked.connect(lambda: self._go_to(other))
        remove = QToolButton(row)
        remove.setIcon(icon("close"))
        remove.setAccessibleName(f"Remove the relation {relation.kind}")
        remove.setToolTip("Remove this relation")
        remove.setEnabled(not self._workspace.read_only)
        remove.clicked.connect(lambda: self._workspace.perform(annotating.unrelate(relation)))
        layout.addWidget(words, 1)
        for button in (show, remove):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _go_to(self, other: AnnotationRecord) -> None:
        if other.id in self._workspace.annotations:
            self.jump_requested.emit(other.id)
        else:
            self.hit_requested.emit(other.document_id, other.span)
        self._workspace.set_active(other.id)


def _other_end(relation: RelationRecord, annotation: AnnotationRecord) -> int:
    """Return the id of the annotation at the other end of a relation."""
    return relation.to_id if relation.from_id == annotation.id else relation.from_id
