"""The key map: the built-in keys of the actions, the changes of the user, and conflicts between keys."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtGui import QKeySequence

from annotator.app.actions.action_spec import ActionSpec, Scope
from annotator.app.actions.enabling import show_tips
from annotator.app.actions.key_texts import FIXED_KEYS, keys_text, strokes
from annotator.app.actions.menus import MENUS
from annotator.app.actions.registry import Actions
from annotator.app.state.action_keys import ActionKeys, ActionName, fill_keys
from annotator.app.widgets.mnemonics import without_mnemonic
from annotator.domain.errors import InvalidValue
from annotator.settings import KEYS, KeyOverrides, Settings

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_FOCUS_KEYS = {
    "Tab": "moves to the next field",
    "Shift+Tab": "moves to the field before",
    "Return": "confirms",
    "Enter": "confirms",
    "Space": "presses a button",
    "F10": "opens the menu bar",
}
_FIELD_KEYS = {
    "Ctrl+C": "copies",
    "Ctrl+X": "cuts",
    "Ctrl+V": "pastes",
    "Ctrl+Backspace": "deletes a word",
    "Ctrl+Del": "deletes a word",
    "Del": "deletes",
    "Backspace": "deletes",
    "Esc": "leaves a field",
}
_HEARD_IN_TEXT = {**dict(FIXED_KEYS), **_FOCUS_KEYS}
_HEARD_ANYWHERE = {**_HEARD_IN_TEXT, **_FIELD_KEYS}


class Conflict(NamedTuple):
    """A key that conflicts with another use of it. ``other``: the id of the action that has the key, or empty."""

    id: str
    keys: str
    other: str
    sentence: str


def parsed(text: str) -> str:
    """Return keys in Qt's portable text in normal form. Raise InvalidValue."""
    portable = QKeySequence(text, _PORTABLE).toString(_PORTABLE)
    if not portable or not all(stroke.strip() for stroke in strokes(portable)):
        raise InvalidValue(f"{text!r} names no key: write keys such as Ctrl+K, F6 or G, A.")
    return portable


class Keymap:
    """The current keys of all actions. Changes take effect in the window with ``apply``."""

    def __init__(self, specs: Sequence[ActionSpec], overrides: Mapping[str, Iterable[str]] | None = None) -> None:
        self._specs = {spec.id: spec for spec in specs}
        self._defaults = {spec.id: tuple(parsed(key) for key in spec.keys) for spec in specs}
        self._overrides: dict[str, tuple[str, ...]] = {}
        self._unknown: dict[str, tuple[str, ...]] = {}
        self.messages: list[str] = []
        """The overrides that are invalid; these keys are left out."""
        for name, keys in (overrides or {}).items():
            if name not in self._specs:
                # It may be from a newer version or another set of actions, so it is kept but not used.
                self._unknown[name] = tuple(keys)
                self.messages.append(f"The key map has keys for {name}, which is no action here.")
                continue
            self._overrides[name] = tuple(self._understood(name, keys))

    def _understood(self, name: str, keys: Iterable[str]) -> Iterable[str]:
        for key in keys:
            try:
                yield parsed(key)
            except InvalidValue as error:
                self.messages.append(f"{self._specs[name].title}: {error}")

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """The actions of the map, in the order of the menus."""
        return tuple(self._specs.values())

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the current keys in portable text."""
        return self._overrides.get(name, self.defaults(name))

    def defaults(self, name: str) -> tuple[str, ...]:
        """Return the built-in keys in portable text."""
        return self._defaults[name]

    def is_changed(self, name: str) -> bool:
        """Return whether the keys of an action differ from the built-in ones."""
        return self.keys(name) != self.defaults(name)

    def shown(self, name: str) -> str:
        """Return the current keys in the notation of this system."""
        return keys_text(QKeySequence(key, _PORTABLE) for key in self.keys(name))

    def rebind(self, name: str, keys: Iterable[str]) -> None:
        """Set the keys of an action; an empty list removes them. Raise InvalidValue."""
        new = tuple(dict.fromkeys(parsed(key) for key in keys))
        if new == self.defaults(name):
            self._overrides.pop(name, None)
        else:
            self._overrides[name] = new

    def take(self, name: str, key: str) -> None:
        """Add a key to an action, and remove it from every other action with which it conflicts."""
        key = parsed(key)
        for conflict in self.conflicts_of(name, key):
            if conflict.other:
                left = [each for each in self.keys(conflict.other) if not _clash(each, key)]
                self.rebind(conflict.other, left)
        self.rebind(name, (*self.keys(name), key))

    def reset(self, name: str) -> None:
        """Restore the built-in keys of an action."""
        self._overrides.pop(name, None)

    def reset_all(self) -> None:
        """Restore all built-in keys."""
        self._overrides.clear()

    def overrides(self) -> KeyOverrides:
        """Return the differences from the built-in keys, for the settings."""
        changed = {name: keys for name, keys in self._overrides.items() if self.is_changed(name)}
        return {name: list(keys) for name, keys in {**self._unknown, **changed}.items()}

    def conflicts_of(self, name: str, key: str) -> list[Conflict]:
        """Return the conflicts of ``key`` for an action. Keys of the window work in the text too and conflict there."""
        found = self._reserved(name, key)
        for other, spec in self._specs.items():
            for taken in self.keys(other) if other != name else ():
                if not _clash(taken, key):
                    continue
                if taken == key:
                    sentence = f"{shown(key)} already belongs to “{spec.title}”."
                else:
                    sentence = f"{shown(key)} hides {shown(taken)} of “{spec.title}”, for one begins like the other."
                found.append(Conflict(name, key, other, sentence))
        return found

    def conflicts(self) -> list[Conflict]:
        """Return all conflicts in the map, each pair once."""
        found: list[Conflict] = []
        seen: set[tuple[str, ...]] = set()
        for name in self._specs:
            for key in self.keys(name):
                for conflict in self.conflicts_of(name, key):
                    pair = (*sorted((name, conflict.other)), key)
                    if not conflict.other or pair not in seen:
                        found.append(conflict)
                    seen.add(pair)
        return found

    def name_of(self, name: str) -> ActionName:
        """Return how a text names an action: by its first key, or by its place in the menus. Raise KeyError."""
        spec = self._specs[name]
        place = without_mnemonic(f"{spec.menu.replace('/', ' › ')} › {spec.title}")
        return ActionName("".join(shown(key) for key in self.keys(name)[:1]), place)

    def help(self, name: str) -> str:
        """Return what an action does, with the current keys of the actions that the sentence names."""
        return fill_keys(self._specs[name].help, self.name_of)

    def apply(self, actions: Actions, texts: ActionKeys) -> None:
        """Set the current keys on the actions of the window, and in ``texts``, by which its views name them."""
        names = {name: self.name_of(name) for name in self._specs}
        for name, action in actions.items():
            action.setShortcuts([QKeySequence(key, _PORTABLE) for key in self.keys(name)])
            action.help = fill_keys(action.spec.help, names.get)
            action.setStatusTip(action.help)
        show_tips(actions)
        texts.set_names(names)

    def _reserved(self, name: str, key: str) -> list[Conflict]:
        first = strokes(key)[0]
        scope = self._specs[name].scope
        reasons = _HEARD_IN_TEXT if scope is Scope.READING else _HEARD_ANYWHERE
        reason = ""
        if first in reasons and key not in self.defaults(name):
            does = reasons[first]
            reason = f"{shown(first)} is taken by the text and the fields: {does[0].lower()}{does[1:]}."
        elif first in _MNEMONICS:
            reason = f"{shown(first)} opens the menu {_MNEMONICS[first]}."
        elif scope is Scope.WINDOW and _is_typed(first):
            reason = f"{shown(first)} is typed into fields: what works everywhere needs Ctrl, Alt or an F key."
        return [Conflict(name, key, "", reason)] if reason else []


def load(specs: Sequence[ActionSpec], settings: Settings) -> Keymap:
    """Return the key map of the settings for the actions of ``specs``."""
    return Keymap(specs, settings.get(KEYS))


def save(keymap: Keymap, settings: Settings) -> None:
    """Save the key map. Raise AnnotatorError if the settings cannot be written."""
    settings.set(KEYS, keymap.overrides())


def shown(key: str) -> str:
    """Return keys in portable text in the notation of this system."""
    return keys_text([QKeySequence(key, _PORTABLE)])


def _clash(one: str, other: str) -> bool:
    """Return whether keys are the same, or one is the beginning of the other."""
    return all(left == right for left, right in zip(strokes(one), strokes(other), strict=False))


def _is_typed(stroke: str) -> bool:
    return len(stroke.removeprefix("Shift+")) == 1


_MNEMONICS = {f"Alt+{title[title.index('&') + 1].upper()}": name for name, title in MENUS}
