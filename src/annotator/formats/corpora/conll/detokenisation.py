"""Reconstruction of a readable text from tokens whose white space is unknown: a line for each sentence."""

import re
from collections.abc import Iterable, Sequence

_CLOSES = re.compile(
    r"[.,;:!?…%)\]}”’»›、。，．；：！？）」』】؟،؛।]+|n['’]t|['’](?:s|S|m|d|re|ve|ll|M|D|RE|VE|LL)|-RRB-|-RSB-|-RCB-"
)
_OPENS = re.compile(r"[(\[{“‘«‹¿¡$£€#（「『【]+|-LRB-|-LSB-")
_NO_SPACES = re.compile(
    "[\u3000-\u303f\uff00-\uffef\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\U00020000-\U0003ffff]"
)
"""Characters of scripts that are written without spaces: Chinese, Japanese, Thai."""

_STRAIGHT = ('"', "'", "``", "''")
_TREEBANK = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
"""How treebanks write brackets and quotation marks; two apostrophes are a quotation mark only where the others occur
too.
"""


def text_of(sentences: Iterable[Sequence[str]]) -> tuple[str, list[list[tuple[int, int]]]]:
    """Return the text, and where in it each token of each sentence begins and ends."""
    lines: list[str] = []
    places: list[list[tuple[int, int]]] = []
    at = 0
    for tokens in sentences:
        line, own = _line_of(tokens)
        places.append([(at + start, at + end) for start, end in own])
        lines.append(line)
        at += len(line) + 1
    return "\n".join(lines), places


def _line_of(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    is_open: set[str] = set()
    joins_next = True
    before = ""
    written = _TREEBANK if not _TREEBANK.keys().isdisjoint({*tokens} - {"''"}) else {}
    for token in tokens:
        word = written.get(token, token)
        is_straight = token in _STRAIGHT
        closes = _CLOSES.fullmatch(word) is not None or (is_straight and (word in is_open or token == "''"))
        if not (joins_next or closes or (_NO_SPACES.match(word) and _NO_SPACES.match(before[-1:]))):
            parts.append(" ")
            at += 1
        parts.append(word)
        places.append((at, at + len(word)))
        at += len(word)
        joins_next = _OPENS.fullmatch(word) is not None or (is_straight and not closes)
        if is_straight:
            is_open ^= {word}
        before = word
    return "".join(parts), places
