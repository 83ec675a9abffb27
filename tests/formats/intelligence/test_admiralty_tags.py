"""Machine tags are those of the taxonomies, letter by letter."""

import json
from collections.abc import Callable
from pathlib import Path

from annotator.domain import grades
from annotator.domain.spans import Span
from annotator.formats.base import Article, Corpus, IncomingAnnotation
from annotator.formats.intelligence.admiralty_tags import tags_of

CorpusFrom = Callable[..., Corpus]


def every_tag(corpus_from: CorpusFrom) -> dict[str, str]:
    """Each tag that there can be, and what it stands for."""
    given = [
        *((f"reliability {letter}", {"reliability": letter}) for letter in grades.RELIABILITY_CODES),
        *((f"credibility {digit}", {"credibility": digit}) for digit in grades.CREDIBILITY_CODES),
        *((f"probability {percent}", {"probability": percent}) for percent in range(101)),
        *((f"confidence {words}", {"confidence": words}) for words in grades.CONFIDENCES),
    ]
    annotations = tuple(IncomingAnnotation("claim", (Span(0, 1),), **fields) for _, fields in given)  # type: ignore[arg-type] # the names of typed fields
    ((_, own),) = corpus_from([Article("A", "Aa", annotations=annotations)]).documents
    return {tag: what for (what, _), one in zip(given, own, strict=True) for tag in tags_of(one)}


def test_each_grade_has_its_tag(corpus_from: CorpusFrom) -> None:
    tags = every_tag(corpus_from)
    assert len(tags) == 6 + 6 + 7 + 3
    assert tags['admiralty-scale:source-reliability="b"'] == "reliability B"
    assert tags['admiralty-scale:information-credibility="6"'] == "credibility 6"
    assert tags['estimative-language:likelihood-probability="almost-certain"'] == "probability 100"
    assert list(tags_of(reliability="F")) == ['admiralty-scale:source-reliability="f"']
    assert list(tags_of()) == []


def test_every_tag_is_in_its_taxonomy(corpus_from: CorpusFrom, shared: Path) -> None:
    known = set()
    for path in sorted((shared / "fixtures" / "misp").glob("*.json")):
        taxonomy = json.loads(path.read_text(encoding="utf-8"))
        for group in taxonomy["values"]:
            known |= {f'{taxonomy["namespace"]}:{group["predicate"]}="{one["value"]}"' for one in group["entry"]}
    tags = set(every_tag(corpus_from))
    assert tags <= known
    # G, deliberately deceptive, is no letter of ours.
    assert known - tags == {'admiralty-scale:source-reliability="g"'}
