"""Hedges: by which words a text does not commit to a content, and where the same words commit to it all the same.

``could`` may be what somebody was able to do, ``may`` a permission, a modal in quotation marks a word that is talked
about: these are no hedges.
"""

from collections.abc import Iterator
from typing import NamedTuple

from annotator.nlp.tokens import (
    ADVERB,
    AUXILIARY,
    DETERMINER,
    MARK,
    NAME,
    NEGATION,
    NUMBER,
    TIME,
    WORD,
    Range,
    Tokens,
)

_WORD_TALKED_ABOUT = 5


class Hedge(NamedTuple):
    """A hedge word at a token, how firm it leaves the content, and what kind of word it is."""

    at: int
    certainty: str
    """``probable`` or ``possible``."""
    kind: str
    """modal, adverb, rumour, forecast, condition."""


class Hedges:
    """The hedges of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._modals = lists["hedges.modals"]
        self._rumour = lists["adverbs.rumour"]
        self._possible = lists["adverbs.possible"]
        self._probable = lists["adverbs.probable"]
        self._forecast = lists["hedges.forecast"]
        self._conditions = lists["hedges.conditions"]
        self._future = lists["hedges.future"]
        self._words = (
            self._modals
            | self._rumour
            | self._possible
            | self._probable
            | self._forecast
            | self._conditions
            | lists["hedges.inference"]
        )

    def within(self, part: Range) -> Iterator[Hedge]:
        """The hedges among some part, in order."""
        for at in range(*part):
            if self._forms[at] in self._words and (hedge := self._hedge(at, part)):
                yield hedge

    def is_future(self, part: Range) -> bool:
        return any(self._forms[at] in self._future for at in range(*part))

    def is_scheduled(self, part: Range) -> bool:
        """Whether a date stands with a future: "will open on 3 May"."""
        forms, classes = self._forms, self._classes
        return any(
            classes[at] in (TIME, NUMBER) and forms[at - 1] in self._tokens.lists["hedges.on_dates"]
            for at in range(part[0] + 1, part[1])
        )

    def _hedge(self, at: int, part: Range) -> Hedge | None:
        form = self._forms[at]
        if self._is_talked_about(at):
            return None
        if form in self._modals:
            return Hedge(at, "possible", "modal") if self._is_possibility(at, part) else None
        if form in self._rumour:
            return Hedge(at, "possible", "rumour") if not self._only_describes(at) else None
        if form in self._forecast and self._is_forecast(at, part):
            return Hedge(at, "probable", "forecast")
        if form in self._possible:
            return Hedge(at, "possible", "adverb")
        if form in self._probable and not self._only_describes(at):
            return Hedge(at, "probable", "adverb")
        if form in self._conditions:
            return Hedge(at, "possible", "condition") if self._has_consequence(at, part) else None
        if form in self._tokens.lists["hedges.inference"] and self._next(at) == "have":
            return Hedge(at, "probable", "modal")
        return None

    def _is_talked_about(self, at: int) -> bool:
        number = self._tokens.quoted[at]
        if number == -1:
            return False
        quotation = self._tokens.quotations[number]
        return not quotation.speech and quotation.end - quotation.start <= _WORD_TALKED_ABOUT

    def _next(self, at: int) -> str:
        """The word behind, past adverbs and negations."""
        at += 1
        while at < len(self._forms) and self._classes[at] in (ADVERB, NEGATION):
            at += 1
        return self._forms[at] if at < len(self._forms) else ""

    def _is_possibility(self, at: int, part: Range) -> bool:
        lists, forms = self._tokens.lists, self._forms
        form, following = forms[at], self._next(at)
        low, high = self._sentence(at)
        others = set(forms[low:high])
        if form in lists["hedges.able"]:
            if following == "have":
                return True
            if following in lists["hedges.abilities"]:
                return False
            if "if" in others or "unless" in others:
                return True
            negated = self._classes[at + 1] == NEGATION if at + 1 < high else False
            if negated or form.endswith("n't"):
                return False
            # "so that he could", "as much as they could", "when I was a child I could"
            before = set(forms[max(low, at - 6) : at])
            if before & lists["hedges.purpose"] or at + 1 >= high or self._classes[at + 1] == MARK:
                return False
            return not (others & lists["hedges.past_signs"])
        if form in lists["hedges.permitting"]:
            return not (others & lists["hedges.permission_signs"]) or following in ("have", "be")
        return True

    def _only_describes(self, at: int) -> bool:
        """As in "the allegedly stolen funds": the adverb stands inside a noun phrase."""
        forms, classes = self._forms, self._classes
        if at == 0 or at + 2 >= len(forms):
            return False
        before = at - 1
        while before > 0 and classes[before] == WORD and forms[before] not in self._tokens.lists.cues:
            if classes[before - 1] in (DETERMINER, WORD):
                before -= 1
                continue
            break
        if classes[at - 1] != DETERMINER and not (classes[before] == DETERMINER and classes[at - 1] == "Z"):
            return False
        return classes[at + 1] in (WORD, NAME, ADVERB)

    def _is_forecast(self, at: int, part: Range) -> bool:
        """As in "is likely to", "are poised to"; not one with its date."""
        forms = self._forms
        if at + 1 >= len(forms) or forms[at + 1] not in self._tokens.lists["words.infinitive"]:
            return False
        governed = any(self._classes[place] == AUXILIARY for place in range(max(0, at - 4), at))
        return governed and not self.is_scheduled((at, part[1]))

    def _has_consequence(self, at: int, part: Range) -> bool:
        """Whether what depends on a condition is still open: it has "will" or a modal."""
        low, high = part
        return any(
            self._forms[place] in self._future or self._forms[place] in self._modals for place in range(low, high)
        ) and not (at > low and self._forms[at - 1] in self._tokens.lists["hedges.no_condition"])

    def _sentence(self, at: int) -> Range:
        return self._tokens.sentences[self._tokens.sentence_of[at]]
