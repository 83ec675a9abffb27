"""The themes: sets of colours, the style sheet made from them, and the switch between them.

Everything is Qt's Fusion style, so that the window is the same on every system.
"""

from dataclasses import dataclass
from importlib.resources import files

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    ``window``: behind panes. ``base``: behind text and lists. ``raised``: buttons, menus, the palette of commands.
    ``selected``: behind a chosen row. ``on_accent``: text on the accent.
    ``border``: between panes. ``edge``: around fields, which must be seen to be found.
    ``hit``: around what a search has found.
    ``is_high_contrast``: text of 7 to 1, black or white borders, highlights by pattern and outline. Themes are
    compared by identity, because painted pictures are cached by theme.
    """

    name: str
    window: str
    base: str
    alternate: str
    raised: str
    hovered: str
    border: str
    edge: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    selected: str
    on_selected: str
    good: str
    warning: str
    bad: str
    hit: str
    is_high_contrast: bool = False

    @property
    def least_contrast(self) -> float:
        """The minimum contrast of lines and borders to the page."""
        return 4.5 if self.is_high_contrast else 3.0

    @property
    def least_contrast_of_text(self) -> float:
        """The minimum contrast of text to its background: AAA or AA of WCAG 2."""
        return 7.0 if self.is_high_contrast else 4.5

    @property
    def is_dark(self) -> bool:
        return contrast(self.base, "#000000") < contrast(self.base, "#ffffff")


LIGHT = Theme(
    name="light",
    window="#f3f4f6",
    base="#ffffff",
    alternate="#f8f9fb",
    raised="#ffffff",
    hovered="#e6e9ee",
    border="#d0d5dc",
    edge="#868d97",
    text="#1c2026",
    muted="#59616c",
    disabled="#838a94",
    accent="#1f5fbf",
    on_accent="#ffffff",
    selected="#d3e3fb",
    on_selected="#11233d",
    good="#1d6b3a",
    warning="#8a5300",
    bad="#b3261e",
    hit="#8a6d00",
)

DARK = Theme(
    name="dark",
    window="#1a1d21",
    base="#212529",
    alternate="#252a2f",
    raised="#2a2f35",
    hovered="#363c44",
    border="#3d444d",
    edge="#737c87",
    text="#e3e6ea",
    muted="#a3abb6",
    disabled="#868f99",
    accent="#72adf5",
    on_accent="#0c1726",
    selected="#2c4a75",
    on_selected="#f1f5fb",
    good="#7bd19a",
    warning="#f0b660",
    bad="#ff9088",
    hit="#c8a000",
)

BLACK_ON_WHITE = Theme(
    name="black-on-white",
    window="#ffffff",
    base="#ffffff",
    alternate="#ffffff",
    raised="#ffffff",
    hovered="#dcdcdc",
    border="#000000",
    edge="#000000",
    text="#000000",
    muted="#262626",
    disabled="#595959",
    accent="#0037a6",
    on_accent="#ffffff",
    selected="#00246b",
    on_selected="#ffffff",
    good="#00501e",
    warning="#6b3a00",
    bad="#8f0008",
    hit="#6b5300",
    is_high_contrast=True,
)

WHITE_ON_BLACK = Theme(
    name="white-on-black",
    window="#000000",
    base="#000000",
    alternate="#000000",
    raised="#000000",
    hovered="#303030",
    border="#ffffff",
    edge="#ffffff",
    text="#ffffff",
    muted="#e4e4e4",
    disabled="#a6a6a6",
    accent="#ffd400",
    on_accent="#000000",
    selected="#bfe3ff",
    on_selected="#000000",
    good="#7dffa6",
    warning="#ffcc66",
    bad="#ffa8a0",
    hit="#ffd400",
    is_high_contrast=True,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, BLACK_ON_WHITE, WHITE_ON_BLACK)}
"""Every theme by its name, in the order of the action that switches them."""

CHOICES = ("system", *THEMES)
"""The possible values of the setting of the theme."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette_of(theme: Theme) -> QPalette:
    """Return the theme as a palette of Qt."""
    role = QPalette.ColorRole
    palette = QPalette()
    for each, color in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.alternate,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.selected,
        role.HighlightedText: theme.on_selected,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hovered,
        role.Midlight: theme.hovered,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
    }.items():
        palette.setColor(each, QColor(color))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.hovered))
    return palette


def style_sheet(theme: Theme) -> str:
    """Return the style sheet for what a palette cannot express: corners, borders, spacing and the focus ring."""
    styles = files("annotator.resources") / "styles"
    chevrons = ("chevron-down", "chevron-up", "chevron-left", "chevron-right")
    drawings = (*chevrons, "check-dark" if theme.is_dark else "check-light", "dock-close", "dock-float")
    # Qt's style sheets accept only paths with slashes.
    down, up, left, right, check, close, float_ = (str(styles / f"{name}.svg").replace("\\", "/") for name in drawings)
    # Style sheets have no font sizes relative to that of the desktop.
    points = max(QGuiApplication.font().pointSizeF(), 6.0)

    def px(pixels: int) -> int:
        return round(pixels * max(1.0, points / 9))

    ring = 3 if theme.is_high_contrast else 2

    def focus(down: int, across: int, color: str = theme.accent) -> str:
        """Return the style of the focus frame, with the size of a border of one pixel and this padding."""
        return f"border: {ring}px solid {color}; padding: {down + 1 - ring}px {across + 1 - ring}px;"

    return f"""
QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px 6px; }}
QLineEdit, QComboBox, QAbstractSpinBox, QKeySequenceEdit QLineEdit {{
    background: {theme.base}; color: {theme.text}; border: 1px solid {theme.edge}; border-radius: 6px;
    padding: 4px 7px; min-height: 1.3em;
    selection-background-color: {theme.selected}; selection-color: {theme.on_selected};
    placeholder-text-color: {theme.muted};
}}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{
    border: none; padding: 0; background: transparent; min-height: 0;
}}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover {{ border-color: {theme.text}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ {focus(4, 7)} }}
QComboBox {{ padding-left: 9px; }}
QComboBox:focus {{ padding-left: {10 - ring}px; }}
QAbstractSpinBox {{ padding-top: 3px; padding-bottom: 2px; }}
QAbstractSpinBox:focus {{ padding-top: {4 - ring}px; padding-bottom: {3 - ring}px; }}
QComboBox QLineEdit:focus, QAbstractSpinBox QLineEdit:focus {{ border: none; padding: 0; }}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
    color: {theme.disabled}; background: {theme.window};
}}
QLineEdit[invalid="true"], QLineEdit[invalid="true"]:focus {{ {focus(4, 7, theme.bad)} }}
QAbstractSpinBox[invalid="true"], QAbstractSpinBox[invalid="true"]:focus {{ border: {ring}px solid {theme.bad}; }}
QComboBox::drop-down {{ border: none; width: {px(22)}px; }}
QComboBox::down-arrow {{ image: url("{down}"); width: {px(12)}px; height: {px(12)}px; }}
QComboBox QAbstractItemView {{
    background: {theme.raised}; border: 1px solid {theme.border}; padding: 3px; outline: none;
}}
QAbstractSpinBox, QAbstractSpinBox:focus {{ padding-right: {px(20)}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
    subcontrol-origin: border; width: {px(18)}px; border: none; background: transparent;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin: 2px 2px 0 0; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin: 0 2px 2px 0; }}
QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: {px(9)}px; height: {px(9)}px; }}
QAbstractSpinBox::down-arrow {{ image: url("{down}"); width: {px(9)}px; height: {px(9)}px; }}
QPlainTextEdit, QTextEdit, QAbstractItemView {{
    background: {theme.base}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 6px;
    selection-background-color: {theme.selected}; selection-color: {theme.on_selected};
    placeholder-text-color: {theme.muted};
}}
QPlainTextEdit {{ padding: 1px 4px; }}
#documentView {{ padding: 0; }}
QListWidget::item, QComboBox QAbstractItemView::item {{ padding: 3px 4px; }}
QPlainTextEdit:focus, QTextEdit:focus, QAbstractItemView:focus {{ border: {ring - 1}px solid {theme.accent}; }}
QPlainTextEdit[invalid="true"], QPlainTextEdit[invalid="true"]:focus {{ border: {ring}px solid {theme.bad}; }}
QComboBox QAbstractItemView:focus {{ border-color: {theme.border}; }}
QPushButton {{
    background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: 6px;
    padding: 5px 14px; min-height: 1.3em;
}}
QPushButton:hover {{ background: {theme.hovered}; }}
QPushButton:focus {{ {focus(5, 14)} }}
QPushButton:pressed, QPushButton:checked {{ background: {theme.selected}; color: {theme.on_selected}; }}
QPushButton:default {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
QPushButton:default:focus {{ {focus(5, 14, theme.text)} }}
QPushButton:disabled {{ color: {theme.disabled}; background: {theme.window}; border-color: {theme.border}; }}
QPushButton[flat="true"] {{ background: transparent; border-color: transparent; color: {theme.accent}; }}
QPushButton[flat="true"]:hover {{ background: {theme.hovered}; }}
QPushButton[flat="true"]:focus {{ border: {ring}px solid {theme.accent}; }}
QToolBar {{ background: {theme.window}; border: none; border-bottom: 1px solid {theme.border};
    padding: 2px 6px 3px 6px; spacing: 2px; }}
QToolBar::separator {{ background: {theme.border}; width: 1px; margin: 5px 5px; }}
QMainWindow::separator {{ background: transparent; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {theme.accent}; }}
QDockWidget {{ color: {theme.muted}; font-weight: 600;
    titlebar-close-icon: url("{close}"); titlebar-normal-icon: url("{float_}"); }}
QDockWidget::title {{ background: {theme.window}; padding: 5px 4px 4px 8px; text-align: left; }}
QDockWidget::close-button, QDockWidget::float-button {{
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0;
    icon-size: {px(16)}px; width: {px(18)}px; height: {px(18)}px;
    subcontrol-position: right center; subcontrol-origin: padding;
}}
QDockWidget::close-button {{ right: 2px; }}
QDockWidget::float-button {{ right: {px(18) + 4}px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {theme.hovered}; }}
QToolButton {{ background: transparent; color: {theme.text}; border: 1px solid transparent; border-radius: 6px;
    padding: 4px 6px; }}
QToolButton:hover {{ background: {theme.hovered}; }}
QToolButton:pressed, QToolButton:checked {{ background: {theme.selected}; color: {theme.on_selected}; }}
QToolButton:focus {{ {focus(4, 6)} }}
QToolButton:disabled {{ color: {theme.disabled}; }}
QMenuBar {{ background: {theme.window}; color: {theme.text}; }}
QMenuBar::item {{ padding: 5px 9px; border-radius: 5px; background: transparent; }}
QMenuBar::item:selected {{ background: {theme.hovered}; }}
QMenu {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.border}; padding: 5px; }}
QMenu::item {{ padding: 5px 26px 5px 10px; border-radius: 5px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::item:selected {{ background: {theme.selected}; color: {theme.on_selected}; }}
QMenu::item:disabled {{ color: {theme.disabled}; background: transparent; }}
QMenu::icon:checked {{ background: {theme.selected}; border: 1px solid {theme.accent}; border-radius: 4px; }}
QMenu::right-arrow {{ image: url("{right}"); width: 10px; height: 10px; margin-right: 8px; }}
QMenu::separator {{ height: 1px; background: {theme.border}; margin: 5px 8px; }}
QHeaderView {{ background: {theme.window}; border: none; }}
QHeaderView::section {{ background: {theme.window}; color: {theme.muted}; border: none;
    border-bottom: 1px solid {theme.border}; padding: 5px 7px; }}
QTableView::item {{ padding: 2px 6px; }}
QAbstractItemView::item:selected {{ background: {theme.selected}; color: {theme.on_selected}; }}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {theme.raised}; }}
QCalendarWidget QToolButton {{ font-weight: 600; }}
QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
QCalendarWidget QToolButton#qt_calendar_prevmonth {{ qproperty-icon: url("{left}"); }}
QCalendarWidget QToolButton#qt_calendar_nextmonth {{ qproperty-icon: url("{right}"); }}
QCalendarWidget QAbstractItemView {{ border: none; border-radius: 0; }}
QCalendarWidget QTableView::item {{ padding: 0; }}
QTabBar::tab {{ background: transparent; color: {theme.muted}; padding: 6px 12px;
    border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {theme.text}; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
QTabBar::tab:focus {{ background: {theme.hovered}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {theme.border}; }}
QSplitter::handle {{ background: {theme.window}; }}
QSplitter::handle:hover {{ background: {theme.accent}; }}
QStatusBar {{ background: {theme.window}; color: {theme.muted}; border-top: 1px solid {theme.border}; }}
QStatusBar::item {{ border: none; }}
QSizeGrip {{ image: none; width: 0; height: 0; }}
QStatusBar QLabel {{ color: {theme.muted}; }}
QProgressBar {{ background: {theme.hovered}; color: {theme.text}; border: none; border-radius: 4px;
    text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 4px; }}
QCheckBox, QRadioButton {{ spacing: 7px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{
    width: {px(14)}px; height: {px(14)}px; border: 1px solid {theme.muted}; border-radius: 4px;
    background: {theme.base};
}}
QRadioButton::indicator {{ border-radius: {px(14) // 2 + 1}px; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{
    width: {px(14) + 2 - 2 * ring}px; height: {px(14) + 2 - 2 * ring}px; border: {ring}px solid {theme.accent};
}}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
    background: {theme.accent}; border-color: {theme.accent}; image: url("{check}");
}}
QCheckBox::indicator:checked:focus {{ border-color: {theme.text}; }}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {{ background: {theme.muted}; }}
QRadioButton::indicator:checked {{
    width: {px(6)}px; height: {px(6)}px; border: {px(5)}px solid {theme.accent}; background: {theme.on_accent};
}}
QRadioButton::indicator:checked:focus {{ border-color: {theme.text}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {theme.border}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {theme.disabled}; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {theme.disabled}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {theme.muted}; border-radius: 4px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QGroupBox {{ border: none; margin-top: 1.6em; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; color: {theme.muted}; }}
QLabel[role="muted"] {{ color: {theme.muted}; }}
QLabel[role="warning"] {{ color: {theme.warning}; }}
QLabel[role="bad"] {{ color: {theme.bad}; }}
QLabel[role="title"] {{ font-size: {points * 1.65:.1f}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {points * 1.2:.1f}pt; font-weight: 600; }}
#commandPalette, #toast {{ background: {theme.raised}; border: 1px solid {theme.border}; border-radius: 10px; }}
#commandPalette QListView {{ border: none; background: {theme.raised}; }}
#toast QLabel {{ background: transparent; }}
#hoverCard {{ background: {theme.raised}; border: 1px solid {theme.edge}; }}
#hoverCardRule {{ color: {theme.border}; background: {theme.border}; border: none; max-height: 1px; }}
#toast[kind="warning"] {{ border: 1px solid {theme.warning}; }}
"""


_DESKTOP_SIZE = "annotatorDesktopSize"
_HAS_FUSION = "annotatorHasFusion"
"""Properties of the application, which an earlier switch may have set."""


class ThemeSwitch(QObject):
    """Applies a theme to the application, and follows the system if that is chosen."""

    changed = Signal(object)
    """The new Theme."""

    def __init__(self, application: QApplication, choice: str = "system", size: int = 100) -> None:
        """``size``: of all text except the document, in percent of the desktop's font size."""
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
        self._tell_platform()
        self._apply()

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
        self._tell_platform()
        self._apply()

    def set_size(self, size: int) -> None:
        """Set the size of all text except the document, in percent of the desktop's font size."""
        if size != self._size:
            self._size = size
            self._dress()

    def next_choice(self) -> str:
        """Switch to the next theme, and return the choice made."""
        names = list(THEMES)
        self.choose(names[(names.index(self.theme.name) + 1) % len(names)])
        return self._choice

    def _tell_platform(self) -> None:
        # Title bars and native file dialogs follow only the colour scheme set on the platform.
        chosen = THEMES.get(self._choice)
        scheme = Qt.ColorScheme.Dark if chosen is not None and chosen.is_dark else Qt.ColorScheme.Light
        QGuiApplication.styleHints().setColorScheme(Qt.ColorScheme.Unknown if chosen is None else scheme)

    def _on_system_changed(self, _new: object) -> None:
        if self._choice == "system":
            self._apply()

    def _of_system(self) -> Theme:
        hints = QGuiApplication.styleHints()
        is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return WHITE_ON_BLACK if is_dark else BLACK_ON_WHITE
        return DARK if is_dark else LIGHT

    def _apply(self) -> None:
        theme = THEMES.get(self._choice) or self._of_system()
        if theme is self._theme:
            return
        self._theme = theme
        self._dress()
        self.changed.emit(theme)

    def _dress(self) -> None:
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


def theme_in_use() -> Theme:
    """Return the theme of the application's palette, for custom painting."""
    palette = QGuiApplication.palette()
    base, chosen = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Highlight)
    return _BY_COLORS.get((base.name(), chosen.name())) or (DARK if base.lightness() < 128 else LIGHT)


_BY_COLORS = {(theme.base, theme.selected): theme for theme in THEMES.values()}
