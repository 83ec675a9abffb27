"""XLSX workbooks (ECMA-376 SpreadsheetML): our table of annotations is written, and tables of any program are read.

Strings are written as strings: no cell becomes a formula, an address or a number. Rows beyond the maximum of a sheet
are in another sheet. Workbooks are read row by row; one that unpacks to more than the limits allow is refused before.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.domain.errors import AnnotatorError, ImportRefused
from annotator.domain.wording import counted, describe_error
from annotator.formats.base import Corpus, Format, Incoming, Refusal, Table, Tabular, Written
from annotator.formats.corpora.tables import foreign_tables
from annotator.formats.corpora.tables.annotation_table import CANNOT_HOLD, TEXTS, columns_of, rows_of
from annotator.formats.corpora.tables.table_rows import MAX_COLUMNS, Origin, Row, is_header, named, words_of
from annotator.formats.reading.decoding import checksum, opened
from annotator.formats.reading.limits import limits
from annotator.formats.reading.xml_files import refuse_document_type
from annotator.formats.spreadsheet_cells import restored

if TYPE_CHECKING:
    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_576
"""Maximum number of rows of a sheet, including the header."""

CELL_LENGTH = 32_767
"""Maximum number of UTF-16 units of a cell."""

_WIDTHS = {"title": 34, "quote": 60, "label": 18, "outlet": 18, "source": 22, "note": 30, "text": 60}
_DEFAULT_WIDTH = 14
"""Widths of columns, in characters: by name, and of all others."""

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the library writes it without a zone; it is fixed, so that two exports are the same bytes
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_STRINGS = "xl/sharedStrings.xml"


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write one row for each annotation to ``path``."""
    from xlsxwriter import Workbook

    texts = corpus.options.get("texts", "no")
    columns = columns_of(texts)
    documents = annotations = 0
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with open(path, "wb") as file, Workbook(file, {"constant_memory": True, **plain}) as book:
        book.set_properties({"created": _MADE})
        sheets = _Sheets(book, columns)
        for document, own in corpus.documents:
            for row in rows_of(document, own, texts):
                sheets.add(row)
            documents += 1
            annotations += len(own)
        sheets.close()
    losses = [
        f"{counted(count, 'cell')} of “{column}” left out: a cell of a spreadsheet holds {CELL_LENGTH:,} characters "
        "at most"
        for column, count in sheets.left_out.items()
    ]
    return Written(documents, annotations, tuple(losses))


class _Sheets:
    """Sheets that are filled one after another."""

    def __init__(self, book: "Workbook", columns: tuple[str, ...]) -> None:
        self._book = book
        self._columns = columns
        self._bold: CellFormat = book.add_format({"bold": True})
        self._count = 0
        self._row = 0
        self._sheet = self._next()
        self.left_out: dict[str, int] = {}

    def add(self, cells: tuple[str | int | None, ...]) -> None:
        """Add a row; begin another sheet where the current one is full."""
        if self._row >= SHEET_ROWS:
            self.close()
            self._sheet = self._next()
        for number, cell in enumerate(cells):
            if isinstance(cell, int):
                self._sheet.write_number(self._row, number, cell)
            elif cell and _length(cell) > CELL_LENGTH:
                column = self._columns[number]
                self.left_out[column] = self.left_out.get(column, 0) + 1
            elif cell:
                self._sheet.write_string(self._row, number, cell)
        self._row += 1

    def close(self) -> None:
        """Add filters to the columns of the current sheet."""
        self._sheet.autofilter(0, 0, max(0, self._row - 1), len(self._columns) - 1)

    def _next(self) -> "Worksheet":
        self._count += 1
        sheet = self._book.add_worksheet("Annotations" if self._count == 1 else f"Annotations {self._count}")
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(self._columns):
            sheet.set_column(number, number, _WIDTHS.get(column, _DEFAULT_WIDTH))
            sheet.write_string(0, number, column, self._bold)
        self._row = 1
        return sheet


def _length(cell: str) -> int:
    return len(cell) if len(cell) * 2 <= CELL_LENGTH else len(cell.encode("utf-16-le")) // 2


# ---------------------------------------------------------------------------------------------------- in


def look(path: Path) -> Table:
    """Return the columns and first rows of the first sheet with a recognised text column, else of the first with rows.

    Raise ImportRefused.
    """
    with _book(path) as sheets:
        best: Table | None = None
        for _, columns, rows in sheets:
            found = foreign_tables.table_of(columns, rows)
            if best is None or (found.is_clear and not best.is_clear):
                best = found
    if best is None:
        raise ImportRefused(f"“{path.name}” has no rows in any sheet.")
    return best


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Incoming]:
    """Yield the contents of a workbook row by row. ``columns``: the column of each field; without it by their names."""
    chosen = columns or {}
    origin = Origin(path, FORMAT.id, checksum(path))
    with _book(path) as sheets:
        was_read = False
        for name, there, rows in sheets:
            was_read = True
            try:
                yield from foreign_tables.read(there, rows, chosen, origin)
            except ImportRefused as error:
                # The other sheets may be tables all the same.
                yield Refusal(f"sheet “{name}”", str(error))
        if not was_read:
            raise ImportRefused(f"“{path.name}” has no rows in any sheet.")


_Sheet = tuple[str, tuple[str, ...], Iterator[Row | Refusal]]


@contextmanager
def _book(path: Path) -> Iterator[Iterator[_Sheet]]:
    """Provide the sheets of a workbook that have rows. Raise ImportRefused."""
    from openpyxl import load_workbook

    with opened(path) as file:
        try:
            _check_size(path, file)
            _check_parts(path, file)
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except AnnotatorError:
            raise
        except Exception as error:  # noqa: BLE001 - for a damaged file the library can raise any exception
            raise ImportRefused(f"“{path.name}” is no workbook that can be read ({describe_error(error)}).") from None
        try:
            yield _sheets(book.worksheets)
        finally:
            book.close()


def _check_size(path: Path, file: Any) -> None:
    """Raise ImportRefused where a workbook unpacks to more than the limits allow."""
    bounds, packed = limits(), path.stat().st_size
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > bounds.files or unpacked > bounds.unpacked:
            raise ImportRefused(
                f"“{path.name}” unpacks to {unpacked / 2**20:,.0f} MB in {len(members):,} parts, more than the "
                f"{bounds.unpacked / 2**20:,.0f} MB or {bounds.files:,} parts that an archive may hold."
            )
        if unpacked > max(10 * 2**20, packed * bounds.ratio):
            raise ImportRefused(
                f"“{path.name}” unpacks to {unpacked / max(1, packed):,.0f} times its size: it looks like a file made "
                "to fill the disk."
            )
        for member in members:
            # The strings that cells share are kept in memory completely.
            if member.filename == _STRINGS:
                bounds.check_file(f"{path.name}, shared strings", member.file_size)
    file.seek(0)


def _check_parts(path: Path, file: Any) -> None:
    """Raise ImportRefused where a part of a workbook declares a document type: openpyxl would expand its entities."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            with archive.open(member) as part:
                refuse_document_type(part, f"{path.name}, {member.filename}")
    file.seek(0)


def _sheets(sheets: list[Any]) -> Iterator[_Sheet]:
    for sheet in sheets:
        if not hasattr(sheet, "reset_dimensions"):
            continue  # A sheet that is one chart.
        # The size that a file states may be wrong.
        sheet.reset_dimensions()
        where = f"sheet “{sheet.title}”, " if len(sheets) > 1 else ""
        rows = _cells(sheet, where)
        first = list(islice((row for row in rows if isinstance(row, tuple)), 2))
        if not first:
            continue
        if len(first) == 2 and _filled(first[0][1]) == 1 < _filled(first[1][1]):
            first.pop(0)  # A line above the table.
        has_header = is_header([words_of(cell) for cell in first[0][1]])
        columns = named(first[0][1]) if has_header else named([""] * len(first[0][1]))
        following = chain(first[1:] if has_header else first, rows)
        yield sheet.title, columns, (_row(columns, one) for one in following)


def _cells(sheet: Any, where: str) -> "Iterator[tuple[str, tuple[Any, ...]] | Refusal]":
    """Yield the rows of a sheet that are not empty, each with its place."""
    try:
        for number, cells in enumerate(sheet.iter_rows(max_row=SHEET_ROWS, values_only=True), 1):
            if any(cell not in (None, "") for cell in cells):
                yield f"{where}row {number}", tuple(map(_cell, cells[:MAX_COLUMNS]))
    except Exception as error:  # noqa: BLE001 - for a damaged sheet the library can raise any exception
        yield Refusal(f"sheet “{sheet.title}”", f"It is damaged, and read up to there ({describe_error(error)}).")


def _cell(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    return restored(_ESCAPED.sub(_unescaped, cell) if "_x" in cell else cell)


def _unescaped(found: "re.Match[str]") -> str:
    """Return the character of an escape: control characters and the underscore; other escapes stay unchanged."""
    code = int(found[1], 16)
    return chr(code) if code < 0x20 or code in (0x5F, 0xFFFE, 0xFFFF) else found[0]


def _filled(cells: tuple[Any, ...]) -> int:
    return sum(cell not in (None, "") for cell in cells)


def _row(columns: tuple[str, ...], one: "tuple[str, tuple[Any, ...]] | Refusal") -> Row | Refusal:
    if isinstance(one, Refusal):
        return one
    place, cells = one
    beyond = {f"column {number}": cell for number, cell in enumerate(cells, 1) if number > len(columns)}
    return Row(place, dict(zip(columns, cells, strict=False)) | beyond)


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is a ZIP archive that holds a workbook."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    # NotImplementedError: zipfile does not know the version of the archive.
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return path.suffix.lower() in FORMAT.suffixes


FORMAT = Format(
    id="xlsx",
    name="Excel workbook",
    suffixes=(".xlsx", ".xlsm"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=CANNOT_HOLD,
    example="annotations.xlsx",
    choices=(TEXTS,),
    tabular=Tabular(look, read),
)
