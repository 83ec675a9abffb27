"""CoNLL and DocBin as those take them who train on them: seqeval, spaCy's convert, debug data and train."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

import pytest
from tests.readers.conftest import Ask

import annotator
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span
from annotator.formats.base import Article, IncomingAnnotation
from annotator.formats.corpora.conll.conll import tag_name
from annotator.services.imports import importing

Exported = Callable[..., Path]
Chunk = tuple[str, str]

NOTICES = 150
"""spaCy calls fewer than 100 documents too few to train on."""


def chunks_of(annotations: Iterable[AnnotationRecord], text_of: Callable[[int], str]) -> Counter[Chunk]:
    """The fragments of annotations as a file of tokens has them: a label, and words without the white space."""
    return Counter(
        (tag_name(one.label), "".join(span.of(text_of(one.document_id)).split()))
        for one in annotations
        for span in one.fragments
    )


@pytest.fixture(scope="module")
def notices(tmp_path_factory: pytest.TempPathFactory) -> annotator.Project:
    """Many short articles, each with an official statement and a speculation that overlaps a claim."""
    project = annotator.create(tmp_path_factory.mktemp("notices") / "a.anno", annotator="ada")
    ports = ("Halvik", "Stenn", "Orla", "Great Mure", "Tyrsund")
    articles = []
    for number in range(NOTICES):
        port, other = ports[number % 5], ports[number // 5 % 5]
        text = (
            f"Notice {number} from {port}\n\nThe harbour office said on Monday that berth {number} in {other} is shut. "
            f"Traders in {port} think that the berth may open again within {number + 2} days.\n"
        )
        parts = [
            ("official statement", f"berth {number} in {other} is shut"),
            ("speculation", f"the berth may open again within {number + 2} days"),
            ("claim", f"within {number + 2} days"),
            ("claim", f"Traders in {port}"),
        ]
        annotations = tuple(
            IncomingAnnotation(label, (Span(text.index(words), text.index(words) + len(words)),))
            for label, words in parts
        )
        articles.append(Article(f"Notice {number}", text, language="en", annotations=annotations))
    report = importing.import_articles(project._stored, articles)
    assert (len(report.documents), report.refused) == (NOTICES, [])
    return project


def test_seqeval_finds_every_chunk_in_strict_iob2(ask: Ask, plain: annotator.Project, exported: Exported) -> None:
    (column,) = ask("with_seqeval", exported(plain, "conll", "a.conll"))
    # Six annotations of a letter each stand inside the word “reporters”, of which a file of tokens can hold one.
    whole = [one for one in plain.annotations() if one.quote not in set("reporters")]
    expected = chunks_of(whole, lambda id: plain.document(id).text) + Counter({("claim", "reporters"): 1})
    assert Counter(map(tuple, column["chunks"])) == expected
    assert column["f1"] == 1.0


def test_seqeval_finds_overlaps_in_layers(ask: Ask, notices: annotator.Project, exported: Exported) -> None:
    columns = ask("with_seqeval", exported(notices, "conll", "a.conll", options={"overlap": "layers"}))
    found = Counter(map(tuple, chain.from_iterable(column["chunks"] for column in columns)))
    assert found == chunks_of(notices.annotations(), lambda id: notices.document(id).text)
    assert [{tag for tag, _ in column["chunks"]} for column in columns] == [
        {tag_name(label.name)} for label in notices.labels()
    ]


def test_spacy_converts_looks_at_and_trains_on_an_export(
    ask_spacy: Ask, notices: annotator.Project, exported: Exported, tmp_path: Path
) -> None:
    conll = exported(notices, "conll", "a.conll")
    exported(notices, "spacy", "a.spacy", split={"train": 0.75, "dev": 0.25}, group_by="document", seed=1)
    (tmp_path / "work").mkdir()
    seen = ask_spacy("with_spacy", conll, tmp_path / "a.train.spacy", tmp_path / "a.dev.spacy", tmp_path / "work")
    # The policy left out the claim that the speculation covers.
    apart = [one for one in notices.annotations() if not one.quote.startswith("within")]
    expected = chunks_of(apart, lambda id: notices.document(id).text)
    assert Counter(map(tuple, chain.from_iterable(seen["converted"]))) == expected
    assert seen["complaint"] == 0, seen["debugged"]
    assert "No overlap between training and evaluation data" in seen["debugged"]
    labels = sorted(label.name for label in notices.labels())
    assert seen["labels"] == {"ner": labels, "spancat": labels}
