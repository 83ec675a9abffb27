"""The native format: JSON Lines that hold all that a project holds about its documents, and nothing about the export.

The first line is a header with labels, features, sources and assessments; then comes one line a document, with its
text and annotations inside; then one line a relation, a link of an attribution chain, a claim with its statements and
resolutions, a question with its hypotheses. Offsets are code points, half-open. Every line has the same
keys, so that tables can be made of it, and two exports of the same project are the same bytes.

Every row has its uid, so that an import compares the file with what the project holds. Rows name labels, sources and
annotators by names, which are unique in a project; the header gives the uid of each name. It also says from which state
of which project the file comes: ``project_uid``, ``tip`` (the last entry of the log), ``log`` (number and beginning of
the hash of earlier entries, by which two projects find the last one that they share), ``whole`` (false where anything
was left out), ``annotators``, ``removed`` (table, uid and time of the rows that somebody removed) and ``undone``
(states of rows that somebody left for an earlier one: uid, state, number of the entry). All of it may be missing, as in
files of earlier versions.

The reader takes such files line by line, whoever wrote them; of all keys only ``text`` is needed. A line or an
annotation that is wrong is refused by itself, with its number and the reason.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from annotator.domain import grades
from annotator.domain.canonical_text import canonical, canonical_part
from annotator.domain.errors import ImportRefused, InvalidSpan, InvalidValue
from annotator.domain.fixed_choices import DIRECTIONS, DOCUMENT_STATUSES, FEATURE_KINDS, SOURCE_KINDS
from annotator.domain.records import (
    AnnotationRecord,
    AnnotatorRecord,
    AssessmentRecord,
    BookmarkRecord,
    DocumentRecord,
    FeatureRecord,
    LabelRecord,
    LeftState,
    RelationRecord,
    RemovedRow,
    SourceRecord,
)
from annotator.domain.spans import Span, checked_fragments, hull
from annotator.formats.base import (
    Article,
    Corpus,
    Format,
    Incoming,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingBookmark,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    Refusal,
    Tabular,
    Vocabulary,
    Written,
)
from annotator.formats.corpora import judgement_lines
from annotator.formats.corpora.tables import json_tables
from annotator.formats.overlap_policy import counted
from annotator.formats.reading.article_structure import Structure, shown, structure_of, structured
from annotator.formats.reading.decoding import checksum, opened
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.json_lines import LINE_LIMIT, PROBLEMS, check_no_nul, lines, needed, one_of, plain
from annotator.formats.reading.offsets import Moved
from annotator.formats.wire import StatedAnnotation, plain_values, to_line

VERSION = 1
Pairs = list[tuple[int, int]]
Taken = TypeVar("Taken")


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Writes the whole corpus to ``path``. Nothing is lost."""
    needed = {id for relation in corpus.relations for id in (relation.from_id, relation.to_id)}
    needed |= judgement_lines.annotations_of(corpus.judgements)
    bookmarks: dict[int, list[BookmarkRecord]] = {}
    for bookmark in corpus.bookmarks:
        bookmarks.setdefault(bookmark.document_id, []).append(bookmark)
    uids: dict[int, str] = {}
    documents = annotations = 0
    encode = msgspec.json.Encoder().encode
    with open(path, "wb") as file:
        file.write(encode(header_fields(corpus)) + b"\n")
        for document, own in corpus.documents:
            file.write(encode(document_fields(document, own, bookmarks.get(document.id, ()))) + b"\n")
            documents += 1
            annotations += len(own)
            if needed:
                uids.update((annotation.id, annotation.uid) for annotation in own if annotation.id in needed)
        left_out = 0
        for relation in corpus.relations:
            if relation.from_id in uids and relation.to_id in uids:
                file.write(encode(relation_fields(relation, uids)) + b"\n")
            else:
                left_out += 1
        fields, losses = judgement_lines.fields_of(corpus.judgements, uids)
        file.writelines(encode(one) + b"\n" for one in fields)
    if left_out:
        losses.insert(0, f"{counted(left_out, 'relation')} left out: one of its annotations is not exported")
    return Written(documents, annotations, tuple(losses))


def header_fields(corpus: Corpus) -> dict[str, Any]:
    """What belongs to the whole corpus but relations, as JSON has it."""
    names = {source.id: source.name for source in corpus.sources}
    state = corpus.state()
    return {
        "format": "annotator",
        "version": VERSION,
        "title": corpus.title,
        "labels": [_label(label) for label in corpus.labels],
        "features": [_feature(feature) for feature in corpus.features],
        "sources": [_source(source, names) for source in corpus.sources],
        "assessments": [_assessment(assessment, names) for assessment in corpus.assessments],
        "project_uid": state.project_uid if state else "",
        "tip": {"number": state.number, "hash": state.hash, "at": state.at} if state else None,
        "whole": bool(state and state.is_whole),
        "annotators": [{"uid": uid, "name": name} for uid, name in corpus.annotators],
        "log": state.points if state else [],
        "removed": state.removed if state else [],
        "undone": state.undone if state else [],
    }


def _label(label: LabelRecord) -> dict[str, Any]:
    return {
        "name": label.name,
        "initials": label.initials,
        "color": label.color,
        "key": label.key,
        "description": label.description,
        "position": label.position,
        "parent": label.parent,
        "uid": label.uid,
    }


def _feature(feature: FeatureRecord) -> dict[str, Any]:
    return {
        "name": feature.name,
        "kind": feature.kind,
        "choices": feature.choices,
        "description": feature.description,
        "position": feature.position,
        "uid": feature.uid,
    }


def _source(source: SourceRecord, names: dict[int, str]) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "aliases": source.aliases,
        "note": source.note,
        "parent": names.get(source.parent_id, "") if source.parent_id is not None else "",
        "reliability": source.reliability,
        "uid": source.uid,
        "owner": names.get(source.owner_id, "") if source.owner_id is not None else "",
        "topics": source.topics,
    }


def _assessment(assessment: AssessmentRecord, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "source": names.get(assessment.source_id, ""),
        "made_on": assessment.made_on,
        "reliability": assessment.reliability,
        "topic": assessment.topic,
        "rationale": assessment.rationale,
        "annotator": assessment.annotator,
        "uid": assessment.uid,
    }


def document_fields(
    document: DocumentRecord, annotations: Sequence[AnnotationRecord], bookmarks: Sequence[BookmarkRecord]
) -> dict[str, Any]:
    """A document with its annotations and bookmarks as JSON has it."""
    return {
        "uid": document.uid,
        "title": document.title,
        "source": document.source,
        "author": document.author,
        "published_at": document.published_at,
        "language": document.language,
        "address": document.address,
        "status": document.status,
        "note": document.note,
        "text": document.text,
        "structure": [{"kind": kind, "start": span.start, "end": span.end} for kind, span in document.structure],
        "origin_path": document.origin_path,
        "origin_format": document.origin_format,
        "origin_sha256": document.origin_sha256,
        "imported_at": document.imported_at,
        "direction": document.direction,
        "facts": dict(sorted(document.facts.items())),
        "version_of": document.version_of,
        "reliability_override": document.reliability_override,
        "reliability_reason": document.reliability_reason,
        "bookmarks": [_bookmark(bookmark) for bookmark in bookmarks],
        "annotations": list(map(to_line, annotations)),
    }


def _bookmark(bookmark: BookmarkRecord) -> dict[str, Any]:
    return {
        "position": bookmark.position,
        "name": bookmark.name,
        "uid": bookmark.uid,
        "annotator": bookmark.annotator,
        "created_at": bookmark.created_at,
    }


def annotation_fields(annotation: AnnotationRecord) -> dict[str, Any]:
    """All fields of an annotation as JSON has them."""
    return msgspec.structs.asdict(to_line(annotation))


def relation_fields(relation: RelationRecord, uids: Mapping[int, str]) -> dict[str, Any]:
    """A relation as JSON has it; ``uids``: those of annotations by id."""
    return {
        "relation": relation.kind,
        "from": uids[relation.from_id],
        "to": uids[relation.to_id],
        "note": relation.note,
        "annotator": relation.annotator,
        "uid": relation.uid,
    }


# ---------------------------------------------------------------------------------------------------- in


class _Tip(msgspec.Struct):
    at: str = ""


class _Annotator(msgspec.Struct):
    uid: str
    name: str


class _HeaderLine(msgspec.Struct):
    format: str
    version: int = VERSION
    labels: list[msgspec.Raw] = []
    features: list[msgspec.Raw] = []
    sources: list[msgspec.Raw] = []
    assessments: list[msgspec.Raw] = []
    project_uid: str = ""
    tip: _Tip | None = None
    whole: bool = False
    annotators: list[_Annotator] = []
    log: list[tuple[int, str]] = []
    removed: list[tuple[str, str, str]] = []
    undone: list[tuple[str, str, int]] = []


class _Label(msgspec.Struct):
    name: str
    initials: str = ""
    color: str = "#999999"
    key: int | None = None
    description: str = ""
    position: int = 0
    parent: str = ""
    uid: str = ""


class _Feature(msgspec.Struct):
    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    description: str = ""
    position: int = 0
    uid: str = ""


class _Source(msgspec.Struct):
    name: str
    kind: str = "outlet"
    aliases: tuple[str, ...] = ()
    note: str = ""
    parent: str = ""
    uid: str = ""
    owner: str = ""
    topics: tuple[str, ...] = ()


class _Assessment(msgspec.Struct):
    source: str
    made_on: str
    reliability: str
    topic: str = ""
    rationale: str = ""
    annotator: str = ""
    uid: str = ""


class _Part(msgspec.Struct):
    kind: str
    start: int
    end: int


class _DocumentLine(msgspec.Struct):
    text: str
    title: str | None = None
    uid: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    date: str | None = None
    language: str | None = None
    address: str | None = None
    url: str | None = None
    status: str | None = None
    note: str | None = None
    structure: list[_Part] | None = None
    origin_path: str | None = None
    origin_format: str | None = None
    origin_sha256: str | None = None
    imported_at: str | None = None
    direction: str | None = None
    facts: dict[str, Any] | None = None
    version_of: str | None = None
    reliability_override: str | None = None
    reliability_reason: str | None = None
    bookmarks: list[msgspec.Raw] | None = None
    annotations: list[msgspec.Raw] | None = None


class _Bookmark(msgspec.Struct):
    position: int
    name: str = ""
    uid: str = ""
    annotator: str = ""
    created_at: str = ""


class _RelationLine(msgspec.Struct, rename={"from_uid": "from", "to_uid": "to"}):
    relation: str
    from_uid: str
    to_uid: str
    note: str | None = None
    annotator: str | None = None
    uid: str | None = None


_KNOWN_KEYS = frozenset(_DocumentLine.__struct_fields__) | {"text_sha256"}


def read(path: Path, line_limit: int = LINE_LIMIT) -> Iterator[Incoming]:
    """What the lines of a file hold, in their order.

    A wrong line or annotation becomes a Refusal. Raises ImportRefused where the file cannot be read at all or was
    written by a newer version.
    """
    if json_tables.is_table(path):
        yield from json_tables.read(path, {}, FORMAT.id)
        return
    with opened(path) as file:
        reading = RecordReader(path, FORMAT.id)
        number = 0
        for number, line in enumerate(lines(file, path, line_limit), 1):
            place = f"line {number}"
            if line is None:
                yield Refusal(place, f"The line is longer than {line_limit / 2**20:,.0f} MB.")
            elif line.strip():
                try:
                    records = reading.records(line, number, place)
                except ImportRefused:
                    raise
                except PROBLEMS as error:
                    records = [Refusal(place, plain(error))]
                yield from records
        if number == 0:
            raise ImportRefused(f"“{path.name}” is empty.")


def read_table(path: Path, columns: Mapping[str, str]) -> Iterator[Incoming]:
    """What the lines hold, the key of each field chosen by the user."""
    yield from json_tables.read(path, columns, FORMAT.id)


class RecordReader:
    """One pass through the records of a file, each a line of JSON; ``format``: the id of its format."""

    def __init__(self, path: Path, format: str) -> None:
        self._path = path
        self._format = format
        self._file_sha256 = ""
        self._shape = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._document = msgspec.json.Decoder(_DocumentLine)
        self._annotation = msgspec.json.Decoder(StatedAnnotation)

    def records(self, line: bytes, number: int, place: str) -> list[Incoming]:
        """What a record holds. Raises one of ``PROBLEMS`` where nothing of it can be taken."""
        fields = self._shape.decode(line)
        check_no_nul(line)
        if "text" in fields:
            facts = {key: msgspec.json.decode(fields[key]) for key in fields if key not in _KNOWN_KEYS}
            return self._article(self._document.decode(line), facts, number, place)
        if "relation" in fields:
            relation = msgspec.json.decode(line, type=_RelationLine)
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
            return self._vocabulary(msgspec.json.decode(line, type=_HeaderLine), place)
        raise InvalidValue("The line has neither a text nor a relation, a claim or a question.")

    def _vocabulary(self, header: _HeaderLine, place: str) -> list[Incoming]:
        if header.format != "annotator":
            raise InvalidValue(f"The line begins a file of another format, “{header.format[:40]}”.")
        if header.version > VERSION:
            raise ImportRefused(
                f"“{self._path.name}” was written by a newer version of Annotator (format {header.version}, "
                f"this one reads {VERSION}): update this one."
            )
        refused: list[Incoming] = []
        labels = _each(header.labels, f"{place}, label", _read_label, refused)
        features = _each(header.features, f"{place}, feature", _read_feature, refused)
        sources = _each(header.sources, f"{place}, source", _read_source, refused)
        assessments = _each(header.assessments, f"{place}, assessment", _read_assessment, refused)
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

    def _article(self, line: _DocumentLine, facts: dict[str, Any], number: int, place: str) -> list[Incoming]:
        text = canonical(line.text)
        if not text.strip():
            raise InvalidValue("The text is empty.")
        moved = Moved(line.text) if len(text) != len(line.text) else None
        name = f"{self._path.stem} {number}"
        title = shown(line.title or "")
        structure: Structure
        if line.structure is not None:
            structure = _structure(line.structure, text, moved)
            title = title or structured(text, name)[0]
        elif title:
            structure = structure_of(text, title)
        else:
            title, structure = structured(text, name)
        refused: list[Incoming] = []
        annotations = []
        for count, raw in enumerate(line.annotations or (), 1):
            try:
                annotations.append(_read_annotation(self._annotation.decode(raw), text, moved))
            except PROBLEMS as error:
                refused.append(Refusal(f"{place}, annotation {count}", plain(error)))
        bookmarks = _each(
            line.bookmarks or (), f"{place}, bookmark", lambda raw: _read_bookmark(raw, text, moved), refused
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
            status=one_of("status", line.status or "new", _statuses()),
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


def _each(
    raws: Sequence[msgspec.Raw], place: str, take: Callable[[msgspec.Raw], Taken], refused: list[Incoming]
) -> list[Taken]:
    """Each record that can be taken; a Refusal in ``refused`` for each other one."""
    taken = []
    for count, raw in enumerate(raws, 1):
        try:
            taken.append(take(raw))
        except PROBLEMS as error:
            refused.append(Refusal(f"{place} {count}", plain(error)))
    return taken


def _read_label(raw: msgspec.Raw) -> LabelRecord:
    label = msgspec.json.decode(raw, type=_Label)
    if not re.fullmatch("#[0-9A-Fa-f]{6}", label.color):
        raise InvalidValue(f"“{label.color[:20]}” is not a colour: give six hexadecimal digits after #.")
    if label.key is not None and not 1 <= label.key <= 9:
        raise InvalidValue(f"{label.key} is not a key of a label: give a digit from 1 to 9.")
    name = needed("name", label.name)
    return LabelRecord(
        0,
        name,
        label.initials,
        label.color,
        label.key,
        label.description,
        label.position,
        None,
        label.parent,
        label.uid,
    )


def _read_feature(raw: msgspec.Raw) -> FeatureRecord:
    feature = msgspec.json.decode(raw, type=_Feature)
    kind = one_of("kind", feature.kind, FEATURE_KINDS)
    name = needed("name", feature.name)
    return FeatureRecord(0, name, kind, feature.choices, feature.description, feature.position, feature.uid)


def _read_source(raw: msgspec.Raw) -> IncomingSource:
    source = msgspec.json.decode(raw, type=_Source)
    return IncomingSource(
        name=needed("name", source.name),
        kind=one_of("kind", source.kind, SOURCE_KINDS),
        aliases=source.aliases,
        note=source.note,
        parent=source.parent,
        uid=source.uid,
        owner=source.owner,
        topics=source.topics,
    )


def _read_assessment(raw: msgspec.Raw) -> IncomingAssessment:
    assessment = msgspec.json.decode(raw, type=_Assessment)
    reliability = grades.checked_reliability(assessment.reliability)
    if reliability is None:
        raise InvalidValue("An assessment needs a reliability: give a letter from A to F.")
    made_on = iso_date(assessment.made_on)[:10]
    if not made_on:
        raise InvalidValue(f"“{assessment.made_on[:40]}” is not a date: write it as 2025-03-31.")
    return IncomingAssessment(
        source=needed("source", assessment.source),
        made_on=made_on,
        reliability=reliability,
        topic=assessment.topic,
        rationale=assessment.rationale,
        annotator=assessment.annotator,
        uid=assessment.uid,
    )


def _read_annotation(stated: StatedAnnotation, text: str, moved: Moved | None) -> IncomingAnnotation:
    # Files of other makers know one reliability only: the one given on the annotation.
    override = stated.reliability_override
    return IncomingAnnotation(
        label=needed("label", stated.label),
        fragments=_content(stated, text, moved),
        quote=canonical_part(stated.quote or ""),
        cue=_spans(stated.cue, text, moved),
        mention=_spans(stated.mention, text, moved),
        source=(stated.source or "").strip(),
        features=stated.features or {},
        is_complete=stated.note is not None and stated.features is not None and stated.updated_at is not None,
        **plain_values(stated, stated.reliability if override is msgspec.UNSET else override),
    )


def _read_bookmark(raw: msgspec.Raw, text: str, moved: Moved | None) -> IncomingBookmark:
    stated = msgspec.json.decode(raw, type=_Bookmark)
    position = stated.position if moved is None else moved(stated.position)
    if not 0 <= position <= len(text):
        raise InvalidSpan(f"Its position {stated.position} is not in the text, which has {len(text):,} characters.")
    return IncomingBookmark(position, stated.name, stated.uid, stated.annotator, stated.created_at)


def _content(stated: StatedAnnotation, text: str, moved: Moved | None) -> tuple[Span, ...]:
    if stated.fragments:
        fragments = _spans(stated.fragments, text, moved)
        covered = hull(fragments)
        start, end = stated.start, stated.end
        if start is not None and end is not None and covered != _shifted([(start, end)], moved)[0]:
            raise InvalidSpan(
                f"The fragments cover {covered.start}-{covered.end}, but start and end say {start}-{end}."
            )
        return fragments
    if stated.start is None or stated.end is None:
        raise InvalidSpan("An annotation needs a start and an end, or fragments.")
    return _spans([(stated.start, stated.end)], text, moved)


def _spans(pairs: Pairs | None, text: str, moved: Moved | None) -> tuple[Span, ...]:
    return checked_fragments(_shifted(pairs, moved), len(text)) if pairs else ()


def _shifted(pairs: Pairs, moved: Moved | None) -> Pairs:
    return pairs if moved is None else [(moved(start), moved(end)) for start, end in pairs]


def _structure(parts: Sequence[_Part], text: str, moved: Moved | None) -> Structure:
    """The parts that a file states, in text order; one outside the text is left out: it is only a hint for reading."""
    shifted = [(part.kind, *_shifted([(part.start, part.end)], moved)[0]) for part in parts]
    inside = [(kind, Span(start, end)) for kind, start, end in shifted if 0 <= start < end <= len(text)]
    return tuple(sorted(inside, key=lambda part: part[1]))


def _statuses() -> Sequence[str]:
    return DOCUMENT_STATUSES


def sniff(path: Path, head: bytes) -> bool:
    """Whether a file begins with our header, or with a record that has a text and is named as JSON Lines are."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb'\{\s*"format"\s*:\s*"annotator"', head):
        return True
    return head.startswith(b"{") and path.suffix.lower() in FORMAT.suffixes


FORMAT = Format(
    id="jsonl",
    name="Annotator JSON Lines",
    suffixes=(".jsonl", ".ndjson"),
    read=read,
    sniff=sniff,
    write=write,
    example="corpus.jsonl",
    tabular=Tabular(json_tables.look, read_table),
)
