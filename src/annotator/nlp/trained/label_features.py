"""Features of a content for the classifier of labels: its words, cue and source, and the findings of the rules."""

from itertools import pairwise

from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import Tokens
from annotator.nlp.trained.token_features import distance_class
from annotator.nlp.trained.token_roles import Parts, size

_MAX_FIRST_WORDS = 3
"""The words at the beginning of a content that are features together with their position."""
_MAX_WORDS = 60
"""The words of a content that are features."""


def label_features(tokens: Tokens, content: Parts, described: Proposal) -> list[str]:
    """Return the features of ``content``; ``described`` is the proposal of the rules for it."""
    text = tokens.text
    forms = [tokens.forms[at] for part in content for at in range(*part)][:_MAX_WORDS]
    cue = " ".join(span.of(text) for span in described.cue).lower()
    mention = " ".join(span.of(text) for span in described.mention).lower()
    features = described.features
    start = content[0][0]
    found = [
        f"rules {described.label}",
        f"rule {described.rule}",
        f"rule {described.rule} {described.label}",
        f"cue {cue}",
        f"source kind {described.source_kind}",
        f"source {described.source_kind} {features.get('source form')} {features.get('on record')}",
        f"rules {described.label} {described.source_kind} {features.get('certainty')}",
        f"size {distance_class(size(content))}",
        f"parts {min(len(content), 3)}",
        f"sentence {min(tokens.sentence_of[start], 3)}",
        "quoted" if tokens.quoted[start] != -1 else "plain",
    ]
    found.extend(f"feature {name} {value}" for name, value in features.items())
    found.extend(f"word {form}" for form in dict.fromkeys(forms))
    found.extend(f"two {one} {other}" for one, other in dict.fromkeys(pairwise(forms)))
    found.extend(f"first {number} {form}" for number, form in enumerate(forms[:_MAX_FIRST_WORDS]))
    found.extend(f"cue word {word}" for word in cue.split())
    found.extend(f"source word {word}" for word in mention.split())
    if start:
        found.append(f"before {tokens.forms[start - 1]}")
    if content[-1][1] < len(tokens.forms):
        found.append(f"behind {tokens.forms[content[-1][1]]}")
    return found
