"""Evaluating in the window: gold chosen, figures with intervals shown, copied and saved."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, press

import annotator
from annotator.app.suggestions.evaluation_dialog import EvaluationDialog
from annotator.app.widgets import file_dialogs


def test_suggestions_against_gold(
    case: Path, launched: Launch, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with annotator.create(tmp_path / "gold.anno", annotator="gold") as gold:
        document = gold.add_document("Talks on the pipeline resume", ARTICLE)
        start = ARTICLE.index("the talks would resume")
        gold.annotate(document, start, start + len("the talks would resume"), "official statement")
    with annotator.open(case, annotator="ada") as project:
        project.suggest()
    window = launched(case)
    window.actions_by_id["suggest.evaluate"].trigger()
    dialog = next(found for found in window.findChildren(EvaluationDialog) if found.isVisible())
    assert not dialog.run_button.isEnabled()
    dialog.choose_gold(tmp_path / "nowhere.anno")
    dialog.run_button.click()
    qtbot.waitUntil(lambda: "nowhere" in dialog.message.text(), timeout=60_000)
    dialog.choose_gold(tmp_path / "gold.anno")
    dialog.what.setCurrentIndex(1)
    dialog.run_button.click()
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 0, timeout=60_000)
    rows = {row[:2]: row for row in dialog.numbers().rows}
    assert rows["spans", "official statement"][2:5] == (1, 1, 1)
    assert rows["spans", "official statement"][5] == "1.00"
    assert "Left out, as it is missing from the gold: 1 document" in dialog.message.text()
    assert dialog.confusion.rowCount() > 1
    dialog.table.setFocus()
    press("Ctrl+C", on=dialog.table)
    copied = QApplication.clipboard().text()
    assert copied.startswith("By\tLabel\tGold")
    assert "spans\tofficial statement\t1\t1\t1\t1.00" in copied
    out = tmp_path / "figures.csv"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: out)
    dialog.save_button.click()
    assert out.read_text(encoding="utf-8").startswith("By,Label,Gold,Found,Right,Precision,Recall,F\n")
    dialog.what.setCurrentIndex(2)
    dialog.run_button.click()
    qtbot.waitUntil(dialog.run_button.isEnabled, timeout=60_000)
    press("Esc", on=dialog)
    assert not dialog.isVisible()
