"""Places visited: where the reader has been, to go back and forward between them as in a browser."""

from typing import NamedTuple

NEARBY = 2_000
"""Characters within which the caret is still at the same place: about a page."""

MOST = 200
"""Places that are remembered."""


class Visit(NamedTuple):
    """A place in a document; the position counts code points."""

    document_id: int
    position: int


class Visits:
    """The places in the order of the visits, and which of them is the present one."""

    def __init__(self) -> None:
        self._places: list[Visit] = []
        self._at = -1

    def note(self, document_id: int, position: int) -> None:
        """The caret is here now. Near the present place that one moves along; elsewhere a new one begins."""
        here = Visit(document_id, position)
        present = self._places[self._at] if self._places else None
        if present is not None and present.document_id == document_id and abs(present.position - position) <= NEARBY:
            self._places[self._at] = here
            return
        # What lay ahead is left behind, as in a browser.
        del self._places[self._at + 1 :]
        self._places.append(here)
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def step(self, forward: bool) -> Visit | None:
        """Go to the place after or before; None where there is none."""
        at = self._at + (1 if forward else -1)
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]

    def forget(self, document_id: int) -> None:
        """The document is not there any more, nor are its places."""
        before = sum(place.document_id != document_id for place in self._places[: self._at + 1])
        self._places = [place for place in self._places if place.document_id != document_id]
        self._at = min(len(self._places) - 1, before - 1) if before else (0 if self._places else -1)

    def clear(self) -> None:
        self._places.clear()
        self._at = -1
