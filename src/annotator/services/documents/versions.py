"""Versions: an article that changed after its import, and the annotations that carry over to its new text.

The earlier document stays as it was, with its annotations; the new one gets copies of those whose words it still
contains, at the new place of the words.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from annotator.domain.analysis.text_diff import Alignment, similarity
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import Cancelled as CancelledWork
from annotator.domain.errors import NotFound
from annotator.domain.records import AnnotationRecord, DocumentRecord
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

_LIKE = 0.5
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
        return sum(one.outcome in outcomes for one in self.carried)

    @property
    def lost(self) -> list[AnnotationRecord]:
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
        if similarity(project.read.documents.one(id).text, article.text) >= _LIKE:
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
    there = {
        (held.label_id, held.fragments, held.annotator)
        for held in project.read.annotations.all(document_id=document.id)
    }
    annotators = project.read.project.annotators()
    relations = project.read.annotations.relations(annotation_ids=[found.id for found in annotations])
    alignment = Alignment(earlier.text, document.text)
    timestamp = now()
    carried: list[Carried] = []
    edits: list[Edit] = []
    copies: dict[int, int] = {}
    for annotation in annotations:
        fragments = _moved(annotation.fragments, earlier.text, document.text, alignment)
        if not fragments:
            carried.append(Carried(annotation, "lost"))
            continue
        quote = " … ".join(span.of(document.text) for span in fragments)
        if (annotation.label_id, fragments, annotation.annotator) in there:
            carried.append(Carried(annotation, "there", quote))
            continue
        parts = {
            name: _moved(spans, earlier.text, document.text, alignment)
            for name, spans in (("cue", annotation.cue), ("mention", annotation.mention))
        }
        without = tuple(name for name, spans in parts.items() if getattr(annotation, name) and not spans)
        outcome = "same" if quote == annotation.shown_quote and not without else "changed"
        carried.append(Carried(annotation, outcome, quote, without))
        (id,) = project.next_ids("annotation")
        copies[annotation.id] = id
        values = {
            **stored_values(annotation),
            **placed(document.text, fragments),
            **{name: _pairs(spans) for name, spans in parts.items()},
            "uid": new_uid(),
            "document_id": document.id,
            "annotator_id": annotators[annotation.annotator],
            "created_by": annotation.created_by,
            "created_at": annotation.created_at,
            "updated_at": timestamp,
        }
        edits.append(Edit("annotation", id, None, values))
    for relation in relations:
        ends = copies.get(relation.from_id), copies.get(relation.to_id)
        if None in ends and (relation.from_id in copies) + (relation.to_id in copies) == 0:
            continue
        (id,) = project.next_ids("relation")
        tie: dict[str, Any] = {
            "uid": new_uid(),
            "kind": relation.kind,
            "from_id": ends[0] or relation.from_id,
            "to_id": ends[1] or relation.to_id,
            "annotator_id": annotators[relation.annotator],
            "note": relation.note,
            "created_at": timestamp,
        }
        edits.append(Edit("relation", id, None, tie))
    edits += dependents.copies(project, copies, timestamp)
    return CarryOver(earlier, document, tuple(carried), tuple(edits))


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


def _moved(spans: Sequence[Span], old: str, new: str, alignment: Alignment) -> tuple[Span, ...]:
    """Return the places of spans in the new text: of all, or none.

    A span whose paragraph moved is found by its words.
    """
    found: list[Span] = []
    for span in spans:
        moved = alignment.moved(span)
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


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[start, end] for start, end in spans]
