"""The Python interface: make or open a project and work on it from a script.

    import annotator

    with annotator.create("case.anno", annotator="ada") as project:
        (document,) = project.import_files(["article.txt"])
        a = project.annotate(document, 18, 32, "claim", source="Ministry", credibility=2)
        project.export("case.jsonl")

Every operation uses the same services and the same single write method as the window.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from annotator.domain import label_tree
from annotator.domain.analysis.bootstrap import SAMPLES
from annotator.domain.analysis.span_scores import THIRD
from annotator.domain.attribution_chains import Station
from annotator.domain.canonical_text import canonical
from annotator.domain.changes import Change, Edit
from annotator.domain.conditions import AnnotationConditions, SuggestionBounds
from annotator.domain.errors import (
    AnnotatorError,
    ImportRefused,
    InvalidText,
    InvalidValue,
    NotFound,
    SavedButUnreadable,
)
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import ClaimRecord, DocumentRow, LabelRecord, RelationRecord, SearchHit, SourceRecord
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import SuggestionRecord as Suggestion
from annotator.domain.seal import Seal, read_seal
from annotator.domain.spans import Pairs
from annotator.formats import registry
from annotator.formats.base import Article
from annotator.formats.reading.article_structure import structured
from annotator.nlp.text.text_search import Query
from annotator.nlp.trained.model_card import Card as ModelCard
from annotator.services.annotations import annotating, labels, relabelling
from annotator.services.claims import chains, claim_suggestions, claims, corroboration
from annotator.services.claims.claim_suggestions import Cluster
from annotator.services.claims.corroboration import Corroboration
from annotator.services.documents import documents, versions
from annotator.services.documents.versions import CarryOver
from annotator.services.exports import exporting, whole_files
from annotator.services.exports.dataset_card import NO_LICENSE
from annotator.services.exports.exporting import ExportReport
from annotator.services.exports.selection import Selection
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport
from annotator.services.projects import project_counts, projects
from annotator.services.reports import reporting
from annotator.services.reports.reporting import Subject
from annotator.services.search import occurrences, searching
from annotator.services.search.occurrences import Annotated
from annotator.services.sources import source_duplicates, source_merging, sources
from annotator.services.sources.source_duplicates import Pair
from annotator.services.sources.track_records import SourceTrack, TrackRecords
from annotator.services.suggestions import evaluating, suggesting, training
from annotator.services.suggestions.evaluating import Candidate, Evaluation
from annotator.services.suggestions.suggesting import Outcome
from annotator.store.project import Project as StoredProject

__all__ = ["Annotation", "Document", "Project", "Suggestion", "create", "open"]

PathLike = str | os.PathLike[str]

_Result = TypeVar("_Result")


def create(path: PathLike, *, annotator: str = "", title: str = "") -> Project:
    """Make a new project file and open it. Raise ProjectError where the file exists already."""
    return Project(projects.create(Path(path), title=title, annotator=annotator))


def open(path: PathLike, *, annotator: str = "", read_only: bool = False, wait: float = 0.0) -> Project:
    """Open a project file, and wait at most ``wait`` seconds while another window or command has it.

    Raise ProjectInUse, NotAProject, DamagedProject, NewerProject or ReadOnlyProject.
    """
    return Project(projects.open_project(Path(path), annotator=annotator, read_only=read_only, wait=wait))


class Project:
    """An open project. Offsets are half-open and count Unicode code points; labels and sources are given by name.

    Where a change is saved, but what it made cannot be read back to be returned, SavedButUnreadable is raised.
    """

    def __init__(self, stored: StoredProject) -> None:
        self._stored = stored
        self.last_import: ImportReport | None = None
        """The result of the last import: what was imported and what was refused, with the reasons."""

    def close(self) -> None:
        """Release the lock and leave one plain file. A second call does nothing.

        Raise ProjectFileMoved where the file is found only now to be another one than was opened; the message names the
        place of everything that was acknowledged.
        """
        self._stored.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stored.__exit__(*raised)

    @property
    def path(self) -> Path:
        """The path of the project's file; it changes when the file is renamed in its folder while it is open."""
        return self._stored.path

    def verify_file(self) -> None:
        """Raise ProjectFileMoved where the file is no longer the one that was opened. Every write does this first."""
        self._stored.verify_file()

    def checkpoint(self) -> None:
        """Write the write-ahead log back on another thread, so that a plain copy of the file is soon whole.

        This happens automatically two seconds after the last write.
        """
        self._stored.checkpoint()

    def save_rescue(self, path: PathLike) -> Path:
        """Save everything as the new file ``path``, also where the project's own file is lost. Raise ProjectError."""
        return self._stored.save_rescue(Path(path))

    @property
    def annotator(self) -> str:
        """The name under which this project writes."""
        return self._stored.annotator

    @property
    def read_only(self) -> bool:
        return self._stored.read_only

    @property
    def seal(self) -> Seal:
        """Number and hash of the last entry of the log, to be recorded elsewhere. Raise DamagedProject."""
        return self._stored.seal

    def continues_from(self, number: int | str | tuple[int, str], hash: str = "") -> bool:
        """Return whether the project still continues from a recorded seal; every hash of the log is computed again.

        ``number`` and ``hash``, or both as one text ``NUMBER:HASH`` or a ``seal``; of the hash the first 16 digits are
        enough, or its twelve words. Raise InvalidValue where this is not a seal.
        """
        if isinstance(number, tuple):
            number, hash = number
        return not self._stored.why_not_continued(read_seal(f"{number}:{hash}" if hash else str(number)))

    # --- documents ------------------------------------------------------------------------------------------------

    def import_files(
        self,
        paths: Iterable[PathLike] | PathLike,
        format: str = "auto",
        *,
        source: str = "",
        recursive: bool = False,
        label_map: Mapping[str, str] | None = None,
        add_labels: Iterable[str] = (),
        columns: Mapping[str, str] | None = None,
        update: bool = False,
    ) -> list[Document]:
        """Import files and folders; return the new documents. ``last_import`` lists what was refused.

        JSON Lines of a colleague are compared with the project: ``last_import.differences`` lists the differences,
        field by field. ``update``: what is newer there is taken over, and what was removed there is removed, as part of
        the one step; without it, the values of this project are kept.

        ``label_map``: labels of the project by the labels of the files; annotations whose label is mapped to nothing
        are left out. ``add_labels``: labels to add where the project does not have them. ``columns``: the column of
        each field, such as ``{"text": "Body"}``, for files that are tables. Raise ImportRefused where nothing could be
        imported, NotFound where a label of ``label_map`` does not exist.
        """
        given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        report = importing.import_files(
            self._stored,
            map(Path, given),
            format=format,
            source=source,
            recursive=recursive,
            label_map=label_map,
            add_labels=add_labels,
            columns=columns,
            update=update,
        )
        self.last_import = report
        if report.refused and not (report.documents or report.duplicates or report.annotations):
            first = report.refused[0]
            raise ImportRefused(f"{first.path}: {first.place + ': ' if first.place else ''}{first.reason}")
        return self._read_back(lambda: self._documents(report.documents))

    def add_document(
        self, title: str, text: str, source: str | None = None, published_at: str | None = None
    ) -> Document:
        """Add a text. Raise InvalidText for a text that cannot be stored, ImportRefused where the project already has
        it.
        """
        text = canonical(text)
        if not title.strip():
            raise InvalidValue("A document needs a title.")
        found, structure = structured(text, title)
        article = Article(
            title=title,
            text=text,
            structure=structure if found == title else (),
            source=source or "",
            published_at=published_at or "",
        )
        report = importing.import_articles(self._stored, [article])
        if report.refused:
            raise InvalidText(report.refused[0].reason)
        if not report.documents:
            raise ImportRefused(f"The project holds the text of {title!r} already.")
        return self._read_back(lambda: self.document(report.documents[0]))

    def _documents(self, ids: Sequence[int]) -> list[Document]:
        return list(self._stored.read.documents.all(ids))

    def document(self, id: int) -> Document:
        """Return one document with its text. Raise NotFound."""
        return self._stored.read.documents.one(id)

    def documents(self) -> list[DocumentRow]:
        """Return all documents in the order of import, without their texts."""
        return self._stored.read.documents.rows()

    def carry_over(self, document: Document | DocumentRow | int) -> CarryOver:
        """Give a new version of a document the annotations of the earlier one that still have their words.

        The result names those that were lost. Raise NotFound where the document is not a new version of another one.
        """
        (done,) = versions.carry_over(self._stored, [_id(document)])
        return done

    def trash(self, document: Document | DocumentRow | int) -> None:
        """Move a document and its annotations to the trash; undo brings them back."""
        self._stored.apply(documents.trash([_id(document)]))

    # --- annotations ----------------------------------------------------------------------------------------------

    def annotate(
        self,
        document: Document | DocumentRow | int,
        start: int,
        end: int,
        label: str,
        *,
        source: str | int | SourceRecord | None = None,
        cue: Pairs | Sequence[int] | None = None,
        mention: Pairs | Sequence[int] | None = None,
        fragments: Pairs | None = None,
        credibility: int | None = None,
        credibility_reason: str = "",
        reliability: str | None = None,
        reliability_reason: str = "",
        probability: int | None = None,
        confidence: str | None = None,
        note: str = "",
        **features: Any,
    ) -> Annotation:
        """Annotate ``text[start:end]``, or ``fragments`` of it. Raise InvalidSpan, InvalidValue or NotFound."""
        text = self._stored.read.documents.one(_id(document)).text
        fields = {
            "cue": cue,
            "mention": mention,
            "credibility": credibility,
            "credibility_reason": credibility_reason,
            "reliability": reliability,
            "reliability_reason": reliability_reason,
            "probability": probability,
            "confidence": confidence,
            "note": note,
            "features": self._features(features),
        }
        label_id = self._label(label).id
        id, change = annotating.annotate(
            self._stored, _id(document), text, fragments or [(start, end)], label_id, **fields
        )
        if source is not None:
            source_id, made = self._source(source)
            change = annotating.with_source(change, source_id)
            change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: self.annotation(id))

    def annotate_all(
        self,
        query: str,
        label: str,
        *,
        documents: Iterable[Document | DocumentRow | int] | None = None,
        regex: bool = False,
        whole_word: bool = False,
        match_case: bool = False,
        lemma: bool = False,
        skip: str = occurrences.SKIP_LABEL,
        source: str | int | SourceRecord | None = None,
        dry_run: bool = False,
    ) -> Annotated:
        """Annotate every place where ``query`` occurs, in all documents or in some; one step of undo.

        ``lemma`` finds every form of the words. ``skip``: places that overlap an annotation of the same ``label``, of
        ``any``, or ``none``. Raise InvalidValue for an expression that cannot be used, NotFound for a name.
        """
        finder = searching.finder_of(Query(query, whole_word, match_case, regex, lemma))
        source_id, made = (None, ()) if source is None else self._source(source)
        return occurrences.annotate_all(
            self._stored,
            finder,
            self._label(label).id,
            None if documents is None else [self.document(_id(found)).id for found in documents],
            skip=skip,
            source_id=source_id,
            first=made,
            dry_run=dry_run,
        )

    def annotation(self, id: int) -> Annotation:
        """Return one annotation. Raise NotFound."""
        return self._stored.read.annotations.one(id)

    def annotations(
        self, document: Document | DocumentRow | int | None = None, label: str | None = None
    ) -> list[Annotation]:
        """Return annotations by document and place."""
        wanted = None if label is None else self._label(label).id
        found = self._stored.read.annotations.all(document_id=None if document is None else _id(document))
        return [annotation for annotation in found if wanted is None or annotation.label_id == wanted]

    def update(
        self, annotation: Annotation | int, *, start: int | None = None, end: int | None = None, **fields: Any
    ) -> Annotation:
        """Change the given fields and keep all others; unknown names are features. Raise as ``annotate`` does."""
        held = self.annotation(_id(annotation))
        text = self.document(held.document_id).text
        if start is not None or end is not None:
            first, last = held.start if start is None else start, held.end if end is None else end
            fields["fragments"] = annotating.moved_edges(held.fragments, first, last)
        changes: dict[str, Any] = {}
        features = dict(held.features)
        made: tuple[Edit, ...] = ()
        for name, value in fields.items():
            if name == "label":
                changes["label_id"] = self._label(value).id
            elif name == "source":
                changes["source_id"], made = (None, ()) if value is None else self._source(value)
            elif name == "features":
                features.update(value or {})
            elif name in annotating.FIELDS:
                changes[name] = value
            else:
                features[name] = value
        features = self._features(features)
        if features != held.features:
            changes["features"] = features
        change = annotating.update(self._stored, held, text, **changes)
        change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: self.annotation(held.id))

    def remove(self, annotation: Annotation | int) -> None:
        """Remove an annotation with its relations; undo brings them back. Raise NotFound."""
        held = self.annotation(_id(annotation))
        relations = self._stored.read.annotations.relations(annotation_ids=[held.id])
        self._stored.apply(annotating.remove([held], relations, self._stored))

    def relate(self, one: Annotation | int, kind: str, other: Annotation | int, note: str = "") -> None:
        """Add a relation between two annotations: ``project.relate(a, "contradicts", b)``."""
        self._stored.apply(annotating.relate(self._stored, _id(one), _id(other), kind, note))

    def relations(self) -> list[RelationRecord]:
        """Return all relations between annotations."""
        return self._stored.read.annotations.relations()

    # --- undo -----------------------------------------------------------------------------------------------------

    def undo(self) -> str | None:
        """Take back the last step; return its title, or None where nothing is left. Works across restarts."""
        return self._stored.undo()

    def redo(self) -> str | None:
        """Do again what undo took back; return its title, or None where there is nothing."""
        return self._stored.redo()

    # --- vocabulary and sources -----------------------------------------------------------------------------------

    def labels(self) -> list[LabelRecord]:
        """Return the labels in their order, each followed by those that are nested under it."""
        return labels.all_labels(self._stored)

    def label_counts(self) -> dict[str, int]:
        """Return how many annotations each label has, by its name."""
        counts = labels.counts(self._stored)
        return {label.name: counts.get(label.id, 0) for label in self.labels()}

    def add_label(
        self,
        name: str,
        *,
        initials: str = "",
        color: str = "",
        key: int | None = None,
        description: str = "",
        parent: str = "",
    ) -> LabelRecord:
        """Add a label, under another where ``parent`` names one. Raise InvalidValue for a name that is already used."""
        fields: dict[str, Any] = {"initials": initials, "color": color, "key": key, "description": description}
        parent_id = self._label(parent).id if parent else None
        _, change = labels.add(self._stored, name, **fields, parent_id=parent_id)
        return self._apply(change, lambda: self._label(name))

    def update_label(self, label: str, **fields: Any) -> LabelRecord:
        """Change ``name``, ``initials``, ``color``, ``key`` or ``description``. Raise InvalidValue or NotFound."""
        held = self._label(label)
        change = labels.update(self._stored, held.id, **fields)
        return self._apply(change, lambda: annotating.label_of(self.labels(), held.id))

    def rename_label(self, label: str, name: str) -> LabelRecord:
        """Give a label another name; its annotations keep it."""
        return self.update_label(label, name=name)

    def merge_labels(self, merged: str | Sequence[str], into: str) -> int:
        """Merge labels into another, which takes over their annotations; return how many. One undo takes it back."""
        names = [merged] if isinstance(merged, str) else merged
        plan = relabelling.merge(self._stored, [self._label(name).id for name in names], self._label(into).id)
        relabelling.carry_out(self._stored, plan)
        return plan.annotations

    def split_label(
        self,
        label: str,
        into: str,
        annotations: Iterable[Annotation | int] | None = None,
        *,
        document: Document | DocumentRow | int | None = None,
        words: str = "",
        annotator: str = "",
        source: str | SourceRecord | None = None,
        reliability: str = "",
        credibility: int | None = None,
        since: str = "",
        until: str = "",
    ) -> int:
        """Give some annotations of a label another label, which is created if needed; return how many. One undo takes
        it back.

        Which ones: those that meet all given conditions: ``annotations`` only these, ``words`` in quote or note,
        ``source`` its name (``""``: no source), ``reliability`` ``-`` and ``credibility`` 0 not graded, ``since`` and
        ``until`` dates of creation. Raise InvalidValue where none matches.
        """
        matching = AnnotationConditions(
            annotator=annotator,
            source_id=None if source is None else self._known_source(source).id if source else 0,
            reliability=reliability,
            credibility=credibility,
            document_ids=() if document is None else (_id(document),),
            words=words,
            since=since,
            until=until,
            chosen=None if annotations is None else [_id(found) for found in annotations],
        )
        target = next((found.id for found in self.labels() if found.name.casefold() == into.casefold()), None)
        plan = relabelling.split(self._stored, self._label(label).id, matching, into_id=target, name=into)
        relabelling.carry_out(self._stored, plan)
        return plan.annotations

    def place_label(self, label: str, *, under: str = "", rank: int | None = None) -> LabelRecord:
        """Nest a label under another, or at the top; ``rank``: its place among its siblings from 0; without it, the
        last.
        """
        parent_id = self._label(under).id if under else None
        held = self._label(label)
        last = len(label_tree.siblings(self.labels(), parent_id))
        place = label_tree.Place(parent_id, last if rank is None else rank)
        return self._apply(labels.place(self._stored, held.id, place), lambda: self._label(held.name))

    def remove_label(self, label: str) -> None:
        """Remove a label that no annotation has. Raise InvalidValue for one that is used."""
        self._stored.apply(labels.remove(self._stored, self._label(label).id))

    def sources(self) -> list[SourceRecord]:
        """Return the registry of sources, by name, with the effective reliability."""
        return self._stored.read.sources.all()

    def add_source(
        self,
        name: str,
        kind: str = "person",
        *,
        aliases: Sequence[str] = (),
        note: str = "",
        parent: str | int | SourceRecord | None = None,
        owner: str | int | SourceRecord | None = None,
        topics: Sequence[str] = (),
    ) -> SourceRecord:
        """Add a source. ``parent``: what it is part of or speaks for.

        Raise InvalidValue for a name that is already used.
        """
        id, change = sources.add(
            self._stored,
            name,
            kind,
            aliases=tuple(aliases),
            note=note,
            parent_id=None if parent is None else self._known_source(parent).id,
            owner_id=None if owner is None else self._known_source(owner).id,
            topics=tuple(topics),
        )
        return self._apply(change, lambda: sources.get(self._stored, id))

    def merge_sources(self, merged: str | Sequence[str], into: str | int | SourceRecord) -> SourceRecord:
        """Merge sources: references to them move to ``into``, and their names become its aliases.

        One undo takes it back.
        """
        names = [merged] if isinstance(merged, str) else merged
        stays = self._known_source(into)
        plan = source_merging.plan(self._stored, [self._known_source(name).id for name in names], stays.id)
        return self._apply(plan.change, lambda: sources.get(self._stored, stays.id))

    def alike_sources(self) -> list[Pair]:
        """Return groups of sources that may be the same, with the reason, the most certain first."""
        return source_duplicates.duplicates(self.sources())

    def assess(
        self,
        source: str | int | SourceRecord,
        reliability: str,
        *,
        rationale: str = "",
        topic: str = "",
        made_on: str = "",
    ) -> SourceRecord:
        """Assess a source with a dated reliability A-F; return it with the effective reliability.

        Raise InvalidValue.
        """
        held = self._known_source(source)
        change = sources.assess(self._stored, held, reliability, rationale=rationale, topic=topic, made_on=made_on)
        return self._apply(change, lambda: sources.get(self._stored, held.id))

    # --- suggestions ----------------------------------------------------------------------------------------------

    def suggest(
        self,
        document: Document | DocumentRow | int | None = None,
        *,
        model: PathLike | None = None,
        grammar: bool = False,
        anew: bool = False,
    ) -> Outcome:
        """Make suggestions for a document, or for all, where something has changed, or ``anew``; return what was done.

        They are made by the rules, or by the trained ``model`` in a folder. ``grammar`` parses sentences. Raise
        InvalidModel.
        """
        ids = None if document is None else [_id(document)]
        means = suggesting.Means(None, grammar, None if model is None else Path(model).absolute())
        return suggesting.run(self._stored, means, document_ids=ids, anew=anew)

    def train(self, folder: PathLike, *, name: str = "", grammar: bool = False) -> ModelCard:
        """Train a model on the annotations and rejections of the project, and keep it in ``folder``.

        Return its description: figures on held-out documents, calibration, notes. Raise InvalidValue where there are
        too few examples.
        """
        out = Path(folder).absolute()
        means = suggesting.Means(None, grammar)
        return training.train_model(self._stored.path, out, name or out.name, means, progress=lambda *_: None)[0]

    def suggestions(
        self, document: Document | DocumentRow | int | None = None, *, least: float = 0.0, by: str = "place"
    ) -> list[Suggestion]:
        """Return the suggestions that wait for an answer: of a document or of all, from the score ``least`` on.

        ``by``: ``place``, or the ``surest`` or the ``least sure`` first (by score).
        """
        ids = None if document is None else (_id(document),)
        return suggesting.listed(self._stored, SuggestionBounds(ids, least), by=by)

    def accept(
        self, suggestion: Suggestion | int, *, label: str | None = None, fragments: Pairs | None = None
    ) -> Annotation:
        """Make the annotation that a suggestion proposes, with another label or span where one is given.

        Raise NotFound for a suggestion that was already answered, InvalidSpan or InvalidValue.
        """
        found = suggesting.find(self._stored, suggestion if isinstance(suggestion, int) else suggestion.id)
        label_id = None if label is None else self._label(label).id
        id, change = suggesting.accept(self._stored, found, label_id=label_id, fragments=fragments)
        return self._apply(change, lambda: self.annotation(id))

    def accept_all(self, suggestions: Iterable[Suggestion]) -> int:
        """Accept many suggestions as one step of undo; return how many."""
        chosen = list(suggestions)
        self._stored.apply(suggesting.accept_all(self._stored, chosen))
        return len(chosen)

    def reject(self, suggestion: Suggestion | int) -> None:
        """Reject a suggestion; similar ones are not proposed again.

        Raise NotFound for one that was already answered.
        """
        found = suggesting.find(self._stored, suggestion if isinstance(suggestion, int) else suggestion.id)
        self._stored.apply(suggesting.reject(self._stored, [found]))

    def evaluate(
        self,
        against: PathLike | Project,
        *,
        annotator: str = "",
        gold_annotator: str = "",
        suggestions_from: float | None = None,
        rules: bool = False,
        model: PathLike | None = None,
        labels: Sequence[str] = (),
        overlap: str = THIRD,
        samples: int = SAMPLES,
        seed: int = 0,
    ) -> Evaluation:
        """Compare the annotations with gold: a project, its file, or annotated files of any format.

        ``suggestions_from``: compare the suggestions from that score on instead; ``rules`` or ``model``: what these
        propose now. ``overlap``: ``exact``, ``third`` or ``any``. Raise InvalidValue where nothing can be compared.
        """
        means = suggesting.Means(model=None if model is None else Path(model).absolute()) if rules or model else None
        return evaluating.evaluate(
            self._stored,
            against._stored if isinstance(against, Project) else Path(against),
            candidate=Candidate(annotator, suggestions_from, means),
            gold_annotator=gold_annotator,
            labels=labels,
            overlap=overlap,
            samples=samples,
            seed=seed,
        )

    # --- claims ---------------------------------------------------------------------------------------------------

    def add_claim(
        self,
        text: str,
        annotations: Iterable[Annotation | int] = (),
        *,
        topic: str = "",
        note: str = "",
        stance: str = "states",
    ) -> ClaimRecord:
        """Make a claim, stated (or denied) by annotations. Raise InvalidValue or NotFound."""
        ids = [_id(one) for one in annotations]
        id, change = claims.add(self._stored, text, ids, topic=topic, note=note, stance=stance)
        return self._apply(change, lambda: self._claim(id))

    def claims(self) -> list[ClaimRecord]:
        """Return all claims with their effective verdict, in the order of creation."""
        return self._stored.read.claims.all()

    def state(
        self, claim: ClaimRecord | int, annotations: Iterable[Annotation | int], stance: str = "states"
    ) -> ClaimRecord:
        """Record that annotations state a claim, or with ``denies`` that they deny it."""
        ids = [_id(one) for one in annotations]
        return self._apply(claims.state(self._stored, _id(claim), ids, stance), lambda: self._claim(_id(claim)))

    def resolve(
        self,
        claim: ClaimRecord | int,
        verdict: str,
        *,
        evidence: str = "",
        address: str = "",
        resolved_on: str = "",
    ) -> ClaimRecord:
        """Record the resolution of a claim: open, confirmed, partly, refuted or unverifiable. Raise InvalidValue."""
        held = self._claim(_id(claim))
        change = claims.resolve(
            self._stored, held, verdict, evidence=evidence, address=address, resolved_on=resolved_on
        )
        return self._apply(change, lambda: self._claim(held.id))

    def link(
        self,
        annotation: Annotation | int,
        source: str | int | SourceRecord,
        role: str = "relay",
        *,
        checked: bool = False,
        note: str = "",
    ) -> tuple[Station, ...]:
        """Add a source to the attribution chain of an annotation; return the chain, from its origin to the outlet."""
        held = self.annotation(_id(annotation))
        id, made = self._source(source)
        known = _new_source(made[0]) if made else sources.get(self._stored, id)
        change = chains.link(self._stored, held, known, role, checked=checked, note=note)
        change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: chains.chain_of(self._stored, held.id))

    def chain(self, annotation: Annotation | int) -> tuple[Station, ...]:
        """Return the attribution chain of an annotation, from its origin to the outlet."""
        return chains.chain_of(self._stored, _id(annotation))

    def corroboration(self, claim: ClaimRecord | int) -> Corroboration:
        """Return the independent origins of a claim, and why statements count as one. Raise NotFound."""
        return corroboration.corroboration(self._stored, _id(claim))

    def circular_reports(self) -> list[Corroboration]:
        """Return the claims that several outlets report from one origin."""
        return corroboration.circular_reports(self._stored)

    def suggested_claims(self) -> list[Cluster]:
        """Return annotations that may state the same claim, with the reason, the most alike first."""
        return claim_suggestions.suggested(self._stored)

    def track_record(self, source: str | int | SourceRecord, as_of: str = "") -> SourceTrack:
        """Return the track record of a source, as of a day or today. Raise NotFound."""
        return TrackRecords(self._stored, as_of).of(self._known_source(source).id)

    def report(
        self,
        path: PathLike | None = None,
        *,
        document: Document | DocumentRow | int | None = None,
        source: str | int | SourceRecord | None = None,
        claim: ClaimRecord | int | None = None,
        as_of: str = "",
    ) -> str:
        """Return a report as of a day, on the project or on one of its parts, as an HTML page; write it where ``path``
        is given.

        Raise InvalidValue, NotFound or ExportRefused.
        """
        subject = Subject(
            None if document is None else _id(document),
            None if source is None else self._known_source(source).id,
            None if claim is None else _id(claim),
        )
        page = reporting.report(self._stored, subject, as_of).page
        if path is not None:
            whole_files.write_whole(self._stored, Path(path), page.encode("utf-8"))
        return page

    # --- search, measure, in and out ------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        regex: bool = False,
        whole_word: bool = False,
        match_case: bool = False,
        limit: int = 50,
    ) -> list[SearchHit]:
        """Return the first hits of words, "phrases" and beginnings* over all documents, with context.

        With an option the query is searched for literally.
        """
        return searching.search(
            self._stored, query, regex=regex, whole_word=whole_word, match_case=match_case, limit=limit
        )

    def stats(self) -> dict[str, dict[str, int]]:
        """Return counts of documents, annotations and the like, by name."""
        return project_counts.stats(self._stored)

    def import_annotations(self, path: PathLike, format: str = "auto", *, update: bool = False) -> ImportReport:
        """Import a file that carries annotations; existing documents get the annotations that they lack.

        ``update``: as in ``import_files``.
        """
        self.last_import = importing.import_files(self._stored, [Path(path)], format=format, update=update)
        return self.last_import

    def export(
        self,
        path: PathLike,
        format: str = registry.NATIVE_FORMAT.id,
        *,
        labels: Sequence[str] = (),
        statuses: Sequence[str] = (),
        annotators: Sequence[str] = (),
        sources: Sequence[str] = (),
        outlets: Sequence[str] = (),
        published_from: str = "",
        published_to: str = "",
        reliabilities: Sequence[str] = (),
        credibilities: Sequence[int | str] = (),
        created_by: str = "",
        suggestions_from: float | None = None,
        annotated_only: bool = False,
        split: Mapping[str, float] | None = None,
        group_by: str = "document",
        seed: int = 0,
        overlap: str = "",
        options: Mapping[str, str] | None = None,
        card: bool = False,
        license: str = NO_LICENSE,
        dry_run: bool = False,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> ExportReport:
        """Write documents and annotations to ``path``; the report names every loss.

        What is exported: see ``services.exports.selection.Selection``. ``options``: by the names of the format's
        options, such as ``{"tokeniser": "en"}``; ``overlap`` is a shortcut for one of them. ``card``: also write a
        dataset card that names the ``license``. Raise ExportRefused, InvalidValue or NotFound.
        """
        selection = Selection(
            labels=labels,
            statuses=statuses,
            annotators=annotators,
            sources=sources,
            outlets=outlets,
            published_from=published_from,
            published_to=published_to,
            reliabilities=reliabilities,
            credibilities=[str(digit) for digit in credibilities],
            created_by=created_by,
            annotated_only=annotated_only,
            suggestions_from=suggestions_from,
        )
        return exporting.export(
            self._stored,
            Path(path),
            format,
            selection=selection,
            split=split,
            group_by=group_by,
            seed=seed,
            options=exporting.with_overlap(options or {}, overlap, format),
            card=card,
            license=license,
            dry_run=dry_run,
            progress=progress,
        )

    # --- what was written, read back ------------------------------------------------------------------------------

    def _apply(self, change: Change, read: Callable[[], _Result]) -> _Result:
        """Write a change and return what ``read`` finds of it. Raise SavedButUnreadable where only reading fails."""
        self._stored.apply(change)
        return self._read_back(read)

    def _read_back(self, read: Callable[[], _Result]) -> _Result:
        """Return what ``read`` finds after a change was written. Raise SavedButUnreadable."""
        try:
            return read()
        except AnnotatorError as error:
            raise SavedButUnreadable(
                f"The step is saved in {self.path.name}, but what it made cannot be read back: do not repeat it, but "
                "check the disk, and look at the project with 'annotator check'."
            ) from error

    # --- names to ids ---------------------------------------------------------------------------------------------

    def _label(self, name: str) -> LabelRecord:
        return annotating.find_label(self._stored.read.labels.all(), name)

    def _source(self, source: str | int | SourceRecord) -> tuple[int, tuple[Edit, ...]]:
        """Return the id of a source, and the edits that create it where no source has that name."""
        if isinstance(source, str) and sources.find(self._stored, source) is None:
            id, change = sources.add(self._stored, source)
            return id, change.edits
        return self._known_source(source).id, ()

    def _known_source(self, source: str | int | SourceRecord) -> SourceRecord:
        if not isinstance(source, str):
            return sources.get(self._stored, source if isinstance(source, int) else source.id)
        found = sources.find(self._stored, source)
        if found is None:
            raise NotFound(f"There is no source {source!r} in the project: enter it with add_source.")
        return found

    def _claim(self, id: int) -> ClaimRecord:
        return self._stored.read.claims.one(id)

    def _features(self, values: Mapping[str, Any]) -> dict[str, Any]:
        defined = self._stored.read.labels.features()
        # A keyword cannot contain the space that the name of a feature may contain.
        spaced = {feature.name.replace(" ", "_"): feature.name for feature in defined}
        return {spaced.get(name, name): value for name, value in values.items() if value not in (None, "")}


def _new_source(edit: Edit) -> SourceRecord:
    """Return a source as it will be after ``edit``, which creates it, is written."""
    row = edit.after or {}
    return SourceRecord(edit.id, row["uid"], row["name"], row["kind"], (), "", None, None, 0, 0)


def _id(thing: Document | DocumentRow | Annotation | ClaimRecord | int) -> int:
    if isinstance(thing, bool) or not isinstance(thing, int):
        found = getattr(thing, "id", None)
        if not isinstance(found, int):
            raise NotFound(f"{thing!r} is neither an id nor something that has one.")
        return found
    return thing
