"""The language of a text among those with word lists, by its most frequent words."""

import re
from functools import cache

from annotator.nlp.rules.word_lists import languages, union_of, word_lists

_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARACTERS = 12_000
"""Characters from the beginning that are examined."""

_COMMON = (
    "words.determiners",
    "words.prepositions",
    "words.pronouns",
    "words.auxiliaries",
    "words.coordinators",
    "words.complementizers",
)
_MIN_SHARE = 0.2
"""The share of such words from which on a text is taken for one of the language; prose has a third or more."""


def language_of(text: str, declared: str = "") -> str:
    """Return the code of the language of ``text``; empty where there are no word lists for it.

    ``declared`` is the language stated in the file, such as ``en-GB``; it takes precedence over the words.
    """
    if declared:
        code = declared.lower().replace("_", "-").partition("-")[0]
        return code if code in languages() else ""
    words = [word.lower() for word in _WORD.findall(text[:_MAX_CHARACTERS])]
    shares = {code: sum(word in _common(code) for word in words) / max(1, len(words)) for code in languages()}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _MIN_SHARE else ""


@cache
def _common(code: str) -> frozenset[str]:
    """Return the most frequent words of a language."""
    return union_of(word_lists(code), *_COMMON)
