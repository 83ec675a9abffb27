"""The model learned from examples, and its findings in a text: contents with cue, source mention and label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.labelling import Labelling
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import Range
from annotator.nlp.trained.crf_chains import Chain, Tagged
from annotator.nlp.trained.label_features import label_features
from annotator.nlp.trained.mention_attachment import NO, YES, candidate_features, candidates
from annotator.nlp.trained.prepared_text import PreparedText
from annotator.nlp.trained.token_roles import CONTENT_BEGINS, IN_CONTENT, ROLES, SOURCE_BEGINS, Parts, Roles, read_roles

MODEL_RULE = "model"
"""The rule of a proposal that no rule of the suggestion rules makes."""

_WEIGHT_BONUS = {CONTENT_BEGINS: 0.5, SOURCE_BEGINS: 0.5}
"""Added to the weights of states that begin a part. Without it, the most probable path misses more than half of the
contents with a probability of about 0.5. A wrong proposal is the smaller error, as its score is low."""
_MIN_PROBABILITY_OF_RULED = 0.1
"""The probability from which on a content of the rules is added that is not on the most probable path."""
_MIN_PROBABILITY_OF_SOURCE = 0.15
"""The probability from which on the best candidate is the source; low, as nearly every content has a source."""
_MAX_GAP_TO_CUE = 25
"""The most tokens between a cue and its content, and its source mention, together."""


class Finding(NamedTuple):
    """A content that was found; positions are tokens."""

    label: str
    content: Parts
    score: float
    """The mean probability of its tokens to be in a content, times that of the label; not calibrated."""
    described: Proposal
    """Spans, source and features."""


@dataclass(frozen=True, eq=False)
class LearnedModel:
    """Three classifiers: the role of each token, the source of each content, its label."""

    roles: Chain
    sources: Chain
    label_numbers: Chain
    labels: tuple[str, ...]

    @classmethod
    def checked(cls, roles: Chain, sources: Chain, label_numbers: Chain, labels: tuple[str, ...]) -> "LearnedModel":
        """Return the model of these classifiers; raise ValueError where they do not belong together."""
        if not ROLES.issuperset(roles.states) or set(sources.states) != {YES, NO}:
            raise ValueError("unknown states")
        if not set(label_numbers.states) <= {str(number) for number in range(len(labels))}:
            raise ValueError("unknown labels")
        return cls(roles, sources, label_numbers, labels)

    def findings(self, prepared_text: PreparedText) -> list[Finding]:
        """Return the findings in the order of the text; no two contents overlap."""
        roles, certainty = self._roles(prepared_text)
        order = sorted(range(len(roles.contents)), key=lambda number: roles.contents[number])
        mentions = self._chosen_sources(prepared_text, roles)
        labelling = Labelling(prepared_text.tokens)
        described = [
            labelling.described(attribution(prepared_text, roles.contents[number], mentions[number], roles.cues))
            for number in order
        ]
        features = [
            label_features(prepared_text.tokens, roles.contents[number], one)
            for number, one in zip(order, described, strict=True)
        ]
        probabilities = self.label_numbers.probabilities(features)
        found: list[Finding] = []
        for row, (number, one) in enumerate(zip(order, described, strict=True)):
            best = int(probabilities[row].argmax())
            label = self.labels[int(self.label_numbers.states[best])]
            score = certainty[number] * float(probabilities[row, best])
            found.append(Finding(label, roles.contents[number], score, one))
        return found

    def _roles(self, prepared_text: PreparedText) -> tuple[Roles, list[float]]:
        """Return the roles, and for each content the mean probability of its tokens to be in a content."""
        roles = Roles()
        inside = [number for number, state in enumerate(self.roles.states) if state in IN_CONTENT]
        in_content = np.zeros(len(prepared_text.tokens.forms))
        features = prepared_text.token_features()
        sequences = ([next(features) for _ in range(*sequence)] for sequence in prepared_text.sequences)
        tagged: Tagged
        for (start, end), tagged in zip(
            prepared_text.sequences, self.roles.paths(sequences, _WEIGHT_BONUS), strict=True
        ):
            read_roles(tagged.states, start, roles)
            in_content[start:end] = tagged.marginals[:, inside].sum(axis=1)
        content_tokens = {at for content in roles.contents for at in _token_numbers(content)}
        for ruled in prepared_text.found:
            places = _token_numbers(ruled.contents)
            if content_tokens.isdisjoint(places) and in_content[places].mean() >= _MIN_PROBABILITY_OF_RULED:
                roles.contents.append(ruled.contents)
                content_tokens.update(places)
        return roles, [float(in_content[_token_numbers(content)].mean()) for content in roles.contents]

    def _chosen_sources(self, prepared_text: PreparedText, roles: Roles) -> list[Range | None]:
        """Return the mention of the source of each content; None where no candidate is probable enough."""
        chosen: list[Range | None] = []
        for content in roles.contents:
            among = candidates(prepared_text, content, roles.sources)
            if not among:
                chosen.append(None)
                continue
            features = candidate_features(prepared_text, content, among, roles.cues, roles.contents)
            yes = self.sources.probabilities(features)[:, self.sources.states.index(YES)]
            best = int(yes.argmax())
            chosen.append(among[best] if yes[best] >= _MIN_PROBABILITY_OF_SOURCE else None)
        return chosen


def _token_numbers(content: Parts) -> list[int]:
    """Return the numbers of the tokens of a content."""
    return [at for part in content for at in range(*part)]


def attribution(
    prepared_text: PreparedText, content: Parts, mention: Range | None, cues: Sequence[Range]
) -> Attribution:
    """Return a finding in the form of an attribution of the rules."""
    ruled = prepared_text.ruled(content)
    cue = _cue(prepared_text, content, mention, cues)
    if cue is None and ruled is not None and ruled.source == mention:
        cue = ruled.cue
    kind, act = _kind(prepared_text, cue, ruled)
    rule = ruled.rule if ruled is not None and ruled.cue == cue else MODEL_RULE
    return Attribution(rule, kind, act, cue or (content[0][0], content[0][0]), mention, content)


def _cue(prepared_text: PreparedText, content: Parts, mention: Range | None, cues: Sequence[Range]) -> Range | None:
    """Return the cue nearest to a content and its source, in their sentences; None where none is near."""
    sentence_of = prepared_text.tokens.sentence_of
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
        if gap <= _MAX_GAP_TO_CUE and (best is None or (gap, cue) < best):
            best = gap, cue
    return best[1] if best else None


def _gap(one: Range, other: Range) -> int:
    """Return the number of tokens between two ranges; 0 where they touch or overlap."""
    return max(0, one[0] - other[1], other[0] - one[1])


def _kind(prepared_text: PreparedText, cue: Range | None, ruled: Attribution | None) -> tuple[str, str]:
    """Return the kind of a cue and its speech act, by its word."""
    if ruled is not None and ruled.cue == cue:
        return ruled.kind, ruled.act
    for at in range(cue[1] - 1, cue[0] - 1, -1) if cue else ():
        known = prepared_text.tokens.lists.cues.get(prepared_text.tokens.forms[at])
        if known:
            return known[0].kind, known[0].act
    return "say", "assert"
