"""A short article for the tests of the reading view, and styles of labels."""

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.domain.spans import Span

ARTICLE = (
    "Talks on pipeline resume\n\n- First lead point\n\n"
    "The minister said on Monday that the talks would resume. Nobody else agreed, according to two people.\n"
    "A second paragraph follows. It has two sentences.\n"
)
STYLES = {
    1: LabelStyle("#0072B2", "C", 0, "claim"),
    2: LabelStyle("#E69F00", "S", 1, "speculation"),
    3: LabelStyle("#009E73", "O", 2, "official statement"),
}


def span_of(text: str, words: str) -> Span:
    """Return the span of the first ``words`` in ``text``."""
    start = text.index(words)
    return Span(start, start + len(words))


def settle() -> None:
    """Run the timers of zero length and the paint events."""
    QTest.qWait(1)


def highlight(id_: int, words: str, label_id: int = 1) -> Highlight:
    """Return a highlight over the first ``words`` of the article."""
    return Highlight(id_, label_id, (span_of(ARTICLE, words),))


def point_on(view: DocumentView, position: int) -> QPoint:
    """Return a point on the left half of the character at ``position``, in a left-to-right line."""
    return view.rectangle(position).center() + QPoint(2, 0)
