"""The documents: generated pages are up to date, links and named paths exist, examples do what they say."""

import hashlib
import importlib.util
import json
import re
import sqlite3
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from annotator.app.actions.menus import MENUS
from annotator.app.shell.features import ACTIONS
from annotator.services.sample_project import make_sample

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "annotator"
GUIDE = [ROOT / "README.md", *sorted((DOCS / "user").glob("*.md"))]
PAGES = sorted(DOCS.rglob("*.md"))
DOCUMENTS = [*PAGES, *sorted(ROOT.glob("*.md")), ROOT / "packaging" / "README.md"]
WRITTEN = [
    *("docs/cli.md", "docs/python.md", "docs/formats.md", "docs/file-format.md", "docs/user/keys.md"),
    *("docs/decisions/index.md", "docs/man/annotator.1"),
    *(
        "packaging/completions/annotator.bash",
        "packaging/completions/_annotator",
        "packaging/completions/annotator.fish",
    ),
]
FOLDERS = {"src", "tests", "packaging", "resources", "ui", "docs"} | {path.name for path in SOURCE.iterdir()}


@cache
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_writer", ROOT / "packaging" / "docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def generated() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): text for path, text in writer().generated().items()}


@cache
def options_of_commands() -> dict[str, set[str]]:
    commands = writer().commands().commands
    return {one.name: {flag for option in one.options for flag in option.flags} for one in commands}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    """The text of a document without its blocks of code."""
    return re.sub(r"^```(?!\{toctree).*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def prose_with_code(path: Path) -> str:
    """The text of a document, in which no line of code looks like a heading."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```", "(code)", text, flags=re.DOTALL | re.MULTILINE)


def slugs(path: Path) -> set[str]:
    """The anchors of the headings of a document."""
    titles = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_list_of_written_files_is_complete() -> None:
    assert sorted(generated()) == sorted(WRITTEN)


@pytest.mark.parametrize("file", WRITTEN)
def test_written_files_are_up_to_date(file: str) -> None:
    same = (ROOT / file).read_text(encoding="utf-8") == generated()[file]
    assert same, f"{file} differs from the program: run make reference."


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_no_section_is_empty(document: Path) -> None:
    parts = [part for part in re.split(r"^(#+ .*)$", prose_with_code(document), flags=re.MULTILINE) if part.strip()]
    ranks = [len(part) - len(part.lstrip("#")) for part in parts]
    empty = [
        part for part, rank, after in zip(parts, ranks, [*ranks[1:], 1], strict=True) if rank and 0 < after <= rank
    ]
    assert empty == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if target.startswith(("https:", "http:")):
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        if not path.exists() or (anchor and anchor not in slugs(path)):
            dead.append(target)
    assert dead == []


def test_every_page_is_in_a_list_of_contents() -> None:
    listed = {DOCS / "index.md"}
    for page in PAGES:
        for block in re.findall(r"```\{toctree\}(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            entries = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {page.parent / f"{entry}.md" for entry in entries}
    assert listed == set(PAGES)


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if one.name != "CHANGELOG.md"], ids=name)
def test_named_paths_exist(document: Path) -> None:
    missing = []
    for path in re.findall(r"`((?:[\w.\-]+/)+[\w.\-]*)`", prose(document)):
        has_placeholder = re.search(r"\b[A-Z]{4,}\b", re.sub(r"README|GLOSSARY", "", path))
        if path.partition("/")[0] in FOLDERS and not has_placeholder:
            missing += [path] * (not (ROOT / path).exists() and not (SOURCE / path).exists())
    assert missing == []


def named_actions(page: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What ``*Title* (`key`)`` and ``*Title* in the menu *Menu*`` name on a page."""
    text = " ".join(page.read_text(encoding="utf-8").split())
    by_key = re.findall(r"\*([^*`]+)\* \(`([^`]+)`\)", text)
    return set(by_key), set(re.findall(r"\*([^*`]+)\* in the menu \*([^*`]+)\*", text))


@pytest.mark.parametrize("page", GUIDE, ids=name)
def test_actions_are_called_as_in_the_window(page: Path) -> None:
    by_key, by_menu = named_actions(page)
    assert by_key - {(spec.title, key) for spec in ACTIONS for key in spec.keys} == set()
    menus = {(spec.title, dict(MENUS)[spec.menu.partition("/")[0]].replace("&", "")) for spec in ACTIONS}
    assert by_menu - menus == set()


def test_the_guide_names_many_actions() -> None:
    """The test above verifies nothing where the guide writes actions in another form."""
    by_key, by_menu = zip(*map(named_actions, GUIDE), strict=True)
    assert sum(map(len, by_key)) > 40
    assert sum(map(len, by_menu)) > 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_named_commands_and_options_exist(document: Path) -> None:
    known = options_of_commands()
    text = document.read_text(encoding="utf-8").replace("--wait 60 ", "").replace("--wait SECONDS ", "")
    unknown = []
    for line in re.findall(r"(?:^|`)annotator ([a-z][a-z-]*(?=[ `\n]|$)(?: [^`\n]*)?)", text, re.MULTILINE):
        command, *words = line.split()
        flags = {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)}
        if command not in known or flags - known[command]:
            unknown.append(line)
    assert unknown == []


def test_architecture_is_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_bytes()) < 12_000


def test_decisions_are_numbered_without_gaps_and_say_where_they_hold() -> None:
    known = writer().decisions()
    assert [int(one.title.partition(".")[0]) for one in known] == [int(one.file[:4]) for one in known]
    assert [int(one.file[:4]) for one in known] == list(range(1, len(known) + 1))
    packages = {package for one in known for package in one.packages}
    assert {one for one in packages if not (SOURCE / one).is_dir() and not (ROOT / one).is_dir()} == set()
    assert {one.status for one in known} <= {"accepted", "superseded"}


def test_the_project_file_is_as_described(tmp_path: Path) -> None:
    page = (DOCS / "file-format.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "sample.anno"
    make_sample(path).close()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        assert len(connection.execute(query).fetchall()) > 100
        quotes = (
            "SELECT count(*) FROM annotation JOIN document_text AS t ON t.id = document_id "
            'WHERE json_array_length(fragments) = 1 AND substr(text, start + 1, "end" - start) <> quote'
        )
        assert connection.execute(quotes).fetchone() == (0,)
        for text, seal in connection.execute("SELECT text, text_sha256 FROM document_text JOIN document USING (id)"):
            assert hashlib.sha256(text.encode()).hexdigest() == seal
        columns = "previous_hash, number, at, annotator, title, kind, target, step, edits, hash"
        for *parts, sealed in connection.execute(f"SELECT {columns} FROM change"):
            assert (
                hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
                == sealed
            )
    connection.close()


def test_the_exit_codes_are_the_same_everywhere() -> None:
    for page in ("cli.md", "user/scripting.md"):
        assert writer().exit_codes() in " ".join((DOCS / page).read_text(encoding="utf-8").split()), page


def test_every_completion_knows_the_options_of_the_program() -> None:
    bash, zsh, fish = (generated()[file] for file in WRITTEN if file.startswith("packaging/"))
    for option in ("wait", "version", "help"):
        assert f" --{option} " in bash.partition("'') options=")[2].partition("\n")[0].replace("'", " ")
        assert f"'--{option}[" in zsh.partition("_arguments -C ")[2].partition("\n")[0]
        assert f'complete -c annotator -n "not __fish_seen_subcommand_from $commands" -l {option} ' in fish
    assert "mapfile -t" not in bash


def test_man_page_and_completion_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = {file for files in project["tool"]["setuptools"]["data-files"].values() for file in files}
    assert {file for file in WRITTEN if file.startswith("packaging/") or "/man/" in file} == installed
    assert {file for file in installed if not (ROOT / file).is_file()} == set()
