"""Track records of a project: who counts for what, by the formulae, and after each change the same as anew."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.services.claims.judged import case, claimed, stated

import annotator
from annotator.domain.analysis.track_record import beta_quantile
from annotator.domain.records import ClaimRecord
from annotator.services.claims import chains, claims
from annotator.services.sources import sources
from annotator.services.sources.track_records import ENOUGH_FOR_A_MEAN, TrackRecords

DAY = "2026-06-30"


def resolve(project: annotator.Project, id: int, verdict: str, day: str = DAY) -> None:
    claim: ClaimRecord = project._stored.read.claims.one(id)
    project._stored.apply(claims.resolve(project._stored, claim, verdict, evidence="seen", resolved_on=day))


def source_id(project: annotator.Project, name: str) -> int:
    found = sources.find(project._stored, name)
    assert found is not None
    return found.id


def test_n_correct_claims_give_the_lower_bound_of_the_standard(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        for number in range(6):
            one = stated(project, f"it was {number}", by="Ann")
            resolve(project, claimed(project, f"It was {number}.", one), "confirmed")
        record = TrackRecords(project._stored, DAY).record(source_id(project, "Ann"))
        assert record.low == pytest.approx(0.05 ** (1 / 7), abs=1e-12)
        assert (record.resolved, record.total, record.effective, record.suggested) == (6, 6, 6.0, "B")
        # A year later each weighs four fifths, and five of them are needed to say anything.
        later = TrackRecords(project._stored, (date.fromisoformat(DAY) + timedelta(days=365)).isoformat())
        faded = later.record(source_id(project, "Ann"))
        assert faded.effective == pytest.approx(4.8)
        assert (faded.suggested, faded.is_too_few) == ("F", True)
        # Before it was resolved it was open.
        assert TrackRecords(project._stored, "2026-06-29").record(source_id(project, "Ann"))[5:] == (0.0, 0, 6)


def test_who_passes_on_earns_nothing_and_who_checked_a_little(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = stated(project, "the bridge is open", by="Ministry", outlet="Courier", relay="Agency")
        project.add_source("Agency", "outlet")
        two = stated(project, "the bridge opened", outlet="Gazette")
        resolve(project, claimed(project, "The bridge is open.", one, two), "confirmed")
        records = TrackRecords(project._stored, DAY)
        weights = {
            name: records.record(source_id(project, name)).effective for name in ("Ministry", "Courier", "Gazette")
        }
        assert weights == {"Ministry": 1.0, "Courier": 0.0, "Gazette": 1.0}
        assert records.record(source_id(project, "Agency")).total == 0
        # The analyst finds that the Gazette had it from the agency, and checked it.
        agency, gazette = (sources.get(project._stored, source_id(project, name)) for name in ("Agency", "Gazette"))
        project._stored.apply(chains.link(project._stored, two, agency, "origin"))
        project._stored.apply(chains.link(project._stored, two, gazette, "relay", checked=True))
        records = TrackRecords(project._stored, DAY)
        assert records.record(agency.id).effective == 1.0
        assert records.record(gazette.id).effective == pytest.approx(0.2)


def test_a_source_that_repeats_itself_counts_once_and_a_denial_turns_round(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        again = [stated(project, f"it rained {number}", by="Ann") for number in range(3)]
        denied = stated(project, "it did not rain", by="Bea")
        id = claimed(project, "It rained.", *again)
        project._stored.apply(claims.state(project._stored, id, [denied.id], "denies"))
        resolve(project, id, "refuted")
        records = TrackRecords(project._stored, DAY)
        assert records.record(source_id(project, "Ann"))[:2] == (1.0, 2.0)
        assert records.record(source_id(project, "Bea"))[:2] == (2.0, 1.0)


def test_what_is_no_hit_and_no_miss(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        texts = ["a decree", "a promise", "a promise kept", "a possibility", "an estimate", "open", "unknowable"]
        fields: list[dict[str, object]] = [
            {"speech_act": "decree"},
            {"speech_act": "commit", "due": "2026-12-31"},
            {"speech_act": "commit", "due": "2026-01-31"},
            {"label": "speculation"},
            {"label": "speculation", "probability": 70},
            {},
            {},
        ]
        verdicts = ["confirmed", "refuted", "confirmed", "refuted", "partly", "open", "unverifiable"]
        for words, more, verdict in zip(texts, fields, verdicts, strict=True):
            one = stated(project, words, by="Ann", **more)  # type: ignore[arg-type]  # fields by name
            resolve(project, claimed(project, words, one, topic="weather"), verdict)
        track = TrackRecords(project._stored, DAY).of(source_id(project, "Ann"))
        assert (track.record.effective, track.record.resolved, track.record.total) == (1.0, 2, 3)
        assert track.brier == pytest.approx((0.7 - 0.5) ** 2)
        assert [one.claim_id for one in track.counted] == [3, 6, 7]
        assert track.by_topic["weather"] == track.record


def test_each_change_gives_what_reading_anew_gives(tmp_path: Path) -> None:
    verdicts = ["confirmed", "refuted", "partly", "unverifiable", "open", "confirmed", "confirmed"]
    with case(tmp_path) as project:
        made = [
            claimed(project, f"Claim {n}.", *(stated(project, f"words {n} {who}", by=who) for who in "AB"[: 1 + n % 2]))
            for n in range(7)
        ]
        records = TrackRecords(project._stored, DAY)
        for number, (id, verdict) in enumerate(zip(made, verdicts, strict=True)):
            resolve(project, id, verdict, f"2026-0{1 + number % 5}-11")
            touched = records.refresh([id])
            anew = TrackRecords(project._stored, DAY)
            assert touched == {source_id(project, who) for who in "AB"[: 1 + number % 2]}
            for source, record in anew.all().items():
                assert records.record(source) == pytest.approx(record)
        gone = project._stored.read.claims.one(made[0])
        project._stored.apply(claims.remove(project._stored, gone))
        records.refresh([made[0]])
        anew = TrackRecords(project._stored, DAY)
        assert records.all().keys() == anew.all().keys()
        assert all(records.record(id) == pytest.approx(record) for id, record in anew.all().items())


def test_the_mean_of_the_project_is_the_prior_once_enough_is_resolved(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        for number in range(ENOUGH_FOR_A_MEAN):
            one = stated(project, f"it was {number}", by="Ann" if number else "Bea")
            resolve(project, claimed(project, f"It was {number}.", one), "refuted" if number < 10 else "confirmed")
            if number == ENOUGH_FOR_A_MEAN - 2:
                assert TrackRecords(project._stored, DAY).prior_mean == 0.5
        records = TrackRecords(project._stored, DAY)
        assert records.prior_mean == pytest.approx(0.8)
        bea = records.record(source_id(project, "Bea"))
        assert bea[:2] == (pytest.approx(1.6), pytest.approx(1.4))
        assert bea.low == pytest.approx(beta_quantile(0.05, 1.6, 1.4))


def test_grades_never_enter_a_number(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        for number, grade in enumerate((None, 6, 1, 6)):
            one = stated(project, f"it was {number}", by="Ann", credibility=grade)
            resolve(project, claimed(project, f"It was {number}.", one), "confirmed")
        before = TrackRecords(project._stored, DAY).of(source_id(project, "Ann"))
        for letter in "FAEF":
            project.assess("Ann", letter)
        assert TrackRecords(project._stored, DAY).of(source_id(project, "Ann")) == before


def test_the_record_over_time(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        for number, verdict in enumerate(("confirmed", "refuted")):
            one = stated(project, f"it was {number}", by="Ann")
            resolve(project, claimed(project, f"It was {number}.", one), verdict, f"2026-0{number + 1}-01")
        series = TrackRecords(project._stored, DAY).over_time(source_id(project, "Ann"))
        assert [day.isoformat() for day, _ in series] == ["2026-01-01", "2026-02-01", DAY]
        assert series[0][1].mean == pytest.approx(2 / 3)
        assert series[1][1].mean < 0.5
