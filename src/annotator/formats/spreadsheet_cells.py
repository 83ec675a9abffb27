"""Cells of tables that spreadsheets open: an apostrophe before text that a spreadsheet would compute as a formula."""

import re
from typing import Any

# Some spreadsheets read the wide forms of Japanese keyboards as formulas, too.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def neutralised(cell: Any) -> Any:
    """Return a cell so that no spreadsheet reads it as a formula: with an apostrophe before it where it needs one."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """Return a cell as it was before ``neutralised``."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
