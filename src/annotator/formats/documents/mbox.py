"""A mailbox (mbox): one article for each mail, read mail by mail for a file of any size.

Source: RFC 4155 and the variants mboxo and mboxrd, which quote ``From `` at the beginning of a line as ``>From ``.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from annotator.domain.errors import AnnotatorError, ImportRefused
from annotator.formats.base import Blank, Format, Incoming, Refusal
from annotator.formats.documents import mail_messages
from annotator.formats.reading.decoding import opened

_BEGINNING = re.compile(rb"From \S*.*(\d\d:\d\d|\d{4})")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINE = 1 << 16


def read(path: Path) -> Iterator[Incoming]:
    """Yield the mails with their attachments, and a refusal for each that cannot be read."""
    is_empty = True
    for number, data, is_whole in _mails(path):
        is_empty = False
        place = f"mail {number}"
        if not is_whole:
            most = f"{mail_messages.largest() / 2**20:,.0f} MB"
            yield Refusal(place, f"It has more than {most}: raise the limit in the settings.")
            continue
        digest = hashlib.sha256(data).hexdigest()
        try:
            message = mail_messages.parsed(_QUOTED.sub(rb"\1", data))
            yield from mail_messages.articles_of(message, place, digest, f"{path}!/{number}", FORMAT.id)
        except AnnotatorError as error:
            has_body = bool(data.replace(b"\r\n", b"\n").partition(b"\n\n")[2].strip())
            yield Refusal(place, str(error), None if has_body else Blank.MAIL)
    if is_empty:
        raise ImportRefused(f"“{path.name}” holds no mails.")


def _mails(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each mail by its number, and whether it is complete: of one beyond the limit only the beginning is kept."""
    most = mail_messages.largest()
    lines: list[bytes] = []
    size, number, is_whole = 0, 0, True
    at_line_start, after_blank = True, True
    with opened(path) as file:
        while line := file.readline(_LINE):
            if at_line_start and after_blank and _BEGINNING.match(line):
                if number:
                    yield number, b"".join(lines), is_whole
                lines, size, number, is_whole = [], 0, number + 1, True
            elif number:
                size += len(line)
                if size <= most:
                    lines.append(line)
                else:
                    is_whole, lines = False, lines[:1]
            after_blank = at_line_start and not line.strip()
            at_line_start = line.endswith((b"\n", b"\r"))
    if number:
        yield number, b"".join(lines), is_whole


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins with the line that separates mails, and headers after it."""
    first, _, rest = head.partition(b"\n")
    return _BEGINNING.match(first) is not None and bool(mail_messages.fields_of(rest))


FORMAT = Format(
    id="mbox",
    name="Mailbox",
    suffixes=(".mbox", ".mbx"),
    read=read,
    sniff=sniff,
    example="mails.mbox",
)
