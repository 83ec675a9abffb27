"""Quotations: the tokens between quotation marks, also across sentences and paragraphs."""

from collections.abc import Sequence
from typing import NamedTuple

_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "”": "”", "‘": "’", "''": "''", "``": "''"}
_ENDS = frozenset(",.?!…")
_MAX_TOKENS = 1200
_MIN_TOKENS_OF_SENTENCE = 3
"""Tokens from which on a quotation that ends like a sentence is speech."""
_MIN_TOKENS_AFTER_COMMA = 4
"""Tokens from which on a quotation after a comma or a colon is speech."""
_MIN_TOKENS_OF_SPEECH = 8
"""Tokens from which on any quotation is speech."""


class Quotation(NamedTuple):
    """A quotation as tokens ``[start, end)``, with its marks."""

    start: int
    end: int
    speech: bool
    """Whether it is quoted speech, not single words in quotation marks."""


def quotations(
    text: str, forms: Sequence[str], starts: Sequence[int], paragraph_of: Sequence[int]
) -> tuple[Quotation, ...]:
    """Return the outermost quotations among the tokens, in order.

    For each token: ``forms`` is its text, ``starts`` its first code point, ``paragraph_of`` its paragraph.
    """
    found: list[Quotation] = []
    at, count = 0, len(forms)
    while at < count:
        if forms[at] in _CLOSING and _opens(text, forms[at], starts[at]):
            end = _end_of(text, forms, starts, paragraph_of, at)
            if end:
                found.append(Quotation(at, end, _is_speech(forms, at, end)))
                at = end
                continue
        at += 1
    return tuple(found)


def _opens(text: str, mark: str, at: int) -> bool:
    """Return whether a mark may open a quotation: not before a space; a single or straight mark not inside a word."""
    after = text[at + len(mark) : at + len(mark) + 1]
    if not after or after.isspace():
        return mark == "«" and after in "\u00a0\u202f" and after != ""
    before = text[at - 1] if at else " "
    if mark in "‘”»":
        return not before.isalnum() and mark != "”"
    return mark not in ('"', "''") or not before.isalnum()


def _end_of(text: str, forms: Sequence[str], starts: Sequence[int], paragraph_of: Sequence[int], opening: int) -> int:
    """Return the token after the closing mark; without one the end of the paragraph, or 0 for a single mark (‘)."""
    mark = forms[opening]
    closing = _CLOSING[mark]
    paragraph = paragraph_of[opening]
    for at in range(opening + 1, min(len(forms), opening + _MAX_TOKENS)):
        if paragraph_of[at] != paragraph:
            # The next paragraph continues the same speech where it opens with the same mark.
            if mark == "‘" or forms[at] != mark or mark in ('"', "''"):
                return 0 if mark == "‘" else at
            paragraph = paragraph_of[at]
            continue
        if forms[at] in closing and (forms[at] == closing or len(forms[at]) == 1):
            inside = text[starts[at] - 1], text[starts[at] + 1 : starts[at] + 2]
            if mark == "‘" and inside[0].isalnum() and inside[1].isalnum():
                continue
            return at + 1
    return 0


def _is_speech(forms: Sequence[str], start: int, end: int) -> bool:
    """Return whether a quotation ends like a sentence, follows a comma or a colon, or is long."""
    words = end - start - 2
    before = forms[start - 1] if start else ""
    last = forms[end - 2] if end - 2 > start else ""
    return (
        (last in _ENDS and words >= _MIN_TOKENS_OF_SENTENCE)
        or (before in (",", ":") and words >= _MIN_TOKENS_AFTER_COMMA)
        or words >= _MIN_TOKENS_OF_SPEECH
    )
