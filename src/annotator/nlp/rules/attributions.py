"""Attributions: cue, source mention and content, found by rules over the tokens of a text.

One function a pattern: "S said C", "C, S said", "according to S, C", "S: C", "S's claim that C", "it is expected to".
All positions are tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.nlp.rules.tokens import AUXILIARIES, MARKS, VERB_MODIFIERS, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import Cue
from annotator.nlp.rules.word_order import WordOrder

_CLOSERS = frozenset(("”", "“", '"', "»", "«", "’", "''"))
_EDGE = frozenset((",", ".", ";", ":", "—", "–", "--", "-", "…", "..", "..."))
_COLON_NAME = 6
_LONGEST_RELATIVE = 12
_AFTER_INVERTED_SUBJECT = frozenset(
    (
        TokenClass.ADVERB,
        TokenClass.PREPOSITION,
        TokenClass.PUNCTUATION,
        TokenClass.QUESTION_WORD,
        TokenClass.QUOTE,
        TokenClass.SUBORDINATOR,
        TokenClass.TIME,
    )
)
_RELATIVE_CLASSES = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.QUESTION_WORD))
_AFTER_INFINITIVE_MARKER = frozenset((TokenClass.ADVERB, TokenClass.AUXILIARY, TokenClass.WORD))
_BEFORE_PARTICIPLE = frozenset((TokenClass.COORDINATOR, TokenClass.PUNCTUATION, TokenClass.QUOTE))
_CIRCUMSTANCE_CLASSES = frozenset(
    (
        TokenClass.ADVERB,
        TokenClass.DETERMINER,
        TokenClass.GENITIVE,
        TokenClass.NAME,
        TokenClass.NUMBER,
        TokenClass.PREPOSITION,
        TokenClass.PRONOUN,
        TokenClass.PUNCTUATION,
        TokenClass.TIME,
        TokenClass.WORD,
    )
)
_OBJECT_CLASSES = frozenset(
    (
        TokenClass.COORDINATOR,
        TokenClass.DETERMINER,
        TokenClass.GENITIVE,
        TokenClass.NAME,
        TokenClass.NUMBER,
        TokenClass.PREPOSITION,
        TokenClass.WORD,
    )
)
_NO_COMPLEMENT = frozenset((TokenClass.PREPOSITION, TokenClass.PUNCTUATION, TokenClass.TIME))
_INFINITIVE_CLASSES = frozenset((TokenClass.AUXILIARY, TokenClass.WORD))
_BEFORE_LATER_THAT = frozenset((TokenClass.NAME, TokenClass.TIME, TokenClass.WORD))
_BEGINS_ADJUNCT = frozenset((TokenClass.PREPOSITION, TokenClass.TIME))


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what, and with which words."""

    rule: str
    kind: str
    act: str
    cue: Range
    source: Range | None
    contents: tuple[Range, ...]
    relay: Range | None = None


def attributions(tokens: Tokens, grammar: WordOrder | None = None) -> list[Attribution]:
    """The attributions of a text in the order of their cues."""
    rules = _Rules(tokens, grammar or WordOrder(tokens))
    found: list[Attribution] = []
    for number in range(len(tokens.sentences)):
        found.extend(rules.of_sentence(number))
    return found


class _Rules:
    def __init__(self, tokens: Tokens, grammar: WordOrder) -> None:
        self.tokens = tokens
        self.grammar = grammar
        self.forms = tokens.forms
        self.classes = tokens.classes
        lists = tokens.lists
        self._cues = lists.cues
        self._infinitive = lists["words.infinitive"]
        self._that = lists["words.complementizers"]
        self._whether = lists["words.whether"]
        self._be = lists["words.be"]
        self._by = lists["words.by"]
        self._nouns = lists["nouns.contents"]
        self._stances = lists["nouns.stances"]
        self._belief = lists["hedges.belief"]
        self._habits = lists["hedges.habits"]
        self._before = lists["hedges.before_past"]
        self._reduced = lists["hedges.reduced"]
        self._expletives = lists["words.expletives"]
        self._circumstances = lists["words.circumstances"]
        self._accused_of = lists["words.accused_of"]
        self._verb_second = bool(lists["words.verb_second"])
        self._relatives = lists["words.relatives"]
        self._as = lists["words.as"]
        self._so = lists["phrases.so"]
        self._tight = frozenset(phrase.split()[0] for phrase in lists["phrases.according_tight"])
        self._comma_before_content = bool(lists["words.comma_before_content"])
        self._belief_states = lists["hedges.belief_states"]
        self._according = tuple(tuple(phrase.split()) for phrase in sorted(lists["phrases.according"]))
        self._according_heads = frozenset(phrase[0] for phrase in self._according)
        self._comment = lists["phrases.no_comment"]
        self._last_source: Range | None = None

    def of_sentence(self, number: int) -> Iterator[Attribution]:
        """The attributions whose cue stands in a sentence."""
        low, high = self.tokens.sentences[number]
        self._last_source = None
        colon = self._colon(low, high)
        if colon:
            yield colon
        for at in range(low, high):
            form = self.forms[at]
            found: Attribution | None = None
            if self.tokens.in_speech(at):
                # Whoever is quoted says it; what he says of others is his content, and contents do not nest.
                continue
            cues = self._cues.get(form)
            if cues is not None and self.classes[at] is TokenClass.WORD:
                found = self._with_verb(at, cues, low, high)
            if found is None:
                if form in self._nouns:
                    found = self._with_noun(at, low, high)
                elif form in self._stances:
                    found = self._with_stance(at, low, high)
                elif form in self._according_heads:
                    found = self._according_to(at, low, high)
            if found is None and form in self._belief:
                found = self._believed(at, low, high)
            if found is not None:
                if found.source is not None:
                    self._last_source = found.source
                yield found

    # --- verbs ---

    def _with_verb(self, at: int, cues: tuple[Cue, ...], low: int, high: int) -> Attribution | None:
        for cue in cues:
            behind = at + 1
            if cue.particle:
                parts = cue.particle.split()
                if list(self.forms[behind : behind + len(parts)]) != parts:
                    continue
                behind += len(parts)
            low_here = self._inner_start(at, low)
            if cue.kind in ("say", "tell") and (inverted := self._inverted(at, cue, low_here, high)):
                return inverted
            if not self.grammar.is_verb(at, cue, low_here, high):
                continue
            if cue.kind == "seem":
                found = self._seeming(at, cue, low_here, high)
            elif self.grammar.is_passive(at, low_here):
                found = self._passive(at, cue, low_here, high)
            else:
                found = self._active(at, behind, cue, low_here, high)
            if found is not None:
                return found
        return None

    def _inner_start(self, at: int, low: int) -> int:
        """The start of the sentence, or of the quotation in it that holds the token."""
        number = self.tokens.quoted[at]
        if number != -1:
            return max(low, self.tokens.quotations[number].start + 1)
        return low

    def _source(self, at: int, low: int) -> Range | None:
        """The subject of the verb at ``at``; where it shares one with an earlier verb, that one."""
        start = self.grammar.group_start(at, low)
        shares = start > low and self.classes[start - 1] is TokenClass.COORDINATOR
        if self.grammar.is_gerund(at):
            if start > low and self.classes[start - 1] in _BEFORE_PARTICIPLE:
                return self._last_source or self.grammar.first_subject(low, at)
            return self.grammar.subject(at, low) or self._last_source or self.grammar.first_subject(low, at)
        subject = self.grammar.subject(at, low)
        if subject is None and shares:
            return self._last_source or self.grammar.first_subject(low, at)
        if subject is None and self.forms[at - 1] in self._infinitive:
            return self._last_source
        return subject

    def _active(self, at: int, behind: int, cue: Cue, low: int, high: int) -> Attribution | None:
        source = self._source(at, low)
        if source is None and self._verb_second and (source := self.grammar.subject_behind(at, high)):
            behind = source[1]
        start = self.grammar.group_start(at, low)
        spans = (start, at + 1) if source and source[0] > at else (start, behind)
        if cue.kind in ("say", "tell", "think", "ask") and source is not None and source[1] <= at:
            before = self._said_before(source[0], at, behind, cue, low, high)
            if before:
                return Attribution("said before", cue.kind, cue.act, spans, source, before)
        found = self._said_behind(behind, cue, self._aside_end(source, behind, cue, low, high))
        if found is None:
            return None
        rule, content = found
        if source is None and cue.kind not in ("say", "tell", "ask"):
            return None
        return Attribution(rule, cue.kind, cue.act, spans, source, content)

    def _aside_end(self, source: Range | None, behind: int, cue: Cue, low: int, high: int) -> int:
        """The end of ", who asked not to be named, said": the relative clause, with commas or without."""
        if source is None or self.classes[source[0]] is not TokenClass.QUESTION_WORD or source[0] == low:
            return high
        if self.forms[source[0] - 1] != ",":
            return high if cue.kind in ("say", "tell") else self._main_saying(behind, high)
        for at in range(behind, high - 1):
            if self.forms[at] == "," and (self.classes[at + 1] in AUXILIARIES or self.forms[at + 1] in self._cues):
                return at
        return high

    def _main_saying(self, behind: int, high: int) -> int:
        """Where "said" stands behind a relative clause without commas; ``high`` where it does not."""
        for at in range(behind, min(high - 1, behind + _LONGEST_RELATIVE)):
            if self.classes[at] in MARKS:
                break
            if self.classes[at] is TokenClass.WORD and any(
                cue.kind == "say" and not (cue.is_base or cue.particle or self.grammar.is_gerund(at))
                for cue in self._cues.get(self.forms[at], ())
            ):
                return at
        return high

    def _inverted(self, at: int, cue: Cue, low: int, high: int) -> Attribution | None:
        """“C,” said S."""
        if at == low or self.grammar.is_gerund(at):
            return None
        before = self.forms[at - 1]
        if (
            before != ","
            and self.classes[at - 1] is not TokenClass.QUOTE
            and at != self.tokens.sentences[self.tokens.sentence_of[at]][0]
        ):
            return None
        if self.classes[at - 1] is TokenClass.QUOTE and before not in _CLOSERS:
            return None
        source = self.grammar.subject_behind(at, high)
        if source is None:
            return None
        rest = source[1]
        # "C, said S" ends here or goes on with a circumstance; a finite verb behind S makes it another sentence.
        if rest < high and self.classes[rest] not in _AFTER_INVERTED_SUBJECT:
            return None
        contents = self._left(at, low)
        if not contents:
            return None
        return Attribution("said before", cue.kind, cue.act, (at, at + 1), source, contents + self._resumed(rest, high))

    def _said_before(self, source: int, at: int, behind: int, cue: Cue, low: int, high: int) -> tuple[Range, ...]:
        """The content of "C, S said": nothing where what is said stands behind the verb."""
        if source == low or self.classes[source] in _RELATIVE_CLASSES:
            # “C.” She said so: only a quotation that ends the sentence before, in the same paragraph, could be meant.
            return ()
        if self.forms[source - 1] in self._as:
            # "C, as S said".
            source -= 1
        mark = self.forms[source - 1]
        if mark != "," and self.classes[source - 1] is not TokenClass.QUOTE:
            return ()
        if self.classes[source - 1] is TokenClass.QUOTE and mark not in _CLOSERS:
            return ()
        rest = behind
        if cue.hearer:
            rest = self.grammar.behind_hearer(rest, high)
        adjunct = self.grammar.behind_adjuncts(rest, high)
        here = adjunct
        if here < high and self.classes[source - 1] is not TokenClass.QUOTE:
            if self.classes[here] is TokenClass.QUOTE or self.forms[here] == ":":
                return ()
            if self.forms[here] in self._that or self.forms[here] in self._infinitive:
                return ()
            if self.forms[here] in self._whether and self.forms[here] not in self._circumstances:
                return ()
            if self.grammar.begins_noun(here) and (here == rest or self.grammar.has_verb(here, high)):
                return ()
        elif here < high and (
            self.forms[here] in self._that or (self.grammar.begins_noun(here) and self.grammar.has_verb(here, high))
        ):
            return ()
        contents = self._left(source, low)
        if not contents:
            return ()
        return contents + self._resumed(here, high)

    def _left(self, end: int, low: int) -> tuple[Range, ...]:
        """What stands before ``end`` in the sentence, or the quotation that ends there, from its own start."""
        if end <= 0:
            return ()
        last = end - 1
        if self.forms[last] == ",":
            last -= 1
        if last < 0:
            return ()
        number = self.tokens.quoted[last]
        if number != -1 and self.classes[last] is TokenClass.QUOTE:
            quotation = self.tokens.quotations[number]
            start = quotation.start
            prefix = [at for at in range(low, start) if self.classes[at] is not TokenClass.PUNCTUATION]
            if start <= low or not prefix or not quotation.end - start > 2:
                return (self._trimmed((start, quotation.end)),)
            if self.forms[start - 1] in (",", ":") and quotation.speech:
                return (self._trimmed((start, quotation.end)),)
            return (self._trimmed((self._head(low, start), quotation.end)),)
        start = self._head(low, end)
        content = self._trimmed((start, end))
        return (content,) if content[1] - content[0] > 1 else ()

    def _head(self, low: int, end: int) -> int:
        """The start of what is said in ``[low, end)``: behind a coordinator."""
        start = low
        while start < end and (
            self.classes[start] is TokenClass.COORDINATOR or self.classes[start] is TokenClass.PUNCTUATION
        ):
            start += 1
        return start

    def _resumed(self, at: int, high: int) -> tuple[Range, ...]:
        """A quotation or clause that goes on behind "he said,": the rest of what is said."""
        here = at
        if here < high and self.forms[here] == ",":
            here += 1
            if here < high and self.classes[here] is TokenClass.QUOTE:
                quotation = self.tokens.quotations[number] if (number := self.tokens.quoted[here]) != -1 else None
                if quotation is not None and quotation.start == here:
                    return (self._trimmed((here, quotation.end)),)
            return ()
        return self._next_quotation(high, at)

    def _next_quotation(self, high: int, at: int) -> tuple[Range, ...]:
        """The quotation right behind a sentence that ends with "he said."."""
        if any(self.classes[token] not in _CIRCUMSTANCE_CLASSES for token in range(at, high)):
            return ()
        tokens = self.tokens
        if high < len(self.forms) and tokens.quoted[high] != -1 and self.classes[high] is TokenClass.QUOTE:
            quotation = tokens.quotations[tokens.quoted[high]]
            if (
                quotation.start == high
                and quotation.speech
                and tokens.paragraph_of[high] == tokens.paragraph_of[high - 1]
            ):
                number = tokens.sentence_of[quotation.end - 1]
                closing = tokens.sentences[number][1]
                # Another "he said" behind it takes it.
                if closing - quotation.end < 2:
                    return ((quotation.start, quotation.end),)
        return ()

    def _said_behind(self, at: int, cue: Cue, high: int) -> tuple[str, tuple[Range, ...]] | None:
        """The content behind a cue, and the name of the pattern."""
        grammar, forms, classes = self.grammar, self.forms, self.classes
        if cue.hearer:
            at = grammar.behind_hearer(at, high)
        if at >= high:
            return None
        frames = cue.frames
        here = at
        if "clause" in frames or "quote" in frames or "that" in frames:
            here = grammar.behind_adjuncts(at, high)
            mark = here
            if mark < high and forms[mark] in (",", ":") and mark + 1 < high:
                quoted = classes[mark + 1] is TokenClass.QUOTE
                if quoted or forms[mark] == ":":
                    return self._quotation("said behind", mark + 1, high)
                if self._comma_before_content and not (
                    classes[mark - 1] is TokenClass.NAME and forms[mark + 1] in self._relatives
                ):
                    return self._clause("said behind", mark + 1 + (forms[mark + 1] in self._that), high)
            if here < high and classes[here] is TokenClass.QUOTE and ("clause" in frames or "quote" in frames):
                return self._quotation("said behind", here, high)
            if here < high and forms[here] in self._that and here + 1 < high:
                return self._clause("said behind", here + 1, high)
            # "told The Times on Friday night that"
            that = self._that_ahead(at, high)
            if that:
                return self._clause("said behind", that + 1, high)
        if "clause" in frames:
            for place in dict.fromkeys((here, at)):
                if place != at and any(
                    classes[token] is TokenClass.PREPOSITION and classes[token + 1] is not TokenClass.TIME
                    for token in range(at, place - 1)
                ):
                    continue
                if cue.kind == "think" and self._is_plain_object(place, high):
                    continue
                if place < high and grammar.begins_noun(place) and grammar.has_verb(place, high):
                    return self._clause("said behind", place, high)
                if place < high and forms[place] in self._whether:
                    return self._clause("said behind", place, high)
        if "to" in frames:
            found = self._infinitive_behind(at, cue, high)
            if found:
                return found
        if "whether" in frames and forms[at] in self._whether:
            return self._clause("asked", at, high)
        if "object" in frames and (
            grammar.begins_noun(at) or classes[at] is TokenClass.QUOTE or (cue.particle and grammar.is_gerund(at))
        ):
            return self._clause("taken up", at, high)
        return None

    def _is_plain_object(self, at: int, high: int) -> bool:
        """As in "saw the light.": a noun and nothing behind it."""
        return at + 2 < high and self.classes[at : at + 3] == [
            TokenClass.DETERMINER,
            TokenClass.WORD,
            TokenClass.PUNCTUATION,
        ]

    def _that_ahead(self, at: int, high: int) -> int:
        for token in range(at + 1, min(high, at + 12)):
            if self.forms[token] in self._that:
                return (
                    token
                    if self.classes[token - 1] in _BEFORE_LATER_THAT and self.classes[at] in _BEGINS_ADJUNCT
                    else 0
                )
            if self.forms[token] in self._cues or self.classes[token] in MARKS:
                return 0
        return 0

    def _infinitive_behind(self, at: int, cue: Cue, high: int) -> tuple[str, tuple[Range, ...]] | None:
        forms = self.forms
        start = at
        while start < high and self.classes[start] in VERB_MODIFIERS:
            start += 1
        if start >= high:
            return None
        if forms[start] in self._infinitive and forms[at - 1] in self._reduced:
            # "A man believed to be her uncle"
            return None
        if (
            forms[start] in self._infinitive
            and start + 1 < high
            and self.classes[start + 1] in _AFTER_INFINITIVE_MARKER
        ):
            if cue.kind == "refuse" and forms[start + 1] in self._comment:
                return self._clause("no comment", start, high)
            return self._clause("meant to", start, high)
        if cue.kind in ("ask", "think", "want", "decree", "tell") and self.grammar.begins_noun(start):
            for ahead in range(start + 1, min(high, start + 12)):
                if (
                    forms[ahead] in self._infinitive
                    and ahead + 1 < high
                    and self.classes[ahead + 1] in _INFINITIVE_CLASSES
                ):
                    return self._clause("meant to", start, high)
                if self.classes[ahead] not in _OBJECT_CLASSES:
                    break
        return None

    def _quotation(self, rule: str, start: int, high: int) -> tuple[str, tuple[Range, ...]] | None:
        """What begins with a quotation: the whole of it, or the clause that its first words are."""
        number = self.tokens.quoted[start] if self.classes[start] is TokenClass.QUOTE else -1
        if number != -1:
            quotation = self.tokens.quotations[number]
            if quotation.end >= high - 1 or quotation.speech:
                return rule, ((quotation.start, quotation.end),)
        return self._clause(rule, start, high)

    def _clause(self, rule: str, start: int, high: int) -> tuple[str, tuple[Range, ...]] | None:
        if start >= high:
            return None
        end = self.grammar.clause_end(start, high)
        content = self._trimmed((start, end))
        content = self._with_whole_quotation(content)
        return (rule, (content,)) if content[1] > content[0] else None

    def _with_whole_quotation(self, content: Range) -> Range:
        """A quotation that begins in the content and goes on in the next sentence belongs to it."""
        start, end = content
        number = self.tokens.quoted[end - 1] if end > start else -1
        if number != -1:
            quotation = self.tokens.quotations[number]
            if quotation.start >= start:
                return (start, max(end, quotation.end))
        return content

    def _trimmed(self, content: Range) -> Range:
        start, end = content
        while end > start and self.forms[end - 1] in _EDGE:
            end -= 1
        while start < end and self.forms[start] in _EDGE:
            start += 1
        return start, end

    # --- passives and what only seems ---

    def _passive(self, at: int, cue: Cue, low: int, high: int) -> Attribution | None:
        start = self.grammar.group_start(at, low)
        behind = at + 1
        if behind >= high:
            return None
        if self.forms[at] in self._belief:
            found = self._believed(at, low, high)
            if found:
                return found
        if cue.hearer and (self.forms[behind] in self._that):
            return None
        if self.forms[behind] in self._by and cue.kind in ("judge", "deny", "decree", "show", "say"):
            end = self.grammar.noun_phrase_end(behind + 1, high)
            subject = self.grammar.subject(at, low)
            if end > behind + 1 and subject is not None:
                return Attribution("done by", cue.kind, cue.act, (start, behind + 1), (behind + 1, end), (subject,))
        if cue.kind == "judge" and self.forms[behind] in self._accused_of:
            clause = self._clause("done by", behind + 1, high)
            if clause:
                return Attribution("done by", cue.kind, cue.act, (start, behind + 1), None, clause[1])
        return None

    def _believed(self, at: int, low: int, high: int) -> Attribution | None:
        """As in "C1 is expected to C2", "it is believed that C"."""
        if at == low or at + 1 >= high:
            return None
        if self.forms[at + 1] not in self._infinitive | self._that and not self._is_state(at):
            return None
        if not self.grammar.is_passive(at, low):
            return None
        start = self.grammar.group_start(at, low)
        found = self._clause("believed", at + 1 + (self.forms[at + 1] in self._that), high)
        if found is None:
            return None
        subject = self.grammar.subject(at, low)
        if subject is None or self.forms[subject[0]] in self._expletives or subject[1] > start:
            contents = found[1]
        else:
            contents = (subject, *found[1])
        return Attribution("believed", "hearsay", "assert", (start, at + 1), None, contents)

    def _is_state(self, at: int) -> bool:
        """As in "is feared lost", "are believed dead"."""
        return self.forms[at] in self._belief_states and self.classes[at + 1] is TokenClass.WORD

    def _seeming(self, at: int, cue: Cue, low: int, high: int) -> Attribution | None:
        start = self.grammar.group_start(at, low)
        subject = self.grammar.subject(at, low)
        if at + 1 >= high or subject is None:
            return None
        behind = at + 1
        while behind + 1 < high and self.classes[behind] is TokenClass.ADVERB:
            behind += 1
        if self.forms[behind] in self._before | self._habits or (
            self.classes[behind] in _NO_COMPLEMENT and self.forms[behind] not in self._infinitive
        ):
            # "Appears twice in the register"
            return None
        if self._verb_second and self._infinitive.isdisjoint(self.forms[at:high]):
            # "Die Sonne scheint hell"
            return None
        found = self._clause("seeming", at + 1 + (self.forms[at + 1] in self._that), high)
        if found is None:
            return None
        contents = (
            found[1]
            if self.forms[subject[0]] in self._expletives and subject[1] - subject[0] == 1
            else (subject, *found[1])
        )
        return Attribution("seeming", "seem", cue.act, (start, at + 1), None, contents)

    # --- nouns, adjectives, phrases, the colon ---

    def _with_noun(self, at: int, low: int, high: int) -> Attribution | None:
        """As in "S's claim that C", "a promise by S to C"."""
        behind = at + 1
        if behind >= high or self.forms[behind] not in self._that | self._infinitive:
            return None
        if self.forms[behind] in self._infinitive and self.classes[min(behind + 1, high - 1)] is not TokenClass.WORD:
            return None
        if self.forms[behind] in self._that and not self.grammar.has_verb(behind + 1, high):
            return None
        if self.forms[behind] in self._that and behind + 1 < high and not self.grammar.begins_noun(behind + 1):
            return None
        found = self._clause("claim of", behind + (self.forms[behind] in self._that), high)
        if found is None:
            return None
        source: Range | None = None
        start = at
        while start > low and self.classes[start - 1] is TokenClass.WORD:
            start -= 1
        if start > low and self.classes[start - 1] is TokenClass.GENITIVE:
            first = self.grammar.noun_phrase_start(start - 2, low)
            if first is not None:
                source = (first, start)
        elif start > low and self.forms[start - 1] in self.tokens.lists["words.possessives"]:
            source = (start - 1, start)
        if source is None and self.forms[behind] in self._infinitive:
            return None
        return Attribution("claim of", "noun", "assert", (at, at + 1), source, found[1])

    def _with_stance(self, at: int, low: int, high: int) -> Attribution | None:
        """As in "S is confident that C"."""
        if at == low or at + 1 >= high:
            return None
        behind = at + 1
        if self.forms[behind] in self._that:
            behind += 1
        elif self.forms[behind] not in self._infinitive:
            return None
        start = self.grammar.group_start(at, low)
        if start == at or not any(self.forms[token] in self._be for token in range(start, at)):
            return None
        source = self.grammar.subject(at, low)
        found = self._clause("stance", behind, high)
        if source is None or found is None or self.forms[source[0]] in self._expletives:
            return None
        return Attribution("stance", "think", "assert", (start, at + 1), source, found[1])

    def _according_to(self, at: int, low: int, high: int) -> Attribution | None:
        phrase = next((p for p in self._according if tuple(self.forms[at : at + len(p)]) == p), None)
        if phrase is None:
            return None
        begin = at + len(phrase)
        if phrase[0] in self._so and (at == low or self.forms[at - 1] != ","):
            return None
        end = self.grammar.noun_phrase_end(begin, high) if phrase[0] in self._tight else begin
        while (
            phrase[0] not in self._tight
            and end < high
            and self.forms[end] not in (",", ";", "—", "–", "--")
            and self.classes[end] is not TokenClass.QUOTE
        ):
            if self.forms[end] == "." and end == high - 1:
                break
            end += 1
        source = self._trimmed((begin, end))
        if source[1] <= source[0]:
            return None
        if at == low or (self.classes[at - 1] is TokenClass.COORDINATOR and at - 1 == low):
            content = self._trimmed((end, self.grammar.clause_end(end, high) if end < high else high))
            contents: tuple[Range, ...] = (content,) if content[1] > content[0] else ()
        else:
            contents = self._left(at, low)
            if contents and end + 1 < high and self.forms[end] == "," and self.classes[end + 1] in AUXILIARIES:
                rest = self._trimmed((end + 1, high))
                contents = (*contents, rest)
        if not contents:
            return None
        return Attribution("according to", "say", "assert", (at, begin), source, contents)

    def _colon(self, low: int, high: int) -> Attribution | None:
        """As in "S: C", as in a transcript."""
        tokens = self.tokens
        if low and tokens.paragraph_of[low] == tokens.paragraph_of[low - 1]:
            return None
        for at in range(low + 1, min(high, low + _COLON_NAME)):
            if self.forms[at] == ":":
                if not all(
                    self.classes[token] is TokenClass.NAME or self.forms[token] == "." for token in range(low, at)
                ):
                    return None
                end = high
                while end < len(self.forms) and tokens.paragraph_of[end] == tokens.paragraph_of[low]:
                    end += 1
                content = (at + 1, end)
                speech = self.classes[at + 1] is TokenClass.QUOTE if at + 1 < high else False
                if at + 1 >= high or not (speech or tokens.words((low, at)).isupper()):
                    return None
                return Attribution("colon", "say", "assert", (at, at + 1), (low, at), (self._trimmed(content),))
            if self.classes[at] is not TokenClass.NAME and self.forms[at] != ".":
                return None
        return None
