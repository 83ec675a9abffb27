"""A chart drawn by pyqtgraph, with its numbers as a table and as text, that can be saved as SVG, PNG or CSV.

pyqtgraph is imported when the first chart is drawn, to keep the start of the window fast. Its SVG writer fails on bars
(``SVGExporter.correctCoordinates``), so Qt paints the picture.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.charts.chart_data import Figure, Kind, Numbers
from annotator.app.state.workspace import Workspace
from annotator.app.style.icons import icon
from annotator.app.style.theme import theme_in_use
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.markup import join_markup, markup
from annotator.app.widgets.read_only_table import PlainTable
from annotator.app.widgets.text_label import MarkupLabel, TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError

_FORMATS = {"svg": "SVG picture", "png": "PNG picture", "csv": "Table of the numbers (CSV)"}


class Chart(QWidget):
    """Shows one figure with a title and a sentence; a button switches to the table of its numbers and back."""

    def __init__(self, workspace: Workspace, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._workspace = workspace
        self.figure: Figure | None = None
        self._plot: Any = None
        self._kinds: list[Kind] = []
        self.title = TextLabel(self)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.sentence = TextLabel(self)
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        self.table_button = self._button("table", "Show the numbers", "The numbers as a table, and back")
        self.table_button.setCheckable(True)
        self.save_button = self._button("export", "Save the chart", "Saves the chart as SVG, PNG or CSV")
        menu = QMenu(self.save_button)
        for suffix, words in _FORMATS.items():
            menu.addAction(words, partial(self._ask_where, suffix))
        self.save_button.setMenu(menu)
        self.save_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.table = PlainTable("The numbers of a chart", self)
        self.picture = QWidget(self)
        drawing = QVBoxLayout(self.picture)
        drawing.setContentsMargins(0, 0, 0, 0)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.picture)
        self.stack.addWidget(self.table)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        head.addWidget(self.table_button)
        head.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.sentence)
        layout.addWidget(self.stack, 1)
        self.table_button.toggled.connect(lambda on: self.stack.setCurrentIndex(int(on)))

    def sizeHint(self) -> QSize:
        return QSize(380, 280)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reserve_sentence_height()

    def _reserve_sentence_height(self) -> None:
        """Reserve the height that the sentence needs at this width."""
        self.sentence.setMinimumHeight(max(0, self.sentence.heightForWidth(self.sentence.width())))

    # --- drawing --------------------------------------------------------------------------------------------------

    def show_figure(self, figure: Figure) -> None:
        """Draw a figure instead of the one shown."""
        self.figure = figure
        self.title.setText(figure.title)
        self.sentence.setText(figure.sentence)
        self.sentence.setVisible(bool(figure.sentence))
        self._reserve_sentence_height()
        self._fill_table()
        self._redraw()

    @property
    def numbers(self) -> Numbers:
        """The numbers of the figure as a table."""
        return self.figure.numbers if self.figure is not None else Numbers((), ())

    def _fill_table(self) -> None:
        self.table.fill(*self.numbers)
        self.table.setAccessibleName(f"{self.title.text()}, the numbers")

    def _redraw(self) -> None:
        import pyqtgraph as pg

        if self.figure is None:
            return
        theme = theme_in_use()
        layout = self.picture.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        widget = pg.PlotWidget(background=theme.base)
        widget.setAccessibleName(self.title.text())
        widget.setAccessibleDescription(f"{self.sentence.text()} {self.numbers.words()}")
        widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        widget.setMouseEnabled(x=False, y=False)
        widget.setMenuEnabled(False)
        widget.hideButtons()
        plot = widget.getPlotItem()
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted)
            axis.enableAutoSIPrefix(False)
        self._kinds = self.figure.draw(pg, plot)
        layout.addWidget(self._legend(self._kinds))
        layout.addWidget(widget)
        self._plot = widget

    def _legend(self, entries: Sequence[Kind]) -> MarkupLabel:
        """Return the legend of kinds and colours above the figure; empty if there is only one kind."""
        label = MarkupLabel(self.picture)
        label.setWordWrap(True)
        shown = (
            markup('<span style="color:{color}">■</span>&nbsp;{kind}', color=color.name(), kind=kind)
            for kind, color in entries
        )
        label.show_markup(join_markup("&ensp; ", shown))
        label.setVisible(len(entries) > 1)
        return label

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._redraw()

    # --- saving ---------------------------------------------------------------------------------------------------

    def as_svg(self) -> bytes:
        """Return the figure with its title as SVG."""
        from PySide6.QtSvg import QSvgGenerator

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        # The axes are laid out for the screen, and would be drawn smaller at another resolution.
        generator.setResolution(self.logicalDpiX())
        generator.setSize(self._size())
        generator.setViewBox(QRect(0, 0, self._size().width(), self._size().height()))
        generator.setTitle(self.title.text())
        generator.setDescription(self.numbers.words())
        self._paint_on(generator)
        return bytes(buffer.data().data())

    def as_png(self) -> bytes:
        """Return the figure with its title as PNG, at twice the size."""
        from PySide6.QtGui import QImage

        size = self._size()
        image = QImage(size * 2, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(2)
        image.fill(QColor(theme_in_use().base))
        self._paint_on(image)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the type information is wrong
        return bytes(data.data())

    def _size(self) -> QSize:
        return QSize(max(480, self.width()), max(320, self.height()))

    def _paint_on(self, device: Any) -> None:
        size, theme = self._size(), theme_in_use()
        painter = QPainter(device)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(theme.base))
        painter.setPen(QColor(theme.text))
        painter.setFont(self.title.font())
        head = self.fontMetrics().height() + 12
        painter.drawText(QRect(8, 4, size.width() - 16, head), int(Qt.AlignmentFlag.AlignVCenter), self.title.text())
        painter.setFont(self.font())
        left = 8
        for kind, color in self._kinds:
            painter.fillRect(QRect(left, head + 8, 10, 10), color)
            painter.setPen(QColor(theme.text))
            painter.drawText(QRect(left + 14, head, 200, 26), int(Qt.AlignmentFlag.AlignVCenter), kind)
            left += 30 + self.fontMetrics().horizontalAdvance(kind)
        top = head + 28
        self._plot.render(painter, QRect(0, top, size.width(), size.height() - top))
        painter.end()

    def save(self, path: Path) -> None:
        """Write the chart by the suffix of the file. Raise ExportRefused, which leaves an existing file unchanged."""
        project = self._workspace.project
        if project is None:
            return
        from annotator.services.exports.whole_files import write_whole

        data = {".svg": self.as_svg, ".csv": self.numbers.as_csv}.get(path.suffix.lower(), self.as_png)()
        write_whole(project, path, data)

    def _ask_where(self, suffix: str) -> None:
        path = file_dialogs.ask_where_to_save(
            self, "Save the chart", f"{self.title.text()}.{suffix}", f"{_FORMATS[suffix]} (*.{suffix})"
        )
        if path is None:
            return
        target = path if path.suffix else Path(f"{path}.{suffix}")
        try:
            self.save(target)
        except AnnotatorError as error:
            self._workspace.error_occurred.emit(str(error))
        else:
            self._workspace.notified.emit(f"Saved {target.name}.", False)

    def _button(self, picture: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setAccessibleName(name)
        button.setToolTip(tool_tip(tip))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
