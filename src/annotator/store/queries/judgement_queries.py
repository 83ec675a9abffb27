"""Queries for judgements across documents: claims, attribution chains, analyses.

What depends on documents in the trash is left out, unless it is requested.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from annotator.domain.errors import NotFound
from annotator.domain.records import (
    AnswerRecord,
    ChainLinkRecord,
    ClaimRecord,
    EvidenceRecord,
    HypothesisRecord,
    Judgements,
    QuestionRecord,
    RatingRecord,
    ResolutionRecord,
    StatementRecord,
)
from annotator.store.queries import project_queries, suggestion_queries
from annotator.store.reading import records

_HELD = (
    "JOIN annotation a ON a.id = {row}.annotation_id JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
)


def _in(column: str, ids: Iterable[int] | None) -> tuple[str, list[Any]]:
    if ids is None:
        return "TRUE", []
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]


def verdict_in_force(claim: str) -> str:
    """Return SQL for a subquery of the effective verdict of a claim, whose id the column ``claim`` holds."""
    return f"(SELECT verdict FROM resolution WHERE claim_id = {claim} ORDER BY resolved_on DESC, id DESC LIMIT 1)"


def claims(connection: sqlite3.Connection, ids: Iterable[int] | None = None) -> list[ClaimRecord]:
    """Return claims with their effective verdict, in the order of creation: all, or those in ``ids``."""
    where, values = _in("c.id", ids)
    query = (
        "SELECT c.id, c.uid, c.text, c.topic, c.note, p.name, c.created_at, coalesce(r.verdict, 'open'), "
        "coalesce(r.resolved_on, ''), coalesce(s.states, 0), coalesce(s.denies, 0) FROM claim c "
        "JOIN annotator p ON p.id = c.annotator_id "
        "LEFT JOIN resolution r ON r.id = "
        "(SELECT id FROM resolution WHERE claim_id = c.id ORDER BY resolved_on DESC, id DESC LIMIT 1) "
        "LEFT JOIN (SELECT s.claim_id, sum(s.stance = 'states') AS states, sum(s.stance = 'denies') AS denies "
        f"FROM statement s {_HELD.format(row='s')}GROUP BY s.claim_id) s ON s.claim_id = c.id "
        f"WHERE {where} ORDER BY c.id"
    )
    return list(records(connection, ClaimRecord, query, values, table="claim", stand_in=""))


def claim(connection: sqlite3.Connection, id: int) -> ClaimRecord:
    """Return one claim. Raise NotFound."""
    for found in claims(connection, [id]):
        return found
    raise NotFound(f"There is no claim {id} in the project: it may have been removed.")


def statements(
    connection: sqlite3.Connection,
    *,
    claim_ids: Iterable[int] | None = None,
    annotation_ids: Iterable[int] | None = None,
    trashed: bool = False,
) -> list[StatementRecord]:
    """Return statements of claims, in the order of creation: all, or those of some claims or annotations."""
    where, values = _in("s.claim_id", claim_ids)
    also, more = _in("s.annotation_id", annotation_ids)
    held = "" if trashed else _HELD.format(row="s")
    query = (
        "SELECT s.id, s.uid, s.claim_id, s.annotation_id, s.stance, p.name, s.created_at FROM statement s "
        f"JOIN annotator p ON p.id = s.annotator_id {held}WHERE {where} AND {also} ORDER BY s.id"
    )
    return list(records(connection, StatementRecord, query, [*values, *more], table="statement", stand_in=""))


def resolutions(connection: sqlite3.Connection, *, claim_ids: Iterable[int] | None = None) -> list[ResolutionRecord]:
    """Return the resolutions of claims, the effective one of each first."""
    where, values = _in("r.claim_id", claim_ids)
    query = (
        "SELECT r.id, r.uid, r.claim_id, r.resolved_on, r.verdict, r.evidence, r.address, p.name, r.created_at "
        f"FROM resolution r JOIN annotator p ON p.id = r.annotator_id WHERE {where} "
        "ORDER BY r.claim_id, r.resolved_on DESC, r.id DESC"
    )
    return list(records(connection, ResolutionRecord, query, values, table="resolution"))


def claims_of_link(connection: sqlite3.Connection, link_id: int) -> set[int]:
    """Return the claims that the annotation of a chain link states."""
    return {
        id
        for (id,) in connection.execute(
            "SELECT s.claim_id FROM chain_link l JOIN statement s ON s.annotation_id = l.annotation_id WHERE l.id = ?",
            (link_id,),
        )
    }


def chain_links(
    connection: sqlite3.Connection, *, annotation_ids: Iterable[int] | None = None, trashed: bool = False
) -> list[ChainLinkRecord]:
    """Return links of attribution chains, of each annotation from the origin on: all, or those of some annotations."""
    where, values = _in("l.annotation_id", annotation_ids)
    held = "" if trashed else _HELD.format(row="l")
    query = (
        "SELECT l.id, l.uid, l.annotation_id, l.source_id, s.name, l.role, l.position, l.checked, l.note, p.name, "
        "l.created_at FROM chain_link l JOIN source s ON s.id = l.source_id "
        f"JOIN annotator p ON p.id = l.annotator_id {held}WHERE {where} "
        "ORDER BY l.annotation_id, l.role, l.position, l.id"
    )
    return list(records(connection, ChainLinkRecord, query, values, table="chain_link", stand_in=""))


def questions(connection: sqlite3.Connection) -> list[QuestionRecord]:
    """Return the questions under analysis, in the order of creation."""
    query = (
        "SELECT q.id, q.uid, q.text, q.note, p.name, q.created_at FROM question q "
        "JOIN annotator p ON p.id = q.annotator_id ORDER BY q.id"
    )
    return list(records(connection, QuestionRecord, query, table="question", stand_in=""))


def hypotheses(connection: sqlite3.Connection, question_id: int | None = None) -> list[HypothesisRecord]:
    """Return hypotheses by question and place: all, or those of one question."""
    query = (
        "SELECT id, uid, question_id, text, note, position FROM hypothesis "
        "WHERE question_id = coalesce(?, question_id) ORDER BY question_id, position, id"
    )
    return list(records(connection, HypothesisRecord, query, (question_id,), table="hypothesis", stand_in=""))


def evidence(
    connection: sqlite3.Connection,
    *,
    question_id: int | None = None,
    annotation_ids: Iterable[int] | None = None,
    trashed: bool = False,
) -> list[EvidenceRecord]:
    """Return evidence by question and place: all, that of one question, or that of some annotations."""
    where, values = _in("e.annotation_id", annotation_ids)
    held = "" if trashed else _HELD.format(row="e")
    query = (
        f"SELECT e.id, e.uid, e.question_id, e.annotation_id, e.note, e.position FROM evidence e {held}"
        f"WHERE e.question_id = coalesce(?, e.question_id) AND {where} ORDER BY e.question_id, e.position, e.id"
    )
    return list(records(connection, EvidenceRecord, query, [question_id, *values], table="evidence", stand_in=""))


def ratings(
    connection: sqlite3.Connection, *, question_id: int | None = None, evidence_ids: Iterable[int] | None = None
) -> list[RatingRecord]:
    """Return ratings of the matrices: all, those of one question, or those of some evidence."""
    where, values = _in("r.evidence_id", evidence_ids)
    query = (
        "SELECT r.id, r.uid, r.hypothesis_id, r.evidence_id, r.consistency, r.note, p.name, r.created_at FROM rating r "
        "JOIN hypothesis h ON h.id = r.hypothesis_id JOIN annotator p ON p.id = r.annotator_id "
        f"WHERE h.question_id = coalesce(?, h.question_id) AND {where} ORDER BY r.id"
    )
    return list(records(connection, RatingRecord, query, [question_id, *values], table="rating"))


class Attribution(NamedTuple):
    """The source and the outlet of an annotation, by id."""

    id: int
    document_id: int
    said_by: int | None
    outlet: int | None
    features: dict[str, Any]


def attributions(connection: sqlite3.Connection, annotation_ids: Iterable[int] | None = None) -> Iterator[Attribution]:
    """Return source and outlet of annotations outside the trash, by document and place: all, or some."""
    where, values = _in("a.id", annotation_ids)
    query = (
        "SELECT a.id, a.document_id, a.source_id, d.source_id, a.features FROM annotation a "
        f"JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL WHERE {where} "
        "ORDER BY a.document_id, a.start, a.id"
    )
    return records(connection, Attribution, query, values, table="annotation")


class Said(NamedTuple):
    """The fields of an annotation that a track record needs."""

    id: int
    label_id: int
    probability: int | None
    features: dict[str, Any]


def said(connection: sqlite3.Connection, annotation_ids: Iterable[int]) -> dict[int, Said]:
    """Return these annotations by id, without those in the trash."""
    where, values = _in("a.id", annotation_ids)
    query = (
        "SELECT a.id, a.label_id, a.probability, a.features FROM annotation a "
        f"JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL WHERE {where}"
    )
    return {one.id: one for one in records(connection, Said, query, values, table="annotation")}


def claim_topics(connection: sqlite3.Connection, ids: Iterable[int] | None = None) -> dict[int, str]:
    """Return the topics of claims by id: of all, or of some."""
    where, values = _in("id", ids)
    query = f"SELECT id, topic FROM claim WHERE {where} ORDER BY id"
    return {one.id: one.topic for one in records(connection, _Topic, query, values, table="claim", stand_in="")}


class _Topic(NamedTuple):
    id: int
    topic: str


class Placed(NamedTuple):
    """Where an annotation lies: its document and its hull."""

    id: int
    document_id: int
    start: int
    end: int


def spans(connection: sqlite3.Connection, annotation_ids: Iterable[int]) -> list[Placed]:
    """Return where these annotations lie."""
    where, values = _in("id", annotation_ids)
    query = f'SELECT id, document_id, start, "end" FROM annotation WHERE {where}'
    return list(records(connection, Placed, query, values, table="annotation"))


def stating(connection: sqlite3.Connection) -> list[Placed]:
    """Return where the annotations outside the trash lie that state or deny a claim."""
    query = f'SELECT a.id, a.document_id, a.start, a."end" FROM statement s {_HELD.format(row="s")}ORDER BY a.id'
    return list(records(connection, Placed, query, table="annotation"))


def texts_with_facts(
    connection: sqlite3.Connection, ids: Iterable[int] | None = None
) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """Return id, title, text and facts of documents outside the trash, one by one: of all, or of some."""
    where, values = _in("d.id", ids)
    query = (
        "SELECT d.id, d.title, t.text, d.facts FROM document d JOIN document_text t ON t.id = d.id "
        f"WHERE d.trashed_at IS NULL AND {where} ORDER BY d.id"
    )
    return records(connection, _TextWithFacts, query, values, table="document")


class _TextWithFacts(NamedTuple):
    id: int
    title: str
    text: str
    facts: dict[str, Any]


class StatementRow(NamedTuple):
    """A statement as a list shows it: quote, document, source and grades. ``id``: that of the annotation."""

    id: int
    statement_id: int
    stance: str
    document_id: int
    title: str
    published_at: str
    outlet: str
    source: str
    label: str
    quote: str
    start: int
    end: int
    reliability: str | None
    credibility: int | None


def statement_rows(connection: sqlite3.Connection, claim_id: int) -> list[StatementRow]:
    """Return the statements of a claim in the order of publication."""
    query = (
        "SELECT a.id, s.id, s.stance, d.id, d.title, d.published_at, coalesce(o.name, ''), coalesce(w.name, ''), "
        f'l.name, a.quote, a.start, a."end", {project_queries.letter_of_annotation()}, a.credibility FROM statement s '
        f"{_HELD.format(row='s')}JOIN label l ON l.id = a.label_id LEFT JOIN source o ON o.id = d.source_id "
        "LEFT JOIN source w ON w.id = a.source_id WHERE s.claim_id = ? ORDER BY d.published_at, d.id, a.start, a.id"
    )
    return list(records(connection, StatementRow, query, (claim_id,), table="annotation", stand_in=""))


def annotation_ids(connection: sqlite3.Connection, document_id: int | None, source_id: int | None) -> list[int]:
    """Return annotations of a document, of a source (attributed to it, or published by it without attribution), or
    all.
    """
    cursor = connection.execute(
        "SELECT a.id FROM annotation a JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
        "WHERE (?1 IS NULL OR a.document_id = ?1) "
        "AND (?2 IS NULL OR a.source_id = ?2 OR (a.source_id IS NULL AND d.source_id = ?2)) ORDER BY a.id",
        (document_id, source_id),
    )
    return [id for (id,) in cursor]


def published_later(connection: sqlite3.Connection, day: str) -> frozenset[int]:
    """Return the statements, by the ids of their annotations, of documents that were published after a day."""
    cursor = connection.execute(
        "SELECT s.annotation_id FROM statement s JOIN annotation a ON a.id = s.annotation_id "
        "JOIN document d ON d.id = a.document_id WHERE substr(d.published_at, 1, 10) > ?",
        (day,),
    )
    return frozenset(id for (id,) in cursor)


class Quote(NamedTuple):
    """The quote of an annotation, and the claim that it already states."""

    id: int
    document_id: int
    claim_id: int | None
    words: str


def quotes(connection: sqlite3.Connection) -> Iterator[Quote]:
    """Return the quote of every annotation outside the trash."""
    query = (
        "SELECT a.id, a.document_id, s.claim_id, a.quote FROM annotation a "
        "JOIN document d ON d.id = a.document_id AND d.trashed_at IS NULL "
        "LEFT JOIN statement s ON s.annotation_id = a.id ORDER BY a.id"
    )
    return records(connection, Quote, query, table="annotation")


def judgements(connection: sqlite3.Connection) -> Judgements:
    """Return all judgements across documents outside the trash."""
    held = evidence(connection)
    return Judgements(
        chain_links=chain_links(connection),
        claims=claims(connection),
        statements=statements(connection),
        resolutions=resolutions(connection),
        questions=questions(connection),
        hypotheses=hypotheses(connection),
        evidence=held,
        ratings=ratings(connection, evidence_ids=[one.id for one in held]),
    )


class Dependents(NamedTuple):
    """The rows that depend on annotations and are removed with them."""

    chain_links: list[ChainLinkRecord]
    statements: list[StatementRecord]
    evidence: list[EvidenceRecord]
    ratings: list[RatingRecord]
    answers: list[AnswerRecord]


def dependents_of(connection: sqlite3.Connection, annotation_ids: Iterable[int]) -> Dependents:
    """Return the rows that depend on these annotations, in the trash too."""
    ids = list(annotation_ids)
    held = evidence(connection, annotation_ids=ids, trashed=True)
    return Dependents(
        chain_links(connection, annotation_ids=ids, trashed=True),
        statements(connection, annotation_ids=ids, trashed=True),
        held,
        ratings(connection, evidence_ids=[one.id for one in held]),
        list(suggestion_queries.answers(connection, annotation_ids=ids, trashed=True)),
    )
