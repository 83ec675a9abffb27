"""The registry of sources: find or make an entry, change it, assess it."""

from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.dates import checked_day, today
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.domain.grades import checked_reliability
from annotator.domain.records import SourceRecord
from annotator.domain.wording import isolated
from annotator.store.project import Project


def find(project: Project, name: str) -> SourceRecord | None:
    """Return the entry with this name or alias, in any case; an exact name comes first."""
    wanted = name.strip().casefold()
    known = project.read.sources.all()
    for source in known:
        if source.name.casefold() == wanted:
            return source
    for source in known:
        if wanted in (alias.casefold() for alias in source.aliases):
            return source
    return None


def named(project: Project, name: str) -> SourceRecord:
    """Return the entry with this name or alias. Raise NotFound."""
    found = find(project, name)
    if found is None:
        raise NotFound(f"There is no source {name!r} in the project: look with 'annotator sources'.")
    return found


def get(project: Project, id: int) -> SourceRecord:
    """Return the entry with this id. Raise NotFound."""
    for source in project.read.sources.all():
        if source.id == id:
            return source
    raise NotFound(f"There is no source {id} in the project.")


def add(
    project: Project,
    name: str,
    kind: str = "person",
    *,
    aliases: tuple[str, ...] = (),
    note: str = "",
    parent_id: int | None = None,
    owner_id: int | None = None,
    topics: tuple[str, ...] = (),
    uid: str = "",
) -> tuple[int, Change]:
    """Plan a new entry; return its id and the Change.

    Raise InvalidValue for an empty name or one that is already used.
    """
    name = _checked_name(name)
    if find(project, name) is not None:
        raise InvalidValue(f"There is a source called {name!r} already: choose it, or give another name.")
    if kind not in SOURCE_KINDS:
        raise InvalidValue(f"{kind!r} is not a kind of source: use one of {', '.join(SOURCE_KINDS)}.")
    (id,) = project.next_ids("source")
    values = {
        "uid": uid or new_uid(),
        "name": name,
        "kind": kind,
        "aliases": list(aliases),
        "note": note,
        "parent_id": parent_id,
        "owner_id": owner_id,
        "topics": list(topics),
    }
    return id, Change(f"Add the source {name}", (Edit("source", id, None, values),))


def find_or_add(project: Project, name: str, kind: str = "person") -> int:
    """Return the id of the entry with this name or alias, which is created where there is none."""
    found = find(project, name)
    if found is not None:
        return found.id
    id, change = add(project, name, kind)
    project.apply(change)
    return id


def update(source: SourceRecord, **fields: Any) -> Change:
    """Plan a change of ``name``, ``kind``, ``aliases``, ``note``, ``topics``, ``parent_id`` or ``owner_id``."""
    held = {
        "name": source.name,
        "kind": source.kind,
        "aliases": list(source.aliases),
        "note": source.note,
        "parent_id": source.parent_id,
        "owner_id": source.owner_id,
        "topics": list(source.topics),
    }
    unknown = fields.keys() - held.keys()
    if unknown:
        raise InvalidValue(f"A source has no field {', '.join(sorted(unknown))}.")
    if "name" in fields:
        fields["name"] = _checked_name(fields["name"])
    after = {column: list(v) if column in ("aliases", "topics") else v for column, v in fields.items()}
    after = {column: value for column, value in after.items() if value != held[column]}
    if not after:
        return Change("Change the source")
    before = {column: held[column] for column in after}
    return Change(f"Change the source {source.name}", (Edit("source", source.id, before, after),))


def assess(
    project: Project,
    source: SourceRecord,
    reliability: str,
    *,
    rationale: str = "",
    topic: str = "",
    made_on: str = "",
    uid: str = "",
) -> Change:
    """Plan a dated assessment of a source; the effective reliability is the latest by date. Raise InvalidValue."""
    edit = assessment(project, source.id, reliability, rationale=rationale, topic=topic, made_on=made_on, uid=uid)
    assert edit.after is not None
    return Change(f"Assess {source.name} as {edit.after['reliability']}", (edit,))


def assessment(
    project: Project,
    source_id: int,
    reliability: str,
    *,
    rationale: str = "",
    topic: str = "",
    made_on: str = "",
    uid: str = "",
) -> Edit:
    """Return the new row of a dated assessment, of a source that may be created in the same change.

    Raise InvalidValue.
    """
    letter = checked_reliability(reliability)
    if letter is None:
        raise InvalidValue("An assessment needs a reliability from A to F.")
    (id,) = project.next_ids("assessment")
    values = {
        "uid": uid or new_uid(),
        "source_id": source_id,
        "annotator_id": project.annotator_id,
        "made_on": checked_day(made_on),
        "reliability": letter,
        "topic": topic.strip(),
        "rationale": rationale.strip(),
        "created_at": now(),
    }
    return Edit("assessment", id, None, values)


def assess_today(project: Project, source_id: int, name: str, reliability: str) -> Change:
    """Plan an assessment of today for the source called ``name``; no edits where the letter is in force already.

    Raise InvalidValue where the assessment in force is of a later day, which would stay in force.
    """
    title = f"Assess {name} as {reliability}"
    held = next(iter(project.read.sources.assessments(source_id=source_id)), None)
    if held is not None and held.reliability == reliability:
        return Change(title)
    if held is not None and not held.topic and held.made_on > today():
        raise InvalidValue(
            f"The {held.reliability} of {isolated(name)} is dated {held.made_on}, after today, and would stay in "
            "force: give the new assessment a later day in the dialog of the source."
        )
    return Change(title, (assessment(project, source_id, reliability),))


def remove(project: Project, source: SourceRecord) -> Change:
    """Plan the removal of an entry that nothing refers to. Raise InvalidValue where something does."""
    uses = project.read.sources.uses(source.id)
    named = ", ".join(f"{count} {what}" for what, count in uses.items() if count)
    if named:
        raise InvalidValue(
            f"{source.name} cannot be removed: it is named by {named}, those in the trash counted. "
            "Give them another source first."
        )
    assessments = project.read.sources.assessments(source_id=source.id)
    edits = [Edit("assessment", entry.id, {"source_id": source.id}, None) for entry in assessments]
    edits.append(Edit("source", source.id, {"uid": source.uid}, None))
    return Change(f"Remove the source {source.name}", tuple(edits))


def _checked_name(name: str) -> str:
    name = one_line(name)
    if not name:
        raise InvalidValue("A source needs a name.")
    return name
