"""The card of a trained suggester: everything but its weights."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotator.nlp.trained.calibration import Calibration
from annotator.nlp.trained.evaluation_figures import Figures


@dataclass(frozen=True)
class Card:
    """The description of a model, as stored in ``model.json``."""

    name: str
    made_at: str
    """The day, as YYYY-MM-DD or a whole ISO time."""
    language: str
    labels: tuple[str, ...]
    parsed: bool
    """Whether the model was trained with parses, and therefore needs one for each text."""
    documents: int
    annotations: int
    by_label: Mapping[str, int]
    """Annotations of each label."""
    figures: Figures
    calibration: Calibration
    notes: tuple[str, ...] = ()
    """Sentences on the training for the user."""

    @property
    def engine(self) -> str:
        """The name and the day of the model; stored with accepted proposals."""
        return f"model {self.name} {self.made_at[:10]}"

    def threshold_for(self, precision: float, label: str | None = None) -> float | None:
        """Return the lowest score from which on the share ``precision`` of the proposals was right; None without one.

        It was measured on documents held out. ``precision`` is 0 to 1. Proposals of ``label`` count or, for None, all.
        """
        return self.figures.threshold_for(precision, label)
