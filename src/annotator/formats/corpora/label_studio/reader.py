"""Read the tasks of Label Studio with the labels of their interface."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.domain.labels import KEYS
from annotator.domain.records import LabelRecord
from annotator.domain.wording import counted
from annotator.formats.base import Incoming, Refusal, Vocabulary
from annotator.formats.corpora.label_studio.task_annotations import TaskAnnotations
from annotator.formats.corpora.label_studio.vocabulary import CONFIG, ID, OF_TASK, list_of
from annotator.formats.native_fields import FURTHER, SHOWN, article_of, checked_text, checksum
from annotator.formats.reading.json_arrays import each_record
from annotator.formats.reading.json_lines import check_no_nul
from annotator.formats.relations import BEYOND, read_beyond, relations_last

_MODEL = "Label Studio prediction"
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
_OF_MIN = {"annotator", "annotation_id", "created_at", "updated_at", "id"}


def read(path: Path) -> Iterator[Incoming]:
    """Return the labels of the interface beside the file, its documents with their annotations, and their relations."""
    return relations_last(_items(path))


def _items(path: Path) -> Iterator[Incoming]:
    labels, text_field = _interface(path.with_name(CONFIG))
    if labels:
        yield Vocabulary(labels)
    reader = _FileReader(path, text_field)
    yield from each_record(path, "task", reader.items)
    if reader.cancelled:
        which = counted(reader.cancelled, "annotation")
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


class _FileReader:
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
            groups = [*list_of(task.get("annotations") or task.get("completions")), *_predictions(task)]
            further = {name: value for name, value in task.items() if name not in OF_TASK | _BOOK_KEEPING}
        else:
            data, meta, groups, further = _from_min(task)
        field = self._field(data)
        text, offsets = checked_text(data[field])
        facts = {name: value for name, value in (data | further).items() if name != field and name not in SHOWN}
        if isinstance(held := facts.pop("facts", None), dict):
            facts |= held
        fields = {name: value for name, value in data.items() if name in SHOWN and name != field}
        if isinstance(own := meta.get(FURTHER), dict):
            fields |= own
        if rest := {name: value for name, value in meta.items() if name not in (FURTHER, BEYOND)}:
            facts["meta"] = rest
        refused: list[Incoming] = []
        annotations = TaskAnnotations(text, offsets, data[field], place, facts, refused)
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
            format=ID,
            digest=self._digest,
            offsets=offsets,
        )
        return [article, *annotations.relations, *read_beyond(meta.get(BEYOND), place), *refused]

    def _field(self, data: Mapping[str, Any]) -> str:
        """Return the field of a task's data that is its text: the one in the interface, ``text``, or the longest."""
        for name in (self._text_field, "text"):
            if isinstance(data.get(name), str):
                return name
        texts = [name for name, value in data.items() if isinstance(value, str) and value.strip()]
        if not texts:
            raise InvalidValue("The task has no text.")
        return max(texts, key=lambda name: len(data[name]))


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
    for one in list_of(task.get("predictions")):
        if isinstance(one, dict):
            version = one.get("model_version")
            model = version.strip() if isinstance(version, str) and version.strip() else _MODEL
            yield {**one, "completed_by": model, "created_by": model}
