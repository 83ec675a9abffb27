"""A field for the lowest score of the suggestions that an action applies to."""

from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from annotator.app.widgets.line_edit_icons import keep_off

_STEP = 0.05


class ScoreField(QDoubleSpinBox):
    """A score from 0 to 1 in steps of 0.05."""

    def __init__(self, score: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Minimum score")
        self.setToolTip("Suggestions with at least this score; it is how often such a suggestion is right.")
        self.setPrefix("≥ ")
        self.setRange(0, 1)
        self.setSingleStep(_STEP)
        self.setValue(score)
        keep_off(self)

    @property
    def score(self) -> float:
        """The score without the rounding error of binary fractions."""
        return round(self.value(), 2)
