"""Importing: files in, by way of the formats, in chunks that are one step of undo."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from annotator.domain.errors import ProjectError, after_a_part
from annotator.domain.wording import counted
from annotator.files.replacement import complete_swaps
from annotator.formats.base import Article
from annotator.formats.reading.limits import Limits, using
from annotator.services.documents.versions import carry_over as carry_annotations_over
from annotator.services.imports.detect import format_named, whole_files_of
from annotator.services.imports.dry_run import rehearsal
from annotator.services.imports.intake import CHUNK, Intake
from annotator.services.imports.read import items_in
from annotator.services.imports.report import ImportReport, Progress
from annotator.settings import IMPORT_FILE, IMPORT_NESTING, IMPORT_UNPACKED, Settings
from annotator.store.project import Project

_MANY = 100_000
"""Objects that are made, less those that are gone, before Python looks for circles among them."""


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
    only. Raises NotFound where the format or a label of ``label_map`` is not there.
    """
    chosen = format_named(format)
    paths = list(paths)
    for missing in (path for path in paths if not path.exists()):
        # An export that was killed as it took the place of an older one.
        complete_swaps(missing.absolute().parent)
    files = whole_files_of(paths, format, recursive=recursive)
    report = ImportReport(files=len(files), dry_run=dry_run)
    number, path = 0, Path()

    def give_way(*_: object) -> None:
        if progress is not None:
            progress(number, len(files), path.name)

    def is_cancelled() -> bool:
        report.cancelled = report.cancelled or (cancelled is not None and cancelled())
        return report.cancelled

    with (
        rehearsal(project) if dry_run else nullcontext(project) as into,
        using(limits or Limits()),
        _collecting_seldom(),
        ExitStack() as stack,
    ):
        intake = Intake(into, report, source, chunk, give_way, label_map or {}, add_labels, update=update)
        stack.enter_context(_telling_what_stays(intake))
        for number, path in enumerate(files):
            if is_cancelled():
                break
            if progress is not None:
                progress(number, len(files), path.name)
            for item in items_in(path, chosen, (tables or {}).get(path, columns or {})):
                if is_cancelled():
                    break
                intake.take(item, path)
        intake.finish()
        report.notes += [*intake.left_out(), *report.comparison.notes()]
        if carry_over:
            report.carried = carry_annotations_over(into, report.versions, intake.step)
    if progress is not None:
        progress(len(files), len(files), "")
    return report


@contextmanager
def _telling_what_stays(intake: Intake) -> Iterator[None]:
    """Where the project refuses a later part of an import, say that the parts before it are there."""
    try:
        yield
    except ProjectError as error:
        if not intake.has_written:
            raise
        stopped = f"The import stopped after {counted(intake.written, 'document')}; undo takes out what was imported."
        raise after_a_part(error, "what follows was not imported", stopped) from error


def limits_set(settings: Settings) -> Limits:
    """The limits of an import as the user has set them."""
    mb = 1024 * 1024
    return Limits(
        file=settings.get(IMPORT_FILE) * mb,
        unpacked=settings.get(IMPORT_UNPACKED) * mb,
        nesting=settings.get(IMPORT_NESTING),
    )


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """An import makes millions of objects and few circles: to walk through all of them took a third of the time."""
    thresholds = gc.get_threshold()
    # Who has taken collecting into his own hands has thresholds for that.
    if gc.isenabled():
        gc.set_threshold(_MANY, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def import_articles(project: Project, articles: Iterable[Article]) -> ImportReport:
    """Import articles that come from no file; their text is canonical. One step of undo."""
    report = ImportReport()
    intake = Intake(project, report, "")
    with _telling_what_stays(intake):
        for article in articles:
            intake.take(article, None)
        intake.finish()
    return report
