"""Exporting: choose, write beside the target, rename when whole."""

import math
import os
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from annotator.domain.changes import new_uid
from annotator.domain.errors import ExportRefused, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord, DocumentRow
from annotator.domain.vocabulary import DOCUMENT_STATUSES
from annotator.formats import registry
from annotator.formats.base import Corpus, Format, Written
from annotator.services.annotating import find_label
from annotator.services.importing import PROJECT_FILE, Progress
from annotator.store import queries
from annotator.store.project import Project

GROUPS = ("document", "source", "date")
"""What stays on one side of a split."""


@dataclass(frozen=True)
class Selection:
    """What is exported: nothing named means everything."""

    labels: Sequence[str] = ()
    statuses: Sequence[str] = ()
    annotators: Sequence[str] = ()
    documents: Sequence[int] = ()


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote: its files with what each holds, and a plain line for every loss."""

    written: dict[Path, Written] = field(default_factory=dict)

    @property
    def losses(self) -> list[str]:
        return [f"{path.name}: {loss}" for path, found in self.written.items() for loss in found.losses]

    def sentence(self) -> str:
        """The outcome in one line."""
        documents = sum(found.documents for found in self.written.values())
        annotations = sum(found.annotations for found in self.written.values())
        names = ", ".join(path.name for path in self.written)
        return f"Exported {documents} documents with {annotations} annotations to {names}."


def export(
    project: Project,
    out: Path,
    format: str = "jsonl",
    *,
    selection: Selection | None = None,
    split: Mapping[str, float] | None = None,
    group_by: str = "document",
    seed: int = 0,
    options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the chosen documents with their annotations to ``out``.

    With ``split``, such as ``{"train": 0.8, "dev": 0.2}``, one file a part is written, ``out`` with the part's name
    before the suffix; documents of one group never fall apart. Each file appears under its name only when it is
    whole. Raises ExportRefused or InvalidValue; what was there is then untouched.
    """
    selection = selection or Selection()
    chosen = registry.by_id(format)
    if chosen.write is None:
        raise ExportRefused(f"{chosen.name} can be read but not written: choose another format.")
    out = out.absolute()
    _check_folder(out)
    written: dict[Path, Written] = {}
    drafts: dict[Path, Path] = {}
    # A snapshot, whoever annotates meanwhile: no relation may come out without its annotations, and no source unnamed.
    with _only_whole(out, drafts), project.snapshot() as connection:
        rows = _chosen_documents(queries.document_rows(connection), selection)
        labels = {find_label(queries.labels(connection), name).name for name in selection.labels}
        _check_annotators(queries.annotators(connection), selection.annotators)
        parts = {out: [row.id for row in rows]} if split is None else _split(rows, out, split, group_by, seed)
        for path in parts:
            _check_target(project, path)
        for path, ids in parts.items():
            draft = drafts[path] = _draft_of(path)
            written[path] = _write(project, chosen, draft, ids, labels, selection.annotators, options, progress)
    return ExportReport(written)


def check_target(project: Project, out: Path) -> None:
    """Raises ExportRefused where ``out`` has no folder, is one, or would take the place of a project."""
    out = out.absolute()
    with _only_whole(out, {}):
        _check_folder(out)
        _check_target(project, out)


def write_whole(project: Project, out: Path, data: bytes) -> None:
    """Write ``data`` as ``out``, which appears only whole. Raises ExportRefused; what was there is then untouched."""
    out = out.absolute()
    check_target(project, out)
    drafts = {out: _draft_of(out)}
    with _only_whole(out, drafts):
        drafts[out].write_bytes(data)


def export_file(
    project: Path, out: Path, format: str, options: Mapping[str, Any], *, progress: Progress | None = None
) -> ExportReport:
    """``export`` of the project file at ``project``, which may be open elsewhere; for a process of its own."""
    with Project.open(project, read_only=True) as opened:
        return export(opened, out, format, progress=progress, **options)


def _draft_of(path: Path) -> Path:
    """The name under which a file is written until it is whole."""
    return path.with_name(f".{path.name}.{new_uid()}")


@contextmanager
def _only_whole(out: Path, drafts: Mapping[Path, Path]) -> Iterator[None]:
    """What is written into ``drafts`` inside gets its names at the end, all or none of it. Raises ExportRefused."""
    try:
        yield
        for draft in drafts.values():
            _to_disk(draft)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise ExportRefused(
            f"{out} cannot be written ({error.strerror or error}): check the folder and the space on the disk; "
            "what was there is untouched."
        ) from error
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _check_folder(out: Path) -> None:
    if not out.parent.is_dir():
        raise ExportRefused(f"There is no folder {out.parent}: make it first, or choose another place.")


def _check_target(project: Project, path: Path) -> None:
    """Raises ExportRefused where ``path`` is a folder or would take the place of a project."""
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder: give the name of a file in it.")
    of_project = path.name.startswith(f"{project.path.name}-") and path.resolve().parent == project.path.parent
    if of_project or PROJECT_FILE.search(path.name) or path.resolve() == project.path:
        raise ExportRefused(f"{path} is or would look like a project file: give the export another name.")


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk, so that after a power cut its name never stands for less than the old file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _chosen_documents(rows: Sequence[DocumentRow], selection: Selection) -> list[DocumentRow]:
    for status in selection.statuses:
        if status not in DOCUMENT_STATUSES:
            raise InvalidValue(f"{status!r} is no status of a document: use one of {', '.join(DOCUMENT_STATUSES)}.")
    ids = set(selection.documents)
    return [
        row
        for row in rows
        if (not selection.statuses or row.status in selection.statuses) and (not ids or row.id in ids)
    ]


def _check_annotators(known: Mapping[str, int], wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in known:
            raise InvalidValue(f"There is no annotator {name!r} in the project: use one of {', '.join(known)}.")


def _write(
    project: Project,
    chosen: Format,
    draft: Path,
    ids: Sequence[int],
    labels: set[str],
    annotators: Sequence[str],
    options: Mapping[str, str] | None,
    progress: Progress | None,
) -> Written:
    assert chosen.write is not None
    with project.reading() as connection:

        def documents() -> Iterator[tuple[DocumentRecord, list[AnnotationRecord]]]:
            wanted = (
                found
                for found in queries.annotations(connection)
                if (not labels or found.label in labels) and (not annotators or found.annotator in annotators)
            )
            groups = groupby(wanted, key=lambda found: found.document_id)
            group = next(groups, None)
            for number, document in enumerate(queries.documents(connection, ids)):
                if progress is not None:
                    progress(number, len(ids), document.title)
                while group is not None and group[0] < document.id:
                    group = next(groups, None)
                yield document, list(group[1]) if group is not None and group[0] == document.id else []

        corpus = Corpus(
            documents=documents(),
            labels=queries.labels(connection),
            features=queries.features(connection),
            sources=queries.sources(connection),
            assessments=queries.assessments(connection),
            relations=queries.relations(connection),
            bookmarks=[
                found for found in queries.bookmarks(connection) if not annotators or found.annotator in annotators
            ],
            title=queries.project_record(connection).title,
            options=options or {},
        )
        return chosen.write(corpus, draft)


def _split(
    rows: Sequence[DocumentRow], out: Path, split: Mapping[str, float], group_by: str, seed: int
) -> dict[Path, list[int]]:
    """The documents of each part. Groups are dealt in a seeded order, each to the part that lacks most."""
    if group_by not in GROUPS:
        raise InvalidValue(f"{group_by!r} is nothing to group by: use one of {', '.join(GROUPS)}.")
    total = sum(split.values())
    if not math.isfinite(total) or total <= 0 or any(share < 0 for share in split.values()):
        raise InvalidValue("A split needs parts with positive shares, such as train=0.8,dev=0.1,test=0.1.")
    if len({name.casefold() for name in split}) < len(split):
        raise InvalidValue("A split needs parts whose names differ in more than case: they are names of files.")
    if wrong := [name for name in split if not re.fullmatch(r"[\w-]+", name)]:
        raise InvalidValue(f"{wrong[0]!r} is no name for a part of a split: use letters and digits, such as train.")
    groups: dict[object, list[int]] = {}
    for row in rows:
        keys = {"document": row.id, "source": row.source or row.id, "date": row.published_at[:10] or row.id}
        groups.setdefault(keys[group_by], []).append(row.id)
    dealt = list(groups.values())
    random.Random(seed).shuffle(dealt)
    parts: dict[str, list[int]] = {name: [] for name in split}
    for group in sorted(dealt, key=len, reverse=True):
        name = max(split, key=lambda part: split[part] / total * len(rows) - len(parts[part]))
        parts[name] += group
    return {out.with_name(f"{out.stem}.{name}{out.suffix}"): sorted(ids) for name, ids in parts.items()}
