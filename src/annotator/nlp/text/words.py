"""Words in the sense of UAX 29, adapted to news; a call reads only a bounded part of the text. Units: code points.

A word is a run of letters, digits and their marks; apostrophes, hyphens and the points of decimals stay inside
(``don't``, ``well-known``, ``1,000``), initialisms keep their last stop (``U.S.``). An ideograph or an emoji is
a word by itself; in Katakana, Hiragana and scripts without spaces a word is a whole run of letters.
"""

import re
from collections.abc import Iterator

import regex

from annotator.domain.spans import Span, trimmed
from annotator.nlp.text.characters import clamped, widened_to_characters

WORD_REACH = 256
"""Code points that a call reads to either side of a word; a longer word is cut there."""

GAP_REACH = 4096
"""Code points of white space and punctuation in which a call looks for the next word."""

_JOINING = r"[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]"
_MARKS = rf"{_JOINING}*+"
_LETTER = r"[[\p{L}\p{N}_]--[\p{Han}\p{Hiragana}\p{Katakana}\p{GCB=Prepend}]]"
_RUN = rf"(?:{_LETTER}++{_MARKS}|\p{{GCB=Prepend}}++{_LETTER}{_MARKS})++"
_KANA = r"(?:\p{GCB=Prepend}*+[\p{Katakana}\u30FC\uFF70]" + _MARKS + ")+"
_HIRAGANA = r"(?:\p{GCB=Prepend}*+[\p{Hiragana}\u30FC]" + _MARKS + ")+"
_INITIALISM = rf"(?:\p{{L}}{_MARKS}\.){{2,12}}+(?![\p{{L}}\p{{N}}]|{_JOINING})"
_JOIN = r"""(?:
      ['’ʼ·\-‐‑\u05BE\u00AD\u2060]
    | (?<=\p{N})[.,:٫٬] (?=\p{N})
    | \. (?=\p{Ll})
    | (?<=\p{Hebrew}\p{M}*)["״׳]
)"""
_WORD = rf"""
    [A-Za-z]++(?=[\s,;!?)])
  | (?:{_INITIALISM}|{_RUN}) (?: {_JOIN} (?:{_INITIALISM}|{_RUN}) )*+ (?:(?<=\p{{Hebrew}}\p{{M}}*)׳(?!{_JOINING}))?
  | {_KANA}
  | {_HIRAGANA}
  | \p{{GCB=Prepend}}*\p{{Han}}{_MARKS}
  | \p{{GCB=Prepend}}*(?=[\p{{Extended_Pictographic}}\p{{Regional_Indicator}}])\X
"""
# Any other text is matched one cluster at a time, so that no match begins inside a cluster.
_GAP = rf"[\s!-/:-@\[-^`{{-~]+(?!{_JOINING})"
_TOKEN = regex.compile(rf"(?P<word>{_WORD})|{_GAP}|\X", regex.V1 | regex.VERBOSE)
# Some ideographs and kana are symbols, not letters: radicals, circled kana.
_STARTER = r"[[\p{L}\p{N}_\p{Han}\p{Hiragana}\p{Katakana}\p{ExtPict}\p{RI}]--\p{GCB=Prepend}]"
_LAST_STARTER = regex.compile(rf"(?r){_STARTER}", regex.V1)
# No word extends across one of these from the left.
_CERTAIN = regex.compile(r"(?r)(?<!\p{GCB=Prepend})[\s\p{Ps}\p{Pe}\p{Pi}\p{Han}、。，！？]|\A", regex.V1)

_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_IDEOGRAPH_RUNS = re.compile(rf"(?<!\S)[^\w\s]*{_IDEOGRAPHS.pattern}\S*")
_LONE_MARKS = ("-", "--", "&", "|", "–", "—", "•")
_MAX_ATTEMPTS = 8
_CHUNK = 1 << 16
"""Code points in which words are counted in one step."""


def words(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the words that overlap ``[start, end)``, in order and complete; None: the end of the text."""
    start = clamped(text, start)
    end = len(text) if end is None else clamped(text, end)
    if start >= end:
        return
    for word in _words_from(text, start, end):
        if word.end > start:
            yield word


def word_at(text: str, at: int) -> Span | None:
    """Return the word that holds ``at``, or else the one that ends there; None between words."""
    at = clamped(text, at)
    touching = None
    for word in _words_from(text, max(0, at - 1), min(len(text), at + WORD_REACH)):
        if word.start > at:
            break
        if at < word.end:
            return word
        if at == word.end:
            touching = word
    return touching


def next_word_start(text: str, at: int) -> int:
    """Return the start of the first word after ``at``; the end of the text (or of the reach) where there is none."""
    at = clamped(text, at)
    found = _words_from(text, max(0, at - 1), at + GAP_REACH)
    return next((word.start for word in found if word.start > at), _gap_end(text, at))


def next_word_end(text: str, at: int) -> int:
    """Return the end of the first word that ends after ``at``; the end of the text (or of the reach) without one."""
    at = clamped(text, at)
    found = _words_from(text, max(0, at - 1), at + GAP_REACH)
    return next((word.end for word in found if word.end > at), _gap_end(text, at))


def previous_word_start(text: str, at: int) -> int:
    """Return the start of the last word that starts before ``at``; 0 (or the end of the reach) without one."""
    at = clamped(text, at)
    low = max(0, at - GAP_REACH)
    before = at
    # A letter may belong to the same character as a space before it: search a few more times.
    for _ in range(_MAX_ATTEMPTS):
        last = _LAST_STARTER.search(text, low, before)
        if last is None:
            break
        starts = [word.start for word in _words_from(text, last.start(), at)]
        if starts:
            return starts[-1]
        before = last.start()
    else:
        low = before
    return widened_to_characters(text, Span(low, low)).start


def snap_to_words(text: str, span: Span) -> Span:
    """Return ``span`` without white space at its edges, each edge inside a word moved out to the word's edge.

    Selected punctuation stays. An empty span becomes the word that it touches. The result is empty where it touches
    none, and where the span holds only white space.
    """
    start, end = clamped(text, span.start), clamped(text, span.end)
    if start >= end:
        return word_at(text, start) or _caret(text, start)
    inner = trimmed(text, Span(start, end))
    if inner is None:
        return _caret(text, start)
    start, end = widened_to_characters(text, inner)
    first = word_at(text, start)
    if first is not None and first.start < start < first.end:
        start = first.start
    last = word_at(text, end - 1)
    if last is not None and last.start < end < last.end:
        end = last.end
    return Span(start, end)


def count_words(text: str) -> int:
    """Return about how many words the text has, fast: the parts between white space, and each ideograph or kana.

    Lone dashes and bullets are not counted. In news English it is within three percent of the number of ``words``.
    """
    count = 0
    start = 0
    while start < len(text):
        end = min(len(text), start + _CHUNK)
        while end < len(text) and end - start < 2 * _CHUNK and not text[end].isspace():
            end += 1
        piece = text[start:end]
        count += len(piece.split()) - sum(piece.count(f" {mark} ") for mark in _LONE_MARKS if mark in piece)
        if not piece.isascii() and _IDEOGRAPHS.search("".join(set(piece))):
            # Each ideograph is a word; the run between spaces that holds it is not counted again.
            count += sum(map(len, _IDEOGRAPHS.findall(piece))) - len(_IDEOGRAPH_RUNS.findall(piece))
        start = end
    return max(count, 0)


def _words_from(text: str, at: int, end: int) -> Iterator[Span]:
    """Yield the words from a certain boundary at or before ``at``, up to the last one that starts before ``end``."""
    low = max(0, at - WORD_REACH)
    certain = _CERTAIN.search(text, low, at + 1)
    begin = certain.start() if certain else widened_to_characters(text, Span(low, low)).start
    limit = min(len(text), end + WORD_REACH)
    for found in _TOKEN.finditer(text, begin, limit):
        if found.start() >= end:
            return
        if found.lastgroup:
            word = Span(*found.span())
            yield widened_to_characters(text, word) if word.end == limit else word


def _caret(text: str, at: int) -> Span:
    """Return the empty span at the character boundary at or before ``at``."""
    at = widened_to_characters(text, Span(at, at)).start
    return Span(at, at)


def _gap_end(text: str, at: int) -> int:
    """Return where the search for a word after ``at`` ends."""
    high = min(len(text), at + GAP_REACH)
    return widened_to_characters(text, Span(at, high)).end
