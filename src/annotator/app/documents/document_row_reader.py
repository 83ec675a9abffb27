"""Keeps the rows of the list of documents up to date with the project."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.records.record_table import RecordTable
from annotator.domain.changes import Change

REREAD_INTERVAL = 0.25
"""Minimum seconds between two reads of the whole list, so that a large import does not read it after every chunk."""

_COUNT_INTERVAL = 0.1
"""Minimum seconds between two reads of rows already shown, for example of counts during a bulk annotation."""

_ROWS_PER_BATCH = 250
"""Rows per read; with their counts they take some milliseconds."""


class DocumentRowReader(QObject):
    """Reads documents into a table: all of them, or those that have changed, a batch at a time."""

    about_to_read = Signal()
    """All rows are read next: a search has to be repeated now."""

    rows_changed = Signal()
    """Rows were read."""

    def __init__(self, workspace: Workspace, table: RecordTable, parent: QObject) -> None:
        super().__init__(parent)
        self.is_trash_shown = False
        """Whether the documents in the trash are read instead of the others."""
        self.is_searching = False
        """Whether only documents that match words are shown."""
        self._workspace = workspace
        self._table = table
        self._last_id = 0
        self._changed: set[int] = set()
        self._all_read_at = self._batch_read_at = 0.0
        self._batch_timer = self._timer(self._read_batch)
        self._all_timer = self._timer(self.read_all)
        workspace.documents_changed.connect(self._on_documents_changed)
        workspace.committed.connect(self._on_committed)

    def read_all(self) -> None:
        """Read all rows now."""
        self._all_timer.stop()
        self.about_to_read.emit()
        self._changed.clear()
        rows = self._workspace.document_rows(trashed=self.is_trash_shown)
        self._last_id = rows[-1].id if rows else 0
        self._table.set_records(rows)
        self._all_read_at = time.monotonic()
        self.rows_changed.emit()

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True)
        timer.timeout.connect(call)
        return timer

    def _read_all_soon(self) -> None:
        """Read all rows, immediately unless they have just been read."""
        since = time.monotonic() - self._all_read_at
        if since >= REREAD_INTERVAL:
            self.read_all()
        elif not self._all_timer.isActive():
            self._all_timer.start(round((REREAD_INTERVAL - since) * 1000) + 1)

    def _on_documents_changed(self, ids: Sequence[int] | None) -> None:
        if ids is None or self._workspace.project is None or self.is_trash_shown:
            self._read_all_soon()
            return
        self._changed.update(ids)
        are_known = all(self._table.records.record(id) is not None for id in ids)
        last, interval = (self._batch_read_at, _COUNT_INTERVAL) if are_known else (self._all_read_at, REREAD_INTERVAL)
        since = time.monotonic() - last
        if since >= interval and len(self._changed) <= _ROWS_PER_BATCH:
            self._read_batch()
        elif not self._batch_timer.isActive():
            self._batch_timer.start(max(0, round((interval - since) * 1000)) + 1)

    def _read_batch(self) -> None:
        """Update the rows of changed documents; an import adds some dozens at a time."""
        project, ids = self._workspace.project, sorted(self._changed)[:_ROWS_PER_BATCH]
        self._changed.difference_update(ids)
        if self._changed:
            self._batch_timer.start(0)
        if project is None or not ids:
            return
        self._batch_read_at = time.monotonic()
        rows = project.read.documents.rows_of(ids)
        model = self._table.records
        new = [row for row in rows if model.record(row.id) is None]
        if new and self.is_searching:
            # Only the full-text index can tell whether they match the search.
            self._read_all_soon()
            return
        if new and model.is_plain and new[0].id > self._last_id:
            # Reading all of 10,000 documents again, or painting the list at every chunk, would block the window.
            model.extend(new)
        if new:
            self._last_id = max(self._last_id, new[-1].id)
            self._all_read_at = time.monotonic()
        self._table.put(rows)
        self._table.drop(set(ids) - {row.id for row in rows})
        self.rows_changed.emit()

    def _on_committed(self, change: Change) -> None:
        if any(edit.table == "source" and edit.before and "name" in (edit.after or {}) for edit in change.edits):
            self._read_all_soon()
