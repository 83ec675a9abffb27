"""The canonical text of a document: fixed at import, never changed afterwards, offsets are into it."""

import hashlib
import re
from functools import lru_cache

from annotator.domain.errors import InvalidText

_LINE_ENDS = re.compile("\r\n?")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""Control characters, but for those that are white space, marks of byte order, and what is no character."""


def canonical(text: str) -> str:
    r"""``text`` without byte order marks, with ``\r\n`` and ``\r`` as ``\n``; nothing else is changed.

    Raises InvalidText with the position of a NUL or a lone surrogate: Qt, SQLite and JSON cannot keep them.
    """
    # All of them at its beginning: the canonical form of a canonical text is that text.
    text = canonical_part(text.lstrip("\ufeff"))
    position = _first_refused(text)
    if position >= 0:
        kind = "NUL character" if text[position] == "\x00" else "lone surrogate"
        line = text.count("\n", 0, position) + 1
        raise InvalidText(
            f"The text has a {kind} at character {position} (line {line}): "
            "it may be a binary file or have another encoding; convert it to UTF-8 text first."
        )
    return text


def canonical_part(words: str) -> str:
    """A part of a text, such as a quote, as the canonical text has it: a mark that stands inside of that stays."""
    return _LINE_ENDS.sub("\n", words) if "\r" in words else words


def _first_refused(text: str) -> int:
    """Where the first NUL or lone surrogate is, or -1. A search by regular expression takes ten times as long."""
    nul = text.find("\x00")
    if not text.isascii():
        try:
            text[: nul if nul >= 0 else None].encode()
        except UnicodeEncodeError as error:
            return error.start
    return nul


@lru_cache(maxsize=4096)
def one_line(name: str) -> str:
    """``name`` on one line, single blanks in it and no control characters: as a name is shown, and found again."""
    # An import asks for the same few names a million times.
    return " ".join(_UNSEEN.sub("", name).split())


def without_surrogates(name: str) -> str:
    """``name`` with a question mark for each lone surrogate: on Linux the name of a file need not be UTF-8."""
    return name.encode(errors="replace").decode()


def sha256(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
