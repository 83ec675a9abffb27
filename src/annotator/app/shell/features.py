"""The features of the window: the only list of the packages that provide actions and views."""

from collections.abc import Callable
from typing import NamedTuple

from annotator.app.actions.menus import in_order
from annotator.app.actions.registry import ActionRegistry, Row
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
    """The rows of actions of a feature, and the function that registers its handlers and connects its views."""

    rows: tuple[Row, ...]
    register: Callable[[ShellHost, ActionRegistry], None]


FEATURES = (
    Feature((*reader.ROWS, *reader.PLACE_ROWS), reader.register),
    Feature(projects.ROWS, projects.register),
    Feature(printing.ROWS, printing.register),
    Feature(reports.ROWS, reports.register),
    Feature((*documents.VERSION_ROWS, *documents.ROWS), documents.register),
    Feature(recovery.ROWS, recovery.register),
    Feature((*annotations.FIELD_ROWS, *annotations.SHAPING_ROWS), annotations.register),
    Feature(labels.ROWS, labels.register),
    Feature(claims.ROWS, claims.register),
    Feature(suggestions.ROWS, suggestions.register),
    Feature(search.ROWS, search.register),
    Feature((), sources.register),
    Feature((), hypotheses.register),
    Feature((*shell.ROWS, *shell.PAGE_ROWS), shell.register),
)
"""In the order of their actions in a shared section of a menu, and of their registration.

``projects`` must be before ``documents`` and ``recovery``, which use its ``FileCommands``.
"""

ACTIONS = in_order(row.spec for feature in FEATURES for row in feature.rows)
"""All actions of the window, in the order of the menus."""
