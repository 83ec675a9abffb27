"""The menu of the badge ``+n``: all annotations of a line, to choose one by mouse or keys."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QStyle, QWidget

from annotator.app.reader.document_view import DocumentView
from annotator.app.widgets.label_swatch import swatch
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.domain.records import AnnotationRecord, SuggestionRecord
from annotator.domain.wording import elided

_MAX_QUOTE, _MAX_SOURCE = 44, 28
"""Characters of the quote and of the source of an annotation in the menu."""


class SpansMenu(QMenu):
    """A line for each annotation: swatch with initials, label, first words; at the right source and grade."""

    annotation_chosen = Signal(int)

    def __init__(
        self, view: DocumentView, shown: Sequence[AnnotationRecord | SuggestionRecord], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("spansMenu")
        self.setAccessibleName("Annotations on this line")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The icons of a menu are square.
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        for one in shown:
            suggested = isinstance(one, SuggestionRecord)
            style, ratio = view.label_style(one.label_id), view.devicePixelRatioF()
            picture = swatch(style, QSize(side, side), suggestion=suggested, theme=view.theme, ratio=ratio)
            action = self.addAction(QIcon(picture), _line(one))
            id = -one.id if suggested else one.id
            action.setData(id)
            action.setIconVisibleInMenu(True)
            if id == view.active:
                font = action.font()
                font.setBold(True)
                action.setFont(font)
                self.setActiveAction(action)
        if self.activeAction() is None and self.actions():
            self.setActiveAction(self.actions()[0])
        self.triggered.connect(self._choose)

    def _choose(self, action: QAction) -> None:
        self.annotation_chosen.emit(action.data())


def pop_up(
    view: DocumentView, shown: Sequence[AnnotationRecord | SuggestionRecord], place: QPoint, parent: QWidget
) -> SpansMenu | None:
    """Show the menu at a point of the screen and return it; None if there is nothing to show."""
    if not shown:
        return None
    menu = SpansMenu(view, shown, parent)
    menu.popup(place)
    return menu


def _line(one: AnnotationRecord | SuggestionRecord) -> str:
    suggested = isinstance(one, SuggestionRecord)
    first = f"{one.label}{', suggested' if suggested else ''}: {elided(one.shown_quote, _MAX_QUOTE)}"
    score = f"{one.score:.2f}" if isinstance(one, SuggestionRecord) else one.score
    last = " · ".join(part for part in (elided(one.source, _MAX_SOURCE), score) if part)
    # Qt shows the text after a tab in a right column; an ampersand would mark a mnemonic.
    return "\t".join(with_literal_ampersands(part) for part in (first, last) if part)
