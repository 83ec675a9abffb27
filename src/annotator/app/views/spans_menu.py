"""The list behind ``+n``: all annotations of a line, to choose one by mouse or keys."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QStyle, QWidget

from annotator.app.views.document_view import DocumentView
from annotator.app.views.label_swatch import swatch
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import elided

_WORDS = 44
_SOURCE = 28


class SpansMenu(QMenu):
    """A line for each annotation: swatch with initials, label, first words; at the right source and grade."""

    annotation_chosen = Signal(int)

    def __init__(self, view: DocumentView, annotations: Sequence[AnnotationRecord], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("spansMenu")
        self.setAccessibleName(self.tr("Annotations on this line"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Icons of menus are square.
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        for annotation in annotations:
            suggested = view.is_suggestion(annotation.id)
            style, ratio = view.label_style(annotation.label_id), view.devicePixelRatioF()
            picture = swatch(style, QSize(side, side), suggestion=suggested, theme=view.theme, ratio=ratio)
            action = self.addAction(QIcon(picture), _line(annotation, suggested))
            action.setData(annotation.id)
            action.setIconVisibleInMenu(True)
            if annotation.id == view.active:
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
    view: DocumentView, annotations: Mapping[int, AnnotationRecord], ids: Sequence[int], place: QPoint, parent: QWidget
) -> SpansMenu | None:
    """Shows the list of ``ids`` at a place of the screen; None where there is nothing to show."""
    found = [annotations[id_] for id_ in ids if id_ in annotations]
    if not found:
        return None
    menu = SpansMenu(view, found, parent)
    menu.popup(place)
    return menu


def _line(annotation: AnnotationRecord, suggested: bool) -> str:
    label = f"{annotation.label}, suggested" if suggested else annotation.label
    first = f"{label}: {elided(annotation.shown_quote, _WORDS)}"
    last = " · ".join(part for part in (elided(annotation.source, _SOURCE), annotation.score) if part)
    # What follows a tab stands in a column at the right; an ampersand would mark a letter.
    return "\t".join(part.replace("&", "&&").replace("\t", " ") for part in (first, last) if part)
