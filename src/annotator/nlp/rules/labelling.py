"""From attributions and hedges to proposals, in the order in which the guideline asks.

Q0 could it turn out true or false; Q1 does an official source say it on record; Q2 is it left open; else a claim.
"""

from collections.abc import Iterator
from types import MappingProxyType

from annotator.domain.spans import Span
from annotator.nlp.rules.attributions import Attribution
from annotator.nlp.rules.hedged_clauses import hedged
from annotator.nlp.rules.hedges import Hedge, Hedges
from annotator.nlp.rules.proposals import CLAIM, OFFICIAL, SPECULATION, Proposal
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
"""How often each rule is right, as measured on news that the rules have not been written for."""

_OPINION_LENGTH = 12
_SHORTEST_STATEMENT = 4


class Labelling:
    """The proposals of one text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._lists = tokens.lists
        self._sources = Sources(tokens)
        self._hedges = Hedges(tokens)
        self._past = tuple(self._lists["endings.past"])
        self._verbal = tuple(self._lists["endings.past"] | self._lists["endings.third_person"])

    def proposals(self, attributions: list[Attribution]) -> list[Proposal]:
        """What is proposed, in the order of the text; no two contents overlap."""
        found: list[Proposal] = []
        taken: set[int] = set()
        busy: set[int] = set()
        for attribution in attributions:
            busy.add(self._tokens.sentence_of[attribution.cue[0]])
            busy.update(number for content in attribution.contents for number in self._sentences_of(content))
            proposal = self._attributed(attribution)
            if proposal is not None:
                taken.update(at for content in attribution.contents for at in range(*content))
                found.append(proposal)
        for number in range(len(self._tokens.sentences)):
            found.extend(self._unattributed(number, number in busy, taken))
        return _apart(found)

    def described(self, one: Attribution) -> Proposal:
        """An attribution that was found otherwise, with the features and the label, if any, that the rules give it.

        Its ``cue`` may be an empty range. To be asked for in the order of the text.
        """
        source = self._sources.describe(one.source)
        hedge = next((hedge for content in one.contents for hedge in self._hedges.within(content)), None)
        label = self._label(one, source, hedge)
        return self._proposal(label or "", one, one.source, source, "", hedge)

    def _sentences_of(self, content: Range) -> range:
        of = self._tokens.sentence_of
        return range(of[content[0]], of[content[1] - 1] + 1)

    # --- with a source or a cue ---

    def _attributed(self, one: Attribution) -> Proposal | None:
        mention, relay = self._origin(one)
        source = self._sources.describe(mention)
        hedge = next((hedge for content in one.contents for hedge in self._hedges.within(content)), None)
        label = self._label(one, source, hedge)
        if label is None:
            return None
        return self._proposal(label, one, mention, source, relay, hedge)

    def _origin(self, one: Attribution) -> tuple[Range | None, str]:
        """The mention of the source, and the name of the relay: in "State TV, citing the ministry" the ministry."""
        forms = self._forms
        citing = self._lists["phrases.citing"]
        if one.source is None:
            return None, ""
        start, end = one.source
        for at in range(start + 1, end - 1):
            if forms[at] in citing:
                stop = end
                while stop > at + 1 and self._classes[stop - 1] is TokenClass.PUNCTUATION:
                    stop -= 1
                return (at + 1, stop), self._sources.describe((start, at)).name
        behind = max(content[1] for content in one.contents)
        if behind + 2 < len(forms) and forms[behind] == "," and forms[behind + 1] in citing:
            stop = behind + 2
            while stop < len(forms) and self._classes[stop] not in MARKS:
                stop += 1
            if stop > behind + 2:
                return (behind + 2, stop), self._sources.describe(one.source).name
        return one.source, ""

    def _label(self, one: Attribution, source: SourceDescription, hedge: Hedge | None) -> str | None:
        if not self._is_proposition(one, source):
            return None
        if one.act == "request" and not source.is_official:
            return None
        if source.is_official and one.kind not in ("seem", "hearsay"):
            return OFFICIAL
        if hedge is not None or one.kind in ("seem", "hearsay") or self._is_open(one, source):
            return SPECULATION
        return CLAIM

    def _is_proposition(self, one: Attribution, source: SourceDescription) -> bool:
        """Whether the content was said, and could turn out true or false."""
        if not self._is_said(one) or self._is_refuted(one):
            return False
        if one.rule in ("taken up", "done by"):
            cue = self._forms[one.cue[1] - 1]
            if one.kind == "think" or self._is_pointing(one):
                return True
            return (one.kind == "judge" and cue in self._lists["words.accused_of"]) or one.kind == "deny"
        if one.kind == "decree" and one.rule == "meant to" and source.kind not in ("official", "organisation"):
            return False
        if one.rule in ("asked", "no comment"):
            return False
        first, last = one.contents[0][0], one.contents[-1][1] - 1
        while last > first and self._classes[last] is TokenClass.QUOTE:
            last -= 1
        if self._forms[last] == "?" or self._forms[min(last + 1, len(self._forms) - 1)] == "?":
            return False
        if self._forms[first] in self._lists["words.whether"]:
            return False
        start = first + (self._classes[first] is TokenClass.QUOTE)
        if start > last:
            # A quotation that has only begun where the text ends.
            return False
        if self._classes[start] is TokenClass.MODAL and self._classes[min(start + 1, last)] is TokenClass.PRONOUN:
            # "Would you sit down"
            return False
        return not (self._forms[start] in self._lists["opinions.greetings"] or self._is_opinion(one.contents[0]))

    def _is_said(self, one: Attribution) -> bool:
        """Not where it may or will be said, where nothing was said, and where that it was said is a rumour itself."""
        cue = range(*one.cue)
        if self._is_conditional(one):
            return False
        if any(self._classes[at] is TokenClass.MODAL or self._forms[at] in self._lists["adverbs.rumour"] for at in cue):
            return False
        return one.kind not in ("say", "tell", "ask") or not any(
            self._forms[at] in self._lists["words.negations"] for at in cue
        )

    def _is_conditional(self, one: Attribution) -> bool:
        """As in "if the union rejects the offer, ...": nobody has rejected anything yet."""
        low = self._tokens.sentences[self._tokens.sentence_of[one.cue[0]]][0]
        return self._forms[low] in self._lists["hedges.conditions"] and not any(
            self._classes[at] in MARKS for at in range(low, one.cue[0])
        )

    def _is_opinion(self, content: Range) -> bool:
        """As in "It is a disgrace": short, and nothing but a judgement."""
        if content[1] - content[0] > _OPINION_LENGTH:
            return False
        be, words = self._lists["words.be"], self._lists["opinions.words"]
        for at in range(content[0], content[1] - 1):
            if self._forms[at] in be or self._classes[at] is TokenClass.GENITIVE:
                return any(self._forms[place] in words for place in range(at + 1, min(content[1], at + 5)))
        return False

    def _is_open(self, one: Attribution, source: SourceDescription) -> bool:
        """Whether the cue, or a forecast by somebody who does not decide it, leaves the content open."""
        forms = self._forms
        open_cues = self._lists["hedges.open_cues"]
        if any(forms[at] in open_cues for at in range(*one.cue)) or self._is_pointing(one):
            return True
        if one.source is not None and not self._lists["sources.hearsay"].isdisjoint(forms[slice(*one.source)]):
            return True
        if source.form == "collective" and source.name.lower() in self._lists["sources.vague"]:
            return True
        if one.kind == "think" and not any(forms[at] in self._lists["hedges.factive"] for at in range(*one.cue)):
            return True
        foretold = any(self._hedges.is_future(content) for content in one.contents)
        if self._forms[one.contents[0][0]] in self._lists["hedges.speaker"]:
            # "The nurse said she would call"
            return False
        decides = source.kind in ("organisation", "individual", "official") or source.form in ("named", "pronoun")
        scheduled = any(self._hedges.is_scheduled(content) for content in one.contents)
        return foretold and not decides and (source.kind == "expert" or not scheduled)

    def _is_pointing(self, one: Attribution) -> bool:
        """As in "the evidence points to a leak": what things tell is an inference."""
        if one.source is None or self._lists["hedges.pointing"].isdisjoint(self._forms[slice(*one.cue)]):
            return False
        return not self._lists["hedges.traces"].isdisjoint(self._forms[slice(*one.source)])

    def _is_refuted(self, one: Attribution) -> bool:
        """As in "was expected to be long, but it was short"."""
        if one.rule != "believed" or self._lists["words.past"].isdisjoint(self._forms[slice(*one.cue)]):
            return False
        end = self._tokens.sentences[self._tokens.sentence_of[one.cue[0]]][1]
        return self._hedges.is_contrasted((one.cue[1], end))

    def _proposal(
        self,
        label: str,
        one: Attribution,
        mention: Range | None,
        source: SourceDescription,
        relay: str,
        hedge: Hedge | None,
    ) -> Proposal:
        tokens = self._tokens
        cue = (tokens.span(one.cue),) if one.cue[0] < one.cue[1] else ()
        features: dict[str, str | bool] = {
            "source form": source.form,
            "source kind": source.kind,
            "on record": source.record,
            "quotation": self._quotation(one.contents),
            "certainty": self._certainty(one, hedge),
            "polarity": self._polarity(one),
            "speech act": one.act,
            "time": self._time(one.contents, one.rule == "meant to"),
        }
        if relay:
            features["relay"] = relay
        if any(h.kind == "condition" for content in one.contents for h in self._hedges.within(content)):
            features["conditional"] = True
        return Proposal(
            label=label,
            fragments=tuple(sorted(tokens.span(content) for content in one.contents)),
            cue=cue,
            mention=() if mention is None else (self._mention(mention),),
            source=source.name,
            source_kind=source.kind,
            score=_SCORES.get(one.rule, 0.0),
            rule=one.rule,
            reason=self._reason(tokens.words(one.cue), source, mention, hedge),
            features=MappingProxyType(features),
        )

    def _mention(self, mention: Range) -> Span:
        """Without the comma that closes an apposition."""
        start, end = mention
        while end > start + 1 and self._forms[end - 1] == ",":
            end -= 1
        return self._tokens.span((start, end))

    def _certainty(self, one: Attribution, hedge: Hedge | None) -> str:
        if hedge is not None:
            return hedge.certainty
        if one.kind in ("seem", "hearsay", "think"):
            return "probable"
        return "certain"

    def _polarity(self, one: Attribution) -> str:
        negated = any(self._forms[at] in self._lists["words.negations"] for at in range(*one.cue))
        return "denied" if negated != (one.act == "deny") else "asserted"

    def _quotation(self, contents: tuple[Range, ...]) -> str:
        quoted = [self._tokens.quoted[at] != -1 for content in contents for at in range(*content)]
        return "direct" if all(quoted) else "mixed" if any(quoted) else "indirect"

    def _time(self, contents: tuple[Range, ...], is_meant: bool = False) -> str:
        """The tense of the first verb; a modal of possibility leaves open what is, or what a named day will bring."""
        if any(self._hedges.is_future(content) for content in contents) or is_meant:
            return "future"
        for content in contents:
            for at in range(*content):
                if self._classes[at] is TokenClass.MODAL and any(
                    hedge.at == at for hedge in self._hedges.within(content)
                ):
                    if self._lists["words.have"].isdisjoint(self._forms[at + 1 : at + 3]):
                        return "future" if TokenClass.TIME in self._classes[at + 1 : content[1]] else "present"
                    return "past"
                if self._forms[at] in self._lists["hedges.past_forms"]:
                    return "past"
                if self._classes[at] in AUXILIARIES:
                    return "past" if self._forms[at] in self._lists["words.past"] else "present"
                if self._classes[at] is TokenClass.WORD and self._forms[at].endswith(self._past):
                    return "past"
        return "present"

    def _reason(self, cue: str, source: SourceDescription, mention: Range | None, hedge: Hedge | None) -> str:
        parts = [f"cue “{cue}”"]
        if hedge is not None and self._tokens.forms[hedge.at] != cue.lower():
            parts.append(f"“{self._forms[hedge.at]}”")
        if mention is None:
            parts.append("no source")
        else:
            words = self._tokens.text[slice(*self._mention(mention))]
            named = f" ({source.name})" if source.form == "pronoun" and source.name else ""
            kind = {"unknown": "", "official": ", official"}.get(source.kind, f", {source.kind}")
            record = ", not on record" if source.record == "no" else ""
            parts.append(f"source “{words}”{named}{kind}{record}")
        return ", ".join(parts)

    # --- without ---

    def _unattributed(self, number: int, busy: bool, taken: set[int]) -> Iterator[Proposal]:
        """Hedged clauses that nobody is named for, and the outlet's own plain statements."""
        low, high = self._tokens.sentences[number]
        if self._is_question(low, high):
            return
        found = False
        for hedge in self._hedges.within((low, high)):
            if hedge.at in taken:
                continue
            contents = hedged(self._tokens, hedge, (low, high))
            if contents and not any(at in taken for content in contents for at in range(*content)):
                found = True
                yield self._alone(SPECULATION, hedge, contents)
        if found or busy or any(self._tokens.quoted[at] != -1 for at in (low, high - 1)):
            return
        if self._is_statement(low, high):
            yield self._alone(CLAIM, None, ((low, high - 1),))

    def _is_question(self, low: int, high: int) -> bool:
        return "?" in self._forms[high - 2 : high]

    def _leaves_question(self, low: int, high: int) -> bool:
        """As in "it is unclear whether"."""
        undecided, whether = self._lists["phrases.undecided"], self._lists["words.whether"]
        return any(
            self._forms[at] in undecided and not whether.isdisjoint(self._forms[at + 1 : min(at + 3, high)])
            for at in range(low, high)
        )

    def _is_statement(self, low: int, high: int) -> bool:
        """Whether a sentence stands there that somebody could verify: it has a stop and a finite verb."""
        lists = self._lists
        words = self._forms[low:high]
        if not (lists["phrases.no_comment"].isdisjoint(words) or lists["words.negations"].isdisjoint(words)):
            return False
        if not lists["hedges.advice"].isdisjoint(words) or self._leaves_question(low, high):
            return False
        if high - low <= _SHORTEST_STATEMENT or self._forms[high - 1] != ".":
            return False
        if self._forms[low] in self._lists["opinions.greetings"] or self._is_opinion((low, high - 1)):
            return False
        classes, forms = self._classes, self._forms
        return any(
            classes[at] in AUXILIARIES or (classes[at] is TokenClass.WORD and forms[at].endswith(self._verbal))
            for at in range(low + 1, high)
        )

    def _alone(self, label: str, hedge: Hedge | None, contents: tuple[Range, ...]) -> Proposal:
        tokens = self._tokens
        rule = (
            "plain statement"
            if hedge is None
            else {"rumour": "rumour", "condition": "condition"}.get(hedge.kind, "hedge")
        )
        features: dict[str, str | bool] = {
            "source form": "implicit",
            "quotation": "indirect",
            "certainty": "certain" if hedge is None else hedge.certainty,
            "polarity": "asserted",
            "speech act": "assert",
            "time": self._time(contents),
        }
        if rule == "condition":
            features["conditional"] = True
        return Proposal(
            label=label,
            fragments=tuple(tokens.span(content) for content in contents),
            cue=() if hedge is None else (tokens.span((hedge.at, hedge.at + 1)),),
            mention=(),
            source=NO_SOURCE.name,
            source_kind=NO_SOURCE.kind,
            score=_SCORES[rule],
            rule=rule,
            reason="stated by the outlet itself"
            if hedge is None
            else f"cue “{tokens.words((hedge.at, hedge.at + 1))}”, no source",
            features=MappingProxyType(features),
        )


def _apart(found: list[Proposal]) -> list[Proposal]:
    """The outermost of what overlaps: the three labels do not nest."""
    kept: list[Proposal] = []
    reach = 0
    for proposal in sorted(found, key=lambda one: (one.fragments[0].start, -one.fragments[-1].end)):
        near = (
            [other for other in kept[-8:] if other.fragments[-1].end > proposal.fragments[0].start]
            if reach > proposal.fragments[0].start
            else []
        )
        if not any(a.overlaps(b) for other in near for a in other.fragments for b in proposal.fragments):
            kept.append(proposal)
            reach = max(reach, proposal.fragments[-1].end)
    return kept
