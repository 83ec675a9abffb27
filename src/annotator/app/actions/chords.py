"""Chords: two keys one after the other, such as ``G, A``."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from annotator.app.actions.key_texts import keys_text, strokes
from annotator.app.actions.registry import Action, Actions
from annotator.app.widgets.mnemonics import without_mnemonic


class ChordHints(QObject):
    """Shows which keys can follow after the first key of a chord, such as ``G`` for the grades."""

    hinted = Signal(str)
    """A line for the status bar; empty after the chord."""

    CHORD_TIME = 4000

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._chords: list[tuple[str, str, Action]] = []
        self._first: QKeySequence | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.CHORD_TIME)
        self._timer.timeout.connect(self._clear)
        self.read_keys()

    def read_keys(self) -> None:
        """Read the chords from the actions again, after their keys were changed."""
        # Not read at each key press, because it takes half a millisecond.
        self._chords = [
            (first, second, action)
            for action in self._actions.values()
            for keys in action.shortcuts()
            if keys.count() > 1
            for first, second, *_ in [strokes(keys.toString())]
        ]

    def listen(self, widget: QWidget) -> None:
        """Observe the keys that are pressed in ``widget``."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            if event.type() == QEvent.Type.ShortcutOverride and (followers := list(self._followers(pressed))):
                self._first = pressed
                self._timer.start()
                self.hinted.emit(f"{keys_text([pressed])}:  {'   '.join(followers)}")
            elif event.type() == QEvent.Type.KeyRelease and pressed != self._first:
                # Qt sends a widget only the release of the second key of a chord.
                self._clear()
        return False

    def _followers(self, pressed: QKeySequence) -> Iterator[str]:
        key = pressed.toString()
        for first, second, action in self._chords:
            if first == key and action.isEnabled():
                yield f"{second} {without_mnemonic(action.text()).rpartition(': ')[2]}"

    def _clear(self) -> None:
        if self._first is not None:
            self._first = None
            self._timer.stop()
            self.hinted.emit("")
