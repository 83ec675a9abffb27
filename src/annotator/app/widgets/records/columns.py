"""The columns of a list of records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import Qt

_LONGEST_CELL = 400

CELL_PADDING = 7
"""Pixels at the left and at the right of the content of a cell."""


class Swatch(NamedTuple):
    """A coloured shape before the text of a cell: a dot, or a rounded rectangle if it has ``initials``.

    ``filled``: the share of the dot that is filled, from 0 to 1, so that colour is not its only distinction.
    """

    color: str
    initials: str = ""
    filled: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and the functions that give its content for a record.

    ``key`` is the sort key; if it is None, the text is. ``tip`` and ``spoken`` are for tool tips and screen readers.
    ``width``: in characters. ``weight``: its share of the remaining width. ``rank``: in a narrow pane the columns of
    the highest rank are narrowed to ``least`` and then hidden first; those of rank 0 are never hidden.
    """

    title: str
    text: Callable[[Any], str]
    key: Callable[[Any], Any] | None = None
    tip: Callable[[Any], str] | None = None
    spoken: Callable[[Any], str] | None = None
    swatch: Callable[[Any], Swatch | None] | None = None
    width: int = 10
    least: int = 0
    weight: int = 0
    rank: int = 0
    is_number: bool = False

    def sort_key(self, record: Any) -> Any:
        """Return the sort key of a record; text is compared without regard to case."""
        return self.text(record).casefold() if self.key is None else self.key(record)


def one_line(text: str) -> str:
    """Return the beginning of ``text`` as one line for a cell."""
    return " ".join(text[:_LONGEST_CELL].split())


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Return the alignment of the cells and of the title of a column: numbers to the right."""
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
