"""REFI-QDA project (``.qdpx``): a ZIP archive of ``project.qde``, which is XML, and the sources as text files.

Source: the REFI-QDA standard 1.5, ``Project.xsd``, and the practice of QualCoder, MAXQDA, ATLAS.ti and NVivo.

Positions are characters of the plain text. The standard calls ``endPosition`` the last character, and the tools write
one past it; some count the CR before a LF or a byte order mark, and those that use UTF-16 count an emoji as two. So the
way of counting is inferred from the file: from the selected words, which most tools give as the selection's name, from
selections that one way of counting would make empty or too long, and from those that would cut a word in two
(``Counting``). Where this does not decide, the end is one past the last character, as we write it.

A coding is an annotation and its code the label. The selection's description is its note, as in QualCoder and MAXQDA;
annotator and time are in the attributes of the standard. The standard cannot hold grades and other fields: they are,
readable, in a memo that the codings refer to. Fragments are one selection each, connected by that memo. Facts of
documents are variables, relations are links.
"""

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan
from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import Corpus, Format, Incoming, IncomingRelation, Refusal, Vocabulary, Written
from annotator.formats.corpora.refi.codes import Codes, add_codes, derived_guid, guid_of, text_in, uid_of
from annotator.formats.facets import JUDGEMENTS, Facet
from annotator.formats.native_fields import annotation_fields, annotation_of, article_of, further_fields, shown_fields
from annotator.formats.overlap_policy import counted
from annotator.formats.reading.archive_members import Archive, archive_of
from annotator.formats.reading.article_structure import title_from
from annotator.formats.reading.decoding import decoded
from annotator.formats.reading.offsets import Moved, Utf16
from annotator.formats.reading.xml_files import children, local, root_of
from annotator.formats.reading.xml_text import Fitting, serialised
from annotator.formats.relations import Ties

_SPACE = "urn:QDA-XML:project:1.0"
_NOTE = "Annotator"
"""The name of our memos, by which an import recognises them."""

_LONGEST_NAME = 300
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_NO_DAY = "2000-01-01T00:00:00Z"
"""Replacement of an unknown time where one is required: QualCoder fails on a source without one."""

_VARIABLES = {"source": "Source", "author": "Author", "published_at": "Published", "language": "Language"} | {
    "address": "Address",
    "status": "Status",
}
_OF_VARIABLE = {words: name for name, words in _VARIABLES.items()}
_TYPES: dict[type, tuple[str, str]] = {
    str: ("Text", "TextValue"),
    bool: ("Boolean", "BooleanValue"),
    int: ("Integer", "IntegerValue"),
}
_SELECTIONS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")
_FILE_NAME = re.compile(r".*\.(txt|docx?|rtf|pdf|odt|md|html?)", re.IGNORECASE | re.DOTALL)

# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write the project to ``path``: first the texts, then the XML that describes them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        return _Writing(corpus, archive).run()


class _Writing:
    """One export. Sources, memos and links are kept as bytes until users, codes and variables are known."""

    def __init__(self, corpus: Corpus, archive: zipfile.ZipFile) -> None:
        self._corpus = corpus
        self._archive = archive
        self._fitting = Fitting()
        self._ties = Ties(corpus.relations)
        self._users: set[str] = set()
        self._labels: set[str] = set()
        self._variables: dict[str, str] = {}
        self._gapped = 0

    def run(self) -> Written:
        documents = annotations = 0
        with (
            SpooledTemporaryFile(2**24) as sources,
            SpooledTemporaryFile(2**24) as notes,
            SpooledTemporaryFile(2**24) as links,
        ):
            for document, own in self._corpus.documents:
                self._document(document, own, sources, notes)
                for tie in chain(*self._ties.of(own)):
                    self._link(tie, links, notes)
                documents += 1
                annotations += len(own)
            self._project(sources, notes, links)
        losses = [*self._fitting.losses(), *self._ties.losses()]
        if self._gapped:
            losses.append(f"{counted(self._gapped, 'annotation')} in fragments written as separate selections")
        if any(label.key for label in self._corpus.labels):
            losses.append("Keys of labels left out")
        return Written(documents, annotations, tuple(losses))

    def _project(self, sources: Any, notes: Any, links: Any) -> None:
        root = _element(
            "Project", {"name": self._fitting.value(self._corpus.title) or "Project", "origin": "Annotator"}
        )
        if self._users:
            users = _add(root, "Users")
            for name in sorted(self._users):
                _add(users, "User", {"guid": derived_guid("user", name), "name": self._fitting.value(name)})
        if self._labels or self._corpus.labels:
            add_codes(_add(root, "CodeBook"), self._corpus.labels, self._fitting, self._labels)
        if self._variables:
            variables = _add(root, "Variables")
            for name, kind in sorted(self._variables.items()):
                guid = derived_guid("variable", f"{kind} {name}")
                _add(variables, "Variable", {"guid": guid, "name": self._fitting.value(name), "typeOfVariable": kind})
        head = serialised(root).rstrip()
        head = head.removesuffix(b"</Project>").rstrip() if len(root) else head.removesuffix(b"/>") + b">"
        info = zipfile.ZipInfo("project.qde")
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(info, "w", force_zip64=True) as file:
            file.write(head + b"\n")
            for name, held in (("Sources", sources), ("Notes", notes), ("Links", links)):
                if held.tell():
                    held.seek(0)
                    file.write(f"<{name}>\n".encode())
                    while block := held.read(2**20):
                        file.write(block)
                    file.write(f"</{name}>\n".encode())
            file.write(b"</Project>\n")

    def _document(self, document: DocumentRecord, own: Sequence[AnnotationRecord], sources: Any, notes: Any) -> None:
        guid = guid_of(document.uid)
        info = zipfile.ZipInfo(f"sources/{guid}.txt")
        info.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(info, document.text.encode())
        timestamp = document.imported_at if _TIMESTAMP.fullmatch(document.imported_at) else _NO_DAY
        fields = {
            "guid": guid,
            "name": self._fitting.value(document.title),
            "plainTextPath": f"internal://{guid}.txt",
            "creationDateTime": timestamp,
        }
        source = _element("TextSource", fields)
        if document.note:
            _add(source, "Description").text = self._fitting.value(document.note)
        for annotation in own:
            self._annotation(source, document.text, annotation, notes)
        variables, further = self._facts(document)
        note = derived_guid("note", document.uid)
        _write(notes, self._note(note, timestamp, further))
        _add(source, "NoteRef", {"targetGUID": note})
        for name, value in variables.items():
            kind, tag = _TYPES[type(value)]
            self._variables[name] = kind
            held = _add(source, "VariableValue")
            _add(held, "VariableRef", {"targetGUID": derived_guid("variable", f"{kind} {name}")})
            words = str(value).lower() if isinstance(value, bool) else str(value)
            _add(held, tag).text = self._fitting.value(words)
        _write(sources, source)

    def _facts(self, document: DocumentRecord) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the facts of a document that become variables, and those that remain for its memo."""
        further = further_fields(document)
        further.pop("note", None)
        if uid_of(guid_of(document.uid)) == document.uid:
            del further["uid"]
        shown = shown_fields(document) | {"status": further.pop("status", "")}
        if (title := shown.pop("title", "")) and _title_of(title, "") != title:
            further["title"] = title
        variables: dict[str, Any] = {_VARIABLES[name]: value for name, value in shown.items() if value}
        held: dict[str, Any] = {}
        for name, value in sorted(document.facts.items()):
            is_plain = type(value) in _TYPES and name not in _OF_VARIABLE and name.casefold() not in _VARIABLES
            # A variable has one type; white space around its value would be lost.
            fits = (
                is_plain
                and name.strip() == name
                and self._variables.get(name, _TYPES[type(value)][0]) == (_TYPES[type(value)][0])
            )
            fits = fits and (not isinstance(value, str) or (value.strip() == value != ""))
            (variables if fits else held)[name] = value
        return variables, further | ({"facts": held} if held else {})

    def _annotation(self, source: Any, text: str, annotation: AnnotationRecord, notes: Any) -> None:
        fields = annotation_fields(annotation)
        note, annotator = fields.pop("note", ""), fields.pop("annotator", "")
        made = {}
        if annotator:
            self._users.add(annotator)
            made["creatingUser"] = derived_guid("user", annotator)
        if _TIMESTAMP.fullmatch(annotation.created_at):
            made["creationDateTime"] = fields.pop("created_at")
        changed = fields.pop("updated_at", "")
        if not _TIMESTAMP.fullmatch(changed):
            fields["updated_at"], changed = changed, ""
        if uid_of(guid_of(annotation.uid)) == annotation.uid:
            del fields["uid"]
        fields = {name: value for name, value in fields.items() if value or value == 0}
        is_gapped = len(annotation.fragments) > 1
        self._gapped += is_gapped
        self._labels.add(annotation.label)
        memo = derived_guid("memo", annotation.uid) if fields or is_gapped else ""
        if memo:
            _write(notes, self._note(memo, made.get("creationDateTime", _NO_DAY), fields))
        for part, span in enumerate(annotation.fragments):
            place = {
                "guid": derived_guid("selection", f"{annotation.uid} {part}"),
                "name": self._fitting.value(_cut(span.of(text))),
                "startPosition": str(span.start),
                "endPosition": str(span.end),
            }
            selection = _add(
                source, "PlainTextSelection", place | made | ({"modifiedDateTime": changed} if changed else {})
            )
            if note and part == 0:
                _add(selection, "Description").text = self._fitting.value(note)
            guid = derived_guid("coding", f"{annotation.uid} {part}") if part else guid_of(annotation.uid)
            coding = _add(selection, "Coding", {"guid": guid, **made})
            _add(coding, "CodeRef", {"targetGUID": derived_guid("code", annotation.label)})
            if memo:
                _add(coding, "NoteRef", {"targetGUID": memo})

    def _link(self, tie: Any, links: Any, notes: Any) -> None:
        relation = tie.relation
        ends = {
            "originGUID": guid_of(tie.from_uid),
            "targetGUID": guid_of(tie.to_uid),
        }
        name = self._fitting.value(relation.kind)
        link = _element("Link", {"guid": guid_of(relation.uid), "name": name, "direction": "OneWay", **ends})
        fields = {"note": relation.note, "annotator": relation.annotator}
        if any(fields.values()):
            memo = derived_guid("memo of link", relation.uid)
            _add(link, "NoteRef", {"targetGUID": memo})
            _write(notes, self._note(memo, _NO_DAY, {name: value for name, value in fields.items() if value}))
        _write(links, link)

    def _note(self, guid: str, timestamp: str, fields: Mapping[str, Any]) -> Any:
        note = _element("Note", {"guid": guid, "name": _NOTE, "creationDateTime": timestamp})
        lines = "\n".join(f"{name}: {_words(value)}" for name, value in fields.items())
        _add(note, "PlainTextContent").text = self._fitting.value(lines)
        return note


def _element(tag: str, fields: Mapping[str, str]) -> Any:
    from lxml import etree

    return etree.Element(f"{{{_SPACE}}}{tag}", dict(fields), nsmap={None: _SPACE})


def _add(above: Any, tag: str, fields: Mapping[str, str] | None = None) -> Any:
    from lxml import etree

    return etree.SubElement(above, f"{{{_SPACE}}}{tag}", dict(fields or {}))


def _write(file: Any, element: Any) -> None:
    from lxml import etree

    etree.indent(element)
    # The element above it names the namespace.
    file.write(etree.tostring(element, encoding="UTF-8").replace(f' xmlns="{_SPACE}"'.encode(), b"", 1) + b"\n")


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"


def _words(value: Any) -> str:
    """Return a readable form of a value that can be converted back: JSON where plain words would be ambiguous."""
    if isinstance(value, str) and value == value.strip() and "\n" not in value and not _is_json(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_json(words: str) -> bool:
    try:
        json.loads(words)
    except (ValueError, RecursionError):
        return False
    return True


# ---------------------------------------------------------------------------------------------------- in


class Reading(NamedTuple):
    """One way to count positions in a text."""

    past: bool
    """Whether ``endPosition`` is one past the last character."""
    returns: bool = True
    """Whether the CR of a line end counts."""
    mark: bool = False
    """Whether a byte order mark counts."""
    wide: bool = False
    """Whether a character beyond U+FFFF counts as two."""


_READINGS = tuple(
    Reading(past, returns, mark, wide)
    for wide in (False, True)
    for mark in (False, True)
    for returns in (True, False)
    for past in (True, False)
)


class Source(NamedTuple):
    """A text of the archive, as decoded and as canonical text."""

    stated: str
    text: str

    def counting(self, reading: Reading) -> Callable[[int], int]:
        """Return the place in the canonical text of a position counted this way.

        Raise InvalidSpan inside a character.
        """
        stated = self.stated if reading.returns else re.sub("\r\n?", "\n", self.stated)
        if not reading.mark:
            stated = stated.removeprefix("\ufeff")
        wide = Utf16(stated) if reading.wide else None
        moved = Moved(stated) if len(stated) != len(self.text) else None

        def position(at: int) -> int:
            point = wide.point(at) if wide else at
            return moved(point) if moved else point

        return position


@dataclass
class Counting:
    """Collects, selection by selection, evidence on which way of counting fits a file."""

    named: Counter[Reading] = field(default_factory=Counter)
    """How well the selections match the words that they name, for each way of counting."""
    ends: Counter[bool] = field(default_factory=Counter)
    """How many selections are plausible with an end that is one past the last character, and with one that is not."""

    def vote(self, source: Source, selections: Sequence[tuple[int, int, str]]) -> None:
        text = source.text
        ways = {reading: source.counting(reading) for reading in self._telling(source)}
        plain = ways[_READINGS[0]]
        for start, end, name in selections:
            for reading, position in ways.items() if name.strip() else ():
                try:
                    span = Span(position(start), position(end if reading.past else end + 1))
                except InvalidSpan:
                    continue
                if _is_named(span.of(text), name):
                    # Some tools leave out white space at the edges, so the remaining words are weaker evidence.
                    self.named[reading] += 2 if _spaced(span.of(text)) == _spaced(name) else 1
            try:
                stop = plain(end)
            except InvalidSpan:
                continue
            if end == start or (_is_inside_word(text, stop) and not _is_inside_word(text, stop + 1)):
                self.ends[False] += 1
            elif stop == len(text) or (_is_inside_word(text, stop + 1) and not _is_inside_word(text, stop)):
                self.ends[True] += 1

    def reading(self) -> Reading:
        """Return the way of counting that fits best; among equals the most common one."""
        best = max(self.named.values(), default=0)
        if best:
            return next(reading for reading in _READINGS if self.named[reading] == best)
        return Reading(past=self.ends[True] >= self.ends[False])

    @staticmethod
    def _telling(source: Source) -> list[Reading]:
        """Return the ways of counting that differ for this text; the others would only repeat them."""
        has_returns, has_mark = "\r" in source.stated, source.stated.startswith("\ufeff")
        has_wide = any(character > "\uffff" for character in source.text)
        return [
            one
            for one in _READINGS
            if (one.returns or has_returns) and (not one.mark or has_mark) and (not one.wide or has_wide)
        ]


def _spaced(words: str) -> str:
    """Return words with a space for all white space, as in an attribute of XML."""
    return re.sub(r"\s+", " ", words)


def _is_named(words: str, name: str) -> bool:
    """Return whether a selection's name is the words that it covers, or their beginning."""
    words, name = _spaced(words).strip(), _spaced(name).strip()
    if words == name:
        return True
    cut = name.rstrip(".…")
    return cut != name and len(cut) > 10 and words.startswith(cut)


def _is_inside_word(text: str, position: int) -> bool:
    return 0 < position < len(text) and text[position - 1].isalnum() and text[position].isalnum()


def _project_in(archive: Archive) -> bytes:
    """Return the XML of the project, which some tools do not call ``project.qde``."""
    names = sorted(member.name for member in archive.members if re.fullmatch(r"[^/]+\.qde", member.name, re.IGNORECASE))
    if not names:
        raise ImportRefused(f"“{archive.name}” holds no project.qde: it is not a REFI-QDA project.")
    return archive.read(archive.find("project.qde") or names[0])


def _text_in(archive: Archive, path: str) -> bytes:
    """Return the file for a path of the project. Raise ImportRefused; nothing outside the archive is read."""
    scheme, _, place = path.rpartition("://")
    if scheme not in ("", "internal"):
        raise ImportRefused(f"Its text lies outside the archive ({path[:80]}), which is never read: import it itself.")
    place = place.replace("\\", "/").lstrip("/")
    member = archive.find(f"sources/{place}") or archive.find(place)
    if member is None:
        raise ImportRefused(f"Its text, {path[:80]}, is not in the archive.")
    return archive.read(member)


def read(path: Path) -> Iterator[Incoming]:
    """Yield the labels of a project, its texts with their annotations, then relations. Raise ImportRefused."""
    with archive_of(path) as archive:
        yield from archive.refusals
        yield from _Project(archive, path).items()


class _Found(NamedTuple):
    """A coding as the project states it."""

    selection: Any
    coding: Any
    label: str


class _Project:
    """One pass through a project."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self._archive = archive
        self._path = path
        self._root = root_of(_project_in(archive), f"{path.name}, project.qde")
        if local(self._root) != "Project":
            raise ImportRefused(f"“{path.name}” holds no project: its XML begins with “{local(self._root)[:40]}”.")
        parts = {local(part): part for part in self._root}
        self._codes = Codes()
        for codes in children(parts["CodeBook"], "Codes") if "CodeBook" in parts else ():
            self._codes.take(codes)
        self._users = self._named(parts, "Users", "User")
        self._variables = self._named(parts, "Variables", "Variable")
        self._notes = {uid_of(one.get("guid") or ""): one for one in self._of(parts, "Notes", "Note")}
        self._links = self._of(parts, "Links", "Link")
        self._sets = _by_member(self._of(parts, "Sets", "Set"), "MemberSource")
        self._cases = _by_member(self._of(parts, "Cases", "Case"), "SourceRef")
        self._sources = list(parts.get("Sources", ()))
        self._linked: dict[str, list[str]] = {}
        self._uids: dict[str, str] = {}
        """The uids of annotations by the GUIDs of their codings and selections."""
        self._told: set[str] = set()
        """The memos that were imported."""
        self._refused: list[Incoming] = []

    @staticmethod
    def _of(parts: Mapping[str, Any], name: str, tag: str) -> list[Any]:
        return children(parts[name], tag) if name in parts else []

    def _named(self, parts: Mapping[str, Any], name: str, tag: str) -> dict[str, str]:
        found = self._of(parts, name, tag)
        return {uid_of(one.get("guid") or ""): (one.get("name") or one.get("id") or "").strip() for one in found}

    def items(self) -> Iterator[Incoming]:
        for code in self._root.iter(f"{{{_space(self._root)}}}Code"):
            for note in self._plain_notes(code):
                self._codes.describe(self._codes.names.get(uid_of(code.get("guid") or ""), ""), note)
        if self._codes.labels:
            yield Vocabulary(tuple(self._codes.labels))
        # NVivo connects a memo with its subject by a link.
        for link in self._links:
            ends = [uid_of(link.get(name) or "") for name in ("originGUID", "targetGUID")]
            for note, other in (ends, ends[::-1]):
                if note in self._notes:
                    self._linked.setdefault(other, []).append(note)
        counting = Counting()
        for _, holder in self._texts():
            try:
                found = self._source(holder)
            except AnnotatorError:
                continue
            counting.vote(found, [one for one in map(_selected, children(holder, "PlainTextSelection")) if one])
        reading = counting.reading()
        for number, (source, holder) in enumerate(self._texts(), 1):
            name = source.get("name") or holder.get("name") or f"source {number}"
            try:
                yield self._article(source, holder, reading, name, number)
            except AnnotatorError as error:
                yield Refusal(name, str(error))
            yield from self._refused
            self._refused.clear()
        yield from self._left_out()
        yield from self._relations()

    def _texts(self) -> Iterator[tuple[Any, Any]]:
        """Yield each source with the element that holds its text: itself, or the text of a PDF or of a recording."""
        for source in self._sources:
            kind = local(source)
            if kind == "TextSource":
                yield source, source
            else:
                for holder in children(source, "Representation", "TextDescription", "Transcript"):
                    if holder.get("plainTextPath") or children(holder, "PlainTextContent"):
                        yield source, holder

    def _source(self, holder: Any) -> Source:
        for content in children(holder, "PlainTextContent"):
            stated = content.text or ""
            return Source(stated, _text(stated))
        path = holder.get("plainTextPath") or ""
        if not path:
            rich = holder.get("richTextPath") or ""
            raise ImportRefused(
                f"It has no plain text{f', only {rich[:80]}' if rich else ''}: positions have nothing to point to."
            )
        data = _text_in(self._archive, path)
        try:
            stated = data.decode("utf-8")
        except UnicodeDecodeError:
            return Source(text := decoded(data, path).text, text)
        return Source(stated, _text(stated))

    def _article(self, source: Any, holder: Any, reading: Reading, name: str, number: int) -> Incoming:
        found = self._source(holder)
        position = found.counting(reading)
        groups: dict[str, list[_Found]] = {}
        for selection in children(holder, "PlainTextSelection"):
            for one in self._codings(selection, name):
                memo = next(self._ours(one.coding), "")
                key = memo or f"{uid_of(one.coding.get('guid') or '')} {len(groups)}"
                groups.setdefault(key, []).append(one)
        annotations = []
        for parts in groups.values():
            try:
                annotations.append(self._annotation(parts, found.text, position, reading))
            except AnnotatorError as error:
                self._refused.append(Refusal(f"{name}, {parts[0].label}", str(error)))
        whole = [one for one in children(source, "Coding") if self._label(one)]
        fields = self._fields(source, holder, name)
        if whole:
            fields["codes"] = [self._label(one) for one in whole]
        return article_of(
            found.text,
            fields,
            annotations,
            path=self._path,
            number=number,
            format=FORMAT.id,
            digest=hashlib.sha256(found.stated.encode(errors="replace")).hexdigest(),
        )

    def _codings(self, selection: Any, name: str) -> Iterator[_Found]:
        codings = children(selection, "Coding")
        for coding in codings:
            label = self._label(coding)
            if label:
                yield _Found(selection, coding, label)
            else:
                place = f"{name}, {(selection.get('name') or 'a selection')[:40]}"
                self._refused.append(Refusal(place, "Its code is not in the code book."))
        if not codings:
            words = text_in(selection, "Description") or "\n".join(self._plain_notes(selection))
            place = f"{name}, {(selection.get('name') or 'a selection')[:40]}"
            quoted = f": “{words[:200]}”" if words else ""
            self._refused.append(
                Refusal(place, f"A selection without a code is a remark and not an annotation{quoted}.")
            )

    def _label(self, coding: Any) -> str:
        for code in children(coding, "CodeRef"):
            return self._codes.names.get(uid_of(code.get("targetGUID") or ""), "")
        return ""

    def _annotation(self, parts: Sequence[_Found], text: str, position: Callable[[int], int], reading: Reading) -> Any:
        one = parts[0]
        spans, names = [], []
        for part in parts:
            start, end, name = _positions(part.selection)
            spans.append(Span(position(start), position(end if reading.past else end + 1)))
            names.append(name)
        fragments = checked_fragments(spans, len(text))
        fields: dict[str, Any] = {}
        for note in self._ours(one.coding):
            fields |= self._memo(note)
        remarks = [text_in(one.selection, "Description")]
        remarks += [words for element in (one.selection, one.coding) for words in self._plain_notes(element)]
        guid = uid_of(one.coding.get("guid") or "")
        stated: dict[str, Any] = {
            "note": "\n".join(filter(None, dict.fromkeys(remarks))),
            "annotator": self._user(one.coding) or self._user(one.selection),
            "created_at": one.coding.get("creationDateTime") or one.selection.get("creationDateTime") or "",
            "updated_at": one.selection.get("modifiedDateTime") or "",
            "uid": guid,
        }
        quote = ""
        if len(parts) == 1 and names[0].strip() and not _is_named(fragments[0].of(text), names[0]):
            # Its words differ from the text: they are searched for in the text, or else kept as a remark.
            if names[0] in text and len(names[0]) > 3:
                quote = names[0]
            else:
                fields.setdefault("name", names[0])
        found = annotation_of(one.label, fragments, fields, text, quote=quote, **stated)
        for part in parts:
            for element in (part.coding, part.selection):
                self._uids.setdefault(uid_of(element.get("guid") or ""), found.uid)
        return found

    def _user(self, element: Any) -> str:
        return self._users.get(uid_of(element.get("creatingUser") or element.get("modifyingUser") or ""), "")

    def _fields(self, source: Any, holder: Any, name: str) -> dict[str, Any]:
        guid = uid_of(source.get("guid") or "")
        fields: dict[str, Any] = {"uid": guid, "title": _title_of(name, "")}
        remarks = [text_in(source, "Description"), *self._plain_notes(source)]
        if holder is not source:
            remarks += [text_in(holder, "Description"), *self._plain_notes(holder)]
        fields["note"] = "\n".join(filter(None, dict.fromkeys(remarks)))
        ours = list(self._ours(source))
        if not ours:
            made = {"created": source.get("creationDateTime"), "created by": self._user(source)}
            fields |= {key: value for key, value in made.items() if value}
            if fields["title"] != name:
                fields["name"] = name
        values = children(source, "VariableValue")
        cases = [case.get("name") for case in self._cases.get(guid, ()) if case.get("name")]
        sets = [one.get("name") or "" for one in self._sets.get(guid, ())]
        for case in self._cases.get(guid, ()):
            values += children(case, "VariableValue")
        for value in values:
            key, content = self._variable(value)
            if key and content not in (None, ""):
                fields[_OF_VARIABLE.get(key, key)] = content
        fields |= {key: listed for key, listed in (("cases", cases), ("sets", sets)) if listed}
        for note in ours:
            fields |= self._memo(note)
        if not fields["title"]:
            fields["title"] = title_from(name)
        return fields

    def _variable(self, value: Any) -> tuple[str, Any]:
        key = ""
        content: Any = None
        for one in value:
            words = (one.text or "").strip()
            kind = local(one)
            if kind == "VariableRef":
                key = self._variables.get(uid_of(one.get("targetGUID") or ""), "")
            elif kind == "BooleanValue":
                content = words in ("true", "1")
            elif kind == "IntegerValue" and re.fullmatch(r"[+-]?\d{1,18}", words):
                content = int(words)
            elif kind == "FloatValue" and re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", words):
                content = float(words)
            else:
                content = words
        return key, content

    # --- memos

    def _refs(self, element: Any) -> Iterator[str]:
        for ref in children(element, "NoteRef"):
            yield uid_of(ref.get("targetGUID") or "")
        yield from self._linked.get(uid_of(element.get("guid") or ""), ())

    def _ours(self, element: Any) -> Iterator[str]:
        """Yield our memos that an element refers to."""
        for ref in self._refs(element):
            if ref in self._notes and self._notes[ref].get("name") == _NOTE:
                self._told.add(ref)
                yield ref

    def _plain_notes(self, element: Any) -> Iterator[str]:
        """Yield the contents of other memos on an element."""
        for ref in self._refs(element):
            note = self._notes.get(ref)
            if note is not None and note.get("name") != _NOTE:
                self._told.add(ref)
                if words := self._words_of(note):
                    yield words

    def _words_of(self, note: Any) -> str:
        try:
            words = self._source(note).text.strip()
        except AnnotatorError:
            words = ""
        return "\n".join(filter(None, (text_in(note, "Description"), words)))

    def _memo(self, note: str) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for content in children(self._notes[note], "PlainTextContent"):
            for line in (content.text or "").split("\n"):
                name, colon, words = line.partition(": ")
                if colon:
                    try:
                        fields[name.strip()] = json.loads(words)
                    except (ValueError, RecursionError):
                        fields[name.strip()] = words
        return fields

    # --- what is told at the end

    def _left_out(self) -> Iterator[Incoming]:
        selections = Counter(local(one) for one in self._root.iter() if local(one) in _SELECTIONS)
        for kind, count in sorted(selections.items()):
            yield Refusal(counted(count, kind), "They select no characters of a text, and were left out.")
        texts = {id(source) for source, _ in self._texts()}
        for kind, count in sorted(Counter(local(one) for one in self._sources if id(one) not in texts).items()):
            yield Refusal(counted(count, kind), "They hold no text that can be annotated, and were left out.")
        for guid, note in self._notes.items():
            if guid not in self._told and note.get("name") != _NOTE and (words := self._words_of(note)):
                reason = f"A memo on nothing that was read: “{words[:300]}”."
                yield Refusal(f"memo {(note.get('name') or '')[:60]}".strip(), reason)

    def _relations(self) -> Iterator[Incoming]:
        for link in self._links:
            ends = [uid_of(link.get(name) or "") for name in ("originGUID", "targetGUID")]
            if any(end in self._notes for end in ends):
                continue
            kind = (link.get("name") or "").strip() or "link"
            origin, target = (self._uids.get(end, "") for end in ends)
            if not (origin and target):
                yield Refusal(f"link {kind[:40]}", "It relates what is not an annotation that was read.")
                continue
            fields: dict[str, Any] = {}
            for note in self._ours(link):
                fields |= self._memo(note)
            remarks = [str(fields.get("note", "")), *self._plain_notes(link)]
            note = "\n".join(filter(None, remarks))
            uid = uid_of(link.get("guid") or "")
            yield IncomingRelation(kind, origin, target, note, str(fields.get("annotator", "")), uid)


def _by_member(groups: Sequence[Any], tag: str) -> dict[str, list[Any]]:
    """Return the cases or sets by the sources that are their members."""
    found: dict[str, list[Any]] = {}
    for group in groups:
        for member in dict.fromkeys(uid_of(one.get("targetGUID") or "") for one in children(group, tag)):
            found.setdefault(member, []).append(group)
    return found


def _space(element: Any) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _text(stated: str) -> str:
    text = canonical(stated)
    if not text.strip():
        raise ImportRefused("Its text is empty.")
    return text


def _title_of(name: str, default: str) -> str:
    """Return the name of a source as a title; empty where it is only the name of a file."""
    return default if _FILE_NAME.fullmatch(name) else name


def _positions(selection: Any) -> tuple[int, int, str]:
    stated = [(selection.get(name) or "").strip() for name in ("startPosition", "endPosition")]
    if not all(re.fullmatch(r"[+-]?\d{1,18}", one) for one in stated):
        raise InvalidSpan("A selection needs whole numbers as startPosition and endPosition.")
    return int(stated[0]), int(stated[1]), selection.get("name") or ""


def _selected(selection: Any) -> tuple[int, int, str] | None:
    try:
        return _positions(selection)
    except InvalidSpan:
        return None


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file is an archive whose first file belongs to a project; otherwise its suffix decides."""
    return head.startswith(b"PK\x03\x04") and (b"project.qde" in head[:80] or _path.suffix.lower() == ".qdpx")


FORMAT = Format(
    id="refiqda",
    name="REFI-QDA project",
    suffixes=(".qdpx",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, Facet.ASSESSMENTS, Facet.REGISTRY, Facet.FEATURE_DEFINITIONS, *JUDGEMENTS),
    example="corpus.qdpx",
)
