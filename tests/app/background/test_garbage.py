"""Cyclic garbage is collected by the thread of the window alone, and gently while jobs run."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from annotator.app.background.garbage_collection import GarbageCollector


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


def test_bulk_work_is_walked_through_once_and_the_whole_only_after_it(parent: QObject) -> None:
    busy = [True]
    collector = GarbageCollector(lambda: bool(busy), parent)
    gc.collect()
    ring = weakref.ref(Ring())
    found, kept = set(), []
    for _ in range(200):
        kept.append(Ring())
        _make_many()
        found.add(collector.collect())
    assert found == {0}
    assert ring() is None, "what dies young is freed during the work"
    assert gc.get_freeze_count() > len(kept), "what lives on is not looked at again"
    late = weakref.ref(kept.pop())
    kept.clear()
    busy.clear()
    assert collector.collect() is None
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert late() is None


def test_python_collects_again_only_when_the_window_is_gone(qapp: QCoreApplication) -> None:
    # The parents of the tests before this one.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    first, second = QObject(), QObject()
    for parent in (first, second):
        GarbageCollector(lambda: False, parent)
    seen: list[bool] = []
    for parent in (first, second):
        parent.destroyed.connect(lambda: seen.append(gc.isenabled()))
        parent.deleteLater()
        QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete)
        seen.append(gc.isenabled())
        qapp.processEvents()
        seen.append(gc.isenabled())
    assert seen == [False, False, False, False, False, True]


def test_python_collects_again_immediately_without_an_application(
    qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The parents of the tests before this one.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    parent = QObject()
    GarbageCollector(lambda: False, parent)
    assert not gc.isenabled()
    monkeypatch.setattr(QCoreApplication, "instance", lambda: None)
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete)
    assert gc.isenabled()


def test_everything_is_walked_through_only_seldom(parent: QObject) -> None:
    collector = GarbageCollector(lambda: False, parent)
    gc.collect()
    found = []
    for _ in range(400):
        _make_many()
        found.append(collector.collect())
    assert found.count(2) == 1 and set(found) == {0, 1, 2}
