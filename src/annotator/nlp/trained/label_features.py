"""What is told of a content to the classifier of labels: its words, cue and source, and what the rules make of it."""

from itertools import pairwise

from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.tokens import Tokens
from annotator.nlp.trained.token_features import near
from annotator.nlp.trained.token_roles import Parts, size

_FIRST = 3
_MOST_WORDS = 60


def label_marks(tokens: Tokens, content: Parts, described: Proposal) -> list[str]:
    """``described`` is what the rules say of the content."""
    text = tokens.text
    forms = [tokens.forms[at] for part in content for at in range(*part)][:_MOST_WORDS]
    cue = " ".join(span.of(text) for span in described.cue).lower()
    mention = " ".join(span.of(text) for span in described.mention).lower()
    features = described.features
    start = content[0][0]
    marks = [
        f"rules {described.label}",
        f"rule {described.rule}",
        f"rule {described.rule} {described.label}",
        f"cue {cue}",
        f"source kind {described.source_kind}",
        f"source {described.source_kind} {features.get('source form')} {features.get('on record')}",
        f"rules {described.label} {described.source_kind} {features.get('certainty')}",
        f"size {near(size(content))}",
        f"parts {min(len(content), 3)}",
        f"sentence {min(tokens.sentence_of[start], 3)}",
        "quoted" if tokens.quoted[start] != -1 else "plain",
    ]
    marks.extend(f"feature {name} {value}" for name, value in features.items())
    marks.extend(f"word {form}" for form in dict.fromkeys(forms))
    marks.extend(f"two {one} {other}" for one, other in dict.fromkeys(pairwise(forms)))
    marks.extend(f"first {number} {form}" for number, form in enumerate(forms[:_FIRST]))
    marks.extend(f"cue word {word}" for word in cue.split())
    marks.extend(f"source word {word}" for word in mention.split())
    if start:
        marks.append(f"before {tokens.forms[start - 1]}")
    if content[-1][1] < len(tokens.forms):
        marks.append(f"behind {tokens.forms[content[-1][1]]}")
    return marks
