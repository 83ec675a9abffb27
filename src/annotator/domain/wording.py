"""Numbers, lists and grades in words."""

from collections.abc import Sequence
from unicodedata import bidirectional

from annotator.domain.grades import CREDIBILITY, RELIABILITY, band_of
from annotator.domain.records import AnnotationRecord

_MAX_ERROR = 160
"""Maximum length in characters of a library's error message: some repeat the whole file."""

_MAX_SENTENCE = 500
"""Maximum length in characters of a message about one record of a file, which may repeat some of it."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 document``, ``10,000 documents``. ``plural``: of a noun that takes more than an s at its end."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or f'{noun}s'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def elided(text: str, limit: int) -> str:
    """Return ``text`` as one line of at most ``limit`` characters; an ellipsis replaces what is left out."""
    line = " ".join(text[: 4 * limit].split())
    if len(line) <= limit and len(text) <= 4 * limit:
        return line
    cut = line[: limit - 1]
    return f"{cut[: cut.rfind(' ')] if cut.rfind(' ') > limit // 2 else cut}…"


def isolated(name: str) -> str:
    """Return a name for an English sentence: one with letters from right to left in directional isolates, so that the
    words around it keep their order.
    """
    is_mixed = any(bidirectional(sign) in ("R", "AL") for sign in name)
    return f"\u2068{name}\u2069" if is_mixed else name


def with_full_stop(words: str) -> str:
    """Return words as a sentence; those that end with a full stop, as of a quotation, get no second one."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def sentence(text: str) -> str:
    """Return ``text`` on one line; a long one without its middle, because its beginning names the problem and its end
    the remedy.
    """
    line = " ".join(text.split()) if "\n" in text or len(text) > _MAX_SENTENCE else text
    half = _MAX_SENTENCE // 2
    return line if len(line) <= _MAX_SENTENCE else f"{line[:half]} … {line[-half:]}"


def describe_error(error: BaseException) -> str:
    """Return the message of a library's error on one line without its full stop; its type where it has no message."""
    message = str(error).strip()
    return elided(message.splitlines()[0], _MAX_ERROR).rstrip(".") if message else type(error).__name__


def grades_in_words(annotation: AnnotationRecord) -> str:
    """Return ``B usually reliable, as its source · 2 probably true``; empty where nothing is graded."""
    letter, digit = annotation.reliability, str(annotation.credibility)
    origin = "" if annotation.reliability_override else f", as its {'source' if annotation.source else 'document'}"
    parts = [f"{grade.code} {grade.words}{origin}" for grade in RELIABILITY if grade.code == letter]
    parts += [f"{grade.code} {grade.words}" for grade in CREDIBILITY if grade.code == digit]
    return " · ".join(parts)


def likelihood_in_words(annotation: AnnotationRecord) -> str:
    """Return ``70%, likely · high confidence``; empty where nothing is given."""
    parts = []
    if annotation.probability is not None:
        parts.append(f"{annotation.probability}%, {band_of(annotation.probability).words}")
    if annotation.confidence:
        parts.append(f"{annotation.confidence} confidence")
    return " · ".join(parts)
