"""The kind that a name suggests."""

import json
from pathlib import Path

import pytest

from annotator.domain.fixed_choices import SOURCE_KINDS
from annotator.services.sources.source_kinds import NEUTRAL_KIND, guess_kind

NAMES = {
    "office": (
        "Ministry of Roads",
        "ministry of roads",
        "The Ministry of Energy",
        "Energy Ministry of Norvane",
        "Prosecutor’s Office of Norvane",
        "Office of the President",
        "Federal Aviation Administration",
        "European Space Agency",
        "Port Authority of Port Kessal",
        "the White House",
        "U.S. Army",
        "NATO",
        "Minister for Health",
        "Chief of Police",
        "Außenministerium",
        "Bundesministerium der Finanzen",
        "Umweltbundesamt",
        "Bundesnetzagentur",
        "Landgericht Köln",
        "Polizei Berlin",
        "Auswärtiges Amt",
    ),
    "outlet": (
        "Reuters",
        "REUTERS",
        "dpa",
        "The New York Times",
        "The Ostermar Gazette",
        "Kyiv Independent",
        "State Television One",
        "news agency Interfax",
        "Energy Ministry Gazette",
        "Süddeutsche Zeitung",
        "Der Spiegel",
        "Frankfurter Allgemeine Zeitung",
        "Nachrichtenagentur dpa",
    ),
    "organisation": (
        "Harbour plc",
        "Acme Inc.",
        "Thomson Reuters plc",
        "Siemens AG",
        "Müller & Co. KG",
        "Rheintal GmbH",
        "Volkswagen Aktiengesellschaft",
        "Foo e.V.",
        "Oil company",
        "Deutsche Bank",
        "Fishing Union of Lurania",
    ),
    "person": (
        "Anna Schmidt",
        "Ursula von der Leyen",
        "J. K. Rowling",
        "Karl-Heinz Meier",
        "Mary O’Brien",
        "Stephen King",
        "President Joe Biden",
        "Police Chief Karin Holt",
        "Finanzminister Christian Lindner",
        "Dr. Eva Maier",
        "Иван Петров",
    ),
    "document": ("Preliminary report of the Port Inspectorate", "Memo of 20 February", "Jahresbericht 2025"),
    "collective": ("Residents of Port Kessal", "Anwohner", "Economists polled by Meridian Wire"),
    "unnamed": ("Officials close to the inquiry", "two people familiar with the talks", "Insider"),
    NEUTRAL_KIND: ("", "ga", "Gazprom", "GAZPROM NEFT", "N.N.", "وزارة الخارجية", "רשות השידור", "新華社", "!?"),
}
"""Names by the kind that they suggest."""


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names])
def test_a_name_suggests_its_kind(kind: str, name: str) -> None:
    assert guess_kind(name) == kind


def test_the_caller_says_what_a_name_without_a_sign_is() -> None:
    assert guess_kind("Norwire", "outlet") == "outlet"
    assert guess_kind("Ministry of Roads", "outlet") == "office"


def test_the_sources_of_the_sample_are_guessed() -> None:
    path = Path(__file__).parents[3] / "resources" / "sample" / "sample.json"
    stated = {source["name"]: source["kind"] for source in json.loads(path.read_text(encoding="utf-8"))["sources"]}
    guessed = {name: guess_kind(name) for name in stated}
    assert set(guessed.values()) <= set(SOURCE_KINDS)
    right = sum(guessed[name] == kind for name, kind in stated.items())
    assert right >= 0.9 * len(stated), {name: guessed[name] for name in stated if guessed[name] != stated[name]}
