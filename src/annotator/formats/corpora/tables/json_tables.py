"""JSON Lines of other programs as tables: each line is an object, and its keys are the columns.

Values of objects inside a line are separate columns, such as ``meta.source``. Lines with a key ``text`` are not read
here, but as records of our own format.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from annotator.formats.base import Incoming, Refusal, Table
from annotator.formats.corpora.tables import foreign_tables
from annotator.formats.corpora.tables.table_rows import Origin, Row, words_of
from annotator.formats.reading.decoding import checksum, opened
from annotator.formats.reading.json_lines import LINE_LIMIT, PROBLEMS, check_no_nul, lines, plain

_OURS = frozenset(("text", "relation", "format"))
_SAMPLE_LINES = 50
"""Number of lines at the beginning whose keys are the columns that can be chosen."""

_MAX_DEPTH = 3


def is_table(path: Path) -> bool:
    """Return whether the first lines are objects without the keys by which our own lines are recognised."""
    with opened(path) as file:
        first = [row for row in islice(_rows(file, path), _SAMPLE_LINES) if isinstance(row, Row)]
    return bool(first) and not any(_OURS & row.cells.keys() for row in first)


def look(path: Path) -> Table:
    """Return the keys and first lines. Raise ImportRefused."""
    with opened(path) as file:
        columns = _columns(path)
        rows = list(islice(_rows(file, path), foreign_tables.SHOWN_ROWS))
    if is_table(path):
        return foreign_tables.table_of(columns, rows)
    shown = tuple(tuple(words_of(row.cells.get(key)) for key in columns) for row in rows if isinstance(row, Row))
    own = {field: key for field, key in foreign_tables.suggestion(columns, [])[0].items() if field == key}
    return Table(columns, shown, own, is_clear=True)


def read(path: Path, columns: Mapping[str, str], format: str) -> Iterator[Incoming]:
    """Yield the contents of the lines. ``columns``: the key of each field; without it by the names of the keys."""
    known = _columns(path)
    with opened(path) as file:
        yield from foreign_tables.read(known, _rows(file, path), columns, Origin(path, format, checksum(path)))


def _columns(path: Path) -> tuple[str, ...]:
    with opened(path) as file:
        first = [row for row in islice(_rows(file, path), _SAMPLE_LINES) if isinstance(row, Row)]
    return tuple(dict.fromkeys(key for row in first for key in row.cells))


def _rows(file: BinaryIO, path: Path) -> Iterator[Row | Refusal]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for number, line in enumerate(lines(file, path, LINE_LIMIT), 1):
        place = f"line {number}"
        if line is None:
            yield Refusal(place, f"The line is longer than {LINE_LIMIT / 2**20:,.0f} MB.")
        elif line.strip():
            try:
                check_no_nul(line)
                yield Row(place, _flat(decode(line)))
            except PROBLEMS as error:
                yield Refusal(place, plain(error))


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 1) -> dict[str, Any]:
    """Return the values of a record by their keys, those of objects inside it by a path of keys."""
    cells: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _MAX_DEPTH:
            cells |= _flat(value, f"{prefix}{key}.", depth + 1)
        else:
            cells[f"{prefix}{key}"] = value
    return cells
