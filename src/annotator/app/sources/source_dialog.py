"""The dialog of one source: its data, its assessments over time, and a new assessment."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.state.workspace import Workspace
from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.date_field import DayField
from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.mnemonics import window_title
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.errors import AnnotatorError, InvalidValue, ProjectError
from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.domain.grades import RELIABILITY
from annotator.domain.records import AssessmentRecord, SourceRecord
from annotator.services.projects.open_project import Project
from annotator.services.sources import sources

_HEADINGS = ("Date", "Reliability", "Topic", "Rationale", "Annotator")
_ALIAS_SEPARATOR = ";"


def reliability_words(letter: str | None) -> str:
    """Return ``B: usually reliable``, or that it is not assessed yet."""
    for grade in RELIABILITY:
        if grade.code == letter:
            return f"{grade.code}: {grade.words}"
    return "not assessed yet"


def reliability_color(letter: str) -> str:
    """Return the background colour of a reliability in the current theme; the letter itself is shown too."""
    theme = theme_in_use()
    colors = {"A": theme.good, "B": theme.good, "C": theme.warning, "D": theme.warning, "E": theme.bad}
    return colors.get(letter, theme.muted)


class SourceDialog(WritingDialog):
    """Edits a source, or makes one if ``source_id`` is None. Nothing is written before the user confirms."""

    saved = Signal(int)
    """The id of the source that was written."""

    def __init__(self, workspace: Workspace, source_id: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._source_id = source_id
        self._source: SourceRecord | None = None
        self.setObjectName("sourceDialog")
        self.setWindowTitle("New source" if source_id is None else "Source")
        self._build_fields()
        self._build_table()
        self._build_assessment()
        self.problem.setObjectName("sourceProblem")
        self.buttons = QDialogButtonBox(self)
        self.save_button = self.buttons.addButton(
            "Make the source" if source_id is None else "Save", QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.save_button.setDefault(True)
        self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)

        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.assess_button.clicked.connect(self._on_assess)
        self.letter.currentIndexChanged.connect(self._enable)
        self.letter.currentIndexChanged.connect(self._show_meaning)
        self.on_accept(self._save, self.saved.emit)
        workspace.project_closed.connect(self.give_up)
        workspace.sources_changed.connect(self._show_assessments)
        self._fill()

    def _build_fields(self) -> None:
        self.name = QLineEdit(self)
        self.name.setObjectName("sourceName")
        self.kind = QComboBox(self)
        self.kind.setObjectName("sourceKind")
        for kind in SOURCE_KINDS:
            self.kind.addItem(kind, kind)
        self.kind.setCurrentIndex(self.kind.findData("person"))
        self.aliases = QLineEdit(self)
        self.aliases.setObjectName("sourceAliases")
        self.aliases.setPlaceholderText("Other names, with semicolons between them")
        self.parent_source = QComboBox(self)
        self.parent_source.setObjectName("sourceParent")
        self.parent_source.setToolTip("The organisation, office or outlet that this source belongs to")
        self.owner = QComboBox(self)
        self.owner.setObjectName("sourceOwner")
        self.owner.setToolTip("Who owns it: outlets of one owner are one origin")
        self.topics = QLineEdit(self)
        self.topics.setObjectName("sourceTopics")
        self.topics.setPlaceholderText("What it is heard on, with semicolons between them")
        self.note = QPlainTextEdit(self)
        self.note.setObjectName("sourceNote")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 16)

    def _build_table(self) -> None:
        self.assessments = QTableWidget(0, len(_HEADINGS), self)
        self.assessments.setObjectName("sourceAssessments")
        self.assessments.setHorizontalHeaderLabels(_HEADINGS)
        self.assessments.setAccessibleName("Assessments, the one in force first")
        self.assessments.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.assessments.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.assessments.setTabKeyNavigation(False)
        self.assessments.setShowGrid(False)
        self.assessments.verticalHeader().hide()
        header = self.assessments.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_HEADINGS.index("Rationale"), QHeaderView.ResizeMode.Stretch)
        self.assessments.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self.assessments.setMinimumHeight(self.fontMetrics().lineSpacing() * 7)

    def _build_assessment(self) -> None:
        self.letter = QComboBox(self)
        self.letter.setObjectName("assessmentLetter")
        self.letter.addItem("Choose a letter", None)
        for grade in RELIABILITY:
            self.letter.addItem(reliability_words(grade.code), grade.code)
            self.letter.setItemData(self.letter.count() - 1, tool_tip(grade.tip), Qt.ItemDataRole.ToolTipRole)
        self.day = DayField(self)
        self.day.setObjectName("assessmentDay")
        self.topic = QLineEdit(self)
        self.topic.setObjectName("assessmentTopic")
        self.topic.setPlaceholderText("What the judgement is about; empty for everything")
        self.rationale = QLineEdit(self)
        self.rationale.setObjectName("assessmentRationale")
        self.rationale.setPlaceholderText("Why")
        self.assess_button = QPushButton("Add the assessment", self)
        self.assess_button.setObjectName("addAssessment")
        self.assess_button.setAutoDefault(False)
        self.assess_button.setVisible(self._source_id is not None)

    def _lay_out(self) -> None:
        data = QFormLayout()
        data.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Name", self.name),
            ("&Kind", self.kind),
            ("A&liases", self.aliases),
            ("&Part of, speaks for", self.parent_source),
            ("O&wned by", self.owner),
            ("&Topics", self.topics),
            ("N&ote", self.note),
        )
        for title, field in rows:
            data.addRow(title, field)
            field.setAccessibleName(title.replace("&", ""))
        level_captions(data)
        self.meaning = TextLabel(self)
        self.meaning.setProperty("role", "muted")
        self.meaning.setWordWrap(True)
        self.meaning.setVisible(False)
        judgement = QGridLayout()
        judgement.setColumnStretch(0, 3)
        judgement.setColumnStretch(1, 1)
        judgement.addWidget(self.letter, 0, 0)
        judgement.addWidget(self.day, 0, 1)
        judgement.addWidget(self.meaning, 1, 0, 1, 2)
        judgement.addWidget(self.topic, 2, 0, 1, 2)
        judgement.addWidget(self.rationale, 3, 0, 1, 2)
        judgement.addWidget(self.assess_button, 4, 1)
        self.letter.setAccessibleName("Reliability")
        self.day.setAccessibleName("Date of the assessment")
        self.topic.setAccessibleName("Topic of the assessment")
        self.rationale.setAccessibleName("Rationale of the assessment")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(10)
        layout.addLayout(data)
        if self._source_id is None:
            layout.addWidget(self._heading("First assessment (may wait)"))
            self.assessments.hide()
        else:
            layout.addWidget(self._heading("Assessments"))
            layout.addWidget(self.assessments, 1)
            layout.addWidget(self._heading("New assessment"))
        layout.addLayout(judgement)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        size_for_font(self, 600, 0)

    def _heading(self, text: str) -> TextLabel:
        heading = TextLabel(text, self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        return heading

    # Showing

    def _fill(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        registry = project.read.sources.all()
        self._source = next((source for source in registry if source.id == self._source_id), None)
        below = _descendants(registry, self._source_id)
        self.parent_source.addItem("nothing", None)
        self.owner.addItem("nobody known", None)
        for source in registry:
            if source.id not in below:
                self.parent_source.addItem(source.name, source.id)
            if source.id != self._source_id:
                self.owner.addItem(source.name, source.id)
        if self._source is not None:
            source = self._source
            self.setWindowTitle(window_title(source.name))
            self.name.setText(source.name)
            self.kind.setCurrentIndex(self.kind.findData(source.kind))
            self.aliases.setText(f"{_ALIAS_SEPARATOR} ".join(source.aliases))
            self.parent_source.setCurrentIndex(max(0, self.parent_source.findData(source.parent_id)))
            self.owner.setCurrentIndex(max(0, self.owner.findData(source.owner_id)))
            self.topics.setText(f"{_ALIAS_SEPARATOR} ".join(source.topics))
            self.note.setPlainText(source.note)
        self._show_assessments()
        self._enable()

    def _show_assessments(self) -> None:
        project = self._workspace.project
        if project is None or self._source_id is None:
            return
        found = project.read.sources.assessments(source_id=self._source_id)
        self.assessments.setRowCount(len(found))
        for row, assessment in enumerate(found):
            for column, text in enumerate(_cells(assessment)):
                item = QTableWidgetItem(text)
                item.setToolTip(tool_tip(text))
                if row == 0:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                if column == _HEADINGS.index("Reliability"):
                    item.setForeground(QColor(reliability_color(assessment.reliability)))
                self.assessments.setItem(row, column, item)

    def _enable(self) -> None:
        can_write = not self._workspace.read_only
        data: tuple[QWidget, ...] = (
            self.name, self.kind, self.aliases, self.parent_source, self.owner, self.topics, self.note
        )  # fmt: skip
        judgement: tuple[QWidget, ...] = (self.letter, self.day, self.topic, self.rationale)
        for field in (*data, *judgement):
            field.setEnabled(can_write)
        self.assess_button.setEnabled(can_write and self.letter.currentData() is not None)
        self.save_button.setEnabled(can_write)

    def _show_meaning(self) -> None:
        meanings = {grade.code: grade.meaning for grade in RELIABILITY}
        self.meaning.setText(meanings.get(self.letter.currentData(), ""))
        self.meaning.setVisible(bool(self.meaning.text()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._source_id is not None:
            self._show_assessments()

    # Writing

    def _on_assess(self) -> None:
        project = self._workspace.project
        if project is None or self._source_id is None:
            return
        try:
            source = sources.get(project, self._source_id)
            self._workspace.write(sources.assess(project, source, **self._judgement()))
        except AnnotatorError as error:
            self.refuse(str(error))
            return
        self.refuse("")
        self._forget_judgement()
        self.saved.emit(self._source_id)

    def _save(self) -> int:
        project = self._workspace.project
        if project is None:
            raise ProjectError("No project is open: open it, and try again.")
        try:
            return self._add(project) if self._source is None else self._update(project, self._source)
        except InvalidValue:
            self.name.setFocus()
            raise

    def _add(self, project: Project) -> int:
        id, change = sources.add(
            project,
            self.name.text(),
            self.kind.currentData(),
            aliases=_parts(self.aliases.text()),
            note=self._note(),
            parent_id=self.parent_source.currentData(),
            owner_id=self.owner.currentData(),
            topics=_parts(self.topics.text()),
        )
        edits = change.edits
        if self.letter.currentData() is not None:
            edits += (sources.assessment(project, id, **self._judgement()),)
        # One change, so that neither is written without the other.
        self._workspace.write(replace(change, edits=edits))
        return id

    def _update(self, project: Project, source: SourceRecord) -> int:
        taken = sources.find(project, self.name.text())
        if taken is not None and taken.id != source.id:
            raise InvalidValue(f"{taken.name!r} has this name or alias already: give another name.")
        changes = [
            sources.update(
                source,
                name=self.name.text(),
                kind=self.kind.currentData(),
                aliases=_parts(self.aliases.text()),
                note=self._note(),
                parent_id=self.parent_source.currentData(),
                owner_id=self.owner.currentData(),
                topics=_parts(self.topics.text()),
            )
        ]
        if self.letter.currentData() is not None:
            # An assessment that was started and not added is written too.
            changes.append(sources.assess(project, source, **self._judgement()))
        titles = [change.title for change in changes if change.edits]
        edits = tuple(edit for change in changes for edit in change.edits)
        self._workspace.write(replace(changes[0], title=", ".join(titles) or changes[0].title, edits=edits))
        return source.id

    def _judgement(self) -> dict[str, str]:
        return {
            "reliability": self.letter.currentData() or "",
            "rationale": self.rationale.text(),
            "topic": self.topic.text(),
            "made_on": self.day.day(),
        }

    def _forget_judgement(self) -> None:
        self.letter.setCurrentIndex(0)
        self.topic.clear()
        self.rationale.clear()

    def _note(self) -> str:
        return self.note.toPlainText().strip()


def _parts(text: str) -> tuple[str, ...]:
    """Return the texts between semicolons, each once."""
    names = (" ".join(part.split()) for part in text.split(_ALIAS_SEPARATOR))
    return tuple(dict.fromkeys(name for name in names if name))


def _cells(assessment: AssessmentRecord) -> tuple[str, ...]:
    return (
        assessment.made_on,
        reliability_words(assessment.reliability),
        assessment.topic,
        assessment.rationale,
        assessment.annotator,
    )


def _descendants(registry: Sequence[SourceRecord], id: int | None) -> set[int]:
    """Return the ids of a source and its descendants, none of which may be its parent."""
    found = set() if id is None else {id}
    size = -1
    while len(found) != size:
        size = len(found)
        found |= {source.id for source in registry if source.parent_id in found}
    return found
