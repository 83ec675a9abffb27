"""The units by which the reading view moves and selects, based on the boundaries of the language layer."""

from collections.abc import Callable

from annotator.domain.spans import Span
from annotator.nlp import boundaries

_FORWARD: dict[str, Callable[[str, int], int]] = {
    "character": boundaries.next_character,
    "word": boundaries.next_word_end,
}
_BACKWARD: dict[str, Callable[[str, int], int]] = {
    "character": boundaries.previous_character,
    "word": boundaries.previous_word_start,
}
_NEXT: dict[str, Callable[[str, int], Span | None]] = {
    "sentence": boundaries.next_sentence,
    "paragraph": boundaries.next_paragraph,
}
_PREVIOUS: dict[str, Callable[[str, int], Span | None]] = {
    "sentence": boundaries.previous_sentence,
    "paragraph": boundaries.previous_paragraph,
}
_AT: dict[str, Callable[[str, int], Span | None]] = {
    "word": boundaries.word_at,
    "clause": boundaries.clause_at,
    "sentence": boundaries.sentence_at,
    "paragraph": boundaries.paragraph_at,
}


def step(text: str, position: int, unit: str, forward: bool, extend: bool = False) -> int:
    """Return the position of the caret after a move from ``position`` by a character, word, sentence or paragraph.

    Forward by sentence or paragraph is the beginning of the next one, or, when a selection is extended, the next end
    of one. Raise KeyError for another unit.
    """
    if unit in _FORWARD:
        return (_FORWARD if forward else _BACKWARD)[unit](text, position)
    if not forward:
        previous = _PREVIOUS[unit](text, position)
        return previous.start if previous else 0
    if extend:
        here = _AT[unit](text, position)
        if here and here.end > position:
            return here.end
    following = _NEXT[unit](text, position)
    if following is None:
        return len(text)
    return following.end if extend else following.start


def unit_at(text: str, position: int, unit: str) -> Span | None:
    """Return the word, clause, sentence or paragraph at ``position``; None if there is none.

    Raise KeyError for another unit.
    """
    return _AT[unit](text, position) or None
