"""The part of the window that the commands of the shell use in addition to what every feature may use."""

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from annotator.app.actions.chords import ChordHints
from annotator.app.actions.keymap import Keymap
from annotator.app.actions.registry import Actions
from annotator.app.reader.command_host import CommandHost
from annotator.app.style.theme_switch import ThemeSwitch


class ShellHost(CommandHost, Protocol):
    """The window as the commands of the shell see it."""

    @property
    def main_window(self) -> QMainWindow:
        """The window, whose layout may be changed."""

    @property
    def theme(self) -> ThemeSwitch:
        """The switch of the theme and the interface size."""

    @property
    def keymap(self) -> Keymap:
        """The key map."""

    @property
    def chord_hints(self) -> ChordHints:
        """The hints at the second keys of chords."""

    @property
    def actions_by_id(self) -> Actions:
        """All actions, in the order of the menus."""

    @property
    def docks(self) -> Mapping[str, QDockWidget]:
        """The docks of the views, by the ids of the views."""

    def show_page(self, id: str) -> None:
        """Show a page, by the id of its view, or that of the text."""

    def hide_view(self, id: str) -> None:
        """Hide the dock of a view, or leave its page for that of the text."""

    def show_page_before(self) -> None:
        """Show the page that was shown before this one."""

    def reset_layout(self) -> None:
        """Show the views of the start in their first sizes."""

    def visible_panes(self) -> list[QWidget]:
        """Return the panes on the screen in the order of F6: the text first."""
