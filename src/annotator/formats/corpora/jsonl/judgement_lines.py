"""Judgements across documents as lines of our JSON: links of attribution chains, claims, questions under analysis.

Annotations are referred to by their uids. A claim contains its statements and resolutions, a question its hypotheses,
its evidence and the cells of its matrix, in which a hypothesis is referred to by its index in the list, from 0.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import CHAIN_ROLES, CONSISTENCIES, STANCES, VERDICTS
from annotator.domain.records import Judgements
from annotator.domain.wording import counted
from annotator.formats.base import (
    Incoming,
    IncomingChainLink,
    IncomingClaim,
    IncomingEvidence,
    IncomingHypothesis,
    IncomingQuestion,
    IncomingRating,
    IncomingResolution,
    IncomingStatement,
)
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.json_lines import each_row, needed, one_of

# ---------------------------------------------------------------------------------------------------- out


_PLURALS = {
    "link of an attribution chain": "links of attribution chains",
    "statement of a claim": "statements of claims",
    "piece of evidence": "pieces of evidence",
}
"""What may be left out, with its plural."""


def annotations_of(judged: Judgements) -> set[int]:
    """Return the ids of all annotations that are referred to."""
    return {one.annotation_id for group in (judged.chain_links, judged.statements, judged.evidence) for one in group}


def fields_of(judged: Judgements, uids: Mapping[int, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return each record in its JSON form, and a line for each loss. ``uids``: those of exported annotations, by id."""
    lost = dict.fromkeys(_PLURALS, 0)
    records = [*_chain_links(judged, uids, lost), *_claims(judged, uids, lost), *_questions(judged, uids, lost)]
    losses = [
        f"{counted(count, what, _PLURALS[what])} left out: "
        + ("its annotation is not exported" if count == 1 else "their annotations are not exported")
        for what, count in lost.items()
        if count
    ]
    return records, losses


def _chain_links(judged: Judgements, uids: Mapping[int, str], lost: dict[str, int]) -> list[dict[str, Any]]:
    lost["link of an attribution chain"] = sum(one.annotation_id not in uids for one in judged.chain_links)
    return [
        {
            "chain_of": uids[one.annotation_id],
            "source": one.source,
            "role": one.role,
            "position": one.position,
            "checked": one.checked,
            "note": one.note,
            "annotator": one.annotator,
            "created_at": one.created_at,
            "uid": one.uid,
        }
        for one in judged.chain_links
        if one.annotation_id in uids
    ]


def _claims(judged: Judgements, uids: Mapping[int, str], lost: dict[str, int]) -> list[dict[str, Any]]:
    lost["statement of a claim"] = sum(one.annotation_id not in uids for one in judged.statements)
    statements: dict[int, list[dict[str, Any]]] = {}
    for one in judged.statements:
        if one.annotation_id in uids:
            fields = {
                "annotation": uids[one.annotation_id],
                "stance": one.stance,
                "annotator": one.annotator,
                "created_at": one.created_at,
                "uid": one.uid,
            }
            statements.setdefault(one.claim_id, []).append(fields)
    resolutions: dict[int, list[dict[str, Any]]] = {}
    for made in judged.resolutions:
        fields = {
            "resolved_on": made.resolved_on,
            "verdict": made.verdict,
            "evidence": made.evidence,
            "address": made.address,
            "annotator": made.annotator,
            "created_at": made.created_at,
            "uid": made.uid,
        }
        resolutions.setdefault(made.claim_id, []).append(fields)
    return [
        {
            "claim": claim.text,
            "topic": claim.topic,
            "note": claim.note,
            "annotator": claim.annotator,
            "created_at": claim.created_at,
            "uid": claim.uid,
            "statements": statements.get(claim.id, []),
            "resolutions": resolutions.get(claim.id, []),
        }
        for claim in judged.claims
    ]


def _questions(judged: Judgements, uids: Mapping[int, str], lost: dict[str, int]) -> list[dict[str, Any]]:
    lost["piece of evidence"] = sum(one.annotation_id not in uids for one in judged.evidence)
    annotation_of = {one.id: one.annotation_id for one in judged.evidence}
    records = []
    for question in judged.questions:
        hypotheses = [one for one in judged.hypotheses if one.question_id == question.id]
        place = {one.id: number for number, one in enumerate(hypotheses)}
        records.append(
            {
                "question": question.text,
                "note": question.note,
                "annotator": question.annotator,
                "created_at": question.created_at,
                "uid": question.uid,
                "hypotheses": [
                    {"text": one.text, "note": one.note, "position": one.position, "uid": one.uid} for one in hypotheses
                ],
                "evidence": [
                    {"annotation": uids[one.annotation_id], "note": one.note, "position": one.position, "uid": one.uid}
                    for one in judged.evidence
                    if one.question_id == question.id and one.annotation_id in uids
                ],
                "ratings": [
                    {
                        "hypothesis": place[one.hypothesis_id],
                        "annotation": uids[annotation_of[one.evidence_id]],
                        "consistency": one.consistency,
                        "note": one.note,
                        "annotator": one.annotator,
                        "created_at": one.created_at,
                        "uid": one.uid,
                    }
                    for one in judged.ratings
                    if one.hypothesis_id in place and annotation_of[one.evidence_id] in uids
                ],
            }
        )
    return records


# ---------------------------------------------------------------------------------------------------- in


class _ChainLine(msgspec.Struct):
    chain_of: str
    source: str
    role: str = "relay"
    position: int = 0
    checked: bool = False
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


class _Statement(msgspec.Struct):
    annotation: str
    stance: str = "states"
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


class _Resolution(msgspec.Struct):
    resolved_on: str
    verdict: str
    evidence: str = ""
    address: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


class _ClaimLine(msgspec.Struct):
    claim: str
    topic: str = ""
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""
    statements: list[msgspec.Raw] = []
    resolutions: list[msgspec.Raw] = []


class _Hypothesis(msgspec.Struct):
    text: str
    note: str = ""
    position: int = 0
    uid: str = ""


class _Evidence(msgspec.Struct):
    annotation: str
    note: str = ""
    position: int = 0
    uid: str = ""


class _Rating(msgspec.Struct):
    hypothesis: int
    annotation: str
    consistency: str
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


class _QuestionLine(msgspec.Struct):
    question: str
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""
    hypotheses: list[_Hypothesis] = []
    evidence: list[msgspec.Raw] = []
    ratings: list[msgspec.Raw] = []


def read(line: bytes, keys: Collection[str], place: str) -> list[Incoming]:
    """Return what a line holds, which has these ``keys``; an empty list where it is not a record of this kind.

    Raise one of ``PROBLEMS``.
    """
    if "chain_of" in keys:
        return [_chain_link(msgspec.json.decode(line, type=_ChainLine))]
    if "claim" in keys:
        return _claim(msgspec.json.decode(line, type=_ClaimLine), place)
    if "question" in keys:
        return _question(msgspec.json.decode(line, type=_QuestionLine), place)
    return []


def _chain_link(stated: _ChainLine) -> IncomingChainLink:
    return IncomingChainLink(
        annotation_uid=stated.chain_of,
        source=needed("source", stated.source),
        role=one_of("role", stated.role, CHAIN_ROLES),
        position=stated.position,
        checked=stated.checked,
        note=stated.note,
        annotator=stated.annotator,
        created_at=stated.created_at,
        uid=stated.uid,
    )


def _claim(stated: _ClaimLine, place: str) -> list[Incoming]:
    refused: list[Incoming] = []
    statements = each_row(stated.statements, f"{place}, statement", _statement, refused)
    resolutions = each_row(stated.resolutions, f"{place}, resolution", _resolution, refused)
    claim = IncomingClaim(
        text=needed("claim", stated.claim),
        topic=stated.topic,
        note=stated.note,
        annotator=stated.annotator,
        created_at=stated.created_at,
        uid=stated.uid,
        statements=tuple(statements),
        resolutions=tuple(resolutions),
    )
    return [claim, *refused]


def _statement(raw: msgspec.Raw) -> IncomingStatement:
    stated = msgspec.json.decode(raw, type=_Statement)
    stance = one_of("stance", stated.stance, STANCES)
    return IncomingStatement(stated.annotation, stance, stated.annotator, stated.created_at, stated.uid)


def _resolution(raw: msgspec.Raw) -> IncomingResolution:
    stated = msgspec.json.decode(raw, type=_Resolution)
    day = iso_date(stated.resolved_on)[:10]
    if not day:
        raise InvalidValue(f"“{stated.resolved_on[:40]}” is not a date: write it as 2025-03-31.")
    verdict = one_of("verdict", stated.verdict, VERDICTS)
    return IncomingResolution(
        day, verdict, stated.evidence, stated.address, stated.annotator, stated.created_at, stated.uid
    )


def _question(stated: _QuestionLine, place: str) -> list[Incoming]:
    refused: list[Incoming] = []
    count = len(stated.hypotheses)
    question = IncomingQuestion(
        text=needed("question", stated.question),
        note=stated.note,
        annotator=stated.annotator,
        created_at=stated.created_at,
        uid=stated.uid,
        hypotheses=tuple(
            IncomingHypothesis(needed("text", one.text), one.note, one.position, one.uid) for one in stated.hypotheses
        ),
        evidence=tuple(each_row(stated.evidence, f"{place}, evidence", _evidence, refused)),
        ratings=tuple(each_row(stated.ratings, f"{place}, rating", lambda raw: _rating(raw, count), refused)),
    )
    return [question, *refused]


def _evidence(raw: msgspec.Raw) -> IncomingEvidence:
    stated = msgspec.json.decode(raw, type=_Evidence)
    return IncomingEvidence(stated.annotation, stated.note, stated.position, stated.uid)


def _rating(raw: msgspec.Raw, hypotheses: int) -> IncomingRating:
    stated = msgspec.json.decode(raw, type=_Rating)
    if not 0 <= stated.hypothesis < hypotheses:
        raise InvalidValue(f"There is no hypothesis {stated.hypothesis}: the question has {hypotheses}, from 0.")
    return IncomingRating(
        hypothesis=stated.hypothesis,
        annotation_uid=stated.annotation,
        consistency=one_of("consistency", stated.consistency, CONSISTENCIES),
        note=stated.note,
        annotator=stated.annotator,
        created_at=stated.created_at,
        uid=stated.uid,
    )
