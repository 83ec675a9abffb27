"""A preview of the text with the chosen settings, and the choice of fonts."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QWidget

from annotator import settings as s
from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.app.style.theme import theme_in_use
from annotator.domain.labels import DEFAULT_LABELS
from annotator.domain.spans import Span

_SAMPLE = (
    "The ministry said on Monday that the bridge would open in May. A spokesman called the date "
    "“firm”, though two engineers doubted it. The last inspection is said to have been postponed."
)
_MARKED = (("the bridge would open in May", 2), ("the date “firm”", 0), ("to have been postponed", 1))
_HEIGHT = 150

# Readable fonts that come with common systems; the first one installed is used.
_SERIFS = ("Charter", "Georgia", "Source Serif 4", "Noto Serif", "DejaVu Serif", "Liberation Serif", "Times New Roman")
_SANS_SERIFS = (
    "Segoe UI",
    "Helvetica Neue",
    "Inter",
    "Source Sans 3",
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
)


def font_choices() -> Iterator[tuple[str, str]]:
    """Yield the shown name and the value of each font: that of the desktop, a serif and a sans-serif one, then all."""
    families = QFontDatabase.families()
    yield "The desktop's own", ""
    for kind, names in (("Serif", _SERIFS), ("Sans serif", _SANS_SERIFS)):
        for family in [name for name in names if name in families][:1]:
            yield f"{kind}: {family}", family
    for family in families:
        yield family, family


class TextPreview(DocumentView):
    """A sample of text with highlights in the font, size, width and spacing of the settings."""

    def __init__(self, settings: s.Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("textPreview")
        self.setAccessibleName("How the text looks")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(DocumentView.Shape.StyledPanel)
        self.setFixedHeight(_HEIGHT)
        self._settings = settings
        self.set_theme(theme_in_use())
        self.set_label_styles(
            {number: LabelStyle(label.color, label.initials, number % 3) for number, label in enumerate(DEFAULT_LABELS)}
        )
        self.set_document(_SAMPLE)
        places = ((_SAMPLE.index(words), len(words), label_id) for words, label_id in _MARKED)
        self.set_highlights(
            Highlight(number, label_id, (Span(start, start + length),))
            for number, (start, length, label_id) in enumerate(places)
        )
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.show_settings()

    def show_settings(self) -> None:
        """Show the sample with the current settings."""
        font = self.font()
        font.setFamily(self._settings.get(s.FONT_FAMILY) or self.window().font().family())
        font.setPointSize(self._settings.get(s.FONT_SIZE))
        self.set_text_font(font)
        self.set_reading_width(self._settings.get(s.READING_WIDTH))
        self.set_spacing(self._settings.get(s.LINE_SPACING))
