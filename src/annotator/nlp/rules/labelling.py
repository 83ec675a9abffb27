"""Labels for attributions and hedges, by the questions of the guideline in their order.

Question 0: can it turn out true or false? 1: does an official source say it on record? 2: is it left open? If none of
them: it is a claim.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from annotator.domain.spans import Span
from annotator.nlp.rules.attributions import Attribution, Contents
from annotator.nlp.rules.hedged_clauses import hedged
from annotator.nlp.rules.hedges import Hedge, Hedges
from annotator.nlp.rules.proposals import CLAIM, OFFICIAL, SPECULATION, Proposal
from annotator.nlp.rules.propositions import Propositions
from annotator.nlp.rules.source_mentions import NO_SOURCE, SourceDescription, Sources
from annotator.nlp.rules.tokens import AUXILIARIES, MARKS, Range, TokenClass, Tokens

_SCORES = {
    "said before": 0.85,
    "said behind": 0.75,
    "according to": 0.8,
    "colon": 0.85,
    "claim of": 0.6,
    "meant to": 0.6,
    "asked": 0.6,
    "believed": 0.7,
    "seeming": 0.6,
    "stance": 0.5,
    "taken up": 0.4,
    "done by": 0.6,
    "rumour": 0.8,
    "condition": 0.75,
    "hedge": 0.7,
    "no comment": 0.6,
    "plain statement": 0.3,
}
"""The share of right proposals of each rule, measured on news articles for which the rules were not written."""

_MAX_OVERLAP_CANDIDATES = 8
"""How many proposals before another one in the text are compared with it."""
_UNCERTAIN_KINDS = ("seem", "hearsay")
_MODAL, _TIME, _WORD = TokenClass.MODAL, TokenClass.TIME, TokenClass.WORD


@dataclass(frozen=True, slots=True)
class _Finding:
    """An attribution with what is known of its source and its first hedge."""

    attribution: Attribution
    mention: Range | None
    """Of the original source: the one after "citing" where another source reports its words."""
    source: SourceDescription
    relay: str
    """The name of the source that cites the original one; empty where there is none."""
    hedge: Hedge | None


class Labelling:
    """The proposals of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._lists = tokens.lists
        self._sources = Sources(tokens)
        self._hedges = Hedges(tokens)
        self._propositions = Propositions(tokens, self._hedges)
        self._past = tuple(self._lists["endings.past"])
        self._past_forms = self._lists["hedges.past_forms"]

    def proposals(self, attributions: list[Attribution]) -> list[Proposal]:
        """Return the proposals in the order of the text; no two contents overlap.

        ``attributions`` are those of the same text, in its order.
        """
        found: list[Proposal] = []
        proposed_tokens: set[int] = set()
        attributed_sentences: set[int] = set()
        for attribution in attributions:
            attributed_sentences.add(self._tokens.sentence_of[attribution.cue[0]])
            attributed_sentences.update(
                number for content in attribution.contents for number in self._sentences_of(content)
            )
            proposal = self._attributed(attribution)
            if proposal is not None:
                proposed_tokens.update(at for content in attribution.contents for at in range(*content))
                found.append(proposal)
        for number in range(len(self._tokens.sentences)):
            found.extend(self._unattributed(number, number in attributed_sentences, proposed_tokens))
        return _without_overlaps(found)

    def described(self, attribution: Attribution) -> Proposal:
        """Return a proposal for an attribution found by other means than the rules, which may have an empty cue.

        Its label is empty where the rules give none. Attributions have to be described in the order of the text.
        """
        source = self._sources.describe(attribution.source)
        finding = _Finding(attribution, attribution.source, source, "", self._first_hedge(attribution))
        return self._proposal(self._label(finding) or "", finding)

    def _first_hedge(self, attribution: Attribution) -> Hedge | None:
        """Return the first hedge in the contents of an attribution; None where there is none."""
        return next((hedge for content in attribution.contents for hedge in self._hedges.within(content)), None)

    def _sentences_of(self, content: Range) -> range:
        """Return the numbers of the sentences over which a content extends."""
        sentence_of = self._tokens.sentence_of
        return range(sentence_of[content[0]], sentence_of[content[1] - 1] + 1)

    # --- with a source or a cue ---

    def _attributed(self, attribution: Attribution) -> Proposal | None:
        """Return the proposal for an attribution; None where the guideline gives it no label."""
        mention, relay = self._origin(attribution)
        finding = _Finding(attribution, mention, self._sources.describe(mention), relay, self._first_hedge(attribution))
        label = self._label(finding)
        return None if label is None else self._proposal(label, finding)

    def _origin(self, attribution: Attribution) -> tuple[Range | None, str]:
        """Return the mention of the original source, and the name of the source that cites it.

        "State TV, citing the ministry, said": the ministry, and "State TV".
        """
        forms = self._forms
        citing = self._lists["phrases.citing"]
        if attribution.source is None:
            return None, ""
        start, end = attribution.source
        for at in range(start + 1, end - 1):
            if forms[at] in citing:
                stop = end
                while stop > at + 1 and self._classes[stop - 1] is TokenClass.PUNCTUATION:
                    stop -= 1
                return (at + 1, stop), self._sources.describe((start, at)).name
        after = max(content[1] for content in attribution.contents)
        if after + 2 < len(forms) and forms[after] == "," and forms[after + 1] in citing:
            stop = after + 2
            while stop < len(forms) and self._classes[stop] not in MARKS:
                stop += 1
            if stop > after + 2:
                return (after + 2, stop), self._sources.describe(attribution.source).name
        return attribution.source, ""

    def _label(self, finding: _Finding) -> str | None:
        """Return the label by the questions of the guideline; None where the content gets none."""
        attribution, source = finding.attribution, finding.source
        if not self._propositions.is_proposition(attribution, source):
            return None
        if attribution.act == "request" and not source.is_official:
            return None
        is_uncertain = attribution.kind in _UNCERTAIN_KINDS
        if source.is_official and not is_uncertain:
            return OFFICIAL
        if finding.hedge is not None or is_uncertain or self._propositions.is_open(attribution, source):
            return SPECULATION
        return CLAIM

    def _proposal(self, label: str, finding: _Finding) -> Proposal:
        """Return the proposal for an attribution with its label."""
        tokens, attribution, source = self._tokens, finding.attribution, finding.source
        return Proposal(
            label=label,
            fragments=tuple(sorted(tokens.span(content) for content in attribution.contents)),
            cue=(tokens.span(attribution.cue),) if attribution.cue[0] < attribution.cue[1] else (),
            mention=() if finding.mention is None else (self._mention(finding.mention),),
            source=source.name,
            source_kind=source.kind,
            score=_SCORES.get(attribution.rule, 0.0),
            rule=attribution.rule,
            reason=self._reason(finding),
            features=MappingProxyType(self._features(finding)),
        )

    def _features(self, finding: _Finding) -> dict[str, str | bool]:
        """Return the features of an attribution by their names."""
        attribution, source = finding.attribution, finding.source
        features: dict[str, str | bool] = {
            "source form": source.form,
            "source kind": source.kind,
            "on record": source.record,
            "quotation": self._quotation(attribution.contents),
            "certainty": self._certainty(finding),
            "polarity": self._polarity(attribution),
            "speech act": attribution.act,
            "time": "future" if attribution.rule == "meant to" else self._time(attribution.contents),
        }
        if finding.relay:
            features["relay"] = finding.relay
        if any(hedge.kind == "condition" for content in attribution.contents for hedge in self._hedges.within(content)):
            features["conditional"] = True
        return features

    def _mention(self, mention: Range) -> Span:
        """Return the span of a mention without the comma that closes an apposition."""
        start, end = mention
        while end > start + 1 and self._forms[end - 1] == ",":
            end -= 1
        return self._tokens.span((start, end))

    def _certainty(self, finding: _Finding) -> str:
        """Return how certain the content of an attribution is: certain, probable or possible."""
        if finding.hedge is not None:
            return finding.hedge.certainty
        return "probable" if finding.attribution.kind in (*_UNCERTAIN_KINDS, "think") else "certain"

    def _polarity(self, attribution: Attribution) -> str:
        """Return whether the content is denied: "denied that", "did not say that", but not "did not deny that"."""
        is_negated = not self._lists["words.negations"].isdisjoint(self._forms[slice(*attribution.cue)])
        return "denied" if is_negated != (attribution.act == "deny") else "asserted"

    def _quotation(self, contents: Contents) -> str:
        """Return whether the contents are quoted: as a whole, in part or not at all."""
        quoted = [self._tokens.quoted[at] != -1 for content in contents for at in range(*content)]
        return "direct" if all(quoted) else "mixed" if any(quoted) else "indirect"

    def _time(self, contents: Contents) -> str:
        """Return the time of the contents: past, present or future, by the first verb that shows it."""
        if any(self._hedges.is_future(content) for content in contents):
            return "future"
        return next(
            (time for content in contents for at in range(*content) if (time := self._time_of_word(at, content))),
            "present",
        )

    def _time_of_word(self, at: int, content: Range) -> str:
        """Return the time that one word of a content shows; empty where it shows none.

        "May come on Monday" is future, "may be" present, "may have been" past.
        """
        form, word_class = self._forms[at], self._classes[at]
        if word_class is _MODAL and any(hedge.at == at for hedge in self._hedges.within(content)):
            if not self._lists["words.have"].isdisjoint(self._forms[at + 1 : at + 3]):
                return "past"
            return "future" if _TIME in self._classes[at + 1 : content[1]] else "present"
        if form in self._past_forms:
            return "past"
        if word_class in AUXILIARIES:
            return "past" if form in self._lists["words.past"] else "present"
        return "past" if word_class is _WORD and form.endswith(self._past) else ""

    def _reason(self, finding: _Finding) -> str:
        """Return the reason for users: ``cue “said”, source “the minister”, official``."""
        source, hedge = finding.source, finding.hedge
        cue = self._tokens.words(finding.attribution.cue)
        parts = [f"cue “{cue}”"]
        if hedge is not None and self._forms[hedge.at] != cue.lower():
            parts.append(f"“{self._forms[hedge.at]}”")
        if finding.mention is None:
            parts.append("no source")
        else:
            words = self._tokens.text[slice(*self._mention(finding.mention))]
            name = f" ({source.name})" if source.form == "pronoun" and source.name else ""
            kind = "" if source.kind == "unknown" else f", {source.kind}"
            record = ", not on record" if source.record == "no" else ""
            parts.append(f"source “{words}”{name}{kind}{record}")
        return ", ".join(parts)

    # --- without a source ---

    def _unattributed(
        self, number: int, has_attribution: bool, proposed_tokens: AbstractSet[int]
    ) -> Iterator[Proposal]:
        """Yield the hedged clauses of a sentence without a source, or else the sentence if it is a plain statement."""
        low, high = self._tokens.sentences[number]
        if self._propositions.is_direct_question(low, high):
            return
        has_hedge = False
        for hedge in self._hedges.within((low, high)):
            if hedge.at in proposed_tokens:
                continue
            contents = hedged(self._tokens, hedge, (low, high))
            if contents and not any(at in proposed_tokens for content in contents for at in range(*content)):
                has_hedge = True
                yield self._hedged_clause(hedge, contents)
        if has_hedge or has_attribution or any(self._tokens.quoted[at] != -1 for at in (low, high - 1)):
            return
        if self._propositions.is_statement(low, high):
            yield self._plain_statement((low, high - 1))

    def _hedged_clause(self, hedge: Hedge, contents: Contents) -> Proposal:
        """Return the proposal for a hedged clause without a source."""
        rule = hedge.kind if hedge.kind in ("rumour", "condition") else "hedge"
        cue = (hedge.at, hedge.at + 1)
        features = self._features_without_source(contents, hedge.certainty)
        if rule == "condition":
            features["conditional"] = True
        return Proposal(
            label=SPECULATION,
            fragments=tuple(self._tokens.span(content) for content in contents),
            cue=(self._tokens.span(cue),),
            mention=(),
            source=NO_SOURCE.name,
            source_kind=NO_SOURCE.kind,
            score=_SCORES[rule],
            rule=rule,
            reason=f"cue “{self._tokens.words(cue)}”, no source",
            features=MappingProxyType(features),
        )

    def _plain_statement(self, content: Range) -> Proposal:
        """Return the proposal for a sentence that the outlet itself states."""
        rule = "plain statement"
        return Proposal(
            label=CLAIM,
            fragments=(self._tokens.span(content),),
            cue=(),
            mention=(),
            source=NO_SOURCE.name,
            source_kind=NO_SOURCE.kind,
            score=_SCORES[rule],
            rule=rule,
            reason="stated by the outlet itself",
            features=MappingProxyType(self._features_without_source((content,), "certain")),
        )

    def _features_without_source(self, contents: Contents, certainty: str) -> dict[str, str | bool]:
        """Return the features of a content without a source by their names."""
        return {
            "source form": NO_SOURCE.form,
            "quotation": "indirect",
            "certainty": certainty,
            "polarity": "asserted",
            "speech act": "assert",
            "time": self._time(contents),
        }


def _without_overlaps(found: list[Proposal]) -> list[Proposal]:
    """Return the outermost of proposals whose contents overlap, in the order of the text."""
    kept: list[Proposal] = []
    last_end = 0
    for proposal in sorted(found, key=lambda one: (one.fragments[0].start, -one.fragments[-1].end)):
        start = proposal.fragments[0].start
        near = kept[-_MAX_OVERLAP_CANDIDATES:] if last_end > start else []
        if not any(
            kept_fragment.overlaps(fragment)
            for other in near
            if other.fragments[-1].end > start
            for kept_fragment in other.fragments
            for fragment in proposal.fragments
        ):
            kept.append(proposal)
            last_end = max(last_end, proposal.fragments[-1].end)
    return kept
