"""Icons in any size that a widget may have room for."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from pytestqt.qtbot import QtBot

from annotator.app.style.icons import icon


@pytest.mark.parametrize("size", [(0, 0), (0, 16), (16, 0), (-1, 5), (1, 1), (16, 16)])
def test_an_icon_without_room_is_nothing_and_no_warning(qtbot: QtBot, size: tuple[int, int]) -> None:
    made = icon("export")
    assert made.pixmap(QSize(*size)).isNull() == (min(size) < 1)
    target = QPixmap(32, 32)
    target.fill("white")
    painter = QPainter(target)
    made.paint(painter, QRect(0, 0, *size), mode=QIcon.Mode.Disabled)
    painter.end()
    # All is white where nothing was painted.
    blank = QImage(32, 32, target.toImage().format())
    blank.fill("white")
    assert (target.toImage() == blank) == (min(size) < 1)
