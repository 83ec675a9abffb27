"""The declaration of an action: its row in the table of its feature, without its handler."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class Context(IntEnum):
    """What an action needs; each level includes the levels before it."""

    ALWAYS = 0
    PROJECT = 1
    DOCUMENT = 2
    ANNOTATION = 3


class Scope(Enum):
    """Where the keys of an action work."""

    WINDOW = "window"
    READING = "reading"
    """Only while the text or the table of annotations has the focus, so that a single letter can be a key."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as shown in menus, tool bar, key map, command palette and list of shortcuts.

    ``menu``: a menu of the bar, or one in it after a slash. ``section``: a line separates the sections of a menu. The
    sections are listed in ``menus.SECTIONS``. ``after``: the id of the action that it directly follows, if it does not
    follow the order of the tables. ``keys``: the built-in keys, Qt's portable text. ``writes``: it changes the project.
    ``on_bar``: it is also on the tool bar.
    """

    id: str
    title: str
    menu: str
    help: str
    keys: tuple[str, ...] = ()
    context: Context = Context.ALWAYS
    scope: Scope = Scope.WINDOW
    icon: str = ""
    section: str = ""
    after: str = ""
    writes: bool = False
    on_bar: bool = False


def text_action(
    id: str,
    title: str,
    menu: str,
    help: str,
    *keys: str,
    context: Context = Context.DOCUMENT,
    section: str = "",
    after: str = "",
    icon: str = "",
    writes: bool = False,
) -> ActionSpec:
    """Return an action whose keys work only in the text and in the table of annotations."""
    return ActionSpec(
        id, title, menu, help, keys, context, Scope.READING, icon=icon, section=section, after=after, writes=writes
    )
