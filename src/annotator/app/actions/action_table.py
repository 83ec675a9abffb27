"""Every action of the window, in one table. Menus, tool bar, key map, command palette and keys sheet read it.

How the keys are to be remembered: the selection has the first letter of what it takes (word, sentence, clause,
paragraph); H and L go back and forth by sentence, J and K walk the annotations; the left hand moves the left edge
(E, R), the right hand the right edge (U, I), by sentence after T; all grading begins with G. Only letters, digits and
arrows are used without a modifier, because they exist on every keyboard.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from annotator.app.style.icons import icon
from annotator.app.views.view_table import VIEWS
from annotator.app.widgets.mnemonics import without_mnemonic
from annotator.app.widgets.tool_tips import tool_tip
from annotator.domain.grades import CONFIDENCES, CREDIBILITY, RELIABILITY


class Context(IntEnum):
    """What must be there for an action; each level has all that the levels before it have."""

    ALWAYS = 0
    PROJECT = 1
    DOCUMENT = 2
    ANNOTATION = 3


REASONS = {
    Context.PROJECT: "Open a project first.",
    Context.DOCUMENT: "Open a document first.",
    Context.ANNOTATION: "Choose an annotation first.",
}
READ_ONLY_REASON = "This project is open for reading only."


class Scope(Enum):
    """Where the keys of an action are heard."""

    WINDOW = "window"
    READING = "reading"
    """Only while the text or the table of annotations has the focus, so that a single letter can be a key."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A row of the table.

    ``keys``: the built-in keys, Qt's portable text. ``section``: a line separates sections of a menu.
    ``argument``: what the handler of a family is called with. ``writes``: it changes the project.
    """

    id: str
    title: str
    menu: str
    help: str
    keys: tuple[str, ...] = ()
    context: Context = Context.ALWAYS
    scope: Scope = Scope.WINDOW
    icon: str = ""
    section: str = ""
    handler: str = ""
    argument: str | int | None = None
    checkable: bool = False
    writes: bool = False
    on_bar: bool = False

    @property
    def handler_name(self) -> str:
        """The name of the handler: the id with underscores, unless a family shares one."""
        return self.handler or self.id.replace(".", "_")


MENUS = (
    ("File", "&File"),
    ("Edit", "&Edit"),
    ("Select", "&Select"),
    ("Annotate", "&Annotate"),
    ("Grade", "&Grade"),
    ("Suggest", "S&uggest"),
    ("Go", "G&o"),
    ("View", "&View"),
    ("Help", "&Help"),
)
"""The menus and their titles, in their order in the bar."""


def _reading(
    id: str,
    title: str,
    menu: str,
    help: str,
    *keys: str,
    context: Context = Context.DOCUMENT,
    writes: bool = False,
    **more: Any,
) -> ActionSpec:
    return ActionSpec(id, title, menu, help, keys, context, Scope.READING, writes=writes, **more)


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


def _edges() -> Iterator[ActionSpec]:
    """The four edge keys of each unit, and both edges at once."""
    edge: dict[str, Any] = {"context": Context.ANNOTATION, "writes": True, "section": "edges"}
    for unit, keys in _EDGE_UNITS.items():
        for (direction, side), key in _EDGE_KEYS.items():
            begins, later = "begins" if side == "start" else "ends", "earlier" if direction == "left" else "later"
            told = f"The annotation {begins} one {unit} {later}."
            if unit == "sentence":
                told = f"The annotation {begins} where a sentence {begins}; each press goes one sentence on."
            yield _reading(
                f"edge.{side}_{direction}_{unit}",
                f"{side.capitalize()}: one {unit} {later}",
                "Annotate/Move edge",
                f"{told} {_FRAGMENT_EDGES}",
                keys.format(key),
                handler="edge_step",
                argument=f"{side} {direction} {unit}",
                **edge,
            )
    yield _reading(
        "edge.both_sentence",
        "Both edges: to the sentence",
        "Annotate/Move edge",
        f"The annotation takes the whole of the sentences in which it begins and ends. {_FRAGMENT_EDGES}",
        "T, S",
        **edge,
    )


def _labels() -> Iterator[ActionSpec]:
    for digit in range(1, 10):
        yield _reading(
            f"annotate.label.{digit}",
            f"Label {digit}",
            "Annotate",
            "Labels the selection; without one, the sentence at the caret. On the active annotation it changes the "
            "label.",
            str(digit),
            writes=True,
            icon="label",
            section="labels",
            handler="annotate_label",
            argument=digit,
        )


def _vocabulary() -> Iterator[ActionSpec]:
    """What is done to the labels themselves: to the current one of the legend, or else that of the annotation."""
    menu: dict[str, Any] = {"menu": "Annotate/Labels", "section": "vocabulary", "context": Context.PROJECT}
    yield ActionSpec(
        "labels.edit",
        "Edit the labels",
        help="Adds, renames, recolours, orders, nests, merges and splits labels, and checks their colours.",
        keys=("Ctrl+L",),
        icon="label",
        **menu,
    )
    yield ActionSpec("labels.add", "New label", help="Adds a label.", icon="add", writes=True, **menu)
    yield ActionSpec(
        "labels.rename", "Rename the label", help="Gives the label another name.", icon="edit", writes=True, **menu
    )
    yield ActionSpec(
        "labels.merge",
        "Merge the label into another",
        help="Moves all its annotations to another label; the label goes.",
        icon="merge",
        writes=True,
        **menu,
    )
    yield ActionSpec(
        "labels.split",
        "Split the label",
        help="Moves those of its annotations that match to a new label or another one.",
        icon="split",
        writes=True,
        **menu,
    )
    yield ActionSpec(
        "labels.remove",
        "Remove the label",
        help="Removes a label that no annotation has, or offers to merge it.",
        icon="trash",
        writes=True,
        **menu,
    )
    yield ActionSpec(
        "labels.hide",
        "Hide the label, or show it again",
        help="Hides the annotations with this label in the text and in the table; nothing in the file changes.",
        icon="eye-off",
        **menu,
    )
    yield ActionSpec(
        "labels.solo",
        "Show the label alone, or the others again",
        help="Hides all other labels; nothing in the file changes.",
        icon="solo",
        **menu,
    )
    yield ActionSpec(
        "labels.show_all",
        "Show all labels again",
        help="Shows every label that is hidden.",
        keys=("Ctrl+Shift+L",),
        icon="eye",
        **menu,
    )


def _grades() -> Iterator[ActionSpec]:
    graded: dict[str, Any] = {"context": Context.ANNOTATION, "writes": True}
    for grade in RELIABILITY:
        yield _reading(
            f"grade.reliability.{grade.code}",
            f"Reliability {grade.code}: {grade.words}",
            "Grade",
            grade.meaning,
            f"G, {grade.code}",
            section="reliability",
            handler="grade_reliability",
            argument=grade.code,
            **graded,
        )
    for grade in CREDIBILITY:
        yield _reading(
            f"grade.credibility.{grade.code}",
            f"Credibility {grade.code}: {grade.words}",
            "Grade",
            grade.meaning,
            f"G, {grade.code}",
            section="credibility",
            handler="grade_credibility",
            argument=int(grade.code),
            **graded,
        )
    for confidence in CONFIDENCES:
        yield _reading(
            f"grade.confidence.{confidence}",
            f"Confidence: {confidence}",
            "Grade",
            "How sure you are of your own judgement.",
            f"G, {confidence[0].upper()}",
            section="confidence",
            handler="grade_confidence",
            argument=confidence,
            **graded,
        )
    yield _reading(
        "grade.probability",
        "Probability",
        "Grade",
        "Goes to the field for the likelihood in percent.",
        "G, P",
        section="confidence",
        **graded,
    )
    yield _reading(
        "grade.copy",
        "Copy the grades",
        "Grade",
        "Copies the grades of the annotation, but for the letter that it has from its source.",
        "G, K",
        context=Context.ANNOTATION,
        section="copy",
    )
    yield _reading(
        "grade.paste",
        "Give it the copied grades",
        "Grade",
        "Gives the annotation the grades that were copied; other grades of it stay.",
        "G, V",
        section="copy",
        **graded,
    )
    yield _reading(
        "grade.clear",
        "Clear all grades",
        "Grade",
        "Takes the reliability, credibility, probability and confidence off the annotation.",
        "G, 0",
        section="clear",
        **graded,
    )


def _claims() -> Iterator[ActionSpec]:
    claimed: dict[str, Any] = {"context": Context.ANNOTATION, "section": "claims"}
    yield _reading(
        "claim.make",
        "New claim of it",
        "Grade",
        "Makes a claim that the annotation, or those chosen in the table, state.",
        "G, N",
        writes=True,
        **claimed,
    )
    yield _reading(
        "claim.state",
        "It states a claim",
        "Grade",
        "Chooses the claim that the annotation states; the likeliest come first.",
        "G, S",
        writes=True,
        **claimed,
    )
    yield _reading(
        "claim.deny",
        "It denies a claim",
        "Grade",
        "Chooses the claim that the annotation denies.",
        "G, X",
        writes=True,
        **claimed,
    )
    yield _reading(
        "claim.open",
        "Show its claim",
        "Grade",
        "Shows the claim that the annotation states, who else states it, and what became of it.",
        "G, O",
        **claimed,
    )
    yield _reading(
        "claim.chain",
        "Attribution chain",
        "Grade",
        "Shows from where the statement comes, and takes further origins and relays.",
        "G, R",
        **claimed,
    )
    yield _reading(
        "claim.weigh",
        "Weigh as evidence",
        "Grade",
        "Makes the annotation, or those chosen in the table, evidence on a question with competing hypotheses.",
        "G, W",
        writes=True,
        **claimed,
    )
    yield ActionSpec(
        "claim.suggest",
        "Look for claims",
        "Grade",
        "Finds annotations that may state the same claim, by names, numbers and wording.",
        (),
        Context.PROJECT,
        section="claims",
        writes=True,
    )


def _suggestions() -> Iterator[ActionSpec]:
    """What is done about suggestions: Y is yes, Shift+Y yes but, Shift+N no."""
    yield ActionSpec(
        "suggest.run",
        "Suggest",
        "Suggest",
        "Reads the documents in which something has changed, and suggests annotations by rules.",
        ("Ctrl+G",),
        Context.PROJECT,
        icon="suggest",
        section="make",
        writes=True,
        on_bar=True,
    )
    yield ActionSpec(
        "suggest.model",
        "What suggests",
        "Suggest",
        "Chooses the rules or a trained model, shows how good it is, and from which score on suggestions are shown.",
        ("Ctrl+Shift+G",),
        Context.PROJECT,
        icon="settings",
        section="make",
    )
    yield ActionSpec(
        "suggest.train",
        "Train a model",
        "Suggest",
        "Learns from the annotations and rejections of this project, on this machine.",
        (),
        Context.PROJECT,
        icon="suggest",
        section="make",
    )
    yield ActionSpec(
        "suggest.evaluate",
        "Evaluate against gold",
        "Suggest",
        "Precision, recall and F of annotations or suggestions against another project, corpus or annotator.",
        (),
        Context.PROJECT,
        icon="grade",
        section="make",
    )
    answered: dict[str, Any] = {"writes": True, "section": "answer"}
    yield _reading(
        "suggest.accept",
        "Accept the suggestion",
        "Suggest",
        "Makes the annotation that is suggested; on other words where such are selected. Goes on to the next.",
        "Y",
        icon="accept",
        **answered,
    )
    yield _reading(
        "suggest.correct",
        "Correct the suggestion",
        "Suggest",
        "Selects the suggested words, to be changed before a label or Y takes them. A label alone gives another label.",
        "Shift+Y",
        icon="edit",
        **answered,
    )
    yield _reading(
        "suggest.reject",
        "Reject the suggestion",
        "Suggest",
        "What is like it is not suggested again, and a model learns from it. Goes on to the next.",
        "Shift+N",
        icon="reject",
        **answered,
    )
    yield ActionSpec(
        "suggest.accept_all",
        "Accept all from a score on",
        "Suggest",
        "Accepts many suggestions as one step, after a look at how many they are.",
        ("Ctrl+Shift+Y",),
        Context.PROJECT,
        icon="accept-all",
        **answered,
    )
    walked: dict[str, Any] = {"context": Context.PROJECT, "section": "walk"}
    yield ActionSpec(
        "suggest.next",
        "Next suggestion",
        "Suggest",
        "Goes to the next suggestion, in the order that the list of suggestions has.",
        ("Ctrl+J",),
        icon="next",
        **walked,
    )
    yield ActionSpec(
        "suggest.previous",
        "Previous suggestion",
        "Suggest",
        "Goes to the suggestion before.",
        ("Ctrl+Shift+J",),
        icon="previous",
        **walked,
    )
    yield ActionSpec(
        "suggest.show",
        "Suggestions in the text",
        "Suggest",
        "Shows the suggestions in the text with dashes, or puts them away.",
        (),
        icon="eye",
        checkable=True,
        **walked,
    )


def _panes() -> Iterator[ActionSpec]:
    for view in VIEWS:
        yield ActionSpec(
            f"view.{view.id}",
            view.title,
            "View",
            f"Shows or hides this pane. {view.help}",
            (view.key,) if view.key else (),
            Context.PROJECT,
            icon=view.icon,
            section="panes",
            handler="view_pane",
            argument=view.id,
            checkable=True,
            on_bar=not view.shown,
        )


_PROJECT, _DOCUMENT, _ANNOTATION = Context.PROJECT, Context.DOCUMENT, Context.ANNOTATION

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("file.new", "New project", "File", "Makes an empty project file.", ("Ctrl+N",), icon="new"),
    ActionSpec("file.open", "Open project", "File", "Opens a project file.", ("Ctrl+O",), icon="open", on_bar=True),
    ActionSpec(
        "file.close", "Close project", "File", "Closes the project; all is saved already.", ("Ctrl+W",), _PROJECT
    ),
    ActionSpec(
        "file.import",
        "Import files",
        "File",
        "Adds articles from files as documents.",
        ("Ctrl+I",),
        _PROJECT,
        icon="import",
        section="exchange",
        writes=True,
        on_bar=True,
    ),
    ActionSpec(
        "file.import_folder",
        "Import a folder",
        "File",
        "Adds every article of a folder and of the folders in it.",
        ("Ctrl+Shift+I",),
        _PROJECT,
        icon="folder",
        section="exchange",
        writes=True,
    ),
    ActionSpec(
        "file.carry_over",
        "Carry annotations over",
        "File",
        "Gives new versions of articles the annotations of the earlier ones.",
        ("Ctrl+Shift+U",),
        _PROJECT,
        section="exchange",
        writes=True,
    ),
    ActionSpec(
        "file.export",
        "Export",
        "File",
        "Writes documents and annotations in a format of your choice.",
        ("Ctrl+E",),
        _PROJECT,
        icon="export",
        section="exchange",
        on_bar=True,
    ),
    ActionSpec(
        "file.export_pdf",
        "Export the article as PDF",
        "File",
        "Writes the open article with its highlights, a legend and a list of its annotations as a PDF.",
        ("Ctrl+Shift+P",),
        _DOCUMENT,
        section="print",
    ),
    ActionSpec(
        "file.report",
        "Report",
        "File",
        "Writes a report on the project, a document, a source or a claim, as it stood on a day.",
        ("Ctrl+R",),
        _PROJECT,
        section="print",
    ),
    ActionSpec(
        "file.print",
        "Print the article",
        "File",
        "Prints the open article with its highlights, a legend and a list of its annotations.",
        ("Ctrl+P",),
        _DOCUMENT,
        section="print",
    ),
    ActionSpec(
        "file.backup",
        "Back up now",
        "File",
        "Makes a checked copy of the project beside it.",
        (),
        _PROJECT,
        section="care",
    ),
    ActionSpec(
        "file.restore_backup",
        "Restore from a backup…",
        "File",
        "Lists the backups, shows what they lack, and opens one as a new project; nothing is overwritten.",
        section="care",
    ),
    ActionSpec(
        "file.check",
        "Check the project",
        "File",
        "Checks the file, every span and the history, and reports.",
        (),
        _PROJECT,
        icon="check",
        section="care",
    ),
    ActionSpec("file.quit", "Quit", "File", "Ends the program; all is saved already.", ("Ctrl+Q",), section="end"),
    ActionSpec(
        "edit.undo",
        "Undo",
        "Edit",
        "Takes the last change back, also one of an earlier day.",
        ("Ctrl+Z",),
        _PROJECT,
        icon="undo",
        writes=True,
        on_bar=True,
    ),
    ActionSpec(
        "edit.redo",
        "Redo",
        "Edit",
        "Makes the change again that was taken back.",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        _PROJECT,
        icon="redo",
        writes=True,
        on_bar=True,
    ),
    _reading(
        "edit.copy",
        "Copy",
        "Edit",
        "Copies the selected words exactly as the document has them.",
        "Ctrl+C",
        section="text",
    ),
    _reading(
        "edit.copy_citation",
        "Copy with source",
        "Edit",
        "Copies the selected words, or those of the annotation, with title, source, date and place.",
        "Ctrl+Shift+C",
        section="text",
    ),
    ActionSpec(
        "find.document",
        "Find in the document",
        "Edit",
        "Finds words in the text and marks them all; without a document it searches the project.",
        ("Ctrl+F",),
        _PROJECT,
        icon="search",
        section="find",
    ),
    ActionSpec(
        "find.next", "Next hit", "Edit", "Goes to the next place that was found.", ("F3",), _DOCUMENT, section="find"
    ),
    ActionSpec(
        "find.previous",
        "Previous hit",
        "Edit",
        "Goes back to the place that was found before.",
        ("Shift+F3",),
        _DOCUMENT,
        section="find",
    ),
    ActionSpec(
        "edit.find",
        "Search the project",
        "Edit",
        "Goes to the search field, which looks through all documents.",
        ("Ctrl+Shift+F",),
        _PROJECT,
        icon="search",
        section="find",
    ),
    ActionSpec(
        "find.concordance",
        "Concordance",
        "Edit",
        "Lists every place of the selected words, or of what you type, with the words around it.",
        ("F4",),
        _PROJECT,
        icon="concordance",
        section="find",
    ),
    ActionSpec(
        "document.status",
        "Next status of the document",
        "Edit",
        "Steps through the statuses of the document, such as open and done.",
        ("Ctrl+D",),
        _DOCUMENT,
        icon="check",
        section="document",
        writes=True,
    ),
    ActionSpec(
        "document.properties",
        "About the document",
        "Edit",
        "Shows the data of the document, such as its source and date, to change them.",
        ("Ctrl+Return",),
        _DOCUMENT,
        icon="edit",
        section="document",
    ),
    ActionSpec(
        "document.direction",
        "Direction of the text",
        "Edit",
        "Lets the text run from left to right, from right to left, or as each paragraph tells itself.",
        ("Ctrl+Shift+X",),
        _DOCUMENT,
        section="document",
        writes=True,
    ),
    ActionSpec(
        "document.trash",
        "Move the document to the trash",
        "Edit",
        "Takes the document out of the lists; it can be brought back.",
        ("Ctrl+Shift+D",),
        _DOCUMENT,
        icon="trash",
        section="document",
        writes=True,
    ),
    ActionSpec(
        "edit.preferences",
        "Settings",
        "Edit",
        "Shows everything that can be set.",
        ("Ctrl+,",),
        icon="settings",
        section="settings",
    ),
    _reading("select.word", "Word", "Select", "Selects the word at the caret.", "W"),
    _reading("select.sentence", "Sentence", "Select", "Selects the sentence at the caret.", "S"),
    _reading("select.clause", "Clause", "Select", "Selects the clause at the caret; pressed again, the next one.", "C"),
    _reading(
        "select.previous_clause",
        "Last clause, or the clause before",
        "Select",
        "Selects the last clause of the sentence, where mostly stands what is said; pressed again, the one before.",
        "Z",
    ),
    _reading("select.paragraph", "Paragraph", "Select", "Selects the paragraph at the caret.", "P"),
    _reading(
        "select.grow",
        "Grow",
        "Select",
        "Widens to the next larger unit: word, clause, sentence, paragraph.",
        "X",
        "+",
        section="size",
    ),
    _reading("select.shrink", "Shrink", "Select", "Goes back to the smaller unit.", "Shift+X", "-", section="size"),
    _reading(
        "select.none", "Nothing", "Select", "Drops the selection and the active annotation.", "Esc", section="size"
    ),
    _reading(
        "select.next_sentence",
        "To the next sentence",
        "Select",
        "Moves the caret one sentence on.",
        "L",
        section="move",
    ),
    _reading(
        "select.previous_sentence",
        "To the previous sentence",
        "Select",
        "Moves the caret one sentence back.",
        "H",
        section="move",
    ),
    _reading(
        "select.next_paragraph",
        "To the next paragraph",
        "Select",
        "Moves the caret one paragraph on.",
        "B",
        section="move",
    ),
    _reading(
        "select.previous_paragraph",
        "To the previous paragraph",
        "Select",
        "Moves the caret one paragraph back.",
        "V",
        section="move",
    ),
    _reading(
        "extend.next_word",
        "Extend to the next word",
        "Select",
        "Moves the end of the selection one word on.",
        "Shift+W",
        section="extend",
    ),
    _reading(
        "extend.previous_word",
        "Extend to the previous word",
        "Select",
        "Moves the end of the selection one word back.",
        "Shift+Q",
        section="extend",
    ),
    _reading(
        "extend.next_sentence",
        "Extend to the next sentence",
        "Select",
        "Moves the end of the selection one sentence on.",
        "Shift+L",
        section="extend",
    ),
    _reading(
        "extend.previous_sentence",
        "Extend to the previous sentence",
        "Select",
        "Moves the end of the selection one sentence back.",
        "Shift+H",
        section="extend",
    ),
    _reading(
        "extend.next_paragraph",
        "Extend to the next paragraph",
        "Select",
        "Moves the end of the selection one paragraph on.",
        "Shift+B",
        section="extend",
    ),
    _reading(
        "extend.previous_paragraph",
        "Extend to the previous paragraph",
        "Select",
        "Moves the end of the selection one paragraph back.",
        "Shift+V",
        section="extend",
    ),
    *_labels(),
    _reading(
        "annotate.all_occurrences",
        "Annotate all occurrences",
        "Annotate",
        "Finds every place of the selected words, or of what was found last, and labels them all in one step.",
        "O",
        writes=True,
        icon="label",
        section="occurrences",
    ),
    _reading(
        "annotate.source",
        "Who said it",
        "Annotate",
        "Goes to the field for the source.",
        "A",
        context=_ANNOTATION,
        writes=True,
        icon="source",
        section="parts",
    ),
    _reading(
        "annotate.set_cue",
        "Selection is the cue",
        "Annotate",
        "Makes the selection the saying words (cue) of the active annotation.",
        "Q",
        context=_ANNOTATION,
        writes=True,
        section="parts",
    ),
    _reading(
        "annotate.set_mention",
        "Selection is the mention of the source",
        "Annotate",
        "Makes the selection the words that name the source.",
        "M",
        context=_ANNOTATION,
        writes=True,
        section="parts",
    ),
    _reading(
        "annotate.add_fragment",
        "Add the selection as a fragment",
        "Annotate",
        "Adds the selection to the active annotation, which may have gaps.",
        "F",
        context=_ANNOTATION,
        writes=True,
        section="parts",
    ),
    _reading(
        "annotate.note",
        "Note",
        "Annotate",
        "Goes to the field for the note.",
        "N",
        context=_ANNOTATION,
        writes=True,
        icon="note",
        section="parts",
    ),
    _reading(
        "annotate.remove_fragment",
        "Remove the fragment at the caret",
        "Annotate",
        "Takes the fragment at the caret off the active annotation; the last one stays.",
        "Shift+F",
        context=_ANNOTATION,
        writes=True,
        section="parts",
    ),
    *_edges(),
    _reading(
        "annotate.split",
        "Split at the caret",
        "Annotate",
        "Makes two annotations of the active one; both keep label, source, grades, note and parts.",
        "Shift+S",
        context=_ANNOTATION,
        writes=True,
        section="edges",
    ),
    _reading(
        "annotate.join",
        "Join with the next one",
        "Annotate",
        "Makes one annotation of the active one and the next of its label, or of the rows chosen in the table.",
        "Shift+J",
        context=_ANNOTATION,
        writes=True,
        section="edges",
    ),
    _reading(
        "annotate.repeat",
        "Repeat the last annotation",
        "Annotate",
        "Annotates the selection, or else the sentence at the caret, like the annotation made or changed last: "
        "label, source, grades and features.",
        "D",
        writes=True,
        section="edges",
    ),
    _reading(
        "annotate.delete",
        "Delete the annotation",
        "Annotate",
        "Removes the active annotation with its grades and note; undo brings it back.",
        "Del",
        "Backspace",
        context=_ANNOTATION,
        writes=True,
        icon="trash",
        section="delete",
    ),
    *_vocabulary(),
    *_grades(),
    *_suggestions(),
    _reading(
        "navigate.next_annotation",
        "Next annotation",
        "Go",
        "Makes the next annotation active and shows it.",
        "J",
        icon="next",
        section="annotations",
    ),
    _reading(
        "navigate.previous_annotation",
        "Previous annotation",
        "Go",
        "Makes the annotation before active and shows it.",
        "K",
        icon="previous",
        section="annotations",
    ),
    ActionSpec(
        "navigate.back",
        "Back",
        "Go",
        "Goes back to the place that you were at before.",
        ("Alt+Left",),
        _PROJECT,
        section="visits",
    ),
    ActionSpec(
        "navigate.forward",
        "Forward",
        "Go",
        "Goes forward again to the place that you came back from.",
        ("Alt+Right",),
        _PROJECT,
        section="visits",
    ),
    ActionSpec(
        "bookmark.toggle",
        "Bookmark here",
        "Go",
        "Sets a bookmark at the selection or at the sentence of the caret, or takes the one there away.",
        ("Ctrl+B",),
        _DOCUMENT,
        icon="bookmark",
        section="bookmarks",
        writes=True,
    ),
    ActionSpec(
        "bookmark.next",
        "Next bookmark",
        "Go",
        "Goes to the next bookmark, on through all documents.",
        ("Alt+Down",),
        _PROJECT,
        section="bookmarks",
    ),
    ActionSpec(
        "bookmark.previous",
        "Previous bookmark",
        "Go",
        "Goes to the bookmark before, back through all documents.",
        ("Alt+Up",),
        _PROJECT,
        section="bookmarks",
    ),
    ActionSpec(
        "bookmark.list",
        "List of bookmarks",
        "Go",
        "Shows all bookmarks, to go there, rename and remove them.",
        ("Ctrl+Shift+B",),
        _PROJECT,
        section="bookmarks",
    ),
    ActionSpec(
        "navigate.previous_document",
        "Previous document",
        "Go",
        "Opens the document before in the list.",
        ("Ctrl+PgUp",),
        _PROJECT,
        icon="previous",
        section="documents",
        on_bar=True,
    ),
    ActionSpec(
        "navigate.next_document",
        "Next document",
        "Go",
        "Opens the next document of the list.",
        ("Ctrl+PgDown",),
        _PROJECT,
        icon="next",
        section="documents",
        on_bar=True,
    ),
    ActionSpec(
        "navigate.next_pane", "Next pane", "Go", "Moves the focus on to the next pane.", ("F6",), section="panes"
    ),
    ActionSpec(
        "navigate.previous_pane",
        "Previous pane",
        "Go",
        "Moves the focus back to the pane before.",
        ("Shift+F6",),
        section="panes",
    ),
    ActionSpec(
        "navigate.documents",
        "To the documents",
        "Go",
        "Moves the focus to the list of documents.",
        ("Ctrl+1",),
        _PROJECT,
        section="panes",
        handler="navigate_pane",
        argument="documents",
    ),
    ActionSpec(
        "navigate.text",
        "To the text",
        "Go",
        "Moves the focus to the text.",
        ("Ctrl+2",),
        _DOCUMENT,
        section="panes",
        handler="navigate_pane",
        argument="text",
    ),
    ActionSpec(
        "navigate.inspector",
        "To the inspector",
        "Go",
        "Moves the focus to the fields of the annotation.",
        ("Ctrl+3",),
        _DOCUMENT,
        section="panes",
        handler="navigate_pane",
        argument="inspector",
    ),
    ActionSpec(
        "navigate.table",
        "To the table of annotations",
        "Go",
        "Moves the focus to the table of annotations.",
        ("Ctrl+4",),
        _DOCUMENT,
        section="panes",
        handler="navigate_pane",
        argument="table",
    ),
    ActionSpec("view.zoom_in", "Larger text", "View", "Shows the text larger.", ("Ctrl++", "Ctrl+="), section="zoom"),
    ActionSpec("view.zoom_out", "Smaller text", "View", "Shows the text smaller.", ("Ctrl+-",), section="zoom"),
    ActionSpec(
        "view.zoom_reset",
        "Usual size of the text",
        "View",
        "Shows the text in the size of the settings.",
        ("Ctrl+0",),
        section="zoom",
    ),
    ActionSpec(
        "view.theme",
        "Next theme",
        "View",
        "Changes between light, dark, black on white and white on black.",
        ("Ctrl+T",),
        icon="theme",
        section="theme",
        on_bar=True,
    ),
    _reading(
        "view.card",
        "About the annotation",
        "View",
        "Shows what is known of the active annotation or suggestion beside its words.",
        "Shift+C",
        context=_DOCUMENT,
        section="page",
    ),
    _reading(
        "view.spans_here",
        "Annotations on this line",
        "View",
        "Lists all annotations on the line of the caret, to choose one.",
        "Shift+A",
        section="page",
    ),
    ActionSpec(
        "view.minimap",
        "Map of the document",
        "View",
        "Shows or hides the map beside the text: where annotations and search hits lie, and what is in view.",
        ("Ctrl+M",),
        _PROJECT,
        section="page",
        checkable=True,
    ),
    ActionSpec(
        "view.line_spacing",
        "Line spacing",
        "View",
        "Sets the lines further apart step by step, and then close again.",
        ("Ctrl+Shift+H",),
        section="page",
    ),
    ActionSpec(
        "view.split",
        "Two texts side by side",
        "View",
        "Shows a second pane beside the text, for another document or another place; F6 goes from one to the other.",
        ("F5",),
        _DOCUMENT,
        icon="columns",
        section="page",
        checkable=True,
    ),
    ActionSpec(
        "view.split_same",
        "The same text in both panes",
        "View",
        "Shows what is read here in the other pane too, at the same place.",
        ("Shift+F5",),
        _DOCUMENT,
        section="page",
    ),
    ActionSpec(
        "view.focus",
        "Focus mode",
        "View",
        "Shows the text alone, without panes, bars and menus; Esc brings them back.",
        ("F11",),
        _DOCUMENT,
        section="page",
        checkable=True,
    ),
    ActionSpec("view.font", "Font of the text", "View", "Goes to the settings of the text's font.", section="page"),
    *_panes(),
    *_claims(),
    ActionSpec(
        "help.palette",
        "Find an action",
        "Help",
        "Finds and runs any action by a few letters.",
        ("Ctrl+K",),
        icon="palette",
        on_bar=True,
    ),
    ActionSpec("help.keys", "All keys", "Help", "Shows every key on one sheet.", ("F1",), icon="keys"),
    ActionSpec("help.edit_keys", "Change keys", "Help", "Gives actions other keys.", (), icon="keys"),
    ActionSpec(
        "help.guideline",
        "How to label",
        "Help",
        "Opens the guideline: what each label means, with examples.",
        ("Shift+F2",),
        icon="guideline",
        section="guideline",
    ),
    ActionSpec(
        "help.formats",
        "Formats",
        "Help",
        "Shows every format that is read or written, what it cannot hold, and an example of it.",
        icon="export",
        section="guideline",
    ),
    ActionSpec(
        "help.about", "About Annotator", "Help", "Shows the version, the licence and where files lie.", section="about"
    ),
)
"""The table, in the order of the menus."""

SPECS: Mapping[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}

FIXED_KEYS: tuple[tuple[str, str], ...] = (
    ("Left", "One character back"),
    ("Right", "One character on"),
    ("Ctrl+Left", "One word back"),
    ("Ctrl+Right", "One word on"),
    ("Up", "One line up"),
    ("Down", "One line down"),
    ("Home", "To the start of the line"),
    ("End", "To the end of the line"),
    ("PgUp", "One page up"),
    ("PgDown", "One page down"),
    ("Ctrl+Home", "To the start of the text"),
    ("Ctrl+End", "To the end of the text"),
    ("Shift+Left", "Extend by one character back"),
    ("Shift+Right", "Extend by one character on"),
    ("Ctrl+Shift+Left", "Extend by one word back"),
    ("Ctrl+Shift+Right", "Extend by one word on"),
    ("Shift+Up", "Extend by one line up"),
    ("Shift+Down", "Extend by one line down"),
    ("Shift+Home", "Extend to the start of the line"),
    ("Shift+End", "Extend to the end of the line"),
    ("Shift+PgUp", "Extend by one page up"),
    ("Shift+PgDown", "Extend by one page down"),
    ("Ctrl+Shift+Home", "Extend to the start of the text"),
    ("Ctrl+Shift+End", "Extend to the end of the text"),
    ("Ctrl+A", "Select everything"),
)
"""Keys that the text itself hears and that no action may take, with what they do."""

_ROLES = {
    "file.quit": QAction.MenuRole.QuitRole,
    "edit.preferences": QAction.MenuRole.PreferencesRole,
    "help.about": QAction.MenuRole.AboutRole,
}
_REASON = "disabled_reason"

Handler = Callable[..., object]
Actions = dict[str, QAction]


def build_actions(parent: QWidget, handlers: Mapping[str, Handler], specs: Sequence[ActionSpec] = ACTIONS) -> Actions:
    """A QAction for each row, by id. Raises LookupError naming the handlers that are missing.

    A handler is called with the row's argument, with the new state of a checkable row, or with nothing. Keys of
    scope ``READING`` are not heard before ``hear_keys`` has named the widgets.
    """
    missing = sorted({spec.handler_name for spec in specs} - handlers.keys())
    if missing:
        raise LookupError(f"no handler for {', '.join(missing)}")
    actions: Actions = {}
    for spec in specs:
        action = QAction(spec.title, parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setIcon(icon(spec.icon))
        action.setIconVisibleInMenu(bool(spec.icon))
        action.setCheckable(spec.checkable)
        action.setStatusTip(spec.help)
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        action.triggered.connect(_caller(spec, handlers[spec.handler_name]))
        if spec.scope is Scope.READING:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            parent.addAction(action)
        actions[spec.id] = action
    return actions


def _caller(spec: ActionSpec, handler: Handler) -> Callable[[bool], None]:
    def call(checked: bool) -> None:
        arguments = [] if spec.argument is None else [spec.argument]
        handler(*arguments, *([checked] if spec.checkable else []))

    return call


def hear_keys(actions: Actions, widgets: Iterable[QWidget]) -> None:
    """Let ``widgets`` (the text, the table of annotations) hear the keys of scope ``READING``."""
    reading = [action for name, action in actions.items() if SPECS[name].scope is Scope.READING]
    for widget in widgets:
        widget.addActions(reading)


def build_menus(menu_bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """The menus of the table; gives them by path, such as ``File`` or ``Annotate/Move edge``."""
    menus: dict[str, QMenu] = {}
    sections: dict[str, str] = {}
    for name, title in MENUS:
        menus[name] = menu_bar.addMenu(title)
        menus[name].setObjectName(f"menu.{name}")
        menus[name].setToolTipsVisible(True)
    for name, action in actions.items():
        spec = SPECS[name]
        top, _, inner = spec.menu.partition("/")
        if sections.setdefault(top, spec.section) != spec.section:
            menus[top].addSeparator()
            sections[top] = spec.section
        if inner and spec.menu not in menus:
            menus[spec.menu] = menus[top].addMenu(inner)
            menus[spec.menu].setToolTipsVisible(True)
        menus[spec.menu].addAction(action)
    return menus


def fill_tool_bar(tool_bar: QToolBar, actions: Actions) -> None:
    """Put the rows that stand on the bar there, with a line where the menu changes."""
    before = ""
    for name, action in actions.items():
        spec = SPECS[name]
        if not spec.on_bar:
            continue
        if before and spec.menu != before:
            tool_bar.addSeparator()
        before = spec.menu
        tool_bar.addAction(action)


def enable(actions: Actions, context: Context, read_only: bool = False) -> None:
    """Enable what can be done in ``context``, and note beside the rest why it cannot."""
    for name, action in actions.items():
        spec = SPECS[name]
        if spec.context > context:
            disable(action, REASONS[Context(context + 1)])
        elif spec.writes and read_only:
            disable(action, READ_ONLY_REASON)
        else:
            action.setProperty(_REASON, "")
            action.setEnabled(True)
    show_tips(actions)


def disable(action: QAction, reason: str) -> None:
    """Disable one action, with a sentence that the palette and the tool tip show."""
    action.setProperty(_REASON, reason)
    action.setEnabled(False)


def reason_of(action: QAction) -> str:
    """Why an action is disabled; empty where it is not."""
    if action.isEnabled():
        return ""
    return str(action.property(_REASON) or "Not possible now.")


def keys_text(keys: Iterable[QKeySequence]) -> str:
    """Keys as this system writes them; a chord is two keys one after the other."""
    return "  or  ".join(key.toString(QKeySequence.SequenceFormat.NativeText).replace(", ", " ") for key in keys)


def strokes(keys: str) -> list[str]:
    """The strokes of keys in portable text: ``G, A`` is two, ``Ctrl+K`` is one."""
    return keys.split(", ") if keys else []


def show_tips(actions: Actions) -> None:
    """Tool tips with the title, the help, the keys, and why an action is disabled."""
    for name, action in actions.items():
        keys = keys_text(action.shortcuts())
        parts = [without_mnemonic(action.text()) + (f" ({keys})" if keys else ""), SPECS[name].help, reason_of(action)]
        action.setToolTip(tool_tip("\n".join(part for part in parts if part)))


class ChordHints(QObject):
    """Says what can follow when the first key of a chord has been pressed, such as ``G`` for the grades."""

    hinted = Signal(str)
    """One line for the status bar; empty when the chord is over."""

    CHORD_TIME = 4000

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._chords: list[tuple[str, str, QAction]] = []
        self._first: QKeySequence | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.CHORD_TIME)
        self._timer.timeout.connect(self._clear)
        self.read_keys()

    def read_keys(self) -> None:
        """Read the chords from the actions again, after their keys have changed."""
        # Read once and not at each key press, which would take half a millisecond.
        self._chords = [
            (first, second, action)
            for action in self._actions.values()
            for keys in action.shortcuts()
            if keys.count() > 1
            for first, second, *_ in [strokes(keys.toString())]
        ]

    def listen(self, widget: QWidget) -> None:
        """Hear the keys that are pressed in ``widget``."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            if event.type() == QEvent.Type.ShortcutOverride and (followers := list(self._followers(pressed))):
                self._first = pressed
                self._timer.start()
                self.hinted.emit(f"{keys_text([pressed])}:  {'   '.join(followers)}")
            elif event.type() == QEvent.Type.KeyRelease and pressed != self._first:
                # Of the second stroke, Qt lets a widget see the release only.
                self._clear()
        return False

    def _followers(self, pressed: QKeySequence) -> Iterator[str]:
        key = pressed.toString()
        for first, second, action in self._chords:
            if first == key and action.isEnabled():
                yield f"{second} {without_mnemonic(action.text()).rpartition(': ')[2]}"

    def _clear(self) -> None:
        if self._first is not None:
            self._first = None
            self._timer.stop()
            self.hinted.emit("")
