"""Web archives (WARC 1.0 and 1.1, also packed with gzip): each page that was answered is an article.

Source: ISO 28500, as ``warcio`` reads it. The file is read record by record, so it may be of any size. Pages are
handed on to be read by their own formats; pictures, scripts and answers that are no page are passed by.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from annotator.domain.errors import ImportRefused
from annotator.formats import html
from annotator.formats.base import Format, Incoming, Packed, Refusal
from annotator.formats.decoding import opened
from annotator.formats.limits import limits

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
"""The kinds of answers that may be articles, and how the names of their files end."""

_ANSWERS = ("response", "resource", "conversion")
_BLOCK = 1 << 16
# Over damaged headers the library stumbles in ways of its own.
_STUMBLES = (AttributeError, TypeError, LookupError, RecursionError, OverflowError)
_SILENT = SimpleNamespace(stderr=SimpleNamespace(write=lambda _words: None))


def read(path: Path) -> Iterator[Incoming]:
    """The pages of an archive, each to be read by its own format, and a refusal for each that cannot be read."""
    from warcio import archiveiterator, bufferedreaders
    from warcio.exceptions import ArchiveLoadFailed

    # The library tells standard error what it thinks of a file; the report tells the user.
    for module in (archiveiterator, bufferedreaders):
        module.sys = _SILENT
    number, is_empty = 0, True
    with opened(path) as file, TemporaryDirectory(prefix="annotator-") as folder:
        try:
            for number, record in enumerate(archiveiterator.ArchiveIterator(file), 1):
                suffix = _suffix_of(record)
                if not suffix:
                    continue
                is_empty = False
                address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
                page = Path(folder, f"page{suffix}")
                if refusal := _unpack(record, page):
                    yield Refusal(address or f"record {number}", refusal)
                    continue
                date = record.rec_headers.get_header("WARC-Date")
                yield Packed(page, address or f"record {number}", address, {"captured_at": date} if date else {})
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error, *_STUMBLES) as error:
            words = " ".join(str(error).split())[:200]
            yield Refusal(f"after record {number}", f"The archive cannot be read any further ({words}): copy it again.")
            is_empty = False
    if is_empty:
        raise ImportRefused(f"“{path.name}” holds no page with words: its records are pictures, scripts or requests.")


def _suffix_of(record: Any) -> str:
    """How the name of a record's file should end; empty where it is no page."""
    if record.rec_type not in _ANSWERS:
        return ""
    if record.rec_type == "response":
        if record.http_headers is None or record.http_headers.get_statuscode() != "200":
            return ""
        stated = record.http_headers.get_header("Content-Type")
    else:
        stated = record.rec_headers.get_header("Content-Type")
    return _SUFFIXES.get(str(stated or "").partition(";")[0].strip().lower(), "")


def _unpack(record: Any, page: Path) -> str:
    """Write the body of an answer to ``page``; returns a sentence where that cannot be done."""
    most = limits().file
    size = 0
    try:
        stream = record.content_stream()
        with page.open("wb") as file:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > most:
                    return f"It has more than the {most / 2**20:,.0f} MB that one file may have."
                file.write(block)
    except (zlib.error, ValueError, EOFError) as error:
        return f"Its answer cannot be unpacked ({error})."
    if not size:
        return "Its answer is empty."
    if record.http_headers is not None and page.suffix in (".html", ".txt"):
        _keep_charset(page, str(record.http_headers.get_header("Content-Type")))
    return ""


def _keep_charset(page: Path, content_type: str) -> None:
    """Write a text in UTF-8 where only the header of its answer says how it is encoded."""
    _, found, charset = content_type.lower().partition("charset=")
    encoding = html.declared_encoding(f"<meta charset={charset.strip()}>".encode("ascii", "ignore")) if found else ""
    data = page.read_bytes()
    if not encoding or (page.suffix == ".html" and html.declared_encoding(data)):
        return
    try:
        page.write_bytes(b"\xef\xbb\xbf" + data.decode(encoding).encode())
    except (UnicodeError, LookupError):
        return  # It says what is not so: the page is read as it looks.


def sniff(_path: Path, head: bytes) -> bool:
    """Whether a file begins with a record of a web archive."""
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
