"""Plan what was matched: rows to be written, rows to be compared, and what has to wait for the rest."""

from functools import singledispatchmethod
from pathlib import Path

from annotator.domain.canonical_text import one_line
from annotator.formats.base import (
    IncomingAssessment,
    IncomingChainLink,
    IncomingClaim,
    IncomingQuestion,
    IncomingSource,
    Refusal,
    Skipped,
    Vocabulary,
)
from annotator.services.imports.chunks import Chunk, Received
from annotator.services.imports.differences import Place
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.match import (
    AnnotationsOf,
    ComparisonBegins,
    HeldDocument,
    HeldWithOtherText,
    MatchedItem,
    NewDocument,
    RelationBetween,
)
from annotator.services.imports.plan_documents import DocumentPlanner
from annotator.services.imports.plan_judgements import JudgementPlanner
from annotator.services.imports.plan_names import SourcePlanner, VocabularyPlanner
from annotator.services.imports.planned_rows import PlannedRows


class Planner:
    """Plans one matched item after the other. It asks the project for nothing: all that it needs is known."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison, default_source: str = "") -> None:
        """``default_source``: the outlet of articles that name none."""
        self._planned = planned
        self._known = planned.known
        self._comparison = comparison
        self._documents = DocumentPlanner(planned, comparison, default_source)
        self._vocabulary = VocabularyPlanner(planned, comparison)
        self._judgements = JudgementPlanner(planned, comparison)
        self.sources = SourcePlanner(planned, comparison)
        self._waiting: list[Received] = []

    def reserve(self, chunk: Chunk) -> None:
        """Reserve ids for the documents and annotations of a chunk."""
        new = sum(digest not in self._known.documents for _, _, digest in chunk.articles)
        self._planned.reserve("document", new)
        self._planned.reserve("annotation", sum(len(article.annotations) for article, _, _ in chunk.articles))

    def take_waiting(self) -> list[Received]:
        """Return the relations of which an end has not come, and forget them; a later file may bring it."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def notes(self) -> list[str]:
        """Return one plain sentence for each label whose annotations were to be left out, and on unreadable times."""
        return [*self._documents.annotations.left_out(), *self._planned.unread_times()]

    @singledispatchmethod
    def add(self, item: MatchedItem, path: Path | None) -> None:
        """Plan an item that came out of the file at ``path``. What is of no known type is nothing to import."""

    @add.register
    def _(self, item: ComparisonBegins, path: Path | None) -> None:
        self._comparison.begin(item.state, item.common)
        for uid, name in item.state.annotators:
            self._known.file_annotators[one_line(name)] = item.annotators.get(uid, 0), uid

    @add.register
    def _(self, item: NewDocument, path: Path | None) -> None:
        self._documents.new(item, path)

    @add.register
    def _(self, item: HeldDocument, path: Path | None) -> None:
        self._documents.held(item, path)

    @add.register
    def _(self, item: HeldWithOtherText, path: Path | None) -> None:
        self._documents.held_with_other_text(item, path)

    @add.register
    def _(self, item: AnnotationsOf, path: Path | None) -> None:
        self._documents.annotations_of(item, path)

    @add.register
    def _(self, item: Vocabulary, path: Path | None) -> None:
        self._vocabulary.plan(item)

    @add.register
    def _(self, item: IncomingSource, path: Path | None) -> None:
        self.sources.source(item)

    @add.register
    def _(self, item: IncomingAssessment, path: Path | None) -> None:
        self.sources.assessment(item, path)

    @add.register
    def _(self, item: IncomingChainLink, path: Path | None) -> None:
        self._judgements.chain_link(item, path)

    @add.register
    def _(self, item: IncomingClaim, path: Path | None) -> None:
        self._judgements.claim(item, path)

    @add.register
    def _(self, item: IncomingQuestion, path: Path | None) -> None:
        self._judgements.question(item, path)

    @add.register
    def _(self, item: Refusal, path: Path | None) -> None:
        self._planned.refuse(path, item.place, item.reason)

    @add.register
    def _(self, item: Skipped, path: Path | None) -> None:
        where = "" if path is None else f"{path.name}: "
        self._planned.report.notes.append(f"{where}{item.sentence}")

    @add.register
    def _(self, item: RelationBetween, path: Path | None) -> None:
        entry, known = item.entry, self._known
        kind = one_line(entry.kind)
        if not item.from_id or not item.to_id:
            if item.is_last:
                reason = "One of the annotations that it ties was not imported."
                self._planned.refuse(path, f"relation {kind}", reason)
            else:
                self._waiting.append(Received(entry, path))
            return
        if item.from_id == item.to_id or not kind:
            reason = "A relation needs a kind, and ties two different annotations."
            self._planned.refuse(path, f"relation {kind}", reason)
            return
        whose = Place(whose=one_line(entry.annotator))
        stated = {"kind": kind, "from_id": item.from_id, "to_id": item.to_id, "note": entry.note}
        if self._comparison.is_on and known.id_of("relation", entry.uid):
            self._comparison.compare("relation", known.row("relation", entry.uid), stated, whose)
            return
        key = (kind, item.from_id, item.to_id)
        if self._comparison.is_kept_removed("relation", entry.uid, kind, whose) or key in known.relations:
            return
        known.relations.add(key)
        values = {
            "uid": known.free_uid("relation", entry.uid),
            "annotator_id": self._planned.annotator(entry.annotator),
            **stated,
            "created_at": self._planned.moment,
        }
        self._planned.add("relation", values)
