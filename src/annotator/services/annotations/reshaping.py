"""Reshaping annotations: moving an edge, splitting, joining, removing a fragment, and copying grades.

Operations that keep the rest of an annotation only compute fragments, for ``annotating.update``; those that create or
remove rows plan a Change. New edges are between characters as a reader sees them, never inside a grapheme cluster.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from annotator.domain.changes import Change, Edit, new_uid, now
from annotator.domain.errors import InvalidValue
from annotator.domain.fields import ANNOTATION_FIELDS, GRADE_FIELDS, Kind
from annotator.domain.records import AnnotationRecord, RelationRecord
from annotator.domain.spans import Span, hull
from annotator.domain.wording import counted
from annotator.nlp import boundaries
from annotator.services.annotations.annotating import placed, stored_values
from annotator.services.annotations.dependents import moved
from annotator.store.project import Project

Fragments = tuple[Span, ...]

GRADES = tuple(field.name for field in GRADE_FIELDS)
"""The grades of an annotation itself, as ``annotating.update`` names them."""

_TEXTS = tuple(
    field.name for field in ANNOTATION_FIELDS if field.kind is Kind.TEXT and field.is_editable and not field.reason_of
)
"""Texts that a joined annotation has of all; the reason of a grade goes with its grade."""

_SCALES = tuple(field.name for field in GRADE_FIELDS if field.kind is Kind.VALUE and field.name != "reliability")
"""Scales whose value is taken over by itself; the reliability is taken over with its reason."""


class Edge(NamedTuple):
    """The start or the end of one fragment of an annotation."""

    fragment: int
    at_start: bool

    def of(self, fragments: Sequence[Span]) -> int:
        """Return where the edge lies."""
        span = fragments[self.fragment]
        return span.start if self.at_start else span.end


def edges_of(fragments: Sequence[Span]) -> list[Edge]:
    """Return all edges in text order: two for each fragment."""
    return [Edge(number, at_start) for number in range(len(fragments)) for at_start in (True, False)]


def edges_at(fragments: Sequence[Span], caret: int) -> tuple[Edge, Edge]:
    """Return the start and the end that keys move: those of the fragment at the caret.

    They are the outer ones where there is one fragment, where the caret is on an outer edge, and where it is in no
    fragment.
    """
    whole = hull(fragments)
    if whole.start < caret < whole.end:
        for number, span in enumerate(fragments):
            if span.start <= caret <= span.end:
                return Edge(number, True), Edge(number, False)
    return Edge(0, True), Edge(len(fragments) - 1, False)


# --- edges ------------------------------------------------------------------------------------------------------------


def edge_moved(text: str, fragments: Fragments, edge: Edge, to: int, unit: str = "character") -> Fragments:
    """Return ``fragments`` with one edge at ``to``, or at the nearest boundary of the ``unit`` (character, word,
    sentence) there.

    The edge stops before the other edge of its fragment. Where it reaches a neighbouring fragment, the two are joined.
    """
    number, span = edge.fragment, fragments[edge.fragment]
    if edge.at_start:
        low = fragments[number - 1].end if number else 0
        wanted = max(low, min(to, boundaries.previous_character(text, span.end)))
        start = max(low, _begin_of(text, wanted, span.end, unit))
        while start < span.end and text[start].isspace():
            start = boundaries.next_character(text, start)
        moved = Span(start, span.end)
    else:
        high = fragments[number + 1].start if number + 1 < len(fragments) else len(text)
        wanted = min(high, max(to, boundaries.next_character(text, span.start)))
        end = min(high, _end_of(text, span.start, wanted, unit))
        while end > span.start and text[end - 1].isspace():
            end = boundaries.previous_character(text, end)
        moved = Span(span.start, end)
    if not moved:
        return fragments
    if number and edge.at_start and _is_blank(text, fragments[number - 1].end, moved.start):
        return (*fragments[: number - 1], Span(fragments[number - 1].start, moved.end), *fragments[number + 1 :])
    if number + 1 < len(fragments) and not edge.at_start and _is_blank(text, moved.end, fragments[number + 1].start):
        return (*fragments[:number], Span(moved.start, fragments[number + 1].end), *fragments[number + 2 :])
    return (*fragments[:number], moved, *fragments[number + 1 :])


def edge_stepped(text: str, fragments: Fragments, edge: Edge, unit: str, forward: bool) -> Fragments:
    """Return ``fragments`` with one edge moved by a character, a word or a sentence.

    Raise InvalidValue where it cannot move.
    """
    span, here = fragments[edge.fragment], edge.of(fragments)
    to = _step(text, here, edge.at_start, unit, forward)
    inward = edge.at_start == forward
    if inward and not span.start < to < span.end:
        what = "annotation" if len(fragments) == 1 else "fragment"
        raise InvalidValue(f"The {what} cannot become shorter.")
    moved = edge_moved(text, fragments, edge, to)
    if moved == fragments:
        raise InvalidValue("There are no more words beyond this edge.")
    return moved


def edges_at_sentence(text: str, fragments: Fragments, start: Edge, end: Edge) -> Fragments:
    """Return ``fragments`` extended from the beginning of the sentence at the first edge to the end of the one at the
    last.
    """
    moved = edge_moved(text, fragments, end, end.of(fragments), "sentence")
    return edge_moved(text, moved, start, start.of(moved), "sentence")


def _begin_of(text: str, at: int, end: int, unit: str) -> int:
    if unit == "word":
        return boundaries.snap_to_words(text, Span(at, end)).start
    if unit == "sentence":
        sentence = boundaries.sentence_at(text, at)
        return sentence.start if sentence.start < end else at
    return boundaries.widened_to_characters(text, Span(at, at)).start


def _end_of(text: str, start: int, at: int, unit: str) -> int:
    if unit == "word":
        return boundaries.snap_to_words(text, Span(start, at)).end
    if unit == "sentence":
        before = _last_visible(text, start, at)
        sentence = boundaries.sentence_at(text, before)
        return sentence.end if sentence.start <= before < sentence.end else at
    return boundaries.widened_to_characters(text, Span(at - 1, at)).end


def _last_visible(text: str, start: int, end: int) -> int:
    """Return the last character of ``[start, end)`` that is not white space; ``start`` where there is none."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return max(start, end - 1)


def _step(text: str, at: int, at_start: bool, unit: str, forward: bool) -> int:
    """Return the position of an edge at ``at`` after moving by one unit."""
    if unit == "word":
        if at_start:
            return boundaries.next_word_start(text, at) if forward else boundaries.previous_word_start(text, at)
        return boundaries.next_word_end(text, at) if forward else _previous_word_end(text, at)
    if unit == "sentence":
        return _sentence_start(text, at, forward) if at_start else _sentence_end(text, at, forward)
    if forward:
        to = boundaries.next_character(text, at)
        # An edge on a space would be trimmed back, and the key would have no effect.
        while not at_start and to < len(text) and text[to - 1].isspace():
            to = boundaries.next_character(text, to)
        return to
    to = boundaries.previous_character(text, at)
    while at_start and to > 0 and text[to].isspace():
        to = boundaries.previous_character(text, to)
    return to


def _previous_word_end(text: str, at: int) -> int:
    """Return the end of the last word that ends before ``at``; 0 where there is none."""
    start = boundaries.previous_word_start(text, at)
    word = boundaries.word_at(text, start)
    if word is not None and word.end < at:
        return word.end
    start = boundaries.previous_word_start(text, start)
    word = boundaries.word_at(text, start)
    return word.end if word is not None and word.end < at else start


def _sentence_start(text: str, at: int, forward: bool) -> int:
    sentence = boundaries.next_sentence(text, at) if forward else boundaries.previous_sentence(text, at)
    return sentence.start if sentence else (len(text) if forward else 0)


def _sentence_end(text: str, at: int, forward: bool) -> int:
    if forward:
        sentence: Span | None = boundaries.sentence_at(text, max(0, at - 1))
        while sentence and sentence.end <= at:
            sentence = boundaries.next_sentence(text, sentence.start)
        return sentence.end if sentence else len(text)
    sentence = boundaries.previous_sentence(text, at)
    while sentence and sentence.end >= at:
        sentence = boundaries.previous_sentence(text, sentence.start)
    return sentence.end if sentence else 0


def _is_blank(text: str, start: int, end: int) -> bool:
    return not text[start:end].strip()


# --- fragments, split, join -------------------------------------------------------------------------------------------


def without_fragment(fragments: Fragments, at: int) -> Fragments:
    """Return ``fragments`` without the one at ``at``. Raise InvalidValue where there is none, or no other one."""
    if len(fragments) == 1:
        raise InvalidValue("The annotation has this one fragment only: delete the annotation instead.")
    kept = tuple(span for span in fragments if not span.start <= at <= span.end)
    if len(kept) == len(fragments):
        raise InvalidValue("Put the caret into the fragment that is to be removed.")
    return kept


def split_at(text: str, fragments: Fragments, at: int) -> tuple[Fragments, Fragments]:
    """Return the fragments before ``at`` and those after it. Raise InvalidValue where one side would be empty."""
    at = boundaries.widened_to_characters(text, Span(at, at)).start
    before = [part for span in fragments if (part := without_outer_space(text, span.start, min(span.end, at)))]
    after = [part for span in fragments if (part := without_outer_space(text, max(span.start, at), span.end))]
    if not before or not after:
        raise InvalidValue("Put the caret inside the annotation, to where its second half is to begin.")
    return tuple(before), tuple(after)


def without_outer_space(text: str, start: int, end: int) -> Span | None:
    """Return ``[start, end)`` without characters of white space at its edges; None where nothing is left."""
    while start < end and text[start].isspace():
        start = boundaries.next_character(text, start)
    while start < end and text[end - 1].isspace():
        end = boundaries.previous_character(text, end)
    return Span(start, end) if start < end else None


def split(project: Project, annotation: AnnotationRecord, text: str, at: int) -> tuple[int, Change]:
    """Plan the split of an annotation at ``at``; return the id of the second half and the Change.

    Both halves keep all fields of the annotation; its relations stay with the first one. Raise InvalidValue.
    """
    before, after = split_at(text, annotation.fragments, at)
    annotator_id = project.read.project.annotators()[annotation.annotator]
    (id,) = project.next_ids("annotation")
    held, timestamp = stored_values(annotation), now()
    first = {**placed(text, before), "updated_at": timestamp}
    second = {
        **held,
        **placed(text, after),
        "uid": new_uid(),
        "document_id": annotation.document_id,
        "annotator_id": annotator_id,
        "created_by": annotation.created_by,
        "created_at": annotation.created_at,
        "updated_at": timestamp,
    }
    shortened = Edit("annotation", annotation.id, {column: held[column] for column in first}, first)
    return id, Change("Split the annotation", (shortened, Edit("annotation", id, None, second)))


class Joined(NamedTuple):
    """A planned join: the annotation that stays, what of the others it cannot hold, and the Change."""

    survivor_id: int
    dropped: tuple[str, ...]
    change: Change


def join(project: Project, annotations: Sequence[AnnotationRecord], text: str) -> Joined:
    """Plan one annotation from several of one document, one label and one annotator: the first in the text stays.

    It takes over the fields that it lacks, all notes, cues and mentions, and the relations. Spans that are separated
    only by white space and punctuation are joined; others become fragments. Raise InvalidValue.
    """
    first, *others = sorted(annotations, key=lambda found: (found.start, -found.end, found.id))
    _check_joinable(first, others)
    held, after, dropped = stored_values(first), dict[str, Any](), list[str]()
    for other in others:
        dropped += _taken_over({**held, **after}, other, after)
    after |= placed(text, joined_fragments(text, [found.fragments for found in (first, *others)]))
    after = {column: value for column, value in after.items() if value != held[column]}
    annotator_id = project.read.project.annotators()[first.annotator]
    ids = [found.id for found in (first, *others)]
    removed_ids = {found.id for found in others}
    dependents = project.read.annotations.relations(annotation_ids=ids, trashed=True)
    judgements, lost_judgements = moved(project, first.id, removed_ids)
    relations, lost = _moved_relations(dependents, first.id, removed_ids)
    dropped += lost + lost_judgements
    edits = [*relations, *judgements]
    for other in others:
        before = {**stored_values(other), "uid": other.uid, "annotator_id": annotator_id}
        edits.append(Edit("annotation", other.id, before, None))
    after["updated_at"] = now()
    edits.append(Edit("annotation", first.id, {column: held[column] for column in after}, after))
    change = Change(f"Join {counted(len(annotations), 'annotation')}", tuple(edits))
    return Joined(first.id, tuple(dict.fromkeys(dropped)), change)


def joined_fragments(text: str, parts: Sequence[Fragments]) -> Fragments:
    """Return the fragments of several annotations as those of one; gaps within one of them stay gaps."""
    spans = sorted((span, number) for number, fragments in enumerate(parts) for span in fragments)
    joined: list[Span] = []
    owner = -1
    for span, number in spans:
        if joined and (
            span.start <= joined[-1].end or (number != owner and _is_separator(text[joined[-1].end : span.start]))
        ):
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
        owner = number
    return tuple(joined)


def _is_separator(between: str) -> bool:
    return all(sign.isspace() or unicodedata.category(sign)[0] == "P" for sign in between)


def _check_joinable(first: AnnotationRecord, others: Sequence[AnnotationRecord]) -> None:
    if not others:
        raise InvalidValue("There is only one annotation to join: choose two or more.")
    for what, values in (
        ("label", {found.label for found in (first, *others)}),
        ("annotator", {found.annotator for found in (first, *others)}),
        ("document", {str(found.document_id) for found in (first, *others)}),
    ):
        if len(values) > 1:
            raise InvalidValue(f"Only annotations of one {what} can be joined; these have {', '.join(sorted(values))}.")


def _taken_over(held: Mapping[str, Any], other: AnnotationRecord, after: dict[str, Any]) -> list[str]:
    """Add to ``after`` what ``other`` adds to ``held``; return in words what it could not add."""
    given, dropped = stored_values(other), []
    names = {"source_id": f"who said it ({other.source})", "probability": f"probability {other.probability}%"}
    for column in ("source_id", *_SCALES):
        if given[column] is None or given[column] == held[column]:
            continue
        if held[column] is None:
            after[column] = given[column]
        else:
            dropped.append(names.get(column, f"{column} {given[column]}"))
    if "credibility" in after:
        after["credibility_reason"] = given["credibility_reason"]
    if given["reliability"] is not None and given["reliability"] != held["reliability"]:
        if held["reliability"] is None:
            after |= {name: given[name] for name in ("reliability", "reliability_reason")}
        else:
            dropped.append(f"reliability {given['reliability']}")
    elif given["reliability_reason"] and given["reliability_reason"] != held["reliability_reason"]:
        after["reliability_reason"] = _both(held["reliability_reason"], given["reliability_reason"])
    for text in _TEXTS:
        if given[text] and given[text] != held[text]:
            after[text] = _both(held[text], given[text])
    for part in ("cue", "mention"):
        spans = sorted([*map(tuple, held[part]), *map(tuple, given[part])])
        after[part] = _merged(spans)
    features = dict(held["features"])
    for name, value in given["features"].items():
        if features.setdefault(name, value) != value:
            dropped.append(f"{name}: {value}")
    after["features"] = features
    return dropped


def _both(one: str, other: str) -> str:
    return f"{one}\n{other}" if one else other


def _merged(spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return sorted spans; those that overlap or touch are joined."""
    merged: list[list[int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _moved_relations(
    affected: Sequence[RelationRecord], remaining_id: int, removed_ids: set[int]
) -> tuple[list[Edit], list[str]]:
    """Return the edits that move relations to the remaining annotation, and in words those that would be
    meaningless.
    """
    edits: list[Edit] = []
    dropped: list[str] = []
    taken = {
        (found.kind, found.from_id, found.to_id) for found in affected if not removed_ids & {found.from_id, found.to_id}
    }
    for found in affected:
        ends = {"from_id": found.from_id, "to_id": found.to_id}
        moved = {name: remaining_id for name, end in ends.items() if end in removed_ids}
        if not moved:
            continue
        after = {**ends, **moved}
        key = (found.kind, after["from_id"], after["to_id"])
        if after["from_id"] == after["to_id"] or key in taken:
            edits.append(Edit("relation", found.id, {"uid": found.uid}, None))
            if after["from_id"] == after["to_id"]:
                dropped.append(f"the relation {found.kind} between them")
            elif found.note:
                dropped.append(f"the note of the relation {found.kind}")
        else:
            taken.add(key)
            edits.append(Edit("relation", found.id, {name: ends[name] for name in moved}, moved))
    return edits, dropped


# --- copying ----------------------------------------------------------------------------------------------------------


def grades_of(annotation: AnnotationRecord) -> dict[str, Any]:
    """Return the grades of the annotation itself, as fields for another one; empty where there are none.

    A reliability that it inherits from its source is not included.
    """
    held = stored_values(annotation)
    return {name: held[name] for name in GRADES if held[name] not in (None, "")}


def repeated(annotation: AnnotationRecord) -> dict[str, Any]:
    """Return fields for a similar annotation: source, grades and features, but no words of the text.

    A credibility of 1 without a reason is left out: it rests on statements that confirm this annotation, not the new
    one.
    """
    fields = {"source_id": annotation.source_id, "features": dict(annotation.features), **grades_of(annotation)}
    if annotation.credibility == 1 and not annotation.credibility_reason:
        del fields["credibility"]
    return fields
