"""The trained suggester: a model that proposes annotations as an analyst would make them, stored as a folder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from annotator.domain.errors import InvalidValue
from annotator.nlp.rules import parses
from annotator.nlp.rules.proposals import Proposal
from annotator.nlp.rules.word_lists import WordLists
from annotator.nlp.trained import model_files
from annotator.nlp.trained.model_card import Card
from annotator.nlp.trained.prepared_text import lists_for, prepared

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from annotator.nlp.trained.learned_model import Finding, LearnedModel


@dataclass(frozen=True, eq=False)
class Model:
    """A trained suggester."""

    card: Card
    learned: "LearnedModel"

    def suggest(self, text: str, *, parse: "Doc | None" = None, lists: WordLists | None = None) -> list[Proposal]:
        """Return the proposals for ``text``, in its order; their contents do not overlap.

        ``parse`` is the spaCy document of the text. Without it, the text is parsed where the model needs that; it is
        ignored where the model was trained without parses. ``lists`` are the word lists of a user, with which the model
        was trained. Raise InvalidValue where a parse is needed and no pipeline is installed.
        """
        if not self.card.parsed:
            parse = None
        elif parse is None:
            self._check_pipeline()
            parse = parses.pipeline(self.card.language)(text)
        prepared_text = prepared(text, lists_for(self.card.language) if lists is None else lists, parse)
        return [self._proposal(one) for one in self.learned.findings(prepared_text)]

    def suggest_all(self, texts: Iterable[str], *, lists: WordLists | None = None) -> Iterator[list[Proposal]]:
        """Yield the proposals for each text in turn. Raise InvalidValue as ``suggest`` does, at the first text."""
        if not self.card.parsed:
            for text in texts:
                yield self.suggest(text, lists=lists)
            return
        self._check_pipeline()
        given, to_parse = tee(texts)
        for text, parse in zip(given, parses.parsed(to_parse, self.card.language), strict=True):
            yield self.suggest(text, parse=parse, lists=lists)

    def _check_pipeline(self) -> None:
        """Raise InvalidValue where no pipeline for the language is installed."""
        if not parses.is_installed(self.card.language):
            raise InvalidValue(
                f"The model {self.card.name} was trained with a parse, and no language pipeline for "
                f"{self.card.language!r} is installed here: install Annotator with its extra 'en', or train a model "
                "without a parse."
            )

    def _proposal(self, found: "Finding") -> Proposal:
        """Return a finding as a proposal with a calibrated score."""
        one = found.described
        return Proposal(
            label=found.label,
            fragments=one.fragments,
            cue=one.cue,
            mention=one.mention,
            source=one.source,
            source_kind=one.source_kind,
            score=round(self.card.calibration.of(found.score), 4),
            rule=one.rule,
            reason=f"model: {one.reason}, learned from {self._documents()}",
            features=MappingProxyType(dict(one.features)),
            engine=self.card.engine,
        )

    def _documents(self) -> str:
        return "1 document" if self.card.documents == 1 else f"{self.card.documents:,} documents"

    def save(self, folder: Path) -> None:
        """Write the model as ``folder``, completely or not at all; a model that is there is replaced.

        Raise InvalidValue where anything else is there, and where the model cannot be written.
        """
        model_files.write(folder, self.card, self.learned)

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """Return the model in ``folder``; raise InvalidModel where it holds none that can be used."""
        return cls(*model_files.read(folder))


def card_of(folder: Path) -> Card:
    """Return the card of the model in ``folder``, without reading its weights; raise InvalidModel without one."""
    return model_files.read_card(folder)
