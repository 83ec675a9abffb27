"""Checks of a credibility grade against the known facts, after STANAG 2511.

A ``1`` with fewer than two independent origins is refused until a reason is given. A ``6`` where other statements of
the claim exist, and a ``1`` to ``3`` against a claim that was resolved the other way, are only questioned.
"""

from collections.abc import Iterator
from typing import NamedTuple

from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import counted, elided, listed
from annotator.store.project import Project


class Objection(NamedTuple):
    """An objection to a credibility.

    One that ``refuses`` blocks the grade until a reason is given; others are only shown.
    """

    refuses: bool
    reason: str


def objections(project: Project, annotation: AnnotationRecord, digit: int | None) -> list[Objection]:
    """Return the objections to a credibility of an annotation, after STANAG 2511: a 1 needs two independent origins."""
    if digit is None:
        return []
    own = project.read.claims.statements(annotation_ids=[annotation.id])
    claim = project.read.claims.one(own[0].claim_id) if own else None
    found = []
    if digit == 1:
        found += _unconfirmed(project, None if claim is None else claim.id, own[0].stance if own else "states")
    if digit == 6 and claim is not None and claim.states + claim.denies > 1:
        others = counted(claim.states + claim.denies - 1, "other statement")
        found.append(
            Objection(False, f"A 6 means that nothing is known, but the claim has {others}: compare them first.")
        )
    if digit <= 3:
        found += [Objection(False, reason) for reason in _contradictions(project, annotation)]
    return found


def _unconfirmed(project: Project, claim_id: int | None, stance: str) -> list[Objection]:
    if claim_id is None:
        return [
            Objection(
                True,
                "A 1 needs two independent origins, and this annotation states no claim that others state too: group "
                "it with theirs, or state why it is nevertheless confirmed.",
            )
        ]
    # Imported here, because only a 1 needs it and start-up time is measured.
    from annotator.services.claims.corroboration import corroboration

    known = corroboration(project, claim_id)
    groups = known.states if stance == "states" else known.denies
    if len(groups) >= 2:
        return []
    total = sum(len(group.annotation_ids) for group in groups)
    reasons = [reason for group in groups for reason in group.reasons]
    why = f" ({listed(reasons)})" if reasons else ""
    held = f"{counted(total, 'statement')} of the claim {'has' if total == 1 else 'have'} one{why}"
    return [
        Objection(True, f"A 1 needs two independent origins, and the {held}: state why it is nevertheless confirmed.")
    ]


def _contradictions(project: Project, annotation: AnnotationRecord) -> Iterator[str]:
    """Yield why the statement is probably not true: its claim was refuted, or one that contradicts it is confirmed."""
    relations = project.read.annotations.relations(annotation_ids=[annotation.id])
    related = {
        end for relation in relations if relation.kind == "contradicts" for end in (relation.from_id, relation.to_id)
    } - {annotation.id}
    stated = project.read.claims.statements(annotation_ids=[annotation.id, *related])
    claims = {claim.id: claim for claim in project.read.claims.all({one.claim_id for one in stated})}
    for one in stated:
        claim = claims[one.claim_id]
        came_true = {"confirmed": True, "refuted": False}.get(claim.verdict)
        if came_true is None:
            continue
        agrees = (one.stance == "states") == came_true
        if one.annotation_id == annotation.id and not agrees:
            yield f"The claim “{elided(claim.text, 80)}” is {claim.verdict}, which speaks against it."
        elif one.annotation_id != annotation.id and agrees:
            yield f"It contradicts “{elided(claim.text, 80)}”, which is {claim.verdict}."
