"""The suggestions without an answer: which are shown, in what order, and which is active.

In the reading view a suggestion has its id negated, so that it cannot be confused with an annotation.
"""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.app.state.label_filter import LabelFilter
from annotator.app.state.workspace_state import WorkspaceState
from annotator.domain.changes import Change
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import SuggestionRecord

LEAST = 0.5
"""The default minimum score of suggestions shown: below it are the outlet's own plain statements."""

MOST = 1_000
"""The maximum number of listed suggestions; more follow when some of them have been answered."""

MOST_COUNTED = 5_000
"""The highest number that is counted exactly; a higher one is shown as "more"."""

_MAX_SHOWN_WITHOUT_DELAY = 1_000
"""Suggestions of a document above which they are read again only after ``_READ_DELAY``."""

_READ_DELAY = 400
"""Milliseconds after a change before the many suggestions of a document are read again."""

_MAX_DOCUMENTS_READ_SINGLY = 20
"""Up to this number of documents in a change, only the listed suggestions of these documents are read again."""

ORDERS = ("place", "least sure", "surest")
"""The orders of the queue: by place in the text, most informative answer first, or easiest answer first."""

_EVERYTHING = frozenset({"suggestion_run", "document", "label"})
_TABLES = _EVERYTHING | {"annotation", "answer"}

_KEYS: dict[str, Callable[[SuggestionRecord], tuple[float, ...]]] = {
    "place": lambda one: (one.document_id, one.start, -one.end, one.id),
    "least sure": lambda one: (abs(one.score - 0.5), one.id),
    "surest": lambda one: (-one.score, -one.id),
}


class Suggestions(QObject):
    """The suggestions of the open project. After each write they are read again once the window has painted."""

    changed = Signal()
    """The unanswered suggestions changed, or the choice of those shown."""
    active_changed = Signal()
    """Another suggestion is active, or none."""

    def __init__(self, workspace: WorkspaceState, label_filter: LabelFilter) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._label_filter = label_filter
        self.least = LEAST
        self.is_shown = True
        self.order = ORDERS[0]
        self.is_project_wide = False
        self.active: SuggestionRecord | None = None
        self._of: dict[int, dict[int, SuggestionRecord]] = {}
        self._queue: list[SuggestionRecord] | None = None
        self._touched: set[int] | None = set()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._read_again)
        workspace.project_opened.connect(self._forget)
        workspace.project_closed.connect(self._forget)
        workspace.document_opened.connect(self._on_document)
        workspace.active_changed.connect(self._on_annotation)
        workspace.committed.connect(self._on_committed)

    # --- queries ------------------------------------------------------------------------------------------------------

    def of(self, document_id: int) -> dict[int, SuggestionRecord]:
        """Return the suggestions shown in the text of a document, by their negative id there."""
        if document_id not in self._of:
            found = self._listed(SuggestionBounds((document_id,), self.least), "place") if self.is_shown else []
            self._of[document_id] = {-one.id: one for one in found}
        return self._of[document_id]

    def queue(self) -> list[SuggestionRecord]:
        """Return the listed suggestions of document or project in order, at most MOST. Do not change the list."""
        if self._queue is None:
            document = self._workspace.document
            is_nowhere = document is None and not self.is_project_wide
            ids = None if self.is_project_wide or document is None else (document.id,)
            self._queue = [] if is_nowhere else self._listed(SuggestionBounds(ids, self.least), self.order, MOST)
        return self._queue

    def counts(self) -> tuple[int, int]:
        """Count the unanswered suggestions of sufficient score in document and project, up to MOST_COUNTED each."""
        project, document = self._workspace.project, self._workspace.document
        if project is None:
            return 0, 0
        everywhere = project.read.suggestions.count(SuggestionBounds(None, self.least), MOST_COUNTED)
        here = () if document is None else (document.id,)
        return project.read.suggestions.count(SuggestionBounds(here, self.least), MOST_COUNTED), everywhere

    def _listed(self, bounds: SuggestionBounds, order: str, limit: int = -1) -> list[SuggestionRecord]:
        project = self._workspace.project
        if project is None:
            return []
        try:
            return project.read.suggestions.open(bounds, by=order, limit=limit)
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))
            return []

    def _put_in_queue(self, document_ids: set[int]) -> None:
        """Update the queue for a few documents: reading the queue of a large project again takes long."""
        wanted = tuple(id for id in document_ids if self.is_project_wide or self._is_here(id))
        anew = self._listed(SuggestionBounds(wanted, self.least), "place") if wanted else []
        kept = [one for one in self.queue() if one.document_id not in document_ids]
        self._queue = sorted([*kept, *anew], key=_KEYS[self.order])[:MOST]

    def _is_here(self, document_id: int) -> bool:
        return self._workspace.document is not None and self._workspace.document.id == document_id

    # --- choices ------------------------------------------------------------------------------------------------------

    def choose(
        self,
        *,
        least: float | None = None,
        is_shown: bool | None = None,
        order: str | None = None,
        is_project_wide: bool | None = None,
    ) -> None:
        """Change which suggestions are shown or their order; arguments not given keep their value."""
        self.least = self.least if least is None else least
        self.is_shown = self.is_shown if is_shown is None else is_shown
        self.order = self.order if order is None else order
        self.is_project_wide = self.is_project_wide if is_project_wide is None else is_project_wide
        self._touched = None
        self._read_again()

    def set_active(self, one: SuggestionRecord | None) -> None:
        """Make a suggestion active and no annotation, so that a key has only one possible target."""
        if one == self.active:
            return
        self.active = one
        if one is not None:
            self._workspace.set_active(None)
        self.active_changed.emit()

    def beyond(self, forward: bool = True) -> SuggestionRecord | None:
        """Return the suggestion after or before the active one in the queue; None if there is none.

        Without an active one, return the first of the queue.
        """
        is_hidden = self._label_filter.is_hidden
        queue = [one for one in self.queue() if not is_hidden(one.label_id)]
        ids = [one.id for one in queue]
        if self.active is None or self.active.id not in ids:
            return next(iter(queue if forward else reversed(queue)), None)
        place = ids.index(self.active.id) + (1 if forward else -1)
        return queue[place] if 0 <= place < len(queue) else None

    def take_out(self, answered: Iterable[SuggestionRecord]) -> None:
        """Remove answered suggestions from the view; all are read again after the next paint."""
        gone = {one.id for one in answered}
        for shown in self._of.values():
            for id in gone:
                shown.pop(-id, None)
        if self._queue is not None:
            self._queue = [one for one in self._queue if one.id not in gone]
        if self.active is not None and self.active.id in gone:
            self.set_active(None)
        self.changed.emit()

    # --- events -------------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._of.clear()
        self._queue = None
        self.set_active(None)
        self.changed.emit()

    def _on_document(self) -> None:
        document = self._workspace.document
        opened = {reading.document.id for reading in self._workspace.readings if reading.document is not None}
        self._of = {id: found for id, found in self._of.items() if id in opened}
        if not self.is_project_wide:
            self._queue = None
        if self.active is not None and (document is None or document.id != self.active.document_id):
            self.set_active(None)
        self.changed.emit()

    def _on_annotation(self) -> None:
        if self._workspace.active_id is not None:
            self.set_active(None)

    def _on_committed(self, change: Change) -> None:
        touched = change.tables()
        if not touched & _TABLES:
            return
        if touched & _EVERYTHING:
            self._touched = None
        elif self._touched is not None:
            rows = (edit.before or edit.after or {} for edit in change.edits if edit.table in _TABLES)
            ids: set[Any] = {row.get("document_id") for row in rows}
            # An edit that changes a row may lack the id of its document.
            self._touched = None if None in ids else self._touched | ids
        # Reading thousands of them would delay a key press, so they are read after a pause in typing.
        is_large = any(len(shown) > _MAX_SHOWN_WITHOUT_DELAY for shown in self._of.values())
        self._later.start(_READ_DELAY if is_large else 0)

    def _read_again(self) -> None:
        self._later.stop()
        touched, self._touched = self._touched, set()
        if touched is None or len(touched) > _MAX_DOCUMENTS_READ_SINGLY or self._queue is None:
            self._queue = None
        else:
            self._put_in_queue(touched)
        self._of.clear()
        active = self.active
        if active is not None and active not in self.of(active.document_id).values():
            self.set_active(None)
        self.changed.emit()
