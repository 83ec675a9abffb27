"""Icons by name, drawn in the colours of the theme that is shown at the moment of painting."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer


def icon(name: str) -> QIcon:
    """The icon ``icons/NAME.svg`` of the resources; an empty one where there is none."""
    if not name or not _drawing(name):
        return QIcon()
    return QIcon(_Engine(name))


def application_icon() -> QIcon:
    """The icon of the program, in its own colours."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        _renderer("annotator").render(painter, QRectF(0, 0, side, side))
        painter.end()
        made.addPixmap(pixmap)
    return made


@cache
def _drawing(name: str) -> bytes:
    try:
        return (files("annotator.resources") / "icons" / f"{name}.svg").read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return b""


@cache
def _renderer(name: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name)))


@cache
def _painted(name: str, color: str, width: int, height: int) -> QPixmap:
    if width < 1 or height < 1:
        # A button that has no room yet asks for such a one, and nothing can be painted on it.
        return QPixmap()
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(width, height)
    _renderer(name).render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    # The drawing gives only the shape: its colours are replaced by one of the palette.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    return pixmap


class _Engine(QIconEngine):
    """Asks for the palette each time it paints, so a change of theme needs no new icons."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _Engine(self._name)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _painted(self._name, _color(mode), size.width(), size.height())

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        width, height = round(size.width() * scale), round(size.height() * scale)
        pixmap = QPixmap(_painted(self._name, _color(mode), width, height))
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatioF()
        pixmap = _painted(self._name, _color(mode), round(rect.width() * scale), round(rect.height() * scale))
        painter.drawPixmap(QRect(QPoint(rect.x(), rect.y()), rect.size()), pixmap)


def _color(mode: QIcon.Mode) -> str:
    palette = QGuiApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText).name()
    if mode == QIcon.Mode.Selected:
        return palette.color(QPalette.ColorRole.HighlightedText).name()
    return palette.color(QPalette.ColorRole.ButtonText).name()
