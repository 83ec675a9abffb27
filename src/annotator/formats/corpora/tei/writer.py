"""Write a corpus of TEI P5: texts with their annotations beside them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

import msgspec

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.tei.vocabulary import FURTHER, NAMESPACE
from annotator.formats.native_fields import further_fields, given_annotation_fields
from annotator.formats.reading.file_dates import iso_date
from annotator.formats.reading.xml_text import Fitting
from annotator.formats.relations import RelationsByDocument, RelationWithUids, written_beyond

_WORD = re.compile(r"[^\s\"'<>&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""A language that is valid in XML (xs:language)."""
_NUMBERS = ("credibility", "probability")


def write(corpus: Corpus, path: Path) -> Written:
    """Write a corpus of all documents to ``path``."""
    fitting = Fitting()
    labels = {label.name: f"label-{number}" for number, label in enumerate(corpus.labels, 1)}
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = 0
    with open(path, "wb") as file:
        file.write(_corpus_header(corpus, labels, fitting).encode())
        for document, own in fitting.documents(corpus.documents):
            documents += 1
            annotations += len(own)
            _Writer(file, fitting, labels, documents).document(document, own, *by_document.of(own))
        file.write(b"</teiCorpus>\n")
    return Written(documents, annotations, (*fitting.losses(), *by_document.losses()))


def _corpus_header(corpus: Corpus, labels: Mapping[str, str], fitting: Fitting) -> str:
    categories = "".join(
        f'      <category xml:id="{labels[label.name]}"><catDesc><term>{escape(fitting.value(label.name))}</term>'
        f"{f' {escape(fitting.value(label.description))}' if label.description else ''}</catDesc></category>\n"
        for label in corpus.labels
    )
    title = escape(fitting.value(corpus.title or "Annotated articles"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{NAMESPACE}">\n<teiHeader>\n  <fileDesc>\n'
        f"    <titleStmt><title>{title}</title></titleStmt>\n"
        "    <publicationStmt><p>Exported by Annotator.</p></publicationStmt>\n"
        "    <sourceDesc><p>The articles of this corpus, each described in its own header.</p></sourceDesc>\n"
        "  </fileDesc>\n  <encodingDesc>\n"
        "    <p>Annotations stand beside the texts and point into them by string-range, counted in code points.</p>\n"
        + (
            f'    <classDecl><taxonomy xml:id="labels">\n{categories}    </taxonomy></classDecl>\n'
            if categories
            else ""
        )
        + "  </encodingDesc>\n</teiHeader>\n"
    )


class _Writer:
    """The writer of one document; ids in it begin with its number."""

    def __init__(self, file: BinaryIO, fitting: Fitting, labels: Mapping[str, str], number: int) -> None:
        self._file, self._fitting, self._labels, self._number = file, fitting, labels, number

    def document(
        self,
        document: DocumentRecord,
        own: Sequence[AnnotationRecord],
        within: Sequence[RelationWithUids],
        beyond: Sequence[RelationWithUids],
    ) -> None:
        """Write the whole ``TEI`` of an article."""
        id = f"d{self._number}"
        language = f' xml:lang="{document.language}"' if _LANGUAGE.fullmatch(document.language) else ""
        spans = {one.uid: f"{id}.a{number}" for number, one in enumerate(own, 1)}
        parts = [
            f'<TEI xml:id="{id}">\n',
            self._header(document, beyond),
            f'<text{language}><body><ab xml:id="{id}.t" xml:space="preserve">',
            # Canonical text has no carriage returns, so line ends are read back unchanged.
            escape(document.text),
            "</ab></body></text>\n",
        ]
        if own:
            parts.append("<standOff>\n")
            parts += [self._span(one, spans[one.uid]) for one in own]
            parts += [self._relation(related, spans, f"{id}.r{number}") for number, related in enumerate(within, 1)]
            parts.append("  <fvLib>\n")
            parts += [self._structure(one, spans[one.uid]) for one in own]
            parts.append("  </fvLib>\n</standOff>\n")
        parts.append("</TEI>\n")
        self._file.write("".join(parts).encode())

    def _words(self, text: str) -> str:
        return escape(self._fitting.value(text))

    def _header(self, document: DocumentRecord, beyond: Sequence[RelationWithUids]) -> str:
        words = self._words
        author = f"<author>{words(document.author)}</author>" if document.author else ""
        publisher = f"<publisher>{words(document.source)}</publisher>" if document.source else ""
        day = iso_date(document.published_at)
        when = f'<date when="{day}"/>' if day else ""
        address = f'<idno type="URI">{words(document.address)}</idno>' if document.address else ""
        language = document.language if _LANGUAGE.fullmatch(document.language) else ""
        usage = f'<langUsage><language ident="{language}"/></langUsage>' if language else ""
        note = f"    <notesStmt><note>{words(document.note)}</note></notesStmt>\n" if document.note else ""
        further = {**further_fields(document), **written_beyond(beyond)}
        further.pop("note", None)
        # Values that the attributes of TEI cannot hold exactly.
        stated_values = {"published_at": (document.published_at, day), "language": (document.language, language)}
        further |= {name: stated for name, (stated, written) in stated_values.items() if stated != written}
        if document.facts:
            further["facts"] = dict(sorted(document.facts.items()))
        held = words(msgspec.json.encode(further).decode())
        # A publication statement needs one of its agents before date and number.
        published = f"{publisher or '<publisher/>'}{when}{address}" if publisher or when or address else "<p/>"
        return (
            "<teiHeader>\n  <fileDesc>\n"
            f"    <titleStmt><title>{words(document.title)}</title>{author}</titleStmt>\n"
            f"    <publicationStmt>{published}</publicationStmt>\n{note}"
            f"    <sourceDesc><bibl>{words(document.origin_path) or 'Unknown'}</bibl></sourceDesc>\n  </fileDesc>\n"
            + (f"  <profileDesc>{usage}</profileDesc>\n" if usage else "")
            + f'  <xenoData type="{FURTHER}">{held}</xenoData>\n</teiHeader>\n'
        )

    def _range(self, spans: Iterable[Span]) -> str:
        pairs = ",".join(f"{span.start},{span.end - span.start}" for span in spans)
        return f"#string-range(d{self._number}.t,{pairs})"

    def _span(self, annotation: AnnotationRecord, id: str) -> str:
        ana = " ".join(f"#{name}" for name in (self._labels.get(annotation.label, ""), f"{id}.f") if name)
        return (
            f'  <span xml:id="{id}" target="{self._range(annotation.fragments)}" ana="{ana}">'
            f"{self._words(annotation.shown_quote)}</span>\n"
        )

    def _structure(self, annotation: AnnotationRecord, id: str) -> str:
        """Return the feature structure of an annotation: numbers, words, pointers, and its features as JSON."""
        fields = {"label": annotation.label, **given_annotation_fields(annotation)}
        parts = []
        for name, spans in (("cue", annotation.cue), ("mention", annotation.mention)):
            if spans:
                parts.append(f'<f name="{name}" fVal="{self._range(spans)}"/>')
        for name, value in fields.items():
            if name in ("cue", "mention"):
                continue
            if name in _NUMBERS:
                held = f'<numeric value="{value}"/>'
            elif isinstance(value, str):
                held = f"<string>{self._words(value)}</string>"
            else:
                held = f"<string>{self._words(msgspec.json.encode(value).decode())}</string>"
            parts.append(f'<f name="{name}">{held}</f>')
        return f'    <fs xml:id="{id}.f" type="annotation">{"".join(parts)}</fs>\n'

    def _relation(self, related: RelationWithUids, spans: Mapping[str, str], id: str) -> str:
        relation = related.relation
        values = {"kind": relation.kind, "note": relation.note, "annotator": relation.annotator, "uid": relation.uid}
        held = msgspec.json.encode({name: value for name, value in values.items() if value}).decode()
        name = "-".join(_WORD.findall(relation.kind)) or "relation"
        return (
            f'  <listRelation><relation xml:id="{id}" name={quoteattr(self._fitting.value(name))} '
            f'active="#{spans[related.from_uid]}" passive="#{spans[related.to_uid]}"><desc>{self._words(held)}</desc>'
            "</relation></listRelation>\n"
        )
