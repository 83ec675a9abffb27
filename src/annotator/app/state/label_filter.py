"""Which labels are shown: some may be hidden, or a few be shown alone. Nothing in the file changes."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from annotator.app.state.workspace_state import WorkspaceState
from annotator.domain.label_tree import above, below


class LabelFilter(QObject):
    """Labels that are hidden, and labels that are shown alone (solo). Nested labels follow the label above them.

    The active annotation is never hidden: when one becomes active, by a jump or because it was just made, its label is
    shown again.
    """

    changed = Signal()
    """The set of hidden labels changed."""

    def __init__(self, workspace: WorkspaceState) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._hidden: frozenset[int] = frozenset()
        self._solo: frozenset[int] = frozenset()
        self._hidden_ids: frozenset[int] = frozenset()
        workspace.project_closed.connect(self.show_all)
        workspace.vocabulary_changed.connect(self._find_hidden)
        workspace.active_changed.connect(self._show_active)

    @property
    def hidden_ids(self) -> frozenset[int]:
        """The ids of all labels that are not shown, hidden or excluded by labels shown alone."""
        return self._hidden_ids

    def is_hidden(self, label_id: int) -> bool:
        return label_id in self._hidden_ids

    def is_solo(self, label_id: int) -> bool:
        """Return whether this label itself is shown alone."""
        return label_id in self._solo

    def chosen(self) -> tuple[list[int], list[int]]:
        """Return the ids of the hidden labels and of those shown alone, to be stored."""
        return sorted(self._hidden), sorted(self._solo)

    def choose(self, hidden: Iterable[int], solo: Iterable[int]) -> None:
        """Hide these labels, and show those alone."""
        known = {label.id for label in self._workspace.labels}
        self._set(frozenset(hidden) & known, frozenset(solo) & known)

    def toggle_hidden(self, label_id: int) -> None:
        """Hide a label, or show it again."""
        if self.is_hidden(label_id):
            self.show_label(label_id)
        else:
            self._set(self._hidden | {label_id}, self._solo - {label_id})

    def toggle_solo(self, label_id: int) -> None:
        """Show a label alone, beside others that are shown alone; or undo that."""
        if self.is_solo(label_id):
            self._set(self._hidden, self._solo - {label_id})
        else:
            self._set(self._hidden - self._family(label_id), self._solo | {label_id})

    def show_label(self, label_id: int) -> None:
        """Show a hidden label again; if others are shown alone, show it beside them."""
        solo = self._solo | {label_id} if self._solo else self._solo
        self._set(self._hidden - {label_id} - set(above(self._workspace.labels, label_id)), solo)

    def show_all(self) -> None:
        self._set(frozenset(), frozenset())

    def _family(self, label_id: int) -> set[int]:
        return {label_id, *above(self._workspace.labels, label_id)}

    def _set(self, hidden: frozenset[int], solo: frozenset[int]) -> None:
        self._hidden, self._solo = hidden, solo
        self._find_hidden()

    def _find_hidden(self) -> None:
        labels = self._workspace.labels
        known = {label.id for label in labels}
        # The ids of removed labels are kept, because undo may restore the label.
        hidden = {id for chosen in self._hidden & known for id in below(labels, chosen)}
        if solo := self._solo & known:
            hidden |= known - {id for chosen in solo for id in below(labels, chosen)}
        if hidden == self._hidden_ids:
            return
        self._hidden_ids = frozenset(hidden)
        for reading in self._workspace.readings:
            if reading.active is not None and reading.active.label_id in hidden:
                reading.set_active(None)
        self.changed.emit()

    def _show_active(self) -> None:
        active = self._workspace.active
        if active is not None and active.label_id in self._hidden_ids:
            self.show_label(active.label_id)
            self._workspace.notified.emit(f"The label {active.label!r} is shown again.", False)
