"""Compare what came with what the project holds: is it there already, is it new, and what does it refer to?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from annotator.domain.canonical_text import one_line, without_surrogates
from annotator.domain.errors import AnnotatorError, ImportRefused
from annotator.domain.records import DocumentRecord
from annotator.domain.wording import describe_error
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingRelation,
    IncomingState,
    Refusal,
)
from annotator.services.documents.versions import earlier_version
from annotator.services.imports.chunks import Chunk, Received
from annotator.services.imports.known import AnnotationPlace, Known, Row
from annotator.store.project import Project

BAD_VALUE_ERRORS = (AnnotatorError, AttributeError, TypeError, ValueError)
"""What may come of a value that a format, which may be another maker's, did not check: the next record comes in."""

_NO_SUCH_SOURCE = -1
"""Stands for a source that is not in the project, so that no document has it."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """An article that the project does not hold. ``earlier``: the document whose text it takes the place of."""

    article: Article
    digest: str
    earlier: int | None = None


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """An article whose text the project holds, as ``document_id``.

    ``row`` and ``annotations``: that document and its annotations by uid, where the file is compared with the project.
    """

    article: Article
    document_id: int
    row: Row | None = None
    annotations: Mapping[str, Row] | None = None


@dataclass(frozen=True, slots=True)
class HeldWithOtherText:
    """An article of which the project holds a document of the same uid and another text."""

    article: Article


@dataclass(frozen=True, slots=True)
class AnnotationsOf:
    """Annotations that came without their text: ``article`` has that of the document they belong to."""

    article: Article
    document_id: int


@dataclass(frozen=True, slots=True)
class RelationBetween:
    """A relation with the ids of its ends; 0 stands for an annotation that has not come.

    ``is_last``: nothing comes any more.
    """

    entry: IncomingRelation
    from_id: int
    to_id: int
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class ComparisonBegins:
    """The state of a file that can be compared with the project.

    ``common``: the last log entry that both hold. ``annotators``: ids of those that the project has, by uid.
    """

    state: IncomingState
    common: int
    annotators: Mapping[str, int]


MatchedItem = (
    Incoming | NewDocument | HeldDocument | HeldWithOtherText | AnnotationsOf | RelationBetween | ComparisonBegins
)


class Matched(NamedTuple):
    """What is to be planned, and out of which file it came."""

    item: MatchedItem
    path: Path | None


class Lookups(Protocol):
    """What is asked of the project one by one, as texts of a whole chunk would fill the memory."""

    def document(self, id: int) -> DocumentRecord:
        """Return a document with its text. Raise NotFound."""

    def documents_titled(self, title: str, source: str, published_at: str) -> list[int]:
        """Return the documents of that title; with a source or a date those that have it, too."""

    def earlier_version(self, article: Article, source_id: int | None, new: Collection[int]) -> int | None:
        """Return the document whose text an article takes the place of, but none of ``new``."""

    def places(self, document_id: int) -> set[AnnotationPlace]:
        """Return where the annotations of a document are."""

    def common_entry(self, state: IncomingState) -> int:
        """Return the number of the last log entry that the project of a file holds, too; 0 for none."""

    def annotators_by_uid(self) -> dict[str, int]:
        """Return the ids of all annotators."""


class ProjectLookups:
    """Asks an open project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def document(self, id: int) -> DocumentRecord:
        return self._project.read.documents.one(id)

    def documents_titled(self, title: str, source: str, published_at: str) -> list[int]:
        return self._project.read.documents.by_title(title, source, published_at)

    def earlier_version(self, article: Article, source_id: int | None, new: Collection[int]) -> int | None:
        return earlier_version(self._project, article, source_id, new)

    def places(self, document_id: int) -> set[AnnotationPlace]:
        held = self._project.read.annotations.all(document_id=document_id)
        return {(document_id, one.label_id, one.fragments, one.annotator) for one in held}

    def common_entry(self, state: IncomingState) -> int:
        return self._project.read.exchange.common_entry(state.points)

    def annotators_by_uid(self) -> dict[str, int]:
        return self._project.read.exchange.annotators_by_uid()


class Matcher:
    """Matches the chunks of an import with what is known of its project."""

    def __init__(self, known: Known, lookups: Lookups, default_source: str = "") -> None:
        """``default_source``: the outlet of articles that name none."""
        self._known = known
        self._lookups = lookups
        self._default_source = default_source

    def items(self, chunk: Chunk) -> Iterator[Matched]:
        """Match all but the articles of a chunk. Each must be planned before the next one is asked for."""
        for received in chunk.items:
            yield Matched(self._match_item(received, chunk.is_last), received.path)

    def articles(self, chunk: Chunk, *, is_compared: bool) -> Iterator[Matched]:
        """Match the articles of a chunk. Each must be planned before the next one is asked for.

        ``is_compared``: they come from a file that is compared with the project.
        """
        for article, path, digest in chunk.articles:
            yield Matched(self._match_article(article, path, digest, is_compared=is_compared), path)

    def _match_item(self, received: Received, is_last: bool) -> MatchedItem:
        item = received.item
        match item:
            case IncomingAnnotations():
                return self._match_annotations(item)
            case IncomingRelation():
                ends = self._known.annotation(item.from_uid), self._known.annotation(item.to_uid)
                return RelationBetween(item, *ends, is_last)
            case IncomingState():
                common = self._lookups.common_entry(item)
                return ComparisonBegins(item, common, self._lookups.annotators_by_uid())
            case _:
                return item

    # --- documents ----------------------------------------------------------------------------------------------------

    def _match_article(self, article: Article, path: Path | None, digest: str, *, is_compared: bool) -> MatchedItem:
        known = self._known
        id = known.documents.get(digest)
        if id is not None:
            self._learn_places(id, article.annotations)
            return HeldDocument(article, id, known.document_rows.get(id), known.annotation_rows.get(id))
        if is_compared and known.id_of("document", article.uid):
            return HeldWithOtherText(article)
        try:
            return NewDocument(article, digest, self._earlier(article, path))
        except BAD_VALUE_ERRORS as error:
            return Refusal("", why(error))

    def _earlier(self, article: Article, path: Path | None) -> int | None:
        """Return the id of the document that an article is a new version of, stated or found; None where it is not."""
        if article.version_of:
            return self._known.id_of("document", article.version_of)
        title, origin = (without_surrogates(name) for name in (article.title, article.origin_path or str(path or "")))
        return self._lookups.earlier_version(
            replace(article, title=title, origin_path=origin), self._source_of(article), self._known.new_documents
        )

    def _source_of(self, article: Article) -> int | None:
        key = one_line(one_line(article.source) or self._default_source).casefold()
        return (self._known.source(key) or _NO_SUCH_SOURCE) if key else None

    def _match_annotations(self, incoming: IncomingAnnotations) -> MatchedItem:
        try:
            document = self._lookups.document(self._document_named(incoming))
        except AnnotatorError as error:
            return Refusal(incoming.place, str(error))
        self._learn_places(document.id, incoming.annotations)
        article = Article(title=document.title, text=document.text, annotations=incoming.annotations)
        return AnnotationsOf(article, document.id)

    def _document_named(self, incoming: IncomingAnnotations) -> int:
        """Return the id of the document that annotations name. Raise ImportRefused where none or several match."""
        uid, title = incoming.document_uid, one_line(incoming.title)
        if id := self._known.id_of("document", uid) or self._known.documents.get(incoming.text_sha256):
            return id
        named = self._lookups.documents_titled(title, incoming.source, incoming.published_at) if title else []
        if len(named) == 1:
            return named[0]
        name = f"the title “{title[:60]}”" if title else f"the uid {uid[:64]}"
        if named:
            raise ImportRefused(f"The project has {len(named)} documents with {name}: give the uid of the one meant.")
        raise ImportRefused(f"The project has no document with {name}: import its text first.")

    def _learn_places(self, document_id: int, annotations: Collection[IncomingAnnotation]) -> None:
        """Learn where the annotations of a document are, unless all that come have uids that tell which they are."""
        known = self._known
        if document_id in known.documents_with_places:
            return
        uids = [found.uid for found in annotations]
        # A uid tells, unless it is given twice or to an annotation of another document.
        is_clear = all(uid and known.annotations.get(uid, (0, document_id))[1] == document_id for uid in uids)
        if is_clear and len(set(uids)) == len(uids):
            return
        known.documents_with_places.add(document_id)
        known.places |= self._lookups.places(document_id)


def why(error: Exception) -> str:
    """Return one plain sentence why a record was refused."""
    if isinstance(error, AnnotatorError):
        return str(error)
    return f"Its format gave a value of a wrong kind ({type(error).__name__}: {describe_error(error)})."
