"""The content to be printed: an article with numbered annotations, and a note on omitted ones."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.app.reader.page.text_offsets import SourceText
from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.labels import line_patterns
from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted, grades_in_words, likelihood_in_words, listed

_LONGEST_QUOTE = 1_500
"""The maximum number of printed characters of a quote; of a longer one only its two ends are printed."""


class PrintedLabel(NamedTuple):
    """A label of the legend. ``annotations``: the number of its printed annotations."""

    name: str
    initials: str
    color: str
    pattern: int
    annotations: int


class PrintedAnnotation(NamedTuple):
    """An annotation of the list. ``reference``: its name beside the text, such as ``C12``.

    ``facts``: its data as separate texts.
    """

    number: int
    reference: str
    label: PrintedLabel
    fragments: tuple[Span, ...]
    facts: tuple[str, ...]
    quote: str
    note: str


class PrintedArticle(NamedTuple):
    """The content to be printed, in order. ``left_out``: a sentence on omitted annotations, or empty.

    ``source`` and ``places``: the text for Qt, and the numbers of the annotations by place. They are made here,
    because this may run on the thread of a job, while all later steps need the main thread.
    """

    document: DocumentRecord
    labels: tuple[PrintedLabel, ...]
    annotations: tuple[PrintedAnnotation, ...]
    left_out: str
    source: SourceText
    places: SpanIndex

    @property
    def about(self) -> tuple[str, ...]:
        """The lines below the title: source, author, date and address, and the note on omitted annotations."""
        document = self.document
        origin = " · ".join(filter(None, (document.source, document.author, document.published_at[:10])))
        return tuple(filter(None, (origin, document.address, self.left_out)))


def printed_article(
    document: DocumentRecord,
    annotations: Iterable[AnnotationRecord],
    labels: Sequence[LabelRecord],
    hidden_labels: frozenset[int] = frozenset(),
) -> PrintedArticle:
    """Return an article with its annotations, except those of ``hidden_labels``, numbered in text order."""
    every = sorted(annotations, key=lambda found: (found.start, -found.end, found.id))
    shown = [found for found in every if found.label_id not in hidden_labels]
    missing = Counter(found.label_id for found in every if found.label_id in hidden_labels)
    counts = Counter(found.label_id for found in shown)
    patterns = line_patterns(labels)
    printed = {
        label.id: PrintedLabel(label.name, label.initials, label.color, patterns[label.id], counts[label.id])
        for label in labels
    }
    names_annotators = len({found.annotator for found in shown}) > 1
    return PrintedArticle(
        document,
        tuple(label for label in printed.values() if label.annotations),
        tuple(
            _printed(number, found, printed[found.label_id], names_annotators) for number, found in enumerate(shown, 1)
        ),
        _left_out([(label.name, missing[label.id]) for label in labels if missing[label.id]]),
        SourceText(document.text),
        SpanIndex((number, found.fragments) for number, found in enumerate(shown, 1)),
    )


def _printed(
    number: int, annotation: AnnotationRecord, label: PrintedLabel, names_annotator: bool
) -> PrintedAnnotation:
    facts = [
        annotation.source,
        annotation.score,
        grades_in_words(annotation),
        likelihood_in_words(annotation),
        *(f"{name}: {value}" for name, value in annotation.features.items()),
        f"by {annotation.annotator}" if names_annotator else "",
    ]
    return PrintedAnnotation(
        number,
        f"{label.initials}{number}",
        label,
        annotation.fragments,
        tuple(fact for fact in facts if fact),
        _both_ends(annotation.shown_quote),
        annotation.note.strip(),
    )


def _both_ends(quote: str) -> str:
    line = " ".join(quote.split())
    if len(line) <= _LONGEST_QUOTE:
        return line
    return f"{line[: _LONGEST_QUOTE * 2 // 3]} … {line[-_LONGEST_QUOTE // 3 :]}"


def _left_out(missing: Sequence[tuple[str, int]]) -> str:
    if not missing:
        return ""
    parts = [f"{counted(number, 'annotation')} labelled {name}" for name, number in missing]
    return f"Left out: {listed(parts)}."
