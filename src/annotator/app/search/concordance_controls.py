"""The choices above the lines of a concordance: their order, their filters, and a button to save them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from annotator.app.search.concordance_reading import ANY_LABEL, NO_LABEL, LineOrder
from annotator.app.style.icons import icon
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.records.filter_bar import FilterField
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.services.search.concordance import Line

_DATE_WIDTH = 18
"""The width of a field for a date, in average characters."""


class ConcordanceControls(QWidget):
    """Choices that wrap to several lines in a narrow pane."""

    filter_changed = Signal()
    left = Signal()
    """Enter or Escape in a field for a date: the focus may go to the lines."""

    def __init__(self, columns: Sequence[str], parent: QWidget) -> None:
        """``columns``: the titles of the columns by which the lines can be sorted."""
        super().__init__(parent)
        self.sort = choice_field(self, "concordanceSort", "Sort by", "By the nearest words first: L1 L2 L3, R1 R2 R3")
        self.label = choice_field(self, "concordanceLabel", "Only this label", "The label over the key word")
        self.source = choice_field(self, "concordanceSource", "Only this source", "Who published the document")
        self.status = choice_field(self, "concordanceStatus", "Only this status", "How far the document is")
        self.first_date = self._date("concordanceFrom", "from date", "Documents of this date or later: 2026-03")
        self.last_date = self._date("concordanceTo", "to date", "Documents of this date or earlier: 2026-03-31")
        self.export_button = QToolButton(self)
        self.export_button.setObjectName("concordanceExport")
        self.export_button.setIcon(icon("export"))
        self.export_button.setAccessibleName("Save the lines as CSV")
        self.export_button.setToolTip("Save the shown lines as CSV")
        for number, column in enumerate(("Place", *columns)):
            self.sort.addItem(f"Sort: {column.lower()}", number - 1)
        for choice, words in ((self.label, "places"), (self.source, "sources"), (self.status, "statuses")):
            choice.addItem(f"All {words}", None)
            choice.currentIndexChanged.connect(self.filter_changed)
        for status in DOCUMENT_STATUSES:
            self.status.addItem(status, status)
        layout = FlowLayout(self, spacing=6)
        for widget in (
            self.sort,
            self.label,
            self.source,
            self.status,
            self.first_date,
            self.last_date,
            self.export_button,
        ):
            layout.addWidget(widget)

    def order(self, key: Callable[[Line], Any] | None, backwards: bool) -> LineOrder:
        """Return the filters with the order that the header of the table shows."""
        return LineOrder(
            key,
            backwards,
            self.label.currentData(),
            self.source.currentData(),
            self.status.currentData(),
            self.first_date.text().strip(),
            self.last_date.text().strip(),
        )

    def show_sort(self, column: int) -> None:
        """Show by which column the lines are sorted; -1 for the order of the places."""
        with QSignalBlocker(self.sort):
            self.sort.setCurrentIndex(max(0, self.sort.findData(column)))

    def set_labels(self, labels: Iterable[tuple[str, int]]) -> None:
        """Offer these labels, each with name and id; keep the choice if it still exists."""
        _refill(self.label, [("With any label", ANY_LABEL), ("Without a label", NO_LABEL), *labels])

    def set_sources(self, names: Iterable[str]) -> None:
        """Offer these sources; keep the choice if it still exists."""
        _refill(self.source, [(name, name) for name in names])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for field in self.findChildren(FilterField):
                field.setFixedWidth(field.fontMetrics().averageCharWidth() * _DATE_WIDTH)

    def _date(self, name: str, title: str, tip: str) -> FilterField:
        field = FilterField(title, self)
        field.setObjectName(name)
        field.setToolTip(tool_tip(tip))
        field.setFixedWidth(field.fontMetrics().averageCharWidth() * _DATE_WIDTH)
        field.filtered.connect(self.filter_changed)
        for signal in (field.left, field.list_requested, field.returnPressed):
            signal.connect(self.left)
        return field


def choice_field(parent: QWidget, name: str, title: str, tip: str) -> QComboBox:
    """Return an empty choice that may be narrower than its entries."""
    choice = QComboBox(parent)
    choice.setObjectName(name)
    choice.setAccessibleName(title)
    choice.setToolTip(tool_tip(tip))
    choice.setMinimumContentsLength(8)
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return choice


def _refill(choice: QComboBox, items: list[tuple[str, Any]]) -> None:
    """Replace the items below the first; keep the selected one if it still exists."""
    with QSignalBlocker(choice):
        chosen = choice.currentData()
        while choice.count() > 1:
            choice.removeItem(1)
        for name, data in items:
            choice.addItem(name, data)
        choice.setCurrentIndex(max(0, choice.findData(chosen)))
