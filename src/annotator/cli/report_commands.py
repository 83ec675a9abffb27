"""The command that writes a report as of a day."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, say, say_seal, seal_as_json
from annotator.cli.parameters import File
from annotator.domain.errors import InvalidValue
from annotator.domain.wording import counted
from annotator.services.exports import whole_files
from annotator.services.reports import reporting
from annotator.services.sources import sources

_PAGES = (".html", ".htm")


def report_with(write_pdf: Callable[..., None]) -> Callable[..., None]:
    """Return the command ``report``, which writes a PDF by ``write_pdf(project, report, out, paper=)``."""

    def report(
        file: File,
        out: Annotated[Path, typer.Argument(metavar="OUT", help="The report: NAME.html or NAME.pdf.")],
        document: Annotated[int | None, typer.Option(metavar="ID", help="About this document.")] = None,
        source: Annotated[str, typer.Option(metavar="NAME", help="About this source.")] = "",
        claim: Annotated[int | None, typer.Option(metavar="ID", help="About this claim.")] = None,
        as_of: Annotated[
            str, typer.Option("--as-of", metavar="DAY", help="The date of the report, as 2026-01-31.")
        ] = "",
        paper: Annotated[
            str, typer.Option(help="a4, a5 or letter, for a PDF; by default the usual size of the country.")
        ] = "",
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Write a report as of a day: sources, claims, statements and grades as they stood.

        It is about the project, or about one document, source or claim.
        """
        with opened(file) as project:
            if out.suffix.lower() not in (*_PAGES, ".pdf"):
                raise InvalidValue(f"{out} is neither a page nor a PDF: give a name that ends in .html or .pdf.")
            subject = reporting.Subject(document, sources.named(project, source).id if source else None, claim)
            made = reporting.report(project, subject, as_of)
            if out.suffix.lower() == ".pdf":
                write_pdf(project, made, out, paper=paper)
            else:
                whole_files.write_whole(project, out, made.page.encode("utf-8"))
        if json:
            result = {"path": str(out), "title": made.title, "as_of": made.day, "statements": made.statements}
            print_json({**result, "seal": seal_as_json(made.seal)})
            return
        say(f"Wrote {out}: {made.title}, as of {made.day}, {counted(made.statements, 'statement')}.")
        say_seal(made.seal)

    return report
