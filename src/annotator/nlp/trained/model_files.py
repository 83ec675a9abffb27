"""The folder of a trained model: ``model.json`` and three files of weights, which are tab-separated text.

No code in it is ever executed. ``model.json`` holds the version of the format, the engine, the card, and the
SHA-256 of each other file, which is compared before the file is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from annotator.domain.errors import InvalidModel, InvalidValue
from annotator.files import open_projects
from annotator.files.replacement import complete_swaps, recover, replacing
from annotator.nlp.trained.model_card import Card

if TYPE_CHECKING:
    from annotator.nlp.trained.crf_chains import Chain
    from annotator.nlp.trained.learned_model import LearnedModel

FORMAT = 1
CARD_FILE = "model.json"
_ROLES, _SOURCES, _LABELS = "roles.tsv", "sources.tsv", "labels.tsv"
_MAX_BYTES = 256 * 1024 * 1024
"""Bytes of the largest file that is read; the files of a model of a thousand articles have a hundredth of it."""


@dataclass(frozen=True, slots=True)
class _Version:
    format: int


@dataclass(frozen=True, slots=True)
class _Document:
    format: int
    engine: str
    card: Card
    sha256: dict[str, str]


def write(folder: Path, card: Card, learned: "LearnedModel") -> None:
    """Write a model completely or not at all; raise InvalidValue where it cannot be written."""
    folder = folder.resolve() if folder.is_symlink() else folder.absolute()
    recover(folder.parent)
    _check_place(folder)
    files = {
        name: chain.to_text().encode()
        for name, chain in ((_ROLES, learned.roles), (_SOURCES, learned.sources), (_LABELS, learned.label_numbers))
    }
    sums = {name: sha256(content).hexdigest() for name, content in files.items()}
    document = msgspec.json.encode(_Document(FORMAT, card.engine, card, sums))
    files[CARD_FILE] = msgspec.json.format(document) + b"\n"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with replacing(folder) as draft:
            draft.mkdir()
            for name, content in files.items():
                (draft / name).write_bytes(content)
    except OSError as error:
        raise InvalidValue(
            f"The model cannot be written as {folder} ({error.strerror or error}): choose another folder."
        ) from error


def _check_place(folder: Path) -> None:
    """Raise InvalidValue where ``folder`` is neither a model, nor empty, nor missing."""
    if folder.is_dir():
        if (folder / CARD_FILE).is_file() or not any(folder.iterdir()):
            return
    elif not folder.exists():
        return
    raise InvalidValue(f"{folder} is there already and is no model: choose a new folder.")


def read(folder: Path) -> tuple[Card, "LearnedModel"]:
    """Return the model in ``folder``; raise InvalidModel where it cannot be used."""
    from annotator.nlp.trained.learned_model import LearnedModel

    document = _document(folder)
    card = document.card
    roles, sources, labels = (_chain(folder, name, document.sha256) for name in (_ROLES, _SOURCES, _LABELS))
    with _described_errors(folder, _LABELS):
        return card, LearnedModel.checked(roles, sources, labels, card.labels)


def read_card(folder: Path) -> Card:
    """Return the card in ``folder``; raise InvalidModel where it cannot be used."""
    return _document(folder).card


def _document(folder: Path) -> _Document:
    """Return the content of ``model.json``; raise InvalidModel where it cannot be used."""
    if not folder.is_dir():
        complete_swaps(folder.absolute().parent)
    if not folder.is_dir():
        raise InvalidModel(f"There is no model in {folder}: the folder is not there. Train one, or choose another.")
    content = _bytes(folder, CARD_FILE)
    with _described_errors(folder, CARD_FILE):
        version = msgspec.json.decode(content, type=_Version).format
        if version == FORMAT:
            return msgspec.json.decode(content, type=_Document)
    raise InvalidModel(
        f"The model {folder.name} has format {version}, and this version of Annotator reads format {FORMAT}: "
        "update Annotator, or train the model again."
    )


def _chain(folder: Path, name: str, sums: dict[str, str]) -> "Chain":
    """Return a classifier from its file of weights; raise InvalidModel where the file is not the one that was saved."""
    from annotator.nlp.trained.crf_chains import Chain

    content = _bytes(folder, name)
    if sha256(content).hexdigest() != sums.get(name):
        raise InvalidModel(
            f"The file {name} of the model {folder.name} is not the one that was written with it: "
            "copy the model's folder again, or train it again."
        )
    with _described_errors(folder, name):
        return Chain.from_text(content.decode())


def _bytes(folder: Path, name: str) -> bytes:
    """Return the content of a file of a model; raise InvalidModel where it cannot be read."""
    path = folder / name
    if open_projects.is_open(path):
        raise InvalidModel(
            f"The file {name} of the model {folder.name} is a project that is open, not part of a model."
        )
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidModel(f"The file {name} of the model {folder.name} is too large to be one of a model.")
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidModel(
            f"The model {folder.name} lacks its file {name}: copy the whole folder, or train it again."
        ) from None
    except OSError as error:
        raise InvalidModel(
            f"The file {name} of the model {folder.name} cannot be read: {error.strerror or error}."
        ) from None


@contextmanager
def _described_errors(folder: Path, name: str) -> Iterator[None]:
    """Turn the errors of damaged content into InvalidModel, with one sentence."""
    try:
        yield
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidModel(
            f"The file {name} of the model {folder.name} is damaged ({error}): copy its folder, or train it again."
        ) from None
