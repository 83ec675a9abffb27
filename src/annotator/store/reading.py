"""Rows of a project file as records: every value has the type that its record declares, or the row is left out.

A file may have been damaged by a disk, another program or a person. One bad row then costs only that row: it is left
out, and noted on the connection, so that the caller can report it.
"""

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache, partial
from itertools import islice
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from annotator.domain.errors import DamagedProject
from annotator.domain.fixed_choices import (
    ANSWERS,
    CHAIN_ROLES,
    CONSISTENCIES,
    DIRECTIONS,
    DOCUMENT_STATUSES,
    FEATURE_KINDS,
    SOURCE_KINDS,
    STANCES,
    VERDICTS,
)
from annotator.domain.grades import CONFIDENCES
from annotator.domain.json_values import decode_json
from annotator.domain.spans import Span

_Record = TypeVar("_Record", bound=tuple[Any, ...])

Row = tuple[Any, ...]
Unreadable = dict[tuple[str, int], None]
"""Table and id of rows that could not be read, in the order in which they were found."""

FARTHEST = 2**31
"""Upper limit of a valid offset: no text is so long."""


class TitledText(NamedTuple):
    """A document with no more than its title and its text."""

    id: int
    title: str
    text: str


class ReadingConnection(sqlite3.Connection):
    """A connection that notes which rows were left out because they could not be read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.unreadable: Unreadable = {}


def damaged_row(table: str, id: object) -> DamagedProject:
    """Return the error that names a row which cannot be read."""
    return DamagedProject(
        f"The {table.replace('_', ' ')} {id} is damaged in the file and cannot be read: look with 'annotator check', "
        "and save what can be read with 'annotator repair'."
    )


def leave_out(connection: sqlite3.Connection, table: str, id: object) -> None:
    """Note that a row is left out. Raise DamagedProject where that cannot be noted."""
    if not isinstance(connection, ReadingConnection) or type(id) is not int:
        raise damaged_row(table, id)
    connection.unreadable[table, id] = None


def lenient_text(stored: bytes) -> str | bytes:
    """Return text from the file; bytes that are not UTF-8 are returned as bytes, which no column of ours holds."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def fetched(connection: sqlite3.Connection, query: str, values: Sequence[Any] = ()) -> Iterator[Row]:
    """Yield the rows of a query; a text that is not UTF-8 is given as bytes and does not end the query."""
    done = 0
    try:
        for row in connection.execute(query, values):
            yield row
            done += 1
    except sqlite3.OperationalError as error:
        if not is_undecodable(error) or connection.text_factory is lenient_text:
            raise
    else:
        return
    # Set only now: a Python function called for every text makes reading slower by a third.
    connection.text_factory = lenient_text
    yield from islice(connection.execute(query, values), done, None)


def is_undecodable(error: sqlite3.OperationalError) -> bool:
    """Return whether SQLite reports that a text is not UTF-8."""
    return "decode to utf-8" in str(error).lower()


def records(
    connection: sqlite3.Connection,
    record: type[_Record],
    query: str,
    values: Sequence[Any] = (),
    *,
    table: str = "",
    stand_in: str | None = None,
) -> Iterator[_Record]:
    """Yield the rows of ``query`` as ``record``, a NamedTuple whose field types define how columns are decoded.

    Columns of lists and objects are decoded. A row with a value of another type is noted under ``table`` and its first
    column, and left out. With ``stand_in`` it is kept and the bad value is replaced by an empty one: always where
    ``stand_in`` is a name such as ``Label {id}``, because other rows refer to this one; where ``stand_in`` is empty,
    only if the value is not a number. Raise DamagedProject without ``table``.
    """
    reader = _reader(record)
    sound, make = reader.sound, reader.make
    for row in fetched(connection, query, values):
        kinds = tuple(map(type, row))
        try:
            if kinds not in sound:
                reader.check(row)
                sound.add(kinds)
            yield make(row)
        except (ValueError, TypeError):
            if not table:
                raise DamagedProject(
                    "A value in the file is damaged and cannot be read: look with 'annotator check', and save what "
                    "can be read with 'annotator repair'."
                ) from None
            leave_out(connection, table, row[0])
            if stand_in is not None and (mended := reader.mended(row, stand_in)) is not None:
                yield mended


class _Field(NamedTuple):
    name: str
    kinds: frozenset[type]
    decode: Callable[[Any], Any] | None
    empty: Any
    """The replacement of a bad value."""
    choices: Collection[Any] | None = None


class _Reader:
    """The conversion of rows to records of one class."""

    def __init__(self, record: type[Any]) -> None:
        hints = get_type_hints(record)
        self._record = record
        self._fields = [_field(record, name, hints[name]) for name in record._fields]
        self._decoded = [(place, field.decode) for place, field in enumerate(self._fields) if field.decode is not None]
        self._chosen = [
            (place, field.choices if isinstance(field.choices, _Colors | _Days) else frozenset((*field.choices, None)))
            for place, field in enumerate(self._fields)
            if field.choices is not None
        ]
        self.sound: set[tuple[type, ...]] = set()
        # Not by ``_make``, which is written in Python and takes three times as long: ``check`` has counted the columns.
        self._new: Callable[[Iterable[Any]], Any] = partial(tuple.__new__, record)
        self.make: Callable[[Row], Any] = self._decode if self._decoded or self._chosen else self._new

    def check(self, row: Row) -> None:
        for value, field in zip(row, self._fields, strict=True):
            if type(value) not in field.kinds:
                raise ValueError(f"{field.name} is of another type")

    def _decode(self, row: Row) -> Any:
        for place, choices in self._chosen:
            if row[place] not in choices:
                raise ValueError("none of the choices")
        if not self._decoded:
            return self._new(row)
        values = list(row)
        for place, decode in self._decoded:
            values[place] = decode(values[place])
        return self._new(values)

    def mended(self, row: Row, stand_in: str) -> Any | None:
        values = []
        for value, field in zip(row, self._fields, strict=False):
            try:
                if type(value) not in field.kinds or _is_none_of(field.choices, value):
                    raise ValueError
                values.append(value if field.decode is None else field.decode(value))
            except (ValueError, TypeError):
                if not stand_in and type(field.empty) is int:
                    return None
                values.append(stand_in.format(id=row[0]) if stand_in and field.name == "name" else field.empty)
        return self._record(*values)


@cache
def _reader(record: type[Any]) -> _Reader:
    return _Reader(record)


def _is_none_of(choices: Collection[Any] | None, value: Any) -> bool:
    return choices is not None and value is not None and value not in choices


def _field(record: type[Any], name: str, hint: Any) -> _Field:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    plain = frozenset(kinds) & _PLAIN.keys()
    if plain:
        stored = {form for kind in plain for form in _PLAIN[kind]}
        decode: Callable[[Any], Any] | None = _flag if hint is bool else None
        choices = _CHOICES.get(f"{record.__name__}.{name}", _CHOICES.get(name))
        empty = None if NoneType in plain else kinds[0]() if choices is None else next(iter(choices))
        return _Field(name, frozenset(stored), decode, empty, choices)
    read = _DECODERS[hint] if hint in _DECODERS else _DECODERS[get_origin(hint)]
    return _Field(name, frozenset({str}), read, read("{}" if get_origin(hint) is dict else "[]"))


_LETTERS = tuple("FABCDE")


class _Colors(tuple[str, ...]):
    """Every colour that a label may have; grey replaces an invalid one."""

    __slots__ = ()

    def __contains__(self, color: object) -> bool:
        return isinstance(color, str) and _COLOR.fullmatch(color) is not None


_COLOR = re.compile("#[0-9A-Fa-f]{6}")


class _Days(tuple[str, ...]):
    """Every day in ISO 8601; an empty text replaces an invalid one."""

    __slots__ = ()

    def __contains__(self, day: object) -> bool:
        try:
            return day == "" or (isinstance(day, str) and date.fromisoformat(day).isoformat() == day)
        except ValueError:
            return False


_CHOICES: dict[str, Collection[Any]] = {
    "made_on": _Days(("",)),
    "resolved_on": _Days(("",)),
    "LabelRecord.color": _Colors(("#999999",)),
    "reliability": _LETTERS,
    "reliability_override": _LETTERS,
    "inherited_reliability": _LETTERS,
    "credibility": range(1, 7),
    "status": DOCUMENT_STATUSES,
    "direction": DIRECTIONS,
    "stance": STANCES,
    "role": tuple(reversed(CHAIN_ROLES)),
    "consistency": CONSISTENCIES,
    "key": range(1, 10),
    "AnswerRecord.verdict": ANSWERS,
    "ClaimRecord.verdict": VERDICTS,
    "ResolutionRecord.verdict": VERDICTS,
    "FeatureRecord.kind": ("text", *FEATURE_KINDS),
    "SourceRecord.kind": ("person", *SOURCE_KINDS),
    "Names.kind": ("person", *SOURCE_KINDS),
}
"""The values that a field may have; the first one replaces an invalid value."""

_PLAIN: dict[type, tuple[type, ...]] = {
    int: (int,),
    str: (str,),
    float: (float, int),
    bool: (int,),
    NoneType: (NoneType,),
}
"""The types that SQLite returns for a field of a plain type."""


def _flag(value: int) -> bool:
    if value not in (0, 1):
        raise ValueError("neither yes nor no")
    return value == 1


def words_of(stored: object) -> tuple[str, ...]:
    """Return a list of texts. Raise ValueError."""
    if stored == "[]":
        return ()
    found = decode_json(stored)
    if type(found) is not list or any(type(word) is not str for word in found):
        raise ValueError("no list of texts")
    return tuple(found)


def spans_of(stored: object) -> tuple[Span, ...]:
    """Return a list of spans. Raise ValueError."""
    return () if stored == "[]" else tuple(_span(pair) for pair in _list(stored))


def object_of(stored: object) -> dict[str, Any]:
    """Return an object. Raise ValueError."""
    if stored == "{}":
        return {}
    found = decode_json(stored)
    if type(found) is not dict:
        raise ValueError("no object")
    return found


def structure_of(stored: object) -> tuple[tuple[str, Span], ...]:
    """Return the structure of a text: kinds with their spans. Raise ValueError."""
    if stored == "[]":
        return ()
    parts = []
    for part in _list(stored):
        if type(part) is not list or len(part) != 3 or type(part[0]) is not str:
            raise ValueError("no part of a structure")
        parts.append((part[0], _span(part[1:])))
    return tuple(parts)


def _list(stored: object) -> list[Any]:
    found = decode_json(stored)
    if type(found) is not list:
        raise ValueError("no list")
    return found


def _span(pair: object) -> Span:
    if type(pair) is not list or len(pair) != 2 or not is_place(*pair):
        raise ValueError("no span")
    return Span(*pair)


def is_place(start: object, end: object) -> bool:
    """Return whether two values can be the ends of a span in a text."""
    return type(start) is int and type(end) is int and 0 <= start <= end < FARTHEST


def are_grades(
    reliability: str | None,
    credibility: int | None,
    probability: int | None,
    confidence: str | None,
    letter: str | None,
) -> bool:
    """Return whether the grades of an annotation, and the reliability of its document, lie on their scales."""
    return (
        (reliability is None or reliability in _LETTERS)
        and (credibility is None or 1 <= credibility <= 6)
        and (probability is None or 0 <= probability <= 100)
        and (confidence is None or confidence in CONFIDENCES)
        and (letter is None or letter in _LETTERS)
    )


_DECODERS: dict[Any, Callable[[Any], Any]] = {
    tuple[str, ...]: words_of,
    tuple[Span, ...]: spans_of,
    tuple[tuple[str, Span], ...]: structure_of,
    dict: object_of,
}


def describe_unreadable(unreadable: Iterable[tuple[str, int]]) -> str:
    """Return which rows were left out, in one sentence; empty where there are none."""
    counts: dict[str, list[int]] = {}
    for table, id in unreadable:
        counts.setdefault(table.replace("_", " "), []).append(id)
    if not counts:
        return ""
    named = "; ".join(
        f"{table} {', '.join(map(str, ids[:3]))}{f' and {len(ids) - 3} more' if len(ids) > 3 else ''}"
        for table, ids in counts.items()
    )
    return (
        f"Rows of the project are damaged and were left out or shown without their damaged values ({named}): look "
        "with 'annotator check', and save what can be read with 'annotator repair'."
    )
