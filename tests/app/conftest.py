"""What tests of the window's parts share."""

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
from tests import box_font

from annotator.app.application import launch
from annotator.app.shell.main_window import MainWindow


@pytest.fixture(scope="module")
def shared_window(qapp: QApplication) -> Iterator[MainWindow]:
    """A window for all tests of a module, which takes a second to make; each opens a project of its own in it."""
    window = launch()
    yield window
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def box_family(qapp: QApplication) -> Iterator[str]:
    """The family of a font of ``box_font``, which Qt knows for the length of a test, whatever the machine has."""
    metrics = box_font.SETS.get(os.environ.get("ANNOTATOR_TEST_FONTS", ""), box_font.SETS["small"])
    number = QFontDatabase.addApplicationFontFromData(box_font.build(metrics))
    assert number >= 0 and QFontDatabase.applicationFontFamilies(number) == [box_font.FAMILY]
    yield box_font.FAMILY
    QFontDatabase.removeApplicationFont(number)
