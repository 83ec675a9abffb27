"""Project files that another program wrote into."""

import sqlite3
from contextlib import closing
from pathlib import Path


def spoil(path: Path, *statements: str) -> None:
    """Run statements on a project file, past everything that Annotator checks."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
