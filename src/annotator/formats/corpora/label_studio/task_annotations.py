"""The annotations of a task of Label Studio: its regions, their relations and further values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotator.domain.canonical_text import canonical_part
from annotator.domain.errors import AnnotatorError, InvalidSpan, InvalidValue
from annotator.domain.spans import Span, checked_fragments
from annotator.formats.base import Incoming, IncomingAnnotation, IncomingRelation, Refusal
from annotator.formats.corpora.label_studio.vocabulary import list_of
from annotator.formats.native_fields import annotation_of, spans_of
from annotator.formats.reading.json_lines import PROBLEMS, needed, plain
from annotator.formats.reading.offsets import CanonicalOffsets, Utf16
from annotator.formats.relations import derived_uid

_OF_RESULT = {"id", "from_name", "to_name", "type", "value", "meta"}
_OF_VALUE = {"start", "end", "text", "globalOffsets", "startOffset", "endOffset"}


class TaskAnnotations:
    """The annotations of a task, group by group: one annotation of Label Studio, or one prediction."""

    def __init__(
        self,
        text: str,
        offsets: CanonicalOffsets | None,
        stated: str,
        place: str,
        facts: dict[str, Any],
        refused: list[Incoming],
    ) -> None:
        self.relations: list[IncomingRelation] = []
        self._text = text
        self._offsets = offsets
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
        results = list_of(group.get("result"))
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
            fragments = spans_of([self._pair(value, in_units=in_units)], self._text, self._offsets)
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
            one = annotation_of(label, fragments, meta, self._text, quote=quote, offsets=self._offsets, **own)
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
        kinds = [kind for kind in list_of(result.get("labels")) if isinstance(kind, str) and kind.strip()]
        for kind in kinds or ["related"]:
            self.relations.append(
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
