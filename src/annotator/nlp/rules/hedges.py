"""Hedges: words by which a text does not commit itself to a content.

The same words are no hedges in other places: a word that is mentioned in quotation marks, not used, or a modal verb in
another sense, which ``modal_senses`` recognises.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import ClassVar, NamedTuple

from annotator.nlp.rules.modal_senses import ModalSenses
from annotator.nlp.rules.tokens import MARKS, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import WordLists

_MAX_QUOTED_TOKENS = 5
"""Tokens of a quotation, with its marks, that mentions a word instead of using it."""
_MAX_TOKENS_TO_THAT = 5
_MAX_TOKENS_FROM_QUESTION = 6
_MAX_CLASSES_IN_SUBJECT = 9
_PHRASE_LIST = "hedges.phrases"
_PUNCTUATION = TokenClass.PUNCTUATION
_ENDS_SUBJECT = frozenset((TokenClass.PUNCTUATION, TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.QUESTION_WORD))
_NOUN_PHRASE_WORDS = frozenset((TokenClass.WORD, TokenClass.NAME, TokenClass.ADVERB))
_DATE_CLASSES = frozenset((TokenClass.TIME, TokenClass.NUMBER))


class Hedge(NamedTuple):
    """A hedge: its token, how certain the content remains, and the kind of the word."""

    at: int
    certainty: str
    """``probable`` or ``possible``."""
    kind: str
    """modal, adverb, rumour, forecast, condition, or expletive ("it is possible that")."""


class _HedgeRule(NamedTuple):
    """Words that are hedges where a condition holds."""

    lists: tuple[str, ...]
    """The names of the word lists that hold the words."""
    applies: "Callable[[Hedges, int, Range], bool]"
    """The condition, on a token and the part of the text in which it is examined."""
    certainty: str
    kind: str


class Hedges:
    """The hedges of one text.

    The docstring of a condition of a rule is a sentence in which it holds.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._senses = ModalSenses(tokens)
        lists = self._lists = tokens.lists
        self._modals = lists["hedges.modals"]
        self._asking = lists["hedges.asking"]
        self._conditions = lists["hedges.conditions"]
        self._inverted = lists["hedges.inverted_conditions"]
        self._inference = lists["hedges.inference"]
        self._future = lists["hedges.future"]
        self._hypothetical = lists["hedges.hypothetical"]
        self._resulting = lists["hedges.resulting"]
        self._cannot = lists["hedges.cannot"]
        self._phrases = _phrases_by_last_word(lists)
        self._verb_second = bool(lists["words.verb_second"])
        self._that = lists["words.complementizers"]
        self._has_comma_before_content = bool(lists["words.comma_before_content"])
        self._past = tuple(lists["endings.past"])
        self._plural = tuple(lists["endings.plural"])
        self._gerund = tuple(lists["endings.gerund"])
        self._modal_rules = _rules_by_word(self._RULES_FOR_MODALS, lists)
        self._rules = _rules_by_word(self._RULES, lists)

    def within(self, part: Range) -> Iterator[Hedge]:
        """Yield the hedges in ``part``, a range of tokens, in their order."""
        forms, modal_rules, rules = self._forms, self._modal_rules, self._rules
        for at in range(*part):
            form = forms[at]
            if (form in rules or form in modal_rules) and (hedge := self._hedge(at, part)):
                yield hedge

    def is_future(self, part: Range) -> bool:
        """Return whether ``part``, a range of tokens, is about the future."""
        return not self._future.isdisjoint(self._forms[slice(*part)])

    def is_scheduled(self, part: Range) -> bool:
        """Return whether ``part`` has a date, as in "will open on 3 May"."""
        return any(
            self._classes[at] in _DATE_CLASSES and self._forms[at - 1] in self._lists["hedges.on_dates"]
            for at in range(part[0] + 1, part[1])
        )

    def _hedge(self, at: int, part: Range) -> Hedge | None:
        """Return the word at ``at`` as a hedge; None where it is no hedge."""
        form = self._forms[at]
        is_modal = form in self._modals and self._classes[at] is TokenClass.MODAL
        for rule in (self._modal_rules if is_modal else self._rules).get(form, ()):
            if rule.applies(self, at, part):
                if self._is_mentioned(at) or self._is_asked(at):
                    return None
                return Hedge(at, rule.certainty, rule.kind)
        return None

    # --- the conditions of the rules ---

    def _always(self, _at: int, _part: Range) -> bool:
        """Return True: the word is always a hedge, as in "Perhaps the bridge is safe"."""
        return True

    def _is_possibility(self, at: int, _part: Range) -> bool:
        """Return whether it is possibility, as in "The bridge may be safe"."""
        return self._senses.is_possibility(at)

    def _is_sentence_adverb(self, at: int, _part: Range) -> bool:
        """Return whether it qualifies a sentence: "Reportedly the bridge is safe", not "the allegedly stolen funds"."""
        return not self._describes_noun(at)

    def _is_probability(self, at: int, _part: Range) -> bool:
        """Return whether it is probability, as in "The bridge is probably safe", "The likely cause was rain"."""
        return self._explains(at) or not self._describes_noun(at)

    def _is_condition(self, at: int, part: Range) -> bool:
        """Return whether it is a condition: "If it breaks, they will flee", "Should it break, they would flee"."""
        return (self._forms[at] in self._conditions or self._is_inverted(at, part)) and self._has_consequence(at, part)

    def _is_inference(self, at: int, _part: Range) -> bool:
        """Return whether it is an inference: "must have known", "must be hiding", "cannot be right"."""
        form, verb = self._forms[at], self._senses.next_word(at)
        if verb == "have":
            return form in self._inference or form in self._cannot
        if verb != "be":
            return False
        complement = self._word_after_be(at)
        if form in self._inference:
            return bool(self._gerund) and complement.endswith(self._gerund)
        if form in self._cannot:
            return complement in self._lists["hedges.truths"]
        return form in self._resulting and complement in self._lists["hedges.results"]

    def _word_after_be(self, at: int) -> str:
        """Return the word after the "be" that follows a modal."""
        place = next(place for place in range(at + 1, len(self._forms)) if self._forms[place] == "be")
        return self._senses.next_word(place)

    def _ends_phrase(self, at: int, part: Range) -> bool:
        """Return whether it ends a phrase that hedges, as in "In all likelihood, the bridge is safe"."""
        return any(
            at + 1 - len(words) >= part[0] and tuple(self._forms[at + 1 - len(words) : at + 1]) == words
            for words in self._phrases[self._forms[at]]
        )

    def _is_asked(self, at: int) -> bool:
        """Return whether the word stands in an indirect question: "wondered what might have happened"."""
        low = self._tokens.sentences[self._tokens.sentence_of[at]][0]
        classes, forms, asking = self._classes, self._forms, self._asking
        for place in range(at - 1, max(low, at - _MAX_TOKENS_FROM_QUESTION), -1):
            if classes[place] is _PUNCTUATION:
                return False
            if forms[place] in asking:
                # "In what may be the largest strike" asks nothing.
                return classes[place - 1] is not TokenClass.PREPOSITION
        return False

    def _is_hypothetical(self, at: int, part: Range) -> bool:
        """Return whether it is hypothetical: "It would have saved lives", "Without it the theatre would close"."""
        lists = self._lists
        if self._senses.next_word(at) == "have":
            return True
        first = next(
            (place for place in range(*part) if self._classes[place] not in MARKS),
            at,
        )
        if first != self._start_of_sentence(first) or not lists["hedges.habits"].isdisjoint(self._forms[slice(*part)]):
            return False
        if self._forms[first] in lists["hedges.lacking"]:
            return True
        is_imagined = self._forms[first] in lists["hedges.imagined"] or self._forms[first].endswith(self._gerund)
        between = set(self._classes[first + 1 : at])
        return is_imagined and len(between) <= _MAX_CLASSES_IN_SUBJECT and between.isdisjoint(_ENDS_SUBJECT)

    def _start_of_sentence(self, at: int) -> int:
        """Return the first token of the sentence of ``at`` that is no mark."""
        low = self._tokens.sentences[self._tokens.sentence_of[at]][0]
        while low < at and self._classes[low] in MARKS:
            low += 1
        return low

    def _is_mentioned(self, at: int) -> bool:
        """Return whether the word is mentioned, not used: in quotation marks, almost alone."""
        number = self._tokens.quoted[at]
        if number == -1:
            return False
        quotation = self._tokens.quotations[number]
        if quotation.speech:
            return False
        # Capitals: the title of a book or of a song.
        titled = at > quotation.start + 1 and self._tokens.is_capital(at)
        return titled or quotation.end - quotation.start <= _MAX_QUOTED_TOKENS

    def _precedes_that(self, at: int, part: Range) -> bool:
        """Return whether "that" follows: "It is possible that C", "Rumours spread that C"; also "a chance of C"."""
        high = part[1]
        for place in range(at + 1, min(high, at + _MAX_TOKENS_TO_THAT)):
            if self._forms[place] in self._that:
                return True
            if self._classes[place] is TokenClass.PUNCTUATION and not self._has_comma_before_content:
                break
        first = self._start_of_sentence(at)
        return (
            self._forms[first] in self._lists["words.expletives"]
            and self._forms[at] in self._lists["hedges.odds"]
            and at + 2 < high
            and self._forms[at + 1] in self._lists["words.of"]
        )

    def _describes_noun(self, at: int) -> bool:
        """Return whether an adverb stands in a noun phrase: "the allegedly stolen funds", "supposedly safe toys"."""
        if at + 2 >= len(self._forms):
            return False
        if self._start_of_sentence(at) == at and not self._verb_second:
            follows_adjective = set(self._classes[at + 1 : at + 3]) == {TokenClass.WORD}
            return follows_adjective and not self._forms[at + 1].endswith(self._plural)
        before, is_graded = at - 1, False
        while before > 0 and self._forms[before] in self._lists["hedges.degrees"]:
            before, is_graded = before - 1, True
        return self._classes[before] is TokenClass.DETERMINER and (
            is_graded or self._classes[at + 1] in _NOUN_PHRASE_WORDS
        )

    def _explains(self, at: int) -> bool:
        """Return whether an explanation follows: "the likely cause was"."""
        return (
            at + 2 < len(self._forms)
            and self._forms[at + 1] in self._lists["hedges.explanations"]
            and self._forms[at + 2] in self._lists["words.be"]
        )

    def _is_forecast(self, at: int, part: Range) -> bool:
        """Return whether it is a forecast: "is likely to open"; not with a date: "is expected to open on 3 May"."""
        forms = self._forms
        if at + 1 >= len(forms):
            return False
        is_estimate = forms[at] in self._lists["hedges.reckoned"] and forms[at + 1] in self._lists["hedges.reckoned_at"]
        if forms[at + 1] not in self._lists["words.infinitive"] and not is_estimate:
            return False
        is_governed = any(
            self._classes[place] is TokenClass.AUXILIARY or self._forms[place] in self._lists["hedges.governing"]
            for place in range(max(0, at - 4), at)
        )
        return is_governed and not (self.is_scheduled((at, part[1])) or self._is_refuted(at, part))

    def _is_refuted(self, at: int, part: Range) -> bool:
        """Return whether the forecast turned out wrong: "was expected to be long, but it was short"."""
        return self._forms[at - 1] in self._lists["words.past"] and self.is_contrasted((at + 1, part[1]))

    def is_contrasted(self, part: Range) -> bool:
        """Return whether "but" and another statement follow: after a comma, or with a verb in the past."""
        forms, lists = self._forms, self._lists
        return any(
            forms[at] in lists["hedges.contrasts"]
            and (
                forms[at - 1] == ","
                or forms[at + 1] in lists["words.past"]
                or forms[at + 1] in lists["hedges.past_forms"]
                or (self._classes[at + 1] is TokenClass.WORD and forms[at + 1].endswith(self._past))
            )
            for at in range(part[0], part[1] - 1)
        )

    def _is_inverted(self, at: int, part: Range) -> bool:
        """Return whether a verb begins a condition: "should the levee break, thousands would flee"."""
        return self._forms[at] in self._inverted and at == part[0] and "," in self._forms[at : part[1]]

    def _has_consequence(self, at: int, part: Range) -> bool:
        """Return whether the consequence of a condition is still open: it has "will" or a modal."""
        if at > part[0] and self._forms[at - 1] in self._lists["hedges.no_condition"]:
            return False
        return any(
            self._forms[place] in self._future
            or self._forms[place] in self._modals
            or self._forms[place] in self._hypothetical
            for place in range(part[0], part[1])
            if place != at
        )

    # --- the rules: the first that applies to a word decides ---

    _RULES_FOR_ALL_WORDS: ClassVar = (
        _HedgeRule((_PHRASE_LIST,), _ends_phrase, "probable", "adverb"),
        _HedgeRule(("hedges.expletive",), _precedes_that, "possible", "expletive"),
    )
    _RULES_FOR_MODALS: ClassVar = (
        *_RULES_FOR_ALL_WORDS,
        _HedgeRule(("hedges.modals",), _is_possibility, "possible", "modal"),
    )
    _RULES: ClassVar = (
        *_RULES_FOR_ALL_WORDS,
        _HedgeRule(("adverbs.rumour",), _is_sentence_adverb, "possible", "rumour"),
        _HedgeRule(("hedges.forecast",), _is_forecast, "probable", "forecast"),
        _HedgeRule(("adverbs.possible",), _always, "possible", "adverb"),
        _HedgeRule(("hedges.hypothetical",), _is_hypothetical, "possible", "modal"),
        _HedgeRule(("adverbs.probable",), _is_probability, "probable", "adverb"),
        _HedgeRule(("hedges.conditions", "hedges.inverted_conditions"), _is_condition, "possible", "condition"),
        _HedgeRule(("hedges.inference", "hedges.resulting", "hedges.cannot"), _is_inference, "probable", "modal"),
    )
    """For words that are not of the class of modals."""


@cache
def _rules_by_word(rules: tuple[_HedgeRule, ...], lists: WordLists) -> Mapping[str, tuple[_HedgeRule, ...]]:
    """Return the rules for each word, in their order; a phrase counts by its last word."""
    found: dict[str, tuple[_HedgeRule, ...]] = {}
    for rule in rules:
        words: set[str] = set()
        for name in rule.lists:
            words.update(_phrases_by_last_word(lists) if name == _PHRASE_LIST else lists[name])
        for word in words:
            found[word] = (*found.get(word, ()), rule)
    return found


@cache
def _phrases_by_last_word(lists: WordLists) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the phrases of a language, each as its words, by their last word."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in lists[_PHRASE_LIST]:
        words = tuple(phrase.split())
        found[words[-1]] = (*found.get(words[-1], ()), words)
    return found
