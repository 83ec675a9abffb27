"""Invented reports from a harbour town, with annotations; brackets show content, cue and mention."""

import re

from annotator.domain.spans import Span
from annotator.nlp.trained.training_examples import Example, Labelled

_PART = re.compile(r"\[([\w ]+): ([^\]]+)\]")
_ROLES = ("cue", "who")

PEOPLE = ("Ilse Brandt", "Otto Varga", "the pilot", "Mara Lind", "the ferryman", "Juri Kask", "a deckhand", "Tove Aas")
THINGS = ("the north quay", "the old crane", "the fish hall", "the ice house", "the slipway", "the tide gate")
PROMISES = ("reopen by spring", "be painted green", "get a new roof", "be free of charge", "close at noon")
TALLIES = ("cost nine crowns", "hold forty barrels", "weigh six tons", "need twelve nails", "take three boats")
PLAIN = ("The morning was grey.", "Gulls sat on the rail.", "Nobody hurried.", "A bell rang twice.")


def marked(text: str, language: str = "en") -> Example:
    """Return the example that brackets show: ``[promise: ...]`` is a content, with the cue and mention before it."""
    plain, at = "", 0
    spans: list[tuple[str, Span]] = []
    for found in _PART.finditer(text):
        plain += text[at : found.start()]
        spans.append((found[1], Span(len(plain), len(plain) + len(found[2]))))
        plain += found[2]
        at = found.end()
    plain += text[at:]
    annotations: list[Labelled] = []
    beside: dict[str, Span] = {}
    for name, span in spans:
        if name in _ROLES:
            beside[name] = span
        else:
            annotations.append(
                Labelled(
                    name,
                    (span,),
                    tuple(beside[role] for role in ("cue",) if role in beside),
                    tuple(beside[role] for role in ("who",) if role in beside),
                )
            )
            beside = {}
    return Example(plain, language, tuple(annotations))


def harbour(count: int, cue: str = "burbled") -> list[Example]:
    """Return ``count`` documents in which each speaker, with the verb ``cue``, makes a promise or states a number."""
    examples = []
    for number in range(count):
        lines = [PLAIN[number % len(PLAIN)]]
        for turn in range(4):
            who = PEOPLE[(number + 3 * turn) % len(PEOPLE)]
            thing = THINGS[(2 * number + turn) % len(THINGS)]
            choice = number + turn
            said = (
                f"[promise: {thing} would {PROMISES[choice % len(PROMISES)]}]"
                if turn % 2
                else f"[tally: {thing} would {TALLIES[choice % len(TALLIES)]}]"
            )
            who = who if number % 2 else who[0].upper() + who[1:]
            lines.append(f"[who: {who}] [cue: {cue}] that {said}.")
        lines.append(PLAIN[(number + 1) % len(PLAIN)])
        examples.append(marked(" ".join(lines) + f"\n\nReport {number}."))
    return examples
