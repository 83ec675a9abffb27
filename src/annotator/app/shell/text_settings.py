"""The settings of the text, applied to the panes."""

from annotator import settings as s
from annotator.app.reader.document_view import DocumentView
from annotator.app.reader.reader_pane import ReadingPane
from annotator.app.style.theme_switch import ThemeSwitch


class TextSettings:
    """Applies the settings to panes of the text: font, width, spacing, document map and theme."""

    def __init__(self, settings: s.Settings, theme: ThemeSwitch) -> None:
        self._settings = settings
        self._theme = theme

    def set_font_of(self, view: DocumentView) -> None:
        """Apply the font and the size of the settings to a text."""
        font = view.font()
        if family := self._settings.get(s.FONT_FAMILY):
            font.setFamily(family)
        font.setPointSize(self._settings.get(s.FONT_SIZE))
        view.set_text_font(font)

    def apply_to(self, pane: ReadingPane) -> None:
        """Apply all settings except the font to a pane."""
        view = pane.view
        view.set_reading_width(self._settings.get(s.READING_WIDTH))
        view.set_spacing(self._settings.get(s.LINE_SPACING))
        pane.set_map(self._settings.get(s.MINIMAP))
        view.set_snapping(self._settings.get(s.SNAP_TO_WORDS))
        view.set_theme(self._theme.theme)
