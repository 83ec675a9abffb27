"""The actions on the active annotation: its edges and fragments, its source, note and grades."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows, WithArgument
from annotator.app.annotations.docked_views import ANNOTATIONS, INSPECTOR
from annotator.app.annotations.edge_commands import ShapingCommands
from annotator.app.annotations.field_commands import FieldCommands
from annotator.app.reader.command_host import CommandHost
from annotator.app.sources.docked_views import SOURCES
from annotator.domain.grades import CONFIDENCES, CREDIBILITY, RELIABILITY

if TYPE_CHECKING:
    from annotator.app.annotations.annotation_table import AnnotationTableView
    from annotator.app.annotations.inspector.inspector import Inspector

_EDGE_KEYS = {
    ("left", "start"): "E",
    ("right", "start"): "R",
    ("left", "end"): "U",
    ("right", "end"): "I",
}
_EDGE_UNITS = {"word": "{}", "character": "Shift+{}", "sentence": "T, {}"}
_FRAGMENT_EDGES = (
    "In an annotation with gaps it is the fragment at the caret; from its outermost edges and in a gap, the whole."
)


def _edges() -> Iterator[Command[ShapingCommands]]:
    """Yield the four actions that move an edge by each unit."""
    for unit, keys in _EDGE_UNITS.items():
        for (direction, side), key in _EDGE_KEYS.items():
            begins, later = "begins" if side == "start" else "ends", "earlier" if direction == "left" else "later"
            effect = f"The annotation {begins} one {unit} {later}."
            if unit == "sentence":
                effect = f"The annotation {begins} where a sentence {begins}; each press goes one sentence on."
            spec = text_action(
                f"edge.{side}_{direction}_{unit}",
                f"{side.capitalize()}: one {unit} {later}",
                "Annotate/Move edge",
                f"{effect} {_FRAGMENT_EDGES}",
                keys.format(key),
                context=Context.ANNOTATION,
                writes=True,
                section="edges",
            )
            yield Command(spec, WithArgument(ShapingCommands.edge_step, f"{side} {direction} {unit}"))


def _grade(id: str, title: str, help: str, key: str, section: str) -> ActionSpec:
    return text_action(
        f"grade.{id}", title, "Grade", help, f"G, {key}", context=Context.ANNOTATION, writes=True, section=section
    )


def _grades() -> Iterator[Command[FieldCommands]]:
    """Yield an action for each reliability, credibility and confidence."""
    for grade in RELIABILITY:
        title = f"Reliability {grade.code}: {grade.words}"
        effect = f"{grade.meaning} Assesses the source today, for all its statements."
        spec = _grade(f"reliability.{grade.code}", title, effect, grade.code, "reliability")
        yield Command(spec, WithArgument(FieldCommands.grade_reliability, grade.code))
    for grade in CREDIBILITY:
        title = f"Credibility {grade.code}: {grade.words}"
        spec = _grade(f"credibility.{grade.code}", title, grade.meaning, grade.code, "credibility")
        yield Command(spec, WithArgument(FieldCommands.grade_credibility, int(grade.code)))
    for confidence in CONFIDENCES:
        title, meaning = f"Confidence: {confidence}", "How sure you are of your own judgement."
        spec = _grade(f"confidence.{confidence}", title, meaning, confidence[0].upper(), "confidence")
        yield Command(spec, WithArgument(FieldCommands.grade_confidence, confidence))


FIELD_ROWS: Rows[FieldCommands] = (
    Command(
        text_action(
            "annotate.source",
            "Who said it",
            "Annotate",
            "Goes to the field for the source.",
            "A",
            context=Context.ANNOTATION,
            writes=True,
            icon="source",
            section="parts",
        ),
        FieldCommands.annotate_source,
    ),
    Command(
        text_action(
            "annotate.set_cue",
            "Selection is the cue",
            "Annotate",
            "Makes the selection the saying words (cue) of the active annotation.",
            "Q",
            context=Context.ANNOTATION,
            writes=True,
            section="parts",
        ),
        FieldCommands.annotate_set_cue,
    ),
    Command(
        text_action(
            "annotate.set_mention",
            "Selection is the mention of the source",
            "Annotate",
            "Makes the selection the words that name the source.",
            "M",
            context=Context.ANNOTATION,
            writes=True,
            section="parts",
        ),
        FieldCommands.annotate_set_mention,
    ),
    Command(
        text_action(
            "annotate.note",
            "Note",
            "Annotate",
            "Goes to the field for the note.",
            "N",
            context=Context.ANNOTATION,
            writes=True,
            icon="note",
            section="parts",
        ),
        FieldCommands.annotate_note,
    ),
    *_grades(),
    Command(
        _grade("probability", "Probability", "Goes to the field for the likelihood in percent.", "P", "confidence"),
        FieldCommands.grade_probability,
    ),
    Command(
        _grade(
            "clear",
            "Clear all grades",
            "Takes the credibility, probability and confidence off the annotation, and a letter that differs here; "
            "the letter of the source stays.",
            "0",
            "clear",
        ),
        FieldCommands.grade_clear,
    ),
)

SHAPING_ROWS: Rows[ShapingCommands] = (
    Command(
        text_action(
            "annotate.add_fragment",
            "Add the selection as a fragment",
            "Annotate",
            "Adds the selection to the active annotation, which may have gaps.",
            "F",
            context=Context.ANNOTATION,
            writes=True,
            section="parts",
            after="annotate.set_mention",
        ),
        ShapingCommands.annotate_add_fragment,
    ),
    Command(
        text_action(
            "annotate.remove_fragment",
            "Remove the fragment at the caret",
            "Annotate",
            "Takes the fragment at the caret off the active annotation; the last one stays.",
            "Shift+F",
            context=Context.ANNOTATION,
            writes=True,
            section="parts",
        ),
        ShapingCommands.annotate_remove_fragment,
    ),
    *_edges(),
    Command(
        text_action(
            "edge.both_sentence",
            "Both edges: to the sentence",
            "Annotate/Move edge",
            f"The annotation takes the whole of the sentences in which it begins and ends. {_FRAGMENT_EDGES}",
            "T, S",
            context=Context.ANNOTATION,
            writes=True,
            section="edges",
        ),
        ShapingCommands.edge_both_sentence,
    ),
    Command(
        text_action(
            "annotate.split",
            "Split at the caret",
            "Annotate",
            "Makes two annotations of the active one; both keep label, source, grades, note and parts.",
            "Shift+S",
            context=Context.ANNOTATION,
            writes=True,
            section="edges",
        ),
        ShapingCommands.annotate_split,
    ),
    Command(
        text_action(
            "annotate.join",
            "Join with the next one",
            "Annotate",
            "Makes one annotation of the active one and the next of its label, or of the rows chosen in the table.",
            "Shift+J",
            context=Context.ANNOTATION,
            writes=True,
            section="edges",
        ),
        ShapingCommands.annotate_join,
    ),
    Command(
        text_action(
            "annotate.repeat",
            "Repeat the last annotation",
            "Annotate",
            "Annotates the selection, or else the sentence at the caret, like the annotation made or changed last: "
            "label, source, grades and features.",
            "D",
            writes=True,
            section="edges",
        ),
        ShapingCommands.annotate_repeat,
    ),
    Command(
        text_action(
            "grade.copy",
            "Copy grades",
            "Grade",
            "Copies the grades of the annotation, but for the letter that it has from its source.",
            "G, K",
            context=Context.ANNOTATION,
            section="copy",
        ),
        ShapingCommands.grade_copy,
    ),
    Command(
        _grade(
            "paste",
            "Paste grades",
            "Gives the annotation the grades that were copied; other grades of it stay.",
            "V",
            "copy",
        ),
        ShapingCommands.grade_paste,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions on the active annotation; connect its inspector and the table."""
    fields = FieldCommands(host)
    registry.add(FIELD_ROWS, fields)
    host.workspace.reason_needed.connect(fields.ask_for_reason)
    registry.add(SHAPING_ROWS, ShapingCommands(host))

    def connect_inspector(view: "Inspector") -> None:
        view.jump_requested.connect(host.reading_commands.show_annotation)
        view.hit_requested.connect(host.show_place)
        view.leave_requested.connect(host.focus_text)
        view.cue_from_selection_requested.connect(fields.annotate_set_cue)
        view.mention_from_selection_requested.connect(fields.annotate_set_mention)
        view.assess_requested.connect(lambda source_id: host.show_view(SOURCES).edit(source_id))
        view.relate_requested.connect(host.reading_commands.begin_relation)
        view.claim_requested.connect(host.action("claim.open").trigger)
        view.chain_requested.connect(host.action("claim.chain").trigger)

    def connect_table(view: "AnnotationTableView") -> None:
        view.jump_requested.connect(host.reading_commands.show_annotation)
        view.leave_requested.connect(host.focus_text)
        host.enable_text_keys(view.table)

    host.when_built(INSPECTOR, connect_inspector)
    host.when_built(ANNOTATIONS, connect_table)
