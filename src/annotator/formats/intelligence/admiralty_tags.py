"""Grades as machine tags of the MISP taxonomies ``admiralty-scale`` and ``estimative-language`` (version 5 of each).

The taxonomies also define numbers, among them 50 for what cannot be judged; the tags here contain only the code, and no
number.
"""

from collections.abc import Iterator

from annotator.domain import grades
from annotator.domain.records import AnnotationRecord


def tags_of(annotation: AnnotationRecord | None = None, *, reliability: str | None = None) -> Iterator[str]:
    """Yield the tags of the effective reliability, the credibility, the probability and the confidence, as far as
    given.
    """
    if annotation is not None:
        reliability = annotation.reliability
    if reliability:
        yield f'admiralty-scale:source-reliability="{reliability.lower()}"'
    if annotation is None:
        return
    if annotation.credibility is not None:
        yield f'admiralty-scale:information-credibility="{annotation.credibility}"'
    if annotation.probability is not None:
        words = grades.band_of(annotation.probability).words.replace(" ", "-")
        yield f'estimative-language:likelihood-probability="{words}"'
    if annotation.confidence:
        yield f'estimative-language:confidence-in-analytic-judgment="{annotation.confidence}"'
