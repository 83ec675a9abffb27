"""The reading pane: the text of the open document below a headline, kept up to date with its reader state."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.find_bar import FindBar
from annotator.app.reader.hover_card import CardEntry, HoverCards, entry_of
from annotator.app.reader.minimap import Minimap
from annotator.app.reader.overlap_menu import pop_up
from annotator.app.state.reader_state import ReaderState
from annotator.app.state.workspace import Workspace
from annotator.app.style.label_style import Highlight, LabelStyle
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.labels import line_patterns
from annotator.domain.records import AnnotationRecord, SuggestionRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted

_MAX_PAINTED_IMMEDIATELY = 20
"""A change of at most this number of annotations is taken for an action of the user and painted immediately."""

_MIN_WIDTH = 48
"""The minimum width of the text in characters of the window's font."""

_WIDTH_FOR_MAP = 72
"""The width in characters of the window's font from which on the map is shown beside the text."""

_HINT = "Choose a document on the left, or drop files here"


class Headline(TextLabel):
    """A line of text that is elided if it does not fit; the tool tip shows all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def show_line(self, text: str) -> None:
        self._whole = text
        self.setToolTip(tool_tip(text))
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        available = max(0, self.width() - 2)
        self.setText(QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, available))


class CurrentMark(QWidget):
    """A line above a pane: in the accent colour for the current pane, pale for the other; none for a single pane."""

    _THICKNESS = 3

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(self._THICKNESS)
        self._current = False
        self.hide()

    def set_state(self, current: bool | None) -> None:
        self._current = bool(current)
        self.setVisible(current is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        role = QPalette.ColorRole.Link if self._current else QPalette.ColorRole.Mid
        QPainter(self).fillRect(event.rect(), self.palette().color(role))


class ReadingPane(QWidget):
    """The document view with its headline. It shows its reader state, and changes no data itself."""

    def __init__(self, workspace: Workspace, reading: ReaderState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.reading = reading
        self.view = DocumentView(self)
        self.view.set_hint(_HINT)
        self.map = Minimap(self.view, self)
        self._has_map = True
        self._is_bare = False
        self._suggested: set[int] = set()
        self.cards = HoverCards(self.view, self._card_entry)
        self._headline = Headline(self)
        self._headline.setProperty("role", "muted")
        self._headline.setAccessibleName("About the document")
        self._bar = QWidget(self)
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(16, 8, 16, 8)
        bar.addWidget(self._headline, 1)
        self.hidden_line = QPushButton(self._bar)
        self.hidden_line.setObjectName("hiddenLabels")
        self.hidden_line.setFlat(True)
        self.hidden_line.setToolTip("Some labels are hidden, with their annotations. Press to show them all again.")
        self.hidden_line.clicked.connect(workspace.label_filter.show_all)
        bar.addWidget(self.hidden_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._mark = CurrentMark(self)
        self._is_split = False
        layout.addWidget(self._mark)
        layout.addWidget(self._bar)
        self.find_bar = FindBar(self.view, workspace.keys, self)
        layout.addWidget(self.find_bar)
        page = QHBoxLayout()
        page.setSpacing(0)
        page.addWidget(self.view, 1)
        page.addWidget(self.map)
        layout.addLayout(page, 1)
        self.setFocusProxy(self.view)
        self.setMinimumWidth(min(400, _MIN_WIDTH * self.fontMetrics().averageCharWidth()))
        self._show_headline()
        self._show_labels()
        self._show_filter()
        workspace.label_filter.changed.connect(self._show_filter)
        reading.document_opened.connect(self._show_document)
        reading.document_changed.connect(self._show_data)
        reading.annotations_changed.connect(self._show_changes)
        reading.active_changed.connect(self._show_active)
        workspace.bookmarks_changed.connect(self._show_bookmarks)
        workspace.vocabulary_changed.connect(self._show_labels)
        workspace.project_opened.connect(self._show_labels)
        workspace.suggestions.changed.connect(self._show_suggestions)
        workspace.suggestions.active_changed.connect(self._show_active)
        self.view.highlight_clicked.connect(self.choose)
        self.view.line_clicked.connect(self._show_spans_menu)

    def set_map(self, is_wanted: bool) -> None:
        """Set whether the map is shown beside the text; a narrow pane shows only the text."""
        self._has_map = is_wanted
        self._show_map()

    def set_bare(self, is_bare: bool) -> None:
        """Set whether only the text is shown, and the note that labels are hidden."""
        self._is_bare = is_bare
        self._headline.setVisible(not is_bare)
        self._show_bar()
        self._show_map()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_map()

    def _show_map(self) -> None:
        is_wide = self.width() >= _WIDTH_FOR_MAP * self.fontMetrics().averageCharWidth()
        self.map.setVisible(self._has_map and is_wide and self.view.is_open and not self._is_bare)

    def _show_bar(self) -> None:
        has_content = not self._is_bare or not self.hidden_line.isHidden()
        self._bar.setVisible(self.reading.document is not None and has_content)

    def set_current(self, current: bool | None) -> None:
        """Mark the pane as the current one or the other one; None if there is only one."""
        self._mark.set_state(current)
        self._is_split = current is not None
        self._show_headline()

    def take_over(self, other: "ReadingPane") -> None:
        """Show what another pane shows, at the same place and in the same size."""
        document, active = other.reading.document, other.reading.active_id
        self._workspace.open_document(None if document is None else document.id, self.reading)
        self.view.set_text_size(other.view.text_size())
        self.view.restore(*other.view.view_state())
        self.reading.set_active(active)

    def list_spans_here(self) -> bool:
        """Open the menu of the annotations on the line of the caret; return whether there are any."""
        caret = self.view.caret()
        self.view.scroll_to(Span(caret, caret))
        place = self.view.viewport().mapToGlobal(self.view.rectangle(caret).bottomLeft())
        return self._show_spans_menu(self.view.highlights_on_line(caret), place)

    def _show_spans_menu(self, ids: list[int], place: QPoint) -> bool:
        self.cards.leave()
        shown = [found for id in ids if (found := self._record_of(id)) is not None]
        menu = pop_up(self.view, shown, place, self)
        if menu is not None:
            menu.annotation_chosen.connect(self.choose)
        return menu is not None

    def _record_of(self, id: int) -> AnnotationRecord | SuggestionRecord | None:
        """Return the annotation or the suggestion of a highlight; None if it is unknown."""
        return self.reading.annotations.get(id) if id > 0 else self._suggestions().get(id)

    def _card_entry(self, id: int) -> CardEntry | None:
        found = self._record_of(id)
        return None if found is None else entry_of(found)

    def _suggestions(self) -> dict[int, SuggestionRecord]:
        document = self.reading.document
        return {} if document is None else self._workspace.suggestions.of(document.id)

    def choose(self, id: int) -> None:
        """Make the annotation or the suggestion of a highlight the active one."""
        if id > 0:
            self.reading.set_active(id)
        else:
            self._workspace.suggestions.set_active(self._suggestions().get(id))

    def _show_document(self) -> None:
        document = self.reading.document
        self.cards.leave()
        self._suggested = set()
        if document is None:
            self.find_bar.close_bar()
            self.view.clear_document()
        else:
            self.view.set_direction(document.direction)
            self.view.set_document(document.text, document.structure)
            self.view.set_reshaping(not self._workspace.read_only)
            self.view.set_highlights(map(_highlight, self.reading.annotations.values()))
            self._show_suggestions()
            self._show_bookmarks()
            self.find_bar.search_again()
        self._show_headline()
        self._show_map()

    def _show_data(self) -> None:
        if (document := self.reading.document) is not None:
            self.view.set_direction(document.direction)
        self._show_headline()

    def _show_headline(self) -> None:
        document = self.reading.document
        self._show_bar()
        if document is None:
            return
        parts = [
            document.title if self._is_split else "",
            document.source,
            document.author,
            document.published_at[:10],
            f"{document.words:,} words",
            document.status,
        ]
        self._headline.show_line("   ·   ".join(part for part in parts if part))

    def _show_changes(self, changed: list[int], gone: list[int]) -> None:
        self.view.remove_highlights(gone)
        self.view.put_highlights(_highlight(self.reading.annotations[id]) for id in changed)
        if self.reading.active_id in changed:
            self._show_active()
        if len(changed) + len(gone) <= _MAX_PAINTED_IMMEDIATELY:
            # The text first: the tables and the inspector, which are notified after this pane, are painted in the
            # next frame and take three times as long.
            self.view.paint_changes()

    def _show_suggestions(self) -> None:
        """Update the suggestions in the text; unchanged ones are not repainted."""
        if self.reading.document is None:
            return
        wanted = self._suggestions()
        self.view.remove_highlights(self._suggested - wanted.keys())
        self.view.put_highlights(
            Highlight(id, one.label_id, one.fragments, suggestion=True)
            for id, one in wanted.items()
            if id not in self._suggested
        )
        self._suggested = set(wanted)

    def _show_active(self) -> None:
        active, suggestion = self.reading.active, self._workspace.suggestions.active
        if active is not None:
            self.view.set_active(active.id, active.cue, active.mention)
        elif suggestion is not None and -suggestion.id in self._suggestions():
            self.view.set_active(-suggestion.id, suggestion.cue, suggestion.mention)
        else:
            self.view.set_active(None)

    def _show_labels(self) -> None:
        labels = self._workspace.labels
        patterns = line_patterns(labels)
        self.view.set_label_styles(
            {label.id: LabelStyle(label.color, label.initials, patterns[label.id], label.name) for label in labels}
        )

    def _show_bookmarks(self) -> None:
        document = self.reading.document
        if document is not None:
            self.view.set_bookmarks(found.position for found in self._workspace.bookmarks_of(document.id))

    def _show_filter(self) -> None:
        """Hide the annotations of hidden labels, and show a note, so that annotations do not seem lost."""
        hidden = self._workspace.label_filter.hidden_ids
        self.view.set_hidden_labels(hidden)
        self.hidden_line.setVisible(bool(hidden))
        self.hidden_line.setText(f"{counted(len(hidden), 'label')} hidden - show all")
        self._show_bar()


def _highlight(annotation: AnnotationRecord) -> Highlight:
    return Highlight(annotation.id, annotation.label_id, annotation.fragments)
