"""Label Studio: a folder with ``tasks.json`` and ``config.xml``, the labelling interface of the tasks.

Source: Label Studio's documentation of its export formats and of its tasks. ``start`` and ``end`` of a region count
UTF-16 units, as the browser does; some programs that write such files count characters. Each region states the words
that it covers, so the unit is chosen, task by task, to match those words.

Read are the list of tasks (the JSON export), one task, tasks line by line, and JSON-MIN. Fields that a region cannot
hold are in its ``meta``, whose ``text`` is the note that Label Studio shows; those of a task are in its ``data`` and
``meta``. The annotations of each annotator are an annotation of Label Studio; open suggestions of a model are its
predictions. A span of an annotation in fragments is one region each, with the same ``uid`` in its ``meta``.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.canonical_text import canonical_part
from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue
from annotator.domain.labels import KEYS
from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import (
    Corpus,
    Format,
    Incoming,
    IncomingAnnotation,
    IncomingRelation,
    Refusal,
    Vocabulary,
    Written,
)
from annotator.formats.facets import JUDGEMENTS, Facet
from annotator.formats.native_fields import (
    FURTHER,
    SHOWN,
    annotation_fields,
    annotation_of,
    article_of,
    checked_text,
    checksum,
    free_facts,
    further_fields,
    shown_fields,
    spans_of,
)
from annotator.formats.overlap_policy import counted
from annotator.formats.reading.json_arrays import each_record, first_of
from annotator.formats.reading.json_lines import PROBLEMS, check_no_nul, is_list, needed, plain
from annotator.formats.reading.offsets import Moved, Utf16
from annotator.formats.reading.xml_text import Fitting
from annotator.formats.relations import (
    BEYOND,
    Tie,
    Ties,
    derived_uid,
    read_beyond,
    relation_fields,
    relations_last,
    written_beyond,
)

TASKS = "tasks.json"
CONFIG = "config.xml"
FROM_NAME, TO_NAME = "label", "text"

_MODEL = "Label Studio prediction"
_OF_TASK = {"data", "annotations", "completions", "predictions", "meta"}
_BOOK_KEEPING = {
    "inner_id",
    "project",
    "created_at",
    "updated_at",
    "updated_by",
    "file_upload",
    "storage_filename",
    "drafts",
    "total_annotations",
    "total_predictions",
    "cancelled_annotations",
    "comment_count",
    "unresolved_comment_count",
    "comment_authors",
    "last_comment_updated_at",
    "is_labeled",
    "overlap",
}
"""Counters of a task that Label Studio computes again."""

_OF_RESULT = {"id", "from_name", "to_name", "type", "value", "meta"}
_OF_VALUE = {"start", "end", "text", "globalOffsets", "startOffset", "endOffset"}
_OF_MIN = {"annotator", "annotation_id", "created_at", "updated_at", "id"}


# ---------------------------------------------------------------------------------------------------- out


def write(corpus: Corpus, path: Path) -> Written:
    """Fill the folder ``path`` with the tasks and the labelling interface."""
    ties = Ties(corpus.relations)
    documents = annotations = gapped = 0
    labels = {label.name for label in corpus.labels}
    kinds = {relation.kind for relation in corpus.relations}
    encode = msgspec.json.Encoder().encode
    with open(path / TASKS, "wb") as file:
        for document, own in corpus.documents:
            file.write((b",\n" if documents else b"[\n") + encode(_task(document, own, ties)))
            documents += 1
            annotations += len(own)
            labels.update(found.label for found in own)
            gapped += sum(len(found.fragments) > 1 for found in own)
        file.write(b"\n]\n" if documents else b"[]\n")
    fitting = Fitting()
    (path / CONFIG).write_bytes(_config(corpus.labels, labels, kinds, fitting))
    losses = ties.losses() + fitting.losses()
    if gapped:
        losses.append(f"{counted(gapped, 'annotation')} in fragments written as separate regions")
    if nested := sum(bool(label.parent) for label in corpus.labels):
        losses.append(f"{counted(nested, 'label')} written without the label above")
    return Written(documents, annotations, tuple(losses))


def _task(document: DocumentRecord, own: Sequence[AnnotationRecord], ties: Ties) -> dict[str, Any]:
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
    within, beyond = ties.of(own)
    for tie in within:
        # A relation belongs to one annotation of Label Studio; one between two of them is stored only by us.
        if group_of[tie.from_uid] == group_of[tie.to_uid]:
            results[group_of[tie.from_uid]].append(_relation(tie, region))
        else:
            beyond.append(tie)
    return {
        "data": {"text": document.text, **shown_fields(document), **free_facts(facts, {"text", *_OF_TASK})},
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
    fields = annotation_fields(annotation)
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


def _relation(tie: Tie, region: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": region[tie.from_uid],
        "to_id": region[tie.to_uid],
        "direction": "right",
        "labels": [tie.relation.kind],
        "meta": relation_fields(tie),
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


# ---------------------------------------------------------------------------------------------------- in


def read(path: Path) -> Iterator[Incoming]:
    """Return the labels of the interface beside the file, its documents with their annotations, and their relations."""
    return relations_last(_items(path))


def _items(path: Path) -> Iterator[Incoming]:
    labels, text_field = _interface(path.with_name(CONFIG))
    if labels:
        yield Vocabulary(labels)
    reading = _Reading(path, text_field)
    yield from each_record(path, "task", reading.items)
    if reading.cancelled:
        which = counted(reading.cancelled, "annotation")
        yield Refusal("", f"{which} of skipped tasks (was_cancelled) left out.")


def _interface(path: Path) -> tuple[tuple[LabelRecord, ...], str]:
    """Return the labels of a labelling interface and the field of the text; none and empty where there is no
    interface.
    """
    if not path.is_file():
        return (), ""
    from annotator.formats.reading.xml_files import root_of

    try:
        root = root_of(path, path.name)
    except AnnotatorError:
        return (), ""
    labels: dict[str, LabelRecord] = {}
    for position, element in enumerate(root.iterfind(".//Labels/Label"), 1):
        name = (element.get("value") or "").strip()
        color, key = element.get("background") or "", element.get("hotkey") or ""
        is_hex = len(color) == 7 and color[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in color[1:])
        if name:
            labels[name] = LabelRecord(
                0,
                name,
                "",
                color if is_hex else "",
                int(key) if key in map(str, KEYS) else None,
                element.get("hint") or "",
                position,
            )
    shown = root.find(".//Text")
    value = "" if shown is None else shown.get("value") or ""
    return tuple(labels.values()), value[1:] if value.startswith("$") else ""


class _Reading:
    """One pass through a file."""

    def __init__(self, path: Path, text_field: str) -> None:
        self.cancelled = 0
        self._path = path
        self._text_field = text_field
        self._digest = checksum(path)
        self._shape = msgspec.json.Decoder(dict[str, Any])

    def items(self, record: bytes, number: int, place: str) -> list[Incoming]:
        """Return the contents of a task. Raise one of ``PROBLEMS`` where none of it can be imported."""
        task = self._shape.decode(record)
        check_no_nul(record)
        data = task.get("data")
        if isinstance(data, dict):
            meta = task.get("meta") or {}
            if not isinstance(meta, dict):
                meta = {"meta": meta}
            groups = [*_list(task.get("annotations") or task.get("completions")), *_predictions(task)]
            further = {name: value for name, value in task.items() if name not in _OF_TASK | _BOOK_KEEPING}
        else:
            data, meta, groups, further = _from_min(task)
        field = self._field(data)
        text, moved = checked_text(data[field])
        facts = {name: value for name, value in (data | further).items() if name != field and name not in SHOWN}
        if isinstance(held := facts.pop("facts", None), dict):
            facts |= held
        fields = {name: value for name, value in data.items() if name in SHOWN and name != field}
        if isinstance(own := meta.get(FURTHER), dict):
            fields |= own
        if rest := {name: value for name, value in meta.items() if name not in (FURTHER, BEYOND)}:
            facts["meta"] = rest
        refused: list[Incoming] = []
        annotations = _Annotations(text, moved, data[field], place, facts, refused)
        for group in groups:
            if not isinstance(group, dict):
                continue
            if group.get("was_cancelled") is True:
                self.cancelled += 1
                continue
            annotations.add(group)
        article = article_of(
            text,
            fields | {"facts": {name: value for name, value in facts.items() if value is not None}},
            annotations.all(),
            path=self._path,
            number=number,
            format=FORMAT.id,
            digest=self._digest,
            moved=moved,
        )
        return [article, *annotations.ties, *read_beyond(meta.get(BEYOND), place), *refused]

    def _field(self, data: Mapping[str, Any]) -> str:
        """Return the field of a task's data that is its text: the one in the interface, ``text``, or the longest."""
        for name in (self._text_field, "text"):
            if isinstance(data.get(name), str):
                return name
        texts = [name for name, value in data.items() if isinstance(value, str) and value.strip()]
        if not texts:
            raise InvalidValue("The task has no text.")
        return max(texts, key=lambda name: len(data[name]))


class _Annotations:
    """The annotations of a task, group by group: one annotation of Label Studio, or one prediction."""

    def __init__(
        self,
        text: str,
        moved: Moved | None,
        stated: str,
        place: str,
        facts: dict[str, Any],
        refused: list[Incoming],
    ) -> None:
        self.ties: list[IncomingRelation] = []
        self._text = text
        self._moved = moved
        self._stated = stated
        self._place = place
        self._facts = facts
        self._refused = refused
        self._units = Utf16(stated)
        self._made: list[IncomingAnnotation] = []
        self._spans: list[list[Span]] = []
        self._by_uid: dict[str, int] = {}

    def all(self) -> list[IncomingAnnotation]:
        """Return the annotations, in the order of their first regions."""
        length = len(self._text)
        return [
            one if len(spans) == 1 else replace(one, fragments=checked_fragments(spans, length), quote="")
            for one, spans in zip(self._made, self._spans, strict=True)
        ]

    def add(self, group: Mapping[str, Any]) -> None:
        """Import one annotation of Label Studio; bad results in it are refused."""
        results = _list(group.get("result"))
        stated = _stated(group)
        in_units = self._counts_units(results)
        regions: dict[str, list[int]] = {}
        later: list[tuple[str, dict[str, Any]]] = []
        for count, result in enumerate(results, 1):
            place = f"{self._place}, result {count}"
            try:
                if not isinstance(result, dict):
                    raise InvalidValue("The result is not an object.")
                if self._is_region(result):
                    self._region(result, stated, regions, in_units=in_units)
                else:
                    later.append((place, result))
            except PROBLEMS as error:
                self._refused.append(Refusal(place, plain(error)))
        for place, result in later:
            try:
                if result.get("type") == "relation":
                    self._relation(result, regions)
                else:
                    self._further(result, regions, str(stated["annotator"]))
            except PROBLEMS as error:
                self._refused.append(Refusal(place, plain(error)))

    def _is_region(self, result: Mapping[str, Any]) -> bool:
        """Return whether a result labels words."""
        value = result.get("value")
        return (
            isinstance(value, dict)
            and isinstance(value.get("labels", value.get("hypertextlabels")), list)
            and "start" in value
        )

    def _counts_units(self, results: Sequence[Any]) -> bool:
        """Return whether offsets count UTF-16 units and not characters, judged by the words that the regions state."""
        if self._units.length == len(self._stated):
            return False
        fits = {True: 0, False: 0}
        for result in results:
            if not (isinstance(result, dict) and self._is_region(result)):
                continue
            for in_units in fits:
                try:
                    start, end = self._pair(result["value"], in_units=in_units)
                except AnnotatorError:
                    continue
                fits[in_units] += _same_words(self._stated[start:end], result["value"].get("text"))
        return fits[True] >= fits[False]

    def _pair(self, value: Mapping[str, Any], *, in_units: bool) -> tuple[int, int]:
        """Return start and end of a region in characters of the stated text. Raise InvalidSpan."""
        places = value.get("globalOffsets")
        found = places if isinstance(places, dict) else value
        pair = [_whole(found.get(name)) for name in ("start", "end")]
        start, end = (self._units.point(offset) for offset in pair) if in_units else pair
        return start, end

    def _region(
        self, result: Mapping[str, Any], stated: Mapping[str, Any], regions: dict[str, list[int]], *, in_units: bool
    ) -> None:
        value = result["value"]
        key = "labels" if "labels" in value else "hypertextlabels"
        words = value.get("text")
        quote = canonical_part(words) if isinstance(words, str) else ""
        try:
            fragments = spans_of([self._pair(value, in_units=in_units)], self._text, self._moved)
        except InvalidSpan:
            # The words that it states may give its place; without them there is none.
            if not quote:
                raise
            start = value["start"] if isinstance(value["start"], int) else 0
            near = min(max(0, start), len(self._text) - 1)
            fragments = (Span(near, near + 1),)
        if _same_words(fragments[0].of(self._text), quote):
            quote = ""
        meta = result.get("meta")
        meta = dict(meta) if isinstance(meta, dict) else {}
        note = meta.pop("text", "")
        note = "\n".join(map(str, note)) if isinstance(note, list) else str(note or "")
        features = {name: found for name, found in value.items() if name not in _OF_VALUE | {key}}
        features |= {
            name: found
            for name, found in result.items()
            if name not in _OF_RESULT and (name, found) not in (("origin", "manual"), ("origin", "prediction"))
        }
        id = result.get("id")
        for number, label in enumerate(value[key]):
            if not isinstance(label, str):
                raise InvalidValue("A label is not a text.")
            label = needed("labels", label)
            uid = meta.get("uid")
            if isinstance(uid, str) and uid in self._by_uid and self._made[self._by_uid[uid]].label == label:
                self._spans[self._by_uid[uid]].append(fragments[0])
                regions.setdefault(str(id), []).append(self._by_uid[uid])
                continue
            if (not isinstance(uid, str) or number) and id:
                uid = derived_uid("labelstudio", self._text, stated["annotator"], stated["created_by"], id, label)
            own = dict(stated) | {"note": note, "features": dict(stated["features"]) | features}
            one = annotation_of(label, fragments, meta, self._text, quote=quote, moved=self._moved, **own)
            one = replace(one, uid=uid if isinstance(uid, str) and uid not in self._by_uid else "")
            if one.uid:
                self._by_uid[one.uid] = len(self._made)
            if id:
                regions.setdefault(str(id), []).append(len(self._made))
            self._made.append(one)
            self._spans.append([fragments[0]])

    def _relation(self, result: Mapping[str, Any], regions: Mapping[str, Sequence[int]]) -> None:
        ends = [regions.get(str(result.get(name))) for name in ("from_id", "to_id")]
        if ends[0] is None or ends[1] is None:
            raise InvalidValue("It relates a region that does not exist.")
        first, second = (self._made[found[0]].uid for found in ends if found is not None)
        if result.get("direction") == "left":
            first, second = second, first
        meta = result.get("meta")
        texts = (
            {name: value for name, value in meta.items() if isinstance(value, str)} if isinstance(meta, dict) else {}
        )
        kinds = [kind for kind in _list(result.get("labels")) if isinstance(kind, str) and kind.strip()]
        for kind in kinds or ["related"]:
            self.ties.append(
                IncomingRelation(
                    kind.strip(), first, second, texts.get("note", ""), texts.get("annotator", ""), texts.get("uid", "")
                )
            )

    def _further(self, result: Mapping[str, Any], regions: Mapping[str, Sequence[int]], annotator: str) -> None:
        """Store the values of a region as a feature, and those of the whole text as a fact."""
        name, value = result.get("from_name"), result.get("value")
        if not isinstance(name, str) or not isinstance(value, dict):
            raise InvalidValue("The result labels no words, and has no value for them or for the text.")
        kind = result.get("type")
        found = value.get(kind) if isinstance(kind, str) else None
        if found is None:
            found = {key: one for key, one in value.items() if key not in _OF_VALUE}
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        positions = regions.get(str(result.get("id")))
        if positions:
            for position in positions:
                one = self._made[position]
                self._made[position] = replace(one, features={**one.features, name: found})
        elif self._facts.setdefault(name, found) != found:
            self._facts[f"{name} ({annotator})" if annotator else f"{name} (another)"] = found


def _from_min(task: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Return data, metadata, annotations and further fields of a task of JSON-MIN, which has all on one level."""
    data: dict[str, Any] = {}
    result: list[dict[str, Any]] = []
    for name, value in task.items():
        regions = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if regions and all("start" in one and "end" in one for one in regions):
            result += [{"from_name": name, "type": "labels", "value": one} for one in regions]
        elif name not in _OF_MIN or (name == "id" and value is not None):
            data[name] = value
    group = {
        "result": result,
        "completed_by": task.get("annotator"),
        "created_at": task.get("created_at"),
        "updated_at": task.get("updated_at"),
    }
    return data, {}, [group], {}


def _predictions(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in _list(task.get("predictions")):
        if isinstance(one, dict):
            version = one.get("model_version")
            model = version.strip() if isinstance(version, str) and version.strip() else _MODEL
            yield {**one, "completed_by": model, "created_by": model}


def _stated(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an annotation of Label Studio that apply to all its regions."""
    maker = group.get("completed_by")
    if isinstance(maker, dict):
        names = [maker.get("email"), f"{maker.get('first_name') or ''} {maker.get('last_name') or ''}", maker.get("id")]
        maker = next(
            (name for name in names if isinstance(name, int) or (isinstance(name, str) and name.strip())), None
        )
    if isinstance(maker, int) and not isinstance(maker, bool):
        maker = f"Label Studio user {maker}"
    features: dict[str, Any] = {}
    if group.get("ground_truth") is True:
        features["ground_truth"] = True
    if "created_by" in group and isinstance(group.get("score"), int | float):
        features["score"] = group["score"]
    times = [found if isinstance(found := group.get(name), str) else "" for name in ("created_at", "updated_at")]
    return {
        "annotator": maker.strip() if isinstance(maker, str) else "",
        "created_by": group.get("created_by", ""),
        "created_at": times[0],
        "updated_at": times[1],
        "features": features,
    }


def _whole(offset: Any) -> int:
    if isinstance(offset, str) and offset.isdecimal() and len(offset) < 12:
        return int(offset)
    if isinstance(offset, float) and offset.is_integer():
        return int(offset)
    if isinstance(offset, bool) or not isinstance(offset, int):
        raise InvalidSpan("A region needs a start and an end in whole numbers.")
    return offset


def _same_words(covered: str, stated: Any) -> bool:
    r"""Return whether a region covers the words that it states; some versions write ``\n`` for a line end."""
    if not isinstance(stated, str):
        return False
    return covered == stated or covered.split() == stated.replace("\\n", "\n").split()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def part_of(path: Path, _asked_for: Container[Path]) -> Path | None:
    """Return the tasks of a labelling interface, where they are beside it."""
    tasks = path.with_name(TASKS)
    return tasks if path.name == CONFIG and tasks.is_file() else None


def sniff(path: Path, head: bytes) -> bool:
    """Return whether the first record is a task of Label Studio about a text, or a row of JSON-MIN."""
    record = first_of(path, head)
    if "data" in record and bytes(record["data"]).lstrip().startswith(b"{"):
        return any(is_list(record.get(name)) for name in ("annotations", "completions", "predictions")) or (
            record.keys() <= {"id", "data", "meta"}
        )
    return "annotation_id" in record and "lead_time" in record


FORMAT = Format(
    id="labelstudio",
    name="Label Studio",
    suffixes=(".json", ".jsonl"),
    read=read,
    sniff=sniff,
    write=write,
    cannot_hold=(Facet.BOOKMARKS, Facet.ASSESSMENTS, Facet.REGISTRY, Facet.FEATURE_DEFINITIONS, *JUDGEMENTS),
    example="labelstudio",
    is_folder=True,
    part_of=part_of,
)
"""A folder when written; any of its files may be read."""
