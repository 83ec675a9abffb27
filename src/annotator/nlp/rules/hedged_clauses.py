"""The clause that a hedge leaves open: after an adverb, dependent on a condition, or around the hedge."""

from annotator.nlp.rules.hedges import Hedge
from annotator.nlp.rules.tokens import Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import union_of
from annotator.nlp.text.clauses import clause_at

_OPENING, _CLOSING = frozenset("([$€£"), frozenset(")]%")
_AUXILIARIES = frozenset((TokenClass.AUXILIARY, TokenClass.GENITIVE, TokenClass.MODAL))


def hedged(tokens: Tokens, hedge: Hedge, sentence: Range) -> tuple[Range, ...]:
    """Return the content of a hedge without a source, in fragments; empty where there is no clause."""
    if hedge.kind == "condition":
        contents = _consequence(tokens, hedge.at, sentence)
    elif hedge.kind == "rumour":
        contents = _rumoured(tokens, hedge.at, sentence)
    elif hedge.kind == "expletive":
        contents = _after_that(tokens, hedge.at, sentence)
    else:
        start, end = _clause(tokens, hedge.at, sentence)
        begins = start == hedge.at and tokens.classes[start] is TokenClass.ADVERB
        contents = (_without_condition(tokens, (start + begins, end)),)
    found = (_trimmed(tokens, content) for content in contents)
    return tuple(content for content in found if content[1] > content[0])


def _clause(tokens: Tokens, at: int, sentence: Range) -> Range:
    """Return the clause that holds a token."""
    clause = clause_at(tokens.text, tokens.starts[at])
    start, end = at, at + 1
    while start > sentence[0] and tokens.starts[start - 1] >= clause.start:
        start -= 1
    while end < sentence[1] and tokens.ends[end] <= clause.end:
        end += 1
    return start, end


def _rumoured(tokens: Tokens, at: int, sentence: Range) -> tuple[Range, ...]:
    """Return the content after "reportedly"; after an auxiliary, the subject is a separate fragment."""
    end = _clause(tokens, min(at + 1, sentence[1] - 1), sentence)[1]
    if at > sentence[0] and tokens.classes[at - 1] in _AUXILIARIES:
        start = _clause(tokens, at - 1, sentence)[0]
        return (start, at), (at + 1, max(end, at + 1))
    return ((at + 1, max(end, at + 1)),)


def _after_that(tokens: Tokens, at: int, sentence: Range) -> tuple[Range, ...]:
    """Return the clause after "it is possible that"."""
    that = union_of(tokens.lists, "words.complementizers", "words.of")
    place = next(place for place in range(at + 1, sentence[1]) if tokens.forms[place] in that)
    if place + 1 >= sentence[1]:
        return ()
    return ((place + 1, _clause(tokens, place + 1, sentence)[1]),)


def _without_condition(tokens: Tokens, clause: Range) -> Range:
    """Return the clause up to its condition: "prices may rise if"."""
    conditions = tokens.lists["hedges.conditions"]
    at = next((at for at in range(clause[0] + 2, clause[1]) if tokens.forms[at] in conditions), clause[1])
    return clause[0], at


def _consequence(tokens: Tokens, at: int, sentence: Range) -> tuple[Range, ...]:
    """Return what depends on the condition at ``at``: the clause after its comma, or before it."""
    low, high = sentence
    if at - low <= 1:
        comma = next((place for place in range(at + 2, high) if tokens.forms[place] == ","), high)
        start = comma + 1
        if start < high and tokens.forms[start] in tokens.lists["hedges.then"]:
            start += 1
        content = (min(start, high), high)
    else:
        content = (low, at)
    open_words = union_of(tokens.lists, "hedges.future", "words.modals", "hedges.hypothetical")
    closing = next((place for place in range(at + 1, high - 1) if tokens.forms[place] == ","), at)
    if closing > at > low and tokens.forms[at - 1] == "," and tokens.forms[closing + 1] in open_words:
        # "The sale, if it goes through, would ..."
        return content, (closing + 1, high)
    if not any(tokens.forms[place] in open_words for place in range(*content)):
        return ()
    return (content,)


def _trimmed(tokens: Tokens, content: Range) -> Range:
    """Return the content without punctuation at its ends, except brackets and units."""
    start, end = content
    while end > start and tokens.classes[end - 1] is TokenClass.PUNCTUATION and tokens.forms[end - 1] not in _CLOSING:
        end -= 1
    while start < end and tokens.classes[start] is TokenClass.PUNCTUATION and tokens.forms[start] not in _OPENING:
        start += 1
    return start, end
