"""Commands for labels: edit, merge, split, hide; large changes run as jobs.

Dialogs are imported when they are opened, to keep the start of the window fast.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QColorDialog, QDialog, QMenu, QStyle
from shiboken6 import isValid

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.labels.docked_views import LABELS
from annotator.app.labels.label_operations import LabelOperations
from annotator.app.reader.command_host import CommandHost
from annotator.app.state.typed_texts import Place
from annotator.app.widgets.label_swatch import swatch_icon
from annotator.app.widgets.mnemonics import window_title, with_literal_ampersands
from annotator.domain.changes import Change, new_uid
from annotator.domain.errors import AnnotatorError
from annotator.domain.labels import COLOR_NAMES, OKABE_ITO, line_patterns
from annotator.domain.records import LabelRecord
from annotator.services.annotations import labels, relabelling
from annotator.services.projects.open_project import Project

if TYPE_CHECKING:
    from annotator.app.background.jobs import Progress
    from annotator.app.labels.label_editor import LabelEditor
    from annotator.app.widgets.writing_dialog import WritingDialog

T = TypeVar("T")

_MAX_WITHOUT_JOB = 2_000
"""The number of annotations up to which a plan is made at once; more are read in a job."""

_MENU = ("labels.hide", "labels.solo", "labels.show_all", "", "labels.rename", "labels.merge", "labels.split")
_MENU_END = ("labels.remove", "", "labels.add", "labels.edit")


class LabelCommands(LabelOperations):
    """Handlers of the actions on labels, and of the requests of the legend."""

    def __init__(self, host: CommandHost) -> None:
        self._host = host
        self._workspace = host.workspace
        self._legend = host.view(LABELS)
        self._editor: LabelEditor | None = None
        self._legend.rename_requested.connect(self._rename)
        self._legend.remove_requested.connect(self.remove)
        self._legend.menu_requested.connect(self._show_menu)
        self._workspace.project_opened.connect(self._recall_filter)
        self._workspace.project_closing.connect(self._remember_filter)

    # --- hiding -------------------------------------------------------------------------------------------------------

    def labels_hide(self) -> None:
        """Hide the current label, or show it again."""
        if (label := self._label()) is not None:
            self._workspace.label_filter.toggle_hidden(label.id)

    def labels_solo(self) -> None:
        """Show the current label alone, or the others again."""
        if (label := self._label()) is not None:
            self._workspace.label_filter.toggle_solo(label.id)

    def labels_show_all(self) -> None:
        """Show all labels again."""
        self._workspace.label_filter.show_all()

    def _recall_filter(self) -> None:
        if (project := self._workspace.project) is not None:
            self._workspace.label_filter.choose(*self._host.state.label_filter(project.path))

    def _remember_filter(self) -> None:
        if (project := self._workspace.project) is not None:
            self._host.state.remember_label_filter(project.path, *self._workspace.label_filter.chosen())

    # --- the vocabulary -----------------------------------------------------------------------------------------------

    def labels_edit(self) -> None:
        """Open the label editor with the current label selected."""
        label = self._label(is_needed=False)
        self._open_editor(label.id if label else None)

    def labels_add(self) -> None:
        """Open the label editor and add a label."""
        self._open_editor(None).add()

    def labels_rename(self) -> None:
        """Start to rename the current label in the legend."""
        if (label := self._label()) is not None:
            self._host.show_view(LABELS)
            self._legend.begin_rename(label.id)

    def labels_merge(self) -> None:
        """Ask into which label to merge the current one."""
        if (label := self._label()) is not None:
            self.ask_merge([label.id])

    def labels_split(self) -> None:
        """Ask which annotations of the current label get another one."""
        if (label := self._label()) is not None:
            self.ask_split(label.id)

    def labels_remove(self) -> None:
        """Remove the current label."""
        if (label := self._label()) is not None:
            self.remove(label.id)

    def ask_merge(self, ids: Sequence[int]) -> None:
        """Ask into which label to merge these, and merge them."""
        from annotator.app.labels.merge_dialog import MergeDialog

        if self._may_write():
            MergeDialog(self._workspace, self, ids, self._host.dialog_parent).show()

    def ask_split(self, id: int) -> None:
        """Ask which annotations of a label get another one, and split the label."""
        from annotator.app.labels.split_dialog import SplitDialog

        if self._may_write():
            SplitDialog(self._workspace, self, id, self._host.dialog_parent).show()

    def _open_editor(self, label_id: int | None) -> "LabelEditor":
        from annotator.app.labels.label_editor import LabelEditor

        if self._editor is None:
            self._editor = LabelEditor(self._workspace, self, self._host.dialog_parent)
            self._editor.destroyed.connect(self._forget_editor)
        self._editor.show_label(label_id)
        self._editor.show()
        self._editor.raise_()
        self._editor.activateWindow()
        return self._editor

    def _forget_editor(self) -> None:
        self._editor = None

    def _label(self, is_needed: bool = True) -> LabelRecord | None:
        """Return the current label: that of the legend if it has the focus, or else that of the active annotation."""
        active = self._workspace.active
        current = self._legend.current_label_id()
        candidates = [current, active.label_id if active else None]
        if not self._legend.list.hasFocus():
            candidates.reverse()
        known = {label.id: label for label in self._workspace.labels}
        for id in candidates:
            if id in known:
                return known[id]
        if is_needed:
            self._workspace.notified.emit("Choose a label in the legend first.", False)
        return None

    def _rename(self, id: int, name: str) -> None:
        """Rename a label; a name that cannot be written now is kept and written later, as in the label editor."""
        if not self._may_write():
            return
        made: list[Change] = []

        def plan(project: Project) -> Change:
            made.append(labels.update(project, id, name=name))
            return made[-1]

        old = next((label.name for label in self._workspace.labels if label.id == id), "")
        place, write = Place("label", id, "name"), partial(self._workspace.write_typed, plan, new_uid())
        refused = self._workspace.typed.write(place, f"Name of the label {old}", name, write)
        if refused is None and made[-1].edits:
            self._workspace.notified.emit(made[-1].sentence, True)
        elif refused is not None and refused.is_wrong:
            # Writing it again would not help, and no field of the list shows it.
            self._workspace.typed.forget(place)
            self._workspace.error_occurred.emit(refused.problem)

    def _recolor(self, id: int, color: str) -> None:
        self.write(lambda project: labels.update(project, id, color=color))

    def remove(self, id: int) -> None:
        """Remove a label; offer to merge one that is used."""
        project = self._workspace.project
        if project is None or not self._may_write():
            return
        if labels.uses(project, [id]).annotations and len(self._workspace.labels) > 1:
            self.ask_merge([id])
        else:
            self.write(lambda project: labels.remove(project, id))

    def _may_write(self) -> bool:
        if self._workspace.read_only:
            self._workspace.notified.emit(self._workspace.notice or READ_ONLY_REASON, False)
        return not self._workspace.read_only

    # --- the menu of a label ----------------------------------------------------------------------------------------

    def _show_menu(self, label_id: int, point: QPoint) -> None:
        """Return the menu of a label of the legend."""
        label = next((label for label in self._workspace.labels if label.id == label_id), None)
        if label is None:
            return
        self._legend.list.setFocus()
        action = self._host.action
        menu = QMenu(self._host.dialog_parent)
        menu.setToolTipsVisible(True)
        use = QAction(with_literal_ampersands(f"Label as {label.name}"), menu)
        use.setEnabled(not self._workspace.read_only and self._workspace.document is not None)
        use.triggered.connect(partial(self._host.reading_commands.apply_label, label))
        menu.addAction(use)
        menu.addSeparator()
        for name in _MENU:
            menu.addAction(action(name)) if name else menu.addSeparator()
        menu.addMenu(self._color_menu(label, menu))
        for name in _MENU_END:
            menu.addAction(action(name)) if name else menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    def _color_menu(self, label: LabelRecord, parent: QMenu) -> QMenu:
        menu = QMenu("Colour", parent)
        menu.setEnabled(not self._workspace.read_only)
        pattern = line_patterns(self._workspace.labels)[label.id]
        # Icons of menus are square.
        side = menu.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        for color, name in zip(OKABE_ITO, COLOR_NAMES, strict=True):
            picture = swatch_icon(label._replace(color=color), pattern, menu, QSize(side, side))
            action = menu.addAction(picture, name.capitalize())
            action.setIconVisibleInMenu(True)
            action.setCheckable(True)
            action.setChecked(color == label.color)
            action.triggered.connect(partial(self._recolor, label.id, color))
        menu.addSeparator()
        menu.addAction("Another colour ...").triggered.connect(partial(self._ask_color, label))
        return menu

    def _ask_color(self, label: LabelRecord) -> None:
        dialog = QColorDialog(label.color, self._host.dialog_parent)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(window_title(f"Colour of {label.name}"))
        dialog.colorSelected.connect(lambda color: self._recolor(label.id, color.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, plan: Callable[[Project], Change], tell: bool = True) -> bool:
        """Plan a change and write it; report a refusal, and with ``tell`` also what was done."""
        if not self._may_write():
            return False
        change = self._workspace.attempt("Change the labels", plan)
        if change is None or not change.edits:
            return False
        if tell:
            self._workspace.notified.emit(change.sentence, True)
        return True

    def compute(
        self,
        dialog: QDialog,
        make: Callable[[], T],
        size: int,
        then: Callable[[T], None],
        refused: Callable[[str], None],
    ) -> None:
        """Make a plan that reads about ``size`` annotations, in a job if they are many.

        The result is dropped if ``dialog`` was closed meanwhile.
        """
        if size > _MAX_WITHOUT_JOB:
            self._host.jobs.run(
                "Look at the annotations",
                lambda _progress, _cancelled: make(),
                on_success=lambda made: then(made) if isValid(dialog) else None,
                on_failure=lambda sentence: refused(sentence) if isValid(dialog) else None,
            )
            return
        try:
            made = make()
        except AnnotatorError as error:
            refused(str(error))
            return
        then(made)

    def carry_out(self, plan: relabelling.Plan, dialog: "WritingDialog | None" = None) -> None:
        """Write a plan: at once, or if it changes many annotations, in a job with progress and cancel.

        ``dialog`` requested it: it closes when the plan is written, and keeps the typed text if it is refused.
        """
        workspace = self._workspace
        if workspace.project is None or not self._may_write():
            return
        if plan.annotations <= relabelling.SMALL_CHUNK:
            change = workspace.attempt(plan.title, lambda project: relabelling.change_of(project, plan), dialog)
            if change is not None:
                workspace.notified.emit(change.sentence, True)
            return

        def work(project: Project, progress: "Progress", cancelled: Callable[[], bool]) -> None:
            relabelling.carry_out(project, plan, chunk=relabelling.SMALL_CHUNK, progress=progress, cancelled=cancelled)

        def tell(sentence: str) -> None:
            project = workspace.project
            workspace.notified.emit(sentence, project is not None and project.undo_title == plan.title)

        workspace.write_as_job(
            plan.title,
            work,
            lambda _: tell(f"{plan.title}."),
            on_cancel=lambda: tell(f"{plan.title}: cancelled."),
            dialog=dialog,
        )
