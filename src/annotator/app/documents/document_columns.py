"""The columns of the list of documents."""

from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.records.columns import Column, Swatch, one_line
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.records import DocumentRow
from annotator.domain.wording import counted


def _status_swatch(document: DocumentRow) -> Swatch:
    theme = theme_in_use()
    color, filled = {
        "new": (theme.muted, 0.0),
        "in progress": (theme.warning, 0.5),
        "done": (theme.good, 1.0),
    }.get(document.status, (theme.muted, 1.0))
    return Swatch(color, filled=filled)


def _described(document: DocumentRow) -> str:
    """Return a document in a few lines, for its tool tip."""
    origin = ", ".join(part for part in (document.source, document.published_at) if part)
    size = f"{counted(document.words, 'word')}, {counted(document.annotations, 'annotation')}, {document.status}"
    return "\n".join(part for part in (document.title, origin, size) if part)


COLUMNS = (
    Column(
        "Title",
        lambda found: one_line(found.title),
        key=lambda found: found.title.casefold(),
        tip=_described,
        spoken=lambda found: found.title,
        width=17,
        least=9,
        weight=5,
    ),
    Column(
        "Source",
        lambda found: one_line(found.source),
        key=lambda found: (not found.source, found.source.casefold()),
        tip=_described,
        spoken=lambda found: found.source or "No source",
        width=10,
        weight=2,
        rank=3,
    ),
    Column(
        "Date",
        lambda found: found.published_at[:10],
        key=lambda found: (not found.published_at, found.published_at),
        tip=_described,
        spoken=lambda found: found.published_at or "No date",
        width=11,
        rank=4,
    ),
    Column(
        "Status",
        lambda found: found.status,
        key=lambda found: DOCUMENT_STATUSES.index(found.status),
        tip=_described,
        spoken=lambda found: f"Status: {found.status}",
        swatch=_status_swatch,
        width=13,
        least=2,
        rank=2,
    ),
    Column(
        "Annotations",
        lambda found: f"{found.annotations:,}",
        key=lambda found: found.annotations,
        tip=_described,
        spoken=lambda found: counted(found.annotations, "annotation"),
        width=5,
        least=6,
        rank=1,
        is_number=True,
    ),
)
