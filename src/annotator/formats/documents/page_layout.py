"""Layout analysis: from words on a page to lines in reading order and paragraphs, by geometry only, in points from the
lower left corner.

A page is divided at gutters, the white columns that nearly no line crosses; a line that crosses one, such as a heading
over two columns, separates the text above from the text below. Lines become paragraphs by their distance, their indents
and the places where they end early.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SENTENCE_END = re.compile(r"[.!?:;…。！？؟۔][\"'”’»)\]]*$")
_ITEM = re.compile(r"(?:[•‣⁃∙·▪●○■□►–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S")
HYPHEN_OF_LINE = "\ufffe"
"""Placeholder for a hyphen of any kind at the end of a line."""

_HYPHEN = re.compile(f"([^\\W\\d_]+)[-\u2010\u00ad{HYPHEN_OF_LINE}]$")
_HYPHENS = ("-", "\u2010", HYPHEN_OF_LINE)
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")

_MIN_LINES = 4
"""Minimum number of lines in a column."""

_MIN_CHARACTERS = 14
"""Minimum number of characters in most lines of a column; the cells of a table have fewer."""

_MAX_CROSSING_SHARE = 0.3
"""Maximum share of the lines of a page that may cross a gutter."""

_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are side by side on one line, and their bounding box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """The height in points."""
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        """The vertical middle in points."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Line:
    """A line in reading order. ``column`` is the same for lines of one column, ``page`` counts from 0."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    column: int = 0
    page: int = 0

    @property
    def height(self) -> float:
        """The height in points."""
        return self.top - self.bottom


@dataclass(slots=True)
class Paragraph:
    """Joined lines. ``breaks``: for each page that begins within them, its number and the place in ``text``."""

    text: str
    page: int
    height: float
    breaks: list[tuple[int, int]]


# ---------------------------------------------------------------------------------------------- reading order


def lines_of(pieces: Sequence[Piece], page: int = 0) -> list[Line]:
    """Return the lines of a page in the order in which they are read."""
    lines: list[Line] = []
    for column, region in enumerate(_regions([one for one in pieces if one.text.strip()], 0)):
        for row in _rows(region):
            line = _line(row)
            line.column, line.page = column, page
            lines.append(line)
    return lines


def _regions(pieces: list[Piece], depth: int) -> Iterator[list[Piece]]:
    """Yield pieces column by column."""
    gutter = _gutter(pieces) if depth < _MAX_DEPTH else None
    if gutter is None:
        if pieces:
            yield pieces
        return
    for is_crossing, region in _bands(pieces, gutter):
        if is_crossing:
            yield from _regions(region, depth + 1) if _gutter(region) else [region]
            continue
        sides = ([one for one in region if one.right <= gutter], [one for one in region if one.right > gutter])
        if sum(bool(_RIGHT_TO_LEFT.search(one.text)) for one in region) * 2 > len(region):
            sides = sides[::-1]
        for side in sides:
            yield from _regions(side, depth + 1)


def _bands(pieces: Sequence[Piece], gutter: float) -> Iterator[tuple[bool, list[Piece]]]:
    """Yield the page from top to bottom in bands: pieces that cross the gutter, and those on either side."""
    band: list[Piece] = []
    is_crossing = False
    for row in _rows(pieces):
        crosses = any(one.left < gutter < one.right for one in row)
        if band and crosses != is_crossing:
            yield is_crossing, band
            band = []
        is_crossing = crosses
        band += row
    if band:
        yield is_crossing, band


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Return the best gutter of a page; None where it has only one column."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    left, right = min(one.left for one in pieces), max(one.right for one in pieces)
    width = right - left
    step = median(one.height for one in pieces) / 4
    if width <= 0 or step <= 0 or width / step > 10_000:
        return None
    crossing = [0] * (int(width / step) + 2)
    for one in pieces:
        crossing[int((one.left - left) / step) + 1] += 1
        crossing[min(int((one.right - left) / step) + 1, len(crossing) - 1)] -= 1
    depth = 0
    found: list[tuple[int, float, float]] = []
    for place, change in enumerate(crossing):
        depth += change
        share = place * step / width
        if 0.15 < share < 0.85 and depth <= _MAX_CROSSING_SHARE * len(pieces):
            found.append((depth, abs(share - 0.5), left + place * step))
    for _, _, gutter in sorted(found)[:24]:
        if _divides(pieces, gutter):
            return gutter
    return None


def _divides(pieces: Sequence[Piece], gutter: float) -> bool:
    """Return whether running text is side by side left and right of a gutter."""
    sides = ([one for one in pieces if one.right <= gutter], [one for one in pieces if one.left >= gutter])
    if any(len(side) < _MIN_LINES for side in sides):
        return False
    if any(median(len(one.text) for one in side) < _MIN_CHARACTERS for side in sides):
        return False
    gap = min(one.left for one in sides[1]) - max(one.right for one in sides[0])
    if gap < 0.5 * median(one.height for one in pieces):
        return False
    beside = sum(any(other.bottom < one.middle < other.top for other in sides[1]) for one in sides[0])
    # Columns may end anywhere, but they are beside each other for a good part.
    return beside * 2 >= min(len(side) for side in sides)


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return pieces that are on one line together, from the top."""
    rows: list[list[Piece]] = []
    for one in sorted(pieces, key=lambda one: -one.middle):
        row = rows[-1] if rows else None
        # A raised number beside a line belongs to it.
        if row is not None and any(other.bottom <= one.middle <= other.top for other in row[:3]):
            row.append(one)
        else:
            rows.append([one])
    return rows


def _line(row: Sequence[Piece]) -> Line:
    is_reversed = sum(bool(_RIGHT_TO_LEFT.search(one.text)) for one in row) * 2 > len(row)
    ordered = sorted(row, key=lambda one: -one.right if is_reversed else one.left)
    parts: list[str] = []
    edge: float | None = None
    for one in ordered:
        near, far = (one.right, one.left) if is_reversed else (one.left, one.right)
        if edge is not None and abs(near - edge) > 0.15 * one.height and not parts[-1].endswith(" "):
            parts.append(" ")
        parts.append(one.text)
        edge = far
    return Line(
        _with_plain_hyphens(" ".join("".join(parts).split())),
        min(one.left for one in row),
        min(one.bottom for one in row),
        max(one.right for one in row),
        max(one.top for one in row),
    )


def _with_plain_hyphens(text: str) -> str:
    """Return ``text`` with the placeholder of a hyphen only where it ends the line."""
    return text[:-1].replace(HYPHEN_OF_LINE, "-") + text[-1:]


# ---------------------------------------------------------------------------------------------- paragraphs


def paragraphs_of(lines: Sequence[Line]) -> list[Paragraph]:
    """Return the lines of a whole document, in order, joined to paragraphs, also across columns and pages."""
    words = _Vocabulary(lines)
    columns: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        columns.setdefault((line.page, line.column), []).append(line)
    margins = {key: _Margins(own) for key, own in columns.items()}
    leading = _leading(lines)
    found: list[Paragraph] = []
    before: Line | None = None
    for line in lines:
        own = margins[line.page, line.column]
        if before is not None and not _begins(before, line, own, margins[before.page, before.column], leading):
            _append(found[-1], line, words)
        else:
            found.append(Paragraph(line.text, line.page, line.height, []))
        before = line
    for paragraph in found:
        paragraph.text = paragraph.text.replace(HYPHEN_OF_LINE, "-")
    return found


class _Margins:
    """The edges of a column."""

    def __init__(self, lines: Sequence[Line]) -> None:
        lefts, rights = sorted(line.left for line in lines), sorted(line.right for line in lines)
        self.left = lefts[len(lefts) // 10]
        self.right = rights[len(rights) * 9 // 10]
        self.width = max(1.0, self.right - self.left)


def _leading(lines: Sequence[Line]) -> float:
    """Return the usual distance from one line to the next, as a multiple of the height of the upper one."""
    distances = [
        (upper.bottom - lower.bottom) / upper.height
        for upper, lower in pairwise(lines)
        if (upper.page, upper.column) == (lower.page, lower.column) and upper.height and upper.bottom > lower.bottom
    ]
    return median(distances) if distances else 1.2


def _begins(before: Line, line: Line, own: _Margins, former: _Margins, leading: float) -> bool:
    """Return whether ``line`` begins a paragraph, after the line ``before`` it."""
    is_ended = _SENTENCE_END.search(before.text) is not None
    if not 0.85 < (line.height / before.height if before.height else 1) < 1.18:
        return True
    if _ITEM.match(line.text) and (is_ended or not line.text[:1].isalnum()):
        return True
    is_reversed = _RIGHT_TO_LEFT.search(line.text) is not None
    if (before.page, before.column) != (line.page, line.column):
        # A paragraph continues over the page in the middle of a sentence, or after a full line.
        is_full = _gap_after(before, former, is_reversed) < 0.12 * former.width
        goes_on = line.text[:1].islower() or _HYPHEN.search(before.text) is not None
        return not (goes_on or (is_full and not is_ended and not line.text[:1].isupper()))
    if before.height and (before.bottom - line.bottom) / before.height > 1.3 * leading:
        return True
    if _HYPHEN.search(before.text) and line.text[:1].islower():
        return False
    indent = own.right - line.right if is_reversed else line.left - own.left
    former_indent = own.right - before.right if is_reversed else before.left - own.left
    if line.height * 0.6 < indent < own.width * 0.25 and former_indent < line.height * 0.3:
        return True
    return is_ended and _gap_after(before, own, is_reversed) > max(0.12 * own.width, _first_word(line))


def _gap_after(line: Line, margins: _Margins, is_reversed: bool) -> float:
    return line.left - margins.left if is_reversed else margins.right - line.right


def _first_word(line: Line) -> float:
    """Return the space that the first word of a line would have needed at the end of the previous line."""
    share = len(line.text.split(" ", 1)[0]) / max(1, len(line.text))
    return share * (line.right - line.left)


class _Vocabulary:
    """The words of a document, to distinguish the hyphen of a compound from one at a line break."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words: Counter[str] = Counter()
        self._compounds: Counter[str] = Counter()
        for line in lines:
            text = line.text.casefold()
            compounds = _COMPOUND.findall(text)
            self._compounds.update(compounds)
            self._words.update(_WORD.findall(_COMPOUND.sub(" ", text)))

    def is_compound(self, first: str, second: str) -> bool:
        """Return whether two parts form a word with a hyphen."""
        compound, joined = f"{first}-{second}".casefold(), f"{first}{second}".casefold()
        return self._compounds[compound] > self._words[joined]


def _append(paragraph: Paragraph, line: Line, words: _Vocabulary) -> None:
    text = paragraph.text
    hyphen = _HYPHEN.search(text)
    following = _WORD.match(line.text)
    joint = " "
    if hyphen is not None and following is not None:
        is_soft = text[-1] == "\u00ad"
        is_divided = line.text[0].islower() and (is_soft or not words.is_compound(hyphen[1], following[0]))
        text = text[:-1] if is_divided else f"{text[:-1]}-"
        joint = ""
    elif text.endswith(_HYPHENS) or _is_unspaced(text[-1:], line.text[:1]):
        text = f"{text[:-1]}-" if text.endswith(HYPHEN_OF_LINE) else text
        joint = ""
    if line.page != (paragraph.breaks[-1][0] if paragraph.breaks else paragraph.page):
        paragraph.breaks.append((line.page, len(text) + len(joint)))
    paragraph.text = f"{text}{joint}{line.text}"


def _is_unspaced(last: str, first: str) -> bool:
    """Return whether two characters are written without a space between them: Chinese and Japanese."""
    return all("\u3000" <= one <= "\u9fff" or "\uff00" <= one <= "\uffef" for one in (last, first) if one)


# ---------------------------------------------------------------------------------------------- running heads

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|side|sida|página|pagina|стр\.?|p\.?|s\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|av|de|из)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_EDGE = 0.12
"""The share of a page at its top and bottom in which running heads are searched for."""


def without_running_heads(pages: Sequence[tuple[list[Line], float]]) -> tuple[list[Line], list[str]]:
    """Return the lines of all pages without repeated lines at the edges and page numbers; and those removed lines, each
    once.

    ``pages``: the lines of each and its height.
    """
    seen: Counter[tuple[str, bool]] = Counter()
    for lines, height in pages:
        seen.update({_head(line, height) for line in lines if _is_at_edge(line, height)})
    often = max(2, len(pages) // 4)
    kept: list[Line] = []
    heads: dict[str, None] = {}
    for lines, height in pages:
        for line in lines:
            is_head = _is_at_edge(line, height) and (
                (len(pages) > 1 and seen[_head(line, height)] >= often)
                or (_PAGE_NUMBER.fullmatch(line.text) is not None and _has_only_edge_lines_beyond(line, lines))
            )
            if not is_head:
                kept.append(line)
            elif not _PAGE_NUMBER.fullmatch(line.text):
                heads[_DIGITS.sub("#", line.text)] = None
    return kept, list(heads)


def _head(line: Line, height: float) -> tuple[str, bool]:
    return _DIGITS.sub("#", line.text).casefold(), line.bottom > height / 2


def _is_at_edge(line: Line, height: float) -> bool:
    return line.bottom > height * (1 - _EDGE) or line.top < height * _EDGE


def _has_only_edge_lines_beyond(line: Line, lines: Sequence[Line]) -> bool:
    """Return whether only other lines at the edge are above or below a line."""
    above = sum(other.bottom > line.top for other in lines)
    below = sum(other.top < line.bottom for other in lines)
    return min(above, below) <= 1
