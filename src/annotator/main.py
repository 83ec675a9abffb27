"""The entry point: without arguments or with a project file it opens the window; otherwise it runs a command."""

import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.app.printing.printed_article import PrintedArticle
    from annotator.services.reports.reporting import Report
    from annotator.store.project import Project


def main(arguments: list[str] | None = None) -> int:
    """Run the program with ``arguments`` (those of the process by default); return its exit code."""
    if arguments is None:
        run_if_started_by_multiprocessing()
    given = sys.argv[1:] if arguments is None else arguments
    if not given:
        return show_window(None)
    if len(given) == 1 and given[0].lower().endswith(".anno"):
        return show_window(Path(given[0]))
    if given[0] == "--version":
        from annotator import __version__

        print(f"annotator {__version__}")
        return 0
    return run_command(given)


def open_window(arguments: list[str] | None = None) -> int:
    """Open the window, on the project file in ``arguments`` where there is one; return the exit code.

    Desktop environments start this program: on Windows it has no console, and no standard streams.
    """
    if arguments is None:
        run_if_started_by_multiprocessing()
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) > 1 or any(argument.startswith("-") for argument in given):
        print("Usage: annotator-window [PROJECT.anno]; 'annotator --help' lists the commands.", file=sys.stderr)
        return 2
    return show_window(Path(given[0]) if given else None)


def run_if_started_by_multiprocessing() -> None:
    """Run the worker that multiprocessing started this process for, and exit. Return immediately in any other process.

    In a frozen build ``sys.executable`` is this program and not a Python interpreter: multiprocessing starts the
    program with its own arguments.
    """
    if not getattr(sys, "frozen", False):
        return
    import multiprocessing
    from multiprocessing import spawn

    multiprocessing.freeze_support()
    # Before Python 3.13 the call above does nothing on systems other than Windows.
    spawn.freeze_support()
    if len(sys.argv) > 2 and sys.argv[-2] == "-c":
        tracker = re.fullmatch(r"from multiprocessing\.resource_tracker import main; ?main\((\d+)\)", sys.argv[-1])
        if tracker:
            from multiprocessing import resource_tracker

            resource_tracker.main(int(tracker[1]))
            sys.exit(0)


def run_command(arguments: list[str]) -> int:
    """Run one command of the command line; return its exit code."""
    import logging

    import typer

    from annotator.cli import command_line
    from annotator.cli.window_commands import Window

    # Commands print sentences; without a handler for the log, Python prints its warnings with tracebacks.
    if not logging.root.handlers:
        logging.root.addHandler(logging.NullHandler())

    for stream in (sys.stdout, sys.stderr):
        # A name that the console cannot show is not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app = command_line.build(Window(has_display, show_window, draw, write_pdf, write_report))
    try:
        typer.main.get_command(app).main(arguments, prog_name="annotator", standalone_mode=True)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0


def show_window(project: Path | None) -> int:
    """Open the window, run it until it is closed, and return the exit code."""
    if not has_display():
        print(
            "There is no display to open a window on: use a command instead ('annotator --help'), "
            "or 'annotator screenshot' for a picture of the window.",
            file=sys.stderr,
        )
        return 1
    from annotator.app import application

    return application.run(project)


def draw(project: Path, out: Path, **options: Any) -> None:
    """Draw the window on ``project`` into the picture ``out`` without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from annotator.app import screenshot

    screenshot.draw(project, out, **options)


def write_pdf(project: "Project", document_id: int, out: Path, **options: Any) -> "tuple[PrintedArticle, int]":
    """Write a document of ``project`` with its annotations as a PDF, without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from annotator.app import headless_pdf

    return headless_pdf.write_pdf(project, document_id, out, **options)


def write_report(project: "Project", report: "Report", out: Path, **options: Any) -> None:
    """Write a report on ``project`` as a PDF, without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from annotator.app import headless_pdf

    headless_pdf.write_report(project, report, out, **options)


def has_display() -> bool:
    """Return whether a window can be shown: on Linux only with a display server, on other systems always."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return os.environ["QT_QPA_PLATFORM"] != "offscreen"
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
