"""Announcements for screen readers about changes that are only painted."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.wording import counted, elided, grades_in_words

_QUOTE = 60


def announce(about: QObject, sentence: str) -> None:
    """Make a screen reader read a sentence; without a screen reader nothing happens."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(about, sentence))


class Announcements(QObject):
    """Announces changes of annotations, which are only painted in the text.

    Changes reported in a toast, such as an undo or a removal, are announced by the toast.
    """

    def __init__(self, window: QObject, workspace: Workspace) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        workspace.performed.connect(self._on_performed)
        workspace.suggestions.active_changed.connect(self._on_suggestion)

    def _on_suggestion(self) -> None:
        one = self._workspace.suggestions.active
        if one is not None:
            quote = f"“{elided(one.shown_quote, _QUOTE)}”"
            announce(self._window, f"Suggested: {one.label}, score {one.score:.2f}, {quote}, {one.reason}.")

    def _on_performed(self, change: Change) -> None:
        edits = change.edits_of("annotation")
        kept = [edit for edit in edits if edit.after is not None]
        # A removal alone is reported in a toast.
        if not kept:
            return
        found = self._workspace.reading.annotations.get(kept[0].id)
        if len(edits) > 1 or found is None:
            announce(self._window, f"{change.title}: {counted(len(edits), 'annotation')}.")
            return
        now = (found.label, grades_in_words(found)) if kept[0].before is not None else ()
        quote = f"“{elided(found.shown_quote, _QUOTE)}”"
        announce(self._window, f"{change.title}: {', '.join(part for part in (*now, quote) if part)}.")
