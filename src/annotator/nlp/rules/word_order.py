"""Subjects, verbs and clauses by word order and closed word classes, without a parse.

``parses.Parse`` overrides the methods for which a dependency parse is more exact.
"""

from annotator.nlp.rules.noun_phrases import BEGINS_NOUN, NOMINAL, NounPhrases
from annotator.nlp.rules.tokens import (
    AUXILIARIES,
    CONTENT_WORDS,
    MARKS,
    Range,
    TokenClass,
    Tokens,
)
from annotator.nlp.rules.word_lists import Cue, first_words

_COMPLEMENTIZER, _GENITIVE, _WORD = TokenClass.COMPLEMENTIZER, TokenClass.GENITIVE, TokenClass.WORD
_VERB_GROUP = frozenset((TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.NEGATION, TokenClass.ADVERB))
_DASHES = frozenset(("—", "–", "--", "―", "-"))
_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("(["), frozenset(")]")
_ENDS_CLAUSE = _DASHES | _OPENING_BRACKETS | _CLOSING_BRACKETS | {";", ":"}
_NEVER_LAST_OF_SUBJECT = _DASHES | {".", ","}
_OPENING_OF = {")": "("}
_MAX_TOKENS_OF_ASIDE = 28
_MAX_TOKENS_OF_RELATIVE = 14
_MAX_TOKENS_TO_VERB = 30
_MAX_TOKENS_TO_CUE = 9
_NOUN_OR_PRONOUN = NOMINAL | {TokenClass.PRONOUN}
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
_AFTER_BASE_FORM = frozenset((TokenClass.COMPLEMENTIZER, TokenClass.DETERMINER, TokenClass.PRONOUN))
_BEFORE_CUE_NOUN = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE, TokenClass.PREPOSITION))
_MAIN_CLAUSE_SIGNS = frozenset((TokenClass.AUXILIARY, TokenClass.MODAL, TokenClass.PRONOUN))


class WordOrder(NounPhrases):
    """The subjects, verbs and clauses of one text. All positions are token numbers.

    An aside is a phrase between two commas, dashes or brackets: an apposition, a relative clause or a participle.
    """

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        lists = tokens.lists
        self._be = lists["words.be"]
        self._have = lists["words.have"]
        self._relatives = lists["words.relatives"]
        self._persons_relatives = lists["words.persons_relatives"]
        self._subject_pronouns = lists["words.subject_pronouns"]
        self._that = lists["words.complementizers"]
        self._never_nouns = lists["words.never_nouns"]
        self._of = lists["words.of"]
        self._past = tuple(lists["endings.past"])
        self._third_person = tuple(lists["endings.third_person"])
        self._capital_nouns = bool(lists["words.capital_nouns"])
        self._before_days = lists["words.before_days"]
        self._according = first_words(lists, "phrases.according")
        self._cues = lists.cues

    # --- verbs ---

    def token_features(self, at: int) -> list[str]:
        """Return the features of a token for a trained suggester: none, as word order adds nothing to the words."""
        return []

    def group_start(self, verb: int, low: int) -> int:
        """Return where the auxiliaries and adverbs before a verb begin."""
        classes = self.classes
        at = verb
        while at > low and classes[at - 1] in _VERB_GROUP:
            at -= 1
        # "'s" is a verb after a pronoun: "she's saying", and a possessive after a noun.
        if at > low and classes[at - 1] is _GENITIVE and at - 1 > low and self._is_contracted(at - 1):
            at -= 1
        return at

    def _is_contracted(self, at: int) -> bool:
        """Return whether the "'s" at ``at`` is a verb: "she's", "who's"."""
        return self.classes[at - 1] in _ONE_WORD_SUBJECTS

    def is_passive(self, verb: int, low: int) -> bool:
        """Return whether a form of "be" governs the participle at ``verb``: "was denied"."""
        if self.is_gerund(verb):
            return False
        for at in range(verb - 1, self.group_start(verb, low) - 1, -1):
            if self.forms[at] in self._be and self.forms[at] != "'d":
                return True
            if self.classes[at] is TokenClass.AUXILIARY:
                return False
        return False

    def is_verb(self, at: int, cue: Cue, low: int, high: int) -> bool:
        """Return whether the cue word at ``at`` is a verb here, and no noun or adjective."""
        if self._capital_nouns:
            # A German noun has a capital, and cue words are lower case.
            return True
        is_gerund = self.is_gerund(at)
        if at == low and not is_gerund:
            # "Said Smith" is rare, "Report finds" and "Show me" are not.
            return False
        before = self.classes[at - 1] if at > low else TokenClass.PUNCTUATION
        word_before = self.forms[at - 1] if at > low else ""
        is_third_person = self.forms[at].endswith(self._third_person)
        if word_before in self._infinitive:
            # "To say that"
            return True
        if self._follows_determiner(at, low):
            # "His claim"; but "many claim", "she's saying"
            return word_before in self._alone and not is_third_person
        if is_gerund:
            # "After saying that"; not "two findings"
            return before not in _BEFORE_COUNTED_NOUN
        if before is TokenClass.PREPOSITION:
            return False
        if (not cue.is_base and not is_third_person) or before in _BEFORE_VERB:
            # A past form, or "they say", "would say".
            return True
        return self._is_present_plural(at, cue, high) if cue.is_base else self._is_present_singular(at, cue, low, high)

    def _follows_determiner(self, at: int, low: int) -> bool:
        """Return whether a determiner or possessive stands before ``at``: "his", "the minister's"; not in "she's"."""
        if at <= low or self.classes[at - 1] not in _BEFORE_NOUN:
            return False
        is_genitive = self.classes[at - 1] is TokenClass.GENITIVE
        return not (is_genitive and at - 1 > low and self._is_contracted(at - 1))

    def _is_present_plural(self, at: int, cue: Cue, high: int) -> bool:
        """Return whether a base form is a present with a subject: "officials say"; not "a state report on"."""
        before, word_before = self.classes[at - 1], self.forms[at - 1]
        after = self.classes[at + 1] if at + 1 < high else TokenClass.PUNCTUATION
        if before is TokenClass.ADVERB or (self.forms[at] in self._never_nouns and after in _AFTER_BASE_FORM):
            return True
        has_complement = (
            after is not TokenClass.PREPOSITION or bool(cue.particle) or self.forms[at + 1] in self._infinitive
        )
        return has_complement and before in CONTENT_WORDS and self._is_plural(word_before)

    def _is_present_singular(self, at: int, cue: Cue, low: int, high: int) -> bool:
        """Return whether a form with "s" is a verb: "the ministry says"; not "campaign reports", "health claims"."""
        before = self.classes[at - 1] if at > low else TokenClass.PUNCTUATION
        after = self.classes[at + 1] if at + 1 < high else TokenClass.PUNCTUATION
        if before in MARKS:
            # "“C,” says Reuter"
            return cue.kind in ("say", "tell") and after in _BEGINS_SUBJECT
        if before is TokenClass.COORDINATOR:
            # "Came and says that C"
            return after in _BEGINS_CONTENT
        if after is TokenClass.COMPLEMENTIZER and at + 2 < high and self.classes[at + 2] in AUXILIARIES:
            # "projects that may fail": a noun and its relative clause.
            return False
        return after in _AFTER_THIRD_PERSON and not (before is TokenClass.WORD and self._is_plural(self.forms[at - 1]))

    # --- subjects ---

    def subject(self, verb: int, low: int) -> Range | None:
        """Return the noun phrase before the verb, with its appositions; None where there is none.

        "Smith, chairman of the panel, said": "Smith, chairman of the panel,".
        """
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
        if classes[last] not in NOMINAL and not (forms[last] == "." and last > low):
            if classes[last] is TokenClass.DETERMINER and forms[last] in self._alone:
                return (last, end)
            return None
        start = self.noun_phrase_start(last, low)
        return (self._before_relative(start, low), end) if start is not None else None

    def _before_relative(self, start: int, low: int) -> int:
        """Return where a subject with a relative clause without commas begins: "officials who met the envoy said"."""
        classes = self.classes
        for at in range(start - 1, max(low, start - _MAX_TOKENS_OF_RELATIVE), -1):
            if classes[at] in _CLAUSE_BOUNDARIES:
                break
            if self.forms[at] in self._persons_relatives and classes[at - 1] in CONTENT_WORDS:
                antecedent = self.noun_phrase_start(at - 1, low)
                if antecedent is None or any(self.forms[place] in self._cues for place in range(antecedent, at)):
                    return start
                return antecedent
        return start

    def _before_time(self, end: int, low: int) -> int:
        """Return where a subject ends before a day that precedes its verb: "the army on Monday said"."""
        at = end
        while at > low and self.classes[at - 1] is TokenClass.TIME:
            at -= 1
        if at < end and at > low and self.forms[at - 1] in self._before_days:
            at -= 1
        return at

    def _subject_before_aside(self, mark: int, low: int) -> Range | None:
        """Return the subject with the asides between it and its verb: "Smith, R-Ohio, chairman of the panel," said."""
        classes, forms = self.classes, self.forms
        opening = _OPENING_OF.get(forms[mark], forms[mark])
        found: Range | None = None
        for at in range(mark - 1, max(low, mark - _MAX_TOKENS_OF_ASIDE) - 1, -1):
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
        """Return where the subject before an aside begins; None where there is no subject or no aside."""
        last = opening - 1
        if last > low and self.forms[last] == ")":
            while last > low and self.forms[last] != "(":
                last -= 1
            last -= 1
        if last < low or self.classes[last] not in _NOUN_OR_PRONOUN or not self._is_aside((opening + 1, closing)):
            return None
        start = self.noun_phrase_start(last, low) if self.classes[last] is not TokenClass.PRONOUN else last
        if start is None or (start > low and self.classes[start - 1] is TokenClass.PREPOSITION):
            return None
        return start

    def first_subject(self, low: int, high: int) -> Range | None:
        """Return the noun phrase with which a sentence begins, with the aside after it; None where there is none.

        "On Monday, the minister, who resigned, said": "the minister, who resigned,".
        """
        at = self._after_fronted_phrase(low, high)
        if at >= high:
            return None
        if self.classes[at] is TokenClass.PRONOUN:
            return (at, at + 1)
        end = self.noun_phrase_end(at, high)
        if end == at:
            return None
        if end < high and self.forms[end] == ",":
            for closing in range(end + 2, min(high, end + _MAX_TOKENS_OF_ASIDE)):
                if self.forms[closing] == "," and self._is_aside((end + 1, closing)):
                    return (at, closing + 1)
        return (at, end)

    def _after_fronted_phrase(self, low: int, high: int) -> int:
        """Return where a sentence begins after "And", quotation marks and a phrase such as "On Monday,"."""
        at = low
        while at < high and self.classes[at] in _BEFORE_SENTENCE:
            at += 1
        if at < high and (self.classes[at] in _BEGINS_FRONTED_PHRASE or self.is_gerund(at)):
            return next((comma for comma in range(at, high) if self.forms[comma] == ","), high) + 1
        return at

    def _is_aside(self, piece: Range) -> bool:
        """Return whether the tokens between two marks are an apposition, a relative clause or a participle."""
        classes, forms = self.classes, self.forms
        first = piece[0]
        if forms[first] in self._relatives or self.is_gerund(first) or forms[first].endswith(self._past):
            return True
        return not any(
            classes[at] in _MAIN_CLAUSE_SIGNS and forms[at] not in self._have for at in range(*piece)
        ) or any(forms[at] in self._relatives for at in range(*piece))

    def subject_after(self, verb: int, high: int) -> Range | None:
        """Return the noun phrase after the verb, with its appositions; None where there is none.

        "Said the minister, a lawyer": "the minister, a lawyer".
        """
        at = verb + 1
        if at >= high:
            return None
        if self.classes[at] is TokenClass.PRONOUN:
            return (at, at + 1) if self.forms[at] in self._subject_pronouns else None
        end = self.noun_phrase_end(at, high)
        if end == at:
            return None
        end = self._appositions_end(end, high)
        while end > at and self.forms[end - 1] in _NEVER_LAST_OF_SUBJECT:
            end -= 1
        return (at, end)

    def _appositions_end(self, end: int, high: int) -> int:
        """Return where the appositions and relative clauses end that follow the noun phrase before ``end``."""
        while end < high and self.forms[end] == ",":
            first = end + 1
            commas = (at for at in range(first, min(high, end + _MAX_TOKENS_OF_ASIDE)) if self.forms[at] == ",")
            closing = next(commas, high)
            if first >= closing or self.is_gerund(first) or not self._is_aside((first, closing)):
                break
            if self.classes[first] not in _BEGINS_APPOSITION and self.forms[first] not in self._of:
                break
            end = closing
        return end

    # --- clauses ---

    def has_verb(self, start: int, high: int) -> bool:
        """Return whether a clause with a finite verb begins at ``start``."""
        classes, forms = self.classes, self.forms
        for at in range(start, min(high, start + _MAX_TOKENS_TO_VERB)):
            word_class = classes[at]
            if word_class in AUXILIARIES or (word_class is _GENITIVE and at > start and self._is_contracted(at)):
                return True
            if word_class is _WORD and at > start:
                if forms[at].endswith(self._past) or forms[at] in self._cues:
                    return True
                if classes[at - 1] is TokenClass.PRONOUN:
                    return True
            if word_class is _COMPLEMENTIZER or forms[at] in _ENDS_CLAUSE:
                return False
        return self._ends_like_verb(start, high)

    def _ends_like_verb(self, start: int, high: int) -> bool:
        """Return whether the last word before a mark, a preposition or the like may be a verb: "rates rose by"."""
        end = start
        while end < high and self.classes[end] in BEGINS_NOUN:
            end += 1
        return end - start >= 2 and end < high and self.classes[end] in _AFTER_FINITE_VERB

    def clause_end(self, start: int, high: int) -> int:
        """Return where the content from ``start`` ends: before another attribution, or at the end of the sentence."""
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
            if form in _OPENING_BRACKETS:
                depth += 1
            elif form in _CLOSING_BRACKETS:
                if depth == 0:
                    return at
                depth -= 1
            elif form == ";" or (form == "," and at + 2 < high and self._begins_attribution(at, high)):
                return at
        return high

    def _begins_attribution(self, comma: int, high: int) -> bool:
        """Return whether a new attribution begins after a comma, as in ", adding that", ", but he said"."""
        first = comma + 1
        if self.forms[first] in self._according:
            return True
        if self.is_gerund(first) and self.forms[first] in self._cues:
            return True
        if self.classes[first] in _CONJUNCTIONS:
            for at in range(first + 1, min(high, first + _MAX_TOKENS_TO_CUE)):
                if self.classes[at] is TokenClass.WORD and self._may_be_cue(self.forms[at]):
                    return self.classes[at - 1] not in _BEFORE_CUE_NOUN
                if self.classes[at] is TokenClass.PUNCTUATION:
                    return False
        return False

    def _may_be_cue(self, form: str) -> bool:
        """Return whether a word may be a verb of saying or thinking."""
        return any(cue.kind in ("say", "tell", "think") and not cue.particle for cue in self._cues.get(form, ()))
