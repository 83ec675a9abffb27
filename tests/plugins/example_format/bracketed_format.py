"""Bracketed text: articles with their annotations inside the text, as ``[[label|words]]``.

A line ``=== TITLE`` begins an article; the lines up to the next one are its text.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span
from annotator.formats.base import Article, Corpus, Format, Incoming, IncomingAnnotation, Refusal, Written
from annotator.formats.facets import Facet
from annotator.formats.reading.decoding import decoded, read_bytes

_HEADING = re.compile(r"^=== (.+)\n", re.MULTILINE)
_MARKED = re.compile(r"\[\[([^|\[\]]+)\|([^\[\]]+)\]\]")
_RESERVED = re.compile(r"\[\[|\]\]|^=== ", re.MULTILINE)

_HELD = {Facet.TEXTS, Facet.TITLES, Facet.ANNOTATIONS, Facet.UNANNOTATED, Facet.SPACING, Facet.TOKEN_EDGES}


def sniff(path: Path, head: bytes) -> bool:
    """Tell whether the first 4,096 bytes of a file look like bracketed text."""
    return head.startswith(b"=== ")


def read(path: Path) -> Iterator[Incoming]:
    """Yield the articles of a file. Raise ImportRefused where it cannot be read or is no text."""
    data = read_bytes(path)
    # The first part is what stands before the first heading.
    first, *parts = _HEADING.split(decoded(data, path.name).text)
    if first.strip():
        yield Refusal("beginning", "The words before the first line with “===” belong to no article.")
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        text, annotations = _without_brackets(body.removesuffix("\n"))
        yield Article(
            title=title.strip(),
            text=text,
            annotations=tuple(annotations),
            origin_path=str(path),
            origin_format=FORMAT.id,
            origin_sha256=hashlib.sha256(data).hexdigest(),
        )


def _without_brackets(body: str) -> tuple[str, list[IncomingAnnotation]]:
    """Return the text without brackets, and the annotations with offsets into that text."""
    text, annotations, end = "", [], 0
    for marked in _MARKED.finditer(body):
        label, words = marked.groups()
        text += body[end : marked.start()]
        span = Span(len(text), len(text) + len(words))
        annotations.append(IncomingAnnotation(label, (span,), quote=words))
        text += words
        end = marked.end()
    return text + body[end:], annotations


def write(corpus: Corpus, path: Path) -> Written:
    """Write the documents one by one, so that the memory does not grow with the corpus."""
    documents = annotations = overlapping = discontinuous = reserved = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for document, found in corpus.documents:
            if _RESERVED.search(document.text):
                reserved += 1
                continue
            whole = [one for one in found if len(one.fragments) == 1]
            kept = list(_without_overlaps(whole))
            discontinuous += len(found) - len(whole)
            overlapping += len(whole) - len(kept)
            title = " ".join(document.title.split())
            file.write(f"=== {title}\n{_with_brackets(document.text, kept)}\n")
            documents += 1
            annotations += len(kept)
    losses = [
        f"{count} {what}"
        for count, what in (
            (reserved, "documents left out, because their text has “[[”, “]]” or a line that begins with “===”"),
            (overlapping, "annotations left out, because they overlap another one or their label has a bracket or “|”"),
            (discontinuous, "annotations left out, because they have gaps"),
        )
        if count
    ]
    return Written(documents, annotations, tuple(losses))


def _without_overlaps(annotations: list[AnnotationRecord]) -> Iterator[AnnotationRecord]:
    """Yield the annotations that can be written, in text order: each begins behind the end of the one before."""
    end = 0
    for one in sorted(annotations, key=lambda one: (one.start, -one.end)):
        if one.start >= end and not set(one.label) & set("[|]"):
            yield one
            end = one.end


def _with_brackets(text: str, annotations: list[AnnotationRecord]) -> str:
    """Return ``text`` with brackets around the annotations, which do not overlap."""
    parts, end = [], 0
    for one in annotations:
        parts += [text[end : one.start], f"[[{one.label}|{text[one.start : one.end]}]]"]
        end = one.end
    return "".join([*parts, text[end:]])


FORMAT = Format(
    id="bracketed",
    name="Bracketed text",
    suffixes=(".bracketed",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=tuple(facet for facet in Facet if facet not in _HELD),
)
