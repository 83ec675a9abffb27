"""Times of the project file as the user reads them."""

from datetime import datetime


def local_time(at: str) -> str:
    """Return a UTC time of the file as local time, to the second; any other text unchanged."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return at
