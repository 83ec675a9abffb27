"""Commands for claims and sources: claims, their resolutions, and the track records of sources."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import File
from annotator.domain.analysis.track_record import TrackRecord
from annotator.domain.wording import counted, elided
from annotator.services.claims import claims, corroboration
from annotator.services.sources import source_merging, sources
from annotator.services.sources.track_records import TrackRecords

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def sources_(
    file: File,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DAY", help="Track records as of a day.")] = "",
    json: Json = False,
) -> None:
    """List the sources with their reliability and track record."""
    with opened(file) as project:
        records = TrackRecords(project, as_of)
        known = project.read.sources.all()
        tracks = {found.id: records.of(found.id) for found in known}
    if json:
        print_json(
            [
                {
                    **found._asdict(),
                    "aliases": list(found.aliases),
                    "topics": list(found.topics),
                    "track_record": _as_json(tracks[found.id].record),
                    "by_topic": {name: _as_json(one) for name, one in tracks[found.id].by_topic.items()},
                    "brier": tracks[found.id].brier,
                }
                for found in known
            ]
        )
        return
    rows = [
        (
            found.id,
            found.name,
            found.kind,
            found.reliability,
            found.annotations,
            found.documents,
            tracks[found.id].record.sentence() if tracks[found.id].record.total else "",
        )
        for found in known
    ]
    print_table("Sources", ("id", "name", "kind", "reliability", "statements", "documents", "track record"), rows)


def merge_sources(
    file: File,
    merged: Annotated[list[str], typer.Argument(help="The sources to merge, by name or alias.")],
    into: Annotated[str, typer.Option("--into", help="The source to keep.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would move.")] = False,
) -> None:
    """Merge sources: references to them move, and their names become aliases."""
    with opened(file, write=not dry_run) as project:
        ids = [sources.named(project, name).id for name in merged]
        plan = source_merging.plan(project, ids, sources.named(project, into).id)
        if not dry_run:
            project.apply(plan.change)
    say(plan.sentence())


def claims_(file: File, json: Json = False) -> None:
    """List the claims with their verdicts and independent origins."""
    with opened(file) as project:
        known = project.read.claims.all()
        resolutions = project.read.claims.resolutions()
        statements = project.read.claims.statements()
        origins = corroboration.Reader(project).claims()
    if json:
        print_json(
            [
                {
                    **claim._asdict(),
                    "independent_origins": len(origins[claim.id].states),
                    "circular": origins[claim.id].is_circular,
                    "reasons": [reason for group in origins[claim.id].states for reason in group.reasons],
                    "statements": [
                        {"annotation": one.annotation_id, "stance": one.stance}
                        for one in statements
                        if one.claim_id == claim.id
                    ],
                    "resolutions": [one._asdict() for one in resolutions if one.claim_id == claim.id],
                }
                for claim in known
            ]
        )
        return
    rows = [
        (
            claim.id,
            claim.verdict,
            claim.states,
            claim.denies,
            len(origins[claim.id].states),
            claim.topic,
            claim.text,
        )
        for claim in known
    ]
    print_table("Claims", ("id", "verdict", "state", "deny", "origins", "topic", "claim"), rows)


def claim(
    file: File,
    text: Annotated[str, typer.Argument(help="What is claimed, in one sentence.")],
    states: Annotated[list[int] | None, typer.Option("--states", metavar="ID", help="An annotation.")] = None,
    denies: Annotated[list[int] | None, typer.Option("--denies", metavar="ID", help="An annotation.")] = None,
    topic: Annotated[str, typer.Option("--topic", help="Its topic.")] = "",
) -> None:
    """Make a claim of annotations that state it or deny it."""
    with opened(file, write=True) as project:
        id, change = claims.add(project, text, states or (), topic=topic)
        project.apply(change)
        if denies:
            project.apply(replace(claims.state(project, id, denies, "denies"), step=change.step))
    say(f"Claim {id}: {elided(text, 80)}")
    print(id)


def resolve(
    file: File,
    id: Annotated[int, typer.Argument(metavar="CLAIM", help="The number of the claim.")],
    verdict: Annotated[str, typer.Argument(help="open, confirmed, partly, refuted or unverifiable.")],
    evidence: Annotated[str, typer.Option("--evidence", help="What settles it, in words.")] = "",
    address: Annotated[str, typer.Option("--address", help="An address where that can be checked.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="The date of the resolution; today by default.")] = "",
) -> None:
    """Record the resolution of a claim."""
    with opened(file, write=True) as project:
        held = project.read.claims.one(id)
        change = claims.resolve(project, held, verdict, evidence=evidence, address=address, resolved_on=on)
        project.apply(change)
    say(change.sentence)


def circular(file: File, json: Json = False) -> None:
    """List the claims that several outlets report from one origin, with the reason."""
    with opened(file) as project, progress("Circular reporting") as bar:
        found = corroboration.circular_reports(project, bar)
        texts = {one.id: one.text for one in project.read.claims.all()}
    if json:
        print_json(
            [
                {
                    "claim": one.claim_id,
                    "text": texts[one.claim_id],
                    "independent_origins": len(one.states),
                    # Older than the term "origin group"; programs read it.
                    "hands": [
                        {"annotations": group.annotation_ids, "outlets": group.outlets, "reasons": group.reasons}
                        for group in (*one.states, *one.denies)
                    ],
                }
                for one in found
            ]
        )
        return
    print_table(
        "Circular reporting",
        ("claim", "text", "why"),
        [(one.claim_id, texts[one.claim_id], one.sentence()) for one in found],
    )
    say(f"{counted(len(found), 'claim')} with circular reporting.")


def _as_json(record: TrackRecord) -> dict[str, Any]:
    return {**record._asdict(), "suggested": record.suggested, "too_few": record.is_too_few}
