"""The features of the window: the one list of what brings actions and views into it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from annotator.app.actions.action_spec import ActionSpec
from annotator.app.actions.menus import in_order
from annotator.app.actions.registry import ActionRegistry
from annotator.app.annotations import actions as annotations
from annotator.app.claims import actions as claims
from annotator.app.documents import actions as documents
from annotator.app.hypotheses import actions as hypotheses
from annotator.app.labels import actions as labels
from annotator.app.printing import actions as printing
from annotator.app.projects import actions as projects
from annotator.app.reader import actions as reader
from annotator.app.recovery import actions as recovery
from annotator.app.reports import actions as reports
from annotator.app.search import actions as search
from annotator.app.shell import actions as shell
from annotator.app.shell.shell_host import ShellHost
from annotator.app.sources import actions as sources
from annotator.app.suggestions import actions as suggestions


class Feature(NamedTuple):
    """The actions of a feature, and what registers their handlers and connects its views."""

    actions: tuple[ActionSpec, ...]
    register: Callable[[ShellHost, ActionRegistry], None]


FEATURES = (
    Feature(reader.ACTIONS, reader.register),
    Feature(projects.ACTIONS, projects.register),
    Feature(printing.ACTIONS, printing.register),
    Feature(reports.ACTIONS, reports.register),
    Feature(documents.ACTIONS, documents.register),
    Feature(recovery.ACTIONS, recovery.register),
    Feature(annotations.ACTIONS, annotations.register),
    Feature(labels.ACTIONS, labels.register),
    Feature(claims.ACTIONS, claims.register),
    Feature(suggestions.ACTIONS, suggestions.register),
    Feature(search.ACTIONS, search.register),
    Feature(sources.ACTIONS, sources.register),
    Feature(hypotheses.ACTIONS, hypotheses.register),
    Feature(shell.ACTIONS, shell.register),
)
"""In the order in which their actions are in a section of a menu that they share, and in which they are registered."""

ACTIONS = in_order(spec for feature in FEATURES for spec in feature.actions)
"""All actions of the window, in the order of the menus."""

SPECS: Mapping[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}
