"""The hover card: details of the annotations under the mouse, shown beside their words and never over them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from annotator.app.reader.document_view import DocumentView
from annotator.app.style.label_style import LabelStyle
from annotator.app.style.theme import Theme
from annotator.app.views.announcements import announce
from annotator.app.widgets.label_swatch import swatch
from annotator.app.widgets.text_label import TextLabel
from annotator.domain.dates import local_day
from annotator.domain.records import AnnotationRecord, SuggestionRecord
from annotator.domain.wording import elided, grades_in_words, likelihood_in_words

MAX_ENTRIES = 3
"""The number of annotations on a card; of the others it shows only the number."""

_MAX_QUOTE, _MAX_NOTE, _MAX_FEATURES = 160, 320, 4
"""Characters of a quote and of a note, and the number of features, that a card shows at most."""

_MAX_WIDTH = 54
"""Characters of the window's font that a line of the card has at most."""

_GAP = 6
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_HIDING_EVENTS = (
    QEvent.Type.Leave,
    QEvent.Type.Wheel,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.WindowDeactivate,
    QEvent.Type.FocusOut,
    QEvent.Type.Hide,
    QEvent.Type.Resize,
    QEvent.Type.Close,
)


class CardEntry(NamedTuple):
    """The content of a card for one annotation. ``facts``: lines of plain text, each with its style role."""

    id: int
    label_id: int
    label: str
    suggestion: bool
    score: str
    facts: tuple[tuple[str, str], ...]

    @property
    def spoken(self) -> str:
        """The entry as sentences, for screen readers."""
        head = f"{self.label}, suggested" if self.suggestion else self.label
        return ". ".join([", ".join(part for part in (head, self.score) if part), *(text for _, text in self.facts)])


def entry_of(annotation: AnnotationRecord | SuggestionRecord) -> CardEntry:
    """Return the card entry of an annotation or a suggestion."""
    if isinstance(annotation, SuggestionRecord):
        return _suggestion_entry(annotation)
    facts = [
        ("", annotation.source),
        ("", grades_in_words(annotation)),
        ("", likelihood_in_words(annotation)),
        ("", elided(annotation.note, _MAX_NOTE)),
        ("", " · ".join(f"{name}: {value}" for name, value in list(annotation.features.items())[:_MAX_FEATURES])),
        ("quote", f"“{elided(annotation.shown_quote, _MAX_QUOTE)}”"),
        ("muted", f"{annotation.annotator}, {local_day(annotation.created_at)}{_proposer(annotation)}"),
    ]
    shown = tuple((role, text) for role, text in facts if text)
    return CardEntry(annotation.id, annotation.label_id, annotation.label, False, annotation.score, shown)


def _suggestion_entry(one: SuggestionRecord) -> CardEntry:
    """Return the card entry of a suggestion: reason, engine and score."""
    facts = [
        ("", one.reason),
        ("", " · ".join(f"{name}: {value}" for name, value in list(one.features.items())[:_MAX_FEATURES])),
        ("quote", f"“{elided(one.shown_quote, _MAX_QUOTE)}”"),
        ("muted", f"{one.engine}, score {one.score:.2f}"),
    ]
    shown = tuple((role, text) for role, text in facts if text)
    return CardEntry(-one.id, one.label_id, one.label, True, f"{one.score:.2f}", shown)


def _proposer(annotation: AnnotationRecord) -> str:
    return "" if annotation.created_by == "person" else f", proposed by {annotation.created_by}"


class HoverCard(QFrame):
    """A separate window that accepts neither mouse nor keyboard input."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.WindowTransparentForInput)
        self.setObjectName("hoverCard")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("About the annotation")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(3)
        self._body: QWidget | None = None
        self.entries: tuple[CardEntry, ...] = ()
        self.hide()

    def fill(self, entries: Sequence[CardEntry], style: Callable[[int], LabelStyle], theme: Theme) -> None:
        """Show these entries, MAX_ENTRIES of them at most; ``style``: how a label looks, by its id."""
        self.entries = tuple(entries)
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = QWidget(self)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for number, entry in enumerate(self.entries[:MAX_ENTRIES]):
            if number:
                rule = QFrame(self._body)
                rule.setFrameShape(QFrame.Shape.HLine)
                rule.setObjectName("hoverCardRule")
                column.addSpacing(5)
                column.addWidget(rule)
                column.addSpacing(5)
            self._add(column, entry, style(entry.label_id), theme)
        if (more := len(self.entries) - MAX_ENTRIES) > 0:
            column.addSpacing(5)
            column.addWidget(self._line(f"+{more} more", "muted"))
        self._column.addWidget(self._body)
        self.setAccessibleDescription(self.spoken)
        self._column.activate()
        self.setFixedSize(self._fitting_size())

    @property
    def spoken(self) -> str:
        """The content of the card as sentences."""
        sentences = [entry.spoken for entry in self.entries[:MAX_ENTRIES]]
        if (more := len(self.entries) - MAX_ENTRIES) > 0:
            sentences.append(f"{more} more")
        return ". ".join(sentences)

    def show_beside(self, words: QRect, room: QRect) -> None:
        """Show the card below, above or beside ``words``, inside ``room``; both in screen coordinates."""
        size = self.size()
        x = min(max(words.left(), room.left()), max(room.left(), room.right() - size.width()))
        y = min(max(words.top(), room.top()), max(room.top(), room.bottom() - size.height()))
        for place in (
            QPoint(x, words.bottom() + _GAP),
            QPoint(x, words.top() - _GAP - size.height()),
            QPoint(words.right() + _GAP, y),
            QPoint(words.left() - _GAP - size.width(), y),
            QPoint(x, words.bottom() + _GAP),
        ):
            if room.contains(QRect(place, size)):
                break
        self.move(place)
        self.show()

    def _fitting_size(self) -> QSize:
        width = min(self.sizeHint().width(), self._max_width + 24)
        height = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else self.sizeHint().height()
        return QSize(width, height)

    @property
    def _max_width(self) -> int:
        return _MAX_WIDTH * self.fontMetrics().averageCharWidth()

    def _add(self, column: QVBoxLayout, entry: CardEntry, style: LabelStyle, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(7)
        picture = TextLabel(self._body)
        height = max(15, self.fontMetrics().height())
        size = QSize(round(height * 1.7), height)
        picture.setPixmap(swatch(style, size, suggestion=entry.suggestion, theme=theme, ratio=self.devicePixelRatioF()))
        head.addWidget(picture)
        name = self._line(entry.label, "name")
        head.addWidget(name)
        if entry.suggestion:
            head.addWidget(self._line("suggested", "muted"))
        head.addStretch(1)
        if entry.score:
            head.addWidget(self._line(entry.score, "name"))
        column.addLayout(head)
        for role, text in entry.facts:
            line = self._line(text, role)
            line.setWordWrap(True)
            line.setMinimumWidth(min(line.fontMetrics().horizontalAdvance(text) + 2, self._max_width))
            column.addWidget(line)

    def _line(self, text: str, role: str) -> TextLabel:
        line = TextLabel(text, self._body)
        if role == "muted":
            line.setProperty("role", "muted")
        font = line.font()
        font.setBold(role == "name")
        font.setItalic(role == "quote")
        line.setFont(font)
        return line


class HoverCards(QObject):
    """Shows the card of a document view: when the mouse rests on highlights, and when a key asks for it.

    ``entry`` returns the card entry of a highlight by its id.
    """

    def __init__(self, view: DocumentView, entry: Callable[[int], CardEntry | None]) -> None:
        super().__init__(view)
        self._view = view
        self._entry = entry
        self._card: HoverCard | None = None
        self._words = QRect()
        self._watched: list[QObject] = []
        self._was_just_hidden = False
        self._is_by_key = False
        view.hovered.connect(self._hover)
        view.verticalScrollBar().valueChanged.connect(self.leave)

    @property
    def card(self) -> HoverCard | None:
        """The card on the screen, or None."""
        return self._card if self._card is not None and self._card.isVisible() else None

    def show_active(self) -> None:
        """Show the card of the active annotation, or hide it; screen readers read it."""
        active = self._view.active
        was_just_hidden, self._was_just_hidden = self._was_just_hidden, False
        if active is None or was_just_hidden:
            return
        if (span := self._view.active_span()) is None:
            return
        self._view.scroll_to(span)
        self._show([active], self._view.words_rectangle(active))
        if (card := self.card) is not None:
            self._is_by_key = True
            announce(self._view, card.spoken)

    def leave(self) -> None:
        """Hide the card."""
        for watched in self._watched:
            # The widget with the focus may be deleted: the field of a refilled pane, the editor of a cell.
            if isValid(watched):
                watched.removeEventFilter(self)
        self._watched.clear()
        if self._card is not None:
            self._card.hide()

    def _hover(self, ids: list[int], words: QRect) -> None:
        if not ids:
            self.leave()
        elif (card := self.card) is None or [entry.id for entry in card.entries] != ids:
            self._show(ids, words)

    def _show(self, ids: list[int], words: QRect) -> None:
        self.leave()
        view = self._view
        entries = [entry for id_ in ids if (entry := self._entry(id_)) is not None]
        if not entries or words.isEmpty():
            return
        if self._card is None:
            self._card = HoverCard(view)
        self._card.fill(entries, view.label_style, view.theme)
        self._words = words
        self._is_by_key = False
        self._card.show_beside(words, view.screen().availableGeometry())
        focused = QApplication.focusWidget()
        watched = {id(each): each for each in (view, view.viewport(), view.window(), focused) if each is not None}
        self._watched = list(watched.values())
        for each in self._watched:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            return self._handle_key(event)
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            if not self._is_by_key and not self._words.contains(event.globalPosition().toPoint()):
                self.leave()
        elif kind in _HIDING_EVENTS and not (self._is_by_key and kind == QEvent.Type.Leave):
            self.leave()
        return False

    def _handle_key(self, event: QKeyEvent) -> bool:
        """Hide the card at any key, which keeps its effect, except Esc, which only hides the card."""
        if event.key() in _MODIFIERS:
            return False
        is_escape = event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            # Accepting the override makes Qt send it again as a key press instead of a shortcut.
            event.accept()
            return True
        self.leave()
        # The key that shows the card hides it too: its action must not show the card again.
        self._was_just_hidden = True
        QTimer.singleShot(0, self, self._forget_hiding)
        return is_escape

    def _forget_hiding(self) -> None:
        self._was_just_hidden = False
