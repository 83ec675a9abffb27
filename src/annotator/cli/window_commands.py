"""Commands that show, draw or print what the window shows.

No command imports Qt: ``main`` passes the functions of the window as a ``Window``, and each function here returns the
command that uses them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from annotator import settings
from annotator.cli.opened_project import opened
from annotator.cli.output import plain_failures, print_json, print_table, progress, say
from annotator.cli.parameters import File, Json, OnlyLabels
from annotator.domain.errors import InvalidValue
from annotator.domain.wording import counted
from annotator.formats import registry
from annotator.services.exports import exporting
from annotator.services.projects import project_counts
from annotator.services.sample_project import FILE_NAME, make_sample
from annotator.services.suggestions import suggesting


class Window(NamedTuple):
    """The functions of the window that commands need."""

    has_display: Callable[[], bool]
    show: Callable[[Path | None], int]
    """Open the window on a project; return the exit code when it is closed."""
    draw: Callable[..., None]
    """``draw(project, out, document_id=, view=, size=, theme=)`` saves a picture."""
    write_pdf: Callable[..., tuple[Any, int]]
    """``write_pdf(project, document_id, out, labels=, paper=, progress=)`` returns what was printed and its pages."""
    write_report: Callable[..., None]
    """``write_report(project, report, out, paper=)`` writes a report as a PDF."""


_THEMES = settings.THEME.choices[1:]


def demo_with(window: Window) -> Callable[..., None]:
    """Return the command ``demo``."""

    def demo(
        folder: Annotated[Path, typer.Argument(metavar="DIR", help="The path of the sample project.")] = Path(
            "annotator-sample"
        ),
    ) -> None:
        """Make the sample project and open it.

        Without a display it is exported and drawn instead.
        """
        with plain_failures():
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / FILE_NAME
            if path.exists():
                say(f"{path} is there already and stays as it is.")
            else:
                make_sample(path).close()
                say(f"Made {path}.")
            if window.has_display():
                raise typer.Exit(window.show(path))
            _work_headless(window, path, folder)

    return demo


def _work_headless(window: Window, path: Path, folder: Path) -> None:
    """Run the main task without a display: export and draw the sample, and print the path of each file."""
    say("There is no display, so the window is drawn into a file.")
    with opened(path) as project:
        counts = project_counts.stats(project)
        print_table("Project", ("of", "what", "count"), [("project", *item) for item in counts["project"].items()])
        waiting = suggesting.open_counts(project)
        print_table("Suggestions waiting for an answer", ("label", "count"), waiting.items())
        for format in registry.writable():
            suffix = "" if format.is_folder else format.suffixes[0]
            report = exporting.export(project, folder / f"sample-{format.id}{suffix}", format.id)
            say(report.sentence())
    for theme in ("light", "dark"):
        picture = folder / f"sample-{theme}.png"
        window.draw(path, picture, theme=theme)
        say(f"Drew {picture}.")
    say(f"Everything is in {folder.absolute()}.")


def screenshot_with(window: Window) -> Callable[..., None]:
    """Return the command ``screenshot``."""

    def screenshot(
        file: File,
        out: Annotated[Path, typer.Argument(metavar="OUT.png", help="The picture to write.")],
        document: Annotated[int | None, typer.Option(help="The id of the document to show.")] = None,
        view: Annotated[str, typer.Option(help="A view to show, such as sources or guideline.")] = "",
        size: Annotated[str, typer.Option(help="Width and height in pixels.", metavar="WxH")] = "1400x900",
        theme: Annotated[str, typer.Option(help=f"One of {', '.join(_THEMES)}.")] = "light",
    ) -> None:
        """Draw the window into a picture, without a display."""
        with plain_failures():
            if theme not in _THEMES:
                raise InvalidValue(f"{theme!r} is not a theme: use one of {', '.join(_THEMES)}.")
            window.draw(file, out, document_id=document, view=view, size=_size(size), theme=theme)
        say(f"Drew {out}.")

    return screenshot


def print_with(window: Window) -> Callable[..., None]:
    """Return the command ``print``."""

    def print_(
        file: File,
        document: Annotated[
            int, typer.Argument(metavar="DOCUMENT", help="The id of the document; 'annotator search' shows it.")
        ],
        out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.pdf", help="The PDF to write.")],
        label: OnlyLabels = None,
        paper: Annotated[str, typer.Option(help="a4, a5 or letter; by default the usual size of the country.")] = "",
        json: Json = False,
    ) -> None:
        """Print a document into a PDF.

        It has the highlights, a legend and a list of the annotations.
        """
        with opened(file) as project, progress("Printing") as shown:
            article, pages = window.write_pdf(project, document, out, labels=label or (), paper=paper, progress=shown)
        if json:
            print_json(
                {
                    "path": str(out),
                    "pages": pages,
                    "annotations": len(article.annotations),
                    "left_out": article.left_out,
                }
            )
            return
        say(f"Wrote {out}: {counted(pages, 'page')}, {counted(len(article.annotations), 'annotation')}.")
        if article.left_out:
            say(article.left_out)

    return print_


def _size(size: str) -> tuple[int, int]:
    width, _, height = size.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 200 <= int(width) <= 8000 and 200 <= int(height) <= 8000):
        raise InvalidValue(f"{size!r} is not a size: write it as 1400x900, each side from 200 to 8000.")
    return int(width), int(height)
