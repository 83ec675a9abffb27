"""Parquet: one row for each document, with a list of its annotations, as ``datasets`` and data frames need it.

The columns are the fields of our JSON Lines; ``facts`` and an annotation's ``features``, whose names differ from row to
row, are JSON texts. The data of the whole corpus (labels, sources, relations) are in the metadata of the file, which
other tools ignore. A file of another program needs a column ``text``; its other columns are kept as facts.

Specification: https://parquet.apache.org/docs/file-format/
"""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from annotator.domain.errors import AnnotatorError, ExportRefused, ImportRefused, InvalidValue
from annotator.domain.fields import DOCUMENT_FIELDS, Field, Kind
from annotator.domain.records import AnnotationRecord, BookmarkRecord
from annotator.domain.wording import describe_error
from annotator.formats.base import Corpus, Format, Incoming, Refusal, Written
from annotator.formats.corpora.jsonl import judgement_lines
from annotator.formats.corpora.jsonl.record_reader import RecordReader
from annotator.formats.corpora.jsonl.writer import (
    annotation_line_values,
    document_fields,
    header_fields,
    relation_fields,
)
from annotator.formats.reading.json_lines import LINE_LIMIT, PROBLEMS, plain
from annotator.formats.relations import losses_of
from annotator.formats.wire import LINE_FIELDS, AnnotationLine

if TYPE_CHECKING:
    import pyarrow

_HEADER, _RELATIONS = b"annotator", b"annotator.relations"
_ROWS, _CHARACTERS = 500, 8_000_000
"""Number of documents, and of characters of text, after which a row group ends."""

_BATCH_ROWS = 16
"""Documents that are read at once."""

_MAGIC = b"PAR1"


def _installed(refused: type[AnnotatorError]) -> Any:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise refused(
            "Parquet needs the package pyarrow, which is not installed: add it with the extra “parquet”."
        ) from None


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Write every document as a row to ``path``. Only what refers to annotations outside the corpus is lost."""
    return write_files(corpus, lambda _number: path)


def write_files(corpus: Corpus, path_of: Callable[[int], Path], characters: int | None = None) -> Written:
    """Write every document as a row, into another file after each ``characters`` of text. Raise ExportRefused."""
    arrow, parquet = _installed(ExportRefused)
    schema = _schema(arrow).with_metadata({_HEADER: msgspec.json.encode(header_fields(corpus))})
    bookmarks: dict[int, list[BookmarkRecord]] = {}
    for bookmark in corpus.bookmarks:
        bookmarks.setdefault(bookmark.document_id, []).append(bookmark)
    related = {id for relation in corpus.relations for id in (relation.from_id, relation.to_id)}
    related |= judgement_lines.annotations_of(corpus.judgements)
    uids: dict[int, str] = {}
    documents = annotations = number = size = in_file = 0
    rows: list[dict[str, Any]] = []
    writer = parquet.ParquetWriter(path_of(number), schema, compression="zstd")

    def flush() -> None:
        if rows:
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
            rows.clear()

    try:
        for document, own in corpus.documents:
            if characters is not None and in_file >= characters:
                flush()
                writer.close()
                number, size, in_file = number + 1, 0, 0
                writer = parquet.ParquetWriter(path_of(number), schema, compression="zstd")
            rows.append(_row(document_fields(document, (), bookmarks.get(document.id, ())), own))
            documents += 1
            annotations += len(own)
            size += len(document.text)
            in_file += len(document.text)
            uids.update((annotation.id, annotation.uid) for annotation in own if annotation.id in related)
            if len(rows) >= _ROWS or size >= _CHARACTERS:
                flush()
                size = 0
        flush()
        relations = [one for one in corpus.relations if one.from_id in uids and one.to_id in uids]
        judged, losses = judgement_lines.fields_of(corpus.judgements, uids)
        if relations or judged:
            fields = [*(relation_fields(relation, uids) for relation in relations), *judged]
            writer.add_key_value_metadata({_RELATIONS: msgspec.json.encode(fields)})
    finally:
        writer.close()
    left_out = len(corpus.relations) - len(relations)
    return Written(documents, annotations, (*losses_of(left_out), *losses))


def _row(fields: dict[str, Any], annotations: Sequence[AnnotationRecord]) -> dict[str, Any]:
    fields["facts"] = msgspec.json.encode(fields["facts"]).decode()
    fields["annotations"] = own = [annotation_line_values(annotation) for annotation in annotations]
    for annotation in own:
        annotation["features"] = msgspec.json.encode(annotation["features"]).decode()
    return fields


def _schema(arrow: Any) -> "pyarrow.Schema":
    text, number = arrow.string(), arrow.int64()
    spans = arrow.list_(arrow.list_(number))
    part = arrow.struct({"kind": text, "start": number, "end": number})
    bookmark = arrow.struct({"position": number, "name": text, "uid": text, "annotator": text, "created_at": text})
    annotation = {
        key: spans if field.kind is Kind.SPANS else number if _is_number(field) else text
        for key, field in zip(AnnotationLine.__struct_fields__, LINE_FIELDS, strict=True)
    }
    lists = {"structure": part, "bookmarks": bookmark, "annotations": arrow.struct(annotation)}
    names = [*(field.key for field in DOCUMENT_FIELDS if field.key is not None), "bookmarks", "annotations"]
    return arrow.schema([(name, arrow.list_(lists[name]) if name in lists else text) for name in names])


def _is_number(field: Field) -> bool:
    """Return whether the value itself is a number: a row of another table is written by its name."""
    return field.stored is int and field.kind is not Kind.REFERENCE


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Yield the contents of the rows, in their order. A bad row or annotation becomes a Refusal.

    Raise ImportRefused where the file cannot be read at all, has no column ``text``, or pyarrow is not installed.
    """
    arrow, parquet = _installed(ImportRefused)
    try:
        # In small batches, because the row groups of other programs can have any size.
        file = parquet.ParquetFile(path, pre_buffer=False, buffer_size=1024 * 1024)
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"“{path.name}” is no Parquet file that can be read: {describe_error(error)}.") from None
    with file:
        if "text" not in file.schema_arrow.names:
            names = ", ".join(file.schema_arrow.names[:8])
            raise ImportRefused(f"“{path.name}” has no column “text” (it has {names}): rename the one with the texts.")
        reader = RecordReader(path, FORMAT.id)
        metadata: Mapping[bytes, bytes] = file.metadata.metadata or {}
        yield from _taken(reader, metadata.get(_HEADER), "metadata")
        number = 0
        try:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield from _taken(reader, row, f"row {number}", number)
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            yield Refusal(f"row {number + 1}", f"From here on the file cannot be read: {describe_error(error)}.")
        yield from _relations(reader, metadata.get(_RELATIONS))


def _taken(
    reader: RecordReader, stated: Mapping[str, Any] | bytes | None, place: str, number: int = 0
) -> Iterator[Incoming]:
    """Return the contents of a record, read as a line of our JSON."""
    if stated is None:
        return
    try:
        line = stated if isinstance(stated, bytes) else msgspec.json.encode(_record(stated))
        if len(line) > LINE_LIMIT:
            raise InvalidValue(f"The row is longer than {LINE_LIMIT / 2**20:,.0f} MB.")
        records = reader.records(line, number, place)
    except ImportRefused:
        raise
    except (*PROBLEMS, TypeError, ValueError, OverflowError) as error:
        records = [Refusal(place, plain(error))]
    yield from records


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its JSON texts decoded."""
    record = {name: value for name, value in row.items() if value is not None}
    if "text" not in record:
        raise InvalidValue("The row has no text.")
    record["facts"] = _opened(record.get("facts"))
    if isinstance(annotations := record.get("annotations"), list):
        record["annotations"] = [
            {**one, "features": _opened(one.get("features"))} if isinstance(one, dict) else one for one in annotations
        ]
    return record


def _opened(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str) and value.lstrip().startswith("{") else value or None


def _relations(reader: RecordReader, stated: bytes | None) -> Iterator[Incoming]:
    try:
        found = msgspec.json.decode(stated, type=list[msgspec.Raw]) if stated else []
    except PROBLEMS as error:
        yield Refusal("metadata, relations", plain(error))
        return
    for number, raw in enumerate(found, 1):
        yield from _taken(reader, bytes(raw), f"metadata, relation {number}")


def sniff(_path: Path, head: bytes) -> bool:
    """Return whether a file begins as Parquet does."""
    return head.startswith(_MAGIC)


FORMAT = Format(
    id="parquet",
    name="Parquet",
    suffixes=(".parquet",),
    read=read,
    sniff=sniff,
    write=write,
    example="corpus.parquet",
)
