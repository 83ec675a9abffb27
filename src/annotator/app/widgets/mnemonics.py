"""Text from outside in titles of actions, buttons, tabs and windows, where some characters have a meaning for Qt."""


def with_literal_ampersands(text: str) -> str:
    """Return ``text`` escaped for a menu, action, button, tab or check box, so that each ``&`` of it is shown.

    There a single ``&`` marks the mnemonic key. A tab, after which menus show shortcuts, becomes a space.
    """
    return text.replace("&", "&&").replace("\t", " ")


def without_mnemonic(title: str) -> str:
    """Return a title as it is shown: without the ``&`` that marks the mnemonic, and with one ``&`` for each pair."""
    return "&".join(part.replace("&", "") for part in title.split("&&"))


def window_title(text: str) -> str:
    """Return ``text`` escaped for the title of a window, where Qt replaces ``[*]`` by a mark for changes."""
    return text.replace("[*]", "[*][*]")
