"""What a format is, what its reader returns and what its writer gets: the interface of formats and of plug-ins.

A reader yields articles one by one, so that its memory does not grow with the file, and a ``Refusal`` for each record
that it cannot use; it never writes and never fetches. A writer gets a ``Corpus``, whose documents it reads once.
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
    """A bookmark as a file states it. ``position``: code points from the beginning of ``Article.text``."""

    position: int
    name: str = ""
    uid: str = ""
    annotator: str = ""
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A document as a file states it. ``text`` is canonical (``domain.canonical_text.canonical``).

    ``structure``: the spans of the ``title`` and of ``lead`` points in ``text``. ``source``: the outlet, by name.
    ``published_at``: ISO 8601 date or time, or empty. ``origin_sha256``: checksum of the file's bytes. ``facts``: other
    data from the file, by name, with values that JSON can hold. ``version_of``: the uid of the document with the
    earlier text of the same article. ``reliability_override``: the reliability given to the article itself, not that
    of its outlet. ``is_complete``: the record states every field of a document, so that it can be compared with ours.
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
    """The state of a project that a file was exported from; only files of the native format have it.

    ``is_whole``: nothing was left out of the documents that the file holds. ``exported_at``: when the project was
    changed last before the export. ``points``, ``removed``, ``undone``: as in ``ProjectState``.
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
    """Annotations without their text: the import finds their document in the project.

    It searches by ``document_uid``, then by ``text_sha256``, then by ``title`` with ``source`` and ``published_at``
    where they are stated. ``place``: where the annotations are in their file.
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
    """A source of a corpus. ``parent`` and ``owner``: sources by name; see ``SourceRecord``."""

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
    """A dated assessment of a source, which is named by ``source``. ``made_on``: an ISO 8601 date."""

    source: str
    made_on: str
    reliability: str
    topic: str = ""
    rationale: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRelation:
    """A relation of a kind between two annotations, which are named by their uids."""

    kind: str
    from_uid: str
    to_uid: str
    note: str = ""
    annotator: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingChainLink:
    """A link of the attribution chain of an annotation, which is named by its uid; ``source`` by name."""

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
    """A dated judgement of whether a claim is true."""

    resolved_on: str
    verdict: str
    evidence: str = ""
    address: str = ""
    annotator: str = ""
    created_at: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingClaim:
    """A claim with the annotations that state or deny it, and its resolutions."""

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
    """A hypothesis: one of several answers to a question."""

    text: str
    note: str = ""
    position: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingEvidence:
    """An annotation, named by its uid, that is evidence for or against hypotheses."""

    annotation_uid: str
    note: str = ""
    position: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class IncomingRating:
    """A cell of the matrix of a question.

    ``hypothesis``: the index in the list of hypotheses, from 0. ``annotation_uid``: the evidence.
    """

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
    """The labels and the definitions of features of a corpus."""

    labels: tuple[LabelRecord, ...] = ()
    features: tuple[FeatureRecord, ...] = ()


class Blank(StrEnum):
    """A file or part of a file that is empty, in the singular."""

    FILE = "empty file"
    MAIL = "empty mail"
    ENTRY = "entry without words"

    def counted(self, count: int) -> str:
        """Return the number with the noun, such as "400 empty files"."""
        return counted(count, self, "entries without words" if self is Blank.ENTRY else "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be imported: its place in the file, and one plain sentence that says why.

    ``blank``: set where the record is empty; a report counts such records instead of listing them.
    """

    place: str
    reason: str
    blank: Blank | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", sentence(self.reason))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Parts of a file that are skipped although they have no errors: one plain sentence for the report."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A file inside the one that is read, unpacked at ``path``; it exists until the next item is requested.

    The import reads it by its own format. ``name``: its name in the outer file, for origin and report. Where ``path``
    is a folder, its files are read as those of any folder, and named by their paths in it. ``address`` and ``facts``:
    data of its articles from the outer file, used where the articles do not state them.
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
    """What is exported. ``documents`` can be iterated once; each has its annotations in text order.

    ``options``: the values that the user chose, by the name of the Choice, such as ``overlap`` or ``scheme``.
    ``state``: returns the state of the project, for formats that store it; this may read the whole log.
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
    """What a writer wrote: numbers, and one plain line for each loss that the writer counted, such as overlaps."""

    documents: int
    annotations: int
    losses: tuple[str, ...] = ()


Reader = Callable[[Path], Iterator[Incoming]]
Writer = Callable[[Corpus, Path], Written]
"""Writes to exactly the given path: a path beside the target, which the caller renames when the file is complete.

For a format whose exports are folders, the path is an empty folder.
"""

PartOf = Callable[[Path, Container[Path]], Path | None]
"""Returns the file (or folder) that a file is a part of, and with which it is read; None where it is read by itself.

The second argument contains all files of the import.
"""

Sniffer = Callable[[Path, bytes], bool]
"""Returns whether a file has this format, judged by its path and its first 4,096 bytes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of an export. ``values``: id and words of each; the first is the default.

    Without ``values`` it is free text with ``default`` as its default. ``suggested``: returns values that can be picked
    for such a text, id and words of each; called when the option is shown. ``holds``: by value, the facets that the
    format can hold with this value although it cannot hold them with the default.
    """

    name: str
    words: str
    values: tuple[tuple[str, str], ...] = ()
    default: str = ""
    suggested: Callable[[], Sequence[tuple[str, str]]] | None = None
    holds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def standard(self) -> str:
        """The default value."""
        return self.values[0][0] if self.values and not self.default else self.default


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of a file that is a table: the names of its columns and its first rows, for choosing columns.

    ``suggested``: for each field of an article the column that probably holds it. ``is_clear``: the names of the
    columns show which one holds the text, so that the user need not be asked.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    suggested: Mapping[str, str]
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class Tabular:
    """The functions of a format of tables: ``look`` at its columns, and ``read`` with columns that the user chose.

    The second argument of ``read`` maps fields to columns, as ``Table.suggested`` does.
    """

    look: Callable[[Path], Table]
    read: Callable[[Path, Mapping[str, str]], Iterator[Incoming]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its id in the CLI, its name for people, and what it can do.

    ``cannot_hold``: the facets (``formats.facets``) that the writer leaves out or changes; a plug-in can use other
    words too, for which its writer counts the losses. ``example``: a file or folder in ``formats/examples``, shown in
    the dialog and read by tests. ``is_folder``: an export is a folder of files. ``data_files``: the pattern of the data
    files of a part of a split, such as ``data-*.parquet``, for a folder that is loaded by its dataset card.
    ``holds_files``: its contents are files, each of which is read by its own format.
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
        """Whether a file can contain annotations. A format that is read and not written contains only articles."""
        return self.read is not None and (self.write is not None or self.holds_files)

    def lacking(self, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the facets that the format cannot hold with these options."""
        held = {facet for choice in self.choices for facet in choice.holds.get(options.get(choice.name, ""), ())}
        return tuple(facet for facet in self.cannot_hold if facet not in held)
