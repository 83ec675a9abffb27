"""All that is marked in the text of a page."""

from annotator.app.reader.marks.search_hits import SearchHits
from annotator.app.reader.marks.shown_highlights import ShownHighlights
from annotator.app.style.label_style import Highlight
from annotator.domain.spans import Span, hull


class PageMarks:
    """The marks of a text.

    ``active``: the id of the active highlight, which is outlined; it may be hidden. ``cue``, ``mention``: the
    underlined words of its cue and of its source. ``has_handles``: whether its edges can be dragged. ``hits``: the
    search hits. ``bookmarks``: sorted positions. ``spotlight``: the only
    span that is not dimmed, or None if nothing is dimmed.
    """

    def __init__(self) -> None:
        self.highlights = ShownHighlights()
        self.active: int | None = None
        self.cue: tuple[Span, ...] = ()
        self.mention: tuple[Span, ...] = ()
        self.has_handles = False
        self.hits = SearchHits()
        self.bookmarks: list[int] = []
        self.spotlight: Span | None = None

    def clear(self) -> None:
        """Remove the marks of the last text; hidden labels stay hidden."""
        self.highlights.set_all(())
        self.active, self.cue, self.mention = None, (), ()
        self.hits = SearchHits()
        self.bookmarks = []

    @property
    def active_highlight(self) -> Highlight | None:
        """The active highlight; None if there is none or it is hidden."""
        return None if self.active is None else self.highlights.by_id.get(self.active)

    def active_spans(self) -> list[Span]:
        """Return the spans that are painted differently because of the active highlight."""
        highlight = self.active_highlight
        return [*self.cue, *self.mention, *([] if highlight is None else [hull(highlight.fragments)])]
