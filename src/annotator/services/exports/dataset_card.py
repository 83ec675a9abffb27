"""The dataset card: what a corpus holds and how it was made, for users who train with it.

Markdown with a YAML header that the Hugging Face tools read. It contains no time, so that the same export has the same
card. Format: https://huggingface.co/docs/hub/datasets-cards
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.domain.errors import InvalidValue
from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.domain.wording import counted
from annotator.version import VERSION

NO_LICENSE = "unknown"
_LICENSE = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}", re.ASCII)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"


@dataclass
class Tally:
    """The contents of a part of an export, counted while it is written.

    ``agreement``: by two annotators, how many annotations of either are in documents that both annotated, and how many
    are the same, in label and span.
    """

    documents: int = 0
    characters: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    agreement: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def counting(
        self, documents: Iterator[tuple[DocumentRecord, list[AnnotationRecord]]]
    ) -> Iterator[tuple[DocumentRecord, list[AnnotationRecord]]]:
        """Yield the documents with their annotations, counted as they pass."""
        for document, annotations in documents:
            self.documents += 1
            self.characters += len(document.text)
            self.languages[document.language.replace("_", "-").split("-")[0].lower()] += 1
            self.labels.update([annotation.label for annotation in annotations])
            by_name = Counter([annotation.annotator for annotation in annotations])
            self.annotators.update(by_name)
            if len(by_name) > 1:
                self._compare(annotations)
            yield document, annotations

    def _compare(self, annotations: Sequence[AnnotationRecord]) -> None:
        """Count the agreement of the annotators of one document."""
        places: dict[str, Counter[tuple[object, ...]]] = {}
        for annotation in annotations:
            place = (annotation.label, *annotation.fragments)
            places.setdefault(annotation.annotator, Counter())[place] += 1
        names = sorted(places)
        for number, one in enumerate(names):
            for other in names[number + 1 :]:
                counts = self.agreement.setdefault((one, other), Counter())
                counts["documents"] += 1
                counts["both"] += places[one].total() + places[other].total()
                counts["same"] += 2 * (places[one] & places[other]).total()

    def __add__(self, other: "Tally") -> "Tally":
        agreement = {pair: Counter(counts) for pair, counts in self.agreement.items()}
        for pair, counts in other.agreement.items():
            agreement.setdefault(pair, Counter()).update(counts)
        return Tally(
            self.documents + other.documents,
            self.characters + other.characters,
            self.labels + other.labels,
            self.annotators + other.annotators,
            self.languages + other.languages,
            agreement,
        )


@dataclass(frozen=True)
class Card:
    """The data of a card. ``parts``: by name, or under ``""`` where nothing is split; ``data_files``: those of each."""

    title: str
    format: str
    parts: Mapping[str, Tally]
    labels: Sequence[LabelRecord]
    guideline: str = ""
    license: str = NO_LICENSE
    filters: Sequence[str] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    split_notes: Sequence[str] = ()
    losses: Sequence[str] = ()
    data_files: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the card as Markdown."""
        whole = sum(self.parts.values(), Tally())
        held = (
            f"{counted(whole.documents, 'document')} with {counted(whole.labels.total(), 'annotation')} and "
            f"{whole.characters:,} characters of text, exported by Annotator {VERSION} as {self.format}. Offsets "
            "are Unicode code points, the end not included, unless the format counts otherwise."
        )
        sections = [
            self._head(whole),
            f"# {_line(self.title) or 'A corpus'}",
            held,
            "## Labels",
            self._labels(whole),
            "## Annotators",
            _annotators(whole),
            "## Selection",
            _listed(self.filters) or "Everything in the project.",
        ]
        if "" not in self.parts:
            sections += ["## Splits", self._splits(), _listed(self.split_notes)]
        if self.options:
            chosen = [f"{name}: {value or 'as by default'}" for name, value in self.options.items()]
            sections += ["## Options", _listed(chosen)]
        sections += ["## What the format does not hold", _listed(self.losses) or "Nothing was lost."]
        if self.guideline.strip():
            sections += ["## Guideline", re.sub(r"(?m)^(?=#{1,4} )", "##", self.guideline.strip())]
        return "\n\n".join(filter(None, sections)) + "\n"

    def _head(self, whole: Tally) -> str:
        languages = sorted(name for name in whole.languages if re.fullmatch("[a-z]{2,3}", name))
        size = next((name for limit, name in _SIZES if whole.documents < limit), _LARGEST)
        title = json.dumps(self.title or "A corpus", ensure_ascii=False)
        lines = ["---", f"pretty_name: {title}", f"license: {self.license}"]
        if languages:
            # YAML reads the language code of Norwegian as "no".
            lines += ["language:", *(f'- "{name}"' for name in languages)]
        lines += ["task_categories:", "- token-classification", "size_categories:", f"- {size}"]
        if self.data_files:
            lines += ["configs:", "- config_name: default", "  data_files:"]
            for name, pattern in self.data_files.items():
                # There the name of a split must not contain a hyphen.
                lines += [f'  - split: "{name.replace("-", "_") or "train"}"', f'    path: "{pattern}"']
        return "\n".join([*lines, "---"])

    def _labels(self, whole: Tally) -> str:
        rows = [(label.name, f"{whole.labels[label.name]:,}", label.description) for label in self.labels]
        return _table(("Label", "Annotations", "Definition"), rows)

    def _splits(self) -> str:
        names = [label.name for label in self.labels]
        rows = [
            (name, f"{tally.documents:,}", *(f"{tally.labels[label]:,}" for label in names))
            for name, tally in self.parts.items()
        ]
        return _table(("Part", "Documents", *names), rows)


def checked_license(license: str) -> str:
    """Raise InvalidValue for an invalid licence identifier."""
    if not _LICENSE.fullmatch(license):
        raise InvalidValue(f"{license!r} is not an identifier of a licence: write one such as cc-by-4.0, or unknown.")
    return license


def _annotators(whole: Tally) -> str:
    rows = [(name, f"{count:,}") for name, count in sorted(whole.annotators.items())]
    table = _table(("Annotator", "Annotations"), rows) if rows else "It has no annotations."
    if not whole.agreement:
        return f"{table}\n\nNo document was annotated by two annotators, so nothing is known of their agreement."
    agreed = [
        (
            f"{one} and {other}",
            f"{counts['documents']:,}",
            f"{counts['both']:,}",
            f"{counts['same'] / counts['both']:.3f}" if counts["both"] else "",
        )
        for (one, other), counts in sorted(whole.agreement.items())
    ]
    return (
        f"{table}\n\nAgreement in the documents that two of them annotated, as F1 of annotations with the same label "
        "and the same span:\n\n" + _table(("Annotators", "Documents", "Annotations of both", "F1"), agreed)
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_line(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {_line(line)}" for line in lines)


def _line(words: str) -> str:
    return " ".join(words.split())
