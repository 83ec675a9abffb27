"""What is told of each token to the trained suggester: words, shapes, neighbours, and what the rules make of it.

A mark is a short string; a token has some forty of them. They are the same in training and in suggesting.
"""

from collections.abc import Iterator, Sequence

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.tokens import MARKS, Range, Tokens
from annotator.nlp.rules.word_order import WordOrder

_NEAR = (1, 2, 4, 8, 16)
_SUFFIX = 3
_OUTSIDE = "<>"


def token_marks(tokens: Tokens, grammar: WordOrder, found: Sequence[Attribution]) -> Iterator[list[str]]:
    """The marks of one token after the other; ``found`` are the attributions of the rules."""
    marking = _Marking(tokens, grammar, found)
    for at in range(len(tokens.forms)):
        yield marking.of(at)


def near(distance: int) -> str:
    """A distance in words of few values, so that a learner sees each often."""
    size = abs(distance)
    steps = sum(size > step for step in _NEAR)
    return f"{'-' if distance < 0 else '+'}{steps}"


class _Marking:
    def __init__(self, tokens: Tokens, grammar: WordOrder, found: Sequence[Attribution]) -> None:
        self._tokens = tokens
        self._grammar = grammar
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._shapes = [self._shape(at) for at in range(len(tokens.forms))]
        self._kinds = [self._kind(at) for at in range(len(tokens.forms))]
        self._ruled = self._rules(found)
        self._before, self._behind = self._cues_near()

    def of(self, at: int) -> list[str]:
        forms, shapes, kinds = self._forms, self._shapes, self._kinds
        form = forms[at]
        shape, kind = shapes[at], kinds[at]
        back, ahead = self._part(forms, at - 1), self._part(forms, at + 1)
        back_shape, ahead_shape = self._part(shapes, at - 1), self._part(shapes, at + 1)
        back_kind, ahead_kind = self._part(kinds, at - 1), self._part(kinds, at + 1)
        marks = [
            "w=" + form,
            "s=" + shape,
            "e=" + form[-_SUFFIX:],
            "w-1=" + back,
            "w+1=" + ahead,
            "w-2=" + self._part(forms, at - 2),
            "w+2=" + self._part(forms, at + 2),
            "s-1=" + back_shape,
            "s+1=" + ahead_shape,
            "s-2=" + self._part(shapes, at - 2),
            "s+2=" + self._part(shapes, at + 2),
            "s-1s=" + back_shape + shape,
            "ss+1=" + shape + ahead_shape,
            "s-1ss+1=" + back_shape + shape + ahead_shape,
            "k=" + kind,
            "k-1=" + back_kind,
            "k+1=" + ahead_kind,
            "k-2=" + self._part(kinds, at - 2),
            "k+2=" + self._part(kinds, at + 2),
            "k-1s=" + back_kind + shape,
            "sk+1=" + shape + ahead_kind,
            "<" + self._before[at],
            ">" + self._behind[at],
            "<>" + self._before[at] + self._behind[at],
        ]
        quoted = self._quoted(at)
        marks.append("q=" + quoted)
        marks.append("q<=" + quoted + self._before[at])
        marks.append("q>=" + quoted + self._behind[at])
        marks.extend(self._ruled[at])
        marks.extend(self._place(at))
        marks.extend(self._grammar.token_features(at))
        return marks

    def _part(self, of: Sequence[str], at: int) -> str:
        return of[at] if 0 <= at < len(of) else _OUTSIDE

    def _shape(self, at: int) -> str:
        form, word_class = self._forms[at], self._classes[at]
        if word_class in MARKS:
            return form
        return word_class.lower() + "^" if self._tokens.is_capital(at) else word_class

    def _kind(self, at: int) -> str:
        cues = self._tokens.lists.cues.get(self._forms[at])
        return cues[0].kind if cues else "-"

    def _rules(self, found: Sequence[Attribution]) -> list[list[str]]:
        marks: list[list[str]] = [[] for _ in self._forms]
        for one in found:
            for number, content in enumerate(one.contents):
                self._mark(marks, content, "content", one.rule, "again" if number else "")
            self._mark(marks, one.cue, "cue", one.kind, "")
            if one.source is not None:
                self._mark(marks, one.source, "source", one.rule, "")
        for own in marks:
            if not own:
                own.append("r=none")
        return marks

    def _mark(self, marks: list[list[str]], part: Range, role: str, rule: str, more: str) -> None:
        start, end = part
        for at in range(start, min(end, len(marks))):
            place = "first" if at == start else "in"
            marks[at].append(f"r={role}{place}{more}")
            marks[at].append(f"r={role}{place}{rule}")
        if end - 1 < len(marks):
            marks[end - 1].append(f"r={role}last")
        if end < len(marks):
            marks[end].append(f"r={role}behind")

    def _cues_near(self) -> tuple[list[str], list[str]]:
        """For each token the nearest cue word before it and behind it in its sentence, with its distance."""
        before, behind = ["none"] * len(self._forms), ["none"] * len(self._forms)
        for low, high in self._tokens.sentences:
            last = -1
            for at in range(low, high):
                if last >= 0:
                    before[at] = self._kinds[last] + near(at - last)
                if self._kinds[at] != "-":
                    last = at
            last = -1
            for at in range(high - 1, low - 1, -1):
                if last >= 0:
                    behind[at] = self._kinds[last] + near(last - at)
                if self._kinds[at] != "-":
                    last = at
        return before, behind

    def _quoted(self, at: int) -> str:
        number = self._tokens.quoted[at]
        if number == -1:
            return "no"
        quotation = self._tokens.quotations[number]
        place = "first" if at == quotation.start else "last" if at == quotation.end - 1 else "in"
        return place + ("speech" if quotation.speech else "words")

    def _place(self, at: int) -> list[str]:
        low, high = self._tokens.sentences[self._tokens.sentence_of[at]]
        marks = []
        if at == low:
            marks.append("first")
            marks.append("first" + self._shapes[at])
        if at == high - 1:
            marks.append("last")
        if high - at == 2:
            marks.append("last but one")
        return marks
