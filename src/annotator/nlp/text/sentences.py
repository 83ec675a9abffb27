"""Sentences, by rules for news English that can be used for other scripts too; a call reads only a bounded part.

A sentence is trimmed of white space and of a list mark before it (``- ``, ``• ``, ``1. ``); closing quotation marks
and brackets after its stop belong to it. A line break always ends it.
"""

from collections.abc import Iterator

import regex

from annotator.domain.spans import Span
from annotator.nlp.text.abbreviations import (
    BEFORE_NAME,
    BEFORE_NUMBER,
    FIRST_WORDS,
    LOWER_CASE,
    MAY_END,
    NEVER_END,
    ORDINAL_MONTHS,
    SAYING_AFTER_QUOTE,
)
from annotator.nlp.text.characters import clamped, is_character_boundary, widened_to_characters

SENTENCE_REACH = 2048
"""Code points that a call reads to either side for the end of a sentence; a longer sentence is cut there."""

_NEAR = 512
"""Code points before a position in which the end of a sentence is searched for first, as most are shorter."""
_AHEAD = 64
"""Code points around a stop that are examined."""
_MAX_STOPS = 64
"""Abbreviations in a sentence; one with more is a list, and is cut there, so that the time of a call is bounded."""
_LINE_BREAKS = "\n\u2028\u2029"
_STRONG = "。！？｡．؟۔।॥։።။។៕།"
_CLOSERS = r"""(?:["'”’»›\)\]\}」』）】〉》〕]|\[\d{1,3}\]|[“«‘](?=[\s,;]|\Z)|[ \u00A0\u202F]»(?=[\s,;]|\Z))*+"""
_JOINING = r"[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]"
# A stop counts before white space, or where the space was forgotten ("said.The").
_STOP = regex.compile(
    rf"""
      [{_LINE_BREAKS}]
    | (?P<strong>[{_STRONG}][{_STRONG}.!?…]*+) (?P<closed>{_CLOSERS}) (?!{_JOINING})
    | (?P<sign>[.!?…‽](?:[ \u00A0]?[.!?…‽])*+) (?P<closing>{_CLOSERS})
      (?=\s|\Z|(?<=\p{{Ll}}\p{{Ll}}[.!?]["”’)]?)\p{{Lu}}\p{{Ll}})
    """,
    regex.V1 | regex.VERBOSE,
)
_BLANK = r"[^\S\n\u2028\u2029]"
_NEXT_WORD = regex.compile(
    _BLANK + r"""*+(?P<openers>[\p{Ps}\p{Pi}\p{Pf}\p{Sc}"'*_¿¡—–#-]*+)"""
    rf"{_BLANK}?(?P<word>[\p{{L}}\p{{M}}\p{{N}}'’]*+)(?P<after>.?)"
)
_LAST_TOKEN = regex.compile(r"""(?r)[^\s\p{Ps}\p{Pi}\p{Pf}"'/—–-]*""")
_LIST_MARK = regex.compile(rf"(?:[-–—*•‣◦▪●·○■□➢►>]+|\(?\d{{1,3}}[.)]|\(?[a-z]\)){_BLANK}+(?=\S)")
_VISIBLE = regex.compile(r"[^\s\x1c-\x1f]")
_LAST_VISIBLE = regex.compile(r"(?r)[^\s\x1c-\x1f]")
_VISIBLE_OR_BREAK = regex.compile(rf"[^\s\x1c-\x1f]|[{_LINE_BREAKS}]")
_LAST_VISIBLE_OR_BREAK = regex.compile(rf"(?r)[^\s\x1c-\x1f]|[{_LINE_BREAKS}]")
_QUOTES = frozenset("\"“„«‘'»")
_DASHES = frozenset("-–—")
_CONTINUING_MARKS = (",", ";", ":", "&", "%", "/", "=", "+", ")", "]")
_FIRST_PERSON = ("I", "I'm", "I’m", "I've", "I’ve")
_ROMAN_DIGITS = frozenset("IVXLC")


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the sentences that overlap ``[start, end)``, in order and complete; None: the end of the text."""
    start = clamped(text, start)
    end = len(text) if end is None else clamped(text, end)
    if start >= end:
        return
    sentence = _sentence_from(text, _break_before(text, start))
    while sentence is not None and sentence.start < end:
        if sentence.end > start:
            yield sentence
        sentence = _sentence_from(text, sentence.end)


def sentence_at(text: str, at: int) -> Span:
    """Return the sentence that holds ``at``; between two sentences the next one, at the end of the text the last one.

    At the end of a line it is the sentence that ends there. The span is empty in a text without sentences.
    """
    at = clamped(text, at)
    begin = _break_before(text, at)
    sentence = _sentence_from(text, begin)
    if sentence is not None and sentence.start <= at < sentence.end:
        return sentence
    if _ends_line(text, at):
        before = _sentence_before(text, at)
        if before is not None and before.end == at:
            return before
    while sentence is not None and sentence.end <= at:
        sentence = _sentence_from(text, sentence.end)
    return sentence or _sentence_before(text, at) or Span(at, at)


def next_sentence(text: str, at: int) -> Span | None:
    """Return the first sentence that starts after ``at``; None where there is none."""
    at = clamped(text, at)
    sentence = _sentence_from(text, _break_before(text, at))
    while sentence is not None and sentence.start <= at:
        sentence = _sentence_from(text, sentence.end)
    return sentence


def previous_sentence(text: str, at: int) -> Span | None:
    """Return the last sentence that starts before ``at`` (inside a sentence, that one); None where there is none."""
    return _sentence_before(text, clamped(text, at))


def _sentence_before(text: str, at: int) -> Span | None:
    """Return the last sentence that starts before ``at``; None where there is none."""
    while (visible := _LAST_VISIBLE.search(text, 0, at)) is not None:
        begin = _break_before(text, visible.start())
        found = None
        sentence = _sentence_from(text, begin)
        while sentence is not None and sentence.start < at:
            found = sentence
            sentence = _sentence_from(text, sentence.end)
        if found is not None:
            return found
        # Only a list mark stands here; its sentence starts later.
        at = begin
    return None


def _sentence_from(text: str, begin: int) -> Span | None:
    """Return the sentence after the break at ``begin``, trimmed; None where only white space follows."""
    visible = _VISIBLE.search(text, begin)
    if visible is None:
        return None
    start = int(visible.start())
    end = _break_after(text, start)
    mark = _LIST_MARK.match(text, start, end)
    if mark is not None and _begins_line(text, start):
        start = mark.end()
    last = _LAST_VISIBLE.search(text, start, end)
    return widened_to_characters(text, Span(start, last.end() if last else end))


def _break_after(text: str, begin: int) -> int:
    """Return where the sentence from ``begin`` ends: after its stop, before its line break, or at the reach."""
    high = min(len(text), begin + SENTENCE_REACH)
    for count, stop in enumerate(_STOP.finditer(text, begin, high)):
        if count == _MAX_STOPS or _ends_sentence(text, stop):
            return int(stop.end() if stop.lastgroup else stop.start())
    return high if high == len(text) else _cut(text, high)


def _break_before(text: str, at: int) -> int:
    """Return the last break at or before ``at``: after a stop or a line break, or at the reach."""
    low = at
    for reach in (_NEAR, SENTENCE_REACH):
        low = max(0, at - reach)
        stops = [stop for stop in _STOP.finditer(text, low, at + _AHEAD) if stop.end() <= at]
        for count, stop in enumerate(reversed(stops)):
            if count == _MAX_STOPS or _ends_sentence(text, stop):
                return int(stop.end())
        if low == 0:
            return 0
    return _cut(text, low)


def _ends_sentence(text: str, stop: "regex.Match[str]") -> bool:
    """Return whether a sentence ends with this stop or line break."""
    if stop.lastgroup is None:
        return True
    end = stop.end()
    if stop["strong"]:
        # In Japanese a quotative particle after a quotation continues the sentence.
        return not (stop["closed"] and text[end : end + 1] == "と")
    following = _NEXT_WORD.match(text, end, end + _AHEAD)
    word, openers = following["word"], following["openers"]
    if not word:
        return following["after"] not in _CONTINUING_MARKS
    if word[0].islower() and not word[1:2].isupper():
        return False
    if any(mark in stop["sign"] for mark in "!?‽"):
        return not (stop["closing"] and not openers and _names_speaker(text, end))
    if stop["sign"] != "." or stop["closing"]:
        return True
    is_initial = len(word) == 1 and following["after"] == "."
    return _ends_with_point(text, stop.start(), word, not is_initial and _looks_like_first_word(word, openers))


def _looks_like_first_word(word: str, openers: str) -> bool:
    """Return whether a word with a capital is more often the first of a sentence than part of a name."""
    return (
        not _QUOTES.isdisjoint(openers)
        or (word.lower() in FIRST_WORDS and _DASHES.isdisjoint(openers))
        or word in _FIRST_PERSON
    )


def _ends_with_point(text: str, at: int, following: str, is_first_word: bool) -> bool:
    """Return whether the single point at ``at`` ends a sentence.

    ``is_first_word``: the word ``following`` looks like the first of a sentence.
    """
    found = _LAST_TOKEN.match(text, max(0, at - _AHEAD), at)
    token = found.group()
    lowered = token.lower()
    if token.isdecimal():
        return not _is_ordinal_or_list_mark(text, found.start(), token, following)
    if lowered in NEVER_END:
        return False
    if lowered in BEFORE_NUMBER:
        # "No. 5", "Art. IV"; but "The answer is no. The".
        return not _is_number(following) and (len(token) > 1 or is_first_word)
    if (len(token) == 1 and token.isupper()) or _is_initialism(token) or lowered == "etc":
        return is_first_word
    # "sun" and "sir" are words, "Sun." and "Sir" may be abbreviations.
    if token.islower() and lowered not in LOWER_CASE:
        return True
    if lowered in BEFORE_NAME:
        return False
    return is_first_word or lowered not in MAY_END


def _is_ordinal_or_list_mark(text: str, start: int, number: str, following: str) -> bool:
    """Return whether a number with a point is an ordinal, as in German "3. Mai", or the mark of a list item."""
    if len(number) <= 2 and following.lower() in ORDINAL_MONTHS:
        return True
    return len(number) <= 3 and _begins_line(text, start)


def _is_number(word: str) -> bool:
    """Return whether a word is a number, Arabic or Roman."""
    return word[0].isdecimal() or (len(word) > 1 and _ROMAN_DIGITS.issuperset(word))


def _is_initialism(token: str) -> bool:
    """Return whether a token is an initialism: "U.S", "Ph.D"."""
    parts = token.split(".")
    return len(parts) > 1 and all(len(part) <= 2 and part.isalpha() for part in parts)


def _names_speaker(text: str, at: int) -> bool:
    """Return whether the text after a quotation names its speaker: "Go!" Smith said."""
    rest = regex.split(r"""[.!?,;:"“\n]""", text[at : at + _AHEAD], maxsplit=1)[0].split()[:5]
    return bool(rest) and rest[0].lower() not in FIRST_WORDS and not SAYING_AFTER_QUOTE.isdisjoint(rest)


def _begins_line(text: str, at: int) -> bool:
    """Return whether only white space stands before ``at`` in its line."""
    low = max(0, at - _AHEAD)
    visible = _LAST_VISIBLE_OR_BREAK.search(text, low, at)
    return text[visible.start()] in _LINE_BREAKS if visible else low == 0


def _ends_line(text: str, at: int) -> bool:
    """Return whether only white space follows ``at`` in its line."""
    high = min(len(text), at + _AHEAD)
    visible = _VISIBLE_OR_BREAK.search(text, at, high)
    return text[visible.start()] in _LINE_BREAKS if visible else high == len(text)


def _cut(text: str, at: int) -> int:
    """Return where to cut a sentence that is too long: after a space shortly before ``at``, or between characters."""
    space = text.rfind(" ", max(0, at - _AHEAD), at)
    if space >= 0 and is_character_boundary(text, space + 1):
        return space + 1
    return widened_to_characters(text, Span(at, at)).start
