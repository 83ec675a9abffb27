"""Web archives (WARC 1.0 and 1.1, also compressed with gzip): each page in a response is an article.

Source: ISO 28500, as ``warcio`` reads it. The file is read record by record, so it may be of any size. Pages are passed
to their own formats; pictures, scripts and responses that are not pages are skipped.
"""

import logging
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from annotator.domain.errors import ImportRefused
from annotator.domain.wording import counted
from annotator.files.drafts import temporary_folder
from annotator.formats.base import Format, Incoming, Packed, Refusal, Skipped
from annotator.formats.documents import html
from annotator.formats.documents.http_bodies import body_of, inflated
from annotator.formats.reading.decoding import opened
from annotator.formats.reading.limits import limits

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
}
"""The types of responses that may be articles, and the suffixes of their files."""

_FACTS = {"captured_at": "WARC-Date", "cut_off_by": "WARC-Truncated"}
_RECORD_TYPES = ("response", "resource", "conversion")
_SKIPPED_KINDS = {
    "image": "pictures",
    "audio": "sounds",
    "video": "films",
    "font": "fonts",
    "text": "scripts and styles",
}
_KINDS = 6
"""Maximum number of kinds of records that the report names."""
_STATUS = 3
_BLOCK = 1 << 16
# Over damaged headers the library raises errors of many kinds.
_LIBRARY_ERRORS = (AttributeError, TypeError, LookupError, RecursionError, OverflowError)
_MAX_HEADERS = 1 << 20
"""Maximum bytes of the headers of one record, which are held in memory."""

_NO_STANDARD_ERROR = SimpleNamespace(stderr=SimpleNamespace(write=lambda _words: None))


def read(path: Path) -> Iterator[Incoming]:
    """Yield the pages of an archive, each to be read by its own format, and a refusal for each that cannot be read."""
    from warcio import archiveiterator, bufferedreaders
    from warcio.exceptions import ArchiveLoadFailed

    # The library writes its messages to standard error; the report shows them to the user.
    for module in (archiveiterator, bufferedreaders):
        module.sys = _NO_STANDARD_ERROR
    logging.getLogger("warcio").setLevel(logging.CRITICAL)
    number, is_empty = 0, True
    passed: Counter[str] = Counter()
    with opened(path) as file, temporary_folder() as folder:
        try:
            stream = _Unpacked(file)
            records = archiveiterator.ArchiveIterator(stream)
            lines = _Lines(records.reader)
            for number, record in enumerate(records, 1):
                lines.count = 0
                suffix = _suffix_of(record)
                if not suffix:
                    passed[_kind_of(record)] += 1
                    continue
                is_empty = False
                address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
                page = Path(folder, f"page{suffix}")
                if refusal := _unpack(record, page):
                    yield Refusal(address or f"record {number}", refusal)
                    continue
                headers = {name: record.rec_headers.get_header(header) for name, header in _FACTS.items()}
                facts = {name: value for name, value in headers.items() if value}
                yield Packed(page, address or f"record {number}", address, facts)
            if stream.is_damaged:
                raise EOFError
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error, *_LIBRARY_ERRORS):
            # The library's messages quote the bytes that it cannot read.
            what = "what follows is not a complete record. Copy the file again."
            yield Refusal(f"after record {number}", f"The archive cannot be read any further: {what}")
            is_empty = False
    if passed:
        yield Skipped(_summary_of(number, passed))
    if is_empty:
        raise ImportRefused(f"“{path.name}” holds no page with words: its records are pictures, scripts or requests.")


def _suffix_of(record: Any) -> str:
    """Return the suffix for a record's file; empty where it is not a page."""
    if record.rec_type not in _RECORD_TYPES:
        return ""
    if record.rec_type == "response":
        if record.http_headers is None or record.http_headers.get_statuscode() != "200":
            return ""
        stated = record.http_headers.get_header("Content-Type")
    else:
        stated = record.rec_headers.get_header("Content-Type")
    return _SUFFIXES.get(str(stated or "").partition(";")[0].strip().lower(), "")


def _kind_of(record: Any) -> str:
    """Return why a record is skipped, in the plural."""
    if record.rec_type not in _RECORD_TYPES:
        return f"records of the kind {record.rec_type or 'unknown'}"
    if record.rec_type == "response" and record.http_headers is not None:
        status = str(record.http_headers.get_statuscode() or "")
        if status != "200":
            return f"responses with the status {status[:_STATUS] or 'unknown'}"
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    stated = "" if headers is None else str(headers.get_header("Content-Type") or "")
    kind = stated.partition(";")[0].partition("/")[0].strip().lower()
    return _SKIPPED_KINDS.get(kind, "responses of other kinds")


def _summary_of(records: int, passed: Counter[str]) -> str:
    """Return ``2 of 5 records are not pages and were skipped: pictures 1, requests 1.``"""
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in passed.most_common(_KINDS))
    others = passed.total() - sum(number for _, number in passed.most_common(_KINDS))
    rest = f", others {others:,}" if others else ""
    return f"{passed.total():,} of {counted(records, 'record')} are not pages and were skipped: {kinds}{rest}."


def _unpack(record: Any, page: Path) -> str:
    """Write the body of a response to ``page``; return a sentence where that is impossible."""
    most = limits().file
    size = 0
    header = record.http_headers.get_header if record.http_headers is not None else lambda _name: ""
    body = body_of(record.raw_stream, header("Transfer-Encoding") or "", header("Content-Encoding") or "")
    try:
        with page.open("wb") as file:
            for block in body:
                size += len(block)
                if size > most:
                    return f"It has more than the {most / 2**20:,.0f} MB that one file may have."
                file.write(block)
        _skip_rest(record.raw_stream)
    except ImportRefused as refusal:
        return str(refusal)
    if not size:
        return "Its response is empty."
    if record.http_headers is not None and page.suffix in (".html", ".txt"):
        _keep_charset(page, str(header("Content-Type")))
    return ""


def _skip_rest(stream: Any) -> None:
    """Read the rest of a record. Raise ImportRefused where the file ends before the record does."""
    while stream.read(_BLOCK):
        pass
    if getattr(stream, "limit", 0) > 0:
        raise ImportRefused("The file ends in the middle of it: copy the file again.")


class _Unpacked:
    """The bytes of an archive, unpacked as one stream, for any number of records in each member.

    Where they are damaged the stream ends, so that everything before is read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.is_damaged = False
        first = file.read(_BLOCK)
        blocks = chain((first,), iter(lambda: file.read(_BLOCK), b""))
        self._blocks = inflated(blocks) if first.startswith(b"\x1f\x8b") else blocks

    def read(self, _size: int = -1) -> bytes:
        """Return the next block that is not empty, of any size; an empty one at the end."""
        try:
            return next((block for block in self._blocks if block), b"")
        except ImportRefused:
            self.is_damaged = True
            return b""


class _Lines:
    """A wrapper of a reader's lines, which are headers, that limits their total size."""

    def __init__(self, reader: Any) -> None:
        self.count = 0
        self._readline = reader.readline
        reader.readline = self._next

    def _next(self, length: int | None = None) -> bytes:
        line: bytes = self._readline(_MAX_HEADERS if length is None else min(length, _MAX_HEADERS))
        self.count += len(line)
        if self.count > _MAX_HEADERS or len(line) == _MAX_HEADERS:
            raise ValueError("The headers of a record have no end.")
        return line


def _keep_charset(page: Path, content_type: str) -> None:
    """Rewrite a text in UTF-8 where only the header of its response states its encoding."""
    _, found, charset = content_type.lower().partition("charset=")
    encoding = html.declared_encoding(f"<meta charset={charset.strip()}>".encode("ascii", "ignore")) if found else ""
    data = page.read_bytes()
    if not encoding or (page.suffix == ".html" and html.declared_encoding(data)):
        return
    try:
        page.write_bytes(b"\xef\xbb\xbf" + data.decode(encoding).encode())
    except (UnicodeError, LookupError):
        return  # The stated encoding is wrong: the page is read by its content.


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins with a record of a web archive."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
        except zlib.error:
            return False
    return head.startswith(b"WARC/")


FORMAT = Format(
    id="warc",
    name="Web archive",
    suffixes=(".warc", ".warc.gz"),
    read=read,
    sniff=sniff,
    example="pages.warc",
)
