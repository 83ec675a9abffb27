"""Write a folder for Label Studio: the tasks, and the labelling interface in which they can be worked on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Written
from annotator.formats.corpora.label_studio.vocabulary import CONFIG, OF_TASK, TASKS
from annotator.formats.native_fields import FURTHER, free_facts, further_fields, given_annotation_fields, shown_fields
from annotator.formats.reading.offsets import Utf16
from annotator.formats.reading.xml_text import Fitting
from annotator.formats.relations import (
    RelationsByDocument,
    RelationWithUids,
    derived_uid,
    relation_fields,
    written_beyond,
)

FROM_NAME, TO_NAME = "label", "text"


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path`` with the tasks and the labelling interface."""
    by_document = RelationsByDocument(corpus.relations)
    documents = annotations = gapped = 0
    labels = {label.name for label in corpus.labels}
    kinds = {relation.kind for relation in corpus.relations}
    encode = msgspec.json.Encoder().encode
    with open(path / TASKS, "wb") as file:
        for document, own in corpus.documents:
            file.write((b",\n" if documents else b"[\n") + encode(_task(document, own, by_document)))
            documents += 1
            annotations += len(own)
            labels.update(found.label for found in own)
            gapped += sum(len(found.fragments) > 1 for found in own)
        file.write(b"\n]\n" if documents else b"[]\n")
    fitting = Fitting()
    (path / CONFIG).write_bytes(_config(corpus.labels, labels, kinds, fitting))
    losses = by_document.losses() + fitting.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written as separate regions")
    if nested := sum(bool(label.parent) for label in corpus.labels):
        losses.append(f"{counted(nested, 'label')} written without the parent label")
    return Written(documents, annotations, tuple(losses))


def _task(
    document: DocumentRecord, own: Sequence[AnnotationRecord], by_document: RelationsByDocument
) -> dict[str, Any]:
    units = Utf16(document.text)
    facts = dict(document.facts)
    meta = facts.pop("meta") if isinstance(facts.get("meta"), dict) else {}
    people: dict[str, list[AnnotationRecord]] = {}
    models: dict[str, list[AnnotationRecord]] = {}
    for annotation in own:
        by_model = annotation.created_by != "person" and annotation.annotator == annotation.created_by
        (models if by_model else people).setdefault(annotation.annotator, []).append(annotation)
    region: dict[str, str] = {}
    group_of: dict[str, str] = {}
    results: dict[str, list[dict[str, Any]]] = {}
    for groups, prefix in ((people, "by "), (models, "from ")):
        for name in sorted(groups):
            for annotation in groups[name]:
                regions = _regions(annotation, document.text, units, is_predicted=groups is models)
                region[annotation.uid], group_of[annotation.uid] = regions[0]["id"], prefix + name
                results.setdefault(prefix + name, []).extend(regions)
    within, beyond = by_document.of(own)
    for related in within:
        # A relation belongs to one annotation of Label Studio; one between two of them is stored only by us.
        if group_of[related.from_uid] == group_of[related.to_uid]:
            results[group_of[related.from_uid]].append(_relation(related, region))
        else:
            beyond.append(related)
    return {
        "data": {"text": document.text, **shown_fields(document), **free_facts(facts, {"text", *OF_TASK})},
        "annotations": [
            {
                "result": results["by " + name],
                "was_cancelled": False,
                "ground_truth": all(found.features.get("ground_truth") is True for found in people[name]),
            }
            for name in sorted(people)
        ],
        "predictions": [{"model_version": name, "result": results["from " + name]} for name in sorted(models)],
        "meta": meta | {FURTHER: further_fields(document)} | written_beyond(beyond),
    }


def _regions(annotation: AnnotationRecord, text: str, units: Utf16, *, is_predicted: bool) -> list[dict[str, Any]]:
    fields = given_annotation_fields(annotation)
    note = fields.pop("note", "")
    meta = ({"text": [note]} if note else {}) | fields
    return [
        {
            "id": derived_uid("region", annotation.uid, number) if number else annotation.uid,
            "from_name": FROM_NAME,
            "to_name": TO_NAME,
            "type": "labels",
            "origin": "prediction" if is_predicted else "manual",
            "value": {
                "start": units.units(span.start),
                "end": units.units(span.end),
                "text": span.of(text),
                "labels": [annotation.label],
            },
            "meta": {"uid": annotation.uid} if number else meta,
        }
        for number, span in enumerate(annotation.fragments)
    ]


def _relation(related: RelationWithUids, region: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": region[related.from_uid],
        "to_id": region[related.to_uid],
        "direction": "right",
        "labels": [related.relation.kind],
        "meta": relation_fields(related),
    }


def _config(labels: Sequence[LabelRecord], names: set[str], kinds: set[str], fitting: Fitting) -> bytes:
    """Return the labelling interface in which the tasks can be worked on."""
    from lxml import etree

    view = etree.Element("View")
    if kinds:
        relations = etree.SubElement(view, "Relations")
        for kind in sorted(kinds):
            etree.SubElement(relations, "Relation", value=fitting.value(kind))
    control = etree.SubElement(view, "Labels", name=FROM_NAME, toName=TO_NAME)
    for label in labels:
        element = etree.SubElement(control, "Label", value=fitting.value(label.name), background=label.color)
        if label.key is not None:
            element.set("hotkey", str(label.key))
        if label.description:
            element.set("hint", fitting.value(label.description))
    for name in sorted(names - {label.name for label in labels}):
        etree.SubElement(control, "Label", value=fitting.value(name))
    etree.SubElement(view, "Text", name=TO_NAME, value="$text", granularity="symbol")
    etree.indent(view)
    found: bytes = etree.tostring(view, encoding="utf-8", xml_declaration=False)
    return found + b"\n"
