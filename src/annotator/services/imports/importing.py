"""Importing: files in, by way of the formats, in chunks that are one step of undo."""

import gc
import logging
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from annotator.domain.errors import AnnotatorError, EmptyFile, ImportRefused, ProjectError, after_a_part
from annotator.domain.wording import counted
from annotator.files.replacement import complete_swaps
from annotator.formats import registry
from annotator.formats.base import Article, Blank, Incoming, Packed, Refusal
from annotator.formats.reading.decoding import check_not_open
from annotator.formats.reading.limits import Limits, using
from annotator.formats.reading.limits import limits as in_force
from annotator.services.documents.versions import carry_over as carry_annotations_over
from annotator.services.imports.dry_run import rehearsal
from annotator.services.imports.intake import CHUNK, ImportReport, Intake, Progress
from annotator.settings import IMPORT_FILE, IMPORT_NESTING, IMPORT_UNPACKED, Settings
from annotator.store.project import Project

MANIFEST = ".annotator-export"
"""Lists, in a folder that was exported, the files that the export wrote: those a later one may take away."""

CARD, CARD_SUFFIX = "README.md", ".card.md"
"""The name of a dataset card in a folder that was exported, and how its name ends beside a file: it is no article."""

PROJECT_FILE = re.compile(r"\.anno(-wal|-shm|-journal|\.lock|\.holder)?$", re.IGNORECASE)
"""The names of a project and of what stands beside it."""

_MANY = 100_000
"""Objects that are made, less those that are gone, before Python looks for circles among them."""

_log = logging.getLogger(__name__)


def files_of(paths: Iterable[Path], *, recursive: bool = False) -> list[Path]:
    """The files that ``paths`` name, those of folders in the order of their names; hidden ones are left out."""
    found: list[Path] = []
    for path in paths:
        found += _inside(path, recursive) if path.is_dir() else [path]
    return found


def _inside(folder: Path, recursive: bool) -> list[Path]:
    """The files in a folder, without hidden ones, projects and cards; a folder itself where it cannot be read."""
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        found.append(Path(error.filename or folder))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        cards = {n for n in names if n.endswith(CARD_SUFFIX) or (n == CARD and MANIFEST in names)}
        inside = Path(place)
        found += [inside / n for n in names if not n.startswith(".") and not PROJECT_FILE.search(n) and n not in cards]
    return sorted(found, key=os.fspath)


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
    chosen = None if format == "auto" else registry.by_id(format)
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
            for item in _read(path, chosen, (tables or {}).get(path, columns or {})):
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


def items_of(
    paths: Iterable[Path], format: str = "auto", *, recursive: bool = False, columns: Mapping[str, str] | None = None
) -> Iterator[Incoming]:
    """What the files hold, as an import takes it; what cannot be read is a Refusal."""
    chosen = None if format == "auto" else registry.by_id(format)
    for path in whole_files_of(paths, format, recursive=recursive):
        yield from _read(path, chosen, columns or {})


def whole_files_of(paths: Iterable[Path], format: str = "auto", *, recursive: bool = False) -> list[Path]:
    """The files that an import of ``paths`` reads, each for itself."""
    chosen = None if format == "auto" else registry.by_id(format)
    return _whole_files(files_of(paths, recursive=recursive), chosen)


def _whole_files(files: Sequence[Path], chosen: registry.Format | None) -> list[Path]:
    """``files`` without those that are only a part of another one, which stands for them, once."""
    whole: list[Path] = []
    there = set(files)
    blank = _blank_files(files)
    for path in files:
        if path in blank:
            # Nothing belongs to it: no format has to look for that.
            whole.append(path)
            continue
        owner = registry.whole_of(path, there, chosen)
        # What a whole folder uses belongs to none of its files.
        if owner == path or (owner not in there and not owner.is_dir()):
            there.add(owner)
            whole.append(owner)
    return whole


def _blank_files(files: Sequence[Path]) -> set[Path]:
    """Those of ``files`` that hold nothing, but for those that have the name of another one, such as annotations."""
    blank = {path for path in files if _holds_nothing(path)}
    stems = {path.stem for path in files if path not in blank} if blank else set()
    return {path for path in blank if path.stem not in stems}


def _holds_nothing(path: Path) -> bool:
    """Whether a path is a file of no bytes. It is not opened."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and not found.st_size


def _read(
    path: Path, chosen: registry.Format | None, columns: Mapping[str, str], nesting: int = 0
) -> Iterator[Incoming]:
    """What a file holds, and what the files inside it hold; whatever goes wrong with it becomes a refusal."""
    try:
        if chosen is None and _holds_nothing(path):
            raise EmptyFile(f"“{path.name}” is empty.")
        check_not_open(path)
        format = chosen or registry.detect(path)
        if format.read is None:
            raise ImportRefused(f"{format.name} can be written but not read: choose another format.")
        items = format.tabular.read(path, columns) if columns and format.tabular else format.read(path)
        for item in items:
            if isinstance(item, Packed):
                yield from _unpacked(item, path, columns, nesting)
            else:
                yield item
    except EmptyFile as error:
        yield Refusal("", str(error), Blank.FILE)
    except AnnotatorError as error:
        yield Refusal("", "The folder cannot be read: check its permissions." if path.is_dir() else str(error))
    except OSError as error:
        yield Refusal("", f"The file cannot be read ({error.strerror or error}).")
    except Exception as error:  # noqa: BLE001 - a library that stumbles over one file must not stop the other thousand
        _log.warning("reading %s failed", path, exc_info=True)
        yield Refusal("", f"The file cannot be read as its format ({type(error).__name__}: {error}).")


def _unpacked(packed: Packed, outer: Path, columns: Mapping[str, str], nesting: int) -> Iterator[Incoming]:
    """What a file inside ``outer`` holds, with where it stands in it."""
    deepest = in_force().nesting
    if nesting > deepest:
        reason = f"What it holds lies in more than {deepest} archives inside one another: unpack them first."
        yield Refusal(packed.name, reason)
        return
    # A file is called by its name inside, one of a folder by where it lies in that.
    prefix, instead = (str(packed.path), packed.name) if packed.name else (f"{packed.path}{os.sep}", "")
    for path in whole_files_of([packed.path], recursive=True):
        name = instead + str(path).removeprefix(prefix)
        for item in _read(path, None, columns, nesting + 1):
            if isinstance(item, Article) and item.origin_path.startswith(prefix):
                inside = (instead + item.origin_path.removeprefix(prefix)).replace(os.sep, "/")
                yield replace(
                    item,
                    origin_path=f"{outer}!/{inside}",
                    address=item.address or packed.address,
                    facts={**packed.facts, **item.facts},
                )
            elif isinstance(item, Refusal):
                yield replace(item, place=f"{name}, {item.place}" if item.place else name)
            else:
                yield item
