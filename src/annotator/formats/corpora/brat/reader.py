"""Read brat standoff: a text with the annotations of all its files."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan, InvalidValue
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import Incoming, IncomingAnnotation, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.brat import brat_folder
from annotator.formats.corpora.brat.configuration import configuration_of, written_at
from annotator.formats.corpora.brat.line_ends import joined
from annotator.formats.corpora.brat.standoff import NOTE, Event, Lines, TextBound, parsed
from annotator.formats.corpora.brat.vocabulary import ATTRIBUTION, CONTENT, CUE, FIELDS, GRADES, ID, SOURCE
from annotator.formats.native_fields import annotation_of, article_of
from annotator.formats.reading.decoding import in_utf8, read_bytes
from annotator.formats.reading.offsets import CanonicalOffsets
from annotator.formats.relations import derived_uid, read_beyond, relations_last


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
    offsets = CanonicalOffsets(raw) if len(raw) != len(text) else None
    configuration = configuration_of(path.parent, written_at(path.parent))
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
        reader = _AnnotationReader(parsed(content, file.name), text, offsets, file.name, annotator, configuration.names)
        annotations += reader.annotations()
        others += [*reader.relations(), *reader.left_over()]
    fields, beyond = _sidecar(path, others)
    if not text.strip():
        raise ImportRefused(f"“{path.name}” has no words.")
    yield article_of(
        text,
        fields,
        annotations,
        path=path,
        number=1,
        format=ID,
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


class _AnnotationReader:
    """The annotations of one file about one text."""

    def __init__(
        self,
        lines: Lines,
        text: str,
        offsets: CanonicalOffsets | None,
        name: str,
        annotator: str,
        names: Mapping[str, str],
    ) -> None:
        self.annotator = annotator
        self._lines = lines
        self._text = text
        self._offsets = offsets
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
                field, values = GRADES.get(attribute.name, ("", ()))
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

    def _shifted(self, pairs: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        return pairs if self._offsets is None else self._offsets.canonical_pairs(pairs)

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
        return joined(checked_fragments(pairs, len(self._text)), self._text) if pairs else ()

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
            yield self._relation(
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
                    yield self._relation(role, id, target, event.line, annotator=self.annotator)

    def _relation(self, kind: str, first: str, second: str, line: int, **fields: str) -> Incoming:
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
                    yield Refusal(f"{self._name}, line {lines[0].line}", f"It is about {target}, which does not exist.")

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
