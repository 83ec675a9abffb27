"""Check what readers give, and group it into chunks: each is matched, planned and written before the next one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from annotator.domain.canonical_text import canonical, sha256, without_surrogates
from annotator.domain.errors import AnnotatorError, InvalidText
from annotator.formats.base import (
    Article,
    Blank,
    Incoming,
    IncomingAnnotations,
    IncomingChainLink,
    IncomingClaim,
    IncomingQuestion,
    IncomingRelation,
    IncomingState,
    Refusal,
)
from annotator.services.imports.report import ImportReport

CHUNK = 3_000_000
"""Characters of text in one commit of an import: every commit waits for the disk, so a chunk is large."""

SMALL_CHUNK = 350_000
"""The same where a window is open: a key press that writes waits for a running commit, 50 ms at most."""

CHARACTERS_OF_ANNOTATION = 250
"""An annotation costs as much as this many characters of text."""

_CHARACTERS_OF_DOCUMENT = 2_500
"""The same of a document, beside its text."""

_ROWS = 2_000
"""Rows in one commit, where there are no texts."""

_Item = TypeVar("_Item")

Sent = tuple[Incoming, Path | None]
"""What a reader gave, and out of which file."""


class Received(NamedTuple):
    """What came out of a file, fit to be stored as far as its type tells. ``digest``: of the text of an article."""

    item: Incoming
    path: Path | None
    digest: str = ""


@dataclass
class Chunk:
    """What is matched, planned and written together: first ``items``, in their order, then ``articles``.

    ``ends_file``: a file that was compared with the project ends with it. ``is_last``: nothing comes after it, so that
    a relation whose end has not come is refused.
    """

    items: list[Received] = field(default_factory=list)
    articles: list[tuple[Article, Path | None, str]] = field(default_factory=list)
    ends_file: bool = False
    is_last: bool = False


_NEEDS_WRITTEN = (IncomingAnnotations, IncomingRelation, IncomingChainLink, IncomingClaim, IncomingQuestion)
"""What refers to documents or annotations, which may have come just before it."""


def chunks(sent: Iterable[Sent], size: int) -> Iterator[Chunk]:
    """Group what readers give into chunks of ``size`` characters of text; rows beside the text count, too.

    What refers to an article or its annotations comes in a later chunk. Labels and sources come before the articles of
    their chunk, in whatever order a file has them.
    """
    chunk, characters, rows = Chunk(), 0, 0
    present: Path | None = None
    is_compared = False
    for item, path in sent:
        ends_file = is_compared and (path != present or isinstance(item, IncomingState))
        if ends_file or (isinstance(item, _NEEDS_WRITTEN) and (chunk.articles or rows >= _ROWS)):
            chunk.ends_file = ends_file
            yield chunk
            chunk, characters, rows = Chunk(), 0, 0
        present = path
        is_compared = isinstance(item, IncomingState) or (is_compared and not ends_file)
        received = checked(item, path)
        if not isinstance(received.item, Article):
            chunk.items.append(received)
            rows += rows_of(received.item)
            continue
        chunk.articles.append((received.item, path, received.digest))
        of_annotations = CHARACTERS_OF_ANNOTATION * len(received.item.annotations)
        characters += len(received.item.text) + _CHARACTERS_OF_DOCUMENT + of_annotations
        if characters >= size:
            yield chunk
            chunk, characters, rows = Chunk(), 0, 0
    yield chunk


def chunks_of_relations(relations: Iterable[Received]) -> Iterator[Chunk]:
    """Group relations that had to wait for their ends until all files were read."""
    chunk = Chunk(is_last=True)
    for relation in relations:
        if len(chunk.items) >= _ROWS:
            yield chunk
            chunk = Chunk(is_last=True)
        chunk.items.append(relation)
    if chunk.items:
        yield chunk


def rows_of(item: Incoming) -> int:
    """Return how many rows an item may become."""
    if isinstance(item, IncomingAnnotations):
        return len(item.annotations)
    if isinstance(item, IncomingClaim):
        return 1 + len(item.statements) + len(item.resolutions)
    if isinstance(item, IncomingQuestion):
        return 1 + len(item.hypotheses) + len(item.evidence) + len(item.ratings)
    return 1


def count_blanks(sent: Iterable[Sent], report: ImportReport) -> Iterator[Sent]:
    """Count in the report what holds nothing, by kind, and pass the rest on.

    At the end the only one of its kind is refused in the report. It is not passed on: as an item of another file it
    would end the comparison of the last file, whose relations may still wait.
    """
    skipped = report.skipped
    first: dict[Blank, tuple[Refusal, Path | None]] = {}
    for item, path in sent:
        if not isinstance(item, Refusal) or item.blank is None:
            yield item, path
            continue
        skipped[item.blank] = skipped.get(item.blank, 0) + 1
        first.setdefault(item.blank, (item, path))
    for blank, (refusal, path) in first.items():
        if skipped[blank] == 1:
            del skipped[blank]
            report.refuse(path, refusal.place, refusal.reason)


def checked(item: Incoming, path: Path | None) -> Received:
    """Return an item as a project can hold it; an article whose text it cannot hold becomes a Refusal."""
    if not isinstance(item, Article):
        return Received(fit_for_a_file(item), path)
    try:
        digest = sha256(_checked_text(item.text))
    except AnnotatorError as error:
        return Received(Refusal("", str(error)), path)
    return Received(fit_for_a_file(item), path, digest)


def _checked_text(text: str) -> str:
    if not text or text.isspace():
        raise InvalidText("The text is empty.")
    if canonical(text) != text:
        raise InvalidText(
            "The text has carriage returns or a byte order mark, which its format should have taken away."
        )
    return text


def fit_for_a_file(item: _Item) -> _Item:
    """Return ``item`` with a question mark for each lone surrogate, which no file can hold; nearly none has one."""
    try:
        msgspec.json.encode(item)
    except UnicodeEncodeError:
        fit: _Item = _without_surrogates(item)
        return fit
    except (TypeError, ValueError, RecursionError):
        # Whether its other values can be stored is checked where each becomes a column.
        return item
    return item


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _without_surrogates(getattr(value, one.name)) for one in fields(value)})
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_without_surrogates, value))
    if isinstance(value, list | tuple):
        return type(value)(map(_without_surrogates, value))
    return value
