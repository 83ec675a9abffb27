"""The language of a text among those with word lists, by its commonest words."""

import re
from functools import cache

from annotator.nlp.rules.word_lists import languages, word_lists

_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARACTERS = 12_000
"""Characters from the beginning that are examined."""

_COMMON = ("determiners", "prepositions", "pronouns", "auxiliaries", "coordinators", "complementizers")
_MIN_SHARE = 0.2
"""The share of such words from which a text is taken for one of the language; prose has a third and more."""


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
    """Return the commonest words of a language."""
    lists = word_lists(code)
    return frozenset().union(*(lists[f"words.{name}"] for name in _COMMON))
