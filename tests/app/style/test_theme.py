"""The look: contrast, following the system, and icons that take the colours of the theme."""

import dataclasses
from collections.abc import Iterator
from importlib.resources import files

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from annotator import settings
from annotator.app.reader.document_view import DocumentView
from annotator.app.style import icons
from annotator.app.style.label_style import LAYERS, fill_color, line_color
from annotator.app.style.style_sheet import style_sheet
from annotator.app.style.theme import (
    BLACK_ON_WHITE,
    CHOICES,
    DARK,
    LIGHT,
    THEMES,
    WHITE_ON_BLACK,
    Theme,
    contrast,
    palette_of,
    theme_in_use,
)
from annotator.app.style.theme_switch import ThemeSwitch
from annotator.domain.labels import OKABE_ITO

# The platform without a screen cannot place windows, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

EACH = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@pytest.fixture
def switch(qapp: QApplication) -> Iterator[ThemeSwitch]:
    style, palette, sheet = qapp.style().objectName(), qapp.palette(), qapp.styleSheet()
    made = ThemeSwitch(qapp, "light")
    yield made
    QGuiApplication.styleHints().unsetColorScheme()
    made.deleteLater()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setStyle(style)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@EACH
def test_text_can_be_read(theme: Theme) -> None:
    pairs = [
        (ink, ground)
        for ink in (theme.text, theme.muted, theme.accent, theme.good, theme.warning, theme.bad)
        for ground in (theme.window, theme.base, theme.alternate, theme.raised)
    ]
    pairs += [(theme.text, theme.hovered), (theme.on_accent, theme.accent), (theme.on_selected, theme.selected)]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < theme.min_text_contrast} == {}
    if theme.is_high_contrast:
        assert contrast(theme.border, theme.window) == pytest.approx(21)
        assert contrast(theme.selected, theme.base) >= 7


@EACH
def test_fields_and_the_focus_ring_can_be_seen(theme: Theme) -> None:
    for ground in (theme.window, theme.base, theme.raised):
        assert contrast(theme.accent, ground) >= 3
        assert contrast(theme.edge, ground) >= 3
        assert contrast(theme.disabled, ground) >= 3


@EACH
def test_the_palette_has_no_colour_left_over(theme: Theme) -> None:
    ours = set(dataclasses.astuple(theme)[1:])
    palette = palette_of(theme)
    for role in QPalette.ColorRole:
        if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles):
            color = palette.color(role)
            assert color.alpha() < 255 or color.name() in ours, role


def test_drawings_of_the_style_sheet_exist(qapp: QApplication) -> None:
    for theme in THEMES.values():
        for part in style_sheet(theme).split('url("')[1:]:
            assert (files("annotator.resources") / "styles" / part.split('"')[0].rpartition("/")[2]).is_file()


def test_a_theme_is_switched_live(switch: ThemeSwitch, qtbot: QtBot) -> None:
    window = QWidget()
    field, box = QLineEdit(window), QCheckBox("x", window)
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(box)
    qtbot.addWidget(window)
    window.show()
    seen: list[Theme] = []
    switch.changed.connect(seen.append)
    light = field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2)
    assert switch.next_choice() == "dark" and seen == [DARK] and theme_in_use() is DARK
    dark = field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2)
    assert (light.name(), dark.name()) == (LIGHT.base, DARK.base)
    switch.choose("dark")
    assert seen == [DARK]
    assert switch.next_choice() == "black-on-white" and switch.next_choice() == "white-on-black"
    assert switch.next_choice() == "light" and seen == [DARK, BLACK_ON_WHITE, WHITE_ON_BLACK, LIGHT]


def test_the_settings_know_every_theme() -> None:
    assert settings.THEME.choices == CHOICES


@EACH
def test_the_theme_in_use_is_known_by_the_palette(switch: ThemeSwitch, theme: Theme) -> None:
    switch.choose(theme.name)
    assert theme_in_use() is theme


def test_the_system_is_followed_only_where_that_is_the_choice(
    switch: ThemeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hints:
        scheme = Qt.ColorScheme.Dark
        preference = Qt.ContrastPreference.NoPreference

        def accessibility(self) -> "Hints":
            return self

        def contrastPreference(self) -> Qt.ContrastPreference:
            return self.preference

        def colorScheme(self) -> Qt.ColorScheme:
            return self.scheme

        def setColorScheme(self, _scheme: Qt.ColorScheme) -> None:
            return

    real, hints = QGuiApplication.styleHints(), Hints()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    real.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert switch.theme is LIGHT
    switch.choose("system")
    assert switch.theme is DARK
    hints.scheme = Qt.ColorScheme.Light
    real.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert switch.theme is LIGHT
    hints.preference = Qt.ContrastPreference.HighContrast
    real.accessibility().contrastPreferenceChanged.emit(hints.preference)
    assert switch.theme is BLACK_ON_WHITE
    hints.scheme = Qt.ColorScheme.Dark
    real.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert switch.theme is WHITE_ON_BLACK
    switch.choose("light")
    assert switch.theme is LIGHT
    monkeypatch.undo()


def test_icons_take_the_colours_of_the_theme(switch: ThemeSwitch) -> None:
    def inks(mode: QIcon.Mode) -> set[str]:
        image = icons.icon("search").pixmap(QSize(32, 32), 2.0, mode).toImage()
        assert image.width() == 64
        pixels = (image.pixelColor(x, y) for x in range(64) for y in range(64))
        return {QColor(pixel.rgb()).name() for pixel in pixels if pixel.alpha() == 255}

    shown = icons.icon("search")
    assert not shown.isNull() and inks(QIcon.Mode.Normal) == {LIGHT.text}
    switch.choose("dark")
    assert inks(QIcon.Mode.Normal) == {DARK.text}
    assert inks(QIcon.Mode.Disabled) == {DARK.disabled}
    assert inks(QIcon.Mode.Selected) == {DARK.on_selected}


def test_a_missing_icon_is_empty(qapp: QApplication) -> None:
    assert icons.icon("there-is-none").isNull() and icons.icon("").isNull() and icons.icon("..").isNull()


def test_the_text_keeps_its_size_when_the_theme_changes(switch: ThemeSwitch, qtbot: QtBot) -> None:
    view = DocumentView()
    qtbot.addWidget(view)
    view.show()
    font = view.font()
    font.setPointSize(19)
    view.set_text_font(font)
    for choice in ("dark", "light"):
        switch.choose(choice)
        assert view.text_size() == 19


@EACH
def test_text_can_be_read_under_all_layers_of_a_fill(theme: Theme) -> None:
    for color in OKABE_ITO:
        shown = QColor(theme.base)
        for layer in range(LAYERS):
            fill = fill_color(color, False, theme, layer > 0)
            share = fill.alphaF()
            shown = QColor.fromRgbF(
                shown.redF() * (1 - share) + fill.redF() * share,
                shown.greenF() * (1 - share) + fill.greenF() * share,
                shown.blueF() * (1 - share) + fill.blueF() * share,
            )
        assert contrast(theme.text, shown.name()) >= theme.min_text_contrast, color
        assert contrast(line_color(color, theme).name(), theme.base) >= theme.min_contrast, color
