"""The label set: add, change, order, nest, merge, split and remove labels; each operation plans, and states its effect.

A change of annotations is a Plan, because there may be a hundred thousand of them; ``carry_out`` writes it in chunks
that are one step of undo. Everything else is a plain Change.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.conditions import AnnotationConditions
from annotator.domain.errors import AnnotatorError, Cancelled, InvalidValue, StaleChange
from annotator.domain.label_tree import Place, above, below, in_tree_order, siblings
from annotator.domain.labels import KEYS, free_color, initials_of
from annotator.domain.records import AnnotationRecord, LabelRecord, LabelUses
from annotator.domain.wording import counted, listed
from annotator.services.annotations.annotating import find_label, label_of
from annotator.store.project import Project

CHUNK = 5_000
"""Annotations in one commit: every commit waits for the disk, so a chunk is large."""

SMALL_CHUNK = 250
"""Annotations in one commit where a window is open, which handles each commit between two frames.

A smaller plan is one change.
"""

INITIALS_AT_MOST = 2

_FIELDS = ("name", "initials", "color", "key", "description")
_TRIES = 5

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
        return len(self.annotation_ids)


# --- asking -----------------------------------------------------------------------------------------------------------


def all_labels(project: Project) -> list[LabelRecord]:
    """Return the labels in their order, each followed by those that are nested under it."""
    return project.read.labels.all()


def named(project: Project, name: str) -> LabelRecord:
    """Return the label called ``name``, in any case. Raise NotFound."""
    return find_label(all_labels(project), name)


def counts(project: Project) -> dict[int, int]:
    """Return how many annotations outside the trash each label has, by its id."""
    return project.read.labels.counts()


def uses(project: Project, ids: Iterable[int]) -> LabelUses:
    """Return how many annotations and documents a change of these labels affects."""
    return project.read.labels.uses(ids)


# --- one label --------------------------------------------------------------------------------------------------------


def add(
    project: Project,
    name: str,
    *,
    initials: str = "",
    color: str = "",
    key: int | None = None,
    description: str = "",
    parent_id: int | None = None,
) -> tuple[int, Change]:
    """Plan a new label, last among its siblings; return its id and the Change. Raise InvalidValue.

    Without ``initials`` and ``color`` it gets suitable ones. A key that another label has is taken from it.
    """
    labels = all_labels(project)
    given = {"name": name, "initials": initials, "color": color, "key": key, "description": description}
    id, edits = _creation(project, labels, given, parent_id)
    return id, Change(f"Add the label {edits[0].after['name'] if edits[0].after else name}", edits)


def update(project: Project, id: int, **fields: Any) -> Change:
    """Plan a change of ``name``, ``initials``, ``color``, ``key`` or ``description``; where nothing differs, no edits.

    A key that another label has is taken from it. Raise InvalidValue or NotFound.
    """
    labels = all_labels(project)
    label = label_of(labels, id)
    held = {name: getattr(label, name) for name in _FIELDS}
    checked = _checked(labels, fields, id)
    after = {name: value for name, value in checked.items() if value != held[name]}
    if not after:
        return Change(f"Change the label {label.name}")
    edits = [Edit("label", id, {name: held[name] for name in after}, after)]
    # The key is removed from the other label before it is assigned.
    edits[:0] = _freed(labels, after.get("key"), id)
    return Change(_title(label, after), tuple(edits))


def place(project: Project, id: int, where: Place) -> Change:
    """Plan to move a label among its siblings, under another or out of one. Raise InvalidValue for a cycle."""
    labels = all_labels(project)
    label = label_of(labels, id)
    if where.parent_id is not None:
        parent = label_of(labels, where.parent_id)
        if where.parent_id in below(labels, id):
            raise InvalidValue(
                f"{label.name!r} cannot be nested under {parent.name!r}, which is the same label or nested under it."
            )
    moved = _moved(labels, label, where)
    edits = tuple(_renumbered(labels, moved))
    if where.parent_id == label.parent_id:
        return Change(f"Move the label {label.name}", edits)
    if where.parent_id is None:
        return Change(f"Take {label.name} out of {label.parent}", edits)
    return Change(f"Nest {label.name} under {label_of(labels, where.parent_id).name}", edits)


def remove(project: Project, id: int) -> Change:
    """Plan the removal of a label that nothing uses; what is nested under it moves up. Raise InvalidValue."""
    labels = all_labels(project)
    label = label_of(labels, id)
    found = uses(project, [id])
    if found.annotations:
        trash = f", {found.trashed:,} of them in the trash" if found.trashed else ""
        raise InvalidValue(
            f"The label {label.name!r} has {counted(found.annotations, 'annotation')}{trash}: merge it into another "
            "label, which takes them over."
        )
    if len(labels) == 1:
        raise InvalidValue(f"{label.name!r} is the only label: a project needs one. Add another first.")
    return Change(f"Remove the label {label.name}", _removal(labels, [label], label.parent_id))


# --- many annotations -------------------------------------------------------------------------------------------------


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
        else f"Merge {len(merged)} labels into {into.name}",
        question,
        tuple(annotation_ids),
        found.documents,
        tuple(label.id for label in merged),
        into_id,
        last=_removal(labels, merged, into_id),
        empties=True,
    )


class Found(NamedTuple):
    """The annotations of one label that match: their ids by document and place, and for each its document."""

    annotation_ids: tuple[int, ...]
    document_ids: tuple[int, ...]
    trashed: frozenset[int]

    def only(self, marks: AnnotationConditions) -> "Found":
        """Return those that are chosen, or not left out."""
        left_out, chosen = set(marks.left_out), None if marks.chosen is None else set(marks.chosen)
        if not left_out and chosen is None:
            return self
        kept = [
            (id, document_id)
            for id, document_id in zip(self.annotation_ids, self.document_ids, strict=True)
            if id not in left_out and (chosen is None or id in chosen)
        ]
        return Found(tuple(id for id, _ in kept), tuple(document_id for _, document_id in kept), self.trashed)


class ToMatch(NamedTuple):
    """Conditions available for the annotations with a label: their annotators, and what created them."""

    annotators: tuple[str, ...]
    makers: tuple[str, ...]


def what_to_match(project: Project, id: int) -> ToMatch:
    """Return the conditions available for the annotations with a label."""
    return ToMatch(tuple(project.read.project.annotators()), tuple(project.read.labels.makers(id)))


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
        into_id, first = _creation(project, labels, given, given.pop("parent_id", label.parent_id))
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
    for attempt in range(1, _TRIES + 1):
        try:
            project.apply(_part(project, plan, part, step, is_first=is_first, is_last=is_last))
            return
        except (StaleChange, InvalidValue):
            # Annotations were added between the search and the write: search again.
            if attempt == _TRIES:
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


# --- edits ------------------------------------------------------------------------------------------------------------


def _creation(
    project: Project, labels: Sequence[LabelRecord], given: dict[str, Any], parent_id: int | None
) -> tuple[int, tuple[Edit, ...]]:
    """Return the id of a new label and the edits that create it: its own edit first."""
    if parent_id is not None:
        label_of(labels, parent_id)
    checked = _checked(labels, given, None)
    checked["initials"] = checked.get("initials") or initials_of(checked["name"])
    (id,) = project.next_ids("label")
    new = LabelRecord(id, position=len(labels) + 1, parent_id=parent_id, **checked)
    ordered = in_tree_order([*labels, new])
    position = ordered.index(new) + 1
    values = {**checked, "uid": new_uid(), "label_set_id": 1, "parent_id": parent_id, "position": position}
    # The new label comes first, so that later edits may refer to it.
    edits = [Edit("label", id, None, values), *_freed(labels, checked["key"], id)]
    for place, label in enumerate(ordered, 1):
        if label.id != id and label.position != place:
            edits.append(Edit("label", label.id, {"position": label.position}, {"position": place}))
    return id, tuple(edits)


def _removal(labels: Sequence[LabelRecord], gone: Sequence[LabelRecord], heir_id: int | None) -> tuple[Edit, ...]:
    """Return the edits that remove labels and move their nested labels to ``heir_id``."""
    ids = {label.id for label in gone}
    edits = []
    parents = {label.id: label.parent_id for label in labels}
    for label in labels:
        if label.parent_id not in ids:
            continue
        parent_id = heir_id
        if label.id in ids or label.id == heir_id or heir_id in below(labels, label.id):
            # The heir itself moves up to the nearest remaining label, and so do its parents.
            parent_id = next((id for id in above(labels, label.id) if id not in ids), None)
        parents[label.id] = parent_id
        edits.append(Edit("label", label.id, {"parent_id": label.parent_id}, {"parent_id": parent_id}))
    edits += [Edit("label", label.id, {"name": label.name, "parent_id": parents[label.id]}, None) for label in gone]
    return tuple(edits)


def _freed(labels: Iterable[LabelRecord], key: int | None, id: int) -> list[Edit]:
    """Return the edits that take a key from the label that has it."""
    if key is None:
        return []
    return [
        Edit("label", label.id, {"key": key}, {"key": None}) for label in labels if label.key == key and label.id != id
    ]


def _moved(labels: Sequence[LabelRecord], label: LabelRecord, where: Place) -> list[LabelRecord]:
    """Return the labels in their order after one has moved."""
    rest = [other for other in siblings(labels, where.parent_id) if other.id != label.id]
    index = min(max(0, where.rank), len(rest))
    family = [*rest[:index], label._replace(parent_id=where.parent_id), *rest[index:]]
    ids = {member.id for member in family}
    return in_tree_order([*(other for other in labels if other.id not in ids), *family])


def _renumbered(before: Sequence[LabelRecord], after: Sequence[LabelRecord]) -> Iterator[Edit]:
    """Yield the edits that give labels the parents and the order of ``after``."""
    if [(label.id, label.parent_id) for label in before] == [(label.id, label.parent_id) for label in after]:
        return
    held = {label.id: label for label in before}
    for position, label in enumerate(after, 1):
        old = held[label.id]
        was = {"parent_id": old.parent_id, "position": old.position}
        new = {"parent_id": label.parent_id, "position": position}
        changed = {name: value for name, value in new.items() if value != was[name]}
        if changed:
            yield Edit("label", label.id, {name: was[name] for name in changed}, changed)


# --- checks and words -------------------------------------------------------------------------------------------------


def _checked(labels: Sequence[LabelRecord], fields: dict[str, Any], id: int | None) -> dict[str, Any]:
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise InvalidValue(f"A label has no field {', '.join(sorted(unknown))}.")
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda name: checked_name(labels, name, id),
        "initials": _checked_initials,
        "color": lambda color: checked_color(color) if color or id is not None else free_color(labels),
        "key": _checked_key,
        "description": lambda text: str(text or "").strip(),
    }
    return {name: checks[name](value) for name, value in fields.items()}


def checked_name(labels: Iterable[LabelRecord], name: str, id: int | None = None) -> str:
    """Return a name on one line that no other label has, in any case. Raise InvalidValue."""
    name = one_line(str(name or ""))
    if not name:
        raise InvalidValue("A label needs a name.")
    for label in labels:
        if label.id != id and label.name.casefold() == name.casefold():
            raise InvalidValue(f"There is a label called {label.name!r} already: give another name, or merge the two.")
    return name


def checked_color(color: str) -> str:
    """Return a colour as ``#RRGGBB``. Raise InvalidValue."""
    if not re.fullmatch("#[0-9A-Fa-f]{6}", str(color).strip()):
        raise InvalidValue(
            f"{str(color)[:20]!r} is not a colour: give six hexadecimal digits after #, such as #0072B2."
        )
    return str(color).strip().upper()


def _checked_initials(initials: str) -> str:
    initials = "".join(str(initials or "").split())
    if len(initials) > INITIALS_AT_MOST:
        raise InvalidValue(f"The initials {initials[:20]!r} are too long: give one or two characters.")
    return initials


def _checked_key(key: int | None) -> int | None:
    if key is not None and key not in KEYS:
        raise InvalidValue(f"{key!r} is not a key of a label: give a digit from 1 to 9, or none.")
    return key


def _title(label: LabelRecord, after: dict[str, Any]) -> str:
    if len(after) > 1:
        return f"Change the label {label.name}"
    ((name, value),) = after.items()
    return {
        "name": f"Rename {label.name} to {value}",
        "initials": f"Change the initials of {label.name}",
        "color": f"Recolour {label.name}",
        "key": f"Give {label.name} the key {value}" if value else f"Take the key of {label.name}",
        "description": f"Describe {label.name}",
    }[name]


def _moves(found: LabelUses) -> str:
    trash = f" ({found.trashed:,} of them in the trash)" if found.trashed else ""
    return f"Moves {counted(found.annotations, 'annotation')} in {counted(found.documents, 'document')}{trash}"
