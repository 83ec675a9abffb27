"""A DocBin file that is written document by document, for any number of documents.

spaCy's own ``DocBin`` keeps all tokens of all documents in memory until it is written: 2 GB for 100,000 articles. Here
they are stored in compressed temporary files. The layout is that of spaCy 3.8 (``spacy/tokens/_serialize.py``): a map
in MessagePack, compressed by zlib, with the arrays of all documents concatenated.
"""

import gzip
import struct
import tempfile
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from annotator.domain.errors import ExportRefused

if TYPE_CHECKING:
    import numpy as np

VERSION = "0.1"
_BLOCK = 1024 * 1024
_MAX_BYTES = 2**32 - 1
"""MessagePack counts the bytes of one value in 32 bits."""

_encode = msgspec.msgpack.Encoder().encode


class SpanRow(NamedTuple):
    """A span of a group as spaCy stores it: hashes of its id, knowledge-base id and label, tokens, characters."""

    id: int
    kb_id: int
    label: int
    first: int
    last: int
    start: int
    end: int


def span_groups(groups: Mapping[str, Sequence[SpanRow]]) -> bytes:
    """Return the groups of spans of a document in the form of ``doc.spans.to_bytes()``."""
    packed = {
        _encode({"name": name, "attrs": {}, "spans": [struct.pack(">QQQllll", *row) for row in rows]}): [name]
        for name, rows in groups.items()
    }
    return _encode(packed)


class _Spool:
    """Bytes in a compressed temporary file, to be read back once and in order."""

    def __init__(self) -> None:
        # Closed with the DocBinFile, which lives longer than a with statement here.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._packing = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=1, mtime=0)
        self.length = 0

    def add(self, data: bytes) -> None:
        """Append bytes."""
        self._packing.write(data)
        self.length += len(data)

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes from the beginning, block by block."""
        self._packing.close()
        self._file.seek(0)
        with gzip.GzipFile(fileobj=self._file) as unpacking:
            while block := unpacking.read(_BLOCK):
                yield block

    def close(self) -> None:
        """Remove the temporary file."""
        self._packing.close()
        self._file.close()


class DocBinFile:
    """Collects documents one by one and then writes them.

    ``attributes``: spaCy's numbers of the attributes of each token.
    """

    def __init__(self, attributes: Sequence[int]) -> None:
        self._attributes = list(attributes)
        self._strings: set[str] = set()
        self._lengths = array("i")
        self._tokens, self._spaces, self._user_data, self._groups = _Spool(), _Spool(), _Spool(), _Spool()

    def __enter__(self) -> "DocBinFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for spool in (self._tokens, self._spaces, self._user_data, self._groups):
            spool.close()

    def add(
        self,
        tokens: "np.ndarray[Any, Any]",
        spaces: Iterable[bool],
        groups: Mapping[str, Sequence[SpanRow]],
        user_data: Mapping[str, Any],
        strings: Iterable[str],
    ) -> None:
        """Add a document: ``tokens`` is an array of 64-bit numbers, one row for each token and one column for each
        attribute.

        ``strings``: every string whose hash is in ``tokens`` or ``groups``.
        """
        self._tokens.add(tokens.tobytes("C"))
        self._spaces.add(bytes(spaces))
        self._lengths.append(len(tokens))
        self._user_data.add(_encode(_encode(user_data)))
        self._groups.add(_encode(span_groups(groups)))
        self._strings.update(strings)

    def write(self, path: Path) -> None:
        """Write all documents to ``path``. Raise ExportRefused where they are too many for one file."""
        if self._tokens.length > _MAX_BYTES:
            raise ExportRefused(
                "One DocBin cannot hold so many documents (4 GB of tokens): split the export, or choose fewer."
            )
        packing = zlib.compressobj()
        with open(path, "wb") as file:
            for part in self._parts():
                file.write(packing.compress(part))
            file.write(packing.flush())

    def _parts(self) -> Iterator[bytes]:
        count = len(self._lengths)
        yield b"\x8a"  # A map of ten.
        for name, value in (("version", VERSION), ("attrs", self._attributes)):
            yield _encode(name) + _encode(value)
        for name, spool in (("tokens", self._tokens), ("spaces", self._spaces)):
            yield _encode(name) + b"\xc6" + struct.pack(">I", spool.length)
            yield from spool.blocks()
        yield _encode("lengths") + _encode(self._lengths.tobytes())
        yield _encode("strings") + _list_of(len(self._strings))
        yield from map(_encode, sorted(self._strings))
        for name, one in (("cats", _encode({})), ("flags", _encode({"has_unknown_spaces": False}))):
            yield _encode(name) + _list_of(count)
            yield from (one for _ in range(count))
        for name, spool in (("user_data", self._user_data), ("span_groups", self._groups)):
            yield _encode(name) + _list_of(count)
            yield from spool.blocks()


def _list_of(count: int) -> bytes:
    return b"\xdd" + struct.pack(">I", count)
