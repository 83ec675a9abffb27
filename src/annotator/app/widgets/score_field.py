"""A field for the score from which on suggestions are meant."""

from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from annotator.app.widgets.line_edit_icons import keep_off

_STEP = 0.05


class ScoreField(QDoubleSpinBox):
    """From 0 to 1, in steps of a twentieth."""

    def __init__(self, score: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("From this score on")
        self.setToolTip("Suggestions from this score on; it is how often such a one is right.")
        self.setPrefix("≥ ")
        self.setRange(0, 1)
        self.setSingleStep(_STEP)
        self.setValue(score)
        keep_off(self)

    @property
    def score(self) -> float:
        """The score, without what binary fractions add to it."""
        return round(self.value(), 2)
