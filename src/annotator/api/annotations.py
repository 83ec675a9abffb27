"""Methods of ``Project`` for annotations and the relations between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.api.project_base import ProjectBase, id_of
from annotator.domain.changes import Change, Edit
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import DocumentRow, RelationRecord, SourceRecord
from annotator.domain.spans import Pairs
from annotator.nlp.text.text_search import Query
from annotator.services.annotations import annotating
from annotator.services.search import occurrences, searching
from annotator.services.search.occurrences import Annotated


class AnnotationMethods(ProjectBase):
    """Annotations: make, read, change, remove and relate them."""

    def annotate(
        self,
        document: Document | DocumentRow | int,
        start: int,
        end: int,
        label: str,
        *,
        source: str | int | SourceRecord | None = None,
        cue: Pairs | Sequence[int] | None = None,
        mention: Pairs | Sequence[int] | None = None,
        fragments: Pairs | None = None,
        credibility: int | None = None,
        credibility_reason: str = "",
        reliability: str | None = None,
        reliability_reason: str = "",
        probability: int | None = None,
        confidence: str | None = None,
        note: str = "",
        **features: Any,
    ) -> Annotation:
        """Annotate ``text[start:end]`` of a document; return the annotation.

        ``fragments``: pairs of offsets, in place of ``start`` and ``end``, for a discontinuous span. ``source``: who
        said it; a name that the registry lacks is added to it. ``cue``, ``mention``: pairs of offsets of the cue and of
        the words that name the source. ``credibility``: 1 to 6; ``reliability``: A to F; each with a reason.
        ``probability``: in percent. ``features``: by name, with underscores for spaces. Raise InvalidSpan, InvalidValue
        or NotFound.
        """
        text = self._document(id_of(document)).text
        fields = {
            "cue": cue,
            "mention": mention,
            "credibility": credibility,
            "credibility_reason": credibility_reason,
            "reliability": reliability,
            "reliability_reason": reliability_reason,
            "probability": probability,
            "confidence": confidence,
            "note": note,
            "features": self._features(features),
        }
        label_id = self._label(label).id
        id, change = annotating.annotate(
            self._stored, id_of(document), text, fragments or [(start, end)], label_id, **fields
        )
        if source is not None:
            source_id, made = self._source(source)
            change = annotating.with_source(change, source_id)
            change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: self._annotation(id))

    def annotate_all(
        self,
        query: str,
        label: str,
        *,
        documents: Iterable[Document | DocumentRow | int] | None = None,
        regex: bool = False,
        whole_word: bool = False,
        match_case: bool = False,
        lemma: bool = False,
        skip: str = occurrences.SKIP_LABEL,
        source: str | int | SourceRecord | None = None,
        dry_run: bool = False,
    ) -> Annotated:
        """Annotate every place where ``query`` occurs, in all documents or in some; one step of undo.

        ``lemma`` finds every form of the words. ``skip``: which places are skipped: those that overlap an annotation of
        the same ``label``, of ``any`` label, or ``none`` of them. Raise InvalidValue for an expression that cannot be
        used, NotFound for an unknown name.
        """
        finder = searching.finder_of(Query(query, whole_word, match_case, regex, lemma))
        source_id, made = (None, ()) if source is None else self._source(source)
        return occurrences.annotate_all(
            self._stored,
            finder,
            self._label(label).id,
            None if documents is None else [self._document(id_of(found)).id for found in documents],
            skip=skip,
            source_id=source_id,
            first=made,
            dry_run=dry_run,
        )

    def annotation(self, id: int) -> Annotation:
        """Return one annotation. Raise NotFound."""
        return self._annotation(id)

    def annotations(
        self, document: Document | DocumentRow | int | None = None, label: str | None = None
    ) -> list[Annotation]:
        """Return the annotations of a document or of all, with one label or with any, by document and place.

        Raise NotFound for an unknown label.
        """
        wanted = None if label is None else self._label(label).id
        found = self._stored.read.annotations.all(document_id=None if document is None else id_of(document))
        return [annotation for annotation in found if wanted is None or annotation.label_id == wanted]

    def update(
        self, annotation: Annotation | int, *, start: int | None = None, end: int | None = None, **fields: Any
    ) -> Annotation:
        """Change the given fields of an annotation and keep all others; return it.

        ``fields``: the names of the arguments of ``annotate``, ``label`` included; other names are features.
        ``source``: None removes it. Raise InvalidSpan, InvalidValue or NotFound, and UnsupportedGrade for a credibility
        that the known facts do not support where no ``credibility_reason`` is given.
        """
        held = self._annotation(id_of(annotation))
        text = self._document(held.document_id).text
        if start is not None or end is not None:
            first, last = held.start if start is None else start, held.end if end is None else end
            fields["fragments"] = annotating.moved_edges(held.fragments, first, last)
        changes: dict[str, Any] = {}
        features = dict(held.features)
        made: tuple[Edit, ...] = ()
        for name, value in fields.items():
            if name == "label":
                changes["label_id"] = self._label(value).id
            elif name == "source":
                changes["source_id"], made = (None, ()) if value is None else self._source(value)
            elif name == "features":
                features.update(value or {})
            elif name in annotating.FIELDS:
                changes[name] = value
            else:
                features[name] = value
        features = self._features(features)
        if features != held.features:
            changes["features"] = features
        change = annotating.update(self._stored, held, text, **changes)
        change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: self._annotation(held.id))

    def remove(self, annotation: Annotation | int) -> None:
        """Remove an annotation with its relations; undo brings them back. Raise NotFound."""
        held = self._annotation(id_of(annotation))
        relations = self._stored.read.annotations.relations(annotation_ids=[held.id])
        self._stored.apply(annotating.remove([held], relations, self._stored))

    def relate(self, one: Annotation | int, kind: str, other: Annotation | int, note: str = "") -> None:
        """Add a relation between two annotations: ``project.relate(a, "contradicts", b)``.

        Raise InvalidValue for an unknown kind, or for an annotation and itself.
        """
        self._stored.apply(annotating.relate(self._stored, id_of(one), id_of(other), kind, note))

    def relations(self) -> list[RelationRecord]:
        """Return all relations between annotations."""
        return self._stored.read.annotations.relations()
