"""The colours of the labels as seen with each kind of colour vision, and findings about them."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from annotator.app.style.label_style import LabelStyle
from annotator.app.style.theme import DARK, LIGHT
from annotator.app.widgets.label_swatch import paint_swatch, swatch_size
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.color_vision import MIN_CONTRAST, VISIONS, contrast, simulated
from annotator.domain.labels import confusions
from annotator.domain.records import LabelRecord
from annotator.domain.wording import counted, listed

_PAIRS_TOLD = 4
_GAP = 5


def findings(labels: Sequence[LabelRecord]) -> list[str]:
    """Return findings about the colours of labels as sentences, the most serious first."""
    pairs = confusions(labels)
    sentences = pairs[:_PAIRS_TOLD]
    if more := pairs[_PAIRS_TOLD:]:
        sentences.append(
            f"{counted(len(more), 'more pair')} {'looks' if len(more) == 1 else 'look'} alike to somebody."
        )
    for page, name, way in ((LIGHT.base, "light", "darker"), (DARK.base, "dark", "lighter")):
        faint = [label.name for label in labels if contrast(label.color, page) < MIN_CONTRAST]
        if faint:
            verb = "is" if len(faint) == 1 else "are"
            sentences.append(f"{listed(faint)} {verb} faint on the {name} page, where the lines are drawn {way}.")
    return sentences


class ColorCheck(QWidget):
    """A row of swatches for each kind of colour vision, and the findings below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("colorCheck")
        self.strips = _Strips(self)
        self.sentences = TextLabel(self)
        self.sentences.setObjectName("colorFindings")
        self.sentences.setWordWrap(True)
        self.sentences.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.strips)
        layout.addWidget(self.sentences)

    def show_labels(self, labels: Sequence[LabelRecord], patterns: dict[int, int]) -> None:
        """Check these labels."""
        self.strips.show_labels(labels, patterns)
        sentences = findings(labels)
        self.sentences.setText(
            "\n".join(sentences) or "All colours are told apart by everybody, and stand out on both pages."
        )
        self.setAccessibleName("Check of the colours")
        self.setAccessibleDescription(self.sentences.text())


class _Strips(QWidget):
    """The swatches, one line for each kind of vision."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("The colours as they are seen with each kind of vision")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._labels: tuple[LabelRecord, ...] = ()
        self._patterns: dict[int, int] = {}

    def show_labels(self, labels: Sequence[LabelRecord], patterns: dict[int, int]) -> None:
        """Show swatches of these labels; ``patterns`` holds the line pattern of each label id."""
        self._labels, self._patterns = tuple(labels), patterns
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, len(VISIONS) * (swatch_size(self).height() + _GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = swatch_size(self)
        metrics = QFontMetrics(self.font())
        caption = max(map(metrics.horizontalAdvance, VISIONS)) + 2 * _GAP
        for row, vision in enumerate(VISIONS):
            top = row * (size.height() + _GAP)
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(QRect(0, top, caption, size.height()), Qt.AlignmentFlag.AlignVCenter, vision.capitalize())
            width = self.width() - caption
            shown = max(0, width // (size.width() + _GAP))
            if shown < len(self._labels):
                # The last place shows how many labels do not fit.
                shown = max(0, shown - 1)
                left = caption + shown * (size.width() + _GAP)
                rest = QRect(left, top, size.width(), size.height())
                painter.drawText(rest, Qt.AlignmentFlag.AlignCenter, f"+{len(self._labels) - shown}")
            for place, label in enumerate(self._labels[:shown]):
                at = QPoint(caption + place * (size.width() + _GAP), top)
                style = LabelStyle(simulated(label.color, vision), label.initials, self._patterns[label.id])
                paint_swatch(painter, QRectF(QRect(at, size)), style)
        painter.end()
