"""The dialog that splits a label: its matching annotations get another label, or a new one."""

from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.labels.label_operations import LabelOperations
from annotator.app.labels.merge_dialog import STEP_OF_UNDO
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import say, size_for_font
from annotator.app.widgets.label_swatch import swatch_icon, swatch_size
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.pending_edit import PendingEdit
from annotator.app.widgets.records.columns import one_line
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.conditions import AnnotationConditions
from annotator.domain.errors import AnnotatorError
from annotator.domain.grades import CREDIBILITY, RELIABILITY
from annotator.domain.labels import free_key, line_patterns
from annotator.domain.records import AnnotationRecord
from annotator.domain.wording import counted
from annotator.services.annotations import labels, relabelling
from annotator.services.annotations.annotating import label_of
from annotator.services.annotations.relabelling import Found

_ID = Qt.ItemDataRole.UserRole
_LISTED = 300
_SEARCH_DELAY = 250
"""Milliseconds without a key press before the matching annotations are searched for."""

_NEW = -1


class _Answer(NamedTuple):
    """The matching annotations, with the first of them to be listed."""

    found: Found
    listed: list[AnnotationRecord]
    titles: dict[int, str]


class SplitDialog(WritingDialog):
    """Asks which annotations of a label to move, by common properties or one by one, and to which label."""

    def __init__(
        self, workspace: Workspace, commands: LabelOperations, label_id: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("labelSplit")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._commands = commands
        self._label = label_of(workspace.labels, label_id)
        self._requests = 0
        self._found: Found | None = None
        self._all = True
        self._marked: set[int] = set()
        """The ids whose mark differs from the initial state of all."""
        project = workspace.project
        self._size = labels.counts(project).get(label_id, 0) if project is not None else 0
        self.setWindowTitle(window_title(f"Split {self._label.name}"))
        self._build_fields()
        self._build_list()
        self._build_target()
        self.buttons = QDialogButtonBox(self)
        self.split_button = self.buttons.addButton("Split", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self._lay_out()
        self._fill()
        self._connect()
        size_for_font(self, 760, 640)
        self._find_matches()
        self.name.setFocus()

    def _build_list(self) -> None:
        self.list = QTreeWidget(self)
        self.list.setObjectName("splitList")
        self.list.setAccessibleName("Annotations that match")
        self.list.setHeaderLabels(["Quote", "Document", "Annotator", "Who said it", "Score"])
        self.list.setRootIsDecorated(False)
        self.list.setStyleSheet("QTreeView::item { padding: 3px 2px; }")
        self.list.setUniformRowHeights(True)
        self.list.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 18), (2, 14), (3, 16), (4, 9)):
            header.resizeSection(column, width * self.fontMetrics().averageCharWidth())
        self.all_button = QPushButton("Mark all", self)
        self.none_button = QPushButton("Mark none", self)
        for button in (self.all_button, self.none_button):
            button.setAutoDefault(False)
        self.matches = TextLabel(self)
        self.matches.setObjectName("splitMatches")
        self.matches.setProperty("role", "muted")

    def _build_target(self) -> None:
        self.target = QComboBox(self)
        self.target.setObjectName("splitTarget")
        self.target.setAccessibleName("The label that they get")
        self.target.setIconSize(swatch_size(self))
        self.target.setMinimumContentsLength(8)
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.name = QLineEdit(self)
        self.name.setObjectName("splitName")
        self.name.setAccessibleName("Name of the new label")
        self.name.setPlaceholderText("Name of the new label")
        self.name.setMinimumWidth(16 * self.fontMetrics().averageCharWidth())
        self.question = TextLabel(self)
        self.question.setObjectName("splitQuestion")
        self.question.setWordWrap(True)

    def _connect(self) -> None:
        self._pending = PendingEdit(self, _SEARCH_DELAY)
        self._pending.due.connect(self._find_matches)
        for box in self._boxes:
            box.currentIndexChanged.connect(self._find_matches)
        for line in (self.words, self.since, self.until):
            line.textEdited.connect(self._pending.touch)
        self.feature.currentIndexChanged.connect(self._fill_values)
        self.list.itemChanged.connect(self._on_marked)
        self.all_button.clicked.connect(lambda: self._mark(True))
        self.none_button.clicked.connect(lambda: self._mark(False))
        self.target.currentIndexChanged.connect(self._show_question)
        self.name.textEdited.connect(self._show_question)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.on_accept_begin(self._begin_split)
        self._workspace.project_closed.connect(self.give_up)
        self._workspace.vocabulary_changed.connect(self._take_vocabulary)

    # Building

    def _build_fields(self) -> None:
        self.annotator, self.maker, self.source, self.reliability = (QComboBox(self) for _ in range(4))
        self.credibility, self.document, self.feature, self.value = (QComboBox(self) for _ in range(4))
        self._boxes = (
            self.annotator,
            self.maker,
            self.source,
            self.reliability,
            self.credibility,
            self.document,
            self.value,
        )
        self.words, self.since, self.until = (QLineEdit(self) for _ in range(3))
        self.since.setPlaceholderText("2024-01-31")
        self.until.setPlaceholderText("2024-12-31")
        self.words.setPlaceholderText("Words of the quote or the note")

    def _lay_out(self) -> None:
        fields: tuple[tuple[str, str, QWidget], ...] = (
            ("&Annotator", "splitAnnotator", self.annotator),
            ("Ma&de by", "splitMaker", self.maker),
            ("&Who said it", "splitSource", self.source),
            ("D&ocument", "splitDocument", self.document),
            ("&Reliability", "splitReliability", self.reliability),
            ("&Credibility", "splitCredibility", self.credibility),
            ("&Feature", "splitFeature", self.feature),
            ("&Value", "splitValue", self.value),
            ("&Made since", "splitSince", self.since),
            ("&until", "splitUntil", self.until),
            ("Wor&ds", "splitWords", self.words),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        for place, (title, name, field) in enumerate(fields):
            field.setObjectName(name)
            field.setAccessibleName(title.replace("&", ""))
            if isinstance(field, QComboBox):
                field.setMinimumContentsLength(8)
                field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            caption = TextLabel(title, self)
            caption.setBuddy(field)
            row, side = divmod(place, 2)
            grid.addWidget(caption, row, 2 * side)
            grid.addWidget(field, row, 2 * side + 1, 1, 3 if field is self.words else 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        marks = QHBoxLayout()
        marks.addWidget(self.matches, 1)
        marks.addWidget(self.all_button)
        marks.addWidget(self.none_button)
        target = QHBoxLayout()
        target.addWidget(TextLabel("They become", self))
        target.addWidget(self.target, 1)
        target.addWidget(self.name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addLayout(grid)
        layout.addLayout(marks)
        layout.addWidget(self.list, 1)
        layout.addLayout(target)
        layout.addWidget(self.question)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)

    def _fill(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        known = relabelling.available_conditions(project, self._label.id)
        _offer(self.annotator, "anybody", ((name, name) for name in known.annotators), "")
        _offer(self.maker, "anything", ((name, name) for name in known.makers), "")
        sources = ((source.name, source.id) for source in self._workspace.sources() if source.annotations)
        _offer(self.source, "anybody", (("nobody is named", 0), *sources), None)
        letters = ((f"{grade.code}: {grade.words}", grade.code) for grade in RELIABILITY)
        _offer(self.reliability, "any", (("not graded", "-"), *letters), "")
        digits = ((f"{grade.code}: {grade.words}", int(grade.code)) for grade in CREDIBILITY)
        _offer(self.credibility, "any", (("not graded", 0), *digits), None)
        document = self._workspace.document
        here = ((f"this one: {document.title}", document.id),) if document is not None else ()
        _offer(self.document, "all documents", here, None)
        _offer(self.feature, "any", ((feature.name, feature.name) for feature in self._workspace.features), "")
        self._fill_values()
        self._fill_targets()

    def _fill_targets(self) -> None:
        patterns = line_patterns(self._workspace.labels)
        self.target.addItem("a new label", _NEW)
        for label in self._workspace.labels:
            if label.id != self._label.id:
                self.target.addItem(swatch_icon(label, patterns[label.id], self), label.name, label.id)

    def _fill_values(self) -> None:
        name = self.feature.currentData()
        feature = next((feature for feature in self._workspace.features if feature.name == name), None)
        project = self._workspace.project
        values: list[Any] = []
        if feature is not None and project is not None:
            values = list(feature.choices) or relabelling.values_of(project, self._label.id, feature.name)
        self.value.blockSignals(True)
        self.value.clear()
        _offer(self.value, "any", ((_value_text(value), value) for value in values), None)
        self.value.setEnabled(feature is not None)
        self.value.blockSignals(False)
        self._find_matches()

    # Looking

    def matching(self) -> AnnotationConditions:
        """Return the criteria of the fields."""
        document = self.document.currentData()
        return AnnotationConditions(
            annotator=self.annotator.currentData() or "",
            created_by=self.maker.currentData() or "",
            source_id=self.source.currentData(),
            reliability=self.reliability.currentData() or "",
            credibility=self.credibility.currentData(),
            document_ids=() if document is None else (document,),
            feature=self.feature.currentData() or "",
            value=self.value.currentData(),
            words=self.words.text(),
            since=self.since.text().strip(),
            until=self.until.text().strip(),
        )

    def _marks(self) -> AnnotationConditions:
        """Return the criteria of the fields, restricted to the marked annotations."""
        if self._all:
            return self.matching()._replace(left_out=tuple(self._marked))
        return self.matching()._replace(chosen=tuple(self._marked))

    def _find_matches(self) -> None:
        """Find the matching annotations, list the first of them, and show what would change."""
        project = self._workspace.project
        if project is None:
            return
        self._requests += 1
        request, matching, id = self._requests, self.matching(), self._label.id

        def make() -> _Answer:
            found = relabelling.find(project, id, matching)
            listed, titles = relabelling.first_of(project, found, _LISTED)
            return _Answer(found, listed, titles)

        self._found = None
        self._show_question()
        self._commands.compute(self, make, self._size, partial(self._take, request), partial(self._refuse, request))

    def _take(self, request: int, made: _Answer) -> None:
        if request != self._requests:
            return
        self._found = made.found
        self.list.blockSignals(True)
        self.list.clear()
        for record in made.listed:
            title = made.titles.get(record.document_id, "in the trash")
            cells = [one_line(record.shown_quote), title, record.annotator, record.source, record.score]
            item = QTreeWidgetItem(cells)
            item.setData(0, _ID, record.id)
            item.setToolTip(0, tool_tip(record.shown_quote))
            item.setCheckState(0, Qt.CheckState.Checked if self._is_marked(record.id) else Qt.CheckState.Unchecked)
            self.list.addTopLevelItem(item)
        self.list.blockSignals(False)
        more = len(made.found.annotation_ids) - len(made.listed)
        rest = f"; the first {len(made.listed):,} are listed" if more else ""
        self.matches.setText(f"{counted(len(made.found.annotation_ids), 'annotation')} match{rest}.")
        self._show_question()

    def _refuse(self, request: int, sentence: str) -> None:
        if request == self._requests:
            self._say(sentence)

    # Marking

    def _is_marked(self, id: int) -> bool:
        return (id in self._marked) != self._all

    def _mark(self, all: bool) -> None:
        self._all = all
        self._marked.clear()
        self.list.blockSignals(True)
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                item.setCheckState(0, Qt.CheckState.Checked if all else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self._show_question()

    def _on_marked(self, item: QTreeWidgetItem, _column: int) -> None:
        id = item.data(0, _ID)
        is_exception = (item.checkState(0) == Qt.CheckState.Checked) != self._all
        (self._marked.add if is_exception else self._marked.discard)(id)
        self._show_question()

    # Doing

    def _plan(self) -> relabelling.Plan | str:
        """Return the planned change, or one sentence why there is none."""
        project, found = self._workspace.project, self._found
        if project is None or found is None:
            return "Looking ..."
        into = self.target.currentData()
        try:
            if into != _NEW:
                return relabelling.split_found(project, self._label.id, found.only(self._marks()), into_id=into)
            if not self.name.text().strip():
                return "Give the new label a name."
            key = free_key(self._workspace.labels)
            return relabelling.split_found(
                project, self._label.id, found.only(self._marks()), name=self.name.text(), key=key
            )
        except AnnotatorError as error:
            return str(error)

    def _show_question(self) -> None:
        self.name.setVisible(self.target.currentData() == _NEW)
        plan = self._plan()
        self._say(plan if isinstance(plan, str) else f"{plan.question} {STEP_OF_UNDO}", is_fine=plan)

    def _say(self, sentence: str, is_fine: object = "") -> None:
        say(self.question, sentence, "muted" if isinstance(is_fine, str) else "")
        self.split_button.setEnabled(not isinstance(is_fine, str))

    def _begin_split(self) -> None:
        self._pending.flush()
        plan = self._plan()
        if isinstance(plan, str):
            self._say(plan)
        else:
            self._commands.carry_out(plan, self)

    def _take_vocabulary(self) -> None:
        """Update the list of labels after one was renamed, added or removed."""
        known = {label.id: label for label in self._workspace.labels}
        if self._label.id not in known:
            self.split_button.setEnabled(False)
            self.refuse(f"The label {self._label.name} was removed meanwhile: undo that, or close this dialog.")
            return
        self.refuse("")
        self._label = known[self._label.id]
        self.setWindowTitle(window_title(f"Split {self._label.name}"))
        chosen = self.target.currentData()
        self.target.blockSignals(True)
        self.target.clear()
        self._fill_targets()
        self.target.setCurrentIndex(max(0, self.target.findData(chosen)))
        self.target.blockSignals(False)
        self._find_matches()


def _offer(box: QComboBox, anything: str, values: Any, none: Any) -> None:
    """Fill a combo box with the possible criteria after the choice ``anything``."""
    box.addItem(anything, none)
    for text, value in values:
        box.addItem(text, value)


def _value_text(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
