"""The folder of a model: saving, loading, and the errors for damaged folders."""

import json
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.nlp.trained.harbour_reports import harbour

from annotator.domain.errors import InvalidModel, InvalidValue
from annotator.nlp.trained.model import Model, card_of
from annotator.nlp.trained.training import train

TEXT = "Otto Varga burbled that the slipway would close at noon. Nobody hurried."


@pytest.fixture(scope="module")
def model() -> Model:
    return train(harbour(8), name="harbour", made_at="2026-11-27T10:00:00Z", progress=lambda *_: None, parsed=False)


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "deep" / "harbour")
    return tmp_path / "deep" / "harbour"


def test_a_saved_model_is_loaded_unchanged(model: Model, folder: Path) -> None:
    loaded = Model.load(folder)
    assert loaded.card == model.card == card_of(folder)
    assert loaded.suggest(TEXT) == model.suggest(TEXT) != []
    assert pickle.loads(pickle.dumps(model)).suggest(TEXT) == model.suggest(TEXT)  # noqa: S301 - made here
    assert sorted(file.name for file in folder.iterdir()) == ["labels.tsv", "model.json", "roles.tsv", "sources.tsv"]
    assert [file.name for file in folder.parent.iterdir()] == ["harbour"]


def test_the_card_is_readable_json(folder: Path) -> None:
    held = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert (held["format"], held["engine"]) == (1, "model harbour 2026-11-27")
    assert held["card"]["labels"] == ["promise", "tally"]
    assert held["sha256"]["roles.tsv"] == sha256((folder / "roles.tsv").read_bytes()).hexdigest()


def test_saving_replaces_a_model_but_no_other_folder(model: Model, folder: Path, tmp_path: Path) -> None:
    (folder / "labels.tsv").write_text("damaged", encoding="utf-8")
    model.save(folder)
    assert Model.load(folder).card == model.card
    other = tmp_path / "letters"
    other.mkdir()
    (other / "dear.txt").write_text("Dear Runa", encoding="utf-8")
    with pytest.raises(InvalidValue, match="is there already and is no model: choose a new folder"):
        model.save(other)
    assert [file.name for file in other.iterdir()] == ["dear.txt"]


def test_a_folder_that_cannot_be_written_raises_an_error(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidValue, match="The model cannot be written as"):
        model.save(tmp_path / "file" / "model")


def _rewritten(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a file of weights, and its sum with it."""
    content = change((folder / name).read_text(encoding="utf-8")).encode()
    (folder / name).write_bytes(content)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card["sha256"][name] = sha256(content).hexdigest()
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")


def _card(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        change(card)
        (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")

    return damage


def _weights(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    return lambda folder: _rewritten(folder, name, change)


def _weights_folder(folder: Path) -> None:
    (folder / "roles.tsv").unlink()
    (folder / "roles.tsv").mkdir()


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no card": (lambda folder: (folder / "model.json").unlink(), "lacks its file model.json"),
    "no weights": (lambda folder: (folder / "roles.tsv").unlink(), "lacks its file roles.tsv"),
    "a folder for a file": (_weights_folder, "cannot be read"),
    "other weights": (
        lambda folder: (folder / "roles.tsv").write_text("chain 1\tx\n", encoding="utf-8"),
        "is not the one that was written with it",
    ),
    "newer": (_card(lambda card: card.update(format=2)), "has format 2, and this version of Annotator reads format 1"),
    "no labels": (_card(lambda card: card["card"].update(labels=[])), "is damaged"),
    "a number as name": (_card(lambda card: card["card"].update(name=7)), "is damaged"),
    "empty card": (lambda folder: (folder / "model.json").write_bytes(b""), "is damaged"),
    "garbage card": (lambda folder: (folder / "model.json").write_bytes(b"\xff\x00{{"), "is damaged"),
    "deep card": (lambda folder: (folder / "model.json").write_bytes(b"[" * 100_000), "is damaged"),
    "no states": (_weights("roles.tsv", lambda _text: "chain 1\n"), "is damaged"),
    "foreign states": (_weights("sources.tsv", lambda text: text.replace("yes", "perhaps")), "is damaged"),
    "nan": (_weights("labels.tsv", lambda text: text + "word x\tnan\t\n"), "is damaged"),
    "huge": (_weights("labels.tsv", lambda text: text + "word x\t1e300\t\n"), "is damaged"),
    "short line": (_weights("roles.tsv", lambda text: text + "w=x\t1\n"), "is damaged"),
    "twice": (_weights("roles.tsv", lambda text: text + text.splitlines()[-1] + "\n"), "is damaged"),
    "cut": (_weights("roles.tsv", lambda text: text[:-3]), "is damaged"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_folder_raises_an_error(case: str, folder: Path) -> None:
    damage, words = DAMAGED[case]
    damage(folder)
    with pytest.raises(InvalidModel, match=words) as error:
        Model.load(folder)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_missing_folder_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match=r"There is no model in .*gone: the folder is not there"):
        Model.load(tmp_path / "gone")
