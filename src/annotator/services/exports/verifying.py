"""Verifying an export: the file is read back and compared with the project, document by document.

Two readers are used: our own, as in an import, and another program where one is available
(``formats.verification_readers``).
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.domain.canonical_text import sha256
from annotator.domain.errors import AnnotatorError, Cancelled
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.wording import counted, listed
from annotator.formats import registry
from annotator.formats.base import Article, Format, Refusal
from annotator.formats.facets import Facet
from annotator.formats.verification_readers import INDEPENDENT_READERS, Seen
from annotator.services.exports.exporting import documents_of, part_of, split_parts
from annotator.services.exports.selection import Selection
from annotator.services.imports.read import items_of
from annotator.services.imports.report import Progress
from annotator.store.project import Project

_SPAN_CHANGES = {Facet.OVERLAPS, Facet.FRAGMENTS, Facet.TOKEN_EDGES}
"""Facets whose loss changes spans, so that not every span is read back as it was."""

_MAX_SHOWN = 5
"""Differences of one kind that are listed one by one."""


@dataclass
class Verified:
    """The result of reading back an export.

    ``changes_spans``: the format changes spans, so only texts are compared. ``readers``: what read it.
    ``differences``: one plain line each, none where everything is there.
    """

    name: str
    documents: int = 0
    annotations: int = 0
    changes_spans: bool = False
    readers: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Return the outcome in one line."""
        if not self.documents and not self.differences:
            return f"{self.name} holds no document, so there was nothing to verify."
        if not self.readers:
            return f"{self.name} was not verified: nothing here reads documents of this format back."
        by = listed(self.readers)
        if self.differences:
            count = counted(len(self.differences), "difference")
            return f"{self.name}, read back by {by}, is not what the project holds: {count}."
        held = f"{counted(self.documents, 'document')} with {counted(self.annotations, 'annotation')}"
        alike = (
            "each text as in the project; the loss report describes how spans were changed"
            if self.changes_spans
            else ""
        )
        return f"{self.name} was read back by {by}: {held}, {alike or 'each text and each span as in the project'}."


def verify(
    project: Project,
    out: Path,
    format: str,
    *,
    selection: Selection | None = None,
    split: Mapping[str, float] | None = None,
    group_by: str = "document",
    seed: int = 0,
    options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Verified:
    """Read back what was exported with the same arguments, and compare it with the present state of the project."""
    out = out.absolute()
    chosen = registry.by_id(format)
    lacking = set(chosen.lacking(options or {}))
    found = Verified(out.name, changes_spans=bool(_SPAN_CHANGES & lacking))
    with project.snapshot():
        filters, parts, _ = split_parts(project, selection or Selection(), split, group_by, seed, progress)
        for name, ids in parts.items():
            path = part_of(out, name, chosen)
            if not path.exists():
                found.differences.append(f"{path.name} is not there")
                continue
            expected = _Expected(documents_of(project, ids, filters, progress), lacking, found.changes_spans)
            found.documents += expected.count
            found.annotations += expected.annotations
            if not expected.count:
                # Some formats have no valid form without a document; there is nothing that could differ.
                continue
            if chosen.read is not None and Facet.TEXTS not in lacking:
                found.readers = sorted({*found.readers, "Annotator"})
                found.differences += _compared(path, "Annotator", expected, _read_by_annotator(path, chosen, expected))
            if (reader := INDEPENDENT_READERS.get(chosen.id)) is not None:
                found.readers = sorted({*found.readers, reader.name})
                found.differences += _compared(
                    path, reader.name, expected, _read_by_program(reader.look(path), expected)
                )
    return found


def verify_file(project: Path, out: Path, format: str, options: Mapping[str, Any], *, progress: Progress) -> Verified:
    """Return ``verify`` of the project file at ``project``, which may be open elsewhere; for a separate process."""
    given = {name: options[name] for name in ("selection", "split", "group_by", "seed", "options") if name in options}
    with Project.open(project, read_only=True) as opened:
        return verify(opened, out, format, progress=progress, **given)


@dataclass(frozen=True, slots=True)
class _ExpectedDocument:
    """The expected contents of a document: the words of its annotations from first to last, and those of their
    fragments.
    """

    title: str
    quotes: Counter[int]
    fragments: Counter[int]


class _Expected:
    """The expected contents of a part, by the uid of each document and by its text, as hashes instead of words."""

    def __init__(
        self,
        documents: Iterable[tuple[DocumentRecord, list[AnnotationRecord]]],
        lacking: Container[str],
        changes_spans: bool,
    ) -> None:
        self.changes_spans = changes_spans
        self._is_spaced = Facet.SPACING not in lacking
        self.count = self.annotations = 0
        self.by_uid: dict[str, _ExpectedDocument] = {}
        self.uid_of_text: dict[str, str] = {}
        for document, own in documents:
            if not own and Facet.UNANNOTATED in lacking:
                continue
            self.count += 1
            self.annotations += len(own)
            digest = self._digest(document.text)
            if not self._is_spaced and digest in self.uid_of_text:
                continue  # Two texts that differ only in white space are read back as one.
            self.by_uid[document.uid] = _ExpectedDocument(
                document.title,
                Counter(hash(one.quote) for one in own),
                Counter(hash(tuple(span.of(document.text) for span in one.fragments)) for one in own),
            )
            self.uid_of_text[digest] = document.uid

    def uid(self, uid: str, text: str | None) -> str:
        """Return the uid of the document; empty where there is none."""
        if text is None:
            return uid if uid in self.by_uid else ""
        return self.uid_of_text.get(self._digest(text), "")

    def _digest(self, text: str) -> str:
        return sha256(text if self._is_spaced else "".join(text.split()))


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that was read: its uid in the project, or empty; and what differs in its annotations."""

    uid: str
    name: str
    missing: int = 0
    foreign: int = 0
    refused: str = ""


def _read_by_annotator(path: Path, format: Format, expected: _Expected) -> Iterator[_Read]:
    for item in items_of([path], format.id if not format.is_folder else "auto", recursive=True):
        if isinstance(item, Refusal):
            yield _Read("", "", refused=f"{item.place}: {item.reason}" if item.place else item.reason)
        elif isinstance(item, Article):
            uid = expected.uid(item.uid, item.text)
            held = expected.by_uid.get(uid)
            found = Counter(hash(tuple(span.of(item.text) for span in one.fragments)) for one in item.annotations)
            yield _difference(uid, item.title, held.fragments if held else None, found)


def _read_by_program(seen: Iterable[Seen], expected: _Expected) -> Iterator[_Read]:
    for one in seen:
        uid = expected.uid(one.uid, one.text)
        held = expected.by_uid.get(uid)
        name = (one.text or one.uid).strip()[:40]
        yield _difference(uid, name, held.quotes if held else None, Counter(map(hash, one.quotes)))


def _difference(uid: str, name: str, wanted: Counter[int] | None, found: Counter[int]) -> _Read:
    if wanted is None:
        return _Read("", name)
    return _Read(uid, name, (wanted - found).total(), (found - wanted).total())


def _compared(path: Path, reader: str, expected: _Expected, reads: Iterator[_Read]) -> list[str]:
    """Return what differs, in plain lines."""
    lines: list[str] = []
    missing = dict.fromkeys(expected.by_uid)
    try:
        for read in reads:
            missing.pop(read.uid, None)
            held = expected.by_uid.get(read.uid)
            if read.refused:
                lines.append(f"cannot be read: {read.refused}")
            elif held is None:
                lines.append(f"“{read.name}” has a text that is missing from the project")
            else:
                # Where a format changes spans, the loss report has listed those that are left out or extended.
                if read.missing and not expected.changes_spans:
                    lines.append(f"“{held.title}” lacks {counted(read.missing, 'span')}")
                if read.foreign and not expected.changes_spans:
                    lines.append(f"“{held.title}” has {counted(read.foreign, 'span')} missing from the project")
    except (Cancelled, AnnotatorError):
        raise
    except Exception as error:  # noqa: BLE001 - another program may raise any error on a wrong file
        lines.append(f"cannot be read to its end ({type(error).__name__}: {error})")
    lines += [f"“{expected.by_uid[uid].title}” is not there" for uid in missing]
    shown = lines[:_MAX_SHOWN] + ([f"{len(lines) - _MAX_SHOWN} more"] if len(lines) > _MAX_SHOWN else [])
    return [f"{path.name}, read by {reader}: {line}" for line in shown]
