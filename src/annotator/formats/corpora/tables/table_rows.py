"""What every kind of table is made of: rows of cells by the names of their columns."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotator.formats.reading.file_dates import iso_date

MAX_COLUMNS = 1000
"""Columns of a row that are read; a table of articles has not nearly as many."""


class Row(NamedTuple):
    """A row: where it stands, and its cells by column."""

    place: str
    cells: Mapping[str, Any]


class Origin(NamedTuple):
    """Of which file, format and checksum articles come."""

    path: Path
    format: str
    sha256: str


def row_name(stem: str, place: str) -> str:
    """What a document without a title is called, by the name of its file and the number of its row."""
    number = re.search(r"(?:row|line) (\d+)", place)
    return f"{stem} {number[1]}" if number else stem


def folded(column: str) -> str:
    """The name of a column as names are compared: ``Published at`` is ``published_at``."""
    return re.sub(r"[\s\-_.]+", "_", column.strip().casefold()).strip("_")


def named(cells: Iterable[Any]) -> tuple[str, ...]:
    """Names for the columns of a table whose first row is ``cells``: each but once, and none of them empty."""
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
    """Whether a first row names columns: short words, each but once. A table of bare data begins with data."""
    stated = [cell.strip() for cell in cells if cell.strip()]
    return (
        bool(stated)
        and len({cell.casefold() for cell in stated}) == len(stated)
        and all(len(cell) <= 60 and "\n" not in cell for cell in stated)
        and not any(re.fullmatch(r"[+-]?[\d.,:/-]+", cell) or re.match(r"https?://", cell) for cell in stated)
    )


def words_of(cell: Any) -> str:
    """A cell as a text."""
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
    """A cell that is a date or a time, as ISO 8601; empty where it is none."""
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time() and cell.tzinfo is None
        return cell.date().isoformat() if is_day else cell.isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else ""


def date_of(cell: Any) -> str:
    """The date or time that a cell states, as ISO 8601; empty where it states none that means one day only."""
    stated = words_of(cell).strip()
    found = iso_date(stated)
    # As it was written, where it was ISO 8601 already.
    return stated if found and re.match(r"\d{4}-\d\d-\d\d", stated) else found
