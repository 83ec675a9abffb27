"""Methods of ``Project`` for suggestions, trained models and evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from annotator.api.project_base import PathLike, ProjectBase, id_of
from annotator.domain.analysis.bootstrap import SAMPLES
from annotator.domain.analysis.span_scores import THIRD
from annotator.domain.conditions import SuggestionBounds
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import DocumentRecord as Document
from annotator.domain.records import DocumentRow
from annotator.domain.records import SuggestionRecord as Suggestion
from annotator.domain.spans import Pairs
from annotator.nlp.trained.model_card import Card as ModelCard
from annotator.services.suggestions import evaluating, suggesting, training
from annotator.services.suggestions.evaluating import Candidate, Evaluation
from annotator.services.suggestions.suggesting import Outcome


class SuggestionMethods(ProjectBase):
    """Suggestions: make them by rules or a model, answer them, train and evaluate."""

    def suggest(
        self,
        document: Document | DocumentRow | int | None = None,
        *,
        model: PathLike | None = None,
        grammar: bool = False,
        anew: bool = False,
    ) -> Outcome:
        """Make suggestions for a document, or for all, where something has changed; return what was done.

        They are made by the rules, or by the trained ``model`` in a folder. ``grammar``: parse sentences. ``anew``:
        also where nothing has changed. Raise InvalidModel or NotFound.
        """
        ids = None if document is None else [id_of(document)]
        method = suggesting.SuggestionMethod(None, grammar, None if model is None else Path(model).absolute())
        return suggesting.run(self._stored, method, document_ids=ids, anew=anew)

    def train(self, folder: PathLike, *, name: str = "", grammar: bool = False) -> ModelCard:
        """Train a model on the annotations and rejections of the project, and store it in ``folder``.

        Return its description: figures on held-out documents, calibration, notes. Raise InvalidValue where there are
        too few examples.
        """
        out = Path(folder).absolute()
        method = suggesting.SuggestionMethod(None, grammar)
        return training.train_model(self._stored.path, out, name or out.name, method, progress=lambda *_: None)[0]

    def suggestions(
        self, document: Document | DocumentRow | int | None = None, *, least: float = 0.0, by: str = "place"
    ) -> list[Suggestion]:
        """Return the suggestions that wait for an answer: of a document or of all, from the score ``least`` on.

        ``least``: from 0 to 1. ``by``: ``place``, or by score the ``surest`` or the ``least sure`` first.
        """
        ids = None if document is None else (id_of(document),)
        return suggesting.listed(self._stored, SuggestionBounds(ids, least), by=by)

    def accept(
        self, suggestion: Suggestion | int, *, label: str | None = None, fragments: Pairs | None = None
    ) -> Annotation:
        """Make the annotation that a suggestion proposes, with another label or span where one is given; return it.

        Raise NotFound for a suggestion that was already answered, InvalidSpan or InvalidValue.
        """
        found = suggesting.find(self._stored, suggestion if isinstance(suggestion, int) else suggestion.id)
        label_id = None if label is None else self._label(label).id
        id, change = suggesting.accept(self._stored, found, label_id=label_id, fragments=fragments)
        return self._apply(change, lambda: self._annotation(id))

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
        against: PathLike | Self,
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

        ``annotator``, ``gold_annotator``: only the annotations of these. ``suggestions_from``: compare the suggestions
        from that score on instead; ``rules`` or ``model``: compare what these propose now. ``overlap``: when spans
        match: ``exact``, ``third`` or ``any``. ``samples``: of the bootstrap, from which the intervals come; the same
        ``seed`` gives the same ones. Raise InvalidValue where nothing can be compared, NotFound for an unknown name.
        """
        method = (
            suggesting.SuggestionMethod(model=None if model is None else Path(model).absolute())
            if rules or model
            else None
        )
        return evaluating.evaluate(
            self._stored,
            against._stored if isinstance(against, ProjectBase) else Path(against),
            candidate=Candidate(annotator, suggestions_from, method),
            gold_annotator=gold_annotator,
            labels=labels,
            overlap=overlap,
            samples=samples,
            seed=seed,
        )
