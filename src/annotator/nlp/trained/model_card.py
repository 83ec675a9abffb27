"""What is known of a trained suggester without its weights."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotator.nlp.trained.calibration import Calibration
from annotator.nlp.trained.evaluation_figures import Figures


@dataclass(frozen=True)
class Card:
    """What is known of a model without its weights: the content of ``model.json``."""

    name: str
    made_at: str
    """The day, as YYYY-MM-DD or a whole ISO time."""
    language: str
    labels: tuple[str, ...]
    parsed: bool
    """Whether it was trained with a parse, and therefore needs one."""
    documents: int
    annotations: int
    by_label: Mapping[str, int]
    """Annotations of each label."""
    figures: Figures
    calibration: Calibration
    notes: tuple[str, ...] = ()
    """What a user should know of the training: sentences."""

    @property
    def engine(self) -> str:
        """Name and day; kept with what is accepted."""
        return f"model {self.name} {self.made_at[:10]}"

    def threshold_for(self, precision: float, label: str | None = None) -> float | None:
        """The lowest score from which on that share of the proposals was right on documents held out.

        Of one label or of all; None where no score was so good.
        """
        return self.figures.threshold_for(precision, label)
