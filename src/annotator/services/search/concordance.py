"""Concordance: every place of a query or of a label, with the key word in context and fields of its document."""

import csv
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.analysis.span_index import SpanIndex
from annotator.domain.errors import Cancelled, ExportRefused
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.files import open_projects
from annotator.files.replacement import recover, replacing
from annotator.nlp.text.text_search import Finder
from annotator.store.project import Project

CONTEXT = 80
"""Code points of context on either side of a key word."""

MAX_LINES = 200_000
"""Maximum number of lines; no user reads more."""

CSV_COLUMNS = (
    "document",
    "title",
    "source",
    "date",
    "status",
    "start",
    "end",
    "before",
    "match",
    "after",
    "labels",
)

Progress = Callable[[int, int, str], None]

_WORDS = re.compile(r"\w+")
_MAX_KEY_WORDS = 3
"""Words beside the key word by which lines are sorted."""

_KEY_SEPARATOR = "\x00"
_LINES_PER_RUN = 4_000
"""Lines that are sorted in one call, which holds the interpreter."""

_ROWS_PER_REPORT = 500
"""Rows of a table between two reports of progress."""

_NO_LABELS: tuple[int, ...] = ()


class DocumentData(NamedTuple):
    """The fields of its document that a line shows."""

    id: int
    title: str
    source: str
    date: str
    status: str


class Line(NamedTuple):
    """One place. ``before``, ``match`` and ``after`` are in the order of the text and have no line breaks.

    ``labels``: ids of the labels of all annotations that overlap the place. ``own``: those that the annotator has given
    to exactly this place.
    """

    id: int
    document: DocumentData
    span: Span
    before: str
    match: str
    after: str
    labels: tuple[int, ...]
    own: tuple[int, ...]


class Concordance:
    """Lines in the order of documents and text, stored by column: a line is made when it is requested."""

    def __init__(self) -> None:
        self.documents: list[DocumentData] = []
        self.is_cut = False
        """Whether there are more places than MAX_LINES."""
        self._documents = array("I")
        self._starts = array("I")
        self._ends = array("I")
        self._before: list[str] = []
        self._match: list[str] = []
        self._after: list[str] = []
        self._labels: list[tuple[int, ...]] = []
        self._own: list[tuple[int, ...]] = []

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> Line:
        return Line(
            number,
            self.documents[self._documents[number]],
            Span(self._starts[number], self._ends[number]),
            self._before[number],
            self._match[number],
            self._after[number],
            self._labels[number],
            self._own[number],
        )

    def __iter__(self) -> Iterator[Line]:
        return map(self.__getitem__, range(len(self)))

    def take(
        self,
        document: DocumentRecord,
        spans: Iterable[Span],
        labels_at: Callable[[Span], tuple[tuple[int, ...], tuple[int, ...]]],
        limit: int,
    ) -> bool:
        """Add places of a document, with the labels over each; False where there are more than ``limit`` lines."""
        text, first = document.text, len(self)
        for span in spans:
            if len(self) == limit:
                self.is_cut = True
                return False
            if len(self) == first:
                title = _one_line(document.title)
                self.documents.append(
                    DocumentData(document.id, title, document.source, document.published_at, document.status)
                )
            labels, own = labels_at(span)
            self._documents.append(len(self.documents) - 1)
            self._starts.append(span.start)
            self._ends.append(span.end)
            self._before.append(_one_line(text[max(0, span.start - CONTEXT) : span.start]))
            self._match.append(_one_line(span.of(text)))
            self._after.append(_one_line(text[span.end : span.end + CONTEXT]))
            self._labels.append(labels)
            self._own.append(own)
        return True


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).replace("\t", " ")


def is_right_to_left(line: Line) -> bool:
    """Return whether the key word reads from right to left: its left context then comes after it."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in line.match)


def left_words(line: Line) -> str:
    """Return the words left of the key word, the nearest first, as a sort key."""
    return _words_after(line) if is_right_to_left(line) else _words_before(line)


def right_words(line: Line) -> str:
    """Return the words right of the key word, the nearest first, as a sort key."""
    return _words_before(line) if is_right_to_left(line) else _words_after(line)


def _words_before(line: Line) -> str:
    return _KEY_SEPARATOR.join(reversed(_WORDS.findall(line.before.casefold())[-_MAX_KEY_WORDS:]))


def _words_after(line: Line) -> str:
    return _KEY_SEPARATOR.join(_WORDS.findall(line.after.casefold())[:_MAX_KEY_WORDS])


def ordered(
    lines: Concordance,
    key: Callable[[Line], Any] | None = None,
    *,
    backwards: bool = False,
    accepts: Callable[[Line], bool] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Sequence[int]:
    """Return the numbers of the lines for which ``accepts`` is true, sorted by ``key``, equal ones in the order of the
    text.

    Written for a thread beside a window: it never holds the interpreter long. Raise Cancelled.
    """
    chosen: Sequence[int] = range(len(lines))
    if accepts is not None:
        chosen = [number for number in chosen if accepts(lines[number])]
    if key is None:
        return chosen[::-1] if backwards else chosen
    keys = {number: key(lines[number]) for number in chosen}
    runs = [
        sorted(chosen[at : at + _LINES_PER_RUN], key=keys.__getitem__, reverse=backwards)
        for at in range(0, len(chosen), _LINES_PER_RUN)
    ]
    while len(runs) > 1:
        if cancelled():
            raise Cancelled("The sorting was cancelled.")
        # The sort merges consecutive sorted runs in one pass.
        runs = [
            sorted([*runs[at], *(runs[at + 1] if at + 1 < len(runs) else ())], key=keys.__getitem__, reverse=backwards)
            for at in range(0, len(runs), 2)
        ]
    return runs[0] if runs else []


def write_csv(
    lines: Concordance,
    numbers: Sequence[int],
    label_names: Mapping[int, str],
    out: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write lines as a table. The file appears when it is complete. Raise ExportRefused, or Cancelled."""
    # Imported here, because only a table needs it and start-up time is measured.
    from annotator.formats.spreadsheet_cells import neutralised

    if open_projects.is_open(out):
        raise ExportRefused(f"{out} is a project that is open: choose another name.")
    recover(out.parent, out)
    try:
        with replacing(out) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file, lineterminator="\r\n")
            table.writerow(CSV_COLUMNS)
            for done, number in enumerate(numbers):
                if done % _ROWS_PER_REPORT == 0:
                    _report("", done, len(numbers), progress, cancelled)
                line = lines[number]
                names = ", ".join(label_names.get(id, "") for id in line.labels)
                cells = (*line.document, *line.span, line.before, line.match, line.after, names)
                table.writerow([neutralised(cell) for cell in cells])
    except OSError as error:
        raise ExportRefused(
            f"{out} cannot be written ({error.strerror or error}): check the folder and the space on the disk; "
            "what was there is untouched."
        ) from error


def of_query(
    project: Project,
    finder: Finder,
    document_ids: Iterable[int] | None = None,
    *,
    limit: int = MAX_LINES,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Concordance:
    """Return every place where ``finder`` finds something, in all documents or in some.

    Raise InvalidValue where an expression takes too long, Cancelled once ``cancelled`` returns true.
    """
    found = Concordance()
    with project.snapshot() as read:
        wanted = None if document_ids is None else list(document_ids)
        total = len(read.documents.rows()) if wanted is None else len(wanted)
        overlaps = _Overlaps(project, read.annotations.places())
        for number, document in enumerate(read.documents.all(wanted)):
            _report(document.title, number, total, progress, cancelled)
            overlaps.go_to(document.id)
            if not found.take(document, finder.spans(document.text, cancelled), overlaps.at, limit):
                break
    return found


def of_label(
    project: Project,
    label_id: int,
    *,
    limit: int = MAX_LINES,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Concordance:
    """Return every annotation with this label as a line; one in fragments has a line for each."""
    found = Concordance()
    with project.snapshot() as read:
        total = len(read.documents.rows())
        overlaps = _Overlaps(project, read.annotations.places())
        for number, document in enumerate(read.documents.all()):
            _report(document.title, number, total, progress, cancelled)
            overlaps.go_to(document.id)
            if not found.take(document, overlaps.of_label(label_id), overlaps.at, limit):
                break
    return found


def _report(title: str, number: int, total: int, progress: Progress | None, cancelled: Callable[[], bool]) -> None:
    """Report the progress. Raise Cancelled."""
    if cancelled():
        raise Cancelled("The search was cancelled.")
    if progress is not None:
        progress(number, total, title)


class _Overlaps:
    """The annotations of one document after another, and which labels are over a place."""

    def __init__(self, project: Project, places: Iterable[tuple[int, int, int, tuple[Span, ...]]]) -> None:
        self._annotator_id = project.annotator_id
        self._groups = groupby(places, key=lambda place: place[0])
        self._group = next(self._groups, None)
        self._index = SpanIndex()
        self._labels: list[int] = []
        self._own: dict[tuple[Span, ...], tuple[int, ...]] = {}

    def go_to(self, document_id: int) -> None:
        """Move to a document; they are visited in the order of their ids."""
        while self._group is not None and self._group[0] < document_id:
            self._group = next(self._groups, None)
        self._labels, self._own = [], {}
        fragments = []
        if self._group is not None and self._group[0] == document_id:
            for number, (_, label_id, annotator_id, spans) in enumerate(self._group[1]):
                self._labels.append(label_id)
                fragments.append((number, spans))
                if annotator_id == self._annotator_id:
                    self._own[spans] = (*self._own.get(spans, ()), label_id)
        self._index = SpanIndex(fragments)

    def at(self, span: Span) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the labels over a place, in reading order, and those that this annotator gave to exactly this
        place.
        """
        if not self._labels:
            return _NO_LABELS, _NO_LABELS
        over = [self._labels[number] for number, _ in self._index.query_fragments(*span)]
        return (tuple(dict.fromkeys(over)) if over else _NO_LABELS), self._own.get((span,), _NO_LABELS)

    def of_label(self, label_id: int) -> list[Span]:
        """Return the fragments of all annotations with this label, in reading order."""
        numbers = (number for number in self._index if self._labels[number] == label_id)
        return [span for number in numbers for span in self._index.fragments(number)]
