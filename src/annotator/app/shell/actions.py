"""The actions on the window as a whole, on the surroundings of the text, and on the panes."""

from PySide6.QtWidgets import QWidget

from annotator.app.actions.action_spec import ActionSpec, Context, text_action
from annotator.app.actions.registry import ActionRegistry, Command, Rows, Switch, WithArgument
from annotator.app.annotations.docked_views import ANNOTATIONS, INSPECTOR
from annotator.app.documents.docked_views import DOCUMENTS
from annotator.app.shell.display_commands import PageCommands
from annotator.app.shell.docked_views import VIEWS
from annotator.app.shell.shell_host import ShellHost
from annotator.app.shell.window_commands import WindowCommands
from annotator.app.views.view_spec import ViewSpec


def _pane(view: ViewSpec[QWidget]) -> Switch[WindowCommands]:
    """Return the action that shows or hides a view."""
    spec = ActionSpec(
        f"view.{view.id}",
        view.title,
        "View",
        f"Shows this page, or the text again. {view.help}"
        if view.is_page
        else f"Shows or hides this pane. {view.help}",
        view.keys,
        Context.PROJECT,
        icon=view.icon,
        section="pages" if view.is_page else "panes",
        on_bar=not view.shown and not view.is_page,
    )
    return Switch(spec, WithArgument(WindowCommands.view_pane, view))


ROWS: Rows[WindowCommands] = (
    Command(
        ActionSpec("file.quit", "Quit", "File", "Ends the program; all is saved already.", ("Ctrl+Q",), section="end"),
        WindowCommands.file_quit,
    ),
    Command(
        ActionSpec(
            "edit.undo",
            "Undo",
            "Edit",
            "Takes the last change back, also one of an earlier day.",
            ("Ctrl+Z",),
            Context.PROJECT,
            icon="undo",
            writes=True,
            on_bar=True,
        ),
        WindowCommands.edit_undo,
    ),
    Command(
        ActionSpec(
            "edit.redo",
            "Redo",
            "Edit",
            "Makes the change again that was taken back.",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            Context.PROJECT,
            icon="redo",
            writes=True,
            on_bar=True,
        ),
        WindowCommands.edit_redo,
    ),
    Command(
        ActionSpec(
            "edit.preferences",
            "Settings",
            "Edit",
            "Shows everything that can be set.",
            ("Ctrl+,",),
            icon="settings",
            section="settings",
        ),
        WindowCommands.edit_preferences,
    ),
    Command(
        ActionSpec(
            "navigate.next_pane", "Next pane", "Go", "Moves the focus on to the next pane.", ("F6",), section="panes"
        ),
        WindowCommands.navigate_next_pane,
    ),
    Command(
        ActionSpec(
            "navigate.previous_pane",
            "Previous pane",
            "Go",
            "Moves the focus back to the pane before.",
            ("Shift+F6",),
            section="panes",
        ),
        WindowCommands.navigate_previous_pane,
    ),
    Command(
        ActionSpec(
            "navigate.documents",
            "To the documents",
            "Go",
            "Moves the focus to the list of documents.",
            ("Ctrl+F7",),
            Context.PROJECT,
            section="panes",
        ),
        WithArgument(WindowCommands.navigate_view, DOCUMENTS),
    ),
    Command(
        ActionSpec(
            "navigate.text",
            "To the text",
            "Go",
            "Moves the focus to the text.",
            (),
            Context.DOCUMENT,
            section="panes",
        ),
        WindowCommands.navigate_text,
    ),
    Command(
        ActionSpec(
            "navigate.inspector",
            "To the inspector",
            "Go",
            "Moves the focus to the fields of the annotation.",
            ("Ctrl+F8",),
            Context.DOCUMENT,
            section="panes",
        ),
        WithArgument(WindowCommands.navigate_view, INSPECTOR),
    ),
    Command(
        ActionSpec(
            "navigate.table",
            "To the table of annotations",
            "Go",
            "Moves the focus to the table of annotations.",
            ("Ctrl+F9",),
            Context.DOCUMENT,
            section="panes",
        ),
        WithArgument(WindowCommands.navigate_view, ANNOTATIONS),
    ),
    Command(
        ActionSpec(
            "view.zoom_in", "Larger text", "View", "Shows the text larger.", ("Ctrl++", "Ctrl+="), section="zoom"
        ),
        WindowCommands.view_zoom_in,
    ),
    Command(
        ActionSpec("view.zoom_out", "Smaller text", "View", "Shows the text smaller.", ("Ctrl+-",), section="zoom"),
        WindowCommands.view_zoom_out,
    ),
    Command(
        ActionSpec(
            "view.zoom_reset",
            "Reset zoom",
            "View",
            "Shows the text in the size of the settings.",
            ("Ctrl+0",),
            section="zoom",
        ),
        WindowCommands.view_zoom_reset,
    ),
    Command(
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
        WindowCommands.view_theme,
    ),
    Switch(
        ActionSpec(
            "view.read",
            "Read",
            "View",
            "Shows the page of the text, with the panes around it.",
            ("Ctrl+1",),
            Context.PROJECT,
            icon="document",
            section="pages",
        ),
        WindowCommands.view_read,
    ),
    *(_pane(view) for view in VIEWS),
    Command(
        ActionSpec(
            "view.page_before",
            "Page before",
            "View",
            "Goes back to the page that was shown before this one.",
            ("Ctrl+Tab",),
            Context.PROJECT,
            section="pages",
        ),
        WindowCommands.view_page_before,
    ),
    Command(
        ActionSpec(
            "view.reset_layout",
            "Reset layout",
            "View",
            "Shows the panes of the start in their first places and sizes.",
            (),
            Context.PROJECT,
            section="panes",
        ),
        WindowCommands.view_reset_layout,
    ),
    Command(
        ActionSpec(
            "help.palette",
            "Find an action",
            "Help",
            "Finds and runs any action by a few letters.",
            ("Ctrl+K",),
            icon="palette",
            on_bar=True,
        ),
        WindowCommands.help_palette,
    ),
    Command(
        ActionSpec("help.keys", "All keys", "Help", "Shows every key on one sheet.", ("F1",), icon="keys"),
        WindowCommands.help_keys,
    ),
    Command(
        ActionSpec("help.edit_keys", "Change keys", "Help", "Gives actions other keys.", (), icon="keys"),
        WindowCommands.help_edit_keys,
    ),
    Command(
        ActionSpec(
            "help.guideline",
            "How to label",
            "Help",
            "Opens the guideline: what each label means, with examples.",
            ("Shift+F2",),
            icon="guideline",
            section="guideline",
        ),
        WindowCommands.help_guideline,
    ),
    Command(
        ActionSpec(
            "help.formats",
            "Formats",
            "Help",
            "Shows every format that is read or written, what it cannot hold, and an example of it.",
            icon="export",
            section="guideline",
        ),
        WindowCommands.help_formats,
    ),
    Command(
        ActionSpec(
            "help.about",
            "About Annotator",
            "Help",
            "Shows the version, the licence and where files lie.",
            section="about",
        ),
        WindowCommands.help_about,
    ),
)

PAGE_ROWS: Rows[PageCommands] = (
    Command(
        text_action(
            "view.card",
            "About the annotation",
            "View",
            "Shows what is known of the active annotation or suggestion beside its words.",
            "Shift+C",
            context=Context.DOCUMENT,
            section="page",
        ),
        PageCommands.view_card,
    ),
    Command(
        text_action(
            "view.spans_here",
            "Annotations on this line",
            "View",
            "Lists all annotations on the line of the caret, to choose one.",
            "Shift+A",
            section="page",
        ),
        PageCommands.view_spans_here,
    ),
    Switch(
        ActionSpec(
            "view.minimap",
            "Map of the document",
            "View",
            "Shows or hides the map beside the text: where annotations and search hits lie, and what is in view.",
            ("Ctrl+M",),
            Context.PROJECT,
            section="page",
        ),
        PageCommands.view_minimap,
    ),
    Command(
        ActionSpec(
            "view.line_spacing",
            "Line spacing",
            "View",
            "Sets the lines further apart step by step, and then close again.",
            ("Ctrl+Shift+H",),
            section="page",
        ),
        PageCommands.view_line_spacing,
    ),
    Switch(
        ActionSpec(
            "view.focus",
            "Focus mode",
            "View",
            "Shows the text alone, without panes, bars and menus; {select.none} brings them back.",
            ("F11",),
            Context.DOCUMENT,
            section="page",
        ),
        PageCommands.view_focus,
    ),
    Command(
        ActionSpec("view.font", "Font of the text", "View", "Goes to the settings of the text's font.", section="page"),
        PageCommands.view_font,
    ),
)


def register(host: ShellHost, registry: ActionRegistry) -> None:
    """Register the actions on the window."""
    registry.add(ROWS, WindowCommands(host))
    registry.add(PAGE_ROWS, PageCommands(host))
