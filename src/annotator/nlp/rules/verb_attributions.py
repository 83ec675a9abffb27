"""Attributions by verbs, with a source S and a content C.

"S said that C", "C, S said", "“C,” said S", "C was denied by S", "it is believed that C".
"""

from typing import NamedTuple

from annotator.nlp.rules.attribution_contents import ContentRanges
from annotator.nlp.rules.attributions import Attribution, Contents
from annotator.nlp.rules.contents_after_cue import ContentsAfterCue
from annotator.nlp.rules.tokens import AUXILIARIES, MARKS, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import Cue, union_of
from annotator.nlp.rules.word_order import WordOrder

_CLOSING_QUOTES = frozenset(("”", "“", '"', "»", "«", "’", "''"))
_MAX_RELATIVE_CLAUSE = 12
"""Tokens of a relative clause without commas."""

_SAYING_KINDS = frozenset(("say", "tell"))
_KINDS_WITH_CONTENT_BEFORE = frozenset(("say", "tell", "think", "ask"))
_KINDS_WITHOUT_SOURCE = frozenset(("say", "tell", "ask"))
_KINDS_WITH_AGENT = frozenset(("judge", "deny", "decree", "show", "say"))

_BEFORE_PARTICIPLE = MARKS | {TokenClass.COORDINATOR}
_AFTER_INVERTED_SUBJECT = MARKS | {
    TokenClass.PREPOSITION,
    TokenClass.TIME,
    TokenClass.ADVERB,
    TokenClass.QUESTION_WORD,
    TokenClass.SUBORDINATOR,
}
_RELATIVE_CLASSES = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.QUESTION_WORD))
_NO_COMPLEMENT = frozenset((TokenClass.PREPOSITION, TokenClass.TIME, TokenClass.PUNCTUATION))


class CueVerb(NamedTuple):
    """A cue verb in its sentence; positions are token numbers."""

    at: int
    after: int
    """The token after the verb and its particle: "pointed out"."""
    cue: Cue
    low: int
    """The start of the sentence, or of the quotation in it that holds the verb."""
    high: int
    """The end of the sentence."""


class VerbAttributions:
    """The attributions by cue verbs in one text. The sentences have to be searched in their order.

    The sentences in the docstrings are examples of what a rule finds.
    """

    def __init__(self, tokens: Tokens, grammar: WordOrder, ranges: ContentRanges) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._ranges = ranges
        self._contents_after_cue = ContentsAfterCue(tokens, grammar, ranges)
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._cues = lists.cues
        self._infinitive = lists["words.infinitive"]
        self._that = lists["words.complementizers"]
        self._whether = lists["words.whether"]
        self._by = lists["words.by"]
        self._as = lists["words.as"]
        self._expletives = lists["words.expletives"]
        self._circumstances = lists["words.circumstances"]
        self._accused_of = lists["words.accused_of"]
        self._verb_second = bool(lists["words.verb_second"])
        self._belief = lists["hedges.belief"]
        self._belief_states = lists["hedges.belief_states"]
        self._not_seeming = union_of(lists, "hedges.before_past", "hedges.habits")
        self.previous_source: Range | None = None
        """The source of the attribution before in the same sentence: "S came and said that C"."""

    def find(self, at: int, cues: tuple[Cue, ...], low: int, high: int) -> Attribution | None:
        """Return the attribution by the verb at ``at``, a form of each of ``cues``; None where there is none.

        ``low`` and ``high`` are the start and the end of the sentence.
        """
        low = self._start_of_quoted_part(at, low)
        for cue in cues:
            after = self._after_particle(at, cue)
            if after is None:
                continue
            verb = CueVerb(at, after, cue, low, high)
            if cue.kind in _SAYING_KINDS and (inverted := self._inverted(verb)):
                return inverted
            if not self._grammar.is_verb(at, cue, low, high):
                continue
            if cue.kind == "seem":
                found = self._seeming(verb)
            elif self._grammar.is_passive(at, low):
                found = self._passive(verb)
            else:
                found = self._active(verb)
            if found is not None:
                return found
        return None

    def _after_particle(self, at: int, cue: Cue) -> int | None:
        """Return the token after the verb and its particle; None where the particle is missing."""
        after = at + 1
        if not cue.particle:
            return after
        parts = cue.particle.split()
        end = after + len(parts)
        return end if list(self._forms[after:end]) == parts else None

    def _start_of_quoted_part(self, at: int, low: int) -> int:
        """Return the start of the sentence, or of the quotation in it that holds the token."""
        number = self._tokens.quoted[at]
        return low if number == -1 else max(low, self._tokens.quotations[number].start + 1)

    # --- active verbs ---

    def _active(self, verb: CueVerb) -> Attribution | None:
        """Return the attribution by a verb in the active voice, its content before or after it."""
        at, after, cue, low, high = verb
        start = self._grammar.group_start(at, low)
        source = self._source(at, low, start)
        if source is None and self._verb_second and (source := self._grammar.subject_after(at, high)):
            # As in German "Am Montag sagte Reuter, die Brücke sei sicher".
            after = source[1]
        cue_range = (start, at + 1) if source and source[0] > at else (start, after)
        if cue.kind in _KINDS_WITH_CONTENT_BEFORE and source is not None and source[1] <= at:
            contents = self._content_before(source[0], verb._replace(after=after))
            if contents:
                return Attribution("said before", cue.kind, cue.act, cue_range, source, contents)
        match = self._contents_after_cue.find(after, cue, self._end_of_relative_clause(source, verb, after))
        if match is None or (source is None and cue.kind not in _KINDS_WITHOUT_SOURCE):
            return None
        return Attribution(match.rule, cue.kind, cue.act, cue_range, source, match.contents)

    def _source(self, at: int, low: int, start: int) -> Range | None:
        """Return the subject of the verb at ``at``, or of the earlier verb with which it shares one.

        Reuter came and said that C. Reuter left, saying that C. ``start`` is where the auxiliaries of the verb begin.
        """
        before = self._classes[start - 1] if start > low else None
        is_gerund = self._grammar.is_gerund(at)
        subject = None if is_gerund and before in _BEFORE_PARTICIPLE else self._grammar.subject(at, low)
        if subject is not None:
            return subject
        if is_gerund or before is TokenClass.COORDINATOR:
            return self.previous_source or self._grammar.first_subject(low, at)
        if self._forms[at - 1] in self._infinitive:
            return self.previous_source
        return None

    def _end_of_relative_clause(self, source: Range | None, verb: CueVerb, after: int) -> int:
        """Return where a relative clause with the verb ends; the end of the sentence where the verb is not in one.

        Officials, who asked not to be named, said that C. Officials who know the plan said that C.
        """
        high = verb.high
        if source is None or self._classes[source[0]] is not TokenClass.QUESTION_WORD or source[0] == verb.low:
            return high
        if self._forms[source[0] - 1] != ",":
            return high if verb.cue.kind in _SAYING_KINDS else self._main_saying_verb(after, high)
        for at in range(after, high - 1):
            if self._forms[at] == "," and (self._classes[at + 1] in AUXILIARIES or self._forms[at + 1] in self._cues):
                return at
        return high

    def _main_saying_verb(self, after: int, high: int) -> int:
        """Return the main verb, such as "said", after a relative clause without commas; ``high`` without one."""
        for at in range(after, min(high - 1, after + _MAX_RELATIVE_CLAUSE)):
            if self._classes[at] in MARKS:
                break
            if self._classes[at] is TokenClass.WORD and any(
                cue.kind == "say" and not (cue.is_base or cue.particle or self._grammar.is_gerund(at))
                for cue in self._cues.get(self._forms[at], ())
            ):
                return at
        return high

    def _inverted(self, verb: CueVerb) -> Attribution | None:
        """Return the attribution by a verb before its source: “The bridge is safe,” said Reuter."""
        at, cue, high = verb.at, verb.cue, verb.high
        if at == verb.low or self._grammar.is_gerund(at) or not self._may_follow_content(at):
            return None
        source = self._grammar.subject_after(at, high)
        if source is None:
            return None
        # A finite verb after the subject makes it another sentence.
        end = source[1]
        if end < high and self._classes[end] not in _AFTER_INVERTED_SUBJECT:
            return None
        contents = self._ranges.before(at, verb.low)
        if not contents:
            return None
        contents += self._ranges.resumed(end, high)
        return Attribution("said before", cue.kind, cue.act, (at, at + 1), source, contents)

    def _may_follow_content(self, at: int) -> bool:
        """Return whether a comma, a closing quotation mark or the end of a sentence stands before the verb."""
        if self._classes[at - 1] is TokenClass.QUOTE:
            return self._forms[at - 1] in _CLOSING_QUOTES
        return self._forms[at - 1] == "," or at == self._tokens.sentences[self._tokens.sentence_of[at]][0]

    def _content_before(self, source: int, verb: CueVerb) -> Contents:
        """Return the content before the source and the verb; empty where it stands after the verb.

        The bridge is safe, Reuter said. The bridge is safe, as Reuter said.
        """
        if source == verb.low or self._classes[source] in _RELATIVE_CLASSES:
            return ()
        if self._forms[source - 1] in self._as:
            source -= 1
        mark, is_quoted = self._forms[source - 1], self._classes[source - 1] is TokenClass.QUOTE
        if not (mark in _CLOSING_QUOTES if is_quoted else mark == ","):
            return ()
        start = verb.after
        if verb.cue.hearer:
            start = self._grammar.after_hearer(start, verb.high)
        after_adjuncts = self._grammar.after_adjuncts(start, verb.high)
        if after_adjuncts < verb.high and self._begins_content(start, after_adjuncts, verb.high, is_quoted):
            return ()
        contents = self._ranges.before(source, verb.low)
        return contents + self._ranges.resumed(after_adjuncts, verb.high) if contents else ()

    def _begins_content(self, start: int, after_adjuncts: int, high: int, is_quoted: bool) -> bool:
        """Return whether a content begins after a verb and its adjuncts.

        After a quotation, ``is_quoted``, only a clause is a content of the verb.
        """
        at, form = after_adjuncts, self._forms[after_adjuncts]
        if is_quoted:
            return form in self._that or (self._grammar.begins_noun(at) and self._grammar.has_verb(at, high))
        return (
            self._classes[at] is TokenClass.QUOTE
            or form == ":"
            or form in self._that
            or form in self._infinitive
            or (form in self._whether and form not in self._circumstances)
            or (self._grammar.begins_noun(at) and (at == start or self._grammar.has_verb(at, high)))
        )

    # --- passive verbs ---

    def _passive(self, verb: CueVerb) -> Attribution | None:
        """Return the attribution by a verb in the passive voice; None where there is none.

        The report was denied by Reuter. Reuter was accused of fraud.
        """
        at, _, cue, low, high = verb
        after = at + 1
        if after >= high:
            return None
        if self._forms[at] in self._belief and (believed := self.believed(at, low, high)):
            return believed
        if cue.hearer and self._forms[after] in self._that:
            # "She was told that C"
            return None
        cue_range = (self._grammar.group_start(at, low), after + 1)
        if self._forms[after] in self._by and cue.kind in _KINDS_WITH_AGENT:
            end = self._grammar.noun_phrase_end(after + 1, high)
            subject = self._grammar.subject(at, low)
            if end > after + 1 and subject is not None:
                return Attribution("done by", cue.kind, cue.act, cue_range, (after + 1, end), (subject,))
        if cue.kind == "judge" and self._forms[after] in self._accused_of:
            contents = self._ranges.clause(after + 1, high)
            if contents:
                return Attribution("done by", cue.kind, cue.act, cue_range, None, contents)
        return None

    def believed(self, at: int, low: int, high: int) -> Attribution | None:
        """Return the attribution by a passive verb of belief at ``at``; None where there is none.

        The bridge is expected to open. It is believed that the bridge is safe.
        """
        if at == low or at + 1 >= high:
            return None
        has_that = self._forms[at + 1] in self._that
        if not (has_that or self._forms[at + 1] in self._infinitive or self._is_state(at)):
            return None
        if not self._grammar.is_passive(at, low):
            return None
        start = self._grammar.group_start(at, low)
        contents = self._ranges.clause(at + 1 + has_that, high)
        if not contents:
            return None
        subject = self._grammar.subject(at, low)
        if subject is not None and self._forms[subject[0]] not in self._expletives and subject[1] <= start:
            contents = (subject, *contents)
        return Attribution("believed", "hearsay", "assert", (start, at + 1), None, contents)

    def _is_state(self, at: int) -> bool:
        """Return whether an adjective follows, as in "is feared lost", "are believed dead"."""
        return self._forms[at] in self._belief_states and self._classes[at + 1] is TokenClass.WORD

    def _seeming(self, verb: CueVerb) -> Attribution | None:
        """Return the attribution by a verb such as "seem"; None where there is none.

        The bridge seems to be safe. It appears that the bridge is safe.
        """
        at, _, cue, low, high = verb
        subject = self._grammar.subject(at, low)
        if at + 1 >= high or subject is None or not self._has_complement(at, high):
            return None
        contents = self._ranges.clause(at + 1 + (self._forms[at + 1] in self._that), high)
        if not contents:
            return None
        is_expletive = self._forms[subject[0]] in self._expletives and subject[1] - subject[0] == 1
        if not is_expletive:
            contents = (subject, *contents)
        return Attribution("seeming", "seem", cue.act, (self._grammar.group_start(at, low), at + 1), None, contents)

    def _has_complement(self, at: int, high: int) -> bool:
        """Return whether "seems" at ``at`` has a complement; not in "appears twice in the register"."""
        after = at + 1
        while after + 1 < high and self._classes[after] is TokenClass.ADVERB:
            after += 1
        form = self._forms[after]
        if form in self._not_seeming or (self._classes[after] in _NO_COMPLEMENT and form not in self._infinitive):
            return False
        # German: "Die Sonne scheint hell" has no infinitive.
        return not (self._verb_second and self._infinitive.isdisjoint(self._forms[at:high]))
