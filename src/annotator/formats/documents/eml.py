"""A mail in its own file (EML): its text is the article, and attachments are read by their own formats."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from annotator.formats.base import Format, Incoming
from annotator.formats.documents import mail_messages
from annotator.formats.reading.decoding import read_bytes


def read(path: Path) -> Iterator[Incoming]:
    """Yield the mail, then its attachments. Raise ImportRefused where it has neither words nor attachments."""
    data = read_bytes(path, mail_messages.largest())
    digest = hashlib.sha256(data).hexdigest()
    yield from mail_messages.articles_of(mail_messages.parsed(data), path.name, digest, str(path), FORMAT.id)


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file begins with the headers of a mail."""
    return mail_messages.looks_like_mail(head) or (
        path.suffix.lower() in FORMAT.suffixes and bool(mail_messages.fields_of(head))
    )


FORMAT = Format(
    id="eml",
    name="Mail",
    suffixes=(".eml",),
    read=read,
    sniff=sniff,
    example="mail.eml",
)
