"""The command palette: finds an action, a label or a document by a few typed characters."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMargins,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from annotator.app.actions.enabling import reason_of
from annotator.app.actions.key_texts import keys_text
from annotator.app.actions.registry import Actions
from annotator.app.style.theme import theme_in_use
from annotator.app.widgets.mnemonics import without_mnemonic
from annotator.app.widgets.text_label import TextLabel
from annotator.app.widgets.tool_tips import tool_tip

SHOWN = 60
RECENT = 8
_WIDTH = 640
_TOP = 56
_ROWS = 11
_MARGINS = QMargins(10, 10, 10, 9)
_SPACING = 7
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that can be run. ``detail`` is shown muted; an entry with a ``reason`` cannot be run now."""

    title: str
    run: Callable[[], object]
    detail: str = ""
    keys: str = ""
    reason: str = ""
    id: str = ""


Provider = Callable[[str], Iterable[Entry]]
"""Returns entries for the typed text; called at each key press, so it returns only the best ones."""


class Match(NamedTuple):
    """How well a query matches a text, and which characters match."""

    score: int
    places: tuple[int, ...]


class _Hit(NamedTuple):
    entry: Entry
    places: tuple[int, ...]


def fuzzy_match(query: str, text: str) -> Match | None:
    """Return how well ``text`` contains the characters of ``query`` in their order; None if it does not.

    Adjacent characters and those at the start of a word score more than characters far apart. Words of the query may be
    in any order.
    """
    folded = _folded(text)
    places: set[int] = set()
    score = 0
    for word in _folded(query).split():
        found = _match_word(word, folded)
        if found is None:
            return None
        score += found.score
        places.update(found.places)
    return Match(score - len(text) // 40, tuple(sorted(places)))


def _folded(text: str) -> str:
    # Character by character, so that positions in the folded text are the same as in the text.
    return "".join(lower if len(lower := char.lower()) == 1 else char for char in text)


def _match_word(word: str, text: str) -> Match | None:
    at = text.find(word)
    while at > 0 and text[at - 1].isalnum():
        # The word may occur again later, at the start of a word.
        further = text.find(word, at + 1)
        if further < 0:
            break
        at = further
    if at >= 0:
        starts_word = at == 0 or not text[at - 1].isalnum()
        return Match(
            20 * len(word) + (40 if starts_word else 0) + (20 if at == 0 else 0), tuple(range(at, at + len(word)))
        )
    initials = [place for place in range(len(text)) if place == 0 or not text[place - 1].isalnum()]
    if places := _in_order(word, text, initials):
        return Match(15 * len(word), places)
    for first in initials:
        places = _in_order(word, text, range(first, len(text)))
        # Characters scattered over the whole text are not a useful match.
        if places and places[0] == first and (gaps := places[-1] - first + 1 - len(places)) <= 2 * len(word):
            return Match(10 * len(word) - gaps, places)
    return None


def _in_order(word: str, text: str, candidates: Iterable[int]) -> tuple[int, ...]:
    """Return the first positions among ``candidates`` that spell ``word``; empty if there are none."""
    places: list[int] = []
    for place in candidates:
        if text[place] == word[len(places)]:
            places.append(place)
            if len(places) == len(word):
                return tuple(places)
    return ()


def _match_detail(query: str, entry: Entry) -> Match | None:
    """Return a match with the lowest score if title and menu together contain the words of the query; else None."""
    text = _folded(f"{entry.title} {entry.detail}")
    return Match(0, ()) if all(word in text for word in _folded(query).split()) else None


def action_entries(actions: Actions) -> Iterator[Entry]:
    """Return each action of the window as an entry."""
    for name, action in actions.items():
        if action.isVisible():
            spec = action.spec
            yield Entry(
                without_mnemonic(action.text()),
                action.trigger,
                spec.menu.replace("/", " › "),
                keys_text(action.shortcuts()[:1]),
                reason_of(action),
                name,
            )


class CommandPalette(QFrame):
    """Shown over the window: type, choose with the arrow keys, Enter runs, Esc closes.

    It is a child of the window instead of a separate window, so it works where programs may not place windows.
    """

    def __init__(self, window: QWidget, actions: Actions, providers: Sequence[Provider] = ()) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("commandPalette")
        self.setAutoFillBackground(True)
        self.setAccessibleName("Command palette")
        self._actions = actions
        self._providers = tuple(providers)
        self._recent: list[str] = []
        self._focus_before: QWidget | None = None
        self._field = QLineEdit(self)
        self._field.setObjectName("paletteField")
        self._field.setPlaceholderText("Find an action")
        self._field.setAccessibleName("Find an action")
        self._field.textChanged.connect(self._show_matches)
        self._field.installEventFilter(self)
        self._model = _Model(self)
        self._list = QListView(self)
        self._list.setObjectName("paletteList")
        self._list.setAccessibleName("Actions found")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Delegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.clicked.connect(lambda _index: self._run())
        self._list.selectionModel().currentChanged.connect(self._show_help)
        self._help = TextLabel(self)
        self._help.setProperty("role", "muted")
        self._help.setContentsMargins(6, 0, 6, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGINS)
        layout.setSpacing(_SPACING)
        for widget in (self._field, self._list, self._help):
            layout.addWidget(widget)
        window.installEventFilter(self)
        self.hide()

    def open(self, query: str = "") -> None:
        """Show the palette over the window; a second call closes it."""
        if self.isVisible():
            self.close()
            return
        self._focus_before = QApplication.focusWidget()
        with QSignalBlocker(self._field):
            self._field.setText(query)
        self._show_matches(query)
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def entries(self) -> tuple[Entry, ...]:
        """Return the listed entries, the best first."""
        return tuple(hit.entry for hit in self._model.hits)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is not self._field:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if event.type() == QEvent.Type.FocusOut and QApplication.activePopupWidget() is None:
            self._focus_before = None
            self.close()
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_PageDown: _ROWS - 1,
            Qt.Key.Key_PageUp: 1 - _ROWS,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in steps and self._model.hits:
            self._step(steps[key])
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        count = len(self._model.hits)
        row = self._list.currentIndex().row() + by
        # Single steps wrap around; pages stop at the ends.
        row = row % count if abs(by) == 1 else max(0, min(count - 1, row))
        self._list.setCurrentIndex(self._model.index(row))

    def _run(self) -> None:
        row = self._list.currentIndex().row()
        if not 0 <= row < len(self._model.hits):
            return
        entry = self._model.hits[row].entry
        if entry.reason:
            return
        if entry.id:
            self._recent = [entry.id, *(each for each in self._recent if each != entry.id)][:RECENT]
        # The focus returns first, because the action may depend on it or move it.
        self._leave()
        entry.run()

    def _leave(self) -> None:
        before, self._focus_before = self._focus_before, None
        self.close()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width() - 32)
        row = self._list.sizeHintForRow(0) if self._model.hits else 34
        rows = max(1, min(_ROWS, len(self._model.hits)))
        others = self._field.sizeHint().height() + self._help.sizeHint().height()
        around = _MARGINS.top() + _MARGINS.bottom() + 2 * _SPACING
        height = min(row * rows + others + around + 2, window.height() - _TOP - 24)
        self.setGeometry((window.width() - width) // 2, _TOP, width, height)

    def _show_matches(self, query: str) -> None:
        self._model.show(self._found(query.strip()))
        self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()
        self._place()
        self._show_help()

    def _found(self, query: str) -> list[_Hit]:
        own = tuple(action_entries(self._actions))
        if not query:
            last = {name: place for place, name in enumerate(self._recent)}
            ordered = sorted(own, key=lambda entry: (last.get(entry.id, RECENT), bool(entry.reason)))
            return [_Hit(entry, ()) for entry in ordered]
        found: list[tuple[int, int, _Hit]] = []
        for entry in (*own, *(entry for provider in self._providers for entry in provider(query))):
            match = fuzzy_match(query, entry.title)
            if match is None:
                match = _match_detail(query, entry)
            if match is not None:
                score = match.score + (5 if entry.id in self._recent else 0) - (30 if entry.reason else 0)
                found.append((-score, len(found), _Hit(entry, match.places)))
        return [hit for _, _, hit in heapq.nsmallest(SHOWN, found, key=lambda each: each[:2])]

    def _show_help(self) -> None:
        row = self._list.currentIndex().row()
        if not 0 <= row < len(self._model.hits):
            self._help.setText("Nothing has these letters.")
            return
        entry = self._model.hits[row].entry
        text = entry.reason or (self._actions[entry.id].help if entry.id in self._actions else entry.detail)
        space = self.width() - 34
        self._help.setText(self._help.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, space))
        self._help.setToolTip(tool_tip(text))


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[_Hit] = []

    def show(self, hits: list[_Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        hit = self.hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (hit.entry.title, hit.entry.keys, hit.entry.reason) if part)
        if role == Qt.ItemDataRole.UserRole:
            return hit
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a row: the title with its matched characters in bold, the menu muted, the keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, QFontMetrics(option.font).height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        hit: _Hit = index.data(Qt.ItemDataRole.UserRole)
        look: Any = option
        theme = theme_in_use()
        rect: QRect = look.rect.adjusted(2, 1, -2, -1)
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.palette.highlight())
            painter.drawRoundedRect(rect, 6, 6)
        text = theme.on_selected if chosen else theme.text
        muted = theme.on_selected if chosen else theme.muted
        if hit.entry.reason:
            text = muted = theme.on_selected if chosen else theme.disabled
        inner = rect.adjusted(10, 0, -10, 0)
        right = inner.right()
        if hit.entry.keys:
            right = _paint_keys(painter, inner, hit.entry.keys, look.font, muted, theme.border) - 12
        detail_width = min(QFontMetrics(look.font).horizontalAdvance(hit.entry.detail), inner.width() // 3)
        room = right - inner.left() - detail_width - 12
        left = _paint_title(painter, inner, room, hit, look.font, text)
        painter.setFont(look.font)
        painter.setPen(QPen(muted))
        place = QRect(left + 12, inner.top(), max(0, right - left - 12), inner.height())
        detail = QFontMetrics(look.font).elidedText(hit.entry.detail, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, detail)
        painter.restore()


def _paint_title(painter: QPainter, rect: QRect, room: int, hit: _Hit, font: QFont, color: str) -> int:
    """Paint the title; return the x coordinate of its end in pixels."""
    strong = QFont(font)
    strong.setWeight(QFont.Weight.Bold)
    painter.setPen(QPen(color))
    title = QFontMetrics(strong).elidedText(hit.entry.title, Qt.TextElideMode.ElideRight, room)
    places = set(hit.places)
    left = rect.left()
    start = 0
    while start < len(title):
        end = start + 1
        while end < len(title) and (end in places) == (start in places):
            end += 1
        used = strong if start in places else font
        painter.setFont(used)
        width = QFontMetrics(used).horizontalAdvance(title[start:end])
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, rect.top(), width + 4, rect.height()), flags, title[start:end])
        left += width
        start = end
    return left


def _paint_keys(painter: QPainter, rect: QRect, keys: str, font: QFont, color: str, border: str) -> int:
    """Paint the keys in a frame at the right; return the x coordinate of its start in pixels."""
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(keys) + 14
    height = metrics.height() + 4
    frame = QRect(rect.right() - width, rect.center().y() - height // 2, width, height)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(border))
    painter.drawRoundedRect(frame, 4, 4)
    painter.setFont(font)
    painter.setPen(QPen(color))
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, keys)
    return frame.left()
