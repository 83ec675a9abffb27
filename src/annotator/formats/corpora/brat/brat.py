"""brat standoff: a folder with a text and a file of annotations for each document.

Source: https://brat.nlplab.org/standoff.html and https://brat.nlplab.org/configuration.html. Offsets are code points.

An annotation is a ``T`` line of its label. Where its cue or source mention is known, these are ``T`` lines too, and an
event ``Attribution`` connects them (``Content``, ``Cue``, ``Source``), as in PARC and PolNeAR; the same is read. Grades
are attributes, the note is a note, all other fields of an annotation are a note of our own type in JSON, and the fields
of a document that brat cannot hold are in a file beside it. ``visual.conf`` has the full names and colours of labels.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan, InvalidText, InvalidValue
from annotator.domain.labels import OKABE_ITO
from annotator.domain.records import AnnotationRecord, LabelRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import (
    Corpus,
    Format,
    Incoming,
    IncomingAnnotation,
    IncomingRelation,
    Refusal,
    Vocabulary,
    Written,
)
from annotator.formats.corpora.brat import brat_folder
from annotator.formats.corpora.brat.standoff import NOTE, Event, Lines, TextBound, parsed
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.native_fields import (
    annotation_fields,
    annotation_of,
    article_of,
    free_facts,
    further_fields,
    shown_fields,
)
from annotator.formats.overlap_policy import counted
from annotator.formats.reading.decoding import decoded, in_utf8, read_bytes, read_head
from annotator.formats.reading.file_names import FileNames
from annotator.formats.reading.offsets import Moved
from annotator.formats.relations import Ties, derived_uid, read_beyond, relation_fields, relations_last, written_beyond

ATTRIBUTION, CONTENT, CUE, SOURCE = "Attribution", "Content", "Cue", "Source"
FIELDS = "AnnotatorFields"
"""The type of the notes that hold further fields as JSON."""

_GRADES = {
    "Reliability": ("reliability", tuple("ABCDEF")),
    "Credibility": ("credibility", tuple("123456")),
    "Confidence": ("confidence", ("low", "moderate", "high")),
}
"""Attributes that hold grades: the field of each, and its values."""

_WRITTEN_BY = "# Written by Annotator."
_TAKEN = ("text", "annotations")


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path``: a text, its annotations and the other fields for each document."""
    types = _Types(corpus.labels)
    _write_configuration(corpus, types, path)
    names = FileNames()
    ties = Ties(corpus.relations)
    documents = annotations = empty = 0
    for document, own in corpus.documents:
        name = names.name_of(document.title)
        within, beyond = ties.of(own)
        sheet = _Sheet(types)
        for annotation in own:
            sheet.annotation(annotation, document.text)
        for tie in within:
            sheet.relation(tie.relation.kind, tie.from_uid, tie.to_uid, relation_fields(tie))
        empty += sheet.empty
        fields = shown_fields(document) | {"further": further_fields(document)} | free_facts(document.facts, _TAKEN)
        _write(path / f"{name}.txt", document.text)
        _write(path / f"{name}.ann", "".join(sheet.lines))
        _write(path / f"{name}{brat_folder.SIDECAR}", _json(fields | written_beyond(beyond)) + "\n")
        documents += 1
        annotations += len(own) - sheet.empty
    losses = ties.losses()
    if empty:
        losses.append(f"{counted(empty, 'annotation')} left out: they cover nothing but line ends")
    if barred := sum("|" in label.name for label in corpus.labels):
        losses.append(f"{counted(barred, 'label')} written with “/” for “|”, which divides the names of labels in brat")
    return Written(documents, annotations, tuple(losses))


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode())


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class _Types:
    """The types of brat by the names of labels: letters, digits, ``_`` and ``-``, all different."""

    def __init__(self, labels: Iterable[LabelRecord]) -> None:
        self._of: dict[str, str] = {}
        self._taken = {ATTRIBUTION.casefold(), CUE.casefold(), SOURCE.casefold()}
        for label in labels:
            self.of(label.name)

    def of(self, label: str) -> str:
        if label not in self._of:
            name = found = re.sub(r"[^\w-]+", "_", label).strip("_") or "label"
            number = 2
            while found.casefold() in self._taken:
                found, number = f"{name}_{number}", number + 1
            self._taken.add(found.casefold())
            self._of[label] = found
        return self._of[label]


class _Sheet:
    """The lines of one file of annotations, with the ids that were assigned."""

    def __init__(self, types: _Types) -> None:
        self.lines: list[str] = []
        self.empty = 0
        self._types = types
        self._ids: dict[str, str] = {}
        self._counts = dict.fromkeys("TERA#", 0)

    def annotation(self, annotation: AnnotationRecord, text: str) -> None:
        fragments = _in_lines(annotation.fragments, text)
        if not fragments:
            self.empty += 1
            return
        label = self._types.of(annotation.label)
        id = self._ids[annotation.uid] = self._span(label, fragments, text)
        fields = annotation_fields(annotation)
        stated = fields.pop("note", "")
        for name, (field, _) in _GRADES.items():
            if (value := fields.pop(field, None)) is not None:
                self._line("A", f"{name} {id} {value}")
        if cue := _in_lines(annotation.cue, text):
            fields.pop("cue")
        if mention := _in_lines(annotation.mention, text):
            fields.pop("mention")
        if annotation.fragments != _joined(fragments, text):
            fields["fragments"] = [tuple(span) for span in annotation.fragments]
        for name, spans, written in (("cue", annotation.cue, cue), ("mention", annotation.mention, mention)):
            if written and spans != _joined(written, text):
                fields[name] = [tuple(span) for span in spans]
        if cue or mention:
            self._attribution(id, fragments, cue, mention, text)
        if stated:
            # A note is one line; its line ends are kept in the fields.
            self._line("#", f"{NOTE} {id}\t{' '.join(stated.split())}")
            if " ".join(stated.split()) != stated:
                fields["note"] = stated
        self._line("#", f"{FIELDS} {id}\t{_json(fields)}")

    def _attribution(
        self, content: str, fragments: Sequence[Span], cue: Sequence[Span], mention: Sequence[Span], text: str
    ) -> None:
        """Write the event that connects an annotation with its cue and its source mention."""
        trigger = self._span(ATTRIBUTION, cue or fragments, text)
        arguments = [f"{ATTRIBUTION}:{trigger}", f"{CONTENT}:{content}"]
        if cue:
            arguments.append(f"{CUE}:{self._span(CUE, cue, text)}")
        if mention:
            arguments.append(f"{SOURCE}:{self._span(SOURCE, mention, text)}")
        self._line("E", " ".join(arguments))

    def relation(self, kind: str, from_uid: str, to_uid: str, fields: dict[str, str]) -> None:
        if from_uid not in self._ids or to_uid not in self._ids:
            return
        type = re.sub(r"[^\w-]+", "_", kind).strip("_") or "related"
        id = self._line("R", f"{type} Arg1:{self._ids[from_uid]} Arg2:{self._ids[to_uid]}")
        if type != kind:
            fields = fields | {"relation": kind}
        self._line("#", f"{FIELDS} {id}\t{_json(fields)}")

    def _span(self, type: str, fragments: Sequence[Span], text: str) -> str:
        place = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(span.of(text) for span in fragments)
        return self._line("T", f"{type} {place}\t{words}")

    def _line(self, kind: str, rest: str) -> str:
        self._counts[kind] += 1
        id = f"{kind}{self._counts[kind]}"
        self.lines.append(f"{id}\t{rest}\n")
        return id


def _in_lines(fragments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return ``fragments`` cut at line ends, which a span of brat must not contain."""
    found: list[Span] = []
    for start, end in fragments:
        pieces = re.finditer(r"[^\n]+", text[start:end])
        found += [Span(start + piece.start(), start + piece.end()) for piece in pieces]
    return tuple(found)


def _joined(fragments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Return ``fragments`` as they were before they were cut at line ends."""
    found: list[Span] = []
    for span in fragments:
        if found and span.start > found[-1].end and not text[found[-1].end : span.start].strip("\n"):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return tuple(found)


def _write_configuration(corpus: Corpus, types: _Types, path: Path) -> None:
    """Write ``annotation.conf`` and ``visual.conf``: the types of the annotations, their names and colours."""
    entities = [f"{types.of(label.name)}\n" for label in corpus.labels]
    kinds = sorted({re.sub(r"[^\w-]+", "_", relation.kind).strip("_") or "related" for relation in corpus.relations})
    attributes = [f"{name}\tArg:<ENTITY>, Value:{'|'.join(values)}\n" for name, (_, values) in _GRADES.items()]
    parts = {
        "entities": [*entities, f"{CUE}\n", f"{SOURCE}\n"],
        "relations": [f"{kind}\tArg1:<ENTITY>, Arg2:<ENTITY>\n" for kind in kinds],
        "events": [f"{ATTRIBUTION}\t{CONTENT}:<ENTITY>, {CUE}?:{CUE}, {SOURCE}?:{SOURCE}\n"],
        "attributes": attributes,
    }
    _write(path / "annotation.conf", _sections(parts))
    labels = [f"{types.of(label.name)} | {label.name.replace('|', '/')}\n" for label in corpus.labels]
    colours = [f"{types.of(label.name)}\tbgColor:{label.color}\n" for label in corpus.labels]
    _write(path / "visual.conf", _sections({"labels": labels, "drawing": colours}))


def _sections(parts: dict[str, list[str]]) -> str:
    return f"{_WRITTEN_BY}\n" + "".join(f"\n[{name}]\n{''.join(lines)}" for name, lines in parts.items())


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Return the article of a text with the annotations of all its files.

    ``path``: the text, or a file of annotations. Raise ImportRefused where the text cannot be read.
    """
    read_together = brat_folder.text_and_annotations(path)
    if read_together is None:
        raise ImportRefused(f"“{path.name}” has no text beside it: put NAME.txt beside NAME.ann.")
    return relations_last(_read(*read_together))


def _read(path: Path, files: Sequence[Path]) -> Iterator[Incoming]:
    data = read_bytes(path)
    text = in_utf8(data, path.name)
    raw = _as_counted(data, text)
    moved = Moved(raw) if len(raw) != len(text) else None
    configuration = _configuration(path.parent, _written_at(path.parent))
    if configuration.labels:
        yield Vocabulary(configuration.labels)
    annotations: list[IncomingAnnotation] = []
    others: list[Incoming] = []
    for file in files:
        try:
            content = in_utf8(read_bytes(file), file.name) if file.stat().st_size else ""
        except ImportRefused as error:
            others.append(Refusal(file.name, str(error)))
            continue
        annotator = brat_folder.annotator_of(file, path)
        reading = _Reading(parsed(content, file.name), text, moved, file.name, annotator, configuration.names)
        annotations += reading.annotations()
        others += [*reading.relations(), *reading.left_over()]
    fields, beyond = _sidecar(path, others)
    if not text.strip():
        raise ImportRefused(f"“{path.name}” has no words.")
    yield article_of(
        text,
        fields,
        annotations,
        path=path,
        number=1,
        format=FORMAT.id,
        digest=hashlib.sha256(data).hexdigest(),
    )
    yield from others
    yield from read_beyond(beyond, path.name)


def _as_counted(data: bytes, text: str) -> str:
    """Return the text with the line ends and the byte order mark that brat counts: where it is UTF-8, as brat
    requires.
    """
    if b"\r" not in data and not data.startswith(b"\xef\xbb\xbf"):
        return text
    try:
        return data.decode()
    except UnicodeDecodeError:
        return text


def _sidecar(path: Path, refused: list[Incoming]) -> tuple[dict[str, Any], Any]:
    """Return what our export wrote beside a text: the fields of the document, and relations to other documents."""
    beside = path.with_name(f"{path.stem}{brat_folder.SIDECAR}")
    if not beside.is_file():
        return {"title": ""}, ()
    try:
        fields: dict[str, Any] = msgspec.json.decode(read_bytes(beside), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, AnnotatorError, UnicodeDecodeError):
        refused.append(Refusal(beside.name, "It is not JSON: the document is imported without its data."))
        return {"title": ""}, ()
    further = fields.pop("further", {})
    beyond = fields.pop("relations_beyond", ())
    return fields | (further if isinstance(further, dict) else {"further": further}), beyond


class _Reading:
    """The annotations of one file about one text."""

    def __init__(
        self, lines: Lines, text: str, moved: Moved | None, name: str, annotator: str, names: Mapping[str, str]
    ) -> None:
        self.annotator = annotator
        self._lines = lines
        self._text = text
        self._moved = moved
        self._name = name
        self._names = names
        self._refused: list[Refusal] = list(lines.refused)
        self._key = hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()
        self._uids: dict[str, str] = {}
        """Annotations by the id of their T line, and of the event whose trigger they are."""
        self._attributions = {
            id: event for id, event in lines.events.items() if any(_is(role, CONTENT) for role, _ in event.arguments)
        }

    def annotations(self) -> Iterator[IncomingAnnotation]:
        """Return attributions first, then every other span, in the order of the file."""
        parts: set[str] = set()
        found: list[tuple[int, IncomingAnnotation]] = []
        for id, event in self._attributions.items():
            found += self._attributed(id, event, parts)
        triggers = {event.trigger: id for id, event in self._lines.events.items() if id not in self._attributions}
        for id, span in self._lines.spans.items():
            if id in parts:
                continue
            try:
                taken = self._annotation(id, span, [triggers[id]] if id in triggers else [])
            except AnnotatorError as error:
                self._refuse(span.line, error)
            else:
                found.append((span.line, taken))
        return (taken for _, taken in sorted(found, key=lambda one: one[0]))

    def _attributed(self, id: str, event: Event, parts: set[str]) -> Iterator[tuple[int, IncomingAnnotation]]:
        """Yield an annotation for each content of an attribution; all of them have its cue and its sources."""
        spans = self._lines.spans
        by_role: dict[str, list[str]] = {CONTENT: [], CUE: [], SOURCE: []}
        for role, target in event.arguments:
            for known, targets in by_role.items():
                if _is(role, known):
                    targets.append(target)
        if missing := [target for _, target in event.arguments if target not in spans]:
            self._refuse(event.line, InvalidValue(f"The event {id} refers to {missing[0]}, which is not a span."))
            return
        try:
            cue, mention = (self._united([spans[target] for target in by_role[role]]) for role in (CUE, SOURCE))
            trigger = self._united([spans[event.trigger]]) if event.trigger in spans else ()
        except AnnotatorError as error:
            self._refuse(event.line, error)
            return
        parts.update((*by_role[CUE], *by_role[SOURCE]))
        if not trigger or trigger in (cue, self._united([spans[target] for target in by_role[CONTENT][:1]])):
            parts.add(event.trigger)
        for content in by_role[CONTENT]:
            if content in self._uids:
                # In several attributions: a second annotation with other attributes.
                again = derived_uid(self._key, content, id)
            else:
                again = ""
            parts.add(content)
            try:
                taken = self._annotation(
                    content, spans[content], [id], cue=cue, mention=mention, uid=again, event=event.type
                )
            except AnnotatorError as error:
                self._refuse(spans[content].line, error)
            else:
                self._uids.setdefault(id, taken.uid)
                yield spans[content].line, taken

    def _annotation(
        self,
        id: str,
        span: TextBound,
        events: Sequence[str],
        *,
        cue: tuple[Span, ...] = (),
        mention: tuple[Span, ...] = (),
        uid: str = "",
        event: str = "",
    ) -> IncomingAnnotation:
        """Return one annotation with all attributes and notes of its line, and of the events whose trigger it is."""
        fragments = self._united([span])
        features: dict[str, Any] = {}
        grades: dict[str, Any] = {}
        notes: list[str] = []
        fields: dict[str, Any] = {}
        for target in (id, *events):
            for attribute in self._lines.attributes.get(target, ()):
                field, values = _GRADES.get(attribute.name, ("", ()))
                if attribute.value in values:
                    grades[field] = int(attribute.value) if field == "credibility" else attribute.value
                else:
                    features[attribute.name] = attribute.value or True
            for entry in self._lines.normalisations.get(target, ()):
                known = features.setdefault("normalisation", [])
                known.append({"resource": entry.resource, "id": entry.id, "words": entry.words})
            for note in self._lines.notes.get(target, ()):
                if note.type == FIELDS and (stated := _object(note.words)) is not None:
                    fields |= stated
                elif note.type == NOTE:
                    notes.append(note.words)
                else:
                    features.setdefault(note.type, note.words)
        if event and event != ATTRIBUTION:
            features["event"] = event
        exact = fields.pop("fragments", None)
        if exact is not None:
            fragments = self._stated(exact) or fragments
        stated = {"cue": cue, "mention": mention, "note": "\n".join(notes), "annotator": self.annotator, **grades}
        if "uid" not in fields:
            fields["uid"] = uid or derived_uid(self._key, id)
        taken = annotation_of(
            self._names.get(span.type, span.type),
            fragments,
            fields,
            self._text,
            quote=self._quote(span, fragments),
            features=features,
            **stated,
        )
        for known in (id, *events):
            self._uids.setdefault(known, taken.uid)
        return taken

    def _stated(self, pairs: Any) -> tuple[Span, ...]:
        try:
            return checked_fragments(pairs, len(self._text))
        except InvalidSpan:
            return ()

    def _quote(self, span: TextBound, fragments: tuple[Span, ...]) -> str:
        """Return the words that the file states, where they must be searched for; empty where they are at the offsets.

        Raise InvalidSpan for a span in fragments that has other words.
        """
        offsets = self._shifted(span.offsets)
        covered = " ".join(self._text[start:end] for start, end in offsets)
        if not span.words or _same(covered, span.words):
            return ""
        if len(offsets) > 1:
            raise InvalidSpan(f"Its words {span.words[:60]!r} are not at its offsets.")
        return span.words

    def _shifted(self, offsets: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        moved = self._moved
        return offsets if moved is None else [(moved(start), moved(end)) for start, end in offsets]

    def _united(self, spans: Sequence[TextBound]) -> tuple[Span, ...]:
        """Return the fragments of one span or of several together, with the line ends within them covered again.

        Raise InvalidSpan.
        """
        if len(spans) == 1:
            pairs = self._shifted(spans[0].offsets)
        else:
            pairs = sorted(pair for span in spans for pair in self._shifted(span.offsets))
            merged: list[tuple[int, int]] = []
            for start, end in pairs:
                if merged and start < merged[-1][1]:
                    merged[-1] = (merged[-1][0], max(merged[-1][1], end))
                else:
                    merged.append((start, end))
            pairs = merged
        return _joined(checked_fragments(pairs, len(self._text)), self._text) if pairs else ()

    def relations(self) -> Iterator[Incoming]:
        """Yield relations between annotations, and between the trigger of an event and its arguments."""
        for id, relation in self._lines.relations.items():
            fields: dict[str, Any] = {}
            notes: list[str] = []
            for note in self._lines.notes.get(id, ()):
                stated = _object(note.words) if note.type == FIELDS else None
                if stated is None:
                    notes.append(note.words)
                else:
                    fields |= stated
            texts = {name: value for name, value in fields.items() if isinstance(value, str)}
            yield self._tie(
                texts.get("relation", relation.type),
                relation.first,
                relation.second,
                relation.line,
                note=texts.get("note", "\n".join(notes)),
                annotator=texts.get("annotator", self.annotator),
                uid=texts.get("uid", ""),
            )
        for id, event in self._lines.events.items():
            for role, target in event.arguments:
                is_part = id in self._attributions and any(_is(role, known) for known in (CONTENT, CUE, SOURCE))
                if not is_part:
                    yield self._tie(role, id, target, event.line, annotator=self.annotator)

    def _tie(self, kind: str, first: str, second: str, line: int, **fields: str) -> Incoming:
        ends = self._uids.get(first), self._uids.get(second)
        if ends[0] is None or ends[1] is None:
            missing = first if ends[0] is None else second
            return Refusal(
                f"{self._name}, line {line}", f"It relates {missing}, which is not an annotation of the file."
            )
        fields["uid"] = fields.get("uid") or derived_uid(self._key, kind, first, second, line)
        return IncomingRelation(kind, ends[0], ends[1], **fields)

    def left_over(self) -> Iterator[Refusal]:
        """Yield refusals of bad lines, and of attributes and notes whose annotation was not imported."""
        yield from self._refused
        known = {*self._uids, *self._lines.relations, *self._lines.spans, *self._lines.events}
        for held in (self._lines.attributes, self._lines.normalisations, self._lines.notes):
            for target, lines in held.items():
                if target not in known:
                    yield Refusal(f"{self._name}, line {lines[0].line}", f"It is about {target}, which is not there.")

    def _refuse(self, line: int, error: Exception) -> None:
        self._refused.append(Refusal(f"{self._name}, line {line}", str(error)))


def _is(role: str, known: str) -> bool:
    """Return whether a role is the given one; brat numbers roles that occur several times."""
    return role.rstrip("0123456789") == known


def _same(covered: str, words: str) -> bool:
    return covered == words or covered.split() == words.split()


def _object(words: str) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = msgspec.json.decode(words, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return value


class _Configuration(msgspec.Struct, frozen=True):
    """The configuration of a folder: its labels, and their full names by their types."""

    labels: tuple[LabelRecord, ...]
    names: dict[str, str]


def _written_at(folder: Path) -> tuple[int, ...]:
    """Return when the configuration of a folder was written."""
    found = []
    for name in brat_folder.CONFIGURATION[:2]:
        try:
            found.append((folder / name).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


@lru_cache(maxsize=64)
def _configuration(folder: Path, _stamp: tuple[int, ...]) -> _Configuration:
    sections = {**_read_sections(folder / "annotation.conf", ("entities", "events"))}
    looks = _read_sections(folder / "visual.conf", ("labels", "drawing"))
    names: dict[str, str] = {}
    # The other names of a type are abbreviations or translations; its name is the type.
    for line in looks["labels"] if _is_ours(folder / "visual.conf") else ():
        type, *shown = [piece.strip() for piece in line.split("|")]
        if shown and shown[0]:
            names[type] = shown[0]
    colours: dict[str, str] = {}
    for line in looks["drawing"]:
        if found := re.search(r"bgColor:(#[0-9A-Fa-f]{6})\b", line):
            colours[line.split()[0]] = found[1]
    events = [line for line in sections["events"] if not line.startswith("<")]
    attributions = [line for line in events if re.search(rf"\b{CONTENT}\d*[?*+]?(?:{{\S*}})?:", line)]
    plain = [line for line in sections["entities"] if not line.startswith(("<", "!", "-"))]
    types = [line.split()[0] for line in (*plain, *(line for line in events if line not in attributions))]
    types = [type for type in types if not type.startswith("!") and not (attributions and type in (CUE, SOURCE))]
    labels = []
    for number, type in enumerate(dict.fromkeys(types)):
        color = colours.get(type, OKABE_ITO[number % len(OKABE_ITO)])
        labels.append(LabelRecord(0, names.get(type, type), "", color, None, "", number))
    return _Configuration(tuple(labels), names)


def _is_ours(path: Path) -> bool:
    try:
        return read_head(path).startswith(_WRITTEN_BY.encode())
    except ImportRefused:
        return False


def _read_sections(path: Path, wanted: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines of some sections of a configuration, without comments; empty where there is none."""
    found: dict[str, list[str]] = {name: [] for name in wanted}
    try:
        content = decoded(read_bytes(path), path.name).text
    except (ImportRefused, InvalidText):
        return found
    section = ""
    for line in content.split("\n"):
        line = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
        if heading := re.fullmatch(r"\s*\[(\w+)\]\s*", line):
            section = heading[1]
        elif line.strip() and section in found:
            found[section].append(line.strip())
    return found


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file contains annotations of brat, or a text that has some."""
    if path.suffix.lower() in brat_folder.ANNOTATIONS:
        return b"\0" not in head
    return path.suffix.lower() == ".txt" and bool(brat_folder.annotations_of(path))


FORMAT = Format(
    id="brat",
    name="brat standoff",
    suffixes=(".ann", ".a1", ".a2"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, *PROJECT_DATA),
    example="corpus.brat",
    is_folder=True,
    part_of=brat_folder.part_of,
)
