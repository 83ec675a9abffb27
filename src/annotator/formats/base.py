"""What a format is, what its reader gives and what its writer takes.

A reader yields articles one by one, so that memory stays flat however large the file is, and a ``Refusal`` for each
record that it cannot take; it never writes and never fetches. A writer is handed a ``Corpus`` to walk through once.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from annotator.domain.records import (
    NO_JUDGEMENTS,
    AnnotationRecord,
    AnnotatorRecord,
    AssessmentRecord,
    BookmarkRecord,
    DocumentRecord,
    FeatureRecord,
    Judgements,
    LabelRecord,
    LeftState,
    ProjectState,
    RelationRecord,
    RemovedRow,
    SourceRecord,
)
from annotator.domain.spans import Span
from annotator.domain.wording import counted, sentence
from annotator.formats.wire import IncomingAnnotation as IncomingAnnotation  # noqa: PLC0414 - for plug-ins


@dataclass(frozen=True, slots=True)
class IncomingBookmark:
    """A bookmark as a reader found it, by its place in the article's text."""

    position: int
    name: str = ""
    uid: str = ""
    annotator: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A document as a reader found it. ``text`` is canonical (``domain.canonical_text.canonical``).

    ``structure``: the spans of the ``title`` and of ``lead`` points in ``text``. ``source``: the outlet, by name.
    ``published_at``: ISO 8601 date or time, or empty. ``origin_sha256``: checksum of the file's bytes. ``facts``: what
    else the file says of it, by name, as JSON can hold it. ``version_of``: the uid of the document whose earlier text
    it takes the place of. ``reliability_override``: the letter given to the article itself. ``is_complete``: the record
    states every field that a document has, so that it can be compared with ours.
    """

    title: str
    text: str
    structure: tuple[tuple[str, Span], ...] = ()
    source: str = ""
    author: str = ""
    published_at: str = ""
    language: str = ""
    address: str = ""
    status: str = "new"
    note: str = ""
    uid: str = ""
    annotations: tuple[IncomingAnnotation, ...] = ()
    origin_path: str = ""
    origin_format: str = ""
    origin_sha256: str = ""
    imported_at: str = ""
    direction: str = ""
    bookmarks: tuple[IncomingBookmark, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    version_of: str = ""
    reliability_override: str | None = None
    reliability_reason: str = ""
    is_complete: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class IncomingState:
    """From which state of which project a file was exported; of files of the native format alone.

    ``is_whole``: the file claims to hold its documents with all that the project has of them. ``exported_at``: when
    that project was changed last. ``points``, ``removed``, ``undone``: as in ``ProjectState``.
    """

    project_uid: str = ""
    exported_at: str = ""
    is_whole: bool = False
    annotators: tuple[AnnotatorRecord, ...] = ()
    points: tuple[tuple[int, str], ...] = ()
    removed: tuple[RemovedRow, ...] = ()
    undone: tuple[LeftState, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingAnnotations:
    """Annotations that come without the text they stand in: whoever imports finds it among the documents.

    By ``document_uid``; where that is not there by ``text_sha256``; else by ``title``, with ``source`` and
    ``published_at`` where they are stated. ``place``: where they stand in their file.
    """

    annotations: tuple[IncomingAnnotation, ...]
    document_uid: str = ""
    title: str = ""
    source: str = ""
    published_at: str = ""
    text_sha256: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class IncomingSource:
    """An entry of a registry of sources that travels with a corpus."""

    name: str
    kind: str = "outlet"
    aliases: tuple[str, ...] = ()
    note: str = ""
    parent: str = ""
    uid: str = ""
    owner: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingAssessment:
    """A dated judgement of a source that travels with a corpus."""

    source: str
    made_on: str
    reliability: str
    topic: str = ""
    rationale: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRelation:
    """A typed relation between two annotations, by their uids."""

    kind: str
    from_uid: str
    to_uid: str
    note: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingChainLink:
    """A station of the attribution chain of an annotation, which is named by its uid; ``source`` by name."""

    annotation_uid: str
    source: str
    role: str = "relay"
    position: int = 0
    checked: bool = False
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingStatement:
    """An annotation, named by its uid, that states a claim or denies it."""

    annotation_uid: str
    stance: str = "states"
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingResolution:
    """A dated judgement of what became of a claim."""

    resolved_on: str
    verdict: str
    evidence: str = ""
    address: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingClaim:
    """A claim with the annotations that state it and what became of it."""

    text: str
    topic: str = ""
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""
    statements: tuple[IncomingStatement, ...] = ()
    resolutions: tuple[IncomingResolution, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingHypothesis:
    """An answer to a question that competes with others."""

    text: str
    note: str = ""
    position: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingEvidence:
    """An annotation, named by its uid, that is weighed against hypotheses."""

    annotation_uid: str
    note: str = ""
    position: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRating:
    """A cell of the matrix: ``hypothesis`` by its place in the question, ``annotation_uid`` for the evidence."""

    hypothesis: int
    annotation_uid: str
    consistency: str
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingQuestion:
    """A question under analysis with its hypotheses, evidence and ratings."""

    text: str
    note: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""
    hypotheses: tuple[IncomingHypothesis, ...] = ()
    evidence: tuple[IncomingEvidence, ...] = ()
    ratings: tuple[IncomingRating, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels and features that travel with a corpus."""

    labels: tuple[LabelRecord, ...] = ()
    features: tuple[FeatureRecord, ...] = ()


class Blank(StrEnum):
    """What can hold nothing to import, in the singular."""

    FILE = "empty file"
    MAIL = "empty mail"
    ENTRY = "entry without words"

    def counted(self, count: int) -> str:
        """Return the number with the noun, such as "400 empty files"."""
        return counted(count, self, "entries without words" if self is Blank.ENTRY else "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that a reader could not take: where it stands and one plain sentence why.

    ``blank``: it holds nothing, and is what is named there; a report counts such ones in place of listing them.
    """

    place: str
    reason: str
    blank: Blank | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", sentence(self.reason))


@dataclass(frozen=True, slots=True)
class Skipped:
    """What of a file is nothing to import, and is no fault of it: one plain sentence for the report."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A file inside the one that is read, unpacked at ``path``; it is there until the reader is asked to go on.

    Whoever asked reads it by its own format. ``name``: what it is called inside, for origin and report. Where ``path``
    is a folder, its files are read as those of any folder, and called by where they lie in it. ``address`` and
    ``facts``: what the outer file says of its articles, where they do not say it themselves.
    """

    path: Path
    name: str
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Incoming = (
    IncomingState
    | Article
    | IncomingAnnotations
    | Vocabulary
    | IncomingSource
    | IncomingAssessment
    | IncomingRelation
    | IncomingChainLink
    | IncomingClaim
    | IncomingQuestion
    | Refusal
    | Skipped
    | Packed
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is exported. ``documents`` may be walked once; each comes with its annotations in text order.

    ``options``: what the user chose, by the name of the Choice, such as ``overlap`` or ``scheme``. ``state``: asked by
    formats that tell which state of the project they hold; it may have to read the whole log.
    """

    documents: Iterable[tuple[DocumentRecord, Sequence[AnnotationRecord]]]
    labels: Sequence[LabelRecord] = ()
    features: Sequence[FeatureRecord] = ()
    sources: Sequence[SourceRecord] = ()
    assessments: Sequence[AssessmentRecord] = ()
    relations: Sequence[RelationRecord] = ()
    bookmarks: Sequence[BookmarkRecord] = ()
    judgements: Judgements = NO_JUDGEMENTS
    title: str = ""
    annotators: Sequence[AnnotatorRecord] = ()
    state: Callable[[], ProjectState | None] = lambda: None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: counts, and one plain line for each loss (overlaps left out, fragments joined ...)."""

    documents: int
    annotations: int
    losses: tuple[str, ...] = ()


Reader = Callable[[Path], Iterator[Incoming]]
Writer = Callable[[Corpus, Path], Written]
"""Writes to exactly the path given. The caller gives a path beside the target and renames when the file is whole.

A format of folders is given an empty folder to fill.
"""

PartOf = Callable[[Path, Container[Path]], Path | None]
"""Tells with which file (or folder) a file is read, where it is only a part of what that one holds; else None.

The second argument holds all the files that are asked for.
"""

Sniffer = Callable[[Path, bytes], bool]
"""Tells from a path and the first 4,096 bytes of the file whether the reader is the right one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the user chooses when he exports. ``values``: id and words of each; the first is the default.

    Without ``values`` it is free text, and ``default`` is what it is if nothing is said. ``suggested`` gives what such
    a text may be picked from, id and words of each; it is asked when the choice is shown. ``holds``: the facets that
    the format can hold with a value, though it cannot with the default.
    """

    name: str
    words: str
    values: tuple[tuple[str, str], ...] = ()
    default: str = ""
    suggested: Callable[[], Sequence[tuple[str, str]]] | None = None
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def standard(self) -> str:
        """What it is if nothing is said."""
        return self.values[0][0] if self.values and not self.default else self.default


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of a file that is a table: the names of its columns and its first rows, for choosing columns.

    ``suggested``: the column that seems to hold each field of an article, by the name of the field. ``is_clear``:
    the names of the columns tell where the text is, so that nobody needs to be asked.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    suggested: Mapping[str, str]
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class Tabular:
    """What a format of tables can do beyond reading: show its columns, and read with columns chosen by the user.

    The second argument of ``read`` gives the column of each field, as ``Table.suggested`` does.
    """

    look: Callable[[Path], Table]
    read: Callable[[Path, Mapping[str, str]], Iterator[Incoming]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its id in the CLI, its name for people, and what it can do.

    ``cannot_hold``: what the writer has to leave out or to change, facet by facet (``formats.facets``); a third party
    may use words of its own, for which it counts itself. ``example``: a file in ``formats/examples``, shown in the
    dialog and read by tests; for a format of folders a folder. ``is_folder``: an export is a folder of files.
    ``data_files``: of a folder that is loaded by its card, which files of a part are data, such as ``data-*.parquet``.
    ``holds_files``: what it holds are files, each of which is read by its own format.
    """

    id: str
    name: str
    suffixes: tuple[str, ...]
    read: Reader | None = None
    sniff: Sniffer | None = None
    write: Writer | None = None
    cannot_hold: tuple[str, ...] = ()
    example: str = ""
    choices: tuple[Choice, ...] = ()
    is_folder: bool = False
    data_files: str = ""
    part_of: PartOf | None = None
    tabular: Tabular | None = None
    holds_files: bool = False

    @property
    def brings_annotations(self) -> bool:
        """Whether a file of it can bring annotations: a format that is only read is one of articles."""
        return self.read is not None and (self.write is not None or self.holds_files)

    def lacking(self, options: Mapping[str, str]) -> tuple[str, ...]:
        """What it cannot hold with what was chosen."""
        held = {facet for choice in self.choices for facet in choice.holds.get(options.get(choice.name, ""), ())}
        return tuple(facet for facet in self.cannot_hold if facet not in held)
