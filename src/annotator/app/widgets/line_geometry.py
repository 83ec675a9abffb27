"""The geometry of lines that Qt has laid out, where the type annotations of PySide are wrong."""

from PySide6.QtGui import QTextLine


def cursor_x(line: QTextLine, position: int) -> float:
    """Return the x coordinate, in pixels of the layout, of ``position``, in UTF-16 units of the block."""
    # PySide declares a number, but returns a pair of that number and the position used.
    x: float = line.cursorToX(position)[0]  # type: ignore[index]  # a pair at run time, a float in the stubs
    return x
