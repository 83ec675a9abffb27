"""Queries on labels and features: how often each is used, and which annotations match given conditions."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.domain.conditions import AnnotationConditions
from annotator.domain.label_tree import in_tree_order
from annotator.domain.records import (
    FeatureRecord,
    LabelRecord,
    LabelUses,
)
from annotator.store.queries.base import Queries
from annotator.store.queries.grade_sql import letter_of_annotation


class LabelQueries(Queries):
    """Queries on labels and features."""

    def all(self) -> list[LabelRecord]:
        """Return all labels in their order: each is followed by those that are nested under it."""
        query = (
            "SELECT l.id, l.name, l.initials, l.color, l.key, l.description, l.position, l.parent_id, "
            "coalesce(p.name, ''), l.uid FROM label l LEFT JOIN label p ON p.id = l.parent_id ORDER BY l.position, l.id"
        )
        return in_tree_order(self._records(LabelRecord, query, table="label", stand_in="Label {id}"))

    def features(self) -> list[FeatureRecord]:
        """Return all feature definitions in their order."""
        query = "SELECT id, name, kind, choices, description, position, uid FROM feature ORDER BY position, id"
        return list(self._records(FeatureRecord, query, table="feature", stand_in="Feature {id}"))

    def counts(self) -> dict[int, int]:
        """Return how many annotations outside the trash have which label, by its id. Fast enough for frequent calls."""
        # Two scans of an index: a join with the documents would read every annotation.
        counts = dict(self._rows("SELECT label_id, count(*) FROM annotation GROUP BY label_id"))
        trashed = self._rows(
            "SELECT a.label_id, count(*) FROM document d CROSS JOIN annotation a ON a.document_id = d.id "
            "WHERE d.trashed_at IS NOT NULL GROUP BY a.label_id"
        )
        for id, count in trashed:
            counts[id] -= count
        return counts

    def uses(self, ids: Iterable[int]) -> LabelUses:
        """Return how often these labels are used, in total."""
        found = self._row(
            "SELECT count(*), count(DISTINCT a.document_id), count(d.trashed_at) FROM annotation a "
            "JOIN document d ON d.id = a.document_id WHERE a.label_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return LabelUses(*found)

    def annotations_of(self, ids: Iterable[int]) -> list[int]:
        """Return the ids of the annotations with one of these labels, those in the trash too."""
        found = self._rows(
            "SELECT id FROM annotation WHERE label_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(ids)),),
        )
        return [id for (id,) in found]

    def labels_of(self, ids: Iterable[int], label_ids: Iterable[int]) -> list[tuple[int, int]]:
        """Return those of the annotations ``ids`` that have one of these labels, each with its label."""
        return self._rows(
            "SELECT id, label_id FROM annotation WHERE id IN (SELECT value FROM json_each(?)) "
            "AND label_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(ids)), json.dumps(list(label_ids))),
        )

    def matching_annotations(self, label_id: int, matching: AnnotationConditions) -> Iterator[tuple[int, int, bool]]:
        """Yield the annotations with a label that match, by document and place: id, document, and whether it is in the
        trash.
        """
        where, values = ["a.label_id = ?"], list[Any]([label_id])

        def wanted(condition: str, *given: Any) -> None:
            where.append(condition)
            values.extend(given)

        if matching.annotator:
            wanted("p.name = ?", matching.annotator)
        if matching.created_by:
            wanted("a.created_by = ?", matching.created_by)
        if matching.source_id is not None:
            wanted("a.source_id IS ?", matching.source_id or None)
        if matching.reliability:
            wanted(f"{letter_of_annotation()} IS ?", None if matching.reliability == "-" else matching.reliability)
        if matching.credibility is not None:
            wanted("a.credibility IS ?", matching.credibility or None)
        if matching.document_ids:
            wanted("a.document_id IN (SELECT value FROM json_each(?))", json.dumps(list(matching.document_ids)))
        if matching.feature:
            any_value = "" if matching.value is None else " AND f.value = ?"
            given = [matching.feature] if matching.value is None else [matching.feature, matching.value]
            wanted(f"EXISTS (SELECT 1 FROM json_each(a.features) f WHERE f.key = ?{any_value})", *given)
        if matching.since:
            wanted("substr(a.created_at, 1, 10) >= ?", matching.since)
        if matching.until:
            wanted("substr(a.created_at, 1, 10) <= ?", matching.until)
        if matching.chosen is not None:
            wanted("a.id IN (SELECT value FROM json_each(?))", json.dumps(list(matching.chosen)))
        if matching.left_out:
            wanted("a.id NOT IN (SELECT value FROM json_each(?))", json.dumps(list(matching.left_out)))
        words = matching.words.casefold().split()
        rows = self._rows(
            "SELECT a.id, a.document_id, d.trashed_at IS NOT NULL, a.quote, a.note FROM annotation a "
            "JOIN document d ON d.id = a.document_id JOIN annotator p ON p.id = a.annotator_id "
            f'WHERE {" AND ".join(where)} ORDER BY a.document_id, a.start, a."end" DESC, a.id',
            values,
        )
        for id, document_id, trashed, quote, note in rows:
            # SQLite folds the case of English letters only.
            searched = f"{quote}\n{note}".casefold() if words else ""
            if all(word in searched for word in words):
                yield id, document_id, bool(trashed)

    def makers(self, label_id: int) -> list[str]:
        """Return what created the annotations with a label: ``person``, or the name of a rule or a model."""
        found = self._rows("SELECT DISTINCT created_by FROM annotation WHERE label_id = ? ORDER BY 1", (label_id,))
        return [name for (name,) in found]

    def feature_values(self, label_id: int, feature: str, limit: int = 200) -> list[Any]:
        """Return the values that a feature has on annotations with a label; flags are True and False."""
        found = self._rows(
            "SELECT DISTINCT f.value, f.type FROM annotation a, json_each(a.features) f "
            "WHERE a.label_id = ? AND f.key = ? ORDER BY 1 LIMIT ?",
            (label_id, feature, limit),
        )
        return [value == 1 if kind in ("true", "false") else value for value, kind in found]
