"""Methods of ``Project`` for labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.api.project_base import ProjectBase, id_of
from annotator.domain import label_tree
from annotator.domain.conditions import AnnotationConditions
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import DocumentRow, LabelRecord, SourceRecord
from annotator.services.annotations import annotating, labels, relabelling


class LabelMethods(ProjectBase):
    """Labels: list, add, change, merge, split, order and remove them."""

    def labels(self) -> list[LabelRecord]:
        """Return the labels in their order, each followed by those that are nested under it."""
        return labels.all_labels(self._stored)

    def label_counts(self) -> dict[str, int]:
        """Return how many annotations each label has, by its name; the trash does not count."""
        counts = labels.counts(self._stored)
        return {label.name: counts.get(label.id, 0) for label in self.labels()}

    def add_label(
        self,
        name: str,
        *,
        initials: str = "",
        color: str = "",
        key: int | None = None,
        description: str = "",
        parent: str = "",
    ) -> LabelRecord:
        """Add a label, under the one called ``parent`` where that is given; return it.

        ``initials``: at most two characters; ``color``: ``#RRGGBB``; suitable ones by default. ``key``: a digit from 1
        to 9, which is taken from the label that has it. Raise InvalidValue for such a value, or for a name that is
        already used; NotFound for an unknown parent.
        """
        fields: dict[str, Any] = {"initials": initials, "color": color, "key": key, "description": description}
        parent_id = self._label(parent).id if parent else None
        _, change = labels.add(self._stored, name, **fields, parent_id=parent_id)
        return self._apply(change, lambda: self._label(name))

    def update_label(self, label: str, **fields: Any) -> LabelRecord:
        """Change ``name``, ``initials``, ``color``, ``key`` or ``description`` of a label; return it.

        Raise InvalidValue or NotFound.
        """
        held = self._label(label)
        change = labels.update(self._stored, held.id, **fields)
        return self._apply(change, lambda: annotating.label_of(self.labels(), held.id))

    def rename_label(self, label: str, name: str) -> LabelRecord:
        """Give a label another name, which its annotations then have too; return it.

        Raise InvalidValue for a name that is already used, NotFound for an unknown label.
        """
        return self.update_label(label, name=name)

    def merge_labels(self, merged: str | Sequence[str], into: str) -> int:
        """Merge labels into another, which takes over their annotations; return how many. One step of undo.

        Raise InvalidValue where a label would be merged into itself, NotFound for an unknown label.
        """
        names = [merged] if isinstance(merged, str) else merged
        plan = relabelling.merge(self._stored, [self._label(name).id for name in names], self._label(into).id)
        relabelling.carry_out(self._stored, plan)
        return plan.annotations

    def split_label(
        self,
        label: str,
        into: str,
        annotations: Iterable[Annotation | int] | None = None,
        *,
        document: Document | DocumentRow | int | None = None,
        words: str = "",
        annotator: str = "",
        source: str | SourceRecord | None = None,
        reliability: str = "",
        credibility: int | None = None,
        since: str = "",
        until: str = "",
    ) -> int:
        """Give some annotations of a label another label, created if needed; return how many. One step of undo.

        Moved are the annotations that meet all given conditions: ``annotations``: only these; ``words``: in their quote
        or note; ``source``: its name, ``""`` for none; ``reliability``: a grade, ``-`` for none; ``credibility``: a
        grade, 0 for none; ``since``, ``until``: dates of creation. Raise InvalidValue where none matches, NotFound for
        an unknown name.
        """
        matching = AnnotationConditions(
            annotator=annotator,
            source_id=None if source is None else self._known_source(source).id if source else 0,
            reliability=reliability,
            credibility=credibility,
            document_ids=() if document is None else (id_of(document),),
            words=words,
            since=since,
            until=until,
            chosen=None if annotations is None else [id_of(found) for found in annotations],
        )
        target = next((found.id for found in self.labels() if found.name.casefold() == into.casefold()), None)
        plan = relabelling.split(self._stored, self._label(label).id, matching, into_id=target, name=into)
        relabelling.carry_out(self._stored, plan)
        return plan.annotations

    def place_label(self, label: str, *, under: str = "", rank: int | None = None) -> LabelRecord:
        """Move a label under the label ``under``, or to the top level; return it.

        ``rank``: its place there, from 0; the last by default. Raise InvalidValue where it would be under itself.
        """
        parent_id = self._label(under).id if under else None
        held = self._label(label)
        last = len(label_tree.siblings(self.labels(), parent_id))
        place = label_tree.Place(parent_id, last if rank is None else rank)
        return self._apply(labels.place(self._stored, held.id, place), lambda: self._label(held.name))

    def remove_label(self, label: str) -> None:
        """Remove a label. Raise InvalidValue for one that annotations have, NotFound for an unknown one."""
        self._stored.apply(labels.remove(self._stored, self._label(label).id))
