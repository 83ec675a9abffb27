"""Words from outside in titles of actions, buttons, tabs and windows, where Qt gives some signs a meaning."""


def with_literal_ampersands(text: str) -> str:
    """Return ``text`` for a menu, action, button, tab or check box that shows each ``&`` of it.

    There a single ``&`` marks the letter of a key. A tab, behind which menus show keys, becomes a space.
    """
    return text.replace("&", "&&").replace("\t", " ")


def without_mnemonic(title: str) -> str:
    """Return the words that a title shows: without the ``&`` that marks a letter, and one ``&`` for each two."""
    return "&".join(part.replace("&", "") for part in title.split("&&"))


def window_title(text: str) -> str:
    """Return ``text`` for the title of a window, where ``[*]`` stands for a document that was changed."""
    return text.replace("[*]", "[*][*]")
