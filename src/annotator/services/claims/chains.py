"""Attribution chains of annotations: from the text, and from the links that the analyst added."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from annotator.domain.attribution_chains import Link, Station, chain
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import CHAIN_ROLES
from annotator.domain.records import AnnotationRecord, ChainLinkRecord, SourceRecord
from annotator.store.project import Project
from annotator.store.queries import source_queries

RELAY_FEATURE = "relay"
"""The feature of an annotation that names a relay according to the text."""


def link(
    project: Project,
    annotation: AnnotationRecord,
    source: SourceRecord,
    role: str = "relay",
    *,
    checked: bool = False,
    note: str = "",
) -> Change:
    """Plan a link that an annotation has a source as its origin or a relay; an existing link is changed.

    Raise InvalidValue.
    """
    if role not in CHAIN_ROLES:
        raise InvalidValue(f"{role!r} is not a place in a chain: use one of {', '.join(CHAIN_ROLES)}.")
    held = project.read.claims.chain_links(annotation_ids=[annotation.id])
    known = next((one for one in held if one.source_id == source.id), None)
    after = {"role": role, "checked": checked, "note": note.strip()}
    title = f"{source.name} as {role}"
    if known is not None:
        before = {"role": known.role, "checked": known.checked, "note": known.note}
        changed = {name: value for name, value in after.items() if value != before[name]}
        edit = Edit("chain_link", known.id, {name: before[name] for name in changed}, changed)
        return Change(title, (edit,) if changed else ())
    (id,) = project.next_ids("chain_link")
    values = {
        "uid": new_uid(),
        "annotation_id": annotation.id,
        "source_id": source.id,
        "position": 1 + max((one.position for one in held), default=0),
        "annotator_id": project.annotator_id,
        "created_at": now(),
    }
    return Change(title, (Edit("chain_link", id, None, values | after),))


def unlink(links: Iterable[ChainLinkRecord]) -> Change:
    """Plan the removal of stations from chains."""
    found = list(links)
    edits = tuple(Edit("chain_link", one.id, {"uid": one.uid}, None) for one in found)
    return Change(f"Take {found[0].source if len(found) == 1 else len(found)} out of the chain", edits)


class Chained(NamedTuple):
    """The chain of an annotation: its stations from the origin to the outlet, and the document."""

    annotation_id: int
    document_id: int
    stations: tuple[Station, ...]
    said_by: int | None
    outlet: int | None


def chains(project: Project, annotation_ids: Iterable[int] | None = None) -> dict[int, Chained]:
    """Return the chains of annotations outside the trash, by id: of all, or of some."""
    ids = None if annotation_ids is None else list(annotation_ids)
    links: dict[int, list[Link]] = {}
    for one in project.read.claims.chain_links(annotation_ids=ids):
        links.setdefault(one.annotation_id, []).append(Link(one.source_id, one.role, one.checked))
    rows = list(project.read.annotations.attributions(ids))
    # Few annotations name a relay, but then all names are needed.
    has_relays = any(RELAY_FEATURE in row.features for row in rows)
    names = relay_names(project.read.sources.names()) if has_relays else {}
    return {
        row.id: Chained(
            row.id,
            row.document_id,
            chain(row.said_by, row.outlet, links.get(row.id, ()), relays_in(row.features, names)),
            row.said_by,
            row.outlet,
        )
        for row in rows
    }


def chain_of(project: Project, annotation_id: int) -> tuple[Station, ...]:
    """Return the stations of one annotation; none where no source is named and the document has no outlet."""
    found = chains(project, [annotation_id]).get(annotation_id)
    return () if found is None else found.stations


def relay_names(sources: Iterable[source_queries.Names]) -> dict[str, int]:
    """Return sources by name and alias, case-folded, because a feature names a relay."""
    known = list(sources)
    aliases = {alias.casefold(): source.id for source in known for alias in source.aliases}
    return aliases | {source.name.casefold(): source.id for source in known}


def relays_in(features: Mapping[str, Any], names: Mapping[str, int]) -> list[int]:
    """Return the sources that the features of an annotation name as relays."""
    named = str(features.get(RELAY_FEATURE) or "")
    if not named:
        return []
    found = (names.get(name.strip().casefold()) for name in [named, *named.split(";")])
    return list(dict.fromkeys(id for id in found if id is not None))
