"""The reading view against a bare QPlainTextEdit with the same text and no highlights: open, change, page, select."""

import gc
import itertools
import os
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit
from tests.bench.corpus import long_text, spans
from tests.bench.report import header, line, median, milliseconds

from annotator.app.reader.document_view import DocumentView, Highlight, LabelStyle
from annotator.domain.spans import Span

_SIZE = (1000, 800)
_WINDOWS: list[QMainWindow] = []
_STYLES = {
    1: LabelStyle("#0072B2", "CL", 0, "claim"),
    2: LabelStyle("#E69F00", "SP", 0, "speculation"),
    3: LabelStyle("#009E73", "OS", 0, "official statement"),
}
_ARABIC = (
    "قال الوزير إن المحادثات ستستأنف يوم الاثنين في العاصمة وأضاف أن الحكومة تتوقع اتفاقا قبل نهاية الشهر بعد "
    "أسابيع من الخلاف على خط الأنابيب والرسوم"
).split()
_CHINESE = "部长周一表示会谈将恢复政府预计月底前达成协议管道关税港口银行议会选举停火谈判报告官员消息人士称价格供应边境"
_EMOJI = "👍 👨‍👩‍👧 🇺🇦 🛢️ 📈 🏦 ⚓ 🚢 👩🏽‍💼 🕊️ said the minister talks would go on".split()


class Case(NamedTuple):
    """A text with its spans, and the ratios that were wished for: open, change, move, select."""

    name: str
    text: str
    spans: list[tuple[int, int]]
    wished: tuple[float, float, float, float]


def _written(words: list[str], characters: int, space: str = " ") -> str:
    chance = random.Random(characters)
    parts: list[str] = []
    size = 0
    while size < characters:
        sentence = space.join(chance.choices(words, k=chance.randint(30, 110)))
        parts.append(sentence + (".\n" if space else "。\n"))
        size += len(parts[-1])
    return "".join(parts)


def cases() -> Iterator[Case]:
    """The rows of the table, and the texts that have broken such views before."""
    usual = long_text(1_000_000)
    yield Case("50 kB, 1,000 spans", usual[:50_000], list(spans(50_000, 1_000)), (1.5, 2, 2, 1.5))
    yield Case("1 MB, 10,000 spans", usual, list(spans(1_000_000, 10_000)), (2.5, 2, 2, 1.5))
    large = long_text(10_000_000)
    yield Case("10 MB, 100,000 spans", large, list(spans(10_000_000, 100_000)), (3, 2, 2, 1.5))
    single = usual.replace("\n", " ")
    yield Case("1 MB in one paragraph", single, list(spans(1_000_000, 10_000)), (2.5, 2, 2, 1.5))
    yield Case("50 kB, 10,000 spans", usual[:50_000], list(spans(50_000, 10_000)), (1.5, 2, 2, 1.5))
    whole = [(0, 1_000_000), *spans(1_000_000, 10_000)]
    yield Case("1 MB, a span over everything", usual, whole, (2.5, 2, 2, 1.5))
    for name, text in (
        ("1 MB of Arabic", _written(_ARABIC, 1_000_000)),
        ("1 MB of Chinese", _written(list(_CHINESE), 1_000_000, "")),
        ("1 MB of emoji", _written(_EMOJI, 1_000_000)),
    ):
        yield Case(name, text, list(spans(len(text), 10_000)), (2.5, 2, 2, 1.5))


def _flush() -> None:
    QApplication.sendPostedEvents()
    QApplication.processEvents()


def _made(kind: Callable[[], QPlainTextEdit]) -> QPlainTextEdit:
    view = kind()
    font = QFont(view.font())
    font.setPointSizeF(11)
    view.setFont(font)
    # As in any program, the view is a part of a window.
    window = QMainWindow()
    window.setCentralWidget(view)
    window.resize(*_SIZE)
    window.show()
    QTest.qWaitForWindowExposed(window)
    _WINDOWS.append(window)
    _flush()
    return view


def _bare() -> QPlainTextEdit:
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setUndoRedoEnabled(False)
    view.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return view


def _highlights(case: Case) -> list[Highlight]:
    return [Highlight(id, 1 + id % 3, (Span(*span),)) for id, span in enumerate(case.spans)]


class _Pair:
    """Times of one action on both views, taken in turn so that a slow moment meets both."""

    def __init__(self) -> None:
        self.ours: list[float] = []
        self.bare: list[float] = []

    def take(self, ours: Callable[[], object], bare: Callable[[], object]) -> None:
        self.ours.append(milliseconds(ours))
        self.bare.append(milliseconds(bare))

    def print(self, name: str, wished: float) -> None:
        line(name, median(self.ours), "ms", median(self.bare), f"ratio <= {wished:g}")


def _opening(case: Case, rounds: int) -> tuple[DocumentView, QPlainTextEdit, _Pair, float]:
    ours, bare = DocumentView(), _made(_bare)
    _made(lambda: ours)
    ours.set_label_styles(_STYLES)
    times = _Pair()
    highlights = _highlights(case)
    process = psutil.Process()
    grown = 0.0

    def open_ours() -> None:
        ours.set_document(case.text)
        ours.set_highlights(highlights)
        ours.viewport().repaint()

    def open_bare() -> None:
        bare.setPlainText(case.text)
        bare.viewport().repaint()

    for number in range(rounds):
        ours.set_document("-")
        ours.viewport().repaint()
        bare.setPlainText("-")
        bare.viewport().repaint()
        gc.collect()
        before = process.memory_info().rss
        times.ours.append(milliseconds(open_ours))
        if not number:
            grown = (process.memory_info().rss - before) / 1e6
        times.bare.append(milliseconds(open_bare))
        _flush()
    return ours, bare, times, grown


def _changing(case: Case, ours: DocumentView, bare: QPlainTextEdit) -> _Pair:
    """A span added, given another end, another label, and removed, each with its repaint."""
    times = _Pair()
    id = len(case.spans) + 1
    visible = ours.visible_span()
    for step in range(10):
        start = visible.start + (visible.end - visible.start) * step // 12
        for change in (
            lambda s=start: ours.put_highlights([Highlight(id, 1, (Span(s, s + 40),))]),
            lambda s=start: ours.put_highlights([Highlight(id, 1, (Span(s, s + 60),))]),
            lambda s=start: ours.put_highlights([Highlight(id, 2, (Span(s, s + 60),))]),
            lambda: ours.remove_highlights([id]),
        ):

            def both(change: Callable[[], object] = change) -> None:
                change()
                _flush()

            def repaint() -> None:
                bare.viewport().update()
                _flush()

            times.take(both, repaint)
    return times


def _moving(ours: DocumentView, bare: QPlainTextEdit) -> tuple[_Pair, _Pair, _Pair]:
    """Page by page, by the scroll bar, and to the end."""
    page, drag, jump = _Pair(), _Pair(), _Pair()

    def press(view: QPlainTextEdit, key: Qt.Key, modifier: Qt.KeyboardModifier) -> Callable[[], None]:
        def act() -> None:
            QTest.keyClick(view, key, modifier)
            view.viewport().repaint()

        return act

    none, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    for _ in range(20):
        page.take(press(ours, Qt.Key.Key_PageDown, none), press(bare, Qt.Key.Key_PageDown, none))
        _flush()

    def scroll(view: QPlainTextEdit, part: float) -> Callable[[], None]:
        def act() -> None:
            bar = view.verticalScrollBar()
            bar.setValue(int(bar.maximum() * part))
            view.viewport().repaint()

        return act

    for step in range(30):
        part = (step * 7 % 30) / 30
        drag.take(scroll(ours, part), scroll(bare, part))
        _flush()
    for _ in range(3):
        for view in (ours, bare):
            view.moveCursor(QTextCursor.MoveOperation.Start)
        _flush()
        jump.take(press(ours, Qt.Key.Key_End, control), press(bare, Qt.Key.Key_End, control))
        _flush()
    return page, drag, jump


def _selecting(ours: DocumentView, bare: QPlainTextEdit) -> _Pair:
    """Shift+Right and Shift+Down held: each step with its repaint."""
    times = _Pair()
    for view in (ours, bare):
        view.moveCursor(QTextCursor.MoveOperation.Start)
        view.viewport().repaint()
    # A page is looked at before something on it is selected.
    QTest.qWait(100)
    shift = Qt.KeyboardModifier.ShiftModifier
    for key in itertools.chain([Qt.Key.Key_Right] * 40, [Qt.Key.Key_Down] * 12):

        def hold(view: QPlainTextEdit, key: Qt.Key = key) -> None:
            QTest.keyClick(view, key, shift)
            _flush()

        times.take(lambda: hold(ours), lambda: hold(bare))
    return times


def measure(rounds: int = 5) -> None:
    """Print the table."""
    kept = QApplication.instance() or QApplication([])  # noqa: F841 - Qt needs it alive
    # As in the program, whose collector runs between two things that the user does.
    gc.disable()
    for case in cases():
        header(f"Reading view: {case.name} ({len(case.text.encode()) / 1e6:.2f} MB in UTF-8)")
        opened, changed, moved, selected = case.wished
        ours, bare, opening, grown = _opening(case, rounds)
        opening.print("open to first paint", opened)
        page, drag, jump = _moving(ours, bare)
        page.print("page down", moved)
        drag.print("drag the scroll bar, a step", moved)
        jump.print("jump to the end", moved)
        _selecting(ours, bare).print("select with Shift+arrows, a step", selected)
        ours.verticalScrollBar().setValue(ours.verticalScrollBar().maximum() // 2)
        _flush()
        _changing(case, ours, bare).print("add, change or remove a span and repaint", changed)
        line(
            "memory of the view after opening", grown, "MB", None, f"under {10 * len(case.text.encode()) / 1e6:.1f} MB"
        )
        del ours, bare
        while _WINDOWS:
            _WINDOWS.pop().deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


if __name__ == "__main__":
    measure()
