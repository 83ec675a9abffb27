"""A 1 in the window: refused with the reason, given with one, and what is only questioned."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from tests.e2e.conftest import ARTICLE, Launch, active, come_back, press, said, type_text

import annotator
from annotator.app.annotations.docked_views import INSPECTOR
from annotator.app.annotations.reason_dialog import GradeReasonDialog
from annotator.app.shell.main_window import MainWindow


def dialog_of(window: MainWindow) -> GradeReasonDialog:
    return next(found for found in window.findChildren(GradeReasonDialog) if found.isVisible())


def test_a_one_is_refused_and_taken_with_a_reason(window: MainWindow, qtbot: QtBot) -> None:
    start = ARTICLE.index("talks would resume")
    window.reading.view.select(start, start + 18)
    press("1", "G", "1")
    dialog = dialog_of(window)
    assert "two independent origins" in dialog.objection.text()
    assert active(window).credibility is None
    assert not dialog.grade.isEnabled()
    dialog.reject()
    come_back(qtbot, window)
    assert active(window).credibility is None
    window.reading.view.setFocus()
    press("G", "1")
    dialog = dialog_of(window)
    qtbot.waitUntil(dialog.reason.hasFocus)
    type_text("I was there")
    press("Return", on=dialog.reason)
    assert (active(window).credibility, active(window).credibility_reason) == (1, "I was there")
    come_back(qtbot, window)
    inspector = window.view(INSPECTOR)
    assert inspector.grades.credibility_reason.isVisibleTo(inspector)
    assert inspector.grades.credibility_reason.text() == "I was there"
    press("Ctrl+Z")
    assert active(window).credibility is None
    assert not inspector.grades.credibility_reason.isVisibleTo(inspector)


def test_a_refused_digit_does_not_stay_down(window: MainWindow) -> None:
    start = ARTICLE.index("talks would resume")
    window.reading.view.select(start, start + 18)
    press("1", "G", "3")
    inspector = window.view(INSPECTOR)
    inspector.grades.credibility.picked.emit("1")
    QApplication.processEvents()
    dialog_of(window).done(QDialog.DialogCode.Rejected)
    assert active(window).credibility == 3
    assert inspector.grades.credibility.button("3").isChecked()
    assert not inspector.grades.credibility.button("1").isChecked()


def test_a_six_is_questioned_where_others_state_the_claim(launched: Launch, case: Path) -> None:
    with annotator.open(case) as project:
        one = project.annotate(1, ARTICLE.index("talks would"), ARTICLE.index("resume,"), "claim", source="Ann")
        two = project.annotate(2, 31, 51, "claim", source="Bea")
        project.add_claim("Talks resume.", [one, two])
    window = launched(case)
    window.workspace.set_active(one.id)
    press("G", "6")
    assert active(window).credibility == 6
    assert any("1 other statement" in sentence for sentence in said(window))
