"""ClaimReview, the form in which fact-checkers publish verdicts: one review for each resolved claim, as JSON-LD of
schema.org.

The claim is the item reviewed, with its author (the origin of the attribution chain of its first statement) and the
articles in which it appears; the verdict is its rating. Only verdicts that say how true a claim is have a number, from
1 (refuted) by 3 (partly) to 5 (confirmed); ``unverifiable`` has only words, and grades are not used. The context is
included, so that nothing has to be fetched. Claims that are still open are left out.

Source: https://schema.org/ClaimReview and https://schema.org/Claim.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from annotator.domain.attribution_chains import Link, chain, origins_of
from annotator.domain.records import AnnotationRecord, ClaimRecord, DocumentRecord, ResolutionRecord, SourceRecord
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import Facet

RATINGS: Mapping[str, int] = {"confirmed": 5, "partly": 3, "refuted": 1}
"""The number of a verdict, where it has one."""

_BEST, _WORST = 5, 1
_SCHEMA = "https://schema.org/"
_TERMS = (
    "ClaimReview Claim Rating Person Organization NewsArticle Thing claimReviewed reviewRating ratingValue bestRating "
    "worstRating alternateName itemReviewed appearance firstAppearance author publisher name headline reviewBody about "
    "inLanguage text"
).split()
_DATES = ("datePublished", "dateCreated")
CONTEXT: Mapping[str, Any] = {
    **{term: f"{_SCHEMA}{term}" for term in _TERMS},
    **{term: {"@id": f"{_SCHEMA}{term}", "@type": f"{_SCHEMA}Date"} for term in _DATES},
    **{term: {"@id": f"{_SCHEMA}{term}", "@type": "@id"} for term in ("url", "citation")},
}
"""The terms of schema.org that are used, with their addresses."""

_PEOPLE = ("person", "unnamed", "collective")


class _Statement(NamedTuple):
    """An annotation that states a claim, with its document without the text."""

    annotation: AnnotationRecord
    document: DocumentRecord


def write(corpus: Corpus, path: Path) -> Written:
    """Write the resolved claims of the corpus to ``path``."""
    judged = corpus.judgements
    stating = {one.annotation_id: one for one in judged.statements if one.stance == "states"}
    statements: dict[int, list[_Statement]] = {}
    documents = annotations = 0
    for document, own in corpus.documents:
        light = document._replace(text="", facts={})
        found = [one for one in own if one.id in stating]
        for annotation in found:
            statements.setdefault(stating[annotation.id].claim_id, []).append(_Statement(annotation, light))
        documents += bool(found)
        annotations += len(found)
    latest: dict[int, ResolutionRecord] = {}
    for made in judged.resolutions:
        latest.setdefault(made.claim_id, made)
    reviews = _Reviews(corpus)
    graph = [
        reviews.of(claim, latest[claim.id], statements.get(claim.id, []))
        for claim in judged.claims
        if claim.id in latest and latest[claim.id].verdict != "open"
    ]
    page = {"@context": CONTEXT, "@graph": graph}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(page), indent=1) + b"\n")
    left_out = len(judged.claims) - len(graph)
    losses = (f"{counted(left_out, 'claim')} left out: they are not resolved",) if left_out else ()
    return Written(documents, annotations, losses)


class _Reviews:
    """The writer of the reviews of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._sources = {source.id: source for source in corpus.sources}
        self._links: dict[int, list[Link]] = {}
        for link in corpus.judgements.chain_links:
            self._links.setdefault(link.annotation_id, []).append(Link(link.source_id, link.role, link.checked))

    def of(self, claim: ClaimRecord, made: ResolutionRecord, stated: Sequence[_Statement]) -> dict[str, Any]:
        """Return the review of one claim."""
        review = {
            "@id": f"urn:annotator:resolution:{made.uid}",
            "@type": "ClaimReview",
            "claimReviewed": claim.text,
            "datePublished": made.resolved_on,
            "author": {"@type": "Person", "name": made.annotator},
            "reviewRating": _rating(made.verdict),
            "itemReviewed": self._claim(claim, stated),
            "reviewBody": made.evidence,
            "citation": made.address if _is_address(made.address) else "",
        }
        return _filled(review)

    def _claim(self, claim: ClaimRecord, stated: Sequence[_Statement]) -> dict[str, Any]:
        ordered = sorted(stated, key=lambda one: (one.document.published_at or "9", one.document.id))
        articles = {one.document.id: _article(one.document) for one in ordered}
        first = ordered[0] if ordered else None
        return _filled(
            {
                "@id": f"urn:annotator:claim:{claim.uid}",
                "@type": "Claim",
                "text": claim.text,
                "about": {"@type": "Thing", "name": claim.topic} if claim.topic else "",
                "author": self._author(first) if first is not None else "",
                "firstAppearance": articles[first.document.id] if first is not None else "",
                "appearance": list(articles.values()),
            }
        )

    def _author(self, stated: _Statement) -> Any:
        """Return the origin of a statement, or its source; None where none is known."""
        annotation, document = stated
        stations = chain(annotation.source_id, document.source_id, self._links.get(annotation.id, ()))
        known = [self._sources[id] for id in origins_of(stations) if id in self._sources]
        people = [_agent(source) for source in known]
        return people[0] if len(people) == 1 else people or ""


def _rating(verdict: str) -> dict[str, Any]:
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": verdict}
    if verdict in RATINGS:
        rating |= {"ratingValue": RATINGS[verdict], "bestRating": _BEST, "worstRating": _WORST}
    return rating


def _agent(source: SourceRecord) -> dict[str, Any]:
    kind = "Person" if source.kind in _PEOPLE else "Organization"
    return {"@id": f"urn:annotator:source:{source.uid}", "@type": kind, "name": source.name}


def _article(document: DocumentRecord) -> dict[str, Any]:
    return _filled(
        {
            "@id": f"urn:annotator:document:{document.uid}",
            "@type": "NewsArticle",
            "headline": document.title,
            "url": document.address if _is_address(document.address) else "",
            "datePublished": document.published_at,
            "publisher": {"@type": "Organization", "name": document.source} if document.source else "",
            "author": {"@type": "Person", "name": document.author} if document.author else "",
            "inLanguage": document.language,
        }
    )


def _is_address(address: str) -> bool:
    """Return whether JSON-LD reads it as the name of an entity, and not as a relative path."""
    return address.startswith(("http://", "https://", "urn:")) and not set(address) & set(' <>"{}|\\^`')


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", [])}


FORMAT = Format(
    id="claimreview",
    name="ClaimReview (JSON-LD)",
    suffixes=(".jsonld", ".json"),
    write=write,
    cannot_hold=tuple(
        facet
        for facet in Facet
        if facet
        not in (
            Facet.CLAIMS,
            Facet.SOURCES,
            Facet.TITLES,
            Facet.OUTLETS,
            Facet.AUTHORS,
            Facet.DATES,
            Facet.LANGUAGES,
            Facet.ADDRESSES,
            Facet.DOCUMENT_UIDS,
            Facet.OVERLAPS,
            Facet.FRAGMENTS,
            Facet.TOKEN_EDGES,
            Facet.SPACING,
            # They are part of the relations, which are left out as a whole.
            Facet.RELATION_MAKERS,
        )
    ),
    example="claims.jsonld",
)
