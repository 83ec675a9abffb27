"""spaCy's DocBin: every document as a Doc, every annotation as a Span whose text is its quote.

``doc.spans`` holds ``sc`` (all annotations, overlaps too, under the key that spaCy's own components look for),
``fragments`` (the parts of those that have gaps), ``cues`` and ``mentions``; each Span carries its label and, as
``id_``, the uid of its annotation. ``doc.ents`` holds those that do not overlap, by the policy that the user chooses.
``doc.user_data`` holds the fields of the document, and under ``annotations``, by uid, all further fields.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.spans import Span
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.corpora.jsonl.writer import annotation_line_values
from annotator.formats.corpora.spacy.docbin_reader import read
from annotator.formats.corpora.spacy.docbin_writer import DocBinFile, SpanRow
from annotator.formats.corpora.spacy.tokens import TOKENISER, Tokeniser, Tokens, joined
from annotator.formats.facets import PROJECT_DATA, Facet
from annotator.formats.overlap_policy import OVERLAP, policy_of, without_overlaps

ATTRIBUTES = ("ORTH", "ENT_IOB", "ENT_TYPE", "ENT_ID")
"""Attributes of each token in the file, besides whether a space follows it."""

_INSIDE, _OUTSIDE, _BEGINS = 1, 2, 3
"""Values of ``token.ent_iob`` for a token of an entity, and for one outside."""


def write(corpus: Corpus, path: Path) -> Written:
    """Write every document to ``path``. Raise ExportRefused where an option is unknown."""
    policy = policy_of(corpus)

    # A compiled module without type information.
    from spacy.attrs import intify_attr  # type: ignore[import-not-found]  # compiled, untyped

    export = _Export(Tokeniser(corpus.options.get(TOKENISER.name, "")), policy)
    # In the order of their numbers, ORTH first, as spaCy stores them.
    columns = sorted(ATTRIBUTES[1:], key=intify_attr)
    with DocBinFile([intify_attr(name) for name in ("ORTH", *columns)]) as stored:
        for document, own in corpus.documents:
            export.document(document, own, columns, stored)
        stored.write(path)
    losses = []
    if export.outside_ents:
        which = counted(export.outside_ents, "annotation")
        losses.append(
            f"{which} in doc.spans only: doc.ents holds no overlaps and no white space (overlap policy: {policy})"
        )
    return Written(export.documents, export.annotations, tuple(losses))


class _Export:
    """One export: the tokeniser, the policy, what was written, and how many annotations are not entities."""

    def __init__(self, tokeniser: Tokeniser, policy: str) -> None:
        self.documents = self.annotations = self.outside_ents = 0
        self._tokeniser = tokeniser
        self._policy = policy
        self._hash = tokeniser.vocab.strings.add

    def document(
        self, document: DocumentRecord, own: Sequence[AnnotationRecord], columns: Sequence[str], stored: DocBinFile
    ) -> None:
        """Add a document with its annotations to ``stored``."""
        import numpy as np

        tokens = self._tokeniser.tokens(document.text, document.language, _all_spans(own))
        words = tokens.words()
        hashes = {word: self._hash(word) for word in set(words)}
        entities = self._entities(tokens, own)
        rows = np.zeros((len(words), 1 + len(columns)), dtype="uint64")
        rows[:, 0] = [hashes[word] for word in words]
        for column, name in enumerate(columns, 1):
            rows[:, column] = entities[name]
        strings = {*hashes, *(found.label for found in own), *(found.uid for found in own)}
        groups = self._groups(tokens, own)
        stored.add(rows, tokens.spaces, groups, _user_data(document, own), strings)
        self.documents += 1
        self.annotations += len(own)

    def _groups(self, tokens: Tokens, annotations: Sequence[AnnotationRecord]) -> dict[str, list[SpanRow]]:
        groups: dict[str, list[SpanRow]] = {"sc": [], "fragments": [], "cues": [], "mentions": []}
        for annotation in annotations:
            id, label = self._hash(annotation.uid), self._hash(annotation.label)
            fragments = annotation.fragments if len(annotation.fragments) > 1 else ()
            for name, spans in (
                ("sc", (annotation.span,)),
                ("fragments", fragments),
                ("cues", annotation.cue),
                ("mentions", annotation.mention),
            ):
                groups[name] += [SpanRow(id, 0, label, *tokens.range_of(span), *span) for span in spans]
        return groups

    def _entities(self, tokens: Tokens, annotations: Sequence[AnnotationRecord]) -> dict[str, list[int]]:
        """Return the values for ``doc.ents`` of each token, by attribute."""
        count = len(tokens)
        found = {"ENT_IOB": [_OUTSIDE] * count, "ENT_TYPE": [0] * count, "ENT_ID": [0] * count}
        chunks = [
            joined([tokens.without_space(tokens.range_of(span)) for span in annotation.fragments])
            for annotation in annotations
        ]
        kept = without_overlaps(chunks, self._policy)
        self.outside_ents += len(annotations) - len(kept)
        for position in kept:
            id, label = self._hash(annotations[position].uid), self._hash(annotations[position].label)
            for first, last in chunks[position]:
                found["ENT_IOB"][first:last] = [_BEGINS, *[_INSIDE] * (last - first - 1)]
                found["ENT_TYPE"][first:last] = [label] * (last - first)
                found["ENT_ID"][first:last] = [id] * (last - first)
        return found


def _all_spans(annotations: Sequence[AnnotationRecord]) -> set[Span]:
    return {
        span
        for annotation in annotations
        for span in (annotation.span, *annotation.fragments, *annotation.cue, *annotation.mention)
    }


def _user_data(document: DocumentRecord, annotations: Sequence[AnnotationRecord]) -> dict[str, Any]:
    fields = {annotation.uid: annotation_line_values(annotation) for annotation in annotations}
    for own in fields.values():
        del own["quote"]  # It is the text of the Span.
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
        "structure": [[kind, *span] for kind, span in document.structure],
        "origin_path": document.origin_path,
        "origin_format": document.origin_format,
        "origin_sha256": document.origin_sha256,
        "imported_at": document.imported_at,
        "direction": document.direction,
        "facts": dict(sorted(document.facts.items())),
        "version_of": document.version_of,
        "reliability_override": document.reliability_override,
        "reliability_reason": document.reliability_reason,
        "annotations": fields,
    }


def look(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield what spaCy's own DocBin finds in a file: the text of each document, and the text of each of its spans."""
    import spacy
    from spacy.tokens import DocBin

    vocab = spacy.blank("xx").vocab
    for doc in DocBin().from_disk(path).get_docs(vocab):
        yield doc.text, [span.text for span in doc.spans["sc"]]


def sniff(path: Path, head: bytes) -> bool:
    """Return whether a file is named as a DocBin and compressed like one: only unpacking all of it would show its
    contents.
    """
    return path.suffix.lower() in FORMAT.suffixes and head[:1] == b"\x78"


FORMAT = Format(
    id="spacy",
    name="spaCy DocBin",
    suffixes=(".spacy",),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, Facet.RELATIONS, *PROJECT_DATA),
    example="corpus.spacy",
    choices=(OVERLAP, TOKENISER),
)
