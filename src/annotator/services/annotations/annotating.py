"""Annotating: each function plans a Change of a project; ``Project.apply`` writes it."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidSpan, InvalidValue, NotFound, UnsupportedGrade
from annotator.domain.features import checked_features
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.records import AnnotationRecord, LabelRecord, RelationRecord
from annotator.domain.spans import Pairs, Span, checked_fragments, context_of, hull, trimmed
from annotator.domain.wording import counted
from annotator.services.annotations.dependents import removal
from annotator.services.annotations.grade_checks import objections
from annotator.store.project import Project

FIELDS = tuple(field.name for field in ANNOTATION_FIELDS if field.is_editable)
"""The fields that ``annotate`` accepts besides the span, and that ``update`` may change."""

_CHECKS = {field.name: field.check for field in ANNOTATION_FIELDS if field.check is not None}
_CHANGEABLE = tuple(field for field in ANNOTATION_FIELDS if field.kind is not Kind.DERIVED and not field.is_fixed)


def find_label(labels: Iterable[LabelRecord], name: str) -> LabelRecord:
    """Return the label called ``name``, in any case. Raise NotFound, with the names that there are."""
    known = list(labels)
    for label in known:
        if label.name.casefold() == name.strip().casefold():
            return label
    raise NotFound(f"There is no label {name!r} in the project: use one of {', '.join(label.name for label in known)}.")


def annotate(
    project: Project, document_id: int, text: str, fragments: Pairs, label_id: int, **fields: Any
) -> tuple[int, Change]:
    """Plan a new annotation on ``text``, the canonical text of the document; return its id and the Change.

    ``fields`` are those of FIELDS. Raise InvalidSpan or InvalidValue.
    """
    label = label_of(project.read.labels.all(), label_id)
    id, edit = _creation(project, document_id, text, fragments, label_id, fields)
    return id, Change(f"Annotate as {label.name}", (edit,))


def with_source(change: Change, source_id: int) -> Change:
    """Return a planned annotation with a source, which is created only once the annotation is known to be valid."""
    (edit,) = change.edits
    values = {**(edit.after or {}), "source_id": source_id}
    return Change(change.title, (Edit(edit.table, edit.id, None, values),), change.step)


def new_annotation(
    project: Project, document_id: int, text: str, fragments: Pairs, label_id: int, **fields: Any
) -> Edit:
    """Return the edit that creates one annotation, for a change of many. Raise InvalidSpan or InvalidValue."""
    return _creation(project, document_id, text, fragments, label_id, fields)[1]


def _creation(
    project: Project, document_id: int, text: str, fragments: Pairs, label_id: int, fields: Mapping[str, Any]
) -> tuple[int, Edit]:
    timestamp = now()
    (id,) = project.next_ids("annotation")
    values: dict[str, Any] = {
        "uid": new_uid(),
        "document_id": document_id,
        "annotator_id": project.annotator_id,
        "label_id": label_id,
        "created_at": timestamp,
        "updated_at": timestamp,
        **_anchored(text, fragments),
        **_checked(project, fields, text),
    }
    return id, Edit("annotation", id, None, values)


def update(project: Project, annotation: AnnotationRecord, text: str, title: str = "", **fields: Any) -> Change:
    """Plan a change of an annotation's fields; without a difference the Change has no edits.

    ``fields`` are those of FIELDS. Everything that is not named stays, so that moving an edge loses no grade. Raise
    UnsupportedGrade for a credibility that a check refuses and for which no ``credibility_reason`` is given, also
    where the reason of the present credibility is removed.
    """
    after = _checked(project, {name: value for name, value in fields.items() if name != "fragments"}, text)
    if "fragments" in fields:
        after.update(_anchored(text, fields["fragments"]))
    held = stored_values(annotation)
    if after.get("credibility", held["credibility"]) != held["credibility"]:
        # A reason belongs to its digit: without a new one, that of the digit before is removed.
        after.setdefault("credibility_reason", "")
    after = {column: value for column, value in after.items() if value != held[column]}
    if not after:
        return Change(title or "Change the annotation")
    if after.keys() & {"credibility", "credibility_reason"}:
        _check_credibility(project, annotation, {**held, **after})
    after["updated_at"] = now()
    before = {column: held[column] for column in after}
    return Change(title or _title_of(after), (Edit("annotation", annotation.id, before, after),))


def _check_credibility(project: Project, annotation: AnnotationRecord, values: Mapping[str, Any]) -> None:
    """Raise UnsupportedGrade where the digit in ``values`` needs a reason and ``values`` hold none."""
    digit = values["credibility"]
    if values["credibility_reason"]:
        return
    for objection in objections(project, annotation, digit):
        if not objection.refuses:
            continue
        if digit == annotation.credibility:
            raise UnsupportedGrade(
                f"The {digit} rests on this reason, as no second independent origin confirms it: keep a reason, or "
                "change the digit first."
            )
        raise UnsupportedGrade(objection.reason)


def remove(annotations: Sequence[AnnotationRecord], relations: Iterable[RelationRecord], project: Project) -> Change:
    """Plan the removal of annotations, of ``relations``, and of all else that depends on them, in the trash too."""
    relations_at_them = project.read.annotations.relations(
        annotation_ids=[found.id for found in annotations], trashed=True
    )
    uids = {relation.id: relation.uid for relation in (*relations, *relations_at_them)}
    edits = [Edit("relation", id, {"uid": uid}, None) for id, uid in uids.items()]
    annotator_ids = project.read.project.annotators()
    edits += removal(project, [found.id for found in annotations])
    for annotation in annotations:
        before = {
            **stored_values(annotation),
            "uid": annotation.uid,
            "annotator_id": annotator_ids[annotation.annotator],
        }
        edits.append(Edit("annotation", annotation.id, before, None))
    many = len(annotations) > 1
    return Change(
        f"Remove {counted(len(annotations), 'annotation')}" if many else "Remove the annotation", tuple(edits)
    )


def relate(project: Project, from_id: int, to_id: int, kind: str, note: str = "") -> Change:
    """Plan a typed relation from one annotation to another. Raise InvalidValue."""
    if from_id == to_id:
        raise InvalidValue("An annotation cannot be related to itself: choose two.")
    if not kind.strip():
        raise InvalidValue("A relation needs a kind, such as supports or contradicts.")
    for end in (from_id, to_id):
        project.read.annotations.one(end)
    (id,) = project.next_ids("relation")
    values = {
        "uid": new_uid(),
        "kind": kind.strip(),
        "from_id": from_id,
        "to_id": to_id,
        "annotator_id": project.annotator_id,
        "note": note,
        "created_at": now(),
    }
    return Change(f"Relate: {kind.strip()}", (Edit("relation", id, None, values),))


def unrelate(relation: RelationRecord) -> Change:
    """Plan the removal of a relation."""
    return Change(f"Remove the relation {relation.kind}", (Edit("relation", relation.id, {"uid": relation.uid}, None),))


def stored_values(annotation: AnnotationRecord) -> dict[str, Any]:
    """Return the columns of an annotation that can change, as the file holds them."""
    values = dict(zip(_CHANGEABLE_NAMES, _values_of(annotation), strict=True))
    for name in _CHANGEABLE_SPANS:
        values[name] = _pairs(values[name])
    return values


# Computed once: a change of many annotations needs the values of each.
_values_of = attrgetter(*(field.value_attribute for field in _CHANGEABLE))
_CHANGEABLE_NAMES = tuple(field.name for field in _CHANGEABLE)
_CHANGEABLE_SPANS = tuple(field.name for field in _CHANGEABLE if field.kind is Kind.SPANS)


def moved_edges(fragments: Sequence[Span], start: int, end: int) -> list[Span]:
    """Return ``fragments`` with the outer edges at ``start`` and ``end``, without those that are then outside.

    Raise InvalidSpan where nothing would be left.
    """
    if start >= end:
        raise InvalidSpan(f"The span {start}-{end} is empty: give a start before its end.")
    kept = [Span(max(s, start), min(e, end)) for s, e in fragments if s < end and e > start] or [Span(start, end)]
    kept[0] = Span(start, kept[0].end)
    kept[-1] = Span(kept[-1].start, end)
    return kept


def one_or_many(value: Pairs | Sequence[int] | None) -> list[tuple[int, int]]:
    """Return a list of pairs from spans that are given as ``(start, end)``, as a list of such pairs, or not at all."""
    if value is None:
        return []
    given: list[Any] = list(value)
    if len(given) == 2 and all(isinstance(part, int) for part in given):
        return [(given[0], given[1])]
    return given


def _anchored(text: str, fragments: Pairs) -> dict[str, Any]:
    """Return fragments, hull, quote and context of a content span, without white space at its outer edges."""
    checked = checked_fragments(fragments, len(text))
    parts = tuple(part for span in checked if (part := trimmed(text, span)) is not None)
    if not parts:
        raise InvalidValue("The span covers only white space: select some words.")
    return placed(text, parts)


def placed(text: str, fragments: Sequence[Span]) -> dict[str, Any]:
    """Return the columns for the place of an annotation: fragments in text order, hull, quote and context."""
    whole = hull(fragments)
    prefix, suffix = context_of(text, whole)
    return {
        "fragments": _pairs(fragments),
        "start": whole.start,
        "end": whole.end,
        "quote": whole.of(text),
        "prefix": prefix,
        "suffix": suffix,
    }


def _checked(project: Project, fields: Mapping[str, Any], text: str) -> dict[str, Any]:
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise InvalidValue(f"An annotation has no field {', '.join(sorted(unknown))}.")
    checked: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _CHECKS:
            checked[name] = _CHECKS[name](value)
        elif name in ("cue", "mention"):
            spans = one_or_many(value)
            checked[name] = _pairs(checked_fragments(spans, len(text))) if spans else []
        elif name == "features":
            checked[name] = _checked_features(project, value or {})
        else:
            checked[name] = value
    return checked


def _checked_features(project: Project, values: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise InvalidValue(f"{values!r} are no features: give names with values.")
    return checked_features(values, project.read.labels.features())


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def label_of(labels: Iterable[LabelRecord], id: int) -> LabelRecord:
    """Return the label with this id. Raise NotFound."""
    for label in labels:
        if label.id == id:
            return label
    raise NotFound(f"There is no label {id} in the project.")


_TITLES = {field.name: field.change for field in ANNOTATION_FIELDS if field.change}
_NAMED_FIRST = (
    "label_id",
    "source_id",
    "reliability",
    "credibility",
    "probability",
    "confidence",
    "note",
    "cue",
    "mention",
    "features",
)
"""A change of several columns is named after the first of these, or else after the first of ``_TITLES``."""


def _title_of(after: Mapping[str, Any]) -> str:
    """Return the title of a change of these columns."""
    named = next((column for column in (*_NAMED_FIRST, *_TITLES) if column in after and column in _TITLES), None)
    return "Change the annotation" if named is None else _TITLES[named]
