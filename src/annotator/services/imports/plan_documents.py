"""Plan the documents of a chunk: new ones become rows, those that are there are compared."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import one_line, without_surrogates
from annotator.domain.changes import new_uid
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.json_values import MAX_DEPTH, is_too_deep
from annotator.domain.wording import counted, elided
from annotator.formats.base import Article
from annotator.nlp.boundaries import count_words
from annotator.services.imports.differences import Place
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.known import Row, is_uid
from annotator.services.imports.match import (
    BAD_VALUE_ERRORS,
    AnnotationsOf,
    HeldDocument,
    HeldWithOtherText,
    NewDocument,
    why,
)
from annotator.services.imports.plan_annotations import AnnotationPlanner
from annotator.services.imports.planned_rows import PlannedRows


class DocumentPlanner:
    """Plans documents with their annotations and bookmarks."""

    def __init__(self, planned: PlannedRows, comparison: FileComparison, default_source: str) -> None:
        """``default_source``: the outlet of articles that name none."""
        self.annotations = AnnotationPlanner(planned, comparison)
        self._planned = planned
        self._known = planned.known
        self._report = planned.report
        self._comparison = comparison
        self._default_source = default_source

    def new(self, item: NewDocument, path: Path | None) -> None:
        """Plan a document that the project does not hold, with all that comes with it."""
        try:
            document_id = self._add(item, path)
        except BAD_VALUE_ERRORS as error:
            self._planned.refuse(path, "", why(error))
            return
        self._with_rest(document_id, item.article, path)

    def held(self, item: HeldDocument, path: Path | None) -> None:
        """Compare a document that the project holds, and plan what it does not have yet."""
        if item.row is not None:
            self._compare(item.row, item.article)
        self._report.duplicates.append(str(path or item.article.title))
        self._with_rest(item.document_id, item.article, path, item.annotations)

    def held_with_other_text(self, item: HeldWithOtherText, path: Path | None) -> None:
        """Refuse a document that has another text here."""
        count = counted(len(item.article.annotations), "annotation")
        self._planned.refuse(
            path,
            elided(item.article.title, 60),
            f"The document has another text here, so nothing of it was taken ({count}): import it as a text of its own "
            "to have both.",
        )

    def annotations_of(self, item: AnnotationsOf, path: Path | None) -> None:
        """Plan annotations that came without their text."""
        self.annotations.plan(item.document_id, item.article, path)

    def _with_rest(
        self, document_id: int, article: Article, path: Path | None, rows: Mapping[str, Row] | None = None
    ) -> None:
        self.annotations.plan(document_id, article, path, rows)
        if article.bookmarks:
            self._bookmarks(document_id, article)

    def _add(self, item: NewDocument, path: Path | None) -> int:
        """Plan the row of a new document; return its id. Raise one of ``BAD_VALUE_ERRORS``."""
        article = item.article
        if article.status not in DOCUMENT_STATUSES:
            raise InvalidValue(f"{article.status!r} is not a status: use one of {', '.join(DOCUMENT_STATUSES)}.")
        source_id = self._planned.source(one_line(article.source) or self._default_source, "outlet")
        taken = self._known.uids.setdefault("document", {})
        uid = article.uid if is_uid(article.uid) and article.uid not in taken else new_uid()
        values = {
            "uid": uid,
            "text_sha256": item.digest,
            "words": count_words(article.text),
            **_stated(article, source_id),
            "structure": [[kind, span.start, span.end] for kind, span in article.structure],
            "origin_path": without_surrogates(article.origin_path or str(path or "")),
            "origin_format": article.origin_format,
            "origin_sha256": article.origin_sha256,
            "imported_at": self._planned.time_of(article.imported_at),
            "facts": as_json(article.facts),
            "version_of": item.earlier,
        }
        id = self._planned.add_document(article.text, values)
        taken[uid] = id
        if item.earlier is not None and not article.version_of:
            self._report.versions.append(id)
        self._known.new_documents.add(id)
        self._known.documents[item.digest] = id
        self._report.documents.append(id)
        return id

    def _compare(self, row: Row, article: Article) -> None:
        """Compare what is known of a document beside its text with what the project knows of it."""
        if not article.is_complete or article.uid != row["uid"]:
            return
        theirs = _stated(article, self._planned.source(article.source, "outlet"))
        # Only the native format states every field, and its reader has checked the status.
        with suppress(InvalidValue):
            theirs["facts"] = as_json(article.facts)
        self._comparison.compare("document", row, theirs, Place(row["id"], row["title"]))

    def _bookmarks(self, document_id: int, article: Article) -> None:
        """Plan those that the document does not have yet: one annotator has one at a place."""
        known, comparison = self._known, self._comparison
        for incoming in article.bookmarks:
            annotator_id = self._planned.annotator(incoming.annotator)
            whose = known.annotator_names[annotator_id]
            place = Place(document_id, article.title, incoming.position, incoming.position, whose)
            stated = {"position": incoming.position, "name": incoming.name}
            if incoming.uid and (document_id, incoming.uid) in known.bookmark_uids:
                comparison.compare("bookmark", known.row("bookmark", incoming.uid), stated, place)
                if comparison.is_on:
                    continue
            if comparison.is_kept_removed("bookmark", incoming.uid, incoming.name, place):
                continue
            key = (document_id, whose, incoming.position)
            if key in known.bookmarks or not 0 <= incoming.position <= len(article.text):
                continue
            known.bookmarks.add(key)
            values = {
                "uid": known.free_uid("bookmark", incoming.uid),
                "document_id": document_id,
                "annotator_id": annotator_id,
                **stated,
                "created_at": self._planned.time_of(incoming.created_at),
            }
            self._planned.add("bookmark", values)


def _stated(article: Article, source_id: int | None) -> dict[str, Any]:
    """Return the values of a document that people edit, by column, without its facts."""
    return {
        "title": without_surrogates(article.title),
        "source_id": source_id,
        "author": article.author,
        "published_at": article.published_at,
        "language": article.language,
        "status": article.status,
        "note": article.note,
        "address": article.address,
        "direction": article.direction,
        "reliability": article.reliability_override,
        "reliability_reason": article.reliability_reason,
    }


def as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``facts`` as JSON holds them: what it cannot hold becomes its words. Raise InvalidValue."""
    try:
        kept: dict[str, Any] = json.loads(json.dumps(dict(facts), default=str))
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"What its file says of it cannot be kept ({error}).") from None
    if is_too_deep(kept):
        raise InvalidValue(f"What its file says of it is nested deeper than {MAX_DEPTH} levels and cannot be kept.")
    return kept
