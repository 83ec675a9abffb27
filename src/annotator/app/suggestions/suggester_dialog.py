"""The suggestion method: the rules, or a model trained on this machine, with its figures on held-out documents."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from annotator.app.charts.chart import Chart
from annotator.app.charts.chart_data import columns
from annotator.app.state.workspace import Workspace
from annotator.app.widgets import file_dialogs
from annotator.app.widgets.designer_form import level_captions, size_for_font
from annotator.app.widgets.line_edit_icons import keep_off
from annotator.app.widgets.read_only_table import PlainTable
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.dates import local_day
from annotator.domain.errors import AnnotatorError
from annotator.domain.wording import counted
from annotator.nlp.trained.model import card_of
from annotator.nlp.trained.model_card import Card
from annotator.services.suggestions import training

_RULES = (
    "The rules read cues, sources, quotations and hedges by word lists. They need no training; a score is how often "
    "its rule was right on news that it had not been written for."
)
_HEADINGS = ("Label", "Held out", "Precision", "Recall", "F", "Score")
_DEFAULT_PRECISION = 90
"""Percent of right suggestions for which the minimum score is chosen at first."""

_LOWEST, _HIGHEST = 50, 99


class SuggesterDialog(QDialog):
    """Asks for the suggestion method of this project, and for the minimum score by the desired precision."""

    train_requested = Signal()

    def __init__(self, workspace: Workspace, folder: Path, chosen: Path | None, parent: QWidget | None = None) -> None:
        """``folder`` holds the models of this machine; ``chosen`` is the folder of the model in use, None the rules."""
        super().__init__(parent)
        self.setObjectName("suggesterDialog")
        self.setWindowTitle("Suggestion method")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._card: Card | None = None
        self._workspace = workspace
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Suggestion method")
        self.other = QPushButton("Another &folder …", self)
        self.train = QPushButton("&Train a new one …", self)
        self.about = TextLabel(self)
        self.about.setObjectName("suggesterAbout")
        self.about.setWordWrap(True)
        self.precision = QSpinBox(self)
        self.precision.setAccessibleName("Wanted precision")
        self.precision.setRange(_LOWEST, _HIGHEST)
        self.precision.setSuffix(" %")
        self.precision.setValue(_DEFAULT_PRECISION)
        keep_off(self.precision)
        self.precision.setToolTip("How many of a hundred suggestions that are shown should be right.")
        self.sentence = TextLabel(self)
        self.sentence.setWordWrap(True)
        self.table = PlainTable("How good it was on what was held out", self)
        self.curve = Chart(workspace, "chart.curve", self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.use = self.buttons.addButton("Use it", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self._fill(folder, chosen)
        self.choice.currentIndexChanged.connect(lambda _: self._show())
        self.precision.valueChanged.connect(lambda _: self._show_thresholds())
        self.other.clicked.connect(self._choose_folder)
        self.train.clicked.connect(self._train)
        self.train.setEnabled(not workspace.read_only)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        workspace.project_closed.connect(self.reject)
        size_for_font(self, 620, 560)
        self._show()

    @property
    def chosen(self) -> Path | None:
        """The folder of the model; None for the rules."""
        folder = self.choice.currentData()
        return None if folder is None else Path(folder)

    @property
    def least(self) -> float | None:
        """Return the score that gives the desired precision; None if there are no figures."""
        return None if self._card is None else self._card.threshold_for(self.precision.value() / 100)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.other)
        row.addWidget(self.train)
        fields = QFormLayout()
        fields.addRow(self._caption("&Suggest with", self.choice), row)
        level = QHBoxLayout()
        level.addWidget(self.precision)
        level.addWidget(self.sentence, 1)
        fields.addRow(self._caption("&Wanted precision", self.precision), level)
        layout = QVBoxLayout(self)
        layout.addLayout(fields)
        layout.addWidget(self.about)
        layout.addWidget(self.table)
        layout.addWidget(self.curve, 1)
        layout.addStretch(0)
        layout.addWidget(self.buttons)
        level_captions(fields)
        self.about.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _caption(self, text: str, field: QWidget) -> TextLabel:
        caption = TextLabel(text, self)
        caption.setBuddy(field)
        return caption

    def _fill(self, folder: Path, chosen: Path | None) -> None:
        self.choice.addItem("The rules", None)
        for known in training.models(folder):
            self._add(known.folder, known.card, known.problem)
        if chosen is not None:
            self._choose(chosen)

    def _add(self, folder: Path, card: Card | None, problem: str = "") -> None:
        if card is None:
            self.choice.addItem(f"{folder.name} (cannot be used)", str(folder))
        else:
            self.choice.addItem(
                f"{card.name}, {local_day(card.made_at)}, {counted(card.documents, 'document')}", str(folder)
            )
        self.choice.setItemData(self.choice.count() - 1, tool_tip(problem or str(folder)), Qt.ItemDataRole.ToolTipRole)

    def _choose(self, folder: Path) -> None:
        """Select a model, also one in another folder."""
        if self.choice.findData(str(folder)) < 0:
            try:
                self._add(folder, card_of(folder))
            except AnnotatorError as error:
                self._add(folder, None, str(error))
        self.choice.setCurrentIndex(self.choice.findData(str(folder)))

    def _choose_folder(self) -> None:
        folder = file_dialogs.ask_for_folder(self, "The folder of a model")
        if folder is not None:
            self._choose(folder)

    def _train(self) -> None:
        self.reject()
        self.train_requested.emit()

    def _show(self) -> None:
        """Read and show the card of the selected method."""
        folder, problem = self.chosen, ""
        self._card = None
        if folder is not None:
            try:
                self._card = card_of(folder)
            except AnnotatorError as error:
                problem = str(error)
        card = self._card
        self.about.setText(problem or (_RULES if card is None else _sentence(card)))
        self.use.setEnabled(not problem)
        for part in (self.table, self.curve, self.precision):
            part.setEnabled(card is not None)
        self.table.setVisible(card is not None)
        self.curve.setVisible(card is not None)
        if card is not None:
            rows = [(f"{one.documents}", (round(100 * one.counts.f),)) for one in card.figures.curve]
            last = rows[-1][1][0] if rows else 0
            sentence = f"F of labelled contents by documents learned from: {last} % with all that were not held out."
            self.curve.show_figure(columns("Learning curve", sentence, "documents", rows, ("F in %",)))
        self._show_thresholds()

    def _show_thresholds(self) -> None:
        card, precision = self._card, self.precision.value() / 100
        if card is None:
            self.sentence.setText("")
            return
        rows = []
        for label, count, precision, recall, f in training.figures_table(card):
            score = card.threshold_for(precision, None if label == training.ALL_LABELS else label)
            figures = (f"{figure:.2f}" for figure in (precision, recall, f))
            rows.append((label, count, *figures, "never" if score is None else f"{score:.2f}"))
        self.table.fill(_HEADINGS, rows)
        self.table.fit_height()
        least = self.least
        self.sentence.setText(
            "No score is so good: the scores stay as they are."
            if least is None
            else f"Suggestions are shown from a score of {least:.2f} on."
        )


def _sentence(card: Card) -> str:
    labels = ", ".join(f"{number:,} {label}" for label, number in card.by_label.items())
    tested = counted(card.figures.documents, "document")
    parsed = " Sentences are parsed, which is slow." if card.parsed else ""
    sentence = (
        f"Trained on {counted(card.documents, 'document')} with {counted(card.annotations, 'annotation')} ({labels}), "
        f"and measured before on {tested} held out.{parsed}"
    )
    return "\n".join([sentence, *card.notes])
