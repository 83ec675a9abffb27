"""Methods of ``Project`` for the registry of sources."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.api.project_base import ProjectBase
from annotator.domain.records import SourceRecord
from annotator.services.sources import source_duplicates, source_merging, sources
from annotator.services.sources.source_duplicates import Pair
from annotator.services.sources.track_records import SourceTrack, TrackRecords


class SourceMethods(ProjectBase):
    """Sources: list, add, merge and assess them."""

    def sources(self) -> list[SourceRecord]:
        """Return the registry of sources, by name, with the effective reliability."""
        return self._stored.read.sources.all()

    def add_source(
        self,
        name: str,
        kind: str = "person",
        *,
        aliases: Sequence[str] = (),
        note: str = "",
        parent: str | int | SourceRecord | None = None,
        owner: str | int | SourceRecord | None = None,
        topics: Sequence[str] = (),
    ) -> SourceRecord:
        """Add a source; return it.

        ``parent``: what it is part of or speaks for. ``owner``: who owns it. Raise InvalidValue for an unknown kind or
        a name that is already used, NotFound for an unknown parent or owner.
        """
        id, change = sources.add(
            self._stored,
            name,
            kind,
            aliases=tuple(aliases),
            note=note,
            parent_id=None if parent is None else self._known_source(parent).id,
            owner_id=None if owner is None else self._known_source(owner).id,
            topics=tuple(topics),
        )
        return self._apply(change, lambda: sources.get(self._stored, id))

    def merge_sources(self, merged: str | Sequence[str], into: str | int | SourceRecord) -> SourceRecord:
        """Merge sources into one: references to them move to ``into``, and their names become its aliases; return it.

        One step of undo. Raise InvalidValue where there is nothing to merge, NotFound for an unknown source.
        """
        names = [merged] if isinstance(merged, str) else merged
        stays = self._known_source(into)
        plan = source_merging.plan(self._stored, [self._known_source(name).id for name in names], stays.id)
        return self._apply(plan.change, lambda: sources.get(self._stored, stays.id))

    def alike_sources(self) -> list[Pair]:
        """Return pairs of sources that may be the same, each with the reason, the most certain first."""
        return source_duplicates.duplicates(self.sources())

    def assess(
        self,
        source: str | int | SourceRecord,
        reliability: str,
        *,
        rationale: str = "",
        topic: str = "",
        made_on: str = "",
    ) -> SourceRecord:
        """Assess a source with a dated reliability from A to F; return it with the effective reliability.

        ``topic``: only for statements on it. ``made_on``: a date in ISO 8601; today by default. Raise InvalidValue, or
        NotFound for an unknown source.
        """
        held = self._known_source(source)
        change = sources.assess(self._stored, held, reliability, rationale=rationale, topic=topic, made_on=made_on)
        return self._apply(change, lambda: sources.get(self._stored, held.id))

    def track_record(self, source: str | int | SourceRecord, as_of: str = "") -> SourceTrack:
        """Return the track record of a source as of a date in ISO 8601, today by default.

        Raise InvalidValue for an invalid date, NotFound for an unknown source.
        """
        return TrackRecords(self._stored, as_of).of(self._known_source(source).id)
