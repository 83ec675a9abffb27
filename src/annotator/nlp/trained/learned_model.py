"""What was learned from examples, and what it finds in a text: contents with cue, source mention and label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import Range
from annotator.nlp.trained.crf_chains import Chain, Tagged
from annotator.nlp.trained.label_features import label_marks
from annotator.nlp.trained.mention_attachment import NO, YES, candidates, source_marks
from annotator.nlp.trained.prepared_text import Reading
from annotator.nlp.trained.token_roles import CONTENT_BEGINS, IN_CONTENT, ROLES, SOURCE_BEGINS, Parts, Roles, read_roles

LEARNED = "model"
"""The name of the rule of a proposal that no rule makes."""

_FAVOUR = {CONTENT_BEGINS: 0.5, SOURCE_BEGINS: 0.5}
"""The most probable reading leaves out more than half of what is as likely a content as not; of two errors, a proposal
too many is the smaller one, for scores sort it out."""
_ENOUGH_FOR_RULED = 0.1
"""How probable a content of the rules has to be that the most probable reading leaves out."""
_ENOUGH_FOR_SOURCE = 0.15
"""How probable the best candidate has to be: what people attribute has a source nearly always."""
_CUE_REACH = 25


class Finding(NamedTuple):
    """A content that was found; positions are tokens."""

    label: str
    content: Parts
    score: float
    """The mean probability of its tokens to be a content, times that of the label; not calibrated."""
    described: Proposal
    """Spans, source and features."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Three classifiers: the role of each token, the source of each content, its label."""

    roles: Chain
    sources: Chain
    label_numbers: Chain
    labels: tuple[str, ...]

    @classmethod
    def checked(cls, roles: Chain, sources: Chain, label_numbers: Chain, labels: tuple[str, ...]) -> "Learned":
        """Raises ValueError where the parts do not belong together."""
        if not ROLES.issuperset(roles.states) or set(sources.states) != {YES, NO}:
            raise ValueError("unknown states")
        if not set(label_numbers.states) <= {str(number) for number in range(len(labels))}:
            raise ValueError("unknown labels")
        return cls(roles, sources, label_numbers, labels)

    def findings(self, reading: Reading) -> list[Finding]:
        """In the order of the text; no two contents overlap."""
        roles, certainty = self._roles(reading)
        order = sorted(range(len(roles.contents)), key=lambda number: roles.contents[number])
        mentions = self._mentions(reading, roles)
        labelling = Labelling(reading.tokens)
        described = [
            labelling.described(attribution(reading, roles.contents[number], mentions[number], roles.cues))
            for number in order
        ]
        marks = [
            label_marks(reading.tokens, roles.contents[number], one)
            for number, one in zip(order, described, strict=True)
        ]
        odds = self.label_numbers.probabilities(marks)
        found: list[Finding] = []
        for row, (number, one) in enumerate(zip(order, described, strict=True)):
            best = int(odds[row].argmax())
            label = self.labels[int(self.label_numbers.states[best])]
            score = certainty[number] * float(odds[row, best])
            found.append(Finding(label, roles.contents[number], score, one))
        return found

    def _roles(self, reading: Reading) -> tuple[Roles, list[float]]:
        """The roles, and for each content how probable it is."""
        roles = Roles()
        inside = [number for number, state in enumerate(self.roles.states) if state in IN_CONTENT]
        probable = np.zeros(len(reading.tokens.forms))
        marks = reading.marks()
        stretches = ([next(marks) for _ in range(*stretch)] for stretch in reading.stretches)
        tagged: Tagged
        for (start, end), tagged in zip(reading.stretches, self.roles.paths(stretches, _FAVOUR), strict=True):
            read_roles(tagged.states, start, roles)
            probable[start:end] = tagged.marginals[:, inside].sum(axis=1)
        taken = {at for content in roles.contents for at in _places(content)}
        for ruled in reading.found:
            places = _places(ruled.contents)
            if taken.isdisjoint(places) and probable[places].mean() >= _ENOUGH_FOR_RULED:
                roles.contents.append(ruled.contents)
                taken.update(places)
        return roles, [float(probable[_places(content)].mean()) for content in roles.contents]

    def _mentions(self, reading: Reading, roles: Roles) -> list[Range | None]:
        chosen: list[Range | None] = []
        for content in roles.contents:
            among = candidates(reading, content, roles.sources)
            if not among:
                chosen.append(None)
                continue
            odds = self.sources.probabilities(source_marks(reading, content, among, roles.cues, roles.contents))
            yes = odds[:, self.sources.states.index(YES)]
            best = int(yes.argmax())
            chosen.append(among[best] if yes[best] >= _ENOUGH_FOR_SOURCE else None)
        return chosen


def _places(content: Parts) -> list[int]:
    return [at for part in content for at in range(*part)]


def attribution(reading: Reading, content: Parts, mention: Range | None, cues: Sequence[Range]) -> Attribution:
    """What was found, as the rules would have found it."""
    ruled = reading.ruled(content)
    cue = _cue(reading, content, mention, cues)
    if cue is None and ruled is not None and ruled.source == mention:
        cue = ruled.cue
    kind, act = _kind(reading, cue, ruled)
    rule = ruled.rule if ruled is not None and ruled.cue == cue else LEARNED
    return Attribution(rule, kind, act, cue or (content[0][0], content[0][0]), mention, content)


def _cue(reading: Reading, content: Parts, mention: Range | None, cues: Sequence[Range]) -> Range | None:
    """The cue next to a content and its source, in their sentences."""
    sentence_of = reading.tokens.sentence_of
    near = {sentence_of[at] for part in content for at in (part[0], part[1] - 1)}
    if mention is not None:
        near.add(sentence_of[mention[0]])
    best: tuple[int, Range] | None = None
    for cue in cues:
        if sentence_of[cue[0]] not in near:
            continue
        gap = min(_gap(cue, part) for part in content)
        if mention is not None:
            gap += _gap(cue, mention)
        if gap <= _CUE_REACH and (best is None or (gap, cue) < best):
            best = gap, cue
    return best[1] if best else None


def _gap(one: Range, other: Range) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])


def _kind(reading: Reading, cue: Range | None, ruled: Attribution | None) -> tuple[str, str]:
    """Kind and act of a cue, by its word."""
    if ruled is not None and ruled.cue == cue:
        return ruled.kind, ruled.act
    for at in range(cue[1] - 1, cue[0] - 1, -1) if cue else ():
        known = reading.tokens.lists.cues.get(reading.tokens.forms[at])
        if known:
            return known[0].kind, known[0].act
    return "say", "assert"
