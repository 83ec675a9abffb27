"""The table of formats: one line each. Third parties add formats through the entry-point group ``annotator.formats``.

No large library is loaded here: each format imports its libraries when it reads or writes.
"""

import logging
from collections.abc import Container
from functools import cache
from importlib import import_module
from pathlib import Path

from annotator.domain.errors import ImportRefused, NotFound
from annotator.formats.base import Format
from annotator.formats.corpora import doccano, prodigy
from annotator.formats.corpora.brat import brat
from annotator.formats.corpora.conll import conll
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.corpora.label_studio import label_studio
from annotator.formats.corpora.refi import refi_codebook, refi_project
from annotator.formats.corpora.spacy import spacy_docbin
from annotator.formats.corpora.tables import csv, hugging_face, parquet, xlsx
from annotator.formats.corpora.tei import tei
from annotator.formats.corpora.uima import json_cas, xmi
from annotator.formats.corpora.web_annotation import web_annotation
from annotator.formats.corpora.webanno import webanno_tsv
from annotator.formats.documents import (
    annotated_page,
    archive,
    docx,
    eml,
    epub,
    feed,
    html,
    markdown,
    mbox,
    mhtml,
    odt,
    pdf,
    rtf,
    text,
    warc,
)
from annotator.formats.facets import in_short
from annotator.formats.intelligence import claim_review, misp, stix
from annotator.formats.reading.decoding import binary_kind, read_head

__all__ = [
    "ENTRY_POINTS",
    "FORMATS",
    "NATIVE_FORMAT",
    "Format",
    "all_formats",
    "as_markdown",
    "by_id",
    "detect",
    "problems",
    "readable",
    "whole_of",
    "writable",
]

ENTRY_POINTS = "annotator.formats"
"""The entry-point group in which a package names its Format, or a tuple of them."""

FORMATS: tuple[Format, ...] = (
    # Before plain text: a text with a file of annotations beside it is brat standoff.
    brat.FORMAT,
    text.FORMAT,
    markdown.FORMAT,
    html.FORMAT,
    # Saved pages have the same structure as mails.
    mhtml.FORMAT,
    eml.FORMAT,
    mbox.FORMAT,
    feed.FORMAT,
    warc.FORMAT,
    pdf.FORMAT,
    rtf.FORMAT,
    docx.FORMAT,
    odt.FORMAT,
    epub.FORMAT,
    # Before any other JSON Lines, from which their keys distinguish them.
    prodigy.FORMAT,
    doccano.FORMAT,
    label_studio.FORMAT,
    web_annotation.FORMAT,
    jsonl.FORMAT,
    # Both contain tabs, as tables do.
    webanno_tsv.FORMAT,
    conll.FORMAT,
    csv.FORMAT,
    xlsx.FORMAT,
    spacy_docbin.FORMAT,
    stix.FORMAT,
    misp.FORMAT,
    claim_review.FORMAT,
    annotated_page.FORMAT,
    refi_project.FORMAT,
    refi_codebook.FORMAT,
    xmi.FORMAT,
    tei.FORMAT,
    json_cas.FORMAT,
    # Its files are Parquet files beside a card.
    hugging_face.FORMAT,
    parquet.FORMAT,
    # Many of the files above are archives, too.
    archive.FORMAT,
)

NATIVE_FORMAT = jsonl.FORMAT
"""Our own format, which holds everything. An export is in it unless another one is chosen."""

_UNREAD = {
    ".json": "JSON",
    ".xml": "XML",
    ".xls": "a table",
    ".yaml": "YAML",
    ".yml": "YAML",
}
"""Text files that are not articles; imported as plain text they would only degrade a corpus."""

_log = logging.getLogger(__name__)


def all_formats() -> tuple[Format, ...]:
    """Return our own formats, then those of third parties."""
    return FORMATS + _third_party()[0]


def problems() -> tuple[str, ...]:
    """Return one plain sentence for each third-party format that could not be loaded."""
    return _third_party()[1]


def by_id(id: str) -> Format:
    """Return the format of that id. Raise NotFound."""
    for format in all_formats():
        if format.id == id:
            return format
    known = ", ".join(format.id for format in all_formats())
    raise NotFound(f"There is no format “{id}”: use one of {known}.")


def readable() -> tuple[Format, ...]:
    """Return the formats that can be imported."""
    return tuple(format for format in all_formats() if format.read is not None)


def writable() -> tuple[Format, ...]:
    """Return the formats that can be exported."""
    return tuple(format for format in all_formats() if format.write is not None)


def as_markdown() -> str:
    """Return our own formats as a table in Markdown, for docs/formats.md."""
    lines = ["| Format | `--format` | Suffixes | In | Out | Cannot hold |", "|---|---|---|---|---|---|"]
    for format in FORMATS:
        suffixes = ", ".join(f"`{suffix}`" for suffix in format.suffixes)
        if format.is_folder:
            suffixes = f"a folder, {suffixes}" if suffixes else "a folder"
        lost = in_short(format.cannot_hold) or "holds everything" if format.write else ""
        cells = (format.name, f"`{format.id}`", suffixes, "yes" * bool(format.read), "yes" * bool(format.write), lost)
        lines.append("".join(f"| {cell} " if cell else "| " for cell in cells) + "|")
    return "\n".join(lines) + "\n"


def detect(path: Path) -> Format:
    """Return the format of a file: by its content, and where that does not decide, by its suffix.

    Raise ImportRefused where the file is empty, binary, unreadable, or in a format that cannot be imported.
    """
    head = read_head(path)
    if path.suffix.lower() == ".anno":
        raise ImportRefused(f"“{path.name}” is a project of Annotator: open it, or export it as JSON Lines first.")
    formats = all_formats()
    for format in FORMATS:
        if format.sniff is not None and format.sniff(path, head):
            return format
    for format in formats[len(FORMATS) :]:
        if format.read is not None and _sniffs(format, path, head):
            return format
    suffix = path.suffix.lower()
    named = [format for format in formats if suffix in format.suffixes]
    for format in named:
        if suffix in _UNREAD and format.sniff is not None:
            continue  # Such a general suffix names no format.
        # No reader recognised the content, and a name alone does not make a binary file text.
        if format.read is not None and not (kind := binary_kind(head)):
            return format
    if named and suffix not in _UNREAD and all(format.read is None for format in named):
        raise ImportRefused(f"“{path.name}” is {named[0].name}, which can be exported but not imported.")
    if kind := binary_kind(head):
        raise ImportRefused(f"“{path.name}” is {kind}, not a text: save it as UTF-8 text first.")
    if suffix in _UNREAD:
        raise ImportRefused(f"“{path.name}” is {_UNREAD[suffix]} without a structure that can be imported.")
    return text.FORMAT


def whole_of(path: Path, asked_for: Container[Path] = (), chosen: Format | None = None) -> Path:
    """Return the file (or folder) to which a file belongs and with which it is read; else the file itself."""
    for format in (chosen,) if chosen else FORMATS:
        if format.part_of is not None and (whole := format.part_of(path, asked_for)) is not None:
            return whole
    return path


def _sniffs(format: Format, path: Path, head: bytes) -> bool:
    """Return whether a third party's format recognises the file. An exception from it is logged."""
    try:
        return format.sniff is not None and bool(format.sniff(path, head))
    except Exception:  # noqa: BLE001 - a plug-in can raise any exception; detection continues without it
        _log.warning("the format %s failed to look at %s", format.id, path, exc_info=True)
        return False


@cache
def _third_party() -> tuple[tuple[Format, ...], tuple[str, ...]]:
    """Return the formats of installed packages, and a sentence for each entry point that provides none."""
    # Imported here, because searching the installed packages takes as long as loading all formats.
    metadata = import_module("importlib.metadata")
    found: list[Format] = []
    failed: list[str] = []
    taken = {format.id for format in FORMATS}
    for entry in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: (entry.name, entry.value)):
        try:
            loaded = entry.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in can raise any exception
            failed.append(f"The format “{entry.name}” cannot be loaded ({type(error).__name__}: {error}).")
            continue
        for format in loaded if isinstance(loaded, tuple | list) else (loaded,):
            if not isinstance(format, Format):
                failed.append(f"The format “{entry.name}” cannot be used: {entry.value} is not a Format.")
            elif format.id in taken:
                failed.append(f"The format “{entry.name}” cannot be used: the id “{format.id}” is taken.")
            else:
                taken.add(format.id)
                found.append(format)
    return tuple(found), tuple(failed)
