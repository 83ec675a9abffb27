"""The track record against its check values, closed forms and sums."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv

from annotator.domain.analysis.track_record import (
    Forecast,
    Judged,
    Tally,
    beta_quantile,
    beta_share,
    brier,
    calibration,
    record_of,
    tally,
)
from annotator.domain.errors import InvalidValue
from annotator.domain.fixed_choices import VERDICTS

TODAY = date(2026, 3, 4)


def statements(*verdicts: str, independence: float = 1.0) -> list[Judged]:
    return [Judged(verdict, TODAY, independence) for verdict in verdicts]


@pytest.mark.parametrize(("n", "low"), [(0, 0.05), (1, 0.2236), (6, 0.652), (18, 0.854)])
def test_n_correct_and_nothing_else(n: int, low: float) -> None:
    record = record_of(tally(statements(*["confirmed"] * n), TODAY))
    assert record.low == pytest.approx(0.05 ** (1 / (n + 1)), abs=1e-12)
    assert record.low == pytest.approx(low, abs=1e-3)
    assert (record.a, record.b, record.effective) == (n + 1, 1, n)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_whole_numbers_are_sums_of_a_binomial(a: int, b: int, x: float) -> None:
    n = a + b - 1
    expected = math.fsum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert beta_share(x, a, b) == pytest.approx(expected, rel=1e-10, abs=1e-14)


@given(st.floats(0.1, 500), st.floats(0.1, 500), st.floats(0.001, 0.999))
def test_quantile_and_share_undo_each_other(a: float, b: float, share: float) -> None:
    x = beta_quantile(share, a, b)
    # Near an end where the density is steep, the next number that a float can be has another share already.
    step = 8 * math.ulp(x)
    below, above = beta_share(max(0.0, x - step), a, b), beta_share(min(1.0, x + step), a, b)
    assert below * (1 - 1e-8) - 1e-10 <= share <= above * (1 + 1e-8) + 1e-10
    assert beta_quantile(1 - share, b, a) == pytest.approx(1 - x, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (2, 2)])
def test_closed_forms(a: float, b: float) -> None:
    forms = {0.5: lambda x: 2 / math.pi * math.asin(math.sqrt(x)), 1: lambda x: x, 2: lambda x: x * x * (3 - 2 * x)}
    for x in (0.01, 0.3, 0.5, 0.9):
        assert beta_share(x, a, b) == pytest.approx(forms[a](x), abs=1e-13)


def test_what_counts_and_what_does_not() -> None:
    record = record_of(tally(statements("confirmed", "partly", "refuted", "open", "unverifiable"), TODAY))
    assert (record.a, record.b, record.mean) == (2.5, 2.5, 0.5)
    assert (record.effective, record.resolved, record.total) == (3, 4, 5)
    assert record.is_too_few and record.suggested == "F"
    assert record.sentence() == "Too few for a judgement: 4 of 5 resolved."
    with pytest.raises(InvalidValue, match="not a verdict"):
        tally(statements("maybe"), TODAY)
    with pytest.raises(InvalidValue, match="not an independence"):
        tally(statements("open", independence=1.5), TODAY)


def test_age_and_independence_weigh() -> None:
    year_ago = Judged("confirmed", TODAY - timedelta(days=365))
    assert tally([year_ago], TODAY).hits == pytest.approx(0.8)
    assert tally([year_ago._replace(independence=0.2)], TODAY).hits == pytest.approx(0.16)
    assert tally([year_ago._replace(independence=0.0)], TODAY).hits == 0.0


@pytest.mark.parametrize(
    ("hits", "misses", "letter"),
    [(4, 0, "F"), (18, 0, "A"), (17, 0, "B"), (40, 0, "A"), (9, 1, "B"), (9, 3, "C"), (6, 6, "D"), (1, 9, "E")],
)
def test_the_suggested_letter(hits: int, misses: int, letter: str) -> None:
    record = record_of(tally(statements(*["confirmed"] * hits, *["refuted"] * misses), TODAY))
    assert record.suggested == letter, record


def test_a_record_as_of_a_past_day() -> None:
    found = [Judged("confirmed", TODAY - timedelta(days=10)), Judged("refuted", TODAY)]
    then = tally(found, TODAY - timedelta(days=5))
    assert (then.resolved, then.total) == (1, 2)
    assert then.misses == 0.0
    assert tally(found, TODAY).misses == 1.0


@given(
    st.lists(
        st.builds(
            Judged,
            st.sampled_from(VERDICTS),
            st.dates(date(2020, 1, 1), TODAY),
            st.floats(0, 1),
        ),
        max_size=20,
    ),
    st.integers(0, 2_000),
)
def test_step_by_step_is_as_all_at_once(found: list[Judged], days: int) -> None:
    whole = tally(found, TODAY)
    later = whole.at(TODAY + timedelta(days=days))
    anew = tally(found, TODAY + timedelta(days=days))
    assert later.hits == pytest.approx(anew.hits, abs=1e-9)
    assert later.misses == pytest.approx(anew.misses, abs=1e-9)
    emptied = whole
    for judged in found:
        emptied = emptied.minus(judged)
    assert (emptied.resolved, emptied.total) == (0, 0)
    assert emptied.hits == pytest.approx(0, abs=1e-9)
    assert Tally(TODAY).plus(Judged("open", TODAY)).total == 1


def test_speculation_is_scored_by_its_probability() -> None:
    assert brier([]) is None
    assert brier([Forecast(100, 1), Forecast(0, 0)]) == 0
    assert brier([Forecast(50, 1), Forecast(50, 0)]) == 0.25
    assert brier([Forecast(70, 1)]) == pytest.approx(0.09)
    assert calibration([Forecast(70, 1), Forecast(75, 0), Forecast(100, 1)]) == [
        (2, pytest.approx(0.725), 0.5),
        (1, 1.0, 1.0),
    ]


@given(st.floats(0.001, 0.999), st.floats(0.02, 3000), st.floats(0.02, 3000))
def test_shares_and_quantiles_are_those_of_scipy(share: float, a: float, b: float) -> None:
    x = beta_quantile(share, a, b)
    assert x == pytest.approx(float(betaincinv(a, b, share)), rel=1e-9, abs=1e-290)
    assert beta_share(x, a, b) == pytest.approx(float(betainc(a, b, x)), rel=1e-9)
