"""Read a REFI-QDA project: its codes, texts, codings, memos and links."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan
from annotator.domain.spans import Span, checked_fragments
from annotator.domain.wording import counted
from annotator.formats.base import Incoming, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.refi.codes import Codes, text_in, uid_of
from annotator.formats.corpora.refi.position_counting import CountingEvidence, CountingMethod, Source, is_named
from annotator.formats.corpora.refi.project_names import ID, NOTE_NAME, OF_VARIABLE, title_of
from annotator.formats.native_fields import annotation_of, article_of
from annotator.formats.reading.archive_members import Archive, archive_of
from annotator.formats.reading.article_structure import title_from
from annotator.formats.reading.decoding import decoded
from annotator.formats.reading.xml_files import children, local, root_of

_SELECTIONS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")


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
        self._used_notes: set[str] = set()
        """The memos that were imported."""
        self._refused: list[Incoming] = []

    @staticmethod
    def _of(parts: Mapping[str, Any], name: str, tag: str) -> list[Any]:
        return children(parts[name], tag) if name in parts else []

    def _named(self, parts: Mapping[str, Any], name: str, tag: str) -> dict[str, str]:
        found = self._of(parts, name, tag)
        return {uid_of(one.get("guid") or ""): (one.get("name") or one.get("id") or "").strip() for one in found}

    def items(self) -> Iterator[Incoming]:
        """Yield the labels, the texts with their annotations, what is refused, and the relations."""
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
        evidence = CountingEvidence()
        for _, holder in self._texts():
            try:
                found = self._source(holder)
            except AnnotatorError:
                continue
            evidence.vote(found, [one for one in map(_selected, children(holder, "PlainTextSelection")) if one])
        method = evidence.best()
        for number, (source, holder) in enumerate(self._texts(), 1):
            name = source.get("name") or holder.get("name") or f"source {number}"
            try:
                yield self._article(source, holder, method, name, number)
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
                f"It has no plain text{f', only {rich[:80]}' if rich else ''}: its codings have no text to refer to."
            )
        data = _text_in(self._archive, path)
        try:
            stated = data.decode("utf-8")
        except UnicodeDecodeError:
            return Source(text := decoded(data, path).text, text)
        return Source(stated, _text(stated))

    def _article(self, source: Any, holder: Any, method: CountingMethod, name: str, number: int) -> Incoming:
        found = self._source(holder)
        position = found.position_by(method)
        groups: dict[str, list[_Found]] = {}
        for selection in children(holder, "PlainTextSelection"):
            for one in self._codings(selection, name):
                memo = next(self._ours(one.coding), "")
                key = memo or f"{uid_of(one.coding.get('guid') or '')} {len(groups)}"
                groups.setdefault(key, []).append(one)
        annotations = []
        for parts in groups.values():
            try:
                annotations.append(self._annotation(parts, found.text, position, method))
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
            format=ID,
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

    def _annotation(
        self, parts: Sequence[_Found], text: str, position: Callable[[int], int], method: CountingMethod
    ) -> Any:
        one = parts[0]
        spans, names = [], []
        for part in parts:
            start, end, name = _positions(part.selection)
            spans.append(Span(position(start), position(end if method.past else end + 1)))
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
        if len(parts) == 1 and names[0].strip() and not is_named(fragments[0].of(text), names[0]):
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
        fields: dict[str, Any] = {"uid": guid, "title": title_of(name, "")}
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
                fields[OF_VARIABLE.get(key, key)] = content
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
            if ref in self._notes and self._notes[ref].get("name") == NOTE_NAME:
                self._used_notes.add(ref)
                yield ref

    def _plain_notes(self, element: Any) -> Iterator[str]:
        """Yield the contents of other memos on an element."""
        for ref in self._refs(element):
            note = self._notes.get(ref)
            if note is not None and note.get("name") != NOTE_NAME:
                self._used_notes.add(ref)
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

    # --- what is reported at the end

    def _left_out(self) -> Iterator[Incoming]:
        selections = Counter(local(one) for one in self._root.iter() if local(one) in _SELECTIONS)
        for kind, count in sorted(selections.items()):
            yield Refusal(counted(count, kind), "They select no characters of a text, and were left out.")
        texts = {id(source) for source, _ in self._texts()}
        for kind, count in sorted(Counter(local(one) for one in self._sources if id(one) not in texts).items()):
            yield Refusal(counted(count, kind), "They hold no text that can be annotated, and were left out.")
        for guid, note in self._notes.items():
            if guid not in self._used_notes and note.get("name") != NOTE_NAME and (words := self._words_of(note)):
                reason = f"A memo that belongs to nothing that was imported: “{words[:300]}”."
                yield Refusal(f"memo {(note.get('name') or '')[:60]}".strip(), reason)

    def _relations(self) -> Iterator[Incoming]:
        for link in self._links:
            ends = [uid_of(link.get(name) or "") for name in ("originGUID", "targetGUID")]
            if any(end in self._notes for end in ends):
                continue
            kind = (link.get("name") or "").strip() or "link"
            origin, target = (self._uids.get(end, "") for end in ends)
            if not (origin and target):
                yield Refusal(f"link {kind[:40]}", "It relates something that is not an imported annotation.")
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
