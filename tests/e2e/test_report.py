"""The report in the window."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, press, said

from annotator.app.reports.report_dialog import ReportDialog
from annotator.app.shell.main_window import MainWindow
from annotator.app.widgets import file_dialogs


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_report_on_the_open_document(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    start = ARTICLE.index("talks would resume")
    window.reading.view.select(start, start + 18)
    press("1", "Ctrl+R")
    (dialog,) = (found for found in window.findChildren(ReportDialog) if found.isVisible())
    assert dialog.subject.count() == 2
    dialog.subject.setCurrentIndex(1)
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
    out = tmp_path / f"report.{kind}"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_args, **_fields: out)
    dialog.accept()
    qtbot.waitUntil(out.exists, timeout=60_000)
    qtbot.waitUntil(lambda: any("1 statement" in sentence for sentence in said(window)))
    assert out.read_bytes().startswith(b"%PDF" if kind == "pdf" else b"<!DOCTYPE html>")
