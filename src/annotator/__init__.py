"""Annotator: label claims, speculation and official statements, grade who said them, keep it all in one file.

``annotator.create(path)`` and ``annotator.open(path)`` give a ``Project`` (see ``annotator.api``). They are
imported on first use, so that ``import annotator`` costs nothing where only a part is wanted.
"""

from typing import TYPE_CHECKING, Any

from annotator import version

if TYPE_CHECKING:
    from annotator.api import Annotation, Document, Project, create, open

__version__ = version.VERSION
__all__ = ["Annotation", "Document", "Project", "__version__", "create", "open"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        import annotator.api

        return getattr(annotator.api, name)
    raise AttributeError(f"module 'annotator' has no attribute {name!r}")
