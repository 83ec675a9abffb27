"""The search over all documents: the hits, each with its context."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget

from annotator.app.background.jobs import Job, Jobs, Progress
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.widgets.line_edit_icons import add_sign
from annotator.app.widgets.records.cell_delegate import CellDelegate
from annotator.app.widgets.records.columns import Column, one_line
from annotator.app.widgets.records.filter_bar import CountLabel, FilterBar, FilterField
from annotator.app.widgets.records.record_model import RecordModel
from annotator.app.widgets.records.record_table import RecordTable
from annotator.app.widgets.search_options import FindOptions
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import Cancelled
from annotator.domain.records import SearchHit
from annotator.domain.wording import counted
from annotator.nlp.text.text_search import Query
from annotator.services.projects.open_project import Project
from annotator.services.search import searching

PAGE = 200
"""The number of hits shown at first; each request for more multiplies it by four."""

HITS_OF_DOCUMENT = 20

_CONTEXT_COLUMN = 1


class _Row(NamedTuple):
    """A hit with its place in the list."""

    id: int
    hit: SearchHit


class _Answer(NamedTuple):
    """The result of a search, and its duration in seconds."""

    hits: list[SearchHit]
    seconds: float


def _context(row: _Row) -> str:
    return f"{row.hit.before}{row.hit.match}{row.hit.after}"


COLUMNS = (
    Column(
        "Document",
        lambda row: one_line(row.hit.title),
        key=lambda row: row.hit.title.casefold(),
        tip=lambda row: row.hit.title,
        spoken=lambda row: f"Document: {row.hit.title}",
        width=18,
        least=6,
        weight=1,
        rank=1,
    ),
    Column(
        "Context",
        lambda row: one_line(_context(row)),
        key=lambda row: (row.hit.match.casefold(), row.hit.after.casefold()),
        tip=_context,
        spoken=lambda row: f"Found {row.hit.match or 'in the title'}: {one_line(_context(row))}",
        width=30,
        least=10,
        weight=4,
    ),
)


class _Scan:
    """One search, as the work of a Job."""

    def __init__(self, project: Project, query: Query, limit: int) -> None:
        self._project = project
        self._query = query
        self._limit = limit

    def run(self, _progress: Progress, cancelled: Callable[[], bool]) -> _Answer:
        """Search, and return the result."""
        started = time.perf_counter()
        hits = searching.search(
            self._project,
            self._query.words,
            regex=self._query.regex,
            whole_word=self._query.whole_word,
            match_case=self._query.match_case,
            limit=self._limit,
            per_document=HITS_OF_DOCUMENT,
            cancelled=cancelled,
        )
        if cancelled():
            raise Cancelled("The search was cancelled.")
        return _Answer(hits, time.perf_counter() - started)


class _HitDelegate(CellDelegate):
    """Shows the hit in bold, and omits the most distant context if there is not enough space."""

    def paint_words(self, painter: QPainter, area: QRect, column: Column, record: Any) -> None:
        hit: SearchHit = record.hit
        if column is not COLUMNS[_CONTEXT_COLUMN] or not hit.match:
            super().paint_words(painter, area, column, record)
            return
        plain, bold = painter.font(), painter.font()
        bold.setBold(True)
        metrics, bold_metrics = QFontMetrics(plain), QFontMetrics(bold)
        before, after = hit.before.lstrip(), hit.after.rstrip()
        match = bold_metrics.elidedText(hit.match, Qt.TextElideMode.ElideMiddle, area.width())
        middle = bold_metrics.horizontalAdvance(match)
        available = area.width() - middle
        widths = metrics.horizontalAdvance(before), metrics.horizontalAdvance(after)
        left = min(widths[0], max(available // 2, available - widths[1]))
        x = area.left()
        for text, font, mode, width in (
            (before, plain, Qt.TextElideMode.ElideLeft, left),
            (match, bold, Qt.TextElideMode.ElideRight, middle),
            (after, plain, Qt.TextElideMode.ElideRight, available - left),
        ):
            fitting = text if font is bold else metrics.elidedText(text, mode, width)
            painter.setFont(font)
            used = QFontMetrics(font).horizontalAdvance(fitting)
            place = QRect(x, area.top(), used + 1, area.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), fitting)
            x += used


class SearchResults(QWidget):
    """A field for words or a regular expression, and the hits."""

    hit_requested = Signal(int, object)
    """A document id and the Span in it that is to be shown."""
    leave_requested = Signal()
    """Escape in the field: the focus may go back to the text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.jobs = Jobs(self)
        """The jobs in which searches run; the window sets its own, so that its status bar shows them."""
        self._job: Job | None = None
        self._scan: _Scan | None = None
        self._limit = PAGE
        self._asked = Query("")
        self.field = FilterField("Search in all documents", self)
        self.field.setObjectName("searchQuery")
        add_sign(self.field, "search")
        self.field.setToolTip('Words that must all occur; "a phrase", begin* for beginnings. Enter searches.')
        self.options = FindOptions(self)
        self.options.setToolTip("With one of these on, every text is searched for exactly what you type")
        self.cancel_button = QToolButton(self)
        self.cancel_button.setObjectName("cancelSearch")
        self.cancel_button.setIcon(icon("reject"))
        self.cancel_button.setAccessibleName("Cancel the search")
        self.cancel_button.setToolTip("Cancel the search")
        self.cancel_button.hide()
        self.count = CountLabel(self)
        self.more_button = QPushButton("More", self)
        self.more_button.setFlat(True)
        self.more_button.setAccessibleName("Show more hits")
        self.more_button.setToolTip("Search on for more hits")
        self.more_button.hide()
        self.table = RecordTable(RecordModel(COLUMNS, lambda row: row.id, self), self)
        self.table.setObjectName("searchResults")
        self.table.setAccessibleName("Search results")
        self.table.setItemDelegate(_HitDelegate(self.table.records, self.table))

        others = (self.options, self.cancel_button, self.count, self.more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(FilterBar(self.field, others, self))
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.field)

        self.field.returnPressed.connect(self._on_entered)
        self.field.left.connect(self.leave_requested)
        self.field.list_requested.connect(self._go_to_list)
        self.options.changed.connect(self._on_entered)
        self.cancel_button.clicked.connect(self.cancel)
        self.more_button.clicked.connect(self._on_more)
        self.table.clicked_id.connect(self._on_chosen)
        self.table.chosen.connect(self._on_chosen)
        workspace.project_opened.connect(self.clear)
        workspace.project_closed.connect(self.clear)
        self.clear()

    def run(self, words: str, *, regex: bool = False, whole_word: bool = False, match_case: bool = False) -> None:
        """Search for words, or a regular expression, in all documents; a running search is replaced."""
        query = Query(words.strip(), whole_word, match_case, regex)
        self.field.setText(words)
        self.options.show_query(query)
        self._limit = PAGE
        self._search(query)

    def cancel(self) -> None:
        """Stop a running search; the hits shown before stay."""
        if self._job is not None:
            self._end_job()
            self._on_cancelled()

    def clear(self) -> None:
        """Empty the field and the list."""
        self._end_job()
        self._asked = Query("")
        self.field.clear()
        self.count.setText("")
        self.more_button.hide()
        self.table.set_records(())
        has_project = self._workspace.project is not None
        self.table.set_hint("Type words and press Enter." if has_project else "Open a project to search in it.")

    # Searching

    def _search(self, query: Query) -> None:
        project = self._workspace.project
        self._end_job()
        if project is None or not query:
            self.clear()
            return
        self._asked = query
        scan = _Scan(project, query, self._limit)
        job = self.jobs.run(
            "Search",
            scan.run,
            on_success=lambda answer: self._show(answer) if self._scan is scan else None,
            on_failure=lambda sentence: self._on_failed(sentence) if self._scan is scan else None,
            on_cancel=lambda: self._on_cancelled() if self._scan is scan else None,
        )
        # Its signals are queued, so none is missed.
        job.finished.connect(lambda: self._on_finished(job))
        self._job, self._scan = job, scan
        self.count.setText("Searching …")
        self.cancel_button.setVisible(any(query[1:]))

    def _end_job(self) -> None:
        job, self._job = self._job, None
        self._scan = None
        self.cancel_button.hide()
        if job is not None:
            job.cancel()

    def _show(self, answer: _Answer) -> None:
        self.table.set_records([_Row(number, hit) for number, hit in enumerate(answer.hits)], anew=True)
        self.table.scrollToTop()
        found = len(answer.hits)
        in_documents = counted(len({hit.document_id for hit in answer.hits}), "document")
        is_cut = found >= self._limit
        first = "The first " if is_cut else ""
        duration = f"{answer.seconds * 1000:.0f} ms" if answer.seconds < 1 else f"{answer.seconds:.1f} s"
        self.count.setText(f"{first}{counted(found, 'hit')} in {in_documents}, {duration}" if found else "No hits")
        self.count.setToolTip(tool_tip(self.count.text()))
        self.more_button.setVisible(is_cut)
        advice = (
            "Try it without the options." if any(self._asked[1:]) else "Try fewer words, or a beginning such as gas*."
        )
        self.table.set_hint(f"Nothing was found for {self._asked.words}. {advice}")

    def _on_failed(self, sentence: str) -> None:
        self.table.set_records(())
        self.table.set_hint(sentence)
        self.count.setText("")
        self.more_button.hide()
        self._workspace.error_occurred.emit(sentence)

    def _on_cancelled(self) -> None:
        self.count.setText("Cancelled.")

    def _on_finished(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self.cancel_button.hide()

    # What the user does

    def _on_entered(self) -> None:
        query = self.options.query(self.field.text())
        self.run(query.words, regex=query.regex, whole_word=query.whole_word, match_case=query.match_case)

    def _on_more(self) -> None:
        self._limit *= 4
        self._search(self._asked)

    def _on_chosen(self, id: int) -> None:
        row = self.table.records.record(id)
        if row is not None:
            self.hit_requested.emit(row.hit.document_id, row.hit.span)

    def _go_to_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.table.records.shown and self.table.current_id() is None:
            self.table.setCurrentIndex(self.table.records.index(0, 0))
