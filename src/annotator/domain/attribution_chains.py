"""Attribution chains: from where a statement comes, through whose hands it went, and where it was read.

Origin -> relay -> outlet. Independent support for a claim is the number of distinct origins, not of outlets.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

CHECKED = 0.2
"""The independence of one who passes a statement on and says that he checked it for himself."""


class Link(NamedTuple):
    """A station that the analyst put into a chain: a source by id, ``origin`` or ``relay``, whether it checked."""

    source_id: int
    role: str
    checked: bool = False


class Station(NamedTuple):
    """A source in a chain. ``role``: ``origin``, ``relay`` or ``outlet``; an outlet that is the origin is that."""

    source_id: int
    role: str
    checked: bool = False

    @property
    def independence(self) -> float:
        """How much what it says counts as its own: 1 at the origin, else 0, or little where it checked for itself."""
        return 1.0 if self.role == "origin" else CHECKED if self.checked else 0.0


def chain(
    said_by: int | None, outlet: int | None, links: Sequence[Link] = (), relays: Iterable[int] = ()
) -> tuple[Station, ...]:
    """The stations of an annotation from its origin to the outlet, each source once.

    ``said_by``: who said it according to the text, and ``outlet``: who published the document, by id. ``links``: what
    the analyst found besides, in order. ``relays``: who passed it on according to the text. Without an origin among the
    links it is who said it, and where nobody is named the outlet speaks for itself.
    """
    checked = {link.source_id for link in links if link.checked}
    origins = [link.source_id for link in links if link.role == "origin"]
    named = origins or [one for one in (said_by if said_by is not None else outlet,) if one is not None]
    passed = [said_by] if origins and said_by is not None else []
    passed += [link.source_id for link in links if link.role == "relay"]
    passed += relays
    stations = {id: Station(id, "origin", id in checked) for id in named}
    for id in passed:
        stations.setdefault(id, Station(id, "relay", id in checked))
    if outlet is not None:
        # The outlet is the end of the chain, even where it is named as a relay too.
        held = stations.pop(outlet, None) if outlet not in named else stations.get(outlet)
        if held is None or held.role != "origin":
            stations[outlet] = Station(outlet, "outlet", outlet in checked)
    return tuple(stations.values())


def origins_of(stations: Iterable[Station]) -> tuple[int, ...]:
    """The origins of a chain, by id."""
    return tuple(one.source_id for one in stations if one.role == "origin")
