"""The track records of sources: the outcome of the claims that they stated.

For each source a statement counts once for each claim, however often it was repeated: fully where the source is the
origin of the attribution chain, and little or nothing where it passed it on. A source that denies a claim is right
where it is refuted. Claims and official statements are hit or miss; speculation counts only where a probability was
given, by its Brier score. Decrees, requests, and commitments before their due date do not count.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from annotator.domain.analysis.track_record import (
    Calibration,
    Forecast,
    Judged,
    Tally,
    TrackRecord,
    brier,
    calibration,
    record_of,
    share_of,
    tally,
)
from annotator.domain.dates import today
from annotator.domain.labels import kinds
from annotator.services.claims.chains import Chained, chains
from annotator.store.project import Project
from annotator.store.queries.annotation_queries import TrackRecordFields

SPECULATION = "speculation"
ENOUGH_FOR_A_MEAN = 50
"""Resolved claims from which the project's own mean replaces one half as the prior mean."""

_DEFAULT_PRIOR_MEAN = 0.5
_MIN_PROBABILITY = 0.01
_NOT_COUNTED = frozenset({"decree", "request"})
_OPPOSITE = {"confirmed": "refuted", "refuted": "confirmed"}
_NEVER = date.max

Progress = Callable[[int, int, str], None]


class Counted(NamedTuple):
    """One statement of a source as its record counts it, with its annotation."""

    claim_id: int
    annotation_id: int
    stance: str
    judged: Judged


class Foretold(NamedTuple):
    """One speculation of a source with a stated probability; ``forecast`` is None while its claim is open."""

    claim_id: int
    annotation_id: int
    probability: int
    forecast: Forecast | None


class SourceTrack(NamedTuple):
    """The complete record of a source, as of a day."""

    record: TrackRecord
    by_topic: Mapping[str, TrackRecord]
    counted: tuple[Counted, ...]
    foretold: tuple[Foretold, ...]
    brier: float | None
    calibration: tuple[Calibration, ...]


class _Verdict(NamedTuple):
    verdict: str
    resolved_on: date
    topic: str


class _ClaimContribution(NamedTuple):
    """The contribution of one claim to the records of sources."""

    counted: Mapping[int, tuple[Counted, ...]]
    foretold: Mapping[int, tuple[Foretold, ...]]
    share: float | None


class TrackRecords:
    """The records of all sources as of a day; after a change only the affected claims are read again."""

    def __init__(self, project: Project, as_of: str = "", progress: Progress | None = None) -> None:
        self._project = project
        self.as_of = date.fromisoformat(as_of or today())
        self._claims: dict[int, _ClaimContribution] = {}
        self._by_source: dict[int, set[int]] = {}
        self._tallies: dict[int, Tally] = {}
        self._sum, self._resolved = 0.0, 0
        """Over the resolved claims that count: how many came true (0.5 where in part), and how many there are."""
        self._records: dict[int, tuple[Tally, float, TrackRecord]] = {}
        self._read(None, progress)

    @property
    def prior_mean(self) -> float:
        """The mean of the prior: one half, or once enough claims are resolved the share of them that came true.

        It is kept away from 0 and 1, for which no Beta distribution exists.
        """
        if self._resolved < ENOUGH_FOR_A_MEAN:
            return _DEFAULT_PRIOR_MEAN
        return min(max(self._sum / self._resolved, _MIN_PROBABILITY), 1 - _MIN_PROBABILITY)

    @property
    def resolved(self) -> int:
        """How many resolved claims of the project count."""
        return self._resolved

    @property
    def source_ids(self) -> frozenset[int]:
        """The sources that have a record."""
        return frozenset(self._by_source)

    def refresh(self, claim_ids: Iterable[int]) -> frozenset[int]:
        """Read these claims again; return the sources whose records may have changed."""
        ids = list(claim_ids)
        touched = {source for id in ids for source in self._sources_of(id)}
        for id in ids:
            self._forget(id)
        self._read(ids, None)
        return frozenset(touched | {source for id in ids for source in self._sources_of(id)})

    def record(self, source_id: int) -> TrackRecord:
        """Return the record of a source; it suggests nothing where there is no data."""
        sums = self._tallies.get(source_id, Tally(self.as_of))
        prior = self.prior_mean
        held = self._records.get(source_id)
        if held is None or held[:2] != (sums, prior):
            held = self._records[source_id] = sums, prior, record_of(sums, prior)
        return held[2]

    def of(self, source_id: int) -> SourceTrack:
        """Return the complete record of a source."""
        claims = [self._claims[id] for id in sorted(self._by_source.get(source_id, ()))]
        counted = tuple(one for claim in claims for one in claim.counted.get(source_id, ()))
        foretold = tuple(one for claim in claims for one in claim.foretold.get(source_id, ()))
        topics = sorted({one.judged.topic for one in counted if one.judged.topic}, key=str.casefold)
        forecasts = [one.forecast for one in foretold if one.forecast is not None]
        return SourceTrack(
            self.record(source_id),
            {
                topic: record_of(
                    tally((one.judged for one in counted if one.judged.topic == topic), self.as_of), self.prior_mean
                )
                for topic in topics
            },
            counted,
            foretold,
            brier(forecasts),
            tuple(calibration(forecasts)),
        )

    def over_time(self, source_id: int) -> list[tuple[date, TrackRecord]]:
        """Return the record of a source on each day on which a claim of it was resolved, with today's prior."""
        statements = [one.judged for one in self.of(source_id).counted]
        days = sorted({one.resolved_on for one in statements if one.verdict != "open"} | {self.as_of})
        return [(day, record_of(tally(statements, day), self.prior_mean)) for day in days if day <= self.as_of]

    def all(self) -> dict[int, TrackRecord]:
        """Return the record of every source that has one."""
        return {id: self.record(id) for id in self._by_source}

    # --- reading --------------------------------------------------------------------------------------------------

    def _sources_of(self, claim_id: int) -> set[int]:
        held = self._claims.get(claim_id)
        return set() if held is None else {*held.counted, *held.foretold}

    def _forget(self, claim_id: int) -> None:
        held = self._claims.pop(claim_id, None)
        if held is None:
            return
        for source_id in {*held.counted, *held.foretold}:
            self._by_source[source_id].discard(claim_id)
            if not self._by_source[source_id]:
                del self._by_source[source_id]
        for source_id, own in held.counted.items():
            sums = self._tallies.pop(source_id)
            for one in own:
                sums = sums.minus(one.judged)
            if sums.total:
                self._tallies[source_id] = sums
        if held.share is not None:
            self._sum, self._resolved = self._sum - held.share, self._resolved - 1

    def _read(self, claim_ids: list[int] | None, progress: Progress | None) -> None:
        statements = self._project.read.claims.statements(claim_ids=claim_ids)
        verdicts = self._verdicts(self._project.read.claims.topics(claim_ids), claim_ids)
        ids = [statement.annotation_id for statement in statements]
        by_annotation = self._project.read.annotations.for_track_records(ids)
        kind_of = kinds(self._project.read.labels.all())
        chained = chains(self._project, ids)
        by_claim: dict[int, list[TrackRecordFields]] = {id: [] for id in verdicts}
        stances = {}
        for statement in statements:
            stances[statement.annotation_id] = statement.stance
            if statement.annotation_id in by_annotation:
                by_claim.setdefault(statement.claim_id, []).append(by_annotation[statement.annotation_id])
        for number, (claim_id, own) in enumerate(by_claim.items()):
            if progress is not None and number % 200 == 0:
                progress(number, len(by_claim), "")
            verdict = verdicts.get(claim_id, _Verdict("open", _NEVER, ""))
            self._remember(claim_id, _contribution_of(claim_id, verdict, own, stances, chained, kind_of))

    def _verdicts(self, topics: Mapping[int, str], claim_ids: list[int] | None) -> dict[int, _Verdict]:
        """Return the effective verdict of each claim on the day."""
        verdicts = {id: _Verdict("open", _NEVER, topic) for id, topic in topics.items()}
        # The effective one comes first.
        for made in self._project.read.claims.resolutions(claim_ids=claim_ids):
            day = date.fromisoformat(made.resolved_on)
            if day <= self.as_of and verdicts[made.claim_id].resolved_on == _NEVER:
                verdicts[made.claim_id] = _Verdict(made.verdict, day, topics[made.claim_id])
        return verdicts

    def _remember(self, claim_id: int, found: _ClaimContribution) -> None:
        self._claims[claim_id] = found
        for source_id in {*found.counted, *found.foretold}:
            self._by_source.setdefault(source_id, set()).add(claim_id)
        for source_id, own in found.counted.items():
            sums = self._tallies.get(source_id, Tally(self.as_of))
            for one in own:
                sums = sums.plus(one.judged)
            self._tallies[source_id] = sums
        if found.share is not None:
            self._sum, self._resolved = self._sum + found.share, self._resolved + 1


def _contribution_of(
    claim_id: int,
    verdict: _Verdict,
    statements: Iterable[TrackRecordFields],
    stances: Mapping[int, str],
    chained: Mapping[int, Chained],
    kind_of: Mapping[int, str],
) -> _ClaimContribution:
    best: dict[tuple[int, str], Counted] = {}
    foretold: dict[int, list[Foretold]] = {}
    for one in statements:
        stance = stances[one.id]
        own = _verdict_for(verdict, stance)
        if one.id not in chained or not _counts(one.features, verdict.resolved_on):
            continue
        for station in chained[one.id].stations:
            if kind_of.get(one.label_id) == SPECULATION:
                if one.probability is not None and station.role == "origin":
                    share = share_of(own.verdict)
                    forecast = None if share is None else Forecast(one.probability, share)
                    speculation = Foretold(claim_id, one.id, one.probability, forecast)
                    foretold.setdefault(station.source_id, []).append(speculation)
                continue
            if not station.independence:
                continue
            judged = Judged(own.verdict, own.resolved_on, station.independence, verdict.topic)
            key = station.source_id, stance
            if key not in best or best[key].judged.independence < judged.independence:
                best[key] = Counted(claim_id, one.id, stance, judged)
    counted: dict[int, list[Counted]] = {}
    for (source_id, _), entry in best.items():
        counted.setdefault(source_id, []).append(entry)
    return _ClaimContribution(
        {id: tuple(own) for id, own in counted.items()},
        {id: tuple(own) for id, own in foretold.items()},
        share_of(verdict.verdict),
    )


def _verdict_for(verdict: _Verdict, stance: str) -> _Verdict:
    """Return the verdict from the view of a source that states the claim, or denies it."""
    if stance == "states":
        return verdict
    return verdict._replace(verdict=_OPPOSITE.get(verdict.verdict, verdict.verdict))


def _counts(features: Mapping[str, object], resolved_on: date) -> bool:
    act = features.get("speech act")
    if act in _NOT_COUNTED:
        return False
    if act == "commit":
        # Whether a promise was kept is known only on its due date.
        due = str(features.get("due") or "")
        try:
            return date.fromisoformat(due) <= resolved_on
        except ValueError:
            return True
    return True
