"""The actions in the text: select, label, go from annotation to annotation, and go to places."""

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows, Switch, WithArgument
from annotator.app.reader.command_host import CommandHost
from annotator.app.reader.place_commands import PlaceCommands
from annotator.app.reader.reader_commands import ReadingCommands


def _label(digit: int) -> Command[ReadingCommands]:
    return Command(
        text_action(
            f"annotate.label.{digit}",
            f"Label {digit}",
            "Annotate",
            "Labels the selection; without one, the sentence at the caret. On the active annotation it changes the "
            "label.",
            str(digit),
            writes=True,
            icon="label",
            section="labels",
        ),
        WithArgument(ReadingCommands.annotate_label, digit),
    )


ROWS: Rows[ReadingCommands] = (
    Command(
        text_action(
            "edit.copy",
            "Copy",
            "Edit",
            "Copies the selected words exactly as the document has them.",
            "Ctrl+C",
            section="text",
        ),
        ReadingCommands.edit_copy,
    ),
    Command(
        text_action("select.word", "Word", "Select", "Selects the word at the caret.", "W"), ReadingCommands.select_word
    ),
    Command(
        text_action("select.sentence", "Sentence", "Select", "Selects the sentence at the caret.", "S"),
        ReadingCommands.select_sentence,
    ),
    Command(
        text_action(
            "select.clause", "Clause", "Select", "Selects the clause at the caret; pressed again, the next one.", "C"
        ),
        ReadingCommands.select_clause,
    ),
    Command(
        text_action(
            "select.previous_clause",
            "Last clause, or the clause before",
            "Select",
            "Selects the last clause of the sentence, where mostly stands what is said; pressed again, the one before.",
            "Z",
        ),
        ReadingCommands.select_previous_clause,
    ),
    Command(
        text_action("select.paragraph", "Paragraph", "Select", "Selects the paragraph at the caret.", "P"),
        ReadingCommands.select_paragraph,
    ),
    Command(
        text_action(
            "select.grow",
            "Grow",
            "Select",
            "Widens to the next larger unit: word, clause, sentence, paragraph.",
            "X",
            "+",
            section="size",
        ),
        ReadingCommands.select_grow,
    ),
    Command(
        text_action(
            "select.shrink", "Shrink", "Select", "Goes back to the smaller unit.", "Shift+X", "-", section="size"
        ),
        ReadingCommands.select_shrink,
    ),
    Command(
        text_action(
            "select.none", "Nothing", "Select", "Drops the selection and the active annotation.", "Esc", section="size"
        ),
        ReadingCommands.select_none,
    ),
    Command(
        text_action(
            "select.next_sentence",
            "To the next sentence",
            "Select",
            "Moves the caret one sentence on.",
            "L",
            section="move",
        ),
        ReadingCommands.select_next_sentence,
    ),
    Command(
        text_action(
            "select.previous_sentence",
            "To the previous sentence",
            "Select",
            "Moves the caret one sentence back.",
            "H",
            section="move",
        ),
        ReadingCommands.select_previous_sentence,
    ),
    Command(
        text_action(
            "select.next_paragraph",
            "To the next paragraph",
            "Select",
            "Moves the caret one paragraph on.",
            "B",
            section="move",
        ),
        ReadingCommands.select_next_paragraph,
    ),
    Command(
        text_action(
            "select.previous_paragraph",
            "To the previous paragraph",
            "Select",
            "Moves the caret one paragraph back.",
            "V",
            section="move",
        ),
        ReadingCommands.select_previous_paragraph,
    ),
    Command(
        text_action(
            "extend.next_word",
            "Extend to the next word",
            "Select",
            "Moves the end of the selection one word on.",
            "Shift+W",
            section="extend",
        ),
        ReadingCommands.extend_next_word,
    ),
    Command(
        text_action(
            "extend.previous_word",
            "Extend to the previous word",
            "Select",
            "Moves the end of the selection one word back.",
            "Shift+Q",
            section="extend",
        ),
        ReadingCommands.extend_previous_word,
    ),
    Command(
        text_action(
            "extend.next_sentence",
            "Extend to the next sentence",
            "Select",
            "Moves the end of the selection one sentence on.",
            "Shift+L",
            section="extend",
        ),
        ReadingCommands.extend_next_sentence,
    ),
    Command(
        text_action(
            "extend.previous_sentence",
            "Extend to the previous sentence",
            "Select",
            "Moves the end of the selection one sentence back.",
            "Shift+H",
            section="extend",
        ),
        ReadingCommands.extend_previous_sentence,
    ),
    Command(
        text_action(
            "extend.next_paragraph",
            "Extend to the next paragraph",
            "Select",
            "Moves the end of the selection one paragraph on.",
            "Shift+B",
            section="extend",
        ),
        ReadingCommands.extend_next_paragraph,
    ),
    Command(
        text_action(
            "extend.previous_paragraph",
            "Extend to the previous paragraph",
            "Select",
            "Moves the end of the selection one paragraph back.",
            "Shift+V",
            section="extend",
        ),
        ReadingCommands.extend_previous_paragraph,
    ),
    *(_label(digit) for digit in range(1, 10)),
    Command(
        text_action(
            "annotate.delete",
            "Delete the annotation",
            "Annotate",
            "Removes the active annotation with its grades and note; undo brings it back.",
            "Del",
            "Backspace",
            context=Context.ANNOTATION,
            writes=True,
            icon="trash",
            section="delete",
        ),
        ReadingCommands.annotate_delete,
    ),
    Command(
        text_action(
            "navigate.next_annotation",
            "Next annotation",
            "Go",
            "Makes the next annotation active and shows it.",
            "J",
            icon="next",
            section="annotations",
        ),
        ReadingCommands.navigate_next_annotation,
    ),
    Command(
        text_action(
            "navigate.previous_annotation",
            "Previous annotation",
            "Go",
            "Makes the annotation before active and shows it.",
            "K",
            icon="previous",
            section="annotations",
        ),
        ReadingCommands.navigate_previous_annotation,
    ),
)

PLACE_ROWS: Rows[PlaceCommands] = (
    Command(
        text_action(
            "edit.copy_citation",
            "Copy with source",
            "Edit",
            "Copies the selected words, or those of the annotation, with title, source, date and place.",
            "Ctrl+Shift+C",
            section="text",
        ),
        PlaceCommands.edit_copy_citation,
    ),
    Command(
        ActionSpec(
            "navigate.back",
            "Back",
            "Go",
            "Goes back to the place that you were at before.",
            ("Alt+Left",),
            Context.PROJECT,
            section="visits",
        ),
        PlaceCommands.navigate_back,
    ),
    Command(
        ActionSpec(
            "navigate.forward",
            "Forward",
            "Go",
            "Goes forward again to the place that you came back from.",
            ("Alt+Right",),
            Context.PROJECT,
            section="visits",
        ),
        PlaceCommands.navigate_forward,
    ),
    Command(
        ActionSpec(
            "bookmark.toggle",
            "Bookmark here",
            "Go",
            "Sets a bookmark at the selection or at the sentence of the caret, or takes the one there away.",
            ("Ctrl+B",),
            Context.DOCUMENT,
            icon="bookmark",
            section="bookmarks",
            writes=True,
        ),
        PlaceCommands.bookmark_toggle,
    ),
    Command(
        ActionSpec(
            "bookmark.next",
            "Next bookmark",
            "Go",
            "Goes to the next bookmark, on through all documents.",
            ("Alt+Down",),
            Context.PROJECT,
            section="bookmarks",
        ),
        PlaceCommands.bookmark_next,
    ),
    Command(
        ActionSpec(
            "bookmark.previous",
            "Previous bookmark",
            "Go",
            "Goes to the bookmark before, back through all documents.",
            ("Alt+Up",),
            Context.PROJECT,
            section="bookmarks",
        ),
        PlaceCommands.bookmark_previous,
    ),
    Switch(
        ActionSpec(
            "view.split",
            "Two texts side by side",
            "View",
            "Shows a second pane beside the text, for another document or another place; {navigate.next_pane} goes "
            "from one to the other.",
            ("F5",),
            Context.DOCUMENT,
            icon="columns",
            section="page",
            after="view.line_spacing",
        ),
        PlaceCommands.view_split,
    ),
    Command(
        ActionSpec(
            "view.split_same",
            "The same text in both panes",
            "View",
            "Shows what is read here in the other pane too, at the same place.",
            ("Shift+F5",),
            Context.DOCUMENT,
            section="page",
            after="view.split",
        ),
        PlaceCommands.view_split_same,
    ),
)


def register(host: CommandHost, registry: ActionRegistry) -> None:
    """Register the actions in the text."""
    registry.add(ROWS, host.reading_commands)
    registry.add(PLACE_ROWS, PlaceCommands(host))
