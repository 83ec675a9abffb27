"""Parquet and dataset folders: what pyarrow finds in them, and what becomes of files of other programs."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.domain.errors import ExportRefused, ImportRefused
from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, Corpus, IncomingAnnotation, IncomingRelation, Refusal, Vocabulary
from annotator.formats.corpora.jsonl import jsonl
from annotator.formats.corpora.tables import hugging_face, parquet

pyarrow = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

CorpusFrom = Callable[..., Corpus]


def table(path: Path, columns: Mapping[str, Any]) -> Path:
    pq.write_table(pyarrow.table(dict(columns)), path)
    return path


def articles(path: Path) -> list[Article]:
    return [item for item in parquet.read(path) if isinstance(item, Article)]


def refusals(path: Path) -> list[Refusal]:
    return [item for item in parquet.read(path) if isinstance(item, Refusal)]


def test_a_row_is_a_document_with_its_annotations(corpus_from: CorpusFrom, examples: Path, tmp_path: Path) -> None:
    items = list(jsonl.read(examples / "corpus.jsonl"))
    written = parquet.write(corpus_from(items), tmp_path / "a.parquet")
    assert (written.documents, written.annotations, written.losses) == (1, 4, ())
    (row,) = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["text"][one["start"] : one["end"]] for one in row["annotations"]] == [
        one["quote"] for one in row["annotations"]
    ]
    statement = row["annotations"][2]
    assert (statement["label"], statement["reliability"], statement["credibility"]) == ("official statement", "B", 3)
    assert json.loads(row["annotations"][0]["features"]) == {"topic": "labour"}
    assert row["annotations"][1]["fragments"] == [[199, 222], [239, 265]]
    back = list(parquet.read(tmp_path / "a.parquet"))
    assert [type(item) for item in back if not isinstance(item, Article)] == [
        type(item) for item in items if not isinstance(item, Article)
    ]
    assert any(isinstance(item, Vocabulary) for item in back)
    assert [item for item in back if isinstance(item, IncomingRelation)] == [
        item for item in items if isinstance(item, IncomingRelation)
    ]


def test_long_corpora_are_written_in_groups_and_shards(
    corpus_from: CorpusFrom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 3)
    monkeypatch.setattr(hugging_face, "_SHARD", 100)
    found = [
        Article(
            f"T{number}",
            f"{number:02} 👩‍👩‍👧 قال",
            uid=f"{number:032}",
            annotations=(IncomingAnnotation("claim", (Span(3, 8),)),),
        )
        for number in range(20)
    ]
    parquet.write(corpus_from(found), tmp_path / "a.parquet")
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups == 7
    assert [one.title for one in articles(tmp_path / "a.parquet")] == [one.title for one in found]
    hugging_face.write(corpus_from(found), tmp_path)
    shards = sorted(tmp_path.glob("data-*.parquet"))
    assert [shard.name for shard in shards] == ["data-00000.parquet", "data-00001.parquet", "data-00002.parquet"]
    assert [one.title for shard in shards for one in articles(shard)] == [one.title for one in found]
    empty = parquet.write(corpus_from([]), tmp_path / "empty.parquet")
    assert (empty.documents, articles(tmp_path / "empty.parquet")) == (0, [])


def test_tables_of_other_makers(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.parquet",
        {
            "text": ["One\r\n👩 two", "Three", None, "", "Four"],
            "title": ["A", None, "C", "D", "E"],
            "label": [3, 4, 5, 6, 7],
            "score": [0.5, float("nan"), None, 1.0, 2.0],
            "annotations": [
                [{"label": "claim", "start": 5, "end": 6}],
                None,
                None,
                None,
                [{"label": "x", "start": 9, "end": 99}],
            ],
        },
    )
    found = articles(path)
    assert [one.title for one in found] == ["A", "a 2", "E"]
    assert found[0].text == "One\n👩 two"
    assert found[0].annotations[0].fragments[0].of(found[0].text) == "👩"
    assert found[0].facts == {"label": 3, "score": 0.5}
    assert found[0].origin_format == "parquet"
    assert [(one.place, one.reason.split(":")[0].rstrip(".") + ".") for one in refusals(path)] == [
        ("row 3", "The row has no text."),
        ("row 4", "The text is empty."),
        ("row 5, annotation 1", "The span 9-99 does not lie in the text, which has 4 characters."),
    ]


@pytest.mark.parametrize(
    "annotations",
    [
        [[{"label": "claim", "start": -1, "end": 2}]],
        [[{"label": "claim", "start": 3, "end": 1}]],
        [[{"label": "claim", "start": 1, "end": 1}]],
        [[{"label": "claim", "features": "{nonsense"}]],
        [["words"]],
        [[7]],
        ["{}"],
    ],
    ids=str,
)
def test_bad_annotations_are_refused_by_themselves(tmp_path: Path, annotations: Any) -> None:
    found = list(parquet.read(table(tmp_path / "a.parquet", {"text": ["Some words"], "annotations": annotations})))
    assert any(isinstance(item, Refusal) for item in found)
    assert not any(isinstance(item, Article) and item.annotations for item in found)


def test_files_that_cannot_be_read(examples: Path, tmp_path: Path) -> None:
    whole = (examples / "corpus.parquet").read_bytes()
    path = tmp_path / "a.parquet"
    for broken in (
        whole[: len(whole) // 2],
        b"PAR1",
        b"PAR1" + bytes(100) + b"PAR1",
        whole[:-9] + b"\xff" * 5 + whole[-4:],
    ):
        path.write_bytes(broken)
        with pytest.raises(ImportRefused, match="is no Parquet file that can be read"):
            list(parquet.read(path))
    with pytest.raises(ImportRefused, match=r"no column “text” \(it has body\)"):
        list(parquet.read(table(tmp_path / "b.parquet", {"body": ["x"]})))
    middle = bytearray(whole)
    middle[40:400] = bytes(360)
    path.write_bytes(middle)
    assert all(isinstance(item, Refusal | Vocabulary) or not isinstance(item, Article) for item in parquet.read(path))


def test_without_pyarrow_it_says_so(
    corpus_from: CorpusFrom, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportRefused, match="needs the package pyarrow, which is not installed"):
        list(parquet.read(examples / "corpus.parquet"))
    with pytest.raises(ExportRefused, match="needs the package pyarrow, which is not installed"):
        hugging_face.write(corpus_from([]), tmp_path)


def test_a_card_is_no_article(tmp_path: Path) -> None:
    """Neither of a folder that we wrote, nor of one that came from elsewhere without our list of its files."""
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("Title", "Some words about a harbour")
        project.annotate(document, 0, 4, "claim")
        project.export(tmp_path / "set", "hf")
    assert registry.detect(tmp_path / "set" / "data-00000.parquet").id == "hf"
    (tmp_path / "set" / ".annotator-export").unlink()
    with annotator.create(tmp_path / "new.anno", annotator="ada") as project:
        (found,) = project.import_files(tmp_path / "set")
        assert found.title == "Title"
        assert project.last_import is not None and not project.last_import.refused
    (tmp_path / "set" / "README.md").write_text("# A text\n\nconfigs: none\n", encoding="utf-8")
    assert registry.detect(tmp_path / "set" / "data-00000.parquet").id == "parquet"
    assert registry.whole_of(tmp_path / "set" / "README.md").name == "README.md"
