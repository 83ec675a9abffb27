"""The dialog that asks how to import labels missing from the project: as existing ones, as new ones, or not."""

from collections.abc import Mapping
from difflib import get_close_matches

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.grade_fields import StillWheel
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.mnemonics import with_literal_ampersands
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.labels import line_patterns
from annotator.domain.wording import counted, elided

_ADD = "\0add"
_LEAVE_OUT = "\0leave out"
"""The values of the choices that are no label of the project."""

MOST = 200
"""The maximum number of labels with a separate question; the rarest others share one answer."""

_MIN_SIMILARITY = 0.8
"""Similarity of two names, from 0 to 1, from which a label is proposed for a name of a file."""


class LabelMappingDialog(QDialog):
    """Asks about each unknown label; ``chosen`` carries the mapping, and the names of new labels."""

    chosen = Signal(object, object)

    def __init__(self, workspace: Workspace, unknown: Mapping[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelMapping")
        self.setWindowTitle("Unknown labels")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._unknown = dict(unknown)
        asked, self._others = list(unknown)[:MOST], list(unknown)[MOST:]
        question = self._question()
        self._still_wheel = StillWheel(self)
        self._names = [label.name for label in workspace.labels]
        patterns = line_patterns(workspace.labels)
        self._icons = [swatch_icon(label, patterns[label.id], self) for label in workspace.labels]
        self._area = self._scrolling_rows(asked)
        below = self._bulk_buttons()
        self.message = TextLabel(self)
        self.message.setObjectName("labelMappingMessage")
        self.message.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.import_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setObjectName("labelMappingImport")
        self.import_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(question)
        layout.addWidget(self._area, 1)
        layout.addLayout(below)
        layout.addWidget(self.message)
        layout.addWidget(buttons)
        workspace.project_closed.connect(self.reject)
        workspace.vocabulary_changed.connect(self.reject)
        size_for_font(self, 620, min(560, 220 + 36 * (len(asked) + bool(self._others))))
        self._say()
        self.choices[asked[0]].setFocus()

    def _question(self) -> TextLabel:
        count = len(self._unknown)
        one = count == 1
        question = TextLabel(
            ("The files have a label" if one else f"The files have {counted(count, 'label')}")
            + f" that the project has not. What becomes of {'it' if one else 'them'}?",
            self,
        )
        question.setWordWrap(True)
        return question

    def _scrolling_rows(self, asked: list[str]) -> QScrollArea:
        fields = QWidget(self)
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self.choices: dict[str, QComboBox] = {}
        for row, name in enumerate(asked):
            self.choices[name] = self._add_row(grid, row, elided(name, 60), self._unknown[name], name)
        self.rest: QComboBox | None = None
        if self._others:
            count = sum(self._unknown[name] for name in self._others)
            words = f"{len(self._others):,} more, each rarer than these"
            self.rest = self._add_row(grid, len(asked), words, count, "")
        grid.setRowStretch(len(asked) + 1, 1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(fields)
        return area

    def _bulk_buttons(self) -> QHBoxLayout:
        self.add_all = QPushButton("&Add all as new", self)
        self.leave_all_out = QPushButton("&Leave all out", self)
        for button, choice in ((self.add_all, _ADD), (self.leave_all_out, _LEAVE_OUT)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, choice=choice: self._choose_all(choice))
        below = QHBoxLayout()
        below.addWidget(self.add_all)
        below.addWidget(self.leave_all_out)
        below.addStretch(1)
        return below

    def answers(self) -> tuple[dict[str, str], list[str]]:
        """Return the target of each label, empty to leave it out, and the names of the labels to add."""
        label_map: dict[str, str] = {}
        added: list[str] = []
        for name in self._unknown:
            box = self.choices.get(name) or self.rest
            assert box is not None
            choice = box.currentData()
            if choice == _ADD:
                added.append(name)
            else:
                label_map[name] = "" if choice == _LEAVE_OUT else choice
        return label_map, added

    def accept(self) -> None:
        self._workspace.vocabulary_changed.disconnect(self.reject)
        super().accept()
        self.chosen.emit(*self.answers())

    def _add_row(self, grid: QGridLayout, row: int, words: str, count: int, name: str) -> QComboBox:
        caption = TextLabel(with_literal_ampersands(words), self)
        caption.setToolTip(tool_tip(name))
        used = TextLabel(counted(count, "annotation"), self)
        used.setProperty("role", "muted")
        used.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        box = QComboBox(self)
        box.setObjectName(f"label_{row}")
        box.setAccessibleName(f"What {words} becomes, on {counted(count, 'annotation')}")
        box.setIconSize(swatch_size(self))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(18)
        box.addItem("a new label" if name else "new labels", _ADD)
        box.addItem("left out", _LEAVE_OUT)
        box.insertSeparator(2)
        for label, icon in zip(self._names, self._icons, strict=True):
            box.addItem(icon, label, label)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self._still_wheel)
        box.setCurrentIndex(box.findData(self._likely(name)))
        box.currentIndexChanged.connect(lambda _: self._say())
        caption.setBuddy(box)
        grid.addWidget(caption, row, 0)
        grid.addWidget(used, row, 1)
        grid.addWidget(box, row, 2)
        return box

    def _likely(self, name: str) -> str:
        """Return a label of the project with a similar spelling, else the choice of a new one."""
        if not name:
            return _LEAVE_OUT
        spelt = {_bare(label): label for label in self._names}
        near = get_close_matches(_bare(name), spelt, 1, _MIN_SIMILARITY)
        return spelt[near[0]] if near else _ADD

    def _choose_all(self, choice: str) -> None:
        for box in (*self.choices.values(), *([self.rest] if self.rest else [])):
            box.setCurrentIndex(box.findData(choice))

    def _say(self) -> None:
        label_map, added = self.answers()
        lost = sum(self._unknown[name] for name, new in label_map.items() if not new)
        parts = [f"{counted(len(added), 'label')} will be added."] if added else []
        parts += [f"{counted(lost, 'annotation')} will be left out."] if lost else []
        say(self.message, " ".join(parts), "warning" if lost else "muted")


def _bare(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
