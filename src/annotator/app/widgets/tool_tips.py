"""Texts of tool tips. Qt has no plain tool tips: a text that looks like HTML is taken for it."""

from html import escape

_LONGEST_LINE = 80
"""Characters of a line up to which a tool tip needs no wrapping; plain ones are never wrapped."""

_MAX_CHARACTERS = 2000


def tool_tip(text: str, title: str = "") -> str:
    """Return ``text`` so that a tool tip shows it as it is written, with its line breaks, below a bold title.

    Of more than 2,000 characters the first are shown. A short text without markup comes back as it is, which screen
    readers like better. For everything that Qt shows as a tool tip: of widgets, actions, items and headers.
    """
    if len(text) > _MAX_CHARACTERS:
        text = f"{text[:_MAX_CHARACTERS]}…"
    if not title and not looks_like_markup(text) and max(map(len, text.split("\n"))) <= _LONGEST_LINE:
        return text
    head = f"<b>{escape(title, quote=False)}</b>" if title else ""
    words = "<br>".join(filter(None, (head, escape(text, quote=False))))
    return f'<p style="white-space:pre-wrap">{words}</p>'


def looks_like_markup(text: str) -> bool:
    """Whether Qt might take ``text`` for HTML. Qt looks closer; this errs on the safe side."""
    return "<" in text or "&lt;" in text
