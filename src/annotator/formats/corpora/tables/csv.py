"""CSV and related formats: tables as text, with commas, semicolons, tabs or bars between cells (RFC 4180 and beyond).

Our table of annotations is written as UTF-8 with a byte order mark, which Excel needs and pandas accepts; lines end
with CR LF. That table is read, and any table of articles or annotations of other programs, in any encoding, row by row.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import describe_error
from annotator.formats.base import Choice, Corpus, Format, Incoming, Refusal, Table, Tabular, Written
from annotator.formats.corpora.tables import foreign_tables
from annotator.formats.corpora.tables.annotation_table import (
    CANNOT_HOLD,
    COLUMNS,
    TEXTS,
    columns_of,
    rows_of,
)
from annotator.formats.corpora.tables.table_rows import MAX_COLUMNS, Origin, Row, is_header, named
from annotator.formats.reading.decoding import binary_kind, checksum, encoding_of, opened
from annotator.formats.reading.limits import limits
from annotator.formats.spreadsheet_cells import restored

__all__ = ["COLUMNS", "FORMAT", "look", "read", "write"]

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_SAMPLE = 256 * 1024
_SAMPLE_ROWS = 100
_DAMAGED = re.compile("[\\udc80-\\udcff]")
"""Replacements of bytes that are not text in the encoding of the file."""


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write one row for each annotation to ``path``."""
    texts = corpus.options.get("texts", "no")
    chosen = corpus.options.get("separator", "auto")
    separator = _SEPARATORS.get(chosen) or ("\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
    documents = annotations = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=separator, lineterminator="\r\n")
        table.writerow(columns_of(texts))
        for document, own in corpus.documents:
            table.writerows(rows_of(document, own, texts))
            documents += 1
            annotations += len(own)
    return Written(documents, annotations)


# ---------------------------------------------------------------------------------------------------- in


class _Dialect(NamedTuple):
    """How the cells of a file are separated. ``skipped``: lines before the table, such as the ``sep=;`` of Excel."""

    separator: str
    quotes: bool = True
    escape: str | None = None
    skipped: int = 0

    def reader(self, lines: Iterator[str], *, strict: bool = False) -> Any:
        """Return a reader of the ``csv`` module for this dialect."""
        return csv.reader(
            lines,
            delimiter=self.separator,
            quoting=csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=strict,
        )


def look(path: Path) -> Table:
    """Return the columns and first rows of a table. Raise ImportRefused."""
    with _opened(path) as file:
        columns, rows = _rows(path, file)
        return foreign_tables.table_of(columns, rows)


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Incoming]:
    """Yield the contents of a table, row by row. ``columns``: the column of each field; without it by their names."""
    with _opened(path) as file:
        names, rows = _rows(path, file)
        yield from foreign_tables.read(names, rows, columns or {}, Origin(path, FORMAT.id, checksum(path)))


def _opened(path: Path) -> IO[str]:
    opened(path).close()
    encoding = encoding_of(path)
    # A row with damaged bytes is refused.
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return open(path, encoding=encoding, errors=errors, newline="")


def _rows(path: Path, file: IO[str]) -> tuple[tuple[str, ...], Iterator[Row | Refusal]]:
    """Return the names of the columns, and the rows. Raise ImportRefused where there is no table."""
    dialect = _dialect_of(file.read(_SAMPLE), path)
    file.seek(0)
    lines = _Lines(file)
    for _ in range(dialect.skipped):
        next(lines)
    rows = _cells(dialect, lines)
    first = next(rows, None)
    if first is None or isinstance(first, Refusal):
        raise ImportRefused(f"“{path.name}” is no table: {first.reason if first else 'it has no rows.'}")
    place, cells = first
    has_header = is_header(cells)
    columns = named(cells if has_header else [""] * len(cells))
    return columns, (_row(columns, one) for one in (rows if has_header else chain([(place, cells)], rows)))


def _row(columns: tuple[str, ...], one: "tuple[str, list[str]] | Refusal") -> Row | Refusal:
    if isinstance(one, Refusal):
        return one
    place, cells = one
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        return Refusal(place, f"The row has {len(cells)} cells, but the table has {len(columns)} columns.")
    if any(_DAMAGED.search(cell) for cell in cells if not cell.isascii()):
        return Refusal(place, "The row has bytes that are not text in the encoding of the file: repair them.")
    return Row(place, dict(zip(columns, map(restored, cells), strict=False)))


class _Lines:
    """The lines of a file. The lines of one row together are limited to the size of a document.

    ``ended``: all lines were returned.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._limit = limits().text
        self.ended = False
        self.given = 0
        self.of_row = 0
        """Number of characters of the row that is being read; the caller sets it to 0 after each row."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._limit + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self.of_row += len(line)
        if self.of_row > self._limit:
            raise csv.Error("field larger than field limit")
        self.given += 1
        return line


def _cells(dialect: _Dialect, lines: _Lines) -> Iterator[tuple[str, list[str]] | Refusal]:
    """Yield the rows that are not empty, each with its place."""
    # The limit applies to the whole interpreter, so it is only raised.
    csv.field_size_limit(max(csv.field_size_limit(), limits().text))
    table = dialect.reader(lines)
    number = 0
    while True:
        place = f"row {number + 1} (line {lines.given + 1})"
        lines.of_row = 0
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                most = f"{limits().text:,}"
                yield Refusal(
                    place,
                    f"A cell has more than {most} characters, or a quotation mark is never closed: the table is read "
                    "up to here.",
                )
                return
            yield Refusal(place, f"The row cannot be read ({describe_error(error)}).")
            number += 1
            continue
        number += 1
        if lines.ended:
            # The end of the file came before that of the row.
            yield Refusal(place, "A quotation mark opens here and is never closed: the table is read up to here.")
            return
        if len(cells) > MAX_COLUMNS:
            yield Refusal(place, f"The row has more than {MAX_COLUMNS:,} cells.")
        elif any(cell and not cell.isspace() for cell in cells):
            yield place, cells


# ---------------------------------------------------------------------------------------------------- which dialect


def _dialect_of(sample: str, path: Path) -> _Dialect:
    """Return the dialect in which the first rows have columns most regularly."""
    lines = sample.splitlines(keepends=True)
    if len(sample) >= _SAMPLE:
        lines.pop()  # It may be cut.
    lines = lines[:_SAMPLE_ROWS] or [sample]
    if lines[0].lower().startswith("sep=") and len(lines[0].strip("\r\n")) == len("sep=") + 1:
        return _Dialect(lines[0][len("sep=")], skipped=1)
    candidates = [
        _Dialect(separator, quotes, escape)
        for separator in ",;\t|"
        for quotes, escape in ((True, None), (True, "\\"), (False, None))
        # Where commas or semicolons are meant, quotation marks are too.
        if separator in sample and (quotes or separator in "\t|")
    ]
    is_cut = len(sample) >= _SAMPLE or len(lines) >= _SAMPLE_ROWS
    named = "\t" if path.suffix.lower() in (".tsv", ".tab") else ""
    fits = {dialect: _fit(dialect, lines, is_cut=is_cut) for dialect in candidates}
    fitting = [dialect for dialect in candidates if fits[dialect] > _NO_FIT]
    return max(fitting, key=lambda one: (one.separator == named, fits[one]), default=_Dialect(","))


_NO_FIT = (0.0, 0, 0)


def _fit(dialect: _Dialect, lines: Sequence[str], *, is_cut: bool) -> tuple[float, int, int]:
    """Return how regular the columns are: rows as wide as the first, how common the dialect is, and the width."""
    widths: list[int] = []
    broken = False
    try:
        widths.extend(len(row) for row in dialect.reader(iter(lines), strict=dialect.quotes) if row)
    except csv.Error as error:
        # The lines may end inside a cell.
        broken = not (is_cut and "unexpected end" in str(error))
    if not widths or widths[0] < 2:
        return _NO_FIT
    alike = sum(width == widths[0] for width in widths) / len(widths)
    usual = (dialect.quotes and dialect.escape is None) + dialect.quotes
    return round(alike / (2 if broken else 1), 2), usual, widths[0]


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file begins with the header of our table, or has a suffix of tables and is text."""
    plain = head.removeprefix(b"\xef\xbb\xbf")[:40].replace(b'"', b"").replace(b";", b",").replace(b"\t", b",")
    if plain.startswith(b"document,title,outlet,published_at,"):
        return True
    return path.suffix.lower() in FORMAT.suffixes and not head.startswith(b"#FORMAT=") and not binary_kind(head)


FORMAT = Format(
    id="csv",
    name="CSV table",
    suffixes=(".csv", ".tsv", ".tab"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=CANNOT_HOLD,
    example="annotations.csv",
    choices=(
        TEXTS,
        Choice(
            "separator",
            "Between the cells",
            (
                ("auto", "a comma; a tab where the file's name ends in .tsv"),
                ("comma", "a comma"),
                ("semicolon", "a semicolon"),
                ("tab", "a tab"),
            ),
        ),
    ),
    tabular=Tabular(look, read),
)
