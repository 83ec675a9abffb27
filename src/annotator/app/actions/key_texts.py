"""Keys as text: in the notation of this system, as single strokes, and the fixed keys of the text."""

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
"""Keys that the text handles itself, so that no action may have them, with their effects."""


def keys_text(keys: Iterable[QKeySequence]) -> str:
    """Return keys in the notation of this system; a chord is written as two keys."""
    return "  or  ".join(key.toString(QKeySequence.SequenceFormat.NativeText).replace(", ", " ") for key in keys)


def strokes(keys: str) -> list[str]:
    """Return the strokes of keys in portable text: ``G, A`` has two, ``Ctrl+K`` has one."""
    return keys.split(", ") if keys else []
