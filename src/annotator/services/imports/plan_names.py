"""Plan what other rows name: labels and features, sources and their assessments."""

from collections.abc import Container
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Edit
from annotator.domain.labels import KEYS, OKABE_ITO, initials_of
from annotator.domain.records import FeatureRecord, LabelRecord
from annotator.formats.base import IncomingAssessment, IncomingSource, Vocabulary
from annotator.services.imports.differences import Place
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.planned_rows import PlannedRows


class VocabularyPlanner:
    """Plans labels and features: those of a new name are added, those of a known uid are compared."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison) -> None:
        self._planned = planned
        self._known = planned.known
        self._comparison = comparison

    def plan(self, vocabulary: Vocabulary) -> None:
        """Plan the labels, then the features."""
        known = self._known
        held = {known.label_uids[label.uid] for label in vocabulary.labels if label.uid in known.label_uids}
        added: dict[int, LabelRecord] = {}
        for label in vocabulary.labels:
            id = self._label(label, held)
            if id is not None:
                added[id] = label
        self._nest(added)
        for label in vocabulary.labels:
            if label.uid and known.label_uids.get(label.uid) in held:
                self._compare(label)
        for feature in vocabulary.features:
            self._feature(feature)

    def _label(self, label: LabelRecord, held: Container[int | None]) -> int | None:
        """Plan a label; return its id, or None where the project has it. ``held``: labels that the file knows."""
        known = self._known
        stated = name = one_line(label.name)
        key = name.casefold()
        if not name or key in known.label_map:
            return None
        if label.uid in known.label_uids:
            known.file_labels[key] = known.label_uids[label.uid]
            return None
        if known.labels.get(key) in held:
            # The file knows two labels, and ours of this name is the other one of them.
            name = self._free_name(name)
            self._planned.report.notes.append(
                f"The label “{stated}” of the file is another one than that of the project, and is called “{name}”."
            )
            known.file_labels[key] = 0
        elif key in known.labels:
            if label.uid:
                known.label_uids[label.uid] = known.labels[key]
            return None
        id = self._add_label(label, name)
        if known.file_labels.get(key) == 0:
            known.file_labels[key] = id
        return id

    def _add_label(self, label: LabelRecord, name: str) -> int:
        known = self._known
        position = len(known.labels) + 1
        keys = [label.key, position, *KEYS]
        key = next((key for key in keys if key in KEYS and key not in known.label_keys), None)
        known.label_keys.add(key)
        values = {
            "uid": known.free_uid("label", label.uid),
            "label_set_id": 1,
            "name": name,
            "initials": label.initials or initials_of(name),
            "color": label.color or OKABE_ITO[(position - 1) % len(OKABE_ITO)],
            "key": key,
            "description": label.description,
            "position": position,
        }
        id = self._planned.add("label", values)
        self._planned.report.labels += 1
        known.labels[name.casefold()] = known.tags[name.casefold().replace(" ", "_")] = id
        if label.uid:
            known.label_uids[label.uid] = id
        return id

    def _free_name(self, name: str) -> str:
        """Return a name that no label has, made of one that is taken."""
        number = 2
        while f"{name} ({number})".casefold() in self._known.labels:
            number += 1
        return f"{name} ({number})"

    def _nest(self, added: dict[int, LabelRecord]) -> None:
        """Nest new labels under those that they name, which may come after them; a circle is left open."""
        parents: dict[int, int] = {}
        for id, label in added.items():
            parent_id = above = self._known.labels.get(one_line(label.parent).casefold())
            while above is not None and above != id:
                above = parents.get(above)
            if parent_id is not None and above is None:
                parents[id] = parent_id
                self._planned.change(Edit("label", id, {"parent_id": None}, {"parent_id": parent_id}))

    def _compare(self, label: LabelRecord) -> None:
        """Compare a label with the one of the same uid."""
        parent = one_line(label.parent).casefold()
        theirs = {
            "name": one_line(label.name),
            "initials": label.initials,
            "color": label.color,
            "key": label.key,
            "description": label.description,
            "parent_id": self._known.file_labels.get(parent) or self._known.labels.get(parent),
        }
        self._comparison.compare("label", self._known.row("label", label.uid), theirs)

    def _feature(self, feature: FeatureRecord) -> None:
        known = self._known
        if self._comparison.is_on and known.id_of("feature", feature.uid):
            defined = {
                "name": feature.name,
                "kind": feature.kind,
                "choices": list(feature.choices),
                "description": feature.description,
            }
            self._comparison.compare("feature", known.row("feature", feature.uid), defined)
        elif feature.name not in known.features:
            known.features[feature.name] = feature
            values = {**feature._asdict(), "choices": list(feature.choices)}
            values["uid"] = known.free_uid("feature", feature.uid)
            values["position"] = len(known.features)
            del values["id"]
            self._planned.add("feature", values)


class SourcePlanner:
    """Plans sources and assessments: those of a new name are added, those of a known uid are compared."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison) -> None:
        self._planned = planned
        self._known = planned.known
        self._comparison = comparison
        self._to_compare: list[IncomingSource] = []
        """Sources of the present file that the project knows by their uids."""

    def source(self, entry: IncomingSource) -> None:
        """Plan a source, or note that it is to be compared once all names of its file are known."""
        known = self._known
        name = one_line(entry.name)
        key = name.casefold()
        if self._comparison.is_on and entry.uid in known.source_uids:
            known.file_sources[key] = known.source_uids[entry.uid]
            self._to_compare.append(entry)
            return
        if not name or (key in known.sources and not self._planned.is_named_only(key)):
            return
        above = (one_line(entry.parent), one_line(entry.owner))
        parent, owner = ("" if one.casefold() == key else one for one in above)
        values: dict[str, Any] = {
            "uid": known.free_uid("source", entry.uid),
            "name": name,
            "kind": entry.kind,
            "aliases": list(entry.aliases),
            "note": entry.note,
            "parent_id": self._planned.source_called(parent, "organisation") if parent else None,
            "owner_id": self._planned.source_called(owner, "organisation") if owner else None,
            "topics": list(entry.topics),
        }
        if self._planned.is_named_only(key):
            id = self._planned.add_named_source(key, values)
        else:
            id = known.sources[key] = self._planned.add("source", values)
        known.aliases |= {alias.casefold(): id for alias in entry.aliases}

    def take_to_compare(self) -> list[IncomingSource]:
        """Return the sources that are to be compared, and forget them."""
        taken, self._to_compare = self._to_compare, []
        return taken

    def stated(self, entry: IncomingSource) -> dict[str, Any]:
        """Return what a file says of a source, by column; sources that it names are made where there are none."""
        return {
            "name": one_line(entry.name),
            "kind": entry.kind,
            "aliases": list(entry.aliases),
            "note": entry.note,
            "parent_id": self._planned.source(entry.parent, "organisation"),
            "owner_id": self._planned.source(entry.owner, "organisation"),
            "topics": list(entry.topics),
        }

    def assessment(self, entry: IncomingAssessment, path: Path | None) -> None:
        """Plan an assessment that the project does not have, or compare it."""
        known = self._known
        source_id = self._planned.source(entry.source, "person")
        if source_id is None:
            self._planned.refuse(path, f"assessment of {entry.made_on}", "It names no source.")
            return
        annotator_id = self._planned.annotator(entry.annotator)
        annotator = known.annotator_names[annotator_id]
        stated = {
            "source_id": source_id,
            "made_on": entry.made_on,
            "reliability": entry.reliability,
            "topic": entry.topic,
            "rationale": entry.rationale,
        }
        place = Place(whose=annotator)
        if self._comparison.is_on and known.id_of("assessment", entry.uid):
            self._comparison.compare("assessment", known.row("assessment", entry.uid), stated, place)
            return
        if self._comparison.is_kept_removed("assessment", entry.uid, entry.reliability, place):
            return
        key = (*stated.values(), annotator)
        if key in known.assessments:
            return
        known.assessments.add(key)
        values = {
            "uid": known.free_uid("assessment", entry.uid),
            "annotator_id": annotator_id,
            **stated,
            "created_at": self._planned.moment,
        }
        self._planned.add("assessment", values)
