"""The concordance: all places of some words or of a label as lines with the key word in the middle."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from annotator.app.background.jobs import Job, Jobs, Progress
from annotator.app.search.concordance_controls import ConcordanceControls, choice_field
from annotator.app.search.concordance_reading import LineOrder, ListedSubject, ordered_numbers, read_lines
from annotator.app.search.concordance_table import LineModel, LineTable, line_columns
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.columns import Swatch
from annotator.app.widgets.records.filter_bar import CountLabel, FilterField
from annotator.app.widgets.search_options import FindOptions
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.changes import Change
from annotator.domain.wording import counted
from annotator.nlp.text.text_search import Query
from annotator.services.search import concordance
from annotator.services.search.concordance import Concordance, Line

_REREAD_DELAY = 500
"""Milliseconds without a change of annotations before the lines are read again."""

_COPIED_AT_MOST = 20_000
"""Maximum number of lines that are copied to the clipboard."""


class ConcordanceView(QWidget):
    """A query or a label, and its lines. Reading, sorting and filtering run as jobs."""

    hit_requested = Signal(int, object)
    """A document id and the Span in it that is to be shown."""
    leave_requested = Signal()
    """Escape in the field: the focus may go back to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.jobs = Jobs(self)
        """The jobs in which the work runs; the window sets its own, so that its status bar shows them."""
        self._job: Job | None = None
        self._subject = ListedSubject(Query(""), None)
        self._lines = Concordance()
        self._names: dict[int, str] = {}
        self._swatches: dict[int, Swatch] = {}
        self._is_stale = False
        self._goes_to_table = False
        self._build()
        self._connect()
        self.clear()

    def _build(self) -> None:
        self.field = FilterField("Words for the concordance", self)
        self.field.setObjectName("concordanceQuery")
        add_sign(self.field, "search")
        self.field.setToolTip("The words as they stand in the text. Enter lists every place of them.")
        self.options = FindOptions(self, with_forms=True)
        listed = "Words, or all annotations of a label"
        self.subject = choice_field(self, "concordanceSubject", "What is listed", listed)
        self.cancel_button = QToolButton(self)
        self.cancel_button.setObjectName("cancelConcordance")
        self.cancel_button.setIcon(icon("reject"))
        self.cancel_button.setAccessibleName("Cancel")
        self.cancel_button.setToolTip("Cancel")
        self.cancel_button.hide()
        self.count = CountLabel(self)
        columns = line_columns(self._label_text, self._swatch)
        self.controls = ConcordanceControls([column.title for column in columns], self)
        self.table = LineTable(LineModel(columns, self), self)
        self.table.setObjectName("concordanceTable")
        self.table.setAccessibleName("Concordance")
        self.table.setMinimumHeight(self.table.fontMetrics().height() * 9)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.field, 3)
        for beside in (self.options, self.subject, self.cancel_button):
            top.addWidget(beside)
        top.addWidget(self.count, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.controls)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        layout = self.layout()
        assert layout is not None
        # The choices wrap in a narrow pane, and Qt does not include their lines in the height.
        self.setMinimumHeight(layout.minimumHeightForWidth(self.width()))

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._on_entered)
        self.field.left.connect(self.leave_requested)
        self.field.list_requested.connect(self._go_to_table)
        self.options.changed.connect(self._on_entered)
        self.subject.currentIndexChanged.connect(self._on_subject)
        self.cancel_button.clicked.connect(self.cancel)
        self.controls.sort.currentIndexChanged.connect(self._on_sort_chosen)
        self.controls.filter_changed.connect(self._arrange)
        self.controls.left.connect(self._go_to_table)
        self.controls.export_button.clicked.connect(self._export)
        self.table.records.sort_requested.connect(self._on_sorted)
        self.table.clicked_id.connect(self._on_chosen)
        self.table.chosen.connect(self._on_chosen)
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.copy)
        self._reread_timer = QTimer(self, singleShot=True, interval=_REREAD_DELAY)
        self._reread_timer.timeout.connect(self._read_again)
        workspace = self._workspace
        workspace.project_opened.connect(self.clear)
        workspace.project_closed.connect(self.clear)
        workspace.vocabulary_changed.connect(self._take_labels)
        workspace.committed.connect(self._on_committed)

    def _label_text(self, line: Line) -> str:
        return ", ".join(self._names.get(id, "") for id in line.labels)

    def _swatch(self, line: Line) -> Swatch | None:
        return self._swatches.get(line.labels[0]) if line.labels else None

    # Requests

    def open(self, query: Query) -> None:
        """List other words and move the focus to the field; for words already listed, move the focus to the lines."""
        words = query.words
        if not words or (self._subject.label_id is None and words.casefold() == self._subject.query.words.casefold()):
            if len(self.table.records.shown) and words:
                self._go_to_table()
            else:
                self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                self.field.selectAll()
            return
        self._goes_to_table = True
        self.run(query)

    def run(self, query: Query, label_id: int | None = None) -> None:
        """List the places of ``query``, or all annotations with a label."""
        with QSignalBlocker(self.subject):
            self.subject.setCurrentIndex(max(0, self.subject.findData(label_id)))
        self.field.setEnabled(label_id is None)
        self.options.setEnabled(label_id is None)
        self.field.setText(query.words)
        self.options.show_query(query)
        self._subject = ListedSubject(query, label_id)
        self._read()

    def cancel(self) -> None:
        """Stop the running search; the lines shown before stay."""
        if self._job is not None:
            self._end_job()
            self._goes_to_table = False
            self.count.setText("Cancelled.")

    def clear(self) -> None:
        """Empty the fields and the list."""
        self._end_job()
        self._reread_timer.stop()
        self._is_stale = self._goes_to_table = False
        self._subject = ListedSubject(Query(""), None)
        self.field.clear()
        self.field.setEnabled(True)
        self.options.setEnabled(True)
        self._lines = Concordance()
        self.table.show_lines(self._lines)
        self._take_labels()
        self._fill_sources()
        self.count.setText("")
        has_project = self._workspace.project is not None
        self.table.set_hint(
            "Type words and press Enter, or choose a label." if has_project else "Open a project to list its words."
        )

    def _read(self) -> None:
        project, subject = self._workspace.project, self._subject
        self._end_job()
        self._reread_timer.stop()
        self._is_stale = False
        if project is None or subject.is_empty:
            self.clear()
            return
        self.count.setText("Searching …")
        self._run("Concordance", partial(read_lines, project, subject, self._order()), self._show)

    def _arrange(self) -> None:
        """Sort and filter the present lines."""
        if len(self._lines):
            # Lines that are still being read will come in the new order.
            if self._job is not None and self._job.title == "Concordance":
                self._read()
                return
            lines, order = self._lines, self._order()

            def work(_progress: Progress, cancelled: Callable[[], bool]) -> tuple[Concordance, Any]:
                return lines, ordered_numbers(lines, order, cancelled)

            self._run("Sort", work, self._show)

    def _run(self, title: str, work: Callable[..., Any], done: Callable[[Any], None]) -> None:
        self._end_job()
        job = self.jobs.run(
            title,
            work,
            on_success=lambda answer: self._finish(job, partial(done, answer)),
            on_failure=lambda sentence: self._finish(job, partial(self._fail, sentence)),
        )
        self._job = job
        self.cancel_button.setVisible(title == "Concordance")

    def _finish(self, job: Job, then: Callable[[], None]) -> None:
        if self._job is job:
            self._job = None
            self.cancel_button.hide()
            then()

    def _end_job(self) -> None:
        job, self._job = self._job, None
        self.cancel_button.hide()
        if job is not None:
            job.cancel()

    def _order(self) -> LineOrder:
        header, columns = self.table.horizontalHeader(), self.table.records.columns
        column = header.sortIndicatorSection()
        key = columns[column].sort_key if 0 <= column < len(columns) else None
        return self.controls.order(key, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)

    # Showing

    def _show(self, answer: tuple[Concordance, Any]) -> None:
        lines, numbers = answer
        is_new = lines is not self._lines
        self._lines = lines
        self.table.show_lines(lines, numbers)
        if is_new:
            self._fill_sources()
        total, shown = len(lines), len(numbers)
        first = "The first " if lines.is_cut else ""
        text = (
            f"{first}{counted(total, 'line')} in {counted(len(lines.documents), 'document')}" if total else "No lines"
        )
        self.count.setText(f"{text}, {shown:,} shown" if shown != total else text)
        self.count.setToolTip(tool_tip(self.count.text()))
        what = "with this label" if self._subject.label_id is not None else f"of {self._subject.query.words}"
        self.table.set_hint(
            "No line passes the filters. Set them wider." if total else f"There is no place {what} in the project."
        )
        if self._goes_to_table and shown:
            self._go_to_table()
        self._goes_to_table = False

    def _fail(self, sentence: str) -> None:
        self._goes_to_table = False
        self._lines = Concordance()
        self.table.show_lines(self._lines)
        self.table.set_hint(sentence)
        self.count.setText("")
        self._workspace.error_occurred.emit(sentence)

    def _fill_sources(self) -> None:
        names = sorted({document.source for document in self._lines.documents if document.source}, key=str.casefold)
        self.controls.set_sources(names)

    def _take_labels(self) -> None:
        labels = self._workspace.labels
        self._names = {label.id: label.name for label in labels}
        self._swatches = {label.id: Swatch(label.color, label.initials) for label in labels}
        named = [(label.name, label.id) for label in labels]
        self.controls.set_labels(named)
        with QSignalBlocker(self.subject):
            chosen = self.subject.currentData()
            self.subject.clear()
            self.subject.addItem("Words", None)
            for name, id in named:
                self.subject.addItem(f"All: {name}", id)
            self.subject.setCurrentIndex(max(0, self.subject.findData(chosen)))
        self.table.viewport().update()

    # Changes elsewhere

    def _on_committed(self, change: Change) -> None:
        if change.tables() & {"annotation", "document"} and not self._subject.is_empty:
            self._is_stale = True
            if self.isVisible():
                self._reread_timer.start()

    def _read_again(self) -> None:
        if self._is_stale and self.isVisible() and self._job is None:
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._reread_timer.start()

    # Actions of the user

    def _on_entered(self) -> None:
        self._goes_to_table = self.field.hasFocus()
        self.run(self.options.query(self.field.text().strip()))

    def _on_subject(self) -> None:
        self.run(self.options.query(self.field.text().strip()), self.subject.currentData())

    def _on_sort_chosen(self) -> None:
        header = self.table.horizontalHeader()
        # The header notifies the model, whose signal this view receives.
        header.setSortIndicator(self.controls.sort.currentData(), Qt.SortOrder.AscendingOrder)

    def _on_sorted(self, column: int, _backwards: bool) -> None:
        self.controls.show_sort(column)
        self._arrange()

    def _on_chosen(self, id: int) -> None:
        line = self.table.records.record(id)
        if line is not None:
            self.hit_requested.emit(line.document.id, line.span)

    def _go_to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if len(self.table.records.shown) and self.table.current_id() is None:
            self.table.setCurrentIndex(self.table.records.index(0, 0))

    def copy(self) -> None:
        """Copy the selected lines to the clipboard, with a tab between columns."""
        ids = self.table.selected_ids()[:_COPIED_AT_MOST]
        columns = self.table.records.columns
        lines = (self._lines[id] for id in ids)
        text = "\n".join("\t".join(column.text(line).strip() for column in columns) for line in lines)
        if text:
            QGuiApplication.clipboard().setText(text)
            self._workspace.notified.emit(f"Copied {counted(len(ids), 'line')}.", False)

    def _export(self) -> None:
        project, numbers, lines = self._workspace.project, self.table.records.numbers, self._lines
        if project is None or not numbers:
            self._workspace.notified.emit("There are no lines to save.", False)
            return
        offered = project.path.with_name("concordance.csv")
        chosen = file_dialogs.ask_where_to_save(self, "Save the lines", offered, "CSV (*.csv)")
        if chosen is not None:
            self.save(chosen, lines, numbers)

    def save(self, out: Path, lines: Concordance, numbers: Any) -> None:
        """Write lines to a file as a job."""
        names = dict(self._names)

        def work(progress: Progress, cancelled: Callable[[], bool]) -> None:
            concordance.write_csv(lines, numbers, names, out, progress=progress, cancelled=cancelled)

        done = f"Saved {counted(len(numbers), 'line')} as {out.name}."
        self.jobs.run("Save the lines", work, on_success=lambda _: self._workspace.notified.emit(done, False))
