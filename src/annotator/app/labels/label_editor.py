"""The label editor: a tree to order and nest labels, the fields of one label, and a check of the colours.

Each change is written at once and can be undone.
"""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.labels.label_fields import LabelFields
from annotator.app.labels.label_operations import LabelOperations
from annotator.app.labels.label_tree_view import PLACES_BY_KEY, LabelTree
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.label_tree import Place
from annotator.domain.labels import free_key
from annotator.domain.records import LabelRecord
from annotator.services.annotations import labels
from annotator.services.projects.open_project import Project


class LabelEditor(QDialog):
    """Adds, changes, orders, nests, merges, splits and removes labels."""

    _is_built = False

    def __init__(self, workspace: Workspace, commands: LabelOperations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelEditor")
        self.setWindowTitle("Labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._commands = commands
        self._counts: dict[int, int] = {}
        self.tree = LabelTree(workspace, self)
        self.fields = LabelFields(workspace, self)
        self.message = TextLabel(self)
        self.message.setObjectName("labelMessage")
        self.message.setWordWrap(True)
        self.message.hide()
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        self._build_moves()
        self._build_buttons()
        self._lay_out()
        self._connect()
        self._take_vocabulary()
        size_for_font(self, 860, 680)
        self._is_built = True

    def show_label(self, label_id: int | None) -> None:
        """Select a label; None keeps the selection."""
        if label_id is not None:
            self.tree.choose(label_id)
        self.tree.setFocus()

    # Building

    def _build_moves(self) -> None:
        self.moves: dict[Qt.Key, QToolButton] = {}
        for key, arrow, words in (
            (Qt.Key.Key_Up, Qt.ArrowType.UpArrow, "Up"),
            (Qt.Key.Key_Down, Qt.ArrowType.DownArrow, "Down"),
            (Qt.Key.Key_Left, Qt.ArrowType.LeftArrow, "Out of the label that it is nested under"),
            (Qt.Key.Key_Right, Qt.ArrowType.RightArrow, "Under the label before it"),
        ):
            button = QToolButton(self)
            button.setArrowType(arrow)
            button.setObjectName(f"move.{key.name.removeprefix('Key_')}")
            button.setAccessibleName(f"Move: {words.lower()}")
            button.setToolTip(tool_tip(f"{words} (Alt+{key.name.removeprefix('Key_')})"))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self.tree.move_chosen, key))
            self.moves[key] = button

    def _build_buttons(self) -> None:
        self.add_button, self.merge_button, self.split_button, self.remove_button = (
            QPushButton(text, self) for text in ("Add", "Merge into ...", "Split ...", "Remove")
        )
        for push, name, image in (
            (self.add_button, "addLabel", "add"),
            (self.merge_button, "mergeLabel", "merge"),
            (self.split_button, "splitLabel", "split"),
            (self.remove_button, "removeLabel", "trash"),
        ):
            push.setObjectName(name)
            push.setIcon(icon(image))
        for push in self.findChildren(QPushButton):
            push.setAutoDefault(False)

    def _lay_out(self) -> None:
        panes = QSplitter(Qt.Orientation.Horizontal, self)
        panes.addWidget(self._tree_pane())
        panes.addWidget(self._fields_pane())
        panes.setStretchFactor(0, 2)
        panes.setStretchFactor(1, 3)
        panes.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(panes, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.buttons)

    def _tree_pane(self) -> QWidget:
        moves = QHBoxLayout()
        moves.addWidget(self.add_button)
        moves.addStretch(1)
        for button in self.moves.values():
            moves.addWidget(button)
        bulk = QWidget(self)
        flow = FlowLayout(bulk, spacing=6)
        for push in (self.merge_button, self.split_button, self.remove_button):
            flow.addWidget(push)
        pane = QWidget(self)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.tree, 1)
        column.addLayout(moves)
        column.addWidget(bulk)
        return pane

    def _fields_pane(self) -> QScrollArea:
        # In a small window the fields scroll instead of overlapping.
        area = self._fields_area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.fields)
        self.fields.installEventFilter(self)
        return area

    def _connect(self) -> None:
        workspace = self._workspace
        self.tree.currentItemChanged.connect(self._on_chosen)
        self.tree.place_requested.connect(self._place)
        self.tree.remove_pressed.connect(self._remove)
        self.fields.problem_changed.connect(self._say)
        self.add_button.clicked.connect(self.add)
        self.merge_button.clicked.connect(self._merge)
        self.split_button.clicked.connect(self._split)
        self.remove_button.clicked.connect(self._remove)
        self.buttons.rejected.connect(self.reject)
        workspace.error_occurred.connect(self._say)
        workspace.vocabulary_changed.connect(self._take_vocabulary)
        workspace.project_closed.connect(self.reject)

    # Showing

    def _label(self) -> LabelRecord | None:
        id = self.tree.chosen()
        return next((label for label in self._workspace.labels if label.id == id), None)

    def _take_vocabulary(self) -> None:
        project = self._workspace.project
        self._counts = labels.counts(project) if project is not None else {}
        self.tree.show_labels(self._counts)
        self.fields.show_all_colors()
        self._show()

    def _on_chosen(self) -> None:
        self._say("")
        self._show()

    def _show(self) -> None:
        """Show the selected label in the fields."""
        label = self._label()
        self.fields.show_label(label)
        self._enable(label)

    def _enable(self, label: LabelRecord | None) -> None:
        can_write = not self._workspace.read_only
        known = self._workspace.labels
        self.fields.set_writable(can_write and label is not None)
        self.add_button.setEnabled(can_write)
        for bulk in (self.merge_button, self.remove_button):
            bulk.setEnabled(can_write and label is not None and len(known) > 1)
        self.split_button.setEnabled(can_write and label is not None and self._counts.get(label.id, 0) > 0)
        for key, button in self.moves.items():
            button.setEnabled(can_write and label is not None and PLACES_BY_KEY[key](known, label.id) is not None)
        if not can_write:
            self._say(self._workspace.notice or READ_ONLY_REASON, "warning")

    def _say(self, sentence: str, role: str = "bad") -> None:
        if not sentence and self._workspace.read_only:
            sentence, role = self._workspace.notice or READ_ONLY_REASON, "warning"
        say(self.message, sentence, role)

    # Writing

    def add(self) -> None:
        """Add a label beside the selected one and start editing its name."""
        label = self._label()
        taken = {known.name.casefold() for known in self._workspace.labels}
        number, name = 1, "new label"
        while name in taken:
            number += 1
            name = f"new label {number}"
        made: list[int] = []

        def plan(project: Project) -> Change:
            key = free_key(self._workspace.labels)
            id, change = labels.add(project, name, key=key, parent_id=label.parent_id if label else None)
            made.append(id)
            return change

        if self._commands.write(plan, tell=False):
            self.tree.choose(made[-1])
            self.fields.name.setFocus()
            self.fields.name.selectAll()

    def _place(self, id: int, place: Place) -> None:
        self._commands.write(lambda project: labels.place(project, id, place), tell=False)

    def _merge(self) -> None:
        if (id := self.tree.chosen()) is not None:
            self._commands.ask_merge([id])

    def _split(self) -> None:
        if (id := self.tree.chosen()) is not None:
            self._commands.ask_split(id)

    def _remove(self) -> None:
        if (id := self.tree.chosen()) is not None:
            self._commands.remove(id)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.fields and event.type() == QEvent.Type.LayoutRequest:
            bar = self._fields_area.verticalScrollBar().sizeHint().width()
            self._fields_area.setMinimumWidth(self.fields.minimumSizeHint().width() + bar)
        return False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_built:
            self._take_vocabulary()

    def done(self, result: int) -> None:
        self.fields.leave()
        super().done(result)
