"""Days and times: what is stored in UTC is shown in the zone of the user."""

import time
from collections.abc import Iterator

import pytest

from annotator.domain.changes import now
from annotator.domain.dates import local_day, local_time, utc_time


@pytest.fixture(params=["EST5", "NPT-5:45", "UTC0"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if not hasattr(time, "tzset"):
        pytest.skip("the system cannot change the zone of a process")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


UTC_OF_HALF_PAST_ELEVEN = {
    "EST5": "2026-03-06T04:30:00.000Z",
    "NPT-5:45": "2026-03-05T17:45:00.000Z",
    "UTC0": "2026-03-05T23:30:00.000Z",
}


def test_a_time_late_in_the_evening_is_of_the_local_day(zone: str) -> None:
    at = UTC_OF_HALF_PAST_ELEVEN[zone]
    assert local_day(at) == "2026-03-05"
    assert local_time(at) == "2026-03-05 23:30:00"
    assert local_time(at.removesuffix("Z")) == "2026-03-05 23:30:00"


def test_what_is_no_time_stays_as_it_is(zone: str) -> None:
    assert local_day("2026-03-05") == "2026-03-05"
    assert local_day("") == local_time("") == ""
    assert local_time("unknown") == local_day("unknown") == "unknown"
    assert local_day("yesterday evening") == "yesterday "
    assert local_day("0001-01-01T00:00:00+14:00") == "0001-01-01"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2025-03-01T23:30:00.125Z", "2025-03-01T23:30:00.125Z"),
        ("2025-03-01T23:30:00Z", "2025-03-01T23:30:00.000Z"),
        ("2025-03-01T23:30Z", "2025-03-01T23:30:00.000Z"),
        ("2025-03-01T23:30:00+02:00", "2025-03-01T21:30:00.000Z"),
        ("2025-03-01T23:30:00.125999-0500", "2025-03-02T04:30:00.125Z"),
        ("20250301T233000Z", "2025-03-01T23:30:00.000Z"),
        (" 2025-03-01 23:30 ", "2025-03-01T23:30:00.000Z"),
        ("2025-03-01T23", "2025-03-01T23:00:00.000Z"),
        ("2025-03-01", "2025-03-01T00:00:00.000Z"),
        ("2025-W09-6", "2025-03-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00+02:00", ""),
        ("2025-02-30T00:00:00Z", ""),
        ("yesterday", ""),
        ("1740871800", ""),
        ("", ""),
    ],
)
def test_what_iso_8601_allows_becomes_a_time_of_the_project_file(zone: str, stated: str, expected: str) -> None:
    assert utc_time(stated) == expected
    assert utc_time(expected) == expected


def test_a_time_of_the_program_stays_as_it_is() -> None:
    moment = now()
    assert utc_time(moment) == moment
