"""The fields of a document: each stands wherever a field has to stand."""

from dataclasses import fields
from pathlib import Path
from typing import get_origin

import msgspec
import pytest

from annotator.domain.canonical_text import sha256
from annotator.domain.fields import DOCUMENT_FIELDS, Field, Kind
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.domain.tables import Document
from annotator.formats import native_fields
from annotator.formats.base import Article, Corpus
from annotator.formats.corpora.jsonl.jsonl import read
from annotator.formats.corpora.jsonl.writer import document_fields, write
from annotator.formats.corpora.tables import annotation_table, csv
from annotator.formats.facets import DOCUMENT_DATA, Facet

_ROW = {"id", "trashed_at"}
"""Columns that say which row it is, and whether it is in the trash."""
EXCHANGED = [field for field in DOCUMENT_FIELDS if field.key is not None]

TEXT = "A harbour closes\n\nThe port said so.\n"
RECORD = DocumentRecord(
    id=7,
    uid="d" * 32,
    title="A harbour closes",
    text=TEXT,
    text_sha256=sha256(TEXT),
    source_id=5,
    source="Tidings",
    author="B. Byline",
    published_at="2026-03-04",
    language="en",
    status="done",
    note="Seen twice",
    address="https://example.org/a",
    structure=(("title", Span(0, 16)),),
    origin_path="in/a.html",
    origin_format="html",
    origin_sha256="0" * 64,
    imported_at="2026-03-05T06:07:08Z",
    words=7,
    direction="rtl",
    facts={"section": "Ports"},
    version_of="e" * 32,
    reliability_override="C",
    reliability_reason="An old agency report",
    inherited_reliability="B",
)
"""Every field has a value, and no two have the same one."""


def stated(field: Field) -> object:
    return getattr(RECORD, field.attribute)


def test_no_two_fields_share_a_name_an_attribute_a_key_or_a_column_of_a_table() -> None:
    for names in (
        [field.name for field in DOCUMENT_FIELDS],
        [field.attribute for field in DOCUMENT_FIELDS],
        [field.key for field in EXCHANGED],
        [column for field in DOCUMENT_FIELDS for column in field.csv],
    ):
        assert len(names) == len(set(names))


def test_every_column_of_the_table_is_a_field() -> None:
    assert set(Document.model_fields) - _ROW | {"text"} == {field.name for field in DOCUMENT_FIELDS}


@pytest.mark.parametrize("field", DOCUMENT_FIELDS, ids=lambda field: field.name)
def test_every_field_has_the_type_and_the_default_of_its_column(field: Field) -> None:
    if field.name == "text":
        return
    column = Document.model_fields[field.name]
    if field.kind in (Kind.SPANS, Kind.OBJECT):
        assert get_origin(column.annotation) is (list if field.kind is Kind.SPANS else dict)
        return
    assert column.annotation == (field.stored | None if field.default is None else field.stored)
    if not column.is_required():
        assert column.get_default(call_default_factory=True) == field.default


def test_every_field_is_an_attribute_of_the_record() -> None:
    attributes = set(DocumentRecord._fields) - _ROW - {"source_id", "inherited_reliability"}
    assert attributes == {field.attribute for field in DOCUMENT_FIELDS}


def test_no_field_of_the_example_is_empty() -> None:
    for field in DOCUMENT_FIELDS:
        assert stated(field) != field.empty, field.name


def test_a_line_of_json_has_each_field_under_its_key_in_this_order() -> None:
    line = document_fields(RECORD, (), ())
    assert list(line) == [*(field.key for field in EXCHANGED), "bookmarks", "annotations"]
    for field in EXCHANGED:
        if field.name != "structure":
            assert line[field.key or ""] == stated(field), field.name


def test_a_reader_gives_every_field_that_a_line_of_json_states(tmp_path: Path) -> None:
    assert {field.name for field in fields(Article)} == {
        *(field.attribute for field in EXCHANGED),
        "annotations",
        "bookmarks",
        "is_complete",
    }
    write(Corpus([(RECORD, ())]), tmp_path / "a.jsonl")
    *_, article = read(tmp_path / "a.jsonl")
    assert isinstance(article, Article)
    for field in EXCHANGED:
        assert getattr(article, field.attribute) == stated(field), field.name


def test_every_field_is_in_the_free_places_of_other_tools_and_comes_back() -> None:
    shown, further = native_fields.shown_fields(RECORD), native_fields.further_fields(RECORD)
    assert not shown.keys() & further.keys()
    # The text has its own place in every tool, and the facts stand under their own names.
    assert {*shown, *further, "text", "facts"} == {field.attribute for field in EXCHANGED}
    decoded = msgspec.json.decode(msgspec.json.encode({**shown, **further, "facts": dict(RECORD.facts)}))
    article = native_fields.article_of(TEXT, decoded, (), path=Path("a.json"), number=1, format="any", digest="")
    for field in EXCHANGED:
        assert getattr(article, field.attribute) == stated(field), field.name


def test_every_field_is_in_the_tables_of_annotations_with_texts(tmp_path: Path) -> None:
    columns = {column for field in DOCUMENT_FIELDS for column in field.csv}
    assert columns == {*annotation_table.DOCUMENT_COLUMNS, *annotation_table.TEXT_COLUMNS}
    for field in EXCHANGED:
        is_lost = field.name.startswith("origin_") or field.name in ("imported_at", "version_of")
        # A table is a copy to work with: its documents come from the table, whatever they came from before.
        assert bool(field.csv) != is_lost, field.name
    path = tmp_path / "a.csv"
    csv.write(Corpus([(RECORD, ())], options={"texts": "every"}), path)
    (article,) = csv.read(path)
    assert isinstance(article, Article)
    for field in EXCHANGED:
        if field.csv:
            assert getattr(article, field.attribute) == stated(field), field.name


def test_every_field_is_a_facet_that_losses_are_counted_by() -> None:
    with_facet = {field.facet for field in DOCUMENT_FIELDS if field.facet}
    assert with_facet == {str(facet) for facet in (Facet.TEXTS, *DOCUMENT_DATA) if facet is not Facet.BOOKMARKS}
    for field in EXCHANGED:
        # What a file was is lost as a whole; the reason of a letter goes with the letter.
        goes_along = field.name in ("origin_sha256", "imported_at", "reliability_reason")
        assert bool(field.facet) != goes_along, field.name
