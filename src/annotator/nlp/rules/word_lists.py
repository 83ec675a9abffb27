"""The word lists of the suggestion rules, from ``resources/cues``, one file per language, and from a file of the user.

A list is a string of words or an array of phrases. The file of a user has the same form; its words are added to the
lists, and a word with a minus before it is removed. Cue verbs are listed with all their forms, the base form first.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from annotator.domain.errors import InvalidValue
from annotator.files import open_projects

_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cue:
    """A form of a cue verb."""

    lemma: str
    form: str
    particle: str
    """The word that has to follow: "out" in "pointed out"; empty where there is none."""
    kind: str
    """The kind of the verb: "say", "think", "seem" and others of the word lists."""
    act: str
    """The speech act: "assert", "deny", "request" and others of the word lists."""
    frames: frozenset[str]
    """What may follow as a content: "that", "clause", "quote", "to", "whether", "object"."""
    hearer: bool
    """Whether a hearer may stand between the verb and its content: "told reporters that"."""

    @property
    def is_base(self) -> bool:
        """Whether it is the base form: "say"."""
        return self.form == self.lemma


@dataclass(frozen=True, eq=False)
class WordLists:
    """The words of a language for the rules: closed classes, cues, sources and hedges."""

    language: str
    cues: Mapping[str, tuple[Cue, ...]]
    _lists: Mapping[str, frozenset[str]]

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the list ``section.name``, in lower case; empty where the language has none."""
        return self._lists.get(name, _NO_WORDS)


@cache
def union_of(lists: WordLists, *names: str) -> frozenset[str]:
    """Return the words of several lists together; built once for each language and file of a user."""
    return frozenset().union(*(lists[name] for name in names))


@cache
def first_words(lists: WordLists, name: str) -> frozenset[str]:
    """Return the first word of each phrase of a list."""
    return frozenset(phrase.split()[0] for phrase in lists[name])


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have word lists."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml")))


def file_content(language: str) -> bytes:
    """Return the bytes of the built-in file of a language; proposals are made again where they have changed."""
    content: bytes = _folder().joinpath(f"{language}.toml").read_bytes()
    return content


def word_lists(language: str = "en", own: Path | None = None) -> WordLists:
    """Return the lists of a language (``en`` or ``en-GB``), with those of the file ``own`` merged into them.

    Raise InvalidValue where the language has no lists, and where ``own`` cannot be read.
    """
    code = language.lower().replace("_", "-").partition("-")[0]
    if code not in languages():
        raise InvalidValue(
            f"There are no word lists for the language {language!r}: choose one of {', '.join(languages())}."
        )
    return _built_in(code) if own is None else _with_own(code, own, _state_of(own))


@cache
def _built_in(code: str) -> WordLists:
    """Return the lists of a language as they are in its file."""
    return _built(code, _tables(code))


@cache
def _with_own(code: str, own: Path, _state: tuple[int, int]) -> WordLists:
    """Return the built-in lists merged with ``own``, for one state of the file, which may change while it is used."""
    return _built(code, _merged(_tables(code), _read(own)))


def _tables(code: str) -> dict[str, object]:
    """Return the built-in file of a language as TOML tables."""
    return tomllib.loads(_folder().joinpath(f"{code}.toml").read_text(encoding="utf-8"))


def _state_of(own: Path) -> tuple[int, int]:
    """Return the time in nanoseconds and the size of a file, which show a change; zeros where it is missing."""
    try:
        found = own.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _folder() -> Traversable:
    """Return the folder of the built-in files."""
    return files("annotator.resources").joinpath("cues")


def _read(path: Path) -> dict[str, object]:
    """Return the file of a user as TOML tables; raise InvalidValue where it cannot be read."""
    if open_projects.is_open(path):
        raise InvalidValue(f"The word lists {path} are a project that is open, not word lists: remove them.")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidValue(f"The word lists {path} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValue(f"The word lists {path} are no TOML in UTF-8: {error}. Correct or remove them.") from None


def _merged(ours: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """Return the tables with those of a user merged into them."""
    merged = dict(ours)
    for name, value in own.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = _merged(before, value)
        elif isinstance(before, str | list) and isinstance(value, str | list) and name != "language":
            merged[name] = _joined(_entries(before), _entries(value))
        else:
            merged[name] = value
    return merged


def _joined(ours: list[str], own: list[str]) -> list[str]:
    """Return the entries of both lists, without those whose first word is in ``own`` with a minus."""
    removed = {entry[1:].split()[0] for entry in own if entry.startswith("-") and len(entry) > 1}
    return [entry for entry in [*ours, *own] if not entry.startswith("-") and entry.split()[0] not in removed]


def _entries(value: object) -> list[str]:
    """Return the words of a string, or the phrases of an array; nothing for any other value of a file."""
    if isinstance(value, str):
        return value.split()
    return [str(entry) for entry in value if str(entry).strip()] if isinstance(value, list) else []


def _built(language: str, tables: Mapping[str, object]) -> WordLists:
    """Return the lists and cues that TOML tables describe."""
    lists: dict[str, frozenset[str]] = {}
    cues: dict[str, list[Cue]] = {}
    for section, content in tables.items():
        if not isinstance(content, dict):
            continue
        for name, value in content.items():
            if isinstance(value, str | list):
                lists[f"{section}.{name}"] = frozenset(entry.lower() for entry in _entries(value))
            elif section == "cues" and isinstance(value, dict):
                for cue in _cues(name, value):
                    cues.setdefault(cue.form, []).append(cue)
    # The longer cue is tried first: "called for" before "called".
    ordered = {form: tuple(sorted(found, key=lambda cue: not cue.particle)) for form, found in cues.items()}
    return WordLists(language, ordered, lists)


def _cues(kind: str, table: Mapping[str, object]) -> Iterable[Cue]:
    """Yield each form of each verb of a table of cues."""
    kind = str(table.get("kind", kind))
    act, frames, hearer = (
        str(table.get("act", "assert")),
        frozenset(_entries(table.get("frames"))),
        bool(table.get("hearer")),
    )
    for entry in _entries(table.get("verbs")):
        forms = entry.lower().split()
        lemma = forms[0].partition("_")[0]
        for whole in dict.fromkeys(forms):
            form, _, particle = whole.partition("_")
            yield Cue(lemma, form, particle.replace("_", " "), kind, act, frames, hearer)
