"""Suggestions of rules or a model for documents, and the three answers to them: accept, correct, reject.

Suggestions are made document by document and stored in the project; a document is read again only where what makes them
has changed: the rules, the word lists, the model, the labels.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.conditions import EVERYWHERE, SuggestionBounds
from annotator.domain.errors import InvalidValue, NotFound
from annotator.domain.features import checked_features
from annotator.domain.records import FeatureRecord, LabelRecord, Proposed, SuggestionRecord
from annotator.domain.spans import Pairs, Span, hull
from annotator.domain.wording import counted
from annotator.nlp.rules import parses
from annotator.nlp.rules.languages import language_of
from annotator.nlp.rules.proposals import ENGINE, Proposal
from annotator.nlp.rules.rule_suggester import suggest
from annotator.nlp.rules.word_lists import file_content, languages, word_lists
from annotator.nlp.trained.model import Model, card_of
from annotator.services.annotations import annotating
from annotator.services.annotations.source_candidates import plain_name
from annotator.services.claims.text_reuse import folded
from annotator.services.sources import sources
from annotator.store.project import Project

Progress = Callable[[int, int, str], None]

CHUNK = 20
"""Documents that are written together: few, so that a key press need not wait long."""

_KINDS = {"media": "outlet", "document": "document", "organisation": "organisation", "official": "office"}
"""The kind of a new source in the registry, by the feature ``source kind``; others are persons."""


@dataclass(frozen=True, slots=True)
class SuggestionMethod:
    """How suggestions are made; it can be sent to another process.

    ``lists``: a folder with word lists of the user, ``LANGUAGE.toml`` each. ``grammar``: sentences are parsed where a
    pipeline of their language is installed, which finds boundaries better and takes thirty times as long. ``model``:
    the folder of a trained model, which replaces the rules in texts of its language.
    """

    lists: Path | None = None
    grammar: bool = False
    model: Path | None = None

    def own(self, language: str) -> Path | None:
        """Return the user's own word lists for a language, where there are some."""
        path = None if self.lists is None else self.lists / f"{language}.toml"
        return path if path is not None and path.is_file() else None

    def made_with(self, labels: Iterable[LabelRecord]) -> str:
        """Return a text that identifies the present rules, word lists and labels; it differs when one of them changes.

        Raise InvalidValue where one of them cannot be read.
        """
        digest = hashlib.sha256()
        for language in languages():
            own = self.own(language)
            word_lists(language, own)
            digest.update(file_content(language))
            digest.update(b"" if own is None else own.read_bytes())
        for label in labels:
            digest.update(f"\n{label.id} {label.name}".encode())
        engine = f"{ENGINE}{' with grammar' if self.grammar else ''}"
        if self.model is not None:
            _loaded.cache_clear()
            card = card_of(self.model)
            digest.update(f"{card.engine} {card.made_at}".encode())
            engine = f"{card.engine}, {engine}"
        return f"{engine}, {digest.hexdigest()[:16]}"

    def proposals(self, text: str, language: str = "") -> list[Proposal]:
        """Return what is proposed for a text; nothing in a language without word lists."""
        code = language_of(text, language)
        if not code:
            return []
        lists = word_lists(code, self.own(code))
        if self.model is not None:
            model = _loaded(self.model)
            if model.card.language == code:
                return model.suggest(text, lists=lists)
        parse = parses.pipeline(code)(text) if self.grammar and parses.is_installed(code) else None
        return suggest(text, code, lists=lists, parse=parse)


@lru_cache(maxsize=1)
def _loaded(folder: Path) -> Model:
    """Return the model of a run, whose weights are loaded once; ``made_with``, with which a run begins, clears it."""
    return Model.load(folder)


RULES = SuggestionMethod()
"""The rules with our own word lists."""


class Outcome(NamedTuple):
    """The result of a run: documents read, what was proposed for them, and the number of open suggestions of the
    project.
    """

    documents: int
    proposed: int
    waiting: Mapping[str, int]
    """By the name of the label."""

    def sentence(self) -> str:
        """Return ``Read 20 documents: 113 suggestions wait for an answer.``"""
        read = f"Read {counted(self.documents, 'document')}" if self.documents else "Nothing is new to be read"
        waits = sum(self.waiting.values())
        return f"{read}: {counted(waits, 'suggestion')} {'waits' if waits == 1 else 'wait'} for an answer."


# --- making them ------------------------------------------------------------------------------------------------------


def run(
    project: Project,
    method: SuggestionMethod = RULES,
    *,
    document_ids: Iterable[int] | None = None,
    anew: bool = False,
    progress: Progress | None = None,
    proposing: "Proposing | None" = None,
) -> Outcome:
    """Make suggestions for documents that have none of ``method`` yet, or ``anew`` for all, and write them.

    ``proposing`` makes them elsewhere, such as in another process; by default it is done here. An exception from
    ``progress`` ends the run; what was written so far stays. Raise NotFound for an unknown document.
    """
    wanted = None if document_ids is None else list(dict.fromkeys(document_ids))
    labels = project.read.labels.all()
    for id in wanted or ():
        project.read.documents.one(id)
    made_with = method.made_with(labels)
    waiting = project.read.suggestions.unread_documents("" if anew else made_with, wanted)
    made = (proposing or proposed)(project.path, method, waiting)
    read = count = 0
    while part := list(islice(made, CHUNK)):
        project.suggest(part, made_with)
        read += len(part)
        count += sum(len(one.rows) for one in part)
        if progress is not None:
            progress(read, len(waiting), "Reading for suggestions")
    return Outcome(read, count, open_counts(project, SuggestionBounds(None if wanted is None else tuple(wanted))))


Proposing = Callable[[Path, SuggestionMethod, Sequence[int]], Iterator[Proposed]]
"""A function that makes the suggestions for documents of the project file at a path."""


def proposed(path: Path, method: SuggestionMethod, document_ids: Sequence[int]) -> Iterator[Proposed]:
    """Yield what is proposed for each of these documents; the project file is opened here, so any process may call
    this.
    """
    with Project.open(path, read_only=True) as project:
        labels = {label.name.casefold(): label.id for label in project.read.labels.all()}
        features = project.read.labels.features()
        for id in document_ids:
            try:
                document = project.read.documents.one(id)
            except NotFound:
                # It was moved to the trash meanwhile.
                continue
            found = method.proposals(document.text, document.language)
            yield Proposed(id, [_row(one, labels, features) for one in found if one.label.casefold() in labels])


def _row(proposal: Proposal, labels: Mapping[str, int], features: Iterable[FeatureRecord]) -> dict[str, Any]:
    whole = hull(proposal.fragments)
    return {
        "label_id": labels[proposal.label.casefold()],
        "start": whole.start,
        "end": whole.end,
        "fragments": [list(span) for span in proposal.fragments],
        "cue": [list(span) for span in proposal.cue],
        "mention": [list(span) for span in proposal.mention],
        "source": proposal.source,
        "features": _fitting(proposal.features, features),
        "score": proposal.score,
        "engine": proposal.engine,
        "rule": proposal.rule,
        "reason": proposal.reason,
    }


def _fitting(values: Mapping[str, Any], definitions: Iterable[FeatureRecord]) -> dict[str, Any]:
    """Return the features that this project accepts; one that was redefined here is left out."""
    definitions = list(definitions)
    known = {feature.name for feature in definitions}
    fitting: dict[str, Any] = {}
    for name, value in values.items():
        try:
            fitting |= checked_features({name: value}, definitions) if name in known else {}
        except InvalidValue:
            continue
    return fitting


# --- looking at them --------------------------------------------------------------------------------------------------


def open_counts(project: Project, bounds: SuggestionBounds = EVERYWHERE) -> dict[str, int]:
    """Return how many suggestions wait for an answer, by the name of the label."""
    found = project.read.suggestions.counts(bounds)
    return {label.name: found[label.id] for label in project.read.labels.all() if label.id in found}


def is_in_use(project: Project) -> bool:
    """Return whether any document of the project has been read for suggestions."""
    return project.read.suggestions.is_any_read()


def find(project: Project, id: int) -> SuggestionRecord:
    """Return an open suggestion. Raise NotFound."""
    found = project.read.suggestions.one(id)
    if found is None:
        raise NotFound(f"There is no open suggestion {id}: it was answered, or made anew; look at the list again.")
    return found


def listed(
    project: Project, bounds: SuggestionBounds = EVERYWHERE, *, by: str = "place", limit: int = -1
) -> list[SuggestionRecord]:
    """Return the open suggestions within ``bounds``: by ``place``, the ``surest`` or the ``least sure`` first."""
    return project.read.suggestions.open(bounds, by=by, limit=limit)


# --- answering --------------------------------------------------------------------------------------------------------


def accept(
    project: Project,
    suggestion: SuggestionRecord,
    *,
    label_id: int | None = None,
    fragments: Pairs | None = None,
) -> tuple[int, Change]:
    """Plan the annotation that a suggestion proposes, and the answer; return the annotation's id and the Change.

    With another label or span it is corrected: cue, mention, source and features are taken over as they are. Raise
    InvalidSpan, InvalidValue or NotFound.
    """
    id, edits = _Acceptance(project).edits(suggestion, label_id, fragments)
    label = annotating.label_of(project.read.labels.all(), label_id or suggestion.label_id)
    return id, Change(f"Accept as {label.name}", tuple(edits))


def accept_all(project: Project, chosen: Sequence[SuggestionRecord], progress: Progress | None = None) -> Change:
    """Plan the acceptance of many suggestions as one change; each new source is created once."""
    acceptance = _Acceptance(project)
    edits: list[Edit] = []
    for number, suggestion in enumerate(chosen):
        edits += acceptance.edits(suggestion)[1]
        if progress is not None and number % 100 == 0:
            progress(number, len(chosen), "Accepting suggestions")
    return Change(f"Accept {counted(len(chosen), 'suggestion')}", tuple(edits))


def reject(project: Project, chosen: Sequence[SuggestionRecord]) -> Change:
    """Plan the rejection of suggestions: similar ones are not proposed again, and a model learns from it."""
    edits = [_answer(project, one, "rejected", None) for one in chosen]
    many = len(chosen) > 1
    return Change(f"Reject {counted(len(chosen), 'suggestion')}" if many else "Reject the suggestion", tuple(edits))


class _Acceptance:
    """A planner of acceptances; the registry and the texts are read once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._texts: dict[int, str] = {}
        known = project.read.sources.all()
        self._sources = {folded(name): source.id for source in known for name in (*source.aliases, source.name)}

    def edits(
        self, one: SuggestionRecord, label_id: int | None = None, fragments: Pairs | None = None
    ) -> tuple[int, list[Edit]]:
        """Return the id of the annotation, and the edits that create its source, itself and the answer."""
        given = one.fragments if fragments is None else [Span(*pair) for pair in fragments]
        is_same = label_id in (None, one.label_id) and list(given) == list(one.fragments)
        source_id, made = self._source(one)
        annotation = annotating.new_annotation(
            self._project,
            one.document_id,
            self._text(one.document_id),
            given,
            label_id or one.label_id,
            cue=one.cue,
            mention=one.mention,
            features=one.features,
            source_id=source_id,
        )
        values = {**(annotation.after or {}), "created_by": one.engine}
        answer = _answer(self._project, one, "accepted" if is_same else "corrected", annotation.id)
        return annotation.id, [*made, Edit("annotation", annotation.id, None, values), answer]

    def _text(self, document_id: int) -> str:
        if document_id not in self._texts:
            # Suggestions are ordered by document or by score: only one text is kept.
            self._texts = {document_id: self._project.read.documents.one(document_id).text}
        return self._texts[document_id]

    def _source(self, one: SuggestionRecord) -> tuple[int | None, list[Edit]]:
        """Return the registry's entry for the named source.

        A missing entry is created where the text gives a name.
        """
        name = plain_name(one.source)
        known = self._sources.get(folded(name))
        if known is not None or not name or one.features.get("source form") != "named":
            return known, []
        kind = _KINDS.get(str(one.features.get("source kind")), "person")
        if kind == "office" and name == " ".join(one.source.split()):
            # Without an article the mention is a name of the office holder.
            kind = "person"
        id, change = sources.add(self._project, name, kind)
        self._sources[folded(name)] = id
        return id, list(change.edits)


def _answer(project: Project, one: SuggestionRecord, verdict: str, annotation_id: int | None) -> Edit:
    (id,) = project.next_ids("answer")
    values = {
        "uid": new_uid(),
        "document_id": one.document_id,
        "annotation_id": annotation_id,
        "verdict": verdict,
        "label": one.label,
        "start": one.start,
        "end": one.end,
        "fragments": [list(span) for span in one.fragments],
        "cue": [list(span) for span in one.cue],
        "mention": [list(span) for span in one.mention],
        "source": one.source,
        "score": one.score,
        "engine": one.engine,
        "rule": one.rule,
        "reason": one.reason,
        "annotator_id": project.annotator_id,
        "created_at": now(),
    }
    return Edit("answer", id, None, values)
