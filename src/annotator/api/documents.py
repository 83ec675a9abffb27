"""Methods of ``Project`` for documents."""

from __future__ import annotations

from annotator.api.project_base import ProjectBase, id_of
from annotator.domain.canonical_text import canonical
from annotator.domain.errors import (
    ImportRefused,
    InvalidText,
    InvalidValue,
)
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import DocumentRow, SearchHit
from annotator.formats.base import Article
from annotator.formats.reading.article_structure import structured
from annotator.services.documents import documents, versions
from annotator.services.documents.versions import CarryOver
from annotator.services.imports import importing
from annotator.services.projects import project_counts
from annotator.services.search import searching


class DocumentMethods(ProjectBase):
    """Documents: add, read, search and count them, carry annotations over to a new version."""

    def add_document(
        self, title: str, text: str, source: str | None = None, published_at: str | None = None
    ) -> Document:
        """Add a text as a document; return it.

        ``source``: the outlet. ``published_at``: a date or a time in ISO 8601. Raise InvalidText for a text that cannot
        be stored, InvalidValue for an empty title, ImportRefused where the project has the text already.
        """
        text = canonical(text)
        if not title.strip():
            raise InvalidValue("A document needs a title.")
        found, structure = structured(text, title)
        article = Article(
            title=title,
            text=text,
            structure=structure if found == title else (),
            source=source or "",
            published_at=published_at or "",
        )
        report = importing.import_articles(self._stored, [article])
        if report.refused:
            raise InvalidText(report.refused[0].reason)
        if not report.documents:
            raise ImportRefused(f"The project holds the text of {title!r} already.")
        return self._read_back(lambda: self._document(report.documents[0]))

    def document(self, id: int) -> Document:
        """Return one document with its text. Raise NotFound."""
        return self._document(id)

    def documents(self) -> list[DocumentRow]:
        """Return all documents in the order of import, without their texts."""
        return self._stored.read.documents.rows()

    def search(
        self,
        query: str,
        *,
        regex: bool = False,
        whole_word: bool = False,
        match_case: bool = False,
        limit: int = 50,
    ) -> list[SearchHit]:
        """Return the first ``limit`` hits over all documents, with context.

        ``query``: words, "phrases" and beginnings*, all of which must occur. With ``regex``, ``whole_word`` or
        ``match_case`` it is searched for literally. Raise InvalidValue for an expression that cannot be used.
        """
        return searching.search(
            self._stored, query, regex=regex, whole_word=whole_word, match_case=match_case, limit=limit
        )

    def stats(self) -> dict[str, dict[str, int]]:
        """Return counts of documents, annotations and grades: by group, and in it by name."""
        return project_counts.stats(self._stored)

    def carry_over(self, document: Document | DocumentRow | int) -> CarryOver:
        """Copy the annotations of the earlier version of a document to it, where their words are in its text.

        The result has an entry for each annotation; ``lost`` are those whose words are gone. Raise NotFound where the
        document is not a new version of another one.
        """
        (done,) = versions.carry_over(self._stored, [id_of(document)])
        return done

    def trash(self, document: Document | DocumentRow | int) -> None:
        """Move a document and its annotations to the trash; undo brings them back."""
        self._stored.apply(documents.trash([id_of(document)]))
