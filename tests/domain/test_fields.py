"""The fields of an annotation: each stands wherever a field has to stand."""

import inspect
import subprocess
import sys
from dataclasses import fields
from typing import Any, get_origin

from annotator.api import Project
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.records import AnnotationRecord
from annotator.domain.tables import Annotation
from annotator.formats.corpora.tables.annotation_table import COLUMNS
from annotator.formats.facets import Facet
from annotator.formats.wire import AnnotationLine, IncomingAnnotation, StatedAnnotation, to_line

_ROW = {"id", "document_id"}
"""Columns that say which row it is."""
_BY_ID = {field.name for field in ANNOTATION_FIELDS if field.kind is Kind.REFERENCE}
STORED = [field for field in ANNOTATION_FIELDS if field.kind is not Kind.DERIVED]

SPREADSHEET_COLUMNS = (
    "document",
    "title",
    "outlet",
    "published_at",
    "label",
    "quote",
    "start",
    "end",
    "fragments",
    "source",
    "mention",
    "mention_spans",
    "cue",
    "cue_spans",
    "reliability",
    "reliability_override",
    "reliability_reason",
    "credibility",
    "credibility_reason",
    "score",
    "probability",
    "probability_words",
    "confidence",
    "note",
    "features",
    "annotator",
    "created_by",
    "created_at",
    "updated_at",
    "annotation",
)
"""The columns of our tables of annotations in their order, on which other people's spreadsheets rely."""


def test_no_two_fields_share_a_name_an_attribute_a_key_or_a_column_of_a_table() -> None:
    for names in (
        [field.name for field in ANNOTATION_FIELDS],
        [field.attribute for field in ANNOTATION_FIELDS],
        [field.key for field in ANNOTATION_FIELDS if field.key is not None],
        [column for field in ANNOTATION_FIELDS for column in field.csv],
    ):
        assert len(names) == len(set(names))


def test_every_column_of_the_table_is_a_field() -> None:
    columns = set(Annotation.model_fields)
    assert columns - _ROW == {field.name for field in STORED}


def test_every_field_has_the_type_and_the_default_of_its_column() -> None:
    for field in STORED:
        column = Annotation.model_fields[field.name]
        if field.kind in (Kind.SPANS, Kind.OBJECT):
            assert get_origin(column.annotation) is (list if field.kind is Kind.SPANS else dict), field.name
            continue
        assert column.annotation == (field.stored | None if field.default is None else field.stored), field.name
        if not column.is_required():
            assert column.get_default(call_default_factory=True) == field.default, field.name


def test_every_field_is_an_attribute_of_the_record() -> None:
    attributes = set(AnnotationRecord._fields) - _ROW - {"inherited_reliability"}
    named = {field.attribute for field in STORED}
    assert attributes == named | {"label_id", "source_id"}
    for field in ANNOTATION_FIELDS:
        assert hasattr(AnnotationRecord, field.attribute), field.name


def test_every_field_is_in_the_lines_of_json_and_in_what_readers_give() -> None:
    keys = {field.key for field in ANNOTATION_FIELDS if field.key is not None}
    assert set(AnnotationLine.__struct_fields__) == keys
    assert set(StatedAnnotation.__struct_fields__) == keys - {"score"}
    names = {field.stated_name for field in STORED if field.key is not None} - {"start", "end"}
    assert {field.name for field in fields(IncomingAnnotation)} == names | {"is_complete"}


def test_a_line_of_json_has_each_value_under_its_key() -> None:
    """All values are different."""
    values: dict[str, Any] = {attribute: f"<{attribute}>" for attribute in AnnotationRecord._fields}
    annotation = AnnotationRecord(**(values | {"features": {"b": 1, "a": 2}, "credibility": 3}))
    line = to_line(annotation)
    for field in ANNOTATION_FIELDS:
        if field.key is not None:
            assert getattr(line, field.key) == getattr(annotation, field.attribute), field.name
    assert list(line.features) == ["a", "b"]


def test_a_line_of_json_may_leave_out_every_field_but_the_label() -> None:
    assert StatedAnnotation("claim").note is None
    for field in STORED:
        if field.is_editable and field.name not in ("label_id", "fragments"):
            assert getattr(IncomingAnnotation("claim", ()), field.stated_name) in (field.default, "")


def test_every_field_is_in_the_tables_of_annotations() -> None:
    assert COLUMNS == SPREADSHEET_COLUMNS
    for field in ANNOTATION_FIELDS:
        assert field.csv or field.key is None, field.name


def test_what_people_give_beside_the_span_is_a_facet_that_losses_are_counted_by() -> None:
    for field in ANNOTATION_FIELDS:
        if field.facet:
            assert field.facet in set(Facet), field.name
        elif field.is_editable:
            # The label and the span are the annotation; the reason of a letter goes with the letter.
            assert field.name in ("label_id", "fragments", "reliability_reason"), field.name


def test_what_people_edit_is_checked_and_has_a_default_that_passes() -> None:
    for field in ANNOTATION_FIELDS:
        if field.check is not None:
            assert not field.is_fixed
            assert field.check(field.default) == field.default
        if field.editor:
            assert field.kind is Kind.TEXT
            assert field.is_editable


def test_python_takes_every_field_that_people_give() -> None:
    """``Project.annotate`` by keyword: the label and the span by position, the features each by its own name."""
    taken = inspect.signature(Project.annotate).parameters
    for field in ANNOTATION_FIELDS:
        if field.is_editable and field.name not in ("label_id", "features"):
            assert field.attribute in taken or field.name in taken, field.name


def test_importing_the_fields_loads_no_heavy_library() -> None:
    script = (
        "import sys, annotator.domain.fields; "
        "print([name for name in ('sqlmodel', 'sqlalchemy', 'pydantic', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
