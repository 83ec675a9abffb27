"""What is loaded of a project once for an import and once for each chunk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    Incoming,
    IncomingAnnotation,
    IncomingAnnotations,
    IncomingChainLink,
    IncomingRelation,
    Vocabulary,
)
from annotator.services.imports import known as module
from annotator.services.imports.chunks import Chunk, checked
from annotator.services.imports.known import Known, known_names, load

TEXT = "The ministry said that twelve people died."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[annotator.Project]:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as made:
        document = made.add_document("Fire", TEXT)
        first = made.annotate(document, 4, 12, "claim", source="Ministry")
        second = made.annotate(document, 0, 3, "official statement")
        made.relate(first, "supports", second)
        made.add_claim("It burned.", [first.id])
        made.link(first.id, "Agency")
        yield made


def chunk_of(*items: Incoming) -> Chunk:
    received = [checked(item, None) for item in items]
    articles = [(one.item, None, one.digest) for one in received if isinstance(one.item, Article)]
    return Chunk([one for one in received if not isinstance(one.item, Article)], list(articles))


def loaded(project: annotator.Project, *items: Incoming, is_compared: bool = False) -> Known:
    known = known_names(project._stored)
    load(known, project._stored, chunk_of(*items), is_compared=is_compared)
    return known


def test_names_are_known_from_the_beginning(project: annotator.Project) -> None:
    known = known_names(project._stored)
    assert (known.annotators, known.annotator_names[known.annotator_id]) == ({"ada": known.annotator_id}, "ada")
    assert known.label("official statement") == known.label("official_statement") == known.labels["official statement"]
    assert known.label("lost") is None
    assert known.source("ministry") == project.sources()[-1].id and known.source("lost") is None
    assert known.chain_links is None and known.documents == {}


def test_names_of_the_present_file_come_first(project: annotator.Project) -> None:
    known = known_names(project._stored)
    known.file_labels["claim"], known.file_sources["ministry"] = 99, 98
    assert (known.label("claim"), known.source("ministry")) == (99, 98)
    assert known.label_of_project("claim") != 99
    known.end_file()
    assert known.label("claim") == known.labels["claim"]


def test_documents_and_annotations_are_loaded_with_the_chunk_that_names_them(project: annotator.Project) -> None:
    relation = project.relations()[0]
    uids = {one.id: one.uid for one in project.annotations()}
    entry = IncomingRelation("other", uids[relation.from_id], "lost")
    known = loaded(project, Article("Fire", TEXT), entry)
    assert list(known.documents.values()) == [1]
    assert known.annotation(uids[relation.from_id]) == relation.from_id and known.annotation("lost") == 0
    assert uids[relation.to_id] not in known.annotations
    assert known.relations == {("supports", relation.from_id, relation.to_id)}
    assert known.document_rows == {} and known.rows_to_compare == {}


def test_rows_are_loaded_where_the_file_is_compared(project: annotator.Project) -> None:
    label = project.labels()[0]
    items = Vocabulary((label,)), Article("Fire", TEXT)
    known = loaded(project, *items, is_compared=True)
    row = known.row("label", label.uid)
    assert row is not None and row["name"] == label.name
    assert known.id_of("label", label.uid) == label.id
    assert set(known.annotation_rows[1]) == {one.uid for one in project.annotations()}
    assert known.document_rows[1]["title"] == "Fire"
    known.end_chunk()
    assert known.rows_to_compare == {} and known.uids == {} and known.document_rows == {}


def test_judgements_are_loaded_with_the_first_one(project: annotator.Project) -> None:
    first = next(one for one in project.annotations() if one.start == 4)
    known = loaded(project, IncomingChainLink(first.uid, "Agency"))
    assert known.chain_links is not None and {link[0] for link in known.chain_links} == {first.id}
    assert known.stated == {first.id}


def test_a_uid_that_is_taken_or_bad_is_replaced(project: annotator.Project) -> None:
    label = project.labels()[0]
    known = loaded(project, Vocabulary((label, label._replace(uid="free"))))
    assert known.free_uid("label", "free") == "free"
    replaced = [known.free_uid("label", uid) for uid in ("free", label.uid, "", "x" * 65)]
    assert len({*replaced, "free", label.uid}) == 6


def test_what_is_written_is_forgotten_where_it_is_much(
    project: annotator.Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_names(project._stored)
    known.annotations = {"written": (1, 1), "renamed": (2, 1)}
    known.renamed = {"renamed"}
    known.documents, known.relations = {"digest": 1}, {("k", 1, 2)}
    known.given_uids = {("annotator", "u"), ("source", "u")}
    known.end_chunk()
    assert len(known.annotations) == 2
    monkeypatch.setattr(module, "_REMEMBERED", 1)
    known.end_chunk()
    assert (known.annotations, known.documents, known.relations) == ({"renamed": (2, 1)}, {}, set())
    assert known.given_uids == {("annotator", "u")}


def test_an_empty_chunk_asks_for_nothing(project: annotator.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_names(project._stored)
    monkeypatch.delattr(project._stored, "read")
    load(known, project._stored, Chunk(), is_compared=True)


def test_annotations_without_their_text_name_their_document_by_its_hash(project: annotator.Project) -> None:
    digest = checked(Article("Fire", TEXT), None).digest
    one = IncomingAnnotation("claim", (Span(0, 1),), uid="x")
    known = loaded(project, IncomingAnnotations((one,), text_sha256=digest))
    assert known.documents == {digest: 1}
