"""Which contents can turn out true or false, which of them are left open, and which sentences are plain statements."""

from collections.abc import Callable
from typing import ClassVar

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.hedges import Hedges
from annotator.nlp.rules.source_mentions import SourceDescription
from annotator.nlp.rules.tokens import AUXILIARIES, MARKS, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import union_of

_MAX_OPINION_TOKENS = 12
_MAX_TOKENS_TO_OPINION_WORD = 5
"""Tokens from "is" to the word that shows an opinion: "is a complete disgrace"."""
_MIN_STATEMENT_TOKENS = 5
"""Tokens of the shortest plain statement, with its stop."""
_SPEECH_KINDS = ("say", "tell", "ask")
"""A negation before a cue of these kinds means that the content was not said: "did not say that"."""
_WORD = TokenClass.WORD
_DECIDING_KINDS = ("organisation", "individual", "official")
_DECIDING_FORMS = ("named", "pronoun")


class Propositions:
    """The decisions of the guideline on the contents and sentences of one text. Ranges are token numbers.

    The docstring of an exclusion or of a sign of doubt is a sentence to which it applies.
    """

    def __init__(self, tokens: Tokens, hedges: Hedges) -> None:
        self._tokens = tokens
        self._hedges = hedges
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = self._lists = tokens.lists
        self._verbal = tuple(union_of(lists, "endings.past", "endings.third_person"))

    # --- contents ---

    def is_proposition(self, attribution: Attribution, source: SourceDescription) -> bool:
        """Return whether the source said the content, and the content can turn out true or false."""
        if not self._is_said(attribution) or self._is_refuted(attribution):
            return False
        if attribution.rule in ("taken up", "done by"):
            return self._has_propositional_object(attribution)
        if attribution.rule in ("asked", "no comment"):
            return False
        is_order = attribution.rule == "meant to" and attribution.kind == "decree"
        if is_order and source.kind not in ("official", "organisation"):
            # "The coach ordered them to run"
            return False
        return not any(is_excluded(self, attribution) for is_excluded in self._EXCLUSIONS)

    def is_open(self, attribution: Attribution, source: SourceDescription) -> bool:
        """Return whether the cue, the source or a forecast leaves the content open."""
        return any(has_sign(self, attribution, source) for has_sign in self._SIGNS_OF_DOUBT)

    def _is_said(self, attribution: Attribution) -> bool:
        """Return whether the source said it: not "may say", "reportedly said", "did not say", "if she says"."""
        if self._is_conditional(attribution):
            return False
        if TokenClass.MODAL in self._classes[slice(*attribution.cue)] or self._holds(attribution.cue, "adverbs.rumour"):
            return False
        return attribution.kind not in _SPEECH_KINDS or not self._holds(attribution.cue, "words.negations")

    def _is_conditional(self, attribution: Attribution) -> bool:
        """Return whether the cue is a condition: "if the union rejects the offer"."""
        low = self._tokens.sentences[self._tokens.sentence_of[attribution.cue[0]]][0]
        return self._forms[low] in self._lists["hedges.conditions"] and not any(
            self._classes[at] in MARKS for at in range(low, attribution.cue[0])
        )

    def _is_refuted(self, attribution: Attribution) -> bool:
        """Return whether an expectation was wrong: "was expected to be long, but it was short"."""
        if attribution.rule != "believed" or not self._holds(attribution.cue, "words.past"):
            return False
        end = self._tokens.sentences[self._tokens.sentence_of[attribution.cue[0]]][1]
        return self._hedges.is_contrasted((attribution.cue[1], end))

    def _has_propositional_object(self, attribution: Attribution) -> bool:
        """Return whether the object of a cue is a proposition: "denied the charge", "accused of fraud"."""
        if attribution.kind in ("think", "deny") or self._is_inference_from_evidence(attribution):
            return True
        return attribution.kind == "judge" and self._forms[attribution.cue[1] - 1] in self._lists["words.accused_of"]

    def _holds(self, part: Range, name: str) -> bool:
        """Return whether a word of the word list ``name`` is among the tokens of ``part``."""
        return not self._lists[name].isdisjoint(self._forms[slice(*part)])

    # --- exclusions ---

    def _content_start(self, attribution: Attribution) -> int:
        """Return the first token of the content, without an opening quotation mark."""
        first = attribution.contents[0][0]
        return first + (self._classes[first] is TokenClass.QUOTE)

    def _last_word(self, attribution: Attribution) -> int:
        """Return the last token of the content, without closing quotation marks."""
        first, last = attribution.contents[0][0], attribution.contents[-1][1] - 1
        while last > first and self._classes[last] is TokenClass.QUOTE:
            last -= 1
        return last

    def _is_question(self, attribution: Attribution) -> bool:
        """Return whether it is a question, as in "“Is the bridge safe?” she said"."""
        last = self._last_word(attribution)
        return self._forms[last] == "?" or self._forms[min(last + 1, len(self._forms) - 1)] == "?"

    def _is_indirect_question(self, attribution: Attribution) -> bool:
        """Return whether it is an indirect question, as in "She said whether the bridge was safe"."""
        return self._forms[attribution.contents[0][0]] in self._lists["words.whether"]

    def _is_empty_or_request(self, attribution: Attribution) -> bool:
        """Return whether it is a request, as in "“Would you sit down,” she said", or has no words."""
        start, last = self._content_start(attribution), self._last_word(attribution)
        return start > last or (
            self._classes[start] is TokenClass.MODAL and self._classes[min(start + 1, last)] is TokenClass.PRONOUN
        )

    def _is_greeting_or_opinion(self, attribution: Attribution) -> bool:
        """Return whether it is a greeting or an opinion, as in "“Thank you all,” she said"."""
        is_greeting = self._forms[self._content_start(attribution)] in self._lists["opinions.greetings"]
        return is_greeting or self._is_opinion(attribution.contents[0])

    def _is_opinion(self, content: Range) -> bool:
        """Return whether a content is short and only an opinion: "It is a disgrace"."""
        if content[1] - content[0] > _MAX_OPINION_TOKENS:
            return False
        be, words, genitive = self._lists["words.be"], self._lists["opinions.words"], TokenClass.GENITIVE
        for at in range(content[0], content[1] - 1):
            if self._forms[at] in be or self._classes[at] is genitive:
                end = min(content[1], at + _MAX_TOKENS_TO_OPINION_WORD)
                return any(self._forms[place] in words for place in range(at + 1, end))
        return False

    _EXCLUSIONS: ClassVar[tuple["Callable[[Propositions, Attribution], bool]", ...]] = (
        _is_question,
        _is_indirect_question,
        _is_empty_or_request,
        _is_greeting_or_opinion,
    )
    """A content to which one of these applies is no proposition."""

    # --- signs of doubt ---

    def _has_open_cue(self, attribution: Attribution, _source: SourceDescription) -> bool:
        """Return whether the cue leaves open if it is true: "She speculated that C", "Evidence points to a leak"."""
        return self._holds(attribution.cue, "hedges.open_cues") or self._is_inference_from_evidence(attribution)

    def _is_hearsay(self, attribution: Attribution, _source: SourceDescription) -> bool:
        """Return whether it is hearsay, as in "Rumours say that the bridge is unsafe"."""
        return attribution.source is not None and self._holds(attribution.source, "sources.hearsay")

    def _has_vague_source(self, _attribution: Attribution, source: SourceDescription) -> bool:
        """Return whether its source is vague, as in "Some say that the bridge is unsafe"."""
        return source.form == "collective" and source.name.lower() in self._lists["sources.vague"]

    def _is_belief(self, attribution: Attribution, _source: SourceDescription) -> bool:
        """Return whether it is a belief, as in "She thinks that the bridge is safe"; not "She knows that"."""
        return attribution.kind == "think" and not self._holds(attribution.cue, "hedges.factive")

    def _is_forecast_by_others(self, attribution: Attribution, source: SourceDescription) -> bool:
        """Return whether it is a forecast: "Analysts said that prices would rise"; not "The nurse said she would call",
        which the nurse decides.
        """
        if self._forms[attribution.contents[0][0]] in self._lists["hedges.speaker"]:
            return False
        if source.kind in _DECIDING_KINDS or source.form in _DECIDING_FORMS:
            return False
        contents = attribution.contents
        if not any(self._hedges.is_future(content) for content in contents):
            return False
        return source.kind == "expert" or not any(self._hedges.is_scheduled(content) for content in contents)

    _SIGNS_OF_DOUBT: ClassVar[tuple["Callable[[Propositions, Attribution, SourceDescription], bool]", ...]] = (
        _has_open_cue,
        _is_hearsay,
        _has_vague_source,
        _is_belief,
        _is_forecast_by_others,
    )
    """An attribution to which one of these applies leaves its content open."""

    def _is_inference_from_evidence(self, attribution: Attribution) -> bool:
        """Return whether evidence, not a person, is the source: "the evidence points to a leak"."""
        return (
            attribution.source is not None
            and self._holds(attribution.cue, "hedges.pointing")
            and self._holds(attribution.source, "hedges.traces")
        )

    # --- sentences ---

    def is_direct_question(self, low: int, high: int) -> bool:
        """Return whether the sentence ``[low, high)`` ends with a question mark."""
        return "?" in self._forms[high - 2 : high]

    def is_statement(self, low: int, high: int) -> bool:
        """Return whether the sentence ``[low, high)`` can be verified: it has a stop and a finite verb."""
        if high - low < _MIN_STATEMENT_TOKENS or self._forms[high - 1] != ".":
            return False
        if not self._asserts(low, high) or self._is_opinion((low, high - 1)):
            return False
        classes, forms = self._classes, self._forms
        return any(
            classes[at] in AUXILIARIES or (classes[at] is _WORD and forms[at].endswith(self._verbal))
            for at in range(low + 1, high)
        )

    def _asserts(self, low: int, high: int) -> bool:
        """Return whether a sentence says something: not "she did not comment", "readers should", "good morning"."""
        sentence = (low, high)
        is_silence = self._holds(sentence, "phrases.no_comment") and self._holds(sentence, "words.negations")
        return not (
            is_silence
            or self._holds(sentence, "hedges.advice")
            or self._leaves_question(low, high)
            or self._forms[low] in self._lists["opinions.greetings"]
        )

    def _leaves_question(self, low: int, high: int) -> bool:
        """Return whether a sentence leaves a question open: "it is unclear whether"."""
        undecided, whether = self._lists["phrases.undecided"], self._lists["words.whether"]
        return any(
            self._forms[at] in undecided and not whether.isdisjoint(self._forms[at + 1 : min(at + 3, high)])
            for at in range(low, high)
        )
