"""How a measurement is printed: the time, its baseline in the same run, their ratio, and what was wished for."""

import statistics
from collections.abc import Callable, Sequence
from time import perf_counter


def header(title: str) -> None:
    print(f"\n{title}\n{'-' * len(title)}")
    print(f"{'':52} {'measured':>12} {'baseline':>12} {'ratio':>8}  wished")


def line(name: str, measured: float, unit: str = "ms", baseline: float | None = None, wished: str = "") -> None:
    """One figure. ``baseline`` is in the same unit; the ratio is measured / baseline."""
    base = "" if baseline is None else f"{baseline:.1f} {unit}"
    ratio = "" if not baseline else f"{measured / baseline:.2f}"
    print(f"{name:52} {f'{measured:.1f} {unit}':>12} {base:>12} {ratio:>8}  {wished}", flush=True)


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
