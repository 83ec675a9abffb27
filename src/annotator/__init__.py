"""Annotator: label claims, speculation and official statements, grade who said them, keep it all in one file.

``annotator.create(path)`` and ``annotator.open(path)`` give a ``Project`` (see ``annotator.api``). They are handed
on lazily, so that ``import annotator`` costs nothing where only a part is wanted.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.api import Annotation, Document, Project, create, open

__version__ = "0.1.0"
__all__ = ["Annotation", "Document", "Project", "__version__", "create", "open"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        import annotator.api

        return getattr(annotator.api, name)
    raise AttributeError(f"module 'annotator' has no attribute {name!r}")
