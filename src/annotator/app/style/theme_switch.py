"""The switch between the themes, and the size of the text in the window.

The window has Qt's Fusion style, so that it is the same on every system.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from annotator.app.style.style_sheet import style_sheet
from annotator.app.style.theme import BLACK_ON_WHITE, CHOICES, DARK, LIGHT, THEMES, WHITE_ON_BLACK, Theme, palette_of

_DESKTOP_SIZE = "annotatorDesktopSize"
_HAS_FUSION = "annotatorHasFusion"
"""Properties of the application, which an earlier switch may have set."""


class ThemeSwitch(QObject):
    """Applies a theme to the application, and follows the system if that is chosen.

    ``size``: of all text except the document, in percent of the desktop's font size.
    """

    changed = Signal(object)
    """The new Theme."""

    def __init__(self, application: QApplication, choice: str = "system", size: int = 100) -> None:
        super().__init__(application)
        self._application = application
        self._size = size
        self._choice = choice if choice in CHOICES else "system"
        self._theme: Theme | None = None
        # The name of a style cannot be read while a style sheet is set.
        if not application.property(_HAS_FUSION):
            application.setStyle("Fusion")
            application.setProperty(_HAS_FUSION, True)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)
        self._set_color_scheme()
        self._apply_choice()

    @property
    def choice(self) -> str:
        """One of ``CHOICES``."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """The theme shown."""
        return self._theme or LIGHT

    def choose(self, choice: str) -> None:
        """Switch to another theme immediately."""
        choice = choice if choice in CHOICES else "system"
        if choice == self._choice:
            return
        self._choice = choice
        self._set_color_scheme()
        self._apply_choice()

    def set_size(self, size: int) -> None:
        """Set the size of all text except the document, in percent of the desktop's font size."""
        if size != self._size:
            self._size = size
            self._apply_style()

    def next_choice(self) -> str:
        """Switch to the next theme, and return the choice made."""
        names = list(THEMES)
        self.choose(names[(names.index(self.theme.name) + 1) % len(names)])
        return self._choice

    def _set_color_scheme(self) -> None:
        # Title bars and native file dialogs follow only the colour scheme set on the platform.
        chosen = THEMES.get(self._choice)
        scheme = Qt.ColorScheme.Dark if chosen is not None and chosen.is_dark else Qt.ColorScheme.Light
        QGuiApplication.styleHints().setColorScheme(Qt.ColorScheme.Unknown if chosen is None else scheme)

    def _on_system_changed(self, _new: object) -> None:
        if self._choice == "system":
            self._apply_choice()

    def _system_theme(self) -> Theme:
        hints = QGuiApplication.styleHints()
        is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return WHITE_ON_BLACK if is_dark else BLACK_ON_WHITE
        return DARK if is_dark else LIGHT

    def _apply_choice(self) -> None:
        theme = THEMES.get(self._choice) or self._system_theme()
        if theme is self._theme:
            return
        self._theme = theme
        self._apply_style()
        self.changed.emit(theme)

    def _apply_style(self) -> None:
        """Set font, palette and style sheet of all widgets, unless an earlier switch has set the same."""
        font = self._font()
        application = self._application
        if application.font() == font and application.styleSheet() == style_sheet(self.theme):
            return
        # Removing the old sheet first halves the time: Qt does not compare the rules of two sheets, and computes a
        # palette under a sheet again for each widget.
        application.setStyleSheet("")
        application.setFont(font)
        application.setPalette(palette_of(self.theme))
        # The sheet has sizes that depend on the font.
        application.setStyleSheet(style_sheet(self.theme))

    def _font(self) -> QFont:
        """Return the application's font in the chosen size."""
        font = self._application.font()
        desktop = self._application.property(_DESKTOP_SIZE)
        if desktop is None:
            desktop = font.pointSizeF()
            self._application.setProperty(_DESKTOP_SIZE, desktop)
        font.setPointSizeF(desktop * self._size / 100)
        return font
