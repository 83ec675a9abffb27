"""The canonical text of a document: fixed at import, never changed afterwards; all offsets refer to it."""

import hashlib
import re
from functools import lru_cache

from annotator.domain.errors import InvalidText

_LINE_ENDS = re.compile("\r\n?")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
"""Control characters except white space, byte order marks, and noncharacters."""


def canonical(text: str) -> str:
    r"""Return ``text`` without byte order marks, with ``\r\n`` and ``\r`` as ``\n``; nothing else is changed.

    Raise InvalidText with the position of a NUL or a lone surrogate: Qt, SQLite and JSON cannot keep them.
    """
    # All byte order marks at the beginning: the canonical form of a canonical text must be the same text.
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
    """Return a part of a text, such as a quote, in canonical form; a byte order mark inside of it stays."""
    return _LINE_ENDS.sub("\n", words) if "\r" in words else words


def _first_refused(text: str) -> int:
    """Return where the first NUL or lone surrogate is, or -1.

    A regular expression takes ten times as long.
    """
    nul = text.find("\x00")
    if not text.isascii():
        try:
            text[: nul if nul >= 0 else None].encode()
        except UnicodeEncodeError as error:
            return error.start
    return nul


@lru_cache(maxsize=4096)
def one_line(name: str) -> str:
    """Return ``name`` on one line, with single spaces and without control characters, as names are shown and
    compared.
    """
    # An import asks for the same few names a million times.
    return " ".join(_INVISIBLE.sub("", name).split())


def without_surrogates(name: str) -> str:
    """Return ``name`` with a question mark for each lone surrogate: on Linux the name of a file need not be UTF-8."""
    return name.encode(errors="replace").decode()


def sha256(text: str) -> str:
    """Return the SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
