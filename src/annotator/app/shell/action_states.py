"""The state of the actions of the window: whether they are possible now, and the names in their titles."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from annotator.app.actions.action_spec import Context
from annotator.app.actions.enabling import disable, enable
from annotator.app.actions.registry import Actions
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.domain.records import LabelRecord


class ActionStates:
    """Updates the actions of the window from the workspace."""

    def __init__(self, actions: Actions, workspace: Workspace) -> None:
        self._actions = actions
        self._workspace = workspace
        self._enabled: tuple[Context, bool, tuple[LabelRecord, ...]] | None = None

    def show_undo_titles(self) -> None:
        """Show in the titles of Undo and Redo which step they act on."""
        project = self._workspace.project
        self._show_step("edit.undo", "Undo", None if project is None else project.undo_title)
        self._show_step("edit.redo", "Redo", None if project is None else project.redo_title)

    def _show_step(self, id: str, verb: str, title: str | None) -> None:
        words = f"{verb} {title[0].lower()}{title[1:]}" if title else verb
        self._actions[id].setText(with_literal_ampersands(words))

    def update(self) -> None:
        """Enable the possible actions, and name the labels in the actions of their keys."""
        workspace = self._workspace
        # All 200 actions with their tool tips take 5 ms, and the active annotation changes at every key press.
        state = (_context(workspace), workspace.read_only, tuple(workspace.labels))
        if state == self._enabled:
            return
        self._enabled = state
        enable(self._actions, state[0], workspace.read_only)
        taken = {label.key for label in workspace.labels}
        for digit in range(1, 10):
            action = self._actions[f"annotate.label.{digit}"]
            name = next((label.name for label in workspace.labels if label.key == digit), "")
            action.setText(with_literal_ampersands(f"Label as {name}" if name else f"Label {digit}"))
            action.setVisible(digit in taken or workspace.project is None)
            if digit not in taken:
                disable(action, "No label has this key.")

    def show_text_menu(self, point: QPoint, parent: QWidget) -> None:
        """Show the context menu of the text: what is possible with the active annotation or suggestion."""
        menu = QMenu(parent)
        is_suggestion = self._workspace.suggestions.active is not None
        ids = ["suggest.accept", "suggest.correct", "suggest.reject"] if is_suggestion else []
        ids += [f"annotate.label.{digit}" for digit in range(1, 10)]
        ids += ["annotate.source", "annotate.note", "annotate.set_cue", "annotate.set_mention"]
        ids += ["annotate.add_fragment"]
        active = self._workspace.active
        if active is not None and len(active.fragments) > 1:
            ids += ["annotate.remove_fragment"]
        ids += ["annotate.split", "annotate.join", "annotate.repeat", "grade.copy", "grade.paste"]
        ids += ["annotate.delete", "edit.copy"]
        menu.addActions([self._actions[id] for id in ids if self._actions[id].isEnabled()])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(point)


def _context(workspace: Workspace) -> Context:
    """Return which context the workspace has: whether a project, document and annotation are there."""
    if workspace.project is None:
        return Context.ALWAYS
    if workspace.document is None:
        return Context.PROJECT
    return Context.DOCUMENT if workspace.active is None else Context.ANNOTATION
