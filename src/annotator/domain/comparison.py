"""Comparison of two versions of a row: which fields differ, and which version of a field is newer.

This module does not depend on formats or the project file: a version is a mapping of values by column, and its past a
list of the values that a field had.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from annotator.domain.fields import ANNOTATION_FIELDS

Side = Literal["ours", "theirs"]

FIELDS_OF_SEVERAL_COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "annotation": {
        "span": ("fragments", "start", "end", "quote", "prefix", "suffix"),
        **{field.reason_of: (field.reason_of, field.name) for field in ANNOTATION_FIELDS if field.reason_of},
    },
    "document": {"reliability": ("reliability", "reliability_reason")},
    "relation": {"ends": ("from_id", "to_id")},
}
"""By table, the groups of fields that are compared and taken over together, with their columns; the first one names the
group.
"""

NOT_COMPARED = frozenset(
    {
        "id",
        "uid",
        "annotator_id",
        "created_by",
        "created_at",
        "updated_at",
        "imported_at",
        "trashed_at",
        "origin_path",
        "origin_format",
        "origin_sha256",
        "structure",
        "text_sha256",
        "words",
        "label_set_id",
    }
)
"""Columns that record who made a row, when and from what, or that follow from the text: users do not edit them."""


class FieldDifference(NamedTuple):
    """A field in which two versions of a row differ. ``ours`` and ``theirs`` hold its columns."""

    name: str
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


class Difference(NamedTuple):
    """The fields in which two versions of a row differ; none where the versions are equal."""

    fields: tuple[FieldDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.fields)


class PastValue(NamedTuple):
    """A value that a field of our row had.

    ``number`` and ``at``: the log entry that wrote it, and when. ``is_taken``: it was imported from a colleague's file.
    """

    value: Mapping[str, Any]
    number: int
    at: str
    is_taken: bool


class Newer(NamedTuple):
    """Which version of a field is newer.

    ``both_changed``: both sides changed it, and the later change is the newer one.
    """

    side: Side
    both_changed: bool = False


def compare(table: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Difference:
    """Return in which fields two versions of a row of ``table`` differ, by the names of the fields.

    Only columns that both versions hold are compared. The features of an annotation and the facts of a document are
    compared one by one, under names such as ``features.topic``.
    """
    found = []
    taken: set[str] = set()
    for name, columns in FIELDS_OF_SEVERAL_COLUMNS.get(table, {}).items():
        taken.update(columns)
        held = [column for column in columns if column in ours and column in theirs]
        if any(not _is_equal(ours[column], theirs[column]) for column in held):
            found.append(_field(name, held, ours, theirs))
    for column in theirs:
        if column in taken or column in NOT_COMPARED or column not in ours:
            continue
        own, other = ours[column], theirs[column]
        if _is_equal(own, other):
            continue
        if isinstance(own, dict) and isinstance(other, dict):
            found += _entries(column, own, other)
        else:
            found.append(_field(field_name(column), [column], ours, theirs))
    return Difference(tuple(found))


def field_name(column: str) -> str:
    """Return the name of a field that is one column; a reference is named after the row that it refers to."""
    return column.removesuffix("_id")


def _field(name: str, columns: Iterable[str], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> FieldDifference:
    names = list(columns)
    return FieldDifference(name, {one: ours[one] for one in names}, {one: theirs[one] for one in names})


def _entries(column: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[FieldDifference]:
    names = [name for name in {**ours, **theirs} if not _is_equal(ours.get(name), theirs.get(name))]
    return [
        FieldDifference(f"{column}.{name}", {name: ours.get(name)}, {name: theirs.get(name)}) for name in sorted(names)
    ]


def _is_equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same; a list and a tuple of the same items are, and 1, 1.0 and True are not."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_equal(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def merged(difference: Iterable[FieldDifference], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of ``ours`` that change where these fields take the values of ``theirs``."""
    changed: dict[str, Any] = {}
    for field in difference:
        column, dot, _ = field.name.partition(".")
        if not dot:
            changed |= field.theirs
            continue
        entries = changed.setdefault(column, dict(ours[column]))
        for name, value in field.theirs.items():
            if value is None:
                entries.pop(name, None)
            else:
                entries[name] = value
    return changed


def newer(
    past: Sequence[PastValue], theirs: Mapping[str, Any], changed_at: str, common: int, *, is_old: bool = False
) -> Newer:
    """Return which version of a field is newer: the present one of ours, the last of ``past``, or ``theirs``.

    ``past``: all values that the field had in our project, oldest first. ``changed_at``: when their row was changed
    last, or empty. ``common``: the number of the last log entry that both projects hold, or 0. ``is_old``: their row
    equals an earlier state of our row.

    The last common value is the one at ``common``, or a later one that we took from a file. The side that changed it is
    newer. Where both did, or no such value is known and ours was changed, the later change is newer; where the times do
    not decide, ours is.
    """
    if is_old:
        return Newer("ours")
    shared = [place for place, one in enumerate(past) if one.is_taken or 0 < one.number <= common]
    last = len(past) - 1
    if shared and shared[-1] < last and _is_equal(dict(past[shared[-1]].value), dict(theirs)):
        return Newer("ours")
    if not past or (shared[-1] if shared else 0) == last:
        return Newer("theirs")
    return Newer("theirs" if changed_at > past[-1].at else "ours", both_changed=True)
