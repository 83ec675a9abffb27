"""The body of an HTTP response in a web archive: chunks are removed and contents unpacked, block by block.

Source: RFC 9112 (chunks) and RFC 9110 (content codings). Memory use is constant, whatever size a response states. Many
capture programs store a body decoded and leave the headers unchanged: a body that contradicts its headers is read as it
is, where it is text.
"""

import codecs
import importlib
import io
import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from annotator.domain.errors import ImportRefused

_BLOCK = 1 << 16
_CHUNK = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MAX_HEAD_LENGTH = 1024
_SNIFFED_BYTES = 512
"""Bytes of a body from which it is determined whether it is compressed."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_CODECS = {"br": "brotli", "zstd": "zstd"}
_CUT_OFF = "Its response is cut off: capture the page again."
_DAMAGED = "Its response is damaged: capture the page again."

GZIP = zlib.MAX_WBITS | 16


def body_of(stream: Any, transfer: str, content: str) -> Iterator[bytes]:
    """Yield the body that ``stream`` holds, in blocks. Raise ImportRefused where it is cut off or cannot be unpacked.

    ``transfer``, ``content``: the headers ``Transfer-Encoding`` and ``Content-Encoding``.
    """
    blocks: Iterator[bytes] = iter(lambda: stream.read(_BLOCK), b"")
    codings = [coding.strip().lower() for coding in f"{content},{transfer}".split(",")]
    for coding in reversed(codings):
        if coding == "chunked":
            blocks = _unchunked(blocks)
        elif coding not in ("", "identity"):
            blocks = _unpacked(blocks, coding)
    yield from blocks


def _unchunked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    held = next(blocks, b"")
    if _CHUNK.match(held[:_MAX_HEAD_LENGTH]) is None:
        yield held
        yield from blocks
        return
    while True:
        while (head := _CHUNK.match(held[:_MAX_HEAD_LENGTH])) is None and len(held) < _MAX_HEAD_LENGTH:
            block = next(blocks, b"")
            if not block and not held.strip():
                # Without the chunk that ends it, but with everything that was received.
                return
            if not block:
                raise ImportRefused(_CUT_OFF)
            held += block
        if head is None:
            raise ImportRefused(_DAMAGED)
        left, held = int(head[1], 16), held[head.end() :]
        if not left:
            return
        while left:
            held = held or next(blocks, b"")
            if not held:
                raise ImportRefused(_CUT_OFF)
            yield held[:left]
            held, left = held[left:], max(0, left - len(held))


def _unpacked(blocks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    first = b""
    while len(first) < _SNIFFED_BYTES and (block := next(blocks, b"")):
        first += block
    window = _window_of(first, coding)
    if window:
        yield from inflated(chain((first,), blocks), window)
        return
    if _is_text(first):
        yield first
        yield from blocks
        return
    yield from _decoded(chain((first,), blocks), coding)


class _Blocks(io.RawIOBase):
    """Blocks as a file object that is read in steps."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = b""

    def readable(self) -> bool:
        """Return True, as ``io`` requires."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with the next bytes; return their number, 0 at the end."""
        self._held = self._held or next(self._blocks, b"")
        part, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def _decoded(blocks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield contents compressed as Brotli (RFC 7932) or Zstandard (RFC 8878), unpacked by pyarrow.

    Raise ImportRefused.
    """
    codec = _CODECS.get(coding, "")
    try:
        arrow = importlib.import_module("pyarrow") if codec else None
    except ImportError:
        arrow = None
    if arrow is None:
        more = ", or add the package pyarrow with the extra “parquet”" if codec else ""
        raise ImportRefused(
            f"Its response is compressed as “{coding[:20]}”, which is not read: capture it uncompressed{more}."
        )
    try:
        stream = arrow.CompressedInputStream(arrow.PythonFile(_Blocks(blocks), mode="r"), codec)
        while block := stream.read(_BLOCK):
            yield block
    except (OSError, ValueError):
        # The two decoders of the library raise different errors.
        raise ImportRefused(_DAMAGED) from None


def inflated(blocks: Iterator[bytes], window: int = GZIP) -> Iterator[bytes]:
    """Yield the unpacked ``blocks``, of one member or several. Raise ImportRefused where it is cut off or damaged.

    ``window``: ``wbits`` of ``zlib``. Everything that can be unpacked is yielded before.
    """
    block = next(blocks, b"")
    while block:
        member = zlib.decompressobj(window)
        try:
            while not member.eof:
                yield member.decompress(block, _BLOCK)
                block = member.unconsumed_tail or (b"" if member.eof else next(blocks, b""))
                if not block and not member.eof:
                    yield member.flush()
                    raise ImportRefused(_CUT_OFF)
        except zlib.error:
            raise ImportRefused(_DAMAGED) from None
        block = member.unused_data or next(blocks, b"")


def _window_of(beginning: bytes, coding: str) -> int:
    """Return ``wbits`` of ``zlib`` for a body with this beginning; 0 where it cannot unpack it."""
    # Some servers use deflate without any header.
    windows = {"gzip": (GZIP,), "x-gzip": (GZIP,), "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS)}
    for window in windows.get(coding, ()) if beginning else ():
        try:
            zlib.decompressobj(window).decompress(beginning, 1)
        except zlib.error:
            continue
        return window
    return 0


def _is_text(beginning: bytes) -> bool:
    try:
        words = codecs.getincrementaldecoder("utf-8")().decode(beginning[:_SNIFFED_BYTES])
    except UnicodeDecodeError:
        # A page in an older encoding: compressed data contains no mark-up.
        return beginning.lstrip().startswith(b"<")
    return _CONTROL.search(words) is None
