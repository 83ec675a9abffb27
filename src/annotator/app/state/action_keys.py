"""The present keys of the actions, as the texts of the window name them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.wording import listed

_ID = re.compile(r"\{([a-z_]+(?:\.[a-z0-9_]+)+)\}")


class ActionName(NamedTuple):
    """How a text names an action: by its first key, or by its place in the menus if it has none."""

    key: str
    place: str

    def __str__(self) -> str:
        return self.key or f"“{self.place}”"


def fill_keys(template: str, name_of: Callable[[str], ActionName | None]) -> str:
    """Replace each id of an action in braces, such as ``{suggest.accept}``, by what ``name_of`` returns for it.

    An id without a name stays as it is, which happens only in a view without a window.
    """
    return _ID.sub(lambda found: str(name_of(found[1]) or found[0]), template)


class ActionKeys(QObject):
    """Writes texts with the present keys of the actions. The key map sets these, and views show them again."""

    changed = Signal()
    """A text that names a key may be another one now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, ActionName] = {}

    def set_names(self, names: Mapping[str, ActionName]) -> None:
        """Set the name of each action, by id."""
        if names != self._names:
            self._names = dict(names)
            self.changed.emit()

    def key(self, id: str) -> str:
        """Return the first key of an action in the notation of this system; empty if it has none."""
        return self._names[id].key if id in self._names else ""

    def label_key(self, digit: int | None) -> str:
        """Return the key that applies the label of ``digit``; empty for a label without a digit."""
        if digit is None:
            return ""
        id = f"annotate.label.{digit}"
        # Without a window there is no key map, and the digit is the built-in key.
        return self._names[id].key if id in self._names else str(digit)

    def label_keys(self, digits: Iterable[int | None]) -> str:
        """Return the keys that apply labels, such as “1, 2 or 3”; “a label's key” if there are none."""
        known = sorted(digit for digit in digits if digit is not None)
        return listed([key for digit in known if (key := self.label_key(digit))], "or") or "a label's key"

    def fill(self, template: str) -> str:
        """Return a text in which each id of an action in braces is replaced by its key, or by its place in the menus.

        The template is a literal, never words from outside.
        """
        return fill_keys(template, self._names.get)

    def after(self, text: str, id: str) -> str:
        """Return a text followed by the key of an action in parentheses, or the text alone if it has no key."""
        key = self.key(id)
        return f"{text} ({key})" if key else text


class KeyTip(QObject):
    """Keeps the tool tip of a button up to date: what it does, and the key of its action."""

    def __init__(self, button: QWidget, keys: ActionKeys, text: str, id: str) -> None:
        super().__init__(button)
        self._button, self._keys, self._text, self._id = button, keys, text, id
        keys.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._button.setToolTip(tool_tip(self._keys.after(self._text, self._id)))
