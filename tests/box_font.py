"""A font for the tests: a TrueType file in which every character is a hollow box.

Where tests draw text, the fonts of the machine play no part then: which are installed, in which version, and how they
are set up. No font of other people has to be shipped, and the widths are known. Every character has a glyph of its own,
so that text can be read back from a PDF.
"""

import functools
import struct
import unicodedata
from typing import NamedTuple

UNITS = 1000
"""Units of the em square."""

FAMILY = "Annotator Boxes"

RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x06FF),  # Latin, Greek, Cyrillic, Hebrew, Arabic
    (0x0900, 0x0DFF),  # the scripts of India
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x1E00, 0x2BFF),  # Latin and Greek with marks, punctuation, arrows, symbols
    (0x3000, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xFB1D, 0xFB4F),  # presentation forms of Hebrew, but none of Arabic, of which ligatures would be made
    (0xFE00, 0xFE6F),
    (0xFF01, 0xFFEE),
    (0x1F1E6, 0x1F1FF),
    (0x1F300, 0x1FAFF),
)
"""The characters that the font has, first and last of each range."""


class Metrics(NamedTuple):
    """How large a font is, in units: heights above and depths below the line are positive."""

    ascent: int
    descent: int
    line_gap: int
    narrowest: int
    width_step: int
    wide: int


SETS = {
    "small": Metrics(ascent=900, descent=220, line_gap=0, narrowest=420, width_step=45, wide=1000),
    "large": Metrics(ascent=1080, descent=330, line_gap=60, narrowest=530, width_step=55, wide=1180),
}
"""The sets of fonts that the tests run with: about the narrowest and the widest that people read with."""

_STROKE = 150
_SIDE = 40


def advance(character: str, metrics: Metrics) -> int:
    """The width of a character, in units. Characters of a script differ, as in most fonts."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return metrics.wide
    if category in ("Zs", "Nd") or character in ".,;:'’!|()[]":
        return metrics.narrowest
    return metrics.narrowest + metrics.width_step * (ord(character) % 7)


def build(metrics: Metrics) -> bytes:
    """Return a TrueType file with ``metrics``."""
    characters = [chr(code) for first, last in RANGES for code in range(first, last + 1)]
    widths = [metrics.narrowest, *(advance(character, metrics) for character in characters)]
    outlines = [_box(metrics.narrowest, 0, 700), *map(_outline, characters, widths[1:])]
    offsets = [0]
    for outline in outlines:
        offsets.append(offsets[-1] + len(outline))
    count = len(outlines)
    tables = {
        b"OS/2": _os2(metrics),
        b"cmap": _cmap(),
        b"glyf": b"".join(outlines),
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0),
            *(0, -metrics.descent, metrics.wide, metrics.ascent, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH",
            *(0x10000, metrics.ascent, -metrics.descent, metrics.line_gap, metrics.wide),
            *(0, 0, metrics.wide, 1, 0, 0, 0, 0, 0, 0, 0, count),
        ),
        b"hmtx": b"".join(
            struct.pack(">Hh", width, _SIDE if outline else 0) for width, outline in zip(widths, outlines, strict=True)
        ),
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 8, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _outline(character: str, width: int) -> bytes:
    """The box of a character: as high as its kind of letter; none for spaces and what has no width."""
    if not width or character.isspace():
        return b""
    if character.islower():
        return _box(width, -200 if character in "gjpqy" else 0, 700 if character in "bdfhklt" else 520)
    return _box(width, 0, 700)


@functools.cache
def _box(width: int, bottom: int, top: int) -> bytes:
    left, right = _SIDE, width - _SIDE
    outer = ((left, bottom), (left, top), (right, top), (right, bottom))
    left, right, inner_bottom, inner_top = left + _STROKE, right - _STROKE, bottom + _STROKE, top - _STROKE
    inner = ((left, inner_bottom), (right, inner_bottom), (right, inner_top), (left, inner_top))
    points = (*outer, *inner)
    deltas = [points[at][axis] - (points[at - 1][axis] if at else 0) for axis in (0, 1) for at in range(len(points))]
    return struct.pack(">hhhhhHHH8B16h", 2, _SIDE, bottom, width - _SIDE, top, 3, 7, 0, *[1] * 8, *deltas)


def _cmap() -> bytes:
    groups, glyph = [], 1
    for first, last in RANGES:
        groups.append(struct.pack(">III", first, last, glyph))
        glyph += last - first + 1
    table = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups)) + b"".join(groups)
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _name() -> bytes:
    texts = {1: FAMILY, 2: "Regular", 3: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", "")}
    records, strings = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _os2(metrics: Metrics) -> bytes:
    every = 0xFFFFFFFF
    return struct.pack(
        ">HhHHHhhhhhhhhhhh10BIIII4sHHHhhhHHIIhhHHH",
        *(4, metrics.narrowest, 400, 5, 0),
        *(650, 700, 0, 140, 650, 700, 0, 480, 50, 260, 0),
        *(2, 11, 6, 4, 2, 2, 2, 2, 2, 4),
        *(every, every, every, every & 0x7FFFFFFF, b"NONE", 0x40, 0x20, 0xFFFF),
        *(metrics.ascent, -metrics.descent, metrics.line_gap, metrics.ascent, metrics.descent),
        *(every, every, 520, 700, 0, 0x20, 1),
    )


def _file(tables: dict[bytes, bytes]) -> bytes:
    """The tables as one file, with the sums that the format asks for."""
    power = len(tables).bit_length() - 1
    header = struct.pack(">IHHHH", 0x10000, len(tables), 16 << power, power, 16 * (len(tables) - (1 << power)))
    at = len(header) + 16 * len(tables)
    directory, body, head_at = b"", b"", 0
    for tag, table in sorted(tables.items()):
        if tag == b"head":
            head_at = at + len(body)
        padded = table + bytes(-len(table) % 4)
        directory += tag + struct.pack(">III", _sum(padded), at + len(body), len(table))
        body += padded
    whole = header + directory + body
    adjusted = (0xB1B0AFBA - _sum(whole)) & 0xFFFFFFFF
    return whole[: head_at + 8] + struct.pack(">I", adjusted) + whole[head_at + 12 :]


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
