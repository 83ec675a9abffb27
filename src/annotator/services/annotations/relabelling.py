"""Relabelling: plan to merge labels, or to split one, and write the plan.

A plan may move a hundred thousand annotations; ``carry_out`` writes it in chunks that are one step of undo.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.conditions import AnnotationConditions
from annotator.domain.errors import AnnotatorError, Cancelled, InvalidValue, StaleChange
from annotator.domain.records import AnnotationRecord, LabelUses
from annotator.domain.wording import counted, listed
from annotator.services.annotations.annotating import label_of
from annotator.services.annotations.labels import all_labels, creation_edits, removal_edits
from annotator.store.project import Project

CHUNK = 5_000
"""Annotations in one commit: every commit waits for the disk, so a chunk is large."""

SMALL_CHUNK = 250
"""Annotations in one commit where a window is open, which handles each commit between two frames.

A smaller plan is one change.
"""

_MAX_TRIES = 5
"""How often a chunk is planned again because annotations were added meanwhile."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned move of annotations to another label, with the edits of labels before and after it.

    ``question``: what will happen, in one sentence, for the confirmation. ``annotations``, ``documents``: how many it
    changes. ``empties``: all annotations of the labels ``from_ids`` must be moved, because these labels are removed.
    """

    title: str
    question: str
    annotation_ids: tuple[int, ...]
    documents: int
    from_ids: tuple[int, ...]
    to_id: int
    first: tuple[Edit, ...] = ()
    last: tuple[Edit, ...] = ()
    empties: bool = False

    @property
    def annotations(self) -> int:
        """How many annotations get another label."""
        return len(self.annotation_ids)


def merge(project: Project, ids: Sequence[int], into_id: int) -> Plan:
    """Plan to merge labels into another, which takes over their annotations and nested labels; they are removed.

    Raise InvalidValue or NotFound.
    """
    labels = all_labels(project)
    into = label_of(labels, into_id)
    merged = [label_of(labels, id) for id in dict.fromkeys(ids)]
    if not merged:
        raise InvalidValue("Choose the labels that are to be merged.")
    if into in merged:
        raise InvalidValue(f"{into.name!r} cannot be merged into itself: choose another label.")
    found = project.read.labels.uses([label.id for label in merged])
    annotation_ids = project.read.labels.annotations_of([label.id for label in merged])
    names = listed([repr(label.name) for label in merged])
    gone = "it goes" if len(merged) == 1 else "they go"
    if found.annotations:
        question = f"{_moves(found)} from {names} to {into.name!r}; then {gone}."
    else:
        question = f"Nothing has the label {names}: {gone}."
    return Plan(
        f"Merge {merged[0].name} into {into.name}"
        if len(merged) == 1
        else f"Merge {counted(len(merged), 'label')} into {into.name}",
        question,
        tuple(annotation_ids),
        found.documents,
        tuple(label.id for label in merged),
        into_id,
        last=removal_edits(labels, merged, into_id),
        empties=True,
    )


class Found(NamedTuple):
    """The annotations of one label that match: their ids by document and place, and for each its document."""

    annotation_ids: tuple[int, ...]
    document_ids: tuple[int, ...]
    trashed: frozenset[int]

    def only(self, conditions: AnnotationConditions) -> "Found":
        """Return those that are chosen, or not left out."""
        left_out, chosen = set(conditions.left_out), None if conditions.chosen is None else set(conditions.chosen)
        if not left_out and chosen is None:
            return self
        kept = [
            (id, document_id)
            for id, document_id in zip(self.annotation_ids, self.document_ids, strict=True)
            if id not in left_out and (chosen is None or id in chosen)
        ]
        return Found(tuple(id for id, _ in kept), tuple(document_id for _, document_id in kept), self.trashed)


class AvailableConditions(NamedTuple):
    """Conditions available for the annotations with a label: their annotators, and what created them."""

    annotators: tuple[str, ...]
    makers: tuple[str, ...]


def available_conditions(project: Project, id: int) -> AvailableConditions:
    """Return the conditions available for the annotations with a label."""
    return AvailableConditions(tuple(project.read.project.annotators()), tuple(project.read.labels.makers(id)))


def values_of(project: Project, id: int, feature: str) -> list[Any]:
    """Return the values that a feature has on annotations with a label, if they are few enough for a list."""
    return project.read.labels.feature_values(id, feature)


def find(project: Project, id: int, matching: AnnotationConditions) -> Found:
    """Return the annotations of a label that match. Raise InvalidValue for invalid dates."""
    for day in filter(None, (matching.since, matching.until)):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
            raise InvalidValue(f"{day[:20]!r} is not a date: write it as 2024-01-31.")
    found = list(project.read.labels.matching_annotations(id, matching))
    return Found(
        tuple(found_id for found_id, *_ in found),
        tuple(document_id for _, document_id, _ in found),
        frozenset(found_id for found_id, _, trashed in found if trashed),
    )


def first_of(project: Project, found: Found, number: int) -> tuple[list[AnnotationRecord], dict[int, str]]:
    """Return the first of the found annotations outside the trash, with the titles of their documents by id."""
    ids = [id for id in found.annotation_ids if id not in found.trashed][:number]
    records = list(project.read.annotations.all(ids=ids))
    documents = project.read.documents.rows_of({record.document_id for record in records})
    return records, {document.id: document.title for document in documents}


def split(
    project: Project,
    id: int,
    matching: AnnotationConditions,
    *,
    into_id: int | None = None,
    name: str = "",
    **fields: Any,
) -> Plan:
    """Plan to move the annotations of a label that match to another label, or to a new one called ``name``.

    ``fields`` are the new label's, as in ``add``. Raise InvalidValue or NotFound.
    """
    return split_found(project, id, find(project, id, matching), into_id=into_id, name=name, **fields)


def split_found(
    project: Project, id: int, found: Found, *, into_id: int | None = None, name: str = "", **fields: Any
) -> Plan:
    """Plan as ``split`` does, for annotations that were found before."""
    labels = all_labels(project)
    label = label_of(labels, id)
    if into_id == id:
        raise InvalidValue(f"{label.name!r} cannot be split into itself: choose another label.")
    if not found.annotation_ids:
        raise InvalidValue(f"No annotation of {label.name!r} matches: nothing would move.")
    first: tuple[Edit, ...] = ()
    if into_id is None:
        given = {"initials": "", "color": "", "key": None, "description": "", **fields, "name": name}
        into_id, first = creation_edits(project, labels, given, given.pop("parent_id", label.parent_id))
        target = str((first[0].after or {})["name"])
    else:
        target = label_of(labels, into_id).name
    documents = len(set(found.document_ids))
    touched = LabelUses(len(found.annotation_ids), documents, len(found.trashed.intersection(found.annotation_ids)))
    new = "the new label " if first else ""
    return Plan(
        f"Split {counted(touched.annotations, 'annotation')} of {label.name} off to {target}",
        f"{_moves(touched)} from {label.name!r} to {new}{target!r}.",
        found.annotation_ids,
        documents,
        (id,),
        into_id,
        first=first,
    )


def carry_out(
    project: Project,
    plan: Plan,
    *,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write a plan; all of it is one step of undo.

    Raise Cancelled after ``cancelled`` returns true, or the error that stops the writing: what was moved so far is
    moved back, unless another change was written meanwhile; then it stays moved, and undo takes it back.
    """
    step, done = new_uid(), 0
    parts = [plan.annotation_ids[at : at + chunk] for at in range(0, plan.annotations, chunk)] or [()]
    project.back_up_before(plan.annotations, step)
    try:
        for number, part in enumerate(parts):
            if cancelled():
                raise Cancelled(f"{plan.title}: cancelled.")
            _write(project, plan, part, step, is_first=number == 0, is_last=number == len(parts) - 1)
            done += len(part)
            if progress is not None and done < plan.annotations:
                progress(done, plan.annotations, "")
    except AnnotatorError:
        # Also where ``progress`` raises, which is how a job is cancelled.
        if done and _last_step(project) == step:
            project.undo()
        raise


def change_of(project: Project, plan: Plan) -> Change:
    """Return a plan as one Change, for one that is small enough."""
    return _part(project, plan, plan.annotation_ids, new_uid(), is_first=True, is_last=True)


def _write(project: Project, plan: Plan, part: Sequence[int], step: str, *, is_first: bool, is_last: bool) -> None:
    for attempt in range(1, _MAX_TRIES + 1):
        try:
            project.apply(_part(project, plan, part, step, is_first=is_first, is_last=is_last))
            return
        except (StaleChange, InvalidValue):
            # Annotations were added between the search and the write: search again.
            if attempt == _MAX_TRIES:
                raise


def _part(project: Project, plan: Plan, part: Sequence[int], step: str, *, is_first: bool, is_last: bool) -> Change:
    """Return one chunk, with the rows in their present state; the last one also moves annotations that were added to
    the removed labels meanwhile.
    """
    ids = list(part)
    if is_last and plan.empties:
        ids += project.read.labels.annotations_of(plan.from_ids)
    held = project.read.labels.labels_of(ids, plan.from_ids)
    timestamp = now()
    after = {"label_id": plan.to_id, "updated_at": timestamp}
    moves = [Edit("annotation", id, {"label_id": label_id}, after) for id, label_id in held]
    first, last = plan.first if is_first else (), plan.last if is_last else ()
    return Change(plan.title, (*first, *moves, *last), step)


def _last_step(project: Project) -> str:
    return next(project.read.log.history(1)).step


def _moves(found: LabelUses) -> str:
    trash = f" ({found.trashed:,} of them in the trash)" if found.trashed else ""
    return f"Moves {counted(found.annotations, 'annotation')} in {counted(found.documents, 'document')}{trash}"
