"""The two Admiralty axes, probability words and confidence.

Sources: STANAG 2511 and US FM 2-22.3 (reliability A-F, credibility 1-6); ICD 203 (probability words). The two axes are
independent, and ``F``, ``6`` and "not graded yet" are not numbers: they are never averaged and never multiplied.
"""

from typing import NamedTuple

from annotator.domain.errors import InvalidValue


class Grade(NamedTuple):
    """One entry of a scale: its code, its words, and its meaning by both standards, for a tool tip.

    ``meaning``: after US FM 2-22.3. ``nato``: the words of STANAG 2511, where they differ.
    """

    code: str
    words: str
    meaning: str
    nato: str = ""

    @property
    def tip(self) -> str:
        """The meaning by both standards, one line each."""
        return f"{self.meaning}\nSTANAG 2511: {self.nato}" if self.nato else self.meaning


RELIABILITY = (
    Grade(
        "A",
        "completely reliable",
        "No doubt of authenticity, trustworthiness or competency; a history of complete reliability.",
        "“a tried and trusted source which can be depended upon with confidence”",
    ),
    Grade(
        "B",
        "usually reliable",
        "Minor doubt; a history of valid information most of the time.",
        "“successful in the past but for which there is still some element of doubt in a particular case”",
    ),
    Grade(
        "C",
        "fairly reliable",
        "Doubt, but has provided valid information in the past.",
        "“occasionally been used in the past and upon which some degree of confidence can be based”",
    ),
    Grade(
        "D",
        "not usually reliable",
        "Significant doubt, but has provided valid information in the past.",
        "“used in the past but has proved more often than not unreliable”",
    ),
    Grade(
        "E",
        "unreliable",
        "Lacks authenticity, trustworthiness or competency; a history of invalid information.",
        "“used in the past and has proved unworthy of any confidence”",
    ),
    Grade(
        "F",
        "cannot be judged",
        "No basis for a judgement exists. This is no grade below E.",
        "“a source which has not been used in the past”",
    ),
)
"""The source's reliability, after US FM 2-22.3."""

CREDIBILITY = (
    Grade(
        "1",
        "confirmed",
        "Confirmed by other independent sources; logical in itself; fits what else is known.",
        "it originates from another source than the information that is already there.",
    ),
    Grade(
        "2",
        "probably true",
        "Not confirmed; logical in itself; fits what else is known.",
        "independence cannot be guaranteed, but is likely from quantity and quality of earlier reports.",
    ),
    Grade("3", "possibly true", "Not confirmed; reasonably logical; agrees with some of what is known. (Our words.)"),
    Grade("4", "doubtful", "Not confirmed; possible but not logical; nothing else is known. (Our words.)"),
    Grade("5", "improbable", "Not confirmed; not logical; contradicted by what else is known. (Our words.)"),
    Grade("6", "cannot be judged", "No basis for a judgement exists. This is no grade below 5."),
)
"""This statement's credibility, after US FM 2-22.3; 3 to 5 in our own words."""

RELIABILITY_CODES = tuple(grade.code for grade in RELIABILITY)
CREDIBILITY_CODES = tuple(int(grade.code) for grade in CREDIBILITY)
CONFIDENCES = ("low", "moderate", "high")


class Band(NamedTuple):
    """A probability word of ICD 203 with its range in percent."""

    words: str
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.words} ({self.low}-{self.high}%)"


BANDS = (
    Band("almost no chance", 1, 5),
    Band("very unlikely", 5, 20),
    Band("unlikely", 20, 45),
    Band("roughly even chance", 45, 55),
    Band("likely", 55, 80),
    Band("very likely", 80, 95),
    Band("almost certain", 95, 99),
)
"""The seven bands of ICD 203. Neighbours share an edge: an edge belongs to the band nearer to 50 percent."""


STIX_OF_BAND = (5, 15, 30, 50, 70, 85, 95)
"""The confidence value of each band on the DNI scale of STIX 2.1 (appendix A), in the order of ``BANDS``."""

_STIX_LOWER_ENDS = (0, 10, 20, 40, 60, 80, 90)

STIX_OF_CREDIBILITY = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
"""The confidence of each credibility on the Admiralty scale of STIX 2.1; ``6`` has none."""

_STIX_CREDIBILITY_LOWER_ENDS = ((80, 1), (60, 2), (40, 3), (20, 4), (0, 5))


def stix_of(probability: int) -> int:
    """Return the STIX 2.1 confidence for a probability in percent: that of its band."""
    return STIX_OF_BAND[BANDS.index(band_of(probability))]


def band_of_stix(value: int) -> Band:
    """Return the band of a confidence from 0 to 100 on the DNI scale of STIX 2.1. Raise InvalidValue."""
    if not 0 <= value <= 100:
        raise InvalidValue(f"{value} is not a confidence of STIX: give a whole number from 0 to 100.")
    return BANDS[max(place for place, least in enumerate(_STIX_LOWER_ENDS) if value >= least)]


def credibility_of_stix(value: int) -> int:
    """Return the credibility of a confidence from 0 to 100 on the Admiralty scale of STIX 2.1.

    Raise InvalidValue.
    """
    if not 0 <= value <= 100:
        raise InvalidValue(f"{value} is not a confidence of STIX: give a whole number from 0 to 100.")
    return next(digit for least, digit in _STIX_CREDIBILITY_LOWER_ENDS if value >= least)


def band_of(probability: int) -> Band:
    """Return the ICD 203 band of a probability in percent, 0 to 100; 0 and 100 belong to the outer bands."""
    for band in BANDS:
        # An edge shared by two bands belongs to the more cautious one, which is nearer to even.
        if probability < band.high or (probability == band.high and band.low >= 45):
            return band
    return BANDS[-1]


def admiralty_code(reliability: str | None, credibility: int | None) -> str:
    """Return the Admiralty code: ``B2``, ``B-`` or ``-2``; empty where neither axis is graded."""
    if reliability is None and credibility is None:
        return ""
    return f"{reliability or '-'}{credibility or '-'}"


def checked_reliability(value: str | None) -> str | None:
    """Return a reliability A-F in upper case, or None. Raise InvalidValue."""
    if value is None or value == "":
        return None
    letter = str(value).strip().upper()
    if letter not in RELIABILITY_CODES:
        raise InvalidValue(f"{value!r} is not a reliability: give a letter from A to F.")
    return letter


def checked_credibility(value: int | str | None) -> int | None:
    """Return a credibility 1-6, or None. Raise InvalidValue."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or str(value).strip() not in {grade.code for grade in CREDIBILITY}:
        raise InvalidValue(f"{value!r} is not a credibility: give a digit from 1 to 6.")
    return int(value)


def checked_probability(value: int | None) -> int | None:
    """Return a whole number of percent, 0-100, or None. Raise InvalidValue."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise InvalidValue(f"{value!r} is not a probability: give a whole number of percent from 0 to 100.")
    return value


def checked_confidence(value: str | None) -> str | None:
    """Return ``low``, ``moderate`` or ``high``, or None. Raise InvalidValue."""
    if value is None or value == "":
        return None
    if value not in CONFIDENCES:
        raise InvalidValue(f"{value!r} is not a confidence: give low, moderate or high.")
    return value
