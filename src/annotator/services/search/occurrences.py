"""Annotating every occurrence: the places of a concordance that remain, and the changes that annotate them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from annotator.domain.changes import Change, Edit, new_uid
from annotator.domain.errors import InvalidValue, ProjectError, after_a_part
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.nlp.text.text_search import Finder
from annotator.services.annotations.annotating import label_of, new_annotation
from annotator.services.search import concordance
from annotator.services.search.concordance import Line, Progress
from annotator.store.project import Project

CHUNK = 5_000
"""Annotations in one commit: every commit waits for the disk, so a chunk is large."""

SMALL_CHUNK = 250
"""Annotations in one commit where a window is open, which handles each commit between two frames."""

KEEP_ALL, SKIP_LABEL, SKIP_ANY = "none", "label", "any"
SKIPS = (SKIP_LABEL, SKIP_ANY, KEEP_ALL)
"""Which places are skipped: those that overlap an annotation of the same label, of any label, or none."""

_NO_LIMIT = 1 << 62

Place = tuple[int, Span]
"""A document id and a span in that document."""


class Annotated(NamedTuple):
    """The result of annotating every occurrence. ``skipped``: places that overlap an annotation or hold only spaces."""

    annotated: int
    found: int
    skipped: int
    documents: int
    cancelled: bool = False
    dry_run: bool = False

    def sentence(self, label: str) -> str:
        """Return the outcome in one line."""
        if not self.found:
            return "Nothing was found, so nothing was annotated."
        done = "Would annotate" if self.dry_run else "Annotated"
        parts = [f"{done} {counted(self.annotated, 'place')} as {label}"]
        parts[0] += f" in {counted(self.documents, 'document')}" if self.annotated else ""
        if self.skipped:
            parts.append(f"{self.skipped:,} skipped")
        if self.cancelled:
            parts.append("then cancelled; undo takes all of them back")
        return ", ".join(parts) + "."


def is_left(line: Line, label_id: int, skip: str = SKIP_LABEL) -> bool:
    """Return whether a place is to be annotated with a label.

    A place that already has exactly this annotation never is.
    """
    if label_id in line.own or not line.match.strip():
        return False
    return not (line.labels if skip == SKIP_ANY else skip == SKIP_LABEL and label_id in line.labels)


def annotate(
    project: Project,
    places: Sequence[Place],
    label_id: int,
    *,
    source_id: int | None = None,
    first: Sequence[Edit] = (),
    chunk: int = CHUNK,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Annotate ``places``, which come document by document; all of it is one step of undo. Return how many were
    annotated.

    ``first``: edits to be written before, such as a new source. After ``cancelled`` returns true, what was annotated so
    far stays, and one undo takes it back. Raise NotFound for an unknown label or document.
    """
    done = 0

    def report(_rows: int, _of: int, _title: str) -> None:
        if progress is not None:
            progress(done, len(places), "")

    try:
        for change in changes(project, places, label_id, source_id=source_id, first=first, chunk=chunk):
            if cancelled():
                break
            project.apply(change, report)
            done += sum(edit.table == "annotation" for edit in change.edits)
            if progress is not None:
                progress(done, len(places), "")
    except ProjectError as error:
        if not done:
            raise
        stopped = f"It stopped after {counted(done, 'place')}; undo takes back what was annotated."
        raise after_a_part(error, "what follows was not annotated", stopped) from error
    return done


def changes(
    project: Project,
    places: Sequence[Place],
    label_id: int,
    *,
    source_id: int | None = None,
    first: Sequence[Edit] = (),
    chunk: int = CHUNK,
) -> Iterator[Change]:
    """Plan the annotations of ``places`` as changes of one step, each of at most ``chunk``."""
    label = label_of(project.read.labels.all(), label_id)
    title = f"Annotate {counted(len(places), 'occurrence')} as {label.name}"
    step = new_uid()
    edits = _edits(project, places, label_id, source_id)
    before = tuple(first)
    while part := tuple(islice(edits, chunk)):
        yield Change(title, before + part, step)
        before = ()


def _edits(project: Project, places: Sequence[Place], label_id: int, source_id: int | None) -> Iterator[Edit]:
    fields = {} if source_id is None else {"source_id": source_id}
    for document_id, group in groupby(places, key=lambda place: place[0]):
        text = project.read.documents.one(document_id).text
        for _, span in group:
            yield new_annotation(project, document_id, text, [span], label_id, **fields)


def annotate_all(
    project: Project,
    finder: Finder,
    label_id: int,
    document_ids: Iterable[int] | None = None,
    *,
    skip: str = SKIP_LABEL,
    source_id: int | None = None,
    first: Sequence[Edit] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Annotated:
    """Annotate every place where ``finder`` finds something, in all documents or in some. Raise InvalidValue."""
    if skip not in SKIPS:
        raise InvalidValue(f"{skip!r} is nothing to skip: use one of {', '.join(SKIPS)}.")
    if not finder.query:
        raise InvalidValue("There are no words to look for: give some.")
    lines = concordance.of_query(project, finder, document_ids, limit=_NO_LIMIT, progress=progress)
    places = [(line.document.id, line.span) for line in lines if is_left(line, label_id, skip)]
    done = len(places)
    if not dry_run:
        done = annotate(project, places, label_id, source_id=source_id, first=first, progress=progress)
    documents = len({document_id for document_id, _ in places})
    return Annotated(done, len(lines), len(lines) - len(places), documents, dry_run=dry_run)
