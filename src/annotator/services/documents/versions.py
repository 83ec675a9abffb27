"""Versions: an article that changed after its import, and the annotations that carry over to its new text.

The earlier document stays as it was, with its annotations; the new one gets copies of those whose words it still
contains, at the new place of the words.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from annotator.domain.analysis.text_diff import Alignment, similarity
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import Cancelled as CancelledWork
from annotator.domain.errors import NotFound
from annotator.domain.records import AnnotationRecord, DocumentRecord, RelationRecord
from annotator.domain.spans import Span, checked_fragments, context_of, find_quote
from annotator.formats.base import Article
from annotator.services.annotations import dependents
from annotator.services.annotations.annotating import placed, stored_values
from annotator.store.project import Project
from annotator.store.queries.document_queries import VersionRow

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]

_DISTINCTIVE_LENGTH = 20
"""Number of characters from which words are found again by their context wherever they are."""

_MIN_SIMILARITY = 0.5
"""Minimum share of the shorter text that the other one must contain to be a version of it."""


class Carried(NamedTuple):
    """The outcome for one annotation: ``quote`` is what it covers now, empty where it is lost.

    ``outcome``: ``same`` where the words are the same, ``changed`` where some are not, ``lost`` where too few are left,
    ``there`` where the new document already has it. ``without``: its cue or source mention, where that is lost.
    """

    annotation: AnnotationRecord
    outcome: str
    quote: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class CarryOver:
    """The plan to carry annotations over to a new version. ``edits`` are to be applied."""

    earlier: DocumentRecord
    document: DocumentRecord
    carried: tuple[Carried, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    def count(self, *outcomes: str) -> int:
        """Return how many annotations have one of these outcomes."""
        return sum(one.outcome in outcomes for one in self.carried)

    @property
    def lost(self) -> list[AnnotationRecord]:
        """The annotations whose words are not in the new text."""
        return [one.annotation for one in self.carried if one.outcome == "lost"]

    def sentence(self) -> str:
        """Return the outcome in one line."""
        kept, changed, lost = self.count("same"), self.count("changed"), self.count("lost")
        parts = [f"{kept} carried over"]
        if changed:
            parts.append(f"{changed} carried over to changed words")
        if lost:
            parts.append(f"{lost} lost")
        if there := self.count("there"):
            parts.append(f"{there} already there")
        return f"“{self.document.title}”: {', '.join(parts)}."


def earlier_version(project: Project, article: Article, source_id: int | None, new: Collection[int]) -> int | None:
    """Return the document that ``article`` is a new version of; None where there is none.

    It has the address, the file, or the title and outlet of the article, and much of its text. Documents of ``new``,
    from the same import, do not count.
    """
    found = project.read.documents.earlier_versions(article.title, source_id, article.address, article.origin_path)
    candidates = [id for id in found if id not in new]
    for id in candidates:
        if similarity(project.read.documents.one(id).text, article.text) >= _MIN_SIMILARITY:
            return id
    return None


def pending(project: Project, ids: Iterable[int] | None = None) -> list[VersionRow]:
    """Return new versions without annotations whose earlier documents have some."""
    found = project.read.documents.versions(ids)
    return [row for row in found if row.earlier_annotations and not row.annotations]


def plan(project: Project, document_id: int) -> CarryOver:
    """Plan what the new version ``document_id`` takes over. Raise NotFound where it is not a new version."""
    rows = project.read.documents.versions([document_id])
    document = project.read.documents.one(document_id)
    if not rows:
        raise NotFound(f"“{document.title}” is not a new version of another document: there is nothing to carry over.")
    earlier = project.read.documents.one(rows[0].earlier_id)
    annotations = list(project.read.annotations.all(document_id=earlier.id))
    planner = _CarryOverPlanner(project, earlier, document)
    for annotation in annotations:
        planner.add(annotation)
    for relation in project.read.annotations.relations(annotation_ids=[found.id for found in annotations]):
        planner.add_relation(relation)
    return planner.finished()


class _CarryOverPlanner:
    """Plans the copies of the annotations of one document that a new version of it gets."""

    def __init__(self, project: Project, earlier: DocumentRecord, document: DocumentRecord) -> None:
        self._project = project
        self._earlier = earlier
        self._document = document
        self._alignment = Alignment(earlier.text, document.text)
        self._existing = {
            (held.label_id, held.fragments, held.annotator)
            for held in project.read.annotations.all(document_id=document.id)
        }
        self._annotator_ids = project.read.project.annotators()
        self._timestamp = now()
        self._carried: list[Carried] = []
        self._edits: list[Edit] = []
        self._copies: dict[int, int] = {}
        """The id of each copy, by the id of the annotation that it was made from."""

    def add(self, annotation: AnnotationRecord) -> None:
        """Plan the copy of an annotation, where its words are in the new text and the annotation is not there yet."""
        fragments = self._moved(annotation.fragments)
        if not fragments:
            self._carried.append(Carried(annotation, "lost"))
            return
        quote = " … ".join(span.of(self._document.text) for span in fragments)
        if (annotation.label_id, fragments, annotation.annotator) in self._existing:
            self._carried.append(Carried(annotation, "there", quote))
            return
        parts = {"cue": self._moved(annotation.cue), "mention": self._moved(annotation.mention)}
        without = tuple(name for name, spans in parts.items() if getattr(annotation, name) and not spans)
        outcome = "same" if quote == annotation.shown_quote and not without else "changed"
        self._carried.append(Carried(annotation, outcome, quote, without))
        self._copy(annotation, fragments, parts)

    def _copy(
        self, annotation: AnnotationRecord, fragments: tuple[Span, ...], parts: Mapping[str, tuple[Span, ...]]
    ) -> None:
        (id,) = self._project.next_ids("annotation")
        self._copies[annotation.id] = id
        values = {
            **stored_values(annotation),
            **placed(self._document.text, fragments),
            **{name: _pairs(spans) for name, spans in parts.items()},
            "uid": new_uid(),
            "document_id": self._document.id,
            "annotator_id": self._annotator_ids[annotation.annotator],
            "created_by": annotation.created_by,
            "created_at": annotation.created_at,
            "updated_at": self._timestamp,
        }
        self._edits.append(Edit("annotation", id, None, values))

    def add_relation(self, relation: RelationRecord) -> None:
        """Plan the copy of a relation, from and to the copies of its annotations, where at least one was copied."""
        if relation.from_id not in self._copies and relation.to_id not in self._copies:
            return
        (id,) = self._project.next_ids("relation")
        values: dict[str, Any] = {
            "uid": new_uid(),
            "kind": relation.kind,
            "from_id": self._copies.get(relation.from_id, relation.from_id),
            "to_id": self._copies.get(relation.to_id, relation.to_id),
            "annotator_id": self._annotator_ids[relation.annotator],
            "note": relation.note,
            "created_at": self._timestamp,
        }
        self._edits.append(Edit("relation", id, None, values))

    def finished(self) -> CarryOver:
        """Return the plan, also with copies of the claims and chains of the annotations."""
        self._edits += dependents.copies(self._project, self._copies, self._timestamp)
        return CarryOver(self._earlier, self._document, tuple(self._carried), tuple(self._edits))

    def _moved(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the places of spans in the new text: of all, or none.

        A span whose paragraph moved is found by its words.
        """
        old, new = self._earlier.text, self._document.text
        found: list[Span] = []
        for span in spans:
            moved = self._alignment.moved(span)
            if moved is None:
                quote = span.of(old)
                place = new.find(quote)
                # A few words that occur in several places could mean any of them.
                if place >= 0 and (len(quote) >= _DISTINCTIVE_LENGTH or new.find(quote, place + 1) < 0):
                    moved = find_quote(new, quote, *context_of(old, span), span.start)
            if moved is None:
                return ()
            found.append(moved)
        ordered = sorted(found)
        if not found or any(one.overlaps(other) for one, other in pairwise(ordered)):
            return ()
        return checked_fragments(ordered, len(new))


def plans(project: Project, ids: Iterable[int] | None, progress: Progress, cancelled: Cancelled) -> list[CarryOver]:
    """Return what each new version that has no annotations yet would take over; of all, or of those in ``ids``."""
    rows = pending(project, ids)
    planned = []
    for number, row in enumerate(rows):
        if cancelled():
            raise CancelledWork("The comparison was cancelled: nothing was changed.")
        progress(number, len(rows), row.title)
        planned.append(plan(project, row.id))
    return planned


def carry_over(project: Project, document_ids: Sequence[int], step: str | None = None) -> list[CarryOver]:
    """Carry annotations of earlier documents over to their new versions; one step of undo. Raise NotFound."""
    planned = [plan(project, id) for id in document_ids]
    edits = [edit for one in planned for edit in one.edits]
    if edits:
        project.apply(Change("Carry annotations over", tuple(edits), step or new_uid()))
    return planned


def separate(project: Project, document_ids: Iterable[int]) -> Change:
    """Plan that these documents are not versions of others but separate articles."""
    rows = project.read.documents.versions(document_ids)
    edits = tuple(Edit("document", row.id, {"version_of": row.earlier_id}, {"version_of": None}) for row in rows)
    return Change("Keep as separate documents", edits)


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[start, end] for start, end in spans]
