"""Settings: a typed table of all settings, and the file of those that differ from the defaults.

Settings are in ``settings.toml`` of the user's configuration folder and may be edited by hand. State (window geometry,
recent projects) is kept separately in ``state.json``, which may be lost without harm.
"""

import getpass
import json
import logging
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from annotator.domain.errors import AnnotatorError, InvalidValue
from annotator.files.replacement import recover, replacing
from annotator.files.user_folders import APP, config_path, state_path

RECENT_LIMIT = 12

T = TypeVar("T")
KeyOverrides = dict[str, list[str]]
"""Keys by action id, in Qt's portable text; an empty list removes the keys of an action."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A setting. ``low`` and ``high`` limit a number; ``unit`` is shown after it."""

    key: str
    kind: type[T]
    default: T
    label: str
    note: str = ""
    choices: tuple[T, ...] = ()
    low: int | None = None
    high: int | None = None
    unit: str = ""

    @property
    def group(self) -> str:
        """The heading of the setting, which is also its table in the file."""
        return self.key.partition(".")[0]

    def checked(self, value: object) -> T:
        """Return ``value`` if the setting can hold it. Raise InvalidValue."""
        # bool is an int to Python, but True is not a font size.
        if not isinstance(value, self.kind) or isinstance(value, bool) is not (self.kind is bool):
            raise InvalidValue(f"{self.label}: {value!r} is not {_KIND_WORDS[self.kind]}.")
        if self.choices and value not in self.choices:
            raise InvalidValue(f"{self.label}: {value!r} is none of {', '.join(map(str, self.choices))}.")
        if isinstance(value, int):
            if self.low is not None and value < self.low:
                raise InvalidValue(f"{self.label}: {value} is less than {self.low}.")
            if self.high is not None and value > self.high:
                raise InvalidValue(f"{self.label}: {value} is more than {self.high}.")
        if isinstance(value, dict) and not _is_key_map(value):
            raise InvalidValue(f'{self.label}: each action needs a list of keys, such as ["Ctrl+K"].')
        return value


_KIND_WORDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false", dict: "a table"}


def _is_key_map(value: dict[Any, Any]) -> bool:
    return all(
        isinstance(name, str) and isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        for name, keys in value.items()
    )


THEME = Setting(
    "appearance.theme",
    str,
    "system",
    "Theme",
    "System follows the desktop. Black on white and white on black have the highest contrast.",
    choices=("system", "light", "dark", "black-on-white", "white-on-black"),
)
INTERFACE_SIZE = Setting(
    "appearance.interface_size",
    int,
    100,
    "Interface size",
    "Of menus, tables and buttons; 100 is what the desktop has.",
    low=75,
    high=300,
    unit="%",
)
FONT_FAMILY = Setting("appearance.font_family", str, "", "Font of the text", "Empty for the desktop's own font.")
FONT_SIZE = Setting("appearance.font_size", int, 13, "Size of the text", low=7, high=48, unit="pt")
READING_WIDTH = Setting(
    "appearance.reading_width",
    int,
    75,
    "Width of the text",
    "In characters; 0 uses the whole width of the window.",
    low=0,
    high=400,
    unit="characters",
)
LINE_SPACING = Setting(
    "appearance.line_spacing",
    str,
    "normal",
    "Line spacing",
    "The underlines of the annotations have room at every step.",
    choices=("compact", "normal", "relaxed", "wide"),
)
MINIMAP = Setting(
    "appearance.minimap", bool, True, "Show the map beside the text", "A narrow window has no room for it."
)
FOCUS_FULL_SCREEN = Setting("focus.full_screen", bool, True, "Focus mode fills the screen")
FOCUS_SPOTLIGHT = Setting(
    "focus.spotlight",
    str,
    "nothing",
    "Highlighted in focus mode",
    "What the caret is in; all other text is dimmed.",
    choices=("nothing", "sentence", "paragraph"),
)
ANNOTATOR_NAME = Setting(
    "annotating.annotator", str, "", "Annotator", "Your name on annotations. Empty for the name of your login."
)
SNAP_TO_WORDS = Setting(
    "annotating.snap_to_words", bool, True, "Select whole words with the mouse", "Hold Alt to select exactly."
)
SUGGEST_NEW = Setting(
    "annotating.suggest_new",
    bool,
    True,
    "Suggest in new documents",
    "Where others of the project were read for suggestions already; it is done beside the window.",
)
SUGGEST_GRAMMAR = Setting(
    "annotating.suggest_grammar",
    bool,
    False,
    "Parse sentences for suggestions",
    "Where a language pipeline is installed: better boundaries, thirty times as slow.",
)
BACKUP_DAYS = Setting(
    "projects.backup_days",
    int,
    7,
    "Daily backups to keep",
    "The newest of each day. One is made every day on which a project is open and has changed.",
    low=1,
    high=1000,
)
BACKUP_WEEKS = Setting(
    "projects.backup_weeks", int, 4, "Weekly backups to keep", "The newest of each week.", low=0, high=1000
)
BACKUP_MONTHS = Setting(
    "projects.backup_months", int, 12, "Monthly backups to keep", "The newest of each month.", low=0, high=1000
)
IMPORT_FILE = Setting(
    "import.largest_file",
    int,
    256,
    "Largest file",
    "Of a file that is read as a whole, such as a PDF document; a larger one is refused.",
    low=1,
    high=65_536,
    unit="MB",
)
IMPORT_UNPACKED = Setting(
    "import.largest_archive",
    int,
    2048,
    "Largest archive, unpacked",
    "An archive or office document that unpacks to more is refused.",
    low=1,
    high=1_048_576,
    unit="MB",
)
IMPORT_NESTING = Setting(
    "import.nesting",
    int,
    3,
    "Archives inside archives",
    "How deep they are unpacked.",
    low=0,
    high=20,
)
REOPEN_LAST = Setting("projects.reopen_last", bool, False, "Open the last project at start")
KEYS: Setting[KeyOverrides] = Setting("keys", dict, {}, "Keys", "Keys that differ from the built-in map.")

SETTINGS: tuple[Setting[Any], ...] = (
    THEME,
    INTERFACE_SIZE,
    FONT_FAMILY,
    FONT_SIZE,
    READING_WIDTH,
    LINE_SPACING,
    MINIMAP,
    FOCUS_FULL_SCREEN,
    FOCUS_SPOTLIGHT,
    ANNOTATOR_NAME,
    SNAP_TO_WORDS,
    SUGGEST_NEW,
    SUGGEST_GRAMMAR,
    BACKUP_DAYS,
    BACKUP_WEEKS,
    BACKUP_MONTHS,
    REOPEN_LAST,
    IMPORT_FILE,
    IMPORT_UNPACKED,
    IMPORT_NESTING,
    KEYS,
)
"""All settings, in the order of the dialog *Settings*."""

Subscriber = Callable[[Setting[Any]], None]


class Settings:
    """The settings of the user. Loading never fails: a bad value is reported in ``messages`` and the default is used.

    A damaged file is set aside, except by a program that cannot notify the user (``set_aside_damaged`` false).
    """

    def __init__(self, path: Path | None = None, *, set_aside_damaged: bool = True) -> None:
        self.path = path or config_path() / "settings.toml"
        self._set_aside_damaged = set_aside_damaged
        self.messages: list[str] = []
        self._subscribers: list[Subscriber] = []
        self._values = self._accepted(self._read(), report=True)

    def get(self, setting: Setting[T]) -> T:
        """Return the effective value."""
        value: T = self._values.get(setting.key, setting.default)
        return value

    def set(self, setting: Setting[T], value: T) -> None:
        """Set and save. Raise InvalidValue, and AnnotatorError where the file cannot be written.

        A value that cannot be saved is still used until the program ends.
        """
        value = setting.checked(value)
        if value == self.get(setting):
            return
        if value == setting.default:
            self._values.pop(setting.key, None)
        else:
            self._values[setting.key] = value
        for subscriber in tuple(self._subscribers):
            subscriber(setting)
        self._save(setting)

    def reset(self, setting: Setting[T]) -> None:
        """Restore the default."""
        self.set(setting, setting.default)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber(setting)`` after each change; return the function that ends this."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text("utf-8-sig"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.messages.append(
                f"The settings in {self.path} cannot be read ({error.strerror}); the defaults are used."
            )
            return {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            if self._set_aside_damaged:
                self.messages.append(set_aside(self.path, "settings"))
            return {}

    def _accepted(self, table: dict[str, Any], report: bool) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            found = _value_at(table, setting.key)
            if found is None:
                continue
            try:
                values[setting.key] = setting.checked(found)
            except InvalidValue as error:
                if report:
                    self.messages.append(f"{error} The default is used (in {self.path}).")
        return values

    def _save(self, changed: Setting[Any]) -> None:
        # Another window may have written meanwhile, and a newer version may have unknown keys: only what changed here
        # is changed in the file.
        table = self._read()
        _put(table, changed.key, self._values.get(changed.key))
        try:
            write_atomically(self.path, _toml(table))
        except OSError as error:
            raise AnnotatorError(f"The settings cannot be saved in {self.path}: {error.strerror}.") from error


def annotator_name(settings: Settings) -> str:
    """Return the name of the annotator: the one set, or that of the login, or ``annotator`` where there is none."""
    name = settings.get(ANNOTATOR_NAME).strip()
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return APP


class State:
    """State that the program saves by itself, as JSON values by name. Failing to save it is not an error."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_path() / "state.json"
        self._values = self._read()

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Save ``value``, a JSON value; None removes it."""
        self.update({name: value})

    def update(self, values: dict[str, Any]) -> None:
        """Save several values with one write."""
        known = self._read() | values
        self._values = {name: value for name, value in known.items() if value is not None}
        try:
            write_atomically(self.path, json.dumps(self._values, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        except (OSError, UnicodeEncodeError) as error:
            _log.warning("The state cannot be saved in %s: %s", self.path, error)

    def recent_projects(self) -> list[Path]:
        """Return recently opened projects, the last one first; whether they still exist is for the caller to check."""
        names = self.get("recent_projects", [])
        return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def add_recent(self, project: Path) -> None:
        project = project.absolute()
        others = [path for path in self.recent_projects() if path != project]
        self.set("recent_projects", [str(path) for path in [project, *others][:RECENT_LIMIT]])

    def forget_recent(self, project: Path) -> None:
        self.set("recent_projects", [str(path) for path in self.recent_projects() if path != project.absolute()])

    def last_document(self, project: Path) -> int:
        """Return the id of the document that was shown last in a project; 0 where none is stored."""
        found = self._of_project("last_documents", project)
        return found if isinstance(found, int) else 0

    def remember_document(self, project: Path, id: int) -> None:
        """Store the document that was shown last; of projects that are not recent it is removed."""
        self._remember_of_project("last_documents", project, id)

    def label_filter(self, project: Path) -> tuple[list[int], list[int]]:
        """Return the labels that were hidden in a project, and those that were shown alone."""
        found = self._of_project("label_filters", project)
        hidden, solo = (found.get(name) if isinstance(found, dict) else None for name in ("hidden", "solo"))
        return _whole_numbers(hidden), _whole_numbers(solo)

    def remember_label_filter(self, project: Path, hidden: list[int], solo: list[int]) -> None:
        """Store which labels are hidden or shown alone; of projects that are not recent it is removed."""
        self._remember_of_project(
            "label_filters", project, {"hidden": hidden, "solo": solo} if hidden or solo else None
        )

    def suggester(self, project: Path) -> Path | None:
        """Return the folder of the model that makes suggestions in a project; None for the rules."""
        found = self._of_project("suggesters", project)
        return Path(found) if isinstance(found, str) else None

    def remember_suggester(self, project: Path, model: Path | None) -> None:
        """Store what makes suggestions in a project; of projects that are not recent it is removed."""
        self._remember_of_project("suggesters", project, None if model is None else str(model))

    def _of_project(self, name: str, project: Path) -> Any:
        held = self.get(name, {})
        return held.get(str(project.absolute())) if isinstance(held, dict) else None

    def _remember_of_project(self, name: str, project: Path, value: Any) -> None:
        """Store a value for a project; None removes it. Of projects that are not recent all values are removed."""
        held = self.get(name, {})
        kept = {str(path) for path in self.recent_projects()} - {str(project.absolute())}
        known = {path: found for path, found in held.items() if path in kept} if isinstance(held, dict) else {}
        own = {} if value is None else {str(project.absolute()): value}
        if own or known != held:
            self.set(name, known | own)

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            _log.warning("The state in %s cannot be read: %s", self.path, error)
            return {}
        except (ValueError, RecursionError):
            _log.warning("%s", set_aside(self.path, "state"))
            return {}
        return values if isinstance(values, dict) else {}


def _whole_numbers(value: Any) -> list[int]:
    return [number for number in value if isinstance(number, int)] if isinstance(value, list) else []


def set_aside(path: Path, what: str) -> str:
    """Rename a damaged file so that nothing in it is lost; return the sentence for the user."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    try:
        path.replace(aside)
    except OSError as error:
        return f"The {what} file {path} is damaged; the defaults are used, and it stays as it is ({error.strerror})."
    return f"The {what} file {path} is damaged; the defaults are used, and it is kept as {aside.name}."


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` so that ``path`` always holds either the old or the new contents completely. Raise OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A link to a file in another place (dotfiles) stays a link.
    target = path.resolve()
    recover(target.parent)
    with replacing(target) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _value_at(table: dict[str, Any], key: str) -> Any:
    value: Any = table
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    group, _, name = key.rpartition(".")
    if group:
        inner = table.get(group)
        table[group] = table = inner if isinstance(inner, dict) else {}
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _toml(table: dict[str, Any]) -> str:
    """Return ``table`` as TOML: plain values first, then a section for each table, each setting under its label."""
    return "\n".join(_toml_lines(table, ())).lstrip("\n") + "\n"


def _toml_lines(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    labels = {setting.key: setting.label for setting in SETTINGS}
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    inner = {name: value for name, value in table.items() if isinstance(value, dict) and value}
    if path and plain:
        yield f"\n[{'.'.join(_toml_key(part) for part in path)}]"
    for name, value in plain.items():
        if label := labels.get(".".join((*path, name))):
            yield f"# {label}"
        yield f"{_toml_key(name)} = {_toml_value(value)}"
    for name, value in inner.items():
        yield from _toml_lines(value, (*path, name))


def _toml_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml_value(name)


def _toml_value(value: Any) -> str:
    if isinstance(value, str):
        # JSON's escapes are valid in TOML, except that TOML also requires DEL to be escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml_key(name)} = {_toml_value(item)}" for name, item in value.items()) + "}"
    # Numbers, dates and times of TOML are printed as TOML writes them, in ISO 8601 where they have a time.
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
