"""The conversion between code points, used by the program, and the UTF-16 units of Qt."""

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from itertools import compress, count
from operator import add

from annotator.domain.spans import Span

PARAGRAPH_LIMIT = 4_000
"""The longest paragraph in code points; a longer one is broken for display, because Qt lays it out as a whole."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_MAX_CHARACTERS_PER_ASTRAL = 25
"""If more than one in 25 characters is astral, checking every character is faster than searching for them."""

_SURROGATE = re.compile("[\ud800-\udfff]")
# Characters that Qt removes at the beginning (U+FEFF) or interprets as a byte order mark (U+FFFE), as an end of a
# paragraph or frame (CR, U+2029, U+FDD0, U+FDD1) or as an embedded object (U+FFFC). Each is shown as another character.
_SHOWN_AS = {
    "\r": "\n",
    "\u2029": "\n",
    "\ufdd0": "\ufffd",
    "\ufdd1": "\ufffd",
    "\ufeff": "\u200b",
    "\ufffc": "\ufffd",
    "\ufffe": "\ufffd",
}
_SENTENCE_ENDS = (". ", "! ", "? ", "; ", ", ", " ")
_UNSPACED_ENDS = "。！？；，、།።"
_JOINERS = "\u200c\u200d\ufe0e\ufe0f\u2060"


class SourceText:
    """A canonical text and the copy of it that Qt shows, with the conversion of offsets between them.

    ``text``: the canonical text. ``display``: the copy for Qt; its length in UTF-16 units is ``length``. The copy
    differs where Qt would lose or move characters, and where a paragraph is too long for it: one space becomes a line
    break, or, where there is no space, a line break is put in. Offsets stay exact in both directions. ``soft_breaks``:
    the UTF-16 positions of the line breaks that are there for display only.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        shown, units = _displayable(text)
        self._astral = _astral_offsets(shown, units - len(shown))
        self._astral_units = array("I", map(add, self._astral, count()))
        shown, replaced, inserted = _with_breaks(shown)
        self.display = shown
        # For every inserted break, its offset in the text and its position in the display copy.
        self._inserted = array("I", inserted)
        self._inserted_units = array("I", (self._units(offset) + rank for rank, offset in enumerate(inserted)))
        self.soft_breaks = sorted([*(self.to_qt(offset) for offset in replaced), *self._inserted_units])
        self.length = units + len(inserted)

    def to_qt(self, offset: int) -> int:
        """Return the UTF-16 position of a code point offset, which is clamped to the text."""
        offset = min(max(offset, 0), len(self.text))
        return self._units(offset) + bisect_right(self._inserted, offset)

    def from_qt(self, position: int) -> int:
        """Return the code point offset of a UTF-16 position, which is clamped to the text.

        A position inside a surrogate pair gives the offset before the character.
        """
        position = min(max(position, 0), self.length)
        units = position - bisect_left(self._inserted_units, position)
        return units - bisect_left(self._astral_units, units)

    def span_from_qt(self, start: int, end: int) -> Span:
        """Return the span between two UTF-16 positions."""
        return Span(self.from_qt(start), self.from_qt(end))

    def _units(self, offset: int) -> int:
        return offset + bisect_left(self._astral, offset)


def _displayable(text: str) -> tuple[str, int]:
    """Return ``text`` with characters that Qt cannot show replaced, and its length in UTF-16 units."""
    if text.isascii() and "\r" not in text:
        return text, len(text)
    for character, shown in _SHOWN_AS.items():
        if character in text:
            text = text.replace(character, shown)
    try:
        units = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        text = _SURROGATE.sub("\ufffd", text)
        units = len(text.encode("utf-16-le")) // 2
    return text, units


def _astral_offsets(text: str, number: int) -> "array[int]":
    """Return the offsets of the ``number`` characters of ``text`` that take two UTF-16 units."""
    if not number:
        return array("I")
    if number * _MAX_CHARACTERS_PER_ASTRAL < len(text):
        return array("I", map(re.Match.start, _ASTRAL.finditer(text)))
    # The third byte of each character is its plane.
    return array("I", compress(range(len(text)), text.encode("utf-32-le")[2::4]))


def _with_breaks(text: str) -> tuple[str, list[int], list[int]]:
    """Return ``text`` with its long paragraphs broken, and the offsets of replaced spaces and of inserted breaks."""
    replaced: list[int] = []
    inserted: list[int] = []
    start = 0
    while start + PARAGRAPH_LIMIT < len(text):
        end = text.find("\n", start, start + PARAGRAPH_LIMIT + 1)
        if end >= 0:
            # Find the last paragraph that ends within the limit, to skip most of the text in large steps.
            start = text.rfind("\n", end, start + PARAGRAPH_LIMIT + 1) + 1
            continue
        place, is_space = _find_break(text, start, start + PARAGRAPH_LIMIT)
        (replaced if is_space else inserted).append(place)
        start = place + is_space
    if not replaced and not inserted:
        return text, replaced, inserted
    pieces: list[str] = []
    done = 0
    for place, skipped in sorted([(place, 1) for place in replaced] + [(place, 0) for place in inserted]):
        pieces += (text[done:place], "\n")
        done = place + skipped
    pieces.append(text[done:])
    return "".join(pieces), replaced, inserted


def _find_break(text: str, start: int, end: int) -> tuple[int, bool]:
    """Return where to break ``text[start:end]``: at a space to be replaced (True), or before a character (False)."""
    half = (start + end) // 2
    for stop in _SENTENCE_ENDS:
        place = text.rfind(stop, half, end)
        if place >= 0 and not _belongs_to_previous(text, place + len(stop)):
            return place + len(stop) - 1, True
    for mark in _UNSPACED_ENDS:
        place = text.rfind(mark, half, end - 1)
        if place >= 0 and not _belongs_to_previous(text, place + 1):
            return place + 1, False
    place = end
    while place > half and _belongs_to_previous(text, place):
        place -= 1
    return (place, False) if place > half else (end, False)


def _belongs_to_previous(text: str, position: int) -> bool:
    """Return whether the character at ``position`` belongs to the one before it."""
    if position >= len(text):
        return False
    character, before = text[position], text[position - 1]
    return (
        character in _JOINERS
        or before == "\u200d"
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U0001f1e6" <= character <= "\U0001f1ff"
        or "\u1160" <= character <= "\u11ff"
    )
