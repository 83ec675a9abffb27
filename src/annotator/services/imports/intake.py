"""Taking in what readers give: checked against the project, in chunks that are one step of undo."""

import json
from collections import deque
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from annotator.domain.canonical_text import canonical, one_line, sha256, without_surrogates
from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidSpan, InvalidText, InvalidValue
from annotator.domain.features import checked_features
from annotator.domain.fixed_choices import DOCUMENT_STATUSES
from annotator.domain.grades import checked_confidence, checked_credibility, checked_probability, checked_reliability
from annotator.domain.json_values import DEEPEST, is_too_deep
from annotator.domain.labels import KEYS, OKABE_ITO, initials_of
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span, checked_fragments, find_quote, hull
from annotator.domain.wording import counted, elided, said_by
from annotator.formats.base import (
    Article,
    Blank,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingAssessment,
    IncomingChainLink,
    IncomingClaim,
    IncomingQuestion,
    IncomingRelation,
    IncomingSource,
    IncomingState,
    PassedBy,
    Refusal,
    Vocabulary,
)
from annotator.nlp.boundaries import count_words
from annotator.services.annotations.annotating import find_label, placed
from annotator.services.documents.versions import earlier_version
from annotator.services.imports.differences import NOWHERE, Place
from annotator.services.imports.exchange import Exchange
from annotator.services.imports.file_comparison import FileComparison
from annotator.services.imports.judgement_intake import JudgementIntake
from annotator.services.imports.report import ImportReport, Progress, plural
from annotator.store.project import Project
from annotator.store.queries import exchange_queries, project_queries
from annotator.store.queries.exchange_queries import IMPORT, Removal
from annotator.store.rows import ORDER

CHUNK = 3_000_000
"""Characters of text in one commit of an import: every commit waits for the disk, so a chunk is large."""

SMALL_CHUNK = 350_000
"""The same where a window is open: a key press that writes waits for a running commit, 50 ms at most."""

_ROWS_OF_DOCUMENT = 2_500
"""A document costs as much beside its text as this many characters of text."""

_ROWS_OF_ANNOTATION = 250
"""The same of an annotation."""

_CHUNK_ROWS = 2_000

_REMEMBERED = 50_000
"""Names and places of what was written that an import keeps at hand, some 250 bytes each: the project has them all."""

_RANKS = {table: rank for rank, table in enumerate(ORDER)}
_ODD = (AnnotatorError, AttributeError, TypeError, ValueError)
"""What may come of a value that a format, which may be another maker's, did not look at: the next record comes in."""


class Intake:
    """Collects what readers give into chunks, and writes each as one Change of the same step."""

    def __init__(
        self,
        project: Project,
        report: ImportReport,
        source: str,
        chunk: int = CHUNK,
        give_way: Progress = lambda _done, _total, _text: None,
        label_map: Mapping[str, str] | None = None,
        add_labels: Iterable[str] = (),
        *,
        update: bool = False,
    ) -> None:
        self._project = project
        self._chunk = chunk
        self._give_way = give_way
        self._report = report
        self._default_source = source.strip()
        self.step = new_uid()
        self._has_written = False
        self.written = 0
        """How many documents of this import are in the project."""
        at_once = max(1, chunk // _ROWS_OF_ANNOTATION)
        self._at_once = at_once
        self._comparison = FileComparison(report.comparison, self._removals, update=update)
        self._exchange = Exchange(project, self._comparison, self._write_differences)
        self._path: Path | None = None
        self._people_of_file: dict[str, tuple[int, str]] = {}
        """Annotators by the names that the present file gives them: the id, or 0 and the uid of one who is new."""
        self._labels_of_file: dict[str, int] = {}
        self._sources_of_file: dict[str, int] = {}
        """Labels and sources that the project knows by their uids, by the names that the present file gives them."""
        self._known_sources: list[tuple[IncomingSource, int]] = []
        self._rows: dict[int, dict[str, dict[str, Any]]] = {}
        """The annotations of documents that were here before, by document and uid."""
        self._edits: list[Edit] = []
        self._articles: list[tuple[Article, Path | None, str]] = []
        self._characters = 0
        self._seen: dict[str, int] = {}
        self._by_uid: dict[str, tuple[int, int]] = {}
        """Annotations by the uid that their file gives them: id and document."""
        self._renamed: set[str] = set()
        """Those of these uids under which the project holds another annotation, so that only we know whose they are."""
        self._ties: set[tuple[str, int, int]] = set()
        """Relations by kind and ends."""
        self._placed: set[tuple[int, int, tuple[Span, ...], str]] = set()
        """Annotations by place and annotator, so that those without a uid are not taken twice."""
        self._bookmarked: set[tuple[int, str, int]] = set()
        """Bookmarks by document, annotator and position."""
        self._own: set[int] = set()
        """Documents that this import made."""
        self._blanks: dict[Blank, tuple[Path | None, Refusal]] = {}
        """The first of each kind that holds nothing."""
        self._ids: dict[str, deque[int]] = {}
        """Ids of new rows by table: asking for them one by one takes longer than all else about a row."""
        self._given_uids: set[tuple[str, str]] = set()
        self._looked_at: set[int] = set()
        self._people: list[Edit] = []
        self._texts: list[Edit] = []
        self._waiting: list[tuple[IncomingRelation, Path | None]] = []
        """Relations with an end that has not come yet: it may be in a file that is read later."""
        self._stubs: dict[str, int] = {}
        """Sources that were only named as yet, and where their edit is in ``_edits``."""
        self._moment = now()
        self._judgements: JudgementIntake | None = None
        with project.reading() as connection:
            known = project_queries.sources(connection)
            self._sources = {source.name.casefold(): source.id for source in known}
            self._aliases = {alias.casefold(): source.id for source in known for alias in source.aliases}
            labels = project_queries.labels(connection)
            self._labels = {label.name.casefold(): label.id for label in labels}
            self._tags = {name.replace(" ", "_"): id for name, id in self._labels.items()}
            """Labels by their names in formats of tags, which have no room for a space."""
            self._mapped: dict[str, str] = {}
            self._keys = {label.key for label in labels}
            self._label_uids = {label.uid: label.id for label in labels}
            self._source_uids = {source.uid: source.id for source in known}
            self._features = {feature.name: feature for feature in project_queries.features(connection)}
            self._annotators = project_queries.annotators(connection)
            self._names_of_annotators = {id: name for name, id in self._annotators.items()}
            self._assessed = {
                (entry.source_id, entry.made_on, entry.reliability, entry.topic, entry.rationale, entry.annotator)
                for entry in project_queries.assessments(connection)
            }

        self._left_out: dict[str, int] = {}
        """How many annotations were left out as they should be, by their label."""
        wanted = tuple(LabelRecord(0, one_line(name), "", "", None, "", 0) for name in add_labels if name.strip())
        self._vocabulary(Vocabulary(wanted))
        for old, new in (label_map or {}).items():
            name = one_line(new).casefold()
            is_there = not name or name in self._labels
            self._mapped[one_line(old).casefold()] = name if is_there else find_label(labels, new).name.casefold()

    def take(self, item: Incoming, path: Path | None) -> None:
        if path != self._path:
            self._end_of_file()
            self._path = path
        if not isinstance(item, Article):
            item = _fit_for_a_file(item)
        if isinstance(item, IncomingState):
            self._begin_comparison(item)
        elif isinstance(item, Article):
            try:
                digest = sha256(_checked_text(item.text))
            except AnnotatorError as error:
                self._refuse(path, "", str(error))
                return
            self._articles.append((_fit_for_a_file(item), path, digest))
            self._characters += len(item.text) + _ROWS_OF_DOCUMENT + _ROWS_OF_ANNOTATION * len(item.annotations)
            if self._characters >= self._chunk:
                self.flush()
        elif isinstance(item, IncomingAnnotations):
            if self._articles or len(self._edits) >= _CHUNK_ROWS:
                self.flush()
            self._onto_document(item, path)
        elif isinstance(item, Refusal):
            if item.blank is None:
                self._refuse(path, item.place, item.reason)
            else:
                self._note_blank(item, item.blank, path)
        elif isinstance(item, PassedBy):
            where = "" if path is None else f"{path.name}: "
            self._report.notes.append(f"{where}{item.sentence}")
        elif isinstance(item, Vocabulary):
            self._vocabulary(item)
        elif isinstance(item, IncomingSource):
            self._source_entry(item)
        elif isinstance(item, IncomingAssessment):
            self._assessment(item, path)
        elif isinstance(item, IncomingRelation):
            if self._articles or len(self._edits) >= _CHUNK_ROWS:
                self.flush()
            self._relation(item, path)
        elif isinstance(item, IncomingChainLink | IncomingClaim | IncomingQuestion):
            if self._articles or len(self._edits) >= _CHUNK_ROWS:
                self.flush()
            self._judgement(item, path)

    def _note_blank(self, refusal: Refusal, blank: Blank, path: Path | None) -> None:
        """Count what holds nothing. What is the only one of its kind is refused by its name."""
        count = self._report.skipped[blank] = self._report.skipped.get(blank, 0) + 1
        if count == 1:
            self._blanks[blank] = (path, refusal)

    @property
    def has_written(self) -> bool:
        """Whether anything of this import is in the project."""
        return self._has_written

    def finish(self) -> None:
        """Write what was collected, and what had to wait for the rest."""
        for blank, (refused_path, refusal) in self._blanks.items():
            if self._report.skipped[blank] == 1:
                del self._report.skipped[blank]
                self._refuse(refused_path, refusal.place, refusal.reason)
        self.flush()
        waiting, self._waiting = self._waiting, []
        for relation, path in waiting:
            if len(self._edits) >= _CHUNK_ROWS:
                self.flush()
            self._relation(relation, path, is_last=True)
        self.flush()
        self._end_of_file()

    def _begin_comparison(self, state: IncomingState) -> None:
        self._end_of_file()
        with self._project.reading() as connection:
            self._comparison.begin(state, exchange_queries.common_entry(connection, state.points))
            known = exchange_queries.annotators_by_uid(connection)
        for uid, name in state.annotators:
            self._people_of_file[one_line(name)] = known.get(uid, 0), uid

    def _end_of_file(self) -> None:
        """Write what the file brought, and decide about what differs; its names mean nothing in the next one."""
        if not self._comparison.is_on:
            return
        self.flush()
        for entry, id in self._known_sources:
            self._compare_source(entry, id)
        self._known_sources.clear()
        self.flush()
        self._exchange.end_file()
        for names in (self._people_of_file, self._labels_of_file, self._sources_of_file):
            names.clear()

    def flush(self) -> None:
        """Write what was collected."""
        articles, self._articles, self._characters = self._articles, [], 0
        if articles:
            self._plan(articles)
        people, self._people = self._people, []
        # Rows of one table in a row are written at once; each table comes after those that it refers to.
        edits = sorted(self._texts + self._edits, key=lambda edit: _RANKS[edit.table])
        self._texts, self._edits = [], []
        self._stubs.clear()
        # Annotators are nobody's action: undo must not take away the one who works here.
        self._project.apply(Change("Welcome annotators", tuple(people), step=""))
        self._project.apply(Change(IMPORT, tuple(edits), self.step), self._give_way)
        self.written = len(self._report.documents)
        self._has_written = self._has_written or bool(edits)
        if self._comparison.is_full():
            self._exchange.settle()
        self._forget()

    def _plan(self, articles: Sequence[tuple[Article, Path | None, str]]) -> None:
        """Make the edits that bring articles in, and compare those that are there already."""
        with self._project.reading() as connection:
            self._seen |= project_queries.documents_by_hash(connection, [digest for _, _, digest in articles])
            taken_documents = project_queries.known_uids(
                connection, "document", [a.uid for a, _, _ in articles if a.uid]
            )
            uids = [found.uid for article, _, _ in articles for found in article.annotations if found.uid]
            held = project_queries.annotations_by_uid(connection, [uid for uid in uids if uid not in self._by_uid])
            there = {self._seen[digest] for _, _, digest in articles if digest in self._seen} - self._own
            documents: dict[int, dict[str, Any]] = {}
            if self._comparison.is_on and there:
                self._rows = exchange_queries.annotation_rows(connection, there)
                documents = {row["id"]: row for row in exchange_queries.rows_by_id(connection, "document", there)}
        self._by_uid |= held
        self._reserve("document", sum(digest not in self._seen for _, _, digest in articles))
        self._reserve("annotation", sum(len(article.annotations) for article, _, _ in articles))
        for article, path, digest in articles:
            document_id = self._seen.get(digest)
            if document_id is not None:
                if document_id in documents:
                    self._compare_document(documents[document_id], article)
                self._report.duplicates.append(str(path or article.title))
                self._look_at(document_id, article)
            elif self._comparison.is_on and article.uid in taken_documents:
                count = len(article.annotations)
                self._refuse(
                    path,
                    elided(article.title, 60),
                    f"The document has another text here, so nothing of it was taken ({counted(count, 'annotation')}): "
                    "import it as a text of its own to have both.",
                )
                continue
            else:
                try:
                    self._document(article, path, digest, taken_documents)
                except _ODD as error:
                    self._refuse(path, "", _why(error))
                    continue
            document_id = self._seen[digest]
            self._annotations(document_id, article, path)
            if article.bookmarks:
                self._bookmarks(document_id, article)
        self._rows.clear()

    def _forget(self) -> None:
        """Let go of what the project tells as well once it is written: a large import would fill the memory with it."""
        told = (self._seen, self._placed, self._looked_at, self._ties, self._bookmarked, self._given_uids)
        if len(self._by_uid) + sum(map(len, told)) < _REMEMBERED:
            return
        self._by_uid = {uid: self._by_uid[uid] for uid in self._renamed}
        for one in told:
            one.clear()

    def left_out(self) -> list[str]:
        """One plain line for each label whose annotations were to be left out."""
        return [
            f"{count:,} {plural('annotation', count)} with the label “{label}” left out, as chosen."
            for label, count in self._left_out.items()
        ]

    def _look_at(self, document_id: int, article: Article) -> None:
        """Learn which annotations a document has that was here before."""
        uids = [found.uid for found in article.annotations]
        # A uid tells, unless it is given twice or to an annotation of another document.
        telling = all(uid and self._by_uid.get(uid, (0, document_id))[1] == document_id for uid in uids)
        if document_id in self._looked_at or (telling and len(set(uids)) == len(uids)):
            return
        self._looked_at.add(document_id)
        with self._project.reading() as connection:
            for held in project_queries.annotations(connection, document_id=document_id):
                self._placed.add((document_id, held.label_id, held.fragments, held.annotator))

    # --- one row each ---------------------------------------------------------------------------------------------

    def add_row(self, table: str, values: dict[str, Any]) -> int:
        id = self._new_id(table)
        self._edits.append(Edit(table, id, None, values))
        self._report.rows[table] += 1
        return id

    def _new_id(self, table: str) -> int:
        reserved = self._ids.get(table)
        return reserved.popleft() if reserved else self._project.next_ids(table)[0]

    def _reserve(self, table: str, count: int) -> None:
        """Have ids at hand for so many rows to come; those that are left over serve later rows."""
        reserved = self._ids.setdefault(table, deque())
        if (missing := count - len(reserved)) > 0:
            reserved.extend(self._project.next_ids(table, missing))

    def _document(self, article: Article, path: Path | None, digest: str, taken: dict[str, int]) -> None:
        if article.status not in DOCUMENT_STATUSES:
            raise InvalidValue(f"{article.status!r} is no status: use one of {', '.join(DOCUMENT_STATUSES)}.")
        source_id = self._source(one_line(article.source) or self._default_source, "outlet")
        earlier = self._earlier(article, source_id, path, taken)
        id = self._new_id("document")
        uid = article.uid if _is_uid(article.uid) and article.uid not in taken else new_uid()
        values = {
            "uid": uid,
            "text_sha256": digest,
            "words": count_words(article.text),
            **_stated_of_document(article, source_id),
            "structure": [[kind, span.start, span.end] for kind, span in article.structure],
            "origin_path": without_surrogates(article.origin_path or str(path or "")),
            "origin_format": article.origin_format,
            "origin_sha256": article.origin_sha256,
            "imported_at": article.imported_at or self._moment,
            "facts": _as_json(article.facts),
            "version_of": earlier,
        }
        taken[uid] = id
        if earlier is not None and not article.version_of:
            self._report.versions.append(id)
        self._own.add(id)
        self._texts.append(Edit("document_text", id, None, {"text": article.text}))
        self._edits.append(Edit("document", id, None, values))
        self._seen[digest] = id
        self._report.documents.append(id)
        self._report.rows["document"] += 1

    def _earlier(self, article: Article, source_id: int | None, path: Path | None, taken: dict[str, int]) -> int | None:
        """The id of the document whose text an article takes the place of: as it says itself, or as is found."""
        uid = article.version_of
        if uid in taken:
            return taken[uid]
        if uid:
            with self._project.reading() as connection:
                return project_queries.known_uids(connection, "document", [uid]).get(uid)
        title, origin = (without_surrogates(name) for name in (article.title, article.origin_path or str(path or "")))
        known = replace(article, title=title, origin_path=origin)
        return earlier_version(self._project, known, source_id, self._own)

    def _bookmarks(self, document_id: int, article: Article) -> None:
        """Those that the document does not have yet: one annotator has one at a place."""
        with self._project.reading() as connection:
            held = project_queries.bookmarks(connection, document_id=document_id)
        self._bookmarked |= {(document_id, found.annotator, found.position) for found in held}
        by_uid = {found.uid for found in held}
        for incoming in article.bookmarks:
            annotator_id = self.annotator_named(incoming.annotator)
            whose = self._names_of_annotators[annotator_id]
            place = Place(document_id, article.title, incoming.position, incoming.position, whose)
            stated = {"position": incoming.position, "name": incoming.name}
            if incoming.uid and incoming.uid in by_uid:
                self._compare_row("bookmark", incoming.uid, stated, place)
                if self._comparison.is_on:
                    continue
            if self._comparison.is_kept_removed("bookmark", incoming.uid, incoming.name, place):
                continue
            key = (document_id, whose, incoming.position)
            if key in self._bookmarked or not 0 <= incoming.position <= len(article.text):
                continue
            self._bookmarked.add(key)
            values = {
                "uid": self.free_uid("bookmark", incoming.uid),
                "document_id": document_id,
                "annotator_id": annotator_id,
                **stated,
                "created_at": incoming.created_at or self._moment,
            }
            self.add_row("bookmark", values)

    def _annotations(self, document_id: int, article: Article, path: Path | None) -> None:
        """Those of an article that its document does not have yet."""
        own: set[str] = set()
        rows = self._rows.get(document_id)
        for number, annotation in enumerate(article.annotations, start=1):
            if annotation.uid in own or self._by_uid.get(annotation.uid, (0, 0))[1] != document_id:
                self._annotation(document_id, article, annotation, path, number)
            elif rows is not None and annotation.uid in rows:
                self._compare_annotation(rows[annotation.uid], article, annotation, path, number)
            else:
                self._report.comparison.not_compared["annotation"] += document_id not in self._own
            own.add(annotation.uid)
        if rows is not None and self._comparison.is_whole:
            for uid in rows.keys() - own:
                row = rows[uid]
                self._comparison.missing(row, self._names_of_annotators[row["annotator_id"]])

    def _compare_annotation(
        self, row: Mapping[str, Any], article: Article, incoming: IncomingAnnotation, path: Path | None, number: int
    ) -> None:
        """Compare an annotation with the one that the document has of the same uid."""
        if not incoming.is_complete:
            self._report.comparison.not_compared["annotation"] += 1
            return
        place = f"annotation {number} of {article.title[:60]!r}"
        label_id = self._label_of(incoming, path, place)
        if label_id is None:
            return
        try:
            fragments, shift = _anchor(article.text, incoming)
            theirs = self._stated_values(label_id, article, incoming, fragments, shift, path, place)
        except _ODD as error:
            self._refuse(path, place, _why(error))
            return
        whose = self._names_of_annotators[row["annotator_id"]]
        where = Place(row["document_id"], article.title, row["start"], row["end"], whose)
        self._comparison.compare("annotation", row, theirs, where, incoming.updated_at)

    def _compare_document(self, row: Mapping[str, Any], article: Article) -> None:
        """Compare what is known of a document beside its text with what the project knows of it."""
        if not article.is_complete or article.uid != row["uid"]:
            return
        theirs = _stated_of_document(article, self._source(article.source, "outlet"))
        # Only the native format states every field, and its reader has checked the status.
        with suppress(InvalidValue):
            theirs["facts"] = _as_json(article.facts)
        self._comparison.compare("document", row, theirs, Place(row["id"], row["title"]))

    def _onto_document(self, incoming: IncomingAnnotations, path: Path | None) -> None:
        """Annotations that come without their text: onto the document that they name."""
        with self._project.reading() as connection:
            try:
                document = project_queries.document(connection, self._document_named(incoming))
            except AnnotatorError as error:
                self._refuse(path, incoming.place, str(error))
                return
            uids = [found.uid for found in incoming.annotations if found.uid and found.uid not in self._by_uid]
            self._by_uid |= project_queries.annotations_by_uid(connection, uids)
        article = Article(title=document.title, text=document.text, annotations=incoming.annotations)
        self._look_at(document.id, article)
        self._annotations(document.id, article, path)

    def _document_named(self, incoming: IncomingAnnotations) -> int:
        """The id of the document that annotations name. Raises ImportRefused where none, or more than one, is it."""
        uid, digest, title = incoming.document_uid, incoming.text_sha256, one_line(incoming.title)
        with self._project.reading() as connection:
            if uid and (id := project_queries.known_uids(connection, "document", [uid]).get(uid)):
                return id
            if digest and (id := project_queries.documents_by_hash(connection, [digest]).get(digest)):
                return id
            named = (
                project_queries.documents_by_title(connection, title, incoming.source, incoming.published_at)
                if title
                else []
            )
        if len(named) == 1:
            return named[0]
        name = f"the title “{title[:60]}”" if title else f"the uid {uid[:64]}"
        if named:
            raise ImportRefused(f"The project has {len(named)} documents with {name}: give the uid of the one meant.")
        raise ImportRefused(f"The project has no document with {name}: import its text first.")

    def _annotation(
        self, document_id: int, article: Article, incoming: IncomingAnnotation, path: Path | None, number: int
    ) -> None:
        place = f"annotation {number} of {article.title[:60]!r}"
        label_id = self._label_of(incoming, path, place)
        if label_id is None:
            return
        try:
            fragments, shift = _anchor(article.text, incoming)
            if self._comparison.was_removed_here("annotation", incoming.uid):
                covered = hull(fragments)
                where = Place(document_id, article.title, covered.start, covered.end, incoming.annotator)
                shown = f"{incoming.label}: {covered.of(article.text)}"
                if self._comparison.is_kept_removed("annotation", incoming.uid, shown, where, incoming.updated_at):
                    return
            uid = incoming.uid if _is_uid(incoming.uid) and incoming.uid not in self._by_uid else ""
            if not uid:
                whose = self._names_of_annotators[self._annotator_of(incoming)]
                key = (document_id, label_id, fragments, whose)
                if document_id in self._looked_at and key in self._placed:
                    return
                self._placed.add(key)
            values = {
                "uid": uid or new_uid(),
                "document_id": document_id,
                "annotator_id": self._annotator_of(incoming),
                **self._stated_values(label_id, article, incoming, fragments, shift, path, place),
                "created_by": incoming.created_by or "person",
                "created_at": incoming.created_at or self._moment,
                "updated_at": incoming.updated_at or incoming.created_at or self._moment,
            }
        except _ODD as error:
            self._refuse(path, place, _why(error))
            return
        if shift:
            self._report.notes.append(f"{place} was moved by {shift} characters to where its quote stands.")
        id = self.add_row("annotation", values)
        if incoming.uid and self._by_uid.get(incoming.uid, (0, 0))[1] != document_id:
            self._by_uid[incoming.uid] = id, document_id
            if not uid:
                self._renamed.add(incoming.uid)
        self._report.annotations += 1

    def _label_of(self, incoming: IncomingAnnotation, path: Path | None, place: str) -> int | None:
        """The id of the label that an annotation gets; None where it is left out, or refused."""
        label = one_line(incoming.label).casefold()
        name = self._mapped.get(label)
        if name == "":
            self._left_out[incoming.label] = self._left_out.get(incoming.label, 0) + 1
            return None
        found: int | None = None
        if name is None:
            name = label
            found = self._labels_of_file.get(label)
        found = found or self._labels.get(name) or self._tags.get(name)
        if found is None:
            self._refuse(
                path, place, f"The project has no label {incoming.label[:100]!r}: add it, or map it to another."
            )
        return found

    def _annotator_of(self, incoming: IncomingAnnotation) -> int:
        return self.annotator_named(incoming.annotator)

    def _stated_values(
        self,
        label_id: int,
        article: Article,
        incoming: IncomingAnnotation,
        fragments: Sequence[Span],
        shift: int,
        path: Path | None,
        place: str,
    ) -> dict[str, Any]:
        """What a file says of an annotation that people edit, by column. Raises one of ``_ODD``."""
        return {
            "label_id": label_id,
            **placed(article.text, fragments),
            "cue": _shifted(incoming.cue, shift, article.text),
            "mention": _shifted(incoming.mention, shift, article.text),
            "source_id": self._source(incoming.source, "person"),
            "reliability": checked_reliability(incoming.reliability),
            "reliability_reason": incoming.reliability_reason,
            "credibility": checked_credibility(incoming.credibility),
            "credibility_reason": incoming.credibility_reason,
            "probability": checked_probability(incoming.probability),
            "confidence": checked_confidence(incoming.confidence),
            "note": incoming.note,
            "features": self._checked_features(incoming.features, path, place),
        }

    def _source(self, name: str, kind: str) -> int | None:
        """The id of the source with that name or alias, which is made where there is none; None without a name."""
        key = one_line(name).casefold()
        if not key:
            return None
        if key in self._sources_of_file:
            return self._sources_of_file[key]
        return self._sources[key] if key in self._sources else self._aliases.get(key) or self._named(name, kind)

    def _named(self, name: str, kind: str) -> int:
        name = one_line(name)
        key = name.casefold()
        if key in self._sources:
            return self._sources[key]
        self._stubs[key] = len(self._edits)
        self._sources[key] = self.add_row("source", {"uid": new_uid(), "name": name, "kind": kind})
        return self._sources[key]

    def _source_entry(self, entry: IncomingSource) -> None:
        name = one_line(entry.name)
        key = name.casefold()
        if self._comparison.is_on and entry.uid in self._source_uids:
            self._sources_of_file[key] = self._source_uids[entry.uid]
            self._known_sources.append((entry, self._source_uids[entry.uid]))
            return
        if not name or (key in self._sources and key not in self._stubs):
            return
        above = (one_line(entry.parent), one_line(entry.owner))
        parent, owner = ("" if one.casefold() == key else one for one in above)
        values: dict[str, Any] = {
            "uid": self.free_uid("source", entry.uid),
            "name": name,
            "kind": entry.kind,
            "aliases": list(entry.aliases),
            "note": entry.note,
            "parent_id": self._named(parent, "organisation") if parent else None,
            "owner_id": self._named(owner, "organisation") if owner else None,
            "topics": list(entry.topics),
        }
        if (position := self._stubs.pop(key, None)) is None:
            self._sources[key] = self.add_row("source", values)
            self._aliases |= {alias.casefold(): self._sources[key] for alias in entry.aliases}
            return
        # It was named before its own entry came. It goes to the end, where its parent is before it.
        id = self._sources[key]
        self._aliases |= {alias.casefold(): id for alias in entry.aliases}
        later = {column: values[column] for column in ("parent_id", "owner_id") if values[column] is not None}
        self._edits[position] = Edit("source", id, None, {**values, **dict.fromkeys(later)})
        if later:
            self._edits.append(Edit("source", id, dict.fromkeys(later), later))

    def _compare_source(self, entry: IncomingSource, id: int) -> None:
        """Compare a source with the one of the same uid, once all names of the file are known."""
        theirs = {
            "name": one_line(entry.name),
            "kind": entry.kind,
            "aliases": list(entry.aliases),
            "note": entry.note,
            "parent_id": self._source(entry.parent, "organisation"),
            "owner_id": self._source(entry.owner, "organisation"),
            "topics": list(entry.topics),
        }
        self._compare_row("source", entry.uid, theirs)

    def _assessment(self, entry: IncomingAssessment, path: Path | None) -> None:
        source_id = self._source(entry.source, "person")
        if source_id is None:
            self._refuse(path, f"assessment of {entry.made_on}", "It names no source.")
            return
        annotator_id = self.annotator_named(entry.annotator)
        annotator = self._names_of_annotators[annotator_id]
        stated = {
            "source_id": source_id,
            "made_on": entry.made_on,
            "reliability": entry.reliability,
            "topic": entry.topic,
            "rationale": entry.rationale,
        }
        if self._comparison.is_on and self._is_known("assessment", entry.uid):
            self._compare_row("assessment", entry.uid, stated, Place(whose=annotator))
            return
        if self._comparison.is_kept_removed("assessment", entry.uid, entry.reliability, Place(whose=annotator)):
            return
        key = (source_id, entry.made_on, entry.reliability, entry.topic, entry.rationale, annotator)
        if key in self._assessed:
            return
        self._assessed.add(key)
        values = {
            "uid": self.free_uid("assessment", entry.uid),
            "annotator_id": annotator_id,
            **stated,
            "created_at": self._moment,
        }
        self.add_row("assessment", values)

    def _relation(self, entry: IncomingRelation, path: Path | None, is_last: bool = False) -> None:
        from_id, to_id = self.annotation_named(entry.from_uid), self.annotation_named(entry.to_uid)
        kind = one_line(entry.kind)
        if not from_id or not to_id:
            if not is_last:
                self._waiting.append((entry, path))
                return
            self._refuse(path, f"relation {kind}", "One of the annotations that it ties was not imported.")
            return
        if from_id == to_id or not kind:
            self._refuse(path, f"relation {kind}", "A relation needs a kind, and ties two different annotations.")
            return
        whose = Place(whose=one_line(entry.annotator))
        stated = {"kind": kind, "from_id": from_id, "to_id": to_id, "note": entry.note}
        if self._comparison.is_on and self._is_known("relation", entry.uid):
            self._compare_row("relation", entry.uid, stated, whose)
            return
        if self._comparison.is_kept_removed("relation", entry.uid, kind, whose):
            return
        with self._project.reading() as connection:
            held = project_queries.relations(connection, annotation_ids=[from_id], trashed=True)
        self._ties |= {(found.kind, found.from_id, found.to_id) for found in held}
        if (kind, from_id, to_id) in self._ties:
            return
        self._ties.add((kind, from_id, to_id))
        values = {
            "uid": self.free_uid("relation", entry.uid),
            "annotator_id": self.annotator_named(entry.annotator),
            **stated,
            "created_at": self._moment,
        }
        self.add_row("relation", values)

    def _judgement(self, entry: IncomingChainLink | IncomingClaim | IncomingQuestion, path: Path | None) -> None:
        if self._judgements is None:
            self._judgements = JudgementIntake(self._project, self, self._moment)

        def refuse(place: str, reason: str) -> None:
            self._refuse(path, place, reason)

        if isinstance(entry, IncomingChainLink):
            self._judgements.chain_link(entry, refuse)
        elif isinstance(entry, IncomingClaim):
            self._judgements.claim(entry, refuse)
        else:
            self._judgements.question(entry, refuse)

    def _is_known(self, table: str, uid: str) -> bool:
        """Whether a table holds a row of this uid."""
        if not uid:
            return False
        with self._project.reading() as connection:
            return bool(project_queries.known_uids(connection, table, [uid]))

    def compare_row(self, table: str, uid: str, theirs: Mapping[str, Any], annotator: str) -> None:
        """Compare a row of the file with ours of the same uid."""
        self._compare_row(table, uid, theirs, Place(whose=one_line(annotator)))

    def is_kept_removed(self, table: str, uid: str, shown: str, annotator: str) -> bool:
        """Whether a row of the file was removed here and stays so."""
        return self._comparison.is_kept_removed(table, uid, shown, Place(whose=one_line(annotator)))

    def count_not_taken(self, what: str) -> None:
        """Count what the file has beyond ours and an import does not add."""
        self._report.comparison.not_compared[what] += 1

    @property
    def is_comparing(self) -> bool:
        """Whether the present file can be compared with the project."""
        return self._comparison.is_on

    def annotation_named(self, uid: str) -> int:
        """The id of an annotation that came or was there, by the uid that its file gives it; 0 where there is none."""
        if uid not in self._by_uid:
            with self._project.reading() as connection:
                self._by_uid |= project_queries.annotations_by_uid(connection, [uid])
        return self._by_uid.get(uid, (0, 0))[0]

    def source_named(self, name: str) -> int | None:
        """The id of the source with that name or alias, which is made where there is none; None without a name."""
        return self._source(name, "person")

    def _vocabulary(self, vocabulary: Vocabulary) -> None:
        added: dict[int, LabelRecord] = {}
        known = {self._label_uids[label.uid] for label in vocabulary.labels if label.uid in self._label_uids}
        for label in vocabulary.labels:
            name = one_line(label.name)
            if not name or name.casefold() in self._mapped:
                continue
            if label.uid in self._label_uids:
                self._labels_of_file[name.casefold()] = self._label_uids[label.uid]
                continue
            if self._labels.get(name.casefold()) in known:
                # The file knows two labels, and ours of this name is the other one of them.
                stated, name = name, self._free_label_name(name)
                self._report.notes.append(
                    f"The label “{stated}” of the file is another one than that of the project, and is called “{name}”."
                )
                self._labels_of_file[stated.casefold()] = 0
            elif name.casefold() in self._labels:
                if label.uid:
                    self._label_uids[label.uid] = self._labels[name.casefold()]
                continue
            position = len(self._labels) + 1
            keys = [label.key, position, *KEYS]
            key = next((key for key in keys if key in KEYS and key not in self._keys), None)
            self._keys.add(key)
            values = {
                "uid": self.free_uid("label", label.uid),
                "label_set_id": 1,
                "name": name,
                "initials": label.initials or initials_of(name),
                "color": label.color or OKABE_ITO[(position - 1) % len(OKABE_ITO)],
                "key": key,
                "description": label.description,
                "position": position,
            }
            added[self.add_row("label", values)] = label
            self._report.labels += 1
            self._labels[name.casefold()] = self._tags[name.casefold().replace(" ", "_")] = max(added)
            if label.uid:
                self._label_uids[label.uid] = max(added)
            if self._labels_of_file.get(one_line(label.name).casefold()) == 0:
                self._labels_of_file[one_line(label.name).casefold()] = max(added)
        self._nest(added)
        self._compare_vocabulary(vocabulary, known)
        for feature in vocabulary.features:
            if self._comparison.is_on and self._is_known("feature", feature.uid):
                defined = {
                    "name": feature.name,
                    "kind": feature.kind,
                    "choices": list(feature.choices),
                    "description": feature.description,
                }
                self._compare_row("feature", feature.uid, defined)
            elif feature.name not in self._features:
                self._features[feature.name] = feature
                values = {**feature._asdict(), "choices": list(feature.choices)}
                values["uid"] = self.free_uid("feature", feature.uid)
                values["position"] = len(self._features)
                del values["id"]
                self.add_row("feature", values)

    def _free_label_name(self, name: str) -> str:
        """A name that no label has, made of one that is taken."""
        number = 2
        while f"{name} ({number})".casefold() in self._labels:
            number += 1
        return f"{name} ({number})"

    def _compare_vocabulary(self, vocabulary: Vocabulary, known: Container[int]) -> None:
        """Compare the labels that the project knows by their uids."""
        for label in vocabulary.labels:
            if not label.uid or self._label_uids.get(label.uid) not in known:
                continue
            parent = one_line(label.parent).casefold()
            theirs = {
                "name": one_line(label.name),
                "initials": label.initials,
                "color": label.color,
                "key": label.key,
                "description": label.description,
                "parent_id": self._labels_of_file.get(parent) or self._labels.get(parent),
            }
            self._compare_row("label", label.uid, theirs)

    def _nest(self, added: dict[int, LabelRecord]) -> None:
        """Nest new labels under those that they name, which may come after them; a circle is left open."""
        parents: dict[int, int] = {}
        for id, label in added.items():
            parent_id = above = self._labels.get(one_line(label.parent).casefold())
            while above is not None and above != id:
                above = parents.get(above)
            if parent_id is not None and above is None:
                parents[id] = parent_id
                self._edits.append(Edit("label", id, {"parent_id": None}, {"parent_id": parent_id}))

    def annotator_named(self, name: str) -> int:
        """The id of the annotator of that name in the present file, who is made where there is none."""
        name = one_line(name)
        if not name:
            return self._project.annotator_id
        id, uid = self._people_of_file.get(name, (0, ""))
        if id:
            return id
        if name not in self._annotators:
            values = {"uid": self.free_uid("annotator", uid), "name": name, "created_at": self._moment}
            (id,) = self._project.next_ids("annotator")
            self._people.append(Edit("annotator", id, None, values))
            self._annotators[name] = id
            self._names_of_annotators[id] = name
        return self._annotators[name]

    def _checked_features(self, values: Mapping[str, Any], path: Path | None, place: str) -> dict[str, Any]:
        """The features that are as their definitions want them; the others are refused one by one."""
        checked: dict[str, Any] = {}
        for name, value in values.items():
            try:
                checked |= checked_features({name: value}, self._features.values())
            except AnnotatorError as error:
                self._refuse(path, f"{name} of {place}", str(error))
        return checked

    def free_uid(self, table: str, uid: str) -> str:
        """``uid`` where the table does not hold it yet, else a new one."""
        if not _is_uid(uid) or (table, uid) in self._given_uids:
            return new_uid()
        self._given_uids.add((table, uid))
        with self._project.reading() as connection:
            return new_uid() if project_queries.known_uids(connection, table, [uid]) else uid

    def _refuse(self, path: Path | None, place: str, reason: str) -> None:
        self._report.refuse(path, place, reason)

    def _removals(self) -> list[Removal]:
        with self._project.reading() as connection:
            return exchange_queries.removals(connection)

    def _compare_row(self, table: str, uid: str, theirs: Mapping[str, Any], place: Place = NOWHERE) -> None:
        """Compare a row of the file with ours of the same uid, if there is one."""
        if not self._comparison.is_on or not uid:
            return
        with self._project.reading() as connection:
            ours = exchange_queries.rows_by_uid(connection, table, [uid]).get(uid)
        self._comparison.compare(table, ours, theirs, place)

    def _write_differences(self, edits: Sequence[Edit]) -> None:
        """Write edits that belong together, in parts that a key press can wait for."""
        self._project.back_up_before(sum(edit.before is not None for edit in edits), self.step)
        for begin in range(0, len(edits), self._at_once):
            self._project.apply(Change(IMPORT, tuple(edits[begin : begin + self._at_once]), self.step))
            self._has_written = True


def _why(error: Exception) -> str:
    if isinstance(error, AnnotatorError):
        return str(error)
    return f"Its format read it as what it cannot be ({type(error).__name__}: {said_by(error)})."


Item = TypeVar("Item")


def _fit_for_a_file(item: Item) -> Item:
    """``item`` with a question mark for each lone surrogate in it, which no file can hold; nearly none has one."""
    try:
        msgspec.json.encode(item)
    except UnicodeEncodeError:
        fit: Item = _without_surrogates(item)
        return fit
    except (TypeError, ValueError, RecursionError):
        # What it holds besides is asked where it belongs.
        return item
    return item


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _without_surrogates(getattr(value, one.name)) for one in fields(value)})
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_without_surrogates, value))
    if isinstance(value, list | tuple):
        return type(value)(map(_without_surrogates, value))
    return value


def _checked_text(text: str) -> str:
    if not text or text.isspace():
        raise InvalidText("The text is empty.")
    if canonical(text) != text:
        raise InvalidText(
            "The text has carriage returns or a byte order mark, which its format should have taken away."
        )
    return text


def _stated_of_document(article: Article, source_id: int | None) -> dict[str, Any]:
    """What a file says of a document that people edit, by column, without its facts."""
    return {
        "title": without_surrogates(article.title),
        "source_id": source_id,
        "author": article.author,
        "published_at": article.published_at,
        "language": article.language,
        "status": article.status,
        "note": article.note,
        "address": article.address,
        "direction": article.direction,
        "reliability": article.reliability_override,
        "reliability_reason": article.reliability_reason,
    }


def _as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` as JSON holds them: what it cannot hold becomes its words."""
    try:
        kept: dict[str, Any] = json.loads(json.dumps(dict(facts), default=str))
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"What its file says of it cannot be kept ({error}).") from None
    if is_too_deep(kept):
        raise InvalidValue(f"What its file says of it is nested deeper than {DEEPEST} levels and cannot be kept.")
    return kept


def _is_uid(uid: str) -> bool:
    return 1 <= len(uid) <= 64


def _anchor(text: str, incoming: IncomingAnnotation) -> tuple[tuple[Span, ...], int]:
    """The fragments of an incoming annotation, checked against its quote, and by how much they had to move.

    Raises InvalidSpan where the quote is not in the text.
    """
    if not incoming.quote:
        return checked_fragments(incoming.fragments, len(text)), 0
    whole = hull(sorted(incoming.fragments)) if incoming.fragments else Span(0, 0)
    if whole.of(text) == incoming.quote:
        return checked_fragments(incoming.fragments, len(text)), 0
    found = find_quote(text, incoming.quote, near=whole.start)
    if found is None:
        raise InvalidSpan(f"Its quote {incoming.quote[:60]!r} is not in the text.")
    shift = found.start - whole.start
    if found.end - found.start != whole.end - whole.start:
        return (found,), shift
    return checked_fragments([(s + shift, e + shift) for s, e in incoming.fragments], len(text)), shift


def _shifted(spans: Sequence[Span], shift: int, text: str) -> list[list[int]]:
    if not spans:
        return []
    moved = checked_fragments([(start + shift, end + shift) for start, end in spans], len(text))
    return [[start, end] for start, end in moved]
