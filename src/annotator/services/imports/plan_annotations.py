"""Plan the annotations of documents: new ones become rows, those that are there are compared."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import one_line
from annotator.domain.changes import new_uid
from annotator.domain.errors import AnnotatorError, InvalidSpan
from annotator.domain.features import checked_features
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.spans import Span, checked_fragments, find_quote, hull
from annotator.domain.wording import counted
from annotator.formats.base import Article, IncomingAnnotation
from annotator.formats.wire import SCALES
from annotator.services.annotations.annotating import placed
from annotator.services.imports.differences import Place
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.known import Row, is_uid
from annotator.services.imports.match import BAD_VALUE_ERRORS, why
from annotator.services.imports.planned_rows import PlannedRows


class AnnotationPlanner:
    """Plans the annotations of one document after the other."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison) -> None:
        self._planned = planned
        self._known = planned.known
        self._report = planned.report
        self._comparison = comparison
        self._left_out: dict[str, int] = {}
        """How many annotations were left out because the user chose so, by their label."""

    def plan(
        self, document_id: int, article: Article, path: Path | None, rows: Mapping[str, Row] | None = None
    ) -> None:
        """Plan those of an article that its document does not have yet. ``rows``: those to be compared, by uid."""
        own: set[str] = set()
        known = self._known
        for number, annotation in enumerate(article.annotations, start=1):
            if annotation.uid in own or known.annotations.get(annotation.uid, (0, 0))[1] != document_id:
                self._add(document_id, article, annotation, path, number)
            elif rows is not None and annotation.uid in rows:
                self._compare(rows[annotation.uid], article, annotation, path, number)
            else:
                self._report.comparison.not_compared["annotation"] += document_id not in known.new_documents
            own.add(annotation.uid)
        if rows is not None and self._comparison.is_whole:
            for uid, row in rows.items():
                if uid not in own:
                    self._comparison.missing(row, known.annotator_names[row["annotator_id"]])

    def left_out(self) -> list[str]:
        """Return one plain line for each label whose annotations were to be left out."""
        return [
            f"{counted(count, 'annotation')} with the label “{label}” left out, as chosen."
            for label, count in self._left_out.items()
        ]

    def _compare(
        self, row: Row, article: Article, incoming: IncomingAnnotation, path: Path | None, number: int
    ) -> None:
        """Compare an annotation with the one that the document has of the same uid."""
        if not incoming.is_complete:
            self._report.comparison.not_compared["annotation"] += 1
            return
        place = _place(article, number)
        label_id = self._label_of(incoming, path, place)
        if label_id is None:
            return
        try:
            fragments, shift = anchored(article.text, incoming)
            theirs = self._stated(label_id, article, incoming, fragments, shift, path, place)
        except BAD_VALUE_ERRORS as error:
            self._planned.refuse(path, place, why(error))
            return
        whose = self._known.annotator_names[row["annotator_id"]]
        where = Place(row["document_id"], article.title, row["start"], row["end"], whose)
        self._comparison.compare("annotation", row, theirs, where, incoming.updated_at)

    def _add(
        self, document_id: int, article: Article, incoming: IncomingAnnotation, path: Path | None, number: int
    ) -> None:
        place = _place(article, number)
        label_id = self._label_of(incoming, path, place)
        if label_id is None:
            return
        known = self._known
        try:
            fragments, shift = anchored(article.text, incoming)
            if self._is_kept_removed(document_id, article, incoming, fragments):
                return
            uid = incoming.uid if is_uid(incoming.uid) and incoming.uid not in known.annotations else ""
            annotator_id = self._planned.annotator(incoming.annotator)
            if not uid:
                key = (document_id, label_id, fragments, known.annotator_names[annotator_id])
                if document_id in known.documents_with_places and key in known.places:
                    return
                known.places.add(key)
            values = {
                "uid": uid or new_uid(),
                "document_id": document_id,
                "annotator_id": annotator_id,
                **self._stated(label_id, article, incoming, fragments, shift, path, place),
                "created_by": incoming.created_by or "person",
                "created_at": (made := self._planned.time_of(incoming.created_at)),
                "updated_at": self._planned.time_of(incoming.updated_at, made),
            }
        except BAD_VALUE_ERRORS as error:
            self._planned.refuse(path, place, why(error))
            return
        if shift:
            self._report.notes.append(f"{place} was moved by {shift} characters to where its quote is.")
        id = self._planned.add("annotation", values)
        if incoming.uid and known.annotations.get(incoming.uid, (0, 0))[1] != document_id:
            known.annotations[incoming.uid] = id, document_id
            if not uid:
                known.renamed.add(incoming.uid)
        self._report.annotations += 1

    def _is_kept_removed(
        self, document_id: int, article: Article, incoming: IncomingAnnotation, fragments: Sequence[Span]
    ) -> bool:
        if not self._comparison.was_removed_here("annotation", incoming.uid):
            return False
        covered = hull(fragments)
        where = Place(document_id, article.title, covered.start, covered.end, incoming.annotator)
        shown = f"{incoming.label}: {covered.of(article.text)}"
        return self._comparison.is_kept_removed("annotation", incoming.uid, shown, where, incoming.updated_at)

    def _label_of(self, incoming: IncomingAnnotation, path: Path | None, place: str) -> int | None:
        """Return the id of the label that an annotation gets; None where it is left out, or refused."""
        label = one_line(incoming.label).casefold()
        mapped = self._known.label_map.get(label)
        if mapped == "":
            self._left_out[incoming.label] = self._left_out.get(incoming.label, 0) + 1
            return None
        found = self._known.label(label) if mapped is None else self._known.label_of_project(mapped)
        if found is None:
            reason = f"The project has no label {incoming.label[:100]!r}: add it, or map it to another."
            self._planned.refuse(path, place, reason)
        return found

    def _stated(
        self,
        label_id: int,
        article: Article,
        incoming: IncomingAnnotation,
        fragments: Sequence[Span],
        shift: int,
        path: Path | None,
        place: str,
    ) -> dict[str, Any]:
        """Return the values of an annotation that people edit, by column. Raise one of ``BAD_VALUE_ERRORS``."""
        return {
            "label_id": label_id,
            **placed(article.text, fragments),
            "cue": shifted(incoming.cue, shift, article.text),
            "mention": shifted(incoming.mention, shift, article.text),
            "source_id": self._planned.source(incoming.source, "person"),
            **_plain_values(incoming),
            "features": self._checked_features(incoming.features, path, place),
        }

    def _checked_features(self, values: Mapping[str, Any], path: Path | None, place: str) -> dict[str, Any]:
        """Return the features that fit their definitions; each other one is refused."""
        checked: dict[str, Any] = {}
        for name, value in values.items():
            try:
                checked |= checked_features({name: value}, self._known.features.values())
            except AnnotatorError as error:
                self._planned.refuse(path, f"{name} of {place}", str(error))
        return checked


def _place(article: Article, number: int) -> str:
    return f"annotation {number} of {article.title[:60]!r}"


def anchored(text: str, incoming: IncomingAnnotation) -> tuple[tuple[Span, ...], int]:
    """Return the fragments of an annotation, checked against its quote, and by how many characters they had to move.

    Raise InvalidSpan where the quote is not in the text.
    """
    if not incoming.quote:
        return checked_fragments(incoming.fragments, len(text)), 0
    whole = hull(sorted(incoming.fragments)) if incoming.fragments else Span(0, 0)
    if whole.of(text) == incoming.quote:
        return checked_fragments(incoming.fragments, len(text)), 0
    found = find_quote(text, incoming.quote, near=whole.start)
    if found is None:
        raise InvalidSpan(f"Its quote {incoming.quote[:60]!r} is not in the text.")
    shift = found.start - whole.start
    if found.end - found.start != whole.end - whole.start:
        return (found,), shift
    return checked_fragments([(s + shift, e + shift) for s, e in incoming.fragments], len(text)), shift


def shifted(spans: Sequence[Span], shift: int, text: str) -> list[list[int]]:
    """Return spans moved by ``shift`` characters, as a row holds them. Raise InvalidSpan."""
    if not spans:
        return []
    moved = checked_fragments([(start + shift, end + shift) for start, end in spans], len(text))
    return [[start, end] for start, end in moved]


def _plain_values(incoming: IncomingAnnotation) -> dict[str, Any]:
    """Return the values of scales, checked, and the texts as the file has them, by column. Raise InvalidValue."""
    scales = {name: check(getattr(incoming, name)) for name, check in SCALES.items()}
    return scales | {name: getattr(incoming, name) for name in _TEXTS}


_TEXTS = tuple(field.name for field in ANNOTATION_FIELDS if field.kind is Kind.TEXT and field.is_editable)
