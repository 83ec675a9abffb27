"""Attributions without a cue verb, with a source S and a content C.

"S's claim that C", "S is confident that C", "according to S, C", "S: C".
"""

from annotator.nlp.rules.attribution_contents import ContentRanges
from annotator.nlp.rules.attributions import Attribution, Contents
from annotator.nlp.rules.tokens import AUXILIARIES, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import first_words
from annotator.nlp.rules.word_order import WordOrder

_ENDS_SOURCE = frozenset((",", ";", "—", "–", "--"))
_MAX_SPEAKER_TOKENS = 5
"""Tokens of the name before the colon in a transcript."""


class PhraseAttributions:
    """The attributions by nouns, adjectives, phrases and colons in one text. All positions are token numbers.

    The sentences in the docstrings are examples of what a rule finds.
    """

    def __init__(self, tokens: Tokens, grammar: WordOrder, ranges: ContentRanges) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._ranges = ranges
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._infinitive = lists["words.infinitive"]
        self._that = lists["words.complementizers"]
        self._be = lists["words.be"]
        self._expletives = lists["words.expletives"]
        self._possessives = lists["words.possessives"]
        self._so = lists["phrases.so"]
        self._short_phrases = first_words(lists, "phrases.according_tight")
        self._phrases = tuple(tuple(phrase.split()) for phrase in sorted(lists["phrases.according"]))

    def by_noun(self, at: int, low: int, high: int) -> Attribution | None:
        """Return the attribution by the noun at ``at``; None where there is none.

        Reuter's claim that the bridge is safe. His promise to repair it.
        """
        after = at + 1
        if after >= high:
            return None
        has_that, has_infinitive = self._forms[after] in self._that, self._forms[after] in self._infinitive
        if not self._has_content(after, high, has_that, has_infinitive):
            return None
        contents = self._ranges.clause(after + has_that, high)
        source = self._owner(at, low)
        if not contents or (source is None and has_infinitive):
            return None
        return Attribution("claim of", "noun", "assert", (at, at + 1), source, contents)

    def _has_content(self, after: int, high: int, has_that: bool, has_infinitive: bool) -> bool:
        """Return whether a clause with "that" or an infinitive completes the noun before ``after``."""
        if has_infinitive and self._classes[min(after + 1, high - 1)] is not TokenClass.WORD:
            return False
        if not has_that:
            return has_infinitive
        # Not in "the report that was published".
        begins_clause = after + 1 >= high or self._grammar.begins_noun(after + 1)
        return begins_clause and self._grammar.has_verb(after + 1, high)

    def _owner(self, at: int, low: int) -> Range | None:
        """Return the owner before the noun: "the minister's", "his"; None where there is none."""
        start = at
        while start > low and self._classes[start - 1] is TokenClass.WORD:
            start -= 1
        if start <= low:
            return None
        if self._classes[start - 1] is TokenClass.GENITIVE:
            first = self._grammar.noun_phrase_start(start - 2, low)
            return None if first is None else (first, start)
        return (start - 1, start) if self._forms[start - 1] in self._possessives else None

    def by_stance(self, at: int, low: int, high: int) -> Attribution | None:
        """Return the attribution by the adjective at ``at``; None where there is none.

        Reuter is confident that the bridge is safe.
        """
        after = at + 1
        if at == low or after >= high:
            return None
        has_that = self._forms[after] in self._that
        if not has_that and self._forms[after] not in self._infinitive:
            return None
        start = self._grammar.group_start(at, low)
        if not any(self._forms[token] in self._be for token in range(start, at)):
            return None
        source = self._grammar.subject(at, low)
        if source is None or self._forms[source[0]] in self._expletives:
            return None
        contents = self._ranges.clause(after + has_that, high)
        return Attribution("stance", "think", "assert", (start, at + 1), source, contents) if contents else None

    def by_phrase(self, at: int, low: int, high: int) -> Attribution | None:
        """Return the attribution by a phrase that begins at ``at``; None where there is none.

        According to Reuter, the bridge is safe. The bridge is safe, according to Reuter.
        """
        phrase = next((words for words in self._phrases if tuple(self._forms[at : at + len(words)]) == words), None)
        if phrase is None:
            return None
        if phrase[0] in self._so and (at == low or self._forms[at - 1] != ","):
            # German "so" is an attribution only after a comma: "Die Brücke sei sicher, so Reuter."
            return None
        start = at + len(phrase)
        if phrase[0] in self._short_phrases:
            end = self._grammar.noun_phrase_end(start, high)
        else:
            end = self._end_of_source(start, high)
        source = self._ranges.trimmed((start, end))
        if source[1] <= source[0]:
            return None
        contents = self._content_of_phrase(at, end, low, high)
        return Attribution("according to", "say", "assert", (at, start), source, contents) if contents else None

    def _end_of_source(self, start: int, high: int) -> int:
        """Return where the source after a phrase ends: at a comma, a dash, a quotation or the end of the sentence."""
        for at in range(start, high):
            if self._forms[at] in _ENDS_SOURCE or self._classes[at] is TokenClass.QUOTE:
                return at
            if self._forms[at] == "." and at == high - 1:
                return at
        return max(start, high)

    def _content_of_phrase(self, at: int, end: int, low: int, high: int) -> Contents:
        """Return the content after a phrase that begins its sentence, before and after any other."""
        if at == low or (self._classes[at - 1] is TokenClass.COORDINATOR and at - 1 == low):
            content = self._ranges.trimmed((end, self._grammar.clause_end(end, high) if end < high else high))
            return (content,) if content[1] > content[0] else ()
        contents = self._ranges.before(at, low)
        if contents and end + 1 < high and self._forms[end] == "," and self._classes[end + 1] in AUXILIARIES:
            # "The bridge, according to Reuter, is safe"
            return (*contents, self._ranges.trimmed((end + 1, high)))
        return contents

    def by_colon(self, low: int, high: int) -> Attribution | None:
        """Return the attribution of a paragraph to the name before its colon, as in a transcript; None without one.

        REUTER: The bridge is safe.
        """
        tokens = self._tokens
        if low and tokens.paragraph_of[low] == tokens.paragraph_of[low - 1]:
            return None
        colon = self._colon_after_name(low, high)
        if colon is None or colon + 1 >= high:
            return None
        if self._classes[colon + 1] is not TokenClass.QUOTE and not tokens.words((low, colon)).isupper():
            return None
        end = high
        while end < len(self._forms) and tokens.paragraph_of[end] == tokens.paragraph_of[low]:
            end += 1
        content = self._ranges.trimmed((colon + 1, end))
        return Attribution("colon", "say", "assert", (colon, colon + 1), (low, colon), (content,))

    def _colon_after_name(self, low: int, high: int) -> int | None:
        """Return the colon after the name with which a sentence begins; None where there is none."""
        for at in range(low, min(high, low + _MAX_SPEAKER_TOKENS + 1)):
            if self._forms[at] == ":" and at > low:
                return at
            if self._classes[at] is not TokenClass.NAME and self._forms[at] != ".":
                return None
        return None
