"""Texts of tool tips. Qt has no plain-text tool tips: it renders a text that looks like HTML as HTML."""

from html import escape

_LONGEST_LINE = 80
"""The longest line, in characters, that needs no wrapping; Qt never wraps plain tool tips."""

_MAX_CHARACTERS = 2000


def tool_tip(text: str, title: str = "") -> str:
    """Return ``text`` escaped so that a tool tip shows it as plain text, with its line breaks, below a bold title.

    Only the first 2,000 characters are shown. A short text without markup is returned unchanged, which works better
    with screen readers. Use it for all tool tips: of widgets, actions, items and headers.
    """
    if len(text) > _MAX_CHARACTERS:
        text = f"{text[:_MAX_CHARACTERS]}…"
    if not title and not looks_like_markup(text) and max(map(len, text.split("\n"))) <= _LONGEST_LINE:
        return text
    head = f"<b>{escape(title, quote=False)}</b>" if title else ""
    words = "<br>".join(filter(None, (head, escape(text, quote=False))))
    return f'<p style="white-space:pre-wrap">{words}</p>'


def looks_like_markup(text: str) -> bool:
    """Return whether Qt might treat ``text`` as HTML; stricter than Qt, to be safe."""
    return "<" in text or "&lt;" in text
