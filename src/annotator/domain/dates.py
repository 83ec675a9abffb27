"""Dates of judgements: ISO 8601, in the local time zone."""

from datetime import date, datetime

from annotator.domain.errors import InvalidValue


def today() -> str:
    """Return the present date."""
    return datetime.now().astimezone().date().isoformat()


def checked_day(day: str) -> str:
    """Return a date written as 2026-01-31; today where none is given. Raise InvalidValue."""
    if not day:
        return today()
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise InvalidValue(f"{day!r} is not a date: write it as 2026-01-31.") from None
