"""Words that look like markup are shown as they are written, and what they name is never opened."""

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPushButton, QTextBrowser, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from tests.file_watch import OpenedFiles, linux_only

from annotator.app.printing.report_pdf import report_pdf
from annotator.app.widgets.designer_form import Form
from annotator.app.widgets.markup import OfflineBrowser, OfflineDocument, escaped, join_markup, markup
from annotator.app.widgets.message_box import MessageBox
from annotator.app.widgets.mnemonics import window_title, with_literal_ampersands, without_mnemonic
from annotator.app.widgets.text_label import MarkupLabel, TextLabel
from annotator.app.widgets.tool_tips import tool_tip
from annotator.services.reports.reporting import Report

SHAPES = (
    '<img src="{file}">',
    "<body background='{file}'>words</body>",
    '<table background="{file}"><tr><td>words</td></tr></table>',
    '<p style="background-image:url({file})">words</p>',
    '<style>@import url("{file}");</style><p>words</p>',
    '<!DOCTYPE html><html><body><img src="{file}"></body></html>',
    '&lt; <img src="{file}">',
)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture alone in a folder, which can be loaded."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    path = folder / "marker.png"
    assert QImage(4, 4, QImage.Format.Format_RGB32).save(str(path))
    return path


def hostile(picture: Path) -> list[str]:
    return [shape.format(file=address) for shape in SHAPES for address in (picture.as_uri(), str(picture))]


def paint(qtbot: QtBot, *widgets: QWidget) -> None:
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.show()
        widget.grab()


def in_plain_text(tip: str) -> str:
    """What a tool tip shows."""
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText() if "<" in tip else tip


@linux_only
def test_the_watch_sees_what_a_bare_label_does(qtbot: QtBot, picture: Path) -> None:
    with OpenedFiles(picture.parent) as watch:
        paint(qtbot, QLabel(f'<img src="{picture.as_uri()}">'))
        assert "marker.png" in watch.seen()


@linux_only
def test_labels_and_boxes_show_the_words(qtbot: QtBot, picture: Path) -> None:
    with OpenedFiles(picture.parent) as watch:
        for words in hostile(picture):
            late, box = TextLabel(), MessageBox()
            late.setText(words)
            box.setText(words)
            box.setInformativeText(words)
            box.setDetailedText(words)
            legend = MarkupLabel()
            legend.show_markup(markup("<b>{words}</b>", words=words))
            paint(qtbot, TextLabel(words), late, box, legend)
            labels = [label for label in box.findChildren(QLabel) if label.text()]
            assert [label.text() for label in labels].count(words) == 2
            assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
        assert watch.seen() == set()


def test_labels_of_a_drawn_form_are_plain(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    Form("export_dialog", dialog)
    assert {label.textFormat() for label in dialog.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


@linux_only
def test_a_tool_tip_shows_the_words(qtbot: QtBot, picture: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    with OpenedFiles(picture.parent) as watch:
        for words in [*hostile(picture), "a < b\n  and & c &lt; d"]:
            QToolTip.showText(parent.mapToGlobal(parent.rect().center()), tool_tip(words), parent)
            for shown in QApplication.topLevelWidgets():
                if isinstance(shown, QLabel):
                    shown.grab()
            assert QToolTip.text() == tool_tip(words)
            assert in_plain_text(QToolTip.text()) == words
        QToolTip.hideText()
        assert watch.seen() == set()


def test_a_short_tool_tip_stays_as_it_is_and_a_long_one_wraps() -> None:
    assert tool_tip("") == ""
    assert tool_tip("Tea & cake\nat five") == "Tea & cake\nat five"
    long = "Words that go on, " * 20
    assert tool_tip(long).startswith("<p") and in_plain_text(tool_tip(long)).strip() == long.strip()
    assert in_plain_text(tool_tip("Said by <us>", "Claim & co")) == "Claim & co\nSaid by <us>"
    assert in_plain_text(tool_tip("", "<title>")) == "<title>"
    assert len(in_plain_text(tool_tip("<" * 5000))) == 2001


def test_markup_escapes_every_value() -> None:
    assert markup('<i class="{kind}">{name}</i>', kind='"x', name="<b>&") == '<i class="&quot;x">&lt;b&gt;&amp;</i>'
    assert join_markup("<br>", [escaped("a\nb"), escaped("<")]) == "a<br>b<br>&lt;"


@linux_only
def test_documents_and_browsers_load_nothing(qtbot: QtBot, picture: Path) -> None:
    markdown = f"# Rules\n\n![x]({picture.as_uri()})\n\n![y]({picture})\n\n![z]({picture.name})"
    html = "".join(hostile(picture))
    with OpenedFiles(picture.parent) as watch:
        for text in (html, f"<html>{html}</html>"):
            browser = OfflineBrowser()
            browser.setHtml(text)
            paint(qtbot, browser)
        browser = OfflineBrowser()
        browser.document().setMarkdown(markdown)
        paint(qtbot, browser)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        document = OfflineDocument()
        document.setHtml(html)
        document.print_(QPdfWriter(buffer))
        assert report_pdf(Report("Report", "2026-01-01", html, 1)).startswith(b"%PDF")
        assert watch.seen() == set()
    assert isinstance(browser, QTextBrowser) and not browser.openLinks()


def test_ampersands_are_shown(qtbot: QtBot) -> None:
    assert with_literal_ampersands("Smith & Sons\t&") == "Smith && Sons &&"
    assert without_mnemonic(with_literal_ampersands("Smith & Sons & Co")) == "Smith & Sons & Co"
    assert without_mnemonic("&Open …") == "Open …"
    button = QPushButton(with_literal_ampersands("R&D"))
    qtbot.addWidget(button)
    assert button.shortcut().isEmpty()
    menu = QMenu(with_literal_ampersands("R&D"))
    qtbot.addWidget(menu)
    assert menu.menuAction().iconText() == "R&D"


def test_a_window_title_keeps_a_star_in_brackets(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setWindowTitle(window_title("The [*] note"))
    widget.show()
    handle = widget.windowHandle()
    assert handle is not None and handle.title().startswith("The [*] note")
