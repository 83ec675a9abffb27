"""Limits on the size and depth of imported files. The caller may set them; see ``using``.

A file beyond a limit is refused with a sentence that names the limit, so that no file can fill memory or disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from annotator.domain.errors import ImportRefused

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an import. ``file``: bytes of a file that is read whole, such as a PDF document.

    ``unpacked``: bytes of all that an archive holds; ``files``: how many files it may hold; ``ratio``: unpacked size as
    a multiple of its own size, beyond 10 MB; ``nesting``: archives inside archives. ``depth``: elements inside elements
    in XML. ``text``: characters of one document.
    """

    file: int = 256 * _MB
    unpacked: int = 2048 * _MB
    files: int = 100_000
    ratio: int = 200
    nesting: int = 3
    depth: int = 200
    text: int = 64 * _MB

    def check_file(self, name: str, size: int) -> None:
        """Raise ImportRefused where a file of ``size`` bytes is too large to be read whole."""
        if size > self.file:
            raise ImportRefused(
                f"“{name}” has {size / _MB:,.1f} MB, more than the {self.file / _MB:,.0f} MB that one file may have: "
                "split it, or raise the limit in the settings."
            )


_DEFAULT = Limits()
_in_force: ContextVar[Limits] = ContextVar("limits", default=_DEFAULT)


def limits() -> Limits:
    """Return the limits in force."""
    return _in_force.get()


@contextmanager
def using(chosen: Limits) -> Iterator[None]:
    """Apply ``chosen`` inside the block."""
    token = _in_force.set(chosen)
    try:
        yield
    finally:
        _in_force.reset(token)
