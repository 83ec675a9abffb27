"""The quote of the annotation at the top of the inspector, and at its end who made it."""

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QWidget

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.annotations.inspector.section import Section
from annotator.app.annotations.inspector.shown_annotation import ShownAnnotation
from annotator.domain.records import AnnotationRecord

_QUOTE_SHOWN = 240
"""Maximum number of characters of a quote."""


class QuoteSection(Section):
    """The quote, its fragments if there are several, and a notice if the project is open for reading only."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self.notice = self._text_label("warning")
        self.quote = self._text_label()
        self.quote.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fragments = self._text_label("muted")
        for label in (self.notice, self.quote, self.fragments):
            self._body.addWidget(label)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        quote = annotation.shown_quote
        self.quote.setText(f"“{quote if len(quote) <= _QUOTE_SHOWN else quote[:_QUOTE_SHOWN] + ' …'}”")
        start = annotation.start
        parts = [annotation.quote[span.start - start : span.end - start] for span in annotation.fragments]
        self.fragments.setVisible(len(parts) > 1)
        self.fragments.setText("\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1)))

    def set_writable(self, is_writable: bool) -> None:
        self.notice.setVisible(not is_writable)
        self.notice.setText("" if is_writable else self._workspace.notice or READ_ONLY_REASON)


class OriginSection(Section):
    """Who made the annotation and when, and when it was changed."""

    def __init__(self, shown: ShownAnnotation, parent: QWidget) -> None:
        super().__init__(shown, parent)
        self._origin = self._text_label("muted")
        self._body.addSpacing(10)
        self._body.addWidget(self._origin)

    def show_annotation(self, annotation: AnnotationRecord) -> None:
        by = annotation.annotator
        if annotation.created_by != "person":
            by = f"{by}, proposed by {annotation.created_by}"
        line = f"Made by {by} on {_local_time(annotation.created_at)}"
        if annotation.updated_at != annotation.created_at:
            line += f", changed on {_local_time(annotation.updated_at)}"
        self._origin.setText(f"{line}.")


def _local_time(text: str) -> str:
    """Return a stored time in local time and the format of the desktop; any other text unchanged."""
    time = QDateTime.fromString(text, Qt.DateFormat.ISODateWithMs)
    return QLocale().toString(time.toLocalTime(), QLocale.FormatType.ShortFormat) if time.isValid() else text
