"""Importing: files in, by way of the formats, in chunks that are one step of undo."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from annotator.domain.canonical_text import one_line
from annotator.domain.errors import ProjectError, after_a_part
from annotator.domain.records import LabelRecord
from annotator.domain.wording import counted
from annotator.files.replacement import complete_swaps
from annotator.formats.base import Article, Format, Incoming, IncomingState, Vocabulary
from annotator.formats.reading.limits import Limits, using
from annotator.services.annotations.annotating import find_label
from annotator.services.documents.versions import carry_over as carry_annotations_over
from annotator.services.imports.chunks import (
    CHARACTERS_OF_ANNOTATION,
    CHUNK,
    Chunk,
    Sent,
    chunks,
    chunks_of_relations,
    count_blanks,
)
from annotator.services.imports.detect import format_named, whole_files_of
from annotator.services.imports.dry_run import dry_run_copy
from annotator.services.imports.exchange import Exchange
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.known import known_names, load
from annotator.services.imports.match import Matcher, ProjectLookups
from annotator.services.imports.plan import Planner
from annotator.services.imports.planned_rows import PlannedRows
from annotator.services.imports.read import items_in
from annotator.services.imports.report import ImportReport, Progress
from annotator.services.imports.write import Writer
from annotator.settings import IMPORT_FILE, IMPORT_NESTING, IMPORT_UNPACKED, Settings
from annotator.store.project import Project
from annotator.store.queries.exchange_queries import Removal

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Objects that are made, less those that are gone, before Python looks for cycles among them."""


def import_files(
    project: Project,
    paths: Iterable[Path],
    *,
    format: str = "auto",
    source: str = "",
    recursive: bool = False,
    dry_run: bool = False,
    label_map: Mapping[str, str] | None = None,
    add_labels: Iterable[str] = (),
    columns: Mapping[str, str] | None = None,
    tables: Mapping[Path, Mapping[str, str]] | None = None,
    limits: Limits | None = None,
    carry_over: bool = False,
    update: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    chunk: int = CHUNK,
) -> ImportReport:
    """Import files and folders into ``project``; all of it is one step of undo.

    ``source``: the outlet of documents that name none. ``label_map``: labels of the project by the labels of the
    files that are to become them; annotations with a label mapped to nothing are left out. ``add_labels``: names of
    labels that the project gets, where it has them not. ``columns``: the column of each field, for files that are
    tables; ``tables``: the same for single files. ``limits``: how large a file may be. ``carry_over``: new versions
    get the annotations of their earlier documents. ``update``: where a file of our own format differs from what the
    project holds, what is newer there is taken over, and what was removed there is removed; by default ours is kept,
    and what differs is listed in either case. ``chunk``: characters of text in one commit. A file that cannot
    be read becomes a line of the report and stops nothing. After ``cancelled`` says so, what was imported stays, and
    undo takes it out. ``dry_run`` imports into a copy that is thrown away, so that ``project`` may be one for reading
    only. Raise NotFound where the format or a label of ``label_map`` is not there.
    """
    chosen = format_named(format)
    paths = list(paths)
    for missing in (path for path in paths if not path.exists()):
        # An export that was killed as it took the place of an older one.
        complete_swaps(missing.absolute().parent)
    files = whole_files_of(paths, format, recursive=recursive)
    report = ImportReport(files=len(files), dry_run=dry_run)
    reader = _FileReader(files, report, progress, cancelled)
    with (
        dry_run_copy(project) if dry_run else nullcontext(project) as into,
        using(limits or Limits()),
        _collecting_garbage_seldom(),
    ):
        work = _Import(into, report, source, chunk, reader.report_progress, update=update)
        work.map_labels(label_map or {}, add_labels)
        work.run(reader.read(chosen, columns or {}, tables or {}))
        report.notes += [*work.planner.notes(), *report.comparison.notes()]
        if carry_over:
            with work.reporting_what_stays():
                report.carried = carry_annotations_over(into, report.versions, work.writer.step)
    reader.report_end()
    return report


class _FileReader:
    """Reads the files of an import one after the other, reports which one it is at, and ends where it is cancelled."""

    def __init__(
        self,
        files: Sequence[Path],
        report: ImportReport,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._files = files
        self._report = report
        self._progress = progress
        self._cancelled = cancelled
        self._number, self._path = 0, Path()

    def read(
        self, chosen: Format | None, columns: Mapping[str, str], tables: Mapping[Path, Mapping[str, str]]
    ) -> Iterator[Sent]:
        """Return what the files hold. ``columns``: those of each table that is not in ``tables``."""
        for number, path in enumerate(self._files):
            self._number, self._path = number, path
            if self._is_cancelled():
                return
            self.report_progress()
            for item in items_in(path, chosen, tables.get(path, columns)):
                if self._is_cancelled():
                    return
                yield item, path

    def report_progress(self, *_: object) -> None:
        """Report the present file."""
        if self._progress is not None:
            self._progress(self._number, len(self._files), self._path.name)

    def report_end(self) -> None:
        """Report that all files are done."""
        if self._progress is not None:
            self._progress(len(self._files), len(self._files), "")

    def _is_cancelled(self) -> bool:
        self._report.cancelled = self._report.cancelled or (self._cancelled is not None and self._cancelled())
        return self._report.cancelled


def limits_set(settings: Settings) -> Limits:
    """Return the limits of an import as the user has set them."""
    mb = 1024 * 1024
    return Limits(
        file=settings.get(IMPORT_FILE) * mb,
        unpacked=settings.get(IMPORT_UNPACKED) * mb,
        nesting=settings.get(IMPORT_NESTING),
    )


@contextmanager
def _collecting_garbage_seldom() -> Iterator[None]:
    """Collect garbage seldom: among millions of objects and few cycles it took a third of the time."""
    thresholds = gc.get_threshold()
    # A caller that has switched collection off keeps its own thresholds.
    if gc.isenabled():
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def import_articles(project: Project, articles: Iterable[Article]) -> ImportReport:
    """Import articles that come from no file; their text is canonical. One step of undo."""
    return import_items(project, articles)


def import_items(
    project: Project,
    items: Iterable[Incoming],
    *,
    source: str = "",
    label_map: Mapping[str, str] | None = None,
    chunk: int = CHUNK,
) -> ImportReport:
    """Import items that do not come from a file, in one step of undo. The arguments are those of ``import_files``."""
    report = ImportReport()
    work = _Import(project, report, source, chunk)
    work.map_labels(label_map or {})
    work.run((item, None) for item in items)
    report.notes += work.planner.notes()
    return report


class _Import:
    """The stages of one import, through which its chunks go one by one."""

    def __init__(
        self,
        project: Project,
        report: ImportReport,
        source: str,
        size: int,
        progress: Progress = lambda _done, _total, _text: None,
        *,
        update: bool = False,
    ) -> None:
        self._project = project
        self._report = report
        self._size = size
        self._written = 0
        """How many documents of this import are in the project."""
        self._known = known_names(project)
        self.writer = Writer(project, max(1, size // CHARACTERS_OF_ANNOTATION), progress)
        self._comparison = FileComparison(report.comparison, self._removals, update=update)
        self._exchange = Exchange(project, self._comparison, self.writer.write_differences)
        self._matcher = Matcher(self._known, ProjectLookups(project), source.strip())
        self._planned = PlannedRows(self._known, report, project.next_ids)
        self.planner = Planner(self._planned, self._comparison, source.strip())

    def map_labels(self, label_map: Mapping[str, str], add_labels: Iterable[str] = ()) -> None:
        """Add labels, and have those of the files become labels of the project. Raise NotFound."""
        wanted = tuple(LabelRecord(0, one_line(name), "", "", None, "", 0) for name in add_labels if name.strip())
        self.planner.add(Vocabulary(wanted), None)
        for old, new in label_map.items():
            name = one_line(new).casefold()
            if name and name not in self._known.labels:
                name = find_label(self._project.read.labels.all(), new).name.casefold()
            self._known.label_map[one_line(old).casefold()] = name

    def run(self, sent: Iterable[Sent]) -> None:
        """Import what readers give. Raise ProjectError, which says what is imported already."""
        with self.reporting_what_stays():
            for chunk in chunks(count_blanks(sent, self._report), self._size):
                self._import(chunk)
                # Its texts would stay in memory while the next one is read.
                del chunk
            for chunk in chunks_of_relations(self.planner.take_waiting()):
                self._import(chunk)
            self._end_file()

    @contextmanager
    def reporting_what_stays(self) -> Iterator[None]:
        """Add to a ProjectError within the context that the parts written before it are there."""
        try:
            yield
        except ProjectError as error:
            if not self.writer.has_written:
                raise
            count = counted(self._written, "document")
            stopped = f"The import stopped after {count}; undo takes out what was imported."
            raise after_a_part(error, "what follows was not imported", stopped) from error

    def _import(self, chunk: Chunk) -> None:
        is_compared = self._comparison.is_on or any(isinstance(one.item, IncomingState) for one in chunk.items)
        load(self._known, self._project, chunk, is_compared=is_compared)
        for matched in self._matcher.items(chunk):
            self.planner.add(*matched)
        self.planner.reserve(chunk)
        for matched in self._matcher.articles(chunk, is_compared=is_compared):
            self.planner.add(*matched)
        self._write()
        if chunk.ends_file:
            self._end_file()

    def _write(self) -> None:
        self.writer.write(*self._planned.take())
        self._written = len(self._report.documents)
        if self._comparison.is_full():
            self._exchange.settle()
        self._known.end_chunk()

    def _end_file(self) -> None:
        """Decide about what differs in a file that was compared, once all that it brought is written."""
        if not self._comparison.is_on:
            return
        entries = self.planner.sources.take_to_compare()
        rows = self._project.read.exchange.rows_by_uid("source", [entry.uid for entry in entries])
        for entry in entries:
            self._comparison.compare("source", rows.get(entry.uid), self.planner.sources.stated(entry))
        self._write()
        self._exchange.end_file()
        self._known.end_file()

    def _removals(self) -> list[Removal]:
        return self._project.read.exchange.removals()
