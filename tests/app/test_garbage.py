"""Cyclic garbage is collected by the thread of the window alone, and gently while jobs run."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from annotator.app.garbage import GarbageCollector


class Ring:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def parent(qapp: QObject) -> Iterator[QObject]:
    parent = QObject()
    yield parent
    parent.deleteLater()
    gc.enable()


def _make_many() -> None:
    # As a list: objects that die at once are not counted.
    [Ring() for _ in range(gc.get_threshold()[0] + 100)]


def test_no_other_thread_collects(parent: QObject) -> None:
    GarbageCollector(lambda: False, parent)
    gc.collect()
    ring = weakref.ref(Ring())
    thread = threading.Thread(target=_make_many)
    thread.start()
    thread.join()
    assert ring() is not None


def test_it_collects_what_is_due(parent: QObject) -> None:
    collector = GarbageCollector(lambda: False, parent)
    gc.collect()
    assert collector.collect() is None
    ring = weakref.ref(Ring())
    _make_many()
    assert collector.collect() == 0 and ring() is None


def test_the_oldest_waits_while_a_job_runs(parent: QObject) -> None:
    busy = [True]
    collector = GarbageCollector(lambda: bool(busy), parent)
    gc.collect()
    found = set()
    for _ in range(200):
        _make_many()
        found.add(collector.collect())
    assert found == {0, 1}
    busy.clear()
    _make_many()
    assert collector.collect() == 2
