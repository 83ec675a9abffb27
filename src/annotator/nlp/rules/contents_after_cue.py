"""Contents after a cue verb in the active voice, by an ordered table of rules: the first that applies decides.

"She said that C", "she said: “C”", "she promised to C", "she asked whether C", "she questioned C"; C is the content.
"""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from annotator.nlp.rules.attribution_contents import ContentRanges
from annotator.nlp.rules.attributions import Contents
from annotator.nlp.rules.tokens import VERB_MODIFIERS, TokenClass, Tokens
from annotator.nlp.rules.word_lists import Cue
from annotator.nlp.rules.word_order import WordOrder

_SAYING_FRAMES = frozenset(("clause", "quote", "that"))
_QUOTING_FRAMES = frozenset(("clause", "quote"))
_KINDS_WITH_OBJECT_INFINITIVE = frozenset(("ask", "think", "want", "decree", "tell"))
_MAX_TOKENS_BEFORE_THAT = 12
_MAX_TOKENS_BEFORE_INFINITIVE = 12

_BEGINS_ADJUNCT = frozenset((TokenClass.PREPOSITION, TokenClass.TIME))
_BEFORE_LATER_THAT = frozenset((TokenClass.NAME, TokenClass.TIME, TokenClass.WORD))
_ENDS_SEARCH_FOR_THAT = frozenset((TokenClass.PUNCTUATION, TokenClass.QUOTE))
_AFTER_INFINITIVE_MARKER = frozenset((TokenClass.WORD, TokenClass.AUXILIARY, TokenClass.ADVERB))
_INFINITIVE_CLASSES = frozenset((TokenClass.WORD, TokenClass.AUXILIARY))
_OBJECT_CLASSES = frozenset(
    (
        TokenClass.WORD,
        TokenClass.NAME,
        TokenClass.DETERMINER,
        TokenClass.GENITIVE,
        TokenClass.NUMBER,
        TokenClass.PREPOSITION,
        TokenClass.COORDINATOR,
    )
)


class Match(NamedTuple):
    """The name of the rule that applies to a cue, and the contents; they may be empty."""

    rule: str
    contents: Contents


class _CuePosition(NamedTuple):
    """A cue verb with the places after it at which a content may begin; positions are token numbers."""

    cue: Cue
    start: int
    """The token after the cue and its hearer: "told reporters"."""
    after_adjuncts: int
    """The token after times and places too: "told reporters in Oslo on Friday"."""
    high: int
    """The end of the sentence."""


class ContentsAfterCue:
    """The contents after the active cue verbs of one text.

    The docstring of a rule of the table is a sentence to which it applies.
    """

    def __init__(self, tokens: Tokens, grammar: WordOrder, ranges: ContentRanges) -> None:
        self._grammar = grammar
        self._ranges = ranges
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._cues = lists.cues
        self._infinitive = lists["words.infinitive"]
        self._that = lists["words.complementizers"]
        self._whether = lists["words.whether"]
        self._relatives = lists["words.relatives"]
        self._reduced = lists["hedges.reduced"]
        self._no_comment = lists["phrases.no_comment"]
        self._has_comma_before_content = bool(lists["words.comma_before_content"])

    def find(self, at: int, cue: Cue, high: int) -> Match | None:
        """Return the rule and the contents after the cue that ends at ``at``; None where no rule finds any."""
        start = self._grammar.after_hearer(at, high) if cue.hearer else at
        if start >= high:
            return None
        after_adjuncts = start if _SAYING_FRAMES.isdisjoint(cue.frames) else self._grammar.after_adjuncts(start, high)
        position = _CuePosition(cue, start, after_adjuncts, high)
        for frames, rule in self._RULES:
            if not frames.isdisjoint(cue.frames):
                match = rule(self, position)
                if match is not None:
                    return match if match.contents else None
        return None

    # --- the rules of the table ---

    def _after_mark(self, position: _CuePosition) -> Match | None:
        """Return the content after a mark: "She said: The bridge is safe", "Sie sagte, die Brücke sei sicher"."""
        forms, mark, high = self._forms, position.after_adjuncts, position.high
        if mark + 1 >= high or forms[mark] not in (",", ":"):
            return None
        if forms[mark] == ":" or self._classes[mark + 1] is TokenClass.QUOTE:
            return Match("said behind", self._ranges.quotation_or_clause(mark + 1, high))
        begins_relative_clause = self._classes[mark - 1] is TokenClass.NAME and forms[mark + 1] in self._relatives
        if not self._has_comma_before_content or begins_relative_clause:
            return None
        has_that = forms[mark + 1] in self._that
        return Match("said behind", self._ranges.clause(mark + 1 + has_that, high))

    def _quotation(self, position: _CuePosition) -> Match | None:
        """Return the quotation after the cue, as in "She said “the bridge is safe”"."""
        at, high = position.after_adjuncts, position.high
        if at >= high or self._classes[at] is not TokenClass.QUOTE:
            return None
        return Match("said behind", self._ranges.quotation_or_clause(at, high))

    def _that_clause(self, position: _CuePosition) -> Match | None:
        """Return the clause after "that", as in "She said on Friday that the bridge was safe"."""
        at, high = position.after_adjuncts, position.high
        if at + 1 >= high or self._forms[at] not in self._that:
            return None
        return Match("said behind", self._ranges.clause(at + 1, high))

    def _later_that_clause(self, position: _CuePosition) -> Match | None:
        """Return the clause after a later "that": "She told The Times on Friday night that the bridge was safe"."""
        start, high = position.start, position.high
        for at in range(start + 1, min(high, start + _MAX_TOKENS_BEFORE_THAT)):
            if self._forms[at] in self._that:
                if self._classes[at - 1] in _BEFORE_LATER_THAT and self._classes[start] in _BEGINS_ADJUNCT:
                    return Match("said behind", self._ranges.clause(at + 1, high))
                return None
            if self._forms[at] in self._cues or self._classes[at] in _ENDS_SEARCH_FOR_THAT:
                return None
        return None

    def _bare_clause(self, position: _CuePosition) -> Match | None:
        """Return a clause without "that": "She said on Friday the bridge was safe", "She knew who had built it"."""
        high = position.high
        for at in dict.fromkeys((position.after_adjuncts, position.start)):
            if at != position.start and self._has_place_between(position.start, at):
                continue
            if position.cue.kind == "think" and self._is_plain_object(at, high):
                continue
            begins_clause = at < high and (
                (self._grammar.begins_noun(at) and self._grammar.has_verb(at, high)) or self._forms[at] in self._whether
            )
            if begins_clause:
                return Match("said behind", self._ranges.clause(at, high))
        return None

    def _infinitive_clause(self, position: _CuePosition) -> Match | None:
        """Return a clause with an infinitive: "She promised to repair it", "She wants the council to repair it"."""
        forms, at, high = self._forms, position.start, position.high
        start = at
        while start < high and self._classes[start] in VERB_MODIFIERS:
            start += 1
        if start >= high:
            return None
        if forms[start] in self._infinitive:
            if forms[at - 1] in self._reduced:
                # "A man believed to be her uncle"
                return None
            if start + 1 < high and self._classes[start + 1] in _AFTER_INFINITIVE_MARKER:
                is_refusal = position.cue.kind == "refuse" and forms[start + 1] in self._no_comment
                return self._match_if_any("no comment" if is_refusal else "meant to", self._ranges.clause(start, high))
        if position.cue.kind in _KINDS_WITH_OBJECT_INFINITIVE and self._has_object_with_infinitive(start, high):
            return self._match_if_any("meant to", self._ranges.clause(start, high))
        return None

    def _indirect_question(self, position: _CuePosition) -> Match | None:
        """Return an indirect question, as in "She asked whether the bridge was safe"."""
        if self._forms[position.start] not in self._whether:
            return None
        return Match("asked", self._ranges.clause(position.start, position.high))

    def _object(self, position: _CuePosition) -> Match | None:
        """Return the object of the cue, as in "She questioned the report", "She called for closing the bridge"."""
        at = position.start
        begins_object = (
            self._grammar.begins_noun(at)
            or self._classes[at] is TokenClass.QUOTE
            or (position.cue.particle and self._grammar.is_gerund(at))
        )
        return Match("taken up", self._ranges.clause(at, position.high)) if begins_object else None

    # --- conditions ---

    def _match_if_any(self, rule: str, contents: Contents) -> Match | None:
        """Return a match that lets the following rules apply where it has no contents."""
        return Match(rule, contents) if contents else None

    def _has_place_between(self, start: int, end: int) -> bool:
        """Return whether a preposition with something else than a time stands there: "said in Oslo"."""
        return any(
            self._classes[at] is TokenClass.PREPOSITION and self._classes[at + 1] is not TokenClass.TIME
            for at in range(start, end - 1)
        )

    def _is_plain_object(self, at: int, high: int) -> bool:
        """Return whether a noun ends the clause, as in "saw the light."."""
        return at + 2 < high and self._classes[at : at + 3] == [
            TokenClass.DETERMINER,
            TokenClass.WORD,
            TokenClass.PUNCTUATION,
        ]

    def _has_object_with_infinitive(self, start: int, high: int) -> bool:
        """Return whether a noun phrase and an infinitive begin at ``start``, as in "the council to repair it"."""
        if not self._grammar.begins_noun(start):
            return False
        for at in range(start + 1, min(high, start + _MAX_TOKENS_BEFORE_INFINITIVE)):
            if self._forms[at] in self._infinitive and at + 1 < high and self._classes[at + 1] in _INFINITIVE_CLASSES:
                return True
            if self._classes[at] not in _OBJECT_CLASSES:
                return False
        return False

    # --- the table ---

    _RULES: ClassVar[tuple[tuple[frozenset[str], "Callable[[ContentsAfterCue, _CuePosition], Match | None]"], ...]] = (
        (_SAYING_FRAMES, _after_mark),
        (_QUOTING_FRAMES, _quotation),
        (_SAYING_FRAMES, _that_clause),
        (_SAYING_FRAMES, _later_that_clause),
        (frozenset(("clause",)), _bare_clause),
        (frozenset(("to",)), _infinitive_clause),
        (frozenset(("whether",)), _indirect_question),
        (frozenset(("object",)), _object),
    )
    """The rules in the order in which they are tried, each with its frames.

    A rule is tried for the cues that have one of its frames in the word lists.
    """
