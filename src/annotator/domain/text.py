"""The canonical text of a document: fixed at import, never changed afterwards, offsets are into it."""

import hashlib
import re

from annotator.domain.errors import InvalidText

_REFUSED = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?")


def canonical(text: str) -> str:
    r"""``text`` without byte order mark, with ``\r\n`` and ``\r`` as ``\n``; nothing else is changed.

    Raises InvalidText with the position of a NUL or a lone surrogate: Qt, SQLite and JSON cannot keep them.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
    if found := _REFUSED.search(text):
        kind = "NUL character" if found.group() == "\x00" else "lone surrogate"
        line = text.count("\n", 0, found.start()) + 1
        raise InvalidText(
            f"The text has a {kind} at character {found.start()} (line {line}): "
            "it may be a binary file or have another encoding; convert it to UTF-8 text first."
        )
    return text


def without_surrogates(name: str) -> str:
    """``name`` with a question mark for each lone surrogate: on Linux the name of a file need not be UTF-8."""
    return name.encode(errors="replace").decode()


def sha256(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
