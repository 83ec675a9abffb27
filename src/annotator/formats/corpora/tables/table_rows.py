"""Rows of tables of every kind, with their cells by the names of the columns."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotator.formats.reading.file_dates import iso_date

MAX_COLUMNS = 1000
"""Maximum number of columns that are read."""


class Row(NamedTuple):
    """A row: its place in the file, and its cells by column."""

    place: str
    cells: Mapping[str, Any]


class Origin(NamedTuple):
    """The file, format and checksum that articles come from."""

    path: Path
    format: str
    sha256: str


def row_name(stem: str, place: str) -> str:
    """Return the title of a document without one: the name of its file with the number of its row."""
    number = re.search(r"(?:row|line) (\d+)", place)
    return f"{stem} {number[1]}" if number else stem


def folded(column: str) -> str:
    """Return the name of a column in the form in which names are compared: ``Published at`` is ``published_at``."""
    return re.sub(r"[\s\-_.]+", "_", column.strip().casefold()).strip("_")


def named(cells: Iterable[Any]) -> tuple[str, ...]:
    """Return names for the columns of a table whose first row is ``cells``: unique, and none of them empty."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = base = " ".join(words_of(cell).split()) or f"column {number}"
        count = 1
        while name in names:
            count += 1
            name = f"{base} {count}"
        names[name] = None
    return tuple(names)


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a first row is a header: short, unique names. Tables without a header begin with data."""
    stated = [cell.strip() for cell in cells if cell.strip()]
    return (
        bool(stated)
        and len({cell.casefold() for cell in stated}) == len(stated)
        and all(len(cell) <= 60 and "\n" not in cell for cell in stated)
        and not any(re.fullmatch(r"[+-]?[\d.,:/-]+", cell) or re.match(r"https?://", cell) for cell in stated)
    )


def words_of(cell: Any) -> str:
    """Return a cell as a text."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, list | tuple) and all(isinstance(part, str) for part in cell):
        return "\n\n".join(cell)
    return iso_of(cell) or str(cell)


def iso_of(cell: Any) -> str:
    """Return a cell that is a date or a time in ISO 8601; empty where it is neither."""
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time() and cell.tzinfo is None
        return cell.date().isoformat() if is_day else cell.isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else ""


def date_of(cell: Any) -> str:
    """Return the date or time in a cell in ISO 8601; empty where there is none or it could mean two days."""
    stated = words_of(cell).strip()
    found = iso_date(stated)
    # A date in ISO 8601 stays unchanged.
    return stated if found and re.match(r"\d{4}-\d\d-\d\d", stated) else found
