"""The scales: ICD 203 bands and the values of STIX 2.1, both ways, and wordings of both Admiralty standards."""

import pytest

from annotator.domain.errors import InvalidValue
from annotator.domain.grades import (
    BANDS,
    CREDIBILITY,
    RELIABILITY,
    STIX_OF_BAND,
    STIX_OF_CREDIBILITY,
    band_of,
    band_of_stix,
    credibility_of_stix,
    stix_of,
)


@pytest.mark.parametrize(
    ("words", "percent", "stix", "stix_range"),
    [
        ("almost no chance", (0, 4), 5, (0, 9)),
        ("very unlikely", (5, 19), 15, (10, 19)),
        ("unlikely", (20, 44), 30, (20, 39)),
        ("roughly even chance", (45, 55), 50, (40, 59)),
        ("likely", (56, 80), 70, (60, 79)),
        ("very likely", (81, 95), 85, (80, 89)),
        ("almost certain", (96, 100), 95, (90, 100)),
    ],
)
def test_bands_and_stix_values_both_ways(
    words: str, percent: tuple[int, int], stix: int, stix_range: tuple[int, int]
) -> None:
    for probability in range(percent[0], percent[1] + 1):
        assert band_of(probability).words == words
        assert stix_of(probability) == stix
    for value in range(stix_range[0], stix_range[1] + 1):
        assert band_of_stix(value).words == words
    assert band_of_stix(stix).words == words


@pytest.mark.parametrize(
    ("digit", "stix", "least", "most"),
    [(1, 90, 80, 100), (2, 70, 60, 79), (3, 50, 40, 59), (4, 30, 20, 39), (5, 10, 0, 19)],
)
def test_credibility_and_stix_values_both_ways(digit: int, stix: int, least: int, most: int) -> None:
    assert STIX_OF_CREDIBILITY[digit] == stix
    assert {credibility_of_stix(value) for value in range(least, most + 1)} == {digit}


def test_a_6_has_no_value_and_a_value_off_the_scale_is_refused() -> None:
    assert 6 not in STIX_OF_CREDIBILITY
    for value in (-1, 101):
        with pytest.raises(InvalidValue):
            band_of_stix(value)
        with pytest.raises(InvalidValue):
            credibility_of_stix(value)


def test_every_band_has_its_range_and_every_grade_both_wordings() -> None:
    assert len(BANDS) == len(STIX_OF_BAND) == 7
    assert [str(band) for band in BANDS][4] == "likely (55-80%)"
    assert all("STANAG 2511: “" in grade.tip for grade in RELIABILITY)
    assert all("STANAG 2511: " in grade.tip for grade in CREDIBILITY[:2])
    assert CREDIBILITY[2].tip == CREDIBILITY[2].meaning
