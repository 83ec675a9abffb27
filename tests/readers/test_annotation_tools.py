"""Exports as the tools that people annotate with take them in."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.readers.conftest import Ask

import annotator
from annotator.domain.records import AnnotationRecord
from annotator.domain.spans import Span

Exported = Callable[..., Path]


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_label_studio_takes_the_tasks(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_label_studio", exported(project, "labelstudio", "corpus"))
    assert seen["errors"] == []
    assert seen["tasks"] == len(project.documents())
    assert len(seen["ids"]) == len(set(seen["ids"])) == sum(len(one.fragments) for one in project.annotations())
    assert set(seen["labels"]) >= {one.label for one in project.annotations()}
    # Those between two documents stand in the metadata of a task.
    assert seen["relations"] == (1 if name == "plain" else 0)


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_pyld_expands_web_annotations(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_pyld", exported(project, "webannotation", "a.jsonld"))
    annotations = project.annotations()
    fragments = sum(len(one.fragments) for one in annotations)
    assert seen["types"]["http://www.w3.org/ns/oa#Annotation"] == len(annotations) + len(project.relations())
    assert seen["types"]["http://www.w3.org/ns/oa#TextQuoteSelector"] == len(seen["quotes"]) == fragments
    assert all(covered == exact for covered, exact in seen["quotes"])
    assert seen["relative"] == []
    assert "urn:annotator:structure" in seen["ours"]
    assert seen["triples"] > 8 * fragments


@pytest.mark.parametrize("name", ["plain", "hard"])
def test_pybrat_reads_the_folder(ask: Ask, request: pytest.FixtureRequest, exported: Exported, name: str) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_pybrat", exported(project, "brat", "corpus"))
    by_text = {one["text"]: one for one in seen}
    documents = {row.id: project.document(row.id) for row in project.documents()}
    assert by_text.keys() == {document.text for document in documents.values()}
    annotations = project.annotations()
    parts = ("Attribution", "Cue", "Source")
    assert sum(entity["type"] not in parts for one in seen for entity in one["entities"]) == len(annotations)
    for one in annotations:
        entities = by_text[documents[one.document_id].text]["entities"]
        # brat parts a span where a line ends within it.
        quotes = ["".join(entity["covered"].split()) for entity in entities]
        assert "".join("".join(span.of(documents[one.document_id].text) for span in one.fragments).split()) in quotes
    assert all(entity["covered"] == entity["mention"] for one in seen for entity in one["entities"])
    ends = {one.id: one.document_id for one in annotations}
    inside = [one for one in project.relations() if ends[one.from_id] == ends[one.to_id]]
    assert sum(len(one["relations"]) for one in seen) == len(inside)


@pytest.mark.parametrize("name", ["plain", "hard"])
@pytest.mark.parametrize("format", ["xmi", "casjson"])
def test_cassis_reads_the_folder(
    ask: Ask, request: pytest.FixtureRequest, exported: Exported, format: str, name: str
) -> None:
    project: annotator.Project = request.getfixturevalue(name)
    seen = ask("with_cassis", exported(project, format, "corpus"))
    documents = {row.id: project.document(row.id) for row in project.documents()}
    assert sorted((one["title"], one["text"], one["language"]) for one in seen) == sorted(
        (document.title, document.text, document.language or "x-unspecified") for document in documents.values()
    )
    assert [complaint for one in seen for complaint in one["complaints"]] == []
    statements = Counter(
        (one["text"], *map(str, statement.values())) for one in seen for statement in one["statements"]
    )

    def expected(one: AnnotationRecord, text: str, fragment: Span) -> tuple[str, ...]:
        judged = (one.reliability_override, one.credibility, one.probability, one.confidence, one.note or None)
        parts = ([span.of(text) for span in spans] for spans in (one.cue, one.mention))
        return text, one.uid, one.label, fragment.of(text), *map(str, judged), *map(str, parts)

    assert statements == Counter(
        expected(one, documents[one.document_id].text, fragment)
        for one in project.annotations()
        for fragment in one.fragments
    )
    ends = {one.id: one for one in project.annotations()}
    assert sorted(relation for one in seen for relation in one["relations"]) == sorted(
        [one.kind, ends[one.from_id].uid, ends[one.to_id].uid]
        for one in project.relations()
        if ends[one.from_id].document_id == ends[one.to_id].document_id
    )


def test_pyld_expands_claim_reviews_without_a_network(ask: Ask, plain: annotator.Project, exported: Exported) -> None:
    one, two = plain.annotations()[:2]
    claim = plain.add_claim("It is so.", [one])
    plain.resolve(claim, "refuted", evidence="seen", resolved_on="2026-03-01")
    plain.resolve(plain.add_claim("It is not.", [two]), "unverifiable", resolved_on="2026-03-02")
    seen = ask("with_pyld_claims", exported(plain, "claimreview", "claims.jsonld"))
    told = [(review["claim"], review["rating"], review["verdict"]) for review in seen["reviews"]]
    assert told == [("It is so.", 1, "refuted"), ("It is not.", None, "unverifiable")]
    assert seen["reviews"][0]["day"] == {"@type": "https://schema.org/Date", "@value": "2026-03-01"}
    assert all(review["appearances"] == 1 for review in seen["reviews"])
    assert seen["foreign"] == [] and seen["triples"] > 15
