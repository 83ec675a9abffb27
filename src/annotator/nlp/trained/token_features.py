"""Features of each token for the trained suggester: words, shapes, neighbours, and the findings of the rules.

A feature is a short string; a token has about forty. They are the same in training and in suggesting.
"""

from collections.abc import Iterator, Sequence

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.tokens import MARKS, Range, Tokens
from annotator.nlp.rules.word_order import WordOrder

_DISTANCE_STEPS = (1, 2, 4, 8, 16)
_ENDING_LENGTH = 3
"""Characters of the end of a word that are a feature."""
_OUTSIDE = "<>"
"""Stands for a token before the first or after the last one."""


def token_features_of(tokens: Tokens, grammar: WordOrder, found: Sequence[Attribution]) -> Iterator[list[str]]:
    """Yield the features of each token in turn; ``found`` are the attributions of the rules."""
    builder = _FeatureBuilder(tokens, grammar, found)
    for at in range(len(tokens.forms)):
        yield builder.of(at)


def distance_class(distance: int) -> str:
    """Return a class for a signed distance in tokens; there are few, so that each is frequent in training."""
    size = abs(distance)
    steps = sum(size > step for step in _DISTANCE_STEPS)
    return f"{'-' if distance < 0 else '+'}{steps}"


class _FeatureBuilder:
    """The features of the tokens of one text."""

    def __init__(self, tokens: Tokens, grammar: WordOrder, found: Sequence[Attribution]) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._shapes = [self._shape(at) for at in range(len(tokens.forms))]
        self._kinds = [self._kind(at) for at in range(len(tokens.forms))]
        self._rule_features = self._features_by_rules(found)
        self._before, self._after = self._nearest_cues()

    def of(self, at: int) -> list[str]:
        """Return the features of the token at ``at``."""
        forms, shapes, kinds = self._forms, self._shapes, self._kinds
        form = forms[at]
        shape, kind = shapes[at], kinds[at]
        back, ahead = self._part(forms, at - 1), self._part(forms, at + 1)
        back_shape, ahead_shape = self._part(shapes, at - 1), self._part(shapes, at + 1)
        back_kind, ahead_kind = self._part(kinds, at - 1), self._part(kinds, at + 1)
        features = [
            "w=" + form,
            "s=" + shape,
            "e=" + form[-_ENDING_LENGTH:],
            "w-1=" + back,
            "w+1=" + ahead,
            "w-2=" + self._part(forms, at - 2),
            "w+2=" + self._part(forms, at + 2),
            "s-1=" + back_shape,
            "s+1=" + ahead_shape,
            "s-2=" + self._part(shapes, at - 2),
            "s+2=" + self._part(shapes, at + 2),
            "s-1s=" + back_shape + shape,
            "ss+1=" + shape + ahead_shape,
            "s-1ss+1=" + back_shape + shape + ahead_shape,
            "k=" + kind,
            "k-1=" + back_kind,
            "k+1=" + ahead_kind,
            "k-2=" + self._part(kinds, at - 2),
            "k+2=" + self._part(kinds, at + 2),
            "k-1s=" + back_kind + shape,
            "sk+1=" + shape + ahead_kind,
            "<" + self._before[at],
            ">" + self._after[at],
            "<>" + self._before[at] + self._after[at],
        ]
        quoted = self._quoted(at)
        features.append("q=" + quoted)
        features.append("q<=" + quoted + self._before[at])
        features.append("q>=" + quoted + self._after[at])
        features.extend(self._rule_features[at])
        features.extend(self._place(at))
        features.extend(self._grammar.token_features(at))
        return features

    def _part(self, of: Sequence[str], at: int) -> str:
        """Return the value at ``at``, which may lie outside of the text."""
        return of[at] if 0 <= at < len(of) else _OUTSIDE

    def _shape(self, at: int) -> str:
        """Return a mark itself, or the class of a word and whether it has a capital."""
        form, word_class = self._forms[at], self._classes[at]
        if word_class in MARKS:
            return form
        return word_class.lower() + "^" if self._tokens.is_capital(at) else word_class

    def _kind(self, at: int) -> str:
        """Return the kind of a cue word; "-" for others."""
        cues = self._tokens.lists.cues.get(self._forms[at])
        return cues[0].kind if cues else "-"

    def _features_by_rules(self, found: Sequence[Attribution]) -> list[list[str]]:
        """Return for each token its place in the attributions of the rules."""
        features: list[list[str]] = [[] for _ in self._forms]
        for one in found:
            for number, content in enumerate(one.contents):
                self._add(features, content, "content", one.rule, "again" if number else "")
            self._add(features, one.cue, "cue", one.kind, "")
            if one.source is not None:
                self._add(features, one.source, "source", one.rule, "")
        for own in features:
            if not own:
                own.append("r=none")
        return features

    def _add(self, features: list[list[str]], part: Range, role: str, rule: str, more: str) -> None:
        """Add the places of tokens in one part of an attribution, and the token after it."""
        start, end = part
        for at in range(start, min(end, len(features))):
            place = "first" if at == start else "in"
            features[at].append(f"r={role}{place}{more}")
            features[at].append(f"r={role}{place}{rule}")
        if end - 1 < len(features):
            features[end - 1].append(f"r={role}last")
        if end < len(features):
            features[end].append(f"r={role}behind")

    def _nearest_cues(self) -> tuple[list[str], list[str]]:
        """Return for each token the nearest cue word before and after it in its sentence, with its distance."""
        before, after = ["none"] * len(self._forms), ["none"] * len(self._forms)
        for low, high in self._tokens.sentences:
            last = -1
            for at in range(low, high):
                if last >= 0:
                    before[at] = self._kinds[last] + distance_class(at - last)
                if self._kinds[at] != "-":
                    last = at
            last = -1
            for at in range(high - 1, low - 1, -1):
                if last >= 0:
                    after[at] = self._kinds[last] + distance_class(last - at)
                if self._kinds[at] != "-":
                    last = at
        return before, after

    def _quoted(self, at: int) -> str:
        """Return the place of a token in its quotation, and the kind of the quotation."""
        number = self._tokens.quoted[at]
        if number == -1:
            return "no"
        quotation = self._tokens.quotations[number]
        place = "first" if at == quotation.start else "last" if at == quotation.end - 1 else "in"
        return place + ("speech" if quotation.speech else "words")

    def _place(self, at: int) -> list[str]:
        """Return whether a token stands at an edge of its sentence."""
        low, high = self._tokens.sentences[self._tokens.sentence_of[at]]
        features = []
        if at == low:
            features.append("first")
            features.append("first" + self._shapes[at])
        if at == high - 1:
            features.append("last")
        if high - at == 2:
            features.append("last but one")
        return features
