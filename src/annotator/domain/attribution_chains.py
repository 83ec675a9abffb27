"""Attribution chains: where a statement begins, who passed it on, and where it was published.

Origin -> relay -> outlet. Independent support for a claim is the number of distinct origins, not of outlets.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

CHECKED = 0.2
"""The independence of a relay that states that it checked the statement itself."""


class Link(NamedTuple):
    """A station that the analyst added to a chain: the id of a source, ``origin`` or ``relay``, and whether it
    checked.
    """

    source_id: int
    role: str
    checked: bool = False


class Station(NamedTuple):
    """A source in a chain.

    ``role``: ``origin``, ``relay`` or ``outlet``; an outlet that is the origin has the role ``origin``.
    """

    source_id: int
    role: str
    checked: bool = False

    @property
    def independence(self) -> float:
        """How much of the statement counts as the source's own: 1 at the origin, else 0, or 0.2 where it checked for
        itself.
        """
        return 1.0 if self.role == "origin" else CHECKED if self.checked else 0.0


def chain(
    said_by: int | None, outlet: int | None, links: Sequence[Link] = (), relays: Iterable[int] = ()
) -> tuple[Station, ...]:
    """Return the stations of an annotation from its origin to the outlet, each source once.

    ``said_by``: the source according to the text, and ``outlet``: the publisher of the document, by id. ``links``: what
    the analyst added, in order. ``relays``: the relays according to the text. Without an origin among the links, the
    origin is ``said_by``, or the outlet where no source is named.
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
        # The outlet is the end of the chain, even where it is also named as a relay.
        held = stations.pop(outlet, None) if outlet not in named else stations.get(outlet)
        if held is None or held.role != "origin":
            stations[outlet] = Station(outlet, "outlet", outlet in checked)
    return tuple(stations.values())


def origins_of(stations: Iterable[Station]) -> tuple[int, ...]:
    """Return the origins of a chain, by id."""
    return tuple(one.source_id for one in stations if one.role == "origin")
