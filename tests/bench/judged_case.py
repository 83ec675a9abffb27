"""A project of the size that analysts end up with: documents, annotations, sources, and claims with verdicts."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.corpus import article

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.spans import Span
from annotator.formats.base import Article, IncomingAnnotation
from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.store.project import Project

_VERDICTS = ("confirmed", "confirmed", "refuted", "partly", "unverifiable")


def judged_case(path: Path, documents: int, annotations: int, sources: int, claims: int) -> Project:
    """So many of each, the same ones for the same numbers; one text in ten is a copy of the one before, and a line."""
    chance = random.Random(7)
    project = projects.create(path, annotator="bench")
    people = [f"{first} Person {number}" for number, first in zip(range(sources), _names(chance), strict=False)]
    each = annotations // documents
    importing.import_articles(project, (_article(number, each, people, chance) for number in range(documents)))
    _claims(project, annotations, claims, chance)
    return project


def _names(chance: random.Random) -> "list[str]":
    syllables = "ka lo mi ren dor vik hal stu bre ond ila tor".split()
    return ["".join(chance.choices(syllables, k=3)).title() for _ in range(10_000)]


def _article(number: int, count: int, people: list[str], chance: random.Random) -> Article:
    copied = number % 10 == 9
    text = article(number - 1 if copied else number)
    if copied:
        text += f"A line that only this copy has, number {number}.\n"
    edges = sorted(chance.sample(range(0, len(text) - 1, 3), 2 * count))
    found = []
    for start, end in pairwise(edges):
        quote = text[start:end]
        if quote.strip() != quote or not quote:
            continue
        label = chance.choice(("claim", "claim", "official statement", "speculation"))
        found.append(
            IncomingAnnotation(
                label,
                (Span(start, end),),
                source=chance.choice(people) if chance.random() < 0.8 else "",
                credibility=chance.choice((None, 1, 2, 3, 4, 6)),
                probability=chance.randint(0, 100) if label == "speculation" else None,
            )
        )
        if len(found) == count:
            break
    return Article(
        title=f"Report {number}",
        text=text,
        source=f"Outlet {number % 40}",
        published_at=f"202{number % 6}-0{1 + number % 9}-11",
        annotations=tuple(found),
    )


def _claims(project: Project, annotations: int, claims: int, chance: random.Random) -> None:
    with project.raw_connection() as connection:
        ids = [id for (id,) in connection.execute("SELECT id FROM annotation ORDER BY id")]
    chance.shuffle(ids)
    values: dict[str, Any]
    moment, edits, resolutions = now(), list[Edit](), list[Edit]()
    each = min(4, len(ids) // claims)
    for number in range(1, claims + 1):
        values = {"uid": new_uid(), "text": f"Claim {number}", "topic": f"topic {number % 9}"}
        edits.append(Edit("claim", number, None, values | {"annotator_id": 1, "created_at": moment}))
    statements = []
    for number in range(claims):
        for place in range(each):
            id = number * each + place
            values = {"uid": new_uid(), "claim_id": number + 1, "annotation_id": ids[id], "stance": "states"}
            statements.append(Edit("statement", id + 1, None, values | {"annotator_id": 1, "created_at": moment}))
        if number % 5:
            day = f"202{number % 6}-{1 + number % 12:02}-21"
            values = {
                "uid": new_uid(),
                "claim_id": number + 1,
                "annotator_id": 1,
                "resolved_on": day,
                "created_at": moment,
            }
            values |= {"verdict": chance.choice(_VERDICTS), "evidence": "seen"}
            resolutions.append(Edit("resolution", number + 1, None, values))
    project.apply(Change("Claims", (*edits, *statements, *resolutions)))
