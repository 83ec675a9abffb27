"""The ranges of contents: of what a source is reported to have said."""

from annotator.nlp.rules.attributions import Contents
from annotator.nlp.rules.tokens import Range, TokenClass, Tokens
from annotator.nlp.rules.word_order import WordOrder

_TRIMMED_MARKS = frozenset((",", ".", ";", ":", "—", "–", "--", "-", "…", "..", "..."))
_BEFORE_CONTENT = frozenset((TokenClass.COORDINATOR, TokenClass.PUNCTUATION))
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
_MAX_TOKENS_AFTER_QUOTATION = 1
"""With more tokens after it in its sentence, a quotation belongs to a second "he said"."""


class ContentRanges:
    """The ranges of contents in one text. All positions are token numbers."""

    def __init__(self, tokens: Tokens, grammar: WordOrder) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._forms = tokens.forms
        self._classes = tokens.classes

    def clause(self, start: int, high: int) -> Contents:
        """Return the clause that begins at ``start`` and ends before ``high``; empty where there is none."""
        if start >= high:
            return ()
        content = self.trimmed((start, self._grammar.clause_end(start, high)))
        content = self._with_whole_quotation(content)
        return (content,) if content[1] > content[0] else ()

    def quotation_or_clause(self, start: int, high: int) -> Contents:
        """Return the whole quotation that begins at ``start``, or the clause that only begins with quoted words."""
        number = self._tokens.quoted[start] if self._classes[start] is TokenClass.QUOTE else -1
        if number != -1:
            quotation = self._tokens.quotations[number]
            if quotation.end >= high - 1 or quotation.speech:
                return ((quotation.start, quotation.end),)
        return self.clause(start, high)

    def before(self, end: int, low: int) -> Contents:
        """Return the content that ends at ``end``: the sentence so far, or the quotation that is closed there.

        “The bridge is safe,” said Reuter. The bridge is safe, said Reuter.
        """
        last = end - 1
        if last >= 0 and self._forms[last] == ",":
            last -= 1
        if last < 0:
            return ()
        number = self._tokens.quoted[last]
        if number != -1 and self._classes[last] is TokenClass.QUOTE:
            return (self._closed_quotation(number, low),)
        content = self.trimmed((self._content_start(low, end), end))
        return (content,) if content[1] - content[0] > 1 else ()

    def _closed_quotation(self, number: int, low: int) -> Range:
        """Return a quotation, or the sentence up to its end where the quotation is only a part of the content.

        The plan was “dead on arrival,” said Reuter.
        """
        quotation = self._tokens.quotations[number]
        start = quotation.start
        has_words_before = any(self._classes[at] is not TokenClass.PUNCTUATION for at in range(low, start))
        is_whole = (
            start <= low
            or not has_words_before
            or quotation.end - start <= 2
            or (self._forms[start - 1] in (",", ":") and quotation.speech)
        )
        return self.trimmed((start if is_whole else self._content_start(low, start), quotation.end))

    def _content_start(self, low: int, end: int) -> int:
        """Return where the content in ``[low, end)`` starts: after a coordinator such as "But"."""
        start = low
        while start < end and self._classes[start] in _BEFORE_CONTENT:
            start += 1
        return start

    def resumed(self, at: int, high: int) -> Contents:
        """Return the quotation that continues the content after "he said", which ends at ``at``.

        “It is safe,” he said, “and it is open.” “It is safe,” he said. “It is open.”
        """
        if not (at < high and self._forms[at] == ","):
            return self._next_quotation(high, at)
        start = at + 1
        if start < high and self._classes[start] is TokenClass.QUOTE and (number := self._tokens.quoted[start]) != -1:
            quotation = self._tokens.quotations[number]
            if quotation.start == start:
                return (self.trimmed((start, quotation.end)),)
        return ()

    def _next_quotation(self, high: int, at: int) -> Contents:
        """Return the quotation right after a sentence that ends with "he said" and circumstances."""
        classes, tokens = self._classes, self._tokens
        if any(classes[token] not in _CIRCUMSTANCE_CLASSES for token in range(at, high)):
            return ()
        if high >= len(classes) or tokens.quoted[high] == -1 or classes[high] is not TokenClass.QUOTE:
            return ()
        quotation = tokens.quotations[tokens.quoted[high]]
        is_next = (
            quotation.start == high and quotation.speech and tokens.paragraph_of[high] == tokens.paragraph_of[high - 1]
        )
        if is_next:
            sentence_end = tokens.sentences[tokens.sentence_of[quotation.end - 1]][1]
            if sentence_end - quotation.end <= _MAX_TOKENS_AFTER_QUOTATION:
                return ((quotation.start, quotation.end),)
        return ()

    def _with_whole_quotation(self, content: Range) -> Range:
        """Return the content with the rest of a quotation that begins in it and ends in a later sentence."""
        start, end = content
        number = self._tokens.quoted[end - 1] if end > start else -1
        if number != -1:
            quotation = self._tokens.quotations[number]
            if quotation.start >= start:
                return (start, max(end, quotation.end))
        return content

    def trimmed(self, content: Range) -> Range:
        """Return the content without punctuation at its ends."""
        start, end = content
        while end > start and self._forms[end - 1] in _TRIMMED_MARKS:
            end -= 1
        while start < end and self._forms[start] in _TRIMMED_MARKS:
            start += 1
        return start, end
