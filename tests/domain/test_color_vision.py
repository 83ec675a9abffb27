"""Colour vision: the simulation and the differences agree with what others have published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.color_vision import ALIKE, VISIONS, confused_in, contrast, difference, lab, look_alikes, simulated
from annotator.domain.labels import OKABE_ITO

colors = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")

# B. Lindbloom's calculator, sRGB under D65.
PUBLISHED_LAB = {
    "#ff0000": (53.2408, 80.0925, 67.2032),
    "#00ff00": (87.7347, -86.1827, 83.1793),
    "#0000ff": (32.2970, 79.1875, -107.8602),
    "#ffffff": (100.0, 0.0, 0.0),
    "#808080": (53.5850, 0.0, 0.0),
    "#000000": (0.0, 0.0, 0.0),
}


@pytest.mark.parametrize(("color", "expected"), PUBLISHED_LAB.items())
def test_lab_is_the_published_one(color: str, expected: tuple[float, float, float]) -> None:
    assert lab(color) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("vision", VISIONS)
def test_each_matrix_keeps_white_and_grey(vision: str) -> None:
    # Machado, Oliveira and Fernandes normalise every row to 1: the achromatic axis is the one that all agree on.
    assert [sum(row) for row in VISIONS[vision]] == pytest.approx([1, 1, 1], abs=2e-6)
    assert simulated("#ffffff", vision) == "#ffffff"
    assert difference(simulated("#808080", vision), "#808080") < 0.5


# The first columns of the published matrices, bent back to sRGB: pure red of 152286 millionths is 0x6d, and so on.
@pytest.mark.parametrize(
    ("color", "vision", "expected"),
    [
        ("#ff0000", "protanopia", "#6d5f00"),
        ("#ff0000", "deuteranopia", "#a39000"),
        ("#ff0000", "tritanopia", "#ff000f"),
        ("#00ff00", "tritanopia", "#00f7d9"),
    ],
)
def test_primaries_are_simulated_as_published(color: str, vision: str, expected: str) -> None:
    assert simulated(color, vision) == expected


def test_red_and_green_of_one_lightness_are_alike_to_who_lacks_a_cone() -> None:
    # The pair of the old test plates: far apart to most, one colour to a deuteranope.
    assert difference("#b54e48", "#6e7a3d") > 40
    assert confused_in("#b54e48", "#6e7a3d") == "deuteranopia"


def test_the_colours_of_okabe_and_ito_are_distinguished_except_our_grey() -> None:
    pairs = look_alikes(OKABE_ITO)
    grey = OKABE_ITO.index("#999999")
    assert pairs and all(grey in (pair.one, pair.other) for pair in pairs)
    assert {pair.vision for pair in pairs} == {"deuteranopia"}
    assert [pair.difference for pair in pairs] == sorted(pair.difference for pair in pairs)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@given(one=colors, other=colors)
def test_a_difference_is_a_distance(one: str, other: str) -> None:
    for vision in VISIONS:
        assert difference(one, other, vision) == pytest.approx(difference(other, one, vision))
        assert difference(one, one, vision) == 0
    assert bool(confused_in(one, other)) == (min(difference(one, other, vision) for vision in VISIONS) < ALIKE)
