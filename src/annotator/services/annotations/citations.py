"""Quotations with their place, for pasting into a report."""

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span


def cite(document: DocumentRecord, span: Span) -> str:
    """Return the words of ``span`` in quotation marks, and in brackets the outlet, the date and the place.

    Unknown facts of the document are left out; characters are counted from 0 and the end is exclusive.
    """
    return f"{_quoted(span.of(document.text))} ({_origin(document)}, {_place(document, span)})"


def cite_annotation(document: DocumentRecord, annotation: AnnotationRecord) -> str:
    """Return the words of an annotation with its label, source, grades and place.

    Fragments are joined by an ellipsis in brackets, as is usual in quotations.
    """
    words = " […] ".join(_flat(span.of(document.text)) for span in annotation.fragments)
    parts = [annotation.label]
    if annotation.source:
        parts.append(f"said by {annotation.source}")
    if annotation.score:
        parts.append(f"graded {annotation.score}")
    if annotation.probability is not None:
        parts.append(f"probability {annotation.probability}%")
    return f"“{words}” [{', '.join(parts)}] ({_origin(document)}, {_place(document, annotation.span)})"


def _quoted(words: str) -> str:
    return f"“{_flat(words)}”"


def _flat(words: str) -> str:
    """Return one line: a quotation of several paragraphs is pasted as one."""
    return " ".join(words.split())


def _origin(document: DocumentRecord) -> str:
    title = f"“{document.title}”"
    parts = (document.author, title, document.source, document.published_at[:10], document.address)
    return ", ".join(part for part in parts if part)


def _place(document: DocumentRecord, span: Span) -> str:
    """Return the place of ``span``: the pages of the file, where it has pages, and the characters."""
    pages = _pages(document, span)
    named = f"page {pages[0]}, " if len(pages) == 1 else f"pages {pages[0]}-{pages[-1]}, " if pages else ""
    return f"{named}characters {span.start}-{span.end}"


def _pages(document: DocumentRecord, span: Span) -> list[str]:
    """Return the labels of the pages that ``span`` touches; none where its file has no pages."""
    match document.facts.get("pages"):
        case [[str(), int()], *_] as stated:
            # Facts come from files: other values under that name are not pages.
            pages = [(one[0], one[1]) for one in stated if len(one) == 2 and isinstance(one[1], int)]
        case _:
            return []
    ends = [start for _, start in pages[1:]] + [len(document.text)]
    return [
        str(label) for (label, start), end in zip(pages, ends, strict=True) if start < span.end and span.start < end
    ]
