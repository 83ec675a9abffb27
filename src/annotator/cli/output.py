"""Output of commands: results on stdout, everything else on stderr, one plain sentence for each error."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Self

import typer

from annotator.domain.errors import AnnotatorError, Cancelled, ProjectInUse
from annotator.domain.seal import Seal
from annotator.services.imports.report import Progress


class Exit(IntEnum):
    """Exit codes of every command, each with what it means, as the documentation states it."""

    meaning: str

    DONE = 0, "done"
    REFUSED = 1, "refused, nothing was changed"
    USAGE = 2, "wrong usage"
    PARTLY = 3, "done in part, or done with findings or differences"
    IN_USE = 4, "the project is in use elsewhere"

    def __new__(cls, code: int, meaning: str) -> Self:
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn known errors into one sentence on stderr and their exit code."""
    try:
        yield
    except ProjectInUse as error:
        say(str(error))
        raise typer.Exit(Exit.IN_USE) from None
    except (AnnotatorError, Cancelled) as error:
        say(str(error))
        raise typer.Exit(Exit.REFUSED) from None
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        say(f"The file{place} cannot be read or written ({error.strerror or error}): nothing was changed.")
        raise typer.Exit(Exit.REFUSED) from None
    except KeyboardInterrupt:
        say("Stopped. What was imported or written until now is kept whole.")
        raise typer.Exit(Exit.REFUSED) from None


def say(sentence: str) -> None:
    """Print a sentence on stderr."""
    print(sentence, file=sys.stderr)


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    # Where stdout cannot represent every character (a console of Windows, a file name that is not UTF-8), JSON escapes
    # can.
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=1, default=str)
    sys.stdout.write(text)
    sys.stdout.write("\n")


def seal_as_json(seal: Seal) -> dict[str, Any]:
    """Return a seal as JSON values."""
    return {"number": seal.number, "hash": seal.hash, "words": seal.words}


def say_seal(seal: Seal) -> None:
    """Print the seal of a project on stderr, in addition to the output of the command."""
    say(f"The log ends with entry {seal.number}, hash {seal.hash} ({seal.words}).")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, err: bool = False) -> None:
    """Print a table for people, or plain tab-separated lines where the output is not a terminal."""
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty():
        for row in rows:
            print("\t".join("" if value is None else " ".join(str(value).split()) for value in row), file=stream)
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    Console(file=stream).print(table)


@contextmanager
def progress(label: str) -> Iterator[Progress | None]:
    """Provide a progress bar on stderr where that is a terminal, else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=name[:40])
