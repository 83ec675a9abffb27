"""A web page saved as one file (MHTML): its own HTML is the article; pictures and styles beside it are skipped.

Source: RFC 2557; ``Snapshot-Content-Location`` as Chromium and related browsers write it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Format, Incoming
from annotator.formats.documents import html, mail_messages
from annotator.formats.reading.decoding import read_bytes
from annotator.formats.reading.file_dates import mail_date

_WEB = ("http://", "https://")


def read(path: Path) -> Iterator[Incoming]:
    """Yield the article of the page. Raise ImportRefused where there is no page in the file, or it has no words."""
    data = read_bytes(path, mail_messages.largest())
    message = mail_messages.parsed(data)
    page = _root(message)
    if page is None:
        raise ImportRefused(f"“{path.name}” holds no page: save it again from the browser.")
    source = mail_messages.words_of(page)
    if len(source) > html.SIZE_LIMIT:
        raise ImportRefused(
            f"“{path.name}” has a page of more than {html.SIZE_LIMIT / 2**20:,.0f} MB: save only a part of it."
        )
    article = html.article_of(source, path.name)
    addresses = (
        mail_messages.header(message, "Snapshot-Content-Location"),
        mail_messages.header(page, "Content-Location"),
    )
    saved_at = mail_messages.header(message, "Date")
    yield replace(
        article,
        address=next((one for one in addresses if one.startswith(_WEB)), article.address),
        origin_path=str(path),
        origin_format=FORMAT.id,
        origin_sha256=hashlib.sha256(data).hexdigest(),
        facts={**article.facts, **({"saved_at": mail_date(saved_at) or saved_at} if saved_at else {})},
    )


def _root(message: EmailMessage) -> EmailMessage | None:
    """Return the part that is the page itself: the one stated as the start, or the first that is HTML."""
    pages = [
        part
        for part in mail_messages.parts_of(message)
        if part.get_content_type() in ("text/html", "application/xhtml+xml")
    ]
    start = str(message.get_param("start", "") or "").strip("<> ")
    named = (part for part in pages if start and mail_messages.header(part, "Content-ID").strip("<> ") == start)
    return next(named, pages[0] if pages else None)


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file begins with headers as a browser writes them: a mail has more than related parts."""
    names = mail_messages.fields_of(head)
    if b"content-type" not in names:
        return False
    beginning = head.lower()
    return (
        b"snapshot-content-location" in names
        or path.suffix.lower() in FORMAT.suffixes
        or (b"multipart/related" in beginning and not names & {b"received", b"to", b"message-id"})
    )


FORMAT = Format(
    id="mhtml",
    name="Web page in one file",
    suffixes=(".mhtml", ".mht"),
    read=read,
    sniff=sniff,
    example="page.mhtml",
)
