"""Tool tips of running text."""

from html import escape


def tip(text: str, title: str = "") -> str:
    """``text`` as a tool tip that wraps, with a bold title; signs that HTML knows stay as they are."""
    head = f"<b>{escape(title)}</b><br>" if title else ""
    return f"<p>{head}{escape(text)}</p>" if text or title else ""
