"""What the tests of formats share: a corpus made of articles, as the store would hand it to a writer."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from annotator.domain.canonical_text import sha256
from annotator.domain.records import (
    AnnotationRecord,
    AssessmentRecord,
    BookmarkRecord,
    ChainLinkRecord,
    ClaimRecord,
    DocumentRecord,
    Judgements,
    RelationRecord,
    ResolutionRecord,
    SourceRecord,
    StatementRecord,
)
from annotator.domain.spans import context_of, hull
from annotator.formats.base import (
    Article,
    Corpus,
    Incoming,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingChainLink,
    IncomingClaim,
    IncomingRelation,
    IncomingSource,
    Vocabulary,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "src" / "annotator" / "formats" / "examples"


def document_of(article: Article, number: int) -> DocumentRecord:
    return DocumentRecord(
        id=number,
        uid=article.uid or f"d{number:031}",
        title=article.title,
        text=article.text,
        text_sha256=sha256(article.text),
        source_id=None,
        source=article.source,
        author=article.author,
        published_at=article.published_at,
        language=article.language,
        status=article.status,
        note=article.note,
        address=article.address,
        structure=article.structure,
        origin_path=article.origin_path,
        origin_format=article.origin_format,
        origin_sha256=article.origin_sha256,
        imported_at=article.imported_at,
        words=len(article.text.split()),
        direction=article.direction,
        facts=dict(article.facts),
        version_of=article.version_of,
    )


def annotation_of(
    incoming: IncomingAnnotation,
    text: str,
    document_id: int,
    number: int,
    letter: str | None,
    source_id: int | None = None,
) -> AnnotationRecord:
    span = hull(incoming.fragments)
    prefix, suffix = context_of(text, span)
    return AnnotationRecord(
        id=number,
        uid=incoming.uid or f"a{number:031}",
        document_id=document_id,
        label_id=1,
        label=incoming.label,
        start=span.start,
        end=span.end,
        quote=span.of(text),
        prefix=prefix,
        suffix=suffix,
        fragments=incoming.fragments,
        cue=incoming.cue,
        mention=incoming.mention,
        source_id=source_id,
        source=incoming.source,
        reliability_override=incoming.reliability,
        reliability_reason=incoming.reliability_reason,
        inherited_reliability=letter,
        credibility=incoming.credibility,
        probability=incoming.probability,
        confidence=incoming.confidence,
        note=incoming.note,
        features=dict(incoming.features),
        annotator=incoming.annotator or "ada",
        created_by=incoming.created_by or "person",
        created_at=incoming.created_at or "2025-01-01T00:00:00.000Z",
        updated_at=incoming.updated_at or "2025-01-01T00:00:00.000Z",
    )


def judgements_of(found: list[Incoming], ids: dict[str, int], by_name: dict[str, int]) -> Judgements:
    """Claims and chains as a project would hold them."""
    claims = [item for item in found if isinstance(item, IncomingClaim)]
    links = [item for item in found if isinstance(item, IncomingChainLink)]
    return Judgements(
        chain_links=[
            ChainLinkRecord(
                number, one.uid, ids[one.annotation_uid], by_name[one.source], one.source, one.role, one.position,
                one.checked, one.note, one.annotator, one.created_at,
            )
            for number, one in enumerate(links, 1)
        ],
        claims=[
            ClaimRecord(number, one.uid, one.text, one.topic, one.note, one.annotator, one.created_at, "open", "", 0, 0)
            for number, one in enumerate(claims, 1)
        ],
        statements=[
            StatementRecord(number, one.uid, claim, ids[one.annotation_uid], one.stance, one.annotator, one.created_at)
            for claim, given in enumerate(claims, 1)
            for number, one in enumerate(given.statements, 1)
        ],
        resolutions=[
            ResolutionRecord(
                number, one.uid, claim, one.resolved_on, one.verdict, one.evidence, one.address, one.annotator,
                one.created_at,
            )
            for claim, given in enumerate(claims, 1)
            for number, one in enumerate(given.resolutions, 1)
        ],
    )  # fmt: skip


def corpus_from(items: Iterable[Incoming], options: dict[str, str] | None = None) -> Corpus:
    """What a project would export that had imported ``items``."""
    found = list(items)
    vocabulary = next((item for item in found if isinstance(item, Vocabulary)), Vocabulary())
    letters = {item.source: item.reliability for item in found if isinstance(item, IncomingAssessment)}
    sources = [
        SourceRecord(number, one.uid, one.name, one.kind, one.aliases, one.note, None, letters.get(one.name), 0, 0)
        for number, one in enumerate((item for item in found if isinstance(item, IncomingSource)), 1)
    ]
    by_name = {source.name: source.id for source in sources}
    documents: list[tuple[DocumentRecord, Sequence[AnnotationRecord]]] = []
    bookmarks: list[BookmarkRecord] = []
    ids: dict[str, int] = {}
    for number, article in enumerate((item for item in found if isinstance(item, Article)), 1):
        own = []
        for incoming in article.annotations:
            letter = letters.get(incoming.source)
            known = by_name.get(incoming.source)
            own.append(annotation_of(incoming, article.text, number, len(ids) + 1, letter, known))
            ids[own[-1].uid] = own[-1].id
        documents.append((document_of(article, number), own))
        for one in article.bookmarks:
            place = (number, article.title, one.position)
            bookmarks.append(BookmarkRecord(0, one.uid, *place, one.name, one.annotator, one.created_at))
    return Corpus(
        documents=iter(documents),
        labels=vocabulary.labels,
        features=vocabulary.features,
        sources=sources,
        assessments=[
            AssessmentRecord(number, by_name[one.source], one.made_on, one.reliability, one.topic, one.rationale, "ada")
            for number, one in enumerate((item for item in found if isinstance(item, IncomingAssessment)), 1)
        ],
        relations=[
            RelationRecord(number, one.uid, one.kind, ids[one.from_uid], ids[one.to_uid], one.note, one.annotator)
            for number, one in enumerate((item for item in found if isinstance(item, IncomingRelation)), 1)
        ],
        bookmarks=bookmarks,
        judgements=judgements_of(found, ids, by_name),
        title="Halvik",
        options=options or {},
    )


@pytest.fixture(name="corpus_from", scope="session")
def corpus_from_fixture() -> Callable[..., Corpus]:
    return corpus_from


@pytest.fixture(scope="session")
def examples() -> Path:
    return EXAMPLES


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of articles that lies beside the project; it is not part of it."""
    folder = Path(__file__).resolve().parents[2].parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of shared articles does not lie beside the project")
    return folder
