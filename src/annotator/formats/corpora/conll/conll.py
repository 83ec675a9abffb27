"""CoNLL: one token with its tag on each line, for taggers and their tools.

A line holds a token, TAB, tag; an empty line ends a sentence; ``-DOCSTART- -X- O O`` begins a document. White space in
the name of a label becomes ``_``, because a tag must not contain any. An annotation is never cut: a sentence end within
it is not marked. Overlaps are settled by the policy that the user chooses: ``longest``, ``first``, or ``layers``, which
gives every label its own column, in the order of the label set.

Files of other programs are read too (``reader``). No format of tokens keeps the white space of a text: it is
reconstructed, with a line for each sentence.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.wording import counted
from annotator.formats.base import Choice, Corpus, Format, Written
from annotator.formats.corpora.conll.reader import read, sniff
from annotator.formats.corpora.conll.token_tags import OUTSIDE, SCHEMES, Chunk, tags_of
from annotator.formats.corpora.spacy.tokens import TOKENISER, Tokeniser, Tokens, joined
from annotator.formats.facets import ATTRIBUTION, BOOK_KEEPING, DOCUMENT_DATA, GRADES, PROJECT_DATA, Facet
from annotator.formats.overlap_policy import OVERLAP, Range, policy_of, without_overlaps

SCHEME = Choice(
    "scheme",
    "Tags of a chunk",
    (("iob2", "B begins, I continues (IOB2)"), ("iobes", "B begins, I continues, E ends, S is single (IOBES, BIOES)")),
)
LAYERS = Choice(OVERLAP.name, OVERLAP.words, (*OVERLAP.values, ("layers", "all of them, each label in its own column")))
DOCUMENT_START = "-DOCSTART- -X- O O"


def write(corpus: Corpus, path: Path) -> Written:
    """Write the tokens of every document to ``path``. Raise ExportRefused where an option is unknown."""
    policy = policy_of(corpus, [value for value, _ in LAYERS.values])
    tokeniser = Tokeniser(corpus.options.get(TOKENISER.name, ""))
    scheme = corpus.options.get(SCHEME.name) or SCHEMES[0]
    export = _Export(policy, scheme, tokeniser, [label.name for label in corpus.labels])
    documents = 0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for document, annotations in corpus.documents:
            export.document(document, annotations, file)
            documents += 1
    return Written(documents, export.written, tuple(export.losses()))


def tag_name(label: str) -> str:
    """Return the name of a label as it is in a tag: white space is ``_``."""
    return re.sub(r"\s+", "_", label.strip())


class _Export:
    """One export: the tokeniser, the policy, and what was lost."""

    def __init__(self, policy: str, scheme: str, tokeniser: Tokeniser, labels: Sequence[str]) -> None:
        self.written = 0
        self._policy = policy
        self._scheme = scheme
        self._labels = labels
        self._tokeniser = tokeniser
        self._lost: Counter[str] = Counter()
        self._names: set[str] = set()

    def document(self, document: DocumentRecord, annotations: Sequence[AnnotationRecord], file: TextIO) -> None:
        """Write the tokens of a document with their tags to ``file``."""
        tokens = self._tokeniser.tokens(document.text, document.language)
        found = []
        for annotation in annotations:
            ranges = [tokens.without_space(tokens.range_of(span)) for span in annotation.fragments]
            if not (chunks := joined(ranges)):
                self._lost["blank"] += 1
                continue
            found.append((annotation, chunks))
        columns, inside = self._columns(found, tokens)
        lines = [f"{DOCUMENT_START}\n"]
        must_break = True
        starts = self._tokeniser.sentence_starts(tokens)
        for number, (word, begins) in enumerate(zip(tokens.words(), starts, strict=True)):
            must_break = must_break or (begins and number not in inside)
            if word.isspace():
                continue
            if must_break:
                lines.append("\n")
                must_break = False
            # A reader splits lines at any white space, so a token must not contain any.
            tags = [column.get(number, OUTSIDE) for column in columns]
            lines.append("\t".join(("_".join(word.split()), *tags)) + "\n")
        lines.append("\n")
        file.writelines(lines)

    def losses(self) -> list[str]:
        """Return one plain line for each kind of loss."""
        lost = self._lost
        lines = []
        if lost["overlap"]:
            which = counted(lost["overlap"], "annotation")
            lines.append(f"{which} left out: others overlap them (overlap policy: {self._policy})")
        if lost["blank"]:
            lines.append(f"{counted(lost['blank'], 'annotation')} left out: they cover nothing but white space")
        if lost["widened"]:
            lines.append(f"{counted(lost['widened'], 'annotation')} widened to whole tokens")
        if lost["fragments"]:
            lines.append(f"{counted(lost['fragments'], 'annotation')} in fragments written as separate chunks")
        by_tag: dict[str, list[str]] = {}
        for name in sorted(self._names):
            by_tag.setdefault(tag_name(name), []).append(name)
        for tag, names in by_tag.items():
            if names != [tag]:
                lines.append(f"Label {' and '.join(f'“{name}”' for name in names)} written as {tag}")
        return lines

    def _columns(
        self, found: Sequence[tuple[AnnotationRecord, list[Range]]], tokens: Tokens
    ) -> tuple[list[dict[int, str]], set[int]]:
        """Return the tags of each column by token, and the tokens within which no sentence may end."""
        layers = self._layers(found)
        inside: set[int] = set()
        columns = []
        kept_in_all = 0
        for layer in layers:
            tags: dict[int, str] = {}
            kept = without_overlaps([chunks for _, chunks in layer], self._policy)
            kept_in_all += len(kept)
            for annotation, chunks in (layer[position] for position in kept):
                self._note(annotation, chunks, tokens)
                name = tag_name(annotation.label)
                for first, last in chunks:
                    tags.update(zip(range(first, last), tags_of(Chunk(first, last, name), self._scheme), strict=True))
                    inside.update(range(first + 1, last))
            columns.append(tags)
        self.written += kept_in_all
        self._lost["overlap"] += len(found) - kept_in_all
        return columns, inside

    def _layers(
        self, found: Sequence[tuple[AnnotationRecord, list[Range]]]
    ) -> list[list[tuple[AnnotationRecord, list[Range]]]]:
        if self._policy != "layers":
            return [list(found)]
        return [[one for one in found if one[0].label == label] for label in self._labels]

    def _note(self, annotation: AnnotationRecord, chunks: Sequence[Range], tokens: Tokens) -> None:
        self._names.add(annotation.label)
        self._lost["fragments"] += len(annotation.fragments) > 1
        spans = annotation.fragments
        fits = len(chunks) == len(spans) and all(
            tokens.fit(span, chunk) for span, chunk in zip(spans, chunks, strict=True)
        )
        self._lost["widened"] += not fits


FORMAT = Format(
    id="conll",
    name="CoNLL (IOB)",
    suffixes=(".conll", ".iob", ".iob2", ".bio"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(
        Facet.SPACING,
        Facet.OVERLAPS,
        Facet.TOKEN_EDGES,
        Facet.FRAGMENTS,
        *ATTRIBUTION,
        *GRADES,
        Facet.FEATURES,
        Facet.NOTES,
        *BOOK_KEEPING,
        Facet.RELATIONS,
        *DOCUMENT_DATA,
        *PROJECT_DATA,
    ),
    example="corpus.conll",
    choices=(SCHEME, LAYERS, TOKENISER),
)
