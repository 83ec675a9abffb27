"""Collect in what a file of a colleague differs from the project. ``exchange`` decides about it and writes.

Rows are known by their uids and by nothing else. What differs is listed field by field; what the colleague removed
is listed too. Nothing here asks the project, but for what was removed from it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from annotator.domain.comparison import Difference, Side, compare
from annotator.domain.dates import utc_time
from annotator.domain.records import RemovedRow
from annotator.formats.base import IncomingState
from annotator.services.imports.differences import (
    NOWHERE,
    REMOVED_HERE,
    RESTORED,
    Comparison,
    ListedDifference,
    MissingAnnotation,
    Place,
)
from annotator.store.queries.exchange_queries import GONE, Removal, shortened

_PENDING_ROWS = 20_000
"""Differing rows that are kept until their past is looked up in the log."""


class PendingRow(NamedTuple):
    """A row that differs from that of a file, about which nothing is decided yet.

    ``changed_at``: when theirs was changed last; where their row has no time, when their project was.
    """

    table: str
    row: Mapping[str, Any]
    difference: Difference
    changed_at: str
    place: Place


class FileComparison:
    """Compares one file after the other with rows of the project, and keeps what differs until it is taken."""

    def __init__(self, found: Comparison, removals: Callable[[], Iterable[Removal]], *, update: bool) -> None:
        """``removals``: asked for the rows that somebody removed here. ``update``: take over what is newer there."""
        self.found = found
        self.update = update
        self.common = 0
        """The number of the last log entry that both projects hold."""
        self._ask_removals = removals
        self._state: IncomingState | None = None
        self._pending: list[PendingRow] = []
        self._removals_here: dict[tuple[str, str], Removal] | None = None
        """The rows that somebody removed here; None until they are asked for, and after more were removed."""
        self._removed_there: set[tuple[str, str]] = set()
        self._left: set[tuple[str, str]] = set()

    @property
    def is_on(self) -> bool:
        """Whether the present file can be compared: only the native format holds every field of a row."""
        return self._state is not None

    @property
    def is_whole(self) -> bool:
        """Whether the present file claims to hold its documents with all their annotations."""
        return self._state is not None and self._state.is_whole

    @property
    def removed_there(self) -> tuple[RemovedRow, ...]:
        """The rows that the present file names as removed."""
        return self._state.removed if self._state is not None else ()

    def begin(self, state: IncomingState, common: int) -> None:
        """Compare what comes from now on as what a file of this state holds."""
        # Of what is no time it is not known that it is newer than ours: it becomes empty.
        removed = tuple(one._replace(at=utc_time(one.at)) for one in state.removed)
        self._state = replace(state, exported_at=utc_time(state.exported_at), removed=removed)
        self.common = common
        self._removed_there = {(one.table, one.uid) for one in state.removed}
        # What was left before both projects parted is left in ours too.
        self._left = {
            (one.uid, shortened(utc_time(one.state) or one.state)) for one in state.undone if one.number > common
        }

    def end(self) -> None:
        """Compare nothing until the next file begins."""
        self._state = None
        self.common = 0
        self._removed_there = set()

    def compare(
        self,
        table: str,
        ours: Mapping[str, Any] | None,
        theirs: Mapping[str, Any],
        place: Place = NOWHERE,
        changed_at: str = "",
    ) -> None:
        """Compare two versions of a row, if there is one of ours. ``changed_at``: when theirs was changed last."""
        if self._state is None or ours is None:
            return
        self.found.compared += 1
        difference = compare(table, ours, theirs)
        if difference:
            changed_at = utc_time(changed_at) or self._state.exported_at
            self._pending.append(PendingRow(table, ours, difference, changed_at, place))

    def is_full(self) -> bool:
        """Return whether so many rows differ that it is time to decide about them."""
        return len(self._pending) >= _PENDING_ROWS

    def take_pending(self) -> list[PendingRow]:
        """Return the rows about which nothing is decided yet, and forget them."""
        pending, self._pending = self._pending, []
        return pending

    def was_undone_there(self, uid: str, state: str) -> bool:
        """Return whether the colleague left this state of a row for an earlier one, which ours does not know."""
        return (uid, state) in self._left

    def missing(self, row: Mapping[str, Any], whose: str) -> None:
        """Note that the file lacks an annotation of a document that it holds whole."""
        if ("annotation", row["uid"]) in self._removed_there:
            return
        self.found.add_missing(MissingAnnotation(row["uid"], row["document_id"], whose))

    def was_removed_here(self, table: str, uid: str) -> bool:
        """Return whether somebody removed a row of this uid here, and it is gone."""
        return self._state is not None and (table, uid) in self._removed_here()

    def forget_removals(self) -> None:
        """Ask again what was removed here: more was."""
        self._removals_here = None

    def _removed_here(self) -> dict[tuple[str, str], Removal]:
        if self._removals_here is None:
            self._removals_here = {(one.row.table, one.row.uid): one for one in self._ask_removals()}
        return self._removals_here

    def is_kept_removed(self, table: str, uid: str, shown: Any, place: Place, changed_at: str = "") -> bool:
        """Return whether a row of the file was removed here and stays so; it is listed in any case."""
        if not self.was_removed_here(table, uid):
            return False
        ours = self._removed_here()[table, uid]
        # A removal that they had too, and that was taken back there.
        is_restored = self.was_undone_there(uid, GONE) and (ours.is_taken or ours.number <= self.common)
        side: Side = "theirs" if is_restored or utc_time(changed_at) > ours.row.at else "ours"
        is_taken = self.update and side == "theirs"
        if is_taken:
            del self._removed_here()[table, uid]
        self.found.rows[RESTORED if is_taken else REMOVED_HERE, table] += 1
        where = place.whose, *place[:4]
        self.found.add(ListedDifference(table, uid, REMOVED_HERE, "", None, shown, *where, side, False, is_taken))
        return not is_taken
