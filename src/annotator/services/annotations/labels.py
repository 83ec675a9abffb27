"""The label set: add, change, order, nest and remove labels.

Each operation returns the Change that it plans. Merging and splitting, which move annotations, are in ``relabelling``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Change, Edit, new_uid
from annotator.domain.errors import InvalidValue
from annotator.domain.label_tree import Place, above, below, in_tree_order, siblings
from annotator.domain.labels import KEYS, free_color, initials_of
from annotator.domain.records import LabelRecord, LabelUses
from annotator.domain.wording import counted
from annotator.services.annotations.annotating import find_label, label_of
from annotator.store.project import Project

MAX_INITIALS = 2

_FIELDS = ("name", "initials", "color", "key", "description")

# --- queries ----------------------------------------------------------------------------------------------------------


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
    id, edits = creation_edits(project, labels, given, parent_id)
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
    return Change(f"Remove the label {label.name}", removal_edits(labels, [label], label.parent_id))


# --- edits ------------------------------------------------------------------------------------------------------------


def creation_edits(
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


def removal_edits(
    labels: Sequence[LabelRecord], removed: Sequence[LabelRecord], successor_id: int | None
) -> tuple[Edit, ...]:
    """Return the edits that remove labels and move their nested labels to ``successor_id``."""
    ids = {label.id for label in removed}
    edits = []
    parents = {label.id: label.parent_id for label in labels}
    for label in labels:
        if label.parent_id not in ids:
            continue
        parent_id = successor_id
        if label.id in ids or label.id == successor_id or successor_id in below(labels, label.id):
            # The successor itself moves up to the nearest remaining label, and so do its parents.
            parent_id = next((id for id in above(labels, label.id) if id not in ids), None)
        parents[label.id] = parent_id
        edits.append(Edit("label", label.id, {"parent_id": label.parent_id}, {"parent_id": parent_id}))
    edits += [Edit("label", label.id, {"name": label.name, "parent_id": parents[label.id]}, None) for label in removed]
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
    members = [*rest[:index], label._replace(parent_id=where.parent_id), *rest[index:]]
    ids = {member.id for member in members}
    return in_tree_order([*(other for other in labels if other.id not in ids), *members])


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


# --- checks and titles ------------------------------------------------------------------------------------------------


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
    if len(initials) > MAX_INITIALS:
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
