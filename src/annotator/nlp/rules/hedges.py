"""Hedges: by which words a text does not commit to a content, and where the same words commit to it all the same.

``could`` may be what somebody was able to do, ``may`` a permission, a modal in quotation marks a word that is talked
about: these are no hedges.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from annotator.nlp.rules.tokens import CONTENT_WORDS, MARKS, VERB_MODIFIERS, Range, TokenClass, Tokens

_PAST_YEAR = re.compile(r"1\d{3}|20[01]\d")
_WORD_TALKED_ABOUT = 5
_REACH_OF_NOUN = 5
_REACH_OF_PAST = 7
_REACH_OF_QUESTION = 6
_REACH_OF_SUBJECT = 9
_PARTS_OF_CLAUSES = frozenset(
    (TokenClass.PUNCTUATION, TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.QUESTION_WORD)
)
_BEFORE_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE))
_QUESTION_SUBJECTS = frozenset((TokenClass.DETERMINER, TokenClass.PRONOUN))
_BEFORE_CLAUSE = frozenset(
    (TokenClass.COMPLEMENTIZER, TokenClass.COORDINATOR, TokenClass.PUNCTUATION, TokenClass.SUBORDINATOR)
)
_NOUN_PHRASE_WORDS = frozenset((TokenClass.ADVERB, TokenClass.NAME, TokenClass.WORD))
_DATE_CLASSES = frozenset((TokenClass.NUMBER, TokenClass.TIME))


class Hedge(NamedTuple):
    """A hedge word at a token, how firm it leaves the content, and what kind of word it is."""

    at: int
    certainty: str
    """``probable`` or ``possible``."""
    kind: str
    """modal, adverb, rumour, forecast, condition, or expletive ("it is possible that")."""


class Hedges:
    """The hedges of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._lists = lists
        self._modals = lists["hedges.modals"]
        self._rumour = lists["adverbs.rumour"]
        self._possible = lists["adverbs.possible"]
        self._probable = lists["adverbs.probable"]
        self._forecast = lists["hedges.forecast"]
        self._conditions = lists["hedges.conditions"]
        self._inverted = lists["hedges.inverted_conditions"]
        self._expletive = lists["hedges.expletive"]
        self._inference = lists["hedges.inference"]
        self._future = lists["hedges.future"]
        self._hypothetical = lists["hedges.hypothetical"]
        self._resulting = lists["hedges.resulting"]
        self._cannot = lists["hedges.cannot"]
        self._ruled_endings = tuple(lists["hedges.ruled_endings"])
        self._phrases = _by_last_word(lists["hedges.phrases"])
        self._verb_second = bool(lists["words.verb_second"])
        self._that = lists["words.complementizers"]
        self._comma_before_content = bool(lists["words.comma_before_content"])
        self._words = frozenset().union(
            self._modals,
            self._rumour,
            self._possible,
            self._probable,
            self._forecast,
            self._conditions,
            self._inverted,
            self._expletive,
            self._inference,
            self._hypothetical,
            self._resulting,
            self._cannot,
            self._phrases,
        )

    def within(self, part: Range) -> Iterator[Hedge]:
        """The hedges in a part of the text, in order."""
        for at in range(*part):
            if self._forms[at] in self._words and (hedge := self._hedge(at, part)):
                yield hedge

    def is_future(self, part: Range) -> bool:
        """Whether a part speaks of what is to come."""
        return any(self._forms[at] in self._future for at in range(*part))

    def is_scheduled(self, part: Range) -> bool:
        """Whether a date stands with a future: "will open on 3 May"."""
        return any(
            self._classes[at] in _DATE_CLASSES and self._forms[at - 1] in self._lists["hedges.on_dates"]
            for at in range(part[0] + 1, part[1])
        )

    def _hedge(self, at: int, part: Range) -> Hedge | None:
        form = self._forms[at]
        if self._is_talked_about(at) or self._is_asked(at):
            return None
        if form in self._phrases and self._ends_phrase(at, part[0]):
            return Hedge(at, "probable", "adverb")
        if form in self._expletive and self._leads_to_that(at, part[1]):
            return Hedge(at, "possible", "expletive")
        if form in self._modals and self._classes[at] is TokenClass.MODAL:
            return Hedge(at, "possible", "modal") if self._is_possibility(at) else None
        if form in self._rumour and not self._only_describes(at):
            return Hedge(at, "possible", "rumour")
        if form in self._forecast and self._is_forecast(at, part):
            return Hedge(at, "probable", "forecast")
        if form in self._possible:
            return Hedge(at, "possible", "adverb")
        if form in self._hypothetical and self._is_hypothetical(at, part):
            return Hedge(at, "possible", "modal")
        if form in self._probable and (self._explains(at) or not self._only_describes(at)):
            return Hedge(at, "probable", "adverb")
        if (form in self._conditions or self._is_inverted(at, part)) and self._has_consequence(at, part):
            return Hedge(at, "possible", "condition")
        if self._is_inference(at, form):
            return Hedge(at, "probable", "modal")
        return None

    def _is_inference(self, at: int, form: str) -> bool:
        """As in "must have known", "must be hiding", "cannot be right", "should be there by now"."""
        behind = self._behind(at)
        if form in self._inference and behind == "be":
            gerund = tuple(self._lists["endings.gerund"])
            return bool(gerund) and self._follows_be(at).endswith(gerund)
        if form in self._inference or form in self._cannot:
            if behind == "have":
                return True
            return form in self._cannot and behind == "be" and self._follows_be(at) in self._lists["hedges.truths"]
        return form in self._resulting and behind == "be" and self._follows_be(at) in self._lists["hedges.results"]

    def _follows_be(self, at: int) -> str:
        """The word behind the "be" that follows a modal."""
        place = next(place for place in range(at + 1, len(self._forms)) if self._forms[place] == "be")
        return self._behind(place)

    def _ends_phrase(self, at: int, low: int) -> bool:
        """Whether a phrase such as "in all likelihood" ends here."""
        return any(
            at + 1 - len(words) >= low and tuple(self._forms[at + 1 - len(words) : at + 1]) == words
            for words in self._phrases[self._forms[at]]
        )

    def _is_asked(self, at: int) -> bool:
        """Whether the word stands in an indirect question: "wondered what might have happened"."""
        low = self._tokens.sentences[self._tokens.sentence_of[at]][0]
        for place in range(at - 1, max(low, at - _REACH_OF_QUESTION), -1):
            if self._classes[place] is TokenClass.PUNCTUATION:
                return False
            if self._forms[place] in self._lists["hedges.asking"]:
                # "In what may be the largest strike" asks nothing.
                return self._classes[place - 1] is not TokenClass.PREPOSITION
        return False

    def _is_hypothetical(self, at: int, part: Range) -> bool:
        """As in "would have saved lives", "a ban would ruin them", "without it the theatre would close"."""
        lists = self._lists
        behind = self._behind(at)
        if behind == "have":
            return True
        first = next(
            (place for place in range(*part) if self._classes[place] not in MARKS),
            at,
        )
        if first != self._start_of_sentence(first) or not lists["hedges.habits"].isdisjoint(self._forms[slice(*part)]):
            return False
        if self._forms[first] in lists["hedges.lacking"]:
            return True
        between = set(self._classes[first + 1 : at])
        indefinite = self._forms[first] in lists["hedges.imagined"] or self._forms[first].endswith(
            tuple(lists["endings.gerund"])
        )
        return (
            indefinite
            and len(between) <= _REACH_OF_SUBJECT
            and not set(between)
            & {TokenClass.PUNCTUATION, TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.QUESTION_WORD}
        )

    def _start_of_sentence(self, at: int) -> int:
        low = self._tokens.sentences[self._tokens.sentence_of[at]][0]
        while low < at and self._classes[low] in MARKS:
            low += 1
        return low

    def _is_talked_about(self, at: int) -> bool:
        """Whether the word stands in quotation marks, almost alone."""
        number = self._tokens.quoted[at]
        if number == -1:
            return False
        quotation = self._tokens.quotations[number]
        if quotation.speech:
            return False
        # Capitals: the title of a book or of a song.
        titled = at > quotation.start + 1 and self._tokens.is_capital(at)
        return titled or quotation.end - quotation.start <= _WORD_TALKED_ABOUT

    def _behind(self, at: int) -> str:
        """The word behind, past adverbs and negations."""
        at += 1
        while at < len(self._forms) and self._classes[at] in VERB_MODIFIERS:
            at += 1
        return self._forms[at] if at < len(self._forms) else ""

    def _leads_to_that(self, at: int, high: int) -> bool:
        """As in "it is possible that", "rumours are spreading that", "chances are that"."""
        for place in range(at + 1, min(high, at + _REACH_OF_NOUN)):
            if self._forms[place] in self._that:
                return True
            if self._classes[place] is TokenClass.PUNCTUATION and not self._comma_before_content:
                break
        first = self._start_of_sentence(at)
        return (
            self._forms[first] in self._lists["words.expletives"]
            and self._forms[at] in self._lists["hedges.odds"]
            and at + 2 < high
            and self._forms[at + 1] in self._lists["words.of"]
        )

    # --- modals ---

    def _is_possibility(self, at: int) -> bool:
        form, behind = self._forms[at], self._behind(at)
        low, high = self._tokens.sentences[self._tokens.sentence_of[at]]
        if not self._verb_second and (at == low or self._classes[min(at + 1, high - 1)] in _QUESTION_SUBJECTS):
            # A question or a wish.
            return False
        if self._classes[at - 1] in _BEFORE_NOUN or self._is_surname(at) or self._is_noun(at):
            return False
        if form in self._lists["hedges.with_infinitive"]:
            return self._stands_with_infinitive(at, high)
        if form in self._lists["hedges.able"]:
            return not self._is_past_ability(at, behind, (low, high))
        if form in self._lists["hedges.permitting"]:
            return not self._is_permission(at, behind, (low, high))
        return True

    def _stands_with_infinitive(self, at: int, high: int) -> bool:
        """As in "soll geflohen sein", "muss geschlafen haben"; a duty is not told of what is over."""
        lists, forms, classes = self._lists, self._forms, self._classes
        end = next((place for place in range(at + 1, high) if classes[place] is TokenClass.PUNCTUATION), high) - 1
        if end <= at + 1 or forms[end] not in lists["hedges.infinitives"]:
            return False
        if forms[at] in lists["hedges.duties"] and forms[end] not in lists["words.have"]:
            # "Muss versichert sein" is a duty, "muss versichert gewesen sein" is none.
            return forms[end - 1] in lists["hedges.been"]
        return forms[end - 1].endswith(tuple(lists["endings.participle"]))

    def _is_surname(self, at: int) -> bool:
        """As in "Mrs Might"."""
        before = at - 2 if self._forms[at - 1] == "." else at - 1
        return self._tokens.is_capital(at) and self._forms[max(0, before)] in self._lists["sources.courtesy"]

    def _is_noun(self, at: int) -> bool:
        """As in "its military might rested on"; no base form of a verb follows."""
        if self._forms[at] not in self._lists["hedges.also_nouns"] or at + 1 >= len(self._forms):
            return False
        behind = at + 1
        if self._classes[behind] is TokenClass.WORD:
            past = self._forms[behind].endswith(tuple(self._lists["endings.past"]))
            return past and self._forms[behind] not in self._lists["words.nouns_ending_ed"]
        return self._classes[behind] is TokenClass.PREPOSITION or self._forms[behind] in self._lists["words.past"]

    def _is_past_ability(self, at: int, behind: str, sentence: Range) -> bool:
        lists, forms, classes = self._lists, self._forms, self._classes
        if behind == "have":
            return False
        # "all he could to save it", "nobody could say"
        if at + 1 < sentence[1] and forms[at + 1] in lists["words.infinitive"]:
            return True
        if forms[at - 1] in lists["hedges.nobody"] or (
            behind in lists["hedges.doing"] and not lists["hedges.nothing"].isdisjoint(forms[at + 1 : at + 4])
        ):
            return True
        if behind in lists["hedges.abilities"]:
            return True
        if behind == "be":
            return forms[min(at + 2, sentence[1] - 1)] in lists["hedges.perceived"]
        others = forms[sentence[0] : sentence[1]]
        if not self._conditions.isdisjoint(others) or not lists["hedges.to_come"].isdisjoint(others):
            return False
        if forms[at].endswith("n't") or (at + 1 < sentence[1] and classes[at + 1] is TokenClass.NEGATION):
            return True
        if behind in lists["hedges.permitted"] and self._has_ruled_subject(at, sentence[0]):
            return True
        if behind in lists["hedges.skills"] or forms[at - 1] in lists["hedges.already"]:
            return True
        if at + 1 < sentence[1] and forms[at + 1] in lists["hedges.already"]:
            return True
        # "so that he could", "did what he could"
        if not lists["hedges.purpose"].isdisjoint(forms[max(sentence[0], at - 6) : at]):
            return True
        if at + 1 >= sentence[1] or classes[at + 1] is TokenClass.PUNCTUATION:
            return True
        if not lists["hedges.past_signs"].isdisjoint(others) or self._names_past_year(sentence):
            return True
        whole = " ".join(others)
        if any(phrase in whole for phrase in lists["hedges.past_phrases"]):
            return True
        weak = classes[at - 1] is TokenClass.PRONOUN and not lists["hedges.weak_past_signs"].isdisjoint(others)
        return weak or self._has_past_clause(sentence)

    def _names_past_year(self, sentence: Range) -> bool:
        return any(_PAST_YEAR.fullmatch(self._forms[at]) for at in range(*sentence))

    def _has_past_clause(self, sentence: Range) -> bool:
        """As in "before help came": a subordinate clause in the past."""
        forms = self._forms
        return any(
            forms[at] in self._lists["hedges.before_past"]
            and any(
                forms[place] in self._lists["hedges.past_forms"]
                or (self._classes[place] is TokenClass.WORD and forms[place].endswith("ed"))
                for place in range(at + 1, min(sentence[1], at + _REACH_OF_PAST))
            )
            for at in range(*sentence)
        )

    def _is_permission(self, at: int, behind: str, sentence: Range) -> bool:
        """As in "visitors may enter": somebody whom rules are made for, and what one has to be allowed."""
        if self._is_by_rule(sentence):
            return True
        if at + 1 < sentence[1] and self._forms[at + 1] in self._lists["hedges.from_now"]:
            return behind in self._lists["hedges.permitted"]
        if behind == "be":
            tail = self._forms[at + 1 : at + 5]
            restricted = self._classes[at + 1] is TokenClass.NEGATION or not self._lists["hedges.only"].isdisjoint(tail)
            passive = not self._lists["hedges.permitted_passive"].isdisjoint(tail)
            return passive and (restricted or self._is_bare_plural(at, sentence[0]))
        if behind not in self._lists["hedges.permitted"]:
            return False
        others = self._forms[sentence[0] : sentence[1]]
        return not self._lists["hedges.permission_signs"].isdisjoint(others) or self._has_ruled_subject(at, sentence[0])

    def _is_by_rule(self, sentence: Range) -> bool:
        """As in "under the rules", "by law"."""
        forms, lists = self._forms, self._lists
        return any(
            forms[at] in lists["hedges.by_rule"]
            and not lists["hedges.rules"].isdisjoint(forms[at + 1 : min(at + 4, sentence[1])])
            for at in range(*sentence)
        )

    def _has_ruled_subject(self, at: int, low: int) -> bool:
        """Whether the modal has a subject that rules are made for: "visitors", "cyclists over sixteen"."""
        before = self._forms[max(low, at - 5) : at]
        if not self._lists["hedges.ruled"].isdisjoint(before):
            return True
        return self._is_bare_plural(at, low) and self._forms[at - 1].endswith(self._ruled_endings)

    def _is_bare_plural(self, at: int, low: int) -> bool:
        """Whether a plural without determiner or name stands right before the modal: "dogs may"."""
        before = at - 1
        if before < low or self._classes[before] not in CONTENT_WORDS:
            return False
        plural = self._forms[before].endswith(tuple(self._lists["endings.plural"]))
        return plural and (before == low or self._classes[before - 1] in _BEFORE_CLAUSE)

    # --- the others ---

    def _only_describes(self, at: int) -> bool:
        """As in "the allegedly stolen funds", "supposedly safe toys": the adverb stands inside a noun phrase."""
        if at + 2 >= len(self._forms):
            return False
        if self._start_of_sentence(at) == at and not self._verb_second:
            plural = tuple(self._lists["endings.plural"])
            return set(self._classes[at + 1 : at + 3]) == {TokenClass.WORD} and not self._forms[at + 1].endswith(plural)
        before, graded = at - 1, False
        while before > 0 and self._forms[before] in self._lists["hedges.degrees"]:
            before, graded = before - 1, True
        return self._classes[before] is TokenClass.DETERMINER and (
            graded or self._classes[at + 1] in _NOUN_PHRASE_WORDS
        )

    def _explains(self, at: int) -> bool:
        """As in "the likely cause was"."""
        return (
            at + 2 < len(self._forms)
            and self._forms[at + 1] in self._lists["hedges.explanations"]
            and self._forms[at + 2] in self._lists["words.be"]
        )

    def _is_forecast(self, at: int, part: Range) -> bool:
        """As in "is likely to", "are poised to"; not one with its date."""
        forms = self._forms
        if at + 1 >= len(forms):
            return False
        # "is estimated at"
        reckoned = forms[at] in self._lists["hedges.reckoned"] and forms[at + 1] in self._lists["hedges.reckoned_at"]
        if forms[at + 1] not in self._lists["words.infinitive"] and not reckoned:
            return False
        governed = any(
            self._classes[place] is TokenClass.AUXILIARY or self._forms[place] in self._lists["hedges.governing"]
            for place in range(max(0, at - 4), at)
        )
        return governed and not (self.is_scheduled((at, part[1])) or self._is_refuted(at, part))

    def _is_refuted(self, at: int, part: Range) -> bool:
        """As in "was expected to be long, but it was short"."""
        return self._forms[at - 1] in self._lists["words.past"] and self.is_contrasted((at + 1, part[1]))

    def is_contrasted(self, part: Range) -> bool:
        """Whether another statement follows with "but": behind a comma, or with a verb of its own in the past."""
        forms, lists = self._forms, self._lists
        past = tuple(lists["endings.past"])
        return any(
            forms[at] in lists["hedges.contrasts"]
            and (
                forms[at - 1] == ","
                or forms[at + 1] in lists["words.past"]
                or forms[at + 1] in lists["hedges.past_forms"]
                or (self._classes[at + 1] is TokenClass.WORD and forms[at + 1].endswith(past))
            )
            for at in range(part[0], part[1] - 1)
        )

    def _is_inverted(self, at: int, part: Range) -> bool:
        """As in "should the levee break, thousands would flee"."""
        return self._forms[at] in self._inverted and at == part[0] and "," in self._forms[at : part[1]]

    def _has_consequence(self, at: int, part: Range) -> bool:
        """Whether what depends on a condition is still open: it has "will" or a modal."""
        if at > part[0] and self._forms[at - 1] in self._lists["hedges.no_condition"]:
            return False
        return any(
            self._forms[place] in self._future
            or self._forms[place] in self._modals
            or self._forms[place] in self._hypothetical
            for place in range(part[0], part[1])
            if place != at
        )


def _by_last_word(phrases: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        found.setdefault(words[-1], []).append(words)
    return found
