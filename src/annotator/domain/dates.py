"""Days as judgements are dated by: ISO 8601, in the time of this machine."""

from datetime import date, datetime

from annotator.domain.errors import InvalidValue


def today() -> str:
    """The present day."""
    return datetime.now().astimezone().date().isoformat()


def checked_day(day: str) -> str:
    """A day written as 2026-01-31; today where none is given. Raises InvalidValue."""
    if not day:
        return today()
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise InvalidValue(f"{day!r} is no date: write it as 2026-01-31.") from None
