"""The peek: the paragraph of a place and its neighbours, beside a list of places."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.state.workspace import Workspace
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.errors import AnnotatorError
from annotator.domain.records import TextSlice
from annotator.domain.spans import Span

_AROUND = 1_500
"""Code points that are read before and after the place."""
_PLACE = 1
"""The id of the only highlight, and of its label."""


class Peek(QWidget):
    """Shows a place in its text without leaving the page: the paragraph, and in grey what surrounds it.

    Only a slice of the text is read, also of a very long one.
    """

    open_requested = Signal(int, object)
    """Open the document (its id) at a Span of its text."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("peek")
        self.setAccessibleName("In the text")
        self._workspace = workspace
        self._place: tuple[int, Span] | None = None
        self.title = TextLabel(self)
        self.title.setWordWrap(True)
        self.title.setProperty("role", "heading")
        self.origin = TextLabel(self)
        self.origin.setWordWrap(True)
        self.origin.setProperty("role", "muted")
        self.open_button = QPushButton("Open in Read", self)
        self.open_button.setObjectName("openInRead")
        self.open_button.clicked.connect(self._request_opening)
        self.view = DocumentView(self)
        self.view.setObjectName("peekText")
        self.view.setAccessibleName("The paragraph in its text")
        self.view.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view.set_hint("Choose a line to see its words in their text.")
        below = QHBoxLayout()
        below.addWidget(self.origin, 1)
        below.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addLayout(below)
        layout.addWidget(self.view, 1)
        workspace.project_closed.connect(self.clear)
        self.clear()

    def clear(self) -> None:
        """Show no place."""
        self._place = None
        self.title.setText("")
        self.origin.setText("")
        self.open_button.setVisible(False)
        self.view.clear_document()

    def show_place(self, document_id: int, span: Span, color: str = "") -> None:
        """Show a span of a document, highlighted in a colour, by default in that of the selection."""
        project = self._workspace.project
        if project is None or self._place == (document_id, span):
            return
        try:
            found = project.read.documents.text_slice(document_id, span.start - _AROUND, span.end + _AROUND)
        except AnnotatorError:
            # The document was moved to the trash meanwhile.
            self.clear()
            return
        self._place = document_id, span
        self.title.setText(found.title)
        self.origin.setText(" · ".join(filter(None, (found.outlet, found.published_at[:10]))))
        self.open_button.setVisible(True)
        self._show_slice(found, span, color or self.palette().highlight().color().name())

    def _show_slice(self, found: TextSlice, span: Span, color: str) -> None:
        text, before = _whole_paragraphs(found)
        shown = Span(span.start - before, span.end - before)
        self.view.set_label_styles({_PLACE: LabelStyle(color, "", 0)})
        self.view.set_document(text)
        self.view.set_direction(found.direction)
        self.view.set_highlights([Highlight(_PLACE, _PLACE, (shown,))])
        self.view.set_active(_PLACE)
        self.view.set_caret(shown.start)
        self.view.set_spotlight("paragraph")
        self._bring_into_view(shown)
        # The height of the text changes with that of the title, which is laid out later.
        QTimer.singleShot(0, self.view, lambda: self._bring_into_view(shown))

    def _bring_into_view(self, span: Span) -> None:
        if self.view.active_span() == span:
            self.view.bring_to_middle(span.start)

    def _request_opening(self) -> None:
        if self._place is not None:
            self.open_requested.emit(*self._place)


def _whole_paragraphs(found: TextSlice) -> tuple[str, int]:
    """Return the slice without the parts of paragraphs at its ends, and where it begins in the text of the document."""
    text, start = found.text, found.start
    if start > 0 and (cut := text.find("\n", 0, _AROUND)) >= 0:
        text, start = text[cut + 1 :], start + cut + 1
    if not found.is_end and (cut := text.rfind("\n", len(text) - _AROUND)) >= 0:
        text = text[:cut]
    return text, start
