"""Senses of modal verbs: whether "may", "could" and the like leave a content open.

An ability in the past ("he could swim"), a permission ("visitors may enter") and a name ("Mrs Might") are no
possibilities.
"""

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from annotator.nlp.rules.tokens import CONTENT_WORDS, VERB_MODIFIERS, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import union_of

_PAST_YEAR = re.compile(r"1\d{3}|20[01]\d")
_MAX_TOKENS_TO_PAST_VERB = 7
_MAX_TOKENS_FROM_PURPOSE = 6
_QUESTION_SUBJECTS = frozenset((TokenClass.DETERMINER, TokenClass.PRONOUN))
_BEFORE_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE))
_BEFORE_CLAUSE = frozenset(
    (TokenClass.PUNCTUATION, TokenClass.SUBORDINATOR, TokenClass.COORDINATOR, TokenClass.COMPLEMENTIZER)
)


class _Modal(NamedTuple):
    """A modal verb in its sentence; positions are token numbers."""

    at: int
    verb: str
    """The word after it, without adverbs and negations."""
    sentence: Range
    words: Sequence[str]
    """Of the whole sentence, in lower case."""

    @property
    def is_last(self) -> bool:
        """Whether the modal ends the sentence."""
        return self.at + 1 >= self.sentence[1]


class ModalSenses:
    """The senses of the modal verbs of one text.

    The docstring of a sign of ability is a sentence that has this sign.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = self._lists = tokens.lists
        self._verb_second = bool(lists["words.verb_second"])
        self._open_words = union_of(lists, "hedges.conditions", "hedges.to_come")
        self._past = tuple(lists["endings.past"])
        self._plural = tuple(lists["endings.plural"])
        self._participle = tuple(lists["endings.participle"])
        self._ruled_endings = tuple(lists["hedges.ruled_endings"])

    def next_word(self, at: int) -> str:
        """Return the word after token ``at``, without adverbs and negations; empty at the end of the text."""
        at += 1
        while at < len(self._forms) and self._classes[at] in VERB_MODIFIERS:
            at += 1
        return self._forms[at] if at < len(self._forms) else ""

    def is_possibility(self, at: int) -> bool:
        """Return whether the modal at ``at`` states a possibility, and so leaves its sentence open."""
        low, high = sentence = self._tokens.sentences[self._tokens.sentence_of[at]]
        if not self._verb_second and (at == low or self._classes[min(at + 1, high - 1)] in _QUESTION_SUBJECTS):
            # A question or a wish: "Could you help?"
            return False
        if self._classes[at - 1] in _BEFORE_NOUN or self._is_surname(at) or self._is_noun(at):
            return False
        form, lists = self._forms[at], self._lists
        if form in lists["hedges.with_infinitive"]:
            return self._has_past_infinitive(at, high)
        modal = _Modal(at, self.next_word(at), sentence, self._forms[low:high])
        if form in lists["hedges.able"]:
            return not self._is_past_ability(modal)
        if form in lists["hedges.permitting"]:
            return not self._is_permission(modal)
        return True

    def _is_surname(self, at: int) -> bool:
        """Return whether a courtesy title stands before it, as in "Mrs Might"."""
        before = at - 2 if self._forms[at - 1] == "." else at - 1
        return self._tokens.is_capital(at) and self._forms[max(0, before)] in self._lists["sources.courtesy"]

    def _is_noun(self, at: int) -> bool:
        """Return whether no base form of a verb follows, as in "its military might rested on"."""
        if self._forms[at] not in self._lists["hedges.also_nouns"] or at + 1 >= len(self._forms):
            return False
        form, word_class = self._forms[at + 1], self._classes[at + 1]
        if word_class is TokenClass.WORD:
            return form.endswith(self._past) and form not in self._lists["words.nouns_ending_ed"]
        return word_class is TokenClass.PREPOSITION or form in self._lists["words.past"]

    def _has_past_infinitive(self, at: int, high: int) -> bool:
        """Return whether an infinitive of the past ends the clause, as in German "soll geflohen sein".

        A duty cannot be about the past: "muss geschlafen haben" is a guess, "muss schlafen" is a duty.
        """
        lists, forms = self._lists, self._forms
        marks = (place for place in range(at + 1, high) if self._classes[place] is TokenClass.PUNCTUATION)
        last = next(marks, high) - 1
        if last <= at + 1 or forms[last] not in lists["hedges.infinitives"]:
            return False
        if forms[at] in lists["hedges.duties"] and forms[last] not in lists["words.have"]:
            # "Muss versichert sein" is a duty, "muss versichert gewesen sein" is a guess.
            return forms[last - 1] in lists["hedges.been"]
        return forms[last - 1].endswith(self._participle)

    # --- ability in the past ---

    def _is_past_ability(self, modal: _Modal) -> bool:
        """Return whether "could" means that somebody was able to, as in "he could swim when he was four"."""
        if modal.verb == "have":
            return False
        if self._is_ability_by_pattern(modal):
            return True
        if modal.verb == "be":
            # "Smoke could be seen"
            participle = self._forms[min(modal.at + 2, modal.sentence[1] - 1)]
            return participle in self._lists["hedges.perceived"]
        if not self._open_words.isdisjoint(modal.words):
            return False
        return any(has_sign(self, modal) for has_sign in self._ABILITY_SIGNS)

    def _is_ability_by_pattern(self, modal: _Modal) -> bool:
        """Return whether one of the fixed patterns shows an ability.

        He did all he could to save it. Nobody could say. They could do nothing. She could hear it.
        """
        lists, at = self._lists, modal.at
        return (
            (not modal.is_last and self._forms[at + 1] in lists["words.infinitive"])
            or self._forms[at - 1] in lists["hedges.nobody"]
            or (
                modal.verb in lists["hedges.doing"]
                and not lists["hedges.nothing"].isdisjoint(self._forms[at + 1 : at + 4])
            )
            or modal.verb in lists["hedges.abilities"]
        )

    def _is_negated(self, modal: _Modal) -> bool:
        """Return whether it is negated, as in "He couldn't open the door"."""
        return self._forms[modal.at].endswith("n't") or (
            not modal.is_last and self._classes[modal.at + 1] is TokenClass.NEGATION
        )

    def _is_allowed(self, modal: _Modal) -> bool:
        """Return whether it is permission, as in "Visitors could enter"."""
        return modal.verb in self._lists["hedges.permitted"] and self._has_ruled_subject(modal.at, modal.sentence[0])

    def _is_skill(self, modal: _Modal) -> bool:
        """Return whether it is a skill, as in "He could speak French", "He could already walk"."""
        return (
            modal.verb in self._lists["hedges.skills"]
            or self._forms[modal.at - 1] in self._lists["hedges.already"]
            or (not modal.is_last and self._forms[modal.at + 1] in self._lists["hedges.already"])
        )

    def _has_purpose(self, modal: _Modal) -> bool:
        """Return whether it states a purpose, as in "He left so that he could sleep"."""
        before = self._forms[max(modal.sentence[0], modal.at - _MAX_TOKENS_FROM_PURPOSE) : modal.at]
        return not self._lists["hedges.purpose"].isdisjoint(before)

    def _ends_clause(self, modal: _Modal) -> bool:
        """Return whether it ends a clause, as in "He ran as fast as he could"."""
        return modal.is_last or self._classes[modal.at + 1] is TokenClass.PUNCTUATION

    def _is_in_past(self, modal: _Modal) -> bool:
        """Return whether the sentence is about the past, as in "The mill could grind ten sacks in 1893"."""
        lists, words = self._lists, modal.words
        if not lists["hedges.past_signs"].isdisjoint(words) or any(map(_PAST_YEAR.fullmatch, words)):
            return True
        whole = " ".join(words)
        if any(phrase in whole for phrase in lists["hedges.past_phrases"]):
            return True
        follows_pronoun = self._classes[modal.at - 1] is TokenClass.PRONOUN
        if follows_pronoun and not lists["hedges.weak_past_signs"].isdisjoint(words):
            return True
        return self._has_past_clause(modal.sentence)

    def _has_past_clause(self, sentence: Range) -> bool:
        """Return whether a subordinate clause is in the past, as in "before help came"."""
        forms = self._forms
        return any(
            forms[at] in self._lists["hedges.before_past"]
            and any(
                forms[place] in self._lists["hedges.past_forms"]
                or (self._classes[place] is TokenClass.WORD and forms[place].endswith("ed"))
                for place in range(at + 1, min(sentence[1], at + _MAX_TOKENS_TO_PAST_VERB))
            )
            for at in range(*sentence)
        )

    _ABILITY_SIGNS: ClassVar[tuple["Callable[[ModalSenses, _Modal], bool]", ...]] = (
        _is_negated,
        _is_allowed,
        _is_skill,
        _has_purpose,
        _ends_clause,
        _is_in_past,
    )
    """One of these is enough for an ability in the past."""

    # --- permission ---

    def _is_permission(self, modal: _Modal) -> bool:
        """Return whether "may" grants a permission, as in "visitors may enter", "only dogs may be walked"."""
        at, lists = modal.at, self._lists
        if self._is_by_rule(modal.sentence):
            return True
        if not modal.is_last and self._forms[at + 1] in lists["hedges.from_now"]:
            return modal.verb in lists["hedges.permitted"]
        if modal.verb == "be":
            following = self._forms[at + 1 : at + 5]
            is_restricted = self._classes[at + 1] is TokenClass.NEGATION or not lists["hedges.only"].isdisjoint(
                following
            )
            is_permitted_passive = not lists["hedges.permitted_passive"].isdisjoint(following)
            return is_permitted_passive and (is_restricted or self._follows_bare_plural(at, modal.sentence[0]))
        if modal.verb not in lists["hedges.permitted"]:
            return False
        return not lists["hedges.permission_signs"].isdisjoint(modal.words) or self._has_ruled_subject(
            at, modal.sentence[0]
        )

    def _is_by_rule(self, sentence: Range) -> bool:
        """Return whether a rule is named, as in "under the rules", "by law"."""
        forms, lists = self._forms, self._lists
        return any(
            forms[at] in lists["hedges.by_rule"]
            and not lists["hedges.rules"].isdisjoint(forms[at + 1 : min(at + 4, sentence[1])])
            for at in range(*sentence)
        )

    def _has_ruled_subject(self, at: int, low: int) -> bool:
        """Return whether rules are usually made for the subject: "visitors", "cyclists over sixteen"."""
        if not self._lists["hedges.ruled"].isdisjoint(self._forms[max(low, at - 5) : at]):
            return True
        return self._follows_bare_plural(at, low) and self._forms[at - 1].endswith(self._ruled_endings)

    def _follows_bare_plural(self, at: int, low: int) -> bool:
        """Return whether a plural without a determiner stands right before the modal: "dogs may"."""
        before = at - 1
        if before < low or self._classes[before] not in CONTENT_WORDS:
            return False
        is_plural = self._forms[before].endswith(self._plural)
        return is_plural and (before == low or self._classes[before - 1] in _BEFORE_CLAUSE)
