"""Arrays of JSON are cut into their records, wherever a block of the file may end."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import ImportRefused
from annotator.formats.reading import json_arrays

VALUES = st.recursive(
    st.none() | st.integers() | st.text('ab"\\{}[]é👩\n', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\]', max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    records=st.lists(st.dictionaries(st.text('k"\\', max_size=3), VALUES, max_size=3), max_size=5),
    indent=st.sampled_from([None, 1]),
    is_array=st.booleans(),
    block=st.integers(1, 9),
)
def test_what_was_written_is_found(
    records: list[dict[str, Any]], indent: int | None, is_array: bool, block: int
) -> None:
    written = [json.dumps(record, indent=indent, ensure_ascii=False) for record in records]
    text = f"\ufeff[{', '.join(written)}]\n" if is_array else "\n".join(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_arrays, "_BLOCK", block)
        found = list(json_arrays.records(io.BytesIO(text.encode()), "a.json"))
    assert [json.loads(record) for record in found if record is not None] == records
    assert len(found) == len(records)


def test_a_huge_record_is_passed_over_without_being_held() -> None:
    data = b'[{"a": 1}, {"long": "' + b'x\\"' * 400_000 + b'"}, {"b": [2]}]'
    assert list(json_arrays.records(io.BytesIO(data), "a.json", 1000)) == [b'{"a": 1}', None, b'{"b": [2]}']


def test_a_file_cut_short_and_one_that_closes_too_much() -> None:
    assert list(json_arrays.records(io.BytesIO(b'[{"a": 1}, {"b": "x'), "a.json")) == [b'{"a": 1}', b'{"b": "x']
    with pytest.raises(ImportRefused, match="more brackets"):
        list(json_arrays.records(io.BytesIO(b'{"a": 1}]'), "a.json"))


def test_a_hundred_thousand_brackets_take_no_time() -> None:
    (record,) = json_arrays.records(io.BytesIO(b"[" * 100_000), "a.json")
    assert record == b"[" * 99_999
