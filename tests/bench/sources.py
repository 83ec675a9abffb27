"""Track records, circular reporting, and what is suggested about sources and claims, over a project of full size."""

import gc
import math
import tempfile
from pathlib import Path

from tests.bench.judged_case import judged_case
from tests.bench.report import header, line, median, milliseconds

from annotator.services.claims import claim_suggestions, claims, corroboration
from annotator.services.sources import source_duplicates
from annotator.services.sources.track_records import TrackRecords
from annotator.store import rows
from annotator.store.project import Project


def measure(documents: int = 10_000, annotations: int = 100_000, sources: int = 2_000, made: int = 5_000) -> None:
    """Print times for a project with so many of each."""
    header(f"{documents:,} documents, {annotations:,} annotations, {sources:,} sources, {made:,} claims")
    rows.shapes()
    with tempfile.TemporaryDirectory() as folder:
        slope = _circular(Path(folder), documents)
        with judged_case(Path(folder) / "case.anno", documents, annotations, sources, made) as project:
            _records(project)
            known = project.read.sources.all()
            line("sources that may be one", milliseconds(lambda: source_duplicates.duplicates(known)))
            gc.collect()
            took = milliseconds(lambda: corroboration.circular_reports(project))
            line("circular reporting over all", took / 1000, "s", None, "within 60 s")
            took = milliseconds(lambda: claim_suggestions.suggested(project))
            line("statements that may be one claim", took / 1000, "s")
    print(f"Circular reporting grows as n to the power of {slope:.2f} (n log n would be about 1.1).")


def _records(project: Project) -> None:
    def feed() -> None:
        project.read.claims.statements()
        project.read.claims.resolutions()
        list(project.read.annotations.attributions())

    baseline = median([milliseconds(feed) for _ in range(3)])
    made: list[TrackRecords] = []
    times = []
    for _ in range(3):
        gc.collect()
        times.append(milliseconds(lambda: made.append(TrackRecords(project))))
        times[-1] += milliseconds(made[-1].all)
    line("the whole track record", median(times), "ms", baseline, "within 2,000 ms")
    times = []
    for id in range(1, 12):
        claim = project.read.claims.one(id)
        project.apply(claims.resolve(project, claim, "confirmed", evidence="seen"))

        def again(id: int = id) -> None:
            for source in made[-1].refresh([id]):
                made[-1].record(source)

        times.append(milliseconds(again))
    line("the same after one resolution", median(times), "ms", None, "within 50 ms")


def _circular(folder: Path, documents: int) -> float:
    """The exponent by which circular reporting grows."""
    points = []
    for count in (documents // 10, documents // 3, documents):
        with judged_case(folder / f"{count}.anno", count, 4 * count, 200, max(1, count // 2)) as project:
            gc.collect()
            took = milliseconds(lambda project=project: corroboration.circular_reports(project))  # type: ignore[misc]  # no type of defaults
            line(f"circular reporting over {count:,} documents", took / 1000, "s")
            points.append((math.log(count), math.log(took)))
    (first, low), *_, (last, high) = points
    return (high - low) / (last - first)


if __name__ == "__main__":
    measure()
