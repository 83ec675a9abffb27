"""The highlights of a text, by id and by place, without those of hidden labels."""

from collections.abc import Iterable, Mapping

from annotator.app.style.label_style import Highlight
from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.spans import Span, hull


class ShownHighlights:
    """The highlights that are shown. Those of hidden labels are withheld until their label is shown again.

    ``index``: the highlights by place; only this class changes it, except that anyone may assign lanes.
    """

    def __init__(self) -> None:
        self.index = SpanIndex()
        self._by_id: dict[int, Highlight] = {}
        self._withheld: dict[int, Highlight] = {}
        self._hidden_labels: frozenset[int] = frozenset()

    @property
    def by_id(self) -> Mapping[int, Highlight]:
        """The highlights by id."""
        return self._by_id

    def set_all(self, highlights: Iterable[Highlight]) -> None:
        """Replace the highlights."""
        self._withheld = {}
        self._by_id = {highlight.id: highlight for highlight in self._withhold_hidden(highlights)}
        self.index = SpanIndex((highlight.id, highlight.fragments) for highlight in self._by_id.values())

    def put(self, highlights: Iterable[Highlight]) -> list[Span]:
        """Add highlights, or change those with the same id; return the hulls of what was and of what is shown."""
        touched: list[Span] = []
        if self._hidden_labels:
            highlights = list(highlights)
            touched += self.remove(found.id for found in highlights if found.label_id in self._hidden_labels)
        for highlight in self._withhold_hidden(highlights):
            before = self._by_id.get(highlight.id)
            if before is not None:
                touched.append(hull(before.fragments))
            self._by_id[highlight.id] = highlight
            self.index.replace(highlight.id, highlight.fragments)
            touched.append(hull(highlight.fragments))
        return touched

    def remove(self, ids: Iterable[int]) -> list[Span]:
        """Remove highlights; return the hulls of those that were shown. Unknown ids are ignored."""
        known: list[int] = []
        for id_ in dict.fromkeys(ids):
            self._withheld.pop(id_, None)
            if self._by_id.pop(id_, None) is not None:
                known.append(id_)
        return [hull(self.index.remove(id_)) for id_ in known]

    def hide_labels(self, ids: Iterable[int]) -> bool:
        """Hide the highlights of exactly these labels; return whether this is a change."""
        hidden = frozenset(ids)
        if hidden == self._hidden_labels:
            return False
        self._hidden_labels = hidden
        self.set_all([*self._by_id.values(), *self._withheld.values()])
        return True

    def _withhold_hidden(self, highlights: Iterable[Highlight]) -> Iterable[Highlight]:
        """Return those of ``highlights`` whose label is not hidden, and withhold the others."""
        if not self._hidden_labels and not self._withheld:
            return highlights
        shown: list[Highlight] = []
        for highlight in highlights:
            if highlight.label_id in self._hidden_labels:
                self._withheld[highlight.id] = highlight
            else:
                self._withheld.pop(highlight.id, None)
                shown.append(highlight)
        return shown
