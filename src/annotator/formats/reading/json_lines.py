"""JSON Lines of any tool, line by line, with one plain sentence for each error."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue
from annotator.formats.base import Incoming, Refusal
from annotator.formats.reading.decoding import opened

Taken = TypeVar("Taken")

LINE_LIMIT = 64 * 1024 * 1024
"""Bytes of one line; a longer one is refused and skipped."""

PROBLEMS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, AnnotatorError)
"""Exceptions of decoding a record; ``plain`` puts each of them into words."""

_SNIFFED = 4 * 1024 * 1024
_SHAPE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_TYPE_MISMATCH = re.compile(r"Expected `(.+?)`, got `(.+?)`(?: - at `\$\.?(.*)`)?")
_MISSING = re.compile(r"Object missing required field `(.+?)`(?: - at `\$\.?(.*)`)?")
_PLAIN_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}


def lines(file: BinaryIO, path: Path, limit: int) -> Iterator[bytes | None]:
    """Yield the lines of a file, None for each that is longer than ``limit`` bytes; no more than that is held in
    memory.
    """
    first = True
    try:
        while line := file.readline(limit + 2):
            if first:
                line, first = line.removeprefix(b"\xef\xbb\xbf"), False
            if len(line.rstrip(b"\r\n")) <= limit:
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = file.readline(1024 * 1024)
            yield None
    except OSError as error:
        raise ImportRefused(f"“{path.name}” cannot be read to its end: {error.strerror or error}.") from None


def each_line(
    path: Path, take: Callable[[bytes, int, str], Iterable[Incoming]], limit: int = LINE_LIMIT
) -> Iterator[Incoming]:
    """Yield the results of ``take`` for each line that is not empty, from the line, its number and its place.

    A Refusal where it raises one of ``PROBLEMS``. Raise ImportRefused where the file is empty or cannot be read.
    """
    with opened(path) as file:
        number = 0
        for number, line in enumerate(lines(file, path, limit), 1):
            place = f"line {number}"
            if line is None:
                yield Refusal(place, f"The line is longer than {limit / 2**20:,.0f} MB.")
            elif line.strip():
                try:
                    items = list(take(line, number, place))
                except ImportRefused:
                    raise
                except PROBLEMS as error:
                    items = [Refusal(place, plain(error))]
                yield from items
        if number == 0:
            raise ImportRefused(f"“{path.name}” is empty.")


def each_row(
    raws: Iterable[msgspec.Raw], place: str, take: Callable[[msgspec.Raw], Taken], refused: list[Incoming]
) -> list[Taken]:
    """Return the result of ``take`` for each row of a list; one of ``PROBLEMS`` becomes a Refusal in ``refused``."""
    taken = []
    for count, raw in enumerate(raws, 1):
        try:
            taken.append(take(raw))
        except PROBLEMS as error:
            refused.append(Refusal(f"{place} {count}", plain(error)))
    return taken


def first_record(path: Path, head: bytes) -> dict[str, msgspec.Raw]:
    """Return the fields of the first line that is an object of JSON, to recognise a format; none where there is no such
    line.

    ``head``: the first bytes of the file, which may end within that line. At most 4 MB are read.
    """
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return {}
    rest = _SNIFFED
    with opened(path) as file:
        while rest > 0 and (line := file.readline(rest)):
            rest -= len(line)
            try:
                return _SHAPE.decode(line.removeprefix(b"\xef\xbb\xbf"))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
    return {}


def value_of(raw: msgspec.Raw | None) -> Any:
    """Return the value of a field of a record; None where it is missing."""
    return None if raw is None else msgspec.json.decode(raw)


def list_of(raw: msgspec.Raw | None) -> list[Any]:
    """Return the list in a field of a record; an empty one where there is none."""
    found = value_of(raw)
    return found if isinstance(found, list) else []


def is_list(raw: msgspec.Raw | None) -> bool:
    """Return whether a field of a record holds a list, without decoding it."""
    return raw is not None and bytes(raw).lstrip().startswith(b"[")


def check_no_nul(line: bytes) -> None:
    """Raise InvalidValue where a line of JSON has an escaped NUL, which no text may contain."""
    if b"\\u0000" in line and _NUL.search(line):
        raise InvalidValue("The line has a NUL character.")


def needed(name: str, value: str) -> str:
    """Return ``value`` without white space at its edges.

    Raise InvalidValue where nothing is left of the field ``name``.
    """
    value = value.strip()
    if not value:
        raise InvalidValue(f"The field “{name}” is empty.")
    return value


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return ``value``. Raise InvalidValue where it is not allowed for the field ``name``."""
    if value not in allowed:
        words = ", ".join(filter(None, allowed))
        raise InvalidValue(f"The field “{name}” is “{value[:40]}”, but it may be only: {words}.")
    return value


def plain(error: Exception) -> str:
    """Return one plain sentence for the error in a record."""
    if isinstance(error, AnnotatorError):
        return str(error)
    if isinstance(error, RecursionError):
        return "The JSON is nested too deeply."
    if isinstance(error, UnicodeDecodeError):
        return f"The line is not UTF-8: byte {error.start} cannot be read."
    message = str(error)
    if found := _TYPE_MISMATCH.match(message):
        expected = " or ".join(_PLAIN_TYPES.get(kind, kind) for kind in found[1].split(" | "))
        what = f"The field “{found[3]}”" if found[3] else "The record"
        return f"{what} must be {expected}, not {_PLAIN_TYPES.get(found[2], found[2])}."
    if found := _MISSING.match(message):
        return f"The field “{found[1]}” is missing."
    if isinstance(error, msgspec.ValidationError):
        return f"A field has a wrong value: {message}."
    return f"The line is not JSON: {message.removeprefix('JSON is malformed: ')}."
