"""The welcome page: new project, recent projects and sample. It depends only on Qt, so that it is shown immediately."""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QByteArray, QDateTime, QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.style.icons import icon
from annotator.app.widgets.flow_layout import FlowLayout
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip

_WIDTH = 620


class _Sign(QWidget):
    """The icon of the program, in fixed colours."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        drawing = files("annotator.resources") / "icons" / "annotator.svg"
        self._renderer = QSvgRenderer(QByteArray(drawing.read_bytes()), self)
        self.setFixedSize(72, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(self.rect()))
        painter.end()


class _Recent(QAbstractButton):
    """A recent project: its name, its folder and the time of its last use."""

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.path = path
        used = _last_used(path)
        self.is_missing = used is None
        self._when = "not found" if used is None else used
        self.setObjectName("recentProject")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setEnabled(not self.is_missing)
        self.setAccessibleName(f"Open {path.stem}, {self._when}")
        self.setAccessibleDescription(str(path))
        missing = f"There is no file {path} any more."
        self.setToolTip(tool_tip(missing if self.is_missing else str(path)))

    def sizeHint(self) -> QSize:
        return QSize(240, 2 * self.fontMetrics().lineSpacing() + 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, role = self.palette(), QPalette.ColorRole
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_hovered = self.underMouse() and self.isEnabled()
        painter.setPen(QPen(palette.color(role.Link), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(role.Midlight) if is_hovered or self.isDown() else Qt.GlobalColor.transparent)
        painter.drawRoundedRect(frame, 6, 6)
        inner = self.rect().adjusted(12, 8, -12, -8)
        muted = palette.color(role.WindowText if self.is_missing else role.PlaceholderText)
        painter.setPen(muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, right, self._when)
        inner.setRight(inner.right() - self.fontMetrics().horizontalAdvance(self._when) - 16)
        folder = self.fontMetrics().elidedText(_short(self.path.parent), Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, folder)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(palette.color(role.WindowText))
        name = QFontMetrics(font).elidedText(self.path.stem, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
        painter.end()


class WelcomePage(QScrollArea):
    """New project, open, sample, and the recent projects."""

    new_requested = Signal()
    open_requested = Signal(object)
    """The Path of a project, or None to ask the user for one."""

    sample_requested = Signal()
    forget_requested = Signal(object)
    """The Path of a project to be removed from the list."""

    def __init__(self, parent: QWidget | None = None, recent: Sequence[Path] = ()) -> None:
        super().__init__(parent)
        self.setObjectName("welcomePage")
        self.setAccessibleName("Welcome")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget(self)
        column.setMaximumWidth(_WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(24, 32, 24, 24)
        layout.setSpacing(6)
        layout.addLayout(self._head(column))
        layout.addSpacing(20)
        layout.addLayout(self._buttons())
        layout.addSpacing(24)
        self._add_recent(layout, column)
        layout.addStretch(1)
        layout.addSpacing(20)
        layout.addWidget(
            self._muted(
                (
                    "You can also drop a project or articles on this window. Everything stays on this computer: "
                    "Annotator opens no network connection."
                ),
                column,
            )
        )
        outer = QWidget(self)
        around = QHBoxLayout(outer)
        around.setContentsMargins(0, 0, 0, 0)
        around.addStretch(1)
        around.addWidget(column, 100)
        around.addStretch(1)
        self.setWidget(outer)
        self.setFocusProxy(self.new_button)
        self.show_recent(recent)

    def _head(self, column: QWidget) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(_Sign(column))
        title = TextLabel("Annotator", column)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        purpose = self._muted("Label claims, speculation and official statements, and grade sources.", column)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(title)
        words.addWidget(purpose)
        words.addStretch(1)
        head.addLayout(words, 1)
        return head

    def _buttons(self) -> FlowLayout:
        self.new_button = self._button("&New project", "new", "Make an empty project")
        self.open_button = self._button("&Open …", "open", "Open a project file")
        self.sample_button = self._button(
            "&Sample project", "sample", "A small case to try on: articles, annotations and grades"
        )
        self.new_button.clicked.connect(self.new_requested)
        self.open_button.clicked.connect(lambda: self.open_requested.emit(None))
        self.sample_button.clicked.connect(self.sample_requested)
        flow = FlowLayout(spacing=10)
        for button in (self.new_button, self.open_button, self.sample_button):
            flow.addWidget(button)
        return flow

    def _add_recent(self, layout: QVBoxLayout, column: QWidget) -> None:
        self._recent_title = TextLabel("Recent projects", column)
        self._recent_title.setStyleSheet("font-weight: 600;")
        layout.addWidget(self._recent_title)
        self._rows: list[QWidget] = []
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        layout.addLayout(self._recent)
        self._nothing = self._muted(
            "Nothing yet. The sample project shows in two minutes what can be done here.", column
        )
        layout.addWidget(self._nothing)

    def show_recent(self, paths: Iterable[Path]) -> None:
        """Show the recent projects, the latest first."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = [self._row(path) for path in paths]
        for row in self._rows:
            self._recent.addWidget(row)
        self._nothing.setVisible(not self._rows)

    def recent_buttons(self) -> list[QAbstractButton]:
        """Return the buttons of the recent projects, from the top."""
        return [button for row in self._rows for button in row.findChildren(QAbstractButton, "recentProject")]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt handles the arrow keys: a button passes the focus to its neighbour.
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() == Qt.Key.Key_Delete and isinstance(focus, _Recent):
            self.forget_requested.emit(focus.path)
        else:
            super().keyPressEvent(event)

    def _row(self, path: Path) -> QWidget:
        row = QWidget(self.widget())
        button = _Recent(path, row)
        remove = QToolButton(row)
        remove.setObjectName("forgetProject")
        remove.setIcon(icon("close"))
        remove.setAccessibleName(f"Take {path.stem} off the list")
        remove.setToolTip("Take it off this list; the file stays where it is")
        remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        remove.clicked.connect(lambda: self.forget_requested.emit(path))
        button.clicked.connect(lambda: self.open_requested.emit(path))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(button, 1)
        layout.addWidget(remove)
        return row

    def _button(self, text: str, icon_name: str, meaning: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setIcon(icon(icon_name))
        button.setAccessibleName(text.replace("&", ""))
        button.setToolTip(tool_tip(meaning))
        button.setAutoDefault(False)
        return button

    def _muted(self, text: str, parent: QWidget) -> TextLabel:
        label = TextLabel(text, parent)
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        return label


def _last_used(path: Path) -> str | None:
    """Return the date when the file was last written, in the format of the desktop; None if it is missing."""
    try:
        seconds = path.stat().st_mtime
    except OSError:
        return None
    used_at = QDateTime.fromSecsSinceEpoch(int(seconds))
    return QLocale().toString(used_at.date(), QLocale.FormatType.ShortFormat)


def _short(folder: Path) -> str:
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)
