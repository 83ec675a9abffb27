"""The menu bar and the tool bar: which menus there are, their sections, and the order of the actions in them."""

from collections.abc import Iterable

from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from annotator.app.actions.action_spec import ActionSpec
from annotator.app.actions.registry import Actions

MENUS = (
    ("File", "&File"),
    ("Edit", "&Edit"),
    ("Select", "&Select"),
    ("Annotate", "&Annotate"),
    ("Grade", "&Grade"),
    ("Suggest", "S&uggest"),
    ("Go", "G&o"),
    ("View", "&View"),
    ("Help", "&Help"),
)
"""The menus and their titles, in their order in the bar."""

SECTIONS = (
    ("File", ""),
    ("File", "exchange"),
    ("File", "print"),
    ("File", "care"),
    ("File", "end"),
    ("Edit", ""),
    ("Edit", "text"),
    ("Edit", "find"),
    ("Edit", "document"),
    ("Edit", "settings"),
    ("Select", ""),
    ("Select", "size"),
    ("Select", "move"),
    ("Select", "extend"),
    ("Annotate", "labels"),
    ("Annotate", "occurrences"),
    ("Annotate", "parts"),
    ("Annotate", "edges"),
    ("Annotate", "delete"),
    ("Annotate", "vocabulary"),
    ("Grade", "reliability"),
    ("Grade", "credibility"),
    ("Grade", "confidence"),
    ("Grade", "copy"),
    ("Grade", "clear"),
    ("Suggest", "make"),
    ("Suggest", "answer"),
    ("Suggest", "walk"),
    ("Go", "annotations"),
    ("Go", "visits"),
    ("Go", "bookmarks"),
    ("Go", "documents"),
    ("Go", "panes"),
    ("View", "zoom"),
    ("View", "theme"),
    ("View", "page"),
    ("View", "pages"),
    ("View", "panes"),
    ("Grade", "claims"),
    ("Help", ""),
    ("Help", "guideline"),
    ("Help", "about"),
)
"""The sections of the menus in their order, which is that of the command palette too."""


def in_order(specs: Iterable[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Return the actions in the order of the menus.

    Sorted by section; within a section in the given order, except that an action with ``after`` directly follows that
    action. Several that follow the same one keep the given order.

    Raise ValueError for a section that is in no menu, for an ``after`` that names no action, and for actions that
    follow one another in a cycle.
    """
    given = tuple(specs)
    places = {section: place for place, section in enumerate(SECTIONS)}
    ids = {spec.id for spec in given}
    followers: dict[str, list[ActionSpec]] = {}
    for spec in given:
        if _section(spec) not in places:
            raise ValueError(f"The action {spec.id} is in a section that no menu has: {_section(spec)}.")
        if spec.after and spec.after not in ids:
            raise ValueError(f"The action {spec.id} is to follow {spec.after}, which is no action.")
        followers.setdefault(spec.after, []).append(spec)
    # The last entry comes next; the followers of an action are added on top of those that wait.
    waiting = sorted(followers.get("", []), key=lambda spec: places[_section(spec)])[::-1]
    ordered: list[ActionSpec] = []
    while waiting:
        ordered.append(waiting.pop())
        waiting += followers.get(ordered[-1].id, [])[::-1]
    if len(ordered) < len(given):
        missing = ", ".join(sorted(ids - {spec.id for spec in ordered}))
        raise ValueError(f"These actions follow one another in a circle: {missing}.")
    return tuple(ordered)


def _section(spec: ActionSpec) -> tuple[str, str]:
    return spec.menu.partition("/")[0], spec.section


def build_menus(menu_bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """Build the menus of the table; return them by path, such as ``File`` or ``Annotate/Move edge``."""
    menus: dict[str, QMenu] = {}
    sections: dict[str, str] = {}
    for name, title in MENUS:
        menus[name] = menu_bar.addMenu(title)
        menus[name].setObjectName(f"menu.{name}")
        menus[name].setToolTipsVisible(True)
    for action in actions.values():
        spec = action.spec
        top, _, inner = spec.menu.partition("/")
        if sections.setdefault(top, spec.section) != spec.section:
            menus[top].addSeparator()
            sections[top] = spec.section
        if inner and spec.menu not in menus:
            menus[spec.menu] = menus[top].addMenu(inner)
            menus[spec.menu].setToolTipsVisible(True)
        menus[spec.menu].addAction(action)
    return menus


def fill_tool_bar(tool_bar: QToolBar, actions: Actions) -> None:
    """Put the rows that stand on the bar there, with a line where the menu changes."""
    before = ""
    for action in actions.values():
        spec = action.spec
        if not spec.on_bar:
            continue
        if before and spec.menu != before:
            tool_bar.addSeparator()
        before = spec.menu
        tool_bar.addAction(action)
