"""A model learned in the window from what was accepted and corrected there: the next articles need fewer keys."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import Launch, come_back, press, said
from tests.services.suggestions.bulletins import Bulletin, annotate_bulletins, bulletin

import annotator
from annotator.app.shell.main_window import MainWindow
from annotator.app.suggestions.suggester_dialog import SuggesterDialog
from annotator.app.suggestions.train_dialog import TrainDialog
from annotator.files.user_folders import models_path
from annotator.nlp import boundaries

TAUGHT, AFTERWARDS = 20, 3
KEYS = {"claim": "1", "speculation": "2", "official statement": "3"}


class Hand:
    """A trained hand at the keyboard, which counts its keys."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.keys = 0

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        press(*keys)

    def annotate(self, article: Bulletin) -> None:
        """Answer what is suggested for the open article, and label what is not."""
        wanted = dict(article.wanted)
        suggestions = self.window.workspace.suggestions
        if suggestions.queue():
            self.press("Ctrl+J")
        while (one := suggestions.active) is not None:
            label = wanted.pop(one.quote, None)
            self.press("Shift+N" if label is None else "Y" if label == one.label else KEYS[label])
        if wanted:
            self.press("Ctrl+Home")
        for words, label in wanted.items():
            self._go_to(article.text.index(words))
            self.press(KEYS[label])

    def _go_to(self, place: int) -> None:
        view = self.window.reading.view
        while not boundaries.sentence_at(view.text, view.caret()).start <= place < view.caret() + 1_000:
            self.press("L")
        while boundaries.sentence_at(view.text, view.caret()).end <= place:
            self.press("L")


def made_of(window: MainWindow) -> set[tuple[str, str]]:
    return {(one.quote, one.label) for one in window.workspace.annotations.values()}


def test_after_training_the_next_articles_need_fewer_keys(launched: Launch, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "desk.anno"
    with annotator.create(path, annotator="ada") as project:
        for number in range(TAUGHT + AFTERWARDS):
            article = bulletin(number)
            project.add_document(article.title, article.text)
        project.suggest()
    window = launched(path)
    hand = Hand(window)
    for number in range(TAUGHT):
        article = bulletin(number)
        assert window.workspace.document is not None and window.workspace.document.title == article.title
        hand.annotate(article)
        assert made_of(window) == set(article.wanted)
        press("Ctrl+PgDown")
    before = hand.keys / TAUGHT

    window.actions_by_id["suggest.train"].trigger()
    dialog = next(found for found in window.findChildren(TrainDialog) if found.isVisible())
    assert f"There are {TAUGHT} documents with annotations" in dialog.about.text()
    assert f"{TAUGHT} rejected suggestions" in dialog.about.text()
    press("Return", on=dialog.field)
    qtbot.waitUntil(lambda: any("is trained" in sentence for sentence in said(window)), timeout=60_000)
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
    come_back(qtbot, window)
    window.reading.view.setFocus()

    hand.keys = 0
    for number in range(TAUGHT, TAUGHT + AFTERWARDS):
        article = bulletin(number)
        assert window.workspace.document is not None and window.workspace.document.title == article.title
        hand.annotate(article)
        assert made_of(window) == set(article.wanted)
        assert {one.created_by.rpartition(" ")[0] for one in window.workspace.annotations.values()} == {"model desk"}
        press("Ctrl+PgDown")
    after = hand.keys / AFTERWARDS
    # 13 keys by the rules, 6 by the model: one to begin, and one for each annotation.
    assert after < before - 1


def test_a_model_is_chosen_with_its_figures_and_lost_without_harm(
    launched: Launch, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "desk.anno"
    folder = models_path() / "desk"
    with annotator.create(path, annotator="ada") as project:
        annotate_bulletins(project, 12)
        project.train(folder)
        project.add_document("New", bulletin(20).text)
    window = launched(path)
    press("Ctrl+Shift+G")
    dialog = next(found for found in window.findChildren(SuggesterDialog) if found.isVisible())
    assert dialog.chosen is None
    dialog.choice.setCurrentIndex(1)
    assert "Trained on 12 documents with 60 annotations" in dialog.about.text()
    labels = [dialog.table.item(row, 0) for row in range(dialog.table.rowCount())]
    assert [cell.text() for cell in labels if cell is not None][-1] == "all labels"
    assert dialog.curve.numbers.rows[-1][0] == "9"
    assert "shown from a score of" in dialog.sentence.text()
    least = dialog.least
    dialog.use.click()
    qtbot.waitUntil(lambda: any("wait for an answer" in sentence for sentence in said(window)), timeout=60_000)
    assert window.workspace.suggestions.least == pytest.approx(least)
    assert window.state.suggester(path) == folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    come_back(qtbot, window)
    window.reading.view.setFocus()
    press("Ctrl+G")
    qtbot.waitUntil(
        lambda: any("desk" in sentence and "model" in sentence for sentence in said(window)), timeout=60_000
    )
    press("Ctrl+J", "Y")
    press("Ctrl+Shift+G")
    dialog = next(found for found in window.findChildren(SuggesterDialog) if found.isVisible())
    assert not dialog.use.isEnabled()
    dialog.choice.setCurrentIndex(0)
    dialog.use.click()
    qtbot.waitUntil(lambda: window.state.suggester(path) is None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.jobs.running, timeout=60_000)
