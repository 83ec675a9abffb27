"""The label editor: a tree to order and nest labels, the fields of one label, and a check of the colours.

Typed text is written when its field loses the focus, without a button, and each change can be undone.
"""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.enabling import READ_ONLY_REASON
from annotator.app.labels.color_check import ColorCheck
from annotator.app.labels.label_operations import LabelOperations
from annotator.app.state.typed_field import TypedField
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.designer_form import level_captions, say, size_for_font
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.errors import AnnotatorError
from annotator.domain.label_tree import Place, place_above, place_below, place_inside, place_of, place_outside, siblings
from annotator.domain.labels import COLOR_NAMES, KEYS, OKABE_ITO, free_key, line_patterns
from annotator.domain.records import LabelRecord, LabelUses
from annotator.domain.wording import counted
from annotator.services.annotations import labels
from annotator.services.projects.open_project import Project

_ID = Qt.ItemDataRole.UserRole
_PLACES = {
    Qt.Key.Key_Up: place_above,
    Qt.Key.Key_Down: place_below,
    Qt.Key.Key_Left: place_outside,
    Qt.Key.Key_Right: place_inside,
}


class LabelTree(QTreeWidget):
    """The tree of labels; a label can be selected, dragged, and moved with Alt and an arrow key."""

    place_requested = Signal(int, object)
    """The id of a label, and its requested Place."""
    remove_pressed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setObjectName("labelTree")
        self.setAccessibleName("Labels")
        self.setHeaderLabels(["Label", "Key", "Used"])
        self.setIconSize(swatch_size(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(16)
        self.setExpandsOnDoubleClick(False)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def show_labels(self, counts: dict[int, int]) -> None:
        """Show the labels of the project; keep the selection."""
        chosen = self.chosen()
        known = self._workspace.labels
        patterns = line_patterns(known)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        with QSignalBlocker(self):
            self.clear()
            items: dict[int, QTreeWidgetItem] = {}
            for label in known:
                count = f"{counts.get(label.id, 0):,}"
                item = QTreeWidgetItem([label.name, str(label.key or ""), count])
                item.setIcon(0, swatch_icon(label, patterns[label.id], self))
                item.setData(0, _ID, label.id)
                item.setTextAlignment(2, right)
                item.setToolTip(0, tool_tip(label.description))
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{label.name}, {count} annotations")
                items[label.id] = item
                parent = items.get(label.parent_id or 0)
                if parent is None:
                    self.addTopLevelItem(item)
                else:
                    parent.addChild(item)
            self.expandAll()
        if known:
            self.choose(chosen if chosen in items else known[0].id)

    def chosen(self) -> int | None:
        """Return the id of the selected label."""
        item = self.currentItem()
        return item.data(0, _ID) if item is not None else None

    def choose(self, label_id: int) -> None:
        """Select a label."""
        for item in self.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive):
            if item.data(0, _ID) == label_id:
                flag = QItemSelectionModel.SelectionFlag
                self.setCurrentItem(item, 0, flag.ClearAndSelect | flag.Rows)

    def move_chosen(self, key: Qt.Key) -> None:
        """Move the selected label as Alt with that arrow key does."""
        id = self.chosen()
        if id is not None and (place := _PLACES[key](self._workspace.labels, id)) is not None:
            self.place_requested.emit(id, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if is_alt and event.key() in _PLACES:
            self.move_chosen(Qt.Key(event.key()))
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_pressed.emit()
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        # The tree shows stored data; it does not move items itself.
        id = self.chosen()
        place = self.place_at(event)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if id is not None and place is not None:
            self.place_requested.emit(id, place)

    def place_at(self, event: QDropEvent) -> Place | None:
        """Return the place of a dropped label; None if it cannot be dropped there."""
        known, id = self._workspace.labels, self.chosen()
        target = self.itemAt(event.position().toPoint())
        if target is None:
            return Place(None, len(siblings(known, None)))
        other: int = target.data(0, _ID)
        position = self.dropIndicatorPosition()
        if position == QAbstractItemView.DropIndicatorPosition.OnItem:
            return Place(other, len(siblings(known, other)))
        place = place_of(known, other)
        rank = place.rank + (position == QAbstractItemView.DropIndicatorPosition.BelowItem)
        if id is not None and (own := place_of(known, id)).parent_id == place.parent_id and own.rank < rank:
            # The label is removed from its old place first.
            rank -= 1
        return Place(place.parent_id, rank)


class LabelEditor(QDialog):
    """Adds, changes, orders, nests, merges, splits and removes labels."""

    def __init__(self, workspace: Workspace, commands: LabelOperations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelEditor")
        self.setWindowTitle("Labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._commands = commands
        self._counts: dict[int, int] = {}
        self._shown: int | None = None
        self.tree = LabelTree(workspace, self)
        self._build_fields()
        self.check = ColorCheck(self)
        self.message = TextLabel(self)
        self.message.setObjectName("labelMessage")
        self.message.setWordWrap(True)
        self.message.hide()
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        self._build_buttons()
        self._lay_out()
        self._typed = [
            TypedField(field, workspace.typed, "label", name, partial(self._write_typed, name))
            for field, name in (
                (self.name, "name"),
                (self.initials, "initials"),
                (self.hex, "color"),
                (self.description, "description"),
            )
        ]
        self._connect()
        self._take_vocabulary()
        size_for_font(self, 860, 680)

    def show_label(self, label_id: int | None) -> None:
        """Select a label; None keeps the selection."""
        if label_id is not None:
            self.tree.choose(label_id)
        self.tree.setFocus()

    # Building

    def _build_fields(self) -> None:
        self.name, self.initials, self.hex = (QLineEdit(self) for _ in range(3))
        self.initials.setMaxLength(labels.INITIALS_AT_MOST)
        self.hex.setMinimumWidth(self.fontMetrics().horizontalAdvance("#MMMMMM") + 24)
        self.key = QComboBox(self)
        self.description = QPlainTextEdit(self)
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(self.fontMetrics().lineSpacing() * 4 + 16)
        for field, name, title in (
            (self.name, "labelName", "Name"),
            (self.initials, "labelInitials", "Initials"),
            (self.hex, "labelColor", "Colour in hexadecimal digits"),
            (self.key, "labelKey", "Key"),
            (self.description, "labelDescription", "Description"),
        ):
            field.setObjectName(name)
            field.setAccessibleName(title)
        self.swatches: list[QToolButton] = []
        for color, title in zip(OKABE_ITO, COLOR_NAMES, strict=True):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setObjectName(f"color.{title}")
            button.setAccessibleName(f"Colour: {title}")
            button.setToolTip(tool_tip(f"{title.capitalize()} ({color})"))
            button.clicked.connect(partial(self._write, "color", color))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setStyleSheet("QToolButton { padding: 3px; }")
            self.swatches.append(button)
        self.other = QPushButton("Other ...", self)
        self.other.setObjectName("otherColor")
        self.other.setAccessibleName("Another colour")
        self.uses = TextLabel(self)
        self.uses.setObjectName("labelUses")
        self.uses.setProperty("role", "muted")
        self.uses.setWordWrap(True)

    def _build_buttons(self) -> None:
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
        moves = QHBoxLayout()
        moves.addWidget(self.add_button)
        moves.addStretch(1)
        for button in self.moves.values():
            moves.addWidget(button)
        bulk = QWidget(self)
        flow = FlowLayout(bulk, spacing=6)
        for push in (self.merge_button, self.split_button, self.remove_button):
            flow.addWidget(push)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.tree, 1)
        column.addLayout(moves)
        column.addWidget(bulk)

        colors = QWidget(self)
        row = FlowLayout(colors, spacing=2)
        for button in self.swatches:
            row.addWidget(button)
        free = QHBoxLayout()
        free.addWidget(self.hex, 1)
        free.addWidget(self.other)
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields.addRow("&Name", self.name)
        fields.addRow("&Initials", self.initials)
        fields.addRow("&Colour", colors)
        fields.addRow("", free)
        fields.addRow("&Key", self.key)
        fields.addRow("&Description", self.description)
        level_captions(fields)
        heading = TextLabel("How the colours are seen", self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 4, 0)
        column.setSpacing(10)
        column.addLayout(fields)
        column.addWidget(self.uses)
        column.addSpacing(6)
        column.addWidget(heading)
        column.addWidget(self.check)
        column.addStretch(1)
        panes = QSplitter(Qt.Orientation.Horizontal, self)
        panes.addWidget(left)
        # In a small window the fields scroll instead of overlapping.
        self._fields, self._fields_area = right, QScrollArea(self)
        fields_area = self._fields_area
        fields_area.setWidgetResizable(True)
        fields_area.setFrameShape(QFrame.Shape.NoFrame)
        fields_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        fields_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fields_area.setWidget(right)
        right.installEventFilter(self)
        panes.addWidget(fields_area)
        panes.setStretchFactor(0, 2)
        panes.setStretchFactor(1, 3)
        panes.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(panes, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        workspace = self._workspace
        self.tree.currentItemChanged.connect(self._on_chosen)
        self.tree.place_requested.connect(self._place)
        self.tree.remove_pressed.connect(self._remove)
        self.key.activated.connect(lambda _: self._write("key", self.key.currentData()))
        self.other.clicked.connect(self._ask_color)
        for typed in self._typed:
            typed.problem_changed.connect(self._say)
        self.add_button.clicked.connect(self.add)
        self.merge_button.clicked.connect(self._merge)
        self.split_button.clicked.connect(self._split)
        self.remove_button.clicked.connect(self._remove)
        self.buttons.rejected.connect(self.reject)
        workspace.failed.connect(self._say)
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
        known = self._workspace.labels
        self.check.show_labels(known, line_patterns(known))
        self._show()

    def _on_chosen(self) -> None:
        self._say("")
        self._show()

    def _show(self) -> None:
        """Show the selected label in the fields."""
        label = self._label()
        self._shown = label.id if label else None
        known = self._workspace.labels
        pattern = line_patterns(known)[label.id] if label else 0
        values = (label.name, label.initials, label.color, label.description) if label else ("",) * len(self._typed)
        for typed, value in zip(self._typed, values, strict=True):
            field = typed.widget.accessibleName()
            typed.show_row(self._shown, f"{field} of the label {label.name}" if label else "", value)
        for button, color in zip(self.swatches, OKABE_ITO, strict=True):
            if label is not None:
                button.setIcon(swatch_icon(label._replace(color=color), pattern, self))
                button.setIconSize(swatch_size(self))
            button.setChecked(label is not None and label.color.upper() == color.upper())
        self._show_keys(label)
        self.uses.setText(self._uses_text(label))
        self._enable(label)

    def _show_keys(self, label: LabelRecord | None) -> None:
        self.key.clear()
        self.key.addItem("none", None)
        holders = {other.key: other.name for other in self._workspace.labels}
        for key in KEYS:
            holder = holders.get(key)
            taken = f"{key}, now of {holder}" if holder and (label is None or key != label.key) else str(key)
            self.key.addItem(taken, key)
        self.key.setCurrentIndex(self.key.findData(label.key if label else None))

    def _uses_text(self, label: LabelRecord | None) -> str:
        project = self._workspace.project
        if label is None or project is None:
            return ""
        found: LabelUses = labels.uses(project, [label.id])
        if not found.annotations:
            return "No annotation has this label."
        trash = f", {found.trashed:,} of them in the trash" if found.trashed else ""
        whole = f"{counted(found.annotations, 'annotation')} in {counted(found.documents, 'document')}{trash}"
        return f"A change here shows on {whole}."

    def _enable(self, label: LabelRecord | None) -> None:
        can_write = not self._workspace.read_only
        known = self._workspace.labels
        fields: tuple[QWidget, ...] = (self.name, self.initials, self.hex, self.key, self.other, *self.swatches)
        for field in fields:
            field.setEnabled(can_write and label is not None)
        self.description.setReadOnly(not can_write or label is None)
        self.add_button.setEnabled(can_write)
        for bulk in (self.merge_button, self.remove_button):
            bulk.setEnabled(can_write and label is not None and len(known) > 1)
        self.split_button.setEnabled(can_write and label is not None and self._counts.get(label.id, 0) > 0)
        for key, button in self.moves.items():
            button.setEnabled(can_write and label is not None and _PLACES[key](known, label.id) is not None)
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
            self.name.setFocus()
            self.name.selectAll()

    def _write(self, field: str, value: Any, *_: object) -> bool:
        project, id = self._workspace.project, self._shown
        if project is None or id is None:
            return False
        self._say("")
        try:
            change = labels.update(project, id, **{field: value})
        except AnnotatorError as error:
            self._say(str(error))
            return False
        return not change.edits or self._workspace.perform(change)

    def _write_typed(self, field: str, id: int, value: Any, step: str) -> AnnotatorError | None:
        return self._workspace.write_typed(lambda project: labels.update(project, id, **{field: value}), step)

    def _place(self, id: int, place: Place) -> None:
        self._commands.write(lambda project: labels.place(project, id, place), tell=False)

    def _ask_color(self) -> None:
        label = self._label()
        if label is None:
            return
        dialog = QColorDialog(QColor(label.color), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        for place, color in enumerate(OKABE_ITO):
            QColorDialog.setCustomColor(place, QColor(color))
        dialog.setWindowTitle(window_title(f"Colour of {label.name}"))
        dialog.colorSelected.connect(lambda color: self._write("color", color.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

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

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if watched is self._fields and event.type() == QEvent.Type.LayoutRequest:
            bar = self._fields_area.verticalScrollBar().sizeHint().width()
            self._fields_area.setMinimumWidth(self._fields.minimumSizeHint().width() + bar)
        return False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_typed"):
            self._take_vocabulary()

    def done(self, result: int) -> None:
        for typed in self._typed:
            typed.leave()
        super().done(result)
