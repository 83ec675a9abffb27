"""The selection of documents and annotations for an export."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.grades import CREDIBILITY_CODES, RELIABILITY_CODES
from annotator.domain.records import DocumentRow, SourceRecord
from annotator.services.annotations.annotating import find_label
from annotator.services.exports.marked_suggestions import MARK
from annotator.store.project import Project

NOT_GIVEN = "-"
"""The name for statements without a grade, and for statements and documents without a source."""

PERSON, SUGGESTION = "person", "suggestion"
MAKERS = (PERSON, SUGGESTION)
"""What created an annotation: a person, or a rule or model whose suggestion a person accepted."""


@dataclass(frozen=True)
class Selection:
    """What is exported; without any condition, everything.

    Of annotations: ``labels``, ``annotators``, ``sources`` (who said it), ``reliabilities`` (effective grades) and
    ``credibilities``, where ``-`` means none, and ``created_by``, one of ``MAKERS``. Of documents: ``statuses``,
    ``outlets``, the dates ``published_from`` and ``published_to`` (both included; a document without a date is then
    left out), ``documents`` by id, and ``annotated_only``, which leaves out those without annotations.
    ``suggestions_from``: with the open suggestions from this score on, each marked as one; None for none of them.
    """

    labels: Sequence[str] = ()
    statuses: Sequence[str] = ()
    annotators: Sequence[str] = ()
    documents: Sequence[int] = ()
    sources: Sequence[str] = ()
    outlets: Sequence[str] = ()
    published_from: str = ""
    published_to: str = ""
    reliabilities: Sequence[str] = ()
    credibilities: Sequence[str] = ()
    created_by: str = ""
    annotated_only: bool = False
    suggestions_from: float | None = None

    def lines(self) -> list[str]:
        """Return the conditions, one plain line each; none where everything is exported."""
        listed = {
            "Labels": self.labels,
            "Status": self.statuses,
            "Annotators": self.annotators,
            "Sources": self.sources,
            "Outlets": self.outlets,
            "Published from": [self.published_from] if self.published_from else (),
            "Published to": [self.published_to] if self.published_to else (),
            "Reliability": self.reliabilities,
            "Credibility": self.credibilities,
            "Made by": [self.created_by] if self.created_by else (),
        }
        lines = [f"{what}: {', '.join(values)}" for what, values in listed.items() if values]
        if self.documents:
            lines.append(f"Documents chosen one by one: {len(set(self.documents))}")
        if self.annotated_only:
            lines.append("Only documents with annotations")
        if self.suggestions_from is not None:
            lines.append(f"With open suggestions from a score of {self.suggestions_from:.2f} on, marked as {MARK}")
        return lines


class FilterValues(Protocol):
    """The fields of an annotation that a filter needs."""

    @property
    def label(self) -> str: ...
    @property
    def annotator(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def reliability(self) -> str | None: ...
    @property
    def credibility(self) -> int | None: ...
    @property
    def created_by(self) -> str: ...


class Filters:
    """A selection with its names looked up in a project. Raise InvalidValue or NotFound for unknown names."""

    def __init__(self, project: Project, selection: Selection) -> None:
        known_labels, known_annotators = project.read.labels.all(), project.read.project.annotators()
        known_sources = project.read.sources.all()
        self._labels = {find_label(known_labels, name).name for name in selection.labels}
        self._annotators = _known("annotator", selection.annotators, known_annotators)
        self._statuses = _known("status of a document", selection.statuses, DOCUMENT_STATUSES)
        self._sources = _source_names(known_sources, selection.sources)
        self._outlets = _source_names(known_sources, selection.outlets)
        reliabilities = _known(
            "reliability", [one.upper() for one in selection.reliabilities], [*RELIABILITY_CODES, NOT_GIVEN]
        )
        credibilities = _known("credibility", selection.credibilities, [*map(str, CREDIBILITY_CODES), NOT_GIVEN])
        self._reliabilities: set[str | None] = {None if one == NOT_GIVEN else one for one in reliabilities}
        self._credibilities: set[int | None] = {None if one == NOT_GIVEN else int(one) for one in credibilities}
        _known("maker of annotations", [selection.created_by] if selection.created_by else [], MAKERS)
        self._created_by = selection.created_by
        self._first, self._last = checked_days(selection.published_from, selection.published_to)
        self._ids = set(selection.documents)
        self.annotated_only = selection.annotated_only
        if selection.suggestions_from is not None and not 0 <= selection.suggestions_from <= 1:
            raise InvalidValue(f"{selection.suggestions_from} is not a score: give one from 0 to 1.")
        self.suggestions_from = selection.suggestions_from
        self.accepts_all = not any(
            (self._labels, self._annotators, self._sources, self._reliabilities, self._credibilities, self._created_by)
        )
        """Whether every annotation of the exported documents is included."""

    def accepts(self, found: FilterValues) -> bool:
        """Return whether an annotation is exported, if its document is."""
        return (
            (not self._labels or found.label in self._labels)
            and (not self._annotators or found.annotator in self._annotators)
            and (not self._sources or found.source in self._sources)
            and (not self._reliabilities or found.reliability in self._reliabilities)
            and (not self._credibilities or found.credibility in self._credibilities)
            and (not self._created_by or (found.created_by == PERSON) == (self._created_by == PERSON))
        )

    def is_of(self, annotator: str) -> bool:
        """Return whether the annotations of an annotator are exported."""
        return not self._annotators or annotator in self._annotators

    def documents(self, rows: Iterable[DocumentRow], annotated: Collection[int]) -> list[DocumentRow]:
        """Return the documents that are exported. ``annotated``: those with an exported annotation."""
        return [row for row in rows if self._accepts_document(row) and (not self.annotated_only or row.id in annotated)]

    def _accepts_document(self, row: DocumentRow) -> bool:
        day = row.published_at[:10]
        return (
            (not self._statuses or row.status in self._statuses)
            and (not self._ids or row.id in self._ids)
            and (not self._outlets or row.source in self._outlets)
            and (not self._first or (bool(day) and day >= self._first))
            and (not self._last or (bool(day) and day <= self._last))
        )


def _known(what: str, wanted: Sequence[str], known: Iterable[str]) -> set[str]:
    for name in wanted:
        if name not in known:
            raise InvalidValue(f"{name!r} is no {what} here: use one of {', '.join(known)}.")
    return set(wanted)


def _source_names(known: Sequence[SourceRecord], wanted: Sequence[str]) -> set[str]:
    """Return the names of sources, which may be given by an alias; empty for ``-``."""
    if not wanted:
        return set()
    names = {"": "", NOT_GIVEN: ""}
    for source in reversed(known):
        names |= {alias.casefold(): source.name for alias in source.aliases}
    for source in known:
        names[source.name.casefold()] = source.name
    for name in wanted:
        if name.casefold() not in names:
            raise NotFound(f"There is no source {name!r} in the project: 'annotator sources' lists them.")
    return {names[name.casefold()] for name in wanted}


def checked_days(first: str, last: str) -> tuple[str, str]:
    """Return two dates in ISO 8601, either of which may be empty. Raise InvalidValue."""
    begin, end = _day(first), _day(last)
    if begin and end and begin > end:
        raise InvalidValue(f"Nothing is published from {begin} to {end}: exchange the two dates.")
    return begin, end


def _day(stated: str) -> str:
    if not stated:
        return ""
    try:
        return date.fromisoformat(stated).isoformat()
    except ValueError:
        raise InvalidValue(f"{stated!r} is not a date: write it as 2025-03-31.") from None
