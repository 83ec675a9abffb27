"""CSV: one row an annotation, for spreadsheets and data frames.

UTF-8 with a byte order mark, which Excel needs and pandas takes; commas; lines end in CR LF. A cell that a
spreadsheet would take for a formula gets an apostrophe before it, which ``restored`` takes away again.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.grades import band_of
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import PROJECT_DATA, Facet

COLUMNS = (
    "document",
    "title",
    "outlet",
    "published_at",
    "label",
    "quote",
    "start",
    "end",
    "fragments",
    "source",
    "mention",
    "cue",
    "reliability",
    "reliability_override",
    "reliability_reason",
    "credibility",
    "score",
    "probability",
    "probability_words",
    "confidence",
    "note",
    "features",
    "annotator",
    "created_by",
    "created_at",
    "updated_at",
    "annotation",
)
"""``document`` and ``annotation`` are uids; ``mention`` and ``cue`` are words; ``fragments`` and ``features`` JSON."""

# Some spreadsheets read the wide forms of Japanese keyboards as formulas, too.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def write(corpus: Corpus, path: Path) -> Written:
    """Writes one row an annotation to ``path``."""
    documents = annotations = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for document, own in corpus.documents:
            table.writerows([neutralised(cell) for cell in _row(document, annotation)] for annotation in own)
            documents += 1
            annotations += len(own)
    return Written(documents, annotations)


def neutralised(cell: Any) -> Any:
    """``cell`` so that no spreadsheet takes it for a formula: with an apostrophe before it where it is needed."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """A cell as it was before ``neutralised``."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _row(document: DocumentRecord, annotation: AnnotationRecord) -> tuple[Any, ...]:
    probability = annotation.probability
    return (
        document.uid,
        document.title,
        document.source,
        document.published_at,
        annotation.label,
        annotation.quote,
        annotation.start,
        annotation.end,
        _json([tuple(span) for span in annotation.fragments]),
        annotation.source,
        _words(document.text, annotation.mention),
        _words(document.text, annotation.cue),
        annotation.reliability,
        annotation.reliability_override,
        annotation.reliability_reason,
        annotation.credibility,
        annotation.score,
        probability,
        "" if probability is None else band_of(probability).words,
        annotation.confidence,
        annotation.note,
        _json(dict(sorted(annotation.features.items()))) if annotation.features else "",
        annotation.annotator,
        annotation.created_by,
        annotation.created_at,
        annotation.updated_at,
        annotation.uid,
    )


def _words(text: str, spans: Sequence[Span]) -> str:
    return " … ".join(span.of(text) for span in spans)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


FORMAT = Format(
    id="csv",
    name="CSV table",
    suffixes=(".csv",),
    write=write,
    cannot_hold=(
        Facet.TEXTS,
        Facet.UNANNOTATED,
        Facet.AUTHORS,
        Facet.LANGUAGES,
        Facet.ADDRESSES,
        Facet.STATUSES,
        Facet.DOCUMENT_NOTES,
        Facet.STRUCTURE,
        Facet.DIRECTIONS,
        Facet.FACTS,
        Facet.ORIGINS,
        Facet.VERSIONS,
        Facet.BOOKMARKS,
        Facet.RELATIONS,
        *PROJECT_DATA,
    ),
    example="annotations.csv",
)
