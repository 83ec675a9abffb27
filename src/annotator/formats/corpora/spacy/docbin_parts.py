"""A DocBin file that is read document by document, after it was unpacked onto the disk.

The layout is that of ``docbin_file``. A map of MessagePack holds the arrays of all documents, concatenated, and lists
with one entry for each document; only their positions are kept in memory. The file contains no code, and only numbers,
texts, lists and maps are created from it.
"""

import mmap
import struct
import tempfile
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import msgspec

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import describe_error
from annotator.formats.reading.decoding import opened
from annotator.formats.reading.limits import limits

_BLOCK = 1 << 16
_ALWAYS_ALLOWED = 10 * 2**20
_MAX_ATTRIBUTES = 100
_DAMAGED = (IndexError, ValueError, struct.error, OverflowError, msgspec.DecodeError, RecursionError, MemoryError)
_ROW = {40: ">QQQllll", 32: ">QQllll"}
"""A span as spaCy stores it since 3.4, and as it did before, without an id."""


class PackedSpan(NamedTuple):
    """A span of a group: hashes of its id, knowledge-base id and label, and where it is, in characters."""

    id: int
    kb_id: int
    label: int
    start: int
    end: int


class PackedDoc(NamedTuple):
    """One document. ``tokens``: one attribute in each column, as ``DocBinParts.attributes`` names them."""

    tokens: list[tuple[int, ...]]
    spaces: list[bool]
    cats: Any
    user_data: Any
    groups: list[tuple[str, list[PackedSpan]]]


class DocBinParts:
    """An open DocBin. Raise ImportRefused where it is not one, is damaged, or unpacks to more than the limits
    allow.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        # Closed with this object, which lives longer than a with statement here.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        try:
            self._unpack(path)
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        except BaseException:
            self._file.close()
            raise
        try:
            self._find_parts()
        except _DAMAGED as error:
            self.close()
            raise self._damaged(error) from None
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "DocBinParts":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and remove its unpacked copy."""
        self._map.close()
        self._file.close()

    def _damaged(self, error: BaseException) -> ImportRefused:
        return ImportRefused(
            f"“{self._name}” is not a complete DocBin of spaCy ({describe_error(error)}): export it again."
        )

    def _unpack(self, path: Path) -> None:
        bounds = limits()
        most = min(bounds.unpacked, max(_ALWAYS_ALLOWED, path.stat().st_size * bounds.ratio))
        unpacking = zlib.decompressobj()
        written = 0
        try:
            with opened(path) as packed:
                while block := packed.read(_BLOCK):
                    while block:
                        data = unpacking.decompress(block, _BLOCK)
                        block = unpacking.unconsumed_tail
                        written += len(data)
                        if written > most:
                            raise ImportRefused(
                                f"“{self._name}” grows to more than {most / 2**20:,.0f} MB: split it, or raise the "
                                "limit of archives in the settings."
                            )
                        self._file.write(data)
            if not unpacking.eof or not written:
                raise ValueError("it is cut off")
            self._file.flush()
        except (zlib.error, ValueError) as error:
            raise self._damaged(error) from None

    def _find_parts(self) -> None:
        count, at = _header(self._map, 0, b"\x80", b"\xde", b"\xdf")
        places: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            end = _end(self._map, at)
            key = msgspec.msgpack.decode(self._map[at:end])
            at, end = end, _end(self._map, end)
            places[str(key)] = at, end
            at = end
        self._places = places
        self.attributes: list[int] = msgspec.msgpack.decode(self._whole("attrs"), type=list[int])
        if not 0 < len(self.attributes) <= _MAX_ATTRIBUTES:
            raise ValueError("its tokens have no attributes")
        self.strings: list[str] = msgspec.msgpack.decode(self._whole("strings"), type=list[str])
        self._lengths = array("i", self._bytes("lengths"))
        self._tokens, tokens_end = self._bytes_at("tokens")
        self._spaces, spaces_end = self._bytes_at("spaces")
        total = sum(self._lengths)
        if min(self._lengths, default=0) < 0 or tokens_end - self._tokens != total * 8 * len(self.attributes):
            raise ValueError("the lengths of its documents and its tokens contradict each other")
        if spaces_end - self._spaces != total:
            raise ValueError("the lengths of its documents and its spaces contradict each other")

    def _whole(self, name: str) -> bytes:
        if name not in self._places:
            raise ValueError(f"it has no {name}")
        start, end = self._places[name]
        return self._map[start:end]

    def _bytes_at(self, name: str) -> tuple[int, int]:
        """Return the position of the bytes of a value, without their header."""
        if name not in self._places:
            raise ValueError(f"it has no {name}")
        start, end = self._places[name]
        kind = self._map[start]
        size = {0xC4: 2, 0xC5: 3, 0xC6: 5}.get(kind)
        if size is None:
            raise ValueError(f"its {name} are no bytes")
        return start + size, end

    def _bytes(self, name: str) -> bytes:
        start, end = self._bytes_at(name)
        return self._map[start:end]

    def _entries(self, name: str) -> Iterator[Any]:
        """Yield the entries of a list with one entry for each document; None endlessly where the file has no such
        list.
        """
        if name in self._places:
            count, at = _header(self._map, self._places[name][0], b"\x90", b"\xdc", b"\xdd")
            for _ in range(count):
                end = _end(self._map, at)
                yield msgspec.msgpack.decode(self._map[at:end])
                at = end
        while True:
            yield None

    def documents(self) -> Iterator[PackedDoc]:
        """Yield the documents in their order. Raise ImportRefused where one is damaged."""
        width = len(self.attributes)
        at_token = at_space = 0
        lists = [self._entries(name) for name in ("cats", "user_data", "span_groups")]
        for length in self._lengths:
            start = self._tokens + at_token * 8 * width
            rows = struct.iter_unpack(f"<{width}Q", self._map[start : start + length * 8 * width])
            spaces = self._map[self._spaces + at_space : self._spaces + at_space + length]
            at_token += length
            at_space += length
            try:
                cats, user_data, groups = map(next, lists)
                opened_data = msgspec.msgpack.decode(user_data) if isinstance(user_data, bytes) and user_data else None
                yield PackedDoc(list(rows), [bool(byte) for byte in spaces], cats, opened_data, list(_groups(groups)))
            except _DAMAGED as error:
                raise self._damaged(error) from None


def _groups(packed: Any) -> Iterator[tuple[str, list[PackedSpan]]]:
    """Yield the groups of spans of a document, under each of their names."""
    if not isinstance(packed, bytes) or not packed:
        return
    found = msgspec.msgpack.decode(packed)
    pairs = found.items() if isinstance(found, dict) else ((one, None) for one in found or ())
    for data, names in pairs:
        group = msgspec.msgpack.decode(data)
        spans = [_span(row) for row in group.get("spans", ())]
        for name in names if isinstance(names, list | tuple) and names else [group.get("name", "")]:
            yield str(name), spans


def _span(row: bytes) -> PackedSpan:
    layout = _ROW.get(len(row))
    if layout is None:
        raise ValueError("a span is packed in a way that is not known")
    numbers = struct.unpack(layout, row)
    id, kb_id, label = numbers[:3] if len(row) == 40 else (0, *numbers[:2])
    return PackedSpan(id, kb_id, label, *numbers[-2:])


def _header(held: mmap.mmap, at: int, small: bytes, middle: bytes, large: bytes) -> tuple[int, int]:
    """Return how many entries a map or a list has, and where the first is."""
    kind = held[at]
    if kind & 0xF0 == small[0]:
        return kind & 0x0F, at + 1
    if kind == middle[0]:
        return struct.unpack(">H", held[at + 1 : at + 3])[0], at + 3
    if kind == large[0]:
        return struct.unpack(">I", held[at + 1 : at + 5])[0], at + 5
    raise ValueError("its parts are not where they should be")


_FIXED = {
    0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4,
    0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17,
}  # fmt: skip
"""Number of bytes that follow the first one of a value, by its type."""

_SIZED = {0xC4: (">B", 0), 0xC5: (">H", 0), 0xC6: (">I", 0), 0xD9: (">B", 0), 0xDA: (">H", 0), 0xDB: (">I", 0),
          0xC7: (">B", 1), 0xC8: (">H", 1), 0xC9: (">I", 1)}  # fmt: skip
"""For bytes, texts and extensions: how the size is encoded, and how many bytes are added to it."""

_HELD = {0xDC: (">H", 1), 0xDD: (">I", 1), 0xDE: (">H", 2), 0xDF: (">I", 2)}
"""For lists and maps: how the number of entries is encoded, and how many values each entry has."""


def _end(held: mmap.mmap, at: int) -> int:
    """Return the position where a value of MessagePack ends, at any depth.

    Raise ValueError or IndexError where it does not end.
    """
    left = 1
    while left:
        kind = held[at]
        at += 1
        left -= 1
        if kind in _SIZED:
            layout, more = _SIZED[kind]
            size = struct.calcsize(layout)
            at += size + more + struct.unpack(layout, held[at : at + size])[0]
        elif kind in _HELD:
            layout, values = _HELD[kind]
            size = struct.calcsize(layout)
            left += values * struct.unpack(layout, held[at : at + size])[0]
            at += size
        elif kind in _FIXED:
            at += _FIXED[kind]
        elif 0xA0 <= kind < 0xC0:
            at += kind & 0x1F
        elif 0x90 <= kind < 0xA0:
            left += kind & 0x0F
        elif 0x80 <= kind < 0x90:
            left += 2 * (kind & 0x0F)
        elif kind == 0xC1:
            raise ValueError("a value is of no known kind")
        if at > len(held) or left > len(held):
            raise ValueError("it ends too early")
    return at
