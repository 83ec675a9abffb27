"""PySide6 6.12 drops a reference to None at each void call, and aborts where None is counted (Python < 3.12)."""

import sys

import PySide6
from PySide6.QtCore import QRect


def test_void_calls_keep_their_references_to_none() -> None:
    rectangle = QRect()
    before = sys.getrefcount(None)
    for width in range(500):
        rectangle.setWidth(width)
    # Other threads come and go with a few; the fault took 500.
    assert abs(sys.getrefcount(None) - before) < 100


def test_pyside_is_older_than_the_fault_wherever_none_is_counted() -> None:
    """From Python 3.12 None is immortal: the test above passes there because nothing can be lost, which this shows."""
    before = sys.getrefcount(None)
    references = [None] * 1000
    counted = sys.getrefcount(None) - before >= len(references)
    assert counted is (sys.version_info < (3, 12))
    assert not counted or PySide6.__version_info__ < (6, 12)
