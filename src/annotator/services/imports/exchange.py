"""Compare what a colleague's file holds with what the project holds, and take over what is newer on request.

Rows are known by their uids and by nothing else. What differs is listed field by field; what the colleague removed
is listed too. By default ours is kept. Which version of a field is newer is decided by ``domain.comparison.newer``,
from the log of the project: the file's own times count only where both sides changed a field.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit
from annotator.domain.comparison import (
    Difference,
    FieldDifference,
    PastValue,
    Side,
    compare,
    field_name,
    merged,
    newer,
)
from annotator.domain.records import RemovedRow
from annotator.domain.wording import counted, elided, listed
from annotator.formats.base import IncomingState
from annotator.services.annotations.dependents import removal
from annotator.store.project import Project
from annotator.store.queries import exchange_queries, project_queries
from annotator.store.queries.exchange_queries import GONE, IMPORT, Presence, Removal, RowEdit
from annotator.store.rows import ORDER

CHANGED, REMOVED_THERE, REMOVED_HERE = "changed", "removed there", "removed here"
"""The kinds of differences, and what became of a row that was kept as it is."""

UPDATED, REMOVED, RESTORED = "updated", "removed", "restored"
"""What became of a row where theirs was taken over."""

LISTED = 100_000
"""So many differences are listed one by one; those beyond are only counted, so that memory stays bounded."""

_PENDING = 20_000
"""Differing rows that are kept until their past is looked up in the log."""

_TAKES_ALONG = frozenset({"annotation"})
"""Tables of which a row is removed with all that hangs on it; a row of another table stays while anything names it."""

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

_REFERENCES: Mapping[str, str] = {
    "label_id": "label",
    "source_id": "source",
    "owner_id": "source",
    "claim_id": "claim",
    "from_id": "annotation",
    "to_id": "annotation",
    "annotation_id": "annotation",
}
"""What a column refers to; ``parent_id`` refers to its own table."""


class Place(NamedTuple):
    """Where a row is, for the list: its document, the title of that, the span, and whose the row is."""

    document: int | None = None
    title: str = ""
    start: int | None = None
    end: int | None = None
    whose: str = ""


_NOWHERE = Place()


class ListedDifference(NamedTuple):
    """A field, or a whole row, in which a file differs from the project.

    ``kind``: one of ``changed``, ``removed there`` and ``removed here``. ``whose``: the annotator of the row, or
    empty. ``newer``: ``ours`` or ``theirs``. ``both_changed``: both sides changed the field. ``is_taken``: theirs was
    taken over. ``reason``: why theirs was not taken although it is newer; empty where nobody asked for it.
    """

    table: str
    uid: str
    kind: str
    field: str
    ours: Any
    theirs: Any
    whose: str
    document: int | None
    title: str
    start: int | None
    end: int | None
    newer: Side
    both_changed: bool
    is_taken: bool
    reason: str = ""

    def in_words(self) -> tuple[str, ...]:
        """Return span, field, ours, theirs, whose row it is, which is newer, and what was done, in words."""
        place = "" if self.start is None else f"{self.start}-{self.end}"
        ours, theirs = _in_words(self.ours), _in_words(self.theirs)
        if self.kind == REMOVED_THERE:
            theirs = "(removed)"
        elif self.kind == REMOVED_HERE:
            ours = "(removed)"
        is_plain = self.table in ("annotation", "document") and self.field
        field = self.field if is_plain else f"{self.table.replace('_', ' ')} {self.field}".strip()
        newer = f"{self.newer}, both changed" if self.both_changed else self.newer
        done = "taken" if self.is_taken else self.reason or "kept"
        return place, field, ours, theirs, self.whose, newer, done


def _in_words(value: Any) -> str:
    """A value of a difference in a few words."""
    if isinstance(value, dict) and "fragments" in value:
        return ", ".join(f"{start}-{end}" for start, end in value["fragments"])
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else elided(str(value), 60)


class MissingAnnotation(NamedTuple):
    """An annotation of ours that a file lacks although it holds its document whole; the file does not say why."""

    uid: str
    document: int
    whose: str


class _Pending(NamedTuple):
    table: str
    row: Mapping[str, Any]
    difference: Difference
    changed_at: str
    place: Place


class _Version(NamedTuple):
    """A row as an entry of our log left it."""

    number: int
    at: str
    is_taken: bool
    values: Mapping[str, Any]


@dataclasses.dataclass
class Comparison:
    """What the comparison of all files of an import found.

    ``rows``: how many rows had which outcome, by outcome and table. ``in_use``: rows, by table, that were removed there
    and that something here refers to. ``kept``, ``taken``: how many differences were left and taken over;
    ``newer_there``: how many of those that were left can be taken over; ``not_taken``: how many that are newer there
    cannot. These count the differences that are not listed, too.
    """

    differences: list[ListedDifference] = dataclasses.field(default_factory=list)
    rows: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    compared: int = 0
    missing: list[MissingAnnotation] = dataclasses.field(default_factory=list)
    missing_by: Counter[str] = dataclasses.field(default_factory=Counter)
    not_listed: int = 0
    not_compared: Counter[str] = dataclasses.field(default_factory=Counter)
    in_use: Counter[str] = dataclasses.field(default_factory=Counter)
    kept: int = 0
    taken: int = 0
    newer_there: int = 0
    not_taken: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything differs that was not taken over."""
        return self.kept > 0

    @property
    def is_updated(self) -> bool:
        """Whether anything was taken over from a file."""
        return self.taken > 0

    def add(self, difference: ListedDifference) -> None:
        """List a difference, or count it where the list is long."""
        if difference.is_taken:
            self.taken += 1
        else:
            self.kept += 1
            if difference.newer == "theirs" and difference.reason:
                self.not_taken += 1
            elif difference.newer == "theirs":
                self.newer_there += 1
        if len(self.differences) < LISTED:
            self.differences.append(difference)
        else:
            self.not_listed += 1

    def words(self) -> list[str]:
        """Return what became of the rows that differ, as the ends of a sentence."""
        said = {
            CHANGED: ("differs", "differ"),
            REMOVED_THERE: ("was removed there", "were removed there"),
            REMOVED_HERE: ("was removed here", "were removed here"),
            UPDATED: ("updated", "updated"),
            REMOVED: ("removed", "removed"),
            RESTORED: ("restored", "restored"),
        }
        found = []
        for outcome, (one, many) in said.items():
            tables = [(table, count) for (what, table), count in self.rows.items() if what == outcome]
            if tables:
                counts = listed([counted(count, table.replace("_", " ")) for table, count in sorted(tables)])
                found.append(f"{counts} {one if sum(count for _, count in tables) == 1 else many}")
        return found

    def notes(self) -> list[str]:
        """Return one plain sentence each for what was found but is not in the list."""
        found = []
        if self.missing_by:
            count = self.missing_by.total()
            by = listed([f"{number:,} by {name}" for name, number in self.missing_by.most_common()])
            verb = "is" if count == 1 else "are"
            found.append(
                f"{counted(count, 'annotation')} of this project {verb} not in the file ({by}): nobody removed them "
                "there, so they stay."
            )
        for table, count in self.in_use.items():
            verb = "was removed there, is in use here and stays" if count == 1 else "were removed there and stay in use"
            found.append(f"{counted(count, table.replace('_', ' '))} {verb}.")
        if self.not_listed:
            found.append(f"{counted(self.not_listed, 'more difference')} found and not listed.")
        for what, count in self.not_compared.items():
            if count:
                found.append(f"Not compared with the project: {counted(count, what)}.")
        return found


class Exchange:
    """Compares one file after the other with the project; what is taken over is part of the step of the import."""

    def __init__(self, project: Project, found: Comparison, step: str, *, update: bool, at_once: int) -> None:
        """``update``: take over what is newer. ``at_once``: edits in one commit, for which a key press may wait."""
        self.has_written = False
        self._at_once = at_once
        self._project = project
        self._found = found
        self._step = step
        self._update = update
        self._state: IncomingState | None = None
        self._common = 0
        self._pending: list[_Pending] = []
        self._removals_here: dict[tuple[str, str], Removal] | None = None
        """The rows that somebody removed here; None until they are asked for, and after more were removed."""
        self._removed_there: set[tuple[str, str]] = set()
        self._left: set[tuple[str, str]] = set()

    # --- one file ---------------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether the present file can be compared: only the native format holds every field of a row."""
        return self._state is not None

    @property
    def is_whole(self) -> bool:
        """Whether the present file claims to hold its documents with all their annotations."""
        return self._state is not None and self._state.is_whole

    def begin(self, state: IncomingState) -> None:
        """Compare what comes from now on as what a file of this state holds."""
        self._state = state
        self._removed_there = {(one.table, one.uid) for one in state.removed}
        with self._project.reading() as connection:
            self._common = exchange_queries.common_entry(connection, state.points)
        # What was left before both projects parted is left in ours too.
        self._left = {
            (one.uid, exchange_queries.shortened(one.state)) for one in state.undone if one.number > self._common
        }

    def end(self) -> None:
        """Decide about all that differs in the present file. All that it brought must have been written."""
        self.settle()
        if self._state is not None:
            self._removals(self._state.removed)
        self._state = None
        self._common = 0
        self._removed_there = set()

    # --- what differs -----------------------------------------------------------------------------------------------

    def row(self, table: str, uid: str, theirs: Mapping[str, Any], place: Place = _NOWHERE) -> None:
        """Compare a row of the file with ours of the same uid, if there is one."""
        if self._state is None or not uid:
            return
        with self._project.reading() as connection:
            ours = exchange_queries.rows_by_uid(connection, table, [uid]).get(uid)
        if ours is not None:
            self.compare(table, ours, theirs, "", place)

    def compare(
        self, table: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], changed_at: str, place: Place
    ) -> None:
        """Compare two versions of a row. ``changed_at``: when theirs was changed last, or empty."""
        if self._state is None:
            return
        self._found.compared += 1
        difference = compare(table, ours, theirs)
        if difference:
            self._pending.append(_Pending(table, ours, difference, changed_at or self._state.exported_at, place))

    def is_full(self) -> bool:
        """Whether so many rows differ that it is time to settle them."""
        return len(self._pending) >= _PENDING

    def missing(self, row: Mapping[str, Any], whose: str) -> None:
        """Note that the file lacks an annotation of a document that it holds whole."""
        if ("annotation", row["uid"]) in self._removed_there:
            return
        self._found.missing_by[whose] += 1
        if len(self._found.missing) < LISTED:
            self._found.missing.append(MissingAnnotation(row["uid"], row["document_id"], whose))

    def was_removed_here(self, table: str, uid: str) -> bool:
        """Return whether somebody removed a row of this uid here, and it is gone."""
        return self._state is not None and (table, uid) in self._removed_here()

    def _removed_here(self) -> dict[tuple[str, str], Removal]:
        if self._removals_here is None:
            with self._project.reading() as connection:
                removals = exchange_queries.removals(connection)
            self._removals_here = {(one.row.table, one.row.uid): one for one in removals}
        return self._removals_here

    def is_kept_removed(self, table: str, uid: str, changed_at: str, shown: Any, place: Place) -> bool:
        """Return whether a row of the file was removed here and stays so; it is listed in any case."""
        if not self.was_removed_here(table, uid):
            return False
        ours = self._removed_here()[table, uid]
        # A removal that they had too, and that was taken back there.
        is_restored = (uid, GONE) in self._left and (ours.is_taken or ours.number <= self._common)
        side: Side = "theirs" if is_restored or changed_at > ours.row.at else "ours"
        is_taken = self._update and side == "theirs"
        if is_taken:
            del self._removed_here()[table, uid]
        self._found.rows[RESTORED if is_taken else REMOVED_HERE, table] += 1
        self._found.add(
            ListedDifference(table, uid, REMOVED_HERE, "", None, shown, place.whose, *place[:4], side, False, is_taken)
        )
        return not is_taken

    # --- decisions --------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """List what differs, and take over what is newer there if that was asked for."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        past = self._past(pending)
        names = _Names(self._project)
        edits: list[Edit] = []
        taken_values = self._values_to_come(pending, past) if self._update else {}
        for one in pending:
            versions = past.get((one.table, one.row["id"]), [])
            taken: list[FieldDifference] = []
            for field in one.difference.fields:
                side, both = self._newer(one, field, versions)
                reason = ""
                if self._update and side == "theirs":
                    reason = self._objection(one, field, taken_values)
                    if not reason:
                        taken.append(field)
                is_taken = field in taken
                for name, ours, theirs in names.shown(one.table, field):
                    uid = one.row["uid"]
                    where = one.place.whose, *one.place[:4]
                    self._found.add(
                        ListedDifference(
                            one.table, uid, CHANGED, name, ours, theirs, *where, side, both, is_taken, reason
                        )
                    )
            self._found.rows[UPDATED if len(taken) == len(one.difference.fields) else CHANGED, one.table] += 1
            if taken:
                after = merged(taken, one.row)
                if "updated_at" in one.row:
                    after["updated_at"] = max(one.row["updated_at"], one.changed_at)
                before = {column: one.row[column] for column in after}
                edits.append(Edit(one.table, one.row["id"], before, after))
        self._apply(edits)

    def _newer(self, one: _Pending, field: FieldDifference, versions: Sequence[_Version]) -> tuple[Side, bool]:
        column, dot, _ = field.name.partition(".")
        past: list[PastValue] = []
        for version in versions:
            held = version.values.get(column) or {} if dot else version.values
            value = {name: held.get(name) for name in field.ours}
            if past and past[-1].value == value:
                past[-1] = past[-1]._replace(is_taken=past[-1].is_taken or version.is_taken)
            else:
                past.append(PastValue(value, version.number, version.at, version.is_taken))
        return newer(past, field.theirs, one.changed_at, self._common, is_old=self._is_old(one, past, field, versions))

    def _is_old(
        self, one: _Pending, past: Sequence[PastValue], field: FieldDifference, versions: Sequence[_Version]
    ) -> bool:
        """Whether their version is one that ours was before, and that nobody has gone back to on purpose."""
        if "updated_at" not in one.row:
            # No time tells when their row was changed: a value that ours had since both were one counts as left behind.
            begin = max((place for place, value in enumerate(past) if value.number <= self._common), default=0)
            if not any(dict(value.value) == dict(field.theirs) for value in past[begin:-1]):
                return False
            present = past[-1].value
            return not any(
                (one.row["uid"], exchange_queries.value_left(column, present[column])) in self._left
                for column, theirs in field.theirs.items()
                if present[column] != theirs
            )
        times = [str(version.values.get("updated_at")) for version in versions]
        if one.changed_at not in times[:-1] or one.changed_at == times[-1]:
            return False
        place = len(times) - 1 - times[::-1].index(one.changed_at)
        return (one.row["uid"], times[place + 1]) not in self._left

    def _past(self, pending: Iterable[_Pending]) -> dict[tuple[str, int], list[_Version]]:
        """Return what these rows were, by table and id, oldest first; what was undone is left out."""
        rows: dict[str, set[int]] = {}
        for one in pending:
            rows.setdefault(one.table, set()).add(one.row["id"])
        found: dict[tuple[str, int], list[_Version]] = {}
        with self._project.reading() as connection:
            for entry in exchange_queries.edits_of_rows(connection, rows):
                _follow(found.setdefault((entry.edit.table, entry.edit.id), []), entry)
        return found

    def _values_to_come(
        self, pending: Iterable[_Pending], past: Mapping[tuple[str, int], list[_Version]]
    ) -> dict[tuple[str, int], dict[str, Any]]:
        """Return the labels and sources as they would be with all that is newer there, by table and id."""
        tables = ("label", "source")
        found: dict[tuple[str, int], dict[str, Any]] = {}
        with self._project.reading() as connection:
            for table in tables:
                for row in exchange_queries.all_rows(connection, table):
                    found[table, row["id"]] = row
        for one in pending:
            if one.table in tables:
                versions = past.get((one.table, one.row["id"]), [])
                fields = [f for f in one.difference.fields if self._newer(one, f, versions)[0] == "theirs"]
                found[one.table, one.row["id"]] |= merged(fields, one.row)
        return found

    def _objection(
        self, one: _Pending, field: FieldDifference, to_come: Mapping[tuple[str, int], Mapping[str, Any]]
    ) -> str:
        """Return one sentence why a field cannot be taken over, or an empty text."""
        columns = _UNIQUE.get(one.table, ())
        if any(column in field.theirs for column in columns):
            wanted = {column: {**one.row, **field.theirs}[column] for column in columns}
            with self._project.reading() as connection:
                if exchange_queries.is_held(connection, one.table, wanted, one.row["id"]):
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

    def _removals(self, removed: Sequence[RemovedRow]) -> None:
        """List the rows of ours that were removed there, and remove them here too if that was asked for."""
        by_table: dict[str, dict[str, str]] = {}
        for one in removed:
            by_table.setdefault(one.table, {})[one.uid] = one.at
        # What refers to other rows goes before them.
        for table in sorted(by_table.keys() & exchange_queries.EXCHANGED, key=ORDER.index, reverse=True):
            times = by_table[table]
            with self._project.reading() as connection:
                rows = exchange_queries.rows_by_uid(connection, table, times)
            if rows:
                self._remove(table, rows, times)

    def _remove(self, table: str, rows: Mapping[str, Mapping[str, Any]], times: Mapping[str, str]) -> None:
        names = _Names(self._project)
        past = self._past(_Pending(table, row, Difference(()), "", Place()) for row in rows.values())
        with self._project.reading() as connection:
            presences = exchange_queries.presences(connection, {(table, uid) for uid in rows})
        gone: list[Mapping[str, Any]] = []
        for uid, row in rows.items():
            versions = past.get((table, row["id"]), [])
            is_changed = bool(versions) and not versions[-1].is_taken and versions[-1].at > times[uid]
            is_restored = self._is_restored(presences.get((table, uid), ()), times[uid])
            side: Side = "ours" if is_changed or is_restored else "theirs"
            if table not in _TAKES_ALONG and self._is_used(table, row):
                self._found.in_use[table] += 1
                continue
            is_taken = self._update and side == "theirs"
            if is_taken:
                gone.append(row)
            self._found.rows[REMOVED if is_taken else REMOVED_THERE, table] += 1
            place, ours = names.place(table, row), names.summary(table, row)
            where = place.whose, *place[:4]
            self._found.add(ListedDifference(table, uid, REMOVED_THERE, "", ours, None, *where, side, False, is_taken))
        if gone:
            self._apply(self._removing(table, [row["id"] for row in gone]))
            self._removals_here = None

    def _is_restored(self, past: Sequence[Presence], removed_at: str) -> bool:
        """Whether a row of ours was made again after the removal that the file tells of at this time."""
        is_gone = False
        for one in past:
            if not one.is_there and one.number <= self._common and one.at == removed_at:
                # Both had this removal, so it was taken back here alone.
                return True
            if one.is_there and is_gone and not one.is_undone_import and one.at > removed_at:
                return True
            is_gone = not one.is_there
        return False

    def _is_used(self, table: str, row: Mapping[str, Any]) -> bool:
        with self._project.reading() as connection:
            return exchange_queries.is_used(connection, table, row)

    def _removing(self, table: str, ids: Sequence[int]) -> list[Edit]:
        """Return the edits that remove rows with all that hangs on them, in an order that leaves nothing in the air."""
        edits: list[Edit] = []
        if table == "annotation":
            with self._project.reading() as connection:
                ties = project_queries.relations(connection, annotation_ids=ids, trashed=True)
            edits += [Edit("relation", tie.id, {"uid": tie.uid}, None) for tie in ties]
            edits += removal(self._project, ids)
        return edits + [Edit(table, id, {}, None) for id in ids]

    def _apply(self, edits: Sequence[Edit]) -> None:
        self._project.back_up_before(sum(edit.before is not None for edit in edits), self._step)
        for begin in range(0, len(edits), self._at_once):
            self._project.apply(Change(IMPORT, tuple(edits[begin : begin + self._at_once]), self._step))
            self.has_written = True


def _follow(versions: list[_Version], entry: RowEdit) -> None:
    """Add to the versions of a row what an entry of the log made of it; an undo takes the last version away."""
    edit = entry.edit
    if edit.after is None:
        return
    values = {**(versions[-1].values if versions and edit.before is not None else {}), **edit.after}
    is_undo = entry.kind == "undo"
    if versions and versions[-1].values == values:
        # A removal was taken back: the row is what it was.
        return
    if is_undo and len(versions) > 1 and all(versions[-2].values.get(name) == values[name] for name in edit.after):
        versions.pop()
    else:
        versions.append(_Version(entry.number, entry.at, entry.title == IMPORT and not is_undo, values))


def _is_circle(rows: Mapping[tuple[str, int], Mapping[str, Any]], table: str, id: int, column: str) -> bool:
    seen = {id}
    above = rows[table, id].get(column)
    while above is not None and above not in seen:
        seen.add(above)
        above = rows.get((table, above), {}).get(column)
    return above == id


class _Names:
    """Shows the values of rows as people and files know them: names in place of ids."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[tuple[str, int], str] = {}

    def shown(self, table: str, field: FieldDifference) -> list[tuple[str, Any, Any]]:
        """Return name and both values of each column of a field that differs; a span is one value."""
        if field.name == "span":
            return [("span", _span(field.ours), _span(field.theirs))]
        if "." in field.name:
            return [(field.name, *field.ours.values(), *field.theirs.values())]
        return [
            (field_name(column), self._value(table, column, ours), self._value(table, column, field.theirs[column]))
            for column, ours in field.ours.items()
            if ours != field.theirs[column]
        ]

    def _value(self, table: str, column: str, value: Any) -> Any:
        refers_to = table if column == "parent_id" else _REFERENCES.get(column)
        if refers_to is None or value is None:
            return value
        return self._name(refers_to, value)

    def _name(self, table: str, id: int) -> str:
        if (table, id) not in self._known:
            with self._project.reading() as connection:
                self._known[table, id] = exchange_queries.name_of(connection, table, id)
        return self._known[table, id]

    def place(self, table: str, row: Mapping[str, Any]) -> Place:
        """Return where a row of ours is."""
        document = row.get("document_id")
        title = self._name("document", document) if document is not None else ""
        whose = self._name("annotator", row["annotator_id"]) if "annotator_id" in row else ""
        return Place(document, title, row.get("start"), row.get("end"), whose)

    def summary(self, table: str, row: Mapping[str, Any]) -> Any:
        """Return a few words that tell which row it is."""
        if table == "annotation":
            return f"{self._name('label', row['label_id'])}: {row['quote']}"
        for column in ("name", "text", "kind", "verdict", "reliability", "role", "stance"):
            if row.get(column):
                return row[column]
        return table


def _span(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": columns["start"], "end": columns["end"], "fragments": columns["fragments"]}
