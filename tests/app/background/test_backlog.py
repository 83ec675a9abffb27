"""Many rows are taken in by parts, in their order, each once, and the event loop goes on between two of them."""

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from annotator.app.background.batched_updates import Backlog


def test_parts_come_in_order_and_the_loop_goes_on(qtbot: QtBot) -> None:
    parent = QObject()
    parts: list[list[int]] = []
    backlog = Backlog(parts.append, parent)
    backlog.add(range(5_000))
    backlog.add(range(4_000, 6_000))
    backlog.discard([17])
    beats: list[int] = []
    beating = QTimer(parent, interval=0)
    beating.timeout.connect(lambda: beats.append(len(parts)))
    beating.start()
    assert backlog and not parts
    qtbot.waitUntil(lambda: not backlog)
    assert [id for part in parts for id in part] == [id for id in range(6_000) if id != 17]
    assert len(parts) > 2 and len(set(beats)) > 2


def test_what_is_cleared_is_not_taken(qtbot: QtBot) -> None:
    parent = QObject()
    taken: list[int] = []
    backlog = Backlog(taken.extend, parent, 20)
    backlog.add(range(10))
    backlog.clear()
    qtbot.wait(60)
    assert not backlog and taken == []
    backlog.add(range(10))
    qtbot.waitUntil(lambda: taken == list(range(10)))
