"""The command line: its common options, and its commands in the order of ``annotator --help``."""

from collections.abc import Callable
from typing import Annotated

import typer

from annotator.cli import (
    claim_commands,
    evaluation_commands,
    export_commands,
    import_commands,
    label_commands,
    project_commands,
    report_commands,
    search_commands,
    suggestion_commands,
    training_commands,
    window_commands,
)
from annotator.cli.opened_project import wait_seconds
from annotator.cli.window_commands import Window


def build(window: Window) -> typer.Typer:
    """Return the command line with all its commands; those that draw or print use ``window``."""
    app = typer.Typer(
        name="annotator",
        help="Label claims, speculation and official statements in articles, and grade who said them. "
        "Without a command ('annotator' or 'annotator FILE.anno') the window opens.",
        epilog="'annotator COMMAND --help' describes a command, 'annotator --version' the version.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common_options)
    commands: list[Callable[..., None]] = [
        project_commands.new,
        import_commands.import_,
        import_commands.carry_over,
        export_commands.export,
        export_commands.formats,
        search_commands.search,
        search_commands.annotate_all,
        label_commands.labels_,
        label_commands.rename_label,
        label_commands.recolor_label,
        label_commands.merge_labels,
        suggestion_commands.suggest,
        training_commands.train,
        evaluation_commands.evaluate,
        claim_commands.sources_,
        claim_commands.merge_sources,
        claim_commands.claims_,
        claim_commands.claim,
        claim_commands.resolve,
        claim_commands.circular,
        project_commands.stats,
        project_commands.check,
        project_commands.backup,
        project_commands.restore,
        project_commands.repair,
        window_commands.demo_with(window),
        window_commands.screenshot_with(window),
        window_commands.print_with(window),
        report_commands.report_with(window.write_report),
    ]
    for command in commands:
        # A trailing underscore avoids the name of a keyword or of a module.
        app.command(name=command.__name__.rstrip("_").replace("_", "-"))(command)
    return app


def _common_options(
    wait: Annotated[
        float,
        typer.Option(min=0.0, metavar="SECONDS", help="Seconds to wait for a project that is in use elsewhere."),
    ] = 0.0,
) -> None:
    wait_seconds.set(wait)
