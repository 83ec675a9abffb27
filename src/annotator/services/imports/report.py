"""What an import did, and how it says so."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotator.domain.wording import elided, sentence
from annotator.formats.base import Blank
from annotator.services.documents.versions import CarryOver
from annotator.services.imports.differences import Comparison, ListedDifference

_PLACE_LENGTH = 300
"""Characters of the place of a refused record: names come out of files, too."""

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and what is being read."""


class Refused(NamedTuple):
    """What was not imported: the file, the place in it, and one plain sentence why."""

    path: str
    place: str
    reason: str


@dataclass
class ImportReport:
    """What an import did. ``documents`` holds the ids of new documents, ``duplicates`` what was there already.

    ``labels``: how many came that the project had not.

    ``skipped``: how many files and parts of files held nothing, where more than one of a kind did.

    ``versions``: those of the new documents that take the place of an earlier text of the same article; ``carried``:
    which annotations they took over. ``comparison``: how what was there already differs from what the files hold.
    ``rows``: how many rows of each table are new.
    """

    documents: list[int] = field(default_factory=list)
    annotations: int = 0
    labels: int = 0
    versions: list[int] = field(default_factory=list)
    carried: list[CarryOver] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: dict[Blank, int] = field(default_factory=dict)
    files: int = 0
    cancelled: bool = False
    dry_run: bool = False
    comparison: Comparison = field(default_factory=Comparison)
    rows: Counter[str] = field(default_factory=Counter)

    @property
    def differences(self) -> list[ListedDifference]:
        """Fields and rows in which the files differ from the project."""
        return self.comparison.differences

    def refuse(self, path: Path | None, place: str, reason: str) -> None:
        """List what was not imported; a long place is shortened."""
        where = place if len(place) <= _PLACE_LENGTH else elided(place, _PLACE_LENGTH)
        self.refused.append(Refused(str(path or ""), where, sentence(reason)))

    def sentence(self) -> str:
        """Return the outcome in one line."""
        verb = "Would import" if self.dry_run else "Imported"
        counts = {"document": len(self.documents), "annotation": self.annotations, "label": self.labels}
        # A codebook holds labels and no document.
        always = "" if self.labels and not self.duplicates else "document"
        parts = [f"{count} {_plural(word, count)}" for word, count in counts.items() if count or word == always]
        if self.versions:
            count = len(self.versions)
            parts.append("1 of them a new version" if count == 1 else f"{count} of them new versions")
        if self.duplicates:
            parts.append(f"{len(self.duplicates)} already there")
        parts += [f"{blank.counted(count)} skipped" for blank, count in self.skipped.items()]
        parts += self.comparison.words()
        if self.comparison.compared and not (self.rows or self.refused or self.comparison.rows):
            return f"Nothing new: {_of_file(self)}."
        if self.refused:
            parts.append(f"{len(self.refused)} refused")
        return f"{verb} {', '.join(parts)}" + (" (cancelled)." if self.cancelled else ".")


def _of_file(report: ImportReport) -> str:
    count = len(report.duplicates)
    return f"the project holds {'it' if count == 1 else f'all {count} documents'} already, as the file has it"


def _plural(word: str, count: int) -> str:
    """Return the word, with an s where it is not one."""
    return word if count == 1 else f"{word}s"
