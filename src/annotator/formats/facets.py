"""The facets of an annotated corpus, and the report of what is lost where a format cannot hold one.

A format names the facets that it cannot hold. Its row in the list of formats and the loss report follow from that:
facets that are left out are counted here, in the same way for every format. What a writer changes rather than leaves
out (overlaps, fragments, edges inside a token) only the writer can count; it reports that in ``Written.losses``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any

from annotator.domain.fields import ANNOTATION_FIELDS, DOCUMENT_FIELDS, Field
from annotator.domain.labels import initials_of
from annotator.domain.records import AnnotationRecord, DocumentRecord, SourceRecord
from annotator.domain.wording import counted
from annotator.formats.base import Corpus


class Facet(StrEnum):
    """A part of the data of a corpus that a format may be unable to hold, in the words of the glossary."""

    # What a writer may have to change.
    OVERLAPS = "overlaps"
    FRAGMENTS = "fragments as one annotation"
    TOKEN_EDGES = "edges inside a token"
    SPACING = "white space and line ends"
    # Of an annotation.
    ANNOTATIONS = "annotations"
    CUES = "cues"
    MENTIONS = "source mentions"
    SOURCES = "sources"
    RELIABILITY = "reliability"
    CREDIBILITY = "credibility"
    CREDIBILITY_REASONS = "reasons of credibility"
    PROBABILITY = "probability"
    CONFIDENCE = "confidence"
    NOTES = "notes"
    FEATURES = "features"
    ANNOTATORS = "annotators"
    CREATORS = "creators of annotations"
    TIMES = "times of annotations"
    UIDS = "uids of annotations"
    # Of a document.
    UNANNOTATED = "documents without annotations"
    TEXTS = "texts of documents"
    TITLES = "titles"
    OUTLETS = "outlets"
    AUTHORS = "authors"
    DATES = "dates"
    LANGUAGES = "languages"
    ADDRESSES = "addresses"
    STATUSES = "statuses"
    DOCUMENT_NOTES = "notes on documents"
    STRUCTURE = "structure of texts"
    DIRECTIONS = "directions of texts"
    FACTS = "further facts of documents"
    ORIGINS = "origins"
    VERSIONS = "versions of documents"
    DOCUMENT_LETTERS = "reliability of documents"
    DOCUMENT_UIDS = "uids of documents"
    BOOKMARKS = "bookmarks"
    # Of the corpus.
    RELATIONS = "relations"
    RELATION_MAKERS = "annotators and uids of relations"
    ASSESSMENTS = "assessments"
    REGISTRY = "kinds, parents, aliases and notes of sources"
    OWNERS = "owners and topics of sources"
    LABELS = "colours and order of labels"
    INITIALS = "initials of labels"
    LABEL_KEYS = "keys, descriptions and nesting of labels"
    FEATURE_DEFINITIONS = "definitions of features"
    CHAINS = "attribution chains"
    CLAIMS = "claims and resolutions"
    CLAIM_MAKERS = "notes on claims, and by whom and when they were made"
    ANALYSES = "competing hypotheses"


GRADES = (Facet.RELIABILITY, Facet.CREDIBILITY, Facet.CREDIBILITY_REASONS, Facet.PROBABILITY, Facet.CONFIDENCE)
ATTRIBUTION = (Facet.SOURCES, Facet.MENTIONS, Facet.CUES)
BOOK_KEEPING = (Facet.ANNOTATORS, Facet.CREATORS, Facet.TIMES, Facet.UIDS)
"""Who made an annotation, how and when."""

DOCUMENT_DATA = (
    Facet.TITLES,
    Facet.OUTLETS,
    Facet.AUTHORS,
    Facet.DATES,
    Facet.LANGUAGES,
    Facet.ADDRESSES,
    Facet.STATUSES,
    Facet.DOCUMENT_NOTES,
    Facet.STRUCTURE,
    Facet.DIRECTIONS,
    Facet.FACTS,
    Facet.ORIGINS,
    Facet.VERSIONS,
    Facet.DOCUMENT_LETTERS,
    Facet.DOCUMENT_UIDS,
    Facet.BOOKMARKS,
)
JUDGEMENTS = (Facet.CHAINS, Facet.CLAIMS, Facet.ANALYSES)
"""Judgements about annotations of several documents."""

SOURCE_DATA = (Facet.ASSESSMENTS, Facet.REGISTRY, Facet.OWNERS)
LABEL_DATA = (Facet.LABELS, Facet.INITIALS, Facet.LABEL_KEYS)
PROJECT_DATA = (*SOURCE_DATA, *LABEL_DATA, Facet.FEATURE_DEFINITIONS, *JUDGEMENTS)

_GROUPS = (
    ("attributions", ATTRIBUTION),
    ("grades", GRADES),
    ("who made annotations, how and when", BOOK_KEEPING),
    ("data of documents", DOCUMENT_DATA),
    ("data of the project", PROJECT_DATA),
)


def _states(declared: Sequence[Field], facet: str) -> Callable[[Any], bool]:
    """Return a function that says whether a record has a value in one of the ``declared`` fields of a facet."""
    fields = [field for field in declared if field.facet == facet]
    values_of = attrgetter(*(field.attribute for field in fields))
    # attrgetter returns the value itself where there is one field.
    empty = tuple(field.empty for field in fields) if len(fields) > 1 else fields[0].empty
    return lambda found: bool(values_of(found) != empty)


_OF_ANNOTATION: dict[Facet, Callable[[AnnotationRecord], bool]] = {
    Facet.ANNOTATIONS: lambda found: True,
    **{Facet(field.facet): _states(ANNOTATION_FIELDS, field.facet) for field in ANNOTATION_FIELDS if field.facet},
}
_OF_DOCUMENT: dict[Facet, Callable[[DocumentRecord], bool]] = {
    Facet(field.facet): _states(DOCUMENT_FIELDS, field.facet) for field in DOCUMENT_FIELDS if field.facet
}


def in_short(cannot_hold: Iterable[str]) -> str:
    """Return the facets as one line.

    A group of facets is one name where all or most of its members are in the list, as in “grades except confidence”.
    """
    named = list(dict.fromkeys(cannot_hold))
    lacking = set(named)
    whole: dict[str, str] = {}
    for name, group in _GROUPS:
        held = [str(facet) for facet in group if facet not in lacking]
        if len(held) * 2 < len(group):
            words = f"{name} except {' and '.join(filter(None, (', '.join(held[:-1]), held[-1])))}" if held else name
            whole |= dict.fromkeys(group, words)
    return "; ".join(dict.fromkeys(whole.get(facet, facet) for facet in named))


class Losses:
    """Counts what a format leaves out, while its writer iterates over the documents."""

    def __init__(self, corpus: Corpus, cannot_hold: Iterable[str]) -> None:
        lacking = [facet for facet in Facet if facet in set(cannot_hold)]
        self._corpus = corpus
        self._lacking = lacking
        self._counts = dict.fromkeys(lacking, 0)
        self._annotation = [(facet, _OF_ANNOTATION[facet]) for facet in lacking if facet in _OF_ANNOTATION]
        self._document = [(facet, _OF_DOCUMENT[facet]) for facet in lacking if facet in _OF_DOCUMENT]

    def counting(self) -> Iterator[tuple[DocumentRecord, Sequence[AnnotationRecord]]]:
        """Yield the documents of the corpus, and count what is left out of each."""
        counts = self._counts
        for document, annotations in self._corpus.documents:
            for facet, document_has in self._document:
                counts[facet] += document_has(document)
            for facet, annotation_has in self._annotation:
                counts[facet] += sum(1 for annotation in annotations if annotation_has(annotation))
            if not annotations and Facet.UNANNOTATED in counts:
                counts[Facet.UNANNOTATED] += 1
            yield document, annotations

    def lines(self) -> list[str]:
        """Return one plain line for each facet that the corpus has and the format leaves out."""
        corpus, counts = self._corpus, dict(self._counts)
        whole: dict[Facet, Sequence[object]] = {
            Facet.RELATIONS: corpus.relations,
            Facet.RELATION_MAKERS: corpus.relations,
            Facet.ASSESSMENTS: corpus.assessments,
            Facet.BOOKMARKS: corpus.bookmarks,
            Facet.REGISTRY: [one for one in corpus.sources if is_described(one)],
            Facet.OWNERS: [one for one in corpus.sources if one.owner_id is not None or one.topics],
            Facet.CHAINS: corpus.judgements.chain_links,
            Facet.CLAIMS: corpus.judgements.claims,
            Facet.CLAIM_MAKERS: corpus.judgements.claims,
            Facet.ANALYSES: corpus.judgements.questions,
            Facet.LABELS: corpus.labels,
            Facet.INITIALS: [one for one in corpus.labels if one.initials != initials_of(one.name)],
            Facet.LABEL_KEYS: [one for one in corpus.labels if one.key is not None or one.description or one.parent],
            Facet.FEATURE_DEFINITIONS: corpus.features,
        }
        counts |= {facet: len(found) for facet, found in whole.items() if facet in counts}
        return [loss_line(facet, counts[facet]) for facet in self._lacking if counts[facet]]


def is_described(source: SourceRecord) -> bool:
    """Return whether more is known of a source than its name, its owner and its topics."""
    return bool(source.aliases or source.note or source.parent_id is not None or source.kind != "outlet")


def loss_line(facet: Facet, count: int) -> str:
    """Return the line that says that a facet is left out of so many records."""
    if facet is Facet.ANNOTATIONS:
        return f"{counted(count, 'annotation')} left out"
    if facet in _OF_ANNOTATION:
        return f"{counted(count, 'annotation')} without {facet}"
    if facet in _OF_DOCUMENT:
        return f"{counted(count, 'document')} without {facet}"
    if facet is Facet.UNANNOTATED:
        return f"{counted(count, 'document')} without annotations left out"
    if facet in (Facet.RELATIONS, Facet.ASSESSMENTS, Facet.BOOKMARKS):
        return f"{counted(count, str(facet).removesuffix('s'))} left out"
    return f"{str(facet)[0].upper()}{facet[1:]} left out"
