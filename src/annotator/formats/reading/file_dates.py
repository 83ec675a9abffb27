"""Dates as files state them, converted to ISO 8601."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_WORDS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%a, %d %b %Y %H:%M:%S %z")


def iso_date(stated: str) -> str:
    """Return ``stated`` as an ISO 8601 date or time; empty where it is not a date or could mean two days
    (``3/4/2025``).
    """
    stated = stated.strip()
    if not stated:
        return ""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", stated):
            return date.fromisoformat(stated).isoformat()
        if re.match(r"\d{4}-\d\d-\d\d[T ]", stated):
            return datetime.fromisoformat(stated).isoformat()
        if found := _YEAR_FIRST.fullmatch(stated):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        if found := _DAY_FIRST.fullmatch(stated):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return ""
    for form in _WORDS:
        try:
            parsed = datetime.strptime(stated, form)  # noqa: DTZ007 - only the day is kept where no zone is stated
        except ValueError:
            continue
        return parsed.isoformat() if parsed.tzinfo else parsed.date().isoformat()
    return ""


def mail_date(stated: str) -> str:
    """Return the date of a mail or of a feed (RFC 5322) as an ISO 8601 time; empty where it is not a date."""
    try:
        return parsedate_to_datetime(stated.strip()).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError):
        return ""
