"""What the columns of a table can hold, and the article that a row becomes; the same for every format of tables."""

from collections.abc import Mapping
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.formats.base import Article, Refusal, Table
from annotator.formats.corpora.tables import foreign_tables
from annotator.formats.corpora.tables.annotation_table import COLUMNS, TEXT_COLUMNS
from annotator.formats.corpora.tables.table_rows import Origin, Row

FIELDS = tuple(dict.fromkeys((*foreign_tables.FIELDS, *COLUMNS, *TEXT_COLUMNS)))
"""What a column may be said to hold: the fields of an article, and those of our own table of annotations."""


def example_of(table: Table, columns: Mapping[str, str], number: int, path: Path) -> Article | str:
    """Return the article that a row of a table becomes, or one plain sentence that says why it becomes none.

    ``columns``: the column of each field. ``number``: the row, from 0. ``path``: the file of the table.
    """
    if number >= len(table.rows):
        return "The table has no rows."
    row = Row(f"row {number + 1}", dict(zip(table.columns, table.rows[number], strict=False)))
    try:
        found = list(foreign_tables.read(table.columns, [row], columns, Origin(path, "", "")))
    except AnnotatorError as error:
        return str(error)
    return next(
        (item if isinstance(item, Article) else item.reason for item in found if isinstance(item, Article | Refusal)),
        "The row holds no article.",
    )
