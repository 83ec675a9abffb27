"""Simulation of colour vision deficiency, and which colours look alike to people who have one.

The simulation is that of G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009, with its
matrices for severity 1, applied to linear RGB. Colours are ``#rrggbb`` in sRGB; Lab is CIE 1976 under D65.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import dist
from typing import NamedTuple

Triple = tuple[float, float, float]
_Matrix = tuple[Triple, Triple, Triple]

_IDENTITY: _Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

VISIONS: dict[str, _Matrix] = {
    "usual vision": _IDENTITY,
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""The simulated kinds of colour vision, by name, each with its matrix for linear RGB."""

ALIKE = 14.0
"""Lab differences below this count as alike.

Two patches side by side can be distinguished from a difference of 2.3 on (Mahy, Van Eycken and Oosterlinck 1994). Our
signs are not patches but underlines and characters of a few pixels, seen apart and from memory. For marks a third of a
degree wide, which is the height of a line of text, M. Stone, D. A. Szafir and V. Setlur ("An Engineering Model for
Color Difference as a Function of Size", 2014) found that half of the people see a difference of about 7 in lightness,
10 from red to green and 14 from yellow to blue: the largest is used here, so that it suffices on each axis.
"""

MIN_CONTRAST = 3.0
"""Contrast that WCAG 2.2 (1.4.11) requires between a graphical sign and its background."""

_TO_XYZ: _Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Triple = (0.95047, 1.0, 1.08883)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


class Alike(NamedTuple):
    """Two colours of a list, by index, that look alike to some people: the kind of vision, and the difference in
    Lab.
    """

    one: int
    other: int
    vision: str
    difference: float


def simulated(color: str, vision: str) -> str:
    """Return the colour as it appears with that kind of vision, one of VISIONS."""
    return _hex(_simulated_linear(color, vision))


@lru_cache(maxsize=2048)
def lab(color: str, vision: str = "usual vision") -> Triple:
    """Return the CIE Lab values of a colour, as it appears with that kind of vision."""
    x, y, z = (
        part / white for part, white in zip(_times(_TO_XYZ, _simulated_linear(color, vision)), _WHITE, strict=True)
    )
    fx, fy, fz = (part ** (1 / 3) if part > _EPSILON else (_KAPPA * part + 16) / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, vision: str = "usual vision") -> float:
    """Return how far two colours lie apart in Lab (Delta E of CIE 1976) for that kind of vision."""
    return dist(lab(one, vision), lab(other, vision))


def is_alike(one: str, other: str) -> bool:
    """Return whether two colours look alike with every kind of vision."""
    return difference(one, other) < ALIKE


@lru_cache(maxsize=4096)
def confused_in(one: str, other: str) -> str:
    """Return the kind of vision in which two colours look most alike; empty where they look alike in none."""
    vision = min(VISIONS, key=lambda name: difference(one, other, name))
    return vision if difference(one, other, vision) < ALIKE else ""


def look_alikes(colors: Sequence[str]) -> list[Alike]:
    """Return the pairs of colours that look alike in some kind of vision, the most alike first."""
    found = []
    for (one, first), (other, second) in combinations(enumerate(colors), 2):
        if vision := confused_in(first, second):
            found.append(Alike(one, other, vision, difference(first, second, vision)))
    return sorted(found, key=lambda pair: pair.difference)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours after WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def _linear(color: str) -> Triple:
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _linear_part(red), _linear_part(green), _linear_part(blue)


def _linear_part(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _simulated_linear(color: str, vision: str) -> Triple:
    """Return the linear RGB of a colour as it is seen, limited to what a screen can show."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in _times(VISIONS[vision], _linear(color)))
    return red, green, blue


def _times(matrix: _Matrix, vector: Triple) -> Triple:
    one, two, three = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three


def _hex(linear: Triple) -> str:
    encoded = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in linear)
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)
