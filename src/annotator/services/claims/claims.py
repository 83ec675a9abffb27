"""Claims across documents: group annotations that state the same, and record resolutions.

Each operation plans a Change over a project; ``Project.apply`` writes it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.dates import checked_day
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import STANCES, VERDICTS
from annotator.domain.records import ClaimRecord, ResolutionRecord, StatementRecord
from annotator.domain.wording import counted, elided
from annotator.store.project import Project

_MAX_IN_TITLE = 60
"""Characters of a claim in the title of a change."""

_FIELDS = ("text", "topic", "note")


def add(
    project: Project,
    text: str,
    annotation_ids: Sequence[int] = (),
    *,
    topic: str = "",
    note: str = "",
    stance: str = "states",
) -> tuple[int, Change]:
    """Plan a claim, stated (or denied) by annotations; return its id and the Change. Raise InvalidValue, NotFound."""
    text = _checked_text(text)
    (id,) = project.next_ids("claim")
    values = {
        "uid": new_uid(),
        "text": text,
        "topic": one_line(topic),
        "note": note.strip(),
        "annotator_id": project.annotator_id,
        "created_at": now(),
    }
    edits = (Edit("claim", id, None, values), *_stated(project, id, annotation_ids, stance))
    return id, Change(f"Make the claim {elided(text, _MAX_IN_TITLE)}", edits)


def update(claim: ClaimRecord, **fields: Any) -> Change:
    """Plan a change of ``text``, ``topic`` or ``note``. Raise InvalidValue."""
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise InvalidValue(f"A claim has no field {', '.join(sorted(unknown))}.")
    given = {name: str(value or "").strip() for name, value in fields.items()}
    if "text" in given:
        given["text"] = _checked_text(given["text"])
    if "topic" in given:
        given["topic"] = one_line(given["topic"])
    after = {name: value for name, value in given.items() if value != getattr(claim, name)}
    if not after:
        return Change("Change the claim")
    before = {name: getattr(claim, name) for name in after}
    return Change("Change the claim", (Edit("claim", claim.id, before, after),))


def state(project: Project, claim_id: int, annotation_ids: Sequence[int], stance: str = "states") -> Change:
    """Plan that annotations state a claim, or deny it; one that stated another claim is moved. Raise InvalidValue."""
    claim = project.read.claims.one(claim_id)
    action = "State" if stance == "states" else "Deny"
    edits = tuple(_stated(project, claim_id, annotation_ids, stance))
    return Change(f"{action} the claim {elided(claim.text, _MAX_IN_TITLE)}", edits)


def release(statements: Iterable[StatementRecord]) -> Change:
    """Plan that annotations no longer state their claims."""
    edits = tuple(Edit("statement", one.id, {"uid": one.uid}, None) for one in statements)
    return Change(f"Take {counted(len(edits), 'statement')} out of the claim", edits)


def merge(project: Project, claim_ids: Sequence[int], into_id: int) -> Change:
    """Plan to merge claims: statements and resolutions move to ``into_id``, the others are removed.

    Raise InvalidValue.
    """
    removed_ids = [id for id in dict.fromkeys(claim_ids) if id != into_id]
    into = project.read.claims.one(into_id)
    found = [project.read.claims.one(id) for id in removed_ids]
    statements = project.read.claims.statements(claim_ids=removed_ids, trashed=True)
    resolutions = project.read.claims.resolutions(claim_ids=removed_ids)
    if not removed_ids:
        raise InvalidValue("There is only one claim to merge: choose two or more.")
    edits = [Edit("statement", one.id, {"claim_id": one.claim_id}, {"claim_id": into_id}) for one in statements]
    edits += [Edit("resolution", one.id, {"claim_id": one.claim_id}, {"claim_id": into_id}) for one in resolutions]
    edits += [Edit("claim", claim.id, {"text": claim.text}, None) for claim in found]
    title = f"Merge {counted(len(removed_ids), 'claim')} into {elided(into.text, _MAX_IN_TITLE)}"
    return Change(title, tuple(edits))


def remove(project: Project, claim: ClaimRecord) -> Change:
    """Plan the removal of a claim with its statements and resolutions; the annotations stay."""
    statements = project.read.claims.statements(claim_ids=[claim.id], trashed=True)
    resolutions = project.read.claims.resolutions(claim_ids=[claim.id])
    edits = [Edit("statement", one.id, {"uid": one.uid}, None) for one in statements]
    edits += [Edit("resolution", one.id, {"uid": one.uid}, None) for one in resolutions]
    edits.append(Edit("claim", claim.id, {"text": claim.text}, None))
    return Change(f"Remove the claim {elided(claim.text, _MAX_IN_TITLE)}", tuple(edits))


def resolve(
    project: Project, claim: ClaimRecord, verdict: str, *, evidence: str = "", address: str = "", resolved_on: str = ""
) -> Change:
    """Plan a dated resolution of a claim; the effective one is the latest by date.

    A claim that is confirmed, partly true or refuted needs evidence: words or an address. Raise InvalidValue.
    """
    if verdict not in VERDICTS:
        raise InvalidValue(f"{verdict!r} is not a verdict: use one of {', '.join(VERDICTS)}.")
    evidence, address = evidence.strip(), address.strip()
    if verdict in ("confirmed", "partly", "refuted") and not (evidence or address):
        raise InvalidValue(f"A verdict of {verdict} needs evidence: say what settles it, or give an address.")
    (id,) = project.next_ids("resolution")
    values = {
        "uid": new_uid(),
        "claim_id": claim.id,
        "annotator_id": project.annotator_id,
        "resolved_on": checked_day(resolved_on),
        "verdict": verdict,
        "evidence": evidence,
        "address": address,
        "created_at": now(),
    }
    title = f"Resolve as {verdict}: {elided(claim.text, _MAX_IN_TITLE)}"
    return Change(title, (Edit("resolution", id, None, values),))


def withdraw(resolution: ResolutionRecord) -> Change:
    """Plan the withdrawal of a mistaken resolution; the one before it becomes effective again."""
    return Change(f"Withdraw the verdict {resolution.verdict}", (
        Edit("resolution", resolution.id, {"uid": resolution.uid}, None),
    ))  # fmt: skip


def _stated(project: Project, claim_id: int, annotation_ids: Sequence[int], stance: str) -> Iterable[Edit]:
    if stance not in STANCES:
        raise InvalidValue(f"{stance!r} is not a stance: use one of {', '.join(STANCES)}.")
    ids = list(dict.fromkeys(annotation_ids))
    for id in ids:
        project.read.annotations.one(id)
    held = {one.annotation_id: one for one in project.read.claims.statements(annotation_ids=ids)}
    timestamp = now()
    for annotation_id in ids:
        after = {"claim_id": claim_id, "stance": stance}
        if (known := held.get(annotation_id)) is not None:
            before = {"claim_id": known.claim_id, "stance": known.stance}
            if before != after:
                yield Edit("statement", known.id, before, after)
            continue
        (id,) = project.next_ids("statement")
        values = {
            "uid": new_uid(),
            "annotation_id": annotation_id,
            "annotator_id": project.annotator_id,
            "created_at": timestamp,
        }
        yield Edit("statement", id, None, values | after)


def _checked_text(text: str) -> str:
    text = one_line(text)
    if not text:
        raise InvalidValue("A claim needs a sentence that says what is claimed.")
    return text
