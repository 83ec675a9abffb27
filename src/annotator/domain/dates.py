"""Days and times: judgements have a day in the local time zone, and all times are stored in UTC (ISO 8601)."""

from datetime import UTC, date, datetime

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


def utc_text(moment: datetime) -> str:
    """Return a time as the project file holds it: in UTC, ISO 8601 with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_time(stated: str) -> str:
    """Return a time in ISO 8601 as the project file holds it; empty for what is no time.

    Where no zone is stated it is in UTC; where only a day is stated, it is the beginning of the day.
    """
    found = _in_utc(stated.strip())
    return "" if found is None else utc_text(found)


def local_day(at: str) -> str:
    """Return the day of a stored time in the local time zone, as 2026-01-31.

    A day without a time stays as it is; of what is no time, the first ten characters are returned.
    """
    found = _in_utc(at) if len(at) > _DAY_LENGTH else None
    return at[:_DAY_LENGTH] if found is None else _local(found, at)[:_DAY_LENGTH]


def local_time(at: str) -> str:
    """Return a stored time in the local time zone, to the second, as 2026-01-31 23:30:00; what is no time as it is."""
    found = _in_utc(at)
    return at if found is None else _local(found, at)


_DAY_LENGTH = len("2026-01-31")


def _in_utc(at: str) -> datetime | None:
    """Return a time in ISO 8601 in UTC, which is also meant where no zone is stated; None for what is no time."""
    try:
        found = datetime.fromisoformat(at)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _local(moment: datetime, at: str) -> str:
    """Return a time as text in the local time zone; ``at`` where the local time is beyond the calendar."""
    try:
        return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return at
