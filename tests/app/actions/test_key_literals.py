"""The source of the window: no sentence names the key of an action by itself, and each template names an action."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from annotator.app.actions.key_texts import strokes
from annotator.app.shell.features import ACTIONS

APP = Path(__file__).resolve().parents[3] / "src" / "annotator" / "app"
LIST_KEY = "a key of the list, which is not in the key map"
LETTER = "a letter or a measure, no key"
ALLOWED = {
    ("actions/keymap.py", "… names no key: write keys such as Ctrl+K, F6 or G, A."): "the notation of keys",
    (
        "actions/keymap.py",
        "… is typed into fields: what works everywhere needs Ctrl, Alt or an F key.",
    ): "a kind of key",
    ("claims/claims_view.py", "Reword the claim, or give it a topic (F2)"): LIST_KEY,
    ("claims/claims_view.py", "Enter the verdict on the claim (R)"): LIST_KEY,
    ("claims/claims_view.py", "Remove the claim; its annotations stay (Delete)"): LIST_KEY,
    ("documents/bookmarks_view.py", "Rename the bookmark (F2)"): LIST_KEY,
    ("documents/bookmarks_view.py", "Remove the bookmark (Delete)"): LIST_KEY,
    ("labels/palette_painting.py", "Show … again (H)"): LIST_KEY,
    ("labels/palette_painting.py", "Hide … and its annotations (H)"): LIST_KEY,
    ("labels/palette_painting.py", "Show … alone (S)"): LIST_KEY,
    ("labels/palette_painting.py", "Show the others again (S)"): LIST_KEY,
    ("sources/source_detail.py", "Not assessed yet: a letter from A to F in the list assesses it."): LIST_KEY,
    ("sources/source_table.py", "Assess the reliability of the source (A to F)"): LIST_KEY,
    ("hypotheses/hypotheses_view.py", "Only A to C with 1 to 3"): LETTER,
    (
        "reports/dashboard_view.py",
        "How many statements have which letter and digit; “-” is not graded, F and 6 cannot be judged.",
    ): LETTER,
    (
        "suggestions/actions.py",
        "Precision, recall and F of annotations or suggestions against another project, corpus or annotator.",
    ): LETTER,
    ("suggestions/evaluation_dialog.py", "Precision, recall and F"): LETTER,
    (
        "suggestions/suggester_dialog.py",
        "F of labelled contents by documents learned from: … % with all that were not held out.",
    ): LETTER,
    ("suggestions/suggester_dialog.py", "F in %"): LETTER,
}
"""Texts with what looks like the key of an action, by file, with the reason why they may have it."""

BUILT_IN = {key for spec in ACTIONS for key in spec.keys}
LETTERS = {stroke for key in BUILT_IN for stroke in strokes(key) if len(stroke) == 1 and stroke.isalpha()}
WORDS = {"Delete", "Escape", *(key for key in BUILT_IN if len(key) > 1), *(key.replace(", ", " ") for key in BUILT_IN)}


def pattern_of_keys() -> re.Pattern[str]:
    """A built-in key of an action as a word of its own, except for digits and the article A."""
    names = {key for key in WORDS if len(key) > 1} | LETTERS
    ordered = "|".join(re.escape(key) for key in sorted(names, key=len, reverse=True))
    article = r"A(?= [a-z&])"
    return re.compile(rf"(?<![\w'’+&{{%])(?!{article})(?:{ordered})(?![\w'’+&])|\bpress(?:es)? \d")


def sentences(tree: ast.Module) -> Iterator[str]:
    """The texts of several words in a module; what an f-string fills in is an ellipsis. Docstrings are left out."""
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            texts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            found = "".join(texts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            found = node.value
        else:
            continue
        if " " in found.strip():
            yield found


def all_sentences() -> Iterator[tuple[str, str]]:
    """Each text in the source of the window, with its file."""
    for path in sorted(APP.rglob("*.py")):
        for found in sentences(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.relative_to(APP).as_posix(), found


def is_key(text: str) -> bool:
    """Whether the text is itself a key of a table of actions, such as ``G, N``, or a form of one, such as ``G, …``."""
    return text in BUILT_IN or re.fullmatch(r"[A-Z], (?:…|\{\})", text) is not None


def test_no_sentence_names_a_key_of_an_action() -> None:
    keys = pattern_of_keys()
    found = {place for place in all_sentences() if keys.search(place[1]) and not is_key(place[1])}
    # An action may be named after a key: the title of one is not its key.
    found -= {place for place in found if place[1] in {spec.title for spec in ACTIONS}}
    assert found - ALLOWED.keys() == set(), "take the key from the key map: workspace.keys.fill(“{id.of_action} …”)"
    assert ALLOWED.keys() - found == set(), "these are no longer in the source"


def test_the_pattern_knows_keys() -> None:
    keys = pattern_of_keys()
    for text in ("Y accepts it", "press 1, 2 or 3", "in the text and press G, S.", "the claim (G O)", "; Esc cancels."):
        assert keys.search(text), text
    for text in ("Ctrl+B sets one", "a label or Y takes it", "set it (Shift+N)", "F6 goes on", "(Delete)"):
        assert keys.search(text), text
    for text in ("A label alone", "{suggest.accept} accepts it", "Don't", "The USA", "E&xport it", "What is new"):
        assert not keys.search(text), text


def test_each_template_names_an_action() -> None:
    ids = {spec.id for spec in ACTIONS}
    named = {id for _file, text in all_sentences() for id in re.findall(r"\{([a-z_]+\.[a-z0-9_.]+)\}", text)}
    assert named and named <= ids
