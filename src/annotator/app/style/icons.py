"""Icons by name, drawn in the colours of the current theme."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer


def icon(name: str) -> QIcon:
    """Return the icon ``icons/NAME.svg`` of the resources; an empty icon if the file is missing."""
    if not name or not _drawing(name):
        return QIcon()
    return QIcon(_Engine(name))


def application_icon() -> QIcon:
    """Return the icon of the program, in fixed colours."""
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
        # A button without a size requests an empty pixmap, which cannot be painted on.
        return QPixmap()
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(width, height)
    _renderer(name).render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    # Only the shape of the drawing is used: its colours are replaced by one of the palette.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(color))
    painter.end()
    return pixmap


class _Engine(QIconEngine):
    """Reads the palette each time it paints, so that a change of the theme needs no new icons."""

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
