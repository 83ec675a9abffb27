"""Words quoted with where they stand, ready to be pasted into a report."""

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span


def cite(document: DocumentRecord, span: Span) -> str:
    """The words of ``span`` in quotation marks, and in brackets who published them, where and when.

    What is not known of the document is left out; the characters are counted from 0 and the end is exclusive.
    """
    return f"{_quoted(span.of(document.text))} ({_origin(document)}, {_characters(span)})"


def cite_annotation(document: DocumentRecord, annotation: AnnotationRecord) -> str:
    """The words of an annotation with its label, who said them, how they are graded, and where they stand.

    Fragments are joined by an ellipsis in brackets, as quotations are.
    """
    words = " […] ".join(_flat(span.of(document.text)) for span in annotation.fragments)
    told = [annotation.label]
    if annotation.source:
        told.append(f"said by {annotation.source}")
    if annotation.score:
        told.append(f"graded {annotation.score}")
    if annotation.probability is not None:
        told.append(f"probability {annotation.probability}%")
    return f"“{words}” [{', '.join(told)}] ({_origin(document)}, {_characters(annotation.span)})"


def _quoted(words: str) -> str:
    return f"“{_flat(words)}”"


def _flat(words: str) -> str:
    """One line: a quotation over paragraphs is pasted as one."""
    return " ".join(words.split())


def _origin(document: DocumentRecord) -> str:
    title = f"“{document.title}”"
    parts = (document.author, title, document.source, document.published_at[:10], document.address)
    return ", ".join(part for part in parts if part)


def _characters(span: Span) -> str:
    return f"characters {span.start}-{span.end}"
