"""The dashboard: charts about the whole project, each with its numbers as text."""

from collections import deque

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from annotator.app.charts import chart_data
from annotator.app.charts.chart import Chart
from annotator.app.charts.chart_data import Figure
from annotator.app.state.workspace import Workspace
from annotator.app.views.lazy_view import LazyView
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted
from annotator.services.projects.open_project import Project
from annotator.services.reports.dashboard import Counts, Dashboard, Diagonal, dashboard

_LETTER_COLORS = ("#009E73", "#56B4E9", "#F0E442", "#E69F00", "#D55E00", "#999999", "#CCCCCC")
"""From the best grade to the worst, then the grades for "cannot be judged"."""

_WIDE = 760
"""The width in pixels from which on charts are shown in two columns."""


class _Lines(QPlainTextEdit):
    """A read-only text that can be copied, as high as its lines; words longer than a line are broken."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setStyleSheet("QPlainTextEdit { border: none; background: transparent; padding: 0; }")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self.updateGeometry())

    def sizeHint(self) -> QSize:
        # The layout of a plain text returns its height in lines.
        return QSize(super().sizeHint().width(), self._height_of(round(self.document().size().height())))

    def minimumSizeHint(self) -> QSize:
        return QSize(10 * self.fontMetrics().averageCharWidth(), self._height_of(1))

    def _height_of(self, lines: int) -> int:
        around = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        return max(1, lines) * self.fontMetrics().lineSpacing() + around


class DashboardView(LazyView):
    """Charts of labels, grades, unnamed sources, coverage and speed."""

    TABLES = frozenset({"annotation", "document", "source", "assessment", "label"})

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.charts: list[Chart] = []
        self.hint = TextLabel("", self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self._inner = QWidget(self)
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setSpacing(6)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._inner)
        self._scroll.setAccessibleName("Charts")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.seal = _Lines(self)
        self.seal.setObjectName("dashboardSeal")
        self.seal.setAccessibleName("Seal of the log")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.hint)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.seal)
        self._columns = 0
        self._waiting: deque[tuple[Chart, Figure]] = deque()
        self._drawing = QTimer(self, interval=0)
        self._drawing.timeout.connect(self._draw_next)

    def read(self) -> None:
        project = self._workspace.project
        self._show_seal(project)
        if project is None:
            self._say("No project is open.")
            return
        if not self.charts:
            self._say("The project is being counted …")
        jobs = self._workspace.jobs
        if jobs is None:
            self._take(project, dashboard(project))
        else:
            jobs.run(
                "Count the project",
                lambda _progress, _cancelled: dashboard(project),
                on_success=lambda found: self._take(project, found),
            )

    def _show_seal(self, project: Project | None) -> None:
        """Show the seal, which can later prove that the project continues from its present state."""
        self.seal.setVisible(project is not None)
        if project is None:
            return
        try:
            seal = project.seal
        except AnnotatorError as error:
            self.seal.setPlainText(str(error))
            return
        self.seal.setPlainText(f"The log ends with entry {seal}\n{seal.words}")
        self.seal.setToolTip(
            tool_tip(
                "Note this line outside the project: 'annotator check --expect' then says whether the project "
                "still continues from it."
            )
        )

    def _say(self, hint: str) -> None:
        """Show why there are no charts; with an empty hint, show the charts."""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._scroll.setVisible(not hint)

    def _take(self, project: Project, found: Dashboard) -> None:
        if self._workspace.project is not project:
            return
        if not found.labels_by_source.total:
            self._say("Nothing is annotated yet: charts follow.")
            return
        self._say("")
        self._show(found)

    def _draw(self, chart: Chart, figure: Figure) -> None:
        """Draw a chart later than the previous one, so that the window stays responsive between them."""
        self._waiting.append((chart, figure))
        self._drawing.start()

    def _draw_next(self) -> None:
        if not self._waiting:
            self._drawing.stop()
            return
        chart, figure = self._waiting.popleft()
        chart.show_figure(figure)

    def _show(self, found: Dashboard) -> None:
        if not self.charts:
            names = ("labels", "matrix", "digits", "letters", "unnamed", "coverage", "speed", "diagonal")
            self.charts = [Chart(self._workspace, f"chart.{name}", self._inner) for name in names]
            for chart in self.charts:
                chart.setMinimumSize(280, 14 * self.fontMetrics().lineSpacing())
        labels, matrix, digits, letters, unnamed, coverage, speed, diagonal = self.charts
        self._show_grades(found, labels, matrix, digits, letters)
        self._show_months(letters, "Letters by month", "Assessments of sources by their day.", found.letters_by_month)
        self._show_shares(found, unnamed, coverage)
        speeds = "; ".join(f"{one.annotator}: {one.per_hour:.0f} in an active hour" for one in found.speed)
        self._draw(
            speed,
            chart_data.columns(
                "Annotations by day", f"{speeds}." if speeds else "", "day", found.by_day.rows, found.by_day.columns
            ),
        )
        self._show_diagonal(diagonal, found.diagonal)
        self._place()

    def _show_grades(self, found: Dashboard, labels: Chart, matrix: Chart, digits: Chart, letters: Chart) -> None:
        total = found.labels_by_source.total
        colors = [label.color for label in self._workspace.labels if label.name in found.labels_by_source.columns]
        self._draw(
            labels,
            chart_data.bars(
                "Labels by source",
                f"{counted(total, 'annotation')} by who said it.",
                "source",
                found.labels_by_source.rows,
                found.labels_by_source.columns,
                colors,
            ),
        )
        self._draw(
            matrix,
            chart_data.matrix(
                "Letter by digit",
                "How many statements have which letter and digit; “-” is not graded, F and 6 cannot be judged.",
                "letter",
                found.letters_by_digits.rows,
                found.letters_by_digits.columns,
            ),
        )
        self._show_months(
            digits,
            "Digits by month",
            "Statements by the month of their article, and by their digit.",
            found.digits_by_month,
        )

    def _show_shares(self, found: Dashboard, unnamed: Chart, coverage: Chart) -> None:
        self._draw(
            unnamed,
            chart_data.bars(
                "Unnamed sources by outlet",
                "Of what an outlet attributes to somebody, how much comes from somebody unnamed.",
                "outlet",
                [(one.outlet, (one.unnamed, one.total - one.unnamed)) for one in found.unnamed_by_outlet],
                ("unnamed", "named"),
                ("#D55E00", "#56B4E9"),
            ),
        )
        self._draw(
            coverage,
            chart_data.bars(
                "Coverage",
                "Documents by status, with and without annotations.",
                "status",
                [(one.status, (one.annotated, one.documents - one.annotated)) for one in found.coverage],
                ("annotated", "without annotations"),
                ("#009E73", "#999999"),
            ),
        )

    def _show_months(self, chart: Chart, title: str, sentence: str, counts: Counts) -> None:
        self._draw(chart, chart_data.columns(title, sentence, "month", counts.rows, counts.columns, _LETTER_COLORS))

    def _show_diagonal(self, chart: Chart, found: tuple[Diagonal, ...]) -> None:
        shares = "; ".join(f"{one.annotator}: {one.share:.0%} of {one.graded:,}" for one in found)
        self._draw(
            chart,
            chart_data.bars(
                "Grades on the diagonal",
                f"A1, B2, C3, D4 or E5. {shares or 'Nothing is graded on both axes yet'}. In 1,400 army reports it was "
                "87 % (Baker, McKendry and Mace 1968): who gives the digit by the letter judges once, not twice.",
                "annotator",
                [(one.annotator, (one.on_diagonal, one.graded - one.on_diagonal)) for one in found],
                ("on the diagonal", "off it"),
                ("#E69F00", "#0072B2"),
            ),
        )

    def _place(self) -> None:
        columns = 2 if self.width() >= _WIDE else 1
        if columns == self._columns and self._grid.count():
            return
        self._columns = columns
        for chart in self.charts:
            self._grid.removeWidget(chart)
        for number, chart in enumerate(self.charts):
            self._grid.addWidget(chart, number // columns, number % columns)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt hands a QResizeEvent
        if self.charts:
            self._place()
