"""The places visited, for going back and forward between them as in a browser."""

from typing import NamedTuple

NEARBY = 2_000
"""The distance in characters within which the caret is still at the same place: about a page."""

MOST = 200
"""The maximum number of places that are kept."""


class Visit(NamedTuple):
    """A place in a document; the position is in code points."""

    document_id: int
    position: int


class Visits:
    """The places in the order of the visits, and the current one."""

    def __init__(self) -> None:
        self._places: list[Visit] = []
        self._at = -1

    def note(self, document_id: int, position: int) -> None:
        """Record the caret. Near the current place, move that place; elsewhere add a new one."""
        here = Visit(document_id, position)
        present = self._places[self._at] if self._places else None
        if present is not None and present.document_id == document_id and abs(present.position - position) <= NEARBY:
            self._places[self._at] = here
            return
        # Going elsewhere discards the places ahead, as in a browser.
        del self._places[self._at + 1 :]
        self._places.append(here)
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def step(self, forward: bool) -> Visit | None:
        """Go to the next or previous place and return it; None if there is none."""
        at = self._at + (1 if forward else -1)
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]

    def forget(self, document_id: int) -> None:
        """Remove the places of a document that no longer exists."""
        before = sum(place.document_id != document_id for place in self._places[: self._at + 1])
        self._places = [place for place in self._places if place.document_id != document_id]
        self._at = min(len(self._places) - 1, before - 1) if before else (0 if self._places else -1)

    def clear(self) -> None:
        self._places.clear()
        self._at = -1
