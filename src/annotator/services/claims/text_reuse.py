"""Signs of reused material in a text: credit lines, bodies that a sentence cites, long quotations.

They are found by patterns of English news text and by the quotation marks of any language. A sign means that two texts
may have one origin, never that they do.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from annotator.domain.spans import Span
from annotator.nlp.text.sentences import sentence_at

MIN_QUOTED_WORDS = 8
"""Words of a quotation from which it is unlikely that two people used the same words by chance."""

_HEAD, _TAIL = 500, 500
"""Characters at the start and the end of a text that are searched for credit lines."""

_UPPER = "A-ZÀ-ÖØ-ÞĀŁŠŽА-ЯΑ-Ω"
_NAME = rf"[{_UPPER}][\w'’&.-]*(?:[ \t]+(?:(?:of|for|and|the|de|la|von|der|al)[ \t]+)*[{_UPPER}0-9][\w'’&.-]*){{0,6}}"
_DATELINE = re.compile(rf"^[^\n(]{{2,60}}\(({_NAME})\)[ \t]*[-–—]{{1,2}}(?=[ \t])", re.MULTILINE)
_BYLINE = re.compile(
    rf"^[ \t]*(?:[-–—(\[][ \t]*)?(?:source|credit|agency|agencies|wire|via|©|copyright|"
    rf"(?:additional |with )?(?:reporting|material|files|input)(?: by| from)?|compiled from|distributed by)"
    rf"[ \t]*:?[ \t]+(?:\d{{4}}[ \t]+)?(?:by |from |the )?({_NAME})",
    re.MULTILINE | re.IGNORECASE,
)
_TAG = re.compile(rf"[(\[/][ \t]*({_NAME})[ \t]*[)\]]?[ \t.]*\Z")
_IS_NAME = re.compile(rf"(?:the )?{_NAME}\Z")
_BODY = (
    r"(?:[\w'’-]+[ \t]+)?(?:ministry|agency|office|police|army|government|court|council|company|report|regulator|"
    r"embassy|parliament|commission|authority|authorities|prosecutors?|officials?)\b"
)
_CITED = re.compile(
    r"\b(?i:citing|cited|according to|as reported by|reported by|quoting|quoted by|told|attributed to|"
    r"in a statement (?:to|by|from)|a report by|reports by|data from|figures from)[ \t\n]+"
    rf"(?:(?:the|a|an|its|their|state|news|official)[ \t\n]+)*({_NAME}|{_BODY})"
)
_QUOTED = re.compile(
    r"“([^“”]{20,2000})”|„([^„“”]{20,2000})[“”]|«([^«»]{20,2000})»|\"([^\"\n]{20,2000})\"|「([^「」]{8,2000})」"
)
_FACTS = frozenset({"wire", "credit", "agency", "provider", "newsagency", "news agency", "rights", "copyright"})
_WORDS = re.compile(r"\w+(?:['’]\w+)*")
_NO_AGENCY = frozenset({"photo", "video", "file", "the", "updated", "more", "end", "ends"})


class ReuseSigns(NamedTuple):
    """What a text shows about its own origin, by key: ``credits`` as written, ``quotations`` as worded."""

    credits: Mapping[str, str]
    quotations: Mapping[str, str]


def reuse_signs(text: str, facts: Mapping[str, Any] | None = None) -> ReuseSigns:
    """Return the signs in a text and in the facts of its file (``facts``)."""
    credits = {folded(name): name for name in _credits(text, facts or {})}
    quotations = dict(_quotations(text))
    return ReuseSigns({key: name for key, name in credits.items() if key and key not in _NO_AGENCY}, quotations)


def cited_near(text: str, span: Span) -> dict[str, str]:
    """Return the bodies that the sentence around a span cites, as written, by their key."""
    around = sentence_at(text, span.start)
    end = sentence_at(text, max(span.start, span.end - 1)).end
    sentence = text[around.start : max(end, span.end)]
    names = (" ".join(found[1].split()).rstrip(".") for found in _CITED.finditer(sentence))
    return {folded(name): name for name in names if name}


def folded(name: str) -> str:
    """Return the form of a name for comparison: without case, diacritics, article, points and surrounding white
    space.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    plain = " ".join(plain.replace("’", "'").replace(".", "").split()).removeprefix("the ")
    return plain.removesuffix("'s").strip(" ,;:-–—")


def _credits(text: str, facts: Mapping[str, Any]) -> Iterator[str]:
    for key, value in facts.items():
        if key.casefold().rpartition(":")[2] in _FACTS and isinstance(value, str) and value.strip():
            yield " ".join(value.split())[:80]
    head, tail = text[:_HEAD], text[-_TAIL:].rstrip()
    for found in _DATELINE.finditer(head):
        yield found[1]
    for part in (head, tail) if len(text) > _HEAD else (head,):
        for found in _BYLINE.finditer(part):
            # The pattern ignores case for its first words, but a name must begin with a capital letter.
            if _IS_NAME.match(found[1]):
                yield found[1].rstrip(".")
    last = tail.rpartition("\n")[2]
    if (tag := _TAG.search(last)) is not None:
        yield tag[1].rstrip(".")


def _quotations(text: str) -> Iterator[tuple[str, str]]:
    for found in _QUOTED.finditer(text):
        quotation = next(filter(None, found.groups()))
        words = _WORDS.findall(quotation.casefold().replace("’", "'"))
        if len(words) >= MIN_QUOTED_WORDS or ("「" in found[0] and len(quotation) >= 2 * MIN_QUOTED_WORDS):
            yield " ".join(words), " ".join(quotation.split())
