"""What screen readers say by themselves, when something happened that they cannot see."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.wording import counted, elided, grades_in_words

_QUOTE = 60


def announce(about: QObject, sentence: str) -> None:
    """Have a screen reader say a sentence; without one nothing happens."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(about, sentence))


class Announcements(QObject):
    """Announces what a key has done to an annotation, as that is only painted.

    What a toast tells, such as an undo or a removal, is announced by the toast.
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
        edits = [edit for edit in change.edits if edit.table == "annotation"]
        kept = [edit for edit in edits if edit.after is not None]
        # A removal by itself is told in a toast.
        if not kept:
            return
        found = self._workspace.reading.annotations.get(kept[0].id)
        if len(edits) > 1 or found is None:
            announce(self._window, f"{change.title}: {counted(len(edits), 'annotation')}.")
            return
        now = (found.label, grades_in_words(found)) if kept[0].before is not None else ()
        quote = f"“{elided(found.shown_quote, _QUOTE)}”"
        announce(self._window, f"{change.title}: {', '.join(part for part in (*now, quote) if part)}.")
