"""The claim that the annotation states, and its attribution chain, in the inspector."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.app.claims.claim_panel import ClaimBlock
from annotator.app.widgets.grade_fields import BUTTONS
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import AnnotationRecord

_TABLES = {"claim", "statement", "resolution", "chain_link"}
"""The tables of what is shown."""


class ClaimSection(Section):
    """The claim and the chain, which are changed elsewhere."""

    claim_requested = Signal()
    """The user wants to see the claim that the annotation states."""

    chain_requested = Signal()
    """The user wants to see the attribution chain of the annotation."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._add_caption("Claim and attribution chain")
        self.block = ClaimBlock(self._workspace, self)
        self.block.buttons.setStyleSheet(BUTTONS.format(padding=7, checked=6))
        self.block.claim_requested.connect(self.claim_requested)
        self.block.chain_requested.connect(self.chain_requested)
        self._body.addWidget(self.block)
        self._workspace.committed.connect(self._on_committed)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        try:
            self.block.show_annotation(annotation)
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))

    def _on_committed(self, change: Change) -> None:
        if self._shown.record is not None and change.tables() & _TABLES:
            self.show_annotation(self._shown.record)
