"""Noun phrases and adjuncts by closed word classes: where they begin and end among the tokens of a text."""

from annotator.nlp.rules.tokens import NOUN_CLASSES, NOUN_PHRASE_CLASSES, TokenClass, Tokens

NOMINAL = frozenset((TokenClass.WORD, TokenClass.NAME, TokenClass.NUMBER, TokenClass.GENITIVE))
BEGINS_NOUN = frozenset(
    (TokenClass.DETERMINER, TokenClass.PRONOUN, TokenClass.WORD, TokenClass.NAME, TokenClass.NUMBER)
)
_JOINING_MARKS = frozenset(("&", "/"))
_MAX_TOKENS_OF_ADJUNCT = 14
_NEVER_LAST = frozenset((TokenClass.COORDINATOR, TokenClass.DETERMINER, TokenClass.PREPOSITION))
_BEGINS_NAME = frozenset((TokenClass.DETERMINER, TokenClass.NAME))
_BEGINS_HEARER = frozenset((TokenClass.DETERMINER, TokenClass.NAME, TokenClass.NUMBER, TokenClass.WORD))
_ADVERBIALS = frozenset((TokenClass.ADVERB, TokenClass.TIME))
_CONNECTORS = frozenset((TokenClass.COORDINATOR, TokenClass.PREPOSITION))
_OBJECT_OF_PREPOSITION = frozenset(
    (TokenClass.GENITIVE, TokenClass.NAME, TokenClass.NUMBER, TokenClass.TIME, TokenClass.WORD)
)


class NounPhrases:
    """The noun phrases of one text. All positions are token numbers."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.forms = tokens.forms
        self.classes = tokens.classes
        lists = tokens.lists
        self._hearers = lists["words.hearers"]
        self._infinitive = lists["words.infinitive"]
        self._no = lists["words.no"]
        self._joining = lists["words.joining"]
        self._inner = lists["words.inner_prepositions"]
        self._alone = lists["words.alone"]
        self._gerund = tuple(lists["endings.gerund"])
        self._plural = tuple(lists["endings.plural"])
        self._adverb = tuple(lists["endings.adverb"])
        self._before_times = lists["words.before_times"]

    def begins_noun(self, at: int) -> bool:
        """Return whether a noun phrase may begin at ``at``."""
        return self.classes[at] in BEGINS_NOUN or self.forms[at] in self._no

    def is_gerund(self, at: int) -> bool:
        """Return whether the word at ``at`` has the ending of a gerund: "saying"."""
        return self.forms[at].endswith(self._gerund)

    def _is_plural(self, word: str) -> bool:
        """Return whether a word has the ending of a plural: "officials"."""
        return word.endswith(self._plural) and not word.endswith("ss")

    def noun_phrase_start(self, last: int, low: int) -> int | None:
        """Return where the noun phrase that ends with token ``last`` begins; None where there is none."""
        at = last + 1
        has_determiner = False
        while at > low:
            word_class = self.classes[at - 1]
            if has_determiner:
                # Before a determiner only a larger phrase continues: "a spokesman for the army".
                if not self._is_part_of_larger(at - 1, low):
                    break
            elif self._is_pronoun_before_noun(at - 1, last):
                word_class = TokenClass.DETERMINER
            elif not (word_class in NOMINAL or word_class is TokenClass.DETERMINER or self._joins_noun(at, last, low)):
                break
            has_determiner = word_class is TokenClass.DETERMINER
            at -= 1
        return self._without_time(at, last) if at <= last else None

    def _is_pronoun_before_noun(self, at: int, last: int) -> bool:
        """Return whether a pronoun is the determiner of a noun, as in "one official"."""
        return at < last and self.classes[at] is TokenClass.PRONOUN and self.forms[at] in self._alone

    def _joins_noun(self, at: int, last: int, low: int) -> bool:
        """Return whether the token before ``at`` joins the words after it to a noun before it: "head of state"."""
        word_class, form = self.classes[at - 1], self.forms[at - 1]
        if form == ".":
            return self.classes[at - 2] is TokenClass.NAME
        if form in _JOINING_MARKS:
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
        """Return whether the token at ``at`` joins a phrase to a noun before it: "many of the", "Smith and his"."""
        if self.classes[at] is TokenClass.PREPOSITION:
            return self._follows_noun(at, low) or (at > low and self.forms[at - 1] in self._alone)
        if self.classes[at] is TokenClass.COORDINATOR:
            return self.forms[at] in self._joining and at > low and self.classes[at - 1] is TokenClass.NAME
        return self.classes[at] is TokenClass.DETERMINER

    def _follows_noun(self, at: int, low: int) -> bool:
        """Return whether a noun stands right before ``at``."""
        return at - 1 >= low and self.classes[at - 1] in NOUN_CLASSES

    def _without_time(self, start: int, last: int) -> int:
        """Return the start without a time before the phrase, as in "in Ohio on Monday the mayor"."""
        classes = self.classes
        for at in range(last, start, -1):
            if classes[at - 1] is TokenClass.TIME:
                return at
        return start

    def noun_phrase_end(self, start: int, high: int) -> int:
        """Return where the noun phrase that begins at ``start`` ends; ``start`` where none begins."""
        at = start
        has_noun = False
        while at < high:
            if self.classes[at] in NOMINAL:
                has_noun = True
            elif not self._continues_phrase(at, start, high, has_noun):
                break
            at += 1
        while at > start and self.classes[at - 1] in _NEVER_LAST:
            at -= 1
        return at if has_noun else start

    def _continues_phrase(self, at: int, start: int, high: int, has_noun: bool) -> bool:
        """Return whether a token that is no noun belongs to a noun phrase; ``has_noun``: a noun stands before it."""
        word_class, form = self.classes[at], self.forms[at]
        before = self.classes[at - 1] if at > start else TokenClass.PUNCTUATION
        if word_class is TokenClass.DETERMINER:
            return not has_noun or before in _CONNECTORS or form in self._inner
        if not has_noun:
            return False
        if word_class is TokenClass.PREPOSITION:
            return form in self._inner
        if at + 1 >= high:
            return False
        if form == ".":
            return before is TokenClass.NAME
        return word_class is TokenClass.COORDINATOR and form in self._joining and self.classes[at + 1] in _BEGINS_NAME

    # --- adjuncts ---

    def after_hearer(self, at: int, high: int) -> int:
        """Return the token after the hearer at ``at``: "told reporters", "told the Times", "told his aides"."""
        classes, forms = self.classes, self.forms
        if at >= high:
            return at
        if classes[at] is TokenClass.PRONOUN or forms[at] in self._hearers:
            at += 1
        elif classes[at] in _BEGINS_HEARER:
            at = self._plain_phrase_end(at, high)
        return at

    def _plain_phrase_end(self, start: int, high: int) -> int:
        """Return the token after a determiner, adjectives and nouns; a word such as "reporters" ends them."""
        classes = self.classes
        at = start
        while at < high and classes[at] in NOUN_PHRASE_CLASSES:
            if at > start and classes[at] is TokenClass.DETERMINER:
                break
            at += 1
            if at < high and classes[at - 1] is TokenClass.WORD and self.forms[at - 1] in self._hearers:
                break
        return at

    def after_adjuncts(self, at: int, high: int) -> int:
        """Return the token after times, adverbs and phrases such as "in a statement on Friday".

        Where they end the sentence, ``at``.
        """
        classes, forms = self.classes, self.forms
        start = at
        while at < high:
            if classes[at] in _ADVERBIALS:
                at += 1
            elif forms[at] in self._before_times and at + 1 < high and classes[at + 1] is TokenClass.TIME:
                at += 2
            elif classes[at] is TokenClass.PREPOSITION:
                end = self._phrase_end(at, high)
                if end - at > _MAX_TOKENS_OF_ADJUNCT or end == at:
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
        """Return the token after a preposition and its noun phrase; ``start`` where none follows it."""
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
