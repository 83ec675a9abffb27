"""The rows of a chunk that are planned and not written yet, and what a new row needs: an id, a uid, names as ids."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Edit, new_uid, now
from annotator.domain.dates import utc_time
from annotator.domain.wording import counted, elided
from annotator.services.imports.known import Known
from annotator.services.imports.report import ImportReport
from annotator.store.rows import ORDER

_RANKS = {table: rank for rank, table in enumerate(ORDER)}


class PlannedRows:
    """Collects planned rows, in the order in which they may be written."""

    def __init__(self, known: Known, report: ImportReport, next_ids: Callable[[str, int], Sequence[int]]) -> None:
        """``next_ids``: gives ids of new rows of a table, never used before."""
        self.known = known
        self.report = report
        self.moment = now()
        """When the import began: the time of rows whose file states none."""
        self._unread_times = 0
        self._first_unread_time = ""
        self._next_ids = next_ids
        self._edits: list[Edit] = []
        self._texts: list[Edit] = []
        self._annotators: list[Edit] = []
        self._ids: dict[str, deque[int]] = {}
        """Ids of new rows by table: to ask for them one by one takes longer than all else about a row."""
        self._named_only: dict[str, int] = {}
        """Sources that were only named so far, and the place of their edit among ``_edits``."""

    # --- rows ---------------------------------------------------------------------------------------------------------

    def add(self, table: str, values: dict[str, Any]) -> int:
        """Add a row and count it; return its id."""
        id = self._new_id(table)
        self._edits.append(Edit(table, id, None, values))
        self.report.rows[table] += 1
        return id

    def add_document(self, text: str, values: dict[str, Any]) -> int:
        """Add a document with its text; return its id."""
        id = self.add("document", values)
        self._texts.append(Edit("document_text", id, None, {"text": text}))
        return id

    def change(self, edit: Edit) -> None:
        """Add an edit of a row that is planned already."""
        self._edits.append(edit)

    def reserve(self, table: str, count: int) -> None:
        """Reserve ids for ``count`` rows of a table; those that are left over serve later rows."""
        reserved = self._ids.setdefault(table, deque())
        if (missing := count - len(reserved)) > 0:
            reserved.extend(self._next_ids(table, missing))

    def _new_id(self, table: str) -> int:
        reserved = self._ids.get(table)
        return reserved.popleft() if reserved else self._next_ids(table, 1)[0]

    def take(self) -> tuple[list[Edit], list[Edit]]:
        """Return the new annotators and all other edits, and forget them.

        Rows of one table in a row are written at once; each table comes after those that it refers to.
        """
        annotators, self._annotators = self._annotators, []
        edits = sorted(self._texts + self._edits, key=lambda edit: _RANKS[edit.table])
        self._texts, self._edits = [], []
        self._named_only.clear()
        return annotators, edits

    def refuse(self, path: Path | None, place: str, reason: str) -> None:
        """List what is not imported."""
        self.report.refuse(path, place, reason)

    # --- times --------------------------------------------------------------------------------------------------------

    def time_of(self, stated: str, default: str = "") -> str:
        """Return a time that a file states, in UTC, as a row holds it.

        Where it states none, ``default`` or else the time of the import is returned; for a text that is no time, the
        time of the import, and the text is counted.
        """
        if not stated.strip():
            return default or self.moment
        found = utc_time(stated)
        if not found:
            self._first_unread_time = self._first_unread_time or stated
            self._unread_times += 1
        return found or self.moment

    def unread_times(self) -> list[str]:
        """Return one plain sentence on the texts that were stated as times and are none; nothing without any."""
        if not self._unread_times:
            return []
        count, first = counted(self._unread_times, "time"), elided(one_line(self._first_unread_time), 60)
        return [f"{count} could not be read, such as “{first}”: the time of the import is stored instead."]

    # --- names --------------------------------------------------------------------------------------------------------

    def annotator(self, name: str) -> int:
        """Return the id of the annotator of that name in the present file, who is made where there is none."""
        name = one_line(name)
        if not name:
            return self.known.annotator_id
        id, uid = self.known.file_annotators.get(name, (0, ""))
        if id:
            return id
        if name not in self.known.annotators:
            values = {"uid": self.known.free_uid("annotator", uid), "name": name, "created_at": self.moment}
            (id,) = self._next_ids("annotator", 1)
            self._annotators.append(Edit("annotator", id, None, values))
            self.known.annotators[name] = id
            self.known.annotator_names[id] = name
        return self.known.annotators[name]

    def source(self, name: str, kind: str) -> int | None:
        """Return the id of the source with that name or alias, made where there is none; None without a name.

        ``kind``: what it is where it has to be made.
        """
        key = one_line(name).casefold()
        if not key:
            return None
        return self.known.source(key) or self.source_called(name, kind)

    def source_called(self, name: str, kind: str) -> int:
        """Return the id of the source with exactly that name, which is made where there is none."""
        name = one_line(name)
        key = name.casefold()
        if key not in self.known.sources:
            self._named_only[key] = len(self._edits)
            self.known.sources[key] = self.add("source", {"uid": new_uid(), "name": name, "kind": kind})
        return self.known.sources[key]

    def is_named_only(self, key: str) -> bool:
        """Return whether a source of this name, in lower case, was made in this chunk because others name it."""
        return key in self._named_only

    def add_named_source(self, key: str, values: dict[str, Any]) -> int:
        """Give a source that was only named its values; return its id.

        What it is part of may have been planned after it, so those columns are written at the end.
        """
        id = self.known.sources[key]
        later = {column: values[column] for column in ("parent_id", "owner_id") if values[column] is not None}
        self._edits[self._named_only.pop(key)] = Edit("source", id, None, {**values, **dict.fromkeys(later)})
        if later:
            self._edits.append(Edit("source", id, dict.fromkeys(later), later))
        return id
