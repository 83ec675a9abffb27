"""JSON that is one array of records, or records one after the other: split into records, for a file of any size.

The records are not decoded here: the caller decodes each, and a bad one does not stop the others.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Incoming, Refusal
from annotator.formats.reading.decoding import opened
from annotator.formats.reading.json_lines import LINE_LIMIT, PROBLEMS, plain

_BLOCK = 1024 * 1024
_SNIFFED = 4 * 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
"""A whole string, or a delimiter; a single quotation mark begins a string that continues in the next block."""

_REST_OF_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SHAPE = msgspec.json.Decoder(dict[str, msgspec.Raw])


def records(file: BinaryIO, name: str, limit: int = LINE_LIMIT) -> Iterator[bytes | None]:
    """Yield the records of ``file``, an array or a sequence of them; None for each longer than ``limit`` bytes.

    A record is an object or an array; other elements are skipped. A file that ends too early yields the beginning of
    its last record. Raise ImportRefused where more brackets are closed than opened, or the file cannot be read.
    """
    splitter = _Splitter(name, limit)
    try:
        while block := file.read(_BLOCK):
            yield from splitter.taken(block)
    except OSError as error:
        raise ImportRefused(f"“{name}” cannot be read to its end: {error.strerror or error}.") from None
    yield from splitter.rest()


class _Splitter:
    """One pass through a file: its present depth, and the collected part of the current record."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._depth = 0
        self._outer = -1
        """The depth of records: 1 in an array, 0 without one; -1 until that is known."""
        self._in_string = False
        self._carried = b""
        self._parts: list[bytes] = []
        self._length = 0
        self._inside = False
        self._read = 0

    def taken(self, block: bytes) -> Iterator[bytes | None]:
        """Yield the records that end in ``block``."""
        if self._read == 0:
            block = block.removeprefix(_MARK)
        self._read += len(block)
        data = self._carried + block
        self._carried = b""
        position = begun = 0
        while True:
            if self._in_string:
                position = _REST_OF_STRING.match(data, position).end()  # type: ignore[union-attr]  # it always matches, if only an empty text
                if position == len(data):
                    break
                if data[position] != 0x22:
                    # A backslash whose second half is in the next block.
                    self._carried, data = data[position:], data[:position]
                    break
                self._in_string = False
                position += 1
            found = _TOKEN.search(data, position)
            if found is None:
                break
            position = found.end()
            token = found[0]
            if token == b'"':
                self._in_string = True
            elif token in b"{[":
                if self._outer < 0:
                    self._outer = 1 if token == b"[" else 0
                if self._depth == self._outer:
                    self._inside, begun = True, found.start()
                self._depth += 1
            elif token in b"}]":
                self._depth -= 1
                if self._depth < 0:
                    raise ImportRefused(f"“{self._name}” is not JSON: it closes more brackets than it opens.")
                if self._inside and self._depth == self._outer:
                    self._keep(data[begun:position])
                    yield self._whole()
                    begun = position
        if self._inside:
            self._keep(data[begun:])

    def rest(self) -> Iterator[bytes | None]:
        """Yield the beginning of a record that the file does not end."""
        if self._inside:
            yield self._whole()

    def _keep(self, part: bytes) -> None:
        self._length += len(part)
        if self._length <= self._limit:
            self._parts.append(part)
        else:
            self._parts.clear()

    def _whole(self) -> bytes | None:
        whole = b"".join(self._parts) if self._length <= self._limit else None
        self._parts.clear()
        self._length, self._inside = 0, False
        return whole


def each_record(
    path: Path, word: str, take: Callable[[bytes, int, str], Iterable[Incoming]], limit: int = LINE_LIMIT
) -> Iterator[Incoming]:
    """Yield the results of ``take`` for each record, from its bytes, its number and its place, such as ``task 7`` for
    ``word``.

    A Refusal where it raises one of ``PROBLEMS``. Raise ImportRefused where there is no record.
    """
    with opened(path) as file:
        number = 0
        for number, record in enumerate(records(file, path.name, limit), 1):
            place = f"{word} {number}"
            if record is None:
                yield Refusal(place, f"It is longer than {limit / 2**20:,.0f} MB.")
                continue
            try:
                items = list(take(record, number, place))
            except ImportRefused:
                raise
            except PROBLEMS as error:
                items = [Refusal(place, plain(error))]
            yield from items
        if number == 0:
            raise ImportRefused(f"“{path.name}” holds no {word}.")


def first_of(path: Path, head: bytes) -> dict[str, msgspec.Raw]:
    """Return the fields of the first record, to recognise a format; none where it is not an object or longer than 4 MB.

    ``head``: the first bytes of the file.
    """
    if not head.removeprefix(_MARK).lstrip().startswith((b"{", b"[")):
        return {}
    splitter = _Splitter(path.name, _SNIFFED)
    with opened(path) as file:
        for _ in range(_SNIFFED // _BLOCK):
            try:
                for record in splitter.taken(file.read(_BLOCK)):
                    return _SHAPE.decode(record) if record else {}
            except (ImportRefused, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return {}
    return {}
