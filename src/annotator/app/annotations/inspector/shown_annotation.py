"""The annotation that the inspector shows, and the writing of its fields."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from annotator.app.state.workspace import Outcome, Workspace
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import elided

_QUOTE_IN_TITLE = 60
"""Characters of a quote in the name of a field."""


class ShownAnnotation(QObject):
    """The annotation that all sections of the inspector show and change."""

    refused = Signal()
    """A chosen value was refused, so the fields have to show the stored values again."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.record: AnnotationRecord | None = None
        """The annotation, or None while none is active."""

    def write(self, **fields: Any) -> None:
        """Write chosen values; a refusal is reported, and ``refused`` is emitted."""
        if self.record is None or self.workspace.read_only:
            return
        if self.workspace.update(self.record, **fields) is Outcome.REFUSED:
            self.refused.emit()

    def quote_in_title(self) -> str:
        """Return the beginning of the quote, for the names of fields; empty without an annotation."""
        return "" if self.record is None else elided(self.record.shown_quote, _QUOTE_IN_TITLE)

    def field_title(self, field: str) -> str:
        """Return the name of a field of this annotation in words: ``Note of “the bridge was safe”``."""
        return f"{field} of “{self.quote_in_title()}”"
