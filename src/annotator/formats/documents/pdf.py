"""PDF documents: their layer of text in reading order, with the pages among the facts. Pictures are not analysed.

Source: ISO 32000, as PDFium reads it (pypdfium2). PDFium returns the characters of a page with their boxes;
``page_layout`` finds lines, columns and paragraphs. The facts have ``pages``: for each its label and where it begins in
the text.
"""

import ctypes
import hashlib
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.domain.errors import ImportRefused
from annotator.formats.base import Format, Incoming, Refusal
from annotator.formats.documents.page_layout import (
    HYPHEN_OF_LINE,
    Line,
    Paragraph,
    Piece,
    lines_of,
    paragraphs_of,
    without_running_heads,
)
from annotator.formats.reading.decoding import read_bytes
from annotator.formats.reading.limits import limits
from annotator.formats.reading.text_builder import Prose

_PDFIUM_LOCK = threading.Lock()
"""PDFium is not thread-safe, not even for different documents."""

_MAX_CHARACTERS = 1_000_000
"""Maximum characters of a page: a page with more is not meant to be read."""

_UNREADABLE = 0.2
"""The share of unassigned characters above which a page counts as unreadable."""

_TITLE_HEIGHT = 1.15
"""Minimum height of a title, as a multiple of that of the running text."""

_SAMPLE = 200
"""Number of characters from which the rotation of a page is determined."""

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:Z|([+-]\d\d)'?(\d\d)?'?)?")
_CODE_PASSWORD = 4
_SCANNED = "It has no layer of text, only a picture: recognise its text with an OCR program first."
_MEANINGLESS = "Its fonts do not define which characters they show, so its text cannot be read: try an OCR program."


def read(path: Path) -> Iterator[Incoming]:
    """Yield the article of a document, and a refusal for each page without a layer of text.

    Raise ImportRefused where it is damaged, protected, or has no text on any page.
    """
    data = read_bytes(path, limits().file)
    document = _Document(data, path.name)
    try:
        pages = [document.page(number) for number in range(document.count)]
        stated, facts = document.metadata()
        labels = [document.label(number) for number in range(document.count)]
    finally:
        document.close()
    if not any(lines for lines, _, _ in pages):
        raise ImportRefused(_no_text(path.name, [problem for _, _, problem in pages if problem]))
    for number, (_, _, problem) in enumerate(pages, 1):
        if problem:
            yield Refusal(f"page {number}", problem)
    lines, heads = without_running_heads([(found, height) for found, height, _ in pages])
    prose = Prose(path.name)
    starts = _write(prose, paragraphs_of(lines))
    facts["pages"] = [[labels[page], start] for page, start in sorted(starts.items())]
    facts["running_heads"] = heads
    yield prose.article(path, FORMAT.id, hashlib.sha256(data).hexdigest(), stated, facts)


def _no_text(name: str, problems: list[str]) -> str:
    if _SCANNED in problems:
        return f"“{name}” has no text, only pictures of pages: recognise its text with an OCR program first."
    return f"“{name}” cannot be imported. {problems[0]}" if problems else f"“{name}” is empty: it has no words."


def _write(prose: Prose, paragraphs: list[Paragraph]) -> dict[int, int]:
    """Add the paragraphs to ``prose``; return where each page begins in the text."""
    title = _title_of(paragraphs)
    starts: dict[int, int] = {}
    for paragraph in paragraphs:
        start = len(prose)
        prose.add(paragraph.text, is_title=paragraph is title)
        for page, place in [(paragraph.page, 0), *paragraph.breaks]:
            starts.setdefault(page, start + place)
    return starts


def _title_of(paragraphs: list[Paragraph]) -> Paragraph | None:
    """Return the highest text on the first page, where it is higher than most of the text."""
    on_first = [one for one in paragraphs if one.page == paragraphs[0].page and any(map(str.isalpha, one.text))]
    heights = sorted((one.height, len(one.text)) for one in paragraphs)
    half, seen, usual = sum(length for _, length in heights) / 2, 0, 0.0
    for height, length in heights:
        seen += length
        if seen >= half:
            usual = height
            break
    highest = max(on_first, key=lambda one: one.height, default=None)
    return highest if highest is not None and highest.height > usual * _TITLE_HEIGHT else None


class _Document:
    """An open document. Every call takes the lock, so that several can be open at once."""

    def __init__(self, data: bytes, name: str) -> None:
        import pypdfium2
        import pypdfium2.raw

        self._raw: Any = pypdfium2.raw
        self._name = name
        with _PDFIUM_LOCK:
            try:
                self._held: Any = pypdfium2.PdfDocument(data)
                self.count = len(self._held)
            except pypdfium2.PdfiumError as error:
                raise ImportRefused(self._why(error)) from None
        if not self.count:
            raise ImportRefused(f"“{name}” has no pages.")

    def _why(self, error: Exception) -> str:
        if getattr(error, "err_code", None) == _CODE_PASSWORD or "assword" in str(error):
            return f"“{self._name}” is protected by a password: save a copy without it first."
        return f"“{self._name}” is not a complete PDF document: copy or export it again."

    def close(self) -> None:
        """Close the document."""
        with _PDFIUM_LOCK:
            self._held.close()

    def label(self, number: int) -> str:
        """Return the label of a page: its own number or word, or its index counted from 1."""
        with _PDFIUM_LOCK:
            return str(self._held.get_page_label(number) or number + 1)

    def metadata(self) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the document's metadata: fields of an article, and further facts."""
        with _PDFIUM_LOCK:
            metadata: dict[str, str] = self._held.get_metadata_dict(skip_empty=True)
            language = self._language()
        stated = {
            "title": metadata.get("Title", ""),
            "author": metadata.get("Author", ""),
            "date": _iso(metadata.get("CreationDate", "")),
            "language": language,
        }
        further = {"subject": metadata.get("Subject", ""), "keywords": metadata.get("Keywords", "")}
        return stated, {
            **further,
            "producer": metadata.get("Producer", ""),
            "modified": _iso(metadata.get("ModDate", "")),
        }

    def _language(self) -> str:
        size = self._raw.FPDFCatalog_GetLanguage(self._held, None, 0)
        if not 2 < size < 256:
            return ""
        held = ctypes.create_string_buffer(size)
        self._raw.FPDFCatalog_GetLanguage(self._held, ctypes.cast(held, ctypes.POINTER(ctypes.c_ushort)), size)
        return held.raw.decode("utf-16-le", "replace").rstrip("\x00")

    def page(self, number: int) -> tuple[list[Line], float, str]:
        """Return the lines of a page in reading order, its height, and what is wrong with it."""
        import pypdfium2

        with _PDFIUM_LOCK:
            try:
                page = self._held[number]
                try:
                    characters, turned = self._characters(page)
                    has_picture = not characters and self._has_picture(page)
                finally:
                    page.close()
            except pypdfium2.PdfiumError:
                return [], 0.0, "The page is damaged: copy or export the document again."
        meaningless = sum(_is_meaningless(character) for character, *_ in characters)
        if meaningless > _UNREADABLE * len(characters):
            return [], turned.height, _MEANINGLESS
        pieces = _pieces(characters, turned)
        return lines_of(pieces, number), turned.height, _SCANNED if has_picture else ""

    def _has_picture(self, page: Any) -> bool:
        return any(True for _ in page.get_objects(filter=[self._raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))

    def _characters(self, page: Any) -> tuple[list[tuple[str, float, float, float, float]], "_Rotated"]:
        """Return the characters of a page with their boxes, in the order of the file, and the rotation of the page.

        A space and a line end have no box.
        """
        raw = self._raw
        text = page.get_textpage()
        try:
            count = raw.FPDFText_CountChars(text)
            if count > _MAX_CHARACTERS:
                raise ImportRefused(f"A page of “{self._name}” has more than {_MAX_CHARACTERS:,} characters.")
            box = raw.FS_RECTF()
            found: list[tuple[str, float, float, float, float]] = []
            angles: Counter[int] = Counter()
            for place in range(count):
                code = raw.FPDFText_GetUnicode(text, place)
                if code in (10, 13, 32, 160):
                    found.append(("\n" if code < 32 else " ", 0, 0, 0, 0))
                elif raw.FPDFText_GetLooseCharBox(text, place, box) and _is_somewhere(box):
                    if place % (1 + count // _SAMPLE) == 0:
                        angles[round(math.degrees(-raw.FPDFText_GetCharAngle(text, place)) / 90) * 90 % 360] += 1
                    found.append((_character(code), box.left, box.bottom, box.right, box.top))
            angle = angles.most_common(1)[0][0] if angles else 0
            return [] if not angles and not _has_words(found) else found, _Rotated(angle, *page.get_mediabox())
        finally:
            text.close()


def _is_somewhere(box: Any) -> bool:
    """Return whether the coordinates of a box are finite numbers, which may not be so on a damaged page."""
    return math.isfinite(box.left + box.right + box.bottom + box.top)


def _has_words(characters: list[tuple[str, float, float, float, float]]) -> bool:
    return any(not one[0].isspace() for one in characters)


def _character(code: int) -> str:
    # PDFium gives its own mark for a hyphen at the end of a line.
    return HYPHEN_OF_LINE if code in (2, 0xFFFE) else chr(code) if code else "\ufffd"


def _is_meaningless(character: str) -> bool:
    return character == "\ufffd" or "\ue000" <= character < "\uf900"


class _Rotated:
    """Boxes of a page, rotated so that its lines run from left to right. ``angle``: their direction in the file."""

    def __init__(self, angle: int, left: float, bottom: float, right: float, top: float) -> None:
        self._angle = angle
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        self.height = right - left if angle in (90, 270) else top - bottom

    def __call__(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        if self._angle == 90:
            return bottom - self._bottom, self._right - right, top - self._bottom, self._right - left
        if self._angle == 180:
            return self._right - right, self._top - top, self._right - left, self._top - bottom
        if self._angle == 270:
            return self._top - top, left - self._left, self._top - bottom, right - self._left
        return left - self._left, bottom - self._bottom, right - self._left, top - self._bottom


def _pieces(characters: list[tuple[str, float, float, float, float]], turned: _Rotated) -> list[Piece]:
    """Return the text that is together on one line, in the order of the file."""
    builder = _PieceBuilder()
    for character, *box in characters:
        if character == "\n":
            builder.end()
        elif character == " ":
            builder.space()
        else:
            builder.add(character, *turned(*box))
    builder.end()
    return builder.pieces


class _PieceBuilder:
    """Characters joined while they are side by side."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._characters: list[str] = []
        self._box = self._last = (0.0, 0.0, 0.0, 0.0)

    def add(self, character: str, left: float, bottom: float, right: float, top: float) -> None:
        """Add a character with its box, to the piece beside it or to a new one."""
        if self._characters:
            height = self._last[3] - self._last[1]
            is_level = abs((top + bottom) - (self._last[3] + self._last[1])) < height
            gap = max(left - self._last[2], self._last[0] - right)
            if not is_level or gap > max(height, top - bottom):
                self.end()
        box = self._box if self._characters else (left, bottom, right, top)
        self._box = min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top)
        self._last = left, bottom, right, top
        self._characters.append(character)

    def space(self) -> None:
        """Add a space to the current piece."""
        if self._characters and self._characters[-1] != " ":
            self._characters.append(" ")

    def end(self) -> None:
        """End the current piece."""
        text = "".join(self._characters).rstrip(" ")
        self._characters.clear()
        if text:
            # Characters beyond U+FFFF are given in two halves.
            whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            self.pieces.append(Piece(whole, *self._box))


def _iso(stated: str) -> str:
    """Return a date of PDF in ISO 8601; empty where it is not a date."""
    found = _DATE.match(stated)
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone, zone_minutes = found.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if not (day and hour):
        return date if day else ""
    offset = f"{zone}:{zone_minutes or '00'}" if zone else "+00:00" if "Z" in stated else ""
    return f"{date}T{hour}:{minute}:{second or '00'}{offset}"


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as a PDF document does, with at most some bytes before it."""
    return b"%PDF-" in head[:1024] and not head.lstrip().startswith((b"<", b"{"))


FORMAT = Format(
    id="pdf",
    name="PDF document",
    suffixes=(".pdf",),
    read=read,
    sniff=sniff,
    example="article.pdf",
)
