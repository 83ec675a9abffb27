"""Which language a text is in, as far as the suggestion rules have word lists for it: told by its commonest words."""

import re
from functools import cache

from annotator.nlp.rules.word_lists import languages, word_lists

_WORD = re.compile(r"[^\W\d_]+")
_READ = 12_000
"""Characters from the beginning that are looked at."""

_COMMON = ("determiners", "prepositions", "pronouns", "auxiliaries", "coordinators", "complementizers")
_LEAST = 0.2
"""The share of such words from which a text counts as one of the language; running text has a third and more."""


def language_of(text: str, declared: str = "") -> str:
    """The code of the language whose rules read ``text``; empty where there are none for it.

    ``declared``: what the file says, such as ``en-GB``; it is believed.
    """
    if declared:
        code = declared.lower().replace("_", "-").partition("-")[0]
        return code if code in languages() else ""
    words = [word.lower() for word in _WORD.findall(text[:_READ])]
    shares = {code: sum(word in _common(code) for word in words) / max(1, len(words)) for code in languages()}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _LEAST else ""


@cache
def _common(code: str) -> frozenset[str]:
    lists = word_lists(code)
    return frozenset().union(*(lists[f"words.{name}"] for name in _COMMON))
