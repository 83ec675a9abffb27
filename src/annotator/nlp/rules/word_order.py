"""Subjects, verbs and clauses by word order and closed word classes alone: the grammar of the blank pipeline.

A class that knows a dependency parse overrides what it knows better (``parses``).
"""

from annotator.nlp.rules.tokens import (
    AUXILIARIES,
    CONTENT_WORDS,
    MARKS,
    NOUN_CLASSES,
    NOUN_PHRASE_CLASSES,
    Range,
    TokenClass,
    Tokens,
)
from annotator.nlp.rules.word_lists import Cue

_VERB_GROUP = frozenset((TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.NEGATION, TokenClass.ADVERB))
_NOMINAL = frozenset((TokenClass.WORD, TokenClass.NAME, TokenClass.NUMBER, TokenClass.GENITIVE))
_BEGINS_NOUN = frozenset(
    (TokenClass.DETERMINER, TokenClass.PRONOUN, TokenClass.WORD, TokenClass.NAME, TokenClass.NUMBER)
)
_DASHES = frozenset(("—", "–", "--", "―", "-"))
_STOPS = frozenset((";", ":", "(", ")", "[", "]", *_DASHES))
_JOINTS = frozenset(("&", "/"))
_LONGEST_ASIDE = 28
_LONGEST_ADJUNCT = 14
_LONGEST_RELATIVE = 14
_ONE_WORD_SUBJECTS = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.PRONOUN, TokenClass.QUESTION_WORD))
_BEFORE_VERB = frozenset(
    (
        TokenClass.AUXILIARY,
        TokenClass.COMPLEMENTIZER,
        TokenClass.MODAL,
        TokenClass.NEGATION,
        TokenClass.PRONOUN,
        TokenClass.QUESTION_WORD,
    )
)
_CONJUNCTIONS = frozenset((TokenClass.COORDINATOR, TokenClass.SUBORDINATOR))
_BEFORE_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE))
_BEFORE_COUNTED_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.NUMBER))
_BEGINS_CONTENT = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.DETERMINER, TokenClass.PRONOUN, TokenClass.QUOTE))
_AFTER_THIRD_PERSON = frozenset(
    (
        TokenClass.ADVERB,
        TokenClass.COMPLEMENTIZER,
        TokenClass.DETERMINER,
        TokenClass.NAME,
        TokenClass.NUMBER,
        TokenClass.PREPOSITION,
        TokenClass.PRONOUN,
        TokenClass.PUNCTUATION,
        TokenClass.QUESTION_WORD,
        TokenClass.QUOTE,
        TokenClass.WORD,
    )
)
_CLAUSE_BOUNDARIES = frozenset(
    (TokenClass.COMPLEMENTIZER, TokenClass.COORDINATOR, TokenClass.PUNCTUATION, TokenClass.QUOTE)
)
_BEFORE_SENTENCE = frozenset((TokenClass.COORDINATOR, TokenClass.PUNCTUATION, TokenClass.QUOTE))
_NEVER_LAST = frozenset((TokenClass.COORDINATOR, TokenClass.DETERMINER, TokenClass.PREPOSITION))
_BEGINS_NAME = frozenset((TokenClass.DETERMINER, TokenClass.NAME))
_BEGINS_HEARER = frozenset((TokenClass.DETERMINER, TokenClass.NAME, TokenClass.NUMBER, TokenClass.WORD))
_ADVERBIALS = frozenset((TokenClass.ADVERB, TokenClass.TIME))
_AFTER_FINITE_VERB = frozenset(
    (
        TokenClass.ADVERB,
        TokenClass.DETERMINER,
        TokenClass.NUMBER,
        TokenClass.PREPOSITION,
        TokenClass.PRONOUN,
        TokenClass.PUNCTUATION,
    )
)
_BEGINS_SUBJECT = frozenset((TokenClass.DETERMINER, TokenClass.NAME, TokenClass.PRONOUN))
_BEGINS_FRONTED_PHRASE = frozenset(
    (TokenClass.ADVERB, TokenClass.PREPOSITION, TokenClass.QUESTION_WORD, TokenClass.SUBORDINATOR, TokenClass.TIME)
)
_BEGINS_APPOSITION = frozenset(
    (TokenClass.DETERMINER, TokenClass.NAME, TokenClass.NUMBER, TokenClass.QUESTION_WORD, TokenClass.WORD)
)
_CONNECTORS = frozenset((TokenClass.COORDINATOR, TokenClass.PREPOSITION))
_OBJECT_OF_PREPOSITION = frozenset(
    (TokenClass.GENITIVE, TokenClass.NAME, TokenClass.NUMBER, TokenClass.TIME, TokenClass.WORD)
)
_AFTER_BASE_FORM = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.DETERMINER, TokenClass.PRONOUN))
_BEFORE_CUE_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE, TokenClass.PREPOSITION))
_MAIN_CLAUSE_SIGNS = frozenset((TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.PRONOUN))


class WordOrder:
    """The grammar of one text. All positions are tokens."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.forms = tokens.forms
        self.classes = tokens.classes
        lists = tokens.lists
        self._be = lists["words.be"]
        self._have = lists["words.have"]
        self._relatives = lists["words.relatives"]
        self._persons_relatives = lists["words.persons_relatives"]
        self._hearers = lists["words.hearers"]
        self._infinitive = lists["words.infinitive"]
        self._that = lists["words.complementizers"]
        self._no = lists["words.no"]
        self._never_nouns = lists["words.never_nouns"]
        self._whether = lists["words.whether"]
        self._possessives = lists["words.possessives"]
        self._of = lists["words.of"]
        self._joining = lists["words.joining"]
        self._inner = lists["words.inner_prepositions"]
        self._alone = lists["words.alone"]
        self._gerund = tuple(lists["endings.gerund"])
        self._past = tuple(lists["endings.past"])
        self._plural = tuple(lists["endings.plural"])
        self._adverb = tuple(lists["endings.adverb"])
        self._third = tuple(lists["endings.third_person"])
        self._capital_nouns = bool(lists["words.capital_nouns"])
        self._before_days = lists["words.before_days"]
        self._before_times = lists["words.before_times"]
        self._according = frozenset(phrase.split()[0] for phrase in lists["phrases.according"])
        self._cues = lists.cues

    # --- verbs ---

    def marks(self, at: int) -> list[str]:
        """What the grammar tells a learner of a token; word order tells nothing that words do not."""
        return []

    def group_start(self, verb: int, low: int) -> int:
        """Where the auxiliaries and adverbs before a verb begin."""
        classes = self.classes
        at = verb
        while at > low and classes[at - 1] in _VERB_GROUP:
            at -= 1
        # "had, on Monday, said" and the like are left alone; a lone 's is a possessive before a noun.
        if at > low and classes[at - 1] is TokenClass.GENITIVE and at - 1 > low and self._is_contracted(at - 1):
            at -= 1
        return at

    def _is_contracted(self, at: int) -> bool:
        return self.classes[at - 1] in _ONE_WORD_SUBJECTS

    def is_gerund(self, at: int) -> bool:
        return self.forms[at].endswith(self._gerund)

    def is_passive(self, verb: int, low: int) -> bool:
        """Whether a form of "be" governs the participle at ``verb``."""
        if self.is_gerund(verb):
            return False
        for at in range(verb - 1, self.group_start(verb, low) - 1, -1):
            if self.forms[at] in self._be and self.forms[at] != "'d":
                return True
            if self.classes[at] is TokenClass.AUXILIARY:
                return False
        return False

    def is_verb(self, at: int, cue: Cue, low: int, high: int) -> bool:
        """Whether the cue word at ``at`` is a verb here, and no noun or adjective."""
        classes, forms = self.classes, self.forms
        if self._capital_nouns:
            # In lower case it is no noun.
            return True
        if at == low and not self.is_gerund(at):
            # "Said Smith" is rare, "Report finds" and "Show me" are not.
            return False
        before = classes[at - 1] if at > low else TokenClass.PUNCTUATION
        after = classes[at + 1] if at + 1 < high else TokenClass.PUNCTUATION
        word = forms[at - 1] if at > low else ""
        if word in self._infinitive:
            return True
        if before in _BEFORE_NOUN and not (
            before is TokenClass.GENITIVE and at - 1 > low and self._is_contracted(at - 1)
        ):
            return word in self._alone and not forms[at].endswith(self._third)
        if before is TokenClass.PREPOSITION:
            return self.is_gerund(at)
        if self.is_gerund(at):
            return before not in _BEFORE_COUNTED_NOUN
        if not cue.is_base and not forms[at].endswith(self._third):
            # A past form: an adjective where a noun follows and no subject stands before.
            return True
        if before in _BEFORE_VERB:
            return True
        if cue.is_base:
            # The plural of the present: "officials say".
            if before is TokenClass.ADVERB or (forms[at] in self._never_nouns and after in _AFTER_BASE_FORM):
                return True
            follows = after is not TokenClass.PREPOSITION or bool(cue.particle) or forms[at + 1] in self._infinitive
            return before in CONTENT_WORDS and self._is_plural(word) and follows
        if before in MARKS:
            return cue.kind in ("say", "tell") and after in _BEGINS_SUBJECT
        if before is TokenClass.COORDINATOR:
            return after in _BEGINS_CONTENT
        if after is TokenClass.COMPLEMENTIZER and at + 2 < high and classes[at + 2] in AUXILIARIES:
            # "projects that may fail": a noun and its relative clause.
            return False
        # The third person: "the ministry says"; "campaign reports" and "health claims" are nouns.
        return after in _AFTER_THIRD_PERSON and not (before is TokenClass.WORD and self._is_plural(word))

    def _is_plural(self, word: str) -> bool:
        return word.endswith(self._plural) and not word.endswith("ss")

    # --- subjects ---

    def subject(self, verb: int, low: int) -> Range | None:
        """The noun phrase before the verb, with its appositions; None where none stands there."""
        classes, forms = self.classes, self.forms
        end = self.group_start(verb, low)
        end = self._before_time(end, low)
        if end <= low:
            return None
        last = end - 1
        if classes[last] in _ONE_WORD_SUBJECTS:
            if classes[last] is TokenClass.QUESTION_WORD and forms[last] not in self._relatives:
                return None
            return (last, end)
        if forms[last] == "," or forms[last] in _DASHES or forms[last] == ")":
            return self._subject_before_aside(last, low)
        if classes[last] not in _NOMINAL and not (forms[last] == "." and last > low):
            if classes[last] is TokenClass.DETERMINER and forms[last] in self._alone:
                return (last, end)
            return None
        start = self.noun_phrase_start(last, low)
        return (self._before_relative(start, low), end) if start is not None else None

    def _before_relative(self, start: int, low: int) -> int:
        """Where the subject begins that has a relative clause without commas: "officials who met the envoy said"."""
        classes = self.classes
        for at in range(start - 1, max(low, start - _LONGEST_RELATIVE), -1):
            if classes[at] in _CLAUSE_BOUNDARIES:
                break
            if self.forms[at] in self._persons_relatives and classes[at - 1] in CONTENT_WORDS:
                antecedent = self.noun_phrase_start(at - 1, low)
                known = antecedent is not None and not any(
                    self.forms[place] in self._cues for place in range(antecedent, at)
                )
                return antecedent if antecedent is not None and known else start
        return start

    def _before_time(self, end: int, low: int) -> int:
        """Before a day that stands between subject and verb: "the army on Monday said"."""
        at = end
        while at > low and self.classes[at - 1] is TokenClass.TIME:
            at -= 1
        if at < end and at > low and self.forms[at - 1] in self._before_days:
            at -= 1
        return at

    def _subject_before_aside(self, mark: int, low: int) -> Range | None:
        """The subject with what stands between it and its verb: "Smith, R-Ohio, chairman of the panel," said."""
        classes, forms = self.classes, self.forms
        opening = {")": "("}.get(forms[mark], forms[mark])
        found: Range | None = None
        for at in range(mark - 1, max(low, mark - _LONGEST_ASIDE) - 1, -1):
            if forms[at] == opening:
                start = self._start_before_aside(at, mark, low)
                if start is not None:
                    found = (start, mark + 1)
                if opening != "," or (start is None and found):
                    return found
            elif opening == "," and (classes[at] is TokenClass.QUOTE or forms[at] in (";", ":")):
                break
        return found

    def _start_before_aside(self, opening: int, closing: int, low: int) -> int | None:
        """Where a subject begins whose aside stands between two marks; None where it is no aside of a subject."""
        last = opening - 1
        if last > low and self.forms[last] == ")":
            while last > low and self.forms[last] != "(":
                last -= 1
            last -= 1
        if (
            last < low
            or self.classes[last] not in (*_NOMINAL, TokenClass.PRONOUN)
            or not self._is_aside((opening + 1, closing))
        ):
            return None
        start = self.noun_phrase_start(last, low) if self.classes[last] is not TokenClass.PRONOUN else last
        if start is None or (start > low and self.classes[start - 1] is TokenClass.PREPOSITION):
            return None
        return start

    def first_subject(self, low: int, high: int) -> Range | None:
        """The noun phrase with which a sentence begins, past what is fronted, with the aside behind it."""
        at = low
        while at < high and self.classes[at] in _BEFORE_SENTENCE:
            at += 1
        if at < high and (self.classes[at] in _BEGINS_FRONTED_PHRASE or self.is_gerund(at)):
            comma = next((mark for mark in range(at, high) if self.forms[mark] == ","), high)
            at = comma + 1
        if at >= high:
            return None
        if self.classes[at] is TokenClass.PRONOUN:
            return (at, at + 1)
        end = self.noun_phrase_end(at, high)
        if end == at:
            return None
        if end < high and self.forms[end] == ",":
            for closing in range(end + 2, min(high, end + _LONGEST_ASIDE)):
                if self.forms[closing] == "," and self._is_aside((end + 1, closing)):
                    return (at, closing + 1)
        return (at, end)

    def _is_aside(self, piece: Range) -> bool:
        """Whether an apposition, a relative clause or a participle stands between two marks."""
        classes, forms = self.classes, self.forms
        first = piece[0]
        if forms[first] in self._relatives or self.is_gerund(first) or forms[first].endswith(self._past):
            return True
        return not any(
            classes[at] in _MAIN_CLAUSE_SIGNS and forms[at] not in self._have for at in range(*piece)
        ) or any(forms[at] in self._relatives for at in range(*piece))

    def noun_phrase_start(self, last: int, low: int) -> int | None:
        """Where the noun phrase that ends with token ``last`` begins; None where there is none."""
        at = last + 1
        determined = False
        while at > low:
            word_class = self.classes[at - 1]
            if determined:
                # Before its determiner a phrase goes on only as the part of a larger one: "a spokesman for the army".
                if not self._is_part_of_larger(at - 1, low):
                    break
            elif self._is_pronoun_before_noun(at - 1, last):
                word_class = TokenClass.DETERMINER
            elif not (word_class in _NOMINAL or word_class is TokenClass.DETERMINER or self._goes_on(at, last, low)):
                break
            determined = word_class is TokenClass.DETERMINER
            at -= 1
        return self._without_fronting(at, last) if at <= last else None

    def _is_pronoun_before_noun(self, at: int, last: int) -> bool:
        """As in "one official"."""
        return at < last and self.classes[at] is TokenClass.PRONOUN and self.forms[at] in self._alone

    def _goes_on(self, at: int, last: int, low: int) -> bool:
        """Whether the token before ``at`` joins what follows to a noun before it."""
        word_class, form = self.classes[at - 1], self.forms[at - 1]
        if form == ".":
            return self.classes[at - 2] is TokenClass.NAME
        if form in _JOINTS:
            return True
        if at > last:
            return False
        if word_class is TokenClass.PREPOSITION or (word_class is TokenClass.COORDINATOR and form in self._joining):
            return self._follows_noun(at - 1, low)
        return (
            word_class is TokenClass.ADVERB
            and form.endswith(self._adverb)
            and at - 2 >= low
            and self.classes[at - 2] is TokenClass.DETERMINER
        )

    def _is_part_of_larger(self, at: int, low: int) -> bool:
        """Whether the token before a determiner joins its phrase to a noun: "many of the", "Smith and his"."""
        if self.classes[at] is TokenClass.PREPOSITION:
            return self._follows_noun(at, low) or (at > low and self.forms[at - 1] in self._alone)
        if self.classes[at] is TokenClass.COORDINATOR:
            return self.forms[at] in self._joining and at > low and self.classes[at - 1] is TokenClass.NAME
        return self.classes[at] is TokenClass.DETERMINER

    def _follows_noun(self, at: int, low: int) -> bool:
        return at - 1 >= low and self.classes[at - 1] in NOUN_CLASSES

    def _without_fronting(self, start: int, last: int) -> int:
        """Past "in Ohio on Monday" at the head of a sentence, which is no part of the phrase."""
        classes = self.classes
        for at in range(last, start, -1):
            if classes[at - 1] is TokenClass.TIME:
                return at
        return start

    def subject_behind(self, verb: int, high: int) -> Range | None:
        """The noun phrase behind the verb: "said the minister", with its appositions."""
        classes, forms = self.classes, self.forms
        at = verb + 1
        if at >= high:
            return None
        if classes[at] is TokenClass.PRONOUN:
            return (at, at + 1) if forms[at] in self.tokens.lists["words.subject_pronouns"] else None
        end = self.noun_phrase_end(at, high)
        if end == at:
            return None
        while end < high and forms[end] == ",":
            closing = next(
                (mark for mark in range(end + 1, min(high, end + _LONGEST_ASIDE)) if forms[mark] == ","), high
            )
            piece = (end + 1, closing)
            if piece[0] >= piece[1] or self.is_gerund(piece[0]) or not self._is_aside(piece):
                break
            if classes[piece[0]] not in _BEGINS_APPOSITION and forms[piece[0]] not in self._of:
                break
            end = closing
        while end > at and forms[end - 1] in (".", ",", *_DASHES):
            end -= 1
        return (at, end)

    def noun_phrase_end(self, start: int, high: int) -> int:
        """Behind the noun phrase that begins at ``start``; ``start`` where none does."""
        at = start
        seen = False
        while at < high:
            if self.classes[at] in _NOMINAL:
                seen = True
            elif not self._leads_on(at, start, high, seen):
                break
            at += 1
        while at > start and self.classes[at - 1] in _NEVER_LAST:
            at -= 1
        return at if seen else start

    def _leads_on(self, at: int, start: int, high: int, seen: bool) -> bool:
        """Whether a token that is no noun belongs to a noun phrase, of which ``seen`` tells if a noun was there."""
        word_class, form = self.classes[at], self.forms[at]
        before = self.classes[at - 1] if at > start else TokenClass.PUNCTUATION
        if word_class is TokenClass.DETERMINER:
            return not seen or before in _CONNECTORS or form in self._inner
        if not seen:
            return False
        if word_class is TokenClass.PREPOSITION:
            return form in self._inner
        if at + 1 >= high:
            return False
        if form == ".":
            return before is TokenClass.NAME
        return word_class is TokenClass.COORDINATOR and form in self._joining and self.classes[at + 1] in _BEGINS_NAME

    # --- what stands behind a verb ---

    def behind_hearer(self, at: int, high: int) -> int:
        """Past whom it is told: "reporters", "the Times", "his aides"."""
        classes, forms = self.classes, self.forms
        if at >= high:
            return at
        if classes[at] is TokenClass.PRONOUN or forms[at] in self._hearers:
            at += 1
        elif classes[at] in _BEGINS_HEARER:
            at = self._plain_phrase_end(at, high)
        return at

    def _plain_phrase_end(self, start: int, high: int) -> int:
        """Behind determiner, adjectives and nouns; names end it where a common word had begun it."""
        classes = self.classes
        at = start
        while at < high and classes[at] in NOUN_PHRASE_CLASSES:
            if at > start and classes[at] is TokenClass.DETERMINER:
                break
            at += 1
            if at < high and classes[at - 1] is TokenClass.WORD and self.forms[at - 1] in self._hearers:
                break
        return at

    def behind_adjuncts(self, at: int, high: int) -> int:
        """Past times, adverbs and phrases such as "in a statement on Friday", if anything that is said follows them."""
        classes, forms = self.classes, self.forms
        start = at
        while at < high:
            if classes[at] in _ADVERBIALS:
                at += 1
            elif forms[at] in self._before_times and at + 1 < high and classes[at + 1] is TokenClass.TIME:
                at += 2
            elif classes[at] is TokenClass.PREPOSITION:
                end = self._phrase_end(at, high)
                if end - at > _LONGEST_ADJUNCT or end == at:
                    break
                at = end
            elif (
                forms[at] in self._infinitive
                and at + 1 < high
                and (forms[at + 1] in self._hearers or classes[at + 1] in _BEGINS_NAME)
            ):
                end = self._phrase_end(at, high)
                if end == at:
                    break
                at = end
            else:
                break
        return at if at < high else start

    def _phrase_end(self, start: int, high: int) -> int:
        """Behind a preposition and its noun phrase."""
        classes, forms = self.classes, self.forms
        at = start + 1
        while at < high:
            word_class = classes[at]
            if (
                word_class in _OBJECT_OF_PREPOSITION
                or (forms[at] == "." and classes[at - 1] is TokenClass.NAME and at + 1 < high)
                or (word_class is TokenClass.DETERMINER and at == start + 1)
            ):
                at += 1
            elif word_class is TokenClass.PRONOUN and at == start + 1:
                at += 1
                break
            else:
                break
        return at if at > start + 1 else start

    def has_verb(self, start: int, high: int) -> bool:
        """Whether a clause with a finite verb begins at ``start``."""
        classes, forms = self.classes, self.forms
        for at in range(start, min(high, start + 30)):
            word_class = classes[at]
            if word_class in AUXILIARIES or (
                word_class is TokenClass.GENITIVE and at > start and self._is_contracted(at)
            ):
                return True
            if word_class is TokenClass.WORD and at > start:
                if forms[at].endswith(self._past) or forms[at] in self._cues:
                    return True
                if classes[at - 1] is TokenClass.PRONOUN:
                    return True
            if word_class is TokenClass.COMPLEMENTIZER or forms[at] in _STOPS:
                return False
        return self._ends_like_verb(start, high)

    def _ends_like_verb(self, start: int, high: int) -> bool:
        """As in "rates rose", "the bill passes": a word behind a noun that is no noun by its looks."""
        end = start
        while end < high and self.classes[end] in _BEGINS_NOUN:
            end += 1
        return end - start >= 2 and end < high and self.classes[end] in _AFTER_FINITE_VERB

    def begins_noun(self, at: int) -> bool:
        return self.classes[at] in _BEGINS_NOUN or self.forms[at] in self._no

    # --- ends ---

    def clause_end(self, start: int, high: int) -> int:
        """Where what is said from ``start`` ends: before another attribution in the same sentence, or at its end."""
        classes, forms = self.classes, self.forms
        quoted = self.tokens.quoted
        inside = quoted[start]
        depth = 0
        for at in range(start + 1, high):
            form = forms[at]
            if quoted[at] != -1 and quoted[at] != inside and classes[at] is not TokenClass.QUOTE:
                continue
            if inside != -1 and quoted[at] != inside:
                inside = -1
            if form == "(" or form == "[":
                depth += 1
            elif form == ")" or form == "]":
                if depth == 0:
                    return at
                depth -= 1
            elif form == ";" or (form == "," and at + 2 < high and self._parts(at, high)):
                return at
        return high

    def _parts(self, comma: int, high: int) -> bool:
        """Whether a new attribution, or words of the writer, begin behind a comma."""
        classes, forms = self.classes, self.forms
        first = comma + 1
        if forms[first] in self._according:
            return True
        if self.is_gerund(first) and forms[first] in self._cues:
            return True
        if classes[first] in _CONJUNCTIONS:
            for at in range(first + 1, min(high, first + 9)):
                if (
                    any(
                        cue.kind in ("say", "tell", "think") and not cue.particle
                        for cue in self._cues.get(forms[at], ())
                    )
                    and classes[at] is TokenClass.WORD
                ):
                    return classes[at - 1] not in _BEFORE_CUE_NOUN
                if classes[at] is TokenClass.PUNCTUATION:
                    return False
        return False
