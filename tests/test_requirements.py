"""What is installed with Annotator is what it imports, and the programs that an installation brings start."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

NOT_IMPORTED = {"lxml-html-clean"}
"""trafilatura imports it. It is named because pip before 23.3 does not find it as ``lxml[html_clean]``."""

PART_OF = {
    "shiboken6": "pyside6-essentials",
    "sqlalchemy": "sqlmodel",
    "pydantic": "sqlmodel",
    "pydantic_core": "sqlmodel",
}
"""Modules that are imported and belong to another package's own interface: they always come with it."""


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def name_of(requirement: str) -> str:
    """The normalized name of the package that a requirement asks for."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@cache
def imported() -> set[str]:
    """The top-level modules that the program imports and that neither it nor Python itself brings."""
    modules: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Call) and "import_module" in (
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            ):
                modules.update(str(one.value).partition(".")[0] for one in node.args if isinstance(one, ast.Constant))
    return modules - set(sys.stdlib_module_names) - {"annotator"}


@cache
def owners() -> Mapping[str, list[str]]:
    """The packages that each installed module belongs to."""
    return importlib.metadata.packages_distributions()


def test_each_requirement_is_imported() -> None:
    used = {name_of(owner) for module in imported() for owner in owners().get(module, [])}
    required = {name_of(requirement) for requirement in project()["dependencies"]}
    assert required - used == NOT_IMPORTED


def test_what_is_imported_is_a_requirement_of_its_own() -> None:
    required = {name_of(requirement) for requirement in project()["dependencies"]}
    extras = {name_of(one) for group in ("en", "parquet") for one in project()["optional-dependencies"][group]}
    missing = {
        module
        for module in imported()
        if not {name_of(owner) for owner in [PART_OF.get(module), *owners().get(module, [])] if owner}
        & (required | extras)
    }
    assert missing == set()


def test_each_requirement_is_locked_with_its_hashes_and_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = {name_of(entry): entry for entry in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE) if entry}
    wanted = [
        *project()["dependencies"],
        *(one for extra in project()["optional-dependencies"].values() for one in extra),
    ]
    assert {name_of(requirement) for requirement in wanted} <= entries.keys()
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries.values())
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock


def test_what_builds_the_documentation_is_locked_in_the_same_way() -> None:
    lock = (ROOT / "requirements-docs.lock").read_text(encoding="utf-8")
    entries = {name_of(entry): entry for entry in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE) if entry}
    wanted = (ROOT / "packaging" / "docs.in").read_text(encoding="utf-8").splitlines()
    assert {name_of(requirement) for requirement in wanted if not requirement.startswith("#")} <= entries.keys()
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries.values())
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock


@pytest.mark.parametrize("group", ["scripts", "gui-scripts"])
def test_the_programs_of_an_installation_start(group: str) -> None:
    for entry in project()[group].values():
        module, _, function = entry.partition(":")
        wanted = "--version" if group == "scripts" else "--help"
        program = f"import sys; from {module} import {function}; sys.exit({function}())"
        done = subprocess.run(
            [sys.executable, "-c", program, wanted],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        )
        if group == "scripts":
            assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("annotator ")
        else:
            assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("Usage: annotator-window ")


def test_a_window_without_standard_streams_opens_the_project_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator import main

    opened: list[Path | None] = []

    def show(project: Path | None) -> int:
        opened.append(project)
        return 0

    monkeypatch.setattr(main, "show_window", show)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main.open_window([]) == 0
    assert main.open_window(["case.anno"]) == 0
    assert main.open_window(["import", "case.anno"]) == 2
    assert opened == [None, Path("case.anno")]
