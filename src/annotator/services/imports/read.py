"""Read files by their formats; whatever goes wrong with one becomes a refusal, so that it stops no other."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from annotator.domain.errors import AnnotatorError, EmptyFile
from annotator.formats.base import Article, Blank, Format, Incoming, Packed, Refusal
from annotator.formats.reading.limits import limits as in_force
from annotator.services.imports.detect import SourceFile, format_named, source_file, whole_files_of

_log = logging.getLogger(__name__)


def items_of(
    paths: Iterable[Path], format: str = "auto", *, recursive: bool = False, columns: Mapping[str, str] | None = None
) -> Iterator[Incoming]:
    """Return what the files hold, as an import takes it; what cannot be read is a Refusal. Raise NotFound."""
    chosen = format_named(format)
    for path in whole_files_of(paths, format, recursive=recursive):
        yield from items_in(path, chosen, columns or {})


def items_in(path: Path, chosen: Format | None, columns: Mapping[str, str], nesting: int = 0) -> Iterator[Incoming]:
    """Return what a file holds, and what the files inside it hold; a file that cannot be read is a Refusal.

    ``nesting``: in how many archives inside one another it lies.
    """
    try:
        yield from _read(source_file(path, chosen, columns), nesting)
    except EmptyFile as error:
        yield Refusal("", str(error), Blank.FILE)
    except AnnotatorError as error:
        yield Refusal("", "The folder cannot be read: check its permissions." if path.is_dir() else str(error))
    except OSError as error:
        yield Refusal("", f"The file cannot be read ({error.strerror or error}).")
    except Exception as error:  # noqa: BLE001 - a library that fails on one file must not stop the other thousand
        _log.warning("reading %s failed", path, exc_info=True)
        yield Refusal("", f"The file cannot be read as its format ({type(error).__name__}: {error}).")


def _read(source: SourceFile, nesting: int) -> Iterator[Incoming]:
    format = source.format
    assert format.read is not None
    if source.columns and format.tabular is not None:
        items = format.tabular.read(source.path, source.columns)
    else:
        items = format.read(source.path)
    for item in items:
        if isinstance(item, Packed):
            yield from _unpacked(item, source, nesting)
        else:
            yield item


def _unpacked(packed: Packed, outer: SourceFile, nesting: int) -> Iterator[Incoming]:
    """Return what a file inside ``outer`` holds, with its place in it."""
    deepest = in_force().nesting
    if nesting > deepest:
        reason = f"What it holds lies in more than {deepest} archives inside one another: unpack them first."
        yield Refusal(packed.name, reason)
        return
    # A file is called by its name inside, one of a folder by where it lies in that.
    prefix, instead = (str(packed.path), packed.name) if packed.name else (f"{packed.path}{os.sep}", "")
    for path in whole_files_of([packed.path], recursive=True):
        name = instead + str(path).removeprefix(prefix)
        for item in items_in(path, None, outer.columns, nesting + 1):
            if isinstance(item, Article) and item.origin_path.startswith(prefix):
                inside = (instead + item.origin_path.removeprefix(prefix)).replace(os.sep, "/")
                yield replace(
                    item,
                    origin_path=f"{outer.path}!/{inside}",
                    address=item.address or packed.address,
                    facts={**packed.facts, **item.facts},
                )
            elif isinstance(item, Refusal):
                yield replace(item, place=f"{name}, {item.place}" if item.place else name)
            else:
                yield item
