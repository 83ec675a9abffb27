"""Write brat standoff: a folder with a text, its annotations and its other fields for each document."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.records import AnnotationRecord, LabelRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.brat import brat_folder
from annotator.formats.corpora.brat.line_ends import in_lines, joined
from annotator.formats.corpora.brat.standoff import NOTE
from annotator.formats.corpora.brat.vocabulary import ATTRIBUTION, CONTENT, CUE, FIELDS, GRADES, SOURCE, WRITTEN_BY
from annotator.formats.native_fields import free_facts, further_fields, given_annotation_fields, shown_fields
from annotator.formats.reading.file_names import FileNames
from annotator.formats.relations import RelationsByDocument, relation_fields, written_beyond

_RESERVED_NAMES = ("text", "annotations")


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path``: a text, its annotations and the other fields for each document."""
    types = _Types(corpus.labels)
    _write_configuration(corpus, types, path)
    names = FileNames()
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = empty = 0
    for document, own in corpus.documents:
        name = names.name_of(document.title)
        within, beyond = by_document.of(own)
        lines_of_file = _AnnotationLines(types)
        for annotation in own:
            lines_of_file.annotation(annotation, document.text)
        for related in within:
            lines_of_file.relation(related.relation.kind, related.from_uid, related.to_uid, relation_fields(related))
        empty += lines_of_file.empty
        fields = (
            shown_fields(document) | {"further": further_fields(document)} | free_facts(document.facts, _RESERVED_NAMES)
        )
        _write(path / f"{name}.txt", document.text)
        _write(path / f"{name}.ann", "".join(lines_of_file.lines))
        _write(path / f"{name}{brat_folder.SIDECAR}", _json(fields | written_beyond(beyond)) + "\n")
        documents += 1
        annotations += len(own) - lines_of_file.empty
    losses = by_document.losses()
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
        """Return the type of a label; the same one for each call."""
        if label not in self._of:
            name = found = re.sub(r"[^\w-]+", "_", label).strip("_") or "label"
            number = 2
            while found.casefold() in self._taken:
                found, number = f"{name}_{number}", number + 1
            self._taken.add(found.casefold())
            self._of[label] = found
        return self._of[label]


class _AnnotationLines:
    """The lines of one file of annotations, with the ids that were assigned."""

    def __init__(self, types: _Types) -> None:
        self.lines: list[str] = []
        self.empty = 0
        self._types = types
        self._ids: dict[str, str] = {}
        self._counts = dict.fromkeys("TERA#", 0)

    def annotation(self, annotation: AnnotationRecord, text: str) -> None:
        """Add the lines of an annotation."""
        fragments = in_lines(annotation.fragments, text)
        if not fragments:
            self.empty += 1
            return
        label = self._types.of(annotation.label)
        id = self._ids[annotation.uid] = self._span(label, fragments, text)
        fields = given_annotation_fields(annotation)
        stated = fields.pop("note", "")
        for name, (field, _) in GRADES.items():
            if (value := fields.pop(field, None)) is not None:
                self._line("A", f"{name} {id} {value}")
        if cue := in_lines(annotation.cue, text):
            fields.pop("cue")
        if mention := in_lines(annotation.mention, text):
            fields.pop("mention")
        if annotation.fragments != joined(fragments, text):
            fields["fragments"] = [tuple(span) for span in annotation.fragments]
        for name, spans, written in (("cue", annotation.cue, cue), ("mention", annotation.mention, mention)):
            if written and spans != joined(written, text):
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
        """Add the lines of a relation, where both annotations were written."""
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


def _write_configuration(corpus: Corpus, types: _Types, path: Path) -> None:
    """Write ``annotation.conf`` and ``visual.conf``: the types of the annotations, their names and colours."""
    entities = [f"{types.of(label.name)}\n" for label in corpus.labels]
    kinds = sorted({re.sub(r"[^\w-]+", "_", relation.kind).strip("_") or "related" for relation in corpus.relations})
    attributes = [f"{name}\tArg:<ENTITY>, Value:{'|'.join(values)}\n" for name, (_, values) in GRADES.items()]
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
    return f"{WRITTEN_BY}\n" + "".join(f"\n[{name}]\n{''.join(lines)}" for name, lines in parts.items())
