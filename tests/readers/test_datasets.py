"""Dataset folders and Parquet as ``datasets.load_dataset`` takes them: the splits, the texts, and every span."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.readers.conftest import Ask

import annotator

Exported = Callable[..., Path]


def spans_of(project: annotator.Project) -> Sequence[object]:
    return sorted(
        [found.quote, found.quote, found.label, [list(span) for span in found.fragments]]
        for found in project.annotations()
    )


def test_a_folder_gives_its_splits(ask: Ask, hard: annotator.Project, exported: Exported) -> None:
    split = {"train": 0.5, "dev": 0.25, "test": 0.25}
    loaded = ask("with_datasets", exported(hard, "hf", "corpus", split=split))
    assert list(loaded) == ["train", "dev", "test"]
    texts = [text for part in loaded.values() for text in part["texts"]]
    assert sorted(texts) == sorted(hard.document(row.id).text for row in hard.documents())
    assert sorted(span for part in loaded.values() for span in part["spans"]) == spans_of(hard)


def test_a_folder_without_a_split_is_one_for_training(ask: Ask, plain: annotator.Project, exported: Exported) -> None:
    loaded = ask("with_datasets", exported(plain, "hf", "corpus"))
    assert list(loaded) == ["train"]
    assert sorted(loaded["train"]["spans"]) == spans_of(plain)


def test_a_file_is_loaded(ask: Ask, plain: annotator.Project, exported: Exported) -> None:
    loaded = ask("with_datasets", exported(plain, "parquet", "corpus.parquet"))
    assert sorted(loaded["train"]["spans"]) == spans_of(plain)
