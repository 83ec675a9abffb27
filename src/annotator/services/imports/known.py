"""The data of the project that an import needs: names of the project, and the rows to which each chunk refers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotator.domain.changes import new_uid
from annotator.domain.records import FeatureRecord
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotations,
    IncomingAssessment,
    IncomingChainLink,
    IncomingClaim,
    IncomingQuestion,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    Vocabulary,
)
from annotator.services.imports.chunks import Chunk
from annotator.store.project import Project

_REMEMBERED = 50_000
"""Names and places of what was written that an import keeps at hand, some 250 bytes each: the project has them all."""

_LONGEST_UID = 64

_COMPARED_LATER = frozenset({"annotator", "document", "source"})
"""Tables whose rows are compared by more than their uid, or only when their file has been read to its end."""

AnnotationPlace = tuple[int, int, tuple[Span, ...], str]
"""Document, label, fragments and annotator: an annotation without a uid is known by them."""

Row = Mapping[str, Any]


@dataclass
class Known:
    """What the project holds, as far as an import has to know it. Planned rows are added to it, so that none is made
    twice.

    Loaded once per import: labels, sources, features and annotators by name, assessments, and where there is a
    judgement the stated and linked annotations. Loaded per chunk (``load``): documents and annotations that it names,
    and the rows of its uids. A name is looked up among those of the present file first, whose uids are known.
    """

    annotator_id: int = 0
    annotators: dict[str, int] = field(default_factory=dict)
    annotator_names: dict[int, str] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    """By name, in lower case; so are tags, sources and aliases."""
    tags: dict[str, int] = field(default_factory=dict)
    """Labels by their names in formats of tags, which have no room for a space."""
    label_uids: dict[str, int] = field(default_factory=dict)
    label_keys: set[int | None] = field(default_factory=set)
    label_map: dict[str, str] = field(default_factory=dict)
    """The names of labels by those that the user mapped to them; empty where they are left out."""
    features: dict[str, FeatureRecord] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    source_uids: dict[str, int] = field(default_factory=dict)
    assessments: set[tuple[Any, ...]] = field(default_factory=set)
    """Source, date, reliability, topic, rationale and annotator."""
    chain_links: set[tuple[int, int]] | None = None
    """Annotation and source; None until a judgement comes."""
    stated: set[int] = field(default_factory=set)
    """Annotations that state a claim."""

    file_annotators: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Annotators by the names that the present file gives them: the id, or 0 and the uid of one who is new."""
    file_labels: dict[str, int] = field(default_factory=dict)
    file_sources: dict[str, int] = field(default_factory=dict)
    """Labels and sources that the project knows by their uids, by the names that the present file gives them."""

    documents: dict[str, int] = field(default_factory=dict)
    """By the hash of the text."""
    new_documents: set[int] = field(default_factory=set)
    """Documents that this import made."""
    annotations: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Id and document by the uid that their file gives them."""
    renamed: set[str] = field(default_factory=set)
    """Those of these uids under which the project holds another annotation, so that only we know whose they are."""
    places: set[AnnotationPlace] = field(default_factory=set)
    """Annotations by place and annotator, so that those without a uid are not made twice."""
    documents_with_places: set[int] = field(default_factory=set)
    """Documents of which all annotations are in ``places``."""
    bookmarks: set[tuple[int, str, int]] = field(default_factory=set)
    """Document, annotator and position."""
    bookmark_uids: set[tuple[int, str]] = field(default_factory=set)
    """Document and uid of the bookmarks of the documents that a chunk brings again."""
    relations: set[tuple[str, int, int]] = field(default_factory=set)
    """Kind and ends."""
    given_uids: set[tuple[str, str]] = field(default_factory=set)
    """Table and uid of planned rows."""

    uids: dict[str, dict[str, int]] = field(default_factory=dict)
    """Ids of the rows that the project holds of the uids of the chunk, by table; documents with those planned."""
    rows_to_compare: dict[str, Mapping[str, Row]] = field(default_factory=dict)
    """The rows of ``uids`` with all their columns, by table and uid; empty unless the file is compared."""
    document_rows: Mapping[int, Row] = field(default_factory=dict)
    annotation_rows: Mapping[int, Mapping[str, Row]] = field(default_factory=dict)
    """Documents of the chunk that are to be compared, by id, and their annotations by document and uid."""

    # --- look up ------------------------------------------------------------------------------------------------------

    def label(self, name: str) -> int | None:
        """Return the id of the label that the present file calls so, in lower case; None where there is none."""
        return self.file_labels.get(name) or self.label_of_project(name)

    def label_of_project(self, name: str) -> int | None:
        """Return the id of the label that the project calls so, in lower case; None where there is none."""
        return self.labels.get(name) or self.tags.get(name)

    def source(self, key: str) -> int | None:
        """Return the id of the source with that name or alias, in lower case; None where there is none."""
        if key in self.file_sources:
            return self.file_sources[key]
        return self.sources[key] if key in self.sources else self.aliases.get(key)

    def annotation(self, uid: str) -> int:
        """Return the id of an annotation that came or was there, by the uid that its file gives it; 0 for none."""
        return self.annotations.get(uid, (0, 0))[0]

    def id_of(self, table: str, uid: str) -> int | None:
        """Return the id of the row of this uid that the project holds; None where there is none, or no uid."""
        return self.uids.get(table, {}).get(uid) if uid else None

    def row(self, table: str, uid: str) -> Row | None:
        """Return the row of this uid that the project holds, where the present file is compared with the project."""
        return self.rows_to_compare.get(table, {}).get(uid)

    def free_uid(self, table: str, uid: str) -> str:
        """Return ``uid`` where the table does not hold it yet, else a new one."""
        if not is_uid(uid) or (table, uid) in self.given_uids:
            return new_uid()
        self.given_uids.add((table, uid))
        return new_uid() if uid in self.uids.get(table, ()) else uid

    # --- forget -------------------------------------------------------------------------------------------------------

    def end_file(self) -> None:
        """Forget the names of a file: they mean nothing in the next one."""
        for names in (self.file_annotators, self.file_labels, self.file_sources):
            names.clear()

    def end_chunk(self) -> None:
        """Forget the rows of a chunk that is written, and names and places where they are many."""
        self.uids.clear()
        self.rows_to_compare.clear()
        self.document_rows, self.annotation_rows = {}, {}
        self.bookmark_uids.clear()
        places: tuple[set[Any], ...] = (self.places, self.documents_with_places, self.relations, self.bookmarks)
        remembered = len(self.annotations) + len(self.documents) + len(self.given_uids)
        if remembered + sum(len(place) for place in places) < _REMEMBERED:
            return
        self.annotations = {uid: self.annotations[uid] for uid in self.renamed}
        self.documents.clear()
        for place in places:
            place.clear()
        # The uids of annotators are loaded with the head of their file alone.
        self.given_uids = {given for given in self.given_uids if given[0] == "annotator"}


def is_uid(uid: str) -> bool:
    """Return whether a file may give a row this uid."""
    return 1 <= len(uid) <= _LONGEST_UID


def known_names(project: Project) -> Known:
    """Return what an import knows of a project before it reads a file."""
    sources = project.read.sources.all()
    labels = project.read.labels.all()
    features = project.read.labels.features()
    annotators = project.read.project.annotators()
    assessments = project.read.sources.assessments()
    names = {label.name.casefold(): label.id for label in labels}
    return Known(
        annotator_id=project.annotator_id,
        annotators=annotators,
        annotator_names={id: name for name, id in annotators.items()},
        labels=names,
        tags={name.replace(" ", "_"): id for name, id in names.items()},
        label_uids={label.uid: label.id for label in labels},
        label_keys={label.key for label in labels},
        features={feature.name: feature for feature in features},
        sources={source.name.casefold(): source.id for source in sources},
        aliases={alias.casefold(): source.id for source in sources for alias in source.aliases},
        source_uids={source.uid: source.id for source in sources},
        assessments={
            (one.source_id, one.made_on, one.reliability, one.topic, one.rationale, one.annotator)
            for one in assessments
        },
    )


def load(known: Known, project: Project, chunk: Chunk, *, is_compared: bool) -> None:
    """Load what the project holds of the rows that a chunk names. ``is_compared``: with all columns to be compared."""
    if not chunk.items and not chunk.articles:
        return
    wanted = _uids_of(chunk)
    annotation_uids = wanted.pop("annotation", set())
    texts = [digest for _, _, digest in chunk.articles]
    texts += [one.item.text_sha256 for one in chunk.items if isinstance(one.item, IncomingAnnotations)]
    has_judgements = any(isinstance(received.item, _JUDGEMENTS) for received in chunk.items)
    if texts:
        known.documents |= project.read.documents.by_hash(texts)
    if new := [uid for uid in annotation_uids if uid not in known.annotations]:
        known.annotations |= project.read.annotations.by_uid(new)
    for table, uids in wanted.items():
        if is_compared and table not in _COMPARED_LATER:
            known.rows_to_compare[table] = project.read.exchange.rows_by_uid(table, uids)
            known.uids[table] = {uid: row["id"] for uid, row in known.rows_to_compare[table].items()}
        else:
            known.uids[table] = project.read.project.known_uids(table, uids)
    if ends := _beginnings(known, chunk):
        relations = project.read.annotations.relations(annotation_ids=ends, trashed=True)
        known.relations |= {(found.kind, found.from_id, found.to_id) for found in relations}
    if has_judgements and known.chain_links is None:
        links = project.read.claims.chain_links(trashed=True)
        known.chain_links = {(one.annotation_id, one.source_id) for one in links}
        known.stated = {one.annotation_id for one in project.read.claims.statements(trashed=True)}
    held = [(known.documents[digest], article) for article, _, digest in chunk.articles if digest in known.documents]
    if held:
        _load_held_documents(known, project, held, is_compared=is_compared)


def _load_held_documents(
    known: Known, project: Project, held: Sequence[tuple[int, Article]], *, is_compared: bool
) -> None:
    """Load what is compared of documents that a chunk brings again, and their bookmarks."""
    there = {id for id, _ in held} - known.new_documents
    for document_id in {id for id, article in held if article.bookmarks}:
        for found in project.read.annotations.bookmarks(document_id=document_id):
            known.bookmarks.add((document_id, found.annotator, found.position))
            known.bookmark_uids.add((document_id, found.uid))
    if is_compared and there:
        known.annotation_rows = project.read.exchange.annotation_rows(there)
        rows = project.read.exchange.rows_by_id("document", there)
        known.document_rows = {row["id"]: row for row in rows}


def _beginnings(known: Known, chunk: Chunk) -> set[int]:
    """Return the ids of the annotations at which relations of a chunk begin."""
    relations = (received.item for received in chunk.items if isinstance(received.item, IncomingRelation))
    return {known.annotation(relation.from_uid) for relation in relations} - {0}


_JUDGEMENTS = (IncomingChainLink, IncomingClaim, IncomingQuestion)


def _uids_of(chunk: Chunk) -> dict[str, set[str]]:
    """Return the uids that a chunk names, by table."""
    found: dict[str, set[str]] = defaultdict(set)
    for received in chunk.items:
        for table, uid in _named_rows(received.item):
            if uid:
                found[table].add(uid)
    for article, _, _ in chunk.articles:
        found["document"].update(uid for uid in (article.uid, article.version_of) if uid)
        found["annotation"].update(one.uid for one in article.annotations if one.uid)
        if article.bookmarks:
            found["bookmark"].update(one.uid for one in article.bookmarks if one.uid)
    return {table: uids for table, uids in found.items() if uids}


def _named_rows(item: Incoming) -> Iterator[tuple[str, str]]:
    """Yield the table and the uid of each row that an item states or refers to."""
    match item:
        case IncomingAnnotations():
            yield "document", item.document_uid
            yield from (("annotation", one.uid) for one in item.annotations)
        case Vocabulary():
            yield from (("label", one.uid) for one in item.labels)
            yield from (("feature", one.uid) for one in item.features)
        case IncomingSource():
            yield "source", item.uid
        case IncomingAssessment():
            yield "assessment", item.uid
        case IncomingRelation():
            yield "relation", item.uid
            yield from (("annotation", uid) for uid in (item.from_uid, item.to_uid))
        case IncomingState():
            yield from (("annotator", one.uid) for one in item.annotators)
        case IncomingChainLink():
            yield "chain_link", item.uid
            yield "annotation", item.annotation_uid
        case IncomingClaim():
            yield "claim", item.uid
            for statement in item.statements:
                yield "statement", statement.uid
                yield "annotation", statement.annotation_uid
            yield from (("resolution", one.uid) for one in item.resolutions)
        case IncomingQuestion():
            yield "question", item.uid
            yield from (("hypothesis", one.uid) for one in item.hypotheses)
            for evidence in item.evidence:
                yield "evidence", evidence.uid
                yield "annotation", evidence.annotation_uid
            yield from (("rating", one.uid) for one in item.ratings)
        case _:
            pass
