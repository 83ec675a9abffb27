"""Keys as text: as this system writes them, stroke by stroke, and those that the text itself hears."""

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence

FIXED_KEYS: tuple[tuple[str, str], ...] = (
    ("Left", "One character back"),
    ("Right", "One character on"),
    ("Ctrl+Left", "One word back"),
    ("Ctrl+Right", "One word on"),
    ("Up", "One line up"),
    ("Down", "One line down"),
    ("Home", "To the start of the line"),
    ("End", "To the end of the line"),
    ("PgUp", "One page up"),
    ("PgDown", "One page down"),
    ("Ctrl+Home", "To the start of the text"),
    ("Ctrl+End", "To the end of the text"),
    ("Shift+Left", "Extend by one character back"),
    ("Shift+Right", "Extend by one character on"),
    ("Ctrl+Shift+Left", "Extend by one word back"),
    ("Ctrl+Shift+Right", "Extend by one word on"),
    ("Shift+Up", "Extend by one line up"),
    ("Shift+Down", "Extend by one line down"),
    ("Shift+Home", "Extend to the start of the line"),
    ("Shift+End", "Extend to the end of the line"),
    ("Shift+PgUp", "Extend by one page up"),
    ("Shift+PgDown", "Extend by one page down"),
    ("Ctrl+Shift+Home", "Extend to the start of the text"),
    ("Ctrl+Shift+End", "Extend to the end of the text"),
    ("Ctrl+A", "Select everything"),
)
"""Keys that the text itself hears and that no action may take, with what they do."""


def keys_text(keys: Iterable[QKeySequence]) -> str:
    """Keys as this system writes them; a chord is two keys one after the other."""
    return "  or  ".join(key.toString(QKeySequence.SequenceFormat.NativeText).replace(", ", " ") for key in keys)


def strokes(keys: str) -> list[str]:
    """The strokes of keys in portable text: ``G, A`` is two, ``Ctrl+K`` is one."""
    return keys.split(", ") if keys else []
