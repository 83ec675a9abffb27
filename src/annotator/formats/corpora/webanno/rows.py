"""The rows of WebAnno TSV 3: escapes, layers, and values that share a column.

Source: the WebAnno and INCEpTION user guides (appendix "WebAnno TSV 3"). Offsets are UTF-16 units.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from annotator.domain.errors import InvalidValue

NOTHING, BARE = "_", "*"
"""No annotation, and one without a value."""

_RESERVED = re.compile(r"->|[\\\[\]|_;*\n\t\r]")
_CONTROL = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_IN_TEXT = re.compile(r"[\\\n\t\r]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "b": "\b"}
_ITEM = re.compile(r"(?:[^\\|]|\\.)+", re.DOTALL)
_NUMBERED = re.compile(r"((?:[^\\]|\\.)*?)\[(\d+)\]", re.DOTALL)
_UNIT = re.compile(r"(\d+)-(\d+)(?:\.(\d+))?")


def escaped(value: str) -> str:
    """Return a value as it is in a column."""
    return _RESERVED.sub(lambda found: _CONTROL.get(found[0], f"\\{found[0]}"), value)


def escaped_text(text: str) -> str:
    """Return a line of a text as in ``#Text=``."""
    return _IN_TEXT.sub(lambda found: _CONTROL.get(found[0], f"\\{found[0]}"), text)


def unescaped(value: str) -> str:
    """Return the original form of an escaped value."""
    return _ESCAPED.sub(lambda found: _UNESCAPED.get(found[1], found[1]), value)


class Layer(NamedTuple):
    """A layer of the header. ``features``: names of its columns; one column without a name where it has none."""

    name: str
    features: tuple[str, ...]
    is_relation: bool
    base: str = ""

    @property
    def width(self) -> int:
        """The number of columns."""
        return max(1, len(self.features)) + self.is_relation

    @property
    def short(self) -> str:
        """The name of the layer without its package."""
        return self.name.rpartition(".")[2]

    def header(self) -> str:
        """Return the line of the layer in the header."""
        kind = "#T_RL" if self.is_relation else "#T_SP"
        return f"{kind}={'|'.join((self.name, *self.features, *([f'BT_{self.base}'] if self.is_relation else ())))}"


def layer_of(line: str) -> Layer | None:
    """Return the layer that a line of the header defines; None where it defines none, or one that is skipped."""
    kind, equals, rest = line.partition("=")
    name, *fields = rest.split("|")
    if not equals or kind not in ("#T_SP", "#T_RL", "#T_CH"):
        return None
    if kind == "#T_CH":
        # A chain has two columns, whatever the header states.
        return Layer("", ("", ""), False)
    if kind == "#T_RL" and fields and fields[-1].startswith("BT_"):
        return Layer(name, tuple(fields[:-1]) or ("",), True, fields[-1].removeprefix("BT_"))
    return Layer(name, tuple(fields) or ("",), False)


class Value(NamedTuple):
    """One of the values that share a column: the value, None where it is ``*``, and its number for disambiguation."""

    words: str | None
    number: int


def values_of(column: str) -> list[Value]:
    """Return the values of a column, in their order; none where it is empty."""
    if column in (NOTHING, ""):
        return []
    found = []
    for item in _ITEM.findall(column):
        numbered = _NUMBERED.fullmatch(item)
        bare, number = (numbered[1], int(numbered[2])) if numbered else (item, 0)
        found.append(Value(None if bare == BARE else "" if bare == NOTHING else unescaped(bare), number))
    return found


class Unit(NamedTuple):
    """The token or the part of a token that a row is about: the numbers of sentence, token and part."""

    sentence: int
    token: int
    part: int

    def __str__(self) -> str:
        return f"{self.sentence}-{self.token}" + (f".{self.part}" if self.part else "")


class Row(NamedTuple):
    """A row: its unit, the place of the unit, its words, and the columns after them."""

    unit: Unit
    start: int
    end: int
    words: str
    columns: Sequence[str]


def row_of(line: str) -> Row:
    """Return the contents of a line. Raise InvalidValue where it is not a row."""
    unit, place, words, *columns = [*line.split("\t"), "", "", ""][: max(3, line.count("\t") + 1)]
    start, dash, end = place.partition("-")
    if not dash or not (start.isdecimal() and end.isdecimal()) or len(place) > 40:
        raise InvalidValue("The row has no offsets, such as 0-5, in its second column.")
    return Row(unit_of(unit), int(start), int(end), unescaped(words), columns)


def unit_of(stated: str) -> Unit:
    """Return the unit by its numbers, such as ``1-3`` or ``1-3.2``. Raise InvalidValue."""
    found = _UNIT.fullmatch(stated)
    if found is None or len(stated) > 40:
        raise InvalidValue("The row does not begin with the number of a token, such as 1-3.")
    return Unit(int(found[1]), int(found[2]), int(found[3] or 0))


def joined(values: Iterable[tuple[str | None, int]]) -> str:
    """Return the text of values that share a column; None is a missing value."""
    parts = (
        (BARE if words is None else escaped(words) or NOTHING) + (f"[{number}]" if number else "")
        for words, number in values
    )
    return "|".join(parts) or NOTHING


def columns_of(layers: Sequence[Layer], columns: Sequence[str]) -> Iterator[tuple[Layer, Sequence[str]]]:
    """Yield the columns of a row, layer by layer; what is missing at its end is empty."""
    at = 0
    for layer in layers:
        own = list(columns[at : at + layer.width])
        yield layer, own + [NOTHING] * (layer.width - len(own))
        at += layer.width
