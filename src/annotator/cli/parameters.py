"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="FILE.anno", help="The project file.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen without changing anything.")]
OnlyDocuments = Annotated[list[int] | None, typer.Option(help="Only the document with this id; may be repeated.")]
OnlyLabels = Annotated[list[str] | None, typer.Option(help="Only this label; may be repeated.")]
