"""The themes: sets of colours, also as palettes of Qt."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QGuiApplication, QPalette


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    ``window``: behind panes. ``base``: behind text and lists. ``raised``: buttons, menus, the palette of commands.
    ``selected``: behind a chosen row. ``on_accent``: text on the accent.
    ``border``: between panes. ``edge``: around fields, with enough contrast to be visible.
    ``hit``: around the hits of a search.
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
    def min_contrast(self) -> float:
        """The minimum contrast of lines and borders to the page."""
        return 4.5 if self.is_high_contrast else 3.0

    @property
    def min_text_contrast(self) -> float:
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


def contrast(one: QColor | str, other: QColor | str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    """Return the relative luminance of a colour after WCAG 2.2, from 0 to 1."""
    channels = (color.redF(), color.greenF(), color.blueF())
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


def theme_in_use() -> Theme:
    """Return the theme of the application's palette, for custom painting."""
    palette = QGuiApplication.palette()
    base, chosen = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Highlight)
    return _BY_COLORS.get((base.name(), chosen.name())) or (DARK if base.lightness() < 128 else LIGHT)


_BY_COLORS = {(theme.base, theme.selected): theme for theme in THEMES.values()}
