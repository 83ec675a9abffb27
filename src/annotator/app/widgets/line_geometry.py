"""The geometry of lines that Qt has laid out, where PySide's types do not tell what it gives."""

from PySide6.QtGui import QTextLine


def cursor_x(line: QTextLine, position: int) -> float:
    """The horizontal place of ``position``, in UTF-16 units of the block, in pixels of the layout."""
    # To the types it is a number; what comes is that number with the position that was meant.
    x: float = line.cursorToX(position)[0]  # type: ignore[index]  # a pair; the stubs say float
    return x
