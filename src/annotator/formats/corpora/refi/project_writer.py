"""Write a REFI-QDA project: the texts, and the XML that describes them."""

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.refi.codes import add_codes, derived_guid, guid_of, uid_of
from annotator.formats.corpora.refi.project_names import NOTE_NAME, OF_VARIABLE, VARIABLES, title_of
from annotator.formats.native_fields import further_fields, given_annotation_fields, shown_fields
from annotator.formats.reading.xml_text import Fitting, serialised
from annotator.formats.relations import RelationsByDocument

_SPACE = "urn:QDA-XML:project:1.0"

_MAX_NAME_LENGTH = 300
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_NO_DAY = "2000-01-01T00:00:00Z"
"""Replacement of an unknown time where one is required: QualCoder fails on a source without one."""
_TYPES: dict[type, tuple[str, str]] = {
    str: ("Text", "TextValue"),
    bool: ("Boolean", "BooleanValue"),
    int: ("Integer", "IntegerValue"),
}


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
        self._by_document = RelationsByDocument(corpus.relations)
        self._users: set[str] = set()
        self._labels: set[str] = set()
        self._variables: dict[str, str] = {}
        self._gapped = 0

    def run(self) -> Written:
        """Write everything and count it."""
        documents = annotations = 0
        with (
            SpooledTemporaryFile(2**24) as sources,
            SpooledTemporaryFile(2**24) as notes,
            SpooledTemporaryFile(2**24) as links,
        ):
            for document, own in self._corpus.documents:
                self._document(document, own, sources, notes)
                for related in chain(*self._by_document.of(own)):
                    self._link(related, links, notes)
                documents += 1
                annotations += len(own)
            self._project(sources, notes, links)
        losses = [*self._fitting.losses(), *self._by_document.losses()]
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
        if (title := shown.pop("title", "")) and title_of(title, "") != title:
            further["title"] = title
        variables: dict[str, Any] = {VARIABLES[name]: value for name, value in shown.items() if value}
        held: dict[str, Any] = {}
        for name, value in sorted(document.facts.items()):
            is_plain = type(value) in _TYPES and name not in OF_VARIABLE and name.casefold() not in VARIABLES
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
        fields = given_annotation_fields(annotation)
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

    def _link(self, related: Any, links: Any, notes: Any) -> None:
        relation = related.relation
        ends = {
            "originGUID": guid_of(related.from_uid),
            "targetGUID": guid_of(related.to_uid),
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
        note = _element("Note", {"guid": guid, "name": NOTE_NAME, "creationDateTime": timestamp})
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
    return words if len(words) <= _MAX_NAME_LENGTH else words[: _MAX_NAME_LENGTH - 1] + "…"


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
