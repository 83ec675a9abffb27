"""JSON Lines as any tool writes them: their lines one by one, and one plain sentence for what is wrong with one."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue

LINE_LIMIT = 64 * 1024 * 1024
"""Bytes of one line; a longer one is refused and skipped."""

PROBLEMS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, AnnotatorError)
"""What decoding a record may raise; ``plain`` words each of them."""

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
    """The lines of a file, None for each that is longer than ``limit`` bytes; no more than that is ever held."""
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


def check_no_nul(line: bytes) -> None:
    """Raises InvalidValue where a line of JSON has an escaped NUL: no text may hold one."""
    if b"\\u0000" in line and _NUL.search(line):
        raise InvalidValue("The line has a NUL character.")


def needed(name: str, value: str) -> str:
    """``value`` without white space at its edges. Raises InvalidValue where nothing is left of the field ``name``."""
    value = value.strip()
    if not value:
        raise InvalidValue(f"The field “{name}” is empty.")
    return value


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """``value``. Raises InvalidValue where the field ``name`` may not be it."""
    if value not in allowed:
        words = ", ".join(filter(None, allowed))
        raise InvalidValue(f"The field “{name}” is “{value[:40]}”, but it may be only: {words}.")
    return value


def plain(error: Exception) -> str:
    """One plain sentence for what is wrong with a record."""
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
        return f"A field is not as it should be: {message}."
    return f"The line is no JSON: {message.removeprefix('JSON is malformed: ')}."
