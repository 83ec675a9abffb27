"""Exporting: what is selected is written as drafts, in one file or folder or one for each part of a split."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from annotator.domain.conditions import SuggestionBounds
from annotator.domain.errors import DamagedProject, ExportRefused, InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord, DocumentRow, ProjectState
from annotator.domain.wording import counted
from annotator.formats import registry
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import Facet, Losses
from annotator.formats.overlap_policy import OVERLAP
from annotator.services.exports.dataset_card import NO_LICENSE, Card, Tally, checked_license
from annotator.services.exports.marked_suggestions import marked
from annotator.services.exports.selection import Filters, Selection
from annotator.services.exports.splitting import Member, checked, split_members
from annotator.services.exports.whole_files import Drafts, check_parent, check_replaceable, drafting
from annotator.services.imports.detect import CARD, CARD_SUFFIX
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
        """What the files do not hold, a line each with the name of the file."""
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
    settings = _checked_options(chosen, options or {}, selection)
    checked_license(license)
    out = out.absolute()
    if chosen.is_folder and out.is_symlink():
        # A link to a folder in another place stays a link.
        out = out.resolve()
    check_parent(out)
    # A snapshot, because others may annotate meanwhile: every relation needs its annotations, and every source its
    # name.
    with drafting(out, dry_run=dry_run) as drafts, project.snapshot():
        filters, ids_by_part, notes = split_parts(project, selection, split, group_by, seed, progress)
        paths = {name: part_of(out, name, chosen) for name in ids_by_part}
        card_path = _card_path(out, chosen) if card or chosen.data_files else None
        for path in {out} if chosen.is_folder else {*paths.values(), *([card_path] if card_path else ())}:
            check_replaceable(project, path, is_folder=chosen.is_folder)
        writer = _Writer(project, chosen, settings, filters, is_whole=split is None and not selection.lines())
        written: dict[Path, Written] = {}
        tallies: dict[str, Tally] = {}
        for name, ids in ids_by_part.items():
            documents = documents_of(project, ids, filters, progress)
            if card_path is not None:
                tallies[name] = Tally()
                documents = tallies[name].counting(documents)
            written[paths[name]] = writer.write(documents, _draft_of(paths[name], out, chosen, drafts))
        report = ExportReport(written, dry_run, [*notes, *writer.notes], card_path)
        if card_path is not None:
            split_notes = [f"Kept together: {group_by}; seed {seed}", *notes] if split is not None else []
            text = _card(project, chosen, settings, selection, tallies, report, license, split_notes).text()
            _draft_of(card_path, out, chosen, drafts).write_text(text, encoding="utf-8", newline="\n")
    return report


def _card_path(out: Path, format: Format) -> Path:
    return out / CARD if format.is_folder else out.with_name(f"{out.stem}{CARD_SUFFIX}")


def _draft_of(path: Path, out: Path, format: Format, drafts: Drafts) -> Path:
    """Return the draft of a file of an export to ``out``: in the draft of its folder where the format is a folder."""
    return drafts.of(out) / path.relative_to(out) if format.is_folder else drafts.of(path)


def _card(
    project: Project,
    format: Format,
    settings: Mapping[str, str],
    selection: Selection,
    tallies: Mapping[str, Tally],
    report: ExportReport,
    license: str,
    split_notes: Sequence[str],
) -> Card:
    record = project.read.project.record()
    return Card(
        title=record.title,
        format=format.name,
        parts=tallies,
        labels=project.read.labels.all(),
        guideline=record.guideline,
        license=license,
        filters=selection.lines(),
        options=settings,
        split_notes=split_notes,
        losses=report.losses,
        data_files=_data_files(format, tallies),
    )


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
    if not filters.accepts_all:
        wanted = filter(filters.accepts, wanted)
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
            found += filter(filters.accepts, marked(document, project.read.suggestions.open(bounds)))
            found.sort(key=lambda one: (one.start, -one.end))
        yield document, found


def part_of(out: Path, name: str, format: Format) -> Path:
    """Return the path of a part of a split; ``out`` itself where nothing is split."""
    if not name:
        return out
    return out / name if format.is_folder else out.with_name(f"{out.stem}.{name}{out.suffix}")


def export_file(
    project: Path, out: Path, format: str, options: Mapping[str, Any], *, progress: Progress | None = None
) -> ExportReport:
    """Return ``export`` of the project file at ``project``, which may be open elsewhere; for a separate process."""
    with Project.open(project, read_only=True) as opened:
        return export(opened, out, format, progress=progress, **options)


def with_overlap(options: Mapping[str, str], overlap: str, format: str) -> dict[str, str]:
    """Return ``options`` with the overlap policy; without it where the format can hold overlaps."""
    if overlap and any(choice.name == OVERLAP.name for choice in registry.by_id(format).choices):
        return {OVERLAP.name: overlap, **options}
    return dict(options)


def _checked_options(format: Format, options: Mapping[str, str], selection: Selection) -> dict[str, str]:
    """Return the values of all options of a format.

    Raise InvalidValue for an unknown name or value, and ExportRefused where the format is not written or cannot mark
    the suggestions of ``selection``.
    """
    if format.write is None:
        raise ExportRefused(f"{format.name} can be read but not written: choose another format.")
    choices = {choice.name: choice for choice in format.choices}
    for name, value in options.items():
        if name not in choices:
            known = f"it has {', '.join(choices)}" if choices else "it has none"
            raise InvalidValue(f"{format.name} has no option {name!r}: {known}.")
        values = [known for known, _ in choices[name].values]
        if values and value not in values:
            raise InvalidValue(f"{value!r} is no {name} of {format.name}: use one of {', '.join(values)}.")
    checked = {name: options.get(name, choice.standard) for name, choice in choices.items()}
    if selection.suggestions_from is not None and Facet.FEATURES in format.lacking(checked):
        raise ExportRefused(
            f"{format.name} has no place to mark what is only suggested: export without suggestions, or choose another "
            f"format, such as {registry.NATIVE_FORMAT.id}."
        )
    return checked


def _labels_by_document(project: Project, filters: Filters) -> dict[int, Counter[str]]:
    """Return how often each label occurs in the export of each document, without documents that have none."""
    found: dict[int, Counter[str]] = {}
    for one in filter(filters.accepts, project.read.annotations.filter_values()):
        found.setdefault(one.document_id, Counter())[one.label] += 1
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
    links = project.read.documents.version_links()
    uids = {id: uid for id, uid, _ in links}
    members = [
        Member(row.id, uids[row.id], row.title, row.source, row.published_at, labels.get(row.id, {})) for row in rows
    ]
    ids = {row.id for row in rows}
    division = split_members(
        members,
        lambda: ((id, text) for id, _, text in project.read.documents.texts() if id in ids),
        project.read.documents.text,
        split,
        group_by=group_by,
        seed=seed,
        versions=[(uid, earlier) for _, uid, earlier in links if earlier],
        progress=progress,
    )
    return {name: list(part) for name, part in division.parts.items()}, list(division.lines)


class _Writer:
    """Writes documents in a format, with what the project has beside them.

    ``is_whole``: everything is exported, and not a selection or a part. ``notes``: what is to be reported of the
    project.
    """

    def __init__(
        self, project: Project, format: Format, options: Mapping[str, str], filters: Filters, *, is_whole: bool
    ) -> None:
        self._project = project
        self._format = format
        self._options = options
        self._filters = filters
        self._is_whole = is_whole
        self.notes: list[str] = []

    def write(self, documents: Iterator[tuple[DocumentRecord, list[AnnotationRecord]]], draft: Path) -> Written:
        """Write the documents as ``draft``; return what was written, with the losses."""
        assert self._format.write is not None
        if self._format.is_folder:
            draft.mkdir(parents=True)
        read = self._project.read
        corpus = Corpus(
            documents=documents,
            labels=read.labels.all(),
            features=read.labels.features(),
            sources=read.sources.all(),
            assessments=read.sources.assessments(),
            relations=read.annotations.relations(),
            judgements=read.judgements(),
            bookmarks=[found for found in read.annotations.bookmarks() if self._filters.is_of(found.annotator)],
            title=read.project.record().title,
            annotators=read.exchange.annotators(),
            state=lambda: self._state,
            options=self._options,
        )
        losses = Losses(corpus, self._format.lacking(corpus.options))
        written = self._format.write(replace(corpus, documents=losses.counting()), draft)
        return replace(written, losses=(*written.losses, *losses.lines()))

    @cached_property
    def _state(self) -> ProjectState | None:
        """The state of the project, for a format that writes it; None where the log is damaged, which is noted."""
        try:
            return self._project.read.exchange.state(is_whole=self._is_whole)
        except DamagedProject:
            self.notes.append(
                "The log of the project is damaged, so the export does not say from which state it is: look with "
                "'annotator check'."
            )
            return None
