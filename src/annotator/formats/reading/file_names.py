"""File names that are safe on every system: for the documents of an export, and for the members of an archive."""

import re

_NO_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_MAX_LENGTH = 80
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_MAX_PART_LENGTH, _MAX_SUFFIX_LENGTH = 200, 40


class FileNames:
    """Assigns each document a name derived from its title; a name that is already used gets a number."""

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        self._next = {name.casefold(): 2 for name in taken}

    def name_of(self, title: str) -> str:
        """Return a name without suffix that no other document has, in any case."""
        # In bytes, as file systems count: a Chinese character has three.
        name = re.sub(r"[^\w-]+", "-", title).encode()[:_MAX_LENGTH].decode(errors="ignore").strip("-_") or "document"
        if _NO_NAME.fullmatch(name):
            name = f"{name}-"
        found = name
        while found.casefold() in self._next:
            number = self._next[name.casefold()]
            self._next[name.casefold()] = number + 1
            found = f"{name}-{number}"
        self._next[found.casefold()] = 2
        return found


def safe_part(part: str) -> str:
    """Return a part of a path, as similar to the original as every system allows."""
    safe = _FORBIDDEN.sub("_", part).rstrip(" .") or "_"
    if len(safe.encode()) > _MAX_PART_LENGTH:
        stem, dot, suffix = safe.rpartition(".")
        is_suffix = bool(stem) and len(suffix.encode()) < _MAX_SUFFIX_LENGTH
        beginning = (
            (stem if is_suffix else safe).encode()[: _MAX_PART_LENGTH - _MAX_SUFFIX_LENGTH].decode(errors="ignore")
        )
        safe = beginning + (dot + suffix) * is_suffix
    return f"_{safe}" if _NO_NAME.fullmatch(safe.partition(".")[0]) else safe
