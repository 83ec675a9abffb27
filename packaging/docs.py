"""Write the generated pages of ``docs``, the man page and the completion scripts. ``make reference`` runs it.

Each page comes from the place that owns its facts: the commands, the table of actions, the registry of formats, the
tables of the project file, the Python interface, and the front matter of the decisions. ``tests/test_docs.py`` fails
where a page differs from what this module returns.
"""

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
NOTE = "<!-- This page is written by make reference: do not edit it. -->\n\n"
BEGIN, END = "<!-- Written by make reference: do not edit. -->\n", "<!-- End of the written part. -->\n"


def generated() -> dict[Path, str]:
    """Return the text of each generated file by its path."""
    program = commands()
    return {
        DOCS / "cli.md": command_page(program),
        DOCS / "man" / "annotator.1": man_page(program),
        ROOT / "packaging" / "completions" / "annotator.bash": bash_completion(program),
        ROOT / "packaging" / "completions" / "_annotator": zsh_completion(program),
        ROOT / "packaging" / "completions" / "annotator.fish": fish_completion(program),
        DOCS / "python.md": python_page(),
        DOCS / "formats.md": with_part(DOCS / "formats.md", formats_table()),
        DOCS / "file-format.md": with_part(DOCS / "file-format.md", schema()),
        DOCS / "user" / "keys.md": keys_page(),
        DOCS / "decisions" / "index.md": decisions_page(),
    }


def main() -> None:
    """Write all generated files."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def with_part(page: Path, part: str) -> str:
    """Return a page that is written by hand, with ``part`` between its two marks."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{part}\n{END}{after}"


def markdown(docstring: str | None) -> str:
    """Return a docstring as Markdown: names in single back-quotes."""
    return inspect.cleandoc(docstring or "").replace("``", "`")


def cell(text: str) -> str:
    """Return ``text`` as it may be in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


# --- commands -----------------------------------------------------------------------------------------------------


class Parameter(NamedTuple):
    """An argument or an option: ``flags`` are the names of an option, ``shown`` is how the help writes it."""

    flags: tuple[str, ...]
    shown: str
    help: str

    @property
    def value(self) -> str:
        """The name of the value of an option, such as ``SECONDS``; empty where it takes none."""
        last = self.shown.rpartition(" ")[2]
        return "" if last.startswith("-") else last.strip("<>")


class Command(NamedTuple):
    """A command with its arguments and options; ``usage`` is without the name of the program."""

    name: str
    usage: str
    help: str
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]

    @property
    def summary(self) -> str:
        """The first paragraph of the help."""
        return " ".join(self.help.partition("\n\n")[0].split())


class Program(NamedTuple):
    """The command line: its own options, and its commands in the order of ``--help``."""

    main: Command
    commands: tuple[Command, ...]


def commands() -> Program:
    """Return the command line as the program builds it."""
    import typer

    from annotator.cli import command_line
    from annotator.cli.window_commands import Window

    def nothing(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("The commands are described, not run.")

    app = command_line.build(Window(nothing, nothing, nothing, nothing, nothing))
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="annotator")
    found = (described(name, command, context) for name, command in group.commands.items() if not command.hidden)
    main = described("", group, None)
    # ``main.main`` answers it before typer is loaded.
    version = Parameter(("--version",), "--version", "Show the version and exit.")
    options = (*main.options, version)
    return Program(main._replace(help=f"{main.help}\n\n{group.epilog}", options=options), tuple(found))


def described(name: str, command: Any, parent: Any) -> Command:
    """Return what typer knows of one command."""
    context = command.context_class(command, info_name=name or "annotator", parent=parent)
    arguments: list[Parameter] = []
    options: list[Parameter] = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or getattr(parameter, "hidden", False):
            continue
        shown, text = record
        is_argument = parameter.param_type_name == "argument"
        if is_argument:
            shown, text = re.sub(r" <.*>$", "", shown), text.replace("  [required]", "")
        elif parameter.name == "help":
            shown = "-h, --help"
        flags = () if is_argument else tuple(re.findall(r"(?<![\w-])--?[a-z][\w-]*", shown))
        (arguments if is_argument else options).append(Parameter(flags, shown, " ".join(text.split())))
    usage = " ".join(piece.replace("{", "").replace("}", "") for piece in command.collect_usage_pieces(context))
    return Command(name, usage, inspect.cleandoc(command.help or ""), tuple(arguments), tuple(options))


def exit_codes() -> str:
    """Return the exit codes with their meanings, as one sentence."""
    from annotator.cli.output import Exit

    return f"Exit codes: {'; '.join(f'{code.value} {code.meaning}' for code in Exit)}."


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def table(first: str, rows: Iterable[Parameter]) -> list[str]:
    """Return a table of arguments or options in Markdown."""
    lines = [f"| `{cell(row.shown)}` | {cell(row.help)} |" for row in rows]
    return [f"| {first} | |", "|---|---|", *lines, ""] if lines else []


def command_page(program: Program) -> str:
    """Return the reference of the command line in Markdown."""
    lines = [NOTE + "# Command line", ""]
    for text in paragraphs(program.main.help):
        lines += [text, ""]
    lines += ["```", f"annotator {program.main.usage}", "```", "", *table("Option", program.main.options)]
    lines += [
        exit_codes(),
        "With `--json` a command prints one JSON document, for programs that read the answer.",
        "",
        "A manual page (`man annotator`) and completion for bash, zsh and fish are installed with the package. An",
        "editable installation, as in a checkout, leaves them in `docs/man` and `packaging/completions`.",
        "",
        "| Command | |",
        "|---|---|",
        *(f"| [`{one.name}`](#{one.name}) | {cell(one.summary)} |" for one in program.commands),
        "",
    ]
    for one in program.commands:
        lines += [f"## {one.name}", ""]
        for text in paragraphs(one.help):
            lines += [text, ""]
        lines += ["```", f"annotator {one.name} {one.usage}", "```", ""]
        lines += [*table("Argument", one.arguments), *table("Option", one.options)]
    return "\n".join(lines)


def roff(text: str) -> str:
    """Return ``text`` for a man page, with what roff would interpret escaped."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", escaped, flags=re.MULTILINE)


def man_page(program: Program) -> str:
    """Return the manual page, in section 1."""
    from annotator.cli.output import Exit

    lines = ['.\\" Written by make reference: do not edit.', ".TH ANNOTATOR 1", ".SH NAME"]
    lines += [roff("annotator - label claims, speculation and official statements, and grade who said them")]
    lines += [".SH SYNOPSIS", ".B annotator", ".RI [ FILE.anno ]", ".br", ".B annotator", roff(program.main.usage)]
    lines += [".SH DESCRIPTION"]
    for text in paragraphs(program.main.help):
        lines += [".PP", roff(text)]
    lines += [".SH OPTIONS", *man_parameters(program.main.options), ".SH COMMANDS"]
    for one in program.commands:
        lines += [f".SS {roff(f'annotator {one.name} {one.usage}')}"]
        for text in paragraphs(one.help):
            lines += [".PP", roff(text)]
        lines += man_parameters(one.arguments + one.options)
    lines += [".SH EXIT STATUS"]
    for code in Exit:
        lines += [".TP", f".B {code.value}", roff(f"{code.meaning[0].upper()}{code.meaning[1:]}.")]
    return "\n".join(lines) + "\n"


def man_parameters(parameters: Iterable[Parameter]) -> Iterator[str]:
    """Yield the lines of a man page for arguments and options."""
    for one in parameters:
        yield from (".TP", f".B {roff(one.shown)}", roff(one.help))


def flags_of(command: Command) -> str:
    """Return the options of a command, separated by blanks."""
    return " ".join(flag for option in command.options for flag in option.flags)


def bash_completion(program: Program) -> str:
    """Return the completion script for bash: commands, options, then files."""
    cases = "\n".join(f"        {one.name}) options='{flags_of(one)}' ;;" for one in program.commands)
    return f"""# bash completion for annotator. Written by make reference: do not edit.
_annotator() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" command='' word options
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in
            -*) ;;
            {"|".join(one.name for one in program.commands)}) command="$word"; break ;;
        esac
    done
    case "$command" in
        '') options='{flags_of(program.main)} {" ".join(one.name for one in program.commands)}' ;;
{cases}
    esac
    if [[ -z $command || $current == -* ]]; then
        # Not mapfile, which bash 3.2 of macOS lacks; no option and no command contains a blank.
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    fi
}}
complete -o bashdefault -o default -F _annotator annotator
"""


def zsh_quoted(text: str) -> str:
    """Return a description for ``_arguments`` and ``_describe`` of zsh."""
    return re.sub(r"([\\\[\]:])", r"\\\1", text).replace("'", "'\\''")


def zsh_options(command: Command) -> str:
    """Return the options of a command as arguments of ``_arguments``."""
    return " ".join(
        f"'{flag}[{zsh_quoted(option.help)}]{f':{zsh_quoted(option.value)}:_files' if option.value else ''}'"
        for option in command.options
        for flag in option.flags
    )


def zsh_completion(program: Program) -> str:
    """Return the completion script for zsh."""
    names = "\n".join(f"        '{one.name}:{zsh_quoted(one.summary)}'" for one in program.commands)
    cases = "\n".join(
        f"                {one.name}) _arguments {zsh_options(one)} '*:file:_files' ;;" for one in program.commands
    )
    return f"""#compdef annotator
# zsh completion for annotator. Written by make reference: do not edit.
_annotator() {{
    local curcontext="$curcontext" state line
    typeset -A opt_args
    local -a commands
    commands=(
{names}
    )
    _arguments -C {zsh_options(program.main)} '1: :->command' '*:: :->argument'
    case "$state" in
        command)
            _describe command commands
            _files -g '*.anno'
            ;;
        argument)
            case "${{words[1]}}" in
{cases}
                *) _files ;;
            esac
            ;;
    esac
}}
_annotator "$@"
"""


def fish_completion(program: Program) -> str:
    """Return the completion script for fish."""

    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def options(command: Command, condition: str) -> Iterator[str]:
        for option in command.options:
            for flag in option.flags:
                name = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
                value = " -r" if option.value else ""
                yield f"complete -c annotator -n {condition} {name}{value} -d {quoted(option.help)}"

    lines = ["# fish completion for annotator. Written by make reference: do not edit."]
    lines += [f"set -l commands {' '.join(one.name for one in program.commands)}"]
    before = '"not __fish_seen_subcommand_from $commands"'
    lines += options(program.main, before)
    lines += (f"complete -c annotator -n {before} -a {one.name} -d {quoted(one.summary)}" for one in program.commands)
    for one in program.commands:
        lines += options(one, f"'__fish_seen_subcommand_from {one.name}'")
    return "\n".join(lines) + "\n"


# --- Python -------------------------------------------------------------------------------------------------------


def python_page() -> str:
    """Return the reference of the Python interface in Markdown, from signatures and docstrings."""
    from annotator import api
    from annotator.domain import errors

    lines = [NOTE + "# Python interface", "", markdown(api.__doc__), ""]
    lines += ["", "## Functions", ""]
    for function in (api.create, api.open):
        lines += ["", *callable_lines(f"annotator.{function.__name__}", function, "###")]
    lines += ["", "## Project", "", markdown(api.Project.__doc__)]
    for part in (api.Project, *api.Project.__bases__):
        # The docstring of a part begins with its title.
        title = "File and annotator" if part is api.Project else str(part.__doc__).partition(":")[0]
        lines += ["", f"### {title}"]
        for name, member in vars(part).items():
            if not name.startswith("_"):
                lines += ["", *member_lines(name, member)]
    for name in ("Annotation", "Document", "Suggestion"):
        record = getattr(api, name)
        lines += ["", f"## {name}", "", markdown(record.__doc__), "", "| Field | Type |", "|---|---|"]
        lines += [f"| `{field}` | `{cell(type_name(kind))}` |" for field, kind in record.__annotations__.items()]
    lines += [
        "",
        "## Errors",
        "",
        "All are in `annotator.domain.errors`. The text of an error is one sentence for the user.",
        "",
    ]
    lines += ["| Error | Base | Meaning |", "|---|---|---|"]
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == errors.__name__:
            lines.append(f"| `{name}` | `{kind.__bases__[0].__name__}` | {cell(markdown(kind.__doc__))} |")
    return "\n".join(lines) + "\n"


def type_name(kind: Any) -> str:
    """Return how a type is written in the source, as far as that can be known."""
    if isinstance(kind, str):
        return kind
    name = kind.__name__ if isinstance(kind, type) and not getattr(kind, "__args__", ()) else str(kind)
    return re.sub(r"\b(?:annotator|collections|typing)\.(?:[a-z_]+\.)*", "", name)


def callable_lines(name: str, function: Any, level: str = "####") -> list[str]:
    """Return the signature and the docstring of a function."""
    signature = inspect.signature(function)
    parts = list(parameters_of(signature))
    text = f"{name}({', '.join(parts)}) -> {signature.return_annotation}"
    if len(text) > 100:
        inside = "".join(f"    {part},\n" for part in parts)
        text = f"{name}(\n{inside}) -> {signature.return_annotation}"
    return [f"{level} {name.rpartition('.')[2]}", "", "```python", text, "```", "", markdown(function.__doc__)]


def parameters_of(signature: inspect.Signature) -> Iterator[str]:
    """Yield the parameters as the source has them, without ``self``."""
    keyword_only = False
    for one in signature.parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            yield "*"
        default = "" if one.default is one.empty else f" = {one.default!r}".replace("'", '"')
        stars = "**" if one.kind is one.VAR_KEYWORD else ""
        yield f"{stars}{one.name}: {one.annotation}{default}"


def member_lines(name: str, member: Any) -> list[str]:
    """Return a property or a method of Project."""
    if isinstance(member, property):
        result = inspect.signature(member.fget).return_annotation if member.fget else ""
        return [f"#### {name}", "", f"Property, `{result}`. {markdown(member.__doc__)}".rstrip()]
    return callable_lines(f"project.{name}", member)


# --- formats, keys, project file, decisions -----------------------------------------------------------------------


def formats_table() -> str:
    """Return the table of formats."""
    from annotator.formats import registry

    return registry.as_markdown()


def keys_page() -> str:
    """Return the list of actions with their built-in keys, by menu."""
    from annotator.app.actions.key_texts import FIXED_KEYS
    from annotator.app.actions.keymap import Keymap
    from annotator.app.actions.menus import MENUS
    from annotator.app.shell.features import ACTIONS

    keymap = Keymap(ACTIONS)
    lines = [NOTE + "# Keys and actions", ""]
    lines += ["These are the built-in keys. *All keys* (`F1`) shows those in force. *Change keys* in the menu *Help*"]
    lines += ["changes them, except those of the table *In the text*.", ""]
    lines += ["`G, N` is two keys, one after the other.", ""]
    for menu, _title in MENUS:
        lines += [f"## {menu}", "", "| Action | Keys | What it does |", "|---|---|---|"]
        for spec in ACTIONS:
            if spec.menu.partition("/")[0] == menu:
                keys = ", ".join(f"`{key}`" for key in spec.keys)
                lines.append(f"| {cell(spec.title)} | {keys} | {cell(keymap.help(spec.id))} |")
        lines.append("")
    lines += ["## In the text", "", "| Key | What it does |", "|---|---|"]
    lines += [f"| `{key}` | {cell(does)} |" for key, does in FIXED_KEYS]
    return "\n".join(lines) + "\n"


def schema() -> str:
    """Return versions and tables of the project file in Markdown."""
    from annotator.domain import tables
    from annotator.store.migrations import schema_versions

    lines = [f"`application_id` is `0x{schema_versions.APPLICATION_ID:X}`. `user_version` is one of these:", ""]
    lines += ["| `user_version` | What came with it |", "|---|---|"]
    for number, migrate in enumerate(schema_versions.MIGRATIONS, 1):
        module = inspect.getmodule(migrate)
        first = markdown(module.__doc__ if module else "").partition(". ")[0].partition(": ")[2]
        lines.append(f"| {number} | {cell(first)} |")
    names = [str(model.__tablename__) for model in tables.TABLES]
    links = ", ".join(f"[`{name}`](#{name})" for name in names)
    lines += ["", f"Tables: {links}.", ""]
    for model in tables.TABLES:
        lines += [
            f"### {model.__tablename__}",
            "",
            markdown(model.__doc__),
            "",
        ]
        lines += ["| Column | Type | Null | Refers to |", "|---|---|---|---|"]
        lines += map(column_row, model.__table__.columns)  # type: ignore[attr-defined]
        checks = sorted(str(one.sqltext) for one in model.__table__.constraints if hasattr(one, "sqltext"))  # type: ignore[attr-defined]
        lines += ["", *(f"- `{cell(check)}`" for check in checks), ""]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def column_row(column: Any) -> str:
    """Return the row of a column in the table of its table."""
    refers = ", ".join(f"`{key.target_fullname}`" for key in column.foreign_keys)
    null = "yes" if column.nullable else ""
    kind = f"{column.type}{', primary key' if column.primary_key else ''}"
    return "".join(f"| {text} " if text else "| " for text in (f"`{column.name}`", kind, null, refers)) + "|"


class Decision(NamedTuple):
    """A file in ``docs/decisions``."""

    file: str
    packages: tuple[str, ...]
    status: str
    title: str


def decisions() -> list[Decision]:
    """Return the decisions in the order of their numbers."""
    found = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        facts = dict(line.split(": ", 1) for line in front.splitlines())
        title = body.lstrip().splitlines()[0].removeprefix("# ")
        found.append(Decision(path.name, tuple(facts["package"].split(", ")), facts["status"], title))
    return found


def decisions_page() -> str:
    """Return the index of decisions by package."""
    lines = [NOTE + "# Decisions", ""]
    lines += [
        "One file for each decision that is in force, with the alternatives that were rejected. A number is never",
        "used twice. A decision on several packages is listed under each.",
        "",
    ]
    known = decisions()
    for package in sorted({package for one in known for package in one.packages}):
        lines += [f"## {package}", ""]
        lines += [f"- [{one.title}]({one.file})" for one in known if package in one.packages]
        lines.append("")
    lines += [
        "```{toctree}",
        ":hidden:",
        ":maxdepth: 1",
        "",
        *(one.file.removesuffix(".md") for one in known),
        "```",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
