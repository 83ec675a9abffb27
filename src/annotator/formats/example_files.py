"""The example files of the formats in ``formats/examples``: a preview, and saving a copy."""

import shutil
from pathlib import Path

from annotator.domain.errors import ExportRefused
from annotator.files import open_projects
from annotator.formats.base import Format
from annotator.formats.reading.decoding import binary_kind, read_head

_FOLDER = Path(__file__).parent / "examples"


def example_of(format: Format) -> Path | None:
    """Return the path of a format's example, a file or a folder; None where it has none."""
    path = _FOLDER / format.example
    return path if format.example and path.exists() else None


def beginning(format: Format, length: int = 4_000) -> str:
    """Return the first characters of an example, of each file where it is a folder; a plain sentence for a binary
    file.
    """
    path = example_of(format)
    if path is None:
        return "This format comes without an example."
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.is_file())
        share = length // max(1, len(files))
        return "\n\n".join(f"— {one.relative_to(path).as_posix()} —\n{_beginning(one, share)}" for one in files)
    if format.tabular is not None and binary_kind(read_head(path)):
        table = format.tabular.look(path)
        return "\n".join("\t".join(row) for row in (table.columns, *table.rows))
    return _beginning(path, length)


def _beginning(path: Path, length: int) -> str:
    if kind := binary_kind(read_head(path)):
        size = path.stat().st_size
        return f"This file is {kind} of {size:,} bytes: save it, and open it in the program that it is for."
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return text if len(text) <= length else f"{text[:length]}…"


def save(path: Path, target: Path) -> None:
    """Copy an example to ``target``. Raise ExportRefused."""
    if open_projects.is_open(target):
        raise ExportRefused(f"{target} is a project that is open: choose another name.")
    try:
        if path.is_dir():
            shutil.copytree(path, target)
        else:
            shutil.copyfile(path, target)
    except OSError as error:
        raise ExportRefused(f"{target} cannot be written ({error.strerror or error}): choose another place.") from error
