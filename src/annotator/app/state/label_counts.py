"""The number of annotations of each label in the project: counted once, then updated after each change."""

from collections import Counter

from PySide6.QtCore import QObject, QTimer, Signal

from annotator.app.state.workspace import Workspace
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.services.annotations import labels

_MAX_EDITS_COUNTED_SINGLY = 50
_WAIT = 150


class LabelCounts(QObject):
    """Annotations outside the trash by label id. Small changes update the counts; bulk changes cause a new count."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.by_label: Counter[int] = Counter()
        self._timer = QTimer(self, singleShot=True, interval=_WAIT)
        self._timer.timeout.connect(self._count)
        workspace.project_opened.connect(self._begin)
        workspace.project_closed.connect(self._begin)
        workspace.committed.connect(self._take_commit)

    def _begin(self) -> None:
        self.by_label.clear()
        self.changed.emit()
        if self._workspace.project is not None:
            # Counted after the first paint, so that opening a project does not wait for it.
            self._timer.start()

    def _count(self) -> None:
        if self._workspace.project is None:
            return
        try:
            self.by_label = Counter(labels.counts(self._workspace.project))
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))
            return
        self.changed.emit()

    def _take_commit(self, change: Change) -> None:
        edits = change.edits_of("annotation")
        if self._timer.isActive():
            return
        if change.tables() & {"document", "label"} or len(edits) > _MAX_EDITS_COUNTED_SINGLY:
            # After moves to or from the trash and large changes, counting again is faster than updating.
            self._timer.start()
            return
        for edit in edits:
            if edit.before is not None and "label_id" in edit.before:
                self.by_label[edit.before["label_id"]] -= 1
            if edit.after is not None and "label_id" in edit.after:
                self.by_label[edit.after["label_id"]] += 1
        if edits:
            self.changed.emit()
