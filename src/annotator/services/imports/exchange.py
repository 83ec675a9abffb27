"""Decide about what differs between a colleague's file and the project, and take over what is newer on request.

By default ours is kept. Which version of a field is newer is decided by ``domain.comparison.newer``, from the log of
the project: the file's own times count only where both sides changed a field.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from annotator.domain.changes import Edit
from annotator.domain.comparison import FieldDifference, PastValue, Side, merged, newer
from annotator.domain.dates import utc_time
from annotator.domain.records import RemovedRow
from annotator.services.annotations.dependents import removal
from annotator.services.imports.differences import (
    CHANGED,
    REMOVED,
    REMOVED_THERE,
    UPDATED,
    ListedDifference,
)
from annotator.services.imports.exchange_rows import RowNames, Version, versions_of
from annotator.services.imports.file_comparison import FileComparison, PendingRow
from annotator.store.project import Project
from annotator.store.queries import exchange_queries
from annotator.store.queries.exchange_queries import Presence
from annotator.store.rows import ORDER

_REMOVED_WITH_DEPENDENTS = frozenset({"annotation"})
"""Tables of which a row is removed with its dependents; a row of another table stays while anything refers to it."""

_UNIQUE: Mapping[str, Sequence[str]] = {
    "label": ("name",),
    "feature": ("name",),
    "source": ("name",),
    "relation": ("kind", "from_id", "to_id"),
    "bookmark": ("document_id", "annotator_id", "position"),
    "chain_link": ("annotation_id", "source_id"),
    "statement": ("annotation_id",),
}
"""By table, the columns that no two rows may have alike."""


class Exchange:
    """Decides about what a comparison collected; what is taken over is part of the step of the import."""

    def __init__(self, project: Project, comparison: FileComparison, write: Callable[[Sequence[Edit]], None]) -> None:
        """``write``: called with edits that belong together; it writes them at once."""
        self._project = project
        self._comparison = comparison
        self._found = comparison.found
        self._write = write

    def end_file(self) -> None:
        """Decide about all that differs in the present file. All that it brought must have been written."""
        self.settle()
        self._removals(self._comparison.removed_there)
        self._comparison.end()

    # --- fields that differ -------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """List what differs, and take over what is newer there if that was asked for."""
        pending = self._comparison.take_pending()
        if not pending:
            return
        past = versions_of(self._project, ((one.table, one.row["id"]) for one in pending))
        names = RowNames(self._project)
        to_come = self._values_to_come(pending, past) if self._comparison.update else {}
        edits: list[Edit] = []
        for one in pending:
            taken = self._decide(one, past.get((one.table, one.row["id"]), []), to_come, names)
            is_whole = len(taken) == len(one.difference.fields)
            self._found.rows[UPDATED if is_whole else CHANGED, one.table] += 1
            if taken:
                edits.append(_update(one, taken))
        self._write(edits)

    def _decide(
        self,
        one: PendingRow,
        versions: Sequence[Version],
        to_come: Mapping[tuple[str, int], Mapping[str, Any]],
        names: RowNames,
    ) -> list[FieldDifference]:
        """List the fields in which a row differs, and return those that are taken over."""
        taken: list[FieldDifference] = []
        for field in one.difference.fields:
            side, both = self._newer(one, field, versions)
            reason = ""
            if self._comparison.update and side == "theirs":
                reason = self._objection(one, field, to_come)
                if not reason:
                    taken.append(field)
            where = one.place.whose, *one.place[:4]
            done = side, both, field in taken, reason
            for name, ours, theirs in names.shown(one.table, field):
                self._found.add(ListedDifference(one.table, one.row["uid"], CHANGED, name, ours, theirs, *where, *done))
        return taken

    def _newer(self, one: PendingRow, field: FieldDifference, versions: Sequence[Version]) -> tuple[Side, bool]:
        column, dot, _ = field.name.partition(".")
        past: list[PastValue] = []
        for version in versions:
            held = version.values.get(column) or {} if dot else version.values
            value = {name: held.get(name) for name in field.ours}
            if past and past[-1].value == value:
                past[-1] = past[-1]._replace(is_taken=past[-1].is_taken or version.is_taken)
            else:
                past.append(PastValue(value, version.number, version.at, version.is_taken))
        is_old = self._is_old(one, past, field, versions)
        return newer(past, field.theirs, one.changed_at, self._comparison.common, is_old=is_old)

    def _is_old(
        self, one: PendingRow, past: Sequence[PastValue], field: FieldDifference, versions: Sequence[Version]
    ) -> bool:
        """Return whether the file has an earlier version of our row, to which nobody there went back on purpose."""
        uid = one.row["uid"]
        if "updated_at" not in one.row:
            # No time tells when their row was changed: a value that ours had since both were one counts as left behind.
            common = self._comparison.common
            begin = max((place for place, value in enumerate(past) if value.number <= common), default=0)
            if not any(dict(value.value) == dict(field.theirs) for value in past[begin:-1]):
                return False
            present = past[-1].value
            return not any(
                self._comparison.was_undone_there(uid, exchange_queries.value_left(column, present[column]))
                for column, theirs in field.theirs.items()
                if present[column] != theirs
            )
        times = [_updated_at(version.values) for version in versions]
        if one.changed_at not in times[:-1] or one.changed_at == times[-1]:
            return False
        place = len(times) - 1 - times[::-1].index(one.changed_at)
        return not self._comparison.was_undone_there(uid, times[place + 1])

    def _values_to_come(
        self, pending: Iterable[PendingRow], past: Mapping[tuple[str, int], list[Version]]
    ) -> dict[tuple[str, int], dict[str, Any]]:
        """Return the labels and sources as they would be with all that is newer there, by table and id."""
        tables = ("label", "source")
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for table in tables:
            for row in self._project.read.exchange.all_rows(table):
                found[table, row["id"]] = row
        for one in pending:
            if one.table in tables:
                versions = past.get((one.table, one.row["id"]), [])
                fields = [f for f in one.difference.fields if self._newer(one, f, versions)[0] == "theirs"]
                found[one.table, one.row["id"]] |= merged(fields, one.row)
        return found

    def _objection(
        self, one: PendingRow, field: FieldDifference, to_come: Mapping[tuple[str, int], Mapping[str, Any]]
    ) -> str:
        """Return one sentence why a field cannot be taken over, or an empty text."""
        columns = _UNIQUE.get(one.table, ())
        if any(column in field.theirs for column in columns):
            wanted = {column: {**one.row, **field.theirs}[column] for column in columns}
            if self._project.read.exchange.is_held(one.table, wanted, one.row["id"]):
                return f"Another {one.table.replace('_', ' ')} of the project has this already."
        key = field.theirs.get("key") if one.table == "label" else None
        if key is not None and any(
            table == "label" and id != one.row["id"] and row["key"] == key for (table, id), row in to_come.items()
        ):
            return f"The key {key} belongs to another label of the project."
        for column in ("parent_id", "owner_id"):
            if field.theirs.get(column) is not None and _is_circle(to_come, one.table, one.row["id"], column):
                return "It would then be above and below itself."
        return ""

    # --- rows that were removed there ---------------------------------------------------------------------------------

    def _removals(self, removed: Sequence[RemovedRow]) -> None:
        """List the rows of ours that were removed there, and remove them here too if that was asked for."""
        by_table: dict[str, dict[str, str]] = {}
        for one in removed:
            by_table.setdefault(one.table, {})[one.uid] = one.at
        # What refers to other rows goes before them.
        for table in sorted(by_table.keys() & exchange_queries.EXCHANGED, key=ORDER.index, reverse=True):
            times = by_table[table]
            rows = self._project.read.exchange.rows_by_uid(table, times)
            if rows:
                self._remove(table, rows, times)

    def _remove(self, table: str, rows: Mapping[str, Mapping[str, Any]], times: Mapping[str, str]) -> None:
        names = RowNames(self._project)
        past = versions_of(self._project, ((table, row["id"]) for row in rows.values()))
        presences = self._project.read.exchange.presences({(table, uid) for uid in rows})
        gone: list[Mapping[str, Any]] = []
        for uid, row in rows.items():
            versions = past.get((table, row["id"]), [])
            is_changed = bool(versions) and not versions[-1].is_taken and versions[-1].at > times[uid]
            is_restored = self._is_restored(presences.get((table, uid), ()), times[uid])
            side: Side = "ours" if is_changed or is_restored else "theirs"
            if table not in _REMOVED_WITH_DEPENDENTS and self._is_used(table, row):
                self._found.in_use[table] += 1
                continue
            is_taken = self._comparison.update and side == "theirs"
            if is_taken:
                gone.append(row)
            self._found.rows[REMOVED if is_taken else REMOVED_THERE, table] += 1
            place, ours = names.place(row), names.summary(table, row)
            where = place.whose, *place[:4]
            self._found.add(ListedDifference(table, uid, REMOVED_THERE, "", ours, None, *where, side, False, is_taken))
        if gone:
            self._write(self._removing(table, [row["id"] for row in gone]))
            self._comparison.forget_removals()

    def _is_restored(self, past: Sequence[Presence], removed_at: str) -> bool:
        """Return whether a row of ours was made again after the removal that the file states for this time."""
        is_gone = False
        for one in past:
            if not one.is_there and one.number <= self._comparison.common and one.at == removed_at:
                # Both had this removal, so it was taken back here alone.
                return True
            if one.is_there and is_gone and not one.is_undone_import and one.at > removed_at:
                return True
            is_gone = not one.is_there
        return False

    def _is_used(self, table: str, row: Mapping[str, Any]) -> bool:
        return self._project.read.exchange.is_used(table, row)

    def _removing(self, table: str, ids: Sequence[int]) -> list[Edit]:
        """Return the edits that remove rows and their dependents, each before what it refers to."""
        edits: list[Edit] = []
        if table == "annotation":
            relations = self._project.read.annotations.relations(annotation_ids=ids, trashed=True)
            edits += [Edit("relation", relation.id, {"uid": relation.uid}, None) for relation in relations]
            edits += removal(self._project, ids)
        return edits + [Edit(table, id, {}, None) for id in ids]


def _update(one: PendingRow, taken: Iterable[FieldDifference]) -> Edit:
    """Return the edit that gives our row the fields that are taken over."""
    after = merged(taken, one.row)
    if "updated_at" in one.row:
        after["updated_at"] = max(_updated_at(one.row), one.changed_at)
    return Edit(one.table, one.row["id"], {column: one.row[column] for column in after}, after)


def _updated_at(values: Mapping[str, Any]) -> str:
    """Return when a row was changed last. Projects of earlier versions hold such times as files stated them."""
    stated = str(values.get("updated_at"))
    return utc_time(stated) or stated


def _is_circle(rows: Mapping[tuple[str, int], Mapping[str, Any]], table: str, id: int, column: str) -> bool:
    seen = {id}
    above = rows[table, id].get(column)
    while above is not None and above not in seen:
        seen.add(above)
        above = rows.get((table, above), {}).get(column)
    return above == id
