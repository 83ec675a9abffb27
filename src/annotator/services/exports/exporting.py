"""Exporting: select, write to a draft beside the target, rename when complete."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import DamagedProject, ExportRefused, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord, DocumentRow, ProjectState
from annotator.domain.wording import counted
from annotator.files import open_projects
from annotator.files.drafts import name_draft, remove, temporary_folder
from annotator.files.replacement import PartlyReplaced, put_in_place, recover
from annotator.formats import registry
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import Facet, Losses
from annotator.formats.overlap_policy import OVERLAP
from annotator.services.exports.dataset_card import NO_LICENSE, Card, Tally, checked_license
from annotator.services.exports.marked_suggestions import marked
from annotator.services.exports.selection import Filters, Selection
from annotator.services.exports.splitting import Member, checked, split_members
from annotator.services.imports.detect import CARD, CARD_SUFFIX, MANIFEST, PROJECT_FILE
from annotator.services.imports.report import Progress
from annotator.store.project import Project


@dataclass(frozen=True)
class ExportReport:
    """The result of an export: its files with the contents of each, and a plain line for every loss.

    ``notes``: further messages, such as the outcome of a split. ``card``: the path of the dataset card.
    """

    written: dict[Path, Written] = field(default_factory=dict)
    dry_run: bool = False
    notes: Sequence[str] = ()
    card: Path | None = None

    @property
    def losses(self) -> list[str]:
        return [f"{path.name}: {loss}" for path, found in self.written.items() for loss in found.losses]

    def sentence(self) -> str:
        """Return the outcome in one line."""
        documents = sum(found.documents for found in self.written.values())
        annotations = sum(found.annotations for found in self.written.values())
        names = ", ".join(path.name for path in self.written)
        done = "Would export" if self.dry_run else "Exported"
        return f"{done} {counted(documents, 'document')} with {counted(annotations, 'annotation')} to {names}."


def export(
    project: Project,
    out: Path,
    format: str = registry.NATIVE_FORMAT.id,
    *,
    selection: Selection | None = None,
    split: Mapping[str, float] | None = None,
    group_by: str = "document",
    seed: int = 0,
    options: Mapping[str, str] | None = None,
    card: bool = False,
    license: str = NO_LICENSE,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the chosen documents with their annotations to ``out``: a file, or a folder where the format is one.

    With ``split``, such as ``{"train": 0.8, "dev": 0.2}``, one file for each part is written, ``out`` with the part's
    name before the suffix, or one folder for each part inside ``out``; documents of one group stay in one part.
    ``options``: by the names of the format's options. ``card``: with a dataset card, which names the ``license``,
    beside the file as ``NAME.card.md``, or in the folder as ``README.md``. Each file gets its name only when all are
    complete. ``dry_run`` writes nothing there, and reports what would be written and lost. Raise ExportRefused,
    InvalidValue or NotFound; existing files are then unchanged.
    """
    selection = selection or Selection()
    chosen = registry.by_id(format)
    if chosen.write is None:
        raise ExportRefused(f"{chosen.name} can be read but not written: choose another format.")
    settled = _settled(chosen, options or {})
    if selection.suggestions_from is not None and Facet.FEATURES in chosen.lacking(settled):
        raise ExportRefused(
            f"{chosen.name} has no place to mark what is only suggested: export without suggestions, or choose another "
            f"format, such as {registry.NATIVE_FORMAT.id}."
        )
    checked_license(license)
    has_card = card or bool(chosen.data_files)
    out = out.absolute()
    if chosen.is_folder and out.is_symlink():
        # A link to a folder in another place stays a link.
        out = out.resolve()
    _check_folder(out)
    written: dict[Path, Written] = {}
    is_whole = split is None and not selection.lines()
    damage: list[str] = []

    @cache
    def state() -> ProjectState | None:
        try:
            return project.read.exchange.state(is_whole=is_whole)
        except DamagedProject:
            damage.append(
                "The log of the project is damaged, so the export does not say from which state it is: look with "
                "'annotator check'."
            )
            return None

    # A snapshot, because others may annotate meanwhile: every relation needs its annotations, and every source its
    # name.
    with _drafting(out, dry_run) as (drafts, draft_of), project.snapshot() as read:
        filters, parts_by_name, notes = split_parts(project, selection, split, group_by, seed, progress)
        parts = {name: part_of(out, name, chosen) for name in parts_by_name}
        card_path = out / CARD if chosen.is_folder else out.with_name(f"{out.stem}{CARD_SUFFIX}")
        files = {out} if chosen.is_folder else {*parts.values(), *([card_path] if has_card else ())}
        for path in files:
            _check_target(project, path, is_folder=chosen.is_folder)
        tallies: dict[str, Tally] = {}
        for name, ids in parts_by_name.items():
            path = parts[name]
            if chosen.is_folder:
                draft = drafts.setdefault(out, draft_of(out)) / path.relative_to(out)
                draft.mkdir(parents=True)
            else:
                draft = drafts[path] = draft_of(path)
            documents = documents_of(project, ids, filters, progress)
            if has_card:
                tallies[name] = Tally()
                documents = tallies[name].counting(documents)
            written[path] = _write(project, chosen, draft, documents, filters, settled, state)
        report = ExportReport(written, dry_run, [*notes, *damage], card_path if has_card else None)
        if has_card:
            made_card = Card(
                title=read.project.record().title,
                format=chosen.name,
                parts=tallies,
                labels=read.labels.all(),
                guideline=read.project.record().guideline,
                license=license,
                filters=selection.lines(),
                options=settled,
                dealing=[f"Kept together: {group_by}; seed {seed}", *notes] if split is not None else (),
                losses=report.losses,
                data_files=_data_files(chosen, parts_by_name),
            )
            draft = drafts[out] / CARD if chosen.is_folder else drafts.setdefault(card_path, draft_of(card_path))
            draft.write_text(made_card.text(), encoding="utf-8", newline="\n")
    return report


def _data_files(format: Format, parts: Iterable[str]) -> dict[str, str]:
    """Return the data files of each part for the card; empty where a card is not needed to load them."""
    return {name: f"{name}/{format.data_files}".lstrip("/") for name in parts} if format.data_files else {}


def split_parts(
    project: Project,
    selection: Selection,
    split: Mapping[str, float] | None,
    group_by: str,
    seed: int,
    progress: Progress | None = None,
) -> tuple[Filters, dict[str, list[int]], list[str]]:
    """Return what is exported: its filters, the documents of each part by id, and notes on the split.

    Without a split all are under the name ``""``. Raise InvalidValue or NotFound.
    """
    if split is not None:
        checked(split, group_by)
    filters = Filters(project, selection)
    labels = _labels_by_document(project, filters) if split is not None or filters.annotated_only else {}
    rows = filters.documents(project.read.documents.rows(), labels)
    if split is None:
        return filters, {"": [row.id for row in rows]}, []
    return filters, *_split(project, rows, labels, split, group_by, seed, progress)


def documents_of(
    project: Project, ids: Sequence[int], filters: Filters, progress: Progress | None = None
) -> Iterator[tuple[DocumentRecord, list[AnnotationRecord]]]:
    """Yield documents one by one, each with its exported annotations and suggestions."""
    wanted: Iterator[AnnotationRecord] = project.read.annotations.all()
    if not filters.takes_all:
        wanted = filter(filters.takes, wanted)
    groups = groupby(wanted, key=lambda found: found.document_id)
    group = next(groups, None)
    for number, document in enumerate(project.read.documents.all(ids)):
        if progress is not None:
            progress(number, len(ids), document.title)
        while group is not None and group[0] < document.id:
            group = next(groups, None)
        found = list(group[1]) if group is not None and group[0] == document.id else []
        if filters.suggestions_from is not None:
            bounds = SuggestionBounds((document.id,), filters.suggestions_from)
            found += filter(filters.takes, marked(document, project.read.suggestions.open(bounds)))
            found.sort(key=lambda one: (one.start, -one.end))
        yield document, found


def part_of(out: Path, name: str, format: Format) -> Path:
    """Return the path of a part of a split; ``out`` itself where nothing is split."""
    if not name:
        return out
    return out / name if format.is_folder else out.with_name(f"{out.stem}.{name}{out.suffix}")


def check_target(project: Project, out: Path) -> None:
    """Raise ExportRefused where ``out`` has no folder, is a folder, or would replace a project."""
    out = out.absolute()
    with _only_whole(out, {}):
        _check_folder(out)
        _check_target(project, out)


def write_whole(project: Project, out: Path, data: bytes) -> None:
    """Write ``data`` as ``out``, which appears only when complete.

    Raise ExportRefused; the old file is then unchanged.
    """
    out = out.absolute()
    check_target(project, out)
    recover(out.parent, out)
    drafts = {out: name_draft(out)}
    with _only_whole(out, drafts):
        drafts[out].write_bytes(data)


def export_file(
    project: Path, out: Path, format: str, options: Mapping[str, Any], *, progress: Progress | None = None
) -> ExportReport:
    """Return ``export`` of the project file at ``project``, which may be open elsewhere; for a separate process."""
    with Project.open(project, read_only=True) as opened:
        return export(opened, out, format, progress=progress, **options)


@contextmanager
def _drafting(out: Path, dry_run: bool) -> Iterator[tuple[dict[Path, Path], Callable[[Path], Path]]]:
    """Provide the dictionary of drafts, and a function that returns a draft: beside the target, or in a temporary
    folder.
    """
    drafts: dict[Path, Path] = {}
    if dry_run:
        with _only_whole(out, {}), temporary_folder() as folder:
            yield drafts, lambda path: folder / path.name
    else:
        recover(out.parent, out)
        with _only_whole(out, drafts):
            yield drafts, name_draft


@contextmanager
def _only_whole(out: Path, drafts: Mapping[Path, Path]) -> Iterator[None]:
    """Give the files that the block writes into ``drafts`` their names at the end, all or none. Raise ExportRefused."""
    try:
        yield
        for path, draft in drafts.items():
            if draft.is_dir():
                _seal_folder(path, draft)
        put_in_place(drafts)
    except OSError as error:
        rest = "what was there is untouched"
        if isinstance(error, PartlyReplaced):
            rest = f"of this export only {', '.join(error.names)} could be written, so export it again"
        raise ExportRefused(
            f"{out} cannot be written ({error.strerror or error}): check the folder and the space on the disk; {rest}."
        ) from error
    finally:
        for draft in drafts.values():
            remove(draft)


def _seal_folder(path: Path, draft: Path) -> None:
    """List in the draft what the export wrote.

    Raise ExportRefused where ``path`` holds other files than those of an export.
    """
    written = _names_in(draft)
    if path.is_dir():
        try:
            before = set((path / MANIFEST).read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError):
            before = set()
        if foreign := sorted(_names_in(path) - before - written - {MANIFEST}):
            raise ExportRefused(
                f"{path} holds {foreign[0]}, which no export wrote: empty the folder, or give the export another name."
            )
    (draft / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(written)), encoding="utf-8", newline="\n")


def _names_in(folder: Path) -> set[str]:
    """Return the files in a folder and in its folders, by their paths in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _check_folder(out: Path) -> None:
    if not out.parent.is_dir():
        raise ExportRefused(f"There is no folder {out.parent}: make it first, or choose another place.")


def _check_target(project: Project, path: Path, *, is_folder: bool = False) -> None:
    """Raise ExportRefused where ``path`` is a folder (or not one, as required) or would replace a project."""
    if path.is_dir() and not is_folder:
        raise ExportRefused(f"{path} is a folder: give the name of a file in it.")
    if is_folder and path.exists() and not path.is_dir():
        raise ExportRefused(f"{path} is a file, and this format fills a folder: give the name of a folder.")
    of_project = path.name.startswith(f"{project.path.name}-") and path.resolve().parent == project.path.parent
    if of_project or PROJECT_FILE.search(path.name) or path.resolve() == project.path or open_projects.is_open(path):
        raise ExportRefused(f"{path} is or would look like a project file: give the export another name.")


def with_overlap(options: Mapping[str, str], overlap: str, format: str) -> dict[str, str]:
    """Return ``options`` with the overlap policy; without it where the format can hold overlaps."""
    if overlap and any(choice.name == OVERLAP.name for choice in registry.by_id(format).choices):
        return {OVERLAP.name: overlap, **options}
    return dict(options)


def _settled(format: Format, options: Mapping[str, str]) -> dict[str, str]:
    """Return the values of all options of a format.

    Raise InvalidValue for an unknown name or value.
    """
    choices = {choice.name: choice for choice in format.choices}
    for name, value in options.items():
        if name not in choices:
            known = f"it has {', '.join(choices)}" if choices else "it has none"
            raise InvalidValue(f"{format.name} has no option {name!r}: {known}.")
        values = [known for known, _ in choices[name].values]
        if values and value not in values:
            raise InvalidValue(f"{value!r} is no {name} of {format.name}: use one of {', '.join(values)}.")
    return {name: options.get(name, choice.standard) for name, choice in choices.items()}


def _labels_by_document(project: Project, filters: Filters) -> dict[int, Counter[str]]:
    """Return how often each label occurs in the export of each document, without documents that have none."""
    found: dict[int, Counter[str]] = {}
    for mark in filter(filters.takes, project.read.annotations.filter_values()):
        found.setdefault(mark.document_id, Counter())[mark.label] += 1
    return found


def _split(
    project: Project,
    rows: Sequence[DocumentRow],
    labels: Mapping[int, Counter[str]],
    split: Mapping[str, float],
    group_by: str,
    seed: int,
    progress: Progress | None,
) -> tuple[dict[str, list[int]], list[str]]:
    """Return the documents of each part, and notes on how they were split."""
    ties = project.read.documents.version_links()
    known = {id: (uid, earlier) for id, uid, earlier in ties}
    members = [
        Member(row.id, known[row.id][0], row.title, row.source, row.published_at, labels.get(row.id, {}))
        for row in rows
    ]
    ids = {row.id for row in rows}
    division = split_members(
        members,
        lambda: ((id, text) for id, _, text in project.read.documents.texts() if id in ids),
        project.read.documents.text,
        split,
        group_by=group_by,
        seed=seed,
        versions=[(uid, earlier) for _, uid, earlier in ties if earlier],
        progress=progress,
    )
    return {name: list(part) for name, part in division.parts.items()}, list(division.lines)


def _write(
    project: Project,
    chosen: Format,
    draft: Path,
    documents: Iterator[tuple[DocumentRecord, list[AnnotationRecord]]],
    filters: Filters,
    options: Mapping[str, str],
    state: Callable[[], ProjectState | None],
) -> Written:
    assert chosen.write is not None
    corpus = Corpus(
        documents=documents,
        labels=project.read.labels.all(),
        features=project.read.labels.features(),
        sources=project.read.sources.all(),
        assessments=project.read.sources.assessments(),
        relations=project.read.annotations.relations(),
        judgements=project.read.judgements(),
        bookmarks=[found for found in project.read.annotations.bookmarks() if filters.is_of(found.annotator)],
        title=project.read.project.record().title,
        annotators=project.read.exchange.annotators(),
        state=state,
        options=options,
    )
    losses = Losses(corpus, chosen.lacking(corpus.options))
    written = chosen.write(replace(corpus, documents=losses.counting()), draft)
    return replace(written, losses=(*written.losses, *losses.lines()))
