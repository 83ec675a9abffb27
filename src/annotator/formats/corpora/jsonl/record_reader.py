"""Read the records of our lines of JSON, also those of other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain import grades
from annotator.domain.canonical_text import canonical, canonical_part
from annotator.domain.errors import ImportRefused, InvalidSpan, InvalidValue
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES
from annotator.domain.records import AnnotatorRecord, LeftState, RemovedRow
from annotator.domain.spans import Span, checked_fragments, hull
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotation,
    IncomingBookmark,
    IncomingRelation,
    IncomingState,
    Refusal,
    Vocabulary,
)
from annotator.formats.corpora.jsonl import judgement_lines
from annotator.formats.corpora.jsonl.header_rows import assessment_of, feature_of, label_of, source_of
from annotator.formats.corpora.jsonl.stated_lines import (
    KNOWN_KEYS,
    BookmarkLine,
    DocumentLine,
    HeaderLine,
    Part,
    RelationLine,
)
from annotator.formats.corpora.jsonl.vocabulary import VERSION
from annotator.formats.reading.article_structure import Structure, shown, structure_of, structured
from annotator.formats.reading.decoding import checksum
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.json_lines import PROBLEMS, check_no_nul, each_row, needed, one_of, plain
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.wire import StatedAnnotation, plain_values

Pairs = list[tuple[int, int]]


class RecordReader:
    """One pass through the records of a file, each a line of JSON; ``format``: the id of its format."""

    def __init__(self, path: Path, format: str) -> None:
        self._path = path
        self._format = format
        self._file_sha256 = ""
        self._shape = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._document = msgspec.json.Decoder(DocumentLine)
        self._annotation = msgspec.json.Decoder(StatedAnnotation)

    def records(self, line: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a record. Raise one of ``PROBLEMS`` where none of it can be imported."""
        fields = self._shape.decode(line)
        check_no_nul(line)
        if "text" in fields:
            facts = {key: msgspec.json.decode(fields[key]) for key in fields if key not in KNOWN_KEYS}
            return self._article(self._document.decode(line), facts, number, place)
        if "relation" in fields:
            relation = msgspec.json.decode(line, type=RelationLine)
            return [
                IncomingRelation(
                    kind=needed("relation", relation.relation),
                    from_uid=relation.from_uid,
                    to_uid=relation.to_uid,
                    note=relation.note or "",
                    annotator=relation.annotator or "",
                    uid=relation.uid or "",
                )
            ]
        if taken := judgement_lines.read(line, fields, place):
            return taken
        if "format" in fields:
            return self._vocabulary(msgspec.json.decode(line, type=HeaderLine), place)
        raise InvalidValue("The line has neither a text nor a relation, a claim or a question.")

    def _vocabulary(self, header: HeaderLine, place: str) -> list[Incoming]:
        if header.format != "annotator":
            raise InvalidValue(f"The line begins a file of another format, “{header.format[:40]}”.")
        if header.version > VERSION:
            raise ImportRefused(
                f"“{self._path.name}” was written by a newer version of Annotator (format {header.version}, "
                f"this one reads {VERSION}): update this one."
            )
        refused: list[Incoming] = []
        labels = each_row(header.labels, f"{place}, label", label_of, refused)
        features = each_row(header.features, f"{place}, feature", feature_of, refused)
        sources = each_row(header.sources, f"{place}, source", source_of, refused)
        assessments = each_row(header.assessments, f"{place}, assessment", assessment_of, refused)
        vocabulary = Vocabulary(tuple(labels), tuple(features))
        state = IncomingState(
            project_uid=header.project_uid,
            exported_at=header.tip.at if header.tip else "",
            is_whole=header.whole,
            annotators=tuple(AnnotatorRecord(one.uid, one.name) for one in header.annotators),
            points=tuple(header.log),
            removed=tuple(map(RemovedRow._make, header.removed)),
            undone=tuple(map(LeftState._make, header.undone)),
        )
        return [state, *([vocabulary] if labels or features else []), *sources, *assessments, *refused]

    def _article(self, line: DocumentLine, facts: dict[str, Any], number: int, place: str) -> list[Incoming]:
        text = canonical(line.text)
        if not text.strip():
            raise InvalidValue("The text is empty.")
        offsets = CanonicalOffsets(line.text) if len(text) != len(line.text) else None
        name = f"{self._path.stem} {number}"
        title = shown(line.title or "")
        structure: Structure
        if line.structure is not None:
            structure = _structure(line.structure, text, offsets)
            title = title or structured(text, name)[0]
        elif title:
            structure = structure_of(text, title)
        else:
            title, structure = structured(text, name)
        refused: list[Incoming] = []
        annotations = []
        for count, raw in enumerate(line.annotations or (), 1):
            try:
                annotations.append(_read_annotation(self._annotation.decode(raw), text, offsets))
            except PROBLEMS as error:
                refused.append(Refusal(f"{place}, annotation {count}", plain(error)))
        bookmarks = each_row(
            line.bookmarks or (), f"{place}, bookmark", lambda raw: _read_bookmark(raw, text, offsets), refused
        )
        stated = line.date or ""
        published_at = line.published_at or iso_date(stated)
        note = line.note or ""
        if stated and not published_at:
            note = f"{note}\nDate as stated in the file: {stated}".strip()
        has_origin = bool(line.origin_sha256 or line.origin_path or line.origin_format)
        article = Article(
            title=title,
            text=text,
            structure=structure,
            source=(line.source or "").strip(),
            author=line.author or "",
            published_at=published_at,
            language=line.language or "",
            address=line.address or line.url or "",
            status=one_of("status", line.status or "new", DOCUMENT_STATUSES),
            note=note,
            uid=line.uid or "",
            annotations=tuple(annotations),
            origin_path=(line.origin_path or "") if has_origin else str(self._path),
            origin_format=(line.origin_format or "") if has_origin else self._format,
            origin_sha256=(line.origin_sha256 or "") if has_origin else self._sha256(),
            imported_at=line.imported_at or "",
            direction=one_of("direction", line.direction or "", DIRECTIONS),
            bookmarks=tuple(bookmarks),
            facts=(line.facts or {}) | facts,
            version_of=line.version_of or "",
            reliability_override=grades.checked_reliability(line.reliability_override),
            reliability_reason=line.reliability_reason or "",
            is_complete=line.note is not None and line.facts is not None and line.reliability_reason is not None,
        )
        return [article, *refused]

    def _sha256(self) -> str:
        if not self._file_sha256:
            self._file_sha256 = checksum(self._path)
        return self._file_sha256


def _read_annotation(stated: StatedAnnotation, text: str, offsets: CanonicalOffsets | None) -> IncomingAnnotation:
    # Files of other programs have only one reliability: the one given on the annotation.
    override = stated.reliability_override
    return IncomingAnnotation(
        label=needed("label", stated.label),
        fragments=_content(stated, text, offsets),
        quote=canonical_part(stated.quote or ""),
        cue=_spans(stated.cue, text, offsets),
        mention=_spans(stated.mention, text, offsets),
        source=(stated.source or "").strip(),
        features=stated.features or {},
        is_complete=stated.note is not None and stated.features is not None and stated.updated_at is not None,
        **plain_values(stated, stated.reliability if override is msgspec.UNSET else override),
    )


def _read_bookmark(raw: msgspec.Raw, text: str, offsets: CanonicalOffsets | None) -> IncomingBookmark:
    stated = msgspec.json.decode(raw, type=BookmarkLine)
    position = stated.position if offsets is None else offsets.canonical(stated.position)
    if not 0 <= position <= len(text):
        raise InvalidSpan(f"Its position {stated.position} is not in the text, which has {len(text):,} characters.")
    return IncomingBookmark(position, stated.name, stated.uid, stated.annotator, stated.created_at)


def _content(stated: StatedAnnotation, text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...]:
    if stated.fragments:
        fragments = _spans(stated.fragments, text, offsets)
        covered = hull(fragments)
        start, end = stated.start, stated.end
        if start is not None and end is not None and covered != _shifted([(start, end)], offsets)[0]:
            raise InvalidSpan(
                f"The fragments cover {covered.start}-{covered.end}, but start and end say {start}-{end}."
            )
        return fragments
    if stated.start is None or stated.end is None:
        raise InvalidSpan("An annotation needs a start and an end, or fragments.")
    return _spans([(stated.start, stated.end)], text, offsets)


def _spans(pairs: Pairs | None, text: str, offsets: CanonicalOffsets | None) -> tuple[Span, ...]:
    return checked_fragments(_shifted(pairs, offsets), len(text)) if pairs else ()


def _shifted(pairs: Pairs, offsets: CanonicalOffsets | None) -> Pairs:
    return pairs if offsets is None else offsets.canonical_pairs(pairs)


def _structure(parts: Sequence[Part], text: str, offsets: CanonicalOffsets | None) -> Structure:
    """Return the stated parts in text order; those outside the text are ignored: only the display needs them."""
    shifted = [(part.kind, *_shifted([(part.start, part.end)], offsets)[0]) for part in parts]
    inside = [(kind, Span(start, end)) for kind, start, end in shifted if 0 <= start < end <= len(text)]
    return tuple(sorted(inside, key=lambda part: part[1]))
