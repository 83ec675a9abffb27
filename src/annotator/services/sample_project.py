"""The sample project: invented articles with annotations, made from files by an ordinary import."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from annotator.domain.changes import Change, Edit
from annotator.domain.errors import NotFound
from annotator.domain.fields import ANNOTATION_FIELDS, Kind
from annotator.domain.fixed_choices import STANCES
from annotator.domain.records import DocumentRecord
from annotator.domain.spans import Span
from annotator.services.annotations import annotating
from annotator.services.claims import chains, claims, hypotheses
from annotator.services.documents import documents
from annotator.services.imports import importing
from annotator.services.projects import projects
from annotator.services.sources import sources
from annotator.services.suggestions import suggesting
from annotator.store.project import Project

FILE_NAME = "sample.anno"


def make_sample(path: Path) -> Project:
    """Make the sample project at ``path``, open. Raise ProjectError where the file exists already."""
    with as_file(files("annotator.resources").joinpath("sample")) as folder:
        plan = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
        project = projects.create(path, title=plan["title"], annotator=plan["annotator"])
        try:
            _register(project, plan["sources"])
            importing.import_files(project, [folder / entry["file"] for entry in plan["documents"]])
            named: dict[str, int] = {}
            by_path = _documents_by_name(project)
            for entry in plan["documents"]:
                _describe(project, by_path[Path(entry["file"]).name], entry)
                _annotate(project, by_path[Path(entry["file"]).name], entry["annotations"], named)
            for relation in plan["relations"]:
                ends = named[relation["from"]], named[relation["to"]]
                project.apply(annotating.relate(project, *ends, relation["kind"], relation.get("note", "")))
            _judge(project, plan, named)
            suggesting.run(project)
        except BaseException:
            project.close()
            path.unlink(missing_ok=True)
            raise
    return project


def _register(project: Project, entries: list[dict[str, Any]]) -> None:
    ids: dict[str, int] = {}
    for entry in entries:
        ids[entry["name"]], change = sources.add(
            project,
            entry["name"],
            entry["kind"],
            aliases=tuple(entry.get("aliases", ())),
            note=entry.get("note", ""),
            parent_id=ids.get(entry.get("parent") or ""),
            owner_id=ids.get(entry.get("owner") or ""),
            topics=tuple(entry.get("topics", ())),
        )
        project.apply(change)
        source = sources.get(project, ids[entry["name"]])
        for made in entry.get("assessments", ()):
            project.apply(sources.assess(project, source, **made))


def _documents_by_name(project: Project) -> dict[str, DocumentRecord]:
    return {Path(found.origin_path).name: found for found in project.read.documents.all()}


def _describe(project: Project, document: DocumentRecord, entry: Mapping[str, Any]) -> None:
    """Set the fields of a document that its file does not state."""
    fields = {name: entry[name] for name in ("published_at", "author", "status") if entry.get(name)}
    if entry.get("source"):
        fields["source_id"] = sources.find_or_add(project, entry["source"], "outlet")
    project.apply(documents.update(document, **fields))


def _annotate(project: Project, document: DocumentRecord, entries: list[dict[str, Any]], named: dict[str, int]) -> None:
    """Write the annotations of one document as one change."""
    labels = project.read.labels.all()
    edits: list[Edit] = []
    for entry in entries:
        fragments = _fragments(document.text, entry)
        fields: dict[str, Any] = {
            field.name: entry[field.name]
            for field in ANNOTATION_FIELDS
            if field.name in entry and (field.check is not None or field.kind is Kind.OBJECT)
        }
        for part in ("cue", "mention"):
            if entry.get(part):
                fields[part] = [_nearest(document.text, entry[part], fragments)]
        if entry.get("source"):
            fields["source_id"] = sources.find_or_add(project, entry["source"])
        label = annotating.find_label(labels, entry["label"])
        edit = annotating.new_annotation(project, document.id, document.text, fragments, label.id, **fields)
        edits.append(edit)
        if entry.get("name"):
            named[entry["name"]] = edit.id
    project.apply(Change(f"Annotate {document.title}", tuple(edits)))


def _judge(project: Project, plan: Mapping[str, Any], named: Mapping[str, int]) -> None:
    """Add attribution chains, claims with their resolutions, and a matrix of competing hypotheses."""
    for entry in plan["chains"]:
        annotation = project.read.annotations.one(named[entry["annotation"]])
        source = sources.get(project, sources.find_or_add(project, entry["source"]))
        fields = {name: entry[name] for name in ("checked", "note") if name in entry}
        project.apply(chains.link(project, annotation, source, entry["role"], **fields))
    for entry in plan["claims"]:
        states, denies = ([named[name] for name in entry[stance]] for stance in STANCES)
        id, change = claims.add(project, entry["text"], states, topic=entry["topic"])
        project.apply(change)
        if denies:
            project.apply(claims.state(project, id, denies, "denies"))
        claim = project.read.claims.one(id)
        for made in entry["resolutions"]:
            project.apply(claims.resolve(project, claim, **made))
    for entry in plan["questions"]:
        _ask(project, entry, named)


def _ask(project: Project, entry: Mapping[str, Any], named: Mapping[str, int]) -> None:
    question_id, change = hypotheses.ask(project, entry["text"], entry["note"])
    project.apply(change)
    columns = []
    for text in entry["hypotheses"]:
        id, change = hypotheses.propose(project, question_id, text)
        project.apply(change)
        columns.append(id)
    weighed = {named[one["annotation"]]: one["ratings"] for one in entry["evidence"]}
    project.apply(hypotheses.weigh(project, question_id, list(weighed)))
    held = project.read.hypotheses.evidence(question_id=question_id)
    for one in held:
        for column, consistency in zip(columns, weighed[one.annotation_id], strict=True):
            project.apply(hypotheses.rate(project, column, one.id, consistency))


def _fragments(text: str, entry: Mapping[str, Any]) -> list[Span]:
    """Return the spans of an entry's quote, or of its fragments, each after the previous one."""
    found: list[Span] = []
    at = 0
    for quote in entry.get("fragments") or [entry["quote"]]:
        for _ in range(entry.get("occurrence", 1)):
            start = text.find(quote, at)
            if start < 0:
                raise NotFound(f"The sample's quote {quote!r} is not in its article.")
            at = start + len(quote)
        found.append(Span(at - len(quote), at))
    return found


def _nearest(text: str, words: str, fragments: Sequence[Span]) -> Span:
    """Return the place of ``words`` nearest to ``fragments``, outside them; a cue may be in a gap."""
    places = []
    start = text.find(words)
    while start >= 0:
        found = Span(start, start + len(words))
        if not any(found.overlaps(fragment) for fragment in fragments):
            gap = min(max(fragment.start - found.end, found.start - fragment.end) for fragment in fragments)
            places.append((gap, found))
        start = text.find(words, start + 1)
    if not places:
        raise NotFound(f"The sample's words {words!r} are not in its article.")
    return min(places)[1]
