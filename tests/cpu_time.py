"""CPU time that can be compared between machines: for tests that something does not take far longer than it should."""

from time import process_time

_LOOP = 0.001
"""Seconds that ``_loop`` takes on the machine whose seconds are counted."""


class CpuTime:
    """The CPU time of this process since it was made.

    It is scaled by what a fixed loop takes at the end, so that a limit holds on a slower or busier machine, too.
    """

    def __init__(self) -> None:
        self._begun = process_time()

    def seconds(self) -> float:
        """The CPU time until now, in seconds of a machine on which the loop takes one millisecond."""
        spent = process_time() - self._begun
        return spent * _LOOP / min(_loop() for _ in range(3))


def _loop() -> float:
    begun = process_time()
    sum(number * number for number in range(20_000))
    return process_time() - begun
