"""The find bar above the text: a query, marks for all its hits, and steps from hit to hit."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from annotator.app.actions.key_texts import keys_text
from annotator.app.background.jobs import Job, Jobs, Progress
from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.marks.search_hits import SearchHits
from annotator.app.state.action_keys import ActionKeys, KeyTip
from annotator.app.style.icons import icon
from annotator.app.widgets.line_edit_icons import add_clear_button, add_sign
from annotator.app.widgets.search_options import FindOptions
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.spans import Span
from annotator.nlp.text.text_search import Finder, Query

TYPING_PAUSE = 60
"""Milliseconds without a key press before the search starts."""

EXPRESSION_SECONDS = 2.0
"""Time limit in seconds of a regular expression while the user is waiting for it."""

MAX_HITS = 200_000
"""The maximum number of hits in one document."""

_MAX_QUERY = 300


def _all_hits(query: Query, text: str, _progress: Progress, cancelled: Callable[[], bool]) -> SearchHits:
    """Return every hit of ``query`` in ``text``; the work of a job."""
    hits = SearchHits()
    for span in Finder(query, seconds=EXPRESSION_SECONDS).spans(text, cancelled):
        if len(hits) == MAX_HITS:
            hits.is_cut = True
            break
        hits.add(span)
    return hits


class _QueryField(QLineEdit):
    """The field for the search words. Enter goes to the next hit, Shift+Enter to the previous one, Escape closes."""

    step_requested = Signal(bool)
    """Whether the step is forward."""

    close_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.step_requested.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)


class FindBar(QWidget):
    """Searches the document shown in a job while the user types."""

    annotate_requested = Signal()
    """The user wants to annotate all hits."""

    def __init__(self, view: DocumentView, keys: ActionKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self.setAccessibleName("Find in the document")
        self.jobs = Jobs(self)
        """The jobs in which searches run; the window sets its own."""
        self._view = view
        self._job: Job | None = None
        self._origin = 0
        """The position from which the first hit is searched; -1 to go to no hit."""
        self._waiting_step: bool | None = None
        self._has_wrapped = False
        self.field = _QueryField(self)
        self.field.setObjectName("findField")
        self.field.setPlaceholderText("Find in the document")
        self.field.setAccessibleName("Find in the document")
        add_clear_button(self.field)
        self.field.setMinimumWidth(90)
        add_sign(self.field, "search")
        self.options = FindOptions(self)
        self.count = TextLabel(self)
        self.count.setObjectName("findCount")
        self.count.setProperty("role", "muted")
        self.previous_button = self._button("previous", "Previous hit")
        self.next_button = self._button("next", "Next hit")
        self.annotate_button = self._button("label", "Annotate all hits")
        self.close_button = self._button("close", "Close the find bar")
        KeyTip(self.previous_button, keys, "Previous hit", "find.previous")
        KeyTip(self.next_button, keys, "Next hit", "find.next")
        KeyTip(self.annotate_button, keys, "Annotate all hits", "annotate.all_occurrences")
        self.close_button.setToolTip(tool_tip(f"Close the find bar ({keys_text([QKeySequence('Esc')])})"))
        self.message = TextLabel(self)
        self.message.setObjectName("findMessage")
        self.message.setProperty("role", "bad")
        self.message.setWordWrap(True)
        self.message.hide()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        buttons = (self.previous_button, self.next_button, self.annotate_button, self.close_button)
        for widget in (self.options, self.count, *buttons):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 4, 12, 6)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.message)
        self.setFocusProxy(self.field)
        self.hide()

        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._pause.timeout.connect(self._search)
        self.field.textChanged.connect(self._on_typed)
        self.field.step_requested.connect(self.step)
        self.field.close_requested.connect(self.leave)
        self.options.changed.connect(self._search)
        self.previous_button.clicked.connect(lambda: self.step(False))
        self.next_button.clicked.connect(lambda: self.step(True))
        self.annotate_button.clicked.connect(self.annotate_requested)
        self.close_button.clicked.connect(self.leave)
        view.selection_changed.connect(self._show_count)

    @property
    def query(self) -> Query:
        """The search query; empty while the bar is closed."""
        return self.options.query(self.field.text() if self.isVisible() else "")

    def open(self, *, focus: bool = True) -> None:
        """Show the bar with the selected words, or with the last search, and search for them."""
        span = self._view.selected_span()
        words = span.of(self._view.text) if span and span.end - span.start <= _MAX_QUERY else ""
        is_hit = self._view.search_hits.number_of(span) is not None
        self._origin = span.start if span else self._view.caret()
        if words.strip() and "\n" not in words.strip() and not is_hit:
            self.field.setText(words.strip())
            self.options.regex.setChecked(False)
        self.show()
        if focus:
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()
        self._search()

    def close_bar(self) -> None:
        """Hide the bar and its marks; the selection stays."""
        if self.isVisible():
            self._end_job()
            self.hide()
            self._view.set_search_hits(())

    def leave(self) -> None:
        """Close the bar and give the focus to the text, where the last hit is selected."""
        self.close_bar()
        self._view.setFocus()

    def step(self, forward: bool) -> None:
        """Go to the next or previous hit, wrapping at the end, as soon as the hits are known."""
        if not self.isVisible():
            self.open(focus=False)
            self._origin = -1
        if self._pause.isActive():
            self._search()
        if self._job is not None:
            self._waiting_step = forward
            return
        hits = self._view.search_hits
        if not len(hits):
            return
        span = self._view.selected_span()
        caret = self._view.caret()
        if forward:
            number = hits.first_from(span.end if hits.number_of(span) is not None and span else caret)
        else:
            number = hits.last_before(span.start if span else caret)
        self._has_wrapped = number is None
        self._show_hit((0 if forward else len(hits) - 1) if number is None else number)

    def search_again(self) -> None:
        """Repeat the search in another document, without moving the caret."""
        if self.isVisible():
            self._origin = -1
            self._search()

    # Searching

    def _on_typed(self) -> None:
        # A hit of an incomplete word must not be selected when the next character is already typed.
        self._end_job()
        self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        self._end_job()
        query, view = self.query, self._view
        self._show_message("")
        if not query or not view.is_open:
            view.set_search_hits(())
            self._show_count()
            return
        self.count.setText("…")
        job = self.jobs.run(
            "Find",
            partial(_all_hits, query, view.text),
            on_success=lambda hits: self._show_hits(hits) if self._job is job else None,
            on_failure=lambda sentence: self._show_failure(sentence) if self._job is job else None,
        )
        self._job = job

    def _end_job(self) -> None:
        job, self._job, self._waiting_step = self._job, None, None
        if job is not None:
            job.cancel()

    def _show_hits(self, hits: SearchHits) -> None:
        waiting, self._job, self._waiting_step = self._waiting_step, None, None
        self._has_wrapped = False
        self._view.set_search_hits(hits)
        if len(hits) and self._origin >= 0:
            self._show_hit(hits.first_from(self._origin) or 0)
        else:
            self._show_count()
        if waiting is not None:
            self.step(waiting)

    def _show_failure(self, sentence: str) -> None:
        self._job = None
        self._view.set_search_hits(())
        self._show_message(sentence)
        self._show_count()

    def _show_hit(self, number: int) -> None:
        span: Span = self._view.search_hits[number]
        self._origin = span.start
        self._view.select(*span)
        self._view.scroll_to(span)
        self._show_count()

    # Messages

    def _show_count(self, _selected: object = None) -> None:
        if not self.isVisible():
            return
        hits = self._view.search_hits
        number = hits.number_of(self._view.selected_span())
        total = f"{len(hits):,}{'+' if hits.is_cut else ''}"
        if not len(hits):
            # An incomplete regular expression is already reported in the message.
            text = "No hits" if self.query and not self.message.isVisibleTo(self) else ""
        elif number is None:
            text = f"{total} {'hit' if len(hits) == 1 else 'hits'}"
        else:
            text = f"{number + 1:,} of {total}"
        self.count.setText(text)
        self.count.setToolTip("The search continued from the other end" if self._has_wrapped else "")
        for button in (self.previous_button, self.next_button, self.annotate_button):
            button.setEnabled(bool(len(hits)))

    def _show_message(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _button(self, picture: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        return button
