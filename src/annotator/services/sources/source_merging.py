"""Merging sources that are the same: references to them move to the one that stays; one undo takes it all back."""

from collections.abc import Container, Iterable, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.records import SourceRecord
from annotator.domain.wording import counted, listed
from annotator.store.project import Project


class Merger(NamedTuple):
    """A planned merger: the rows that move, and the Change. The counts include the trash."""

    into: SourceRecord
    gone: tuple[SourceRecord, ...]
    annotations: int
    documents: int
    assessments: int
    chain_links: int
    change: Change

    def sentence(self) -> str:
        """Return its effect, in one line."""
        moved = [
            counted(count, noun)
            for count, noun in (
                (self.annotations, "statement"),
                (self.documents, "document"),
                (self.assessments, "assessment"),
                (self.chain_links, "chain link"),
            )
            if count
        ]
        names = listed([source.name for source in self.gone])
        taken = listed([*moved, "the names as aliases"])
        return f"Merge {names} into {self.into.name}, which takes over {taken}."


def plan(project: Project, gone_ids: Sequence[int], into_id: int) -> Merger:
    """Plan to merge sources into ``into_id``, which keeps its own kind, parent and owner where it has them.

    Raise InvalidValue where there is nothing to merge, NotFound for an unknown source.
    """
    ids = [id for id in dict.fromkeys(gone_ids) if id != into_id]
    if not ids:
        raise InvalidValue("There is only one source to merge: choose two or more.")
    known = {source.id: source for source in project.read.sources.all()}
    named = project.read.sources.references(ids)
    linked = project.read.sources.linked_annotations(into_id)
    missing = [id for id in (into_id, *ids) if id not in known]
    if missing:
        raise NotFound(f"There is no source {missing[0]} in the project: it may have been removed.")
    into, gone = known[into_id], tuple(known[id] for id in ids)
    edits: list[Edit] = []
    for row in named.chain_links:
        if row.annotation_id in linked:
            edits.append(Edit("chain_link", row.id, {"uid": row.uid}, None))
        else:
            linked.add(row.annotation_id)
            edits.append(Edit("chain_link", row.id, {"source_id": row.source_id}, {"source_id": into_id}))
    for table, rows in (
        ("annotation", named.annotations),
        ("document", named.documents),
        ("assessment", named.assessments),
    ):
        edits += [Edit(table, id, {"source_id": held}, {"source_id": into_id}) for id, held in rows]
    merging = {into_id, *ids}
    for source in known.values():
        if source.id not in merging:
            edits += _redirected(source, ids, into_id)
    edits += _taken_over(into, gone, merging)
    # The parent of one of them may itself be merged away.
    for source in gone:
        edits += _redirected(source, known, None)
    edits += [Edit("source", source.id, {"uid": source.uid}, None) for source in gone]
    return Merger(
        into,
        gone,
        len(named.annotations),
        len(named.documents),
        len(named.assessments),
        len(named.chain_links),
        Change(f"Merge {listed([source.name for source in gone])} into {into.name}", tuple(edits)),
    )


def _redirected(source: SourceRecord, ends: Container[int], to: int | None) -> list[Edit]:
    """Return the edit of parent and owner of a source where they are among ``ends``: they become ``to``."""
    references = {"parent_id": source.parent_id, "owner_id": source.owner_id}
    before = {column: held for column, held in references.items() if held is not None and held in ends}
    return [Edit("source", source.id, before, dict.fromkeys(before, to))] if before else []


def _taken_over(into: SourceRecord, gone: Iterable[SourceRecord], merging: set[int]) -> list[Edit]:
    """Return the names as aliases, and the notes and topics of all; parent and owner where the remaining one has
    none.
    """
    held: dict[str, Any] = {
        "aliases": list(into.aliases),
        "topics": list(into.topics),
        "note": into.note,
        "parent_id": into.parent_id,
        "owner_id": into.owner_id,
    }
    after: dict[str, Any] = {**held, "aliases": list(into.aliases), "topics": list(into.topics)}
    for column in ("parent_id", "owner_id"):
        if after[column] in merging:
            after[column] = None
    names = {name.casefold() for name in (into.name, *into.aliases)}
    for source in gone:
        for name in (source.name, *source.aliases):
            if name.casefold() not in names:
                names.add(name.casefold())
                after["aliases"].append(name)
        after["topics"] += [topic for topic in source.topics if topic not in after["topics"]]
        if source.note and source.note not in after["note"]:
            after["note"] = f"{after['note']}\n{source.note}".strip()
        for column, value in (("parent_id", source.parent_id), ("owner_id", source.owner_id)):
            if after[column] is None and value not in merging:
                after[column] = value
    changed = {column: value for column, value in after.items() if value != held[column]}
    return [Edit("source", into.id, {column: held[column] for column in changed}, changed)] if changed else []
