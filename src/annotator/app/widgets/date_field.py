"""The field for a day, today at the latest."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QWidget


class DayField(QDateEdit):
    """A day as 2026-01-31, with a calendar; days to come cannot be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QDate.currentDate(), parent)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        self.setStyleSheet("QDateEdit::drop-down { border: none; width: 22px; margin: 2px; }")
        self.setMaximumDate(QDate.currentDate())
        calendar = self.calendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Qt's own red cannot be read on a dark ground.
            calendar.setWeekdayTextFormat(weekend, calendar.weekdayTextFormat(Qt.DayOfWeek.Monday))

    def day(self) -> str:
        """The day as ISO 8601 writes it."""
        return self.date().toString("yyyy-MM-dd")
