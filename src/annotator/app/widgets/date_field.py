"""The input field for a date, with today as the latest date."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QWidget


class DayField(QDateEdit):
    """A date field in the form 2026-01-31 with a calendar; future dates cannot be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QDate.currentDate(), parent)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        self.setStyleSheet("QDateEdit::drop-down { border: none; width: 22px; margin: 2px; }")
        self.setMaximumDate(QDate.currentDate())
        calendar = self.calendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Qt's default red cannot be read on a dark background.
            calendar.setWeekdayTextFormat(weekend, calendar.weekdayTextFormat(Qt.DayOfWeek.Monday))

    def day(self) -> str:
        """Return the date in ISO 8601 format."""
        return self.date().toString("yyyy-MM-dd")
