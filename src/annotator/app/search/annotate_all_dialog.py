"""The dialog that annotates all occurrences: words, scope, and a preview of every place before anything is written."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.background.jobs import Job, Jobs, Progress
from annotator.app.search.concordance_table import LEFT, MATCH, RIGHT, TITLE, LineModel, LineTable
from annotator.app.search.query_preparation import finder_for
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.designer_form import level_captions, say, size_for_font
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Column
from annotator.app.widgets.records.filter_bar import FilterField
from annotator.app.widgets.search_options import FindOptions
from annotator.app.widgets.source_field import SourceField
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.app.widgets.writing_dialog import WritingDialog
from annotator.domain.changes import Edit
from annotator.domain.errors import InvalidValue
from annotator.domain.labels import KEYS
from annotator.domain.wording import counted
from annotator.nlp.text.text_search import Query
from annotator.services.projects.open_project import Project
from annotator.services.search import concordance, occurrences
from annotator.services.search.concordance import MAX_LINES, Concordance, Line
from annotator.services.search.occurrences import KEEP_ALL, SKIP_ANY, SKIP_LABEL, Place
from annotator.services.sources import sources

_SKIPS = (
    ("Skip what overlaps the same label", SKIP_LABEL),
    ("Skip what overlaps any annotation", SKIP_ANY),
    ("Keep what overlaps", KEEP_ALL),
)
_TICK_COLUMN = 0


class _Preview(LineTable):
    """The places with check marks. Space toggles the selected rows, a digit chooses the label, Enter annotates."""

    ticked = Signal()
    digit_pressed = Signal(int)
    accepted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.key() - Qt.Key.Key_0
        if event.key() == Qt.Key.Key_Space:
            self.ticked.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.accepted.emit()
        elif digit in KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.digit_pressed.emit(digit)
        else:
            super().keyPressEvent(event)


class AnnotateAllDialog(WritingDialog):
    """Finds every place of some words in a job, shows them, and annotates the ticked ones.

    ``shown_ids``: the documents that the list shows.
    """

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        query: Query,
        shown_ids: Iterable[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("annotateAll")
        self.setWindowTitle("Annotate all occurrences")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self._jobs = jobs
        self._shown_ids = list(shown_ids)
        self._job: Job | None = None
        self._lines = Concordance()
        self._left_out: set[int] = set()
        self._written: dict[int, set[Place]] = {}
        """By label id, the places annotated with it before the rest was refused."""
        self._build(query)
        self._connect()
        size_for_font(self, 820, 560)
        self._search()

    # Building

    def _build(self, query: Query) -> None:
        self.field = FilterField("Words to annotate everywhere", self)
        self.field.setObjectName("occurrencesQuery")
        add_sign(self.field, "search")
        self.field.setText(query.words)
        self.options = FindOptions(self, with_forms=True)
        self.options.show_query(query)
        self.scope = self._choice("occurrencesScope", "Where to look", self._scopes())
        self.skip = self._choice("occurrencesSkip", "What to skip", _SKIPS)
        labels = self._workspace.labels
        names = [(f"{label.key}  {label.name}" if label.key else label.name, label.id) for label in labels]
        self.label = self._choice("occurrencesLabel", "The label to give", names)
        if (active := self._workspace.active) is not None:
            self.label.setCurrentIndex(max(0, self.label.findData(active.label_id)))
        self.source = SourceField(self)
        self.source.set_sources(self._workspace.sources())
        self.count = TextLabel(self)
        self.count.setObjectName("occurrencesCount")
        self.count.setWordWrap(True)
        self.problem.setObjectName("occurrencesMessage")
        tick = Column(
            "",
            lambda line: "☐" if line.id in self._left_out else "☑",
            spoken=lambda line: "not ticked" if line.id in self._left_out else "ticked",
            width=3,
            least=3,
        )
        self.table = _Preview(LineModel((tick, LEFT, MATCH, RIGHT, TITLE), self), self)
        self.table.setObjectName("occurrencesTable")
        self.table.setAccessibleName("Places that will be annotated")
        self.all_button = QPushButton("Tick all", self)
        self.none_button = QPushButton("Tick none", self)
        for button in (self.all_button, self.none_button):
            button.setAutoDefault(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.annotate_button = self.buttons.addButton("Annotate", QDialogButtonBox.ButtonRole.AcceptRole)
        self.annotate_button.setObjectName("annotateOccurrences")
        self.annotate_button.setAutoDefault(False)

        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.options)
        fields = QFormLayout()
        words = TextLabel("&Words", self)
        words.setBuddy(self.field)
        fields.addRow(words, row)
        fields.addRow("W&here", self.scope)
        fields.addRow("&Overlaps", self.skip)
        fields.addRow("&Label", self.label)
        fields.addRow("Who &said it", self.source)
        level_captions(fields)
        below = QHBoxLayout()
        below.addWidget(self.count, 1)
        below.addWidget(self.all_button)
        below.addWidget(self.none_button)
        layout = QVBoxLayout(self)
        layout.addLayout(fields)
        layout.addWidget(self.problem)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        layout.addWidget(self.buttons)

    def _scopes(self) -> list[tuple[str, str]]:
        scopes = [("This document", "document")] if self._workspace.document is not None else []
        if self._shown_ids:
            scopes.append((f"The documents in the list ({len(self._shown_ids):,})", "list"))
        return [*scopes, ("The whole project", "project")]

    def _choice(self, name: str, title: str, items: Iterable[tuple[str, Any]]) -> QComboBox:
        choice = QComboBox(self)
        choice.setObjectName(name)
        choice.setAccessibleName(title)
        choice.setToolTip(tool_tip(title))
        for text, data in items:
            choice.addItem(text, data)
        return choice

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._search)
        self.field.list_requested.connect(self.table.setFocus)
        self.field.left.connect(self.reject)
        self.options.changed.connect(self._search)
        self.scope.currentIndexChanged.connect(self._search)
        self.skip.currentIndexChanged.connect(self._arrange)
        self.label.currentIndexChanged.connect(self._arrange)
        self.table.ticked.connect(self._tick_chosen)
        self.table.clicked.connect(self._on_clicked)
        self.table.digit_pressed.connect(self._choose_label)
        self.table.accepted.connect(self.annotate_button.click)
        self.table.records.sort_requested.connect(lambda *_: self._arrange())
        self.all_button.clicked.connect(lambda: self._tick_all(True))
        self.none_button.clicked.connect(lambda: self._tick_all(False))
        self.buttons.rejected.connect(self.reject)
        self.annotate_button.clicked.connect(self.accept)
        self.on_accept_begin(self._annotate)
        self._workspace.project_closed.connect(self.give_up)
        for digit in KEYS:
            QShortcut(QKeySequence(f"Alt+{digit}"), self).activated.connect(partial(self._choose_label, digit))
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.annotate_button.click)

    # Searching

    def _search(self) -> None:
        """Search for the places again, in a job."""
        project = self._workspace.project
        query = self.options.query(self.field.text().strip())
        self._end_job()
        self._left_out = set()
        self.refuse("")
        if project is None or not query:
            self._show(Concordance(), ())
            self.field.setFocus()
            return
        scope = self.scope.currentData()
        document = self._workspace.document
        ids = {"document": [document.id] if document else [], "list": self._shown_ids}.get(scope)
        self.count.setText("Searching …")
        self.annotate_button.setEnabled(False)
        self._run("Find occurrences", partial(_read, project, query, ids, self._is_left(), self._key()))

    def _arrange(self) -> None:
        """Filter the places by the label and sort them by the column."""
        if self._job is not None:
            self._search()
            return
        lines, is_left, key = self._lines, self._is_left(), self._key()

        def work(_progress: Progress, cancelled: Callable[[], bool]) -> tuple[Concordance, Any]:
            return lines, _in_order(lines, is_left, key, cancelled)

        self._run("Sort", work)

    def _run(self, title: str, work: Callable[..., Any]) -> None:
        job = self._jobs.run(
            title,
            work,
            on_success=lambda answer: self._take(job, answer),
            on_failure=lambda sentence: self._fail(job, sentence),
        )
        self._job = job

    def _end_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _take(self, job: Job, answer: tuple[Concordance, Any]) -> None:
        if self._job is job:
            self._job = None
            self._show(*answer)

    def _fail(self, job: Job, sentence: str) -> None:
        if self._job is job:
            self._job = None
            self._show(Concordance(), ())
            say(self.problem, sentence)

    def _is_left(self) -> Callable[[Line], bool]:
        label_id, skip = self.label.currentData(), self.skip.currentData()
        return lambda line: occurrences.is_left(line, label_id, skip)

    def _key(self) -> tuple[Callable[[Line], Any] | None, bool]:
        header, columns = self.table.horizontalHeader(), self.table.records.columns
        column = header.sortIndicatorSection()
        key = columns[column].sort_key if _TICK_COLUMN < column < len(columns) else None
        return key, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder

    # Showing and ticking

    def _show(self, lines: Concordance, numbers: Any) -> None:
        self._lines = lines
        self.table.show_lines(lines, numbers)
        words = self.field.text().strip()
        self.table.set_hint(
            "Type words and press Enter."
            if not words
            else "Every place of these words is annotated already, or overlaps an annotation."
            if len(lines)
            else f"{words} was not found here. Look in more documents, or without the options."
        )
        if len(numbers) and not self.field.hasFocus():
            self.table.setFocus()
            self.table.selectRow(0)
        self._show_count()

    def _show_count(self) -> None:
        shown, total = len(self.table.records.numbers), len(self._lines)
        ticked = shown - len(self._left_out)
        parts = [f"{ticked:,} of {counted(shown, 'place')} ticked"]
        if total > shown:
            parts.append(f"{total - shown:,} skipped")
        if self._lines.is_cut:
            parts.append(f"only the first {MAX_LINES:,} places are listed")
        self.count.setText(", ".join(parts) + "." if total else "Nothing was found." if self.field.text() else "")
        self.annotate_button.setText(f"Annotate {counted(ticked, 'place')}" if ticked else "Annotate")
        self.annotate_button.setEnabled(ticked > 0 and self.label.currentData() is not None)

    def _tick_chosen(self) -> None:
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        ids = {self.table.records.shown[row].id for row in rows}
        self._left_out = self._left_out - ids if ids & self._left_out else self._left_out | ids
        self._repaint_ticks()

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == _TICK_COLUMN:
            self._left_out ^= {self.table.records.shown[index.row()].id}
            self._repaint_ticks()

    def _tick_all(self, ticked: bool) -> None:
        self._left_out = set() if ticked else set(self.table.records.numbers)
        self._repaint_ticks()

    def _repaint_ticks(self) -> None:
        self.table.viewport().update()
        self._show_count()

    def _choose_label(self, digit: int) -> None:
        for label in self._workspace.labels:
            if label.key == digit:
                self.label.setCurrentIndex(self.label.findData(label.id))

    # Annotating

    def _annotate(self) -> None:
        """Write in a job and hide the dialog: the status bar shows the progress and can cancel it."""
        if self._workspace.project is None:
            return
        try:
            self.source.check_choice()
        except InvalidValue as error:
            self.refuse(str(error))
            return
        shown = self.table.records.numbers
        lines = (self._lines[number] for number in sorted(shown) if number not in self._left_out)
        label_id, name = self.label.currentData(), self.label.currentText().strip("123456789 ")
        places = tuple((line.document.id, line.span) for line in lines)
        written = self._written.setdefault(label_id, set())
        work = partial(
            _annotate, places, written, label_id, source=self.source.typed, kind=self.source.kind.currentText()
        )
        workspace = self._workspace

        def tell(_: object) -> None:
            done = [place for place in places if place in written]
            outcome = occurrences.Annotated(
                len(done), len(places), 0, len({id for id, _ in done}), cancelled=len(done) < len(places)
            )
            workspace.notified.emit(outcome.sentence(name), bool(done))

        workspace.write_as_job(f"Annotate {counted(len(places), 'place')}", work, tell, dialog=self)

    def done(self, result: int) -> None:
        self._end_job()
        super().done(result)


def _read(
    project: Project,
    query: Query,
    document_ids: list[int] | None,
    is_left: Callable[[Line], bool],
    key: tuple[Callable[[Line], Any] | None, bool],
    progress: Progress,
    cancelled: Callable[[], bool],
) -> tuple[Concordance, Any]:
    """Return every place, and the numbers of those that remain; the work of a job."""
    finder = finder_for(query, progress, cancelled)
    lines = concordance.of_query(project, finder, document_ids, limit=MAX_LINES, progress=progress, cancelled=cancelled)
    return lines, _in_order(lines, is_left, key, cancelled)


def _in_order(
    lines: Concordance,
    is_left: Callable[[Line], bool],
    key: tuple[Callable[[Line], Any] | None, bool],
    cancelled: Callable[[], bool],
) -> Any:
    return concordance.ordered(lines, key[0], backwards=key[1], accepts=is_left, cancelled=cancelled)


def _annotate(
    places: Sequence[Place],
    written: set[Place],
    label_id: int,
    project: Project,
    progress: Progress,
    cancelled: Callable[[], bool],
    *,
    source: str,
    kind: str,
) -> None:
    """Annotate ``places`` except those in ``written``, adding each to it once written; the work of a job.

    ``source``: the source of the statements, which is created with this kind if the project lacks it. After a cancel
    the work returns instead of raising, because the written places have to be reported.
    """
    source_id, first = _source_of(project, source, kind)
    left = [place for place in places if place not in written]

    def report(done: int, _total: int, text: str) -> None:
        written.update(left[:done])
        if not cancelled():
            progress(len(written), len(places), text)

    occurrences.annotate(
        project,
        left,
        label_id,
        source_id=source_id,
        first=first,
        chunk=occurrences.SMALL_CHUNK,
        progress=report,
        cancelled=cancelled,
    )


def _source_of(project: Project, name: str, kind: str) -> tuple[int | None, tuple[Edit, ...]]:
    """Return the id of the source with this name, with the edits that add it if it is new."""
    if not name:
        return None, ()
    if (known := sources.find(project, name)) is not None:
        return known.id, ()
    id, change = sources.add(project, name, kind)
    return id, change.edits
