"""Messages as mail programs and browsers store them: headers, and nested parts, one of which is the text.

Source: RFC 5322, RFC 2045 to 2047 and 2231, as ``email`` reads them. Headers may be malformed: undecodable ones are
kept as far as they can be read.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import canonical, without_surrogates
from annotator.domain.errors import ImportRefused, InvalidText
from annotator.domain.wording import describe_error
from annotator.files.drafts import temporary_folder
from annotator.formats.base import Article, Incoming, Packed, Refusal
from annotator.formats.documents import html
from annotator.formats.reading.article_structure import shown, with_title
from annotator.formats.reading.decoding import decoded
from annotator.formats.reading.file_dates import mail_date
from annotator.formats.reading.file_names import FileNames, safe_part
from annotator.formats.reading.limits import limits

_GROWTH = 4
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:|[ \t]")
_DISTINCTIVE_HEADERS = frozenset(
    b"received return-path delivered-to message-id mime-version date from to cc subject reply-to content-type "
    b"content-transfer-encoding list-id x-mozilla-status dkim-signature authentication-results sender".split()
)
_SKIPPED_KINDS = ("image", "audio", "video", "font")
_SIGNATURES = frozenset(
    "application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature text/calendar text/x-vcard "
    "text/vcard application/ms-tnef message/delivery-status text/rfc822-headers".split()
)
_MAX_PARTS = 1_000
_MAX_BOUNDARIES = 20_000
_MAX_HEADER_LENGTH = 10_000
_MAX_PARAMETERS_LENGTH = 2_000
_TAG = re.compile("<[a-z/!]", re.IGNORECASE)
_LIBRARY_ERRORS = (ValueError, TypeError, LookupError, AttributeError, AssertionError, OverflowError, RecursionError)
"""Exceptions of the library for malformed headers and parts."""


class _Bounded(EmailPolicy):
    """Headers as the library reads them, or raw where it fails.

    Only the beginning of each is kept: time and memory grow with the square of its length.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return the name and the beginning of the value of a header."""
        name, value = super().header_source_parse(sourcelines)
        longest = _MAX_PARAMETERS_LENGTH if name.lower().startswith("content-") else _MAX_HEADER_LENGTH
        return name, value[:longest].replace("\x00", "")

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return the decoded value of a header; the raw one where the library fails."""
        try:
            parsed: str = super().header_fetch_parse(name, value)
        except _LIBRARY_ERRORS:
            return value
        return parsed


def largest() -> int:
    """Return the maximum size of one message in bytes: the objects made from it take about twelve times as much."""
    return limits().file // _GROWTH


def parsed(data: bytes) -> EmailMessage:
    """Return the message in some bytes, which may be malformed.

    Raise ImportRefused where it has too many parts, in sequence or nested.
    """
    if b"multipart/" in data and data.count(b"\n--") > _MAX_BOUNDARIES:
        raise ImportRefused(f"It has more than {_MAX_BOUNDARIES:,} parts: save what you need of it alone.")
    try:
        found = message_from_bytes(data, policy=_Bounded())
    except RecursionError:
        raise ImportRefused("It has parts inside parts without end: save what you need of it alone.") from None
    assert isinstance(found, EmailMessage), "with this policy it is"
    return found


def fields_of(head: bytes) -> frozenset[bytes]:
    """Return the names, in lower case, of the headers at the beginning of a file; empty where there are none."""
    names: set[bytes] = set()
    # The last line may be incomplete.
    for line in re.split(rb"\r\n|\n|\r", head.removeprefix(b"\xef\xbb\xbf"))[:-1]:
        if not line.strip():
            break
        field = _FIELD.match(line)
        if field is None:
            return frozenset()
        if field[1]:
            names.add(field[1].lower())
    return frozenset(names)


def looks_like_mail(head: bytes) -> bool:
    """Return whether a file begins with headers of which several are typical of a mail."""
    names = fields_of(head)
    return len(names & _DISTINCTIVE_HEADERS) >= 3 or (
        len(names & _DISTINCTIVE_HEADERS) >= 2 and bool(names & {b"mime-version", b"received"})
    )


def header(message: EmailMessage, name: str) -> str:
    """Return a header on one line, decoded as far as possible; empty where it is missing."""
    return " ".join(_readable(str(message.get(name, ""))).split())


def _readable(words: str) -> str:
    # Non-ASCII bytes in a header are represented by surrogates.
    try:
        raw = words.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return without_surrogates(words)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def articles_of(message: EmailMessage, name: str, digest: str, origin: str, format: str) -> Iterator[Incoming]:
    """Yield the article of a mail, then its attachments. Raise ImportRefused where it has no words.

    ``name``: its name in a refusal; ``origin``: its place.
    """
    attached = list(_attachments(message))
    try:
        yield _article(message, name, digest, origin, format, [_name_of(part) for part in attached])
    except ImportRefused:
        # A mail that has only attachments.
        if not attached:
            raise
    yield from _unpacked(attached)


def _article(message: EmailMessage, name: str, digest: str, origin: str, format: str, attached: list[str]) -> Article:
    text, language = _text(message, name)
    subject = header(message, "Subject")
    title, text, structure = with_title(subject, text, name)
    words, address = _sender(message)
    stated_at = header(message, "Date")
    published_at = mail_date(stated_at)
    facts = {
        "from": header(message, "From"),
        "to": header(message, "To"),
        "cc": header(message, "Cc"),
        "message_id": header(message, "Message-ID"),
        "in_reply_to": header(message, "In-Reply-To"),
        "list": header(message, "List-Id"),
        "newsgroups": header(message, "Newsgroups"),
        "attachments": attached,
        "date": "" if published_at else stated_at,
    }
    return Article(
        title=title,
        text=text,
        structure=structure,
        source=shown(header(message, "Organization")),
        author=shown(words or address),
        published_at=published_at,
        language=header(message, "Content-Language").split(",")[0].strip() or language,
        address=header(message, "Archived-At").strip("<> "),
        origin_path=origin,
        origin_format=format,
        origin_sha256=digest,
        facts={key: fact for key, fact in facts.items() if fact},
    )


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Return the name and the address of the original author of a mail."""
    try:
        return next(iter(getaddresses([header(message, "From")])), ("", ""))
    except _LIBRARY_ERRORS:
        return "", ""


def _text(message: EmailMessage, name: str) -> tuple[str, str]:
    """Return the words of a mail, and their stated language. Raise ImportRefused where it has none."""
    plain, pages = _bodies(message)
    pages_words = [(html.streamed(page), page) for page in pages]
    from_page = "\n\n".join(stream.text() for stream, _ in pages_words)
    from_plain = "\n\n".join(plain)
    # Many newsletters have a plain part that only refers to the web page.
    is_page = len(from_plain.split()) * 2 < len(from_page.split())
    try:
        text = canonical(from_page if is_page else from_plain).strip("\n")
    except InvalidText as error:
        raise ImportRefused(f"“{name}” cannot be imported. {error}") from None
    if not text.strip():
        raise ImportRefused(f"“{name}” has no words: its text may be a picture, or encrypted.")
    language = next((stream.language for stream, _ in pages_words if stream.language), "") if is_page else ""
    return text, language


def _bodies(message: EmailMessage) -> tuple[list[str], list[str]]:
    """Return the parts in plain text and those in HTML that are shown with a mail."""
    plain: list[str] = []
    pages: list[str] = []
    for part in parts_of(message):
        if _is_attached(part):
            continue
        if part.get_content_type() == "text/html":
            pages.append(words_of(part))
        elif part.get_content_maintype() == "text" and part.get_content_type() not in _SIGNATURES:
            words = words_of(part)
            # Some programs declare a web page as plain text.
            (pages if len(_TAG.findall(words[:4096])) > 10 else plain).append(_unflowed(part, words))
    return plain, pages


def parts_of(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts with their own contents, without those of attached messages."""
    waiting, count = [message], 0
    while waiting and count < _MAX_PARTS:
        part = waiting.pop(0)
        count += 1
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            held: Any = part.get_payload()
            waiting[:0] = held
        else:
            yield part


def _attached_message(part: EmailMessage) -> EmailMessage | None:
    if part.get_content_type() != "message/rfc822" or not part.is_multipart():
        return None
    held: Any = part.get_payload()
    return held[0] if held else None


def words_of(part: EmailMessage) -> str:
    """Return the text of a part: in the stated encoding, or in the one that is recognised.

    Empty where it has none.
    """
    data = bytes_of(part)
    if not data.strip():
        return ""
    stated = str(part.get_param("charset", "") or "")
    try:
        return decoded(data, "part", _encoding(stated) or html.declared_encoding(data)).text
    except (ImportRefused, LookupError):
        return data.decode("latin-1")


def bytes_of(part: EmailMessage) -> bytes:
    """Return the contents of a part, decoded from quoted-printable or base64 as far as these are intact."""
    for is_decoded in (True, False):
        try:
            held = part.get_payload(decode=is_decoded)
        except _LIBRARY_ERRORS:
            continue
        if isinstance(held, bytes):
            return held
        if isinstance(held, str):
            return held.encode("utf-8", "surrogateescape")
    return b""


def _encoding(stated: str) -> str:
    name = stated.strip("\"' ").lower()
    return html.declared_encoding(f'<meta charset="{name}">'.encode("ascii", "ignore")) if name else ""


def _unflowed(part: EmailMessage, words: str) -> str:
    """Return text in the format ``flowed`` (RFC 3676), with paragraphs on one line again."""
    if str(part.get_param("format", "") or "").lower() != "flowed":
        return words
    removes_space = str(part.get_param("delsp", "") or "").lower() == "yes"
    lines: list[str] = []
    goes_on = False
    for line in words.split("\n"):
        line = line.removeprefix(" ")
        is_signature = line == "-- "
        if goes_on and not is_signature and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and not is_signature
        if goes_on and removes_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(line.rstrip() for line in lines)


def _is_attached(part: EmailMessage) -> bool:
    kind = part.get_content_type()
    return (
        kind == "message/rfc822"
        or part.get_content_disposition() == "attachment"
        or bool(part.get_filename() and part.get_content_maintype() != "text")
    )


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that may be separate articles."""
    for part in parts_of(message):
        kind = part.get_content_type()
        if _is_attached(part) and kind.split("/")[0] not in _SKIPPED_KINDS and kind not in _SIGNATURES:
            yield part


def _name_of(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except _LIBRARY_ERRORS:
        name = ""
    message = _attached_message(part)
    if not name and message is not None:
        name = f"{header(message, 'Subject') or 'message'}.eml"
    return shown(_readable(name)) or f"attachment.{part.get_content_subtype()}"


def _unpacked(parts: list[EmailMessage]) -> Iterator[Incoming]:
    """Yield the attachments, each as a file that is removed when the next one is requested."""
    names = FileNames()
    with temporary_folder() as folder:
        for part in parts:
            name = _name_of(part)
            stem, dot, suffix = name.rpartition(".")
            ending = dot + suffix if stem else ""
            path = Path(folder, safe_part(names.name_of(stem or suffix) + ending))
            message = _attached_message(part)
            try:
                data = bytes_of(part) if message is None else message.as_bytes()
            except _LIBRARY_ERRORS as error:
                yield Refusal(
                    name,
                    f"The attachment cannot be unpacked ({describe_error(error)}): save it with your mail program.",
                )
                continue
            if not data:
                continue
            path.write_bytes(data)
            yield Packed(path, name)
            path.unlink(missing_ok=True)
