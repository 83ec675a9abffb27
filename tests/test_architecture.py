"""The layers of the package: the contracts of import-linter, and what they cannot say."""

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

from annotator.formats.registry import FORMATS
from annotator.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "annotator"
FILES = sorted(SOURCE.rglob("*.py"))
SESSION_NAMES = {"Session", "AsyncSession", "sessionmaker", "scoped_session", "create_engine", "create_async_engine"}
OUTGOING_CLASSES = {"QNetworkAccessManager", "QTcpSocket", "QTcpServer", "QUdpSocket", "QSslSocket", "QWebSocket"}


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax tree of each file of the package."""
    return {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_bytes(), str(path)) for path in FILES}


@cache
def imports_of(file: str) -> tuple[str, ...]:
    return tuple(imports(trees()[file]))


@cache
def calls_of(file: str) -> frozenset[str]:
    """All that a file calls, as it is written there: ``app.processEvents`` for ``app.processEvents()``."""
    return frozenset(ast.unparse(node.func) for node in ast.walk(trees()[file]) if isinstance(node, ast.Call))


def files_that_call(name: str) -> set[str]:
    """The files that call ``name``, a last name or the last two: ``processEvents``, ``QInputDialog.getText``."""
    return {file for file in trees() if any(f".{call}".endswith(f".{name}") for call in calls_of(file))}


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a file imports anywhere: ``a.b`` and, for ``from a import b``, also ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_on_loading(tree: ast.Module) -> Iterator[str]:
    """The imports that run when the file is loaded: none of a function's and none for types only."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        waiting.extend(ast.iter_child_nodes(node))


def files_that_import(*packages: str) -> set[str]:
    """The files that import one of ``packages`` or a part of it."""
    return {
        file
        for file in trees()
        if any(name == package or name.startswith(f"{package}.") for name in imports_of(file) for package in packages)
    }


def test_the_contracts_are_kept() -> None:
    script = "from importlinter.cli import lint_imports_command as check; check()"
    answer = subprocess.run(
        [sys.executable, "-c", script, "--no-logo", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_qt_is_only_in_app() -> None:
    assert {file for file in files_that_import("PySide6", "shiboken6") if not file.startswith("app/")} == set()


def test_the_window_is_loaded_only_when_it_is_wanted() -> None:
    for file in ("__init__.py", "main.py"):
        assert [name for name in imports_on_loading(trees()[file]) if name.startswith("annotator.app")] == []


def test_files_are_asked_for_in_one_place() -> None:
    """Qt's dialog opens the files that it lists, unless it is told not to; so does a model of files."""
    names = ("QFileDialog", "QFileSystemModel", "QFileIconProvider", "QFileSystemWatcher")
    modules = [f"PySide6.{module}.{name}" for name in names for module in ("QtCore", "QtGui", "QtWidgets")]
    assert files_that_import(*modules) == {"app/widgets/file_dialogs.py"}


def test_spacy_is_only_in_nlp_and_in_its_own_format() -> None:
    allowed = ("nlp/", "formats/corpora/spacy/")
    assert {file for file in files_that_import("spacy", "thinc") if not file.startswith(allowed)} == set()


def test_sessions_are_only_in_store() -> None:
    def opens_sessions(file: str) -> bool:
        names = {name.rpartition(".")[2] for name in imports_of(file) if name.startswith(("sqlmodel", "sqlalchemy"))}
        return bool(names & SESSION_NAMES)

    assert {file for file in trees() if opens_sessions(file) and not file.startswith("store/")} == set()


def test_urllib_is_only_used_on_text() -> None:
    assert files_that_import("urllib.request", "urllib.robotparser", "urllib.response") == set()


def test_qt_opens_no_connection() -> None:
    used = {
        f"{file}: {name}"
        for file in trees()
        for name in imports_of(file)
        if name.rpartition(".")[2] in OUTGOING_CLASSES
    }
    assert used == set()


ALLOWED_CALLS: dict[str, set[str]] = {
    # Re-enters the program in the middle of something.
    "processEvents": set(),
    # Leaves locks and files behind.
    "terminate": set(),
    # Changes characters (NBSP, U+2028, U+2029): only for fields that the user types into, never for a document.
    "toPlainText": {
        "app/actions/shortcut_sheet.py",
        "app/claims/claim_dialogs.py",
        "app/documents/properties_dialog.py",
        "app/shell/crash_dialog.py",
        "app/sources/source_dialog.py",
        "app/state/typed_field.py",
        "app/widgets/writing_dialog.py",
    },
    # As above; the line edit of a spin box.
    "selectedText": {"app/widgets/grade_fields.py"},
    # SQL stays in the store; everything else uses Project.read.
    "raw_connection": {"store/project.py"},
}


@pytest.mark.parametrize("call", sorted(ALLOWED_CALLS))
def test_calls_that_do_harm(call: str) -> None:
    callers = files_that_call(call)
    assert callers - ALLOWED_CALLS[call] == set()
    assert ALLOWED_CALLS[call] - callers == set(), "The list names files that do not call it."


WORDS_FROM_OUTSIDE: dict[str, set[str]] = {
    # A bare label takes words for markup, and loads what they name: app/widgets/text_label.py is for them.
    "QLabel": set(),
    "setTextFormat": {"app/widgets/designer_form.py", "app/widgets/message_box.py", "app/widgets/text_label.py"},
    # So do these; app/widgets/markup.py has browsers and documents that load nothing.
    "QErrorMessage": set(),
    "QProgressDialog": set(),
    "QStaticText": set(),
    "QTextBrowser": set(),
    "QTextEdit": set(),
    "insertHtml": set(),
    "appendHtml": set(),
    # It is filled by setPlainText.
    "QTextDocument": {"app/reader/page/text_page.py"},
    # Markup of our own with escaped values, in an OfflineDocument or an OfflineBrowser.
    "setHtml": {"app/actions/shortcut_sheet.py", "app/printing/report_pdf.py"},
    "setMarkdown": {"app/labels/guideline_view.py"},
    # It is closed before the text is written, and a refusal loses it: see WritingDialog.
    "QInputDialog.getText": set(),
    # Its question is a literal.
    "QInputDialog.getItem": {"app/hypotheses/hypothesis_operations.py"},
    # Links are copied, not opened.
    "QDesktopServices.openUrl": set(),
}


@pytest.mark.parametrize("call", sorted(WORDS_FROM_OUTSIDE))
def test_calls_that_take_words_from_outside_for_markup(call: str) -> None:
    assert files_that_call(call) == WORDS_FROM_OUTSIDE[call]


def test_message_boxes_are_the_plain_ones() -> None:
    assert files_that_import("PySide6.QtWidgets.QMessageBox") == {"app/widgets/message_box.py"}


SHOWN_BY: dict[str, tuple[int, str]] = {
    # The call, which of its arguments is shown, and the function that the argument goes through.
    "setToolTip": (-1, "tool_tip"),
    "setWhatsThis": (-1, "tool_tip"),
    "QToolTip.showText": (1, "tool_tip"),
    "setWindowTitle": (0, "window_title"),
    "QAction": (0, "with_literal_ampersands"),
    "QCheckBox": (0, "with_literal_ampersands"),
    "QGroupBox": (0, "with_literal_ampersands"),
    "QMenu": (0, "with_literal_ampersands"),
    "QPushButton": (0, "with_literal_ampersands"),
    "QRadioButton": (0, "with_literal_ampersands"),
    "addAction": (0, "with_literal_ampersands"),
    "addButton": (0, "with_literal_ampersands"),
    "addMenu": (0, "with_literal_ampersands"),
    "addTab": (1, "with_literal_ampersands"),
    "setTabText": (1, "with_literal_ampersands"),
}
WHATEVER_IT_IS = {"tool_tip", "window_title"}
"""For these any argument but a literal goes through the function; for the others one that is put together."""


def is_literal(node: ast.AST) -> bool:
    """Whether an argument is words of our own: ``"Close"``, ``self.tr("Close")``, or one of two such."""
    if isinstance(node, ast.IfExp):
        return is_literal(node.body) and is_literal(node.orelse)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tr":
        return all(isinstance(argument, ast.Constant) for argument in node.args)
    return isinstance(node, ast.Constant)


def goes_through(node: ast.AST, function: str) -> bool:
    if isinstance(node, ast.IfExp):
        return all(is_literal(part) or goes_through(part, function) for part in (node.body, node.orelse))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function


def is_put_together(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format"
    return isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp)


def test_words_from_outside_go_through_the_function_for_their_place() -> None:
    found = set()
    for file, tree in trees().items():
        # The title of a drawn form is the one that was drawn.
        if not file.startswith("app/") or file == "app/widgets/designer_form.py":
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            whole = ast.unparse(node.func)
            place, function = SHOWN_BY.get(whole) or SHOWN_BY.get(whole.rpartition(".")[2]) or (0, "")
            if not function or not -len(node.args) <= place < len(node.args):
                continue
            shown = node.args[place]
            matters = function in WHATEVER_IT_IS or is_put_together(shown)
            if matters and not is_literal(shown) and not goes_through(shown, function):
                found.add(f"{file}:{node.lineno}: {whole} without {function}")
    assert found == set()


def names_in(tree: ast.AST) -> set[str]:
    """All names and attributes of a file."""
    nodes = list(ast.walk(tree))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in nodes if isinstance(node, ast.Name)}


def test_tool_tips_of_models_go_through_the_function() -> None:
    asked = {file for file, tree in trees().items() if "ToolTipRole" in names_in(tree)}
    assert asked and asked <= files_that_call("tool_tip")


def test_every_page_that_is_written_has_a_policy() -> None:
    def texts(tree: ast.AST) -> str:
        return "".join(str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)).lower()

    all_texts = {file: texts(tree) for file, tree in trees().items()}
    pages = {file: text for file, text in all_texts.items() if "<!doctype html>" in text}
    assert pages.keys() == {"formats/documents/annotated_page.py", "services/reports/report_page.py"}
    assert {file for file, text in pages.items() if "content-security-policy" not in text} == set()


ORDINARY_WORDS = {"text", "page"}
"""Ids of formats that are also names of columns, of kinds of features, and of sections of menus."""

NOT_A_FORMAT = {
    # What is written there is no export: pictures, reports. Their kinds have these names.
    ("app/charts/chart.py", "csv"),
    ("app/reports/report_dialog.py", "html"),
    ("app/reports/report_dialog.py", "pdf"),
    # The library.
    ("app/shell/about_dialog.py", "spacy"),
}


def test_nothing_outside_formats_names_a_format() -> None:
    """What depends on the format is a property of ``Format``; which format is our own, the registry says."""
    ids = {format.id for format in FORMATS} - ORDINARY_WORDS
    named = {
        (file, node.value)
        for file, tree in trees().items()
        if not file.startswith("formats/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in ids
    }
    assert named - NOT_A_FORMAT == set()
    assert NOT_A_FORMAT - named == set(), "The list names files that do not name it."


def test_no_module_is_named_after_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    assert {file for file in trees() if Path(file).stem in empty_words} == set()


def test_resources_and_forms_hold_no_code() -> None:
    for folder in (ROOT / "resources", ROOT / "ui"):
        assert list(folder.rglob("*.py")) == [folder / "__init__.py"]
        body = ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
        assert [node for node in body if not isinstance(node, ast.Expr)] == []


def test_every_package_is_installed() -> None:
    """An editable install finds a forgotten package, a wheel does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"]) - {"annotator.resources", "annotator.ui"}
    found = {".".join(path.parent.relative_to(ROOT / "src").parts) for path in FILES if path.name == "__init__.py"}
    assert listed == found
    assert {path.parent for path in FILES} == {path.parent for path in FILES if path.name == "__init__.py"}


def test_the_version_is_stated_once_more_in_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    """Imports in functions and for types count."""
    graph = grimp.build_graph("annotator", cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    def reached_from(module: str) -> set[str]:
        reached: set[str] = set()
        waiting = [module]
        while waiting:
            new = imported[waiting.pop()] - reached
            reached |= new
            waiting += new
        return reached

    circles = {module for module in imported if module in reached_from(module)}
    assert sorted(circles) == []
