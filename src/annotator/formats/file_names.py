"""Names of files for the documents of an export: readable, safe on every system, never twice in a folder."""

import re

_NO_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST = 80


class FileNames:
    """Gives each document a name out of its title; one that is taken gets a number."""

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        self._next = {name.casefold(): 2 for name in taken}

    def name_of(self, title: str) -> str:
        """A name without suffix that no other document has, whatever the case of its letters."""
        # In bytes, as file systems count: a name in Chinese has three for each character.
        name = re.sub(r"[^\w-]+", "-", title).encode()[:_LONGEST].decode(errors="ignore").strip("-_") or "document"
        if _NO_NAME.fullmatch(name):
            name = f"{name}-"
        found = name
        while found.casefold() in self._next:
            number = self._next[name.casefold()]
            self._next[name.casefold()] = number + 1
            found = f"{name}-{number}"
        self._next[found.casefold()] = 2
        return found
